/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lying in wait for a process that joins from outside: CVE-2016-9962 (its descriptors),
 * CVE-2019-5736 (its executable), and what its root, its memory and ptrace(2) would give.
 */
#include "probe.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

/* How far behind and before the newest process others are looked for. */
#define BEHIND 2
#define AHEAD  6

struct stalker {
	const char *program; /* what is executed in here, and nothing else is */
	const char *secret; /* what only the host's root has */
	int signal; /* for each that is met; 0: none */
	struct detail *detail;
	pid_t newest;
	unsigned int n_met; /* looks at a process that wasn't the tenant's to signal */
	unsigned int n_caught;
};

static volatile sig_atomic_t is_over;

static void end(int signal)
{
	(void)signal;
	is_over = 1;
}

/* The first ones say enough. */
static void caught(struct stalker *s, const char *what, const char *where)
{
	if (s->n_caught++ < 4)
		detail_add(s->detail, "CAUGHT %s %s ", what, where);
}

/* Whether it has executed what is executed in here: then it is the tenant's to look at. */
static bool is_ours(const struct stalker *s, int proc)
{
	char exe[256];
	ssize_t n = readlinkat(proc, "exe", exe, sizeof(exe) - 1);

	if (n < 0)
		return false;
	exe[n] = '\0';
	return streq(exe, s->program);
}

static void look_at_exe(struct stalker *s, int proc)
{
	_cleanup_close_ int fd = openat(proc, "exe", O_WRONLY | O_CLOEXEC), exe = -1;
	char path[64], link[256] = "";

	if (fd >= 0)
		caught(s, "exe", "for writing");
	/* Held, it can be opened for writing when it doesn't run any more. */
	exe = openat(proc, "exe", O_PATH | O_CLOEXEC);
	if (exe < 0)
		return;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", exe);
	(void)!readlink(path, link, sizeof(link) - 1);
	if (!streq(link, s->program))
		caught(s, "exe", link);
}

static void look_at_root(struct stalker *s, int proc)
{
	static const char *const ways[] = { "root", "cwd", "task/1/root" };
	char path[256];

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		_cleanup_close_ int fd = -1;

		(void)snprintf(path, sizeof(path), "%s%s", ways[i], s->secret);
		fd = openat(proc, path, O_PATH | O_CLOEXEC);
		if (fd >= 0)
			caught(s, "root", path);
	}
}

/* What is executed in here opens nothing. */
static void look_at_descriptors(struct stalker *s, int proc)
{
	int fd = openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	char link[256] = "";

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) <= STDERR_FILENO)
			continue;
		(void)!readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);
		caught(s, "fd", link);
	}
}

/* maps and mem keep the memory that was there when they were opened. */
static void look_at_memory(struct stalker *s, int proc)
{
	_cleanup_close_ int maps = openat(proc, "maps", O_RDONLY | O_CLOEXEC);
	bool before = is_ours(s, proc);
	_cleanup_close_ int memory = openat(proc, "mem", O_RDWR | O_CLOEXEC);
	char text[8192];
	ssize_t n = maps < 0 ? -1 : read(maps, text, sizeof(text) - 1);

	if (n > 0) {
		text[n] = '\0';
		if (strstr(text, "sandboxctl"))
			caught(s, "maps", "of the launcher");
	}
	if (memory >= 0 && !before && !is_ours(s, proc))
		caught(s, "mem", "of the launcher");
}

/* What it has open, without /proc. */
static void take_descriptor(struct stalker *s, pid_t pid)
{
	_cleanup_close_ int pidfd = pidfd_open(pid, 0);

	for (int number = STDERR_FILENO + 1; pidfd >= 0 && number < 12; number++) {
		_cleanup_close_ int fd = pidfd_getfd(pidfd, number, 0);

		if (fd >= 0)
			caught(s, "fd", "by pidfd_getfd");
	}
}

/*
 * Within execve(2) it can be traced as soon as it has the new program's memory. That is linked to
 * low addresses; the launcher isn't.
 */
static void trace(struct stalker *s, pid_t pid)
{
	const size_t rip = offsetof(struct user_regs_struct, rip);
	int status = 0;
	long at;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return;
	(void)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return;
	/* It may be killed between the two. */
	errno = 0;
	at = ptrace(PTRACE_PEEKUSER, pid, rip, NULL);
	if (errno == 0 && at >> 32)
		caught(s, "ptrace", "of the launcher");
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static void look_at(struct stalker *s, pid_t pid)
{
	_cleanup_close_ int proc = -1;
	char path[64];

	if (kill(pid, s->signal) < 0) {
		if (errno == ESRCH)
			return;
		s->n_met++;
	}
	if (pid > s->newest)
		s->newest = pid;
	(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc >= 0) {
		look_at_exe(s, proc);
		look_at_root(s, proc);
		look_at_descriptors(s, proc);
		look_at_memory(s, proc);
	}
	take_descriptor(s, pid);
	trace(s, pid);
}

static int attempt_stalk(char **args, struct detail *detail)
{
	struct stalker s = {
		.program = args[0],
		.secret = args[1],
		.detail = detail,
		.newest = getpid(),
	};
	const struct sigaction sa = { .sa_handler = end };
	uint32_t signal = 0;

	if (args[2] && str_to_u32(args[2], &signal) < 0)
		return PROBE_USAGE;
	s.signal = (int)signal;
	if (sigaction(SIGTERM, &sa, NULL) < 0)
		return failed_at(detail, "sigaction");
	(void)printf("waiting\n");
	(void)fflush(stdout);
	while (!is_over)
		for (pid_t pid = s.newest - BEHIND, last = s.newest + AHEAD; pid <= last; pid++)
			if (pid > 1 && pid != getpid())
				look_at(&s, pid);
	detail_add(detail, "met %s", s.n_met ? "some" : "none");
	return 0;
}

const struct attempt attempts_stalk[] = {
	{ "stalk", "PROGRAM FILE [SIGNAL]", 2, 3, attempt_stalk,
		"until SIGTERM take what others have that aren't PROGRAM yet, and signal them" },
	{ 0 },
};
