/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/explain.h"

#include "policy/devices.h"
#include "policy/key.h"
#include "policy/net.h"

#include <limits.h>

void explain_say(
	struct explanation *e, bool allowed, const struct policy_place *at, const char *fmt, ...)
{
	va_list ap;

	*e = (struct explanation){ .allowed = allowed };
	if (at)
		e->at = *at;
	va_start(ap, fmt);
	(void)vsnprintf(e->why, sizeof(e->why), fmt, ap);
	va_end(ap);
}

void explain_cure(struct explanation *e, const char *section, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	(void)vsnprintf(e->cure, sizeof(e->cure), fmt, ap);
	va_end(ap);
	n = strlen(e->cure);
	(void)snprintf(e->cure + n, sizeof(e->cure) - n, " in [%s]", section);
}

/* ---- files ---- */

static bool is_above_a_grant(const struct explain_files *files, const char *path)
{
	for (size_t i = 0; i < files->reach.n; i++)
		if (path_lies_in(reach_inside(&files->reach.places[i]), path))
			return true;
	return streq(path, "/dev") || streq(path, "/dev/pts");
}

/* What each private root holds besides: devices, and trees that are the sandbox's own. */
static bool is_device(const char *path)
{
	for (size_t i = 0; i < n_devices; i++) {
		const char *rest = str_after(path, devices[i].path);

		if (rest && (*rest == '\0') != (devices[i].minor == DEVICE_ANY_MINOR))
			return true;
	}
	return streq(path, "/dev/ptmx"); /* a link */
}

static const char *const own_trees[] = { "/tmp", "/dev/shm", "/dev/mqueue" };

/* A mount's source is not seen under its own path. */
static const struct policy_grant *moved(const struct explain_files *files, const char *path)
{
	for (size_t i = 0; i < files->reach.n; i++)
		if (files->reach.places[i].grant->inside &&
			!policy_grant_is_root(files->reach.places[i].grant) &&
			path_lies_in(path, files->reach.places[i].path))
			return files->reach.places[i].grant;
	return NULL;
}

/* What is behind "/proc/7" or "/proc/self", and "" of /proc itself; NULL: it is about no process.
 */
static const char *of_a_process(const char *path)
{
	const char *name = path + strlen("/proc"), *rest;
	size_t n;

	if (!*name)
		return name;
	n = strcspn(++name, "/");
	rest = name + n;
	if (strspn(name, "0123456789") == n || (n == 4 && memcmp(name, "self", n) == 0) ||
		(n == 11 && memcmp(name, "thread-self", n) == 0))
		return rest;
	return NULL;
}

/* Links to what a process has open, executes or sees, which a path of their own says nothing of. */
static bool leads_elsewhere(const char *rest)
{
	static const char *const links[] = { "/exe", "/cwd", "/root" };
	static const char *const folders[] = { "/fd/", "/map_files/", "/ns/" };
	const char *task = str_after(rest, "/task/");

	if (task && strchr(task, '/'))
		rest = strchr(task, '/');
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (path_lies_in(rest, links[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (str_after(rest, folders[i]))
			return true;
	return false;
}

static void explain_proc(const struct explain_files *files, const char *path,
	enum policy_rights wanted, struct explanation *ret)
{
	const char *rest = of_a_process(path);

	if (rest && leads_elsewhere(rest)) {
		explain_say(ret, false, NULL, "it is a link: ask about what it leads to");
		ret->partly = true;
	} else if (rest) {
		explain_say(ret, wanted != POLICY_EXEC, NULL,
			"it lies in the sandbox's own /proc, and is not the host's");
	} else if (files->proc == POLICY_PROC_FULL) {
		explain_say(ret, wanted == POLICY_READ, NULL,
			"the sandbox's own /proc has it, empty where it tells of the host, and "
			"some of it read-only");
		ret->partly = wanted == POLICY_WRITE;
	} else {
		explain_say(ret, false, NULL, "'proc = pid' shows processes and nothing else");
		explain_cure(ret, "filesystem", "proc = full");
	}
}

static void explain_private(const struct explain_files *files, const char *path,
	enum policy_rights wanted, struct explanation *ret)
{
	const struct policy_grant *mount = moved(files, path);

	if (is_device(path)) {
		explain_say(ret, wanted != POLICY_EXEC, NULL, "each sandbox has this device");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(own_trees); i++)
		if (path_lies_in(path, own_trees[i])) {
			explain_say(ret, wanted != POLICY_EXEC, NULL,
				wanted == POLICY_EXEC
					? "nothing is executed from the sandbox's own %s"
					: "it lies in the sandbox's own %s, and is not the host's",
				own_trees[i]);
			return;
		}
	if (path_lies_in(path, "/proc") && files->proc != POLICY_PROC_NONE) {
		explain_proc(files, path, wanted, ret);
		return;
	}
	if (is_above_a_grant(files, path)) {
		explain_say(ret, wanted == POLICY_READ, NULL,
			"a folder of the private root, which holds what is granted and can't be "
			"written");
		return;
	}
	if (path_lies_in(path, "/dev")) {
		/* A grant would show a device, and no mount of one opens it. */
		explain_say(ret, false, NULL, "the sandbox's own /dev has nothing of that name");
		return;
	}
	if (mount)
		explain_say(ret, false, &mount->at,
			"it is seen in '%s', and not under its own path", mount->inside);
	else
		explain_say(ret, false, NULL, "no grant covers it: it is not in the private root");
	explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), path);
}

static void say_grant(bool allowed, const struct policy_grant *grant, struct explanation *ret)
{
	char text[sizeof(ret->why)];

	policy_grant_text(grant, text, sizeof(text));
	explain_say(ret, allowed, &grant->at, "%s", text);
}

/* The grants would allow it, and the mount doesn't. OUTSIDE is the path on the host. */
static void explain_mount(const struct reach_place *seen, const char *outside,
	enum policy_rights wanted, struct explanation *ret)
{
	const struct policy_grant *grant = seen->grant;

	say_grant(false, grant, ret);
	if (!grant->inside || policy_grant_is_root(grant))
		explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), outside);
	else if (wanted == POLICY_WRITE && grant->rights == POLICY_READ)
		explain_cure(ret, "filesystem", "mount = %s:%s", grant->path, grant->inside);
	else
		explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), grant->path);
}

/* The path on the host, of what is seen under PATH. */
static void path_outside(
	const struct reach_place *seen, const char *path, char outside[static PATH_MAX])
{
	if (!seen || reach_outside(seen, path, outside, PATH_MAX) < 0)
		(void)snprintf(outside, PATH_MAX, "%s", path);
}

/* A root that isn't private shows more than is granted. */
static void explain_root(const struct policy_grant *root, const char *outside,
	enum policy_rights wanted, struct explanation *ret)
{
	explain_say(ret, false, &root->at, "no grant covers it: the host's root is only seen");
	explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), outside);
}

void explain_file(const struct explain_files *files, const char *path, enum policy_rights wanted,
	struct explanation *ret)
{
	const struct reach_place *seen = reach_seen(&files->reach, path), *p;
	const struct policy_own *own;
	char outside[PATH_MAX];

	path_outside(seen, path, outside);
	own = own_above(files->owns, files->n_owns, NULL, outside);
	p = reach_nearest(&files->reach, outside, wanted);
	if (own) {
		explain_say(ret, false, &own->at, "tenant '%s' owns '%s'", own->tenant, own->path);
		return;
	}
	if (seen && !p && policy_grant_is_root(seen->grant)) {
		explain_root(seen->grant, outside, wanted, ret);
		return;
	}
	if (!seen || !p) {
		explain_private(files, path, wanted, ret);
		return;
	}
	if (reach_of(p->grant->rights) & wanted & ~reach_through(&files->reach, seen)) {
		explain_mount(seen, outside, wanted, ret);
		return;
	}
	say_grant((reach_of(p->grant->rights) & wanted) != 0, p->grant, ret);
	if (!ret->allowed)
		explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), outside);
}

/* ---- network ---- */

/* As it stands in the file, so that it can be searched for. */
static const char *text_of_rule(const struct policy *policy, const struct policy_net_rule *rule)
{
	for (size_t i = 0; i < policy->n_assignments; i++)
		if (place_compare(&policy->assignments[i].at, &rule->at) == 0)
			return policy->assignments[i].text;
	return "?";
}

static bool is_unspecified(const struct net *to)
{
	static const struct in6_addr any = { 0 },
				     any_v4 = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	return memcmp(&to->address, &any, sizeof(any)) == 0 ||
	       memcmp(&to->address, &any_v4, sizeof(any_v4)) == 0;
}

static void suggest_rule(
	enum policy_protocol protocol, const struct net *to, uint16_t port, struct explanation *ret)
{
	char network[NET_TEXT_SIZE], *slash;

	net_format(&to->address, to->prefix, network);
	slash = strchr(network, '/');
	if (slash)
		*slash = '\0';
	explain_cure(ret, "network", "connect = %s %s %u", protocol == POLICY_TCP ? "tcp" : "udp",
		network, port);
}

void explain_connect(const struct policy *policy, enum policy_protocol protocol,
	const struct in6_addr *address, uint16_t port, struct explanation *ret)
{
	const struct net to = { *address, 128 };

	if (is_unspecified(&to)) {
		explain_say(ret, false, NULL,
			"what 0.0.0.0 and :: reach depends on the socket: no rule "
			"can allow it");
		return;
	}
	for (size_t i = 0; i < policy->network.n_connect; i++) {
		const struct policy_net_rule *rule = &policy->network.connect[i];
		const struct net network = { rule->address, rule->prefix };

		if (!net_holds(&network, &to) || !net_has_port(rule, protocol, port))
			continue;
		explain_say(ret, true, &rule->at, "connect = %s", text_of_rule(policy, rule));
		return;
	}
	if (policy->network.mode == POLICY_NETWORK_NONE) {
		explain_say(
			ret, false, NULL, "with 'mode = none' there is no network to reach it by");
		explain_cure(ret, "network", "mode = host, and then a connect rule,");
		return;
	}
	explain_say(ret, false, NULL, "no connect rule covers it");
	suggest_rule(protocol, &to, port, ret);
}
