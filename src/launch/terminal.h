/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `--tty`: the command has a terminal of the sandbox's own, whose other end the supervisor holds,
 * between that and the caller's. The caller's terminal is never a descriptor of the sandbox.
 */
#ifndef SBX_LAUNCH_TERMINAL_H
#define SBX_LAUNCH_TERMINAL_H

#include "kernel/pty.h"
#include "launch/run.h"

#include <poll.h>
#include <stdbool.h>
#include <termios.h>

/* What is on its way from one end to the other. */
struct flow {
	size_t begin, end;
	char buffer[4096];
};

struct terminal {
	int channel[2]; /* by which it comes: this process' end, and the command's */
	int master, slave; /* -1: not there yet, or hung up. While the second is open nothing that
			      the command closes ends the first */
	int in, out; /* the caller's, opened anew; -1: nothing more comes, or can be said */
	int caller; /* stdin, if that is a terminal; -1 */
	int screen; /* whose size it has; -1 */
	bool listens; /* the caller's terminal is this process group's just now */
	bool is_raw; /* it doesn't act on what is typed; `saved` is what it was */
	bool within_line; /* that was typed */
	struct termios saved;
	struct pty_form form;
	struct flow typed, shown;
};

/*
 * A step of the parent. Where it is started in the background of a shell it stops there, until it
 * comes to the foreground.
 */
int terminal_open(struct run *run, struct sbx_error *err);

#define TERMINAL_N_POLLED 4

/* What is to be polled, which changes with each relay. `t` NULL: nothing. */
void terminal_poll(const struct terminal *t, struct pollfd fds[static TERMINAL_N_POLLED]);

/* Moves what there is, without waiting. */
void terminal_relay(struct terminal *t, const struct pollfd fds[static TERMINAL_N_POLLED]);

/* What a signal means to it: another size, or the foreground. False: it is for the command. */
bool terminal_signal(struct terminal *t, int signal);

/* The command has ended: the rest is shown, and the caller's terminal is as it was. */
void terminal_finish(struct terminal *t);

struct terminal *terminal_free(struct terminal *t);

#endif
