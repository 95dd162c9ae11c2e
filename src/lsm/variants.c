/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/variants.h"

#include "base/str.h"
#include "lsm/lsm.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <unistd.h>

/*
 * Hooks whose arguments differ by kernel: the program that is for which, by the names of their
 * types, with pointers and qualifiers left out. Any other hook has one program, of the hook's own
 * name.
 */
static const struct {
	enum sbx_hook hook;
	const char *arguments;
	const char *program;
} variants[] = {
	{ SBX_HOOK_perf_event_open, "perf_event_attr int", "perf_event_open" },
	{ SBX_HOOK_perf_event_open, "int", "perf_event_open_v2" },
};

/*
 * What the probes are attached to. None of it is promised by the kernel: what has another name or
 * other arguments isn't there.
 */
static const struct {
	const char *function, *arguments;
	enum bpf_attach_type type;
} probes[SBX_N_PROBES] = {
	[SBX_PROBE_oom_kill] = { "__oom_kill_process", "task_struct char", BPF_TRACE_FENTRY },
	[SBX_PROBE_fork_refused] = { "pids_can_fork", "task_struct css_set", BPF_TRACE_FEXIT },
	[SBX_PROBE_seccomp_signal] = { "force_sig_seccomp", "int int bool", BPF_TRACE_FENTRY },
	[SBX_PROBE_seccomp_errno] = { "audit_seccomp", "long unsigned int long int int",
		BPF_TRACE_FENTRY },
};

static const char *type_name(const struct btf *kernel, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(kernel, id);

	while (type && (btf_is_ptr(type) || btf_is_const(type) || btf_is_volatile(type)))
		type = btf__type_by_id(kernel, type->type);
	return type && type->name_off ? btf__name_by_offset(kernel, type->name_off) : "void";
}

/* "perf_event_attr int". What doesn't fit is cut, and fits no row. */
static void describe(
	const struct btf *kernel, const struct btf_type *function, char *text, size_t size)
{
	const struct btf_type *proto = btf__type_by_id(kernel, function->type);
	size_t used = 0;

	text[0] = '\0';
	for (__u16 i = 0; i < btf_vlen(proto) && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? " " : "",
			type_name(kernel, btf_params(proto)[i].type));
}

static void find_hook(const char *name, const struct btf_type *function,
	const struct btf_type *functions[static SBX_N_HOOKS])
{
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		if (streq(name, lsm_hook_name(hook)))
			functions[hook] = function;
}

/* In one pass, for there are a hundred thousand types. The kernel attaches to these functions. */
static void find_hooks(
	const struct btf *kernel, const struct btf_type *functions[static SBX_N_HOOKS])
{
	for (__u32 id = 1; id < btf__type_cnt(kernel); id++) {
		const struct btf_type *type = btf__type_by_id(kernel, id);
		const char *name;

		if (!btf_is_func(type))
			continue;
		name = str_after(btf__name_by_offset(kernel, type->name_off), "bpf_lsm_");
		if (name)
			find_hook(name, type, functions);
	}
}

/* NULL: it has variants, and none is for these arguments. */
static const char *pick(enum sbx_hook hook, const char *arguments)
{
	const char *program = lsm_hook_name(hook);

	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		if (variants[i].hook != hook)
			continue;
		if (streq(variants[i].arguments, arguments))
			return variants[i].program;
		program = NULL;
	}
	return program;
}

int variants_choose_one(const struct btf *kernel, enum sbx_hook hook,
	const struct btf_type *function, const char **ret_program, struct sbx_error *err)
{
	const char *program;
	char arguments[256];

	if (!function && !lsm_hook_may_lack(hook))
		return error_set(
			err, ENOTSUP, "the kernel lacks the hook '%s'", lsm_hook_name(hook));
	if (!function) {
		*ret_program = NULL;
		return 0;
	}
	describe(kernel, function, arguments, sizeof(arguments));
	program = pick(hook, arguments);
	if (!program)
		return error_set(err, ENOTSUP, "no program is for the kernel's hook '%s' with '%s'",
			lsm_hook_name(hook), arguments);
	*ret_program = program;
	return 0;
}

int variants_choose(const struct btf *kernel, const char *ret_programs[static SBX_N_HOOKS],
	struct sbx_error *err)
{
	const struct btf_type *functions[SBX_N_HOOKS] = { NULL };
	const char *programs[SBX_N_HOOKS] = { NULL };
	int r = 0;

	find_hooks(kernel, functions);
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS && r == 0; hook++)
		r = variants_choose_one(kernel, hook, functions[hook], &programs[hook], err);
	if (r < 0)
		return error_cure(err, r, "use a kernel that sandboxctl knows, from 6.1 on");
	memcpy(ret_programs, programs, sizeof(programs));
	return 0;
}

static uint32_t find_probe(const struct btf *kernel, enum sbx_probe probe)
{
	int id = btf__find_by_name_kind(kernel, probes[probe].function, BTF_KIND_FUNC);
	char arguments[256];

	if (id < 0)
		return 0;
	describe(kernel, btf__type_by_id(kernel, (__u32)id), arguments, sizeof(arguments));
	return streq(arguments, probes[probe].arguments) ? (uint32_t)id : 0;
}

void variants_find_probes(const struct btf *kernel, uint32_t ret_functions[static SBX_N_PROBES])
{
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES; probe++)
		ret_functions[probe] = find_probe(kernel, probe);
}

/* BTF also has functions of which the compiler has left none to attach to: so it is tried. */
static bool can_attach(enum sbx_probe probe, uint32_t function)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = probes[probe].type,
		.attach_btf_id = function);
	int fd;

	if (!function)
		return false;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "try", "GPL", insns, ARRAY_SIZE(insns), &options);
	if (fd < 0)
		return false;
	(void)close(fd);
	return true;
}

int variants_choose_here(const char *ret_programs[static SBX_N_HOOKS],
	bool ret_probes[static SBX_N_PROBES], struct sbx_error *err)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	uint32_t functions[SBX_N_PROBES];
	int r;

	if (!kernel)
		return error_errno(err, errno, "read the kernel's BTF");
	r = variants_choose(kernel, ret_programs, err);
	variants_find_probes(kernel, functions);
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES && r == 0; probe++)
		ret_probes[probe] = can_attach(probe, functions[probe]);
	btf__free(kernel);
	return r;
}

bool variants_is_program(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		if (streq(name, variants[i].program))
			return true;
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		if (streq(name, lsm_hook_name(hook)))
			return true;
	return false;
}
