/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/lsm.h"

#include "base/bpf.h"
#include "lsm/home.h"
#include "lsm/pins.h"
#include "lsm/ready.h"

/* The sizes guard against a change of abi.h that forgot its version. */
static const struct {
	const char *name;
	__u32 value_size;
} maps[LSM_N_MAPS] = {
	[LSM_MAP_LEAVES] = { "leaves", sizeof(struct sbx_leaf) },
	[LSM_MAP_SEATS] = { "seats", sizeof(struct sbx_seat) },
	[LSM_MAP_LABELS] = { "labels", sizeof(struct sbx_label) },
	[LSM_MAP_NAMES] = { "names", sizeof(struct sbx_label) },
	[LSM_MAP_LABEL_BITS] = { "label_bits", sizeof(__u64) },
	[LSM_MAP_PERMS] = { "perms", sizeof(__u32) },
	[LSM_MAP_CONNECT_RULES] = { "connect_rules", sizeof(struct sbx_net_rule) },
	[LSM_MAP_TASKS] = { "tasks", sizeof(struct sbx_task) },
	[LSM_MAP_COUNTERS] = { "counters", sizeof(struct sbx_counters) },
	[LSM_MAP_LOADED] = { "loaded", sizeof(struct sbx_loaded) },
	[LSM_MAP_POLICIES] = { "policies", sizeof(__u32) },
	[LSM_MAP_POLICY_FILES] = { "policy_files", sizeof(__u32) },
};

static const struct {
	const char *name;
	enum sbx_presence presence;
} hooks[SBX_N_HOOKS] = {
#define X(name, presence) [SBX_HOOK_##name] = { #name, SBX_##presence },
	SBX_HOOKS(X)
#undef X
};

static const char *const probes[SBX_N_PROBES] = {
#define X(name) [SBX_PROBE_##name] = #name,
	SBX_PROBES(X)
#undef X
};

static const char *const why_texts[] = {
	[SBX_WHY_NONE] = "",
	[SBX_WHY_NO_GRANT] = "no grant of its policy covers it",
	[SBX_WHY_RIGHTS] = "its policy grants it, but not for this",
	[SBX_WHY_OWNED] = "another tenant owns it",
	[SBX_WHY_DEPTH] = "it lies in more than 63 folders",
	[SBX_WHY_UNLABELLED] = "its cgroup belongs to no tenant",
	[SBX_WHY_MOVED] = "the process is not in the cgroup it belongs to",
	[SBX_WHY_NO_RULE] = "no connect rule of its policy covers it",
	[SBX_WHY_FAMILY] = "no rule can allow this kind of socket",
	[SBX_WHY_NETWORK] = "the socket is of another network than the sandbox",
	[SBX_WHY_NEVER] = "no policy can allow it",
	[SBX_WHY_RISES] = "its policy would let it be used for more there than here",
	[SBX_WHY_HOST] = "it is the host's",
	[SBX_WHY_ANCHOR] = "what a tenant owns is there, which the host alone moves",
	[SBX_WHY_SHARED] = "another tenant shares it here, and not there",
	[SBX_WHY_ADRIFT] = "nobody can tell which folder it lies in",
};

const char *lsm_map_name(enum lsm_map map)
{
	return maps[map].name;
}

const char *lsm_hook_name(enum sbx_hook hook)
{
	return hook < SBX_N_HOOKS ? hooks[hook].name : "?";
}

bool lsm_hook_may_lack(enum sbx_hook hook)
{
	return hooks[hook].presence == SBX_WHERE_THERE;
}

const char *lsm_probe_name(enum sbx_probe probe)
{
	return probe < SBX_N_PROBES ? probes[probe] : "?";
}

const char *lsm_why_text(enum sbx_why why)
{
	return why < ARRAY_SIZE(why_texts) ? why_texts[why] : "?";
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

int lsm_open(struct lsm *ret_lsm, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	int r = home_open(&lsm.home, err);

	if (r == 0)
		r = visit_enter(&visit, lsm.home, err);
	if (r < 0)
		return r;
	r = ready_check(&lsm.ready, err);
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

int lsm_map_write(const struct lsm *lsm, enum lsm_map map, const void *key, const void *value,
	uint64_t flags, struct sbx_error *err)
{
	if (bpf_map_update_elem(lsm->map[map], key, value, flags) == 0)
		return 0;
	if (errno != E2BIG)
		return error_errno(err, errno, "write the map '%s'", maps[map].name);
	return error_cure(err, error_set(err, E2BIG, "the LSM's map '%s' is full", maps[map].name),
		"'sandboxctl gc' gives up what sandboxes left, 'sandboxctl tenant forget' what "
		"removed tenants owned");
}

static int write_seat(
	const struct lsm *lsm, uint32_t number, const struct sbx_seat *seat, struct sbx_error *err)
{
	return lsm_map_write(lsm, LSM_MAP_SEATS, &number, seat, BPF_ANY, err);
}

static int give_up_seat(const struct lsm *lsm, uint64_t cgroup_id, struct sbx_error *err)
{
	uint32_t number = sbx_seat_of(cgroup_id);
	struct sbx_seat seat;

	if (bpf_map_lookup_elem(lsm->map[LSM_MAP_SEATS], &number, &seat) < 0)
		return error_errno(err, errno, "read the map 'seats'");
	/* Another one may have taken it in between, and is found without, then. */
	return seat.leaf == cgroup_id ? write_seat(lsm, number, &(struct sbx_seat){ 0 }, err) : 0;
}

int lsm_leaf_set(const struct lsm *lsm, uint64_t cgroup_id, uint32_t tenant, uint32_t policy,
	const char *name, struct sbx_error *err)
{
	struct sbx_leaf leaf = { .id = cgroup_id, .tenant = tenant, .policy = policy };
	struct sbx_seat seat = sbx_seat_for(cgroup_id, tenant, policy);
	int r;

	(void)snprintf(leaf.name, sizeof(leaf.name), "%s", name);
	r = lsm_map_write(lsm, LSM_MAP_LEAVES, &cgroup_id, &leaf, BPF_NOEXIST, err);
	if (r < 0)
		return r;
	return write_seat(lsm, sbx_seat_of(cgroup_id), &seat, err);
}

int lsm_leaf_get(const struct lsm *lsm, uint64_t cgroup_id, struct sbx_leaf *ret_leaf)
{
	if (bpf_map_lookup_elem(lsm->map[LSM_MAP_LEAVES], &cgroup_id, ret_leaf) < 0)
		return -errno;
	return 0;
}

int lsm_open_pin(const struct lsm *lsm, const char *name, int *ret_fd, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	int r = visit_enter(&visit, lsm->home, err);

	return r < 0 ? r : pin_open(name, ret_fd, err);
}

int lsm_open_changer(const struct lsm *lsm, int *ret_fd, struct sbx_error *err)
{
	return lsm_open_pin(lsm, "set_policy", ret_fd, err);
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
	int r = give_up_seat(lsm, cgroup_id, err);

	if (bpf_map_delete_elem(lsm->map[LSM_MAP_LEAVES], &cgroup_id) < 0 && errno != ENOENT)
		return error_errno(err, errno, "take the label from the sandbox's cgroup");
	return r;
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

	return lsm_map_write(lsm, LSM_MAP_LOADED, &zero, loaded, BPF_ANY, err);
}
