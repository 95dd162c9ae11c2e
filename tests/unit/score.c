/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/score.h"

#include "policy/allowlist.h"
#include "policy/score_judge.h"
#include "policy/syscalls.h"
#include "tmpdir.h"

#define HOST_NETWORK "[network]\nmode = host\n"

static struct policy_dirs dirs = { .shipped = POLICIES_DIR };
static struct sbx_error err;
static struct score score;

static struct policy *load_file(const char *path)
{
	struct policy *policy = NULL;

	if (policy_load_file(&dirs, path, "acme", &policy, NULL, &err) < 0)
		printf("# %s\n", err.text);
	ASSERT_TRUE(policy);
	return policy;
}

static struct policy *load(const char *text)
{
	char whole[8192];

	if (!dirs.config)
		dirs.config = tmpdir_make();
	(void)snprintf(whole, sizeof(whole), "version = 1\n%s", text);
	return load_file(tmpdir_write("acme.ini", whole));
}

static void rate(const struct policy *policy, bool lsm)
{
	const char *name = policy_profile_name(policy);
	struct policy_calls profile = { 0 };
	struct allowlist allowed = { 0 };
	struct strv calls = { 0 };

	ASSERT_EQ(0, policy_load_profile(&dirs, name, &profile, &err));
	ASSERT_EQ(0, allowlist_make(policy, &profile, &allowed, &err));
	ASSERT_EQ(0, syscalls_list(&calls));
	score_policy(&(struct score_subject){ policy, &allowed.allow, &calls, lsm }, &score);
	calls_clear(&profile);
	allowlist_clear(&allowed);
	strv_clear(&calls);
}

/* Its places are gone then. */
static unsigned int rate_text(const char *text)
{
	struct policy *policy = load(text);

	rate(policy, true);
	(void)policy_free(policy);
	return score.exposure;
}

static const struct score_finding *finding(const char *name)
{
	for (size_t i = 0; i < score.n; i++)
		if (streq(score.findings[i].row->name, name))
			return &score.findings[i];
	printf("# there is no finding '%s'\n", name);
	ASSERT_TRUE(false);
	return NULL;
}

/* What one finding says of a policy with these lines. */
static const struct {
	const char *name, *text;
	unsigned int badness;
	const char *what;
} cases[] = {
	{ "memory.max", "", 0, "256M" },
	{ "memory.max", "[cgroup]\nmemory.max = 1G\n", 0, "1G" },
	{ "memory.max", "[cgroup]\nmemory.max = 2G\n", 1, "2G" },
	{ "memory.max", "[cgroup]\nmemory.max = 8G\n", 2, "8G" },
	{ "memory.max", "[cgroup]\nmemory.max = 64G\n", 3, "64G" },
	{ "memory.max", "[cgroup]\nmemory.max = infinity\n", 4, "infinity" },
	{ "memory.max", "[cgroup]\nmemory.max =\n", 4, "not set" },
	{ "memory.swap.max", "", 0, "0" },
	{ "memory.swap.max", "[cgroup]\nmemory.swap.max = 64M\n", 1, "64M" },
	{ "memory.swap.max", "[cgroup]\nmemory.swap.max =\n", 3, "not set" },
	{ "pids.max", "[cgroup]\npids.max = 512\n", 0, "512" },
	{ "pids.max", "[cgroup]\npids.max = 513\n", 1, "513" },
	{ "pids.max", "[cgroup]\npids.max = 4194304\n", 2, "4194304" },
	{ "pids.max", "[cgroup]\npids.max =\n", 3, "not set" },
	{ "cpu.max", "", 0, "100%" },
	{ "cpu.max", "[cgroup]\ncpu.max = 400000 100000\n", 1, "400000 100000" },
	{ "cpu.max", "[cgroup]\ncpu.max = 1600%\n", 2, "1600%" },
	{ "cpu.max", "[cgroup]\ncpu.max = infinity\n", 3, "infinity" },
	{ "io.max", "", 1, "not set" },
	{ "io.max", "[cgroup]\nio.max = /dev/sda rbps=1M\n", 0, "/dev/sda rbps=1M" },
	{ "sandbox.memory.max", "[cgroup]\nmemory.max = 1M\n", 1, "not set" },
	{ "sandbox.memory.max", "[cgroup.sandbox]\nmemory.max = 64M\n", 0, "64M" },
	{ "sandbox.pids.max", "[cgroup.sandbox]\npids.max = max\n", 1, "max" },
	{ "sandbox.pids.max", "[cgroup.sandbox]\npids.max = 5\n", 0, "5" },
	{ "timeout", "", 2, "infinity" },
	{ "timeout", "[runtime]\ntimeout = 30h\n", 1, "30h" },
	{ "timeout", "[runtime]\ntimeout = 1h\n", 0, "1h" },
	{ "calls", "[seccomp]\nprofile = @strict\n", 0, NULL },
	{ "calls", "", 3, NULL },
	{ "default", "", 1, "errno EPERM" },
	{ "default", "[seccomp]\ndefault = trap\n", 1, "trap" },
	{ "default", "[seccomp]\ndefault = kill\n", 0, "kill" },
	{ "ptrace", "[seccomp]\nallow = kcmp getpid ptrace\n", 1, "ptrace kcmp" },
	{ "clone3", "[seccomp]\nprofile = @strict\n", 1, "clone3" },
	{ "clone3", "[seccomp]\nprofile = @strict\n[namespaces]\nuser = yes\n", 0, NULL },
	{ "user", "", 0, "" },
	{ "user", "[process]\ngroup = 33\n", 1, "group = 33" },
	{ "user", "[process]\nuser = www-data\ngroup = 33\n", 1, "user = www-data" },
	{ "user", "[process]\nuser = 33\n[namespaces]\nipc = no\n", 2, "user = 33" },
	{ "user", "[process]\nuser = 33\n[namespaces]\nipc = no\npid = no\n", 3, "user = 33" },
	{ "user", "[namespaces]\nipc = no\npid = no\n", 0, "" },
	{ "processes", "[namespaces]\npid = yes\n", 0, "yes" },
	{ "processes", "[namespaces]\npid = no\n", 1, "no" },
	{ "ipc", "", 0, "yes" },
	{ "ipc", "[namespaces]\nipc = no\n", 1, "no" },
	{ "host-name", "", 0, "yes" },
	{ "host-name", "[namespaces]\nuts = no\n", 1, "no" },
	{ "cgroup-view", "", 0, "yes" },
	{ "cgroup-view", "[namespaces]\ncgroup = no\n", 1, "no" },
	{ "capabilities", "", 0, "none" },
	{ "capabilities", "[process]\ncapabilities = cap_kill\n", 2, "cap_kill" },
	{ "capabilities", "[process]\ncapabilities = cap_kill\n[namespaces]\nuser = yes\n", 1,
		"cap_kill" },
	{ "privileges", "[process]\ncapabilities = cap_kill cap_net_bind_service\n", 0,
		"cap_kill cap_net_bind_service" },
	{ "privileges", "[process]\ncapabilities = cap_kill cap_setuid\n", 1,
		"cap_kill cap_setuid" },
	{ "privileges", "[process]\ncapabilities = all\n", 1, "all" },
	{ "privileges", "[process]\ncapabilities = all\n[namespaces]\nuser = yes\n", 0, "all" },
	{ "proc", "", 0, "pid" },
	{ "proc", "[filesystem]\nproc = none\n", 0, "none" },
	{ "proc", "[filesystem]\nproc = full\n", 1, "full" },
	{ "network", "", 0, "none" },
	{ "network", HOST_NETWORK, 1, "host" },
	{ "connect-all", HOST_NETWORK "connect = tcp 10.0.0.0/8 1-65535\n", 0, "" },
	{ "connect-all", HOST_NETWORK "connect = tcp 0.0.0.0/0 443\n", 1, "tcp 0.0.0.0/0" },
	{ "connect-all", HOST_NETWORK "connect = udp 64.0.0.0/2 1-65535\n", 2, "udp 64.0.0.0/2" },
	{ "connect-all", HOST_NETWORK "connect = tcp [2000::]/3 1-2000\n", 2, "tcp [2000::]/3" },
	{ "connect-all", HOST_NETWORK "connect = tcp [2001:db8::]/32 1-2000\n", 0, "" },
	{ "metadata", HOST_NETWORK "connect = tcp 169.254.169.254 80\n", 1,
		"tcp 169.254.169.254/32" },
	{ "metadata", HOST_NETWORK "connect = tcp 0.0.0.0/0 1-100\n", 1, "tcp 0.0.0.0/0" },
	{ "metadata", HOST_NETWORK "connect = tcp [fd00::]/8 80\n", 1, "tcp [fd00::]/8" },
	{ "metadata", HOST_NETWORK "connect = udp 0.0.0.0/0 80\n", 0, "" },
	{ "metadata", HOST_NETWORK "connect = tcp 0.0.0.0/0 443\n", 0, "" },
	{ "loopback", HOST_NETWORK "connect = tcp 127.0.0.1 5432\n", 1, "tcp 127.0.0.1/32" },
	{ "loopback", HOST_NETWORK "connect = tcp [::1] 1-65535\n", 2, "tcp [::1]/128" },
	/* Loopback counts only where a rule names it. */
	{ "loopback", HOST_NETWORK "connect = tcp 0.0.0.0/0 1-65535\n", 0, "" },
	{ "loopback", HOST_NETWORK "connect = tcp [::]/0 1-65535\n", 0, "" },
	{ "private", HOST_NETWORK "connect = tcp 10.1.2.0/24 1-65535\n", 0, "" },
	{ "private", HOST_NETWORK "connect = tcp 10.0.0.0/9 443\n", 1, "tcp 10.0.0.0/9" },
	{ "private", HOST_NETWORK "connect = tcp [::]/0 1-65535\n", 2, "tcp [::]/0" },
	{ "system", "[filesystem]\nown = /srv/acme\nwrite = /var/lib/acme /home/acme\n", 0, "" },
	{ "system", "[filesystem]\nread = /etc /usr\nexec = /bin\n", 0, "" },
	{ "system", "[filesystem]\nwrite = /usr/local/acme\n", 1, "write = /usr/local/acme" },
	{ "system", "[filesystem]\nwrite = /usr/local/acme\nown = /var\n", 2, "own = /var" },
	{ "system", "[filesystem]\nown = /var/run\n", 2, "own = /var/run" },
	{ "system", "[filesystem]\nmount = /srv/a:/etc /etc:/e:ro\n", 0, "" },
	{ "system", "[filesystem]\nmount = /etc/acme:/e\n", 1, "mount = /etc/acme:/e" },
	{ "secrets", "[filesystem]\nmount = /etc:/e:ro\n", 1, "mount = /etc:/e:ro" },
	{ "code", "[filesystem]\nmount = /srv/a:/a\nexec = /srv/a\n", 1, "mount = /srv/a:/a" },
	{ "code", "[filesystem]\nown = /srv/a /srv/b\nexec = /srv/a\n", 1, "own = /srv/a" },
	{ "code", "[filesystem]\nwrite = /srv/a\nexec = /srv/a/bin\n", 0, "" },
	{ "engines", "[filesystem]\nread = /run\n", 1, "read = /run" },
	{ "engines", "[filesystem]\nwrite = /var/run/docker.sock\n", 1,
		"write = /var/run/docker.sock" },
	{ "engines", "[filesystem]\nwrite = /run/acme /var /run/dockerish\n", 0, "" },
	{ "secrets", "[filesystem]\nread = /etc\n", 1, "read = /etc" },
	{ "secrets", "[filesystem]\nexec = /root/bin\n", 1, "exec = /root/bin" },
	{ "secrets", "[filesystem]\nread = /etc/ssl /home/acme /sys/devices/system/cpu\n", 0, "" },
	{ "programs", "[filesystem]\nexec = /usr\n", 1, "exec = /usr" },
	{ "programs", "[filesystem]\nexec = /usr/bin/sort\nread = /usr\n", 0, "" },
	{ "whole-root", "[filesystem]\nread = /etc /usr /var\n", 0, "" },
	{ "root", "[filesystem]\nroot = host\n", 1, "host" },
	{ "root", "[filesystem]\nroot = /srv/tree\n", 0, "/srv/tree" },
	{ "secrets", "[filesystem]\nroot = host\n", 0, "" },
	{ "secrets", "[filesystem]\nroot = /home/tree\n", 0, "" },
	{ "secrets", "[filesystem]\nroot = /root/tree\n", 1, "root = /root/tree" },
	{ "code", "[filesystem]\nroot = /srv/tree\nwrite = /srv/tree\n", 1, "write = /srv/tree" },
	{ "tmp", "[filesystem]\ntmp = 256M\n", 0, "256M" },
	{ "tmp", "[filesystem]\ntmp = 2G\n", 2, "2G" },
	{ "env", "[process]\nenv = A=1 \"DB_PASSWORD=s3cret\"\n", 1, "DB_PASSWORD" },
	{ "env", "[process]\nenv = token=x\n", 1, "token" },
	{ "env", "[process]\nenv = DB_PASSWORD_FILE=/x KEYMAP=de API_KEY= TOKENIZERS=1\n", 0, "" },
	{ "runtime-env", "[runtime]\nenv = AWS_SECRET_ACCESS_KEY=x\n", 1, "AWS_SECRET_ACCESS_KEY" },
	{ "runtime-env", "[process]\nenv = API_KEY=x\n", 0, "" },
};

TEST(cases_of_the_table)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct score_finding *f;

		(void)rate_text(cases[i].text);
		f = finding(cases[i].name);
		if (f->badness != cases[i].badness)
			printf("# %s: %s\n", cases[i].name, cases[i].text);
		EXPECT_EQ(cases[i].badness, f->badness);
		if (cases[i].what)
			EXPECT_STREQ(cases[i].what, f->what);
		EXPECT_EQ(f->badness > 0, *f->cure != '\0');
	}
}

static bool is_tried(const struct score_row *row, bool bad)
{
	/* Those of calls, and what no text of today's policies brings about, have their own. */
	if (row->judge == judge_calls || row->judge == judge_lsm || streq(row->name, "whole-root"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (streq(cases[i].name, row->name) && (cases[i].badness > 0) == bad)
			return true;
	return false;
}

TEST(rows)
{
	EXPECT_LE(n_score_rows, SCORE_MAX);
	for (size_t i = 0; i < n_score_rows; i++) {
		const struct score_row *row = &score_rows[i];

		EXPECT_TRUE(row->weight > 0 && row->good);
		EXPECT_TRUE(row->range > 0 && SCORE_PARTS % row->range == 0);
		for (size_t j = 0; j < i; j++)
			EXPECT_FALSE(streq(score_rows[j].name, row->name));
		if (row->judge == judge_holds)
			continue;
		EXPECT_TRUE(row->bad &&
			    (row->cure || row->judge == judge_calls || row->judge == judge_makers));
		if (!is_tried(row, true) || !is_tried(row, false))
			printf("# %s is not tried both ways\n", row->name);
		EXPECT_TRUE(is_tried(row, true) && is_tried(row, false));
	}
}

/* Each call of each group, with the line it stands in; deny lowers it again. */
TEST(calls)
{
	for (size_t i = 0; i < n_score_rows; i++) {
		const struct score_row *row = &score_rows[i];

		for (const char *const *call = row->words; row->judge == judge_calls && *call;
			call++) {
			enum syscalls_known known = syscalls_find(*call);
			struct policy *policy;
			char text[128];

			EXPECT_NE(SYSCALLS_UNKNOWN, known);
			if (known != SYSCALLS_HERE)
				continue;
			(void)snprintf(text, sizeof(text), "[seccomp]\nallow = %s\n", *call);
			policy = load(text);
			rate(policy, true);
			EXPECT_EQ(1, finding(row->name)->badness);
			EXPECT_EQ(3, finding(row->name)->at.line);
			EXPECT_STREQ(*call, finding(row->name)->what);
			(void)policy_free(policy);
			(void)snprintf(text, sizeof(text), "[seccomp]\nallow = %s\n%s\n", *call,
				finding(row->name)->cure);
			(void)rate_text(text);
			EXPECT_EQ(0, finding(row->name)->badness);
		}
	}
}

/* A line that is offered is one that works, where it names what is there to see. */
TEST(cures)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct score_row *row;
		unsigned int before;
		char text[1024];

		(void)rate_text(cases[i].text);
		row = finding(cases[i].name)->row;
		if (cases[i].badness == 0 || row->judge == judge_share_of_calls ||
			(!row->steps && row->judge != judge_io && row->judge != judge_default))
			continue;
		before = score.exposure;
		(void)snprintf(text, sizeof(text), "[%s]\n%s\n", row->section,
			finding(cases[i].name)->cure);
		EXPECT_LE(rate_text(text), before);
		EXPECT_EQ(0, finding(row->name)->badness);
	}
}

TEST(all_calls_of_a_group_fit)
{
	struct policy *policy = load("");
	struct policy_calls allowed = { 0 };
	struct strv calls = { 0 };

	ASSERT_EQ(0, syscalls_list(&calls));
	for (size_t i = 0; i < calls.n; i++)
		ASSERT_EQ(0, calls_add(&allowed, calls.v[i], NULL, NULL, NULL));
	score_policy(&(struct score_subject){ policy, &allowed, &calls, true }, &score);
	for (size_t i = 0; i < score.n; i++) {
		const struct score_finding *f = &score.findings[i];
		const char *last = NULL;

		if (f->row->judge != judge_calls)
			continue;
		for (const char *const *call = f->row->words; *call; call++)
			if (strv_contains(&calls, *call))
				last = *call;
		ASSERT_TRUE(last);
		EXPECT_STREQ(last, f->cure + strlen(f->cure) - strlen(last));
	}
	strv_clear(&calls);
	calls_clear(&allowed);
	(void)policy_free(policy);
}

TEST(places)
{
	struct policy *policy =
		load("[cgroup]\npids.max = 9000\n" HOST_NETWORK
		     "connect = tcp 10.1.1.1 1\nconnect = tcp 10.0.0.0/8 1\n"
		     "[filesystem]\nread = /srv /etc\n[process]\nenv = MY_KEY=%t\n");

	rate(policy, true);
	EXPECT_EQ(3, finding("pids.max")->at.line);
	EXPECT_EQ(7, finding("private")->at.line);
	EXPECT_EQ(9, finding("secrets")->at.line);
	EXPECT_EQ(11, finding("env")->at.line);
	EXPECT_FALSE(finding("memory.max")->at.source);
	EXPECT_FALSE(finding("clone3")->at.source);
	(void)policy_free(policy);
}

TEST(the_whole_root)
{
	struct policy *policy = load("[filesystem]\nread = /srv\n");
	struct policy_grant *grant = &policy->filesystem.grants[0];
	unsigned int before;

	rate(policy, true);
	before = score.exposure;
	EXPECT_EQ(0, finding("whole-root")->badness);
	grant->path[1] = '\0';
	rate(policy, true);
	EXPECT_EQ(1, finding("whole-root")->badness);
	EXPECT_EQ(1, finding("engines")->badness);
	EXPECT_EQ(1, finding("secrets")->badness);
	EXPECT_EQ(0, finding("system")->badness);
	EXPECT_GT(score.exposure, before);
	grant->rights = POLICY_OWN;
	before = score.exposure;
	rate(policy, true);
	EXPECT_EQ(2, finding("system")->badness);
	EXPECT_GT(score.exposure, before);
	(void)policy_free(policy);
}

TEST(the_hosts_file)
{
	struct policy *policy = load("");

	rate(policy, true);
	EXPECT_EQ(0, finding("lsm")->badness);
	rate(policy, false);
	EXPECT_EQ(1, finding("lsm")->badness);
	EXPECT_STREQ("lsm", score.findings[0].row->name);
	EXPECT_STREQ("MEDIUM", score.level);
	(void)policy_free(policy);
}

TEST(the_largest_share_comes_first)
{
	unsigned int sum = 0;

	(void)rate_text("[filesystem]\nwrite = /etc\n[cgroup]\nmemory.max =\n");
	EXPECT_STREQ("system", score.findings[0].row->name);
	EXPECT_STREQ("memory.max", score.findings[1].row->name); /* as heavy, and before it */
	EXPECT_STREQ("secrets", score.findings[2].row->name);
	EXPECT_EQ(n_score_rows, score.n);
	for (size_t i = 0; i < score.n; i++) {
		sum += score.findings[i].share;
		if (i > 0)
			EXPECT_LE(score.findings[i].share, score.findings[i - 1].share);
	}
	/* Each share is rounded. */
	EXPECT_LE(sum, score.exposure * 10 + score.n);
	EXPECT_GE(sum + score.n + 10, score.exposure * 10);
}

TEST(the_default_is_in_the_best_level)
{
	struct policy *policy = load_file(POLICIES_DIR "/default.ini");

	rate(policy, true);
	EXPECT_EQ(2, score.exposure);
	EXPECT_STREQ("OK", score.level);
	(void)policy_free(policy);
	EXPECT_EQ(2, rate_text(""));
	/* What it is told to take instead of its profile, and why all of that. */
	EXPECT_LE(rate_text("[seccomp]\nprofile = @strict\ndeny = clone3\n"), 2);
	EXPECT_GT(rate_text("[seccomp]\nprofile = @strict\n"), 2);
}

/* Nothing is left but what no policy can change. */
#define TIGHT                                                                       \
	"[cgroup]\nio.max = /dev/sda rbps=1M\n[cgroup.sandbox]\nmemory.max = 64M\n" \
	"pids.max = 5\n[runtime]\ntimeout = 1m\n[seccomp]\nprofile = @strict\n"     \
	"deny = clone3\ndefault = kill\n"

TEST(a_tight_policy_has_no_exposure)
{
	EXPECT_EQ(0, rate_text(TIGHT));
	EXPECT_STREQ("OK", score.level);
}

/* By itself, in a policy that is tight otherwise. */
TEST(what_gives_the_host_away_is_never_ok)
{
	static const char *const texts[] = {
		TIGHT "[filesystem]\nown = /etc\n",
		TIGHT "[filesystem]\nwrite = /home\n",
		TIGHT "[filesystem]\nread = /run/docker.sock\n",
		TIGHT HOST_NETWORK "connect = tcp 169.254.169.254 80\n",
		TIGHT HOST_NETWORK "connect = tcp 0.0.0.0/0 1-65535\n",
		TIGHT "[process]\ncapabilities = cap_kill cap_sys_admin\n",
		TIGHT "[process]\ncapabilities = all\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		EXPECT_GE(rate_text(texts[i]), 10);
		EXPECT_FALSE(streq(score.level, "OK"));
	}
}

TEST(a_policy_that_opens_everything)
{
	char text[8192] =
		"[cgroup]\nmemory.max =\nmemory.swap.max =\npids.max =\ncpu.max =\n"
		"[filesystem]\nroot = host\nown = /etc /usr /run /home /root\nexec = /usr /etc\n"
		"tmp = 64G\n[process]\nenv = TOKEN=x\ncapabilities = all\nuser = "
		"www-data\n[runtime]\nenv = "
		"TOKEN=x\n"
		"[namespaces]\npid = no\nipc = no\nuts = no\ncgroup = no\n"
		"[network]\nmode = host\nconnect = tcp 0.0.0.0/0 1-65535\n"
		"connect = tcp [::]/0 1-65535\nconnect = tcp 127.0.0.0/8 1-65535\n"
		"[seccomp]\nallow =";
	struct strv calls = { 0 };

	ASSERT_EQ(0, syscalls_list(&calls));
	for (size_t i = 0; i < calls.n; i++) {
		size_t n = strlen(text);

		/* Lines have an end. */
		(void)snprintf(text + n, sizeof(text) - n, "%s%s",
			i % 50 ? " " : "\nallow = ", calls.v[i]);
	}
	(void)strcat(text, "\n");
	(void)rate_text(text);
	EXPECT_GE(score.exposure, 60);
	EXPECT_STREQ("UNSAFE", score.level);
	for (size_t i = 0; i < score.n; i++) {
		const struct score_finding *f = &score.findings[i];
		/* A /proc of the whole kernel wants a pid namespace. */
		bool is_worst = f->badness == f->row->range || f->row->judge == judge_holds ||
				f->row->judge == judge_lsm || streq(f->row->name, "whole-root") ||
				streq(f->row->name, "proc");

		if (!is_worst)
			printf("# %s\n", f->row->name);
		EXPECT_TRUE(is_worst);
	}
	strv_clear(&calls);
}

/* ---- it is monotone ---- */

/* Each line allows more, or, from N_LOOSER on, less. */
static const char *const changes[] = {
	"[filesystem]\nown = /etc",
	"[filesystem]\nwrite = /usr/local/x",
	"[filesystem]\nread = /etc/ssh",
	"[filesystem]\nread = /run",
	"[filesystem]\nexec = /usr/bin",
	"[filesystem]\nexec = /etc",
	"[filesystem]\nwrite = /home /var",
	"[filesystem]\nread = /etc/hosts",
	"[filesystem]\nmount = /etc:/e:ro",
	"[process]\nuser = www-data",
	"[process]\ngroup = www-data",
	"[filesystem]\nmount = /var/lib:/v",
	"[network]\nconnect = tcp 0.0.0.0/0 443",
	"[network]\nconnect = udp [::]/0 1-65535",
	"[network]\nconnect = tcp 10.0.0.0/8 1-2000",
	"[network]\nconnect = tcp 127.0.0.1 80",
	"[network]\nconnect = tcp 169.254.0.0/16 80",
	"[seccomp]\nallow = ptrace keyctl",
	"[seccomp]\nallow = io_uring_setup",
	"[seccomp]\nallow = mount unshare",
	"[seccomp]\nallow = bpf clone3 reboot",
	"[seccomp]\nallow = @network-io personality",
	"[process]\nenv = A=1",
	"[process]\nenv = API_TOKEN=1",
	"[seccomp]\ndeny = socket connect",
	"[seccomp]\ndeny = bpf mount",
	"[seccomp]\ndeny = io_uring_setup",
	"[seccomp]\ndeny = @timer",
	"[cgroup]\nio.max = /dev/sda rbps=1M",
};
enum { N_LOOSER = 24 };

/* Each from tight to loose. */
static const char *const scales[][4] = {
	{ "[cgroup]\nmemory.max = 64M", "[cgroup]\nmemory.max = 3G", "[cgroup]\nmemory.max = 99G",
		"[cgroup]\nmemory.max =" },
	{ "[cgroup]\npids.max = 5", "[cgroup]\npids.max = 600", "[cgroup]\npids.max = 9999",
		"[cgroup]\npids.max = max" },
	{ "[cgroup]\ncpu.max = 50%", "[cgroup]\ncpu.max = 300%", "[cgroup]\ncpu.max = 999%",
		"[cgroup]\ncpu.max = max" },
	{ "[runtime]\ntimeout = 1s", "[runtime]\ntimeout = 24h", "[runtime]\ntimeout = 25h", "" },
	{ "[filesystem]\ntmp = 1M", "[filesystem]\ntmp = 300M", "[filesystem]\ntmp = 2G",
		"[filesystem]\ntmp = 9G" },
	{ "", "[process]\ncapabilities = cap_kill", "[process]\ncapabilities = cap_kill cap_bpf",
		"[process]\ncapabilities = all" },
	{ "[seccomp]\ndefault = kill", "[seccomp]\ndefault = trap", "", "" },
	{ "[cgroup.sandbox]\nmemory.max = 1M", "", "", "" },
};

struct choice {
	bool changed[ARRAY_SIZE(changes)];
	unsigned int at[ARRAY_SIZE(scales)];
};

static unsigned int rate_choice(const struct choice *choice)
{
	char text[8192] = HOST_NETWORK;
	size_t n = strlen(text);

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (choice->changed[i])
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", changes[i]);
	for (size_t i = 0; i < ARRAY_SIZE(scales); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", scales[i][choice->at[i]]);
	return rate_text(text);
}

TEST(what_allows_more_never_lowers_it)
{
	const char *seed = getenv("SEED");
	unsigned int dice = seed ? (unsigned int)strtoul(seed, NULL, 10) : (unsigned int)time(NULL);

	printf("# SEED=%u\n", dice);
	for (int round = 0; round < 200; round++) {
		struct choice choice = { 0 };
		unsigned int tight, loose, badness[SCORE_MAX];

		for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
			choice.changed[i] = rand_r(&dice) % 3 == 0;
		for (size_t i = 0; i < ARRAY_SIZE(scales); i++)
			choice.at[i] = (unsigned int)rand_r(&dice) % 4;
		tight = rate_choice(&choice);
		for (size_t i = 0; i < n_score_rows; i++)
			badness[i] = finding(score_rows[i].name)->badness;
		for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
			if (rand_r(&dice) % 4 == 0)
				choice.changed[i] = i < N_LOOSER;
		for (size_t i = 0; i < ARRAY_SIZE(scales); i++)
			if (choice.at[i] < 3 && rand_r(&dice) % 4 == 0)
				choice.at[i]++;
		loose = rate_choice(&choice);
		EXPECT_LE(tight, loose);
		for (size_t i = 0; i < n_score_rows; i++)
			EXPECT_LE(badness[i], finding(score_rows[i].name)->badness);
	}
}
