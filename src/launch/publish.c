/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/publish.h"

#include "base/fs.h"
#include "base/utf8.h"
#include "launch/walls.h"

#include <time.h>
#include <unistd.h>

/* One that can't stand in a line of the status: an update would not add the same again. */
static bool is_line(const char *text)
{
	_cleanup_free_ char *repaired = utf8_repair(text);

	return repaired && streq(text, repaired) && !strchr(text, '\n');
}

static void note_mounts(const struct strv *mounts, struct sandbox_status *status)
{
	char *end = status->mounts, *limit = end + sizeof(status->mounts);

	for (size_t i = 0; mounts && i < mounts->n; i++) {
		const char *mount = mounts->v[i];

		if (!is_line(mount) || strlen(mount) + 2 > (size_t)(limit - end)) {
			(void)stpcpy(status->changed, "--mount");
			return;
		}
		end = stpcpy(stpcpy(end, mount), "\n");
	}
}

/* Who joins it reads them; there is room for them: plan.c. */
static void note_settings(const struct strv *settings, struct sandbox_status *status)
{
	char *end = status->settings;

	for (size_t i = 0; i < settings->n; i++)
		end = stpcpy(stpcpy(end, settings->v[i]), "\n");
	if (settings->n)
		(void)stpcpy(status->changed, "--set");
}

int publish_status(struct run *run, struct sbx_error *err)
{
	struct sandbox_status status = {
		.pid = run->children[CHILD_COMMAND].pid,
		.supervisor = getpid(),
		.init = run->children[CHILD_INIT].pid,
		.started = time(NULL),
	};
	const struct plan *plan = run->plan;
	/* Who reads the status stands somewhere else. */
	int r = fs_absolute(plan->policy->path, status.policy, err);

	if (r < 0)
		return r;
	memcpy(status.tenant, plan->policy->tenant, sizeof(status.tenant));
	memcpy(status.name, plan->name, sizeof(status.name));
	(void)snprintf(status.cgroup, sizeof(status.cgroup), "%s", run->leaf.path);
	note_settings(&plan->policy->settings, &status);
	note_mounts(plan->options->mounts, &status);
	if (plan->runtime) {
		(void)snprintf(status.runtime, sizeof(status.runtime), "%s", plan->runtime->name);
		(void)snprintf(
			status.module, sizeof(status.module), "%s", plan->command.place.path);
	}
	walls_note_names(plan, status.names);
	r = walls_describe(plan, status.walls, err);
	return r < 0 ? r : registry_write(&run->entry, &status, err);
}
