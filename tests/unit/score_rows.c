/* SPDX-License-Identifier: Apache-2.0 */
/* Each row of what is weighed: that it finds what it says, and nothing else. */
#include "score.h"

#include "policy/score_judge.h"

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
