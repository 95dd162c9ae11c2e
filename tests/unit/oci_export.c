/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies as containers' seccomp profiles, and back.
 */
#include "oci_seccomp.h"

/* Whether all cases of A are among those of B. */
static bool is_within(const struct policy_call *a, const struct policy_call *b)
{
	if (!b->cases.n)
		return true;
	return a->cases.n && cases_cover(&b->cases, &a->cases);
}

static void compare_lists(const struct policy_calls *a, const struct policy_calls *b)
{
	EXPECT_EQ(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct policy_call *other = calls_find(b, a->v[i].name);

		if (!other)
			EXPECT_STREQ("is lost", a->v[i].name);
		else if (!is_within(&a->v[i], other) || !is_within(other, &a->v[i]))
			EXPECT_STREQ("is another", a->v[i].name);
	}
}

static char *export(const struct policy *policy, const struct policy_calls *calls)
{
	char *json = NULL;

	ASSERT_EQ(0, oci_seccomp_export(policy, calls, oci_arch_native(), &json, &err));
	return json;
}

static void check_round_trip(const struct policy *policy)
{
	_cleanup_calls_ struct policy_calls before = { 0 }, after = { 0 };
	_cleanup_policy_ struct policy *again = NULL;
	_cleanup_oci_import_ struct oci_import back = { 0 };
	_cleanup_free_ char *json = NULL;

	list_calls(policy, &before);
	json = export(policy, &before);
	/* What a list leaves may be more cases than the list. */
	if (import("back.json", json, &back) < 0 && strstr(err.text, "cases"))
		return;
	if (!back.policy)
		printf("# %s: of\n%s\n", err.text, json);
	ASSERT_TRUE(back.policy);
	for (size_t i = 0; i < back.notes.n; i++)
		EXPECT_STREQ("nothing is noted", back.notes.v[i]);
	again = load(back.policy);
	list_calls(again, &after);
	compare_lists(&before, &after);
	EXPECT_EQ(policy->seccomp.action, again->seccomp.action);
	EXPECT_EQ(policy->seccomp.errnum, again->seccomp.errnum);
}

TEST(round_trips)
{
	static const char *const policies[] = {
		"version = 1\n[seccomp]\nprofile = @default\n",
		"version = 1\n[seccomp]\nprofile = @wazero\n",
		"version = 1\n[seccomp]\nprofile = @strict\n",
		"version = 1\n[seccomp]\nprofile = @bare\ndefault = kill\n",
		"version = 1\n[seccomp]\nprofile = @bare\ndefault = errno ENOSYS\n",
		"version = 1\n[seccomp]\nprofile = @default\ndefault = trap\nallow = clone3\n"
		"allow = keyctl(operation == KEYCTL_SEARCH) personality(persona == 0xffffffff)\n"
		"deny = socket(domain != AF_INET) socket(type & 0xf == SOCK_RAW)\n"
		"deny = lseek(offset & 0x8000000000000000 != 0) fallocate(offset != -1)\n",
	};

	start();
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		_cleanup_policy_ struct policy *policy = load(policies[i]);

		check_round_trip(policy);
	}
}

TEST(what_is_exported)
{
	_cleanup_calls_ struct policy_calls calls = { 0 };
	_cleanup_policy_ struct policy *policy = NULL;
	_cleanup_free_ char *json = NULL;

	start();
	policy = load("version = 1\n[seccomp]\nprofile = @bare\ndefault = errno EACCES\n"
		      "allow = read lseek(offset == -1) socket(domain == 2 && type & 3 == 1)\n");
	list_calls(policy, &calls);
	json = export(policy, &calls);
	EXPECT_STREQ("{\n"
		     "  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n"
		     "  \"defaultErrnoRet\": 13,\n"
		     "  \"architectures\": [\"SCMP_ARCH_X86_64\"],\n"
		     "  \"syscalls\": [\n"
		     "    {\n"
		     "      \"names\": [\n"
		     "        \"execve\",\n"
		     "        \"exit_group\",\n"
		     "        \"read\"\n"
		     "      ],\n"
		     "      \"action\": \"SCMP_ACT_ALLOW\"\n"
		     "    },\n"
		     "    {\n"
		     "      \"names\": [\"lseek\"],\n"
		     "      \"action\": \"SCMP_ACT_ALLOW\",\n"
		     "      \"args\": [\n"
		     "        { \"index\": 1, \"value\": 18446744073709551615, \"op\": "
		     "\"SCMP_CMP_EQ\" }\n"
		     "      ]\n"
		     "    },\n"
		     "    {\n"
		     "      \"names\": [\"socket\"],\n"
		     "      \"action\": \"SCMP_ACT_ALLOW\",\n"
		     "      \"args\": [\n"
		     "        { \"index\": 0, \"value\": 4294967295, \"valueTwo\": 2, \"op\": "
		     "\"SCMP_CMP_MASKED_EQ\" },\n"
		     "        { \"index\": 1, \"value\": 3, \"valueTwo\": 1, \"op\": "
		     "\"SCMP_CMP_MASKED_EQ\" }\n"
		     "      ]\n"
		     "    },\n"
		     "    {\n"
		     "      \"names\": [\"clone3\"],\n"
		     "      \"action\": \"SCMP_ACT_ERRNO\",\n"
		     "      \"errnoRet\": 38\n"
		     "    }\n"
		     "  ]\n"
		     "}\n",
		json);
}

/* Tests without pointers, of which a part of the bits can be left to test, and nobody could. */
static void write_random_list(FILE *out, const char *key)
{
	static const char *const tests[] = { "socket(domain %s %d)", "socket(type & 0xf %s %d)",
		"fallocate(mode %s %d)", "fallocate(offset %s %d)", "keyctl(arg5 & 0xffff %s %d)",
		"personality(persona & 0xff00f %s %d)", "lseek(offset %s %d)",
		"ioctl(request %s %d)" };
	static const char *const words[] = { "==", "!=" };

	for (int i = rand() % 5; i > 0; i--) {
		(void)fprintf(out, "%s = ", key);
		(void)fprintf(out, tests[rand() % (int)ARRAY_SIZE(tests)], words[rand() % 2],
			1 + rand() % 9);
		(void)fputc('\n', out);
	}
}

static bool try_policy(void)
{
	_cleanup_policy_ struct policy *policy = NULL;
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ASSERT_TRUE(out);
	(void)fputs("version = 1\n[seccomp]\nprofile = @bare\nallow = read shutdown\n", out);
	write_random_list(out, "allow");
	write_random_list(out, "deny");
	(void)fputs("deny = shutdown(how == 1)\n", out);
	ASSERT_EQ(0, fclose(out));
	policy = load(text);
	if (policy)
		check_round_trip(policy);
	return policy != NULL;
}

TEST(round_trips_of_random_policies)
{
	int tried = 0;

	start();
	srand(6);
	for (int i = 0; i < 300; i++)
		tried += try_policy();
	EXPECT_GT(tried, 200);
}
