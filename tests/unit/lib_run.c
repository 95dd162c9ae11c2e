/* SPDX-License-Identifier: Apache-2.0 */
/* Runs by launchers that aren't ours: scripts, each of which does one thing another way. */
#include "test.h"
#include "tmpdir.h"

#include "lib/lib.h"

#include <poll.h>
#include <pthread.h>

#define REPORT_OF(code)                                                                   \
	"echo '{\"tenant\":\"acme\",\"name\":\"x\",\"pid\":1,\"exit_code\":" code         \
	",\"signal\":0,\"reason\":\"exit\",\"step\":\"\",\"error\":\"\",\"cure\":\"\","   \
	"\"lsm\":true,\"oom_kills\":0,\"pids_max_hits\":0,\"denied\":{},\"last_denial\":" \
	"\"\",\"last_denial_hook\":\"\",\"last_denial_why\":\"\"}' >&3\n"
#define REPORT REPORT_OF("9")
#define FAIL   "{ " REPORT_OF("1") "exit; }\n"

static struct sandboxctl_policy *policy;
static struct sandboxctl_error error;
static char *command[] = { (char *)"--a command's own", NULL };

/* Only root may start something. */
static void set_up(void)
{
	if (geteuid() != 0)
		SKIP("not root");
	tmpdir_make();
	(void)tmpdir_folder("tenants");
	(void)tmpdir_write("tenants/acme.ini", "version = 1\n");
	ASSERT_EQ(0, sandboxctl_policy_open("acme", tmpdir_path, &policy, &error));
}

static struct sandboxctl_run *start(const char *script, struct sandboxctl_run_options *options)
{
	struct sandboxctl_run_options own = SANDBOXCTL_RUN_OPTIONS_INIT;
	struct sandboxctl_run *run = NULL;
	char text[8192];

	if (!options)
		options = &own;
	(void)snprintf(text, sizeof(text), "#!/bin/bash\nPATH=/usr/bin:/bin\n%s\n", script);
	options->launcher = tmpdir_write("launcher", text);
	ASSERT_EQ(0, chmod(options->launcher, 0755));
	ASSERT_EQ(0, sandboxctl_run_start(policy, options, command, &run, &error));
	return run;
}

/* The exit code that it reports, or what is wrong with the report. */
static int end(struct sandboxctl_run *run)
{
	const struct sandboxctl_outcome *o, *again;
	int r = sandboxctl_run_wait(run, -1, &o, &error);

	if (r == 0) {
		EXPECT_EQ(0, sandboxctl_run_wait(run, 0, &again, NULL));
		EXPECT_TRUE(o == again);
		r = o->exit_code;
	}
	sandboxctl_run_free(run);
	return r;
}

static int run(const char *script)
{
	return end(start(script, NULL));
}

TEST(a_report_is_taken_or_not)
{
	set_up();
	EXPECT_EQ(9, run(REPORT));
	EXPECT_EQ(-ENODATA, run("exit 125"));
	EXPECT_TRUE(strstr(error.text, "exited with 125"));
	EXPECT_EQ(-ENODATA, run("kill -KILL $$"));
	EXPECT_TRUE(strstr(error.text, "signal 9"));
	EXPECT_EQ(-EBADMSG, run("echo nonsense >&3"));
	EXPECT_EQ(-EBADMSG, run(REPORT REPORT));
	EXPECT_EQ(-ENODATA, run("printf '{\"tenant\":' >&3"));
	EXPECT_EQ(-EBADMSG, run("printf '{\\0}\\n' >&3"));
	EXPECT_EQ(-EBADMSG, run(REPORT "printf '\\0\\n' >&3"));
	EXPECT_EQ(-ENODATA, run("exec 3>&-"));
	/* More than a report can be. */
	EXPECT_LT(run("yes 2>/dev/null | head -c 1000000 >&3"), 0);
	EXPECT_LT(run("printf '%070000d\\n' 0 >&3"), 0);
}

TEST(words_stay_words)
{
	static const char *const env[] = { "A=-- x", "B=", NULL };
	static const char *const set[] = { "process.cwd=/a b", "-- x", NULL };
	struct sandboxctl_run_options o = SANDBOXCTL_RUN_OPTIONS_INIT;

	set_up();
	o.env = env;
	o.set = set;
	o.name = "x1";
	o.timeout_ms = 1500;
	EXPECT_EQ(9, end(start("all=$(printf '%s|' \"$@\")\n"
			       "[[ $all == '--config-dir|'*'|run|--quiet|-t|acme|--name|x1|"
			       "--json-status-fd=3|--timeout=1500ms|--set=process.cwd=/a "
			       "b|--set=-- x|--env|A=-- x|--env|B=|--|"
			       "--a command'\\''s own|' ]] || " FAIL REPORT,
			     &o)));
	EXPECT_EQ(9, run("[[ $8 =~ ^lib-[0-9a-f]{16}$ && $* != *--timeout* ]] || " FAIL REPORT));
}

TEST(nothing_of_the_program_is_inherited)
{
	struct sandboxctl_run_options o = SANDBOXCTL_RUN_OPTIONS_INIT;
	int stray, pipe_fds[2], low;
	sigset_t set;

	set_up();
	stray = dup2(0, 77);
	ASSERT_EQ(77, stray);
	ASSERT_EQ(0, setenv("BASH_ENV", "/nowhere", 1));
	ASSERT_EQ(0, setenv("SECRET", "1", 1));
	(void)signal(SIGUSR1, SIG_IGN);
	(void)sigemptyset(&set);
	ASSERT_EQ(0, sigprocmask(SIG_SETMASK, &set, NULL));
	EXPECT_EQ(9, run("[[ -z $(tr '\\0' x </proc/$$/environ) ]] || " FAIL
			 "[[ ! -e /proc/$$/fd/77 && ! -e /proc/$$/fd/4 ]] || " FAIL
			 "[[ $(grep SigIgn /proc/$$/status) != *2?? ]] || " FAIL REPORT));
	/* Whatever numbers the program has them at. */
	ASSERT_EQ(0, pipe(pipe_fds));
	low = pipe_fds[0];
	ASSERT_EQ(6, write(pipe_fds[1], "hello\n", 6));
	o.stdin_fd = low;
	o.stdout_fd = 0;
	o.stderr_fd = -1;
	EXPECT_EQ(9, end(start("read -r line; [[ $line == hello ]] || " FAIL
			       "[[ /proc/$$/fd/2 -ef /dev/null ]] || " FAIL REPORT,
			     &o)));
}

/* Until it listens, nothing that is sent to it is lost, or its end. */
TEST(signals_wait_for_the_launcher)
{
	static const int others[] = { 0, SIGKILL, SIGSTOP, SIGCHLD, SIGALRM, 34, 40, 99, -1 };
	const struct sandboxctl_outcome *o = NULL;
	struct sandboxctl_run *r;
	struct pollfd fd;

	set_up();
	r = start("pending() { local line; while read -r line; do [[ $line != ShdPnd* ]] || "
		  "echo \"${line: -16}\"; done </proc/$$/status; }\n"
		  "until [[ $(pending) == 0000008000004000 ]]; do :; done\n" REPORT,
		NULL);
	fd = (struct pollfd){ .fd = sandboxctl_run_fd(r), .events = POLLIN };
	EXPECT_EQ(0, poll(&fd, 1, 0));
	EXPECT_EQ(-ETIMEDOUT, sandboxctl_run_wait(r, 0, &o, &error));
	EXPECT_TRUE(o == NULL);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		EXPECT_EQ(-EINVAL, sandboxctl_run_signal(r, others[i], &error));
	EXPECT_EQ(0, sandboxctl_run_signal(r, SIGTERM, &error));
	EXPECT_EQ(0, sandboxctl_run_kill(r, &error));
	ASSERT_EQ(0, sandboxctl_run_wait(r, -1, &o, &error));
	EXPECT_EQ(9, o->exit_code);
	EXPECT_EQ(1, poll(&fd, 1, 0));
	EXPECT_EQ(-ESRCH, sandboxctl_run_kill(r, &error));
	EXPECT_EQ(-ESRCH, sandboxctl_run_signal(r, SIGTERM, &error));
	sandboxctl_run_free(r);
	sandboxctl_run_free(NULL);
}

static void reap_all(int signal_number)
{
	(void)signal_number;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

TEST(whoever_reaps_it_the_outcome_is_the_same)
{
	set_up();
	EXPECT_EQ(9, run(REPORT));
	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG));
	(void)signal(SIGCHLD, reap_all);
	EXPECT_EQ(9, run(REPORT));
	(void)signal(SIGCHLD, SIG_IGN);
	EXPECT_EQ(9, run(REPORT));
	EXPECT_EQ(-ENODATA, run("exit 3"));
}

static void *run_one(void *arg)
{
	int *code = arg;
	struct sandboxctl_run_options o = SANDBOXCTL_RUN_OPTIONS_INIT;
	const struct sandboxctl_outcome *outcome;
	struct sandboxctl_run *r = NULL;

	o.launcher = "/bin/true";
	/* Ends without a word. */
	if (sandboxctl_run_start(policy, &o, command, &r, NULL) == 0 &&
		sandboxctl_run_wait(r, -1, &outcome, NULL) == -ENODATA)
		*code = 0;
	sandboxctl_run_free(r);
	return NULL;
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		(void)closedir(dir);
	return n;
}

TEST(threads_do_not_meet_and_nothing_stays_open)
{
	int codes[8], before;
	pthread_t threads[8];

	set_up();
	before = count_descriptors();
	for (int i = 0; i < 8; i++) {
		codes[i] = i + 1;
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, run_one, &codes[i]));
	}
	for (int i = 0; i < 8; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
		EXPECT_EQ(0, codes[i]);
	}
	EXPECT_EQ(before, count_descriptors());
	EXPECT_EQ(-1, waitpid(-1, NULL, WNOHANG));
}
