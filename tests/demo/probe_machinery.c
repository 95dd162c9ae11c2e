/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's own machinery, asked for nothing: modules, BPF, keys, its log, System V objects of
 * no number.
 */
#include "probe_edges.h"

#include <linux/keyctl.h>
#include <linux/module.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

/* Nobody has it open afterwards. */
static long create_file(void)
{
	return close(put("file"));
}

static long truncate_empty(void)
{
	return truncate("file", 0);
}

static long acl_none(void)
{
	return getxattr("file", "system.posix_acl_access", NULL, 0);
}

static long perf_of_nothing(void)
{
	return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

static long bpf_of_nothing(void)
{
	return syscall(SYS_bpf, 0, NULL, 0);
}

static long log_size(void)
{
	return syscall(SYS_syslog, 10, NULL, 0);
}

static long module_of_nothing(void)
{
	return syscall(SYS_init_module, NULL, 4096, "");
}

/* An empty one isn't looked at. */
static long module_of_file(void)
{
	int fd = put("file");

	if (write(fd, "x", 1) != 1 || close(fd) < 0)
		return -1;
	return syscall(SYS_finit_module, open("file", O_RDONLY | O_CLOEXEC), "", 0);
}

static long module_of_pipe(void)
{
	int fds[2];

	return pipe2(fds, O_CLOEXEC) < 0 ? -1 : syscall(SYS_finit_module, fds[0], "", 0);
}

static long key_of_nothing(void)
{
	return syscall(SYS_add_key, "keyring", "edge", NULL, 0, KEY_SPEC_PROCESS_KEYRING);
}

static long key_of_no_type(void)
{
	return syscall(SYS_add_key, "no-such-type", "edge", NULL, 0, KEY_SPEC_PROCESS_KEYRING);
}

static long key_none(void)
{
	return syscall(SYS_keyctl, KEYCTL_DESCRIBE, 0x7ffffffe, NULL, 0);
}

static long keyring_of_thread(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 1);
}

/* It would be the rest of this process's. */
static long namespace_of_user(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) < 0 ? errno : 0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

/* About all of them: there is no object. */
static long shm_all(void)
{
	struct shminfo info;

	return shmctl(0, IPC_INFO, (void *)&info);
}

static long shm_sums(void)
{
	struct shm_info info;

	return shmctl(0, SHM_INFO, (void *)&info);
}

static long msg_all(void)
{
	struct msginfo info;

	return msgctl(0, MSG_INFO, (void *)&info);
}

static long sem_all(void)
{
	struct seminfo info;

	return semctl(0, 0, SEM_INFO, &info);
}

static long shm_none(void)
{
	return shmctl(0x7ffffffe, IPC_STAT, NULL);
}

static long shm_removed(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600);
	void *p = shmat(id, NULL, 0);

	if (id < 0 || p == (void *)-1 || shmctl(id, IPC_RMID, NULL) < 0)
		return -1;
	/* It is there for as long as it is attached, and can be found no more. */
	(void)shmat(id, NULL, 0);
	return shmdt(p);
}

static long msg_removed(void)
{
	int id = msgget(IPC_PRIVATE, 0600);

	if (id < 0 || msgctl(id, IPC_RMID, NULL) < 0)
		return -1;
	return msgctl(id, IPC_RMID, NULL);
}

static long sem_removed(void)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf up = { .sem_op = 1 };

	if (id < 0 || semop(id, &up, 1) < 0 || semctl(id, 0, IPC_RMID) < 0)
		return -1;
	return semctl(id, 0, IPC_RMID);
}

#ifdef __x86_64__
/* By the entry of 32-bit programs: to the file, and to a pipe. */
static long ioctl_32(int fd)
{
	int *n = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long r;

	if (n == MAP_FAILED)
		return -1;
	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "0"(54L), "b"((long)fd), "c"((long)FIONREAD), "d"(n)
			 : "memory", "r8", "r9", "r10", "r11");
	r = (int)r;
	errno = (int)-r;
	return r < 0 ? -1 : r;
}

static long ioctl_32_file(void)
{
	return ioctl_32(put("file"));
}

static long ioctl_32_pipe(void)
{
	int fds[2];

	return pipe2(fds, O_CLOEXEC) < 0 ? -1 : ioctl_32(fds[0]);
}
#endif

static const struct edge edges[] = {
	EDGE(create_file),
	EDGE(truncate_empty),
	EDGE(acl_none),
	EDGE(perf_of_nothing),
	EDGE(bpf_of_nothing),
	EDGE(log_size),
	EDGE(module_of_nothing),
	EDGE(module_of_file),
	EDGE(module_of_pipe),
	EDGE(key_of_nothing),
	EDGE(key_of_no_type),
	EDGE(key_none),
	EDGE(keyring_of_thread),
	EDGE(namespace_of_user),
	EDGE(shm_all),
	EDGE(shm_sums),
	EDGE(msg_all),
	EDGE(sem_all),
	EDGE(shm_none),
	EDGE(shm_removed),
	EDGE(msg_removed),
	EDGE(sem_removed),
#ifdef __x86_64__
	EDGE(ioctl_32_file),
	EDGE(ioctl_32_pipe),
#endif
};

static int attempt_edges_machinery(char **args, struct detail *detail)
{
	return go_through(edges, ARRAY_SIZE(edges), args[0], detail);
}

const struct attempt attempts_machinery[] = {
	{ "edges-machinery", "DIR", 1, 1, attempt_edges_machinery,
		"ask the kernel's machinery for nothing" },
	{ 0 },
};
