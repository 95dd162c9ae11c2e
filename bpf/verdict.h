/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The decisions, as pure C: no kernel, no maps. The hooks feed them; the unit tests feed them too.
 */
#ifndef SBX_BPF_VERDICT_H
#define SBX_BPF_VERDICT_H

#include "abi.h"

#define SBX_INLINE static inline __attribute__((always_inline))

/* A walk from a file up to the root of its superblock. Zeroed before the first label. */
struct sbx_walk {
	__u32 owner; /* of the tree, where another tenant's was met */
	__u32 rights; /* of the nearest label that the policy has something to say on; 0: none had
		       */
	__u32 shared; /* the tenant that lets others in there, where another one's share was met */
};

/*
 * A label on the way, nearest first. `rights` points to what the acting policy grants there, NULL
 * when nothing. Ownership is looked for all the way up: a grant below or above another tenant's
 * tree never opens it, but that tenant's share does, for what lies in it.
 */
SBX_INLINE void sbx_walk_label(
	struct sbx_walk *walk, __u32 tenant, __u32 owner, __u32 flags, const __u32 *rights)
{
	if (owner && owner != tenant) {
		if (flags & SBX_LABEL_SHARED)
			walk->shared = owner;
		if (walk->shared != owner)
			walk->owner = owner;
	}
	if (!walk->rights && rights)
		walk->rights = *rights;
}

/* What the walk comes to when it has reached the root; SBX_WHY_NONE is: allowed. */
SBX_INLINE enum sbx_why sbx_walk_end(const struct sbx_walk *walk, __u32 wanted)
{
	if (walk->owner)
		return SBX_WHY_OWNED;
	if (!walk->rights)
		return SBX_WHY_NO_GRANT;
	/* Wanting nothing is not a way in. */
	if (!wanted || (wanted & ~walk->rights))
		return SBX_WHY_RIGHTS;
	return SBX_WHY_NONE;
}

/*
 * A name in a folder is changed: that writes to both, to the folder and to what has the name, which
 * may have a label of its own. `entry` met no more than that one.
 */
SBX_INLINE enum sbx_why sbx_entry_end(const struct sbx_walk *folder, const struct sbx_walk *entry)
{
	if (entry->owner)
		return SBX_WHY_OWNED;
	if (entry->rights && !(entry->rights & SBX_WRITE))
		return SBX_WHY_RIGHTS;
	return sbx_walk_end(folder, SBX_WRITE);
}

/*
 * A file, or a folder with all that is in it, goes from one folder to another. It can't be used for
 * more there; what has a label of its own takes that along. And what another tenant shares stays
 * there: taken out, it would be open still when that tenant shares it no more.
 */
SBX_INLINE enum sbx_why sbx_move_end(
	const struct sbx_walk *entry, const struct sbx_walk *from, const struct sbx_walk *to)
{
	if (from->shared && from->shared != to->shared)
		return SBX_WHY_SHARED;
	if (!entry->rights && (to->rights & ~from->rights))
		return SBX_WHY_RISES;
	return SBX_WHY_NONE;
}

/*
 * Whether that is no more than the tenant's own allowlist, which `mode = audit` and `off` lift. Not
 * what is another's, what nobody can tell whose it is, what no policy can allow, and what would
 * outlive the mode: a name under which a file could be used for more.
 */
SBX_INLINE int sbx_is_lifted(__u32 why)
{
	return why == SBX_WHY_NO_GRANT || why == SBX_WHY_RIGHTS || why == SBX_WHY_NO_RULE;
}

/*
 * What is another's, or may be, for nobody can tell. That holds for the kernel's own doings in a
 * task's name, too: an overlay over another's tree is no way in.
 */
SBX_INLINE int sbx_may_be_anothers(__u32 why)
{
	return why == SBX_WHY_OWNED || why == SBX_WHY_DEPTH || why == SBX_WHY_ADRIFT;
}

/* Whether one of the rule's ranges covers the port of that protocol. */
SBX_INLINE enum sbx_why sbx_rule_covers(const struct sbx_net_rule *rule, __u16 protocol, __u16 port)
{
	for (int i = 0; i < SBX_MAX_PORTS; i++) {
		const struct sbx_ports *p = &rule->ports[i];

		if ((__u32)i >= rule->n)
			break;
		if (p->protocol == protocol && p->first <= port && port <= p->last)
			return SBX_WHY_NONE;
	}
	return SBX_WHY_NO_RULE;
}

/*
 * 0.0.0.0 and :: reach an address of this host that depends on what the socket was bound to, so no
 * rule can speak of them. IPv4 comes as ::ffff:a.b.c.d.
 */
SBX_INLINE int sbx_address_is_unspecified(const __u8 address[16])
{
	__u32 any = 0, mapped;

	for (int i = 0; i < 10; i++)
		any |= address[i];
	mapped = address[10] == 0xff && address[11] == 0xff;
	if (!mapped)
		any |= address[10] | address[11];
	for (int i = 12; i < 16; i++)
		any |= address[i];
	return !any;
}

#endif
