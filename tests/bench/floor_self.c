/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the processes of the floor are and what they may.
 */
#include "floor.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As whom they run. */
#define ID 65534

#define SECUREBITS                                                              \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED | \
		SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |         \
		SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

void self_drop_inherited(bool is_init)
{
	struct sched_attr attr = { .size = sizeof(attr), .sched_policy = SCHED_NORMAL };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	unsigned char all_cpus[1024];
	sigset_t none;
	int fd;

	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "not dumpable");
	if (is_init)
		must(sigaction(SIGCHLD, &ignore, NULL), "SIGCHLD");
	(void)sigemptyset(&none);
	must(sigprocmask(SIG_SETMASK, &none, NULL), "sigprocmask");
	(void)umask(0);
	must(setsid(), "setsid");
	must(personality(PER_LINUX), "personality");
	must(syscall(SYS_sched_setattr, 0, &attr, 0), "sched_setattr");
	must(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0), "ioprio_set");
	(void)memset(all_cpus, 0xff, sizeof(all_cpus));
	must(syscall(SYS_sched_setaffinity, 0, sizeof(all_cpus), all_cpus), "sched_setaffinity");
	(void)syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0); /* not in every kernel */
	must(prctl(PR_SET_TIMERSLACK, 50000, 0, 0, 0), "timer slack");
	fd = (int)must(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC), "oom_score_adj");
	must(write(fd, "0", 1), "oom_score_adj");
	(void)close(fd);
}

void self_drop_bounding(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	must(prctl(PR_SET_SECUREBITS, SECUREBITS, 0, 0, 0), "securebits");
}

void self_drop_rights(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };
	const struct rlimit no_core = { 1, 1 }, nothing = { 0, 0 };

	must(setrlimit(RLIMIT_CORE, &no_core), "RLIMIT_CORE");
	must(setrlimit(RLIMIT_RTPRIO, &nothing), "RLIMIT_RTPRIO");
	must(setrlimit(RLIMIT_NICE, &nothing), "RLIMIT_NICE");
	(void)umask(022);
	must(syscall(SYS_setgroups, 0, NULL), "setgroups");
	must(syscall(SYS_setresgid, ID, ID, ID), "setresgid");
	must(syscall(SYS_setresuid, ID, ID, ID), "setresuid");
	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "not dumpable");
	(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL); /* not in every kernel */
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "PDEATHSIG");
	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient capabilities");
	must(syscall(SYS_capset, &header, none), "capset");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}
