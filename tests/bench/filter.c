/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the seccomp program that allows the named system calls and answers EPERM to the others, as
 * the kernel takes it (struct sock_filter), to standard output.
 *
 * usage: filter NAME... >FILE
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!ctx)
		return 1;
	/* A search tree: the kernel runs the program once for each call number when it is loaded.
	 */
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (int i = 1; i < argc; i++) {
		int number = seccomp_syscall_resolve_name(argv[i]);

		if (number == __NR_SCMP_ERROR) {
			(void)fprintf(stderr, "filter: libseccomp knows no '%s'\n", argv[i]);
			return 1;
		}
		/* Negative numbers are calls of other architectures. */
		r = number < 0 ? 0 : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, number, 0);
		if (r < 0) {
			(void)fprintf(stderr, "filter: %s: %s\n", argv[i], strerror(-r));
			return 1;
		}
	}
	r = seccomp_export_bpf(ctx, STDOUT_FILENO);
	if (r < 0)
		(void)fprintf(stderr, "filter: %s\n", strerror(-r));
	return r < 0 ? 1 : 0;
}
