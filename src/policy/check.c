/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/check.h"

#include "policy/allowlist.h"
#include "policy/key.h"
#include "policy/listen.h"

#include <sys/resource.h>

/* No setting and "max" are the highest number. */
static uint64_t number_of(const struct policy_cgroup_setting *setting)
{
	uint64_t number = UINT64_MAX;

	if (setting)
		(void)str_to_u64(setting->value, &number);
	return number;
}

/* The kernel takes it, but memory.high then never slows anything down. */
static void check_memory(
	struct key_load *load, const struct policy_cgroup *cgroup, const char *section)
{
	const struct policy_cgroup_setting *max = policy_cgroup_find(cgroup, "memory.max");
	const struct policy_cgroup_setting *high = policy_cgroup_find(cgroup, "memory.high");

	if (key_seen(load, section, "memory.max")->bad ||
		key_seen(load, section, "memory.high")->bad)
		return;
	if (!high || !max || streq(high->value, "max") || number_of(high) <= number_of(max))
		return;
	report_error(load->report, &high->at,
		"[%s] memory.high: %s is above memory.max, which is %s%s", section, high->value,
		max->value, max->at.source ? "" : " by default");
}

/* They are one number to the kernel, and idle has none: what is written last would count. */
static void check_cpu(
	struct key_load *load, const struct policy_cgroup *cgroup, const char *section)
{
	const struct policy_cgroup_setting *idle = policy_cgroup_find(cgroup, "cpu.idle");
	const struct policy_cgroup_setting *weight = policy_cgroup_find(cgroup, "cpu.weight");
	const struct policy_cgroup_setting *nice = policy_cgroup_find(cgroup, "cpu.weight.nice");

	if (weight && nice)
		report_error(load->report, &nice->at,
			"[%s] cpu.weight.nice: it is another way to say cpu.weight, which is given "
			"too",
			section);
	if (idle && streq(idle->value, "1") && (weight || nice))
		report_error(load->report, &idle->at,
			"[%s] cpu.idle: what is idle has no weight, and %s is given too", section,
			weight ? weight->file : nice->file);
}

/* The place of a key's value, for what was found in it. */
static const struct policy_place *place_of(
	const struct key_load *load, const char *section, const char *name)
{
	return &key_seen(load, section, name)->last;
}

/* Measured in cgroups with a small module and the build of contrib/packaging/wazero. */
static const struct needs {
	enum policy_runtime_type type;
	const char *name;
	uint64_t pids; /* with one less it fails mostly, with two less always */
	uint64_t memory; /* bytes; with 2M less it runs out mostly, with 4M less always */
	uint64_t address_space; /* bytes; with 128M less it fails */
} runtime_needs[] = {
	{ POLICY_RUNTIME_WAZERO, "wazero", 5, 6 << 20, 768 << 20 },
};

static void check_address_space(
	struct key_load *load, const struct policy *policy, const struct needs *needs)
{
	for (size_t i = 0; i < policy->process.n_rlimits; i++) {
		const struct policy_rlimit *limit = &policy->process.rlimits[i];

		if (limit->resource == RLIMIT_AS && limit->soft < needs->address_space)
			report_error(load->report, place_of(load, "process", "rlimit.AS"),
				"[process] rlimit.AS: %lluM is too little for %s, which reserves "
				"%lluM to start: memory.max bounds what it uses",
				(unsigned long long)limit->soft >> 20, needs->name,
				(unsigned long long)needs->address_space >> 20);
	}
}

static void check_needs(struct key_load *load, const struct policy_cgroup *cgroup,
	const char *section, const struct needs *needs)
{
	const struct policy_cgroup_setting *pids = policy_cgroup_find(cgroup, "pids.max");
	const struct policy_cgroup_setting *memory = policy_cgroup_find(cgroup, "memory.max");

	if (number_of(pids) < needs->pids && !key_seen(load, section, "pids.max")->bad)
		report_error(load->report, &pids->at,
			"[%s] pids.max: %s is too few for %s, which needs %llu to start", section,
			pids->value, needs->name, (unsigned long long)needs->pids);
	if (number_of(memory) < needs->memory && !key_seen(load, section, "memory.max")->bad)
		report_warning(load->report, &memory->at,
			"[%s] memory.max: %s is little for %s, which needs %lluM to start", section,
			memory->value, needs->name, (unsigned long long)needs->memory >> 20);
}

/* Module and runtime have places of their own, which no other tree has. */
static void check_runtime_root(struct key_load *load, const struct policy *policy)
{
	const struct policy_grant *root = policy_root(policy);

	if (root && policy->runtime.type != POLICY_RUNTIME_DEFAULT)
		report_error(load->report, &root->at,
			"root: [runtime] type wants modules, which run in a private root only");
}

/* Without a type there may never be a runtime: a plain program can do with less. */
static void check_runtime(struct key_load *load, const struct policy *policy)
{
	check_runtime_root(load, policy);
	for (size_t i = 0; i < ARRAY_SIZE(runtime_needs); i++) {
		if (runtime_needs[i].type != policy->runtime.type)
			continue;
		check_needs(load, &policy->cgroup, "cgroup", &runtime_needs[i]);
		check_needs(load, &policy->cgroup_sandbox, "cgroup.sandbox", &runtime_needs[i]);
		check_address_space(load, policy, &runtime_needs[i]);
	}
}

static void check_network(struct key_load *load, const struct policy *policy)
{
	if (!policy->network.n_connect || policy->network.mode != POLICY_NETWORK_NONE ||
		key_seen(load, "network", "mode")->bad)
		return;
	report_error(load->report, &policy->network.connect[0].at,
		"connect: set 'mode = host', for nothing can be reached with 'mode = none'%s",
		key_seen(load, "network", "mode")->last.source ? "" : ", which is the default");
}

/* 127.0.0.0/8, ::1 and all. */
static bool is_on_loopback(const struct policy_net_rule *rule)
{
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
	const struct in6_addr *a = &rule->address;

	return listen_is_all(rule) || memcmp(a, &loopback, sizeof(*a)) == 0 ||
	       (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == 127);
}

static void check_listen(struct key_load *load, const struct policy *policy)
{
	bool has_mode = !key_seen(load, "network", "mode")->bad;
	const struct policy_place *at;
	struct sbx_error err = { 0 };

	for (size_t i = 0; i < policy->network.n_listen; i++) {
		const struct policy_net_rule *rule = &policy->network.listen[i];

		if (has_mode && policy->network.mode == POLICY_NETWORK_NONE &&
			!is_on_loopback(rule))
			report_error(load->report, &rule->at,
				"listen: set 'mode = host', for with 'mode = none' there is the "
				"loopback alone");
	}
	if (policy_count_sockets(policy) > POLICY_SOCKETS_MAX)
		report_error(load->report, place_of(load, "network", "listen"),
			"listen: more than %d sockets", POLICY_SOCKETS_MAX);
	if (listen_check(policy, policy->runtime.type, &at, &err) < 0)
		report_failure(load->report, at, &err);
}

static const char *seen_at(const struct policy_grant *grant)
{
	return grant->inside ? grant->inside : grant->path;
}

/* Whatever uid it has, a namespace keeps it from what that one has elsewhere. */
static void check_user(struct key_load *load, const struct policy *policy)
{
	const struct {
		enum policy_yes_no there;
		const char *key, *risk;
	} namespaces[] = {
		{ policy->namespaces.pid, "pid", "signal all that user's processes" },
		{ policy->namespaces.ipc, "ipc", "reach that user's shared memory and queues" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(namespaces) && policy->process.user; i++)
		if (!namespaces[i].there)
			report_warning(load->report, place_of(load, "process", "user"),
				"user: '%s' is not the tenant's own: set '[namespaces] %s = yes', "
				"or it can %s",
				policy->process.user, namespaces[i].key, namespaces[i].risk);
}

/* Only a sandbox without a /proc of its own may be granted what the host's shows. */
static void check_grants_of_proc(struct key_load *load, const struct policy *policy)
{
	for (size_t i = 0; i < policy->filesystem.n_grants; i++) {
		const struct policy_grant *grant = &policy->filesystem.grants[i];

		if (path_lies_in(seen_at(grant), "/proc"))
			report_error(load->report, &grant->at,
				"%s: '%s': set 'proc = none', for /proc is the sandbox's own",
				policy_rights_name(grant->rights), seen_at(grant));
	}
}

/* It shows the processes of a namespace: without one of its own, all of the host's. */
static void check_proc(struct key_load *load, const struct policy *policy)
{
	const struct key_seen *seen = key_seen(load, "filesystem", "proc");

	if (seen->bad || key_seen(load, "namespaces", "pid")->bad ||
		policy->filesystem.proc == POLICY_PROC_NONE)
		return;
	if (policy->namespaces.pid)
		check_grants_of_proc(load, policy);
	else if (seen->last.source)
		report_error(load->report, &seen->last,
			"proc: set '[namespaces] pid = yes', or 'proc = none': /proc would show "
			"all of the host's processes");
}

static int compare_grants(const void *a, const void *b)
{
	const struct policy_grant *x = *(const struct policy_grant *const *)a;
	const struct policy_grant *y = *(const struct policy_grant *const *)b;
	int r = strcmp(seen_at(x), seen_at(y));

	if (r == 0)
		r = (int)x->rights - (int)y->rights;
	/* Last, by their places in the file. */
	return r ? r : x < y ? -1 : 1;
}

static void report_again(
	struct key_load *load, const struct policy_grant *first, const struct policy_grant *again)
{
	char where[PLACE_TEXT_MAX];

	if (first->at.source == again->at.source)
		report_warning(load->report, &again->at, "'%s' is granted already in line %u",
			again->path, first->at.line);
	else
		report_warning(load->report, &again->at, "'%s' is granted already in %s",
			again->path, place_text(&first->at, where));
}

/* One of the two at least is a mount. */
static void report_hidden(
	struct key_load *load, const struct policy_grant *a, const struct policy_grant *b)
{
	const struct policy_grant *first = a < b ? a : b, *again = a < b ? b : a;
	char where[PLACE_TEXT_MAX];

	if (first->at.source == again->at.source)
		report_error(load->report, &again->at,
			"'%s' shows another tree already, by line %u", seen_at(again),
			first->at.line);
	else
		report_error(load->report, &again->at, "'%s' shows another tree already, by %s",
			seen_at(again), place_text(&first->at, where));
}

static void check_pair(
	struct key_load *load, const struct policy_grant *a, const struct policy_grant *b)
{
	if (!streq(seen_at(a), seen_at(b)))
		return;
	if (a->inside || b->inside)
		report_hidden(load, a, b);
	else if (a->rights == b->rights)
		report_again(load, a, b);
}

static void check_grants(struct key_load *load, const struct policy *policy)
{
	_cleanup_free_ const struct policy_grant **sorted = NULL;
	size_t n = policy->filesystem.n_grants;

	if (n < 2)
		return;
	sorted = calloc(n, sizeof(*sorted));
	if (!sorted) {
		load->no_memory = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		sorted[i] = &policy->filesystem.grants[i];
	qsort(sorted, n, sizeof(*sorted), compare_grants);
	for (size_t i = 1; i < n; i++)
		check_pair(load, sorted[i - 1], sorted[i]);
}

/* Which tree it lies in only those can say who look where links lead. */
static void check_shares(struct key_load *load, const struct policy *policy)
{
	bool owns = key_seen(load, "filesystem", "own")->bad;

	for (size_t i = 0; i < policy->filesystem.n_grants; i++)
		owns |= policy->filesystem.grants[i].rights == POLICY_OWN;
	if (policy->filesystem.n_shares && !owns)
		report_error(load->report, &policy->filesystem.shares[0].at,
			"share: the tenant owns nothing: set 'own' to the tree that '%s' lies in",
			policy->filesystem.shares[0].path);
}

static void report_idle(const struct policy_call *call, void *arg)
{
	struct key_load *load = arg;

	report_error(load->report, &call->at,
		"allow: '%s(%s)' restricts nothing: '%s' is allowed as a whole; deny the other "
		"cases instead",
		call->name, call->test, call->name);
}

static void check_tests(
	struct key_load *load, const struct policy *policy, const struct policy_calls *profile)
{
	_cleanup_allowlist_ struct allowlist list = { 0 };
	const struct policy_place *deny = place_of(load, "seccomp", "deny");
	size_t n_errors = load->report->n_errors;
	struct sbx_error err = { 0 };
	int r = allowlist_each_idle(policy, profile, report_idle, load);

	if (r == 0 && load->report->n_errors > n_errors)
		return;
	if (r == 0)
		r = allowlist_make(policy, profile, &list, &err);
	if (r == -ENOMEM)
		load->no_memory = true;
	else if (r < 0)
		report_failure(load->report,
			deny->source ? deny : place_of(load, "seccomp", "allow"), &err);
}

/* A list without execve could start nothing. */
static void check_execve(
	struct key_load *load, const struct policy *policy, const struct policy_calls *profile)
{
	if (!calls_find_whole(profile, "execve") &&
		!calls_find_whole(&policy->seccomp.allow, "execve"))
		report_error(load->report, place_of(load, "seccomp", "profile"),
			"profile: '%s' and allow lack 'execve': nothing could be started",
			policy->seccomp.profile);
}

/* Without a test and a profile of its own there is nothing to find, and most have neither. */
static void check_seccomp(struct key_load *load, const struct policy *policy)
{
	const struct policy_call *denied = calls_find(&policy->seccomp.deny, "execve");
	bool named = policy->seccomp.profile != NULL, tested = allowlist_has_tests(policy);
	_cleanup_calls_ struct policy_calls profile = { 0 };
	struct sbx_error err = { 0 };

	if (denied)
		report_error(load->report, &denied->at,
			"deny: 'execve': nothing could be started without it");
	if (!named && !tested)
		return;
	if (policy_load_profile(load->dirs, policy_profile_name(policy), &profile, &err) < 0) {
		(void)error_prefix(&err, 0, "profile");
		report_failure(load->report, place_of(load, "seccomp", "profile"), &err);
		return;
	}
	if (named && !denied)
		check_execve(load, policy, &profile);
	if (tested || calls_have_cases(&profile))
		check_tests(load, policy, &profile);
}

static void check_mode(struct key_load *load, const struct policy *policy)
{
	const struct policy_place *at = &key_seen(load, "lsm", "mode")->last;

	if (policy->lsm.mode != POLICY_LSM_ENFORCE)
		report_warning(load->report, at,
			"[lsm] mode: with '%s' nothing is denied that only lacks a grant or a rule",
			policy_lsm_mode_name(policy->lsm.mode));
}

void check_policy(struct key_load *load)
{
	const struct policy *policy = load->target;

	check_memory(load, &policy->cgroup, "cgroup");
	check_memory(load, &policy->cgroup_sandbox, "cgroup.sandbox");
	check_cpu(load, &policy->cgroup, "cgroup");
	check_cpu(load, &policy->cgroup_sandbox, "cgroup.sandbox");
	check_grants(load, policy);
	check_shares(load, policy);
	check_network(load, policy);
	check_listen(load, policy);
	check_proc(load, policy);
	check_user(load, policy);
	check_seccomp(load, policy);
	check_runtime(load, policy);
	check_mode(load, policy);
}
