/* SPDX-License-Identifier: Apache-2.0 */
#include "libexec/own.h"

#include "base/fs.h"
#include "kernel/resolve.h"
#include "libexec/survey.h"
#include "lsm/anchors.h"
#include "lsm/events.h"
#include "lsm/forget.h"
#include "lsm/home.h"
#include "lsm/policy_files.h"
#include "lsm/rules.h"
#include "policy/ownership.h"
#include "state/ids.h"
#include "state/registry.h"
#include "state/tenants.h"

#include <fcntl.h>
#include <limits.h>

/* A tree that a policy owns or shares, with where that stands. */
struct tree {
	struct resolved place;
	enum policy_rights rights;
	char tenant[NAME_MAX_LEN + 1];
	uint32_t id;
};

/* What `run` looks at beside the tenants folder: its part of the sum, as it was when it was read.
 */
struct watched {
	enum tenants_watched kind;
	char *path;
	uint64_t hash;
};

struct all {
	uint64_t key;
	void (*warn)(const char *text);
	struct tree *trees;
	size_t n_trees;
	uint32_t *ids, *rates; /* of all tenants, and what is recorded of theirs */
	size_t n_ids;
	struct watched *watched;
	size_t n_watched;
};

static void all_clear(struct all *all)
{
	for (size_t i = 0; i < all->n_trees; i++)
		resolved_clear(&all->trees[i].place);
	free(all->trees);
	free(all->ids);
	free(all->rates);
	for (size_t i = 0; i < all->n_watched; i++)
		free(all->watched[i].path);
	free(all->watched);
}

static int add_watched(struct all *all, enum tenants_watched kind, const char *path,
	const struct stat *st, struct sbx_error *err)
{
	struct watched *grown = realloc(all->watched, (all->n_watched + 1) * sizeof(*grown));

	if (grown)
		all->watched = grown;
	if (strchr(path, '\n'))
		return error_set(err, EINVAL, "'%s': a line break in a path", path);
	if (grown)
		grown[all->n_watched] = (struct watched){
			.kind = kind,
			.path = strdup(path),
			.hash = tenants_watched_hash(all->key, kind, path, st),
		};
	if (!grown || !grown[all->n_watched].path)
		return error_errno(err, ENOMEM, "list what policies speak of");
	all->n_watched++;
	return 0;
}

static int stat_folder_of(
	const char *path, char folder[static PATH_MAX], struct stat *ret, struct sbx_error *err)
{
	int r = path_folder(path, folder, PATH_MAX);

	if (r < 0)
		return error_errno(err, -r, "look at the folder of '%s'", path);
	return stat(folder, ret) < 0 ? error_errno(err, errno, "stat '%s'", folder) : 0;
}

/* A file is owned by its name: another one in its place is owned, too, and its folder counts. */
static int watch_entry(struct all *all, const char *path, struct sbx_error *err)
{
	const struct stat no_folder = { 0 };
	char folder[PATH_MAX];
	struct stat st;
	int r;

	r = stat_folder_of(path, folder, &st, err);
	if (r == 0)
		r = add_watched(all, TENANTS_TREE, folder, &st, err);
	return r < 0 ? r : add_watched(all, TENANTS_ENTRY, path, &no_folder, err);
}

/* By what was found, and not by what is there when all has been read. */
static int watch_tree(struct all *all, const struct resolved *place, struct sbx_error *err)
{
	struct stat st = { 0 };

	if (place->fd >= 0 && fstat(place->fd, &st) < 0)
		return error_errno(err, errno, "stat '%s'", place->path);
	return S_ISDIR(st.st_mode) ? add_watched(all, TENANTS_TREE, place->path, &st, err)
				   : watch_entry(all, place->path, err);
}

/* As below, for what isn't there: the links are all on the way to its folder. */
static int watch_folder_name(struct all *all, const char *path, struct sbx_error *err)
{
	char folder[PATH_MAX];
	struct stat st;
	int r = stat_folder_of(path, folder, &st, err);

	return r < 0 ? r : add_watched(all, TENANTS_NAME, folder, &st, err);
}

/* Where links of the host's lead to it: they may lead to another one. */
static int watch_name(struct all *all, const struct policy *policy, const struct resolved *root,
	const char *path, const struct resolved *place, struct sbx_error *err)
{
	struct stat st;

	if (!place->links.n ||
		(root->fd >= 0 && (path_lies_in(path, root->path) ||
					  path_lies_in(path, policy_root(policy)->path))))
		return 0;
	if (place->fd < 0)
		return watch_folder_name(all, path, err);
	if (fstat(place->fd, &st) < 0)
		return error_errno(err, errno, "stat '%s'", path);
	return add_watched(all, TENANTS_NAME, path, &st, err);
}

static void warn_of_nothing(const struct all *all, const struct policy_grant *grant)
{
	char text[PATH_MAX + 256];

	(void)snprintf(text, sizeof(text),
		"%s:%u: %s '%s' is not there: what gets that name will be its tenant's, if it "
		"is a file; for a folder, load again",
		place_file(&grant->at), grant->at.line, policy_rights_name(grant->rights),
		grant->path);
	all->warn(text);
}

static int add_tree(struct all *all, const struct policy *policy, uint32_t id,
	const struct policy_grant *grant, const struct resolved *root, struct sbx_error *err)
{
	struct tree *grown = realloc(all->trees, (all->n_trees + 1) * sizeof(*grown));
	const struct resolved *beside = root->fd < 0 ? NULL : root;
	const char *written = beside ? policy_root(policy)->path : NULL;
	struct tree *tree;
	int r;

	if (!grown)
		return error_errno(err, ENOMEM, "read the tenants' own");
	all->trees = grown;
	tree = &grown[all->n_trees];
	*tree = (struct tree){ .place = RESOLVED_INIT, .rights = grant->rights, .id = id };
	memcpy(tree->tenant, policy->tenant, sizeof(tree->tenant));
	/*
	 * Its tenant may have removed it, or put a link there, which is no reason why others
	 * couldn't be loaded. Whatever gets that name is the tenant's.
	 */
	r = resolve_or_free_name(beside, written, grant->path, true, &tree->place, err);
	if (r == -ENOENT)
		(void)error_cure(err, r, "make it, or take it out of the policy");
	if (r < 0)
		return error_prefix(err, r, "%s:%u: %s", place_file(&grant->at), grant->at.line,
			policy_rights_name(grant->rights));
	all->n_trees++;
	if (tree->place.fd < 0)
		warn_of_nothing(all, grant);
	r = watch_tree(all, &tree->place, err);
	return r < 0 ? r : watch_name(all, policy, root, grant->path, &tree->place, err);
}

static int add_id(struct all *all, uint32_t id, uint32_t rate, struct sbx_error *err)
{
	uint32_t *ids = realloc(all->ids, (all->n_ids + 1) * sizeof(*ids));
	uint32_t *rates = realloc(all->rates, (all->n_ids + 1) * sizeof(*rates));

	if (ids)
		all->ids = ids;
	if (rates)
		all->rates = rates;
	if (!ids || !rates)
		return error_errno(err, ENOMEM, "read the tenants");
	ids[all->n_ids] = id;
	rates[all->n_ids++] = rate;
	return 0;
}

/* Those inside are looked at as the folder is. */
static int add_included(struct all *all, const struct policy_dirs *dirs,
	const struct policy *policy, struct sbx_error *err)
{
	char folder[PATH_MAX];

	(void)snprintf(folder, sizeof(folder), "%s/tenants", dirs->config);
	for (size_t i = 0; i < policy->sources.n; i++) {
		const struct policy_source *source = policy->sources.v[i];
		int r = tenants_has(folder, source->name)
				? 0
				: add_watched(all, TENANTS_FILE, source->name, &source->st, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* A root that can't be found is for `run` to refuse, and nothing that lies in it can be either. */
static void find_root(const struct policy *policy, struct resolved *ret_root)
{
	const struct policy_grant *root = policy_root(policy);

	if (root && root->rights != POLICY_SEE && !root->unsettled)
		(void)resolve_path(root->path, ret_root, NULL);
}

static int add_trees(
	struct all *all, const struct policy *policy, uint32_t id, struct sbx_error *err)
{
	_cleanup_resolved_ struct resolved root = RESOLVED_INIT;
	int r = 0;

	find_root(policy, &root);
	for (size_t i = 0; r == 0 && i < policy->filesystem.n_grants; i++)
		if (policy->filesystem.grants[i].rights == POLICY_OWN)
			r = add_tree(all, policy, id, &policy->filesystem.grants[i], &root, err);
	for (size_t i = 0; r == 0 && i < policy->filesystem.n_shares; i++)
		r = add_tree(all, policy, id, &policy->filesystem.shares[i], &root, err);
	return r;
}

static int add_tenant(struct all *all, const struct policy_dirs *dirs, const char *name,
	uint32_t max_id, struct sbx_error *err)
{
	_cleanup_policy_ struct policy *policy = NULL;
	uint32_t id = 0;
	int r = policy_load_tenant(dirs, name, &policy, NULL, err);

	if (r == 0) {
		r = ids_get(name, policy->id, max_id, &id, err);
		if (r < 0)
			return error_prefix(err, r, "'%s'", policy->path);
	}
	if (r == 0)
		r = policy_settle(dirs, &policy, id, NULL, err);
	if (r == 0)
		r = add_id(all, id, policy->audit.rate, err);
	if (r == 0)
		r = add_included(all, dirs, policy, err);
	return r < 0 ? r : add_trees(all, policy, id, err);
}

static int check_own(const struct policy_own *owns, size_t n, const struct policy_own *own,
	struct sbx_error *err)
{
	const enum policy_rights rights = own->shared ? POLICY_SHARE : POLICY_OWN;
	const struct policy_own *above = own_above(owns, n, own->tenant, own->path);

	if (above)
		return error_prefix(
			err, own_refuse(above, rights, own->path, err), "tenant '%s'", own->tenant);
	if (own->shared && !own_holds(owns, n, own->tenant, own->path))
		return own_refuse_share(own->tenant, own->path, err);
	return 0;
}

static int check_owns(const struct all *all, struct sbx_error *err)
{
	_cleanup_free_ struct policy_own *owns = calloc(all->n_trees + 1, sizeof(*owns));
	int r = 0;

	if (!owns)
		return error_errno(err, ENOMEM, "load the tenants' own");
	for (size_t i = 0; i < all->n_trees; i++)
		owns[i] = (struct policy_own){
			.path = all->trees[i].place.path,
			.tenant = all->trees[i].tenant,
			.shared = all->trees[i].rights == POLICY_SHARE,
		};
	own_sort(owns, all->n_trees);
	for (size_t i = 0; i < all->n_trees && r == 0; i++)
		r = check_own(owns, all->n_trees, &owns[i], err);
	return r;
}

static int load_owners(
	const struct lsm *lsm, const struct all *all, uint32_t n_loads, struct sbx_error *err)
{
	_cleanup_free_ struct lsm_own *owns = calloc(all->n_trees + 1, sizeof(*owns));
	int r;

	if (!owns)
		return error_errno(err, ENOMEM, "load the tenants' own");
	for (size_t i = 0; i < all->n_trees; i++)
		owns[i] = (struct lsm_own){
			.tenant = all->trees[i].id,
			.fd = all->trees[i].place.fd,
			.folder = all->trees[i].place.folder,
			.path = all->trees[i].place.path,
			.shared = all->trees[i].rights == POLICY_SHARE,
		};
	r = owners_load(lsm, owns, all->n_trees, all->ids, all->n_ids, err);
	return r < 0 ? r : anchors_load(lsm, owns, all->n_trees, n_loads, err);
}

/*
 * All that `run` holds against what there is then. Ids and labels have been counted on since it was
 * read.
 */
static int write_loaded(const struct lsm *lsm, const struct sbx_loaded *found,
	struct sbx_loaded *ret_loaded, struct sbx_error *err)
{
	struct sbx_loaded loaded;
	int r = lsm_read_loaded(lsm, &loaded, err);

	if (r < 0)
		return r;
	loaded.tenants = found->tenants;
	loaded.named = found->named;
	loaded.folders = found->folders;
	loaded.policy_changes = found->policy_changes;
	loaded.watched = found->watched;
	loaded.n_loads = found->n_loads;
	*ret_loaded = loaded;
	return lsm_write_loaded(lsm, &loaded, err);
}

/*
 * A policy of an earlier load can't be found any more, but by a run that looked before: it holds
 * its tenant's lock from there until the policy is in use.
 */
static bool is_of_earlier_load(const struct sbx_policy_key *key, uint32_t policy, void *arg)
{
	const struct sbx_loaded *loaded = arg;
	char name[NAME_MAX_LEN + 1];

	(void)policy;
	return key->n_loads != loaded->n_loads && ids_name(key->tenant, name) == 0 &&
	       !registry_tenant_is_locked(name);
}

static int forget_earlier(const struct lsm *lsm, struct sbx_loaded *loaded, struct sbx_error *err)
{
	int r = forget_policies(lsm, is_of_earlier_load, loaded, NULL, err);

	return r < 0 ? r : forget_rules(lsm, NULL, err);
}

static int compare_watched(const void *a, const void *b)
{
	const struct watched *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : (int)x->kind - (int)y->kind;
}

/* Many policies include one file. One that has changed meanwhile is two, and `run` sees that. */
static bool is_same(const struct watched *a, const struct watched *b)
{
	return compare_watched(a, b) == 0 && a->hash == b->hash;
}

static int write_watched(
	struct all *all, const struct survey *survey, uint64_t *ret_sum, struct sbx_error *err)
{
	_cleanup_free_ char *text = NULL;
	uint64_t sum = 0;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int r = 0;

	if (!out)
		return error_errno(err, ENOMEM, "list what policies speak of");
	if (all->n_watched)
		qsort(all->watched, all->n_watched, sizeof(*all->watched), compare_watched);
	for (size_t i = 0; i < all->n_watched; i++) {
		const struct watched *one = &all->watched[i];

		if (i > 0 && is_same(one, one - 1))
			continue;
		sum += one->hash;
		(void)fprintf(out, "%c%s\n", one->kind, one->path);
	}
	/* They are in the survey's sum. */
	for (size_t i = 0; i < survey->drop_ins.n; i++)
		(void)fprintf(out, "%c%s\n", TENANTS_FOLDER, survey->drop_ins.v[i]);
	if (fclose(out) != 0)
		r = error_errno(err, ENOMEM, "list what policies speak of");
	if (r == 0)
		r = fs_replace(AT_FDCWD, LSM_WATCHED, text, size, FS_VOLATILE, err);
	if (r == 0)
		*ret_sum = sum;
	return r;
}

/* Done first: what changes from here on is seen as a change by `run`. */
static int look_at_policies(const struct lsm *lsm, const char *config, struct survey *ret_survey,
	struct sbx_loaded *ret_found, struct sbx_error *err)
{
	struct sbx_loaded found;
	uint64_t fingerprint = 0;
	int r = lsm_read_loaded(lsm, &found, err);

	if (r < 0)
		return r;
	found.n_loads++;
	/* Before the survey waits until a change would have another time. */
	r = tenants_fingerprint(config, lsm->ready.generation, &fingerprint, err);
	if (r == 0)
		r = survey_policies(lsm, config, found.n_loads, ret_survey, err);
	if (r < 0)
		return r;
	found.tenants = fingerprint;
	found.folders = ret_survey->folders;
	found.policy_changes = ret_survey->changes;
	found.watched = ret_survey->complete;
	*ret_found = found;
	return 0;
}

int own_load_all(const struct lsm *lsm, const struct policy_dirs *dirs,
	const struct host_config *host, void (*warn)(const char *text), struct sbx_error *err)
{
	_cleanup_(all_clear) struct all all = { .key = lsm->ready.generation, .warn = warn };
	_cleanup_(survey_clear) struct survey survey = { 0 };
	_cleanup_strv_ struct strv names = { 0 };
	struct sbx_loaded found = { 0 }, loaded = { 0 };
	uint64_t named = 0;
	int r = look_at_policies(lsm, dirs->config, &survey, &found, err);

	if (r == 0)
		r = policy_list_tenants(dirs, &names, err);
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = add_tenant(&all, dirs, names.v[i], host->last_id - host->first_id, err);
	if (r == 0)
		r = check_owns(&all, err);
	if (r == 0)
		r = load_owners(lsm, &all, found.n_loads, err);
	if (r == 0)
		r = lsm_set_rates(lsm, all.ids, all.rates, all.n_ids, err);
	if (r == 0)
		r = write_watched(&all, &survey, &named, err);
	found.named = named;
	if (r == 0)
		r = write_loaded(lsm, &found, &loaded, err);
	if (r == 0)
		r = policy_files_forget(lsm, loaded.n_loads, err);
	return r < 0 ? r : forget_earlier(lsm, &loaded, err);
}
