/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/seccomp.h"

#include "base/fs.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Behind all numbers that any kernel has; and where those of x32 begin. */
#define N_NUMBERS     1024
#define OTHER_NUMBERS 0x40000000

/* Room for twenty ranges of unknown numbers: x86-64 has two. */
#define TAIL_MAX 64

static uint32_t default_action(const struct seccomp_spec *spec)
{
	switch (spec->action) {
	case POLICY_SECCOMP_ERRNO:
		return SCMP_ACT_ERRNO((uint16_t)spec->errnum);
	case POLICY_SECCOMP_TRAP:
		return SCMP_ACT_TRAP;
	case POLICY_SECCOMP_KILL:
		break;
	}
	return SCMP_ACT_KILL_PROCESS;
}

static int add_case(scmp_filter_ctx ctx, uint32_t action, int nr, const struct call_case *one)
{
	struct scmp_arg_cmp compared[CALL_ARGS];
	unsigned int n = 0;

	for (unsigned int i = 0; i < CALL_ARGS; i++)
		if (one->mask[i])
			compared[n++] =
				SCMP_CMP64(i, SCMP_CMP_MASKED_EQ, one->mask[i], one->value[i]);
	return seccomp_rule_add_array(ctx, action, nr, n, compared);
}

/* One rule for each case: libseccomp joins the rules of a call by "or". */
static int add_call(
	scmp_filter_ctx ctx, uint32_t action, const struct policy_call *call, struct sbx_error *err)
{
	int nr = seccomp_syscall_resolve_name(call->name), r = 0;

	/* Negative but known: of another architecture, and so nothing to answer here. */
	if (nr == __NR_SCMP_ERROR)
		return error_set(err, EINVAL, "seccomp: '%s' is not a syscall", call->name);
	if (nr < 0)
		return 0;
	if (!call->cases.n)
		r = seccomp_rule_add(ctx, action, nr, 0);
	for (size_t i = 0; i < call->cases.n && r == 0; i++)
		r = add_case(ctx, action, nr, &call->cases.v[i]);
	return r < 0 ? error_errno(err, -r, "seccomp: add '%s'", call->name) : 0;
}

static int add_calls(scmp_filter_ctx ctx, uint32_t action, const struct policy_calls *calls,
	struct sbx_error *err)
{
	int r = 0;

	for (size_t i = 0; i < calls->n && r == 0; i++)
		r = add_call(ctx, action, &calls->v[i], err);
	return r;
}

/*
 * The launcher's own exec comes after the filter. The command may put a file of its own there
 * later: what it may execute that way it may execute by its path, or else the LSM denies it.
 */
static int allow_own_exec(
	scmp_filter_ctx ctx, const struct seccomp_spec *spec, struct sbx_error *err)
{
	int r;

	if (calls_find_whole(spec->allow, "execveat"))
		return 0;
	r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(execveat), 2,
		SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)spec->exec_fd),
		SCMP_A4_32(SCMP_CMP_EQ, AT_EMPTY_PATH));
	return r < 0 ? error_errno(err, -r, "seccomp: allow the exec of the command") : 0;
}

static int refuse_clone3(
	scmp_filter_ctx ctx, const struct seccomp_spec *spec, struct sbx_error *err)
{
	int r;

	if (calls_find_whole(spec->allow, "clone3"))
		return 0;
	r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	/* -EACCES: it is the default's answer already. */
	return r < 0 && r != -EACCES ? error_errno(err, -r, "seccomp: answer clone3") : 0;
}

static int set_up(scmp_filter_ctx ctx, uint32_t other_architectures, struct sbx_error *err)
{
	int r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, other_architectures);

	/* A binary tree over the numbers instead of a list: 330 comparisons become 9. */
	if (r == 0)
		r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return r < 0 ? error_errno(err, -r, "seccomp: set up the filter") : 0;
}

static int add_allowed(scmp_filter_ctx ctx, const struct seccomp_spec *spec, struct sbx_error *err)
{
	int r = set_up(ctx, SCMP_ACT_KILL_PROCESS, err);

	if (r == 0)
		r = add_calls(ctx, SCMP_ACT_ALLOW, spec->allow, err);
	if (r == 0)
		r = allow_own_exec(ctx, spec, err);
	return r < 0 ? r : refuse_clone3(ctx, spec, err);
}

/* What is none of its business it allows: the other program comes behind it. */
static int add_denied(scmp_filter_ctx ctx, const struct seccomp_spec *spec, struct sbx_error *err)
{
	int r = set_up(ctx, SCMP_ACT_ALLOW, err);

	return r < 0 ? r : add_calls(ctx, default_action(spec), spec->deny, err);
}

static int export(scmp_filter_ctx ctx, struct seccomp_program *ret_program, struct sbx_error *err)
{
	_cleanup_close_ int fd = memfd_create("seccomp", MFD_CLOEXEC);
	_cleanup_free_ struct sock_filter *filter = NULL;
	struct stat st;
	size_t n;
	int r;

	if (fd < 0)
		return error_errno(err, errno, "seccomp: make a memory file");
	r = seccomp_export_bpf(ctx, fd);
	if (r < 0)
		return error_errno(err, -r, "seccomp: compile the filter");
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "seccomp: stat the filter");
	n = (size_t)st.st_size / sizeof(*filter);
	if (n == 0 || n > BPF_MAXINSNS)
		return error_set(err, E2BIG, "seccomp: the filter has %zu instructions: %d at most",
			n, BPF_MAXINSNS);
	filter = malloc(n * sizeof(*filter));
	if (!filter)
		return error_errno(err, ENOMEM, "seccomp: read the filter");
	if (pread(fd, filter, n * sizeof(*filter), 0) != (ssize_t)(n * sizeof(*filter)))
		return error_errno(err, EIO, "seccomp: read the filter");
	*ret_program = (struct seccomp_program){ take_ptr(filter), (unsigned short)n };
	return 0;
}

static int compile(uint32_t otherwise,
	int (*add)(scmp_filter_ctx ctx, const struct seccomp_spec *spec, struct sbx_error *err),
	const struct seccomp_spec *spec, struct seccomp_program *ret_program, struct sbx_error *err)
{
	scmp_filter_ctx ctx = seccomp_init(otherwise);
	int r;

	if (!ctx)
		return error_errno(err, ENOMEM, "seccomp: set up the filter");
	r = add(ctx, spec, err);
	if (r == 0)
		r = export(ctx, ret_program, err);
	seccomp_release(ctx);
	return r;
}

/* Where FIRST answers WHERE, THEN goes on: all jumps are relative, so that neither notices. */
static int join(const struct seccomp_program *first, uint32_t where,
	const struct seccomp_program *then, struct seccomp_program *ret_program,
	struct sbx_error *err)
{
	size_t n = (size_t)first->n + then->n;
	struct sock_filter *filter;

	if (!first->filter || !then->filter || n > BPF_MAXINSNS)
		return error_set(err, E2BIG, "seccomp: the filter has %zu instructions: %d at most",
			n, BPF_MAXINSNS);
	filter = malloc(n * sizeof(*filter));
	if (!filter)
		return error_errno(err, ENOMEM, "seccomp: join the filters");
	memcpy(filter, first->filter, first->n * sizeof(*filter));
	memcpy(filter + first->n, then->filter, then->n * sizeof(*filter));
	for (unsigned int i = 0; i < first->n; i++)
		if (filter[i].code == (BPF_RET | BPF_K) && filter[i].k == where)
			filter[i] =
				(struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, first->n - i - 1);
	*ret_program = (struct seccomp_program){ filter, (unsigned short)n };
	return 0;
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

	if (from >= N_NUMBERS)
		return false;
	while (first < N_NUMBERS && is_known((int)first))
		first++;
	for (last = first; last < N_NUMBERS && !is_known((int)last); last++)
		;
	*ret_first = first;
	*ret_last = last < N_NUMBERS ? last - 1 : OTHER_NUMBERS - 1;
	return true;
}

/*
 * What the default's answer becomes, by the number. A call that is newer than this build is
 * answered as by a kernel that is older than the call: programs then fall back to what they did
 * before it.
 */
static size_t make_tail(uint32_t otherwise, struct sock_filter *ret_tail)
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
	for (uint32_t from = 0; n + 4 <= TAIL_MAX && next_unknown(from, &first, &last);
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

/* Unknown numbers get ENOSYS. Only what is denied comes here, so that no allowed call gets dearer.
 */
static int answer_unknown(
	struct seccomp_program *program, uint32_t otherwise, struct sbx_error *err)
{
	struct sock_filter tail[TAIL_MAX];
	struct seccomp_program more = { tail, (unsigned short)make_tail(otherwise, tail) }, joined;
	int r = join(program, otherwise, &more, &joined, err);

	if (r < 0)
		return r;
	seccomp_program_clear(program);
	*program = joined;
	return 0;
}

int seccomp_compile(
	const struct seccomp_spec *spec, struct seccomp_program *ret_program, struct sbx_error *err)
{
	_cleanup_seccomp_ struct seccomp_program allowed = { 0 }, denied = { 0 };
	int r = compile(default_action(spec), add_allowed, spec, &allowed, err);

	if (r == 0)
		r = answer_unknown(&allowed, default_action(spec), err);
	if (r == 0 && spec->deny->n)
		r = compile(SCMP_ACT_ALLOW, add_denied, spec, &denied, err);
	if (r < 0)
		return r;
	if (spec->deny->n)
		return join(&denied, SECCOMP_RET_ALLOW, &allowed, ret_program, err);
	*ret_program = allowed;
	allowed = (struct seccomp_program){ 0 };
	return 0;
}

void seccomp_program_clear(struct seccomp_program *program)
{
	free(program->filter);
	*program = (struct seccomp_program){ 0 };
}

int seccomp_install(const struct seccomp_program *program)
{
	struct sock_fprog prog = { .len = program->n, .filter = program->filter };

	/* Nothing is asked back: the filter judges that call too, and most lists lack prctl(2). */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0 ? -errno : 0;
}
