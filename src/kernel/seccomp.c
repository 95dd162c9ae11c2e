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

/* What a program is made of, and which calls its front answers already. */
struct job {
	const struct seccomp_spec *spec;
	bool whole[SECCOMP_NUMBERS];
};

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

static bool is_answered(const struct job *job, const struct policy_call *call)
{
	int nr = seccomp_syscall_resolve_name(call->name);

	return nr >= 0 && nr < SECCOMP_NUMBERS && job->whole[nr];
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

static int add_allowed(scmp_filter_ctx ctx, const struct job *job, struct sbx_error *err)
{
	const struct seccomp_spec *spec = job->spec;
	int r = set_up(ctx, SCMP_ACT_KILL_PROCESS, err);

	for (size_t i = 0; i < spec->allow->n && r == 0; i++)
		if (!is_answered(job, &spec->allow->v[i]))
			r = add_call(ctx, SCMP_ACT_ALLOW, &spec->allow->v[i], err);
	if (r == 0)
		r = allow_own_exec(ctx, spec, err);
	return r < 0 ? r : refuse_clone3(ctx, spec, err);
}

/* What is none of its business it allows: the other program comes behind it. */
static int add_denied(scmp_filter_ctx ctx, const struct job *job, struct sbx_error *err)
{
	const struct policy_calls *deny = job->spec->deny;
	int r = set_up(ctx, SCMP_ACT_ALLOW, err);

	for (size_t i = 0; i < deny->n && r == 0; i++)
		r = add_call(ctx, default_action(job->spec), &deny->v[i], err);
	return r;
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
	int (*add)(scmp_filter_ctx ctx, const struct job *job, struct sbx_error *err),
	const struct job *job, struct seccomp_program *ret_program, struct sbx_error *err)
{
	scmp_filter_ctx ctx = seccomp_init(otherwise);
	int r;

	if (!ctx)
		return error_errno(err, ENOMEM, "seccomp: set up the filter");
	r = add(ctx, job, err);
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

/* Unknown numbers get ENOSYS. Only what is denied comes here, so that no allowed call gets dearer.
 */
static int answer_unknown(
	struct seccomp_program *program, uint32_t otherwise, struct sbx_error *err)
{
	struct sock_filter tail[SECCOMP_TAIL_MAX];
	struct seccomp_program more = { tail, (unsigned short)seccomp_tail(otherwise, tail) },
			       joined;
	int r = join(program, otherwise, &more, &joined, err);

	if (r < 0)
		return r;
	seccomp_program_clear(program);
	*program = joined;
	return 0;
}

/* What depends on arguments, and all that is refused. */
static int compile_rest(
	const struct job *job, struct seccomp_program *ret_program, struct sbx_error *err)
{
	const struct seccomp_spec *spec = job->spec;
	_cleanup_seccomp_ struct seccomp_program allowed = { 0 }, denied = { 0 };
	int r = compile(default_action(spec), add_allowed, job, &allowed, err);

	if (r == 0)
		r = answer_unknown(&allowed, default_action(spec), err);
	if (r == 0 && spec->deny->n)
		r = compile(SCMP_ACT_ALLOW, add_denied, job, &denied, err);
	if (r < 0)
		return r;
	if (spec->deny->n)
		return join(&denied, SECCOMP_RET_ALLOW, &allowed, ret_program, err);
	*ret_program = allowed;
	allowed = (struct seccomp_program){ 0 };
	return 0;
}

/* The calls that no test of arguments concerns. */
static void find_whole(struct job *job)
{
	const struct seccomp_spec *spec = job->spec;

	for (size_t i = 0; i < spec->allow->n; i++) {
		const struct policy_call *call = &spec->allow->v[i];
		int nr = seccomp_syscall_resolve_name(call->name);

		if (nr >= 0 && nr < SECCOMP_NUMBERS && !call->cases.n &&
			!calls_find(spec->deny, call->name))
			job->whole[nr] = true;
	}
}

int seccomp_compile(
	const struct seccomp_spec *spec, struct seccomp_program *ret_program, struct sbx_error *err)
{
	_cleanup_seccomp_ struct seccomp_program rest = { 0 };
	struct sock_filter front[SECCOMP_FRONT_MAX];
	struct job job = { .spec = spec };
	struct seccomp_program first;
	int r;

	find_whole(&job);
	first = (struct seccomp_program){ front, (unsigned short)seccomp_front(job.whole, front) };
	/* Too many ranges for one: then libseccomp does it all. */
	if (!first.n)
		memset(job.whole, 0, sizeof(job.whole));
	r = compile_rest(&job, &rest, err);
	/* There is no such answer in it, so all of it stays: what it doesn't answer comes behind.
	 */
	return r < 0 ? r : join(&first, UINT32_MAX, &rest, ret_program, err);
}

void seccomp_program_clear(struct seccomp_program *program)
{
	free(program->filter);
	*program = (struct seccomp_program){ 0 };
}

bool seccomp_logs_errno(void)
{
	char line[256], *rest = line, *word;

	if (fs_read(AT_FDCWD, "/proc/sys/kernel/seccomp/actions_logged", line, sizeof(line)) < 0)
		return false;
	while ((word = strsep(&rest, " \n")))
		if (streq(word, "errno"))
			return true;
	return false;
}

int seccomp_install(const struct seccomp_program *program, bool log)
{
	struct sock_fprog prog = { .len = program->n, .filter = program->filter };
	unsigned int flags = log ? SECCOMP_FILTER_FLAG_LOG : 0;

	/* Nothing is asked back: the filter judges that call too, and most lists lack prctl(2). */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog) < 0 ? -errno : 0;
}
