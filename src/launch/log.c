/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/log.h"

#include "base/clock.h"
#include "base/fs.h"
#include "kernel/resolve.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* How long the end waits for a reader of what is no file. */
#define FINISH_TIMEOUT 5000000 /* usec */

#define JOURNAL_SOCKET "/run/systemd/journal/stdout"

enum {
	OPEN_APPEND =
		O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
};

/* A tenant's file, or one that it linked to, may be anything to anybody. */
static int check_file(const struct stat *st, const char *path, struct sbx_error *err)
{
	int r;

	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
		return error_set(err, EINVAL, "'%s' is neither a file nor a fifo", path);
	if (st->st_uid == 0 && !(st->st_mode & (S_IWGRP | S_IWOTH)) && st->st_nlink == 1)
		return 0;
	r = error_set(err, EPERM, "'%s' is not root's alone", path);
	return error_cure(err, r, "remove it, or name a file in a folder that only root can write");
}

static int open_in(int dir, const char *name, const char *path, int *ret_fd, struct sbx_error *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r = 0;

	/* Before it is opened: that alone does something to a device. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		r = check_file(&st, path, err);
	if (r < 0)
		return r;
	fd = openat(dir, name, OPEN_APPEND, 0600);
	if (fd < 0 && errno == ENXIO) {
		r = error_errno(err, ENXIO, "open '%s'", path);
		return error_cure(err, r, "nobody reads that fifo: start the reader first");
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, errno, "open '%s'", path);
	r = check_file(&st, path, err);
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}

static int open_file(const char *path, int *ret_fd, struct sbx_error *err)
{
	_cleanup_resolved_ struct resolved folder = RESOLVED_INIT;
	const char *slash = strrchr(path, '/');
	char above[PATH_MAX];
	int r;

	(void)snprintf(above, sizeof(above), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	r = resolve_path(above, &folder, err);
	return r < 0 ? r : open_in(folder.fd, slash + 1, path, ret_fd, err);
}

/*
 * sd_journal_stream_fd(3): identifier, unit, priority, whether lines may begin with a priority of
 * their own (a tenant's may not: it would talk to all who are logged in), and where else to.
 */
static int open_journal(const char *id, int *ret_fd, struct sbx_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char head[256];
	int n = snprintf(head, sizeof(head), "%s\n\n6\n0\n0\n0\n0\n", id), r;

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		shutdown(fd, SHUT_RD) < 0 || send(fd, head, (size_t)n, MSG_NOSIGNAL) != n ||
		fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		r = error_errno(err, errno, "connect to the journal, '%s'", JOURNAL_SOCKET);
		return error_cure(err, r, "it is systemd's: without it use --log FILE");
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

static int open_entry(struct log *log, const char *entry, struct sbx_error *err)
{
	log->entry = open(entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (log->entry >= 0)
		log->out = openat(log->entry, "log", OPEN_APPEND | O_EXCL, 0600);
	return log->out < 0 ? error_errno(err, errno, "open '%s/log'", entry) : 0;
}

static int leave_link(const char *entry, const char *to, struct sbx_error *err)
{
	char path[PATH_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/log", entry);
	return symlink(to, path) < 0 ? error_errno(err, errno, "make '%s'", path) : 0;
}

int log_open(const char *to, const char *entry, const char *tenant, const char *name,
	struct log **ret_log, struct sbx_error *err)
{
	_cleanup_(log_freep) struct log *log = calloc(1, sizeof(*log));
	char where[PATH_MAX];
	int r;

	if (!log)
		return error_errno(err, ENOMEM, "open the log");
	log->in = log->out = log->entry = -1;
	if (!to) {
		r = open_entry(log, entry, err);
	} else if (streq(to, LOG_JOURNAL)) {
		(void)snprintf(where, sizeof(where), LOG_JOURNAL_PREFIX "%s/%s", tenant, name);
		r = open_journal(where, &log->out, err);
	} else {
		r = fs_absolute(to, where, err);
		r = r < 0 ? r : open_file(where, &log->out, err);
	}
	if (r == 0 && to)
		r = leave_link(entry, where, err);
	if (r == 0)
		*ret_log = take_ptr(log);
	return r;
}

int log_make_pipe(struct log *log, int *ret_end, struct sbx_error *err)
{
	int ends[2];

	/* Only of this end: the command's is a file description of its own. */
	if (pipe2(ends, O_CLOEXEC) < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, errno, "open a pipe for the log");
	log->in = ends[0];
	*ret_end = ends[1];
	return 0;
}

static bool is_pending(const struct log *log)
{
	return log->begin < log->end;
}

int log_poll_in(const struct log *log)
{
	return !log || is_pending(log) ? -1 : log->in;
}

int log_poll_out(const struct log *log)
{
	return log && is_pending(log) ? log->out : -1;
}

/* There is a `log` at any time, for who follows it. */
static int begin_half(struct log *log)
{
	_cleanup_close_ int fd = openat(log->entry, "log~", OPEN_APPEND | O_TRUNC, 0600);

	if (fd < 0 || (unlinkat(log->entry, "log.old", 0) < 0 && errno != ENOENT) ||
		linkat(log->entry, "log", log->entry, "log.old", 0) < 0 ||
		renameat(log->entry, "log~", log->entry, "log") < 0)
		return -errno;
	(void)close(log->out);
	log->out = take_fd(&fd);
	log->written = 0;
	return 0;
}

static ssize_t put(struct log *log)
{
	size_t size = log->end - log->begin;
	ssize_t n;

	if (log->entry >= 0 && log->written + size > LOG_HALF) {
		int r = begin_half(log);

		if (r < 0)
			return r;
	}
	n = write(log->out, log->buffer + log->begin, size);
	if (n > 0)
		log->written += (size_t)n;
	return n < 0 ? -errno : n;
}

/* A full disk doesn't stop the command; that something was lost is said at its end. */
static void write_out(struct log *log)
{
	while (is_pending(log)) {
		ssize_t n = put(log);

		if (n == -EINTR)
			continue;
		if (n == -EAGAIN)
			return;
		if (n <= 0) {
			log->errnum = n < 0 ? (int)-n : EIO;
			log->lost += log->end - log->begin;
			log->begin = log->end;
			return;
		}
		log->begin += (size_t)n;
	}
}

/* Never waits. At most `most` bytes; how many there were. */
static size_t read_in(struct log *log, size_t most)
{
	ssize_t n =
		read(log->in, log->buffer, most < sizeof(log->buffer) ? most : sizeof(log->buffer));

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close_fdp(&log->in);
		log->in = -1;
	}
	if (n <= 0)
		return 0;
	log->begin = 0;
	log->end = (size_t)n;
	return (size_t)n;
}

void log_relay(struct log *log)
{
	if (!is_pending(log) && log->in >= 0)
		(void)read_in(log, sizeof(log->buffer));
	write_out(log);
}

static void write_out_until(struct log *log, uint64_t deadline)
{
	for (;;) {
		struct pollfd out = { .fd = log->out, .events = POLLOUT };
		int left = clock_left_ms(deadline);

		write_out(log);
		if (!is_pending(log))
			return;
		if (left == 0)
			break;
		(void)poll(&out, 1, left);
	}
	log->errnum = ETIMEDOUT;
	log->lost += log->end - log->begin;
	log->begin = log->end;
}

/* No more than what is in the pipe just now: what else writes to it goes on until it is killed. */
int log_finish(struct log *log, struct sbx_error *err)
{
	uint64_t deadline = clock_usec() + FINISH_TIMEOUT;
	int left = 0;

	if (!log)
		return 0;
	write_out_until(log, deadline);
	if (log->in >= 0 && ioctl(log->in, FIONREAD, &left) < 0)
		left = 0;
	while (left > 0 && log->in >= 0) {
		size_t n = read_in(log, (size_t)left);

		if (n == 0)
			break;
		write_out_until(log, deadline);
		left -= (int)n;
	}
	if (!log->lost)
		return 0;
	return error_errno(
		err, log->errnum, "log: %llu bytes were lost", (unsigned long long)log->lost);
}

struct log *log_free(struct log *log)
{
	if (!log)
		return NULL;
	close_fdp(&log->in);
	close_fdp(&log->out);
	close_fdp(&log->entry);
	free(log);
	return NULL;
}
