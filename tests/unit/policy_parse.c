/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixtures: each good/NAME.ini lies beside NAME.expected, its warnings and effective values, each
 * bad/NAME.ini beside the report of its problems. UPDATE_EXPECTED=1 in the environment writes the
 * expected files anew: read the difference before you keep it.
 */
#include "policy/policy.h"

#include "owner.h"
#include "policy/file.h"
#include "policy/key.h"
#include "test.h"

#include <arpa/inet.h>
#include <dirent.h>

#define GOOD FIXTURES_DIR "/policy/good/"
#define BAD  FIXTURES_DIR "/policy/bad/"

static const struct policy_dirs dirs = {
	.config = FIXTURES_DIR "/policy",
	.shipped = FIXTURES_DIR "/policy/shipped",
};

static void dump_strv(FILE *out, const char *name, const struct strv *list)
{
	(void)fprintf(out, "%s:", name);
	for (size_t i = 0; i < list->n; i++)
		(void)fprintf(out, " <%s>", list->v[i]);
	(void)fprintf(out, "\n");
}

static void dump_calls(FILE *out, const char *name, const struct policy_calls *list)
{
	(void)fprintf(out, "%s:", name);
	for (size_t i = 0; i < list->n; i++)
		(void)fprintf(out, list->v[i].test ? " <%s(%s)>" : " <%s>", list->v[i].name,
			list->v[i].test);
	(void)fprintf(out, "\n");
}

/* Ends the line of a value that stands there. */
static void dump_place(FILE *out, const struct policy_place *at)
{
	if (at->source && at->source->order > 0)
		(void)fprintf(out, " (%s:%u)\n", strrchr(place_file(at), '/') + 1, at->line);
	else
		(void)fprintf(out, " (line %u)\n", at->line);
}

static void dump_cgroup(FILE *out, const char *name, const struct policy_cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->n_settings; i++) {
		const struct policy_cgroup_setting *setting = &cgroup->settings[i];

		(void)fprintf(out, "%s %s: %s", name, setting->file, setting->value);
		dump_place(out, &setting->at);
	}
	for (size_t i = 0; i < cgroup->n_lines; i++) {
		const struct policy_cgroup_line *line = &cgroup->lines[i];

		(void)fprintf(out, "%s %s: %s %s", name, line->file, line->thing, line->limits);
		dump_place(out, &line->at);
	}
}

static void dump_duration(FILE *out, const char *name, uint64_t usec)
{
	if (usec == USEC_INFINITY)
		(void)fprintf(out, "%s: infinity\n", name);
	else
		(void)fprintf(out, "%s: %llu us\n", name, (unsigned long long)usec);
}

static void dump_grants(FILE *out, const struct policy *policy)
{
	static const char *const names[] = {
		[POLICY_READ] = "read",
		[POLICY_WRITE] = "write",
		[POLICY_EXEC] = "exec",
		[POLICY_OWN] = "own",
		[POLICY_SEE] = "see",
		[POLICY_SHARE] = "share",
	};
	const struct policy_grant *shares = policy->filesystem.shares;

	for (size_t i = 0; i < policy->filesystem.n_grants; i++) {
		const struct policy_grant *grant = &policy->filesystem.grants[i];

		if (grant->inside)
			(void)fprintf(out, "mount to %s: <%s> <%s>", names[grant->rights],
				grant->path, grant->inside);
		else
			(void)fprintf(out, "%s: <%s>", names[grant->rights], grant->path);
		dump_place(out, &grant->at);
	}
	for (size_t i = 0; i < policy->filesystem.n_shares; i++) {
		(void)fprintf(out, "%s: <%s>", names[shares[i].rights], shares[i].path);
		dump_place(out, &shares[i].at);
	}
}

static void dump_rules(
	FILE *out, const char *name, const struct policy_net_rule *rules, size_t n_rules)
{
	for (size_t i = 0; i < n_rules; i++) {
		const struct policy_net_rule *rule = &rules[i];
		char address[INET6_ADDRSTRLEN];

		(void)inet_ntop(AF_INET6, &rule->address, address, sizeof(address));
		(void)fprintf(out, "%s: %s %s/%d", name,
			rule->protocol == POLICY_TCP ? "tcp" : "udp", address, rule->prefix);
		for (size_t j = 0; j < rule->n_ports; j++)
			(void)fprintf(out, " %d-%d", rule->ports[j].first, rule->ports[j].last);
		dump_place(out, &rule->at);
	}
}

static void dump(FILE *out, const struct policy *policy)
{
	static const char *const types[] = { "default", "wazero" };
	static const char *const modes[] = { "none", "host" };
	static const char *const procs[] = { "pid", "full", "none" };
	static const char *const actions[] = { "errno", "kill", "trap" };

	(void)fprintf(out, "tenant: %s\nid: %u\n", policy->tenant, policy->id);
	(void)fprintf(out, "runtime type: %s\n", types[policy->runtime.type]);
	dump_strv(out, "runtime args", &policy->runtime.args);
	dump_strv(out, "runtime env", &policy->runtime.env);
	if (policy->runtime.start_timeout != 5000000)
		dump_duration(out, "runtime start timeout", policy->runtime.start_timeout);
	dump_duration(out, "runtime timeout", policy->runtime.timeout);
	dump_cgroup(out, "cgroup", &policy->cgroup);
	dump_cgroup(out, "sandbox", &policy->cgroup_sandbox);
	(void)fprintf(out, "seccomp profile: %s\n",
		policy->seccomp.profile ? policy->seccomp.profile : "(none)");
	dump_calls(out, "seccomp allow", &policy->seccomp.allow);
	dump_calls(out, "seccomp deny", &policy->seccomp.deny);
	(void)fprintf(out, "seccomp default: %s %d\n", actions[policy->seccomp.action],
		policy->seccomp.errnum);
	(void)fprintf(out, "namespaces: pid %d ipc %d uts %d cgroup %d%s%s\n",
		policy->namespaces.pid, policy->namespaces.ipc, policy->namespaces.uts,
		policy->namespaces.cgroup, policy->namespaces.user ? " user 1" : "",
		policy->namespaces.time ? " time 1" : "");
	dump_grants(out, policy);
	(void)fprintf(out, "proc: %s\n", procs[policy->filesystem.proc]);
	(void)fprintf(out, "tmp: %llu\n", (unsigned long long)policy->filesystem.tmp);
	(void)fprintf(out, "network mode: %s\n", modes[policy->network.mode]);
	dump_rules(out, "connect", policy->network.connect, policy->network.n_connect);
	dump_rules(out, "listen", policy->network.listen, policy->network.n_listen);
	dump_strv(out, "process env", &policy->process.env);
	if (policy->process.capabilities)
		(void)fprintf(out, "capabilities: %llx\n",
			(unsigned long long)policy->process.capabilities);
	if (policy->process.user)
		(void)fprintf(out, "user: %s\n", policy->process.user);
	if (policy->process.group)
		(void)fprintf(out, "group: %s\n", policy->process.group);
	if (policy->lsm.mode != POLICY_LSM_ENFORCE)
		(void)fprintf(out, "lsm mode: %s\n", policy_lsm_mode_name(policy->lsm.mode));
	if (policy->audit.rate != 100)
		(void)fprintf(out, "rate: %u\n", policy->audit.rate);
	if (policy->audit.syscalls)
		(void)fprintf(out, "audit syscalls: yes\n");
	(void)fprintf(out, "umask: %04o\n", policy->process.umask);
	for (size_t i = 0; i < policy->process.n_rlimits; i++) {
		const struct policy_rlimit *l = &policy->process.rlimits[i];

		(void)fprintf(out, "rlimit %d: %llu %llu\n", l->resource,
			(unsigned long long)l->soft, (unsigned long long)l->hard);
	}
	(void)fprintf(out, "cwd: %s\n", policy->process.cwd);
}

/* Cuts every PART out of TEXT. */
static void cut(char *text, const char *part)
{
	char *at;

	while ((at = strstr(text, part)) != NULL)
		memmove(at, at + strlen(part), strlen(at + strlen(part)) + 1);
}

/* Writes REPORT without the folders in front of files' names. */
static void print_report(FILE *out, const struct policy_report *report, const char *folder)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *all = open_memstream(&text, &size);

	ASSERT_TRUE(all);
	policy_report_print(report, all);
	ASSERT_EQ(0, fclose(all));
	cut(text, folder);
	cut(text, FIXTURES_DIR "/policy/");
	(void)fputs(text, out);
}

static char *read_file(const char *path)
{
	static char text[1 << 16];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	ASSERT_TRUE(f);
	(void)fputs(text, f);
	ASSERT_EQ(0, fclose(f));
}

/* Compares what `path` gave with the file beside it. */
static void compare(const char *path, const char *seen)
{
	_cleanup_free_ char *expected = NULL;
	const char *text;

	ASSERT_TRUE(asprintf(&expected, "%.*s.expected", (int)strlen(path) - 4, path) > 0);
	if (getenv("UPDATE_EXPECTED"))
		write_file(expected, seen);
	text = read_file(expected);
	if (!text || !streq(text, seen)) {
		printf("# %s differs; seen:\n", expected);
		for (const char *s = seen; *s; s += strcspn(s, "\n") + (s[strcspn(s, "\n")] != 0))
			printf("#   %.*s\n", (int)strcspn(s, "\n"), s);
		test_failed(false);
	}
}

/* ERR names the first error, the same as in the report, and how many others there are. */
static void check_error(const struct policy_report *report, const struct sbx_error *err)
{
	char expected[sizeof(err->text)], more[48] = "";
	size_t i = 0;

	while (i < report->n && report->problems[i].warning)
		i++;
	ASSERT_LT(i, report->n);
	if (report->n_errors > 1)
		(void)snprintf(more, sizeof(more), " (and %zu more)", report->n_errors - 1);
	if (report->problems[i].line)
		(void)snprintf(expected, sizeof(expected), "%s:%u: %s%s", report->problems[i].file,
			report->problems[i].line, report->problems[i].text, more);
	else
		(void)snprintf(expected, sizeof(expected), "%s: %s%s", report->problems[i].file,
			report->problems[i].text, more);
	EXPECT_STREQ(expected, err->text);
}

static void check_fixture(const char *path, const char *folder, bool good)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_policy_ struct policy *policy = NULL;
	_cleanup_free_ char *seen = NULL;
	struct sbx_error err = { 0 };
	size_t size = 0;
	FILE *out = open_memstream(&seen, &size);
	int r = policy_load_file(&dirs, path, NULL, &policy, &report, &err);

	ASSERT_TRUE(out);
	if (r != (good ? 0 : -EINVAL)) {
		printf("# %s: %d\n", path, r);
		test_failed(false);
	}
	EXPECT_EQ(good, policy != NULL);
	print_report(out, &report, folder);
	if (policy)
		dump(out, policy);
	ASSERT_EQ(0, fclose(out));
	if (!good)
		check_error(&report, &err);
	compare(path, seen);
}

static void check_good(const char *path, void *arg)
{
	(void)arg;
	check_fixture(path, GOOD, true);
}

static void check_bad(const char *path, void *arg)
{
	(void)arg;
	check_fixture(path, BAD, false);
}

static void each_fixture(const char *folder, void (*visit)(const char *path, void *arg), void *arg)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *entry;
	unsigned int n = 0;

	ASSERT_TRUE(dir);
	as_owner_of(folder);
	while ((entry = readdir(dir)) != NULL) {
		char path[600];
		size_t length = strlen(entry->d_name);

		if (length < 5 || !streq(entry->d_name + length - 4, ".ini"))
			continue;
		(void)snprintf(path, sizeof(path), "%s%s", folder, entry->d_name);
		visit(path, arg);
		n++;
	}
	EXPECT_GT(n, 10);
}

TEST(good_files)
{
	each_fixture(GOOD, check_good, NULL);
}

TEST(bad_files)
{
	each_fixture(BAD, check_bad, NULL);
}

/* Values are compared, not where they stand. */
static char *dump_values(struct policy *policy)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ASSERT_TRUE(out);
	for (size_t i = 0; i < policy->cgroup.n_settings; i++)
		policy->cgroup.settings[i].at.line = 0;
	for (size_t i = 0; i < policy->cgroup_sandbox.n_settings; i++)
		policy->cgroup_sandbox.settings[i].at.line = 0;
	dump(out, policy);
	ASSERT_EQ(0, fclose(out));
	return text;
}

/* The values of a text that stands for the file at PATH, and the last line that gives KEY, or 0. */
static char *values_of(
	const char *path, const char *text, const struct key *key, unsigned int *ret_line)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_policy_ struct policy *policy = calloc(1, sizeof(*policy));
	struct sbx_error err = { 0 };
	struct key_load load = {
		.table = &policy_keys,
		.dirs = &dirs,
		.names = { .tenant = "t" },
		.target = policy,
		.sources = &policy->sources,
		.report = &report,
	};

	ASSERT_EQ(0, key_begin(&load, &err));
	ASSERT_EQ(0, key_read_text(&load, path, text, strlen(text), &err));
	*ret_line = key_seen(&load, key->section, key->name)->last.line;
	(void)key_end(&load, &err);
	assignments_clear(&load.assignments, &load.n_assignments);
	return dump_values(policy);
}

/* Whether the file gives KEY, and would come to other values if that line were a comment. */
static bool shows(const char *path, const struct key *key)
{
	_cleanup_free_ char *with = NULL, *without = NULL;
	char *text = read_file(path), *line = text;
	unsigned int number, ignored;

	ASSERT_TRUE(text);
	with = values_of(path, text, key, &number);
	if (number == 0)
		return false;
	while (--number > 0)
		line = strchr(line, '\n') + 1;
	*line = ';';
	without = values_of(path, text, key, &ignored);
	return !streq(with, without);
}

static void note_keys(const char *path, void *arg)
{
	bool *shown = arg;

	for (size_t i = 0; i < policy_keys.n; i++)
		if (policy_keys.keys[i].type && !shown[i])
			shown[i] = shows(path, &policy_keys.keys[i]);
}

/* Each has a good file that sets it to what it isn't by default, with the effect beside it. */
TEST(every_key_has_a_good_file)
{
	_cleanup_free_ bool *shown = calloc(policy_keys.n, sizeof(*shown));

	ASSERT_TRUE(shown);
	each_fixture(GOOD, note_keys, shown);
	for (size_t i = 0; i < policy_keys.n; i++) {
		const struct key *key = &policy_keys.keys[i];

		/* Of these the default is all there is. */
		if (shown[i] || !key->type || key->type == &type_version || key->type == &type_only)
			continue;
		printf("# no good file shows [%s] %s\n", key->section, key->name);
		test_failed(false);
	}
}

TEST(shipped_template_is_the_defaults)
{
	_cleanup_policy_ struct policy *template = NULL, *defaults = NULL;
	_cleanup_free_ char *first = NULL, *second = NULL;
	struct sbx_error err = { 0 };

	as_owner_of(GOOD "defaults.ini");
	ASSERT_EQ(0, policy_load_file(&dirs, GOOD "defaults.ini", "t", &defaults, NULL, &err));
	if (policy_load_file(&dirs, POLICIES_DIR "/default.ini", "t", &template, NULL, &err) < 0) {
		printf("# %s\n", err.text);
		test_failed(true);
	}
	first = dump_values(template);
	second = dump_values(defaults);
	EXPECT_STREQ(second, first);
}

TEST(shipped_template_has_every_default)
{
	_cleanup_free_ char *text = NULL;
	size_t size;

	ASSERT_EQ(0, file_read(POLICIES_DIR "/default.ini", &text, &size, NULL));
	for (size_t i = 0; i < policy_keys.n; i++) {
		const struct key *key = &policy_keys.keys[i];
		char line[128];

		if (!key->type || !key->initial)
			continue;
		(void)snprintf(line, sizeof(line), "\n%s = %s\n", key->name, key->initial);
		if (strstr(text, line))
			continue;
		printf("# default.ini lacks of [%s]%s", key->section, line);
		test_failed(false);
	}
}

/* What `key =` does is defined for every key: it is refused, clears, or gives the default again. */
TEST(every_row_is_whole)
{
	for (size_t i = 0; i < policy_keys.n; i++) {
		const struct key *key = &policy_keys.keys[i];

		EXPECT_TRUE(key->help && *key->help && key->since);
		if (!key->type)
			continue;
		EXPECT_TRUE(key->type->form && key->type->parse);
		EXPECT_TRUE(key->type->required || key->type->clear || key->initial);
		/* What stands for many names unsets the one that is meant. */
		EXPECT_TRUE(!strchr(key->name, '*') || (key->type->unset && key->type->clear));
		for (size_t j = 0; j < i; j++)
			EXPECT_FALSE(streq(key->section, policy_keys.keys[j].section) &&
				     streq(key->name, policy_keys.keys[j].name));
	}
}

/* A section's rows stand together, or the reader would miss some. */
TEST(rows_are_grouped)
{
	for (size_t i = 1; i < policy_keys.n; i++) {
		const char *section = policy_keys.keys[i].section;

		if (streq(section, policy_keys.keys[i - 1].section))
			continue;
		for (size_t j = 0; j < i; j++)
			EXPECT_FALSE(streq(section, policy_keys.keys[j].section));
	}
}

TEST(out_parameters_stay_untouched)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	struct policy *policy = (void *)1;
	struct sbx_error err = { 0 };

	as_owner_of(BAD "empty.ini");
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, BAD "empty.ini", NULL, &policy, NULL, &err));
	EXPECT_TRUE(policy == (void *)1);
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, BAD "empty.ini", NULL, &policy, NULL, NULL));
	/* A report collects over several files; ERR speaks of the last. */
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, BAD "empty.ini", NULL, &policy, &report, &err));
	EXPECT_EQ(-EINVAL, policy_load_file(&dirs, BAD "tmp.ini", NULL, &policy, &report, &err));
	EXPECT_EQ(2, report.n);
	EXPECT_EQ(2, report.n_errors);
	EXPECT_TRUE(strstr(err.text, "tmp.ini:3: tmp: 'big'") != NULL);
}
