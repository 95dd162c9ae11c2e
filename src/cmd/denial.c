/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/denial.h"

#include "cmd/report.h"
#include "kernel/find_inode.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

static int find_below(const struct denial_subject *s, size_t place,
	const struct inode_sought *sought, char below[static PATH_MAX])
{
	_cleanup_close_ int opened = -1;

	if (s->tops && s->tops[place] >= 0)
		return find_inode(s->tops[place], sought, s->names, below);
	opened = open(s->reach.places[place].path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return opened < 0 ? -errno : find_inode(opened, sought, s->names, below);
}

/*
 * What the LSM saw is an inode. In a private root it is in one of the places; a host's root is too
 * large to look for it.
 */
static int find_denied(const struct denial_subject *s, const struct sbx_denial *d,
	char outside[static PATH_MAX], char inside[static PATH_MAX])
{
	const struct inode_sought sought = { makedev(d->dev >> 20, d->dev & 0xfffff), d->ino };
	char below[PATH_MAX];

	for (size_t i = 0; i < s->reach.n; i++) {
		const char *top = s->reach.places[i].path;

		if (streq(top, "/") || find_below(s, i, &sought, below) < 0 ||
			snprintf(outside, PATH_MAX, "%s%s", top, below) >= PATH_MAX)
			continue;
		return reach_shown(&s->reach.places[i], outside, inside, PATH_MAX);
	}
	return -ENOENT;
}

/* Others' are looked for where one of them is the reason: there may be thousands. */
static int find_owns(const struct denial_subject *s, const struct sbx_denial *d,
	struct lookup_tenants *others, struct policy_own **ret_owns, size_t *ret_n)
{
	const struct strv self = { (char *[]){ (char *)s->policy->tenant, NULL }, 1 };
	struct sbx_error ignored;

	if (d->why == SBX_WHY_OWNED && lookup_tenants(s->dirs, &self, others, &ignored) < 0)
		return -ENOMEM;
	*ret_owns = lookups_owns(&others->owns, ret_n);
	return *ret_owns ? 0 : -ENOMEM;
}

/* By the order of what is harder to get. */
static const struct {
	unsigned int right;
	enum policy_rights wanted;
} rights[] = { { SBX_METADATA, POLICY_OWN }, { SBX_WRITE, POLICY_WRITE }, { SBX_EXEC, POLICY_EXEC },
	{ SBX_READ, POLICY_READ } };

static void answer_unknown(const struct sbx_denial *d, struct denial_answer *answer)
{
	size_t i = 0;

	if (d->why != SBX_WHY_NO_GRANT && d->why != SBX_WHY_RIGHTS)
		return;
	while (i < ARRAY_SIZE(rights) - 1 && !(d->wanted & rights[i].right))
		i++;
	explain_cure(
		&answer->e, "filesystem", "%s = its path", policy_rights_name(rights[i].wanted));
}

static void answer_found(const struct explain_files *files, const struct sbx_denial *d,
	const char *inside, struct denial_answer *answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		struct explanation e;

		if (!(d->wanted & rights[i].right))
			continue;
		explain_file(files, inside, rights[i].wanted, &e);
		if (e.allowed)
			continue;
		answer->e = e;
		return;
	}
}

static int explain_denied_file(
	const struct denial_subject *s, const struct sbx_denial *d, struct denial_answer *answer)
{
	_cleanup_free_ struct policy_own *owns = NULL;
	struct explain_files files = { .reach = s->reach, .proc = policy_proc(s->policy) };
	char inside[PATH_MAX];

	if (find_owns(s, d, &answer->others, &owns, &files.n_owns) < 0)
		return -ENOMEM;
	files.owns = owns;
	if (find_denied(s, d, answer->path, inside) == 0) {
		answer_found(&files, d, inside, answer);
	} else {
		answer->path[0] = '\0';
		answer_unknown(d, answer);
	}
	return 0;
}

static void explain_denied_connect(
	const struct denial_subject *s, const struct sbx_denial *d, struct denial_answer *answer)
{
	struct in6_addr address;
	struct explanation e;

	memcpy(&address, d->address, sizeof(address));
	explain_connect(s->policy, d->protocol == IPPROTO_TCP ? POLICY_TCP : POLICY_UDP, &address,
		d->port, &e);
	if (!e.allowed)
		answer->e = e;
}

int denial_explain(const struct denial_subject *subject, const struct sbx_denial *denial,
	struct denial_answer *ret_answer)
{
	*ret_answer = (struct denial_answer){ 0 };
	if (report_is_of_file(denial))
		return explain_denied_file(subject, denial, ret_answer);
	if (denial->why == SBX_WHY_NO_RULE && denial->family != AF_UNIX)
		explain_denied_connect(subject, denial, ret_answer);
	return 0;
}

void denial_answer_clear(struct denial_answer *answer)
{
	lookup_tenants_clear(&answer->others);
}
