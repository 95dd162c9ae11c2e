/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every subcommand, one row each: what is run, helped with and completed.
 */
#include "cmd/cmd.h"

static const struct cmd_option json[] = {
	{ "json", .id = CMD_JSON, .help = "print JSON" },
	{ 0 },
};

static const struct cmd_option force[] = {
	{ "force", .id = CMD_FORCE, .help = "kill what still runs first" },
	{ 0 },
};

static const struct cmd_option strict[] = {
	{ "strict", .id = CMD_STRICT, .help = "fail where a policy can't say all of it" },
	{ 0 },
};

static const struct cmd_option dry_run[] = {
	{ "dry-run", .id = CMD_DRY_RUN, .help = "say what would be removed, and remove nothing" },
	{ 0 },
};

static const struct cmd_option list_options[] = {
	{ "all", .id = CMD_ALL, .help = "also those that have ended, and are remembered" },
	{ "json", .id = CMD_JSON, .help = "print JSON" },
	{ 0 },
};

static const struct cmd_option update_options[] = {
	{ "dry-run", .id = CMD_DRY_RUN, .help = "look at all of it, and change nothing" },
	{ "json", .id = CMD_JSON, .help = "print JSON" },
	{ 0 },
};

static const struct cmd_option all_json[] = {
	{ "all", .id = CMD_ALL, .help = "also those that have nothing here but their id" },
	{ "json", .id = CMD_JSON, .help = "print JSON" },
	{ 0 },
};

static const struct cmd_option none[] = { { 0 } };

/* clang-format off */
const struct cmd cmds[] = {
	{ "run", "[--] COMMAND [ARG]...", "run a command in a sandbox", cmd_run,
		.options = cmd_run_options,
		.more = "The exit status is the command's; 128+n: signal n; 124: timeout; 125: nothing\n"
			"was run; 126: not executable; 127: not found.\n" },
	{ "exec", "TENANT/NAME [--] COMMAND [ARG]...", "run a command in a sandbox that runs", cmd_exec,
		.options = cmd_exec_options,
		.more = "The exit status is the command's, as run has it. The command ends with its\n"
			"sandbox; what it has started ends with that, too, and not with the command.\n" },
	{ "list", "", "list the sandboxes", cmd_list, .options = list_options },
	{ "status", "[TENANT[/NAME]]", "show sandboxes, what they use and what they may", cmd_status,
		.options = json },
	{ "stats", "[TENANT[/NAME]]", "show what sandboxes and tenants use", cmd_stats, .options = json,
		.more = "FORKS-: forks that pids.max refused. *-PSI: percent of the last 10 s in which\n"
			"some, and all, of its tasks waited. '-': this host has no such figure.\n" },
	{ "kill", "TENANT[/NAME]", "end all that is in a sandbox, at once", cmd_kill,
		.options = cmd_kill_options },
	{ "freeze", "TENANT[/NAME]", "stop all that is in a sandbox", cmd_freeze, .options = none },
	{ "thaw", "TENANT[/NAME]", "let it go on", cmd_thaw, .options = none },
	{ "wait", "TENANT[/NAME]", "wait for a sandbox's end, and say how it ended", cmd_wait,
		.options = json,
		.more = "The exit status is that of its command, as run has it; of several, of the first\n"
			"that isn't 0. 1 where nobody knows.\n" },
	{ "logs", "TENANT[/NAME]", "print what a sandbox in the background has written", cmd_logs,
		.options = cmd_logs_options },
	{ "events", "", "tell what was denied, to whom, and by which line", cmd_events,
		.options = cmd_events_options,
		.more = "The newest 4096 are kept. WHEN: see sandboxctl(1). With --follow it\n"
			"tells what comes from now on, or what came since WHEN, too.\n" },
	{ "update", "TENANT", "put a changed policy on the sandboxes that run", cmd_update,
		.options = update_options,
		.more = "Changes limits, grants and connect rules, or nothing where something is wrong.\n"
			"Names the sandboxes that keep what can't be changed from outside, and what.\n" },
	{ "gc", "", "remove what killed sandboxes have left", cmd_gc, .options = dry_run },
	{ "tenant list", "", "list the tenants", cmd_tenant_list, .options = all_json },
	{ "tenant forget", "TENANT", "give up what a removed tenant still has", cmd_tenant_forget,
		.options = none },
	{ "policy check", "FILE...", "check policy files", cmd_policy_check, .options = json,
		.more = "Says what is wrong with each file, by itself, beside the other tenants' and on\n"
			"this host: 0 when nothing is, or warnings alone.\n" },
	{ "policy show", "TENANT", "print a policy, and where each value comes from",
		cmd_policy_show, .options = cmd_show_options },
	{ "policy explain", "TENANT ACT WHAT...", "say what a policy allows, and why",
		cmd_policy_explain, .options = cmd_explain_options, .acts = cmd_explain_acts,
		.more = "Says whether its policy allows that, by which line, and what line would. Of an\n"
			"open, write or exec it tells what the walls allow; the file's own mode may\n"
			"still deny it. A CALL is a name, or a name and a test of its arguments:\n"
			"'socket(domain == AF_INET)'.\n" },
	{ "policy score", "TENANT", "rate how exposed a policy leaves the host", cmd_policy_score,
		.options = cmd_score_options,
		.more = "Rates it from 0 (best) to 10, says by which lines, and what would lower it.\n" },
	{ "policy import", "FILE.json", "make a policy of a container's seccomp profile",
		cmd_policy_import, .options = strict,
		.more = "Of an OCI runtime's linux.seccomp, or a config.json that has one, or a profile\n"
			"of Docker or Podman. What a policy can't say is denied, and said on stderr.\n" },
	{ "policy export", "TENANT", "print a policy's calls as an OCI seccomp profile",
		cmd_policy_export, .options = none },
	{ "policy keys", "", "list what a policy can say", cmd_policy_keys, .options = json },
	{ "lsm load", "", "load the LSM programs and all tenants' own", cmd_lsm_load,
		.options = none },
	{ "lsm status", "", "show what is loaded", cmd_lsm_status, .options = json },
	{ "lsm unload", "", "end the enforcement", cmd_lsm_unload, .options = force },
	{ "doctor", "", "check what this host lacks, and say the cure", cmd_doctor,
		.options = json },
};
/* clang-format on */

const size_t n_cmds = ARRAY_SIZE(cmds);

const struct cmd_option cmd_global_options[] = {
	{ "config-dir", .id = 'c', .arg = "DIR", .help = "instead of " CMD_CONFIG_DIR },
	{ "verbose", 'v', .id = 'v', .help = "say each step" },
	{ "version", .id = 'V', .help = "say the version" },
	{ 0 },
};
