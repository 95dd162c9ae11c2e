/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program answers without looking at arguments: as the kernel finds out which calls it need
 * not run a filter for.
 */
#include "kernel/seccomp.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>

static bool load(const struct sock_filter *f, uint32_t nr, uint32_t *ret_value)
{
	if (f->code != (BPF_LD | BPF_W | BPF_ABS))
		return false;
	if (f->k == offsetof(struct seccomp_data, nr))
		*ret_value = nr;
	else if (f->k == offsetof(struct seccomp_data, arch))
		*ret_value = seccomp_arch_native();
	else
		return false;
	return true;
}

/* How many instructions are left out. */
static size_t jump(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JA:
		return f->k;
	case BPF_JEQ:
		return a == f->k ? f->jt : f->jf;
	case BPF_JGT:
		return a > f->k ? f->jt : f->jf;
	case BPF_JGE:
		return a >= f->k ? f->jt : f->jf;
	default:
		return a & f->k ? f->jt : f->jf;
	}
}

bool seccomp_always_allows(const struct seccomp_program *program, uint32_t nr)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < program->n; pc++) {
		const struct sock_filter *f = &program->filter[pc];

		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			if (!load(f, nr, &a))
				return false;
			break;
		case BPF_JMP:
			if (BPF_SRC(f->code) != BPF_K)
				return false;
			pc += jump(f, a);
			break;
		case BPF_RET:
			return f->code == (BPF_RET | BPF_K) && f->k == SECCOMP_RET_ALLOW;
		default:
			return false;
		}
	}
	return false;
}
