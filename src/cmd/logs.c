/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/sandboxes.h"
#include "launch/log.h"
#include "state/ended.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

const struct cmd_option cmd_logs_options[] = {
	{ "follow", 'f', 'f', NULL, "go on with what it writes, until it ends" },
	{ 0 },
};

/* What is read: the log of one entry, of which there may be an older half. */
struct reader {
	char folder[PATH_MAX];
	int dir, fd; /* the latter: of the half that is written */
	bool is_terminal;
};

static int open_half(const struct reader *reader, const char *name)
{
	int fd = openat(reader->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* A tenant's words steer no terminal. UTF-8 passes: its control characters are C2 and another. */
static void make_harmless(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f ||
			(c >= 0x80 && c < 0xa0 && i > 0 && (unsigned char)text[i - 1] == 0xc2))
			text[i] = '?';
	}
}

static int copy(const struct reader *reader, int fd, struct sbx_error *err)
{
	char text[4096];
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) > 0) {
		if (reader->is_terminal)
			make_harmless(text, (size_t)n);
		if (fwrite(text, 1, (size_t)n, stdout) != (size_t)n)
			return error_errno(err, errno, "write to stdout");
	}
	if (n < 0)
		return error_errno(err, errno, "read '%s/log'", reader->folder);
	return fflush(stdout) == 0 ? 0 : error_errno(err, errno, "write to stdout");
}

static bool is_same(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino;
}

/* The older half and the newer, of one moment: where they were turned meanwhile both are the same.
 */
static int print_halves(struct reader *reader, struct sbx_error *err)
{
	_cleanup_close_ int old = -1;
	int r = 0;

	do {
		close_fdp(&old);
		close_fdp(&reader->fd);
		reader->fd = open_half(reader, "log");
		if (reader->fd == -ENOENT)
			reader->fd = open_half(reader, ENDED_LOG);
		old = open_half(reader, "log.old");
	} while (reader->fd >= 0 && old >= 0 && is_same(reader->fd, old));
	if (reader->fd < 0)
		return error_errno(err, -reader->fd, "open '%s/log'", reader->folder);
	if (old >= 0)
		r = copy(reader, old, err);
	return r < 0 ? r : copy(reader, reader->fd, err);
}

/*
 * Prints what has come. 1: there may be more; 0: the log is gone, and with it its sandbox. What was
 * left behind by a turn is whole by the time that it can be seen.
 */
static int print_news(struct reader *reader, struct sbx_error *err)
{
	for (;;) {
		_cleanup_close_ int now = -1;
		int r = copy(reader, reader->fd, err);

		if (r < 0)
			return r;
		now = open_half(reader, "log");
		if (now >= 0 && is_same(now, reader->fd))
			return 1;
		r = copy(reader, reader->fd, err);
		if (r < 0 || now < 0)
			return r;
		close_fdp(&reader->fd);
		reader->fd = take_fd(&now);
	}
}

/* 1: something was written; 0: its supervisor is gone. */
static int wait_for_news(int watch, int supervisor, struct sbx_error *err)
{
	struct pollfd fds[] = { { .fd = watch, .events = POLLIN },
		{ .fd = supervisor, .events = POLLIN } };
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	while (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for the log");
	while (read(watch, events, sizeof(events)) > 0)
		;
	return fds[1].revents ? 0 : 1;
}

static int follow(struct reader *reader, const struct sandbox_status *s, struct sbx_error *err)
{
	_cleanup_close_ int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	_cleanup_close_ int supervisor = pidfd_open(s->supervisor, 0);
	int more = 1, alive = 1;

	if (watch < 0 || inotify_add_watch(watch, reader->folder,
				 IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE) < 0)
		return error_errno(err, errno, "watch '%s'", reader->folder);
	/* Only now is that process surely its supervisor. */
	if (supervisor < 0 || s->ended || !registry_is_held(s->tenant, s->name))
		alive = 0;
	while ((more = print_news(reader, err)) == 1 && alive == 1)
		alive = wait_for_news(watch, supervisor, err);
	return alive < 0 ? alive : more < 0 ? more : 0;
}

/* Where it goes elsewhere a link says where to. */
static int explain_absence(
	const struct reader *reader, const struct sandbox_status *s, struct sbx_error *err)
{
	char to[PATH_MAX];
	ssize_t n = readlinkat(reader->dir, "log", to, sizeof(to) - 1);
	int r;

	if (n < 0) {
		r = error_set(err, ENOENT, "%s/%s: what it writes isn't kept", s->tenant, s->name);
		return error_cure(err, r, "run it with --detach or --log");
	}
	to[n] = '\0';
	r = error_set(err, ENOENT, "%s/%s: it doesn't log here", s->tenant, s->name);
	return *to == '/' ? error_cure(err, r, "see '%s'", to)
			  : error_cure(err, r, "journalctl -t %s", to);
}

static int print_log(const struct sandbox_status *s, bool go_on, struct sbx_error *err)
{
	struct reader reader = { .dir = -1, .fd = -1, .is_terminal = isatty(STDOUT_FILENO) };
	struct stat st;
	int r;

	registry_path_of(s, reader.folder);
	reader.dir = open(reader.folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (reader.dir < 0)
		return error_errno(err, errno, "open '%s'", reader.folder);
	if (fstatat(reader.dir, s->ended ? ENDED_LOG : "log", &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(st.st_mode))
		r = explain_absence(&reader, s, err);
	else
		r = print_halves(&reader, err);
	if (r == 0 && go_on)
		r = follow(&reader, s, err);
	close_fdp(&reader.fd);
	close_fdp(&reader.dir);
	return r;
}

/* Of several each is named, as tail(1) does. */
static int print_each(const struct sandboxes *list)
{
	int exit_code = CMD_DONE;

	for (size_t i = 0; i < list->n; i++) {
		const struct sandbox_status *s = &list->v[i];
		struct sbx_error err = { 0 };

		if (list->n > 1)
			(void)printf("==> %s/%s <==\n", s->tenant, s->name);
		(void)fflush(stdout);
		if (print_log(s, false, &err) < 0)
			exit_code = cmd_fail(&err);
	}
	return exit_code;
}

int cmd_logs(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_sandboxes_ struct sandboxes list = { 0 };
	struct sbx_error err = { 0 };
	bool go_on = false;
	int option, exit_code;

	(void)context;
	while ((option = cmd_next_option(cmd_logs_options, argc, argv)) >= 0)
		go_on = true;
	if (cmd_end_options("logs", option, argc, argv, 1, 1, &exit_code) < 0)
		return exit_code;
	if (go_on && !strchr(argv[optind], '/'))
		return cmd_usage("logs");
	if (!cmd_is_root("logs"))
		return CMD_FAILED;
	if (sandboxes_find_ended(argv[optind], &list, &err) < 0)
		return cmd_fail(&err);
	if (!go_on)
		return print_each(&list);
	return print_log(&list.v[0], true, &err) < 0 ? cmd_fail(&err) : CMD_DONE;
}
