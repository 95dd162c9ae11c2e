/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/explain_path.h"

#include "cmd/sight.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

/* Whose policy has an error keeps everybody from running too. */
static int look_up(struct path_question *q, struct sbx_error *err)
{
	const struct strv self = { (char *[]){ (char *)q->policy->tenant, NULL }, 1 };
	int r = lookup_grants(&q->grants, q->policy, POLICY_ANY_RIGHT, err);

	if (r == 0)
		r = lookups_settle_names(&q->grants, q->lsm, err);
	if (r == 0)
		r = lookups_error(&q->grants, err);
	if (r == -ENODATA && !*err->cure)
		return error_cure(err, r, "say of which sandbox with --name");
	if (r == 0)
		r = lookup_tenants(q->dirs, &self, &q->others, err);
	for (size_t i = 0; i < q->others.n && r == 0; i++) {
		*err = q->others.v[i].err;
		r = q->others.v[i].r;
	}
	return r < 0 ? r : lookups_error(&q->others.owns, err);
}

/*
 * Whatever is granted: grants' mounts are nodev, and the tenant's cgroup has a list of its own. To
 * change its metadata opens nothing.
 */
static void deny_device(const struct reach *reach, const char *real, enum policy_rights wanted,
	struct explanation *ret)
{
	const struct policy_place at = ret->at;
	bool is_opened = ret->allowed || ret->wall == EXPLAIN_GRANTS;

	if (is_opened && wanted != POLICY_OWN && sight_is_device(reach, real))
		explain_say(ret, false, &at,
			"it is a device: a sandbox opens those of its own /dev alone");
}

static bool is_shared(const struct lookup *l)
{
	return l->grant->rights == POLICY_SHARE;
}

/*
 * What another tenant owns is so under all of its names, and wherever it is mounted. That it shares
 * this very tree counts.
 */
static const struct lookup *find_owned(const struct lookups *owns, const char *path)
{
	const struct lookup *found = NULL;
	struct stat st;

	if (lstat(path, &st) < 0)
		return NULL;
	for (size_t i = 0; i < owns->n && !(found && is_shared(found)); i++) {
		const struct lookup *l = &owns->v[i];

		if (!l->is_name && l->ino == st.st_ino && l->dev == st.st_dev &&
			(!found || is_shared(l)))
			found = l;
	}
	return found;
}

/* By itself, or the nearest folder above; OUTSIDE is cut there. */
static const struct lookup *find_owned_above(
	const struct lookups *owns, char outside[static PATH_MAX])
{
	const struct lookup *found = owns->n ? find_owned(owns, outside) : NULL;

	while (owns->n && !found && outside[1]) {
		char *slash = strrchr(outside, '/');

		slash[slash == outside] = '\0';
		found = find_owned(owns, outside);
	}
	return found;
}

static void explain_with(const struct path_question *q, struct explain_files *files,
	const char *real, enum policy_rights wanted, struct explanation *ret)
{
	const struct reach_place *seen = reach_seen(&files->reach, real);
	const struct lookup *owned = NULL;
	char outside[PATH_MAX];

	explain_file(files, real, wanted, ret);
	if (q->lsm && ret->wall != EXPLAIN_OWNER && seen &&
		reach_outside(seen, real, outside, sizeof(outside)) == 0)
		owned = find_owned_above(&q->others.owns, outside);
	if (owned && !is_shared(owned)) {
		explain_say(ret, false, &owned->grant->at, "tenant '%s' owns '%s', which is '%s'",
			owned->tenant, owned->place.path, outside);
		ret->wall = EXPLAIN_OWNER;
	}
	deny_device(&files->reach, real, wanted, ret);
}

static int mount_of(const char *path, uint64_t *ret_id)
{
	struct statx stx;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &stx) < 0)
		return -errno;
	*ret_id = stx.stx_mnt_id;
	return 0;
}

/* Of PATH, or what would be made there, and of the folder that NAME is in. */
static bool is_on_mount_of(const char *path, const char *name)
{
	char folder[PATH_MAX];
	uint64_t here = 0, there = 0;

	if (mount_of(path, &here) < 0 &&
		(path_folder(path, folder, sizeof(folder)) < 0 || mount_of(folder, &here) < 0))
		return true;
	return path_folder(name, folder, sizeof(folder)) < 0 || mount_of(folder, &there) < 0 ||
	       here == there;
}

/* What is mounted in the folder of a name is no more open for that. */
static void set_apart(const struct reach *reach, struct reach_place *places, const char *real)
{
	const struct reach_place *seen = reach_seen(reach, real);
	char outside[PATH_MAX];

	if (!seen || reach_outside(seen, real, outside, sizeof(outside)) < 0)
		return;
	for (size_t i = 0; i < reach->n; i++)
		if (places[i].is_name)
			places[i].apart = !is_on_mount_of(outside, places[i].path);
}

static int explain_real(struct path_question *q, const char *real, enum policy_rights wanted,
	struct explanation *ret, struct sbx_error *err)
{
	size_t n_others;
	_cleanup_free_ struct reach_place *places = lookups_places(&q->grants);
	_cleanup_free_ struct policy_own *others = lookups_owns(&q->others.owns, &n_others);
	struct explain_files files;

	if (!places || !others)
		return error_errno(err, ENOMEM, "explain '%s'", real);
	files = (struct explain_files){ { places, q->grants.n }, others, q->lsm ? n_others : 0,
		policy_proc(q->policy) };
	set_apart(&files.reach, places, real);
	explain_with(q, &files, real, wanted, ret);
	return 0;
}

/* The launcher finds a command through it, but what runs inside doesn't. */
static void say_hidden(const char *path, const char *link, struct explanation *ret)
{
	_cleanup_resolved_ struct resolved place = RESOLVED_INIT;

	*ret = (struct explanation){ 0 };
	if (resolve_path(path, &place, NULL) == 0)
		(void)snprintf(ret->why, sizeof(ret->why),
			"the symlink '%s' is not in the private root: ask about '%s'", link,
			place.path);
	else
		(void)snprintf(ret->why, sizeof(ret->why),
			"the symlink '%s' is not in the private root", link);
}

int explain_path(struct path_question *q, const char *path, enum policy_rights wanted,
	struct explanation *ret, struct sbx_error *err)
{
	char real[PATH_MAX];
	int r = look_up(q, err);

	if (r == 0)
		r = sight_find(&q->grants, path, real, err);
	if (r < 0)
		return r;
	if (r > 0) {
		say_hidden(path, real, ret);
		return 0;
	}
	return explain_real(q, real, wanted, ret, err);
}

void path_question_clear(struct path_question *q)
{
	lookups_clear(&q->grants);
	lookup_tenants_clear(&q->others);
}
