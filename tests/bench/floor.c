/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of the launch benchmark: the kernel calls of one sandbox, and nothing else. No policy,
 *no registry, no undo; everything that a launcher decides is a constant or an argument here.
 *
 * usage: floor [-l NAME=VALUE]... [-n NETNS_FILE] [-s FILTER] CGROUP_DIR PROGRAM [ARG...]
 *
 *	-l	writes VALUE to the file NAME of the new cgroup
 *	-n	joins this network namespace, instead of none
 *	-s	loads this file of struct sock_filter
 *
 * CGROUP_DIR is a cgroup2 folder under which the leaf is made; PROGRAM an absolute path that exists
 * inside under the same name. Exits as PROGRAM does, with 125 for a failure of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ID = 65534,
	MAX_LIMITS = 32,
	MAX_FILTER = 4096,
	EXEC_FD = 3, /* the one descriptor that is left for exec */
};

struct launch {
	const char *cgroup_dir, *program;
	char **argv; /* the program's */
	char *limits[MAX_LIMITS];
	int n_limits;
	int netns, program_tree;
	struct sock_filter instructions[MAX_FILTER];
	struct sock_fprog filter;
};

static const struct {
	const char *name;
	unsigned int major, minor;
} devices[] = {
	{ "null", 1, 3 },
	{ "zero", 1, 5 },
	{ "full", 1, 7 },
	{ "random", 1, 8 },
	{ "urandom", 1, 9 },
	{ "tty", 5, 0 },
};

static void die(const char *what)
{
	dprintf(STDERR_FILENO, "floor: %s: %s\n", what, strerror(errno));
	_exit(125);
}

/* Every call here must succeed: a floor that skipped one would be too low. */
static long must(long r, const char *what)
{
	if (r < 0)
		die(what);
	return r;
}

static void usage(void)
{
	dprintf(STDERR_FILENO, "usage: floor [-l NAME=VALUE]... [-n NETNS_FILE] [-s FILTER] "
			       "CGROUP_DIR PROGRAM [ARG...]\n");
	_exit(125);
}

static void read_filter(struct launch *launch, const char *path)
{
	int fd = (int)must(open(path, O_RDONLY | O_CLOEXEC), path);
	ssize_t n = must(read(fd, launch->instructions, sizeof(launch->instructions)), path);

	(void)close(fd);
	launch->filter.len = (unsigned short)((size_t)n / sizeof(launch->instructions[0]));
	launch->filter.filter = launch->instructions;
}

static void parse_arguments(int argc, char **argv, struct launch *launch)
{
	int option;

	while ((option = getopt(argc, argv, "+l:n:s:")) != -1) {
		if (option == 'l' && launch->n_limits < MAX_LIMITS && strchr(optarg, '='))
			launch->limits[launch->n_limits++] = optarg;
		else if (option == 'n')
			launch->netns = (int)must(open(optarg, O_RDONLY | O_CLOEXEC), optarg);
		else if (option == 's')
			read_filter(launch, optarg);
		else
			usage();
	}
	if (argc - optind < 2 || argv[optind + 1][0] != '/')
		usage();
	launch->cgroup_dir = argv[optind];
	launch->argv = argv + optind + 1;
	launch->program = launch->argv[0];
}

static int make_leaf(const struct launch *launch, char *name, size_t size)
{
	int leaf;

	(void)snprintf(name, size, "%s/floor-%d.scope", launch->cgroup_dir, getpid());
	must(mkdir(name, 0755), name);
	leaf = (int)must(open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), name);
	for (int i = 0; i < launch->n_limits; i++) {
		char *value = strchr(launch->limits[i], '=');
		int fd;

		*value++ = '\0';
		fd = (int)must(
			openat(leaf, launch->limits[i], O_WRONLY | O_CLOEXEC), launch->limits[i]);
		must(write(fd, value, strlen(value)), launch->limits[i]);
		(void)close(fd);
	}
	return leaf;
}

static int clone_program(const char *program)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
	};
	int tree = (int)must(
		open_tree(AT_FDCWD, program, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), "open_tree");

	must(mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)), "mount_setattr");
	return tree;
}

struct option_of_fs {
	const char *key, *value;
};

/* `options` ends with a NULL key. */
static int make_fs(const char *type, const struct option_of_fs *options, unsigned int attributes)
{
	int context = (int)must(fsopen(type, FSOPEN_CLOEXEC), type);
	int tree;

	for (; options->key; options++)
		must(fsconfig(context, FSCONFIG_SET_STRING, options->key, options->value, 0), type);
	must(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	tree = (int)must(fsmount(context, FSMOUNT_CLOEXEC, attributes), "fsmount");
	(void)close(context);
	return tree;
}

static int make_tmpfs(const char *mode, const char *size, unsigned int attributes)
{
	const struct option_of_fs options[] = { { "mode", mode }, { "size", size }, { 0 } };

	return make_fs("tmpfs", options, attributes);
}

static void attach(int tree, int dir, const char *path)
{
	must(move_mount(tree, "", dir, path, MOVE_MOUNT_F_EMPTY_PATH), "move_mount");
}

/* The folders that PATH lies in, and an empty file to mount upon. */
static void make_mountpoint(int root, const char *path)
{
	char folder[4096];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		(void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		must(mkdirat(root, folder, 0755), folder);
	}
	(void)close((int)must(openat(root, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444), path));
}

static void attach_new(int tree, int dir, const char *name)
{
	must(mkdirat(dir, name, 0755), name);
	attach(tree, dir, name);
}

static void make_devices(int root)
{
	static const struct option_of_fs none[] = { { 0 } }, pts[] = { { "mode", "0620" },
		{ "ptmxmode", "0666" }, { "max", "64" }, { 0 } };
	const unsigned int quiet = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };
	int dev = make_tmpfs("755", "64k", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);

	must(mkdirat(root, "dev", 0755), "dev");
	attach(dev, root, "dev");
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		must(mknodat(dev, devices[i].name, S_IFCHR | 0666,
			     makedev(devices[i].major, devices[i].minor)),
			devices[i].name);
	must(symlinkat("pts/ptmx", dev, "ptmx"), "ptmx");
	attach_new(make_fs("devpts", pts, quiet), dev, "pts");
	attach_new(make_tmpfs("1777", "64m", quiet | MOUNT_ATTR_NODEV), dev, "shm");
	attach_new(make_fs("mqueue", none, quiet | MOUNT_ATTR_NODEV), dev, "mqueue");
	must(mount_setattr(dev, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)), "read-only dev");
}

/* Returns a descriptor of the program, opened on the mount that the sandbox sees. */
static int make_root(const struct launch *launch)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };
	const char *program = launch->program + 1;
	int root, exec_fd;

	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	root = make_tmpfs("755", "1m", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	attach(root, AT_FDCWD, "/tmp");
	make_mountpoint(root, program);
	attach(launch->program_tree, root, program);
	must(mkdirat(root, "tmp", 01777), "tmp");
	attach(make_tmpfs("1777", "64m", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV), root, "tmp");
	make_devices(root);
	must(fchdir(root), "fchdir");
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "umount");
	must(chdir("/"), "chdir");
	must(mount_setattr(root, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)),
		"read-only root");
	exec_fd = (int)must(open(launch->program, O_PATH | O_CLOEXEC), launch->program);
	return exec_fd;
}

static void drop_rights(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	must(setgroups(0, NULL), "setgroups");
	must(setresgid(ID, ID, ID), "setresgid");
	must(setresuid(ID, ID, ID), "setresuid");
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "PDEATHSIG");
	must(syscall(SYS_capset, &header, none), "capset");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static void run_child(const struct launch *launch)
{
	char *envp[] = { "PATH=/usr/bin:/bin", NULL };
	int exec_fd;

	must(unshare(CLONE_NEWCGROUP | CLONE_NEWIPC), "unshare");
	if (launch->netns >= 0)
		must(setns(launch->netns, CLONE_NEWNET), "setns");
	(void)umask(0);
	exec_fd = make_root(launch);
	must(sethostname("floor", 5), "sethostname");
	if (exec_fd != EXEC_FD)
		must(dup3(exec_fd, EXEC_FD, O_CLOEXEC), "dup3");
	must(close_range(EXEC_FD + 1, ~0U, 0), "close_range");
	drop_rights();
	if (launch->filter.len)
		must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &launch->filter), "seccomp");
	must(syscall(SYS_execveat, EXEC_FD, "", launch->argv, envp, AT_EMPTY_PATH), "execveat");
}

static pid_t clone_into(int leaf, int *ret_pidfd)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP | CLONE_PIDFD | CLONE_NEWNS | CLONE_NEWUTS,
		.pidfd = (uint64_t)(uintptr_t)ret_pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)leaf,
	};

	return (pid_t)must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");
}

int main(int argc, char **argv)
{
	static struct launch launch = { .netns = -1 };
	struct pollfd wait = { .events = POLLIN };
	siginfo_t info = { 0 };
	char leaf_name[4096];
	int leaf, pidfd = -1;

	parse_arguments(argc, argv, &launch);
	leaf = make_leaf(&launch, leaf_name, sizeof(leaf_name));
	launch.program_tree = clone_program(launch.program);
	if (clone_into(leaf, &pidfd) == 0)
		run_child(&launch);
	wait.fd = pidfd;
	must(poll(&wait, 1, -1), "poll");
	must(waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED), "waitid");
	must(rmdir(leaf_name), leaf_name);
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}
