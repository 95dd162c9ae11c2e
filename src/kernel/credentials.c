/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/credentials.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECUREBITS                                                              \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED | \
		SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |         \
		SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

/*
 * The running kernel may know more capabilities than the headers: prctl(2) answers EINVAL behind
 * its last one, and only there. One that is dropped already is no error.
 */
int credentials_drop_bounding(void)
{
	for (unsigned long cap = 0;; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return errno == EINVAL && cap > CAP_SETPCAP ? 0 : -errno;
}

int credentials_lock_securebits(void)
{
	if (prctl(PR_SET_SECUREBITS, SECUREBITS, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) == SECUREBITS ? 0 : -EPERM;
}

static bool ids_are(uid_t uid, gid_t gid)
{
	uid_t u[3];
	gid_t g[3];

	return getresuid(&u[0], &u[1], &u[2]) == 0 && getresgid(&g[0], &g[1], &g[2]) == 0 &&
	       u[0] == uid && u[1] == uid && u[2] == uid && g[0] == gid && g[1] == gid &&
	       g[2] == gid && getgroups(0, NULL) == 0;
}

/* The raw calls: libc's wrappers talk to threads that a clone doesn't have. */
int credentials_set_ids(uid_t uid, gid_t gid)
{
	if (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, gid, gid, gid) < 0 ||
		syscall(SYS_setresuid, uid, uid, uid) < 0)
		return -errno;
	return ids_are(uid, gid) ? 0 : -EPERM;
}

static bool is_empty(const struct __user_cap_data_struct set[2])
{
	return !(set[0].effective | set[0].permitted | set[0].inheritable | set[1].effective |
		 set[1].permitted | set[1].inheritable);
}

/* Ambient and bounding have no call that shows them whole. */
static int check_ambient_and_bounding(void)
{
	for (unsigned long cap = 0;; cap++) {
		int bounding = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (bounding < 0)
			return errno == EINVAL && cap > 0 ? 0 : -errno;
		if (bounding || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) != 0)
			return -EPERM;
	}
}

int credentials_drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct set[2] = { 0 };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
		syscall(SYS_capset, &header, set) < 0 || syscall(SYS_capget, &header, set) < 0)
		return -errno;
	return is_empty(set) ? check_ambient_and_bounding() : -EPERM;
}

int credentials_no_new_privs(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -EPERM;
}
