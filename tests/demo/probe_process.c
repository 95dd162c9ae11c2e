/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process may do with itself and its children, and what it knows about itself.
 */
#include "probe.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* Forks sleepers until the kernel refuses; they go with their parent in any case. */
static int attempt_fork_bomb(char **args, struct detail *detail)
{
	_cleanup_free_ pid_t *children = NULL;
	uint32_t wanted, n = 0;
	int r = 0;

	if (str_to_u32(args[0], &wanted) < 0 || wanted == 0)
		return PROBE_USAGE;
	children = calloc(wanted, sizeof(*children));
	if (!children)
		return -errno;
	for (; n < wanted; n++) {
		children[n] = fork();
		if (children[n] < 0) {
			r = -errno;
			break;
		}
		if (children[n] == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				(void)pause();
		}
	}
	detail_add(detail, "%u of %u", n, wanted);
	for (uint32_t i = 0; i < n; i++)
		(void)kill(children[i], SIGKILL);
	for (uint32_t i = 0; i < n; i++)
		(void)waitpid(children[i], NULL, 0);
	return r;
}

static int attempt_alloc(char **args, struct detail *detail)
{
	uint32_t mib;
	size_t size;
	char *memory;

	if (str_to_u32(args[0], &mib) < 0 || mib == 0)
		return PROBE_USAGE;
	size = (size_t)mib << 20;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	for (size_t i = 0; i < size; i += 4096)
		((volatile char *)memory)[i] = 1;
	detail_add(detail, "%u MiB", mib);
	return 0;
}

/* Opens in a grandchild, whose parent is gone by then. */
static int attempt_fork_open(char **args, struct detail *detail)
{
	int answer[2], r = -EIO;
	pid_t child;

	if (pipe2(answer, O_CLOEXEC) < 0)
		return failed_at(detail, "pipe");
	child = fork();
	if (child < 0)
		return failed_at(detail, "fork");
	if (child == 0) {
		pid_t grandchild = fork();

		if (grandchild == 0) {
			while (getppid() == child)
				(void)sched_yield();
			r = try_open(args[0], O_RDONLY);
		} else if (grandchild < 0) {
			r = -errno;
		}
		if (grandchild <= 0)
			(void)!write(answer[1], &r, sizeof(r));
		_exit(0);
	}
	(void)close(answer[1]);
	(void)waitpid(child, NULL, 0);
	return read(answer[0], &r, sizeof(r)) == (ssize_t)sizeof(r) ? r : -EIO;
}

static int attempt_rwx(char **args, struct detail *detail)
{
	(void)args;
	(void)detail;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0) == MAP_FAILED
		       ? -errno
		       : 0;
}

static int attempt_mprotect_exec(char **args, struct detail *detail)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)args;
	if (memory == MAP_FAILED)
		return failed_at(detail, "mmap");
	return mprotect(memory, 4096, PROT_READ | PROT_EXEC) < 0 ? -errno : 0;
}

static int attempt_uid(char **args, struct detail *detail)
{
	gid_t groups[64];
	uid_t r, e, s;
	gid_t rg, eg, sg;
	int n;

	(void)args;
	if (getresuid(&r, &e, &s) < 0 || getresgid(&rg, &eg, &sg) < 0)
		return -errno;
	detail_add(detail, "uid=%u,%u,%u gid=%u,%u,%u groups=", r, e, s, rg, eg, sg);
	n = getgroups(ARRAY_SIZE(groups), groups);
	if (n < 0)
		return failed_at(detail, "getgroups");
	for (int i = 0; i < n; i++)
		detail_add(detail, "%s%u", i ? "," : "", groups[i]);
	return 0;
}

static uint64_t collect_caps(int option, unsigned long how)
{
	uint64_t set = 0;

	for (unsigned int cap = 0; cap < 64; cap++)
		if (option == PR_CAP_AMBIENT ? prctl(option, how, cap, 0, 0) == 1
					     : prctl(option, cap) == 1)
			set |= UINT64_C(1) << cap;
	return set;
}

/* Asks the kernel and not /proc, which a sandbox need not have. */
static int attempt_caps(char **args, struct detail *detail)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	(void)args;
	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	detail_add(detail, "inh=%08x%08x prm=%08x%08x eff=%08x%08x bnd=%016llx amb=%016llx",
		data[1].inheritable, data[0].inheritable, data[1].permitted, data[0].permitted,
		data[1].effective, data[0].effective,
		(unsigned long long)collect_caps(PR_CAPBSET_READ, 0),
		(unsigned long long)collect_caps(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET));
	return 0;
}

static int attempt_nnp(char **args, struct detail *detail)
{
	int no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	int seccomp;

	(void)args;
	if (no_new_privs < 0)
		return -errno;
	seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
	if (seccomp < 0)
		return -errno;
	detail_add(detail, "no_new_privs=%d seccomp=%d", no_new_privs, seccomp);
	return 0;
}

static int attempt_securebits(char **args, struct detail *detail)
{
	int bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);

	(void)args;
	if (bits < 0)
		return -errno;
	detail_add(detail, "%02x", (unsigned int)bits);
	return 0;
}

static int attempt_fds(char **args, struct detail *detail)
{
	const char *space = "";

	(void)args;
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0) {
			detail_add(detail, "%s%d", space, fd);
			space = " ";
		}
	return 0;
}

static int attempt_cwd(char **args, struct detail *detail)
{
	char path[4096];

	(void)args;
	if (!getcwd(path, sizeof(path)))
		return -errno;
	detail_add(detail, "%s", path);
	return 0;
}

static int attempt_env(char **args, struct detail *detail)
{
	(void)args;
	for (char **variable = environ; *variable; variable++)
		detail_add(detail, "%s%s", variable == environ ? "" : " ", *variable);
	return 0;
}

static int attempt_id_cgroup(char **args, struct detail *detail)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096];

	(void)args;
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		const char *path = str_after(line, "0::");

		if (path) {
			detail_add(detail, "%.*s", (int)strcspn(path, "\n"), path);
			return 0;
		}
	}
	return -ENOENT;
}

static int attempt_sleep(char **args, struct detail *detail)
{
	struct timespec left = { 0 };
	uint32_t seconds;

	if (str_to_u32(args[0], &seconds) < 0)
		return PROBE_USAGE;
	announce("sleep", detail);
	left.tv_sec = seconds;
	while (nanosleep(&left, &left) < 0)
		;
	return 0;
}

/* As a runtime it is called with the policy's `args`, and its module last. */
static int attempt_run(char **args, struct detail *detail)
{
	char *const sleep_long[] = { (char *)"100000", NULL };
	size_t n = 0;
	int r = 0;

	while (args[n])
		n++;
	if (streq(args[0], "open"))
		r = try_open(args[n - 1], O_RDONLY);
	else if (streq(args[0], "look"))
		r = access(args[n - 1], R_OK) < 0 ? -errno : try_open(args[n - 1], O_PATH);
	else if (!streq(args[0], "hang"))
		return PROBE_USAGE;
	return r < 0 ? r : attempt_sleep((char **)sleep_long, detail);
}

static int attempt_signal(char **args, struct detail *detail)
{
	uint32_t number;

	(void)detail;
	if (str_to_u32(args[0], &number) < 0)
		return PROBE_USAGE;
	return raise((int)number) ? -errno : 0;
}

static int attempt_exit(char **args, struct detail *detail)
{
	uint32_t code;

	if (str_to_u32(args[0], &code) < 0 || code > 255)
		return PROBE_USAGE;
	announce("exit", detail);
	exit((int)code);
}

static int attempt_setuid(char **args, struct detail *detail)
{
	uint32_t uid;

	(void)detail;
	if (str_to_u32(args[0], &uid) < 0)
		return PROBE_USAGE;
	return setresuid(uid, uid, uid) < 0 ? -errno : 0;
}

static int attempt_core_limit(char **args, struct detail *detail)
{
	struct rlimit limit;
	uint32_t size;

	(void)detail;
	if (str_to_u32(args[0], &size) < 0)
		return PROBE_USAGE;
	limit = (struct rlimit){ size, size };
	return setrlimit(RLIMIT_CORE, &limit) < 0 ? -errno : 0;
}

const struct attempt attempts_process[] = {
	{ "fork-bomb", "N", 1, 1, attempt_fork_bomb,
		"N sleeping children; prints how many it got" },
	{ "alloc", "MIB", 1, 1, attempt_alloc, "touch that much memory" },
	{ "fork-open", "PATH", 1, 1, attempt_fork_open, "open in an orphaned grandchild" },
	{ "rwx", "", 0, 0, attempt_rwx, "map memory writable and executable" },
	{ "mprotect-exec", "", 0, 0, attempt_mprotect_exec, "make written memory executable" },
	{ "uid", "", 0, 0, attempt_uid, "real, effective and saved ids, groups" },
	{ "caps", "", 0, 0, attempt_caps, "the five capability sets" },
	{ "nnp", "", 0, 0, attempt_nnp, "no_new_privs and the seccomp mode" },
	{ "securebits", "", 0, 0, attempt_securebits, "the secure bits, in hex" },
	{ "fds", "", 0, 0, attempt_fds, "open descriptors below 1024" },
	{ "cwd", "", 0, 0, attempt_cwd, "the working folder" },
	{ "env", "", 0, 0, attempt_env, "the environment" },
	{ "id-cgroup", "", 0, 0, attempt_id_cgroup, "the own cgroup v2 path" },
	{ "sleep", "SECONDS", 1, 1, attempt_sleep, "prints its line, then sleeps" },
	{ "run", "hang|look|open [WORD...] MODULE", 2, ANY, attempt_run,
		"as a runtime: open the module or not, print the line of sleep, then sleep" },
	{ "signal", "N", 1, 1, attempt_signal, "raise signal N" },
	{ "exit", "N", 1, 1, attempt_exit, "exit with N" },
	{ "core-limit", "BYTES", 1, 1, attempt_core_limit, "set the limit of core dumps" },
	{ "setuid", "UID", 1, 1, attempt_setuid, "become another user" },
	{ 0 },
};
