/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the libraries' archives ask of glibc and musl doesn't have. They were compiled with
 * -D_FORTIFY_SOURCE, so the compiler put these in the place of the functions that they check: see
 * glibc's debug/ folder, and the Linux Standard Base's __sprintf_chk. What would not fit ends the
 * program, as there.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No abort(3): it would signal the thread that musl knows, which in a child of clone3(2) is the
 * parent. */
static void insist(int is_so)
{
	if (!is_so)
		__builtin_trap();
}

/* With `flag` a format that writes to memory is refused; here wherever it lies. */
static void check_format(const char *format, int flag)
{
	for (const char *p = format; flag > 0 && (p = strchr(p, '%')); p++) {
		p += 1 + strspn(p + 1, "0123456789+-# '*.$hljztqL");
		insist(*p != 'n');
		if (!*p)
			return;
	}
}

int __vsnprintf_chk(
	char *s, size_t size, int flag, size_t there, const char *format, va_list arguments);
int __vsnprintf_chk(
	char *s, size_t size, int flag, size_t there, const char *format, va_list arguments)
{
	insist(size <= there);
	check_format(format, flag);
	return vsnprintf(s, size, format, arguments);
}

int __snprintf_chk(char *s, size_t size, int flag, size_t there, const char *format, ...);
int __snprintf_chk(char *s, size_t size, int flag, size_t there, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = __vsnprintf_chk(s, size, flag, there, format, arguments);
	va_end(arguments);
	return n;
}

/* (size_t)-1: the compiler doesn't know how much is there. */
int __sprintf_chk(char *s, int flag, size_t there, const char *format, ...);
int __sprintf_chk(char *s, int flag, size_t there, const char *format, ...)
{
	va_list arguments;
	int n;

	check_format(format, flag);
	va_start(arguments, format);
	n = there > INT_MAX ? vsprintf(s, format, arguments)
			    : vsnprintf(s, there, format, arguments);
	va_end(arguments);
	insist(n < 0 || (size_t)n < there);
	return n;
}

int __asprintf_chk(char **ret_s, int flag, const char *format, ...);
int __asprintf_chk(char **ret_s, int flag, const char *format, ...)
{
	va_list arguments;
	int n;

	check_format(format, flag);
	va_start(arguments, format);
	n = vasprintf(ret_s, format, arguments);
	va_end(arguments);
	return n;
}

int __fprintf_chk(FILE *out, int flag, const char *format, ...);
int __fprintf_chk(FILE *out, int flag, const char *format, ...)
{
	va_list arguments;
	int n;

	check_format(format, flag);
	va_start(arguments, format);
	n = vfprintf(out, format, arguments);
	va_end(arguments);
	return n;
}

char *__strncpy_chk(char *s, const char *from, size_t n, size_t there);
char *__strncpy_chk(char *s, const char *from, size_t n, size_t there)
{
	insist(n <= there);
	return strncpy(s, from, n);
}

/* glibc's of C23, from 2.38 on, which know 0b1 besides. None of the libraries has any use for that.
 */
long __isoc23_strtol(const char *s, char **ret_end, int base);
long __isoc23_strtol(const char *s, char **ret_end, int base)
{
	return strtol(s, ret_end, base);
}

unsigned long __isoc23_strtoul(const char *s, char **ret_end, int base);
unsigned long __isoc23_strtoul(const char *s, char **ret_end, int base)
{
	return strtoul(s, ret_end, base);
}

long long __isoc23_strtoll(const char *s, char **ret_end, int base);
long long __isoc23_strtoll(const char *s, char **ret_end, int base)
{
	return strtoll(s, ret_end, base);
}
