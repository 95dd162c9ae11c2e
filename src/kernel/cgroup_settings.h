/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of a cgroup, for their own files: see cgroup_apply() and cgroup_change().
 */
#ifndef SBX_KERNEL_CGROUP_SETTINGS_H
#define SBX_KERNEL_CGROUP_SETTINGS_H

#include "kernel/cgroup.h"

/* As much as io.max has with a hundred devices. */
enum { SETTINGS_TEXT_MAX = 8192 };

/* ---- cgroup_settings_words.c ---- */

struct settings_default {
	const char *file, *value;
};

/* What a cgroup is born with, and files with a line for each thing: what one without limits has. */
extern const struct settings_default settings_born_with[], settings_line_files[];
extern const size_t settings_n_born_with, settings_n_line_files;

bool settings_is_born_with(const char *file);
/* NULL: it isn't a file of lines. */
const char *settings_no_limits(const char *file);

/* Whether that is what was wanted, as the kernel shows it. Cuts TEXT into lines. */
bool settings_same_value(const char *want, char *text);
/* Whether each word of LIMITS stands in the line; NULL: it has no limits. */
bool settings_line_holds(const char *file, const char *line, const char *limits);
/* The line of TEXT that begins with the word THING, cut off from the rest; NULL: none. */
char *settings_find_line(char *text, const char *thing);

/* ---- cgroup_settings_journal.c ---- */

/* Attributes that keep what a file was born with, of files that no table knows; only root's. */
#define SETTINGS_KEPT "trusted.sandboxctl.was."

int settings_read(const struct cgroup *cgroup, const char *file,
	char text[static SETTINGS_TEXT_MAX], struct sbx_error *err);
int settings_write(
	const struct cgroup *cgroup, const char *file, const char *value, struct sbx_error *err);

/* Notes that BEFORE has to be written for the file to be as it was. */
int settings_note(struct cgroup_journal *journal, const char *file, const char *before,
	struct sbx_error *err);
/* Notes what is there, keeps it where it is what the cgroup was born with, and writes. */
int settings_change(const struct cgroup *cgroup, const char *file, const char *value,
	struct cgroup_journal *journal, struct sbx_error *err);

#endif
