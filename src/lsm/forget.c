/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/forget.h"

#include "base/bpf.h"
#include "lsm/keys.h"
#include "lsm/names.h"

#include <string.h>

/* A set of the ids of policies or labels, or of inodes' addresses. */
struct ids {
	uint64_t *id;
	size_t n, room;
	bool incomplete; /* no memory: nothing may be taken for missing */
};

static void ids_clear(struct ids *ids)
{
	free(ids->id);
}
#define _cleanup_ids_ _cleanup_(ids_clear)

static void ids_add(struct ids *ids, uint64_t id)
{
	if (ids->n == ids->room) {
		size_t room = ids->room ? 2 * ids->room : 64;
		uint64_t *grown = realloc(ids->id, room * sizeof(*grown));

		if (!grown) {
			ids->incomplete = true;
			return;
		}
		ids->id = grown;
		ids->room = room;
	}
	ids->id[ids->n++] = id;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int ids_sort(struct ids *ids, struct sbx_error *err)
{
	if (ids->incomplete)
		return error_errno(err, ENOMEM, "look for rules that are not used any more");
	if (ids->n)
		qsort(ids->id, ids->n, sizeof(*ids->id), compare_ids);
	return 0;
}

static bool ids_have(const struct ids *ids, uint64_t id)
{
	return ids->n && bsearch(&id, ids->id, ids->n, sizeof(id), compare_ids);
}

static void add_of_leaf(int map, const union any_key *key, void *arg)
{
	struct sbx_leaf leaf;

	if (bpf_map_lookup_elem(map, &key->leaf, &leaf) == 0)
		ids_add(arg, leaf.policy);
}

static void add_of_policy(int map, const union any_key *key, void *arg)
{
	uint32_t policy;

	if (bpf_map_lookup_elem(map, &key->policy, &policy) == 0)
		ids_add(arg, policy);
}

static void add_label(int map, const union any_key *key, void *arg)
{
	(void)map;
	ids_add(arg, key->perm.label);
}

struct choice {
	struct ids used;
	forget_choice may_go;
	void *arg;
	size_t n_gone;
};

static void drop_policy(int map, const union any_key *key, void *arg)
{
	struct choice *c = arg;
	uint32_t policy;

	if (bpf_map_lookup_elem(map, &key->policy, &policy) < 0 || ids_have(&c->used, policy) ||
		!c->may_go(&key->policy, policy, c->arg))
		return;
	(void)bpf_map_delete_elem(map, &key->policy);
	c->n_gone++;
}

int forget_policies(const struct lsm *lsm, forget_choice may_go, void *arg, size_t *ret_n,
	struct sbx_error *err)
{
	struct choice c = { .may_go = may_go, .arg = arg };
	int r;

	(void)each_key(lsm->map[LSM_MAP_LEAVES], add_of_leaf, &c.used);
	r = ids_sort(&c.used, err);
	if (r == 0)
		(void)each_key(lsm->map[LSM_MAP_POLICIES], drop_policy, &c);
	ids_clear(&c.used);
	if (r == 0 && ret_n)
		*ret_n = c.n_gone;
	return r;
}

/* What may go, and how much of it went; nothing, where it is only counted. */
struct sweep {
	const struct ids *kept;
	struct ids *folders; /* of the names that are kept */
	struct forgotten *gone;
	bool dry_run;
};

static void drop_perm(int map, const union any_key *key, void *arg)
{
	struct sweep *s = arg;

	if (ids_have(s->kept, key->perm.policy))
		return;
	s->gone->n_rules++;
	if (!s->dry_run)
		(void)bpf_map_delete_elem(map, &key->perm);
}

static void drop_network(int map, const union any_key *key, void *arg)
{
	struct sweep *s = arg;

	if (ids_have(s->kept, key->network.policy))
		return;
	s->gone->n_rules++;
	if (!s->dry_run)
		(void)bpf_map_delete_elem(map, &key->network);
}

static bool is_used(const struct sweep *s, const struct sbx_label *label)
{
	return (label->owner && label->owner != SBX_OWNER_FORMER) ||
	       ids_have(s->kept, label->label);
}

static bool keep_name(const struct sbx_name_key *key, struct sbx_label *label, void *arg)
{
	struct sweep *s = arg;

	if (is_used(s, label)) {
		ids_add(s->folders, key->folder);
		return true;
	}
	s->gone->n_labels++;
	return s->dry_run;
}

static bool keep_label(uint64_t inode, struct sbx_label *label, void *arg)
{
	struct sweep *s = arg;
	bool has_names = (label->flags & SBX_LABEL_NAMES) && ids_have(s->folders, inode);

	if (!has_names && !s->dry_run)
		label->flags &= ~(__u32)SBX_LABEL_NAMES;
	if (is_used(s, label))
		return true;
	/* Without names it would go, and what was owned with it would be nobody's. */
	if (has_names && !s->dry_run)
		label_set_owner(label, (struct lsm_owner){ 0 });
	if (has_names)
		return true;
	s->gone->n_labels++;
	return s->dry_run;
}

static int sweep_rules(
	const struct lsm *lsm, bool dry_run, struct forgotten *gone, struct sbx_error *err)
{
	_cleanup_ids_ struct ids policies = { 0 };
	_cleanup_ids_ struct ids labels = { 0 };
	_cleanup_ids_ struct ids folders = { 0 };
	struct sweep of_policies = { &policies, NULL, gone, dry_run };
	struct sweep of_labels = { &labels, &folders, gone, dry_run };
	int r;

	(void)each_key(lsm->map[LSM_MAP_POLICIES], add_of_policy, &policies);
	(void)each_key(lsm->map[LSM_MAP_LEAVES], add_of_leaf, &policies);
	r = ids_sort(&policies, err);
	if (r < 0)
		return r;
	(void)each_key(lsm->map[LSM_MAP_PERMS], drop_perm, &of_policies);
	(void)each_key(lsm->map[LSM_MAP_CONNECT_RULES], drop_network, &of_policies);
	(void)each_key(lsm->map[LSM_MAP_PERMS], add_label, &labels);
	r = ids_sort(&labels, err);
	if (r == 0)
		r = names_sweep(lsm, keep_name, &of_labels, err);
	if (r == 0)
		r = ids_sort(&folders, err);
	return r < 0 ? r : labels_sweep(lsm, keep_label, &of_labels, err);
}

int forget_rules(const struct lsm *lsm, struct forgotten *ret_gone, struct sbx_error *err)
{
	struct forgotten gone = { 0 };
	int r = sweep_rules(lsm, false, &gone, err);

	if (r == 0 && ret_gone)
		*ret_gone = gone;
	return r;
}

int forget_count(const struct lsm *lsm, struct forgotten *ret_gone, struct sbx_error *err)
{
	struct forgotten gone = { 0 };
	int r = sweep_rules(lsm, true, &gone, err);

	if (r == 0)
		*ret_gone = gone;
	return r;
}

struct leaf_visitor {
	void (*visit)(uint64_t cgroup_id, void *arg);
	void *arg;
};

static void visit_leaf(int map, const union any_key *key, void *arg)
{
	const struct leaf_visitor *v = arg;

	(void)map;
	v->visit(key->leaf, v->arg);
}

void forget_each_leaf(
	const struct lsm *lsm, void (*visit)(uint64_t cgroup_id, void *arg), void *arg)
{
	(void)each_key(lsm->map[LSM_MAP_LEAVES], visit_leaf, &(struct leaf_visitor){ visit, arg });
}
