/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sandbox sees and what the LSM lets it open, from the same descriptors.
 */
#include "launch/plan_parts.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* A bind to be: what is seen at one path. */
struct wanted {
	const char *path; /* "/": it is the root itself */
	const struct resolved *place;
	const struct policy_grant *grant; /* NULL: the module */
	bool writable, executable;
};

static int compare_wanted(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->path, ((const struct wanted *)b)->path);
}

/* What stands nowhere is of the command line. */
int plan_at_grant(const struct policy_grant *grant, int r, struct sbx_error *err)
{
	char where[PLACE_TEXT_MAX];

	if (grant->at.source)
		return error_prefix(err, r, "%s", place_text(&grant->at, where));
	return error_prefix(err, r, "--mount %s:%s", grant->path, grant->inside);
}

static bool is_root(const struct wanted *wanted)
{
	return streq(wanted->path, "/");
}

static bool is_mount(const struct wanted *wanted)
{
	return wanted->grant && wanted->grant->inside;
}

/* By the paths of the policy this was looked at already; links are only known now. */
static int refuse_second(
	const struct wanted *first, const struct wanted *second, struct sbx_error *err)
{
	const struct wanted *mount = is_mount(second) ? second : first;

	return plan_at_grant(mount->grant,
		error_set(err, EEXIST, "'%s' shows another tree already", mount->path), err);
}

static int add_wanted(
	struct wanted *all, size_t *n, const struct wanted *one, struct sbx_error *err)
{
	for (size_t i = 0; i < *n; i++) {
		if (!streq(all[i].path, one->path))
			continue;
		/* A grant of the tree that is the root. */
		if (is_root(one))
			return 0;
		if (is_mount(&all[i]) || is_mount(one))
			return refuse_second(&all[i], one, err);
		return 0;
	}
	all[(*n)++] = *one;
	return 0;
}

/* The policy's paths were held against it already; where they lead is only known now. */
static int check_proc(const struct plan *plan, const struct wanted *wanted, struct sbx_error *err)
{
	int r;

	if (!plan_has_proc(plan) || !path_lies_in(wanted->path, "/proc"))
		return 0;
	r = error_set(err, EINVAL, "'%s' would lie in the sandbox's own /proc", wanted->path);
	r = error_cure(err, r, "set 'proc = none'");
	return plan_at_grant(wanted->grant, r, err);
}

static int collect_wanted(struct plan *plan, const struct reach *reach, struct wanted *all,
	size_t *ret_n, struct sbx_error *err)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_places; i++) {
		const struct reach_place *place = &reach->places[i];
		unsigned int rights = reach_through(reach, place);
		struct wanted one = {
			.path = reach_inside(place),
			.place = &plan->places[i],
			.grant = place->grant,
			.writable = rights & POLICY_WRITE,
			.executable = rights & POLICY_EXEC,
		};
		int r;

		/* Nothing of it can be mounted. */
		if (place->is_name)
			continue;
		if (streq(place->path, "/") && !policy_grant_is_root(place->grant))
			return plan_at_grant(place->grant,
				error_set(err, EINVAL,
					"'%s' leads to '/', which can't be granted as a whole",
					place->grant->path),
				err);
		r = check_proc(plan, &one, err);
		if (r == 0)
			r = add_wanted(all, &n, &one, err);
		if (r < 0)
			return r;
	}
	/* Of a sandbox that runs these are where they were. */
	if (plan->runtime && !plan->sandbox) {
		struct wanted module = { .path = plan->module_path, .place = &plan->command.place };
		struct wanted runtime = {
			.path = plan->exec_path,
			.place = &plan->runtime_place,
			.executable = true,
		};

		all[n++] = module;
		all[n++] = runtime;
	}
	/* In this order an outer tree is mounted before what lies in it. */
	if (n)
		qsort(all, n, sizeof(*all), compare_wanted);
	*ret_n = n;
	return 0;
}

/* The tree that a wanted one will be mounted in; NULL: a file system of the sandbox's own. */
static const struct wanted *tree_around(const struct wanted *all, size_t i)
{
	/* What lies around comes before, and of these the last is the nearest. */
	for (size_t j = i; j-- > 0;)
		if (path_lies_in(all[i].path, all[j].path))
			return is_root(&all[j]) && reach_is_own(all[i].path) ? NULL : &all[j];
	return NULL;
}

/* What is behind the slash. */
static const char *path_below(const struct wanted *wanted, const struct wanted *around)
{
	return wanted->path + (is_root(around) ? 1 : strlen(around->path) + 1);
}

/*
 * In a tree of the host's a mount point is there, or it would have to be made there. A tenant that
 * takes it away meanwhile gets no more than a new one.
 */
static int check_mount_point(
	const struct wanted *wanted, const struct wanted *around, struct sbx_error *err)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	_cleanup_close_ int fd = (int)syscall(
		SYS_openat2, around->place->fd, path_below(wanted, around), &how, sizeof(how));
	struct stat tree, point;
	int r;

	if (fd < 0) {
		r = error_errno(err, errno, "there is no place for '%s' in '%s'", wanted->path,
			around->place->path);
		r = error_cure(err, r, "make '%s/%s'",
			streq(around->place->path, "/") ? "" : around->place->path,
			path_below(wanted, around));
	} else if (fstat(fd, &point) < 0 || fstat(wanted->place->fd, &tree) < 0) {
		r = error_errno(err, errno, "stat '%s'", wanted->path);
	} else {
		r = S_ISDIR(tree.st_mode) == S_ISDIR(point.st_mode)
			    ? 0
			    : error_set(err, ENOTDIR,
				      "of '%s' and '%s/%s' one is a folder, and one isn't",
				      wanted->place->path,
				      streq(around->place->path, "/") ? "" : around->place->path,
				      path_below(wanted, around));
	}
	return r < 0 && wanted->grant ? plan_at_grant(wanted->grant, r, err) : r;
}

static int check_mount_points(const struct wanted *all, size_t n, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct wanted *around = tree_around(all, i);

		if (around && (is_mount(&all[i]) || is_mount(around) || is_root(around)))
			r = check_mount_point(&all[i], around, err);
	}
	return r;
}

static int make_bind(struct plan *plan, const struct wanted *wanted, struct sbx_error *err)
{
	struct root_bind *bind = &plan->binds[plan->root.n_binds];
	struct stat st;
	int r;

	if (fstat(wanted->place->fd, &st) < 0)
		return error_errno(err, errno, "stat '%s'", wanted->path);
	*bind = (struct root_bind){
		.path = wanted->path,
		.tree = -1,
		.is_dir = S_ISDIR(st.st_mode),
		.writable = wanted->writable,
	};
	r = mounts_clone_tree(
		wanted->place->fd, wanted->writable, wanted->executable, &bind->tree, err);
	if (r < 0)
		return error_prefix(err, r, "'%s'", wanted->path);
	plan->root.n_binds++;
	return 0;
}

/* Of the host's the child makes its own copy: one from here would have sandboxctl's home in it. */
static int make_tree(struct plan *plan, const struct wanted *wanted, struct sbx_error *err)
{
	int r;

	plan->root.writable = wanted->writable;
	plan->root.is_host = wanted->grant->rights == POLICY_SEE;
	if (plan->root.is_host)
		return 0;
	r = mounts_clone_tree(
		wanted->place->fd, wanted->writable, wanted->executable, &plan->root.tree, err);
	return r < 0 ? error_prefix(err, r, "root: '%s'", wanted->place->path) : 0;
}

static int plan_binds(struct plan *plan, const struct reach *reach, struct sbx_error *err)
{
	_cleanup_free_ struct wanted *all = calloc(plan->n_places + 2, sizeof(*all));
	size_t n = 0;
	int r;

	plan->binds = calloc(plan->n_places + 2, sizeof(*plan->binds));
	if (!all || !plan->binds)
		return error_errno(err, ENOMEM, "plan the mounts");
	plan->root.binds = plan->binds;
	r = collect_wanted(plan, reach, all, &n, err);
	if (r == 0)
		r = check_mount_points(all, n, err);
	for (size_t i = 0; i < n && r == 0; i++)
		r = is_root(&all[i]) ? make_tree(plan, &all[i], err)
				     : make_bind(plan, &all[i], err);
	return r < 0 ? r : plan_open_folders(plan, reach, err);
}

/* A grant nearer to the module than the tenant's own would take away what that one gives. */
static bool module_is_granted(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_places; i++)
		if (path_lies_in(plan->command.place.path, plan->places[i].path))
			return true;
	return false;
}

/* A folder that a mount has made in the place of a link would hide what the link leads to. */
static int check_ways(const struct plan *plan, struct sbx_error *err)
{
	for (size_t i = 0; i < plan->n_places; i++) {
		const struct policy_grant *grant = &plan->policy->filesystem.grants[i];

		for (size_t j = 0; j < plan->root.n_links && grant->inside; j++) {
			const struct root_link *link = &plan->links[j];
			int r;

			if (!path_lies_in(grant->inside, link->path))
				continue;
			r = error_set(
				err, EEXIST, "'%s' is a symlink to '%s'", link->path, link->target);
			r = error_cure(err, r, "mount it where that leads to");
			return plan_at_grant(grant, r, err);
		}
	}
	return 0;
}

/* The links that the administrator's paths led through are there inside too: /bin -> usr/bin. */
static int plan_links(struct plan *plan, struct sbx_error *err)
{
	size_t n = 0;

	/* In another root stands what stands there: nothing is written to it. */
	if (policy_root(plan->policy))
		return 0;
	for (size_t i = 0; i < plan->n_places; i++)
		n += plan->places[i].links.n;
	plan->links = calloc(n + 1, sizeof(*plan->links));
	if (!plan->links)
		return error_errno(err, ENOMEM, "plan the links");
	for (size_t i = 0; i < plan->n_places; i++)
		for (size_t j = 0; j < plan->places[i].links.n; j++)
			plan->links[plan->root.n_links++] = (struct root_link){
				.path = plan->places[i].links.v[j],
				.target = plan->places[i].targets.v[j],
			};
	plan->root.links = plan->links;
	return check_ways(plan, err);
}

/* Of no line of the policy, and so without a name. */
static void grant_file(struct plan *plan, int fd, enum policy_rights rights)
{
	plan->grants[plan->n_grants++] =
		(struct lsm_grant){ .fd = fd, .folder = -1, .rights = rights };
}

static int plan_grants(struct plan *plan, const struct reach *reach, struct sbx_error *err)
{
	plan->grants = calloc(plan->n_places + 3, sizeof(*plan->grants));
	if (!plan->grants)
		return error_errno(err, ENOMEM, "plan the rules");
	for (size_t i = 0; i < plan->n_places; i++)
		if (!reach_is_idle(reach, i))
			plan->grants[plan->n_grants++] = (struct lsm_grant){
				.fd = plan->places[i].fd,
				.folder = plan->places[i].folder,
				.rights = reach->places[i].grant->rights,
				.path = plan->places[i].path,
			};
	if (plan_has_init(plan))
		grant_file(plan, plan->init_place.fd, POLICY_EXEC);
	/* A module needs no grant: its runtime is executed, and reads that one file. */
	if (plan->runtime) {
		grant_file(plan, plan->runtime_place.fd, POLICY_EXEC);
		if (plan->command.place.fd >= 0 && !module_is_granted(plan))
			grant_file(plan, plan->command.place.fd, POLICY_READ);
	}
	return 0;
}

int plan_root(struct plan *plan, struct sbx_error *err)
{
	_cleanup_free_ struct reach_place *places = plan_places(plan);
	const struct reach reach = { places, plan->n_places };
	int r;

	if (!places)
		return error_errno(err, ENOMEM, "plan the root");
	r = plan_binds(plan, &reach, err);
	if (r == 0)
		r = plan_links(plan, err);
	if (r == 0)
		r = plan_grants(plan, &reach, err);
	plan->root.tmp_size = plan->policy->filesystem.tmp;
	plan->root.has_proc = plan_has_proc(plan);
	plan->root.has_mqueue = plan->policy->namespaces.ipc;
	return r;
}

/* Its mounts are what they are; what the policy says of them now has to be possible all the same.
 */
int plan_running_root(struct plan *plan, struct sbx_error *err)
{
	_cleanup_free_ struct wanted *all = calloc(plan->n_places + 1, sizeof(*all));
	_cleanup_free_ struct reach_place *places = plan_places(plan);
	const struct reach reach = { places, plan->n_places };
	size_t n = 0;
	int r;

	if (!all || !places)
		return error_errno(err, ENOMEM, "plan the root");
	r = collect_wanted(plan, &reach, all, &n, err);
	if (r == 0)
		r = check_mount_points(all, n, err);
	return r < 0 ? r : plan_grants(plan, &reach, err);
}
