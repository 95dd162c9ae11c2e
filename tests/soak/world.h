/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A world to soak in, made of a seed: folders, granted to four tenants in every way, and the model
 * of who may do what there, in the words of the documentation: slow and obvious.
 */
#ifndef TESTS_SOAK_WORLD_H
#define TESTS_SOAK_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { N_TENANTS = 4, N_FOLDERS = 32, N_NAMES = 2 };

/* No name, or one that nothing is granted of. */
enum { NO_NAME = -1 };

enum right { READ = 1, WRITE = 2, EXEC = 4, METADATA = 8 };

enum word { WORD_READ, WORD_WRITE, WORD_EXEC, WORD_OWN, WORD_SHARE, N_WORDS };

/* Which words of its policy each tenant has for one folder, or one file: bits by enum word. */
struct grants {
	unsigned int words[N_TENANTS];
};

struct folder {
	int above; /* negative: a root; each is another file system's */
	int root;
	char path[512];
	struct grants grants;
	struct grants names[N_NAMES]; /* of the files "name-0" and so on */
};

struct world {
	struct folder folders[N_FOLDERS];
};

/* `roots`: two folders, of two file systems. */
void world_make(struct world *world, unsigned int seed, char *const roots[2]);

/* The [filesystem] section of a tenant's policy. */
void world_print_policy(const struct world *world, int tenant, FILE *to);

/* What a tenant has of the rights to a file in that folder, by that name. */
unsigned int world_rights(const struct world *world, int tenant, int folder, int name);

/* Whether it belongs to another tenant, by that name or by a folder above, and isn't shared. */
bool world_is_others(const struct world *world, int tenant, int folder, int name);

/* The other tenant that shares it; negative: none does. */
int world_sharer(const struct world *world, int tenant, int folder, int name);

/* 0 or EACCES. */
int world_may(const struct world *world, int tenant, int folder, int name, unsigned int wanted);

#endif
