/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep_hooks FOLDER: attaches an empty program to each function that one of the LSM's attaches to,
 * and pins it in FOLDER.
 *
 * When a function's last program goes, the kernel waits until no task can be in there any more: 0.1
 * s a hook, one after the other. With these no other is the last one.
 */
#include "bpf/abi.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define X(name, when) "bpf_lsm_" #name,
static const char *const functions[] = { SBX_HOOKS(X) };
#undef X

/* Returns a descriptor of the link. */
static int attach(int function)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY,
		.attach_btf_id = (__u32)function);
	int program =
		bpf_prog_load(BPF_PROG_TYPE_TRACING, "keep_hook", "GPL", nothing, 2, &options);

	return program < 0 ? program : bpf_link_create(program, 0, BPF_TRACE_FENTRY, NULL);
}

static int keep(const struct btf *kernel, const char *function, const char *folder)
{
	int id = btf__find_by_name_kind(kernel, function, BTF_KIND_FUNC), link;
	char path[256];

	/* Where the kernel lacks the hook, there is nothing to be kept. */
	if (id < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, function);
	link = attach(id);
	if (link >= 0 && bpf_obj_pin(link, path) == 0)
		return 0;
	(void)fprintf(stderr, "keep_hooks: %s: %s\n", path, strerror(errno));
	return -1;
}

int main(int argc, char **argv)
{
	const struct btf *kernel = btf__load_vmlinux_btf();

	if (argc != 2 || !kernel)
		return 2;
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (keep(kernel, functions[i], argv[1]) < 0)
			return 1;
	return 0;
}
