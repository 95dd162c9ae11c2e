/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/lsm.h"

#include "base/bpf.h"
#include "base/clock.h"
#include "lsm/home.h"

#include <limits.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GONE_TIMEOUT 5000000 /* usec */

/* The sizes guard against a change of abi.h that forgot its version. */
static const struct {
	const char *name;
	__u32 value_size;
} maps[LSM_N_MAPS] = {
	[LSM_MAP_LEAVES] = { "leaves", sizeof(struct sbx_leaf) },
	[LSM_MAP_LABELS] = { "labels", sizeof(struct sbx_label) },
	[LSM_MAP_PERMS] = { "perms", sizeof(__u32) },
	[LSM_MAP_CONNECT_RULES] = { "connect_rules", sizeof(struct sbx_net_rule) },
	[LSM_MAP_TASKS] = { "tasks", sizeof(struct sbx_task) },
	[LSM_MAP_COUNTERS] = { "counters", sizeof(struct sbx_counters) },
	[LSM_MAP_LOADED] = { "loaded", sizeof(struct sbx_loaded) },
	[LSM_MAP_POLICIES] = { "policies", sizeof(__u32) },
	[LSM_MAP_POLICY_FILES] = { "policy_files", sizeof(__u32) },
};

static const char *const hook_names[SBX_N_HOOKS] = {
#define X(name) [SBX_HOOK_##name] = #name,
	SBX_HOOKS(X)
#undef X
};

static const char *const why_texts[] = {
	[SBX_WHY_NONE] = "",
	[SBX_WHY_NO_GRANT] = "no grant of its policy covers it",
	[SBX_WHY_RIGHTS] = "its policy grants it, but not for this",
	[SBX_WHY_OWNED] = "another tenant owns it",
	[SBX_WHY_DEPTH] = "it lies deeper than 64 folders",
	[SBX_WHY_UNLABELLED] = "its cgroup belongs to no tenant",
	[SBX_WHY_MOVED] = "the process is not in the cgroup it belongs to",
	[SBX_WHY_NO_RULE] = "no connect rule of its policy covers it",
	[SBX_WHY_FAMILY] = "no rule can allow this kind of socket",
	[SBX_WHY_NETWORK] = "the socket is of another network than the sandbox",
	[SBX_WHY_NEVER] = "no policy can allow it",
};

const char *lsm_map_name(enum lsm_map map)
{
	return maps[map].name;
}

const char *lsm_hook_name(enum sbx_hook hook)
{
	return hook < SBX_N_HOOKS ? hook_names[hook] : "?";
}

const char *lsm_why_text(enum sbx_why why)
{
	return why < ARRAY_SIZE(why_texts) ? why_texts[why] : "?";
}

static int pin_open(const char *name, int *ret_fd, struct sbx_error *err)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), HOME_BPF "/%s", name);
	fd = bpf_obj_get(path);
	if (fd < 0 && errno != ENOENT)
		return error_errno(err, errno, "open the pin '%s'", name);
	if (fd < 0)
		return error_set(err, ESTALE, "the LSM is loaded in part only: pin '%s': %s", name,
			strerror(ENOENT));
	*ret_fd = fd;
	return 0;
}

static int find_program(enum sbx_hook hook, uint32_t *ret_id, struct sbx_error *err)
{
	_cleanup_close_ int link = -1;
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);
	int r = pin_open(hook_names[hook], &link, err);

	if (r < 0)
		return r;
	if (bpf_obj_get_info_by_fd(link, &info, &size) < 0)
		return error_errno(err, errno, "read the link '%s'", hook_names[hook]);
	*ret_id = info.prog_id;
	return 0;
}

/* The pin is a link of an LSM program, and that program is the one that was loaded. */
static int check_hook(const struct sbx_ready *ready, enum sbx_hook hook, struct sbx_error *err)
{
	_cleanup_close_ int prog = -1;
	struct bpf_prog_info prog_info = { 0 };
	__u32 size = sizeof(prog_info);
	uint32_t id = 0;
	int r = find_program(hook, &id, err);

	if (r < 0)
		return r;
	prog = bpf_prog_get_fd_by_id(id);
	if (prog < 0 || bpf_obj_get_info_by_fd(prog, &prog_info, &size) < 0)
		return error_errno(err, errno, "read the program of '%s'", hook_names[hook]);
	if (prog_info.type != BPF_PROG_TYPE_LSM ||
		memcmp(prog_info.tag, ready->tags[hook], sizeof(ready->tags[hook])) != 0)
		return error_set(err, ESTALE, "hook '%s' runs another program than was loaded",
			hook_names[hook]);
	return 0;
}

/* Of another version only what comes before `tags` is there. */
static int read_ready(struct sbx_ready *ret_ready, struct sbx_error *err)
{
	union {
		struct sbx_ready ready;
		char space[4096]; /* the kernel writes as much as its map has, whoever made it */
	} u = { 0 };
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info), zero = 0;
	_cleanup_close_ int fd = -1;
	int r = pin_open("ready", &fd, err);

	if (r < 0)
		return r;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) < 0)
		return error_errno(err, errno, "read the map 'ready'");
	if (info.value_size > sizeof(u))
		return error_errno(err, E2BIG, "read the map 'ready'");
	if (bpf_map_lookup_elem(fd, &zero, &u) < 0)
		return error_errno(err, errno, "read the map 'ready'");
	*ret_ready = u.ready;
	return 0;
}

static int open_map(enum lsm_map map, int *ret_fd, struct sbx_error *err)
{
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);
	int r = pin_open(maps[map].name, ret_fd, err);

	if (r < 0)
		return r;
	if (bpf_obj_get_info_by_fd(*ret_fd, &info, &size) < 0)
		return error_errno(err, errno, "read the map '%s'", maps[map].name);
	if (info.value_size != maps[map].value_size)
		return error_set(err, ESTALE, "the map '%s' is of another version", maps[map].name);
	return 0;
}

static int check_ready(struct sbx_ready *ready, struct sbx_error *err)
{
	int r = read_ready(ready, err);

	if (r < 0)
		return r;
	if (ready->abi != SBX_ABI_VERSION)
		return error_set(err, ESTALE,
			"the LSM loaded is version %u, this sandboxctl's is %u", ready->abi,
			SBX_ABI_VERSION);
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS && r == 0; hook++)
		r = check_hook(ready, hook, err);
	return r;
}

int lsm_open(struct lsm *ret_lsm, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	int r = home_open(&lsm.home, err);

	if (r == 0)
		r = visit_enter(&visit, lsm.home, err);
	if (r < 0)
		return r;
	r = check_ready(&lsm.ready, err);
	for (enum lsm_map map = 0; map < LSM_N_MAPS && r == 0; map++)
		r = open_map(map, &lsm.map[map], err);
	if (r == 0)
		r = pin_open("file_info", &lsm.file_info, err);
	if (r == -ESTALE)
		return error_cure(err, r, "sandboxctl lsm unload --force && sandboxctl lsm load");
	if (r < 0)
		return r;
	*ret_lsm = lsm;
	lsm = LSM_INIT;
	return 0;
}

int lsm_peek(struct lsm_peek *ret, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	_cleanup_close_ int home = -1;
	struct sbx_ready ready = { 0 };
	int r = home_open(&home, err);

	if (r == 0)
		r = visit_enter(&visit, home, err);
	if (r < 0)
		return r;
	(void)read_ready(&ready, NULL);
	*ret = (struct lsm_peek){ .base_id = ready.base_id };
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		(void)find_program(hook, &ret->programs[hook], NULL);
	ret->home = take_fd(&home);
	return 0;
}

/* Its id goes when it was detached, and nobody runs it any more. */
static bool is_there(uint32_t program)
{
	_cleanup_close_ int fd = program ? bpf_prog_get_fd_by_id(program) : -1;

	return fd >= 0;
}

bool lsm_wait_gone(const uint32_t programs[static SBX_N_HOOKS])
{
	const uint64_t deadline = clock_usec() + GONE_TIMEOUT;

	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		while (is_there(programs[hook])) {
			if (clock_usec() >= deadline)
				return false;
			/* Comes back after a grace period, which is what the kernel waits for, too.
			 */
			(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		}
	return true;
}

void lsm_close(struct lsm *lsm)
{
	for (enum lsm_map map = 0; map < LSM_N_MAPS; map++)
		close_fdp(&lsm->map[map]);
	close_fdp(&lsm->file_info);
	close_fdp(&lsm->home);
	*lsm = LSM_INIT;
}

int lsm_check_base(
	const struct lsm *lsm, uint64_t base_id, unsigned int level, struct sbx_error *err)
{
	int r;

	if (lsm->ready.base_id == base_id && lsm->ready.base_level == level)
		return 0;
	r = error_set(err, ESTALE, "the LSM watches another base cgroup than the configured one");
	return error_cure(err, r, "sandboxctl lsm unload && sandboxctl lsm load");
}

int lsm_leaf_set(const struct lsm *lsm, uint64_t cgroup_id, uint32_t tenant, uint32_t policy,
	struct sbx_error *err)
{
	struct sbx_leaf leaf = { .id = cgroup_id, .tenant = tenant, .policy = policy };

	if (bpf_map_update_elem(lsm->map[LSM_MAP_LEAVES], &cgroup_id, &leaf, BPF_NOEXIST) < 0)
		return error_errno(err, errno, "label the sandbox's cgroup");
	return 0;
}

int lsm_leaf_get(const struct lsm *lsm, uint64_t cgroup_id, struct sbx_leaf *ret_leaf)
{
	if (bpf_map_lookup_elem(lsm->map[LSM_MAP_LEAVES], &cgroup_id, ret_leaf) < 0)
		return -errno;
	return 0;
}

int lsm_open_changer(const struct lsm *lsm, int *ret_fd, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	int r = visit_enter(&visit, lsm->home, err);

	return r < 0 ? r : pin_open("set_policy", ret_fd, err);
}

int lsm_leaf_change(int changer, uint64_t cgroup_id, uint32_t tenant, uint32_t from, uint32_t to,
	struct sbx_error *err)
{
	struct sbx_policy_change change = {
		.leaf = cgroup_id, .tenant = tenant, .from = from, .to = to
	};
	BPF_ATTR(attr);

	attr.test.prog_fd = (__u32)changer;
	attr.test.ctx_in = bpf_pointer(&change);
	attr.test.ctx_size_in = sizeof(change);
	if (bpf_call(BPF_PROG_TEST_RUN, &attr) < 0)
		return error_errno(err, errno, "run the program 'set_policy'");
	if (attr.test.retval)
		return error_errno(
			err, (int)attr.test.retval, "change the label of a sandbox's cgroup");
	return 0;
}

int lsm_leaf_delete(const struct lsm *lsm, uint64_t cgroup_id, struct sbx_error *err)
{
	if (bpf_map_delete_elem(lsm->map[LSM_MAP_LEAVES], &cgroup_id) < 0 && errno != ENOENT)
		return error_errno(err, errno, "take the label from the sandbox's cgroup");
	return 0;
}

int lsm_count_leaves(const struct lsm *lsm, size_t *ret_n, struct sbx_error *err)
{
	uint64_t key, *previous = NULL;
	size_t n = 0;

	while (bpf_map_get_next_key(lsm->map[LSM_MAP_LEAVES], previous, &key) == 0) {
		previous = &key;
		n++;
	}
	if (errno != ENOENT)
		return error_errno(err, errno, "read the map 'leaves'");
	*ret_n = n;
	return 0;
}

int lsm_task_setup(const struct lsm *lsm, int pidfd, uint64_t cgroup_id, enum sbx_task_state state,
	struct sbx_error *err)
{
	struct sbx_task task = { .leaf = cgroup_id, .state = state };

	if (bpf_map_update_elem(lsm->map[LSM_MAP_TASKS], &pidfd, &task, BPF_ANY) < 0)
		return error_errno(err, errno, "label the sandbox's first process");
	return 0;
}

static int read_only_element(
	const struct lsm *lsm, enum lsm_map map, void *value, struct sbx_error *err)
{
	__u32 zero = 0;

	if (bpf_map_lookup_elem(lsm->map[map], &zero, value) < 0)
		return error_errno(err, errno, "read the map '%s'", maps[map].name);
	return 0;
}

int lsm_read_counters(
	const struct lsm *lsm, struct sbx_counters *ret_counters, struct sbx_error *err)
{
	return read_only_element(lsm, LSM_MAP_COUNTERS, ret_counters, err);
}

int lsm_read_loaded(const struct lsm *lsm, struct sbx_loaded *ret_loaded, struct sbx_error *err)
{
	return read_only_element(lsm, LSM_MAP_LOADED, ret_loaded, err);
}

int lsm_write_loaded(const struct lsm *lsm, const struct sbx_loaded *loaded, struct sbx_error *err)
{
	__u32 zero = 0;

	if (bpf_map_update_elem(lsm->map[LSM_MAP_LOADED], &zero, loaded, BPF_ANY) < 0)
		return error_errno(err, errno, "write the map 'loaded'");
	return 0;
}
