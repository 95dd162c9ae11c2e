/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers' seccomp profiles as policies, and back. What a profile means is said by an evaluator
 * of its own here; what a policy means by the lists that the launcher makes of it.
 */
#include "oci/json.h"
#include "oci/seccomp_export.h"
#include "oci/seccomp_import.h"
#include "owner.h"
#include "policy/allowlist.h"
#include "policy/file.h"
#include "policy/test.h"
#include "tmpdir.h"

#include <inttypes.h>

#define FIXTURES FIXTURES_DIR "/seccomp"

static const struct policy_dirs dirs = { "/nonexistent", POLICIES_DIR };
static struct sbx_error err;

/* The machine that the expected texts are for. */
static struct oci_host host(void)
{
	return (struct oci_host){ oci_arch_native(), { 6, 12 } };
}

static int import(const char *name, const char *text, struct oci_import *ret)
{
	struct oci_host here = host();

	as_owner_of(POLICIES_DIR);
	err = (struct sbx_error){ 0 };
	ASSERT_TRUE(here.arch);
	return oci_seccomp_import(&dirs, &here, name, text, strlen(text), ret, &err);
}

/* ---- a line of a table: a profile, and what comes of it ---- */

#define HEAD	"version = 1\n\n[seccomp]\nprofile = @bare\n"
#define DENYING HEAD "default = errno EPERM\n"

/* Rules behind an answer to all other calls; execve and exit_group as every profile has them. */
#define RULES(rules)                                                                       \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"execve\", " \
	"\"exit_group\"], \"action\": \"SCMP_ACT_ALLOW\"}, " rules "]}"
#define RULE(call, action, more) \
	"{\"names\": [\"" call "\"], \"action\": \"SCMP_ACT_" action "\"" more "}"
#define ARG(index, op, value, two)                                                 \
	"{\"index\": " #index ", \"op\": \"SCMP_CMP_" #op "\", \"value\": " #value \
	", \"valueTwo\": " #two "}"
#define ARGS(args) ", \"args\": [" args "]"

struct example {
	const char *json;
	const char *policy; /* what follows the comments */
	const char *notes; /* a line each */
};

static void print_notes(const struct strv *notes, char *text, size_t size)
{
	size_t n = 0;

	*text = '\0';
	for (size_t i = 0; i < notes->n && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s\n", notes->v[i]);
}

static void check_example(const struct example *e)
{
	_cleanup_oci_import_ struct oci_import seen = { 0 };
	const char *policy;
	char notes[4096];

	EXPECT_EQ(0, import("x.json", e->json, &seen));
	EXPECT_STREQ("", err.text);
	if (!seen.policy) {
		printf("# of %s\n", e->json);
		return;
	}
	policy = strstr(seen.policy, "version = 1");
	print_notes(&seen.notes, notes, sizeof(notes));
	EXPECT_STREQ(e->policy, policy);
	EXPECT_STREQ(e->notes, notes);
}

#define WHOLE "allow = execve exit_group"

static const struct example examples[] = {
	/* the answer to all that isn't allowed */
	{ RULES(RULE("read", "ALLOW", "")), DENYING WHOLE " read\n", "" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38, \"syscalls\": "
	  "[{\"names\": [\"execve\", \"exit_group\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
		HEAD "default = errno ENOSYS\n" WHOLE "\n", "" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\"}", HEAD "default = kill\n",
		"execve is allowed: every program needs it\n"
		"exit_group is allowed: every program needs it\n" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL_THREAD\", \"syscalls\": "
	  "[{\"names\": [\"execve\", \"exit_group\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
		HEAD "default = kill\n" WHOLE "\n", "" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\", \"syscalls\": "
	  "[{\"names\": [\"execve\", \"exit_group\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
		HEAD "default = kill\n" WHOLE "\n", "" },
	{ "{\"defaultAction\": \"SCMP_ACT_TRAP\", \"syscalls\": "
	  "[{\"names\": [\"execve\", \"exit_group\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
		HEAD "default = trap\n" WHOLE "\n", "" },

	/* names */
	{ RULES("{\"name\": \"read\", \"action\": \"SCMP_ACT_ALLOW\", \"args\": null}"),
		DENYING WHOLE " read\n", "" },
	{ RULES("{\"names\": [\"read\", \"fstat64\", \"socketcall\", \"no_call\", \"read\"], "
		"\"action\": \"SCMP_ACT_ALLOW\"}"),
		DENYING WHOLE " read\n", "syscalls[1]: no calls that are known here: 'no_call'\n" },
	{ RULES("{\"names\": [\"x\\nallow = ptrace\", \"\\u202e\"], "
		"\"action\": \"SCMP_ACT_ALLOW\"}"),
		DENYING WHOLE "\n",
		"syscalls[1]: no calls that are known here: 'x?allow = ptrace' '?\?\?'\n" },

	/* arguments: each comparison */
	{ RULES(RULE("fallocate", "ALLOW",
		  ARGS(ARG(0, NE, 1, 0) ", " ARG(1, LT, 2, 0) ", " ARG(2, LE, 3, 0)))),
		DENYING WHOLE "\nallow = fallocate(fd != 1 && mode < 2 && offset <= 3)\n", "" },
	{ RULES(RULE("fallocate", "ALLOW", ARGS(ARG(3, GE, 4, 0)))),
		DENYING WHOLE "\nallow = fallocate(len >= 4)\n", "" },
	{ RULES(RULE("fallocate", "ALLOW", ARGS(ARG(0, NE, 1, 0) ", " ARG(1, NE, 2, 0)))),
		DENYING WHOLE "\n",
		"syscalls[1]: fallocate(fd != 1 && mode != 2) is not allowed by it: too many cases "
		"for a filter: 128 at most\n" },
	{ RULES(RULE("fallocate", "ALLOW", ARGS(ARG(3, GT, 4, 0) ", " ARG(1, EQ, 7, 0)))),
		DENYING WHOLE "\nallow = fallocate(len > 4 && mode == 7)\n", "" },
	{ RULES(RULE("socket", "ALLOW", ARGS(ARG(1, MASKED_EQ, 15, 1)))),
		DENYING WHOLE "\nallow = socket(type & 0xf == 0x1)\n", "" },
	{ RULES(RULE("socket", "ALLOW", ARGS(ARG(1, MASKED_EQ, 18446744073709551615, 1)))),
		DENYING WHOLE "\nallow = socket(type == 0x1)\n", "" },
	/* one twice: any of them is enough */
	{ RULES(RULE("socket", "ALLOW", ARGS(ARG(0, EQ, 1, 0) ", " ARG(0, EQ, 2, 0)))),
		DENYING WHOLE "\nallow = socket(domain == 1) socket(domain == 2)\n", "" },
	{ RULES(RULE("socket", "ALLOW",
		  ARGS(ARG(0, EQ, 1, 0) ", " ARG(1, EQ, 5, 0) ", " ARG(0, EQ, 1, 0)))),
		DENYING WHOLE "\nallow = socket(domain == 1) socket(type == 5)\n", "" },
	/* 64 bits without sign: an int below zero, and all of a long */
	{ RULES(RULE("socket", "ALLOW", ARGS(ARG(0, EQ, 18446744073709551615, 0)))),
		DENYING WHOLE "\nallow = socket(domain == -1)\n", "" },
	{ RULES(RULE("fallocate", "ALLOW", ARGS(ARG(2, EQ, 18446744073709551615, 0)))),
		DENYING WHOLE "\nallow = fallocate(offset == 0xffffffffffffffff)\n", "" },
	{ RULES(RULE("fallocate", "ALLOW", ARGS(ARG(2, LT, 9223372036854775808, 0)))),
		DENYING WHOLE "\nallow = fallocate(offset < 0x8000000000000000)\n", "" },
	/* by number, whatever they are named */
	{ RULES(RULE("prctl", "ALLOW", ARGS(ARG(0, EQ, 1, 0) ", " ARG(2, EQ, 3, 0)))),
		DENYING WHOLE "\nallow = prctl(option == 1 && arg3 & 0xffffffffffffffff == 3)\n",
		"" },
	{ RULES(RULE("prctl", "ALLOW", ARGS(ARG(5, EQ, 1, 0)))), DENYING WHOLE "\n",
		"syscalls[1]: prctl(argument5 == 1) is not allowed by it: 'prctl' has no argument "
		"'argument5': it has option, arg2, arg3, arg4, arg5\n" },
	/* a whole call needs no test */
	{ RULES(RULE("socket", "ALLOW", ARGS(ARG(0, EQ, 1, 0))) ", " RULE("socket", "ALLOW", "")),
		DENYING WHOLE " socket\n", "" },
	{ RULES(RULE("exit_group", "ALLOW", ARGS(ARG(0, EQ, 1, 0)))), DENYING WHOLE "\n", "" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(1, EQ, 1, 0))) ", " RULE("read", "ALLOW", "")),
		DENYING WHOLE " read\n", "" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" RULE("execve", "ALLOW",
		  "") ", " RULE("exit_group", "ALLOW", ARGS(ARG(0, EQ, 1, 0))) "]}",
		DENYING "allow = execve\n", "exit_group is allowed: every program needs it\n" },
	/* what no test can say: nothing is allowed by it */
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(5, EQ, 1, 0)))), DENYING WHOLE "\n",
		"syscalls[1]: read(argument5 == 1) is not allowed by it: 'read' has no argument "
		"'argument5': "
		"it has fd, buf, count\n" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(1, NE, 1, 0)))), DENYING WHOLE "\n",
		"syscalls[1]: read(buf != 1) is not allowed by it: a pointer can be compared with "
		"0 alone: what it points to is beyond a filter\n" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(0, EQ, 4294967297, 0)))), DENYING WHOLE "\n",
		"syscalls[1]: read(fd == 0x100000001) is not allowed by it: 0x100000001 does not "
		"fit into what the kernel looks at, 0xffffffff\n" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(0, GE, 0, 0)))), DENYING WHOLE "\n",
		"syscalls[1]: read(fd >= 0) is not allowed by it: 'fd >= 0' holds always or "
		"never\n" },
	{ RULES(RULE("getpid", "ALLOW", ARGS(ARG(0, EQ, 0, 0)))), DENYING WHOLE "\n",
		"syscalls[1]: getpid(argument0 == 0) is not allowed by it: no argument of 'getpid' "
		"can "
		"be tested\n" },

	/* conditions, on Linux 6.12 without capabilities */
	{ RULES(RULE("bpf", "ALLOW", ", \"includes\": {\"caps\": [\"CAP_BPF\"]}")),
		DENYING WHOLE "\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"excludes\": {\"caps\": [\"CAP_BPF\"]}")),
		DENYING "allow = bpf execve exit_group\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"includes\": {\"arches\": [\"arm64\", \"amd64\"]}")),
		DENYING "allow = bpf execve exit_group\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"includes\": {\"arches\": [\"arm64\", \"x86\"]}")),
		DENYING WHOLE "\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"excludes\": {\"arches\": [\"amd64\"]}")),
		DENYING WHOLE "\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"excludes\": {\"arches\": [\"s390x\"]}")),
		DENYING "allow = bpf execve exit_group\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"includes\": {\"minKernel\": \"6.12\"}")),
		DENYING "allow = bpf execve exit_group\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"includes\": {\"minKernel\": \"6.13\"}")),
		DENYING WHOLE "\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"includes\": {\"minKernel\": \"5.99\"}")),
		DENYING "allow = bpf execve exit_group\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"excludes\": {\"minKernel\": \"6.12\"}")),
		DENYING WHOLE "\n", "" },
	{ RULES(RULE("bpf", "ALLOW", ", \"excludes\": {\"minKernel\": \"7.0\"}")),
		DENYING "allow = bpf execve exit_group\n", "" },
	{ RULES(RULE("bpf", "ALLOW",
		  ", \"includes\": {\"arches\": [\"amd64\"], \"caps\": "
		  "[\"CAP_BPF\"]}")),
		DENYING WHOLE "\n", "" },

	/* rules that deny */
	{ RULES(RULE("bpf", "ERRNO", "")), DENYING WHOLE "\n", "" },
	{ RULES(RULE("bpf", "ERRNO", ", \"errnoRet\": 1")), DENYING WHOLE "\n", "" },
	{ RULES(RULE("clone3", "ERRNO", ", \"errnoRet\": 38")), DENYING WHOLE "\n", "" },
	{ RULES(RULE("bpf", "ERRNO", ", \"errnoRet\": 38")), DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'errno ENOSYS': bpf\n" },
	{ RULES(RULE("bpf", "ERRNO", ", \"errnoRet\": 0")), DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'errno 0': bpf\n" },
	{ RULES(RULE("bpf", "ERRNO", ", \"errno\": \"EINVAL\", \"errnoRet\": 22")),
		DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'errno EINVAL': bpf\n" },
	{ RULES("{\"names\": [\"bpf\", \"acct\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"}"),
		DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'kill': bpf acct\n" },
	{ RULES(RULE("bpf", "TRAP", "")), DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'trap': bpf\n" },
	{ RULES(RULE("bpf", "LOG", "")), DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'SCMP_ACT_LOG': bpf\n" },
	{ RULES(RULE("bpf", "TRACE", "")), DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'SCMP_ACT_TRACE': bpf\n" },
	{ RULES(RULE("bpf", "NOTIFY", "")), DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'SCMP_ACT_NOTIFY': bpf\n" },
	{ RULES(RULE("bpf", "\\u001b[2J", "")), DENYING WHOLE "\n",
		"syscalls[1]: the answer is 'errno EPERM' instead of 'SCMP_ACT_?[2J': bpf\n" },
	/* of a call that is allowed too */
	{ RULES(RULE("socket", "ALLOW", "") ", " RULE("socket", "ERRNO", ARGS(ARG(0, EQ, 16, 0)))),
		DENYING WHOLE " socket\ndeny = socket(domain == 16)\n",
		"syscalls[2]: socket is denied by it and allowed by another rule: denied\n" },
	{ RULES(RULE("socket", "ERRNO", "") ", " RULE("socket", "ALLOW", ARGS(ARG(0, EQ, 16, 0)))),
		DENYING WHOLE "\nallow = socket(domain == 16)\ndeny = socket\n",
		"syscalls[1]: socket is denied by it and allowed by another rule: denied\n" },
	{ RULES(RULE("socket", "ERRNO", ARGS(ARG(0, EQ, 16, 0))) ", " RULE(
		  "socket", "ALLOW", ARGS(ARG(0, NE, 16, 0)))),
		DENYING WHOLE "\nallow = socket(domain != 16)\n", "" },
	{ RULES(RULE("socket", "ALLOW", "") ", " RULE("socket", "LOG", ARGS(ARG(0, EQ, 16, 0)))),
		DENYING WHOLE " socket\ndeny = socket(domain == 16)\n",
		"syscalls[2]: socket is denied by it and allowed by another rule: denied\n"
		"syscalls[2]: the answer is 'errno EPERM' instead of 'SCMP_ACT_LOG': socket\n" },
	/* what no test can say is denied as a whole */
	{ RULES(RULE("read", "ALLOW", "") ", " RULE("read", "ERRNO", ARGS(ARG(1, EQ, 4096, 0)))),
		DENYING WHOLE " read\ndeny = read\n",
		"syscalls[2]: read(buf == 4096) denies all of read: a pointer can be compared with "
		"0 alone: what it points to is beyond a filter\n"
		"syscalls[2]: read is denied by it and allowed by another rule: denied\n" },

	/* what is beside the rules */
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"architectures\": [\"SCMP_ARCH_X86_64\", "
	  "\"SCMP_ARCH_X32\"], \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"], \"listenerPath\": "
	  "\"/x\", \"listenerMetadata\": \"m\", \"new\": 1, \"comment\": \"c\", \"syscalls\": "
	  "[{\"names\": [\"execve\", \"exit_group\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
		HEAD "default = kill\n" WHOLE "\n",
		"flags: [\"SECCOMP_FILTER_FLAG_LOG\"]\n"
		"listenerPath: \"/x\"\n"
		"listenerMetadata: \"m\"\n"
		"new is not known here\n"
		"SCMP_ARCH_X32: calls of other architectures are killed\n" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"architectures\": [], \"flags\": [], "
	  "\"listenerPath\": \"\", \"syscalls\": "
	  "[{\"names\": [\"execve\", \"exit_group\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
		HEAD "default = kill\n" WHOLE "\n", "" },
};

TEST(each_feature)
{
	for (size_t i = 0; i < ARRAY_SIZE(examples); i++)
		check_example(&examples[i]);
}

/* ---- profiles that are none ---- */

static const struct {
	const char *json, *error;
} bad[] = {
	{ "", "1:0: '[' or '{' expected near end of file" },
	{ "{\n \"defaultAction\": oops}", "2:22: invalid token near 'oops'" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\"", "1:33: '}' expected near end of file" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"defaultAction\": \"SCMP_ACT_TRAP\"}",
		"1:50: duplicate object key near '\"defaultAction\"'" },
	{ "{\"a\": 18446744073709551615, x", "1:29: string or '}' expected near 'x'" },
	{ "{\"a\": 1e999}", "1:11: real number overflow near '1e999'" },
	{ "{}", "is no seccomp profile: it has neither 'defaultAction' nor 'linux.seccomp'" },
	{ "[]", "is no seccomp profile: it has neither 'defaultAction' nor 'linux.seccomp'" },
	{ "{\"linux\": {\"seccomp\": null}}",
		"is no seccomp profile: it has neither 'defaultAction' nor 'linux.seccomp'" },
	{ "{\"linux\": {\"seccomp\": {}}}", "linux.seccomp: 'defaultAction' is missing" },
	{ "{\"linux\": {\"seccomp\": 1}}", "linux.seccomp: is no object" },
	{ "{\"defaultAction\": null}", "the document: 'defaultAction' is missing" },
	{ "{\"defaultAction\": 1}", "defaultAction: is no string" },
	{ "{\"defaultAction\": \"SCMP_ACT_LOG\"}",
		"defaultAction: 'SCMP_ACT_LOG' can't be carried: a policy's is an error, kill or "
		"trap" },
	{ "{\"defaultAction\": \"SCMP_ACT_TRACE\"}",
		"defaultAction: 'SCMP_ACT_TRACE' can't be carried: a policy's is an error, kill or "
		"trap" },
	{ "{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}",
		"defaultAction: 'SCMP_ACT_NOTIFY' can't be carried: a policy's is an error, kill "
		"or trap" },
	{ "{\"defaultAction\": \"\\u001b[2J\"}",
		"defaultAction: '?[2J' can't be carried: a policy's is an error, kill or trap" },
	{ "{\"defaultAction\": \"allow\"}",
		"defaultAction: 'allow' can't be carried: a policy's is an error, kill or trap" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 0}",
		"defaultAction: 'errno 0' can't be carried: a policy's is an error, kill or trap" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 4096}",
		"defaultErrnoRet: is no error's number, 0 to 4095" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": -1}",
		"defaultErrnoRet: is no error's number, 0 to 4095" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"EWHAT\"}",
		"the document: 'EWHAT' is no error's name" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"EPERM\", "
	  "\"defaultErrnoRet\": 38}",
		"the document: the error's name, 'EPERM', and its number, 38, differ" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"architectures\": [\"SCMP_ARCH_AARCH64\"]}",
		"architectures: 'SCMP_ARCH_X86_64' is not among them" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"archMap\": [{\"architecture\": "
	  "\"SCMP_ARCH_AARCH64\", \"subArchitectures\": [\"SCMP_ARCH_X86_64\"]}]}",
		"archMap: 'SCMP_ARCH_X86_64' is not among them" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"architectures\": [\"SCMP_ARCH_X86_64\"], "
	  "\"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\"}]}",
		"the document: has both 'architectures' and 'archMap'" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"architectures\": [1]}",
		"architectures[0]: is no string" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"archMap\": [{}]}",
		"archMap[0]: 'architecture' is missing" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"syscalls\": {}}", "syscalls: is no array" },
	{ RULES("1"), "syscalls[1]: is no object" },
	{ RULES("{}"), "syscalls[1]: 'action' is missing" },
	{ RULES("{\"action\": \"SCMP_ACT_ALLOW\"}"), "syscalls[1]: names no system call" },
	{ RULES("{\"action\": \"SCMP_ACT_ALLOW\", \"names\": []}"),
		"syscalls[1]: names no system call" },
	{ RULES("{\"action\": \"SCMP_ACT_ALLOW\", \"names\": \"read\"}"),
		"syscalls[1].names: is no array" },
	{ RULES("{\"action\": \"SCMP_ACT_ALLOW\", \"names\": [\"read\", 1]}"),
		"syscalls[1].names[1]: is no string" },
	{ RULES("{\"action\": \"SCMP_ACT_ALLOW\", \"names\": [\"read\"], \"name\": \"write\"}"),
		"syscalls[1]: has both 'name' and 'names'" },
	{ RULES(RULE("read", "ALLOW", ", \"when\": \"full moon\"")),
		"syscalls[1].when: is not known here, and may be a condition" },
	{ RULES(RULE("read", "ALLOW", ", \"\\u001b\": 0")),
		"syscalls[1].?: is not known here, and may be a condition" },
	{ RULES(RULE("read", "ALLOW", ", \"includes\": {\"users\": []}")),
		"syscalls[1].includes.users: is not known here, and may be a condition" },
	{ RULES(RULE("read", "ALLOW", ", \"includes\": []")),
		"syscalls[1].includes: is no object" },
	{ RULES(RULE("read", "ALLOW", ", \"excludes\": {\"minKernel\": 4.8}")),
		"syscalls[1].excludes.minKernel: is no string" },
	{ RULES(RULE("read", "ALLOW", ", \"includes\": {\"minKernel\": \"4\"}")),
		"syscalls[1].includes.minKernel: '4' is no kernel's version, as in 4.8" },
	{ RULES(RULE("read", "ALLOW", ", \"includes\": {\"minKernel\": \"4.8.1\"}")),
		"syscalls[1].includes.minKernel: '4.8.1' is no kernel's version, as in 4.8" },
	{ RULES(RULE("read", "ERRNO", ", \"errnoRet\": \"1\"")),
		"syscalls[1].errnoRet: is no error's number, 0 to 4095" },
	{ RULES(RULE("read", "ALLOW", ARGS("1"))), "syscalls[1].args[0]: is no object" },
	{ RULES(RULE("read", "ALLOW", ARGS("{\"index\": 0, \"value\": 0}"))),
		"syscalls[1].args[0]: 'op' is missing" },
	{ RULES(RULE("read", "ALLOW", ARGS("{\"index\": 0, \"op\": \"SCMP_CMP_EQ\"}"))),
		"syscalls[1].args[0]: 'value' is missing" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(0, IN, 1, 0)))),
		"syscalls[1].args[0].op: 'SCMP_CMP_IN' is no comparison" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(6, EQ, 1, 0)))),
		"syscalls[1].args[0].index: is no argument's number, 0 to 5" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(0, EQ, -1, 0)))),
		"syscalls[1].args[0].value: is no whole number from 0 to 18446744073709551615" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(0, EQ, 18446744073709551616, 0)))),
		"syscalls[1].args[0].value: is no whole number from 0 to 18446744073709551615" },
	{ RULES(RULE("read", "ALLOW", ARGS(ARG(0, MASKED_EQ, 1, 1.5)))),
		"syscalls[1].args[0].valueTwo: is no whole number from 0 to 18446744073709551615" },
	{ RULES(RULE("read", "ALLOW",
		  ARGS("{\"index\": 0, \"op\": \"SCMP_CMP_EQ\", \"value\": 1, "
		       "\"mask\": 1}"))),
		"syscalls[1].args[0].mask: is not known here, and may be a condition" },
	/* and those that come to no policy */
	{ RULES(RULE("execve", "ERRNO", "")),
		"no policy can be made of it: policy:10: deny: 'execve': nothing could be "
		"started without it" },
	{ RULES(RULE("lseek", "ALLOW",
		  ARGS(ARG(1, NE, 1, 0) ", " ARG(1, NE, 2, 0) ", " ARG(1, NE, 3, 0) ", " ARG(
			  1, NE, 4, 0) ", " ARG(1, NE, 5, 0)))),
		"no policy can be made of it: policy:10: 'lseek': its tests make more than 128 "
		"cases" },
};

TEST(errors)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_oci_import_ struct oci_import seen = { 0 };
		const char *separator = *bad[i].error > '0' && *bad[i].error <= '9' ? ":" : ": ";
		int r = import("x.json", bad[i].json, &seen);
		char wanted[512];

		(void)snprintf(wanted, sizeof(wanted), "x.json%s%s", separator, bad[i].error);
		EXPECT_EQ(-EINVAL, r);
		EXPECT_TRUE(!seen.policy && !seen.notes.n);
		EXPECT_STREQ(wanted, err.text);
	}
}

/* ---- numbers ---- */

TEST(numbers_have_64_bits_without_sign)
{
	static const struct {
		const char *json;
		bool good;
		uint64_t value;
	} numbers[] = {
		{ "0", true, 0 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", true, 1ULL << 63 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999999999999999999999999999", false, 0 },
		{ "-1", false, 0 },
		{ "-0", false, 0 },
		{ "1.0", false, 0 },
		{ "1e2", false, 0 },
		{ "\"18446744073709551615\"", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		json_auto_t *json = NULL;
		uint64_t value = 0;
		char text[128];

		(void)snprintf(text, sizeof(text), "[\"\\\"-7 \\\\\", %s,\"-9\"]", numbers[i].json);
		ASSERT_EQ(0, oci_json_load("x.json", text, strlen(text), &json, &err));
		EXPECT_EQ(numbers[i].good ? 0 : -EINVAL,
			oci_json_u64(json_array_get(json, 1), &value));
		EXPECT_TRUE(value == numbers[i].value);
		EXPECT_STREQ("\"-7 \\", json_string_value(json_array_get(json, 0)));
		EXPECT_STREQ("-9", json_string_value(json_array_get(json, 2)));
	}
}

/* ---- whole files, as engines ship them ---- */

static char *read_fixture(const char *name, const char *suffix)
{
	char path[PATH_MAX], *text = NULL;
	size_t size;

	(void)snprintf(path, sizeof(path), "%s/%s%s", FIXTURES, name, suffix);
	as_owner_of(path);
	if (file_read(path, &text, &size, &err) < 0)
		printf("# %s: %s\n", path, err.text);
	ASSERT_TRUE(text);
	return text;
}

static void check_fixture(const char *name)
{
	_cleanup_oci_import_ struct oci_import seen = { 0 };
	_cleanup_free_ char *json = read_fixture(name, ".json");
	_cleanup_free_ char *policy = read_fixture(name, ".ini");
	_cleanup_free_ char *wanted = read_fixture(name, ".notes");
	char file[64], notes[4096];

	(void)snprintf(file, sizeof(file), "%s.json", name);
	ASSERT_EQ(0, import(file, json, &seen));
	print_notes(&seen.notes, notes, sizeof(notes));
	EXPECT_STREQ(policy, seen.policy);
	EXPECT_STREQ(wanted, notes);
}

TEST(an_engines_profile)
{
	check_fixture("engine");
}

TEST(a_containers_configuration)
{
	check_fixture("container");
}

TEST(names_of_files_stay_in_their_comment)
{
	_cleanup_oci_import_ struct oci_import seen = { 0 };

	ASSERT_EQ(0, import("a\nversion = 1\n[seccomp]\nallow = ptrace\n.json",
			     RULES(RULE("read", "ALLOW", "")), &seen));
	EXPECT_TRUE(strstr(seen.policy, "; From 'a?version = 1?[seccomp]?allow = ptrace?.json'"));
	EXPECT_FALSE(strstr(seen.policy, "\n[seccomp]\nallow = ptrace"));
}

/* ---- what a policy comes to ---- */

/* NULL where it has more cases than a filter takes. */
static struct policy *load(const char *text)
{
	struct policy *policy = NULL;

	err = (struct sbx_error){ 0 };
	if (policy_load_file(&dirs, tmpdir_write("acme.ini", text), NULL, &policy, NULL, &err) == 0)
		return policy;
	if (!strstr(err.text, "cases"))
		printf("# %s\n%s\n", err.text, text);
	ASSERT_TRUE(strstr(err.text, "cases"));
	return NULL;
}

static void make_list(const struct policy *policy, struct allowlist *ret)
{
	_cleanup_calls_ struct policy_calls profile = { 0 };

	ASSERT_TRUE(policy);
	ASSERT_EQ(0, policy_load_profile(&dirs, policy->seccomp.profile, &profile, &err));
	ASSERT_EQ(0, allowlist_make(policy, &profile, ret, &err));
}

static void list_calls(const struct policy *policy, struct policy_calls *ret)
{
	_cleanup_allowlist_ struct allowlist list = { 0 };

	make_list(policy, &list);
	ASSERT_EQ(0, allowlist_flatten(&list, 1 << 16, ret, &err));
}

static void start(void)
{
	as_owner_of(POLICIES_DIR);
	(void)tmpdir_make();
}

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

/* ---- random ones ---- */

static const char *const ops[] = { "NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ" };
static const uint64_t values[] = { 0, 1, 2, 3, 7, 8, 0x10, 0x7fffffff, 0xffffffff, 1ULL << 63,
	UINT64_MAX };

/* Arguments of fallocate: fd, mode, offset, len. */
static const uint64_t widths[] = { UINT32_MAX, UINT32_MAX, UINT64_MAX, UINT64_MAX };

struct random_arg {
	int index, op;
	uint64_t value, two;
};

struct random_rule {
	bool allows;
	struct random_arg args[2];
	int n;
};

static uint64_t random_value(int index)
{
	return values[rand() % (int)ARRAY_SIZE(values)] & widths[index];
}

static struct random_rule random_rule(void)
{
	struct random_rule rule = { rand() % 3 > 0, { { 0 } }, rand() % 3 };

	for (int i = 0; i < rule.n; i++) {
		struct random_arg *arg = &rule.args[i];

		arg->index = rand() % 4;
		arg->op = rand() % 7;
		arg->value = random_value(arg->index);
		arg->two = arg->op == 6 ? random_value(arg->index) & arg->value : 0;
	}
	return rule;
}

static void write_rule(FILE *out, const struct random_rule *rule)
{
	(void)fprintf(out, ",{\"name\":\"fallocate\",\"action\":\"SCMP_ACT_%s\",\"args\":[",
		rule->allows ? "ALLOW" : "ERRNO");
	for (int i = 0; i < rule->n; i++)
		(void)fprintf(out,
			"%s{\"index\":%d,\"op\":\"SCMP_CMP_%s\",\"value\":%" PRIu64
			",\"valueTwo\":%" PRIu64 "}",
			i ? "," : "", rule->args[i].index, ops[rule->args[i].op],
			rule->args[i].value, rule->args[i].two);
	(void)fputs("]}", out);
}

static bool arg_holds(const struct random_arg *arg, const uint64_t *args)
{
	uint64_t x = args[arg->index];

	switch (arg->op) {
	case 0:
		return x != arg->value;
	case 1:
		return x < arg->value;
	case 2:
		return x <= arg->value;
	case 3:
		return x == arg->value;
	case 4:
		return x >= arg->value;
	case 5:
		return x > arg->value;
	default:
		return (x & arg->value) == arg->two;
	}
}

static bool rule_holds(const struct random_rule *rule, const uint64_t *args)
{
	bool any = rule->n == 2 && rule->args[0].index == rule->args[1].index;
	int holding = 0;

	for (int i = 0; i < rule->n; i++)
		holding += arg_holds(&rule->args[i], args);
	return any ? holding > 0 : holding == rule->n;
}

enum { RANDOM_RULES = 4 };

struct random_profile {
	bool allows; /* what no rule is about */
	struct random_rule rules[RANDOM_RULES];
	int n;
};

static bool profile_holds(const struct random_profile *p, const uint64_t *args)
{
	bool allowed = p->allows, denied = false;

	for (int i = 0; i < p->n; i++) {
		allowed |= p->rules[i].allows && rule_holds(&p->rules[i], args);
		denied |= !p->rules[i].allows && rule_holds(&p->rules[i], args);
	}
	return allowed && !denied;
}

static char *write_profile(const struct random_profile *p)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ASSERT_TRUE(out);
	(void)fprintf(out,
		"{\"defaultAction\":\"SCMP_ACT_%s\",\"syscalls\":[{\"names\":[\"execve\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}",
		p->allows ? "ALLOW" : "ERRNO");
	for (int i = 0; i < p->n; i++)
		write_rule(out, &p->rules[i]);
	(void)fputs("]}", out);
	ASSERT_EQ(0, fclose(out));
	return text;
}

static struct random_profile random_profile(void)
{
	struct random_profile p = { rand() % 4 == 0, { { 0 } }, 1 + rand() % RANDOM_RULES };

	for (int i = 0; i < p.n; i++)
		p.rules[i] = random_rule();
	return p;
}

static bool cases_hold(const struct call_cases *cases, const uint64_t args[static CALL_ARGS])
{
	struct call_case exact;

	for (int i = 0; i < CALL_ARGS; i++) {
		exact.mask[i] = UINT64_MAX;
		exact.value[i] = args[i];
	}
	return cases_overlap(cases, &(struct call_cases){ &exact, 1 });
}

static bool call_holds(const struct allowlist *list, const uint64_t *args)
{
	const struct policy_call *call = calls_find(&list->allow, "fallocate");

	for (size_t i = 0; i < list->deny.n; i++)
		if (streq(list->deny.v[i].name, "fallocate") &&
			cases_hold(&list->deny.v[i].cases, args))
			return false;
	return call && (!call->cases.n || cases_hold(&call->cases, args));
}

/* Whether a note says that something was made narrower than the profile has it. */
static bool is_narrowed(const struct strv *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		if (strstr(notes->v[i], "is not allowed by it") ||
			strstr(notes->v[i], "denies all of"))
			return true;
	return false;
}

/* Whether it comes to a policy: with too many cases it doesn't. */
static bool try_profile(unsigned int *exact)
{
	struct random_profile p = random_profile();
	_cleanup_policy_ struct policy *policy = NULL;
	_cleanup_allowlist_ struct allowlist list = { 0 };
	_cleanup_oci_import_ struct oci_import seen = { 0 };
	_cleanup_free_ char *json = write_profile(&p);
	bool narrowed;

	if (import("random.json", json, &seen) < 0) {
		EXPECT_TRUE(strstr(err.text, "cases"));
		return false;
	}
	policy = load(seen.policy);
	make_list(policy, &list);
	narrowed = is_narrowed(&seen.notes);
	*exact += !narrowed;
	for (int i = 0; i < 300; i++) {
		uint64_t args[CALL_ARGS] = { 0 };

		for (int arg = 0; arg < 4; arg++)
			args[arg] = (random_value(arg) + (uint64_t)(rand() % 3) - 1) & widths[arg];
		if (call_holds(&list, args))
			EXPECT_TRUE(profile_holds(&p, args));
		else if (!narrowed)
			EXPECT_FALSE(profile_holds(&p, args));
	}
	return true;
}

TEST(random_profiles_mean_the_same)
{
	unsigned int tried = 0, exact = 0;

	start();
	srand(5);
	for (int i = 0; i < 400; i++)
		tried += try_profile(&exact);
	EXPECT_GT(tried, 200);
	EXPECT_GT(exact, 100);
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

/* ---- what is allowed by default ---- */

TEST(all_but)
{
	_cleanup_policy_ struct policy *policy = NULL;
	_cleanup_calls_ struct policy_calls calls = { 0 };
	_cleanup_oci_import_ struct oci_import seen = { 0 };

	start();
	ASSERT_EQ(0, import("x.json",
			     "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [" RULE(
				     "acct", "ERRNO", ", \"errnoRet\": 13") "," RULE("bpf", "KILL",
				     "") "," RULE("socket", "ERRNO",
				     ", \"errnoRet\": 13" ARGS(
					     ARG(0, EQ, 16, 0))) "," RULE("connect", "NOTIFY",
				     "") "," RULE("socket", "ALLOW", ARGS(ARG(0, EQ, 16, 0))) "]}",
			     &seen));
	ASSERT_EQ(3, seen.notes.n);
	EXPECT_STREQ(
		"defaultAction: calls that are not known here are not allowed", seen.notes.v[0]);
	EXPECT_STREQ("syscalls[1]: the answer is 'errno EACCES' instead of 'kill': bpf",
		seen.notes.v[1]);
	EXPECT_STREQ(
		"syscalls[3]: the answer is 'errno EACCES' instead of 'SCMP_ACT_NOTIFY': connect",
		seen.notes.v[2]);
	EXPECT_TRUE(strstr(seen.policy, "\ndefault = errno EACCES\n"));
	EXPECT_TRUE(
		strstr(seen.policy, "\ndeny = acct bpf connect\ndeny = socket(domain == 16)\n"));
	policy = load(seen.policy);
	list_calls(policy, &calls);
	EXPECT_GT(calls.n, 300);
	EXPECT_TRUE(calls_find_whole(&calls, "ptrace") && calls_find_whole(&calls, "clone3"));
	EXPECT_FALSE(calls_find(&calls, "acct") || calls_find(&calls, "bpf") ||
		     calls_find(&calls, "connect") || calls_find_whole(&calls, "socket"));
}
