/* SPDX-License-Identifier: Apache-2.0 */
/* By hand: jansson's integers have a sign, these don't. What is written needs no escaping. */
#include "oci/seccomp_export.h"

#include "oci/memory.h"

/* An entry of `syscalls`, up to its action. */
static void begin_entry(FILE *out, bool *first)
{
	(void)fputs(*first ? "\n    {\n" : ",\n    {\n", out);
	*first = false;
}

static void put_whole(FILE *out, const struct policy_calls *allowed, bool *first)
{
	size_t n = 0;

	for (size_t i = 0; i < allowed->n; i++) {
		if (allowed->v[i].cases.n)
			continue;
		if (n++ == 0) {
			begin_entry(out, first);
			(void)fputs("      \"names\": [\n", out);
		}
		(void)fprintf(out, "%s        \"%s\"", n > 1 ? ",\n" : "", allowed->v[i].name);
	}
	if (n)
		(void)fputs("\n      ],\n      \"action\": \"SCMP_ACT_ALLOW\"\n    }", out);
}

static void put_arg(FILE *out, const struct call_case *one, int i)
{
	if (one->mask[i] == UINT64_MAX)
		(void)fprintf(out,
			"        { \"index\": %d, \"value\": %llu, \"op\": \"SCMP_CMP_EQ\" }", i,
			(unsigned long long)one->value[i]);
	else
		(void)fprintf(out,
			"        { \"index\": %d, \"value\": %llu, \"valueTwo\": %llu, "
			"\"op\": \"SCMP_CMP_MASKED_EQ\" }",
			i, (unsigned long long)one->mask[i], (unsigned long long)one->value[i]);
}

static void put_case(FILE *out, const char *call, const struct call_case *one, bool *first)
{
	const char *separator = "\n";

	begin_entry(out, first);
	(void)fprintf(out,
		"      \"names\": [\"%s\"],\n      \"action\": \"SCMP_ACT_ALLOW\",\n"
		"      \"args\": [",
		call);
	for (int i = 0; i < CALL_ARGS; i++) {
		if (!one->mask[i])
			continue;
		(void)fputs(separator, out);
		put_arg(out, one, i);
		separator = ",\n";
	}
	(void)fputs("\n      ]\n    }", out);
}

/* As every filter of ours has it: libraries then call clone instead. */
static void put_clone3(FILE *out, bool *first)
{
	begin_entry(out, first);
	(void)fprintf(out,
		"      \"names\": [\"clone3\"],\n      \"action\": \"SCMP_ACT_ERRNO\",\n"
		"      \"errnoRet\": %d\n    }",
		ENOSYS);
}

static void put_default(FILE *out, const struct policy *policy)
{
	static const char *const actions[] = {
		[POLICY_SECCOMP_ERRNO] = "SCMP_ACT_ERRNO",
		[POLICY_SECCOMP_KILL] = "SCMP_ACT_KILL_PROCESS",
		[POLICY_SECCOMP_TRAP] = "SCMP_ACT_TRAP",
	};

	(void)fprintf(out, "  \"defaultAction\": \"%s\",\n", actions[policy->seccomp.action]);
	if (policy->seccomp.action == POLICY_SECCOMP_ERRNO)
		(void)fprintf(out, "  \"defaultErrnoRet\": %d,\n", policy->seccomp.errnum);
}

static void put_profile(FILE *out, const struct policy *policy, const struct policy_calls *allowed,
	const struct oci_arch *arch)
{
	bool first = true, enosys = policy->seccomp.action == POLICY_SECCOMP_ERRNO &&
				    policy->seccomp.errnum == ENOSYS;

	(void)fputs("{\n", out);
	put_default(out, policy);
	(void)fprintf(out, "  \"architectures\": [\"%s\"],\n  \"syscalls\": [", arch->token);
	put_whole(out, allowed, &first);
	for (size_t i = 0; i < allowed->n; i++)
		for (size_t j = 0; j < allowed->v[i].cases.n; j++)
			put_case(out, allowed->v[i].name, &allowed->v[i].cases.v[j], &first);
	/* A rule that says what the default does is none to libseccomp, but an error. */
	if (!enosys && !calls_find(allowed, "clone3"))
		put_clone3(out, &first);
	(void)fputs("\n  ]\n}\n", out);
}

int oci_seccomp_export(const struct policy *policy, const struct policy_calls *allowed,
	const struct oci_arch *arch, char **ret_json, struct sbx_error *err)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out)
		put_profile(out, policy, allowed, arch);
	if (!out || memory_end(out, &text) < 0)
		return error_errno(err, ENOMEM, "write the profile");
	*ret_json = text;
	return 0;
}
