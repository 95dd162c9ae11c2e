/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What paths stand for, each resolved once: those of the grants on the host, that of the command as
 * the sandbox sees it.
 */
#include "launch/plan_parts.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* The tree that is the sandbox's root; NULL: a private one, or the host's. */
static const struct resolved *tree_of(const struct plan *plan)
{
	const struct policy_grant *root = policy_root(plan->policy);

	return root && root->rights != POLICY_SEE
		       ? &plan->places[root - plan->policy->filesystem.grants]
		       : NULL;
}

struct reach_place *plan_places(const struct plan *plan)
{
	struct reach_place *places = calloc(plan->n_places + 1, sizeof(*places));

	for (size_t i = 0; places && i < plan->n_places; i++)
		places[i] = (struct reach_place){
			.path = plan->places[i].path,
			.grant = &plan->policy->filesystem.grants[i],
			.is_name = plan->places[i].folder >= 0,
		};
	if (places)
		reach_settle(places, plan->n_places);
	return places;
}

/* What it has of its own is mounted on folders of the tree, which nobody makes in there. */
static int check_tree(const struct resolved *tree, struct sbx_error *err)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int r = 0;

	if (streq(tree->path, "/"))
		return error_set(err, EINVAL, "root: it leads to the host's root, which is 'host'");
	for (const char *const *own = reach_own; *own && r == 0; own++) {
		_cleanup_close_ int fd =
			(int)syscall(SYS_openat2, tree->fd, *own + 1, &how, sizeof(how));

		if (fd >= 0)
			continue;
		r = error_errno(err, errno,
			"root: there is no folder '%s' in '%s' for the sandbox's own", *own,
			tree->path);
		r = error_cure(err, r, "mkdir '%s%s'", tree->path, *own);
	}
	return r;
}

static int resolve_grant(struct plan *plan, const struct policy_grant *grant,
	const struct policy_grant *root, struct sbx_error *err)
{
	struct resolved *place = &plan->places[grant - plan->policy->filesystem.grants];
	const struct resolved *tree = grant == root ? NULL : tree_of(plan);
	const char *written = root ? root->path : NULL;
	int r = policy_grant_may_be_name(grant)
			? resolve_or_free_name(tree, written, grant->path, false, place, err)
			: resolve_beside_tree(tree, written, grant->path, place, err);

	if (r == -ENOENT)
		(void)error_cure(err, r, "make it, or take it out of the policy");
	if (r == 0 && grant == root && grant->rights != POLICY_SEE)
		r = check_tree(place, err);
	return r < 0 ? plan_at_grant(grant, r, err) : 0;
}

/* What isn't there is no error where the tenant, or somebody else, can make it later. */
static int check_names(const struct plan *plan, struct sbx_error *err)
{
	_cleanup_free_ struct reach_place *places = NULL;
	struct reach reach = { NULL, plan->n_places };
	int r = 0;

	for (size_t i = 0; i < plan->n_places && r == 0; i++) {
		if (plan->places[i].folder < 0)
			continue;
		if (!places)
			reach.places = places = plan_places(plan);
		if (!places)
			return error_errno(err, ENOMEM, "resolve the grants");
		r = reach_refuse_name(&reach, &places[i], plan->host.lsm, err);
		if (r < 0)
			r = plan_at_grant(places[i].grant, r, err);
	}
	return r;
}

int plan_resolve_grants(struct plan *plan, struct sbx_error *err)
{
	const struct policy_grant *grants = plan->policy->filesystem.grants;
	const struct policy_grant *root = policy_root(plan->policy);
	size_t n = plan->policy->filesystem.n_grants;
	int r;

	plan->places = calloc(n + 1, sizeof(*plan->places));
	if (!plan->places)
		return error_errno(err, ENOMEM, "resolve the grants");
	for (size_t i = 0; i < n; i++)
		plan->places[i] = RESOLVED_INIT;
	plan->n_places = n;
	/* First, for others may lie in it. */
	r = root ? resolve_grant(plan, root, root, err) : 0;
	for (size_t i = 0; i < n && r == 0; i++)
		if (&grants[i] != root)
			r = resolve_grant(plan, &grants[i], root, err);
	return r < 0 ? r : check_names(plan, err);
}

/* ---- the command ---- */

struct view {
	const struct plan *plan;
	struct reach reach;
};

static int resolve_on_host(
	void *arg, const char *path, struct resolved *ret_place, struct sbx_error *err)
{
	(void)arg;
	return resolve_path(path, ret_place, err);
}

/* In the tree that is the root, or in what is seen in the place of a part of it. */
static int resolve_in_view(
	void *arg, const char *path, struct resolved *ret_place, struct sbx_error *err)
{
	const struct view *view = arg;
	const struct resolved *tree = tree_of(view->plan);
	const struct policy_grant *root = policy_root(view->plan->policy);
	const struct reach_place *seen = reach_seen(&view->reach, path);
	char outside[PATH_MAX];

	if (!seen)
		return error_set(
			err, ENOENT, "'%s' would be in a folder of the sandbox's own", path);
	if (seen->grant == root)
		return resolve_in_tree(tree, path, ret_place, err);
	if (reach_outside(seen, path, outside, sizeof(outside)) < 0)
		return error_errno(err, ENAMETOOLONG, "'%s'", path);
	return resolve_beside_tree(tree, root->path, outside, ret_place, err);
}

/* By the nearest place around it: what isn't seen there isn't executed, for the child looks. */
static int set_inside(struct plan *plan, const struct view *view, struct sbx_error *err)
{
	const char *path = plan->command.place.path;
	const struct reach_place *best = NULL;

	for (size_t i = 0; i < view->reach.n; i++) {
		const struct reach_place *p = &view->reach.places[i];

		if (path_lies_in(path, p->path) && (!best || strlen(p->path) > strlen(best->path)))
			best = p;
	}
	if (!best)
		return error_set(err, EACCES, "'%s' is not seen in the sandbox", path);
	if (reach_shown(best, path, plan->command_path, sizeof(plan->command_path)) < 0)
		return error_errno(err, ENAMETOOLONG, "'%s'", path);
	return 0;
}

static int find_in_view(struct plan *plan, const char *path, int *ret_exit, struct sbx_error *err)
{
	_cleanup_free_ struct reach_place *places = plan_places(plan);
	struct view view = { plan, { places, plan->n_places } };
	const struct command_view where = {
		.path = path,
		.here = plan->policy->process.cwd,
		.resolve = resolve_in_view,
		.arg = &view,
	};
	int r;

	if (!places)
		return error_errno(err, ENOMEM, "look for the command");
	r = command_find(plan->options->command[0], &where, &plan->command, ret_exit, err);
	return r < 0 ? r : set_inside(plan, &view, err);
}

static int find_on_host(struct plan *plan, const char *path, int *ret_exit, struct sbx_error *err)
{
	char here[PATH_MAX];
	const struct command_view where = {
		.path = path,
		.here = *plan->options->command[0] == '/' ? NULL : getcwd(here, sizeof(here)),
		.resolve = resolve_on_host,
	};
	int r = command_find(plan->options->command[0], &where, &plan->command, ret_exit, err);

	if (r == 0 && snprintf(plan->command_path, sizeof(plan->command_path), "%s",
			      plan->command.place.path) >= (int)sizeof(plan->command_path))
		r = error_errno(err, ENAMETOOLONG, "'%s'", plan->command.place.path);
	return r;
}

/* Whoever types it sees the host, where it may well be. */
static void add_cure(const struct plan *plan, struct sbx_error *err)
{
	const struct resolved *tree = tree_of(plan);
	const char *in = tree ? " in the root '" : "", *root = tree ? tree->path : "";
	const char *end = tree ? "'" : "";

	if (strchr(plan->options->command[0], '/'))
		(void)error_cure(err, 0, "name a program that is there%s%s%s", in, root, end);
	else
		(void)error_cure(err, 0,
			"name it by its path%s%s%s, or add 'env = PATH=...' to [process] of '%s'",
			in, root, end, plan->policy->path);
}

int plan_find_command(struct plan *plan, const char *path, int *ret_exit, struct sbx_error *err)
{
	int r = tree_of(plan) ? find_in_view(plan, path, ret_exit, err)
			      : find_on_host(plan, path, ret_exit, err);

	if ((r == -ENOENT || r == -ENOTDIR) && *plan->options->command[0])
		add_cure(plan, err);
	return r;
}
