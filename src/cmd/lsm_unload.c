/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lsm unload: the enforcement ends when nobody is left who is enforced, and not a moment sooner.
 *
 * A run looks whether the LSM is published after it has cloned into its cgroup. Here it is the
 * other way round: first it is not published any more, then we look who is in there. So one of the
 * two sees the other.
 */
#include "base/fs.h"
#include "cmd/cmd.h"
#include "kernel/cgroup.h"
#include "lsm/home.h"
#include "lsm/lsm.h"

#include <stdio.h>

struct unloading {
	const struct cmd_context *context;
	int lock;
	struct lsm_peek loaded; /* its home is held to the end: what runs is enforced until then */
	struct cgroup base; /* descriptor -1: it is gone, with all that was in it */
};

/* Where nothing tells which cgroup is watched, the configured one is the best guess. */
static int open_configured_base(struct unloading *u, struct sbx_error *err)
{
	_cleanup_host_config_ struct host_config host = { 0 };
	unsigned int level;
	int r = host_config_load(&u->context->dirs, &host, err);

	if (r == 0)
		r = cgroup_find_base(&host, err);
	return r < 0 ? r : cgroup_open_base(host.base, &u->base, &level, err);
}

static int open_base(struct unloading *u, uint64_t base_id, struct sbx_error *err)
{
	int r = base_id ? cgroup_open_id(base_id, &u->base, err) : open_configured_base(u, err);

	return r == -ENOENT ? 0 : r;
}

static int begin(struct unloading *u, struct sbx_error *err)
{
	int home = -1, r = home_open(&home, err);

	if (r == -ENOENT)
		return error_cure(err, r, "there is nothing to unload");
	if (r < 0)
		return r;
	/* Nobody loads and nobody else unloads meanwhile: what was there before may be gone now. */
	close_fdp(&home);
	r = fs_lock(LSM_LOCK, &u->lock, err);
	if (r == 0)
		r = lsm_peek(&u->loaded, err);
	return r < 0 ? r : open_base(u, u->loaded.base_id, err);
}

/* Who runs there would be free from now on. */
static int check_idle(const struct unloading *u, struct sbx_error *err)
{
	bool busy = false;
	int r = u->base.fd < 0 ? 0 : cgroup_is_base_busy(&u->base, &busy, err);

	if (r < 0 || !busy)
		return r;
	r = error_set(err, EBUSY, "processes in '%s' are still enforced", u->base.path);
	return error_cure(err, r, "end them first; 'sandboxctl lsm unload --force' kills them");
}

static int kill_all(const struct unloading *u, struct sbx_error *err)
{
	return u->base.fd < 0 ? 0 : cgroup_kill_all(&u->base, err);
}

/* They are enforced while their supervisors live, and would be found by nobody. */
static int keep_loaded(const struct unloading *u, int why, struct sbx_error *err)
{
	int r = home_publish(u->loaded.home, err);

	return r < 0 ? error_prefix(err, r, "the LSM is no longer pinned, and sandboxes run") : why;
}

static int unload(struct unloading *u, bool force, struct sbx_error *err)
{
	int (*empty)(const struct unloading *u, struct sbx_error *err) =
		force ? kill_all : check_idle;
	int r = begin(u, err);

	if (r == 0)
		r = empty(u, err);
	if (r == 0)
		r = home_unpublish(err);
	if (r < 0)
		return r;
	/* Who came in before it was unpublished is there by now; who comes later gives up. */
	r = empty(u, err);
	return r < 0 ? keep_loaded(u, r, err) : 0;
}

int cmd_lsm_unload(const struct cmd_context *context, int argc, char **argv)
{
	struct unloading u = {
		.context = context, .lock = -1, .loaded = { .home = -1 }, .base = CGROUP_INIT
	};
	struct sbx_error err = { 0 };
	unsigned int options;
	int exit_code, r;

	if (cmd_operands("lsm unload", argc, argv, 0, 0, &options, &exit_code) < 0)
		return exit_code;
	if (!cmd_is_root("lsm unload"))
		return CMD_FAILED;
	r = unload(&u, options & CMD_FORCE, &err);
	cgroup_close(&u.base);
	close_fdp(&u.loaded.home);
	/* Until then it denies those, too, who run without an LSM or under another one. */
	if (r == 0 && !lsm_wait_gone(u.loaded.programs))
		(void)fprintf(stderr, "sandboxctl: lsm unload: a run that had begun before holds "
				      "it: it ends with that\n");
	close_fdp(&u.lock);
	return r < 0 ? cmd_fail(&err) : CMD_DONE;
}
