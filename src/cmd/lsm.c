/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/lsm.h"
#include "cmd/cmd.h"

#include <stdio.h>

/* lsm-load says itself what is wrong, and ends with our codes. */
int cmd_lsm_load(const struct cmd_context *context, int argc, char **argv)
{
	char path[PATH_MAX + 16];
	struct sbx_error err;
	int exit_code;

	if (cmd_operands("lsm load", argc, argv, 0, 0, NULL, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("lsm load"))
		return CMD_FAILED;
	(void)snprintf(path, sizeof(path), "%s/lsm-load", context->libexec);
	(void)execl(path, path, context->dirs.config, context->dirs.shipped,
		context->verbose ? "-v" : NULL, (char *)NULL);
	(void)error_errno(&err, errno, "execute '%s'", path);
	return cmd_fail(&err);
}

struct status {
	struct lsm lsm;
	struct sbx_counters counters;
	struct sbx_loaded loaded;
	struct lsm_runs runs[SBX_N_HOOKS];
	bool are_runs_counted;
	size_t n_leaves;
};

static int read_status(struct status *s, struct sbx_error *err)
{
	int r = lsm_open(&s->lsm, err);

	if (r == 0)
		r = lsm_read_counters(&s->lsm, &s->counters, err);
	if (r == 0)
		r = lsm_read_loaded(&s->lsm, &s->loaded, err);
	if (r == 0)
		r = lsm_read_runs(&s->lsm, s->runs, err);
	s->are_runs_counted = lsm_are_runs_counted();
	return r < 0 ? r : lsm_count_leaves(&s->lsm, &s->n_leaves, err);
}

/* What the kernel side has counted since the last load makes each run look for itself. */
static bool are_watched(const struct status *s)
{
	return s->loaded.watched && s->loaded.policy_changes == s->counters.policy_changes;
}

static void format_tag(const __u8 tag[8], char text[static 17])
{
	for (size_t i = 0; i < 8; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", tag[i]);
}

static void print_hook(const struct status *s, enum sbx_hook hook)
{
	const struct lsm_runs *runs = &s->runs[hook];
	char tag[17];

	(void)printf("hook %-24s ", lsm_hook_name(hook));
	if (!s->lsm.ready.pins[hook]) {
		(void)printf("not in this kernel\n");
		return;
	}
	format_tag(s->lsm.ready.tags[hook], tag);
	(void)printf("program %s", tag);
	if (s->are_runs_counted)
		(void)printf(", %llu runs in %llu ns", (unsigned long long)runs->n,
			(unsigned long long)runs->nanoseconds);
	(void)putchar('\n');
}

/* What it tells stands in the stream of events, or doesn't. */
static void print_probe(const struct status *s, enum sbx_probe probe)
{
	(void)printf("event %-19s %s\n", lsm_probe_name(probe),
		s->lsm.ready.probes[probe] ? "told" : "not told: not in this kernel");
}

static void print_text(const struct status *s)
{
	(void)printf("loaded: abi %u, generation %016llx\n", s->lsm.ready.abi,
		(unsigned long long)s->lsm.ready.generation);
	(void)printf("base cgroup: id %llu, level %u\n", (unsigned long long)s->lsm.ready.base_id,
		s->lsm.ready.base_level);
	(void)printf("sandboxes: %zu\n", s->n_leaves);
	(void)printf(
		"denials of nobody's tasks: %llu\n", (unsigned long long)s->counters.unlabelled);
	(void)printf("policies: %s\n",
		are_watched(s) ? "watched in the kernel" : "looked at by each run");
	if (!s->are_runs_counted)
		(void)printf("runs: not counted: sysctl kernel.bpf_stats_enabled=1\n");
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		print_hook(s, hook);
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES; probe++)
		print_probe(s, probe);
}

/* Null: the kernel lacks it. */
static json_t *hook_to_json(const struct status *s, enum sbx_hook hook)
{
	const struct lsm_runs *runs = &s->runs[hook];
	char tag[17];

	if (!s->lsm.ready.pins[hook])
		return json_null();
	format_tag(s->lsm.ready.tags[hook], tag);
	if (!s->are_runs_counted)
		return json_pack("{s:s, s:n, s:n}", "program", tag, "runs", "nanoseconds");
	return json_pack("{s:s, s:I, s:I}", "program", tag, "runs", (json_int_t)runs->n,
		"nanoseconds", (json_int_t)runs->nanoseconds);
}

static void print_json(const struct status *s)
{
	json_t *hooks = json_object(), *events = json_object(), *json;
	char generation[17];

	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		(void)json_object_set_new(hooks, lsm_hook_name(hook), hook_to_json(s, hook));
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES; probe++)
		(void)json_object_set_new(events, lsm_probe_name(probe),
			json_boolean(s->lsm.ready.probes[probe] != 0));
	/* A text: of 64 bits, JSON's numbers hold 53 everywhere. */
	(void)snprintf(generation, sizeof(generation), "%016llx",
		(unsigned long long)s->lsm.ready.generation);
	json = json_pack("{s:b, s:I, s:s, s:I, s:I, s:I, s:I, s:b, s:o, s:o}", "loaded", 1, "abi",
		(json_int_t)s->lsm.ready.abi, "generation", generation, "base_id",
		(json_int_t)s->lsm.ready.base_id, "base_level", (json_int_t)s->lsm.ready.base_level,
		"sandboxes", (json_int_t)s->n_leaves, "unlabelled_denials",
		(json_int_t)s->counters.unlabelled, "policies_watched", are_watched(s), "hooks",
		hooks, "events", events);
	cmd_print_json(json);
}

/* What is loaded, and no run may use, says why; what isn't there says nothing more. */
static void print_json_of_none(int r, const struct sbx_error *err)
{
	json_t *json = json_pack("{s:b}", "loaded", 0);

	if (r != -ENOENT)
		(void)json_object_set_new(json, "error", cmd_text_to_json(err->text));
	if (!json || json_dumpf(json, stdout, 0) < 0)
		(void)fputs("{}", stdout);
	(void)putchar('\n');
	json_decref(json);
}

int cmd_lsm_status(const struct cmd_context *context, int argc, char **argv)
{
	struct status s = { .lsm = LSM_INIT };
	struct sbx_error err = { 0 };
	unsigned int options;
	int exit_code, r;
	bool json;

	(void)context;
	if (cmd_operands("lsm status", argc, argv, 0, 0, &options, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("lsm status"))
		return CMD_FAILED;
	json = options & CMD_JSON;
	r = read_status(&s, &err);
	if (r < 0 && json)
		print_json_of_none(r, &err);
	if (r == 0)
		json ? print_json(&s) : print_text(&s);
	lsm_close(&s.lsm);
	return r < 0 ? cmd_fail(&err) : CMD_DONE;
}
