/* SPDX-License-Identifier: Apache-2.0 */
#include "state/ids.h"

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/str.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define IDS_FILE IDS_DIR "/tenants"
#define IDS_LOCK IDS_DIR "/lock"

/* A line a tenant, "NAME ID"; 65,536 of the longest names fit. */
#define IDS_SIZE (5 << 20)

struct ids {
	uint32_t of_tenant; /* 0: none yet */
	char owner_of_wanted[NAME_MAX_LEN + 1];
};

static int parse_line(
	char *line, const char *tenant, uint32_t wanted, struct ids *ids, struct sbx_error *err)
{
	char *name = strsep(&line, " ");
	uint32_t id;

	if (!line || !name_is_valid(name) || str_to_u32(line, &id) < 0 || id == 0)
		return error_set(err, EINVAL, "'%s' has a line that is not 'NAME ID'", IDS_FILE);
	if (streq(name, tenant))
		ids->of_tenant = id;
	if (id == wanted)
		(void)snprintf(ids->owner_of_wanted, sizeof(ids->owner_of_wanted), "%s", name);
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The lowest id that no line has, from `first` to `max`; 0: there is none. */
static uint32_t lowest_free(const uint32_t *sorted, size_t n, uint32_t first, uint32_t max)
{
	uint32_t id = first;

	for (size_t i = 0; i < n && id <= max; i++)
		if (sorted[i] == id)
			id++;
	return id <= max ? id : 0;
}

/* `text` was parsed, so each line is a name and an id. */
static int find_free(const char *text, uint32_t max, uint32_t *ret_id)
{
	_cleanup_free_ uint32_t *used = NULL;
	size_t n = 0;

	for (const char *c = text; *c; c++)
		n += *c == '\n';
	used = calloc(n + 1, sizeof(*used));
	if (!used)
		return -ENOMEM;
	n = 0;
	for (const char *c = strchr(text, ' '); c; c = strchr(c + 1, ' '))
		used[n++] = (uint32_t)strtoul(c + 1, NULL, 10);
	if (n)
		qsort(used, n, sizeof(*used), compare_ids);
	*ret_id = lowest_free(used, n, IDS_FIRST_ASSIGNED, max);
	if (!*ret_id)
		*ret_id = lowest_free(used, n, 1, max);
	return 0;
}

/* `text` keeps its content, so that a line can be added to it. */
static int parse(const char *text, const char *tenant, uint32_t wanted, struct ids *ids,
	struct sbx_error *err)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *line;
	int r = copy ? 0 : error_errno(err, ENOMEM, "read '%s'", IDS_FILE);

	*ids = (struct ids){ 0 };
	while (r == 0 && (line = strsep(&rest, "\n")))
		if (*line)
			r = parse_line(line, tenant, wanted, ids, err);
	return r;
}

static int load(
	char *text, const char *tenant, uint32_t wanted, struct ids *ids, struct sbx_error *err)
{
	ssize_t n = fs_read(AT_FDCWD, IDS_FILE, text, IDS_SIZE);

	if (n < 0 && n != -ENOENT)
		return error_errno(err, (int)-n, "read '%s'", IDS_FILE);
	if (n < 0)
		text[0] = '\0';
	return parse(text, tenant, wanted, ids, err);
}

static int check_wanted(const char *tenant, uint32_t wanted, uint32_t max, const struct ids *ids,
	struct sbx_error *err)
{
	int r;

	if (wanted > max) {
		r = error_set(err, ERANGE, "tenant '%s': id %u is above the range of ids, 1 to %u",
			tenant, wanted, max);
		return error_cure(err, r, "choose another one, or widen 'ids' in sandboxctl.ini");
	}
	if (!wanted || ids->of_tenant == wanted)
		return 0;
	if (ids->of_tenant) {
		r = error_set(err, EEXIST, "tenant '%s' has the id %u for good, its policy says %u",
			tenant, ids->of_tenant, wanted);
		return error_cure(err, r, "write 'id = %u', or leave it out", ids->of_tenant);
	}
	if (*ids->owner_of_wanted) {
		r = error_set(err, EEXIST, "tenant '%s': id %u is, or was, tenant '%s''s", tenant,
			wanted, ids->owner_of_wanted);
		return error_cure(err, r, "choose another one, or leave it out");
	}
	return 0;
}

static int assign(char *text, const char *tenant, uint32_t wanted, uint32_t max, struct ids *ids,
	struct sbx_error *err)
{
	_cleanup_free_ char *grown = NULL;
	uint32_t id = wanted;
	int n;

	if (!id && find_free(text, max, &id) < 0)
		return error_errno(err, ENOMEM, "write '%s'", IDS_FILE);
	if (!id) {
		n = error_set(err, ENOSPC, "tenant '%s': all ids up to %u are used", tenant, max);
		return error_cure(err, n, "widen 'ids' in sandboxctl.ini");
	}
	n = asprintf(&grown, "%s%s %u\n", text, tenant, id);
	if (n < 0)
		return error_errno(err, ENOMEM, "write '%s'", IDS_FILE);
	ids->of_tenant = id;
	return fs_replace(AT_FDCWD, IDS_FILE, grown, (size_t)n, FS_DURABLE, err);
}

/* Under the lock: somebody else may have been first. */
static int assign_locked(char *text, const char *tenant, uint32_t wanted, uint32_t max,
	struct ids *ids, struct sbx_error *err)
{
	_cleanup_close_ int lock = -1;
	int r = fs_make_private_dir(IDS_DIR, err);

	if (r == 0)
		r = fs_lock(IDS_LOCK, &lock, err);
	if (r == 0)
		r = load(text, tenant, wanted, ids, err);
	if (r == 0)
		r = check_wanted(tenant, wanted, max, ids, err);
	return r < 0 || ids->of_tenant ? r : assign(text, tenant, wanted, max, ids, err);
}

/* The id in the line of that tenant; 0 where there is none, or anything else than one. */
static uint32_t find_line(const char *text, size_t size, const char *tenant)
{
	char key[NAME_MAX_LEN + 3], digits[16];
	int n = snprintf(key, sizeof(key), "\n%s ", tenant);
	const char *at, *end;
	uint32_t id;

	if (n < 0 || (size_t)n >= sizeof(key))
		return 0;
	/* The first line has none before it. */
	if (size >= (size_t)n && memcmp(text, key + 1, (size_t)n - 1) == 0)
		at = text + n - 1;
	else if ((at = memmem(text, size, key, (size_t)n)))
		at += n;
	end = at ? memchr(at, '\n', size - (size_t)(at - text)) : NULL;
	if (!end || (size_t)(end - at) >= sizeof(digits))
		return 0;
	memcpy(digits, at, (size_t)(end - at));
	digits[end - at] = '\0';
	return str_to_u32(digits, &id) == 0 ? id : 0;
}

/*
 * The usual case, in which the tenant has its id: of the other lines, of which there may be
 * thousands, nothing is read. 0: whatever it is, it takes a look at all of them. The file is only
 * ever replaced, so what is mapped stays as it is.
 */
static uint32_t look_up(const char *tenant)
{
	_cleanup_close_ int fd = open(IDS_FILE, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint32_t id;
	void *text;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0)
		return 0;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (text == MAP_FAILED)
		return 0;
	id = find_line(text, (size_t)st.st_size, tenant);
	(void)munmap(text, (size_t)st.st_size);
	return id;
}

static int get(const char *tenant, uint32_t wanted, uint32_t max, bool may_assign, uint32_t *ret_id,
	struct sbx_error *err)
{
	_cleanup_free_ char *text = NULL;
	uint32_t known = look_up(tenant);
	struct ids ids;
	int r;

	if (known && known <= max && (!wanted || wanted == known)) {
		*ret_id = known;
		return 0;
	}
	text = malloc(IDS_SIZE);
	if (!text)
		return error_errno(err, ENOMEM, "read '%s'", IDS_FILE);
	r = load(text, tenant, wanted, &ids, err);
	if (r == 0)
		r = check_wanted(tenant, wanted, max, &ids, err);
	if (r == 0 && !ids.of_tenant)
		r = may_assign ? assign_locked(text, tenant, wanted, max, &ids, err) : -ENOENT;
	if (r == 0 && ids.of_tenant > max)
		r = error_set(err, ERANGE, "tenant '%s': its id %u is above the range of ids",
			tenant, ids.of_tenant);
	if (r == 0)
		*ret_id = ids.of_tenant;
	return r;
}

int ids_get(
	const char *tenant, uint32_t wanted, uint32_t max, uint32_t *ret_id, struct sbx_error *err)
{
	return get(tenant, wanted, max, true, ret_id, err);
}

int ids_find(
	const char *tenant, uint32_t wanted, uint32_t max, uint32_t *ret_id, struct sbx_error *err)
{
	return get(tenant, wanted, max, false, ret_id, err);
}

int ids_name(uint32_t id, char ret_name[static NAME_MAX_LEN + 1])
{
	_cleanup_free_ char *text = malloc(IDS_SIZE);
	struct ids ids;
	int r = text ? load(text, "", id, &ids, NULL) : -ENOMEM;

	if (r < 0)
		return r;
	if (!*ids.owner_of_wanted)
		return -ENOENT;
	memcpy(ret_name, ids.owner_of_wanted, sizeof(ids.owner_of_wanted));
	return 0;
}

static int compare_tenants(const void *a, const void *b)
{
	return strcmp(((const struct tenant_id *)a)->name, ((const struct tenant_id *)b)->name);
}

static int fill(char *text, struct tenant_id *list, size_t *n, struct sbx_error *err)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *name = strsep(&line, " ");

		if (!*name)
			continue;
		if (!line || !name_is_valid(name) || str_to_u32(line, &list[*n].id) < 0)
			return error_set(
				err, EINVAL, "'%s' has a line that is not 'NAME ID'", IDS_FILE);
		(void)snprintf(list[(*n)++].name, sizeof(list->name), "%s", name);
	}
	return 0;
}

int ids_list(struct tenant_id **ret_list, size_t *ret_n, struct sbx_error *err)
{
	_cleanup_free_ char *text = malloc(IDS_SIZE);
	_cleanup_free_ struct tenant_id *list = NULL;
	ssize_t size = text ? fs_read(AT_FDCWD, IDS_FILE, text, IDS_SIZE) : -ENOMEM;
	size_t lines = 1, n = 0;
	int r;

	if (size < 0 && size != -ENOENT)
		return error_errno(err, (int)-size, "read '%s'", IDS_FILE);
	if (size < 0)
		text[0] = '\0';
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	list = calloc(lines, sizeof(*list));
	r = list ? fill(text, list, &n, err) : error_errno(err, ENOMEM, "read '%s'", IDS_FILE);
	if (r < 0)
		return r;
	if (n)
		qsort(list, n, sizeof(*list), compare_tenants);
	*ret_list = take_ptr(list);
	*ret_n = n;
	return 0;
}

uint32_t ids_of(const struct tenant_id *list, size_t n, const char *tenant)
{
	struct tenant_id key = { 0 };
	const struct tenant_id *found;

	(void)snprintf(key.name, sizeof(key.name), "%s", tenant);
	found = n ? bsearch(&key, list, n, sizeof(key), compare_tenants) : NULL;
	return found ? found->id : 0;
}
