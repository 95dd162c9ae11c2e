/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What explain says of files, held against the model that `soak` holds the kernel against: worlds
 * of folders and names, granted to four tenants in every way.
 */
#include "../soak/world.c"

#include "policy/explain.h"
#include "tmpdir.h"

enum { N_WORLDS = 200, MAX_PLACES = N_TENANTS * N_FOLDERS * (1 + N_NAMES) * N_WORDS };

static struct policy *policies[N_TENANTS];
static struct reach_place places[MAX_PLACES];
static struct policy_own owns[MAX_PLACES];
static unsigned long n_asked, n_allowed, n_wrong;

static struct policy *load(const struct world *world, int tenant)
{
	static struct sbx_error err;
	const struct policy_dirs dirs = { tmpdir_path, tmpdir_path };
	struct policy *policy = NULL;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	ASSERT_TRUE(f);
	(void)fputs("version = 1\n[filesystem]\n", f);
	world_print_policy(world, tenant, f);
	ASSERT_EQ(0, fclose(f));
	if (policy_load_file(&dirs, tmpdir_write("t.ini", text), "t", &policy, NULL, &err) < 0)
		printf("# %s\n", err.text);
	ASSERT_TRUE(policy);
	free(text);
	return policy;
}

/* Of another tenant: what it owns, or what it shares of that. */
static size_t add_owns(size_t n, int tenant, const struct policy_grant *grants, size_t n_grants)
{
	static const char *const names[N_TENANTS] = { "zero", "one", "two", "three" };

	for (size_t i = 0; i < n_grants; i++)
		if (grants[i].rights & (POLICY_OWN | POLICY_SHARE))
			owns[n++] = (struct policy_own){
				.path = grants[i].path,
				.tenant = names[tenant],
				.at = grants[i].at,
				.shared = grants[i].rights == POLICY_SHARE,
			};
	return n;
}

static struct explain_files files_of(int tenant)
{
	const struct policy *p = policies[tenant];
	size_t n = p->filesystem.n_grants, n_owns = 0;

	for (size_t i = 0; i < n; i++)
		places[i] = (struct reach_place){
			.path = p->filesystem.grants[i].path,
			.grant = &p->filesystem.grants[i],
		};
	for (int t = 0; t < N_TENANTS; t++) {
		const struct policy *other = policies[t];

		if (t == tenant)
			continue;
		n_owns = add_owns(n_owns, t, other->filesystem.grants, other->filesystem.n_grants);
		n_owns = add_owns(n_owns, t, other->filesystem.shares, other->filesystem.n_shares);
	}
	own_sort(owns, n_owns);
	return (struct explain_files){ { places, n }, owns, n_owns, POLICY_PROC_PID };
}

/* On the way to what is granted a private root has folders of its own. */
static bool is_on_the_way(const struct explain_files *files, const char *path)
{
	if (reach_seen(&files->reach, path))
		return false;
	for (size_t i = 0; i < files->reach.n; i++)
		if (path_lies_in(files->reach.places[i].path, path))
			return true;
	return false;
}

static void ask(const struct world *world, const struct explain_files *files, int tenant,
	int folder, int name)
{
	static const struct {
		enum policy_rights wanted;
		enum right right;
	} rights[] = { { POLICY_READ, READ }, { POLICY_WRITE, WRITE }, { POLICY_EXEC, EXEC },
		{ POLICY_OWN, METADATA } };
	char path[600];

	(void)snprintf(path, sizeof(path), name == NO_NAME ? "%s" : "%s/name-%d",
		world->folders[folder].path, name);
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		bool may = world_may(world, tenant, folder, name, rights[i].right) == 0;
		struct explanation e;

		if (is_on_the_way(files, path))
			may = rights[i].right == READ;
		explain_file(files, path, rights[i].wanted, &e);
		n_asked++;
		n_allowed += may;
		if (e.allowed != may && n_wrong++ < 10)
			printf("# tenant %d, %s, right %d: %s\n", tenant, path, rights[i].right,
				e.why);
		/* No mode lifts that. */
		if (world_is_others(world, tenant, folder, name) && e.wall != EXPLAIN_OWNER &&
			!is_on_the_way(files, path))
			n_wrong++;
	}
}

static void ask_all(const struct world *world)
{
	for (int t = 0; t < N_TENANTS; t++) {
		struct explain_files files = files_of(t);

		for (int folder = 0; folder < N_FOLDERS; folder++)
			for (int name = NO_NAME; name < N_NAMES; name++)
				ask(world, &files, t, folder, name);
	}
}

TEST(explain_says_what_the_model_says)
{
	char *roots[2] = { (char *)"/srv/one", (char *)"/srv/two" };
	struct world world;

	(void)tmpdir_make();
	for (unsigned int seed = 1; seed <= N_WORLDS; seed++) {
		world_make(&world, seed, roots);
		for (int t = 0; t < N_TENANTS; t++)
			policies[t] = load(&world, t);
		ask_all(&world);
		for (int t = 0; t < N_TENANTS; t++)
			(void)policy_free(policies[t]);
	}
	printf("# %lu asked, %lu allowed\n", n_asked, n_allowed);
	EXPECT_EQ(0, n_wrong);
	EXPECT_TRUE(n_allowed > n_asked / 10 && n_allowed < n_asked / 2);
}
