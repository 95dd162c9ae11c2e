/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small network service as a WASI module: enough to try from outside what a sandbox lets through.
 *
 * One connection at a time, one command line a connection, one answer line:
 *
 *	PING		PONG
 *	READ PATH	ok N bytes | the error's name
 *	WRITE PATH	ok N bytes | the error's name	(creates the file, appends a line)
 *	ALLOC MIB	ok N MiB | ENOMEM		(touches every page)
 *	QUIT		BYE, and the service ends
 *
 * Without a listener a command stands on the command line, and the answer names it:
 *
 *	service.wasm read PATH | write PATH | alloc MIB | ping
 *
 * exits 0 when it worked, 1 when it was refused, 2 for a command that doesn't exist.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wasi/api.h>
#include <wasi/libc.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum {
	LINE_SIZE = 1024,
	PAGE = 4096,
	MAX_MIB = 4095, /* a 32-bit module has no more */
	FIRST_FD = 3,
	LAST_FD = 64,
};

/* What runtimes give a module; wasi-libc can only say it in sentences. */
static const struct {
	int number;
	const char *name;
} errors[] = {
	{ EACCES, "EACCES" },
	{ EAGAIN, "EAGAIN" },
	{ EBADF, "EBADF" },
	{ EBUSY, "EBUSY" },
	{ EDQUOT, "EDQUOT" },
	{ EEXIST, "EEXIST" },
	{ EFBIG, "EFBIG" },
	{ EINTR, "EINTR" },
	{ EINVAL, "EINVAL" },
	{ EIO, "EIO" },
	{ EISDIR, "EISDIR" },
	{ ELOOP, "ELOOP" },
	{ EMFILE, "EMFILE" },
	{ ENAMETOOLONG, "ENAMETOOLONG" },
	{ ENFILE, "ENFILE" },
	{ ENOENT, "ENOENT" },
	{ ENOMEM, "ENOMEM" },
	{ ENOSPC, "ENOSPC" },
	{ ENOSYS, "ENOSYS" },
	{ ENOTCAPABLE, "ENOTCAPABLE" },
	{ ENOTDIR, "ENOTDIR" },
	{ ENOTSUP, "ENOTSUP" },
	{ EPERM, "EPERM" },
	{ EROFS, "EROFS" },
};

static void put_error(int number, char *answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (errors[i].number == number) {
			(void)snprintf(answer, LINE_SIZE, "%s", errors[i].name);
			return;
		}
	}
	(void)snprintf(answer, LINE_SIZE, "errno %d", number);
}

/* Commands put their answer into ANSWER and return 0, or a negative errno and leave it alone. */

static int command_ping(const char *argument, char *answer)
{
	(void)argument;
	(void)snprintf(answer, LINE_SIZE, "PONG");
	return 0;
}

/* Reads the content to its end: a size out of stat() would not prove that it may be read. */
static int command_read(const char *path, char *answer)
{
	char buffer[PAGE]; /* a module has 64 KiB of stack */
	long long total = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY), r = 0;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		total += n;
	if (n < 0)
		r = -errno;
	(void)close(fd);
	if (r == 0)
		(void)snprintf(answer, LINE_SIZE, "ok %lld bytes", total);
	return r;
}

static int command_write(const char *path, char *answer)
{
	static const char text[] = "written by the service\n";
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600), r = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, sizeof(text) - 1);
	if (n < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0)
		(void)snprintf(answer, LINE_SIZE, "ok %zd bytes", n);
	return r;
}

static int command_alloc(const char *argument, char *answer)
{
	volatile char *memory;
	size_t size;
	char *end;
	long mib;

	errno = 0;
	mib = strtol(argument, &end, 10);
	if (errno || end == argument || *end || mib < 1 || mib > MAX_MIB)
		return -EINVAL;
	size = (size_t)mib * 1024 * 1024;
	memory = malloc(size);
	if (!memory)
		return -ENOMEM;
	for (size_t i = 0; i < size; i += PAGE)
		memory[i] = 1;
	free((void *)memory);
	(void)snprintf(answer, LINE_SIZE, "ok %ld MiB", mib);
	return 0;
}

static const struct command {
	const char *name;
	bool takes_argument;
	int (*run)(const char *argument, char *answer);
} commands[] = {
	{ "ping", false, command_ping },
	{ "read", true, command_read },
	{ "write", true, command_write },
	{ "alloc", true, command_alloc },
};

static const struct command *find_command(const char *name, bool has_argument)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcasecmp(commands[i].name, name) == 0 &&
			commands[i].takes_argument == has_argument)
			return &commands[i];
	return NULL;
}

/* Cuts LINE after its first word; returns the rest, empty when there is none. */
static char *cut_word(char *line)
{
	char *rest = line + strcspn(line, " \t");

	if (*rest)
		*rest++ = '\0';
	return rest + strspn(rest, " \t");
}

static void answer_line(char *line, char *answer)
{
	char *argument = cut_word(line);
	const struct command *command = find_command(line, *argument != '\0');
	int r;

	if (!command) {
		(void)snprintf(answer, LINE_SIZE, "unknown command");
		return;
	}
	r = command->run(argument, answer);
	if (r < 0)
		put_error(-r, answer);
}

/*
 * The descriptor that the runtime put the listener on: its number depends on how many folders were
 * mounted before it.
 */
static int find_listener(void)
{
	__wasi_fdstat_t stat;

	for (int fd = FIRST_FD; fd < LAST_FD; fd++)
		if (__wasi_fd_fdstat_get((__wasi_fd_t)fd, &stat) == __WASI_ERRNO_SUCCESS &&
			stat.fs_filetype == __WASI_FILETYPE_SOCKET_STREAM)
			return fd;
	return -1;
}

/*
 * wasi-libc takes the listener for one more folder. Without a name of its own it then stands for
 * "/", before a folder that really is mounted there: what is registered last wins, so say the
 * folders once more.
 */
static void prefer_folders(void)
{
	char name[LINE_SIZE];
	__wasi_prestat_t prestat;
	__wasi_fdstat_t stat;

	for (__wasi_fd_t fd = FIRST_FD; fd < LAST_FD; fd++) {
		if (__wasi_fd_prestat_get(fd, &prestat) != __WASI_ERRNO_SUCCESS ||
			__wasi_fd_fdstat_get(fd, &stat) != __WASI_ERRNO_SUCCESS ||
			stat.fs_filetype != __WASI_FILETYPE_DIRECTORY)
			continue;
		if (prestat.u.dir.pr_name_len >= sizeof(name) ||
			__wasi_fd_prestat_dir_name(fd, (uint8_t *)name,
				prestat.u.dir.pr_name_len) != __WASI_ERRNO_SUCCESS)
			continue;
		name[prestat.u.dir.pr_name_len] = '\0';
		(void)__wasilibc_register_preopened_fd((int)fd, name);
	}
}

/* One line without its end; false when the peer went away or sends too much. */
static bool receive_line(int connection, char *line)
{
	size_t used = 0;

	while (used < LINE_SIZE - 1) {
		ssize_t n = recv(connection, line + used, LINE_SIZE - 1 - used, 0);
		char *end;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return false;
		used += (size_t)n;
		line[used] = '\0';
		end = strpbrk(line, "\r\n");
		if (end) {
			*end = '\0';
			return true;
		}
	}
	return false;
}

static void send_line(int connection, char *answer)
{
	size_t length = strlen(answer), sent = 0;

	answer[length++] = '\n';
	while (sent < length) {
		ssize_t n = send(connection, answer + sent, length - sent, 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return;
		sent += (size_t)n;
	}
}

/* Returns false when the service was told to end. */
static bool serve_one(int connection)
{
	char line[LINE_SIZE], answer[LINE_SIZE + 1] = "";
	bool go_on = true;

	if (!receive_line(connection, line))
		return true;
	if (strcasecmp(line, "quit") == 0) {
		(void)snprintf(answer, LINE_SIZE, "BYE");
		go_on = false;
	} else {
		answer_line(line, answer);
	}
	send_line(connection, answer);
	return go_on;
}

static int serve(int listener)
{
	bool go_on = true;

	(void)printf("listening on descriptor %d\n", listener);
	(void)fflush(stdout);
	while (go_on) {
		int connection = accept(listener, NULL, NULL);

		if (connection < 0) {
			if (errno == EAGAIN || errno == EINTR)
				continue;
			perror("accept");
			return 1;
		}
		go_on = serve_one(connection);
		/* Some runtimes only drop their own reference at close(): the peer would wait. */
		(void)shutdown(connection, SHUT_RDWR);
		(void)close(connection);
	}
	return 0;
}

static int run_once(int argc, char **argv)
{
	const char *argument = argc > 2 ? argv[2] : "";
	const struct command *command = find_command(argv[1], *argument != '\0');
	char answer[LINE_SIZE] = "";
	int r;

	if (!command || argc > 3) {
		(void)fprintf(
			stderr, "usage: service [read PATH | write PATH | alloc MIB | ping]\n");
		return 2;
	}
	r = command->run(argument, answer);
	if (r < 0)
		put_error(-r, answer);
	if (command->takes_argument)
		(void)printf("%s %s: %s\n", command->name, argument, answer);
	else
		(void)printf("%s: %s\n", command->name, answer);
	return r < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	int listener;

	if (argc > 1)
		return run_once(argc, argv);
	listener = find_listener();
	if (listener < 0) {
		(void)fprintf(stderr, "service: the runtime gave no listening socket\n");
		return 1;
	}
	prefer_folders();
	return serve(listener);
}
