/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/score.h"

#include "policy/score_judge.h"

#include <assert.h>

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define STEPS(...) ((const uint64_t[]){ __VA_ARGS__ })

#define K	  1024ULL
#define M	  (K * K)
#define G	  (K * M)
#define DAY	  (24 * 3600 * 1000000ULL) /* usec */
#define UNLIMITED (UINT64_MAX - 1) /* only what has no limit is more */

#define ANY_RIGHT  (POLICY_READ | POLICY_WRITE | POLICY_EXEC | POLICY_OWN)
#define CAN_CHANGE (POLICY_WRITE | POLICY_OWN)

/*
 * Weights: what gives the host or another tenant away by itself has 32, and takes any policy out of
 * the best level; a wall that is thinner has 3 to 8; what costs the host time or room, or helps who
 * is inside already, has 1 or 2. Calls that want a capability besides, which no sandbox has, are
 * weighed as thinner walls.
 */
/* clang-format off */
const struct score_row score_rows[] = {
	{ "memory.max", "cgroup", "memory.max", 6, 4, judge_setting,
		.steps = STEPS(G, 4 * G, 16 * G, UNLIMITED),
		.good = "the tenant's memory is limited",
		.bad = "the tenant can take much of the host's memory",
		.cure = "memory.max = 256M" },
	{ "memory.swap.max", "cgroup", "memory.swap.max", 2, 3, judge_setting,
		.steps = STEPS(0, G, UNLIMITED),
		.good = "the tenant uses no swap space",
		.bad = "the tenant can fill swap space, and so slow the host down",
		.cure = "memory.swap.max = 0" },
	{ "pids.max", "cgroup", "pids.max", 5, 3, judge_setting,
		.steps = STEPS(512, 4096, UNLIMITED),
		.good = "processes and threads are limited",
		.bad = "the tenant can have very many processes and threads",
		.cure = "pids.max = 50" },
	{ "cpu.max", "cgroup", "cpu.max", 4, 3, judge_cpu,
		.steps = STEPS(200, 800, UNLIMITED),
		.good = "CPU time is limited",
		.bad = "the tenant can take much of the host's CPU time",
		.cure = "cpu.max = 100%" },
	{ "io.max", "cgroup", "io.max", 1, 1, judge_io,
		.good = "I/O is limited",
		.bad = "no device's I/O is limited",
		.cure = "io.max = /dev/sda rbps=10M wbps=10M" },
	{ "sandbox.memory.max", "cgroup.sandbox", "memory.max", 1, 1, judge_setting,
		.steps = STEPS(UNLIMITED),
		.good = "each sandbox's memory is limited",
		.bad = "one sandbox can use up the memory of all of the tenant's",
		.cure = "memory.max = 64M" },
	{ "sandbox.pids.max", "cgroup.sandbox", "pids.max", 1, 1, judge_setting,
		.steps = STEPS(UNLIMITED),
		.good = "each sandbox's processes are limited",
		.bad = "one sandbox can use up the processes of all of the tenant's",
		.cure = "pids.max = 20" },
	{ "timeout", "runtime", "timeout", 1, 2, judge_timeout, .steps = STEPS(DAY, UNLIMITED),
		.good = "a sandbox ends in time",
		.bad = "a sandbox may run for very long",
		.cure = "timeout = 1h" },

	{ "calls", "seccomp", "profile", 2, 5, judge_share_of_calls,
		.steps = STEPS(30, 45, 60, 75, 90),
		.good = "few of the kernel's calls are allowed",
		.bad = "many of the kernel's calls are allowed",
		.cure = "profile = @strict, deny = clone3, and allow = CALL... for what else it needs" },
	{ "default", "seccomp", "default", 1, 1, judge_default,
		.good = "a call that is not allowed ends the process",
		.bad = "a process may go on trying calls that are not allowed",
		.cure = "default = kill" },
	{ "ptrace", "seccomp", "allow", 4, 1, judge_calls,
		.words = WORDS("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
			"kcmp", "process_madvise", "process_mrelease"),
		.good = "the tenant's processes are kept out of each other",
		.bad = "memory and descriptors of the tenant's other processes can be taken" },
	{ "bpf", "seccomp", "allow", 5, 1, judge_calls,
		.words = WORDS("bpf"),
		.good = "no programs are loaded into the kernel",
		.bad = "programs and maps of BPF, of which the LSM is made, can be reached for" },
	{ "perf", "seccomp", "allow", 5, 1, judge_calls,
		.words = WORDS("perf_event_open"),
		.good = "the CPU's counters are out of reach",
		.bad = "counters can be read that tell of others, and much of the kernel is reached" },
	{ "userfaultfd", "seccomp", "allow", 4, 1, judge_calls,
		.words = WORDS("userfaultfd"),
		.good = "the kernel is not held up in the middle of a call",
		.bad = "the kernel can be held up in the middle of a call, as exploits do" },
	{ "keys", "seccomp", "allow", 3, 1, judge_calls,
		.words = WORDS("keyctl", "add_key", "request_key"),
		.good = "the kernel's keys are out of reach",
		.bad = "keys are not bound to a sandbox" },
	{ "mount", "seccomp", "allow", 4, 1, judge_calls,
		.words = WORDS("mount", "umount2", "umount", "pivot_root", "chroot", "fsopen",
			"fsconfig", "fsmount", "fspick", "open_tree", "move_mount",
			"mount_setattr"),
		.good = "the view of files can't be changed",
		.bad = "calls that change the view of files are allowed" },
	{ "namespaces", "seccomp", "allow", 6, 1, judge_calls,
		.words = WORDS("unshare", "setns"),
		.good = "no namespace is made or joined",
		.bad = "calls that make and join namespaces are allowed" },
	{ "clone3", "seccomp", "allow", 5, 1, judge_makers,
		.words = WORDS("clone3"),
		.good = "neither clone nor clone3 makes namespaces",
		.bad = "clone3 makes user namespaces, but for the LSM: no filter sees its flags" },
	{ "io_uring", "seccomp", "allow", 8, 1, judge_calls,
		.words = WORDS("io_uring_setup", "io_uring_enter", "io_uring_register"),
		.good = "no calls are made past the filter",
		.bad = "calls are made past the filter, by code with a history of exploits" },
	{ "handles", "seccomp", "allow", 5, 1, judge_calls,
		.words = WORDS("open_by_handle_at", "name_to_handle_at"),
		.good = "files are opened by their folders only",
		.bad = "files can be opened past their folders" },
	{ "kernel", "seccomp", "allow", 4, 1, judge_calls,
		.words = WORDS("kexec_load", "kexec_file_load", "init_module", "finit_module",
			"delete_module", "reboot"),
		.good = "the kernel can't be replaced",
		.bad = "calls that replace the kernel, or parts of it, are allowed" },
	{ "raw-io", "seccomp", "allow", 4, 1, judge_calls,
		.words = WORDS("iopl", "ioperm", "pciconfig_read", "pciconfig_write",
			"pciconfig_iobase"),
		.good = "the hardware is out of reach",
		.bad = "calls that reach the bare hardware are allowed" },
	{ "clock", "seccomp", "allow", 3, 1, judge_calls,
		.words = WORDS("settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "stime"),
		.good = "the host's clock can't be set",
		.bad = "calls that set the host's clock are allowed" },
	{ "host", "seccomp", "allow", 3, 1, judge_calls,
		.words = WORDS("swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "syslog",
			"sethostname", "setdomainname", "vhangup", "nfsservctl", "lookup_dcookie"),
		.good = "the host can't be administered",
		.bad = "calls that administer the host are allowed" },
	{ "fanotify", "seccomp", "allow", 3, 1, judge_calls,
		.words = WORDS("fanotify_init", "fanotify_mark"),
		.good = "what others do with files is not watched",
		.bad = "what others do with files can be watched" },
	{ "personality", "seccomp", "allow", 2, 1, judge_calls,
		.words = WORDS("personality", "modify_ldt", "vm86", "vm86old"),
		.good = "the kernel's protections of a process stay on",
		.bad = "protections of a process can be switched off" },
	{ "placement", "seccomp", "allow", 1, 1, judge_calls,
		.words = WORDS("mbind", "set_mempolicy", "set_mempolicy_home_node", "migrate_pages",
			"move_pages"),
		.good = "the kernel places memory",
		.bad = "memory can be placed to the disadvantage of others" },
	{ "aio", "seccomp", "allow", 1, 1, judge_calls,
		.words = WORDS("io_setup"),
		.good = "what the whole machine counts is not used up",
		.bad = "contexts of AIO, which are counted for the whole machine, can be used up" },
	{ "rare", "seccomp", "allow", 1, 1, judge_calls,
		.words = WORDS("vmsplice", "remap_file_pages", "memfd_secret", "sync"),
		.good = "calls that hardly a program needs are denied",
		.bad = "calls are allowed that hardly a program needs" },

	{ "network", "network", "mode", 4, 1, judge_word, .words = WORDS("host"),
		.good = "its network has a loopback and nothing else",
		.bad = "it is in the host's network: sees its addresses, and may listen on its ports",
		.cure = "mode = none, without connect rules" },
	{ "connect-all", "network", "connect", 32, 2, judge_connect,
		.words = WORDS("0.0.0.0/0", "[::]/0"), .v4 = 8, .v6 = 16,
		.good = "no rule covers all the world",
		.bad = "all the world is reached, or much of it",
		.cure = "connect = PROTOCOL NETWORK PORTS, only as wide as it needs" },
	/* AWS, GCE, Azure, OpenStack and ECS; AWS over IPv6; Alibaba; Azure's other one. */
	{ "metadata", "network", "connect", 32, 1, judge_connect,
		.words = WORDS("169.254.169.254", "169.254.170.2", "[fd00:ec2::254]",
			"100.100.100.200", "168.63.129.16"),
		.v4 = 33, .v6 = 129, .port = 80,
		.good = "the cloud's metadata service, which hands out credentials, is not reached",
		.bad = "the cloud's metadata service, which hands out credentials, is reached",
		.cure = "connect = PROTOCOL NETWORK PORTS, of networks that don't hold it" },
	{ "loopback", "network", "connect", 6, 2, judge_connect,
		.words = WORDS("127.0.0.0/8", "[::1]"), .v4 = 33, .v6 = 129,
		.good = "what the host serves to itself is not reached",
		.bad = "what the host serves to itself is reached, which often asks nobody who he is",
		.cure = "connect = tcp 127.0.0.1 PORT of the one service that it needs; better, none" },
	{ "private", "network", "connect", 4, 2, judge_connect,
		.words = WORDS("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
			"169.254.0.0/16", "[fc00::]/7", "[fe80::]/10"),
		.v4 = 16, .v6 = 48,
		.good = "no private network is reached as a whole",
		.bad = "a private network is reached as a whole, or much of it",
		.cure = "connect = PROTOCOL ADDRESS PORTS, of the hosts that it needs" },

	{ "system", "filesystem", "write", 32, 2, judge_grants, .rights = CAN_CHANGE,
		.words = WORDS("/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/boot", "/root",
			"/dev", "/proc", "/sys", "/var/lib/docker", "/var/lib/containerd",
			"/var/lib/containers", "/var/lib/kubelet", "/var/lib/sandboxctl",
			"/var/cache/sandboxctl"),
		.tops = WORDS("/", "/var", "/var/lib", "/var/log", "/var/spool", "/home", "/run",
			"/opt", "/tmp", "/var/tmp"),
		.good = "nothing of the host's own can be changed",
		.bad = "files of the host's own can be changed",
		.cure = "own = /srv/%t" },
	{ "code", "filesystem", "exec", 4, 1, judge_code,
		.good = "what it writes is not executed",
		.bad = "what it writes can be executed",
		.cure = "exec = PATH, of a tree that it can't write" },
	/* A read-only mount doesn't keep anybody from a socket that lies in it. */
	{ "engines", "filesystem", "write", 32, 1, judge_grants, .rights = ANY_RIGHT,
		.words = WORDS("/run/docker.sock", "/run/docker", "/run/containerd", "/run/podman",
			"/run/crio", "/run/k3s", "/run/libvirt", "/run/systemd", "/run/dbus",
			"/run/sandboxctl"),
		.good = "no socket of those who start containers or services is granted",
		.bad = "a grant holds the sockets of those who start containers or services",
		.cure = "no grant of it or above it, but of the very folders that are needed" },
	{ "secrets", "filesystem", "read", 6, 1, judge_grants, .rights = ANY_RIGHT,
		.words = WORDS("/etc/shadow", "/etc/gshadow", "/etc/ssh", "/etc/kubernetes",
			"/etc/sandboxctl", "/root", "/proc", "/var/lib/docker", "/var/lib/containerd",
			"/var/lib/containers", "/var/lib/kubelet"),
		.tops = WORDS("/home", "/var/log", "/var/backups", "/sys", "/dev", "/boot"),
		.good = "no grant holds the host's secrets",
		.bad = "a grant holds secrets of the host: their modes alone guard them",
		.cure = "read = PATH, of the very files that it needs" },
	{ "whole-root", "filesystem", "read", 8, 1, judge_grants, .rights = ANY_RIGHT,
		.tops = WORDS("/"),
		.good = "no grant covers all of the host",
		.bad = "a grant covers all of the host",
		.cure = "read = PATH, of the very folders that it needs" },
	{ "programs", "filesystem", "exec", 1, 1, judge_grants, .rights = POLICY_EXEC,
		.tops = WORDS("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin"),
		.good = "the host's programs can't all be executed",
		.bad = "all programs of the host can be executed, shells and interpreters too",
		.cure = "exec = PATH, of the program, its interpreter and its libraries" },
	{ "tmp", "filesystem", "tmp", 1, 3, judge_tmp, .steps = STEPS(256 * M, G, 4 * G),
		.good = "/tmp is its own, and small",
		.bad = "/tmp is large, and takes memory",
		.cure = "tmp = 64M" },
	{ "env", "process", "env", 3, 1, judge_env,
		.good = "no secret is seen in the environment",
		.bad = "a secret stands in the policy, and each process inherits it",
		.cure = "env = NAME_FILE=PATH, and read = PATH in [filesystem]" },
	{ "runtime-env", "runtime", "env", 3, 1, judge_env,
		.good = "no secret is seen in the module's environment",
		.bad = "a secret stands in the policy, and in the runtime's command line",
		.cure = "env = NAME_FILE=PATH, and read = PATH in [filesystem]" },

	{ "capabilities", "process", "capabilities", 4, 2, judge_capabilities,
		.good = "no process has a capability",
		.bad = "processes have capabilities, by which more of the kernel is reached",
		.cure = "capabilities = none" },
	{ "privileges", "process", "capabilities", 32, 1, judge_host_capabilities,
		.words = WORDS("cap_sys_admin", "cap_sys_module", "cap_sys_rawio", "cap_bpf",
			"cap_perfmon", "cap_sys_ptrace", "cap_dac_override", "cap_dac_read_search",
			"cap_mknod", "cap_sys_boot", "cap_net_admin", "cap_mac_admin",
			"cap_mac_override", "cap_setuid", "cap_setgid", "cap_chown", "cap_fowner",
			"cap_setfcap", "cap_setpcap"),
		.good = "no process could undo a wall, whatever its calls",
		.bad = "a process has what it takes to undo walls: the filter of calls is all that is "
		       "left before that",
		.cure = "capabilities = none, or those that are about one thing, as "
			"cap_net_bind_service, or user = yes in [namespaces]" },
	{ "user", "process", "user", 3, 3, judge_user,
		.good = "its processes run as a user that is nobody else's",
		.bad = "its processes run as a user or group that others run as too",
		.cure = "no user and no group, so that both are the tenant's own" },
	{ "processes", "namespaces", "pid", 3, 1, judge_word, .words = WORDS("no"),
		.good = "it sees no process but its own",
		.bad = "it sees the numbers of all processes, and what it leaves behind outlives a "
		       "supervisor that is killed",
		.cure = "pid = yes" },
	{ "ipc", "namespaces", "ipc", 3, 1, judge_word, .words = WORDS("no"),
		.good = "System V IPC and message queues are its own",
		.bad = "it meets others' System V IPC and message queues, whose modes alone guard them",
		.cure = "ipc = yes" },
	{ "host-name", "namespaces", "uts", 1, 1, judge_word, .words = WORDS("no"),
		.good = "the host's name is not seen",
		.bad = "the host's name is seen",
		.cure = "uts = yes" },
	{ "cgroup-view", "namespaces", "cgroup", 1, 1, judge_word, .words = WORDS("no"),
		.good = "the host's cgroups are not seen",
		.bad = "where in the host's cgroups it is can be seen",
		.cure = "cgroup = yes" },
	{ "proc", "filesystem", "proc", 2, 1, judge_word, .words = WORDS("full"),
		.good = "/proc shows nothing of the host",
		.bad = "/proc shows much of the host's kernel",
		.cure = "proc = pid" },
	{ "root", "filesystem", "root", 4, 1, judge_word, .words = WORDS("host"),
		.good = "what isn't granted is not in sight",
		.bad = "all of the host's files are in sight: their names, sizes, modes and owners",
		.cure = "root = private, or a tree that was made for it" },

	/* What always holds counts too: a key that turns it off will then raise the exposure. */
	{ "no-new-privs", "process", NULL, 3, 1, judge_holds,
		.good = "no program gains privileges when it is executed" },
	{ "mounts", "namespaces", "mount", 3, 1, judge_holds,
		.good = "its mounts are its own" },
	{ "lsm", "lsm", "mode", 32, 1, judge_lsm,
		.good = "the kernel asks whose each file and peer is",
		.bad = "files and peers are in reach that nothing grants",
		.cure = "mode = enforce, and lsm = on in [host] of sandboxctl.ini" },
};
/* clang-format on */

const size_t n_score_rows = ARRAY_SIZE(score_rows);
static_assert(ARRAY_SIZE(score_rows) <= SCORE_MAX, "a score has room for each row");

static const struct {
	unsigned int from; /* tenths */
	const char *name;
} levels[] = { { 60, "UNSAFE" }, { 30, "EXPOSED" }, { 10, "MEDIUM" }, { 0, "OK" } };

static const char *level_of(unsigned int exposure)
{
	size_t i = 0;

	while (exposure < levels[i].from)
		i++;
	return levels[i].name;
}

static unsigned int parts_of(const struct score_finding *f)
{
	return f->row->weight * f->badness * (SCORE_PARTS / f->row->range);
}

static int by_share(const void *a, const void *b)
{
	const struct score_finding *x = a, *y = b;
	unsigned int x_parts = parts_of(x), y_parts = parts_of(y);

	if (x_parts != y_parts)
		return x_parts < y_parts ? 1 : -1;
	/* Then as the table has them. */
	return x->row < y->row ? -1 : 1;
}

void score_policy(const struct score_subject *subject, struct score *ret)
{
	unsigned int parts = 0, all = 0;

	*ret = (struct score){ .n = ARRAY_SIZE(score_rows) };
	for (size_t i = 0; i < ARRAY_SIZE(score_rows); i++) {
		const struct score_row *row = &score_rows[i];
		struct score_finding *f = &ret->findings[i];

		f->row = row;
		f->badness = row->judge(subject, row, f);
		if (f->badness > 0 && row->cure)
			(void)snprintf(f->cure, sizeof(f->cure), "%s", row->cure);
		parts += parts_of(f);
		all += row->weight * SCORE_PARTS;
	}
	for (size_t i = 0; i < ARRAY_SIZE(score_rows); i++)
		ret->findings[i].share = (parts_of(&ret->findings[i]) * 1000 + all / 2) / all;
	qsort(ret->findings, ret->n, sizeof(ret->findings[0]), by_share);
	ret->exposure = (parts * 100 + all - 1) / all;
	ret->level = level_of(ret->exposure);
}
