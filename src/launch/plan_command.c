/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"
#include "launch/environment.h"
#include "launch/plan_parts.h"

#include "sandboxctl/exit.h"

#include <sys/stat.h>

/* Where a module lies in its sandbox, and what runs it. */
#define MODULE_DIR  "/run/module"
#define RUNTIME_DIR "/run/runtime"

static const char *const defaults[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin",
	"HOME=/tmp",
	"TMPDIR=/tmp",
	"LANG=C.UTF-8",
};

static int build_environment(struct plan *plan, struct strv *env, struct sbx_error *err)
{
	int r = environment_set_all(env, &plan->policy->process.env);

	if (r < 0)
		return error_errno(err, -r, "build the environment");
	for (size_t i = 0; i < plan->options->env->n && r == 0; i++)
		r = environment_set_option(env, plan->options->env->v[i], err);
	return r;
}

static int add_defaults(struct plan *plan, struct sbx_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (strv_add(&plan->env, defaults[i]) < 0)
			return error_errno(err, ENOMEM, "build the environment");
	return 0;
}

/* What the caller's terminal understands is what its own has to speak. */
static int add_terminal(struct plan *plan, struct sbx_error *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-+._";
	const char *term = getenv("TERM");
	char assignment[80];

	if (!plan->options->tty || !term || strspn(term, letters) != strlen(term))
		return 0;
	if (snprintf(assignment, sizeof(assignment), "TERM=%s", term) >= (int)sizeof(assignment))
		return 0;
	return strv_add(&plan->env, assignment) < 0
		       ? error_errno(err, ENOMEM, "build the environment")
		       : 0;
}

/* The kernel would deny it; here the cure can be named. */
static int check_granted(const struct plan *plan, struct sbx_error *err)
{
	const char *path = plan->command.place.path;
	int r;

	for (size_t i = 0; i < plan->n_places; i++)
		if (plan->policy->filesystem.grants[i].rights == POLICY_EXEC &&
			path_lies_in(path, plan->places[i].path))
			return 0;
	r = error_set(err, EACCES, "no exec grant of tenant '%s' covers '%s'", plan->policy->tenant,
		path);
	return error_cure(
		err, r, "add 'exec = %s' to [filesystem] of '%s'", path, plan->policy->path);
}

/* DIR and NAME, "/x" each. */
static int set_path(char *path, const char *dir, const char *name, struct sbx_error *err)
{
	int n = snprintf(path, PLAN_PATH_MAX, "%s%s", dir, name);

	return n < 0 || n >= PLAN_PATH_MAX ? error_errno(err, ENAMETOOLONG, "'%s'", name) : 0;
}

static int plan_program(struct plan *plan, struct sbx_error *err)
{
	int r = check_granted(plan, err);

	if (r == 0 && plan->policy->runtime.type != POLICY_RUNTIME_DEFAULT) {
		r = error_set(err, EACCES,
			"'%s' is not a WASM module, and [runtime] type wants one",
			plan->command.place.path);
	}
	if (r < 0)
		return r;
	for (char *const *word = plan->options->command; *word; word++)
		if (strv_add(&plan->argv, *word) < 0)
			return error_errno(err, ENOMEM, "build the command line");
	plan->exec_fd = plan->command.place.fd;
	plan->is_script = plan->command.kind == COMMAND_SCRIPT;
	r = set_path(plan->exec_path, "", plan->command_path, err);
	if (r == 0)
		r = build_environment(plan, &plan->env, err);
	return r < 0 ? r : plan_program_sockets(plan, err);
}

static bool is_dir(const struct resolved *place)
{
	struct stat st;

	return fstat(place->fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/*
 * A module sees the folders that its tenant was granted, where they are seen, and no single files:
 * WASI has none.
 */
static size_t collect_preopens(
	const struct plan *plan, const struct reach *reach, struct runtime_preopen *preopens)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_places; i++) {
		const struct reach_place *place = &reach->places[i];

		if (place->grant->rights == POLICY_EXEC || !is_dir(&plan->places[i]))
			continue;
		preopens[n++] = (struct runtime_preopen){
			.path = reach_inside(place),
			.writable = reach_of(place->grant->rights) & POLICY_WRITE,
		};
	}
	return n;
}

static int build_call(struct plan *plan, const struct strv *env, struct sbx_error *err)
{
	_cleanup_free_ struct runtime_preopen *preopens =
		calloc(plan->n_places + 1, sizeof(*preopens));
	_cleanup_free_ struct reach_place *places = plan_places(plan);
	_cleanup_strv_ struct strv listen = { 0 };
	const struct reach reach = { places, plan->n_places };
	struct runtime_call call = {
		.args = &plan->policy->runtime.args,
		.env = env,
		.preopens = preopens,
		.listen = &listen,
		.module = plan->module_path,
		.module_args = plan->options->command + 1,
	};
	int r;

	if (!preopens || !places)
		return error_errno(err, ENOMEM, "build the runtime's command line");
	r = plan_module_sockets(plan, &listen, err);
	if (r < 0)
		return r;
	call.n_preopens = collect_preopens(plan, &reach, preopens);
	return plan->runtime->command_line(&call, &plan->argv, err);
}

/* In a granted tree the mount point of the module would have to be made on the host. */
static int check_dir(
	const struct plan *plan, const char *dir, const char *what, struct sbx_error *err)
{
	for (size_t i = 0; i < plan->n_places; i++) {
		const struct policy_grant *grant = &plan->policy->filesystem.grants[i];
		const char *path = grant->inside ? grant->inside : plan->places[i].path;

		if (path_lies_in(dir, path) || path_lies_in(path, dir))
			return plan_at_grant(grant,
				error_set(err, EINVAL,
					"'%s' can't be granted where a module runs: %s lies in "
					"'%s' there",
					path, what, dir),
				err);
	}
	return 0;
}

/* The runtime reads it as the tenant: the file's own mode has its say. */
static int check_readable(const struct plan *plan, struct sbx_error *err)
{
	const char *path = plan->command.place.path;
	struct stat st;
	int r;

	if (fstat(plan->command.place.fd, &st) < 0)
		return error_errno(err, errno, "stat '%s'", path);
	if (fs_mode_allows(&st, plan->uid, plan->gid, S_IROTH))
		return 0;
	r = error_set(err, EACCES, "'%s' can't be read by its tenant (uid %u)", path,
		(unsigned int)plan->uid);
	return error_cure(err, r, "chmod o+r '%s'", path);
}

static int refuse_module(const struct plan *plan, struct sbx_error *err)
{
	int r = error_set(err, ENOEXEC,
		"'%s' is a WASM module, which only a sandbox of its own can run",
		plan->command.place.path);

	return error_cure(err, r, "use sandboxctl run");
}

/* It and its runtime have places of their own, which no other root has. */
static int refuse_root(const struct plan *plan, struct sbx_error *err)
{
	int r = error_set(err, ENOEXEC,
		"'%s' is a WASM module, and its sandbox' root is not a private one",
		plan->command.place.path);

	return error_cure(
		err, r, "set 'root = private' in [filesystem] of '%s'", plan->policy->path);
}

static int plan_module(struct plan *plan, struct sbx_error *err)
{
	_cleanup_strv_ struct strv env = { 0 };
	enum policy_runtime_type type = plan->policy->runtime.type;
	const char *slash = strrchr(plan->command.place.path, '/');
	int r;

	plan->runtime = runtime_get(type ? type : plan->host.runtime);
	if (!plan->runtime)
		return error_set(err, EINVAL, "this build knows no runtime of that type");
	if (plan->command.kind == COMMAND_COMPONENT && !plan->runtime->components)
		return error_set(err, ENOEXEC,
			"'%s' is a WASM component, and %s runs core modules only",
			plan->command.place.path, plan->runtime->name);
	r = set_path(plan->module_path, MODULE_DIR, slash, err);
	if (r == 0)
		r = check_dir(plan, MODULE_DIR, "it", err);
	if (r == 0)
		r = check_dir(plan, RUNTIME_DIR, "its runtime", err);
	if (r == 0)
		r = check_readable(plan, err);
	if (r == 0)
		r = runtime_find(plan->runtime, plan->options->libexec, &plan->runtime_place, err);
	if (r == 0)
		r = set_path(
			plan->exec_path, RUNTIME_DIR, strrchr(plan->runtime_place.path, '/'), err);
	if (r == 0)
		r = environment_set_all(&env, &plan->policy->runtime.env);
	if (r == 0)
		r = build_environment(plan, &env, err);
	if (r == 0)
		r = build_call(plan, &env, err);
	plan->exec_fd = plan->runtime_place.fd;
	return r;
}

/* It was read when it was started: so it may be another file by now, or none. */
int plan_running_command(struct plan *plan, struct sbx_error *err)
{
	const struct sandbox_status *s = plan->sandbox;
	int r = plan_resolve_grants(plan, err);

	if (r < 0 || !*s->runtime)
		return r;
	plan->runtime = runtime_named(s->runtime);
	if (!plan->runtime)
		return error_set(err, EINVAL, "this build doesn't know the runtime '%s' of '%s/%s'",
			s->runtime, s->tenant, s->name);
	r = runtime_find(plan->runtime, plan->options->libexec, &plan->runtime_place, err);
	if (r == 0 && (!*s->module || resolve_path(s->module, &plan->command.place, NULL) < 0))
		plan->command.place = RESOLVED_INIT;
	return r;
}

int plan_command(struct plan *plan, int *ret_exit, struct sbx_error *err)
{
	int code = SANDBOXCTL_EXIT_SETUP;
	int r = plan_resolve_grants(plan, err);

	if (r == 0)
		r = add_defaults(plan, err);
	if (r == 0)
		r = add_terminal(plan, err);
	if (r == 0) {
		const char *path = environment_get(&plan->policy->process.env, "PATH");

		r = plan_find_command(
			plan, path ? path : environment_get(&plan->env, "PATH"), &code, err);
	}
	if (r == 0) {
		bool module = plan->command.kind == COMMAND_MODULE ||
			      plan->command.kind == COMMAND_COMPONENT;

		if (module && policy_root(plan->policy))
			r = refuse_root(plan, err);
		else if (module && plan->sandbox)
			r = refuse_module(plan, err);
		else
			r = module ? plan_module(plan, err) : plan_program(plan, err);
		if (r == -EACCES || r == -ENOEXEC)
			code = SANDBOXCTL_EXIT_NOT_EXECUTABLE;
	}
	if (r < 0)
		*ret_exit = code;
	return r;
}
