/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/figures.h"
#include "cmd/sandboxes.h"
#include "launch/leaf.h"

#include <stdio.h>

#define LINE "%-32s %10s %10s %8s %8s %8s %6s %8s %8s %4s %6s %13s %13s %13s\n"

static void print_line(const char *name, const struct cgroup_stats *stats)
{
	const uint64_t *v = stats->value;
	char cpu[FIGURE_SIZE], throttled[FIGURE_SIZE], memory[FIGURE_SIZE], peak[FIGURE_SIZE];
	char swap[FIGURE_SIZE], pids[FIGURE_SIZE], in[FIGURE_SIZE], out[FIGURE_SIZE];
	char ooms[FIGURE_SIZE], hits[FIGURE_SIZE], cpu_psi[FIGURE_SIZE], memory_psi[FIGURE_SIZE];
	char io_psi[FIGURE_SIZE];

	figure_time(v[STAT_CPU_USAGE], cpu);
	figure_time(v[STAT_CPU_THROTTLED], throttled);
	figure_bytes(v[STAT_MEMORY], memory);
	figure_bytes(v[STAT_MEMORY_PEAK], peak);
	figure_bytes(v[STAT_SWAP], swap);
	figure_count(v[STAT_PIDS], pids);
	figure_bytes(v[STAT_IO_READ], in);
	figure_bytes(v[STAT_IO_WRITTEN], out);
	figure_count(v[STAT_OOM_KILLS], ooms);
	figure_count(v[STAT_PIDS_MAX_HITS], hits);
	figure_pressure(v[STAT_CPU_SOME], v[STAT_CPU_FULL], cpu_psi);
	figure_pressure(v[STAT_MEMORY_SOME], v[STAT_MEMORY_FULL], memory_psi);
	figure_pressure(v[STAT_IO_SOME], v[STAT_IO_FULL], io_psi);
	(void)printf(LINE, name, cpu, throttled, memory, peak, swap, pids, in, out, ooms, hits,
		cpu_psi, memory_psi, io_psi);
}

struct tables {
	json_t *sandboxes, *tenants; /* NULL: print text */
};

/* `name` NULL: the tenant's total. */
static void put(
	struct tables *t, const char *tenant, const char *name, const struct cgroup_stats *stats)
{
	char title[2 * NAME_MAX_LEN + 2];
	json_t *row;

	if (!t->sandboxes) {
		(void)snprintf(
			title, sizeof(title), "%s%s%s", tenant, name ? "/" : "", name ? name : "");
		print_line(title, stats);
		return;
	}
	row = json_pack("{s:s, s:s*}", "tenant", tenant, "name", name);
	figures_to_json(stats, row);
	(void)json_array_append_new(name ? t->sandboxes : t->tenants, row);
}

/* One that ends meanwhile has no line. */
static int put_sandbox(struct tables *t, const struct sandbox_status *s, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup leaf = CGROUP_INIT;
	struct cgroup_stats stats;
	int r = sandbox_open(s, &leaf, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	cgroup_stats_read(&leaf, &stats);
	put(t, s->tenant, s->name, &stats);
	return 0;
}

static int put_tenant(struct tables *t, const struct sandbox_status *s, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup slice = CGROUP_INIT;
	struct cgroup_stats stats;
	const char *name = NULL;
	int r = leaf_find(s->cgroup, &slice, &name, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	cgroup_stats_read(&slice, &stats);
	put(t, s->tenant, NULL, &stats);
	return 0;
}

/* A tenant's total stands behind its sandboxes. */
static int put_all(struct tables *t, const struct sandboxes *list, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; list->v && i < list->n && r == 0; i++) {
		const struct sandbox_status *s = &list->v[i];

		r = put_sandbox(t, s, err);
		if (r == 0 && (i + 1 == list->n || !streq(s->tenant, s[1].tenant)))
			r = put_tenant(t, s, err);
	}
	return r;
}

int cmd_stats(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_sandboxes_ struct sandboxes list = { 0 };
	struct sbx_error err = { 0 };
	struct tables t = { 0 };
	unsigned int options;
	int r, exit_code;

	(void)context;
	if (cmd_operands("stats", argc, argv, 0, 1, &options, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("stats"))
		return CMD_FAILED;
	r = sandboxes_find(argv[optind], &list, &err);
	if (r < 0)
		return cmd_fail(&err);
	if (options & CMD_JSON)
		t = (struct tables){ json_array(), json_array() };
	else
		(void)printf(LINE, "TENANT/NAME", "CPU", "THROTTLED", "MEMORY", "PEAK", "SWAP",
			"PIDS", "READ", "WRITTEN", "OOM", "FORKS-", "CPU-PSI", "MEMORY-PSI",
			"IO-PSI");
	r = put_all(&t, &list, &err);
	if (options & CMD_JSON)
		cmd_print_json(
			json_pack("{s:o, s:o}", "sandboxes", t.sandboxes, "tenants", t.tenants));
	return r < 0 ? cmd_fail(&err) : CMD_DONE;
}
