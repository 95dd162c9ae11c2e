/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/sockets.h"

#include "kernel/listener.h"
#include "launch/children.h"

#include <fcntl.h>

bool sockets_are_handed(const struct run *run)
{
	return plan_n_sockets(run->plan) > 0;
}

/* Above the numbers that a child gives its descriptors. */
static int add(struct run *run, int fd, struct sbx_error *err)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, children_first_free_fd(run->plan));

	if (moved < 0)
		return error_errno(err, errno, "copy a socket");
	run->sockets[run->n_sockets++] = moved;
	return 0;
}

static int open_rule(struct run *run, const struct policy_net_rule *rule, struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < rule->n_ports && r == 0; i++) {
		_cleanup_close_ int fd = -1;

		r = listener_open(run->netns, &rule->address, rule->ports[i].first, run->plan->uid,
			run->plan->gid, &fd, err);
		if (r == 0)
			r = add(run, fd, err);
	}
	return r;
}

int sockets_open(struct run *run, struct sbx_error *err)
{
	const struct plan *plan = run->plan;
	char where[PLACE_TEXT_MAX];
	int r = 0;

	for (size_t i = 0; i < plan->n_given && r == 0; i++)
		r = add(run, PLAN_FIRST_SOCKET + (int)i, err);
	for (size_t i = 0; i < plan->policy->network.n_listen && r == 0; i++) {
		const struct policy_net_rule *rule = &plan->policy->network.listen[i];

		r = open_rule(run, rule, err);
		if (r < 0)
			return error_prefix(err, r, "%s", place_text(&rule->at, where));
	}
	return r;
}

int sockets_close(struct run *run, struct sbx_error *err)
{
	(void)err;
	while (run->n_sockets > 0)
		(void)close(run->sockets[--run->n_sockets]);
	return 0;
}
