/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moments as people say them: much of what journalctl(1) takes.
 */
#ifndef SBX_BASE_WHEN_H
#define SBX_BASE_WHEN_H

#include <stddef.h>
#include <stdint.h>

/*
 * "now", "today", "yesterday", "-5m", "1h 30m ago", "@1700000000", "10:00[:00]",
 * "2026-11-26[ 10:00[:00]]" (a T between them, and a Z behind, for UTC, will do), in local time. In
 * microseconds since the epoch. -EINVAL, -ERANGE.
 */
int when_parse(const char *s, int64_t now, int64_t *ret_usec);

/* "2026-11-26 10:00:00.123456", in local time. */
void when_format(int64_t usec, char *text, size_t size);

/* "2026-11-26T10:00:00.123456Z" */
void when_format_utc(int64_t usec, char *text, size_t size);

#endif
