/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lsm-load: loads the BPF LSM programs and the tenants' own trees, once, and ends.
 *
 * Nothing that it does can be found by others before home_publish; a crash before that leaves
 * nothing.
 */
#include "base/failpoint.h"
#include "base/fs.h"
#include "base/process.h"
#include "libexec/canary.h"
#include "libexec/own.h"
#include "lsm/home.h"
#include "lsm/load.h"

struct loading {
	struct policy_dirs dirs;
	struct host_config host;
	bool verbose;

	struct cgroup base;
	struct load_base watched;
	struct loaded_programs *programs;
	struct visit visit;
	int home;
	int lock;
};

static int make_dirs(struct loading *l, struct sbx_error *err)
{
	int r = fs_make_private_dir("/run/sandboxctl", err);

	if (r == 0)
		r = fs_make_private_dir(LSM_DIR, err);
	if (r == 0)
		r = fs_lock(LSM_LOCK, &l->lock, err);
	return r;
}

static int make_pin_dir(struct loading *l, struct sbx_error *err)
{
	int r = fs_make_pin_dir(LSM_DIR, err);

	/* The lock taken above lies in the same folder: a bind of itself shows the same file. */
	(void)l;
	return r;
}

static int check_kernel(struct loading *l, struct sbx_error *err)
{
	(void)l;
	return load_check_kernel(err);
}

static int make_base(struct loading *l, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup control = CGROUP_INIT;
	int r = cgroup_make_base(l->host.base, NULL, &l->base, &l->watched.level, err);

	if (r == 0 && cgroup_is_delegated(&l->base))
		r = cgroup_make_control(&l->base, &control, err);
	l->watched.id = l->base.id;
	l->watched.control_id = control.id;
	return r;
}

static int load(struct loading *l, struct sbx_error *err)
{
	return load_programs(&l->watched, l->verbose, &l->programs, err);
}

static int make_home(struct loading *l, struct sbx_error *err)
{
	return home_create(&l->visit, &l->home, err);
}

static int pin(struct loading *l, struct sbx_error *err)
{
	return load_pin(l->programs, err);
}

static int fly_canary(struct loading *l, struct sbx_error *err)
{
	return canary_is_denied(&l->base, err);
}

static int pin_ready(struct loading *l, struct sbx_error *err)
{
	return load_pin_ready(l->programs, err);
}

static int leave_home(struct loading *l, struct sbx_error *err)
{
	return visit_leave(&l->visit, err);
}

static int publish(struct loading *l, struct sbx_error *err)
{
	return home_publish(l->home, err);
}

static const struct {
	const char *name;
	int (*do_)(struct loading *l, struct sbx_error *err);
} steps[] = {
	{ "load-check-kernel", check_kernel },
	{ "load-pin-dir", make_pin_dir },
	{ "load-base", make_base },
	{ "load-programs", load },
	{ "load-home", make_home },
	{ "load-pin", pin },
	{ "load-canary", fly_canary },
	{ "load-ready", pin_ready },
	{ "load-leave", leave_home },
	{ "load-publish", publish },
};

static int load_all(struct loading *l, struct sbx_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int r;

		failpoint_kill(steps[i].name);
		r = steps[i].do_(l, err);
		if (r < 0)
			return error_prefix(err, r, "%s", steps[i].name);
	}
	return 0;
}

/* What is loaded already has to be about the base of now, as each run will ask. */
static int check_base(const struct loading *l, const struct lsm *lsm, struct sbx_error *err)
{
	_cleanup_cgroup_ struct cgroup base = CGROUP_INIT;
	unsigned int level = 0;
	int r = cgroup_open_base(l->host.base, &base, &level, err);

	return r < 0 && r != -ENOENT ? r : lsm_check_base(lsm, base.id, level, err);
}

static void warn(const char *text)
{
	(void)fprintf(stderr, "sandboxctl: lsm load: warning: %s\n", text);
}

/* Loads the programs unless they are, and the tenants' own in any case. */
static int run(struct loading *l, struct sbx_error *err)
{
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	int r = make_dirs(l, err);

	if (r < 0)
		return r;
	r = lsm_open(&lsm, err);
	if (r == -ENOENT) {
		r = load_all(l, err);
		if (r == 0)
			r = lsm_open(&lsm, err);
	}
	if (r == 0)
		r = check_base(l, &lsm, err);
	if (r < 0)
		return r;
	failpoint_kill("load-own");
	return own_load_all(&lsm, &l->dirs, &l->host, warn, err);
}

int main(int argc, char **argv)
{
	struct loading l = { .base = CGROUP_INIT, .visit = VISIT_INIT, .home = -1, .lock = -1 };
	struct sbx_error err = { 0 };
	int r;

	if (argc < 3 || argc > 4 || (argc == 4 && !streq(argv[3], "-v"))) {
		(void)fprintf(stderr, "lsm-load: for 'sandboxctl lsm load', not for people\n");
		return 2;
	}
	l.dirs = (struct policy_dirs){ .config = argv[1], .shipped = argv[2] };
	l.verbose = argc == 4;
	process_normalise();
	process_allow_files();
	r = host_config_load(&l.dirs, &l.host, &err);
	if (r == 0)
		r = cgroup_find_base(&l.host, &err);
	if (r == 0 && !l.host.lsm) {
		r = error_set(&err, EPERM, "sandboxctl.ini says lsm = off");
		(void)error_cure(&err, r, "set 'lsm = on' first");
	}
	if (r == 0)
		r = run(&l, &err);
	if (r < 0)
		(void)fprintf(stderr, "sandboxctl: lsm load: %s%s%s\n", err.text,
			*err.cure ? ": " : "", err.cure);
	host_config_clear(&l.host);
	/* Descriptors, links and the unpublished home end with the process. */
	return r < 0 ? 1 : 0;
}
