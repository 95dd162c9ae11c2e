/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bpf.h"
#include "base/clock.h"
#include "lsm/home.h"
#include "lsm/lsm.h"
#include "lsm/pins.h"
#include "lsm/ready.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GONE_TIMEOUT 5000000 /* usec */

int lsm_peek(struct lsm_peek *ret, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	_cleanup_close_ int home = -1;
	struct sbx_ready ready = { 0 };
	int r = home_open(&home, err);

	if (r == 0)
		r = visit_enter(&visit, home, err);
	if (r < 0)
		return r;
	(void)ready_read(&ready, NULL);
	*ret = (struct lsm_peek){ .base_id = ready.base_id };
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		(void)pin_program(hook, &ret->programs[hook], NULL);
	ret->home = take_fd(&home);
	return 0;
}

/* Its id goes when it was detached, and nobody runs it any more. */
static bool is_there(uint32_t program)
{
	_cleanup_close_ int fd = program ? bpf_prog_get_fd_by_id(program) : -1;

	return fd >= 0;
}

static size_t count_there(const uint32_t programs[static SBX_N_HOOKS])
{
	size_t n = 0;

	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		n += is_there(programs[hook]);
	return n;
}

/* The kernel takes away one hook after the other, so what it has to be given is time for one. */
bool lsm_wait_gone(const uint32_t programs[static SBX_N_HOOKS])
{
	uint64_t deadline = clock_usec() + GONE_TIMEOUT;
	size_t left = SBX_N_HOOKS, n;

	while ((n = count_there(programs)) > 0) {
		if (n < left)
			deadline = clock_usec() + GONE_TIMEOUT;
		else if (clock_usec() >= deadline)
			return false;
		left = n;
		/* Comes back after a grace period, which is what the kernel waits for, too. */
		(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	}
	return true;
}
