/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's keys.
 */
#include "probe.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>

/* All to all. */
#define OPEN_TO_ALL 0x3f3f3f3f

static int result(long r, struct detail *detail, const char *step)
{
	return r < 0 ? failed_at(detail, step) : 0;
}

static int attempt_new_keyring(char **args, struct detail *detail)
{
	(void)args;
	return result(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), detail, "join");
}

/* Where there is no keyring of a session it would make one, which ends with this process. */
static int attempt_add_key(char **args, struct detail *detail)
{
	int keyring = streq(args[0], "user") ? KEY_SPEC_USER_KEYRING : KEY_SPEC_SESSION_KEYRING;
	long key = syscall(SYS_add_key, "user", args[1], "text", 4, keyring);

	if (key < 0)
		return failed_at(detail, "add_key");
	detail_add(detail, "%ld", key);
	return result(syscall(SYS_keyctl, KEYCTL_SETPERM, key, OPEN_TO_ALL), detail, "setperm");
}

static int with_key(const char *word, int operation, struct detail *detail, const char *step)
{
	char text[256];
	uint32_t key;

	if (str_to_u32(word, &key) < 0)
		return PROBE_USAGE;
	return result(syscall(SYS_keyctl, operation, key, text, sizeof(text)), detail, step);
}

static int attempt_describe_key(char **args, struct detail *detail)
{
	return with_key(args[0], KEYCTL_DESCRIBE, detail, "describe");
}

static int attempt_read_key(char **args, struct detail *detail)
{
	return with_key(args[0], KEYCTL_READ, detail, "read");
}

static int attempt_revoke_key(char **args, struct detail *detail)
{
	return with_key(args[0], KEYCTL_REVOKE, detail, "revoke");
}

static int attempt_find_key(char **args, struct detail *detail)
{
	return result(syscall(SYS_request_key, "user", args[0], NULL, 0), detail, "request_key");
}

const struct attempt attempts_keys[] = {
	{ "new-keyring", "", 0, 0, attempt_new_keyring, "a session keyring of its own" },
	{ "add-key", "user|session NAME", 2, 2, attempt_add_key,
		"add a key for all to use to that keyring; prints its number" },
	{ "describe-key", "KEY", 1, 1, attempt_describe_key, "what it is, and whose" },
	{ "read-key", "KEY", 1, 1, attempt_read_key, "what is in it" },
	{ "revoke-key", "KEY", 1, 1, attempt_revoke_key, "end its use" },
	{ "find-key", "NAME", 1, 1, attempt_find_key, "find it in a keyring that this has" },
	{ 0 },
};
