/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/credentials.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECUREBITS                                                              \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED | \
		SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

/* Two words of 32 bits, as capset(2) wants them. */
struct capabilities {
	struct __user_cap_data_struct half[2];
};

static bool has(uint64_t set, unsigned long cap)
{
	return cap < 64 && (set >> cap & 1);
}

/*
 * The running kernel may know more capabilities than the headers: prctl(2) answers EINVAL behind
 * its last one, and only there. One that is dropped already is no error.
 */
int credentials_drop_bounding(uint64_t keep)
{
	for (unsigned long cap = 0;; cap++)
		if ((has(keep, cap) ? prctl(PR_CAPBSET_READ, cap, 0, 0, 0)
				    : prctl(PR_CAPBSET_DROP, cap, 0, 0, 0)) < 0)
			return errno == EINVAL && cap > CAP_SETPCAP ? 0 : -errno;
}

/*
 * What is kept must outlive the change of the uid, for which there is a bit that exec clears, and
 * be raised in the ambient set later; who has that set can raise no more than what is in it.
 */
int credentials_lock_securebits(uint64_t keep)
{
	int bits = SECUREBITS | (keep ? SECBIT_KEEP_CAPS : SECBIT_NO_CAP_AMBIENT_RAISE);

	if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) == bits ? 0 : -EPERM;
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
int credentials_drop_groups(void)
{
	return syscall(SYS_setgroups, 0, NULL) < 0 ? -errno : 0;
}

int credentials_set_ids(uid_t uid, gid_t gid)
{
	if (syscall(SYS_setresgid, gid, gid, gid) < 0 || syscall(SYS_setresuid, uid, uid, uid) < 0)
		return -errno;
	return ids_are(uid, gid) ? 0 : -EPERM;
}

static struct capabilities three_sets(uint64_t set)
{
	struct capabilities c;

	for (size_t i = 0; i < 2; i++) {
		uint32_t half = (uint32_t)(set >> 32 * i);

		c.half[i] = (struct __user_cap_data_struct){ half, half, half };
	}
	return c;
}

/* No call shows that set whole. */
static int check_bounding(uint64_t set)
{
	for (unsigned long cap = 0;; cap++) {
		int bounding = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (bounding < 0)
			return errno == EINVAL && cap > 0 ? 0 : -errno;
		if (bounding && !has(set, cap))
			return -EPERM;
	}
}

/* Nothing is in it but what is permitted, which was read back as this very set: capabilities(7). */
static int check_ambient(uint64_t set)
{
	for (unsigned long cap = 0; cap < 64; cap++)
		if (has(set, cap) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) != 1)
			return -EPERM;
	return 0;
}

/* Only they are handed on by an exec of a program that has none of its own. */
static int raise_ambient(uint64_t set)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -errno;
	for (unsigned long cap = 0; cap < 64; cap++)
		if (has(set, cap) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return -errno;
	return 0;
}

static int permitted(uint64_t *ret_set)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct capabilities own;

	if (syscall(SYS_capget, &header, own.half) < 0)
		return -errno;
	*ret_set = own.half[0].permitted | (uint64_t)own.half[1].permitted << 32;
	return 0;
}

static int set_three(uint64_t set)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct capabilities wanted = three_sets(set), got;

	if (syscall(SYS_capset, &header, wanted.half) < 0 ||
		syscall(SYS_capget, &header, got.half) < 0)
		return -errno;
	return memcmp(&wanted, &got, sizeof(got)) == 0 ? 0 : -EPERM;
}

int credentials_set_capabilities(uint64_t set)
{
	uint64_t own = 0;
	int r = permitted(&own);

	if (r == 0 && set == CREDENTIALS_ALL)
		set = own;
	if (r == 0)
		r = set_three(set);
	if (r == 0)
		r = raise_ambient(set);
	if (r == 0)
		r = check_ambient(set);
	return r < 0 ? r : check_bounding(set);
}

int credentials_no_new_privs(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -EPERM;
}
