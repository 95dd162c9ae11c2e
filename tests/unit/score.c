/* SPDX-License-Identifier: Apache-2.0 */
/* A policy as a whole: where findings point to, their order, and the level. */
#include "score.h"

#include "policy/score_judge.h"

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
		"tmp = 64G\n[process]\nenv = TOKEN=x\ncapabilities = all\nuser = www-data\n"
		"[runtime]\nenv = TOKEN=x\n"
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
