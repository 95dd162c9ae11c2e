/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What string.h, beside this, has in place of the functions of glibc.
 */
#ifndef SBX_LIBC_WORDS_H
#define SBX_LIBC_WORDS_H

/* strerror(3). The text of an unknown number is good until the next one. */
char *linux_strerror(int number);

/* strerrorname_np(3), sigabbrev_np(3): NULL for what has no name. */
const char *linux_strerrorname(int number);
const char *linux_sigabbrev(int number);

#endif
