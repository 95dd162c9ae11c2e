/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/rules.h"

#include "base/bpf.h"
#include "base/fs.h"
#include "base/siphash.h"
#include "lsm/above.h"
#include "lsm/files.h"
#include "lsm/forget.h"
#include "lsm/home.h"
#include "lsm/names.h"
#include "lsm/networks.h"
#include "policy/reach.h"

#include <limits.h>
#include <sys/stat.h>

/* What the grants of a policy are about. */
struct granted {
	struct lsm_name *names; /* one a grant; those without one are trees */
	size_t n;
	int *trees;
	size_t *of_tree; /* the grant that it comes from */
	size_t n_trees;
	struct lsm_files files; /* of the trees, once they are needed */
};

static void granted_clear(struct granted *granted)
{
	for (size_t i = 0; i < granted->n; i++)
		name_close(&granted->names[i]);
	free(granted->names);
	free(granted->trees);
	free(granted->of_tree);
	lsm_files_clear(&granted->files);
}

static bool granted_by_name(const struct granted *granted, size_t grant)
{
	return granted->names[grant].folder.fd >= 0;
}

static int granted_open(
	struct granted *granted, const struct lsm_rules *rules, struct sbx_error *err)
{
	granted->names = calloc(rules->n_grants + 1, sizeof(*granted->names));
	granted->trees = calloc(rules->n_grants + 1, sizeof(*granted->trees));
	granted->of_tree = calloc(rules->n_grants + 1, sizeof(*granted->of_tree));
	if (!granted->names || !granted->trees || !granted->of_tree)
		return error_errno(err, ENOMEM, "write the rules");
	for (; granted->n < rules->n_grants; granted->n++) {
		const struct lsm_grant *grant = &rules->grants[granted->n];
		int r = name_open(
			grant->fd, grant->folder, grant->path, &granted->names[granted->n], err);

		if (r < 0)
			return r;
		if (granted_by_name(granted, granted->n))
			continue;
		granted->trees[granted->n_trees] = grant->fd;
		granted->of_tree[granted->n_trees++] = granted->n;
	}
	return 0;
}

static uint32_t kernel_rights(enum policy_rights rights)
{
	unsigned int reach = reach_of(rights);

	return SBX_GRANTED | (reach & POLICY_READ ? SBX_READ : 0) |
	       (reach & POLICY_WRITE ? SBX_WRITE : 0) | (reach & POLICY_EXEC ? SBX_EXEC : 0) |
	       (rights == POLICY_OWN ? SBX_METADATA : 0);
}

static void hash_connect(struct siphash *h, const struct policy_net_rule *rule)
{
	siphash_add(h, &rule->protocol, sizeof(rule->protocol));
	siphash_add(h, &rule->address, sizeof(rule->address));
	siphash_add(h, &rule->prefix, sizeof(rule->prefix));
	siphash_add(h, &rule->n_ports, sizeof(rule->n_ports));
	siphash_add(h, rule->ports, rule->n_ports * sizeof(*rule->ports));
}

static int hash_inode(struct siphash *h, int fd, struct sbx_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "stat a granted file");
	siphash_add(h, &st.st_dev, sizeof(st.st_dev));
	siphash_add(h, &st.st_ino, sizeof(st.st_ino));
	return 0;
}

/* A file that was replaced makes no other rules where its name is what counts. */
static int hash_grant(struct siphash *h, const struct lsm_grant *grant, const struct lsm_name *name,
	struct sbx_error *err)
{
	bool is_named = name->folder.fd >= 0;
	int r = hash_inode(h, is_named ? name->folder.fd : grant->fd, err);

	if (is_named)
		siphash_add(h, name->name, sizeof(name->name));
	siphash_add(h, &is_named, sizeof(is_named));
	siphash_add(h, &grant->rights, sizeof(grant->rights));
	return r;
}

/*
 * Over the inodes, not the paths: a folder that was replaced makes other rules. Keyed by the
 * generation, which nobody but root can read, so that no tenant can prepare a collision.
 */
static int fingerprint(const struct lsm *lsm, const struct lsm_rules *rules,
	const struct lsm_name *names, struct sbx_policy_key *ret_key, struct sbx_error *err)
{
	struct siphash_digest digest;
	struct sbx_loaded loaded;
	struct siphash h;
	int r = lsm_read_loaded(lsm, &loaded, err);

	if (r < 0)
		return r;
	siphash_init(&h, lsm->ready.generation, rules->tenant);
	siphash_add(&h, &rules->mode, sizeof(rules->mode));
	siphash_add(&h, &rules->n_grants, sizeof(rules->n_grants));
	for (size_t i = 0; i < rules->n_grants && r == 0; i++)
		r = hash_grant(&h, &rules->grants[i], &names[i], err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < rules->n_connect; i++)
		hash_connect(&h, &rules->connect[i]);
	digest = siphash_end(&h);
	*ret_key = (struct sbx_policy_key){
		.fingerprint = { digest.word[0], digest.word[1] },
		.tenant = rules->tenant,
		.n_loads = loaded.n_loads,
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
	return lsm_map_write(lsm, LSM_MAP_PERMS, &key, &rights, BPF_ANY, err);
}

/* `own` was made the tenant's by `lsm load`, or it isn't: nobody else's rules knew of it. */
static int refuse_own(const char *path, struct sbx_error *err)
{
	int r = error_set(err, ESTALE, "own '%s' is not loaded as this tenant's", path);

	return error_cure(err, r,
		"it has to stand in the tenant's file of the tenants folder: sandboxctl lsm load");
}

static int refuse_own_tree(int fd, struct sbx_error *err)
{
	char path[PATH_MAX];

	if (fs_path_of(fd, path, sizeof(path), NULL) < 0)
		path[0] = '\0';
	return refuse_own(path, err);
}

/*
 * What is granted belongs to whoever owns it, or the tree that it lies in: a mount made there after
 * `lsm load` has no label of its owner's yet.
 */
static int label_granted(const struct lsm *lsm, const struct lsm_file *file, uint32_t tenant,
	bool own, uint32_t fresh, uint32_t *ret_label, struct sbx_error *err)
{
	struct lsm_owner owner = { 0 };
	int r = label_owner(lsm, file, &owner, err);

	if (r == 0 && !owner.tenant)
		r = above_owner(lsm, file->fd, &owner, err);
	if (r == 0 && own && owner.tenant != tenant)
		r = refuse_own_tree(file->fd, err);
	return r < 0 ? r : label_ensure(lsm, file, owner, fresh, ret_label, err);
}

/* The same; `fresh` and the next are for it. */
static int label_name(const struct lsm *lsm, const struct lsm_grant *grant,
	const struct lsm_name *name, uint32_t tenant, uint32_t fresh, uint32_t *ret_label,
	struct sbx_error *err)
{
	struct lsm_owner owner = { 0 };
	int r = name_owner(lsm, name, &owner, err);

	if (r == 0 && !owner.tenant)
		r = above_owner(lsm, name->folder.fd, &owner, err);
	if (r == 0 && grant->rights == POLICY_OWN && owner.tenant != tenant)
		r = refuse_own(grant->path, err);
	return r < 0 ? r : name_ensure(lsm, name, owner, fresh, fresh + 1, ret_label, err);
}

static int write_files(const struct lsm *lsm, const struct lsm_rules *rules,
	const struct granted *granted, const struct sbx_loaded *before, struct sbx_error *err)
{
	const struct lsm_files *files = &granted->files;
	uint32_t policy = before->last_policy + 1, fresh = before->last_label + 1;
	int r = 0;

	for (size_t i = 0; i < files->n && r == 0; i++) {
		size_t grant = granted->of_tree[files->origin[i]];
		enum policy_rights rights = rules->grants[grant].rights;
		uint32_t label = 0;

		r = label_granted(lsm, &files->file[i], rules->tenant, rights == POLICY_OWN,
			fresh + (uint32_t)i, &label, err);
		if (r == 0)
			r = add_rights(lsm, policy, label, kernel_rights(rights), err);
	}
	return r;
}

/* What is its own a tenant asks for most. */
static int note_own(const struct lsm *lsm, const struct lsm_rules *rules,
	const struct granted *granted, uint32_t policy, struct sbx_error *err)
{
	const struct lsm_files *files = &granted->files;
	int r = 0;

	for (size_t i = 0; i < files->n && r == 0; i++)
		if (rules->grants[granted->of_tree[files->origin[i]]].rights == POLICY_OWN)
			r = label_note_rights(lsm, &files->file[i], policy, err);
	return r;
}

static int write_names(const struct lsm *lsm, const struct lsm_rules *rules,
	const struct granted *granted, const struct sbx_loaded *before, struct sbx_error *err)
{
	uint32_t policy = before->last_policy + 1;
	uint32_t fresh = before->last_label + 1 + (uint32_t)granted->files.n;
	int r = 0;

	for (size_t i = 0; i < rules->n_grants && r == 0; i++) {
		uint32_t label = 0;

		if (!granted_by_name(granted, i))
			continue;
		r = label_name(lsm, &rules->grants[i], &granted->names[i], rules->tenant,
			fresh + 2 * (uint32_t)i, &label, err);
		if (r == 0)
			r = add_rights(
				lsm, policy, label, kernel_rights(rules->grants[i].rights), err);
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
		r = lsm_map_write(lsm, LSM_MAP_CONNECT_RULES, &entries[i].key, &entries[i].rule,
			BPF_ANY, err);
	return r;
}

/* Enough for whoever runs many modules of one tenant; each is a policy of its own. */
#define POLICIES_KEPT 16

struct superseded {
	uint32_t tenant, current, n_loads;
	size_t n_kept;
};

/* Those of former loads can't be found, and of this one some are kept: they may come again. */
static bool is_superseded(const struct sbx_policy_key *key, uint32_t policy, void *arg)
{
	struct superseded *s = arg;

	if (key->tenant != s->tenant || policy == s->current)
		return false;
	return key->n_loads != s->n_loads || ++s->n_kept >= POLICIES_KEPT;
}

/* What the tenant's former policies left, so that editing a policy for years leaks nothing. */
static int forget_superseded(const struct lsm *lsm, const struct sbx_policy_key *key,
	uint32_t current, struct sbx_error *err)
{
	struct superseded s = {
		.tenant = key->tenant, .current = current, .n_loads = key->n_loads
	};
	size_t n = 0;
	int r = forget_policies(lsm, is_superseded, &s, &n, err);

	return r < 0 || n == 0 ? r : forget_rules(lsm, NULL, err);
}

static int write_mode(
	const struct lsm *lsm, uint32_t policy, enum policy_lsm_mode mode, struct sbx_error *err)
{
	static const uint32_t modes[] = {
		[POLICY_LSM_ENFORCE] = SBX_MODE_ENFORCE,
		[POLICY_LSM_AUDIT] = SBX_MODE_AUDIT,
		[POLICY_LSM_OFF] = SBX_MODE_OFF,
	};
	const struct sbx_perm_key key = { .policy = policy, .label = SBX_LABEL_OF_MODE };

	if (mode == POLICY_LSM_ENFORCE)
		return 0;
	return lsm_map_write(lsm, LSM_MAP_PERMS, &key, &modes[mode], BPF_ANY, err);
}

int rules_mode(const struct lsm *lsm, uint32_t policy, enum policy_lsm_mode *ret_mode)
{
	const struct sbx_perm_key key = { .policy = policy, .label = SBX_LABEL_OF_MODE };
	uint32_t mode = SBX_MODE_ENFORCE;

	if (bpf_map_lookup_elem(lsm->map[LSM_MAP_PERMS], &key, &mode) < 0 && errno != ENOENT)
		return -errno;
	*ret_mode = mode == SBX_MODE_AUDIT ? POLICY_LSM_AUDIT
		    : mode == SBX_MODE_OFF ? POLICY_LSM_OFF
					   : POLICY_LSM_ENFORCE;
	return 0;
}

static int write_rules(const struct lsm *lsm, const struct lsm_rules *rules,
	struct granted *granted, const struct sbx_policy_key *key, uint32_t *ret_policy,
	struct sbx_error *err)
{
	struct sbx_loaded before;
	uint32_t policy;
	int r = lsm_files_collect(lsm, granted->trees, granted->n_trees, &granted->files, err);

	if (r == 0)
		r = names_read(lsm, granted->names, granted->n, err);
	if (r == 0)
		r = reserve(lsm, granted->files.n + 2 * granted->n, &before, err);
	if (r < 0)
		return r;
	policy = before.last_policy + 1;
	r = write_files(lsm, rules, granted, &before, err);
	if (r == 0)
		r = write_names(lsm, rules, granted, &before, err);
	if (r == 0)
		r = note_own(lsm, rules, granted, policy, err);
	if (r == 0)
		r = write_connect(lsm, policy, rules, err);
	if (r == 0)
		r = write_mode(lsm, policy, rules->mode, err);
	/* Found by others from here on. */
	if (r == 0)
		r = lsm_map_write(lsm, LSM_MAP_POLICIES, key, &policy, BPF_NOEXIST, err);
	if (r < 0) {
		(void)forget_rules(lsm, NULL, NULL);
		return r;
	}
	*ret_policy = policy;
	return 0;
}

int rules_ensure(const struct lsm *lsm, const struct lsm_rules *rules, bool forget,
	uint32_t *ret_policy, struct sbx_error *err)
{
	_cleanup_(granted_clear) struct granted granted = { 0 };
	_cleanup_close_ int lock = -1;
	struct sbx_policy_key key;
	int r = granted_open(&granted, rules, err);

	if (r == 0)
		r = fingerprint(lsm, rules, granted.names, &key, err);
	if (r < 0 || bpf_map_lookup_elem(lsm->map[LSM_MAP_POLICIES], &key, ret_policy) == 0)
		return r;
	r = fs_lock(LSM_LOCK, &lock, err);
	if (r < 0 || bpf_map_lookup_elem(lsm->map[LSM_MAP_POLICIES], &key, ret_policy) == 0)
		return r;
	r = write_rules(lsm, rules, &granted, &key, ret_policy, err);
	return r < 0 || !forget ? r : forget_superseded(lsm, &key, *ret_policy, err);
}

int rules_forget(const struct lsm *lsm, uint32_t tenant, uint32_t current, struct sbx_error *err)
{
	_cleanup_close_ int lock = -1;
	struct sbx_policy_key key = { .tenant = tenant };
	struct sbx_loaded loaded = { 0 };
	int r = fs_lock(LSM_LOCK, &lock, err);

	if (r == 0)
		r = lsm_read_loaded(lsm, &loaded, err);
	if (r < 0)
		return r;
	key.n_loads = loaded.n_loads;
	return forget_superseded(lsm, &key, current, err);
}
