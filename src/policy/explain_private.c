/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sandbox sees though nothing grants it: what its set-up makes, as /dev, /proc and the
 * folders above what is granted.
 */
#include "policy/devices.h"
#include "policy/explain.h"

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

/* Its nodes stay as they are, but for terminals: /dev itself is mounted read-only. */
static void explain_device(const char *path, enum policy_rights wanted, struct explanation *ret)
{
	if (wanted == POLICY_OWN && !str_after(path, "/dev/pts/"))
		explain_say(ret, false, NULL,
			"each sandbox has this device, in a /dev that stays "
			"as it is");
	else
		explain_say(ret, wanted != POLICY_EXEC, NULL, "each sandbox has this device");
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

/* What follows "/proc/7" or "/proc/self", "" for /proc itself; NULL where it is of no process. */
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
	} else if (wanted == POLICY_OWN && (rest || files->proc == POLICY_PROC_FULL)) {
		explain_say(ret, false, NULL, "the kernel lets little of its own /proc be changed");
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

static const char *own_tree_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(own_trees); i++)
		if (path_lies_in(path, own_trees[i]))
			return own_trees[i];
	return NULL;
}

/* A grant would show it there, where it isn't another's. */
static void explain_absence(const struct explain_files *files, const char *path,
	enum policy_rights wanted, struct explanation *ret)
{
	const struct policy_grant *mount = moved(files, path);

	if (explain_owner(files, path, ret))
		return;
	if (mount)
		explain_say(ret, false, &mount->at,
			"it is seen in '%s', and not under its own path", mount->inside);
	else
		explain_say(ret, false, NULL, "no grant covers it: it is not in the private root");
	explain_cure(ret, "filesystem", "%s = %s", policy_rights_name(wanted), path);
}

void explain_private(const struct explain_files *files, const char *path, enum policy_rights wanted,
	struct explanation *ret)
{
	const char *tree = own_tree_of(path);

	if (is_device(path))
		explain_device(path, wanted, ret);
	else if (tree)
		explain_say(ret, wanted != POLICY_EXEC, NULL,
			wanted == POLICY_EXEC
				? "nothing is executed from the sandbox's own %s"
				: "it lies in the sandbox's own %s, and is not the host's",
			tree);
	else if (path_lies_in(path, "/proc") && files->proc != POLICY_PROC_NONE)
		explain_proc(files, path, wanted, ret);
	else if (is_above_a_grant(files, path))
		explain_say(ret, wanted == POLICY_READ, NULL,
			"a folder of the private root, which holds what is granted and can't be "
			"written");
	else if (path_lies_in(path, "/dev"))
		/* A grant would show a device, and no mount of one opens it. */
		explain_say(ret, false, NULL, "the sandbox's own /dev has nothing of that name");
	else
		explain_absence(files, path, wanted, ret);
}
