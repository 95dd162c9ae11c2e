/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/explain.h"

#include "policy/allowlist.h"
#include "policy/net.h"
#include "policy/test.h"
#include "tmpdir.h"

static struct policy_dirs dirs;
static struct sbx_error err;

static struct policy *load(const char *text)
{
	struct policy *policy = NULL;
	const char *folder = tmpdir_make();

	/* What tests of arguments are held against. */
	(void)tmpdir_folder("seccomp");
	(void)tmpdir_write(
		"seccomp/default.ini", "version = 1\n[seccomp]\nallow = read write clone\n");
	dirs = (struct policy_dirs){ folder, folder };
	if (policy_load_file(&dirs, tmpdir_write("acme.ini", text), "acme", &policy, NULL, &err) <
		0)
		printf("# %s\n", err.text);
	ASSERT_TRUE(policy);
	return policy;
}

/* The answer, with its line: "allowed:4", "denied:0" where no line decides. */
static const char *verdict(const struct explanation *e)
{
	static char text[32];

	(void)snprintf(text, sizeof(text), "%s:%u",
		e->allowed  ? "allowed"
		: e->partly ? "depends"
			    : "denied",
		e->at.line);
	return text;
}

static struct explanation of_file;

/* What isn't there: all that is called "new". */
static bool is_new(const char *path)
{
	return streq(strrchr(path, '/'), "/new");
}

static const char *ask_file(const struct policy *policy, const struct policy_own *owns,
	size_t n_owns, const char *path, enum policy_rights wanted)
{
	static struct reach_place places[16];
	struct explain_files files = {
		.reach = { places, policy->filesystem.n_grants },
		.owns = owns,
		.n_owns = n_owns,
		.proc = policy->filesystem.proc,
	};

	for (size_t i = 0; i < policy->filesystem.n_grants; i++)
		places[i] = (struct reach_place){
			.path = policy->filesystem.grants[i].path,
			.grant = &policy->filesystem.grants[i],
			.is_name = is_new(policy->filesystem.grants[i].path),
		};
	reach_settle(places, policy->filesystem.n_grants);
	explain_file(&files, path, wanted, &of_file);
	/* What is denied has a cure, but for what no line would allow. */
	EXPECT_TRUE(of_file.allowed ? !*of_file.cure : *of_file.why);
	return verdict(&of_file);
}

TEST(the_nearest_grant_decides)
{
	struct policy *p = load("version = 1\n[filesystem]\nread = /srv\nwrite = /srv/a\n"
				"read = /srv/a/b\nexec = /srv/a/b/c\nwrite = /srv/a/b/c\n");

	EXPECT_STREQ("allowed:3", ask_file(p, NULL, 0, "/srv", POLICY_READ));
	EXPECT_STREQ("allowed:3", ask_file(p, NULL, 0, "/srv/x/y", POLICY_READ));
	EXPECT_STREQ("denied:3", ask_file(p, NULL, 0, "/srv/x/y", POLICY_WRITE));
	EXPECT_STREQ("allowed:4", ask_file(p, NULL, 0, "/srv/a/x", POLICY_WRITE));
	EXPECT_STREQ("denied:4", ask_file(p, NULL, 0, "/srv/a/x", POLICY_EXEC));
	EXPECT_STREQ("denied:5", ask_file(p, NULL, 0, "/srv/a/b/x", POLICY_WRITE));
	/* Two grants on one folder add up. */
	EXPECT_STREQ("allowed:6", ask_file(p, NULL, 0, "/srv/a/b/c/x", POLICY_EXEC));
	EXPECT_STREQ("allowed:7", ask_file(p, NULL, 0, "/srv/a/b/c/x", POLICY_WRITE));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/srv2", POLICY_READ));
	(void)policy_free(p);
}

TEST(ownership_beats_grants)
{
	struct policy *p = load("version = 1\n[filesystem]\nwrite = /srv /srv/b/c\n");
	const struct policy_own own = { "/srv/b", "b", { p->sources.v[0], 77, 1 }, false };

	EXPECT_STREQ("allowed:3", ask_file(p, &own, 1, "/srv/x", POLICY_WRITE));
	EXPECT_STREQ("denied:77", ask_file(p, &own, 1, "/srv/b", POLICY_READ));
	EXPECT_STREQ("denied:77", ask_file(p, &own, 1, "/srv/b/c/d", POLICY_READ));
	(void)policy_free(p);
	/* On the way to what is granted the folders are the private root's. */
	p = load("version = 1\n[filesystem]\nread = /srv/b/c\n");
	EXPECT_STREQ("allowed:0", ask_file(p, &own, 1, "/srv/b", POLICY_READ));
	EXPECT_STREQ("denied:77", ask_file(p, &own, 1, "/srv/b/c", POLICY_READ));
	EXPECT_STREQ("denied:77", ask_file(p, &own, 1, "/srv/b/d", POLICY_READ));
	(void)policy_free(p);
}

TEST(metadata_is_whose_it_is)
{
	struct policy *p = load("version = 1\n[filesystem]\nown = /srv\nwrite = /srv/a\n"
				"mount = /srv/b:/b:ro\n");

	EXPECT_STREQ("allowed:3", ask_file(p, NULL, 0, "/srv/x", POLICY_OWN));
	EXPECT_STREQ("denied:4", ask_file(p, NULL, 0, "/srv/a/x", POLICY_OWN));
	EXPECT_STREQ("own = /srv/a/x in [filesystem]", of_file.cure);
	/* It is written, and not through such a mount. */
	EXPECT_STREQ("denied:5", ask_file(p, NULL, 0, "/b/x", POLICY_OWN));
	EXPECT_STREQ("mount = /srv/b:/b in [filesystem]", of_file.cure);
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/tmp/x", POLICY_OWN));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/dev/null", POLICY_OWN));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/dev/pts/3", POLICY_OWN));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/", POLICY_OWN));
	EXPECT_STREQ("depends:0", ask_file(p, NULL, 0, "/proc/self/comm", POLICY_OWN));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/proc/sys/kernel", POLICY_OWN));
	(void)policy_free(p);
}

/* What `[lsm] mode` can lift, and what stands all the same. */
static enum explain_wall wall(const struct policy *p, const struct policy_own *own,
	const char *path, enum policy_rights wanted)
{
	(void)ask_file(p, own, own ? 1 : 0, path, wanted);
	EXPECT_TRUE(!of_file.allowed);
	return of_file.wall;
}

TEST(what_stands_in_the_way)
{
	struct policy *p = load("version = 1\n[filesystem]\nroot = host\nread = /srv\n"
				"write = /srv/a\nmount = /srv/x:/m\n");
	const struct policy_own own = { "/srv/a/b", "b", { p->sources.v[0], 77, 1 }, false };

	EXPECT_EQ(EXPLAIN_GRANTS, wall(p, NULL, "/etc/passwd", POLICY_READ));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/etc/passwd", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/etc/passwd", POLICY_OWN));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/srv/f", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/srv/a/f", POLICY_EXEC));
	EXPECT_EQ(EXPLAIN_GRANTS, wall(p, NULL, "/srv/a/f", POLICY_OWN));
	EXPECT_EQ(EXPLAIN_OWNER, wall(p, &own, "/srv/a/b/f", POLICY_READ));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/tmp/f", POLICY_EXEC));
	(void)policy_free(p);
	p = load("version = 1\n[filesystem]\nread = /srv\n");
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/etc/passwd", POLICY_READ));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/srv/f", POLICY_WRITE));
	(void)policy_free(p);
}

/* A folder is mounted anew for a name in it: what else is in there the LSM denies, and that alone.
 */
TEST(what_is_not_there)
{
	struct policy *p = load("version = 1\n[filesystem]\nroot = host\nread = /srv/r\n"
				"write = /srv/a/new\nexec = /srv/x/new\nread = /srv/b/new\n"
				"mount = /srv/a:/m:ro\nmount = /srv/m:/srv/a/m:ro\n");

	EXPECT_STREQ("allowed:5", ask_file(p, NULL, 0, "/srv/a/new", POLICY_WRITE));
	EXPECT_STREQ("denied:5", ask_file(p, NULL, 0, "/srv/a/new", POLICY_EXEC));
	EXPECT_STREQ("denied:5", ask_file(p, NULL, 0, "/srv/a/new", POLICY_OWN));
	EXPECT_STREQ("allowed:6", ask_file(p, NULL, 0, "/srv/x/new", POLICY_EXEC));
	EXPECT_STREQ("denied:6", ask_file(p, NULL, 0, "/srv/x/new", POLICY_WRITE));
	EXPECT_STREQ("allowed:7", ask_file(p, NULL, 0, "/srv/b/new", POLICY_READ));
	EXPECT_STREQ("denied:8", ask_file(p, NULL, 0, "/m/new", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_GRANTS, wall(p, NULL, "/srv/a/f", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_GRANTS, wall(p, NULL, "/srv/a/b/f", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/srv/a/f", POLICY_EXEC));
	EXPECT_EQ(EXPLAIN_GRANTS, wall(p, NULL, "/srv/x/f", POLICY_EXEC));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/srv/x/f", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/srv/b/f", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/srv/f", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/srv/a/m/f", POLICY_WRITE));
	EXPECT_EQ(EXPLAIN_ANY_WALL, wall(p, NULL, "/m/f", POLICY_WRITE));
	(void)policy_free(p);
}

/* Whether it can be granted before it is made: `grants` ends with the name. */
static int refuse_name(const char *grants, bool lsm)
{
	char text[256];
	struct policy *p;
	struct reach_place places[8];
	size_t n;
	int r;

	(void)snprintf(text, sizeof(text), "version = 1\n[filesystem]\n%s", grants);
	p = load(text);
	n = p->filesystem.n_grants;
	for (size_t i = 0; i < n; i++)
		places[i] = (struct reach_place){
			.path = p->filesystem.grants[i].path,
			.grant = &p->filesystem.grants[i],
			.is_name = is_new(p->filesystem.grants[i].path),
		};
	reach_settle(places, n);
	r = reach_refuse_name(&(struct reach){ places, n }, &places[n - 1], lsm, &err);
	(void)policy_free(p);
	return r;
}

TEST(where_a_name_can_be_granted)
{
	static const struct {
		const char *grants;
		bool without_lsm, with_lsm;
	} cases[] = {
		{ "root = host\nread = /srv/new\n", true, true },
		{ "root = host\nwrite = /srv/new\n", false, true },
		{ "root = host\nown = /srv/new\n", false, true },
		{ "root = host\nexec = /srv/new\n", false, true },
		{ "root = host\nread = /new\n", true, true },
		{ "root = host\nwrite = /new\n", false, false },
		{ "root = host\nread = /tmp/new\n", false, false },
		{ "root = host\nmount = /opt:/srv\nread = /srv/new\n", false, false },
		{ "read = /srv/new\n", false, false },
		{ "read = /srv/other\nread = /srv/new\n", false, false },
		{ "mount = /srv:/m\nread = /srv/new\n", false, false },
		{ "read = /srv\nread = /srv/a/new\n", true, true },
		{ "read = /srv\nwrite = /srv/a/new\n", false, true },
		{ "write = /srv\nwrite = /srv/a/new\n", true, true },
		{ "write = /srv\nown = /srv/new\n", true, true },
		{ "write = /srv\nexec = /srv/new\n", false, true },
		{ "root = /srv\nread = /srv/a/new\n", true, true },
		{ "root = /srv\nexec = /srv/a/new\n", true, true },
		{ "root = /srv\nwrite = /srv/a/new\n", false, true },
		{ "root = /srv\nwrite = /srv/new\n", false, false },
		{ "root = /srv\nwrite = /srv\nwrite = /srv/new\n", true, true },
		{ "root = /srv\nread = /a/new\n", false, false },
		{ "root = /srv\nread = /srv/dev/new\n", false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		printf("# %zu\n", i);
		EXPECT_EQ(cases[i].with_lsm, refuse_name(cases[i].grants, true) == 0);
		EXPECT_EQ(cases[i].without_lsm, refuse_name(cases[i].grants, false) == 0);
	}
}

TEST(the_private_root)
{
	struct policy *p = load("version = 1\n[filesystem]\nread = /srv/a/b\n");

	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/tmp/x", POLICY_WRITE));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/tmp/x", POLICY_EXEC));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/dev/null", POLICY_WRITE));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/dev/ptmx", POLICY_WRITE));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/dev/pts/3", POLICY_WRITE));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/dev/pts", POLICY_READ));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/dev/pts", POLICY_WRITE));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/dev/shm/x", POLICY_WRITE));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/dev/shm/x", POLICY_EXEC));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/dev/mqueue/x", POLICY_READ));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/dev/sda", POLICY_READ));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/dev/nullx", POLICY_READ));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/srv/a", POLICY_READ));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/srv/a", POLICY_WRITE));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/", POLICY_READ));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/etc/passwd", POLICY_READ));
	(void)policy_free(p);
}

TEST(the_own_proc)
{
	struct policy *p = load("version = 1\n[filesystem]\nread = /srv\n");

	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/proc", POLICY_READ));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/proc/self/status", POLICY_READ));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/proc/thread-self/comm", POLICY_WRITE));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/proc/7", POLICY_READ));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/proc/7/mem", POLICY_WRITE));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/proc/self/comm", POLICY_EXEC));
	/* What they lead to may be. */
	EXPECT_STREQ("depends:0", ask_file(p, NULL, 0, "/proc/self/exe", POLICY_EXEC));
	EXPECT_STREQ("depends:0", ask_file(p, NULL, 0, "/proc/self/fd/0", POLICY_READ));
	EXPECT_STREQ("depends:0", ask_file(p, NULL, 0, "/proc/7/root/etc/x", POLICY_READ));
	EXPECT_STREQ("depends:0", ask_file(p, NULL, 0, "/proc/7/task/8/cwd", POLICY_READ));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/proc/7/task/8/comm", POLICY_READ));
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/proc/self/fd", POLICY_READ));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/proc/selfish", POLICY_READ));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/proc/7x/mem", POLICY_READ));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/proc/sys/kernel", POLICY_WRITE));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/procs", POLICY_READ));
	(void)policy_free(p);
	p = load("version = 1\n[filesystem]\nproc = full\n");
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/proc/cpuinfo", POLICY_READ));
	EXPECT_STREQ("depends:0", ask_file(p, NULL, 0, "/proc/sys/kernel", POLICY_WRITE));
	(void)policy_free(p);
	p = load("version = 1\n[filesystem]\nproc = none\nread = /proc/sys\n");
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/proc/self/status", POLICY_READ));
	EXPECT_STREQ("allowed:4", ask_file(p, NULL, 0, "/proc/sys/kernel", POLICY_READ));
	(void)policy_free(p);
}

TEST(mounts)
{
	struct policy *p = load("version = 1\n[filesystem]\n"
				"exec = /opt\n" /* 3 */
				"mount = /opt/tools:/tools:ro /srv/a:/a\n" /* 4 */
				"mount = /srv/a/b:/b:ro\n" /* 5 */
				"read = /srv/c\n" /* 6 */
				"mount = /srv/c/d:/srv/c/e /tmp/x:/x\n"); /* 7 */

	/* It keeps what is granted, and is a grant itself where nothing is. */
	EXPECT_STREQ("allowed:3", ask_file(p, NULL, 0, "/tools/x", POLICY_EXEC));
	EXPECT_STREQ("denied:3", ask_file(p, NULL, 0, "/tools/x", POLICY_WRITE));
	EXPECT_STREQ("allowed:3", ask_file(p, NULL, 0, "/opt/tools/x", POLICY_EXEC));
	EXPECT_STREQ("allowed:4", ask_file(p, NULL, 0, "/a/x", POLICY_WRITE));
	EXPECT_STREQ("denied:4", ask_file(p, NULL, 0, "/a/x", POLICY_EXEC));
	EXPECT_STREQ("denied:4", ask_file(p, NULL, 0, "/srv/a/x", POLICY_READ));
	/* Shown once to read, it still is written where it is shown to write. */
	EXPECT_STREQ("denied:5", ask_file(p, NULL, 0, "/b/x", POLICY_WRITE));
	EXPECT_STREQ("allowed:4", ask_file(p, NULL, 0, "/b/x", POLICY_READ));
	EXPECT_STREQ("allowed:4", ask_file(p, NULL, 0, "/a/b/x", POLICY_WRITE));
	/* And the other way about. */
	EXPECT_STREQ("allowed:7", ask_file(p, NULL, 0, "/srv/c/e/x", POLICY_WRITE));
	EXPECT_STREQ("denied:6", ask_file(p, NULL, 0, "/srv/c/d/x", POLICY_WRITE));
	EXPECT_STREQ("allowed:7", ask_file(p, NULL, 0, "/srv/c/d/x", POLICY_READ));
	/* Its source under its own path is what was there before. */
	EXPECT_STREQ("allowed:0", ask_file(p, NULL, 0, "/tmp/x/y", POLICY_WRITE));
	EXPECT_STREQ("denied:0", ask_file(p, NULL, 0, "/ab", POLICY_READ));
	(void)policy_free(p);
}

TEST(a_mount_of_anothers_own)
{
	struct policy *p = load("version = 1\n[filesystem]\nmount = /srv/b:/b\n");
	const struct policy_own own = { "/srv/b/c", "b", { p->sources.v[0], 77, 1 }, false };

	EXPECT_STREQ("allowed:3", ask_file(p, &own, 1, "/b/x", POLICY_WRITE));
	EXPECT_STREQ("denied:77", ask_file(p, &own, 1, "/b/c/x", POLICY_READ));
	(void)policy_free(p);
}

static const char *ask_connect(const struct policy *policy, enum policy_protocol protocol,
	const char *address, uint16_t port)
{
	struct in6_addr parsed;
	struct explanation e;
	uint8_t prefix;

	ASSERT_EQ(0, net_parse(address, &parsed, &prefix));
	explain_connect(policy, protocol, &parsed, port, &e);
	return verdict(&e);
}

TEST(connect_rules_and_their_walls)
{
	struct policy *p =
		load("version = 1\n[network]\nmode = host\nconnect = tcp 10.0.0.0/8 443\n"
		     "connect = tcp 0.0.0.0/0 80\nconnect = tcp [::]/0 80\n"
		     "connect = udp 127.0.0.1 53\n");

	EXPECT_STREQ("allowed:4", ask_connect(p, POLICY_TCP, "10.1.2.3", 443));
	EXPECT_STREQ("denied:0", ask_connect(p, POLICY_UDP, "10.1.2.3", 443));
	EXPECT_STREQ("allowed:5", ask_connect(p, POLICY_TCP, "10.1.2.3", 80));
	EXPECT_STREQ("denied:0", ask_connect(p, POLICY_TCP, "127.0.0.1", 80));
	EXPECT_STREQ("denied:0", ask_connect(p, POLICY_TCP, "[::1]", 80));
	EXPECT_STREQ("allowed:6", ask_connect(p, POLICY_TCP, "[2001:db8::1]", 80));
	EXPECT_STREQ("allowed:7", ask_connect(p, POLICY_UDP, "127.0.0.1", 53));
	EXPECT_STREQ("denied:0", ask_connect(p, POLICY_TCP, "0.0.0.0", 80));
	EXPECT_STREQ("denied:0", ask_connect(p, POLICY_TCP, "[::]", 80));
	(void)policy_free(p);
}

static struct explanation answer;

/* "allowed:3"; of what no rule of the table can be parsed: its error. */
static const char *ask_call(const struct policy *p, const char *name, const char *test)
{
	struct policy_calls profile = { 0 };
	struct explain_call call = { .name = name, .test = test };
	struct test_error why;

	ASSERT_EQ(0, calls_add(&profile, "read", NULL, NULL, NULL));
	ASSERT_EQ(0, calls_add(&profile, "write", NULL, NULL, NULL));
	ASSERT_EQ(0, calls_add(&profile, "clone", NULL, NULL, NULL));
	ASSERT_EQ(0, test ? test_parse(name, test, &call.cases, &why)
			  : allowlist_limit(name, &call.cases));
	ASSERT_EQ(0, explain_syscall(p, &profile, "@p", &call, &answer, &err));
	calls_clear(&profile);
	cases_clear(&call.cases);
	return verdict(&answer);
}

TEST(system_calls)
{
	struct policy *p = load("version = 1\n[seccomp]\nallow = mount keyctl\nallow = getpid\n"
				"deny = read keyctl\n");

	EXPECT_STREQ("allowed:3", ask_call(p, "mount", NULL));
	EXPECT_STREQ("allowed:4", ask_call(p, "getpid", NULL));
	EXPECT_STREQ("denied:5", ask_call(p, "read", NULL));
	EXPECT_STREQ("denied:5", ask_call(p, "keyctl", NULL));
	EXPECT_STREQ("allowed:0", ask_call(p, "write", NULL));
	EXPECT_STREQ("allowed:0", ask_call(p, "clone", NULL));
	EXPECT_STREQ("denied:0", ask_call(p, "ptrace", NULL));
	(void)policy_free(p);
}

TEST(system_calls_with_tests)
{
	struct policy *p = load("version = 1\n[seccomp]\n"
				"allow = socket(domain == AF_INET) socket(domain == AF_UNIX)\n"
				"deny = socket(type == SOCK_RAW) write(fd > 2)\n"
				"allow = keyctl(operation < 4)\nallow = ioctl\n");

	EXPECT_STREQ("depends:4", ask_call(p, "socket", NULL));
	EXPECT_STREQ("not where deny = socket(type == SOCK_RAW)", answer.why);
	EXPECT_STREQ("depends:3", ask_call(p, "socket", "type == 1"));
	EXPECT_STREQ("only where allow = socket(domain == AF_INET), and 1 more", answer.why);
	EXPECT_STREQ("depends:4", ask_call(p, "socket", "domain == AF_INET"));
	EXPECT_STREQ("allowed:3", ask_call(p, "socket", "domain == AF_INET && type == 1"));
	EXPECT_STREQ("allowed:3", ask_call(p, "socket", "domain == AF_UNIX && type != 3"));
	EXPECT_STREQ("denied:4", ask_call(p, "socket", "domain == AF_UNIX && type == 3"));
	EXPECT_STREQ("denied:0", ask_call(p, "socket", "domain == AF_INET6 && type == 1"));
	EXPECT_STREQ("allow = socket(domain == AF_INET6 && type == 1) in [seccomp]", answer.cure);
	/* The deny takes nothing away there. */
	EXPECT_STREQ("denied:0", ask_call(p, "socket", "domain == AF_INET6 && type == 3"));
	EXPECT_STREQ("allowed:0", ask_call(p, "write", "fd == 2"));
	EXPECT_STREQ("denied:4", ask_call(p, "write", "fd == 3"));
	EXPECT_STREQ("depends:5", ask_call(p, "keyctl", NULL));
	EXPECT_STREQ("denied:0", ask_call(p, "clone", "flags & CLONE_NEWUSER != 0"));
	EXPECT_STREQ("", answer.cure);
	EXPECT_STREQ("depends:0", ask_call(p, "clone", "flags & CLONE_VM != 0"));
	EXPECT_STREQ("allowed:6", ask_call(p, "ioctl", NULL));
	EXPECT_STREQ("allow = ioctl, but for TIOCSTI and TIOCLINUX", answer.why);
	EXPECT_STREQ("denied:0", ask_call(p, "ioctl", "request == TIOCSTI"));
	EXPECT_STREQ("no policy can allow that: it is answered with an error", answer.why);
	EXPECT_STREQ("depends:0", ask_call(p, "ioctl", "fd == 0"));
	EXPECT_STREQ("all of it, but for TIOCSTI and TIOCLINUX", answer.why);
	EXPECT_STREQ("allowed:6", ask_call(p, "ioctl", "request == TCGETS"));
	(void)policy_free(p);
}
