/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sandbox has from its start and nobody can change from outside: a filter can only be added
 * to, and mounts, namespaces and credentials are the process's own. It can't be read back either,
 * so the registry keeps a fingerprint of each part.
 */
#ifndef SBX_LAUNCH_WALLS_H
#define SBX_LAUNCH_WALLS_H

#include "launch/plan.h"

/* "seccomp", "filesystem" and so on; NULL behind the last. */
const char *walls_name(size_t i);

/* A fingerprint for each of them, words between spaces: of what a run by this plan has of it. */
int walls_describe(
	const struct plan *plan, char text[static REGISTRY_WALLS_MAX], struct sbx_error *err);

/*
 * Which of the plan's grants are names that nothing has, for who compares later: a character for
 * each grant, up to the last such one or as far as there is room. The sandbox sees what gets the
 * name where its folder is mounted, so that walls_describe() of a plan with `sandbox` counts the
 * folder still. The same lines have their grants in the same order, and with other lines the
 * filesystem differs anyway.
 */
void walls_note_names(const struct plan *plan, char text[static REGISTRY_NAMES_MAX]);

/* A bit for each that differs between two descriptions. One without a word differs in all. */
unsigned int walls_compare(const char *a, const char *b);

/* Those of them that a command which goes into the sandbox would have by its own plan. */
unsigned int walls_of_command(unsigned int differing);

#define WALLS_TEXT_MAX 128
/* "seccomp, network". */
void walls_list(unsigned int differing, char text[static WALLS_TEXT_MAX]);

#endif
