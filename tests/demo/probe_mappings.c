/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that is to be executed: of files, and without.
 */
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

#define SIZE	  4096
#define READ_EXEC (PROT_READ | PROT_EXEC)
/* /usr/include/linux/shm.h */
#define SHM_EXEC_FLAG 0100000

static int map(int fd, int protection, int flags, struct detail *detail)
{
	if (mmap(NULL, SIZE, protection, flags, fd, 0) == MAP_FAILED)
		return failed_at(detail, "mmap");
	return 0;
}

static int protect(int fd, int flags, struct detail *detail)
{
	void *memory = mmap(NULL, SIZE, PROT_READ, flags, fd, 0);

	if (memory == MAP_FAILED)
		return failed_at(detail, "mmap");
	return mprotect(memory, SIZE, READ_EXEC) < 0 ? failed_at(detail, "mprotect") : 0;
}

static int attempt_protect_exec(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);

	return fd < 0 ? failed_at(detail, "open") : protect(fd, MAP_PRIVATE, detail);
}

static int attempt_map_read(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);

	return fd < 0 ? failed_at(detail, "open") : map(fd, PROT_READ, MAP_SHARED, detail);
}

static int attempt_map_write(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDWR | O_CLOEXEC);

	return fd < 0 ? failed_at(detail, "open")
		      : map(fd, PROT_READ | PROT_WRITE, MAP_SHARED, detail);
}

static int attempt_map_exec(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);

	return fd < 0 ? failed_at(detail, "open") : map(fd, READ_EXEC, MAP_PRIVATE, detail);
}

static int attempt_map_exec_fd(char **args, struct detail *detail)
{
	uint32_t fd;

	if (str_to_u32(args[0], &fd) < 0)
		return PROBE_USAGE;
	return map((int)fd, READ_EXEC, MAP_PRIVATE, detail);
}

static int make_memory(void)
{
	int fd = memfd_create("probe", MFD_CLOEXEC);

	return fd < 0 || ftruncate(fd, SIZE) < 0 ? -1 : fd;
}

static int attempt_memfd_map_exec(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = make_memory();

	(void)args;
	return fd < 0 ? failed_at(detail, "memfd_create") : map(fd, READ_EXEC, MAP_SHARED, detail);
}

static int attempt_memfd_protect_exec(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = make_memory();

	(void)args;
	return fd < 0 ? failed_at(detail, "memfd_create") : protect(fd, MAP_SHARED, detail);
}

static int attempt_memfd_map(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = make_memory();

	(void)args;
	return fd < 0 ? failed_at(detail, "memfd_create")
		      : map(fd, PROT_READ | PROT_WRITE, MAP_SHARED, detail);
}

static int attempt_memfd_reopen(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = make_memory();
	char path[64];

	(void)args;
	if (fd < 0)
		return failed_at(detail, "memfd_create");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return try_open(path, O_RDWR);
}

/* What compilers at run time do: memory without a file, of its own and shared with its children. */
static int attempt_anonymous_exec(char **args, struct detail *detail)
{
	static const int kinds[] = { MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS };
	int id, r = 0;

	(void)args;
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && r == 0; i++) {
		r = map(-1, READ_EXEC, kinds[i], detail);
		if (r == 0)
			r = protect(-1, kinds[i], detail);
	}
	if (r < 0)
		return r;
	id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700);
	if (id < 0)
		return failed_at(detail, "shmget");
	if (shmat(id, NULL, SHM_EXEC_FLAG) == (void *)-1)
		r = failed_at(detail, "shmat");
	(void)shmctl(id, IPC_RMID, NULL);
	return r;
}

const struct attempt attempts_mappings[] = {
	{ "map-read", "PATH", 1, 1, attempt_map_read, "map it shared, to read" },
	{ "map-write", "PATH", 1, 1, attempt_map_write, "map it shared, to write" },
	{ "map-exec", "PATH", 1, 1, attempt_map_exec, "map it executable" },
	{ "map-exec-fd", "FD", 1, 1, attempt_map_exec_fd, "map a descriptor executable" },
	{ "protect-exec", "PATH", 1, 1, attempt_protect_exec, "map it, then make that executable" },
	{ "memfd-reopen", "", 0, 0, attempt_memfd_reopen, "open a memfd anew, by /proc" },
	{ "memfd-map", "", 0, 0, attempt_memfd_map, "map a memfd, to write" },
	{ "memfd-map-exec", "", 0, 0, attempt_memfd_map_exec, "map a memfd executable" },
	{ "memfd-protect-exec", "", 0, 0, attempt_memfd_protect_exec,
		"map a memfd, then make that executable" },
	{ "anonymous-exec", "", 0, 0, attempt_anonymous_exec,
		"executable memory without a file: private, shared, System V" },
	{ 0 },
};
