/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets: any text as a policy, and as the value of one key. A policy that was read well can be
 * written down again, and comes to the same.
 */
#include "fuzz.h"
#include "policy/key.h"
#include "policy/net.h"

static const char name[] = "fuzz.ini";

/* Problems are told of places that there are. */
static void check_places(const struct policy *policy, const struct policy_report *report)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct policy_problem *p = &report->problems[i];
		const struct policy_place at = { policy->sources.v[0], p->line, 0 };
		size_t n = 0;
		const char *line;

		if (!streq(p->file, name) || !p->line)
			continue;
		line = place_line(&at, &n);
		expect(line && p->column <= count_characters(line, n) + 1);
	}
}

/* A report can be printed, whatever it speaks of. */
static void check_report(const struct policy *policy, const struct policy_report *report)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	check_places(policy, report);
	expect(out);
	policy_report_print(report, out);
	expect(fclose(out) == 0);
}

/* NULL where it has errors. */
static struct policy *read_policy(const char *text, size_t size)
{
	static const struct policy_dirs dirs = { "/nonexistent", FIXTURES_DIR "/policy/shipped" };
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_policy_ struct policy *policy = calloc(1, sizeof(*policy));
	struct sbx_error err = { 0 };
	struct key_load load = {
		.table = &policy_keys,
		.dirs = &dirs,
		.names = { .tenant = "acme" },
		.target = policy,
		.sources = &policy->sources,
		.report = &report,
	};
	int r = key_begin(&load, &err), end;

	if (r == 0)
		r = key_read_text(&load, name, text, size, &err);
	end = key_end(&load, &err);
	expect(r == 0 && (end < 0) == (report.n_errors > 0));
	policy->assignments = load.assignments;
	policy->n_assignments = load.n_assignments;
	check_report(policy, &report);
	return end == 0 ? take_ptr(policy) : NULL;
}

static char *write_policy(const struct fuzz_target *target, const struct policy *policy)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	expect(out);
	(void)fputs("version = 1\n", out);
	target->write(out, policy);
	expect(fclose(out) == 0);
	return text;
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");

		longest = n > longest ? n : longest;
		text += n + (text[n] != '\0');
	}
	return longest;
}

void fuzz_policy(const struct fuzz_target *target, const char *text, size_t size)
{
	_cleanup_policy_ struct policy *policy = NULL, *again = NULL;
	_cleanup_free_ char *whole = NULL, *once = NULL, *twice = NULL;
	size_t n = strlen(target->before);

	whole = malloc(n + size + 1);
	expect(whole);
	memcpy(whole, target->before, n);
	memcpy(whole + n, text, size);
	policy = read_policy(whole, n + size);
	/* Included lists may hold calls of other architectures, which only they may. */
	if (!policy || policy->sources.n > 1)
		return;
	once = write_policy(target, policy);
	if (longest_line(once) > LINE_MAX_LEN)
		return; /* for all the quotes */
	again = read_policy(once, strlen(once));
	expect(again);
	twice = write_policy(target, again);
	expect(streq(once, twice));
}

/* What `sandboxctl policy show` prints. */
static void write_all(FILE *out, const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_assignments; i++) {
		const struct policy_assignment *said = &policy->assignments[i];

		(void)fprintf(out, "[%s]\n%s=%s\n", said->key->section, assignment_name(said),
			said->text);
	}
}

/* One word, whatever it holds. */
static void write_word(FILE *out, const char *word)
{
	(void)fputc('"', out);
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			(void)fputc('\\', out);
		if (*word == '%')
			(void)fputc('%', out);
		(void)fputc(*word, out);
	}
	(void)fputc('"', out);
}

static void write_words(FILE *out, const char *key, const struct strv *words)
{
	for (size_t i = 0; i < words->n; i++) {
		(void)fprintf(out, "%s = ", key);
		write_word(out, words->v[i]);
		(void)fputc('\n', out);
	}
}

static void write_env(FILE *out, const struct policy *policy)
{
	(void)fputs("[process]\n", out);
	write_words(out, "env", &policy->process.env);
}

static void write_syscalls(FILE *out, const struct policy *policy)
{
	const struct policy_calls *allow = &policy->seccomp.allow;

	(void)fputs("[seccomp]\n", out);
	for (size_t i = 0; i < allow->n; i++)
		(void)fprintf(out, allow->v[i].test ? "allow = %s(%s)\n" : "allow = %s\n",
			allow->v[i].name, allow->v[i].test);
}

static void write_seccomp_default(FILE *out, const struct policy *policy)
{
	static const char *const actions[] = {
		[POLICY_SECCOMP_ERRNO] = "errno",
		[POLICY_SECCOMP_KILL] = "kill",
		[POLICY_SECCOMP_TRAP] = "trap",
	};
	int errnum = policy->seccomp.errnum;

	(void)fprintf(out, "[seccomp]\ndefault = %s %s\n", actions[policy->seccomp.action],
		errnum ? strerrorname_np(errnum) : "");
}

static void write_lines(FILE *out, const struct policy *policy)
{
	(void)fputs("[cgroup]\n", out);
	for (size_t i = 0; i < policy->cgroup.n_lines; i++) {
		(void)fprintf(out, "%s = ", policy->cgroup.lines[i].file);
		write_word(out, policy->cgroup.lines[i].thing);
		(void)fprintf(out, " %s\n", policy->cgroup.lines[i].limits);
	}
}

static void write_grant(FILE *out, const struct policy_grant *grant)
{
	_cleanup_free_ char *mount = NULL;

	if (grant->inside && asprintf(&mount, "%s:%s%s", grant->path, grant->inside,
				     grant->rights == POLICY_READ ? ":ro" : "") < 0)
		abort();
	(void)fprintf(out, "%s = ", mount ? "mount" : policy_rights_name(grant->rights));
	write_word(out, mount ? mount : grant->path);
	(void)fputc('\n', out);
}

static void write_grants(FILE *out, const struct policy *policy)
{
	(void)fputs("[filesystem]\n", out);
	for (size_t i = 0; i < policy->filesystem.n_grants; i++) {
		const struct policy_grant *grant = &policy->filesystem.grants[i];

		write_grant(out, grant);
	}
	for (size_t i = 0; i < policy->filesystem.n_shares; i++)
		write_grant(out, &policy->filesystem.shares[i]);
}

static void write_tmp(FILE *out, const struct policy *policy)
{
	(void)fprintf(
		out, "[filesystem]\ntmp = %llu\n", (unsigned long long)policy->filesystem.tmp);
}

static void write_rules(FILE *out, const struct policy *policy)
{
	(void)fputs("[network]\nmode = host\n", out);
	for (size_t i = 0; i < policy->network.n_connect; i++) {
		const struct policy_net_rule *rule = &policy->network.connect[i];
		char network[NET_TEXT_SIZE];

		net_format(&rule->address, rule->prefix, network);
		(void)fprintf(out, "connect = %s %s ", rule->protocol == POLICY_TCP ? "tcp" : "udp",
			network);
		for (size_t j = 0; j < rule->n_ports; j++)
			(void)fprintf(out, "%s%d-%d", j ? "," : "", rule->ports[j].first,
				rule->ports[j].last);
		(void)fputc('\n', out);
	}
}

const struct fuzz_target fuzz_policies[] = {
	{ "policy", .before = "", .write = write_all },
	{ "env", .before = "version = 1\n[process]\nenv = ", .write = write_env },
	{ "syscalls", .before = "version = 1\n[seccomp]\nallow = ", .write = write_syscalls },
	{ "seccomp_default",
		.before = "version = 1\n[seccomp]\ndefault = ", .write = write_seccomp_default },
	{ "io_max", .before = "version = 1\n[cgroup]\nio.max = ", .write = write_lines },
	{ "grants", .before = "version = 1\n[filesystem]\nread = ", .write = write_grants },
	{ "tmp", .before = "version = 1\n[filesystem]\ntmp = ", .write = write_tmp },
	{ "rules",
		.before = "version = 1\n[network]\nmode = host\nconnect = ", .write = write_rules },
	{ 0 },
};
