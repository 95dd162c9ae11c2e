/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to have the kernel open a file in its own name.
 */
#include "probe.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* The two rings of one queue of a single entry. */
struct ring {
	int fd;
	struct io_uring_params params;
	char *sq, *cq;
	struct io_uring_sqe *entry;
};

static int open_ring(struct ring *r)
{
	const struct io_uring_params *p = &r->params;

	r->fd = (int)syscall(SYS_io_uring_setup, 1, &r->params);
	if (r->fd < 0)
		return -errno;
	r->sq = mmap(NULL, p->sq_off.array + p->sq_entries * sizeof(uint32_t),
		PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
		PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_CQ_RING);
	r->entry = mmap(NULL, p->sq_entries * sizeof(*r->entry), PROT_READ | PROT_WRITE, MAP_SHARED,
		r->fd, IORING_OFF_SQES);
	return r->sq == MAP_FAILED || r->cq == MAP_FAILED || (void *)r->entry == MAP_FAILED
		       ? -ENOMEM
		       : 0;
}

/* Submits the one entry, waits, and returns what came of it. */
static int submit(struct ring *r)
{
	unsigned int *tail = (unsigned int *)(r->sq + r->params.sq_off.tail);
	unsigned int *head = (unsigned int *)(r->cq + r->params.cq_off.head);
	const struct io_uring_cqe *done =
		(const struct io_uring_cqe *)(r->cq + r->params.cq_off.cqes);
	unsigned int flags = IORING_ENTER_GETEVENTS, first = *head;

	if (r->params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	((uint32_t *)(r->sq + r->params.sq_off.array))[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, flags, NULL, 0) < 0)
		return -errno;
	__atomic_store_n(head, first + 1, __ATOMIC_RELEASE);
	return done[first & (r->params.cq_entries - 1)].res;
}

/*
 * From now on this task has other credentials than its worker, which waits some seconds for more:
 * it takes those of who asked, as the kernel does in its own name.
 */
static int change_credentials(struct ring *r)
{
	int e;

	r->entry->opcode = IORING_OP_NOP;
	r->entry->flags = IOSQE_ASYNC;
	e = submit(r);
	if (e < 0)
		return e;
	memset(r->entry, 0, sizeof(*r->entry));
	return result_of(setresgid(getgid(), getgid(), getgid()));
}

/*
 * Opens with credentials that were registered before: they differ from the task's own then, as
 * those of the kernel's own opens do.
 */
static int attempt_uring_personality(char **args, struct detail *detail)
{
	struct ring r = { 0 };
	int id, e = open_ring(&r);

	if (e < 0)
		return failed_at(detail, "setup");
	id = (int)syscall(SYS_io_uring_register, r.fd, IORING_REGISTER_PERSONALITY, NULL, 0);
	if (id < 0)
		return failed_at(detail, "register");
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0)
		return failed_at(detail, "setgid");
	r.entry->opcode = IORING_OP_OPENAT;
	r.entry->fd = AT_FDCWD;
	r.entry->addr = (uint64_t)(uintptr_t)args[0];
	r.entry->open_flags = O_RDONLY;
	r.entry->personality = (uint16_t)id;
	e = submit(&r);
	return e < 0 ? e : 0;
}

/* A command of a driver's that isn't one: /dev/null takes any. */
static int attempt_uring_cmd(char **args, struct detail *detail)
{
	struct ring r = { 0 };
	uint32_t fd;
	int e;

	if (str_to_u32(args[0], &fd) < 0)
		return PROBE_USAGE;
	e = open_ring(&r);
	if (e < 0)
		return failed_at(detail, "setup");
	r.entry->opcode = IORING_OP_URING_CMD;
	r.entry->fd = (int)fd;
	e = submit(&r);
	return e < 0 ? e : 0;
}

/*
 * By this task, by a worker that is made for it, by one that was made before its credentials
 * changed, or by the thread that looks after the ring.
 */
static int attempt_uring_open(char **args, struct detail *detail)
{
	bool by_poller = streq(args[1], "poller"), by_other = streq(args[1], "other"),
	     by_worker = by_other || streq(args[1], "worker");
	struct ring r = { .params.flags = by_poller ? IORING_SETUP_SQPOLL : 0 };
	int e;

	if (!by_poller && !by_worker && !streq(args[1], "itself"))
		return PROBE_USAGE;
	e = open_ring(&r);
	if (e < 0)
		return failed_at(detail, "setup");
	if (by_other && change_credentials(&r) < 0)
		return failed_at(detail, "setgid");
	r.entry->opcode = IORING_OP_OPENAT;
	r.entry->flags = by_worker ? IOSQE_ASYNC : 0;
	r.entry->fd = AT_FDCWD;
	r.entry->addr = (uint64_t)(uintptr_t)args[0];
	r.entry->open_flags = O_RDONLY;
	e = submit(&r);
	return e < 0 ? e : 0;
}

/* By a worker that was made before the credentials changed. */
static int attempt_uring_setxattr(char **args, struct detail *detail)
{
	struct ring r = { 0 };

	if (open_ring(&r) < 0)
		return failed_at(detail, "setup");
	if (change_credentials(&r) < 0)
		return failed_at(detail, "setgid");
	r.entry->opcode = IORING_OP_SETXATTR;
	r.entry->addr = (uint64_t)(uintptr_t) "trusted.probe";
	r.entry->addr2 = (uint64_t)(uintptr_t) "1";
	r.entry->addr3 = (uint64_t)(uintptr_t)args[0];
	r.entry->len = 1;
	return submit(&r);
}

static int register_file(const struct ring *r, int fd)
{
	return (int)syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_FILES, &fd, 1);
}

/* A file that one ring has goes to another, which reads it. */
static int attempt_uring_message(char **args, struct detail *detail)
{
	_cleanup_close_ int fd = open(args[0], O_RDONLY | O_CLOEXEC);
	struct ring from = { 0 }, to = { 0 };
	char byte;
	int e;

	if (fd < 0)
		return failed_at(detail, "open");
	if (open_ring(&from) < 0 || open_ring(&to) < 0)
		return failed_at(detail, "setup");
	if (register_file(&from, fd) < 0 || register_file(&to, -1) < 0)
		return failed_at(detail, "register");
	from.entry->opcode = IORING_OP_MSG_RING;
	from.entry->fd = to.fd;
	from.entry->addr = IORING_MSG_SEND_FD;
	from.entry->file_index = 1;
	from.entry->msg_ring_flags = IORING_MSG_RING_CQE_SKIP;
	e = submit(&from);
	if (e < 0)
		return e;
	to.entry->opcode = IORING_OP_READ;
	to.entry->flags = IOSQE_FIXED_FILE;
	to.entry->addr = (uint64_t)(uintptr_t)&byte;
	to.entry->len = 1;
	e = submit(&to);
	return e < 0 ? e : 0;
}

const struct attempt attempts_kernel[] = {
	{ "uring-open", "PATH itself|worker|other|poller", 2, 2, attempt_uring_open,
		"open by io_uring, and by which of its threads" },
	{ "uring-setxattr", "PATH", 1, 1, attempt_uring_setxattr,
		"set trusted.probe by io_uring, the credentials being others by now" },
	{ "uring-message", "PATH", 1, 1, attempt_uring_message,
		"pass a file from one ring to another" },
	{ "uring-personality", "PATH", 1, 1, attempt_uring_personality,
		"open by io_uring, with registered credentials" },
	{ "uring-cmd", "FD", 1, 1, attempt_uring_cmd, "a driver's command by io_uring" },
	{ 0 },
};
