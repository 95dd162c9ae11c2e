/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/variants.h"

#include "test.h"

#include <bpf/btf.h>

struct kernel {
	struct btf *btf;
	int integer, attr; /* int, and a pointer to a constant perf_event_attr */
};

static void begin(struct kernel *k)
{
	int type;

	k->btf = btf__new_empty();
	ASSERT_EQ(true, k->btf != NULL);
	k->integer = btf__add_int(k->btf, "int", 4, BTF_INT_SIGNED);
	type = btf__add_struct(k->btf, "perf_event_attr", 0);
	k->attr = btf__add_ptr(k->btf, btf__add_const(k->btf, type));
	ASSERT_EQ(true, k->attr > 0);
}

/* The function that stands for a hook with these arguments. */
static const struct btf_type *add(struct kernel *k, const int *arguments, size_t n)
{
	int function, proto = btf__add_func_proto(k->btf, k->integer);

	ASSERT_EQ(true, proto > 0);
	for (size_t i = 0; i < n; i++)
		ASSERT_EQ(0, btf__add_func_param(k->btf, "x", arguments[i]));
	function = btf__add_func(k->btf, "bpf_lsm_some", BTF_FUNC_STATIC, proto);
	ASSERT_EQ(true, function > 0);
	return btf__type_by_id(k->btf, (__u32)function);
}

/* NULL: it is refused, with that text. */
static void check(struct kernel *k, enum sbx_hook hook, const struct btf_type *function,
	const char *wanted, const char *text)
{
	const char *program = NULL;
	struct sbx_error err = { 0 };

	EXPECT_EQ(
		wanted ? 0 : -ENOTSUP, variants_choose_one(k->btf, hook, function, &program, &err));
	EXPECT_STREQ(wanted ? wanted : "none", program ? program : "none");
	EXPECT_STREQ(text, err.text);
	btf__free(k->btf);
}

TEST(older_arguments)
{
	struct kernel k;

	begin(&k);
	check(&k, SBX_HOOK_perf_event_open, add(&k, (int[]){ k.attr, k.integer }, 2),
		"perf_event_open", "");
}

TEST(later_arguments)
{
	struct kernel k;

	begin(&k);
	check(&k, SBX_HOOK_perf_event_open, add(&k, &k.integer, 1), "perf_event_open_v2", "");
}

TEST(arguments_that_nobody_knows)
{
	struct kernel k;

	begin(&k);
	check(&k, SBX_HOOK_perf_event_open, add(&k, (int[]){ k.integer, 0, k.attr }, 3), NULL,
		"no program is for the kernel's hook 'perf_event_open' with 'int void "
		"perf_event_attr'");
}

TEST(a_hook_without_variants)
{
	struct kernel k;

	begin(&k);
	check(&k, SBX_HOOK_file_open, add(&k, &k.attr, 1), "file_open", "");
}

TEST(a_hook_that_must_be_there)
{
	struct kernel k;

	begin(&k);
	check(&k, SBX_HOOK_file_open, NULL, NULL, "the kernel lacks the hook 'file_open'");
}

TEST(a_hook_that_may_be_missing)
{
	const char *program = "unset";
	struct kernel k;

	begin(&k);
	EXPECT_EQ(0, variants_choose_one(k.btf, SBX_HOOK_bpf_token_create, NULL, &program, NULL));
	EXPECT_EQ(true, program == NULL);
	check(&k, SBX_HOOK_bpf_token_create, add(&k, NULL, 0), "bpf_token_create", "");
}

/* By its name and its arguments: a function of another kernel's is nothing to attach to. */
TEST(probes)
{
	uint32_t found[SBX_N_PROBES];
	int task, text, proto, function;
	struct kernel k;

	begin(&k);
	task = btf__add_ptr(k.btf, btf__add_struct(k.btf, "task_struct", 0));
	text = btf__add_ptr(k.btf, btf__add_const(k.btf, btf__add_int(k.btf, "char", 1, 0)));
	proto = btf__add_func_proto(k.btf, 0);
	(void)btf__add_func_param(k.btf, "victim", task);
	(void)btf__add_func_param(k.btf, "message", text);
	function = btf__add_func(k.btf, "__oom_kill_process", BTF_FUNC_STATIC, proto);
	ASSERT_EQ(true, function > 0);
	ASSERT_EQ(true, btf__add_func(k.btf, "pids_can_fork", BTF_FUNC_STATIC, proto) > 0);
	variants_find_probes(k.btf, found);
	EXPECT_EQ(function, found[SBX_PROBE_oom_kill]);
	EXPECT_EQ(0, found[SBX_PROBE_fork_refused]);
	EXPECT_EQ(0, found[SBX_PROBE_seccomp_signal]);
	btf__free(k.btf);
}

TEST(programs_are_known_by_name)
{
	EXPECT_EQ(true, variants_is_program("file_open"));
	EXPECT_EQ(true, variants_is_program("perf_event_open_v2"));
	EXPECT_EQ(false, variants_is_program("file_open_v2"));
}
