/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/outcome.h"
#include "lib/spawn.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/random.h>

/* What a program that was built with another header has given, as ours. */
static int take_options(const struct sandboxctl_run_options *given,
	struct sandboxctl_run_options *ret_options, struct sbx_error *err)
{
	size_t size = sizeof(*given);

	*ret_options = (struct sandboxctl_run_options)SANDBOXCTL_RUN_OPTIONS_INIT;
	if (!given)
		return 0;
	if (given->size < size)
		return error_set(err, EINVAL,
			"options of size %zu, not %zu: begin with "
			"SANDBOXCTL_RUN_OPTIONS_INIT",
			given->size, size);
	for (; size < given->size; size++)
		if (((const char *)given)[size])
			return error_set(err, E2BIG, "an option that this library doesn't know");
	*ret_options = *given;
	return 0;
}

/* Unique without asking anybody. */
static int make_name(char name[static NAME_MAX_LEN + 1], struct sbx_error *err)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return error_errno(err, errno, "make up a name");
	(void)snprintf(name, NAME_MAX_LEN + 1, "lib-%016" PRIx64, number);
	return 0;
}

static int set_name(struct sandboxctl_run *run, const char *name, struct sbx_error *err)
{
	int r = name ? lib_check_name(name, "sandbox", err) : make_name(run->name, err);

	if (r == 0 && name)
		(void)snprintf(run->name, sizeof(run->name), "%s", name);
	return r;
}

/* Without a value the launcher would give its own, and it has none. */
static int add_env(struct strv *argv, const char *const *env, struct sbx_error *err)
{
	int r = 0;

	for (; env && *env && r == 0; env++) {
		if (!strchr(*env, '=') || **env == '=')
			return error_set(err, EINVAL, "variable '%s' is not of the form K=V", *env);
		r = strv_add(argv, "--env");
		if (r == 0)
			r = strv_add(argv, *env);
	}
	return r;
}

static int add_words(struct strv *argv, const char *const *words)
{
	int r = 0;

	for (; *words && r == 0; words++)
		r = strv_add(argv, *words);
	return r;
}

static int make_argv(struct strv *argv, const struct sandboxctl_policy *policy,
	const struct sandboxctl_run_options *options, const struct sandboxctl_run *run,
	char *const command[], struct sbx_error *err)
{
	const char *const begin[] = { "sandboxctl", "--config-dir",
		policy->config_dir ? policy->config_dir : LIB_CONFIG_DIR, "run", "--quiet", "-t",
		run->tenant, "--name", run->name, NULL };
	const char *const file[] = { "--policy", policy->policy->path, NULL };
	int r = add_words(argv, begin);

	if (r == 0 && policy->of_file)
		r = add_words(argv, file);
	if (r == 0)
		r = strv_addf(argv, "--json-status-fd=%d", SPAWN_REPORT_FD);
	if (r == 0 && options->timeout_ms)
		r = strv_addf(argv, "--timeout=%" PRIu64 "ms", options->timeout_ms);
	for (const char *const *setting = options->set; setting && *setting && r == 0; setting++)
		r = strv_addf(argv, "--set=%s", *setting);
	if (r == 0)
		r = add_env(argv, options->env, err);
	if (r == 0)
		r = strv_add(argv, "--");
	return r < 0 ? r : add_words(argv, (const char *const *)command);
}

static int start(struct sandboxctl_run *run, const struct sandboxctl_policy *policy,
	const struct sandboxctl_run_options *options, char *const command[], struct sbx_error *err)
{
	const char *launcher = options->launcher ? options->launcher : lib_launcher;
	_cleanup_strv_ struct strv argv = { 0 };
	int r = set_name(run, options->name, err);

	(void)snprintf(run->tenant, sizeof(run->tenant), "%s", policy->policy->tenant);
	if (r == 0)
		r = make_argv(&argv, policy, options, run, command, err);
	if (r == 0)
		r = lib_check_path(launcher, err);
	if (r < 0)
		return r;
	run->report = memfd_create("sandboxctl", MFD_CLOEXEC);
	if (run->report < 0)
		return error_errno(err, errno, "make room for the report");
	return spawn_launcher(launcher, argv.v,
		(const int[SPAWN_N_FDS]){
			options->stdin_fd, options->stdout_fd, options->stderr_fd, run->report },
		&run->supervisor, &run->pidfd, err);
}

/* The launcher counts in microseconds. */
static int check(
	const struct sandboxctl_run_options *options, char *const command[], struct sbx_error *err)
{
	if (!command || !command[0])
		return error_set(err, EINVAL, "no command was given");
	if (options->timeout_ms > UINT64_MAX / 1000 - 1)
		return error_set(err, EINVAL, "timeout_ms is too long: 0 stands for none");
	return 0;
}

int sandboxctl_run_start(const struct sandboxctl_policy *policy,
	const struct sandboxctl_run_options *options, char *const command[],
	struct sandboxctl_run **ret_run, struct sandboxctl_error *error)
{
	struct sandboxctl_run *run = malloc(sizeof(*run));
	struct sandboxctl_run_options own;
	struct sbx_error err = { 0 };
	int r = run ? take_options(options, &own, &err) : -ENOMEM;

	if (run)
		*run = (struct sandboxctl_run){ .pidfd = -1, .report = -1, .started = true };
	if (r == 0)
		r = check(&own, command, &err);
	if (r == 0)
		r = lib_check_root(&err);
	if (r == 0)
		r = start(run, policy, &own, command, &err);
	if (r < 0)
		sandboxctl_run_free(run);
	else
		*ret_run = run;
	return lib_return(r, &err, error);
}
