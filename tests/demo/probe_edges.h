/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Odd calls, in the order of a table, by one process in one folder. Each says how the kernel
 * answered: that matters less than that it did.
 */
#ifndef TESTS_DEMO_PROBE_EDGES_H
#define TESTS_DEMO_PROBE_EDGES_H

#include "probe.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Each returns what its last call did: below 0 with errno, or not. */
struct edge {
	const char *name;
	long (*call)(void);
};

#define EDGE(function)              \
	{                           \
#function, function \
	}

static inline int put(const char *name)
{
	return openat(AT_FDCWD, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static inline void say(struct detail *detail, const char *name, long r)
{
	const char *word = r < 0 ? strerrorname_np(errno) : "ok";

	detail_add(detail, "%s=%s ", name, word ? word : "?");
}

static inline int go_through(
	const struct edge *edges, size_t n, const char *dir, struct detail *detail)
{
	if (chdir(dir) < 0)
		return failed_at(detail, "chdir");
	for (size_t i = 0; i < n; i++)
		say(detail, edges[i].name, edges[i].call());
	return 0;
}

#endif
