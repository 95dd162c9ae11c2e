/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 (RFC 3629), and bytes that should be and aren't.
 */
#ifndef SBX_BASE_UTF8_H
#define SBX_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decodes the character that starts at S, of N bytes; returns its length, 0 when it isn't UTF-8. */
size_t utf8_decode(const char *s, size_t n, uint32_t *ret_c);

/* A copy in which each byte that belongs to no character is U+FFFD. NULL without memory. */
char *utf8_repair(const char *s);

#endif
