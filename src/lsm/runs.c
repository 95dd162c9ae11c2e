/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bpf.h"
#include "base/fs.h"
#include "base/visit.h"
#include "lsm/lsm.h"
#include "lsm/pins.h"

#include <fcntl.h>

static int read_hook(enum sbx_hook hook, struct lsm_runs *ret_runs, struct sbx_error *err)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	_cleanup_close_ int fd = -1;
	uint32_t id = 0;
	int r = pin_program(hook, &id, err);

	if (r < 0)
		return r;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) < 0)
		return error_errno(err, errno, "read the program of '%s'", lsm_hook_name(hook));
	*ret_runs = (struct lsm_runs){ info.run_cnt, info.run_time_ns };
	return 0;
}

int lsm_read_runs(
	const struct lsm *lsm, struct lsm_runs ret_runs[static SBX_N_HOOKS], struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	int r = visit_enter(&visit, lsm->home, err);

	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS && r == 0; hook++) {
		ret_runs[hook] = (struct lsm_runs){ 0 };
		if (lsm->ready.pins[hook])
			r = read_hook(hook, &ret_runs[hook], err);
	}
	return r;
}

bool lsm_are_runs_counted(void)
{
	char text[16];

	return fs_read(AT_FDCWD, "/proc/sys/kernel/bpf_stats_enabled", text, sizeof(text)) > 0 &&
	       *text == '1';
}
