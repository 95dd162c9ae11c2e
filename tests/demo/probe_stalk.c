/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lying in wait for a process that joins from outside: CVE-2016-9962 (its descriptors),
 * CVE-2019-5736 (its executable), and what ptrace(2) and its memory would give.
 */
#include "probe.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* How far behind and before the newest process others are looked for. */
#define BEHIND 4
#define AHEAD  8

enum prey {
	PREY_EXE,
	PREY_EXE_WRITE,
	PREY_MAPS,
	PREY_MEMORY,
	PREY_FD,
	PREY_PTRACE,
	N_PREY,
};

static const char *const prey_names[N_PREY] = { "exe", "exe-write", "maps", "memory", "fd",
	"ptrace" };

struct stalker {
	char *const *programs; /* what is executed in here; NULL at the end */
	struct detail *detail;
	pid_t newest;
	unsigned int n_met; /* looks at a process that wasn't ours yet */
	bool caught[N_PREY];
};

static void caught(struct stalker *s, enum prey prey, const char *what)
{
	if (!s->caught[prey])
		detail_add(s->detail, "CAUGHT %s: %s ", prey_names[prey], what);
	s->caught[prey] = true;
}

static void path_of(char path[static 64], pid_t pid, const char *file)
{
	(void)snprintf(path, 64, "/proc/%d/%s", (int)pid, file);
}

/* 0 with what is executed there and isn't one of ours, -ENOENT where it is, or -errno. */
static int read_exe(const struct stalker *s, pid_t pid, char exe[static 256])
{
	char path[64];
	ssize_t n;

	path_of(path, pid, "exe");
	n = readlink(path, exe, 255);
	if (n < 0)
		return -errno;
	exe[n] = '\0';
	for (size_t i = 0; s->programs[i]; i++)
		if (streq(exe, s->programs[i]))
			return -ENOENT;
	return 0;
}

static void look_at_exe(struct stalker *s, pid_t pid)
{
	char path[64], exe[256];

	if (read_exe(s, pid, exe) == 0)
		caught(s, PREY_EXE, exe);
	path_of(path, pid, "exe");
	if (try_open(path, O_WRONLY) == 0)
		caught(s, PREY_EXE_WRITE, path);
}

static void look_at_memory(struct stalker *s, pid_t pid)
{
	char path[64], text[8192], exe[256];
	_cleanup_close_ int maps = -1, memory = -1;
	ssize_t n;

	path_of(path, pid, "maps");
	maps = open(path, O_RDONLY | O_CLOEXEC);
	n = maps < 0 ? -1 : read(maps, text, sizeof(text) - 1);
	if (n > 0) {
		text[n] = '\0';
		if (strstr(text, "sandboxctl"))
			caught(s, PREY_MAPS, path);
	}
	path_of(path, pid, "mem");
	memory = open(path, O_RDWR | O_CLOEXEC);
	/* What was executed before this can't become unreadable behind it. */
	if (memory >= 0 && read_exe(s, pid, exe) == -EACCES)
		caught(s, PREY_MEMORY, path);
}

/* What is executed in here opens nothing. */
static void look_at_descriptors(struct stalker *s, pid_t pid)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	char path[64], link[256];

	path_of(path, pid, "fd");
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);

		if (n < 0 || atoi(entry->d_name) <= STDERR_FILENO)
			continue;
		link[n] = '\0';
		caught(s, PREY_FD, link);
	}
}

static void trace(struct stalker *s, pid_t pid)
{
	char exe[256];

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) < 0)
		return;
	if (waitpid(pid, NULL, __WALL) == pid && read_exe(s, pid, exe) == 0)
		caught(s, PREY_PTRACE, exe);
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static void look_at(struct stalker *s, pid_t pid)
{
	if (kill(pid, 0) < 0) {
		if (errno == ESRCH)
			return;
		s->n_met++;
	}
	if (pid > s->newest)
		s->newest = pid;
	look_at_exe(s, pid);
	look_at_memory(s, pid);
	look_at_descriptors(s, pid);
	trace(s, pid);
}

static int attempt_stalk(char **args, struct detail *detail)
{
	struct stalker s = { .programs = args, .detail = detail, .newest = getpid() };
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	(void)printf("waiting\n");
	(void)fflush(stdout);
	while (poll(&in, 1, 0) == 0)
		for (pid_t pid = s.newest - BEHIND, end = s.newest + AHEAD; pid <= end; pid++)
			if (pid > 1 && pid != getpid())
				look_at(&s, pid);
	detail_add(detail, "met %s", s.n_met ? "some" : "none");
	return 0;
}

const struct attempt attempts_stalk[] = {
	{ "stalk", "PROGRAM...", 1, ANY, attempt_stalk,
		"wait for processes, until there is something on stdin, and take what they have" },
	{ 0 },
};
