/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of the launch benchmark: the kernel calls of one sandbox, and nothing else. No policy,
 * no registry, no undo; everything that a launcher decides is a constant or an argument here.
 *
 * usage: floor [-l NAME=VALUE]... [-L TENANT:POLICY] [-n NETNS_FILE] [-s FILTER] [-S FILTER]
 *              CGROUP_DIR INIT PROGRAM [ARG...]
 *
 *	-l	writes VALUE to the file NAME of the new cgroup
 *	-L	tells the LSM that the new cgroup is this tenant's, and has this policy
 *	-n	joins this network namespace, instead of none
 *	-s, -S	load this file of struct sock_filter: for the program, and for INIT
 *
 * CGROUP_DIR is a cgroup2 folder under which the leaf is made; INIT the first process of the pid
 * namespace; PROGRAM an absolute path that exists inside under the same name. Exits as PROGRAM
 * does, with 125 for a failure of its own.
 */
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MAX_LIMITS = 32,
	MAX_FILTER = 4096,
	LAST_FD = 6,
};

struct filter {
	struct sock_filter instructions[MAX_FILTER];
	struct sock_fprog program;
};

struct launch {
	const char *cgroup_dir, *program;
	char **argv; /* the program's */
	char *limits[MAX_LIMITS];
	int n_limits;
	struct filter filter, init_filter;
	struct floor_lsm lsm;
	int netns, program_tree, program_file, init_tree;
	int self, init; /* pidfds */
	/* Go on; came to exec or to an end; what the sandbox sees is made, and then init runs. */
	int go_init[2], go[2], done[2], ready[2];
};

static void die(const char *what)
{
	dprintf(STDERR_FILENO, "floor: %s: %s\n", what, strerror(errno));
	_exit(125);
}

long must(long r, const char *what)
{
	if (r < 0)
		die(what);
	return r;
}

static void usage(void)
{
	dprintf(STDERR_FILENO, "usage: floor [-l NAME=VALUE]... [-L TENANT:POLICY] "
			       "[-n NETNS_FILE] [-s FILTER] [-S FILTER] CGROUP_DIR INIT PROGRAM "
			       "[ARG...]\n");
	_exit(125);
}

static void read_filter(struct filter *filter, const char *path)
{
	int fd = (int)must(open(path, O_RDONLY | O_CLOEXEC), path);
	ssize_t n = must(read(fd, filter->instructions, sizeof(filter->instructions)), path);

	(void)close(fd);
	filter->program.len = (unsigned short)((size_t)n / sizeof(filter->instructions[0]));
	filter->program.filter = filter->instructions;
}

static void parse_arguments(int argc, char **argv, struct launch *launch)
{
	int option;

	while ((option = getopt(argc, argv, "+l:L:n:s:S:")) != -1) {
		if (option == 'l' && launch->n_limits < MAX_LIMITS && strchr(optarg, '='))
			launch->limits[launch->n_limits++] = optarg;
		else if (option == 'L' &&
			 sscanf(optarg, "%u:%u", &launch->lsm.tenant, &launch->lsm.policy) == 2)
			lsm_open_maps(&launch->lsm);
		else if (option == 'n')
			launch->netns = (int)must(open(optarg, O_RDONLY | O_CLOEXEC), optarg);
		else if (option == 's')
			read_filter(&launch->filter, optarg);
		else if (option == 'S')
			read_filter(&launch->init_filter, optarg);
		else
			usage();
	}
	if (argc - optind < 3 || argv[optind + 2][0] != '/')
		usage();
	launch->cgroup_dir = argv[optind];
	launch->init_tree = view_clone_file(argv[optind + 1]);
	launch->argv = argv + optind + 2;
	launch->program = launch->argv[0];
	launch->program_file =
		(int)must(open(launch->program, O_PATH | O_CLOEXEC), launch->program);
	launch->program_tree = view_clone_file(launch->program);
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

/* What is executed goes first: only its file may have one of these numbers already. */
static void keep(int *fd, int number)
{
	if (*fd != number)
		*fd = (int)must(dup3(*fd, number, O_CLOEXEC), "dup3");
}

static void wait_for(int pipe, ssize_t expected, const char *what)
{
	char byte;

	if (read(pipe, &byte, 1) != expected)
		die(what);
}

static void install(struct filter *filter)
{
	if (filter->program.len)
		must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter->program), "seccomp");
}

static void execute(int file, char *const argv[], char *const envp[])
{
	must(syscall(SYS_execveat, file, "", argv, envp, AT_EMPTY_PATH), "execveat");
}

static void run_init(struct launch *launch)
{
	char *argv[] = { (char *)"init", NULL }, *envp[] = { NULL };

	(void)close(launch->go_init[1]);
	(void)close(launch->go[1]);
	(void)close(launch->ready[0]);
	wait_for(launch->go_init[0], 1, "go");
	self_drop_inherited(true);
	if (launch->netns >= 0)
		must(setns(launch->netns, CLONE_NEWNET), "setns");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	must(unshare(CLONE_NEWCGROUP | CLONE_NEWIPC), "unshare");
	view_make(launch->program, launch->program_tree);
	must(sethostname("floor", 5), "sethostname");
	must(write(launch->ready[1], "", 1), "ready");
	self_drop_bounding();
	keep(&launch->init_tree, 4);
	keep(&launch->done[1], 3);
	keep(&launch->ready[1], 5);
	must(syscall(SYS_close_range, 0, STDERR_FILENO, 0), "close_range");
	must(syscall(SYS_close_range, LAST_FD, ~0U, 0), "close_range");
	self_drop_rights();
	install(&launch->init_filter);
	execute(launch->init_tree, argv, envp);
}

/* The command joins what init has made, and finds the program there. */
static void run_command(struct launch *launch)
{
	char *envp[] = { (char *)"PATH=/usr/bin:/bin", NULL };
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	struct stat seen, wanted;
	int file;

	(void)close(launch->go[1]);
	wait_for(launch->go[0], 1, "go");
	self_drop_inherited(false);
	self_drop_bounding();
	wait_for(launch->ready[0], 1, "the view");
	must(setns(launch->init,
		     CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP | CLONE_NEWNET),
		"setns");
	must(chdir("/"), "chdir");
	file = (int)must(syscall(SYS_openat2, AT_FDCWD, launch->program, &how, sizeof(how)),
		launch->program);
	must(fstat(file, &seen), launch->program);
	must(fstat(launch->program_file, &wanted), launch->program);
	if (seen.st_ino != wanted.st_ino || seen.st_dev != wanted.st_dev)
		die("another program");
	keep(&file, 4);
	keep(&launch->done[1], 3);
	keep(&launch->ready[0], 5);
	must(syscall(SYS_close_range, LAST_FD, ~0U, 0), "close_range");
	self_drop_rights();
	install(&launch->filter);
	wait_for(launch->ready[0], 0, "init");
	execute(file, launch->argv, envp);
}

static pid_t clone_into(int leaf, uint64_t flags, int *ret_pidfd)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP | CLONE_PIDFD | flags,
		.pidfd = (uint64_t)(uintptr_t)ret_pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)leaf,
	};

	return (pid_t)must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");
}

/* Pipes from 10 on, so that they are not where a child keeps its own. */
static void open_pipe(int ends[2])
{
	int low[2];

	must(pipe2(low, O_CLOEXEC), "pipe");
	for (int i = 0; i < 2; i++) {
		ends[i] = (int)must(fcntl(low[i], F_DUPFD_CLOEXEC, 10), "dup");
		(void)close(low[i]);
	}
}

/* For the children, too: what a caller ignored. */
static void reset_signals(void)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &usual, NULL);
}

/* Returns the command's pidfd. */
static int start(struct launch *launch, int leaf)
{
	int command = -1;

	reset_signals();
	launch->self = (int)must(pidfd_open(getpid(), 0), "pidfd_open");
	open_pipe(launch->go_init);
	open_pipe(launch->go);
	open_pipe(launch->done);
	open_pipe(launch->ready);
	if (clone_into(leaf, CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS, &launch->init) == 0)
		run_init(launch);
	if (launch->lsm.policy)
		lsm_set_up(&launch->lsm, launch->init, true);
	(void)close(launch->ready[1]);
	must(write(launch->go_init[1], "", 1), "go");
	(void)close(launch->go_init[0]);
	(void)close(launch->go_init[1]);
	must(setns(launch->init, CLONE_NEWPID), "enter the pid namespace");
	if (clone_into(leaf, 0, &command) == 0)
		run_command(launch);
	must(setns(launch->self, CLONE_NEWPID), "leave the pid namespace");
	if (launch->lsm.policy)
		lsm_set_up(&launch->lsm, command, false);
	(void)close(launch->go[0]);
	(void)close(launch->done[1]);
	(void)close(launch->ready[0]);
	must(write(launch->go[1], "", 1), "go");
	return command;
}

/* Until the command has ended, and all of its namespace with it. */
static siginfo_t wait_until_end(const struct launch *launch, int command)
{
	struct pollfd wait[] = { { .fd = command, .events = POLLIN },
		{ .fd = launch->done[0], .events = POLLIN } };
	siginfo_t info = { 0 }, init = { 0 };

	while (!wait[0].revents) {
		must(poll(wait, 2, -1), "poll");
		if (!wait[1].revents)
			continue;
		wait[1].fd = -1; /* executed */
	}
	must(pidfd_send_signal(launch->init, SIGKILL, NULL, 0), "kill init");
	must(waitid(P_PIDFD, (id_t)command, &info, WEXITED), "waitid");
	/* Its mount goes with the last to close it: while init ends. */
	(void)close(launch->init_tree);
	must(waitid(P_PIDFD, (id_t)launch->init, &init, WEXITED), "waitid");
	if (init.si_code != CLD_KILLED)
		die("init");
	return info;
}

int main(int argc, char **argv)
{
	static struct launch launch = { .netns = -1, .init = -1 };
	char leaf_name[4096];
	siginfo_t info;
	int leaf;

	parse_arguments(argc, argv, &launch);
	leaf = make_leaf(&launch, leaf_name, sizeof(leaf_name));
	if (launch.lsm.policy)
		lsm_label_leaf(&launch.lsm, leaf);
	info = wait_until_end(&launch, start(&launch, leaf));
	if (launch.lsm.policy)
		lsm_forget_leaf(&launch.lsm);
	must(rmdir(leaf_name), leaf_name);
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}
