/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/users.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* What the fields behind the name are, in passwd and group, and in subuid and subgid. */
enum {
	ID = 1,
	USERS_GID = 2, /* in passwd alone */

	RANGE_FIRST = 0,
	RANGE_COUNT = 1,

	N_FIELDS = 3,
};

struct entry {
	const char *name;
	uint32_t number[N_FIELDS];
	bool is_number[N_FIELDS];
};

/* Blanks are no reason to take a number for free: others, strtoul(3) that is, skip them as well. */
static bool read_number(char *field, uint32_t *ret_number)
{
	static const char blanks[] = " \t\r";
	size_t n;

	field += strspn(field, blanks);
	n = strcspn(field, blanks);
	if (field[n + strspn(field + n, blanks)])
		return false;
	field[n] = '\0';
	return str_to_u32(field, ret_number) == 0;
}

static struct entry split(char *line)
{
	struct entry entry = { 0 };

	line[strcspn(line, "\n")] = '\0';
	entry.name = strsep(&line, ":");
	for (size_t i = 0; i < ARRAY_SIZE(entry.number) && line; i++)
		entry.is_number[i] = read_number(strsep(&line, ":"), &entry.number[i]);
	return entry;
}

/* Calls MATCHES with each line until it returns true. 1, 0 where it never does, or -errno. */
static int find(const char *etc, const char *file,
	bool (*matches)(const struct entry *entry, void *arg), void *arg, struct sbx_error *err)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char path[PATH_MAX];
	size_t room = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", etc, file);
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? 0 : error_errno(err, errno, "open '%s'", path);
	while (getline(&line, &room, f) >= 0) {
		struct entry entry = split(line);

		if (matches(&entry, arg))
			return 1;
	}
	return feof(f) ? 0 : error_errno(err, errno, "read '%s'", path);
}

struct wanted {
	const char *name; /* NULL: by the number */
	uint32_t number;
	struct entry found; /* but for its name, which goes with the line */
};

static struct wanted want(const char *text)
{
	struct wanted w = { 0 };

	if (str_to_u32(text, &w.number) < 0)
		w.name = text;
	return w;
}

/* Digits are a number, whoever may be called so. */
static bool is_wanted(const struct entry *entry, void *arg)
{
	struct wanted *w = arg;

	if (!entry->is_number[ID])
		return false;
	if (w->name ? !streq(entry->name, w->name) : entry->number[ID] != w->number)
		return false;
	w->found = *entry;
	return true;
}

static bool is_wanted_user(const struct entry *entry, void *arg)
{
	return entry->is_number[USERS_GID] && is_wanted(entry, arg);
}

int users_find(
	const char *etc, const char *user, uid_t *ret_uid, gid_t *ret_gid, struct sbx_error *err)
{
	struct wanted w = want(user);
	int r = find(etc, "passwd", is_wanted_user, &w, err);

	if (r == 1) {
		*ret_uid = w.found.number[ID];
		*ret_gid = w.found.number[USERS_GID];
	}
	return r;
}

int users_find_group(const char *etc, const char *group, gid_t *ret_gid, struct sbx_error *err)
{
	struct wanted w = want(group);
	int r = find(etc, "group", is_wanted, &w, err);

	if (r == 1)
		*ret_gid = w.found.number[ID];
	return r;
}

static bool has_number(const struct entry *entry, void *arg)
{
	const uint32_t *number = arg;

	return entry->is_number[RANGE_FIRST] && entry->is_number[RANGE_COUNT] &&
	       *number >= entry->number[RANGE_FIRST] &&
	       *number - entry->number[RANGE_FIRST] < entry->number[RANGE_COUNT];
}

int users_is_subordinate(const char *etc, const char *file, uint32_t number, struct sbx_error *err)
{
	return find(etc, file, has_number, &number, err);
}
