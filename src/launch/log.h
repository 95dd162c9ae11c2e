/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command writes, taken by a pipe and kept: appended to a file, told the journal, or the
 * newest of it in the sandbox's entry. The command has the pipe alone, so it can do nothing to what
 * was written.
 */
#ifndef SBX_LAUNCH_LOG_H
#define SBX_LAUNCH_LOG_H

#include "base/error.h"
#include "base/str.h"

#include <sys/types.h>

#define LOG_JOURNAL "journal"

/* "TENANT/NAME" with a prefix: by what the journal finds it. */
#define LOG_JOURNAL_PREFIX "sandboxctl:"

/* Half of what an entry keeps. */
#define LOG_HALF (512 << 10)

struct log {
	int in; /* owned; the pipe's end; -1: its end of file has come */
	int out; /* owned */
	int entry; /* owned; the entry's folder, where the log is that one's; -1 */
	size_t written; /* to the newer half in there */
	size_t begin, end; /* of what waits in the buffer to be written */
	uint64_t lost; /* bytes */
	int errnum; /* why */
	char buffer[16 << 10];
};

/*
 * Opens what is written to. `to` is a path, LOG_JOURNAL, or NULL for the file in the entry, whose
 * folder `entry` is; there the others leave a link, by which `logs` knows of them. A file is made
 * where there is none; one that others than root may have put there is refused.
 */
int log_open(const char *to, const char *entry, const char *tenant, const char *name,
	struct log **ret_log, struct sbx_error *err);

/* Makes the pipe, and gives the command's end away. */
int log_make_pipe(struct log *log, int *ret_end, struct sbx_error *err);

/* What is to be polled: for reading, or, where something waits to be written, for writing. */
int log_poll_in(const struct log *log);
int log_poll_out(const struct log *log);

/* Takes and writes what is there, without waiting. */
void log_relay(struct log *log);

/*
 * The command has ended: what it wrote until now is written, to the last byte. An error where
 * something of all that it wrote could not be.
 */
int log_finish(struct log *log, struct sbx_error *err);

struct log *log_free(struct log *log);
static inline void log_freep(struct log **log)
{
	(void)log_free(*log);
}

#endif
