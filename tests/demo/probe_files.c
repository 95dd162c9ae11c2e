/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

/* What it begins with. Returns its length, or -errno. */
static ssize_t try_read(const char *path, char *ret_text, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, ret_text, size - 1);

	if (n < 0)
		return -errno;
	ret_text[n] = '\0';
	return n;
}

static int attempt_open(char **args, struct detail *detail)
{
	(void)detail;
	return try_open(args[0], O_RDONLY);
}

static int attempt_opens(char **args, struct detail *detail)
{
	uint32_t n, n_denied = 0;

	if (str_to_u32(args[1], &n) < 0)
		return PROBE_USAGE;
	for (uint32_t i = 0; i < n; i++)
		n_denied += try_open(args[0], O_RDONLY) < 0;
	detail_add(detail, "%u of %u failed", n_denied, n);
	return 0;
}

static int attempt_read(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);
	char text[4096];
	ssize_t n;

	if (fd < 0)
		return failed_at(detail, "open");
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return failed_at(detail, "read");
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	detail_add(detail, "%s", text);
	return 0;
}

static int attempt_write(char **args, struct detail *detail)
{
	const char *text = args[1] ? args[1] : "probe\n";
	_cleanup_close_ int fd = open(args[0], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? failed_at(detail, "write") : 0;
}

static int attempt_rdwr(char **args, struct detail *detail)
{
	(void)detail;
	return try_open(args[0], O_RDWR);
}

static int attempt_trunc(char **args, struct detail *detail)
{
	(void)detail;
	return try_open(args[0], O_RDONLY | O_TRUNC);
}

static int attempt_truncate(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(truncate(args[0], 0));
}

static int attempt_opendir(char **args, struct detail *detail)
{
	(void)detail;
	return try_open(args[0], O_RDONLY | O_DIRECTORY);
}

static int attempt_ls(char **args, struct detail *detail)
{
	_cleanup_closedir_ DIR *dir = opendir(args[0]);
	const char *space = "";
	struct dirent *entry;

	if (!dir)
		return -errno;
	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		if (streq(entry->d_name, ".") || streq(entry->d_name, ".."))
			continue;
		detail_add(detail, "%s%s", space, entry->d_name);
		space = " ";
	}
	return -errno;
}

static int attempt_stat(char **args, struct detail *detail)
{
	struct stat st;

	if (lstat(args[0], &st) < 0)
		return -errno;
	detail_add(detail, "mode=%o uid=%u gid=%u size=%lld", st.st_mode, st.st_uid, st.st_gid,
		(long long)st.st_size);
	return 0;
}

static int attempt_path_reopen(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_PATH | O_CLOEXEC);
	char path[64];
	int r;

	if (fd < 0)
		return failed_at(detail, "open with O_PATH");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = try_open(path, O_RDONLY);
	if (r < 0)
		detail_add(detail, "at the second open");
	return r;
}

/* The folder that PATH lies in, or the one given, as the mount that the handle belongs to. */
static int open_mount(const char *path, const char *mount)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];

	if (mount)
		return open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		slash ? path : ".");
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int attempt_handle(char **args, struct detail *detail)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	_cleanup_close_ int mount = -1;
	_cleanup_close_ int fd = -1;
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, args[0], &u.handle, &mount_id, 0) < 0)
		return failed_at(detail, "name_to_handle_at");
	mount = open_mount(args[0], args[1]);
	if (mount < 0)
		return failed_at(detail, "open of the mount");
	fd = open_by_handle_at(mount, &u.handle, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? failed_at(detail, "open_by_handle_at") : 0;
}

static int attempt_link(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(link(args[0], args[1]));
}

static int attempt_symlink(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(symlink(args[0], args[1]));
}

static int attempt_rename(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(rename(args[0], args[1]));
}

static int attempt_exchange(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(renameat2(AT_FDCWD, args[0], AT_FDCWD, args[1], RENAME_EXCHANGE));
}

/* Leaves nothing behind but a device without a driver, at the old name. */
static int attempt_whiteout(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(renameat2(AT_FDCWD, args[0], AT_FDCWD, args[1], RENAME_WHITEOUT));
}

static int attempt_unlink(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(unlink(args[0]));
}

static int attempt_mkdir(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(mkdir(args[0], 0700));
}

static int attempt_rmdir(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(rmdir(args[0]));
}

static int attempt_mkfifo(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(mkfifo(args[0], 0600));
}

/* /dev/null's number: the one device that does no harm where the attempt succeeds; or a disk. */
static int attempt_mknod(char **args, struct detail *detail)
{
	uint32_t major, minor;

	(void)detail;
	if (!args[1])
		return result_of(mknod(args[0], S_IFCHR | 0600, makedev(1, 3)));
	if (!args[2] || str_to_u32(args[1], &major) < 0 || str_to_u32(args[2], &minor) < 0)
		return PROBE_USAGE;
	return result_of(mknod(args[0], S_IFBLK | 0600, makedev(major, minor)));
}

/* As openpty(3) does it. N are opened, and the last of them is used. */
static int attempt_pty(char **args, struct detail *detail)
{
	_cleanup_close_ int slave = -1;
	int master, n = args[0] ? atoi(args[0]) : 1;
	char name[64], byte;
	struct stat st;

	do
		master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	while (master >= 0 && --n > 0);
	if (master < 0)
		return failed_at(detail, "open");
	if (unlockpt(master) < 0 || ptsname_r(master, name, sizeof(name)) != 0)
		return failed_at(detail, "unlockpt");
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || fstat(slave, &st) < 0)
		return failed_at(detail, name);
	if (write(master, "\n", 1) != 1 || read(slave, &byte, 1) != 1)
		return failed_at(detail, "use");
	detail_add(
		detail, "%s mode=%o uid=%u gid=%u", name, st.st_mode & 07777, st.st_uid, st.st_gid);
	return 0;
}

static int attempt_mqueue(char **args, struct detail *detail)
{
	mqd_t queue = mq_open(args[0], O_RDWR | O_CREAT | O_CLOEXEC, 0600, NULL);
	char text[8192];
	ssize_t n;

	if (queue == (mqd_t)-1)
		return failed_at(detail, "mq_open");
	if (mq_send(queue, "x", 1, 0) < 0)
		return failed_at(detail, "mq_send");
	n = mq_receive(queue, text, sizeof(text), NULL);
	return n == 1 ? 0 : failed_at(detail, "mq_receive");
}

static int attempt_mqueue_unlink(char **args, struct detail *detail)
{
	(void)detail;
	return result_of(mq_unlink(args[0]));
}

static int attempt_tmpfile_link(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	char path[64];

	if (fd < 0)
		return failed_at(detail, "O_TMPFILE");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, path, AT_FDCWD, args[1], AT_SYMLINK_FOLLOW) < 0)
		return failed_at(detail, "linkat");
	return 0;
}

/* How often the race is run, and the seconds that it may take. */
enum { RACES = 2000, RACE_SECONDS = 20 };

/*
 * Opens A/NAME while a child makes the folder A and the symlink B change places all the time. What
 * B leads to may not be read; what lies in A must be, in between.
 */
static int attempt_exchange_race(char **args, struct detail *detail)
{
	bool was_read = false, was_denied = false, was_other = false;
	char path[4096], own[64] = "", text[64];
	struct timespec now, end;
	pid_t child;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", args[0], args[2]);
	if (try_read(path, own, sizeof(own)) <= 0)
		return failed_at(detail, "the first read");
	child = fork();
	if (child < 0)
		return failed_at(detail, "fork");
	while (child == 0)
		(void)renameat2(AT_FDCWD, args[0], AT_FDCWD, args[1], RENAME_EXCHANGE);
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += RACE_SECONDS;
	for (int i = 0; i < RACES || !was_read || !was_denied; i++) {
		n = try_read(path, text, sizeof(text));
		was_denied |= n == -EACCES;
		was_read |= n > 0;
		was_other |= n > 0 && strcmp(text, own) != 0;
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > end.tv_sec)
			break;
	}
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	if (!was_read)
		detail_add(detail, "and never its own");
	return was_other || !was_denied ? 0 : -EACCES;
}

static int attempt_lock(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return failed_at(detail, "open");
	return flock(fd, LOCK_EX | LOCK_NB) < 0 ? failed_at(detail, "flock") : 0;
}

const struct attempt attempts_files[] = {
	{ "open", "PATH", 1, 1, attempt_open, "open for reading" },
	{ "opens", "PATH N", 2, 2, attempt_opens, "open it so often, whatever comes of it" },
	{ "read", "PATH", 1, 1, attempt_read, "read the first line" },
	{ "write", "PATH [TEXT]", 1, 2, attempt_write, "create and append TEXT (\"probe\\n\")" },
	{ "rdwr", "PATH", 1, 1, attempt_rdwr, "open for reading and writing" },
	{ "trunc", "PATH", 1, 1, attempt_trunc, "open with O_RDONLY|O_TRUNC" },
	{ "truncate", "PATH", 1, 1, attempt_truncate, "truncate by path" },
	{ "opendir", "PATH", 1, 1, attempt_opendir, "open a folder" },
	{ "ls", "DIR", 1, 1, attempt_ls, "list a folder" },
	{ "stat", "PATH", 1, 1, attempt_stat, "mode, owner and size" },
	{ "path-reopen", "PATH", 1, 1, attempt_path_reopen, "O_PATH, then /proc/self/fd/N" },
	{ "handle", "PATH [DIR]", 1, 2, attempt_handle,
		"open_by_handle_at; DIR: of the same mount (PATH's)" },
	{ "link", "SRC DST", 2, 2, attempt_link, "hard link" },
	{ "symlink", "TARGET PATH", 2, 2, attempt_symlink, "symbolic link" },
	{ "rename", "SRC DST", 2, 2, attempt_rename, "rename" },
	{ "exchange", "A B", 2, 2, attempt_exchange, "rename with RENAME_EXCHANGE" },
	{ "whiteout", "SRC DST", 2, 2, attempt_whiteout, "rename with RENAME_WHITEOUT" },
	{ "exchange-race", "A B NAME", 3, 3, attempt_exchange_race,
		"open A/NAME, of what the symlink B leads to" },
	{ "unlink", "PATH", 1, 1, attempt_unlink, "remove a file" },
	{ "mkdir", "PATH", 1, 1, attempt_mkdir, "make a folder" },
	{ "rmdir", "PATH", 1, 1, attempt_rmdir, "remove a folder" },
	{ "mkfifo", "PATH", 1, 1, attempt_mkfifo, "make a pipe" },
	{ "pty", "[N]", 0, 1, attempt_pty, "open a terminal by /dev/ptmx, or N of them" },
	{ "mqueue", "/NAME", 1, 1, attempt_mqueue, "make a message queue and use it" },
	{ "mqueue-unlink", "/NAME", 1, 1, attempt_mqueue_unlink, "remove a message queue" },
	{ "mknod", "PATH [MAJOR MINOR]", 1, 3, attempt_mknod,
		"make a device node (null's), or a disk's" },
	{ "tmpfile-link", "DIR DST", 2, 2, attempt_tmpfile_link, "O_TMPFILE, then linkat" },
	{ "lock", "PATH", 1, 1, attempt_lock, "flock exclusively" },
	{ 0 },
};
