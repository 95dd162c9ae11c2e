/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers' seccomp profiles as policies.
 */
#include "oci_seccomp.h"

#include "oci/json.h"
#include "policy/file.h"

#define FIXTURES FIXTURES_DIR "/seccomp"

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
	{ "", "1:0: not JSON: '[' or '{' expected near end of file" },
	{ "{\n \"defaultAction\": oops}", "2:22: not JSON: invalid token near 'oops'" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\"",
		"1:33: not JSON: '}' expected near end of file" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"defaultAction\": \"SCMP_ACT_TRAP\"}",
		"1:50: duplicate object key near '\"defaultAction\"'" },
	{ "{\"a\": 18446744073709551615, x", "1:29: not JSON: string or '}' expected near 'x'" },
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
