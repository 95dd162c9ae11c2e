/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets that the command gets, as systemd hands them over: sd_listen_fds(3). What this process
 * was given itself comes first, then those of the policy, which a step opens.
 */
#include "kernel/listener.h"
#include "launch/environment.h"
#include "launch/plan_parts.h"
#include "policy/listen.h"

#include <fcntl.h>

enum { NAMES_MAX = 4096 };

int plan_count_given(int *ret_n, struct sbx_error *err)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	uint32_t number;

	*ret_n = 0;
	if (!pid || !fds || str_to_u32(pid, &number) < 0 || number != (uint32_t)getpid())
		return 0;
	if (str_to_u32(fds, &number) < 0 || number > PLAN_GIVEN_MAX)
		return error_set(err, EINVAL, "LISTEN_FDS '%s': not a number from 0 to %d", fds,
			PLAN_GIVEN_MAX);
	*ret_n = (int)number;
	return 0;
}

static int check_given(struct plan *plan, int fd, struct sbx_error *err)
{
	bool inet = false;
	int r;

	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return error_set(err, EINVAL, "LISTEN_FDS: descriptor %d is not open", fd);
	r = listener_check(fd, &inet, err);
	if (r < 0) {
		(void)error_prefix(err, r, "LISTEN_FDS: descriptor %d", fd);
		return error_cure(err, r, "a socket unit has ListenStream=, and Accept=no");
	}
	/* Who accepts from it holds a part of another network. */
	if (!inet || plan->host.lsm || plan->policy->network.mode == POLICY_NETWORK_HOST)
		return 0;
	r = error_set(err, EPERM,
		"LISTEN_FDS: descriptor %d is of the host's network, and with lsm = off nothing "
		"keeps what comes in by it from being used on that",
		fd);
	return error_cure(err, r, "set [network] mode = host");
}

/* A name for each, of what can't be mistaken for another name or line. */
static int add_given_names(struct plan *plan, int n, struct sbx_error *err)
{
	const char *names = getenv("LISTEN_FDNAMES");

	if (!names)
		names = "unknown";
	for (const char *c = names; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f || c - names >= NAMES_MAX)
			return error_set(err, EINVAL, "LISTEN_FDNAMES is not a list of names");
	for (int i = 0; i < n; i++) {
		size_t length = strcspn(names, ":");

		if (strv_addf(&plan->socket_names, "%.*s", (int)length, names) < 0)
			return error_errno(err, ENOMEM, "read LISTEN_FDNAMES");
		if (names[length] == ':')
			names += length + 1;
		else if (i + 1 < n && getenv("LISTEN_FDNAMES"))
			return error_set(
				err, EINVAL, "LISTEN_FDNAMES has fewer names than LISTEN_FDS says");
	}
	return 0;
}

static int take_given(struct plan *plan, struct sbx_error *err)
{
	int n, r = plan_count_given(&n, err);

	for (int i = 0; i < n && r == 0; i++)
		r = check_given(plan, PLAN_FIRST_SOCKET + i, err);
	if (r == 0 && n)
		r = add_given_names(plan, n, err);
	plan->n_given = r == 0 ? (size_t)n : 0;
	return r;
}

static int add_opened_names(struct plan *plan, struct sbx_error *err)
{
	const struct policy *policy = plan->policy;
	int r = 0;

	for (size_t i = 0; i < policy->network.n_listen; i++)
		for (size_t j = 0; j < policy->network.listen[i].n_ports && r == 0; j++)
			r = strv_addf(&plan->socket_names, "tcp-%u",
				policy->network.listen[i].ports[j].first);
	return r < 0 ? error_errno(err, -r, "name the sockets") : 0;
}

/* The command itself writes the number that it has. */
static int set_environment(struct plan *plan)
{
	_cleanup_strv_ struct strv words = { 0 };
	_cleanup_free_ char *names = strdup("LISTEN_FDNAMES=");
	int r = names ? strv_addf(&words, "LISTEN_FDS=%zu", plan->socket_names.n) : -ENOMEM;

	for (size_t i = 0; i < plan->socket_names.n && r == 0; i++) {
		char *longer;

		if (asprintf(&longer, "%s%s%s", names, i ? ":" : "", plan->socket_names.v[i]) < 0)
			return -ENOMEM;
		free(names);
		names = longer;
	}
	if (r == 0)
		r = strv_add(&words, names);
	if (r == 0)
		r = strv_add(&words, "LISTEN_PID=" PLAN_LISTEN_PID);
	if (r == 0)
		r = environment_set_all(&plan->env, &words);
	if (r == 0)
		plan->listen_pid = (char *)environment_get(&plan->env, "LISTEN_PID");
	return r;
}

int plan_program_sockets(struct plan *plan, struct sbx_error *err)
{
	int r = plan->sandbox ? 0 : take_given(plan, err);

	if (r == 0 && !plan->sandbox)
		r = add_opened_names(plan, err);
	if (r < 0 || !plan->socket_names.n)
		return r;
	r = set_environment(plan);
	return r < 0 ? error_errno(err, -r, "build the environment") : 0;
}

int plan_module_sockets(struct plan *plan, struct strv *addresses, struct sbx_error *err)
{
	const struct policy_place *at = NULL;
	char where[PLACE_TEXT_MAX];
	int n, r = plan_count_given(&n, err);

	if (r == 0 && n) {
		r = error_set(err, ENOTSUP, "LISTEN_FDS: %s can't be given a socket that is open",
			plan->runtime->name);
		return error_cure(err, r,
			"name its address with 'listen' in [network], without a socket unit");
	}
	if (r == 0)
		r = listen_check(plan->policy, plan->runtime->type, &at, err);
	if (r < 0)
		return at ? error_prefix(err, r, "%s", place_text(at, where)) : r;
	r = listen_addresses(plan->policy, addresses);
	return r < 0 ? error_errno(err, -r, "build the runtime's command line") : 0;
}
