/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Escapes of other launchers, made from what their CVEs say.
 */
#include "probe.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/*
 * CVE-2019-5736: a descriptor of somebody's program is held, and opened again for writing. While it
 * runs that answers ETXTBSY, and then no more: a refusal is what access(2) says.
 */
static int attempt_overwrite(char **args, struct detail *detail)
{
	_cleanup_close_ int held = open(args[0], O_PATH | O_CLOEXEC), fd = -1;
	char path[64];

	if (held < 0)
		return failed_at(detail, "open");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", held);
	if (access(path, W_OK) < 0)
		return failed_at(detail, "access");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 && errno != ETXTBSY ? failed_at(detail, "write") : 0;
}

/* CVE-2024-21626: runs a command with folders of the caller's as descriptors and as its own. */
static int attempt_with_folder(char **args, struct detail *detail)
{
	int held = open(args[0], O_PATH | O_DIRECTORY);
	int listed = open(args[0], O_RDONLY | O_DIRECTORY);
	uint32_t at;

	if (held < 0 || listed < 0 || chdir(args[0]) < 0)
		return failed_at(detail, "open");
	for (int i = 0; i < 100; i++)
		if (dup(i % 2 ? held : listed) < 0)
			return failed_at(detail, "dup");
	if (!streq(args[1], "-")) {
		if (str_to_u32(args[1], &at) < 0)
			return PROBE_USAGE;
		if (dup2(held, (int)at) < 0)
			return failed_at(detail, "dup2");
	}
	(void)execvp(args[2], args + 2);
	return failed_at(detail, "exec");
}

static bool climbs(int fd, const char *path)
{
	_cleanup_close_ int file = openat(fd, path, O_RDONLY | O_CLOEXEC);

	return file >= 0;
}

/* Looks for NAME above each descriptor and above the working folder. */
static int attempt_climb(char **args, struct detail *detail)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "../../../../../../../../%s", args[0]);
	if (climbs(AT_FDCWD, path)) {
		detail_add(detail, "by the working folder");
		return 0;
	}
	for (int fd = 0; fd < 1024; fd++) {
		char link[4200];

		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d/%s", fd, path);
		if (climbs(fd, path) || climbs(AT_FDCWD, link)) {
			detail_add(detail, "by %d", fd);
			return 0;
		}
	}
	return -ENOENT;
}

/* Never ends: others look at what is there meanwhile. */
static int attempt_exchange_loop(char **args, struct detail *detail)
{
	if (renameat2(AT_FDCWD, args[0], AT_FDCWD, args[1], RENAME_EXCHANGE) < 0)
		return -errno;
	announce("exchange-loop", detail);
	for (;;)
		(void)renameat2(AT_FDCWD, args[0], AT_FDCWD, args[1], RENAME_EXCHANGE);
}

/* A request of a terminal of its own, with all 64 bits that it is given as. */
static int attempt_terminal(char **args, struct detail *detail)
{
	char bytes[256] = "\n", name[64];
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), slave;

	if (master < 0 || unlockpt(master) < 0 || ptsname_r(master, name, sizeof(name)) != 0)
		return failed_at(detail, "ptmx");
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return failed_at(detail, "open");
	if (syscall(SYS_ioctl, slave, strtoull(args[0], NULL, 0), bytes) == 0)
		return 0;
	/* Not a console: but it was asked. */
	return errno == ENOTTY || errno == EINVAL ? 0 : -errno;
}

/* At the terminal that stdin is, as if somebody had. */
static int attempt_type(char **args, struct detail *detail)
{
	(void)detail;
	for (const char *c = args[0]; *c; c++)
		if (ioctl(STDIN_FILENO, TIOCSTI, c) < 0)
			return -errno;
	return 0;
}

/* What a child says that was made in namespaces of its own, if it was made. */
static int child_answer(long child, struct detail *detail)
{
	int status;

	if (child < 0)
		return -errno;
	if (child == 0)
		_exit(0);
	return waitpid((pid_t)child, &status, 0) < 0 ? failed_at(detail, "wait") : 0;
}

static int attempt_clone_userns(char **args, struct detail *detail)
{
	(void)args;
	return child_answer(
		syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL), detail);
}

static int attempt_clone3_userns(char **args, struct detail *detail)
{
	struct clone_args how = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };

	(void)args;
	return child_answer(syscall(SYS_clone3, &how, sizeof(how)), detail);
}

/* CVE-2022-0492: a hierarchy of one's own, whose agent the kernel runs outside of all. */
static int attempt_release_agent(char **args, struct detail *detail)
{
	char path[4096];
	int r;

	if (mount("probe", args[0], "cgroup", 0, "none,name=probe") < 0)
		return failed_at(detail, "mount");
	(void)snprintf(path, sizeof(path), "%s/release_agent", args[0]);
	r = try_open(path, O_WRONLY);
	(void)umount2(args[0], MNT_DETACH);
	if (r < 0)
		detail_add(detail, "at open");
	return r;
}

static int attempt_mount(char **args, struct detail *detail)
{
	(void)detail;
	if (mount("probe", args[1], args[0], 0, NULL) < 0)
		return -errno;
	(void)umount2(args[1], MNT_DETACH);
	return 0;
}

static int attempt_bpf_map(char **args, struct detail *detail)
{
	union bpf_attr how = {
		.map_type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 4, .max_entries = 1
	};
	_cleanup_close_ int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &how, sizeof(how));

	(void)args;
	(void)detail;
	return fd < 0 ? -errno : 0;
}

const struct attempt attempts_escapes[] = {
	{ "overwrite", "PATH", 1, 1, attempt_overwrite, "O_PATH, then the same for writing" },
	{ "with-folder", "DIR FD|- COMMAND...", 3, ANY, attempt_with_folder,
		"run a command there, with many descriptors of DIR" },
	{ "climb", "NAME", 1, 1, attempt_climb, "NAME in /, by any descriptor or the folder" },
	{ "exchange-loop", "A B", 2, 2, attempt_exchange_loop, "exchange them for ever" },
	{ "terminal", "REQUEST", 1, 1, attempt_terminal, "an ioctl of a terminal of its own" },
	{ "type", "TEXT", 1, 1, attempt_type, "TIOCSTI: type TEXT at the terminal that stdin is" },
	{ "clone-userns", "", 0, 0, attempt_clone_userns, "a child in a user namespace" },
	{ "clone3-userns", "", 0, 0, attempt_clone3_userns, "the same by clone3" },
	{ "release-agent", "DIR", 1, 1, attempt_release_agent,
		"mount a cgroup hierarchy on DIR, open its agent" },
	{ "mount", "TYPE DIR", 2, 2, attempt_mount, "mount, unmount" },
	{ "bpf-map", "", 0, 0, attempt_bpf_map, "make a BPF map" },
	{ 0 },
};
