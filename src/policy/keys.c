/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every section and key of a tenant's policy. A row without a type is not built yet.
 */
#include "policy/check.h"
#include "policy/key.h"

#include <sys/resource.h>

#define FIELD(member) .offset = offsetof(struct policy, member)
#define SINCE_0_1     .since = "0.1"

const struct key_word runtime_words[] = {
	{ "wazero", POLICY_RUNTIME_WAZERO },
	{ "wasmtime", KEY_WORD_NOT_BUILT },
	{ "iwasm", KEY_WORD_NOT_BUILT },
	{ "wasmer", KEY_WORD_NOT_BUILT },
	{ "wasmedge", KEY_WORD_NOT_BUILT },
	{ "node", KEY_WORD_NOT_BUILT },
	{ 0 },
};

static const struct key_word yes_no_words[] = {
	{ "yes", POLICY_YES },
	{ "no", POLICY_NO },
	{ 0 },
};

static const struct key_word yes_words[] = {
	{ "yes", POLICY_YES },
	{ "no", KEY_WORD_NOT_BUILT },
	{ 0 },
};

static const struct key_word no_words[] = {
	{ "no", POLICY_NO },
	{ "yes", KEY_WORD_NOT_BUILT },
	{ 0 },
};

static const struct key_word proc_words[] = {
	{ "pid", POLICY_PROC_PID },
	{ "full", POLICY_PROC_FULL },
	{ "none", POLICY_PROC_NONE },
	{ 0 },
};

static const struct key_word root_words[] = {
	{ "private", 0 },
	{ "host", KEY_WORD_NOT_BUILT },
	{ "/*", KEY_WORD_NOT_BUILT }, /* a path */
	{ 0 },
};

static const struct key_word network_words[] = {
	{ "none", POLICY_NETWORK_NONE },
	{ "host", POLICY_NETWORK_HOST },
	{ "private", KEY_WORD_NOT_BUILT },
	{ 0 },
};

static const struct key_word capability_words[] = {
	{ "none", 0 },
	{ "all", KEY_WORD_NOT_BUILT },
	{ "cap_*", KEY_WORD_NOT_BUILT },
	{ 0 },
};

static const struct key_word lsm_words[] = {
	{ "enforce", 0 },
	{ "audit", KEY_WORD_NOT_BUILT },
	{ "off", KEY_WORD_NOT_BUILT },
	{ 0 },
};

/* clang-format off */
static const struct key keys[] = {
	{ "", "version", .type = &type_version,
		.help = "The policy language; 1, before all else", SINCE_0_1 },

	{ "tenant", "id", .type = &type_tenant_id, FIELD(id),
		.help = "The tenant's number; without it one is assigned, once", SINCE_0_1 },
	{ "tenant", "include", .type = &type_include,
		.help = "Other policies to start from, before all other keys", SINCE_0_1 },

	{ "runtime", "type", .type = &type_word, FIELD(runtime.type), .words = runtime_words,
		.help = "What runs a WASM module; without it the host's default", SINCE_0_1 },
	{ "runtime", "args", .type = &type_words, FIELD(runtime.args),
		.help = "Further arguments of the runtime, before the module", SINCE_0_1 },
	{ "runtime", "env", .type = &type_env, FIELD(runtime.env),
		.help = "Environment of the module", SINCE_0_1 },
	{ "runtime", "cache",
		.help = "Who shares compiled modules", SINCE_0_1 },
	{ "runtime", "start.timeout",
		.help = "How long the runtime may take to start", SINCE_0_1 },
	{ "runtime", "timeout", .type = &type_duration, FIELD(runtime.timeout),
		.initial = "infinity",
		.help = "How long a sandbox may run", SINCE_0_1 },

	{ "cgroup", "memory.max", .type = &type_cgroup_size, FIELD(cgroup), .initial = "256M",
		.help = "Memory that is never exceeded", SINCE_0_1 },
	{ "cgroup", "memory.high", .type = &type_cgroup_size, FIELD(cgroup),
		.help = "Memory above which the kernel slows down and reclaims", SINCE_0_1 },
	{ "cgroup", "memory.swap.max", .type = &type_cgroup_size, FIELD(cgroup), .initial = "0",
		.help = "Swap space", SINCE_0_1 },
	{ "cgroup", "memory.oom.group", .type = &type_cgroup_flag, FIELD(cgroup), .initial = "0",
		.help = "Whether running out of memory ends all processes at once", SINCE_0_1 },
	{ "cgroup", "pids.max", .type = &type_cgroup_pids, FIELD(cgroup), .initial = "50",
		.help = "Processes and threads together", SINCE_0_1 },
	{ "cgroup", "cpu.max", .type = &type_cgroup_cpu_max, FIELD(cgroup), .initial = "100%",
		.help = "CPU time: a share of one CPU, or a quota in each period", SINCE_0_1 },
	{ "cgroup", "cpu.weight", .type = &type_cgroup_cpu_weight, FIELD(cgroup),
		.help = "Share of CPU time where it is scarce", SINCE_0_1 },
	{ "cgroup", "io.weight", .type = &type_cgroup_io_weight, FIELD(cgroup), .initial = "100",
		.help = "Share of disk time where it is scarce", SINCE_0_1 },
	{ "cgroup", "io.max", .type = &type_cgroup_io_max, FIELD(cgroup),
		.help = "Bytes and operations a second of one device", SINCE_0_1 },
	{ "cgroup", "cpuset.cpus", .type = &type_cgroup_cpus, FIELD(cgroup),
		.help = "CPUs to run on", SINCE_0_1 },
	{ "cgroup", "*.*",
		.help = "Any other file of an enabled controller", SINCE_0_1 },

	{ "cgroup.sandbox", "memory.max", .type = &type_cgroup_size, FIELD(cgroup_sandbox),
		.help = "Memory that is never exceeded", SINCE_0_1 },
	{ "cgroup.sandbox", "memory.high", .type = &type_cgroup_size, FIELD(cgroup_sandbox),
		.help = "Memory above which the kernel slows down and reclaims", SINCE_0_1 },
	{ "cgroup.sandbox", "memory.swap.max", .type = &type_cgroup_size, FIELD(cgroup_sandbox),
		.help = "Swap space", SINCE_0_1 },
	{ "cgroup.sandbox", "memory.oom.group", .type = &type_cgroup_flag, FIELD(cgroup_sandbox),
		.initial = "1",
		.help = "Whether running out of memory ends all processes at once", SINCE_0_1 },
	{ "cgroup.sandbox", "pids.max", .type = &type_cgroup_pids, FIELD(cgroup_sandbox),
		.help = "Processes and threads together", SINCE_0_1 },
	{ "cgroup.sandbox", "cpu.max", .type = &type_cgroup_cpu_max, FIELD(cgroup_sandbox),
		.help = "CPU time: a share of one CPU, or a quota in each period", SINCE_0_1 },
	{ "cgroup.sandbox", "cpu.weight", .type = &type_cgroup_cpu_weight, FIELD(cgroup_sandbox),
		.help = "Share of CPU time where it is scarce", SINCE_0_1 },
	{ "cgroup.sandbox", "io.weight", .type = &type_cgroup_io_weight, FIELD(cgroup_sandbox),
		.help = "Share of disk time where it is scarce", SINCE_0_1 },
	{ "cgroup.sandbox", "io.max", .type = &type_cgroup_io_max, FIELD(cgroup_sandbox),
		.help = "Bytes and operations a second of one device", SINCE_0_1 },
	{ "cgroup.sandbox", "cpuset.cpus", .type = &type_cgroup_cpus, FIELD(cgroup_sandbox),
		.help = "CPUs to run on", SINCE_0_1 },
	{ "cgroup.sandbox", "*.*",
		.help = "Any other file of an enabled controller", SINCE_0_1 },

	{ "seccomp", "profile", .type = &type_profile, FIELD(seccomp.profile),
		.help = "A list of calls to start from; without it the runtime's or @default", SINCE_0_1 },
	{ "seccomp", "allow", .type = &type_syscalls, FIELD(seccomp.allow),
		.help = "Further calls", SINCE_0_1 },
	{ "seccomp", "deny", .type = &type_syscalls, FIELD(seccomp.deny),
		.help = "Calls that are denied whatever else allows them", SINCE_0_1 },
	{ "seccomp", "default", .type = &type_seccomp_default, .initial = "errno EPERM",
		.help = "What all other calls get", SINCE_0_1 },

	{ "namespaces", "mount", .type = &type_only,
		.initial = "yes", .words = yes_words,
		.help = "Own mounts", SINCE_0_1 },
	{ "namespaces", "pid", .type = &type_word, FIELD(namespaces.pid),
		.initial = "yes", .words = yes_no_words,
		.help = "Own process numbers, and with them its own /proc", SINCE_0_1 },
	{ "namespaces", "ipc", .type = &type_word, FIELD(namespaces.ipc),
		.initial = "yes", .words = yes_no_words,
		.help = "Own System V IPC and message queues", SINCE_0_1 },
	{ "namespaces", "uts", .type = &type_word, FIELD(namespaces.uts),
		.initial = "yes", .words = yes_no_words,
		.help = "Own host name", SINCE_0_1 },
	{ "namespaces", "cgroup", .type = &type_word, FIELD(namespaces.cgroup),
		.initial = "yes", .words = yes_no_words,
		.help = "Own view of the cgroup tree", SINCE_0_1 },
	{ "namespaces", "user", .type = &type_only,
		.initial = "no", .words = no_words,
		.help = "Own user and group numbers", SINCE_0_1 },
	{ "namespaces", "time", .type = &type_only,
		.initial = "no", .words = no_words,
		.help = "Own monotonic and boot clocks", SINCE_0_1 },

	{ "filesystem", "root", .type = &type_only, .initial = "private", .words = root_words,
		.help = "The root of the tree: private is empty but for what is granted", SINCE_0_1 },
	{ "filesystem", "own", .type = &type_grants, .number = POLICY_OWN,
		.help = "Trees that are the tenant's and no other's", SINCE_0_1 },
	{ "filesystem", "read", .type = &type_grants, .number = POLICY_READ,
		.help = "Trees to read", SINCE_0_1 },
	{ "filesystem", "write", .type = &type_grants, .number = POLICY_WRITE,
		.help = "Trees to write", SINCE_0_1 },
	{ "filesystem", "exec", .type = &type_grants, .number = POLICY_EXEC,
		.help = "Trees to read and to execute from", SINCE_0_1 },
	{ "filesystem", "share",
		.help = "Parts of what it owns that others may be granted", SINCE_0_1 },
	{ "filesystem", "mount",
		.help = "Trees that are seen at another place", SINCE_0_1 },
	{ "filesystem", "proc", .type = &type_word, FIELD(filesystem.proc),
		.initial = "pid", .words = proc_words,
		.help = "What /proc shows: pid the sandbox's processes alone, full most of the kernel's files too",
		SINCE_0_1 },
	{ "filesystem", "tmp", .type = &type_tmp, FIELD(filesystem.tmp), .initial = "64M",
		.help = "Size of the private /tmp, and of /dev/shm", SINCE_0_1 },

	{ "network", "mode", .type = &type_word, FIELD(network.mode),
		.initial = "none", .words = network_words,
		.help = "Whose network: none is a loopback only, host the host's own", SINCE_0_1 },
	{ "network", "connect", .type = &type_net_rules,
		.help = "Peers that may be connected to", SINCE_0_1 },
	{ "network", "listen",
		.help = "Ports that may be listened on", SINCE_0_1 },
	{ "network", "accept",
		.help = "Peers that connections are taken from", SINCE_0_1 },
	{ "network", "dns",
		.help = "Name servers", SINCE_0_1 },

	{ "process", "user",
		.help = "A uid of the tenant's own", SINCE_0_1 },
	{ "process", "group",
		.help = "A gid of the tenant's own", SINCE_0_1 },
	{ "process", "capabilities", .type = &type_capabilities,
		.initial = "none", .words = capability_words,
		.help = "Capabilities of the processes", SINCE_0_1 },
	{ "process", "rlimit.AS", .type = &type_rlimit_size, .number = RLIMIT_AS,
		.help = "Address space; a runtime may reserve more than it uses", SINCE_0_1 },
	{ "process", "rlimit.CPU", .type = &type_rlimit_seconds, .number = RLIMIT_CPU,
		.help = "CPU time of a process, after which it gets SIGXCPU and then SIGKILL", SINCE_0_1 },
	{ "process", "rlimit.DATA", .type = &type_rlimit_size, .number = RLIMIT_DATA,
		.help = "Data segment and private memory of a process", SINCE_0_1 },
	{ "process", "rlimit.FSIZE", .type = &type_rlimit_size, .number = RLIMIT_FSIZE,
		.help = "Size of a file that is written", SINCE_0_1 },
	{ "process", "rlimit.MEMLOCK", .type = &type_rlimit_size, .number = RLIMIT_MEMLOCK,
		.help = "Memory that is locked", SINCE_0_1 },
	{ "process", "rlimit.MSGQUEUE", .type = &type_rlimit_size, .number = RLIMIT_MSGQUEUE,
		.help = "POSIX message queues", SINCE_0_1 },
	{ "process", "rlimit.NOFILE", .type = &type_rlimit_number, .number = RLIMIT_NOFILE,
		.help = "Descriptors of a process", SINCE_0_1 },
	{ "process", "rlimit.NPROC", .type = &type_rlimit_number, .number = RLIMIT_NPROC,
		.help = "Processes and threads of the tenant's uid", SINCE_0_1 },
	{ "process", "rlimit.SIGPENDING", .type = &type_rlimit_number, .number = RLIMIT_SIGPENDING,
		.help = "Signals that are queued", SINCE_0_1 },
	{ "process", "rlimit.STACK", .type = &type_rlimit_size, .number = RLIMIT_STACK,
		.help = "Stack of a process", SINCE_0_1 },
	{ "process", "umask", .type = &type_umask, FIELD(process.umask), .initial = "022",
		.help = "Mode bits that new files lack", SINCE_0_1 },
	{ "process", "cwd", .type = &type_path, FIELD(process.cwd), .initial = "/",
		.help = "Folder that the command starts in", SINCE_0_1 },
	{ "process", "env", .type = &type_env, FIELD(process.env),
		.help = "Environment of the command", SINCE_0_1 },

	{ "lsm", "mode", .type = &type_only, .initial = "enforce", .words = lsm_words,
		.help = "What becomes of a denial", SINCE_0_1 },

	{ "audit", "rate",
		.help = "Denials that are recorded, a second", SINCE_0_1 },
};
/* clang-format on */

const struct key_table policy_keys = {
	.keys = keys,
	.n = ARRAY_SIZE(keys),
	.check = check_policy,
};
