/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System V IPC: what is done with an object, by its key or its id.
 */
#include "probe.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

/* What all commands of *ctl(2) write is less than this. */
union space {
	struct ipc_perm perm;
	struct shmid_ds shm;
	struct msqid_ds msg;
	struct semid_ds sem;
	char bytes[512];
};

union semun {
	int value;
	void *space;
};

static int get_shm(key_t key, int flags)
{
	return shmget(key, 4096, flags);
}

static int get_sem(key_t key, int flags)
{
	return semget(key, 1, flags);
}

static int use_shm(int id)
{
	return shmat(id, NULL, 0) == (void *)-1 ? -1 : 0;
}

static int use_msg(int id)
{
	struct msgbuf message = { .mtype = 1 };

	return msgsnd(id, &message, 0, IPC_NOWAIT) < 0 || msgrcv(id, &message, 0, 0, IPC_NOWAIT) < 0
		       ? -1
		       : 0;
}

static int use_sem(int id)
{
	struct sembuf up = { .sem_op = 1 };

	return semop(id, &up, 1);
}

static int control_shm(int id, int command, union space *space)
{
	return shmctl(id, command, &space->shm);
}

static int control_msg(int id, int command, union space *space)
{
	return msgctl(id, command, &space->msg);
}

static int control_sem(int id, int command, union space *space)
{
	return semctl(id, 0, command, (union semun){ .space = space });
}

static const struct kind {
	const char *name;
	int (*get)(key_t key, int flags);
	int (*use)(int id);
	int (*control)(int id, int command, union space *space);
	int stat_any, info; /* commands */
} kinds[] = {
	{ "shm", get_shm, use_shm, control_shm, SHM_STAT_ANY, SHM_INFO },
	{ "msg", msgget, use_msg, control_msg, MSG_STAT_ANY, MSG_INFO },
	{ "sem", get_sem, use_sem, control_sem, SEM_STAT_ANY, SEM_INFO },
};

/* NULL: arguments that make no sense. */
static const struct kind *parse(char **args, int *ret_number)
{
	uint32_t number = 0;

	if (args[1] && (str_to_u32(args[1], &number) < 0 || number > INT32_MAX))
		return NULL;
	*ret_number = (int)number;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (streq(kinds[i].name, args[0]))
			return &kinds[i];
	return NULL;
}

static int attempt_make(char **args, struct detail *detail)
{
	int key, id;
	const struct kind *kind = parse(args, &key);

	if (!kind)
		return PROBE_USAGE;
	id = kind->get(key, IPC_CREAT | IPC_EXCL | 0666);
	if (id < 0)
		return -errno;
	detail_add(detail, "%d", id);
	return 0;
}

static int attempt_find(char **args, struct detail *detail)
{
	int key;
	const struct kind *kind = parse(args, &key);

	(void)detail;
	if (!kind)
		return PROBE_USAGE;
	return kind->get(key, 0) < 0 ? -errno : 0;
}

static int attempt_use(char **args, struct detail *detail)
{
	int id;
	const struct kind *kind = parse(args, &id);

	(void)detail;
	if (!kind)
		return PROBE_USAGE;
	return kind->use(id) < 0 ? -errno : 0;
}

static int control(const struct kind *kind, int id, int command)
{
	union space space = { 0 };

	return kind->control(id, command, &space) < 0 ? -errno : 0;
}

static int attempt_stat(char **args, struct detail *detail)
{
	int id;
	const struct kind *kind = parse(args, &id);

	(void)detail;
	return kind ? control(kind, id, IPC_STAT) : PROBE_USAGE;
}

/* By its place in the table, the lower 15 bits of its id, and whatever its mode is. */
static int attempt_stat_any(char **args, struct detail *detail)
{
	int id;
	const struct kind *kind = parse(args, &id);

	(void)detail;
	return kind ? control(kind, id & 0x7fff, kind->stat_any) : PROBE_USAGE;
}

static int attempt_info(char **args, struct detail *detail)
{
	int id;
	const struct kind *kind = parse(args, &id);

	(void)detail;
	return kind ? control(kind, 0, kind->info) : PROBE_USAGE;
}

/* To what it is. */
static int attempt_set(char **args, struct detail *detail)
{
	union space space = { 0 };
	int id;
	const struct kind *kind = parse(args, &id);

	if (!kind)
		return PROBE_USAGE;
	(void)detail;
	/* Of each kind it begins with the same. */
	space.perm.mode = 0666;
	return kind->control(id, IPC_SET, &space) < 0 ? -errno : 0;
}

static int attempt_remove(char **args, struct detail *detail)
{
	int id;
	const struct kind *kind = parse(args, &id);

	(void)detail;
	return kind ? control(kind, id, IPC_RMID) : PROBE_USAGE;
}

const struct attempt attempts_ipc[] = {
	{ "ipc-make", "KIND KEY", 2, 2, attempt_make,
		"make a System V object (KIND: shm, msg, sem); prints its id" },
	{ "ipc-find", "KIND KEY", 2, 2, attempt_find, "find one by its key" },
	{ "ipc-use", "KIND ID", 2, 2, attempt_use, "attach; send and receive; count up" },
	{ "ipc-stat", "KIND ID", 2, 2, attempt_stat, "IPC_STAT" },
	{ "ipc-stat-any", "KIND ID", 2, 2, attempt_stat_any, "SHM_STAT_ANY and so on" },
	{ "ipc-info", "KIND", 1, 1, attempt_info, "SHM_INFO and so on, about all of a kind" },
	{ "ipc-set", "KIND ID", 2, 2, attempt_set, "IPC_SET, mode 0666 and root's" },
	{ "ipc-remove", "KIND ID", 2, 2, attempt_remove, "IPC_RMID" },
	{ 0 },
};
