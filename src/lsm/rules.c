/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/rules.h"

#include "base/fs.h"
#include "base/siphash.h"
#include "lsm/above.h"
#include "lsm/files.h"
#include "lsm/home.h"
#include "lsm/networks.h"

#include <bpf/bpf.h>
#include <sys/stat.h>

static uint32_t kernel_rights(enum policy_rights rights)
{
	switch (rights) {
	case POLICY_READ:
		return SBX_READ;
	case POLICY_EXEC:
		return SBX_READ | SBX_EXEC;
	case POLICY_WRITE:
	case POLICY_OWN:
		return SBX_READ | SBX_WRITE;
	}
	return 0;
}

static void hash_connect(struct siphash *h, const struct policy_net_rule *rule)
{
	siphash_add(h, &rule->protocol, sizeof(rule->protocol));
	siphash_add(h, &rule->address, sizeof(rule->address));
	siphash_add(h, &rule->prefix, sizeof(rule->prefix));
	siphash_add(h, &rule->n_ports, sizeof(rule->n_ports));
	siphash_add(h, rule->ports, rule->n_ports * sizeof(*rule->ports));
}

/*
 * Over the inodes, not the paths: a folder that was replaced makes other rules. Keyed by the
 * generation, which nobody but root can read, so that no tenant can prepare a collision.
 */
static int fingerprint(const struct lsm *lsm, const struct lsm_rules *rules,
	struct sbx_policy_key *ret_key, struct sbx_error *err)
{
	struct siphash_digest digest;
	struct sbx_loaded loaded;
	struct siphash h;
	struct stat st;
	int r = lsm_read_loaded(lsm, &loaded, err);

	if (r < 0)
		return r;
	siphash_init(&h, lsm->ready.generation, rules->tenant);
	/* What is mounted below a grant is looked for anew after each `lsm load`. */
	siphash_add(&h, &loaded.n_loads, sizeof(loaded.n_loads));
	siphash_add(&h, &rules->n_grants, sizeof(rules->n_grants));
	for (size_t i = 0; i < rules->n_grants; i++) {
		if (fstat(rules->grants[i].fd, &st) < 0)
			return error_errno(err, errno, "stat a granted file");
		siphash_add(&h, &st.st_dev, sizeof(st.st_dev));
		siphash_add(&h, &st.st_ino, sizeof(st.st_ino));
		siphash_add(&h, &rules->grants[i].rights, sizeof(rules->grants[i].rights));
	}
	for (size_t i = 0; i < rules->n_connect; i++)
		hash_connect(&h, &rules->connect[i]);
	digest = siphash_end(&h);
	*ret_key = (struct sbx_policy_key){
		.fingerprint = { digest.word[0], digest.word[1] },
		.tenant = rules->tenant,
	};
	return 0;
}

/* Ids are counted up before they are used: what a crash leaves of them is never met again. */
static int reserve(const struct lsm *lsm, size_t n_labels, struct sbx_loaded *ret_before,
	struct sbx_error *err)
{
	struct sbx_loaded after;
	int r = lsm_read_loaded(lsm, ret_before, err);

	if (r < 0)
		return r;
	after = *ret_before;
	if (after.last_policy == UINT32_MAX || n_labels > UINT32_MAX - after.last_label)
		return error_set(err, ENOSPC, "all policy ids are used up");
	after.last_policy++;
	after.last_label += (uint32_t)n_labels;
	return lsm_write_loaded(lsm, &after, err);
}

/* Rights add up where two grants meet in one inode. */
static int add_rights(const struct lsm *lsm, uint32_t policy, uint32_t label, uint32_t rights,
	struct sbx_error *err)
{
	struct sbx_perm_key key = { .policy = policy, .label = label };
	uint32_t old = 0;

	if (bpf_map_lookup_elem(lsm->map[LSM_MAP_PERMS], &key, &old) < 0 && errno != ENOENT)
		return error_errno(err, errno, "read the map 'perms'");
	rights |= old;
	if (bpf_map_update_elem(lsm->map[LSM_MAP_PERMS], &key, &rights, BPF_ANY) < 0)
		return error_errno(err, errno, "write the map 'perms'");
	return 0;
}

/*
 * What is granted becomes the tenant's where it is `own`, and else belongs to whoever owns the tree
 * that it lies in: a mount made there after `lsm load` has no label of its owner's yet.
 */
static int label_granted(const struct lsm *lsm, const struct lsm_file *file, uint32_t tenant,
	bool own, uint32_t fresh, uint32_t *ret_label, struct sbx_error *err)
{
	uint32_t above = 0;
	int r = above_owner(lsm, file->fd, &above, err);

	if (r < 0)
		return r;
	if (own && above && above != tenant)
		return error_set(err, EEXIST, "own: it lies in what tenant id %u owns", above);
	r = label_ensure(lsm, file, own ? tenant : above, fresh, ret_label, err);
	/* Owned by yet another: then it is that one's, and no less closed. */
	if (r == -EEXIST && !own)
		r = label_ensure(lsm, file, 0, fresh, ret_label, err);
	return r;
}

static int write_files(const struct lsm *lsm, const struct lsm_rules *rules,
	const struct lsm_files *files, const struct sbx_loaded *before, struct sbx_error *err)
{
	uint32_t policy = before->last_policy + 1;
	int r = 0;

	for (size_t i = 0; i < files->n && r == 0; i++) {
		enum policy_rights rights = rules->grants[files->origin[i]].rights;
		uint32_t label = 0;

		r = label_granted(lsm, &files->file[i], rules->tenant, rights == POLICY_OWN,
			before->last_label + (uint32_t)i + 1, &label, err);
		if (r == 0)
			r = add_rights(lsm, policy, label, kernel_rights(rights), err);
	}
	return r;
}

static int write_connect(const struct lsm *lsm, uint32_t policy, const struct lsm_rules *rules,
	struct sbx_error *err)
{
	_cleanup_free_ struct network_entry *entries = NULL;
	size_t n;
	int r = networks_compile(policy, rules->connect, rules->n_connect, &entries, &n, err);

	for (size_t i = 0; i < n && r == 0; i++)
		if (bpf_map_update_elem(lsm->map[LSM_MAP_CONNECT_RULES], &entries[i].key,
			    &entries[i].rule, BPF_ANY) < 0)
			r = error_errno(err, errno, "write the map 'connect_rules'");
	return r;
}

/* Deletes from a map each key that `drop` says to; the next key is taken before this one goes. */
static void sweep(int map, void *key, void *next, size_t size,
	bool (*drop)(int map, const void *key, void *arg), void *arg)
{
	bool more = bpf_map_get_next_key(map, NULL, next) == 0;

	while (more) {
		memcpy(key, next, size);
		more = bpf_map_get_next_key(map, key, next) == 0;
		if (drop(map, key, arg))
			(void)bpf_map_delete_elem(map, key);
	}
}

static bool drop_perm(int map, const void *key, void *arg)
{
	(void)map;
	return ((const struct sbx_perm_key *)key)->policy == *(const uint32_t *)arg;
}

static bool drop_network(int map, const void *key, void *arg)
{
	(void)map;
	return ((const struct sbx_net_key *)key)->policy == *(const uint32_t *)arg;
}

static void forget_policy(const struct lsm *lsm, uint32_t policy)
{
	struct sbx_perm_key perm, next_perm;
	struct sbx_net_key network, next_network;

	sweep(lsm->map[LSM_MAP_PERMS], &perm, &next_perm, sizeof(perm), drop_perm, &policy);
	sweep(lsm->map[LSM_MAP_CONNECT_RULES], &network, &next_network, sizeof(network),
		drop_network, &policy);
}

static bool policy_in_use(const struct lsm *lsm, uint32_t policy)
{
	uint64_t key, *previous = NULL;
	struct sbx_leaf leaf;

	while (bpf_map_get_next_key(lsm->map[LSM_MAP_LEAVES], previous, &key) == 0) {
		if (lsm_leaf_get(lsm, key, &leaf) == 0 && leaf.policy == policy)
			return true;
		previous = &key;
	}
	return false;
}

struct superseded {
	const struct lsm *lsm;
	uint32_t tenant, current;
	size_t n_dropped;
};

static bool drop_superseded(int map, const void *key, void *arg)
{
	struct superseded *s = arg;
	uint32_t policy;

	if (((const struct sbx_policy_key *)key)->tenant != s->tenant ||
		bpf_map_lookup_elem(map, key, &policy) < 0 || policy == s->current ||
		policy_in_use(s->lsm, policy))
		return false;
	forget_policy(s->lsm, policy);
	s->n_dropped++;
	return true;
}

/* The labels that some policy has rights under, in order once complete. */
struct used_labels {
	uint32_t *label;
	size_t n;
	bool incomplete;
};

static bool note_label(int map, const void *key, void *arg)
{
	struct used_labels *used = arg;
	uint32_t *grown = realloc(used->label, (used->n + 1) * sizeof(*grown));

	(void)map;
	if (!grown) {
		used->incomplete = true;
		return false;
	}
	used->label = grown;
	grown[used->n++] = ((const struct sbx_perm_key *)key)->label;
	return false;
}

static int compare_labels(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static bool keep_label(struct sbx_label *label, void *arg)
{
	const struct used_labels *used = arg;

	return label->owner || (used->n && bsearch(&label->label, used->label, used->n,
						   sizeof(*used->label), compare_labels));
}

static int forget_unused_labels(const struct lsm *lsm, struct sbx_error *err)
{
	struct used_labels used = { 0 };
	struct sbx_perm_key key, next;
	int r = 0;

	sweep(lsm->map[LSM_MAP_PERMS], &key, &next, sizeof(key), note_label, &used);
	if (used.incomplete)
		r = error_errno(err, ENOMEM, "look for labels that are not used any more");
	if (used.n)
		qsort(used.label, used.n, sizeof(*used.label), compare_labels);
	if (r == 0)
		r = labels_sweep(lsm, keep_label, &used, err);
	free(used.label);
	return r;
}

/* What the tenant's former policies left, so that editing a policy for years leaks nothing. */
static int forget_superseded(
	const struct lsm *lsm, uint32_t tenant, uint32_t current, struct sbx_error *err)
{
	struct superseded s = { .lsm = lsm, .tenant = tenant, .current = current };
	struct sbx_policy_key key, next;

	sweep(lsm->map[LSM_MAP_POLICIES], &key, &next, sizeof(key), drop_superseded, &s);
	return s.n_dropped ? forget_unused_labels(lsm, err) : 0;
}

static int write_rules(const struct lsm *lsm, const struct lsm_rules *rules,
	const struct sbx_policy_key *key, uint32_t *ret_policy, struct sbx_error *err)
{
	_cleanup_free_ int *trees = calloc(rules->n_grants + 1, sizeof(*trees));
	_cleanup_lsm_files_ struct lsm_files files = { 0 };
	struct sbx_loaded before;
	uint32_t policy;
	int r;

	if (!trees)
		return error_errno(err, ENOMEM, "write the rules");
	for (size_t i = 0; i < rules->n_grants; i++)
		trees[i] = rules->grants[i].fd;
	r = lsm_files_collect(lsm, trees, rules->n_grants, &files, err);
	if (r == 0)
		r = reserve(lsm, files.n, &before, err);
	if (r < 0)
		return r;
	policy = before.last_policy + 1;
	r = write_files(lsm, rules, &files, &before, err);
	if (r == 0)
		r = write_connect(lsm, policy, rules, err);
	/* Found by others from here on. */
	if (r == 0 &&
		bpf_map_update_elem(lsm->map[LSM_MAP_POLICIES], key, &policy, BPF_NOEXIST) < 0)
		r = error_errno(err, errno, "write the map 'policies'");
	if (r < 0) {
		forget_policy(lsm, policy);
		return r;
	}
	*ret_policy = policy;
	return 0;
}

int rules_ensure(const struct lsm *lsm, const struct lsm_rules *rules, uint32_t *ret_policy,
	struct sbx_error *err)
{
	_cleanup_close_ int lock = -1;
	struct sbx_policy_key key;
	int r = fingerprint(lsm, rules, &key, err);

	if (r < 0 || bpf_map_lookup_elem(lsm->map[LSM_MAP_POLICIES], &key, ret_policy) == 0)
		return r;
	r = fs_lock(LSM_LOCK, &lock, err);
	if (r < 0 || bpf_map_lookup_elem(lsm->map[LSM_MAP_POLICIES], &key, ret_policy) == 0)
		return r;
	r = write_rules(lsm, rules, &key, ret_policy, err);
	return r < 0 ? r : forget_superseded(lsm, rules->tenant, *ret_policy, err);
}
