/* SPDX-License-Identifier: Apache-2.0 */
/*
 * src/libc, which is made for another libc, beside what the system's has.
 */
#include "libc/words.c"

#define __vsnprintf_chk	 our_vsnprintf_chk
#define __snprintf_chk	 our_snprintf_chk
#define __sprintf_chk	 our_sprintf_chk
#define __asprintf_chk	 our_asprintf_chk
#define __fprintf_chk	 our_fprintf_chk
#define __strncpy_chk	 our_strncpy_chk
#define __isoc23_strtol	 our_strtol
#define __isoc23_strtoul our_strtoul
#define __isoc23_strtoll our_strtoll
#include "libc/fortify.c"

#define memcpy	our_memcpy
#define memmove our_memmove
void *our_memcpy(void *restrict to, const void *restrict from, size_t n);
void *our_memmove(void *to, const void *from, size_t n);
#include "libc/copy.c"
#undef memcpy
#undef memmove

#include "test.h"

TEST(words_are_those_of_the_system)
{
	for (int i = -2; i < 5000; i++) {
		EXPECT_STREQ(strerror(i), linux_strerror(i));
		EXPECT_EQ(strerrorname_np(i) == NULL, linux_strerrorname(i) == NULL);
		if (strerrorname_np(i) && linux_strerrorname(i))
			EXPECT_STREQ(strerrorname_np(i), linux_strerrorname(i));
		EXPECT_EQ(sigabbrev_np(i) == NULL, linux_sigabbrev(i) == NULL);
		if (sigabbrev_np(i) && linux_sigabbrev(i))
			EXPECT_STREQ(sigabbrev_np(i), linux_sigabbrev(i));
	}
}

static char buf[8];

static void snprintf_fits(void)
{
	EXPECT_EQ(9, our_snprintf_chk(buf, sizeof(buf), 1, sizeof(buf), "%s", "123456789"));
	EXPECT_STREQ("1234567", buf);
}

static void snprintf_says_more_than_there_is(void)
{
	(void)our_snprintf_chk(buf, sizeof(buf) + 1, 1, sizeof(buf), "%s", "1");
}

static void sprintf_fits(void)
{
	EXPECT_EQ(7, our_sprintf_chk(buf, 1, sizeof(buf), "%s%%", "123456"));
	EXPECT_STREQ("123456%", buf);
	EXPECT_EQ(3, our_sprintf_chk(buf, 1, (size_t)-1, "%d", 123));
	EXPECT_STREQ("123", buf);
}

static void sprintf_is_longer(void)
{
	(void)our_sprintf_chk(buf, 1, sizeof(buf), "%s", "12345678");
}

static void strncpy_fits(void)
{
	EXPECT_TRUE(our_strncpy_chk(buf, "ab", sizeof(buf), sizeof(buf)) == buf);
	EXPECT_EQ(0, memcmp(buf, "ab\0\0\0\0\0", sizeof(buf)));
}

static void strncpy_says_more_than_there_is(void)
{
	(void)our_strncpy_chk(buf, "ab", sizeof(buf) + 1, sizeof(buf));
}

static void formats_that_write_nothing(void)
{
	char *s = NULL;

	EXPECT_EQ(6, our_asprintf_chk(&s, 1, "%-3d%%n%s", 1, "n"));
	EXPECT_STREQ("1  %nn", s);
	free(s);
	EXPECT_EQ(0, our_fprintf_chk(stdout, 1, "%s", ""));
}

static void asprintf_writes(void)
{
	char *s = NULL;
	int n;

	(void)our_asprintf_chk(&s, 1, "a%n", &n);
}

static void fprintf_writes(void)
{
	int n[2];

	(void)our_fprintf_chk(stdout, 1, "%1$n%2$n", &n[0], &n[1]);
}

static void snprintf_writes(void)
{
	long n;

	(void)our_snprintf_chk(buf, sizeof(buf), 1, sizeof(buf), "%%%ln", &n);
}

static void sprintf_writes(void)
{
	short n;

	(void)our_sprintf_chk(buf, 1, sizeof(buf), "%hhn%hn", buf, &n);
}

static const struct {
	const char *name;
	void (*run)(void);
	bool is_the_end;
} uses[] = {
	{ "snprintf", snprintf_fits, false },
	{ "snprintf, too long", snprintf_says_more_than_there_is, true },
	{ "snprintf, %n", snprintf_writes, true },
	{ "sprintf", sprintf_fits, false },
	{ "sprintf, too long", sprintf_is_longer, true },
	{ "sprintf, %n", sprintf_writes, true },
	{ "strncpy", strncpy_fits, false },
	{ "strncpy, too long", strncpy_says_more_than_there_is, true },
	{ "asprintf, fprintf", formats_that_write_nothing, false },
	{ "asprintf, %n", asprintf_writes, true },
	{ "fprintf, %n", fprintf_writes, true },
};

TEST(what_does_not_fit_is_the_end)
{
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		pid_t pid = fork();
		siginfo_t end = { 0 };

		ASSERT_TRUE(pid >= 0);
		if (pid == 0) {
			uses[i].run();
			_exit(0);
		}
		ASSERT_EQ(0, waitid(P_PID, (id_t)pid, &end, WEXITED));
		(void)printf("# %s\n", uses[i].name);
		EXPECT_EQ(
			uses[i].is_the_end, end.si_code == CLD_KILLED || end.si_code == CLD_DUMPED);
		EXPECT_EQ(uses[i].is_the_end ? SIGILL : 0, end.si_status);
	}
}

TEST(numbers_are_read)
{
	char *end;

	EXPECT_EQ(-12, our_strtol("-12x", &end, 10));
	EXPECT_STREQ("x", end);
	EXPECT_TRUE(our_strtoul("0xffffffffffffffff", NULL, 16) == ~0UL);
	EXPECT_TRUE(our_strtoll("-9223372036854775808", NULL, 10) == LLONG_MIN);
}

/* From and to each place of a page whose rest must stay; near enough, they overlap. */
enum { COPY_LONGEST = 200, COPY_STEP = 150, COPY_ROOM = COPY_LONGEST + 2 * COPY_STEP };

static void fill(unsigned char *room)
{
	for (size_t i = 0; i < COPY_ROOM; i++)
		room[i] = (unsigned char)(i * 7 + i / 251);
}

static bool moves_as_the_system_does(size_t to, size_t from, size_t n)
{
	unsigned char ours[COPY_ROOM], theirs[COPY_ROOM];

	fill(ours);
	fill(theirs);
	memmove(theirs + to, theirs + from, n);
	return our_memmove(ours + to, ours + from, n) == ours + to &&
	       memcmp(ours, theirs, sizeof(ours)) == 0;
}

static bool copies_as_the_system_does(size_t to, size_t from, size_t n)
{
	unsigned char source[COPY_ROOM], ours[COPY_ROOM] = { 0 }, theirs[COPY_ROOM] = { 0 };

	fill(source);
	memcpy(theirs + to, source + from, n);
	return our_memcpy(ours + to, source + from, n) == ours + to &&
	       memcmp(ours, theirs, sizeof(ours)) == 0;
}

TEST(copies_are_those_of_the_system)
{
	size_t wrong = 0;

	for (size_t n = 0; n <= COPY_LONGEST; n++)
		for (size_t shift = 0; shift <= 2 * COPY_STEP; shift++)
			wrong += !moves_as_the_system_does(COPY_STEP, shift, n) ||
				 !copies_as_the_system_does(shift % 33, shift % 65, n);
	EXPECT_EQ(0, wrong);
}
