/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command gets that goes into a sandbox which runs already: that one's policy, as it was.
 */
#include "launch/plan_parts.h"
#include "launch/walls.h"

static int check_running(const struct sandbox_status *s, struct sbx_error *err)
{
	int r;

	if (s->running)
		return 0;
	r = error_set(
		err, ESRCH, "the supervisor of sandbox '%s/%s' was killed", s->tenant, s->name);
	return error_cure(
		err, r, "sandboxctl kill %s/%s ends what is left of it", s->tenant, s->name);
}

int plan_find_sandbox(struct plan *plan, struct sbx_error *err)
{
	const char *tenant = plan->options->tenant, *name = plan->options->name;
	int r;

	plan->sandbox = calloc(1, sizeof(*plan->sandbox));
	if (!plan->sandbox)
		return error_errno(err, ENOMEM, "look for sandbox '%s/%s'", tenant, name);
	if (registry_get(tenant, name, plan->sandbox) < 0) {
		r = error_set(err, ENOENT, "there is no sandbox '%s/%s'", tenant, name);
		return error_cure(err, r, "sandboxctl list shows what there is");
	}
	r = check_running(plan->sandbox, err);
	/* Its runtime's list of calls is what the policy's own start from. */
	if (r == 0 && *plan->sandbox->runtime)
		plan->runtime = runtime_named(plan->sandbox->runtime);
	return r;
}

/* The file that it was started with, and what was set behind that. */
int plan_load_running(struct plan *plan, struct sbx_error *err)
{
	const struct sandbox_status *s = plan->sandbox;
	_cleanup_strv_ struct strv settings = { 0 };
	const struct policy_wanted wanted = { s->tenant, s->policy, &settings };
	int r = 0;

	for (const char *line = s->settings; *line && r == 0;) {
		size_t n = strcspn(line, "\n");

		r = strv_addf(&settings, "%.*s", (int)n, line);
		line += n + (line[n] == '\n');
	}
	if (r < 0)
		return error_errno(err, -r, "read the policy of '%s/%s'", s->tenant, s->name);
	return policy_load(&plan->options->dirs, &wanted, &plan->policy, NULL, err);
}

/*
 * A filter can't be read back from who has it, so it is made anew: of just that, or not at all. Of
 * a status without a fingerprint nobody can say.
 */
int plan_check_walls(struct plan *plan, struct sbx_error *err)
{
	const struct sandbox_status *s = plan->sandbox;
	char walls[REGISTRY_WALLS_MAX], list[WALLS_TEXT_MAX];
	unsigned int differing;
	int r = walls_describe(plan, walls, err);

	if (r < 0)
		return r;
	differing = walls_of_command(walls_compare(walls, s->walls));
	if (!differing)
		return 0;
	walls_list(differing, list);
	r = error_set(err, ESTALE,
		"'%s', what it includes, or sandboxctl itself is not what sandbox '%s/%s' was "
		"started with: %s",
		s->policy, s->tenant, s->name, list);
	return error_cure(err, r, "start the sandbox anew, or put the policy back");
}
