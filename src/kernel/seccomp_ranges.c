/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is told by the number of a call alone, as comparisons with where ranges of numbers begin.
 *
 * The kernel compiles a filter anew for each process that installs it, so its length is a part of
 * every launch: 330 allowed calls lie in 33 ranges.
 */
#include "kernel/seccomp.h"

#include "base/str.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>

/* Where the numbers of x32 begin. */
#define OTHER_NUMBERS 0x40000000

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

/* Where a range of allowed numbers begins, and where it has ended, in turn. */
struct bounds {
	uint32_t at[SECCOMP_FRONT_MAX];
	size_t n;
};

static int find_bounds(const bool whole[static SECCOMP_NUMBERS], struct bounds *ret_bounds)
{
	bool inside = false;

	ret_bounds->n = 0;
	for (uint32_t nr = 0; nr <= SECCOMP_NUMBERS; nr++) {
		bool next = nr < SECCOMP_NUMBERS && whole[nr];

		if (next == inside)
			continue;
		if (ret_bounds->n == SECCOMP_BOUNDS_MAX)
			return -E2BIG;
		ret_bounds->at[ret_bounds->n++] = nr;
		inside = next;
	}
	return 0;
}

/*
 * A binary tree over the bounds from FIRST to before END, at OUT: each node says whether the number
 * is behind its bound. A leaf is a jump: to ALLOW where an odd count of bounds lies below it. All
 * are distances from the tree's first instruction.
 */
static void put_tree(const struct bounds *bounds, size_t first, size_t end, size_t at, size_t allow,
	struct sock_filter *out)
{
	size_t middle = first + (end - first) / 2, left = at + 1, right = left + (middle - first);
	const size_t leaf[] = { allow + 1, allow };
	size_t below = middle == first ? leaf[first % 2] : left;
	size_t above = middle + 1 == end ? leaf[end % 2] : right;

	out[at] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, bounds->at[middle],
		(uint8_t)(above - at - 1), (uint8_t)(below - at - 1));
	if (middle > first)
		put_tree(bounds, first, middle, left, allow, out);
	if (middle + 1 < end)
		put_tree(bounds, middle + 1, end, right, allow, out);
}

size_t seccomp_front(const bool whole[static SECCOMP_NUMBERS],
	struct sock_filter ret_front[static SECCOMP_FRONT_MAX])
{
	struct bounds bounds;

	if (find_bounds(whole, &bounds) < 0 || bounds.n == 0)
		return 0;
	ret_front[0] = (struct sock_filter)LOAD(arch);
	/* Another architecture's numbers are no business of this one. */
	ret_front[1] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 0, (uint8_t)(bounds.n + 2));
	ret_front[2] = (struct sock_filter)LOAD(nr);
	put_tree(&bounds, 0, bounds.n, 0, bounds.n, ret_front + 3);
	ret_front[3 + bounds.n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return bounds.n + 4;
}

static bool is_known(int nr)
{
	_cleanup_free_ char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

	return name != NULL;
}

/* Where the numbers that nobody has given a meaning begin and end, from FROM on; false: no more. */
static bool next_unknown(uint32_t from, uint32_t *ret_first, uint32_t *ret_last)
{
	uint32_t first = from, last;

	if (from >= SECCOMP_NUMBERS)
		return false;
	while (first < SECCOMP_NUMBERS && is_known((int)first))
		first++;
	for (last = first; last < SECCOMP_NUMBERS && !is_known((int)last); last++)
		;
	*ret_first = first;
	*ret_last = last < SECCOMP_NUMBERS ? last - 1 : OTHER_NUMBERS - 1;
	return true;
}

/*
 * What the default's answer becomes, by the number. A call that is newer than this build is
 * answered as by a kernel that is older than the call: programs then fall back to what they did
 * before it.
 */
size_t seccomp_tail(uint32_t otherwise, struct sock_filter ret_tail[static SECCOMP_TAIL_MAX])
{
	const struct sock_filter begin[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 1, 0),
		BPF_STMT(BPF_RET | BPF_K, otherwise),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	uint32_t first, last = 0;
	size_t n = ARRAY_SIZE(begin);

	memcpy(ret_tail, begin, sizeof(begin));
	for (uint32_t from = 0; n + 4 <= SECCOMP_TAIL_MAX && next_unknown(from, &first, &last);
		from = last + 1) {
		const struct sock_filter range[] = {
			BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
			BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		};

		memcpy(ret_tail + n, range, sizeof(range));
		n += ARRAY_SIZE(range);
	}
	ret_tail[n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, otherwise);
	return n + 1;
}
