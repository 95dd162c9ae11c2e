/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command while there is a program that does nothing on each hook of ours.
 *
 * usage: lsm_empty COMMAND [ARG...]
 */
#include "lsm_empty.skel.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Hooks that this kernel lacks, ours lack there too. */
static void choose(struct bpf_object *object)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
	{
		char name[128];

		(void)snprintf(name, sizeof(name), "bpf_lsm_%s", bpf_program__name(program));
		if (btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) < 0)
			(void)bpf_program__set_autoload(program, false);
	}
	btf__free(btf);
}

int main(int argc, char **argv)
{
	struct lsm_empty_bpf *p = lsm_empty_bpf__open();
	int status = 1;
	pid_t child;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: lsm_empty COMMAND [ARG...]\n");
		return 2;
	}
	if (p)
		choose(p->obj);
	if (!p || lsm_empty_bpf__load(p) < 0 || lsm_empty_bpf__attach(p) < 0) {
		(void)fprintf(stderr, "lsm_empty: the programs don't load\n");
		return 1;
	}
	child = fork();
	if (child == 0) {
		(void)execvp(argv[1], argv + 1);
		perror("lsm_empty: exec");
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		perror("lsm_empty");
	lsm_empty_bpf__destroy(p);
	return status == 0 ? 0 : 1;
}
