/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of compiled programs. */
#include "seccomp_program.h"

static char cache[64];

static void remove_cache(void)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", cache);
	(void)!system(command);
}

/* Changes one byte of the one entry, `from_end` bytes before its end. */
static void damage(long from_end)
{
	char command[256];

	(void)snprintf(command, sizeof(command),
		"f=$(echo %s/*); s=$(stat -c %%s \"$f\"); "
		"printf X | dd of=\"$f\" bs=1 seek=$((s - %ld)) conv=notrunc 2>/dev/null",
		cache, from_end);
	ASSERT_EQ(0, system(command));
}

TEST(cache_answers_the_same_and_mistrusts_what_it_finds)
{
	static const char key[] = "all that it comes of";
	struct policy_calls allow = some_syscalls();
	struct seccomp_program p = compile(&allow, POLICY_SECCOMP_ERRNO), cached = { 0 };
	struct sbx_error err = { 0 };

	if (geteuid() != 0)
		SKIP("needs root: the cache is root's alone");
	(void)snprintf(cache, sizeof(cache), "/var/lib/sandboxctl-test.XXXXXX");
	ASSERT_TRUE(mkdtemp(cache));
	(void)atexit(remove_cache);
	EXPECT_EQ(-ENOENT, seccomp_cache_read(cache, key, sizeof(key), &cached));
	for (int round = 0; round < 4; round++) {
		ASSERT_EQ(0, seccomp_cache_write(cache, key, sizeof(key), &p, &err));
		ASSERT_EQ(0, seccomp_cache_read(cache, key, sizeof(key), &cached));
		ASSERT_EQ(p.n, cached.n);
		EXPECT_EQ(0, memcmp(p.filter, cached.filter, p.n * sizeof(*p.filter)));
		seccomp_program_clear(&cached);
		EXPECT_EQ(-ENOENT, seccomp_cache_read(cache, "another key", 12, &cached));
		/* In the key; then the length of the whole, the instructions, the checksum. */
		damage(round == 0    ? p.n * (long)sizeof(*p.filter) + 8 + 5
			: round == 1 ? -1
			: round == 2 ? p.n * (long)sizeof(*p.filter) / 2
				     : p.n * (long)sizeof(*p.filter) + 3);
		EXPECT_EQ(-ESTALE, seccomp_cache_read(cache, key, sizeof(key), &cached));
		EXPECT_TRUE(!cached.filter);
	}
	seccomp_program_clear(&p);
	calls_clear(&allow);
}
