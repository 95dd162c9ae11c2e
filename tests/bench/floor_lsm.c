/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the LSM is told of the floor's sandbox: whose it is, and that its processes are being set
 * up. What the launcher checks, and what it counts, is left out.
 */
#include "floor.h"

#include "bpf/abi.h"
#include "lsm/home.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int open_map(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	return (int)must(bpf(BPF_OBJ_GET, &attr), path);
}

static void update(int map, const void *key, const void *value, uint64_t flags)
{
	union bpf_attr attr = {
		.map_fd = (unsigned int)map,
		.key = (uintptr_t)key,
		.value = (uintptr_t)value,
		.flags = flags,
	};

	must(bpf(BPF_MAP_UPDATE_ELEM, &attr), "update a map");
}

static int open_path(const char *path, int flags)
{
	return (int)must(open(path, flags | O_CLOEXEC), path);
}

/* The pins lie in a mount namespace of their own. */
void lsm_open_maps(struct floor_lsm *lsm)
{
	int root = open_path("/", O_PATH), cwd = open_path(".", O_PATH);
	int here = open_path("/proc/self/ns/mnt", O_RDONLY);
	int home = open_path(LSM_HOME_PIN, O_RDONLY);

	must(setns(home, CLONE_NEWNS), "enter the home of the LSM");
	lsm->leaves = open_map(HOME_BPF "/leaves");
	lsm->tasks = open_map(HOME_BPF "/tasks");
	must(setns(here, CLONE_NEWNS), "leave the home of the LSM");
	must(fchdir(root), "fchdir");
	must(chroot("."), "chroot");
	must(fchdir(cwd), "fchdir");
	(void)close(root);
	(void)close(cwd);
	(void)close(here);
	(void)close(home);
}

void lsm_label_leaf(struct floor_lsm *lsm, int leaf)
{
	struct {
		struct file_handle handle;
		uint64_t id;
	} u = { .handle.handle_bytes = sizeof(u.id) };
	struct sbx_leaf label = { .tenant = lsm->tenant, .policy = lsm->policy };
	int mount;

	must(name_to_handle_at(leaf, "", &u.handle, &mount, AT_EMPTY_PATH), "the cgroup's id");
	memcpy(&lsm->leaf, u.handle.f_handle, sizeof(lsm->leaf));
	label.id = lsm->leaf;
	update(lsm->leaves, &lsm->leaf, &label, BPF_NOEXIST);
}

void lsm_set_up(const struct floor_lsm *lsm, int pidfd, bool is_init)
{
	const struct sbx_task task = {
		.leaf = lsm->leaf,
		.state = is_init ? SBX_TASK_SETUP_INIT : SBX_TASK_SETUP,
	};

	update(lsm->tasks, &pidfd, &task, BPF_ANY);
}

void lsm_forget_leaf(const struct floor_lsm *lsm)
{
	union bpf_attr attr = {
		.map_fd = (unsigned int)lsm->leaves,
		.key = (uintptr_t)&lsm->leaf,
	};

	must(bpf(BPF_MAP_DELETE_ELEM, &attr), "forget the cgroup");
}
