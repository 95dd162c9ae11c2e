/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does open(2) and close(2) of a file take? Prints ns, the least of some rounds: whatever else
 * the kernel does makes the others longer.
 *
 * usage: opens FILE [CGROUP_DIR]
 *
 *	CGROUP_DIR	is entered before
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 50, OPENS = 100 };

static int enter(const char *cgroup)
{
	char path[4096];
	int fd, r;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = write(fd, "0", 1) == 1 ? 0 : -1;
	(void)close(fd);
	return r;
}

/* Of one open, or -1. */
static double measure(const char *file)
{
	struct timespec start, end;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < OPENS; i++) {
		int fd = open(file, O_RDONLY | O_CLOEXEC);

		if (fd < 0 || close(fd) < 0)
			return -1;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
	       OPENS;
}

int main(int argc, char **argv)
{
	double least = 0;

	if (argc < 2 || argc > 3) {
		(void)fprintf(stderr, "usage: opens FILE [CGROUP_DIR]\n");
		return 2;
	}
	if (argc == 3 && enter(argv[2]) < 0) {
		perror(argv[2]);
		return 1;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double ns = measure(argv[1]);

		if (ns < 0) {
			perror(argv[1]);
			return 1;
		}
		if (i == 0 || ns < least)
			least = ns;
	}
	(void)printf("%.0f\n", least);
	return 0;
}
