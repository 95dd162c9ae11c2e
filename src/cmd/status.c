/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/figures.h"
#include "cmd/report.h"
#include "cmd/sandboxes.h"
#include "launch/leaf.h"
#include "lsm/rules.h"

#include <stdio.h>

/* A sandbox as it is now. What can't be told is absent. */
struct view {
	const struct sandbox_status *s;
	struct cgroup_stats own, tenant;
	struct outcome outcome; /* its `leaf` and `lsm`: what the LSM counted, if it did */
};

static const struct cgroup_stats nothing = { .value = {
						     [0 ... N_CGROUP_STATS - 1] = STAT_ABSENT } };

static void look(const struct sandbox_status *s, const struct lsm *lsm, struct view *v)
{
	_cleanup_cgroup_ struct cgroup slice = CGROUP_INIT, leaf = CGROUP_INIT;
	const char *name = NULL;

	*v = (struct view){ .s = s, .own = nothing, .tenant = nothing };
	if (leaf_find(s->cgroup, &slice, &name, NULL) < 0)
		return;
	cgroup_stats_read(&slice, &v->tenant);
	if (cgroup_open(&slice, name, &leaf, NULL) < 0)
		return;
	cgroup_stats_read(&leaf, &v->own);
	v->outcome.lsm = lsm && lsm_leaf_get(lsm, leaf.id, &v->outcome.leaf) == 0;
	if (v->outcome.lsm)
		(void)rules_mode(lsm, v->outcome.leaf.policy, &v->outcome.mode);
}

static void print_use(const char *title, const struct view *v, enum cgroup_stat now,
	enum cgroup_stat limit, void (*figure)(uint64_t value, char text[static FIGURE_SIZE]))
{
	char own[FIGURE_SIZE], most[FIGURE_SIZE], tenant[FIGURE_SIZE], tenant_most[FIGURE_SIZE];

	figure(v->own.value[now], own);
	figure(v->own.value[limit], most);
	figure(v->tenant.value[now], tenant);
	figure(v->tenant.value[limit], tenant_most);
	(void)printf("%12s: %s of %s; tenant: %s of %s\n", title, own, most, tenant, tenant_most);
}

static void print_denials(const struct view *v)
{
	char text[450];

	report_describe_denials(&v->outcome, text, sizeof(text));
	(void)printf("%12s: %s\n", "lsm denied", !v->outcome.lsm ? "-" : *text ? text : "0");
	if (v->outcome.mode != POLICY_LSM_ENFORCE)
		(void)printf("%12s: %s: %llu would be denied\n", "lsm mode",
			policy_lsm_mode_name(v->outcome.mode),
			(unsigned long long)v->outcome.leaf.audited);
}

static void print_settings(const char *settings)
{
	while (*settings) {
		size_t n = strcspn(settings, "\n");

		(void)printf("%12s: %.*s\n", "set", (int)n, settings);
		settings += n + (settings[n] == '\n');
	}
}

static void print_text(const struct view *v)
{
	char started[32], peak[FIGURE_SIZE], cpu[FIGURE_SIZE];
	const struct sandbox_status *s = v->s;

	sandbox_started(s, started);
	figure_bytes(v->own.value[STAT_MEMORY_PEAK], peak);
	figure_time(v->own.value[STAT_CPU_USAGE], cpu);
	(void)printf("%s/%s\n%12s: %s since %s\n%12s: %d\n", s->tenant, s->name, "state",
		sandbox_state(s), started, "pid", (int)s->pid);
	(void)printf("%12s: %d%s\n", "supervisor", (int)s->supervisor,
		s->running ? "" : ", which was killed");
	(void)printf("%12s: %s\n%12s: %s\n", "cgroup", s->cgroup, "policy", s->policy);
	print_settings(s->settings);
	print_use("memory", v, STAT_MEMORY, STAT_MEMORY_MAX, figure_bytes);
	(void)printf("%12s: %s\n", "peak", peak);
	print_use("pids", v, STAT_PIDS, STAT_PIDS_MAX, figure_count);
	(void)printf("%12s: %s\n", "cpu", cpu);
	print_denials(v);
}

static json_t *to_json(const struct view *v)
{
	const struct sandbox_status *s = v->s;
	json_t *own = json_object(), *tenant = json_object();

	figures_to_json(&v->own, own);
	figures_to_json(&v->tenant, tenant);
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:I, s:o, s:o, s:s, s:o, s:o, s:o}", "tenant",
		s->tenant, "name", s->name, "state", sandbox_state(s), "pid", (int)s->pid,
		"supervisor", (int)s->supervisor, "started", (json_int_t)s->started, "cgroup",
		cmd_text_to_json(s->cgroup), "policy", cmd_text_to_json(s->policy), "set",
		s->settings, "use", own, "tenant_use", tenant, "denied",
		v->outcome.lsm ? report_denials_to_json(&v->outcome) : json_null());
}

static void show(const struct sandboxes *list, const struct lsm *lsm, bool json)
{
	json_t *array = json ? json_array() : NULL;
	struct view v;

	for (size_t i = 0; i < list->n; i++) {
		look(&list->v[i], lsm, &v);
		if (json) {
			(void)json_array_append_new(array, to_json(&v));
			continue;
		}
		if (i)
			(void)putchar('\n');
		print_text(&v);
	}
	if (json)
		cmd_print_json(array);
}

int cmd_status(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_sandboxes_ struct sandboxes list = { 0 };
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	struct sbx_error err = { 0 };
	unsigned int options;
	int exit_code, r;

	(void)context;
	if (cmd_operands("status", argc, argv, 0, 1, &options, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("status"))
		return CMD_FAILED;
	if (sandboxes_find(argv[optind], &list, &err) < 0)
		return cmd_fail(&err);
	r = lsm_open(&lsm, &err);
	show(&list, r == 0 ? &lsm : NULL, options & CMD_JSON);
	/* Not loaded is a host's choice; half of it is a fault. */
	return r < 0 && r != -ENOENT ? cmd_fail(&err) : CMD_DONE;
}
