/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's own machinery.
 */
#include "probe.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* include/uapi/linux/bpf.h, since Linux 6.9 */
#define TOKEN_CREATE 36

static int attempt_perf_event(char **args, struct detail *detail)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK
	};

	(void)args, (void)detail;
	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) < 0 ? -errno : 0;
}

/* What both processes see. They share their descriptors, too. */
struct token {
	int fs;
	int error;
	const char *step;
};

static _Noreturn void end(struct token *t, const char *step, long r)
{
	t->error = r < 0 ? -errno : 0;
	t->step = step;
	_exit(0);
}

/* A token is for who is in a user namespace and has a bpffs of that namespace. */
static _Noreturn void ask(struct token *t)
{
	uint32_t how[2] = { 0 };
	int tree, dir;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		end(t, "unshare", -1);
	t->fs = fsopen("bpf", 0);
	if (t->fs < 0)
		end(t, "fsopen", -1);
	(void)raise(SIGSTOP);
	tree = fsmount(t->fs, 0, 0);
	if (tree < 0)
		end(t, "fsmount", -1);
	dir = openat(tree, ".", O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		end(t, "open", -1);
	(void)raise(SIGSTOP);
	how[1] = (uint32_t)dir;
	end(t, "create", syscall(SYS_bpf, TOKEN_CREATE, how, sizeof(how)));
}

/* Whether it has stopped; false: it has ended. */
static bool has_stopped(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status);
}

static int move(pid_t pid, const char *cgroup)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	(void)fprintf(f, "%d\n", (int)pid);
	return fclose(f) == 0 ? 0 : -errno;
}

/* Only the host's root may say what tokens are for: this process. */
static const char *lead(struct token *t, pid_t pid, const char *cgroup)
{
	if (!has_stopped(pid))
		return NULL;
	if (fsconfig(t->fs, FSCONFIG_SET_STRING, "delegate_cmds", "any", 0) < 0 ||
		fsconfig(t->fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return "fsconfig";
	(void)kill(pid, SIGCONT);
	if (!has_stopped(pid))
		return NULL;
	if (cgroup && move(pid, cgroup) < 0)
		return "move";
	(void)kill(pid, SIGCONT);
	(void)waitpid(pid, NULL, 0);
	return NULL;
}

/* Asked for by a child, which is in CGROUP by then: a process there can't prepare it. */
static int attempt_bpf_token(char **args, struct detail *detail)
{
	struct token *t =
		mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const char *step;
	pid_t pid;

	if (t == MAP_FAILED)
		return failed_at(detail, "mmap");
	pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		return failed_at(detail, "clone");
	if (pid == 0)
		ask(t);
	step = lead(t, pid, args[0]);
	if (step) {
		int r = failed_at(detail, step);

		(void)kill(pid, SIGKILL);
		return r;
	}
	errno = -t->error;
	return t->error < 0 ? failed_at(detail, t->step) : 0;
}

const struct attempt attempts_platform[] = {
	{ "perf-event", "", 0, 0, attempt_perf_event, "count what the processor does" },
	{ "bpf-token", "[CGROUP]", 0, 1, attempt_bpf_token, "make a BPF token, in CGROUP" },
	{ 0 },
};
