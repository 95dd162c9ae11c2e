/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe tries one thing a sandbox allows or forbids, and says in one line how the kernel
 * answered.
 */
#ifndef TESTS_DEMO_PROBE_H
#define TESTS_DEMO_PROBE_H

#include "base/cleanup.h"
#include "base/str.h"

#include <stddef.h>
#include <sys/types.h>

/* What an attempt returns for arguments that make no sense; refusals are negative errnos. */
enum { PROBE_USAGE = 1 };

/* What stands after "ok" or the errno's name; empty: nothing. */
struct detail {
	size_t used;
	char text[8192];
};

/*
 * One thing to try. `run` gets the arguments after the attempt's name, NULL at their end and as
 * many as min_args and max_args say; it returns 0, a negative errno or PROBE_USAGE. What it opens
 * may be left open: the process ends with it.
 */
struct attempt {
	const char *name;
	const char *args;
	int min_args, max_args;
	int (*run)(char **args, struct detail *detail);
	const char *help;
};

/* Each ends with a row without name. */
extern const struct attempt attempts_files[];
extern const struct attempt attempts_mounts[];
extern const struct attempt attempts_net[];
extern const struct attempt attempts_families[];
extern const struct attempt attempts_process[];
extern const struct attempt attempts_others[];
extern const struct attempt attempts_calls[];
extern const struct attempt attempts_kernel[];
extern const struct attempt attempts_platform[];
extern const struct attempt attempts_escapes[];
extern const struct attempt attempts_stalk[];
extern const struct attempt attempts_reach[];
extern const struct attempt attempts_ipc[];
extern const struct attempt attempts_mappings[];
extern const struct attempt attempts_attributes[];
extern const struct attempt attempts_descriptors[];
extern const struct attempt attempts_keys[];
extern const struct attempt attempts_namespaces[];
extern const struct attempt attempts_labels[];
extern const struct attempt attempts_edges[];
extern const struct attempt attempts_null[];
extern const struct attempt attempts_held[];
extern const struct attempt attempts_machinery[];

/* Any number of arguments. */
#define ANY 1000

/* Adds a word to the detail, cut when the line is full. */
void detail_add(struct detail *detail, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* 0 or PROBE_USAGE. */
int parse_pid(const char *word, pid_t *ret_pid);

/* For those of one call, of which R is what it returned: 0 or -errno. */
int result_of(int r);

/* For attempts of more than one step: `return failed_at(detail, "open")`. Returns -errno. */
int failed_at(struct detail *detail, const char *step);

/*
 * Prints the attempt's line at once, for those that are wanted while they last (listen, sleep). No
 * second line follows then.
 */
void announce(const char *name, const struct detail *detail);

/* Opens PATH and closes it again: 0 or a negative errno. */
int try_open(const char *path, int flags);

#endif
