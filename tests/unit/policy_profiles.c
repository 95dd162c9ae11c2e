/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of system calls that are found by a name, and what is shipped of them. */
#include "policy_load.h"

#include "owner.h"
#include "policy/syscalls.h"

TEST(profiles)
{
	_cleanup_calls_ struct policy_calls calls = { 0 };

	as_owner_of(SHIPPED);
	ASSERT_EQ(0, policy_load_profile(&dirs, "@default", &calls, &err));
	EXPECT_TRUE(calls_find(&calls, "execve"));
	EXPECT_FALSE(calls_find(&calls, "socketcall")); /* not on 64-bit machines */
	EXPECT_EQ(4, calls.n);
	calls_clear(&calls);
	ASSERT_EQ(0, policy_load_profile(&dirs, "@wazero", &calls, &err));
	EXPECT_TRUE(calls_find(&calls, "futex"));
}

TEST(profiles_that_are_none)
{
	_cleanup_calls_ struct policy_calls calls = { 0 };
	const struct policy_dirs nowhere = { "/nonexistent", "/nonexistent" };

	as_owner_of(SHIPPED);
	EXPECT_EQ(-ENOENT, policy_load_profile(&dirs, "@nothing", &calls, &err));
	EXPECT_STREQ("there is no profile '@nothing'", err.text);
	EXPECT_STREQ("known: @broken @default @empty @nested @no-exec @wazero", err.cure);
	EXPECT_EQ(-ENOENT, policy_load_profile(&nowhere, "@default", &calls, &err));
	EXPECT_STREQ("there are none at all in '/nonexistent'", err.cure);
	EXPECT_EQ(-EINVAL, policy_load_profile(&dirs, "default", &calls, &err));
	EXPECT_EQ(-EINVAL, policy_load_profile(&dirs, "@../seccomp/default", &calls, &err));
	EXPECT_EQ(-EINVAL, policy_load_profile(&dirs, "@broken", &calls, &err));
	EXPECT_TRUE(says(err.text, "broken.ini:4: allow: 'reed' is no system call"));
	EXPECT_EQ(-EINVAL, policy_load_profile(&dirs, "@empty", &calls, &err));
	EXPECT_TRUE(says(err.text, "empty.ini: allows no system call"));
	EXPECT_EQ(0, calls.n);
}

/* What no shipped profile may ever hold, see policies/seccomp/default.ini. */
static const char *const dangerous[] = { "mount", "umount2", "pivot_root", "chroot", "fsopen",
	"fsmount", "open_tree", "move_mount", "mount_setattr", "unshare", "setns", "clone3",
	"ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp",
	"open_by_handle_at", "name_to_handle_at", "io_uring_setup", "io_uring_enter",
	"io_uring_register", "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key",
	"request_key", "personality", "modify_ldt", "iopl", "ioperm", "init_module", "finit_module",
	"delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct",
	"quotactl", "syslog", "execveat" };

static void check_shipped(const char *folder)
{
	const struct policy_dirs shipped = { "/nonexistent", POLICIES_DIR };
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *entry;
	unsigned int n = 0;

	ASSERT_TRUE(dir);
	as_owner_of(folder);
	while ((entry = readdir(dir)) != NULL) {
		_cleanup_calls_ struct policy_calls calls = { 0 };
		char name[300];

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "@%.*s", (int)strcspn(entry->d_name, "."),
			entry->d_name);
		err = (struct sbx_error){ 0 };
		EXPECT_EQ(0, policy_load_profile(&shipped, name, &calls, &err));
		EXPECT_STREQ("", err.text);
		EXPECT_TRUE(calls_find(&calls, "execve"));
		EXPECT_TRUE(calls_find(&calls, "exit_group"));
		for (size_t i = 0; i < ARRAY_SIZE(dangerous); i++)
			/* A program that was written for seventeen calls knows what it does. */
			if (calls_find(&calls, dangerous[i]) &&
				!(streq(name, "@strict") && streq(dangerous[i], "clone3")))
				EXPECT_STREQ("", dangerous[i]);
		for (size_t i = 0; i < calls.n; i++)
			for (size_t j = 0; j < i; j++)
				if (streq(calls.v[i].name, calls.v[j].name))
					EXPECT_STREQ("twice", calls.v[i].name);
		n++;
	}
	EXPECT_GT(n, 0);
}

TEST(shipped_groups)
{
	const struct policy_dirs shipped = { "/nonexistent", POLICIES_DIR };
	_cleanup_calls_ struct policy_calls names = { 0 };
	static const char *const groups[] = { "@basic-io", "@file-system", "@io-event", "@memory",
		"@network-io", "@process", "@signal", "@timer" };

	as_owner_of(POLICIES_DIR "/groups");
	ASSERT_EQ(0, policy_load_profile(&shipped, "@default", &names, &err));
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		_cleanup_calls_ struct policy_calls calls = { 0 };

		ASSERT_EQ(0, policy_load_profile(&shipped, groups[i], &calls, &err));
		EXPECT_GT(calls.n, 0);
		/* None reaches further than ordinary programs do. */
		for (size_t j = 0; j < calls.n; j++)
			if (!calls_find(&names, calls.v[j].name))
				EXPECT_STREQ(groups[i], calls.v[j].name);
	}
}

TEST(shipped_profiles)
{
	/* A name that libseccomp doesn't know would prove nothing by its absence. */
	for (size_t i = 0; i < ARRAY_SIZE(dangerous); i++)
		EXPECT_NE(SYSCALLS_UNKNOWN, syscalls_find(dangerous[i]));
	check_shipped(POLICIES_DIR "/seccomp");
	check_shipped(POLICIES_DIR "/runtimes");
}
