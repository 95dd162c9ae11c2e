/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the types of cgroup files share: a setting is put, or taken out again.
 */
#ifndef SBX_POLICY_CGROUP_H
#define SBX_POLICY_CGROUP_H

#include "policy/key.h"

/* Sets the file that the key names to VALUE, which it takes over; NULL: no memory. 0 or -ENOMEM. */
int cgroup_put(const struct key_use *use, struct policy_cgroup *cgroup, char *value);
int cgroup_put_number(const struct key_use *use, struct policy_cgroup *cgroup, uint64_t number);

/* Takes the setting of key->name out; it is a type's `clear`. */
void cgroup_clear(const struct key *key, void *field);
/* Takes all of them out. */
void cgroup_clear_all(struct policy_cgroup *cgroup);

/* A size of whole units of that many bytes, or "max". */
int cgroup_put_size(const struct key_use *use, struct policy_cgroup *cgroup, uint64_t unit);

#endif
