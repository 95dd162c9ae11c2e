/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a libc says that a policy, a message or a library's archive counts on. It is linked with the
 * launcher's libc and with the system's, and prints the same: tests/unit/libc_agree.t.
 *
 * Our headers give a policy's words their numbers. The archives were compiled with the headers of
 *the system's libc, and so have that one's layouts in them: of what they pass to libc or get from
 *it. That is all that they have in them; FILE they hold by pointers alone.
 *
 *	libseccomp	errno, fdopen and fprintf of a FILE
 *	libcap		errno, the tables of ctype.h
 *	inih		the tables of ctype.h, fgets of our FILE
 *	jansson		errno, struct timeval, the first member of struct lconv; fgetc, fwrite of
 *our FILE
 */
#include "policy/syscalls.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

/* As glibc's ctype.h has them. musl has them for archives like ours, and in none of its headers. */
extern const unsigned short **__ctype_b_loc(void);
extern const int32_t **__ctype_tolower_loc(void);

static void print_constants(void)
{
	const char *name;
	uint64_t value;

	for (size_t i = 0; i < syscalls_n_constants; i++) {
		name = syscalls_constant_at(NULL, i);
		if (syscalls_find_constant(name, &value) == 0)
			(void)printf("%s %#" PRIx64 "\n", name, value);
	}
}

static const char *or_none(const char *s)
{
	return s ? s : "none";
}

static void print_words(void)
{
	for (int i = -1; i < 200; i++)
		(void)printf("%d %s, %s, %s\n", i, or_none(strerrorname_np(i)), strerror(i),
			or_none(sigabbrev_np(i)));
}

/* Beyond ASCII tolower's is 0 in musl. libcap compares what it has of it with the letters of a
 * name. */
static void print_ctype(void)
{
	for (int i = -128; i < 256; i++)
		(void)printf("%d %#x\n", i, (*__ctype_b_loc())[i]);
	for (int i = 0; i < 128; i++)
		(void)printf("%d %d\n", i, (int)(*__ctype_tolower_loc())[i]);
}

static void print_layouts(void)
{
	struct timeval now;

	(void)printf("timeval %zu %zu %zu, lconv %zu '%s'\n", sizeof(now), sizeof(now.tv_sec),
		offsetof(struct timeval, tv_usec), offsetof(struct lconv, decimal_point),
		localeconv()->decimal_point);
	(void)printf("O_CREAT %#x, EOF %d\n", (unsigned int)O_CREAT, EOF);
}

int main(void)
{
	print_constants();
	print_words();
	print_ctype();
	print_layouts();
	return 0;
}
