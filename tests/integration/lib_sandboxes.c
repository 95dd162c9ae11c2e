/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests/integration/lib_sandboxes.t asks of libsandboxctl, as it is installed: an act a check,
 * a line for each that holds or doesn't, "ok TEXT" or "not_ok TEXT".
 *
 * usage: lib_sandboxes BUSYBOX PROBE FILE
 *
 * Tenants a and c may execute both programs; FILE is b's own.
 */
#include <sandboxctl/sandboxctl.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *busybox, *probe, *foreign;
static struct sandboxctl_policy *policy;
static struct sandboxctl_error error;

static void check(const char *text, bool holds)
{
	printf("%s %s%s%s\n", holds ? "ok" : "not_ok", text, holds ? "" : ": ",
		holds ? "" : error.text);
	(void)fflush(stdout);
	memset(&error, 0, sizeof(error));
}

static struct sandboxctl_run *start(const struct sandboxctl_run_options *options, char **command)
{
	struct sandboxctl_run_options silent = SANDBOXCTL_RUN_OPTIONS_INIT;
	struct sandboxctl_run *run = NULL;

	/* This program's own output is what the test reads. */
	silent.stdin_fd = silent.stdout_fd = silent.stderr_fd = -1;
	if (sandboxctl_run_start(policy, options ? options : &silent, command, &run, &error) < 0) {
		check("a run starts", false);
		exit(1);
	}
	return run;
}

/* Frees the run; a copy is left of what isn't a text. */
static struct sandboxctl_outcome end(struct sandboxctl_run *run)
{
	const struct sandboxctl_outcome *o;
	struct sandboxctl_outcome copy = { .exit_code = -1 };

	if (sandboxctl_run_wait(run, -1, &o, &error) == 0)
		copy = *o;
	sandboxctl_run_free(run);
	return copy;
}

static struct sandboxctl_outcome run(char **command)
{
	return end(start(NULL, command));
}

#define COMMAND(...)              \
	(char *[])                \
	{                         \
		__VA_ARGS__, NULL \
	}
#define SH(script) COMMAND(busybox, (char *)"sh", (char *)"-c", (char *)(script), busybox)

/* A run whose command has said something. */
static struct sandboxctl_run *start_talking(const char *name, char **command)
{
	struct sandboxctl_run_options o = SANDBOXCTL_RUN_OPTIONS_INIT;
	struct sandboxctl_run *run;
	int pipe_fds[2];
	char byte;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		exit(1);
	o.name = name;
	/* What lives on must not keep this program's own stderr open. */
	o.stdin_fd = o.stderr_fd = -1;
	o.stdout_fd = pipe_fds[1];
	run = start(&o, command);
	close(pipe_fds[1]);
	if (read(pipe_fds[0], &byte, 1) != 1)
		check("a command speaks", false);
	close(pipe_fds[0]);
	return run;
}

/* ---- how it ends ---- */

static void check_ends(void)
{
	struct sandboxctl_outcome o = run(COMMAND(busybox, (char *)"true"));
	const struct sandboxctl_outcome *first, *second;
	struct sandboxctl_run *r;
	struct pollfd fd;

	check("exit with 0",
		o.reason == SANDBOXCTL_REASON_EXIT && o.exit_code == 0 && o.pid > 0 && o.lsm == 1);
	o = run(SH("exit 3"));
	check("exit with 3", o.reason == SANDBOXCTL_REASON_EXIT && o.exit_code == 3);
	o = run(SH("kill -KILL $$"));
	check("a signal",
		o.reason == SANDBOXCTL_REASON_SIGNAL && o.signal == 9 && o.exit_code == 137);
	r = start(NULL, COMMAND((char *)"/no/such/command"));
	check("what can't start is the outcome", sandboxctl_run_wait(r, -1, &first, &error) == 0 &&
							 first->reason == SANDBOXCTL_REASON_SETUP &&
							 first->exit_code == 127 &&
							 strstr(first->error, "/no/such/command"));
	sandboxctl_run_free(r);
	r = start(NULL, COMMAND(probe, (char *)"read", foreign));
	check("what the LSM has denied",
		sandboxctl_run_wait(r, -1, &first, &error) == 0 &&
			first->reason == SANDBOXCTL_REASON_LSM && first->denials >= 1 &&
			first->n_denied == 1 && !strcmp(first->denied[0].hook, "file_open") &&
			!strcmp(first->last_denial_hook, "file_open") && *first->last_denial);
	check("asked again", sandboxctl_run_wait(r, 0, &second, &error) == 0 && first == second);
	fd = (struct pollfd){ .fd = sandboxctl_run_fd(r), .events = POLLIN };
	check("its descriptor stays readable", poll(&fd, 1, 0) == 1 && fd.revents & POLLIN);
	check("who has ended is not signalled",
		sandboxctl_run_kill(r, &error) == -ESRCH &&
			sandboxctl_run_signal(r, SIGTERM, NULL) == -ESRCH);
	sandboxctl_run_free(r);
}

static void check_timeout(void)
{
	struct sandboxctl_run_options options = SANDBOXCTL_RUN_OPTIONS_INIT;
	struct sandboxctl_outcome o;

	options.timeout_ms = 500;
	o = end(start(&options, COMMAND(busybox, (char *)"sleep", (char *)"1000")));
	check("the timeout", o.reason == SANDBOXCTL_REASON_TIMEOUT && o.exit_code == 124);
}

static void check_kill(void)
{
	char *sleeper[] = { busybox, (char *)"sleep", (char *)"1000", NULL };
	struct sandboxctl_run *r = start(NULL, sleeper);
	const struct sandboxctl_outcome *outcome = NULL;
	struct sandboxctl_outcome o;
	struct pollfd fd;

	check("killed at once", sandboxctl_run_kill(r, &error) == 0);
	o = end(r);
	check("and never ran, or not for long",
		(o.reason == SANDBOXCTL_REASON_SETUP && o.exit_code == 125) ||
			(o.reason == SANDBOXCTL_REASON_SIGNAL && o.signal == SIGKILL));
	r = start_talking("k", SH("echo; \"$0\" sleep 1000 & trap '' TERM; wait; wait"));
	fd = (struct pollfd){ .fd = sandboxctl_run_fd(r), .events = POLLIN };
	check("it runs", poll(&fd, 1, 0) == 0 &&
				 sandboxctl_run_wait(r, 1, &outcome, &error) == -ETIMEDOUT &&
				 !outcome);
	check("a signal that nobody passes on",
		sandboxctl_run_signal(r, SIGSTOP, &error) == -EINVAL &&
			sandboxctl_run_signal(r, SIGKILL, &error) == -EINVAL &&
			sandboxctl_run_signal(r, SIGRTMIN, &error) == -EINVAL &&
			sandboxctl_run_signal(r, 40, &error) == -EINVAL &&
			sandboxctl_run_signal(r, 0, &error) == -EINVAL);
	check("killed", sandboxctl_run_kill(r, &error) == 0);
	o = end(r);
	check("with all that is in it", o.reason == SANDBOXCTL_REASON_SIGNAL && o.exit_code == 137);
	r = start_talking("k", SH("trap 'exit 5' TERM; echo; while :; do \"$0\" sleep 0.1; done"));
	check("a signal is passed on", sandboxctl_run_signal(r, SIGTERM, &error) == 0);
	o = end(r);
	check("to the command", o.reason == SANDBOXCTL_REASON_EXIT && o.exit_code == 5);
}

/* ---- what it gets ---- */

/* All that the command prints, of a run with these descriptors beside. */
static void run_and_read(struct sandboxctl_run_options *o, char **command, char *text, size_t size)
{
	struct sandboxctl_run *run;
	ssize_t n, all = 0;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		exit(1);
	o->stdout_fd = fds[1];
	run = start(o, command);
	close(fds[1]);
	while ((n = read(fds[0], text + all, size - 1 - (size_t)all)) > 0)
		all += n;
	text[all] = '\0';
	close(fds[0]);
	(void)end(run);
}

static void check_surroundings(void)
{
	static const char *const env[] = { "WORD=two words", "EMPTY=", NULL };
	struct sandboxctl_run_options o = SANDBOXCTL_RUN_OPTIONS_INIT;
	int in[2], stray = dup2(0, 77); /* not closed by exec */
	char text[4096];

	if (pipe(in) < 0 || write(in[1], "hello\n", 6) != 6 || stray < 0)
		exit(1);
	setenv("SECRET", "1", 1);
	o.env = env;
	o.stdin_fd = in[0];
	o.stderr_fd = -1;
	run_and_read(&o,
		SH("read line; echo \"$line,$WORD,$EMPTY,$SECRET.\"; echo lost >&2; "
		   "cd /proc/self/fd 2>/dev/null && echo *"),
		text, sizeof(text));
	check("stdin, stdout, stderr and the environment",
		!strncmp(text, "hello,two words,,.\n", 19));
	close(in[0]);
	close(in[1]);
	o = (struct sandboxctl_run_options)SANDBOXCTL_RUN_OPTIONS_INIT;
	o.stdin_fd = -1;
	/* Not by a shell, which ignores some of its own. */
	run_and_read(&o,
		COMMAND(busybox, (char *)"grep", (char *)"-e", (char *)"^SigBlk", (char *)"-e",
			(char *)"^SigIgn", (char *)"/proc/self/status"),
		text, sizeof(text));
	check("no signal is blocked or ignored in there",
		!strcmp(text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"));
	close(stray);
}

/* ---- who is there ---- */

struct seen {
	int n, stray;
	char names[64];
};

static int see(const struct sandboxctl_status *s, void *arg)
{
	struct seen *seen = arg;
	char path[64];

	seen->n++;
	(void)snprintf(seen->names + strlen(seen->names), sizeof(seen->names) - strlen(seen->names),
		"%s/%s:%d ", s->tenant, s->name, (int)s->state);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd/77", s->supervisor);
	seen->stray |= !access(path, F_OK);
	return 0;
}

static int stop(const struct sandboxctl_status *s, void *arg)
{
	(void)s;
	return ++*(int *)arg == 1 ? 42 : -1;
}

static void check_list(void)
{
	int stray = dup2(0, 77), n = 0;
	struct sandboxctl_run *x = start_talking("x", SH("echo; \"$0\" sleep 1000")), *found = NULL;
	struct sandboxctl_run *y = start_talking("y", SH("echo; \"$0\" sleep 1000"));
	const struct sandboxctl_outcome *one, *other;
	struct seen seen = { 0 }, none = { 0 };
	uint64_t values[SANDBOXCTL_N_STATS + 1];

	check("each of them, in order", sandboxctl_each("a", see, &seen, &error) == 0 &&
						!strcmp(seen.names, "a/x:0 a/y:0 "));
	check("of all tenants too", sandboxctl_each(NULL, see, &none, &error) == 0 && none.n == 2);
	check("the launcher inherits nothing", seen.stray == 0 && stray == 77);
	none = (struct seen){ 0 };
	check("none of somebody else's",
		sandboxctl_each("b", see, &none, &error) == 0 && none.n == 0);
	check("until it is enough", sandboxctl_each(NULL, stop, &n, &error) == 42 && n == 1);
	check("what it uses",
		sandboxctl_run_stats(x, values, SANDBOXCTL_N_STATS + 1, &error) == 0 &&
			values[SANDBOXCTL_STAT_MEMORY] > 0 &&
			values[SANDBOXCTL_STAT_MEMORY] < 100 << 20 &&
			values[SANDBOXCTL_STAT_MEMORY_MAX] == 100 << 20 &&
			values[SANDBOXCTL_STAT_PIDS] >= 2 && values[SANDBOXCTL_STAT_PIDS] <= 5 &&
			values[SANDBOXCTL_STAT_PIDS_MAX] == 20 &&
			values[SANDBOXCTL_N_STATS] == SANDBOXCTL_STAT_ABSENT);
	check("one that isn't there",
		sandboxctl_run_open("a", "nobody", &found, &error) == -ENOENT && !found);
	check("one that is", sandboxctl_run_open("a", "x", &found, &error) == 0 &&
				     !strcmp(sandboxctl_run_name(found), "x") &&
				     !strcmp(sandboxctl_run_tenant(found), "a") &&
				     sandboxctl_run_wait(found, 0, &one, &error) == -ETIMEDOUT);
	check("is killed", sandboxctl_run_kill(found, &error) == 0);
	check("and both know how it ended",
		sandboxctl_run_wait(found, -1, &one, &error) == 0 &&
			sandboxctl_run_wait(x, -1, &other, &error) == 0 && one->signal == 9 &&
			other->signal == 9 && one->pid == other->pid);
	check("nothing is read of it then",
		sandboxctl_run_stats(x, values, 1, &error) == -ESRCH &&
			sandboxctl_run_stats(found, values, 1, &error) == -ESRCH);
	sandboxctl_run_free(found);
	sandboxctl_run_free(x);
	(void)sandboxctl_run_kill(y, &error);
	(void)end(y);
	close(stray);
}

static int supervisor_of(const struct sandboxctl_status *s, void *arg)
{
	*(int *)arg = s->supervisor;
	return 0;
}

/* Without a pid namespace what the command has started lives on. */
static void check_orphan(void)
{
	struct sandboxctl_policy *own = policy;
	const struct sandboxctl_outcome *o;
	struct sandboxctl_run *r, *found = NULL;
	struct seen seen = { 0 };
	int supervisor = 0;

	if (sandboxctl_policy_open("c", NULL, &policy, &error) < 0)
		exit(1);
	r = start_talking("o", SH("\"$0\" setsid \"$0\" sleep 1000 & echo; wait"));
	(void)sandboxctl_each("c", supervisor_of, &supervisor, &error);
	(void)kill(supervisor, SIGKILL);
	check("a launcher that is killed tells nothing",
		sandboxctl_run_wait(r, -1, &o, &error) == -ENODATA &&
			strstr(error.text, "signal 9"));
	check("nobody can wait for what is left",
		sandboxctl_run_open("c", "o", &found, &error) == -EOWNERDEAD && !found &&
			strstr(error.cure, "sandboxctl kill c/o"));
	check("which is an orphan",
		sandboxctl_each("c", see, &seen, &error) == 0 && !strcmp(seen.names, "c/o:2 "));
	sandboxctl_run_free(r);
	sandboxctl_policy_free(policy);
	policy = own;
}

/* ---- what the program does otherwise ---- */

static void reap_all(int signal_number)
{
	(void)signal_number;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void check_sigchld(void)
{
	struct sandboxctl_outcome o;

	signal(SIGCHLD, SIG_IGN);
	o = run(SH("exit 6"));
	check("where SIGCHLD is ignored", o.reason == SANDBOXCTL_REASON_EXIT && o.exit_code == 6);
	signal(SIGCHLD, reap_all);
	o = run(SH("exit 7"));
	check("where all children are reaped", o.exit_code == 7);
	signal(SIGCHLD, SIG_DFL);
	o = run(SH("exit 8"));
	check("and nowhere is a zombie left",
		o.exit_code == 8 && waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void *thread(void *arg)
{
	char script[32];
	struct sandboxctl_outcome o;

	(void)snprintf(script, sizeof(script), "exit %d", *(int *)arg);
	o = run(SH(script));
	*(int *)arg -= o.exit_code;
	return NULL;
}

static void check_threads(void)
{
	int codes[] = { 11, 12, 13, 14 }, sum = 0;
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, thread, &codes[i]) != 0)
			exit(1);
	for (int i = 0; i < 4; i++) {
		(void)pthread_join(threads[i], NULL);
		sum |= codes[i];
	}
	check("four threads, each with its own", sum == 0);
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	int n = count_descriptors();

	if (argc != 4)
		return 2;
	busybox = argv[1];
	probe = argv[2];
	foreign = argv[3];
	if (sandboxctl_policy_open("a", NULL, &policy, &error) < 0) {
		check("the policy opens", false);
		return 1;
	}
	check_ends();
	check_timeout();
	check_kill();
	check_surroundings();
	check_list();
	check_orphan();
	check_sigchld();
	check_threads();
	sandboxctl_policy_free(policy);
	check("no descriptor is left open", count_descriptors() == n);
	return 0;
}
