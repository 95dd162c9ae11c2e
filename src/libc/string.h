/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and texts of errors, and names of signals: here with the words that Linux's users know, and
 * for all of its errors. musl has texts of its own, none for what C and POSIX don't have, and no
 * names.
 */
#ifndef SBX_LIBC_STRING_H
#define SBX_LIBC_STRING_H

#include_next <string.h>

#include "libc/words.h"

#define strerror	linux_strerror
#define strerrorname_np linux_strerrorname
#define sigabbrev_np	linux_sigabbrev

#endif
