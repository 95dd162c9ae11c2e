/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the tables are whole: sorted as bsearch(3) needs them, and each name found. */
#include "policy/syscalls.h"

#include "test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

TEST(constants_find_themselves)
{
	uint64_t value;

	for (size_t i = 0; i < syscalls_n_constants; i++)
		EXPECT_EQ(0, syscalls_find_constant(syscalls_constant_at(NULL, i), &value));
	ASSERT_EQ(0, syscalls_find_constant("AF_INET6", &value));
	EXPECT_EQ(AF_INET6, value);
	ASSERT_EQ(0, syscalls_find_constant("AT_FDCWD", &value));
	EXPECT_EQ(AT_FDCWD, (int)value);
	EXPECT_EQ(-ENOENT, syscalls_find_constant("AF_INET5", &value));
	EXPECT_EQ(-ENOENT, syscalls_find_constant("", &value));
}

static void check_number(const char *wanted, bool can_be_allowed, uint32_t number, bool foreign)
{
	char text[64];

	EXPECT_EQ(can_be_allowed, syscalls_describe(number, foreign, text, sizeof(text)));
	EXPECT_STREQ(wanted, text);
}

TEST(numbers_are_described)
{
	check_number("swapon", true, SYS_swapon, false);
	check_number("number 9999", false, 9999, false);
	check_number("number 4294967295", false, UINT32_MAX, false);
	check_number("32-bit getpid", false, 20, true);
	check_number("x32 getpid", false, 0x40000000 | 39, false);
}

/* Each call of this architecture whose arguments can be tested; the others are few. */
TEST(arguments_are_found_by_name_and_by_number)
{
	struct strv names = { 0 };
	size_t n = 0;

	ASSERT_EQ(0, syscalls_list(&names));
	for (size_t i = 0; i < names.n; i++) {
		struct syscalls_argument by_name, by_number;
		char known[256], *rest = known, *word;
		bool numbered;

		syscalls_format_arguments(names.v[i], known, sizeof(known));
		numbered = strstr(known, "arg2") != NULL;
		n += *known != '\0';
		for (unsigned int j = 0; *known && (word = strsep(&rest, ", ")) != NULL; j++) {
			char number[8];

			if (!*word && j--)
				continue;
			ASSERT_EQ(0, syscalls_find_argument(names.v[i], word, &by_name));
			EXPECT_EQ(j, by_name.index);
			EXPECT_TRUE(by_name.bits <= 64 && j < 6);
			(void)snprintf(number, sizeof(number), "arg%u", j);
			if (numbered)
				continue;
			ASSERT_EQ(0, syscalls_find_argument(names.v[i], number, &by_number));
			EXPECT_EQ(j, by_number.index);
		}
	}
	EXPECT_GT(n, 280);
	strv_clear(&names);
}

TEST(widths_are_what_the_kernel_looks_at)
{
	static const struct {
		const char *call, *argument;
		unsigned int index, bits;
		bool varies, pointer;
	} cases[] = {
		{ "socket", "domain", 0, 32, false, false },
		{ "socket", "arg2", 2, 32, false, false },
		{ "chmod", "mode", 1, 12, false, false },
		{ "mkdir", "mode", 1, 10, false, false },
		{ "umask", "mask", 0, 9, false, false },
		{ "readv", "iovcnt", 2, 32, false, false },
		{ "preadv", "pos_h", 4, 0, false, false },
		{ "lseek", "offset", 1, 64, false, false },
		{ "fcntl", "arg", 2, 64, true, false },
		{ "prctl", "arg2", 1, 64, true, false },
		{ "prlimit64", "new_rlim", 2, 64, false, true },
	};
	struct syscalls_argument a;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(0, syscalls_find_argument(cases[i].call, cases[i].argument, &a));
		EXPECT_EQ(cases[i].index, a.index);
		EXPECT_EQ(cases[i].bits, a.bits);
		EXPECT_EQ(cases[i].varies, a.varies);
		EXPECT_EQ(cases[i].pointer, a.pointer);
	}
	EXPECT_EQ(-ENOENT, syscalls_find_argument("socket", "arg3", &a));
	EXPECT_EQ(-ENOENT, syscalls_find_argument("socket", "dom", &a));
	EXPECT_EQ(-ENOENT, syscalls_find_argument("prctl", "arg1", &a));
	EXPECT_EQ(-ENOENT, syscalls_find_argument("clone3", "arg1", &a));
	EXPECT_EQ(-ENOENT, syscalls_find_argument("no_such_call", "arg0", &a));
}
