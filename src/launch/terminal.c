/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/terminal.h"

#include "base/clock.h"
#include "launch/children.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* How long the end waits for a caller that doesn't read, and for how much. */
#define FINISH_TIMEOUT 5000000 /* usec */
#define FINISH_MOST    (64 << 10)

/* Whether what it is asked it answers; one that isn't its session's may be used by anybody. */
static bool is_foreground(int terminal)
{
	pid_t group = tcgetpgrp(terminal);

	return group < 0 || group == getpgrp();
}

/*
 * A file description of our own, for reads and writes that don't wait: the caller's is shared with
 * others, who count on its flags. A file has no need of that, and a place that would be lost.
 */
static int open_anew(int fd, int access)
{
	struct stat st;
	char path[32];
	int anew = -1;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		anew = open(path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return anew >= 0 ? anew : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/*
 * Changing a terminal stops who is in the background, as shells expect it: here, where nothing is
 * begun yet, and no lock held.
 */
static void await_foreground(const struct terminal *t)
{
	sigset_t ttou;

	(void)sigemptyset(&ttou);
	(void)sigaddset(&ttou, SIGTTOU);
	(void)sigprocmask(SIG_UNBLOCK, &ttou, NULL);
	(void)tcsetattr(t->caller, TCSANOW, &t->saved);
	(void)sigprocmask(SIG_BLOCK, &ttou, NULL);
}

static void look_at_caller(struct terminal *t)
{
	if (tcgetattr(STDIN_FILENO, &t->saved) == 0) {
		t->caller = STDIN_FILENO;
		t->form.modes = t->saved;
		t->form.has_modes = true;
		await_foreground(t);
	}
	for (int fd = 0; fd <= STDERR_FILENO && t->screen < 0; fd++)
		if (ioctl(fd, TIOCGWINSZ, &t->form.size) == 0)
			t->screen = fd;
	t->form.has_size = t->screen >= 0;
	t->listens = t->caller < 0;
}

int terminal_open(struct run *run, struct sbx_error *err)
{
	struct terminal *t = calloc(1, sizeof(*t));

	if (!t)
		return error_errno(err, ENOMEM, "open a terminal");
	run->terminal = t;
	t->channel[0] = t->channel[1] = t->master = t->slave = t->caller = t->screen = -1;
	t->in = open_anew(STDIN_FILENO, O_RDONLY);
	t->out = open_anew(STDOUT_FILENO, O_WRONLY);
	if (t->in < 0 || t->out < 0 ||
		socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, t->channel) < 0 ||
		children_move_up(run, &t->channel[0]) < 0 ||
		children_move_up(run, &t->channel[1]) < 0)
		return error_errno(err, errno, "open a terminal");
	look_at_caller(t);
	return 0;
}

static void close_end(int *fd)
{
	close_fdp(fd);
	*fd = -1;
}

static bool is_empty(const struct flow *flow)
{
	return flow->begin == flow->end;
}

/* How much has come, 0 where nothing more will, or -errno. */
static ssize_t fill(struct flow *flow, int from)
{
	ssize_t n = read(from, flow->buffer, sizeof(flow->buffer));

	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	flow->begin = 0;
	flow->end = (size_t)n;
	return n;
}

static int drain(struct flow *flow, int to)
{
	while (!is_empty(flow)) {
		ssize_t n = write(to, flow->buffer + flow->begin, flow->end - flow->begin);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		flow->begin += (size_t)n;
	}
	return 0;
}

/* As when a line is cut: the kernel tells the session, and what it reads and writes fails. */
static void hang_up(struct terminal *t)
{
	close_end(&t->master);
	close_end(&t->slave);
	close_end(&t->in);
}

static bool resize(const struct terminal *t)
{
	struct winsize size;

	if (t->screen < 0)
		return false;
	if (t->master >= 0 && ioctl(t->screen, TIOCGWINSZ, &size) == 0)
		(void)ioctl(t->master, TIOCSWINSZ, &size);
	return true;
}

/* What is typed goes to the sandbox's terminal as it is, which acts on it. */
static void take_caller(struct terminal *t)
{
	struct termios raw = t->saved;

	if (t->caller < 0 || t->master < 0)
		return;
	t->listens = is_foreground(t->caller);
	if (!t->listens)
		return;
	cfmakeraw(&raw);
	if (tcsetattr(t->caller, TCSANOW, &raw) == 0)
		t->is_raw = true;
	(void)resize(t);
}

/*
 * Without waiting for what it hasn't shown yet: it may be stopped. What was typed for the sandbox,
 * or by the terminal in answer to it, is not for the caller's shell.
 */
static void give_back_caller(struct terminal *t)
{
	if (t->is_raw && is_foreground(t->caller)) {
		(void)tcflush(t->caller, TCIFLUSH);
		(void)tcsetattr(t->caller, TCSANOW, &t->saved);
	}
	t->is_raw = false;
}

static void receive(struct terminal *t)
{
	int r = pty_receive(t->channel[0], &t->master, &t->slave);

	if (r == -EAGAIN || r == -EINTR)
		return;
	close_end(&t->channel[0]);
	take_caller(t);
	(void)resize(t);
}

/*
 * A terminal that is gone hangs up. The end of a file or pipe is typed, for there is no other way
 * to say it: twice where a line was begun, since the first one only sends that off.
 */
static void end_input(struct terminal *t)
{
	struct termios modes;

	if (t->caller >= 0) {
		hang_up(t);
		return;
	}
	close_end(&t->in);
	if (tcgetattr(t->master, &modes) < 0)
		return;
	t->typed.buffer[0] = t->typed.buffer[1] = (char)modes.c_cc[VEOF];
	t->typed.begin = 0;
	t->typed.end = t->within_line && modes.c_lflag & ICANON ? 2 : 1;
}

static void read_typed(struct terminal *t)
{
	ssize_t n = fill(&t->typed, t->in);

	if (n > 0)
		t->within_line = t->typed.buffer[n - 1] != '\n';
	else if (n == 0)
		end_input(t);
	else if (n != -EAGAIN && t->caller >= 0)
		t->listens = false; /* in the background by now */
	else if (n != -EAGAIN)
		close_end(&t->in);
}

/* Where nobody can be shown anything any more it is as good as gone. */
static void write_shown(struct terminal *t)
{
	int r = drain(&t->shown, t->out);

	if (r == 0 || r == -EAGAIN)
		return;
	t->shown.begin = t->shown.end = 0;
	close_end(&t->out);
	hang_up(t);
}

static void poll_one(struct pollfd *pollfd, int fd, short events)
{
	*pollfd = (struct pollfd){ .fd = events ? fd : -1, .events = events };
}

enum { POLLED_CHANNEL, POLLED_IN, POLLED_OUT, POLLED_MASTER };

void terminal_poll(const struct terminal *t, struct pollfd fds[static TERMINAL_N_POLLED])
{
	short master = 0;

	for (size_t i = 0; i < TERMINAL_N_POLLED; i++)
		fds[i] = (struct pollfd){ .fd = -1 };
	if (!t)
		return;
	if (is_empty(&t->shown))
		master |= POLLIN;
	if (!is_empty(&t->typed))
		master |= POLLOUT;
	poll_one(&fds[POLLED_CHANNEL], t->channel[0], POLLIN);
	poll_one(&fds[POLLED_MASTER], t->master, master);
	poll_one(&fds[POLLED_OUT], t->out, is_empty(&t->shown) ? 0 : POLLOUT);
	/* Neither ahead of the terminal, nor when it is another process group's. */
	poll_one(&fds[POLLED_IN], t->in,
		t->master >= 0 && t->listens && is_empty(&t->typed) ? POLLIN : 0);
}

void terminal_relay(struct terminal *t, const struct pollfd fds[static TERMINAL_N_POLLED])
{
	if (!t)
		return;
	if (fds[POLLED_CHANNEL].revents)
		receive(t);
	if (fds[POLLED_OUT].revents)
		write_shown(t);
	if (fds[POLLED_IN].revents && t->in >= 0)
		read_typed(t);
	if (t->master >= 0 && is_empty(&t->shown) && fds[POLLED_MASTER].revents & ~POLLOUT) {
		ssize_t n = fill(&t->shown, t->master);

		if (n <= 0 && n != -EAGAIN)
			hang_up(t);
	}
	if (t->master >= 0) {
		int r = drain(&t->typed, t->master);

		if (r < 0 && r != -EAGAIN)
			hang_up(t);
	}
}

bool terminal_signal(struct terminal *t, int signal)
{
	if (!t || (signal != SIGWINCH && signal != SIGCONT))
		return false;
	if (signal == SIGWINCH)
		return resize(t);
	take_caller(t);
	return true;
}

/* False where the caller doesn't read in time. */
static bool write_shown_until(struct terminal *t, uint64_t deadline)
{
	while (t->out >= 0 && !is_empty(&t->shown)) {
		struct pollfd out = { .fd = t->out, .events = POLLOUT };
		int left = clock_left_ms(deadline);

		if (left == 0)
			return false;
		if (poll(&out, 1, left) == 1)
			write_shown(t);
	}
	return t->out >= 0;
}

void terminal_finish(struct terminal *t)
{
	uint64_t deadline = clock_usec() + FINISH_TIMEOUT;

	if (!t)
		return;
	/* A command that was quick. */
	if (t->channel[0] >= 0)
		receive(t);
	/* What else has it open may write on and on, until it is killed. */
	for (ssize_t most = FINISH_MOST, n; write_shown_until(t, deadline) && most > 0; most -= n) {
		n = t->master < 0 ? 0 : fill(&t->shown, t->master);
		if (n <= 0)
			break;
	}
	give_back_caller(t);
}

struct terminal *terminal_free(struct terminal *t)
{
	if (!t)
		return NULL;
	give_back_caller(t);
	close_end(&t->channel[0]);
	close_end(&t->channel[1]);
	hang_up(t);
	close_end(&t->out);
	free(t);
	return NULL;
}
