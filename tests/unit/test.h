/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small harness for unit tests: each test in a process of its own, results as TAP.
 *
 *	#include "test.h"
 *
 *	TEST(adds_up)
 *	{
 *		EXPECT_EQ(4, 2 + 2);
 *		ASSERT_STREQ("a", name);	(ends the test where EXPECT goes on)
 *	}
 *
 * Include it in one file a program: it has main(). The program runs all tests, or those named in
 *its arguments; `-l` lists them. A test fails by an EXPECT or ASSERT, by a signal, by an exit
 *status (so do the sanitizers), and when it takes longer than its limit. The program exits 1 when
 *one failed. In the manner of the kernel's tools/testing/selftests/kselftest_harness.h.
 */
#ifndef SBX_TEST_H
#define SBX_TEST_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEST_SECONDS = 30 };

struct test_case {
	const char *name;
	void (*run)(void);
	time_t seconds;
	struct test_case *next;
};

/* What the test's process tells the harness's: shared memory, so that it outlives a crash. */
struct test_result {
	unsigned int failures;
	bool skipped;
	char reason[200];
};

static struct test_case *test_first, **test_last = &test_first;
static struct test_result *test_result;

static inline void test_register(struct test_case *test)
{
	*test_last = test;
	test_last = &test->next;
}

#define TEST_TIMEOUT(test_name, limit)                                      \
	static void test_name(void);                                        \
	static struct test_case test_name##_case = {                        \
		.name = #test_name,                                         \
		.run = test_name,                                           \
		.seconds = (limit),                                         \
	};                                                                  \
	__attribute__((constructor)) static void test_name##_register(void) \
	{                                                                   \
		test_register(&test_name##_case);                           \
	}                                                                   \
	static void test_name(void)

#define TEST(test_name) TEST_TIMEOUT(test_name, TEST_SECONDS)

/* Counts a failure; the caller has printed it. */
static inline void test_failed(bool fatal)
{
	test_result->failures++;
	(void)fflush(stdout);
	if (fatal)
		exit(1);
}

#define TEST_COMPARE_(fatal, expected, op, seen)                                                 \
	do {                                                                                     \
		long long expected_ = (long long)(expected), seen_ = (long long)(seen);          \
		if (!(expected_ op seen_)) {                                                     \
			printf("# %s:%d: %s %s %s: %lld, %lld\n", __FILE__, __LINE__, #expected, \
				#op, #seen, expected_, seen_);                                   \
			test_failed(fatal);                                                      \
		}                                                                                \
	} while (0)

#define TEST_TRUE_(fatal, condition)                                                     \
	do {                                                                             \
		if (!(condition)) {                                                      \
			printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			test_failed(fatal);                                              \
		}                                                                        \
	} while (0)

#define TEST_STREQ_(fatal, expected, seen)                                                 \
	do {                                                                               \
		const char *expected_ = (expected), *seen_ = (seen);                       \
		if (!seen_ || strcmp(expected_, seen_) != 0) {                             \
			printf("# %s:%d: %s: expected\n#  '%s', saw\n#  '%s'\n", __FILE__, \
				__LINE__, #seen, expected_, seen_ ? seen_ : "(null)");     \
			test_failed(fatal);                                                \
		}                                                                          \
	} while (0)

/* Numbers; the expected one comes first. */
#define EXPECT_EQ(expected, seen)    TEST_COMPARE_(false, expected, ==, seen)
#define EXPECT_NE(expected, seen)    TEST_COMPARE_(false, expected, !=, seen)
#define EXPECT_LT(a, b)		     TEST_COMPARE_(false, a, <, b)
#define EXPECT_LE(a, b)		     TEST_COMPARE_(false, a, <=, b)
#define EXPECT_GT(a, b)		     TEST_COMPARE_(false, a, >, b)
#define EXPECT_GE(a, b)		     TEST_COMPARE_(false, a, >=, b)
#define EXPECT_TRUE(condition)	     TEST_TRUE_(false, condition)
#define EXPECT_FALSE(condition)	     TEST_TRUE_(false, !(condition))
#define EXPECT_STREQ(expected, seen) TEST_STREQ_(false, expected, seen)

#define ASSERT_EQ(expected, seen)    TEST_COMPARE_(true, expected, ==, seen)
#define ASSERT_NE(expected, seen)    TEST_COMPARE_(true, expected, !=, seen)
#define ASSERT_LT(a, b)		     TEST_COMPARE_(true, a, <, b)
#define ASSERT_LE(a, b)		     TEST_COMPARE_(true, a, <=, b)
#define ASSERT_GT(a, b)		     TEST_COMPARE_(true, a, >, b)
#define ASSERT_GE(a, b)		     TEST_COMPARE_(true, a, >=, b)
#define ASSERT_TRUE(condition)	     TEST_TRUE_(true, condition)
#define ASSERT_FALSE(condition)	     TEST_TRUE_(true, !(condition))
#define ASSERT_STREQ(expected, seen) TEST_STREQ_(true, expected, seen)

/* Ends the test: what it needs isn't here. The reason stands in the results. */
#define SKIP(...)                                                                              \
	do {                                                                                   \
		(void)snprintf(test_result->reason, sizeof(test_result->reason), __VA_ARGS__); \
		test_result->skipped = true;                                                   \
		exit(0);                                                                       \
	} while (0)

/* Waits for the one child, at most SECONDS. Returns its wait status, -1 when it had to be killed.
 */
static inline int test_wait(pid_t pid, time_t seconds)
{
	struct timespec end, now, left;
	sigset_t child;
	int status;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		left = (struct timespec){ .tv_sec = end.tv_sec - now.tv_sec };
		if (left.tv_sec <= 0) {
			(void)kill(-pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			return -1;
		}
		(void)sigtimedwait(&child, NULL, &left);
	}
	(void)kill(-pid, SIGKILL); /* what the test left behind */
	return status;
}

static inline int test_fork_and_wait(const struct test_case *test)
{
	sigset_t child, old;
	pid_t pid;
	int status;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, &old);
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)setpgid(0, 0);
		(void)sigprocmask(SIG_SETMASK, &old, NULL);
		test->run();
		(void)fflush(stdout);
		exit(test_result->failures ? 1 : 0);
	}
	if (pid > 0)
		(void)setpgid(pid, pid); /* whoever is first */
	status = pid < 0 ? 1 << 8 : test_wait(pid, test->seconds);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return status;
}

/* Runs one test and prints its line. Returns whether it passed, or was skipped. */
static inline bool test_run(const struct test_case *test, unsigned int number)
{
	int status;

	*test_result = (struct test_result){ 0 };
	status = test_fork_and_wait(test);
	if (status == 0 && test_result->failures == 0) {
		printf("ok %u - %s%s%s\n", number, test->name,
			test_result->skipped ? " # SKIP " : "", test_result->reason);
		return true;
	}
	printf("not ok %u - %s\n", number, test->name);
	if (status == -1)
		printf("# took longer than %lld s\n", (long long)test->seconds);
	else if (WIFSIGNALED(status))
		printf("# ended by signal %d (%s)\n", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (test_result->failures == 0)
		printf("# exit status %d\n", WEXITSTATUS(status));
	return false;
}

static inline bool test_is_wanted(const struct test_case *test, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], test->name) == 0)
			return true;
	return argc < 2;
}

/* The first argument that names no test, else NULL. */
static inline const char *test_unknown(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const struct test_case *test = test_first;

		while (test && strcmp(argv[i], test->name) != 0)
			test = test->next;
		if (!test)
			return argv[i];
	}
	return NULL;
}

static inline int test_list(void)
{
	for (const struct test_case *test = test_first; test; test = test->next)
		puts(test->name);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int number = 0, failed = 0, wanted = 0;
	const char *unknown;

	if (argc == 2 && strcmp(argv[1], "-l") == 0)
		return test_list();
	unknown = test_unknown(argc, argv);
	if (unknown) {
		(void)fprintf(stderr, "%s: no such test; -l lists them\n", unknown);
		return 2;
	}
	test_result = mmap(NULL, sizeof(*test_result), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (test_result == MAP_FAILED) {
		perror("mmap");
		return 2;
	}
	for (const struct test_case *test = test_first; test; test = test->next)
		wanted += test_is_wanted(test, argc, argv);
	printf("1..%u\n", wanted);
	for (const struct test_case *test = test_first; test; test = test->next)
		if (test_is_wanted(test, argc, argv))
			failed += !test_run(test, ++number);
	return failed ? 1 : 0;
}

#endif
