/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does loading the LSM take? Nearly all of it is the verifier's time, and the instructions
 * that it looked at don't drift. Prints those of all programs that are loaded, and of the one that
 * took the most, of which the kernel allows a million.
 *
 * usage: verified ALL ONE
 *
 * Fails where all took more than ALL, or one more than ONE.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct count {
	__u64 all;
	__u32 programs;
	struct bpf_prog_info most;
};

static int add(__u32 id, struct count *count)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id), r;

	if (fd < 0)
		return fd;
	r = bpf_obj_get_info_by_fd(fd, &info, &size);
	(void)close(fd);
	if (r < 0)
		return r;
	count->programs++;
	count->all += info.verified_insns;
	if (info.verified_insns > count->most.verified_insns)
		count->most = info;
	return 0;
}

int main(int argc, char **argv)
{
	struct count count = { 0 };
	__u32 id = 0;
	bool held;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: verified ALL ONE\n");
		return 2;
	}
	while (bpf_prog_get_next_id(id, &id) == 0) {
		if (add(id, &count) < 0) {
			perror("verified");
			return 1;
		}
	}
	if (errno != ENOENT || !count.programs) {
		(void)fprintf(stderr, "verified: no programs\n");
		return 1;
	}
	held = count.all <= strtoull(argv[1], NULL, 10) &&
	       count.most.verified_insns <= strtoull(argv[2], NULL, 10);
	(void)printf("%-24s %8s %8s %8s  %s\n", "looked at by the verifier", "all", "held",
		"the most", "held");
	(void)printf("%-24u %9llu %8s %8u  %s %s\n", count.programs, (unsigned long long)count.all,
		argv[1], count.most.verified_insns, argv[2], count.most.name);
	return held ? 0 : 1;
}
