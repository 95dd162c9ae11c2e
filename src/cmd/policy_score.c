/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy score: loads what is rated, and prints what the policy room finds.
 */
#include "cmd/cmd.h"
#include "launch/runtime.h"
#include "policy/score.h"
#include "policy/syscalls.h"

#include <getopt.h>

enum { EXPOSURE_MAX = 100 }; /* in tenths */

/* What a score was made of, for those who read it. */
struct rated {
	const char *tenant;
	const char *profile;
	const struct runtime *runtime; /* NULL: the calls of a native program */
};

/* "2" or "2.5", in tenths. */
static int parse_threshold(const char *s, unsigned int *ret_tenths)
{
	const char *dot = strchr(s, '.');
	size_t n = dot ? (size_t)(dot - s) : strlen(s);
	uint32_t whole, tenths = 0;
	char digits[4];

	if (n >= sizeof(digits) || (dot && strlen(dot + 1) != 1))
		return -EINVAL;
	memcpy(digits, s, n);
	digits[n] = '\0';
	if (str_to_u32(digits, &whole) < 0 || (dot && str_to_u32(dot + 1, &tenths) < 0))
		return -EINVAL;
	if (whole * 10 + tenths > EXPOSURE_MAX)
		return -ERANGE;
	*ret_tenths = whole * 10 + tenths;
	return 0;
}

static void print_finding(const struct score_finding *f)
{
	const struct score_row *row = f->row;
	char where[PLACE_TEXT_MAX];

	if (f->badness > 0)
		(void)printf("warning %u.%02u ", f->share / 100, f->share % 100);
	else
		(void)printf("ok           ");
	(void)printf("[%s]%s%s: ", row->section, row->key ? " " : "", row->key ? row->key : "");
	if (f->at.source)
		(void)printf("%s: ", place_text(&f->at, where));
	(void)printf("%s", f->badness > 0 ? row->bad : row->good);
	(void)printf(*f->what ? " (%s)\n" : "\n", f->what);
	if (*f->cure)
		(void)printf("             would lower it: %s\n", f->cure);
}

static void print_text(const struct rated *rated, const struct score *score)
{
	(void)printf("%s: exposure %u.%u of 10: %s\n", rated->tenant, score->exposure / 10,
		score->exposure % 10, score->level);
	(void)printf("calls: of %s, as %s%s gets them\n\n", rated->profile,
		rated->runtime ? "a module under " : "a native program",
		rated->runtime ? rated->runtime->name : "");
	for (size_t i = 0; i < score->n; i++)
		print_finding(&score->findings[i]);
}

static json_t *finding_to_json(const struct score_finding *f)
{
	const struct score_row *row = f->row;
	json_t *json = json_pack("{s:s, s:b, s:s, s:s?, s:f, s:i, s:i, s:i, s:s, s:o, s:o}", "name",
		row->name, "ok", f->badness == 0, "section", row->section, "key", row->key, "share",
		f->share / 100.0, "weight", row->weight, "badness", f->badness, "range", row->range,
		"text", f->badness > 0 ? row->bad : row->good, "what", cmd_text_to_json(f->what),
		"cure", cmd_text_to_json(f->cure));

	if (json && f->at.source)
		(void)json_object_set_new(json, "file", cmd_text_to_json(place_file(&f->at)));
	if (json && f->at.line)
		(void)json_object_set_new(json, "line", json_integer(f->at.line));
	return json;
}

static void print_json(const struct rated *rated, const struct score *score)
{
	json_t *findings = json_array();

	for (size_t i = 0; i < score->n; i++)
		(void)json_array_append_new(findings, finding_to_json(&score->findings[i]));
	cmd_print_json(json_pack("{s:s, s:f, s:s, s:o, s:s?, s:o}", "tenant", rated->tenant,
		"exposure", score->exposure / 10.0, "level", score->level, "profile",
		cmd_text_to_json(rated->profile), "runtime",
		rated->runtime ? rated->runtime->name : NULL, "findings", findings));
}

static int rate(const struct policy_dirs *dirs, const struct policy *policy, struct score *ret,
	struct sbx_error *err)
{
	_cleanup_host_config_ struct host_config host = { 0 };
	_cleanup_allowlist_ struct allowlist allowed = { 0 };
	_cleanup_strv_ struct strv calls = { 0 };
	int r = host_config_load(dirs, &host, err);

	if (r == 0)
		r = cmd_list_calls(dirs, policy, &allowed, err);
	if (r < 0)
		return r;
	if (syscalls_list(&calls) < 0)
		return error_errno(err, ENOMEM, "list the system calls");
	score_policy(&(struct score_subject){ policy, &allowed.allow, &calls, host.lsm }, ret);
	return 0;
}

static int score_tenant(const struct cmd_context *context, const char *tenant,
	const struct strv *settings, bool json, unsigned int threshold)
{
	_cleanup_policy_ struct policy *policy = NULL;
	struct sbx_error err = { 0 };
	struct rated rated;
	struct score score;

	if (cmd_load_tenant(&context->dirs, tenant, settings, &policy) < 0)
		return CMD_FAILED;
	rated = (struct rated){ policy->tenant, policy_profile_name(policy),
		cmd_runtime_of(policy) };
	if (rate(&context->dirs, policy, &score, &err) < 0)
		return cmd_fail(&err);
	json ? print_json(&rated, &score) : print_text(&rated, &score);
	if (score.exposure <= threshold)
		return CMD_DONE;
	(void)error_set(&err, ERANGE, "%s: exposure %u.%u is above %u.%u", policy->tenant,
		score.exposure / 10, score.exposure % 10, threshold / 10, threshold % 10);
	return cmd_fail(&err);
}

const struct cmd_option cmd_score_options[] = {
	{ "json", .id = CMD_JSON, .help = "print JSON" },
	{ "set", .id = CMD_SET, .arg = "SECTION.KEY=VALUE",
		.help = "as run may be given it, any number of times" },
	{ "threshold", .id = 't', .arg = "N", .help = "exit with 1 where it is above N" },
	{ 0 },
};

int cmd_policy_score(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_strv_ struct strv settings = { 0 };
	unsigned int threshold = EXPOSURE_MAX;
	bool json = false;
	int option, exit_code;

	while ((option = cmd_next_option(cmd_score_options, argc, argv)) >= 0) {
		if (option == CMD_JSON) {
			json = true;
		} else if (option == CMD_SET) {
			if (strv_add(&settings, optarg) < 0)
				return CMD_FAILED;
		} else if (parse_threshold(optarg, &threshold) < 0) {
			(void)fprintf(stderr,
				"sandboxctl: policy score: --threshold '%s' is no number from 0 to "
				"10, as in 2.5\n",
				optarg);
			return CMD_USAGE;
		}
	}
	if (cmd_end_options("policy score", option, argc, argv, 1, 1, &exit_code) < 0)
		return exit_code;
	return score_tenant(context, argv[optind], &settings, json, threshold);
}
