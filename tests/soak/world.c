/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <errno.h>
#include <stdlib.h>

static const char *const word_names[N_WORDS] = { "read", "write", "exec", "own", "share" };
static const unsigned int word_rights[N_WORDS] = {
	READ,
	READ | WRITE,
	READ | EXEC,
	READ | WRITE | METADATA,
	0,
};

static bool has(const struct grants *grants, int tenant, enum word word)
{
	return grants->words[tenant] >> word & 1;
}

/* Negative: nobody. */
static int owner(const struct grants *grants)
{
	for (int t = 0; t < N_TENANTS; t++)
		if (has(grants, t, WORD_OWN))
			return t;
	return -1;
}

static int owner_above(const struct world *world, int folder)
{
	int found = -1;

	for (; folder >= 0 && found < 0; folder = world->folders[folder].above)
		found = owner(&world->folders[folder].grants);
	return found;
}

/*
 * Where something may be owned it is so in one of three: an `own` in another's would be refused.
 * What is owned, or lies in what is, is shared in one of three.
 */
static struct grants random_grants(int owned_above_by)
{
	struct grants grants = { 0 };
	int by = owned_above_by;

	for (int t = 0; t < N_TENANTS; t++)
		if (random() % 4 == 0)
			grants.words[t] = 1u << random() % WORD_OWN;
	if (by < 0 && random() % 3 == 0) {
		by = (int)(random() % N_TENANTS);
		grants.words[by] |= 1u << WORD_OWN;
	} else if (by >= 0 && random() % 8 == 0) {
		grants.words[by] |= 1u << WORD_OWN;
	}
	if (by >= 0 && random() % 3 == 0)
		grants.words[by] |= 1u << WORD_SHARE;
	return grants;
}

static void make_folder(struct world *world, int i)
{
	struct folder *f = &world->folders[i];
	struct folder above;

	f->above = (int)(random() % i);
	above = world->folders[f->above];
	f->root = above.root;
	(void)snprintf(f->path, sizeof(f->path), "%s/%d", above.path, i);
	if (random() % 2)
		f->grants = random_grants(owner_above(world, f->above));
	for (int n = 0; n < N_NAMES; n++)
		if (random() % 4 == 0)
			f->names[n] = random_grants(owner_above(world, i));
}

void world_make(struct world *world, unsigned int seed, char *const roots[2])
{
	*world = (struct world){ 0 };
	srandom(seed);
	for (int i = 0; i < N_FOLDERS; i++) {
		if (i >= 2) {
			make_folder(world, i);
			continue;
		}
		world->folders[i].above = -1;
		world->folders[i].root = i;
		(void)snprintf(
			world->folders[i].path, sizeof(world->folders[i].path), "%s", roots[i]);
	}
}

static void print_words(const struct grants *grants, int tenant, const char *path, FILE *to)
{
	for (enum word w = 0; w < N_WORDS; w++)
		if (has(grants, tenant, w))
			(void)fprintf(to, "%s = %s\n", word_names[w], path);
}

void world_print_policy(const struct world *world, int tenant, FILE *to)
{
	for (int i = 0; i < N_FOLDERS; i++) {
		const struct folder *f = &world->folders[i];

		print_words(&f->grants, tenant, f->path, to);
		for (int n = 0; n < N_NAMES; n++) {
			char path[sizeof(f->path) + 16];

			(void)snprintf(path, sizeof(path), "%s/name-%d", f->path, n);
			print_words(&f->names[n], tenant, path, to);
		}
	}
}

/* False: the policy says nothing there. */
static bool granted(const struct grants *grants, int tenant, unsigned int *ret_rights)
{
	*ret_rights = 0;
	for (enum word w = 0; w < N_WORDS; w++)
		if (has(grants, tenant, w))
			*ret_rights |= word_rights[w];
	return (grants->words[tenant] & ~(1u << WORD_SHARE)) != 0;
}

/* The nearest grant decides. */
unsigned int world_rights(const struct world *world, int tenant, int folder, int name)
{
	unsigned int rights;

	if (name != NO_NAME && granted(&world->folders[folder].names[name], tenant, &rights))
		return rights;
	for (; folder >= 0; folder = world->folders[folder].above)
		if (granted(&world->folders[folder].grants, tenant, &rights))
			return rights;
	return 0;
}

/* What another tenant says there: that it shares it, that it owns it, or nothing. */
static enum word word_of_another(const struct grants *grants, int tenant, int *ret_by)
{
	for (enum word w = WORD_SHARE; w >= WORD_OWN; w--)
		for (int t = 0; t < N_TENANTS; t++)
			if (t != tenant && has(grants, t, w)) {
				*ret_by = t;
				return w;
			}
	return N_WORDS;
}

/* The nearest that another says decides. */
static enum word standing(const struct world *world, int tenant, int folder, int name, int *ret_by)
{
	enum word word = N_WORDS;

	if (name != NO_NAME)
		word = word_of_another(&world->folders[folder].names[name], tenant, ret_by);
	for (; folder >= 0 && word == N_WORDS; folder = world->folders[folder].above)
		word = word_of_another(&world->folders[folder].grants, tenant, ret_by);
	return word;
}

bool world_is_others(const struct world *world, int tenant, int folder, int name)
{
	int by;

	return standing(world, tenant, folder, name, &by) == WORD_OWN;
}

int world_sharer(const struct world *world, int tenant, int folder, int name)
{
	int by;

	return standing(world, tenant, folder, name, &by) == WORD_SHARE ? by : -1;
}

int world_may(const struct world *world, int tenant, int folder, int name, unsigned int wanted)
{
	if (world_is_others(world, tenant, folder, name))
		return EACCES;
	return wanted & ~world_rights(world, tenant, folder, name) ? EACCES : 0;
}
