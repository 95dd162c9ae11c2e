/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a configuration file whole, once it is clear that only its administrator could have written
 * it.
 */
#ifndef SBX_POLICY_FILE_H
#define SBX_POLICY_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <sys/stat.h>

enum { POLICY_FILE_MAX = 1 << 20 };

/*
 * Reads PATH into memory that the caller frees; *ret_text ends in a NUL that *ret_size does not
 * count. -EINVAL for what is refused: anything but a regular file, more than POLICY_FILE_MAX bytes,
 * an owner who is neither root nor the caller, a file or folder that everybody may write. Else
 * -errno of the system, -ENOENT for a file that is missing. ERR says why, without naming the file.
 */
int file_read(const char *path, char **ret_text, size_t *ret_size, struct sbx_error *err);

/* The same; and what it was before it was read: what is written meanwhile has later times. */
int file_read_stat(const char *path, char **ret_text, size_t *ret_size, struct stat *ret_st,
	struct sbx_error *err);

#endif
