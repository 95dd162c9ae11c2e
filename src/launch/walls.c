/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/walls.h"

#include "base/build.h"
#include "base/siphash.h"
#include "policy/key.h"

#include <sys/stat.h>

static void add_text(struct siphash *h, const char *s)
{
	siphash_add(h, s, strlen(s) + 1);
}

static int add_filter(const struct plan *plan, struct siphash *h)
{
	siphash_add(h, &plan->filter_digest, sizeof(plan->filter_digest));
	/* It goes with the filter, and stays as it was installed. */
	if (plan->policy->audit.syscalls)
		add_text(h, "logged");
	return 0;
}

/* What the registry has for a grant: whether anything had that name when the sandbox started. */
enum {
	IS_NAME = 'n', /* nothing had */
	IS_THERE = '-',
};

void walls_note_names(const struct plan *plan, char text[static REGISTRY_NAMES_MAX])
{
	size_t end = 0;

	for (size_t i = 0; i < plan->n_places && i < REGISTRY_NAMES_MAX - 1; i++) {
		bool is_name = plan->places[i].folder >= 0;

		text[i] = is_name ? IS_NAME : IS_THERE;
		if (is_name)
			end = i + 1;
	}
	text[end] = '\0';
}

static bool was_name(const struct plan *plan, size_t i)
{
	return plan->sandbox && i < strlen(plan->sandbox->names) &&
	       plan->sandbox->names[i] == IS_NAME;
}

static int stat_folder(const char *path, struct stat *ret_stat)
{
	_cleanup_resolved_ struct resolved folder = RESOLVED_INIT;
	char above[PATH_MAX];
	int r = path_folder(path, above, sizeof(above));

	if (r == 0)
		r = resolve_path(above, &folder, NULL);
	if (r == 0 && fstat(folder.fd, ret_stat) < 0)
		r = -errno;
	return r;
}

/* What is mounted, or would be, of a grant: of a name that nothing had, its folder. */
static int stat_mounted(const struct plan *plan, size_t i, struct stat *ret_stat)
{
	const struct resolved *place = &plan->places[i];

	if (place->fd >= 0 && was_name(plan, i))
		return stat_folder(place->path, ret_stat);
	return fstat(place->fd >= 0 ? place->fd : place->folder, ret_stat) < 0 ? -errno : 0;
}

/* A folder that was replaced is another one: the sandbox has the old one mounted. */
static int add_places(const struct plan *plan, struct siphash *h)
{
	struct stat st;

	for (size_t i = 0; i < plan->n_places; i++) {
		int r = stat_mounted(plan, i, &st);

		if (r < 0)
			return r;
		siphash_add(h, &st.st_dev, sizeof(st.st_dev));
		siphash_add(h, &st.st_ino, sizeof(st.st_ino));
		add_text(h, plan->places[i].path);
	}
	return 0;
}

static int add_ids(const struct plan *plan, struct siphash *h)
{
	siphash_add(h, &plan->uid, sizeof(plan->uid));
	siphash_add(h, &plan->gid, sizeof(plan->gid));
	return 0;
}

static int add_lsm(const struct plan *plan, struct siphash *h)
{
	siphash_add(h, &plan->host.lsm, sizeof(plan->host.lsm));
	return 0;
}

static int add_runtime(const struct plan *plan, struct siphash *h)
{
	enum policy_runtime_type type = plan->policy->runtime.type;
	const struct runtime *chosen = runtime_get(type ? type : plan->host.runtime);

	if (plan->runtime && chosen)
		add_text(h, chosen->name);
	return 0;
}

/* Another one may do what is the same for all sandboxes otherwise. */
static int add_build(const struct plan *plan, struct siphash *h)
{
	const void *id;
	size_t size;
	int r = build_id(&id, &size);

	(void)plan;
	if (r == 0)
		siphash_add(h, id, size);
	return r;
}

enum part {
	PART_SECCOMP,
	PART_NAMESPACES,
	PART_FILESYSTEM,
	PART_NETWORK,
	PART_PROCESS,
	PART_ENVIRONMENT,
	PART_RUNTIME,
	PART_TIMEOUT,
	PART_LSM,
	PART_SANDBOXCTL,
	N_PARTS,
	PART_NONE, /* it can be changed, or is in `add` as a whole */
};

static const struct {
	const char *name;
	int (*add)(
		const struct plan *plan, struct siphash *h); /* what keys don't say; may be NULL */
	bool of_sandbox; /* a further command finds it there, or goes without */
} parts[] = {
	[PART_SECCOMP] = { "seccomp", add_filter, false },
	[PART_NAMESPACES] = { "namespaces", NULL, false },
	[PART_FILESYSTEM] = { "filesystem", add_places, true },
	[PART_NETWORK] = { "network", NULL, false },
	[PART_PROCESS] = { "process", add_ids, false },
	[PART_ENVIRONMENT] = { "environment", NULL, true },
	[PART_RUNTIME] = { "runtime", add_runtime, true },
	[PART_TIMEOUT] = { "timeout", NULL, true },
	[PART_LSM] = { "lsm", add_lsm, false },
	[PART_SANDBOXCTL] = { "sandboxctl", add_build, false },
};

/* The first that fits. A key that nobody thought of here is one of the process. */
static const struct {
	const char *section, *name; /* NULL: all of the section */
	enum part part;
} keys[] = {
	{ "", NULL, PART_NONE },
	{ "tenant", NULL, PART_NONE },
	{ "cgroup", NULL, PART_NONE },
	{ "cgroup.sandbox", NULL, PART_NONE },
	{ "seccomp", NULL, PART_NONE },
	{ "namespaces", NULL, PART_NAMESPACES },
	{ "filesystem", NULL, PART_FILESYSTEM },
	{ "network", "connect", PART_NONE },
	{ "network", NULL, PART_NETWORK },
	{ "process", "env", PART_ENVIRONMENT },
	{ "process", "cwd", PART_ENVIRONMENT },
	{ "runtime", "start.timeout", PART_NONE }, /* over, where there is something to change */
	{ "runtime", "timeout", PART_TIMEOUT },
	{ "runtime", NULL, PART_RUNTIME },
	{ "lsm", NULL, PART_NONE },
	{ "audit", NULL, PART_NONE },
};

static enum part part_of(const struct key *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (streq(keys[i].section, key->section) &&
			(!keys[i].name || streq(keys[i].name, key->name)))
			return keys[i].part;
	return PART_PROCESS;
}

const char *walls_name(size_t i)
{
	return i < N_PARTS ? parts[i].name : NULL;
}

/* What is said as by default isn't otherwise than where nothing is said. */
static void add_keys(const struct policy *policy, struct siphash hashes[static N_PARTS])
{
	for (size_t i = 0; i < policy->n_assignments; i++) {
		const struct policy_assignment *one = &policy->assignments[i];
		enum part part = part_of(one->key);

		if (part == PART_NONE || (one->key->initial && streq(one->text, one->key->initial)))
			continue;
		add_text(&hashes[part], one->key->section);
		add_text(&hashes[part], assignment_name(one));
		add_text(&hashes[part], one->text);
	}
}

/*
 * Not keyed: these are root's files, and nobody but root sees it. What values stand for that speak
 * of the tenant or the sandbox is the same for one sandbox, so they count as they are written.
 */
int walls_describe(
	const struct plan *plan, char text[static REGISTRY_WALLS_MAX], struct sbx_error *err)
{
	struct siphash hashes[N_PARTS];
	int n = 0;

	for (size_t i = 0; i < N_PARTS; i++)
		siphash_init(&hashes[i], 0, i);
	add_keys(plan->policy, hashes);
	for (size_t i = 0; i < N_PARTS; i++) {
		int r = parts[i].add ? parts[i].add(plan, &hashes[i]) : 0;

		if (r < 0)
			return error_errno(err, -r, "describe the sandbox's %s", parts[i].name);
		n += snprintf(text + n, REGISTRY_WALLS_MAX - (size_t)n, "%s%016llx", i ? " " : "",
			(unsigned long long)siphash_end(&hashes[i]).word[0]);
	}
	return 0;
}

unsigned int walls_compare(const char *a, const char *b)
{
	unsigned int differing = 0;

	for (size_t i = 0; i < N_PARTS; i++) {
		size_t n = strcspn(a, " "), m = strcspn(b, " ");

		if (n != m || n == 0 || strncmp(a, b, n) != 0)
			differing |= 1U << i;
		a += n + (a[n] == ' ');
		b += m + (b[m] == ' ');
	}
	return differing;
}

unsigned int walls_of_command(unsigned int differing)
{
	for (size_t i = 0; i < N_PARTS; i++)
		if (parts[i].of_sandbox)
			differing &= ~(1U << i);
	return differing;
}

void walls_list(unsigned int differing, char text[static WALLS_TEXT_MAX])
{
	char *end = text;

	*text = '\0';
	for (size_t i = 0; i < N_PARTS; i++)
		if (differing & 1U << i)
			end = stpcpy(stpcpy(end, end == text ? "" : ", "), parts[i].name);
}
