// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The verdict on an open, many times over. It is the hook's own code: an iterator may be loaded
 * where the kernel refuses LSM programs, and it is shown the files that its reader has open.
 */
#include "files.bpf.c"

#include "lsm_verdict.h"

const volatile __u32 rounds = 0;

struct judged {
	struct file *file;
	__u32 denied;
};

static long judge_once(__u32 i, struct judged *j)
{
	struct actor a;

	if (identify(&a) != STANDING_HOST)
		j->denied += judge_open(&a, j->file) != 0;
	return 0;
}

static long judge_nothing(__u32 i, struct judged *j)
{
	j->denied += j->file == 0;
	return 0;
}

SEC("iter/task_file")
int verdicts(struct bpf_iter__task_file *ctx)
{
	struct judged judged = { 0 }, empty = { 0 };
	struct verdicts v = { .fd = ctx->fd };
	struct file *file = ctx->file;
	__u64 start, middle, end;

	if (!file || v.fd < FIRST_FD)
		return 0;
	judged.file = empty.file = file;
	start = bpf_ktime_get_ns();
	bpf_loop(rounds, judge_once, &judged, 0);
	middle = bpf_ktime_get_ns();
	bpf_loop(rounds, judge_nothing, &empty, 0);
	end = bpf_ktime_get_ns();
	v.denied = judged.denied;
	v.ns = middle - start;
	v.empty_ns = end - middle;
	(void)bpf_seq_write(ctx->meta->seq, &v, sizeof(v));
	return 0;
}
