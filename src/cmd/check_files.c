/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"
#include "cmd/check.h"

#include <limits.h>
#include <sys/xattr.h>

/* What a right is of no use without, in the bits for others, on a file and on a folder. */
static const struct {
	enum policy_rights rights;
	mode_t file, folder;
} needs[] = {
	{ POLICY_READ, S_IROTH, S_IROTH | S_IXOTH },
	{ POLICY_WRITE, S_IWOTH, S_IWOTH | S_IXOTH },
	{ POLICY_OWN, S_IROTH | S_IWOTH, S_IROTH | S_IWOTH | S_IXOTH },
	{ POLICY_EXEC, S_IXOTH, S_IXOTH },
};

/* The first that is missing is said: what can't be entered can't be listed either. */
static const struct {
	mode_t bit;
	const char *file, *folder;
} acts[] = {
	{ S_IXOTH, "execute", "enter" },
	{ S_IROTH, "read", "list" },
	{ S_IWOTH, "write", "write to" },
};

static void say_unseen(struct policy_report *report, const struct lookup *l)
{
	const struct policy_place *at = &l->grant->at;

	if (l->is_name && l->r == -ENOENT && policy_grant_may_be_name(l->grant))
		report_warning(report, at, "%s: run would refuse (%s)", l->err.text, l->err.cure);
	else if (l->r == -ENOENT || l->r == -ENOTDIR)
		report_warning(report, at, "'%s' is not there%s", l->grant->path,
			l->grant->rights == POLICY_SHARE ? "" : ": run would refuse");
	else if (l->r == -ENODATA)
		report_warning(report, at, "%s", l->err.text);
	else if (l->r == -EACCES)
		report_warning(report, at, "'%s' could not be looked at: %s%s", l->grant->path,
			strerror(-l->r), geteuid() == 0 ? "" : "; ask as root");
	else
		report_failure(report, at, &l->err);
}

/* An access control list may give what the mode doesn't: nothing is known then. */
static bool has_list(const char *path)
{
	return lgetxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

/* By its name: what is only mapped, and not executed, needs no more than to be read. */
static bool is_library(const char *path)
{
	const char *at = strstr(strrchr(path, '/'), ".so");

	return at && (at[3] == '\0' || at[3] == '.');
}

static mode_t needed(enum policy_rights rights, const char *path, bool is_folder)
{
	if (rights == POLICY_EXEC && !is_folder && is_library(path))
		return S_IROTH;
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if (needs[i].rights == rights)
			return is_folder ? needs[i].folder : needs[i].file;
	return 0;
}

/* Whether the tenant's uid gets all of `bits` on PATH; where not, that is said at the grant. */
static bool check_mode(
	struct checked *file, const struct policy_grant *grant, const char *path, mode_t bits)
{
	struct stat st;
	bool is_folder;

	if (lstat(path, &st) < 0 || fs_mode_allows(&st, file->uid, file->gid, bits) ||
		has_list(path))
		return true;
	is_folder = S_ISDIR(st.st_mode);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		if (!(acts[i].bit & bits) || fs_mode_allows(&st, file->uid, file->gid, acts[i].bit))
			continue;
		report_warning(&file->report, &grant->at,
			"'%s' has mode %04o, uid %u and gid %u: the tenant, uid %u, can't %s it",
			path, st.st_mode & 07777, st.st_uid, st.st_gid, file->uid,
			is_folder ? acts[i].folder : acts[i].file);
		return false;
	}
	return true;
}

/*
 * Folders above a grant are sandboxctl's own in a private root, and the host's modes don't matter;
 * but below another grant, or a root that isn't private, OUTER, they are the host's.
 */
static bool check_way(struct checked *file, const struct lookup *l, const char *outer)
{
	char above[PATH_MAX];

	if (streq(outer, l->place.path))
		return true;
	for (const char *slash = l->place.path + strlen(outer); (slash = strchr(slash + 1, '/'));) {
		(void)snprintf(
			above, sizeof(above), "%.*s", (int)(slash - l->place.path), l->place.path);
		if (!check_mode(file, l->grant, above, S_IXOTH))
			return false;
	}
	return true;
}

static void check_use(struct checked *file, const struct lookup *l, const char *outer)
{
	const char *path = l->place.path;
	struct stat st;

	if (lstat(path, &st) == 0 && check_way(file, l, outer))
		(void)check_mode(
			file, l->grant, path, needed(l->grant->rights, path, S_ISDIR(st.st_mode)));
}

/* Whoever is to make what isn't there writes to its folder. */
static void check_name(struct checked *file, const struct lookup *l, const char *outer)
{
	const char *path = l->place.path;
	char folder[PATH_MAX];

	report_warning(&file->report, &l->grant->at,
		"'%s' is not there: what gets that name is granted, if it is no folder",
		l->grant->path);
	if (path_folder(path, folder, sizeof(folder)) < 0 || streq(folder, "/"))
		return;
	if (!outer || !path_lies_in(path, outer))
		outer = folder;
	if (file->uid && (reach_of(l->grant->rights) & POLICY_WRITE) && check_way(file, l, outer))
		(void)check_mode(file, l->grant, folder, S_IWOTH | S_IXOTH);
}

/* In the order of their trees. */
static void check_grants(struct checked *file)
{
	/* The grant with the longest way to the one that is looked at, or that one itself. */
	const char *outer = NULL;

	for (size_t i = 0; i < file->grants.n; i++) {
		const struct lookup *l = &file->grants.v[i];

		if (l->r < 0) {
			say_unseen(&file->report, l);
			continue;
		}
		/* That is for others' policies to make something of. */
		if (l->grant->rights == POLICY_SHARE)
			continue;
		/* Where it is seen, none of the folders above it is. */
		if (policy_grant_is_root(l->grant))
			outer = l->place.path;
		if (l->grant->inside) {
			if (file->uid)
				check_use(file, l, l->place.path);
			continue;
		}
		if (l->is_name) {
			check_name(file, l, outer);
			continue;
		}
		if (!outer || !path_lies_in(l->place.path, outer))
			outer = l->place.path;
		if (file->uid)
			check_use(file, l, outer);
	}
}

void check_files(struct checked *file)
{
	const struct policy_place whole = checked_whole(file);
	struct sbx_error err = { 0 };

	lookups_sort(&file->grants);
	if (lookups_settle_names(&file->grants, file->lsm, &err) < 0)
		report_failure(&file->report, &whole, &err);
	else
		check_grants(file);
}
