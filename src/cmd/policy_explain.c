/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy explain: looks up what the question is about, and asks the policy room.
 */
#include "cmd/cmd.h"
#include "cmd/explain_path.h"
#include "cmd/report.h"
#include "policy/allowlist.h"
#include "policy/key.h"
#include "policy/net.h"
#include "policy/syscalls.h"
#include "policy/test.h"
#include "policy/text.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>

struct asked {
	const struct cmd_context *context;
	struct policy *policy;
	const struct cmd_act *act;
	char **what; /* the words of the question */
	/* What `read` of the act has made of them. */
	struct in6_addr address;
	unsigned int port;
	struct explain_call call;
	bool lsm; /* the host has it */
	struct path_question about; /* for a question about a file */
};

static int ask_path(
	struct asked *a, enum policy_rights wanted, struct explanation *ret, struct sbx_error *err)
{
	a->about.dirs = &a->context->dirs;
	a->about.policy = a->policy;
	a->about.lsm = a->lsm;
	return explain_path(&a->about, a->what[0], wanted, ret, err);
}

static int ask_open(struct asked *a, struct explanation *ret, struct sbx_error *err)
{
	return ask_path(a, POLICY_READ, ret, err);
}

static int ask_write(struct asked *a, struct explanation *ret, struct sbx_error *err)
{
	return ask_path(a, POLICY_WRITE, ret, err);
}

static int ask_exec(struct asked *a, struct explanation *ret, struct sbx_error *err)
{
	return ask_path(a, POLICY_EXEC, ret, err);
}

static int ask_metadata(struct asked *a, struct explanation *ret, struct sbx_error *err)
{
	return ask_path(a, POLICY_OWN, ret, err);
}

static int read_peer(struct asked *a, struct sbx_error *err)
{
	struct policy_ports ports[NET_PORTS_MAX];
	uint8_t prefix;
	size_t n;

	if (!streq(a->what[0], "tcp") && !streq(a->what[0], "udp"))
		return error_set(err, EINVAL, "'%s' is neither tcp nor udp", a->what[0]);
	if (net_parse(a->what[1], &a->address, &prefix) < 0 || prefix != 128)
		return error_set(err, EINVAL, "'%s' is no address: as in 10.1.2.3 or [2001:db8::1]",
			a->what[1]);
	if (net_parse_ports(a->what[2], ports, &n) < 0 || n != 1 || ports[0].first != ports[0].last)
		return error_set(err, EINVAL, "'%s' is no port from 1 to 65535", a->what[2]);
	a->port = ports[0].first;
	return 0;
}

static int ask_connect(struct asked *a, struct explanation *ret, struct sbx_error *err)
{
	(void)err;
	explain_connect(a->policy, streq(a->what[0], "tcp") ? POLICY_TCP : POLICY_UDP, &a->address,
		(uint16_t)a->port, ret);
	return 0;
}

/* "socket", in whatever way a policy could allow it, or "socket(domain == AF_INET)" */
static int parse_call(char *what, struct explain_call *ret, struct sbx_error *err)
{
	char *test = strchr(what, '('), *end = what + strlen(what) - 1;
	struct test_error why;
	int r;

	if (test && *end == ')')
		*end = *test++ = '\0';
	if (syscalls_find(what) != SYSCALLS_HERE)
		return error_set(err, EINVAL,
			"'%s' is no system call of this architecture, nor one with a test as in "
			"'socket(domain == AF_INET)'",
			what);
	ret->name = what;
	ret->test = test;
	if (!test)
		r = allowlist_limit(what, &ret->cases);
	else
		r = test_parse(what, test, &ret->cases, &why);
	if (r == -EINVAL)
		return error_set(err, EINVAL, "'%s(%s)': %s", what, test, why.why);
	return r < 0 ? error_errno(err, -r, "read '%s'", what) : 0;
}

static int read_call(struct asked *a, struct sbx_error *err)
{
	return parse_call(a->what[0], &a->call, err);
}

static int ask_syscall(struct asked *a, struct explanation *ret, struct sbx_error *err)
{
	const char *name = policy_profile_name(a->policy);
	_cleanup_calls_ struct policy_calls profile = { 0 };
	int r = policy_load_profile(&a->context->dirs, name, &profile, err);

	return r < 0 ? r : explain_syscall(a->policy, &profile, name, &a->call, ret, err);
}

const struct cmd_act cmd_explain_acts[] = {
	{ "open", "PATH", 1, NULL, ask_open },
	{ "read", "PATH", 1, NULL, ask_open },
	{ "write", "PATH", 1, NULL, ask_write },
	{ "exec", "PATH", 1, NULL, ask_exec },
	{ "metadata", "PATH", 1, NULL, ask_metadata },
	{ "connect", "tcp|udp ADDRESS PORT", 3, read_peer, ask_connect },
	{ "syscall", "CALL", 1, read_call, ask_syscall },
	{ 0 },
};

/* What lets through what the policy's grants and rules don't allow. */
struct lifted {
	const char *by; /* "mode = audit"; NULL: nothing does, or need be */
	const struct policy_assignment
		*mode; /* where that stands in the policy; NULL: it doesn't */
};

static struct lifted lifted_by(const struct asked *a, const struct explanation *e)
{
	static const char *const modes[] = {
		[POLICY_LSM_AUDIT] = "mode = audit",
		[POLICY_LSM_OFF] = "mode = off",
	};

	if (e->allowed || e->wall != EXPLAIN_GRANTS)
		return (struct lifted){ 0 };
	if (!a->lsm)
		return (struct lifted){ "lsm = off in sandboxctl.ini", NULL };
	if (a->policy->lsm.mode == POLICY_LSM_ENFORCE)
		return (struct lifted){ 0 };
	return (struct lifted){ modes[a->policy->lsm.mode],
		policy_find_value(a->policy, "lsm", "mode") };
}

static const char *verdict_of(const struct explanation *e, const struct lifted *lifted)
{
	return e->allowed ? "allowed" : lifted->by ? "lifted" : e->partly ? "depends" : "denied";
}

/* A link may be the tenant's, and lead to what would steer the administrator's terminal. */
static const char *made_safe(char *text)
{
	if (text_check(text, strlen(text)))
		report_make_printable(text);
	return text;
}

static void print_text(struct explanation *e, const struct lifted *lifted)
{
	char where[PLACE_TEXT_MAX];

	(void)printf("%s: ", verdict_of(e, lifted));
	if (e->at.source)
		(void)printf("%s: ", place_text(&e->at, where));
	(void)printf("%s\n", made_safe(e->why));
	if (lifted->mode)
		(void)printf("goes through: %s: %s in [lsm]\n",
			place_text(&lifted->mode->at, where), lifted->by);
	else if (lifted->by)
		(void)printf("goes through: %s\n", lifted->by);
	if (*e->cure)
		(void)printf("would allow it: %s\n", made_safe(e->cure));
}

static void print_json(const struct explanation *e, const struct lifted *lifted)
{
	json_t *json = json_pack("{s:b, s:s, s:o, s:o}", "allowed", e->allowed || lifted->by,
		"verdict", verdict_of(e, lifted), "why", cmd_text_to_json(e->why), "cure",
		cmd_text_to_json(e->cure));

	if (json && lifted->by)
		(void)json_object_set_new(json, "lifted_by", json_string(lifted->by));
	if (json && e->at.source)
		(void)json_object_set_new(json, "file", cmd_text_to_json(place_file(&e->at)));
	if (json && e->at.line)
		(void)json_object_set_new(json, "line", json_integer(e->at.line));
	if (!json || json_dumpf(json, stdout, JSON_COMPACT) < 0)
		(void)fputs("{}", stdout);
	(void)putchar('\n');
	json_decref(json);
}

static int unknown_act(const char *name)
{
	(void)fprintf(stderr, "sandboxctl: policy explain: '%s' is none of", name);
	for (const struct cmd_act *act = cmd_explain_acts; act->name; act++)
		(void)fprintf(stderr, "%s %s", act == cmd_explain_acts ? "" : ",", act->name);
	(void)fputc('\n', stderr);
	return CMD_USAGE;
}

static int act_usage(const struct cmd_act *act)
{
	(void)fprintf(stderr, "usage: sandboxctl policy explain [OPTION]... TENANT %s %s\n",
		act->name, act->args);
	return CMD_USAGE;
}

/* Looks at the question by itself. CMD_DONE, or CMD_USAGE when it was said what is wrong. */
static int read_question(struct asked *a, char **words, int n)
{
	const struct cmd_act *act = cmd_explain_acts;
	struct sbx_error err = { 0 };

	while (act->name && !streq(act->name, words[0]))
		act++;
	if (!act->name)
		return unknown_act(words[0]);
	if (n - 1 != act->n_args)
		return act_usage(act);
	a->act = act;
	a->what = words + 1;
	if (!act->read || act->read(a, &err) == 0)
		return CMD_DONE;
	(void)error_prefix(&err, 0, "policy explain");
	(void)cmd_fail(&err);
	return CMD_USAGE;
}

const struct cmd_option cmd_explain_options[] = {
	{ "json", .id = CMD_JSON, .help = "print JSON" },
	{ "set", .id = CMD_SET, .arg = "SECTION.KEY=VALUE",
		.help = "as run may be given it, any number of times" },
	{ "name", .id = 'n', .arg = "NAME", .help = "of the sandbox that %n stands for" },
	{ 0 },
};

static int explain(struct asked *a, const char *tenant, const char *sandbox,
	const struct strv *settings, bool json)
{
	const struct policy_wanted wanted = { .tenant = tenant, .settings = settings };
	const struct policy_dirs *dirs = &a->context->dirs;
	_cleanup_host_config_ struct host_config host = { 0 };
	_cleanup_policy_ struct policy *policy = NULL;
	struct sbx_error err = { 0 };
	struct explanation e;
	struct lifted lifted;

	if (host_config_load(dirs, &host, &err) < 0 ||
		policy_load(dirs, &wanted, &policy, NULL, &err) < 0 ||
		lookup_settle(dirs, &policy, sandbox, &err) < 0)
		return cmd_fail(&err);
	a->policy = policy;
	a->lsm = host.lsm;
	if (a->act->ask(a, &e, &err) < 0) {
		(void)made_safe(err.text);
		return cmd_fail(&err);
	}
	lifted = lifted_by(a, &e);
	json ? print_json(&e, &lifted) : print_text(&e, &lifted);
	return CMD_DONE;
}

int cmd_policy_explain(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_strv_ struct strv settings = { 0 };
	struct asked a = { .context = context };
	const char *sandbox = NULL;
	bool json = false;
	int option, exit_code;

	while ((option = cmd_next_option(cmd_explain_options, argc, argv)) >= 0) {
		if (option == CMD_JSON)
			json = true;
		else if (option == 'n')
			sandbox = optarg;
		else if (strv_add(&settings, optarg) < 0)
			return CMD_FAILED;
	}
	if (cmd_end_options("policy explain", option, argc, argv, 3, INT_MAX, &exit_code) < 0)
		return exit_code;
	if (sandbox && !name_is_valid(sandbox)) {
		(void)fprintf(stderr,
			"sandboxctl: policy explain: --name '%s': a name is [a-z0-9][a-z0-9-]*, 63 "
			"characters at "
			"most\n",
			sandbox);
		return CMD_USAGE;
	}
	exit_code = read_question(&a, argv + optind + 1, argc - optind - 1);
	if (exit_code == CMD_DONE)
		exit_code = explain(&a, argv[optind], sandbox, &settings, json);
	path_question_clear(&a.about);
	cases_clear(&a.call.cases);
	return exit_code;
}
