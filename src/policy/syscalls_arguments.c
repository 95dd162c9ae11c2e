/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the arguments of system calls are named, by section 2 of the manual, and how much of each
 * the kernel looks at: as its own declarations have it (the formats of the syscalls trace events of
 * 6.12), less what the code behind them drops. A call of which no argument can be tested has no
 * row, nor has clone3, which is either allowed or answered with ENOSYS.
 */
#include "policy/syscalls.h"

struct row {
	const char *call;
	const char *arguments;
};

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "some architectures have the arguments of clone in another order: see clone(2)"
#endif

/*
 * Sorted, for bsearch(3). In their order: "name" of 64 bits, or "name:32" and the like, of which
 * the kernel drops the rest; "name:0", which it ignores; "name:?", of which a request decides how
 * much counts; "*name", what it points to being beyond a filter.
 */
/* clang-format off */
static const struct row table[] = {
	{ "accept", "sockfd:32 *addr *addrlen" },
	{ "accept4", "sockfd:32 *addr *addrlen flags:32" },
	{ "access", "*pathname mode:32" },
	{ "add_key", "*type *description *payload plen keyring:32" },
	{ "alarm", "seconds:32" },
	{ "arch_prctl", "code:32 addr" },
	{ "bind", "sockfd:32 *addr addrlen:32" },
	{ "bpf", "cmd:32 *attr size:32" },
	{ "brk", "brk" },
	{ "cachestat", "fd:32 *cstat_range *cstat flags:32" },
	{ "chmod", "*pathname mode:12" },
	{ "chown", "*pathname owner:32 group:32" },
	{ "clock_adjtime", "clockid:32 *utx" },
	{ "clock_getres", "clockid:32 *tp" },
	{ "clock_gettime", "clockid:32 *tp" },
	{ "clock_nanosleep", "clockid:32 flags:32 *rqtp *rmtp" },
	{ "clock_settime", "clockid:32 *tp" },
	{ "clone", "flags:32 stack *parent_tid *child_tid tls" },
	{ "close", "fd:32" },
	{ "close_range", "first:32 last:32 flags:32" },
	{ "connect", "sockfd:32 *addr addrlen:32" },
	{ "copy_file_range", "fd_in:32 *off_in fd_out:32 *off_out len flags:32" },
	{ "creat", "*pathname mode:12" },
	{ "delete_module", "*name_user flags:32" },
	{ "dup", "oldfd:32" },
	{ "dup2", "oldfd:32 newfd:32" },
	{ "dup3", "oldfd:32 newfd:32 flags:32" },
	{ "epoll_create", "size:32" },
	{ "epoll_create1", "flags:32" },
	{ "epoll_ctl", "epfd:32 op:32 fd:32 *event" },
	{ "epoll_pwait", "epfd:32 *events maxevents:32 timeout:32 *sigmask sigsetsize" },
	{ "epoll_pwait2", "epfd:32 *events maxevents:32 *timeout *sigmask sigsetsize" },
	{ "epoll_wait", "epfd:32 *events maxevents:32 timeout:32" },
	{ "eventfd", "initval:32" },
	{ "eventfd2", "initval:32 flags:32" },
	{ "execveat", "fd:32 *pathname *argv *envp flags:32" },
	{ "exit", "status:32" },
	{ "exit_group", "status:32" },
	{ "faccessat", "dirfd:32 *pathname mode:32" },
	{ "faccessat2", "dirfd:32 *pathname mode:32 flags:32" },
	{ "fadvise64", "fd:32 offset len advice:32" },
	{ "fallocate", "fd:32 mode:32 offset len" },
	{ "fanotify_init", "flags:32 event_f_flags:32" },
	{ "fanotify_mark", "fanotify_fd:32 flags:32 mask dirfd:32 *pathname" },
	{ "fchdir", "fd:32" },
	{ "fchmod", "fd:32 mode:12" },
	{ "fchmodat", "dirfd:32 *pathname mode:12" },
	{ "fchmodat2", "dirfd:32 *pathname mode:12 flags:32" },
	{ "fchown", "fd:32 owner:32 group:32" },
	{ "fchownat", "dirfd:32 *pathname owner:32 group:32 flags:32" },
	{ "fcntl", "fd:32 cmd:32 arg:?" },
	{ "fdatasync", "fd:32" },
	{ "fgetxattr", "fd:32 *name *value size" },
	{ "finit_module", "fd:32 *uargs flags:32" },
	{ "flistxattr", "fd:32 *list size" },
	{ "flock", "fd:32 operation:32" },
	{ "fremovexattr", "fd:32 *name" },
	{ "fsconfig", "fd:32 cmd:32 *key *value aux:32" },
	{ "fsetxattr", "fd:32 *name *value size flags:32" },
	{ "fsmount", "fs_fd:32 flags:32 attr_flags:32" },
	{ "fsopen", "*fsname flags:32" },
	{ "fspick", "dirfd:32 *path flags:32" },
	{ "fstat", "fd:32 *statbuf" },
	{ "fstatfs", "fd:32 *buf" },
	{ "fsync", "fd:32" },
	{ "ftruncate", "fd:32 length" },
	{ "futex", "*uaddr futex_op:32 val:32 *timeout *uaddr2 val3:32" },
	{ "futex_requeue", "*waiters flags:32 nr_wake:32 nr_requeue:32" },
	{ "futex_wait", "*uaddr val mask flags:32 *timeout clockid:32" },
	{ "futex_waitv", "*waiters nr_futexes:32 flags:32 *timeout clockid:32" },
	{ "futex_wake", "*uaddr mask nr:32 flags:32" },
	{ "futimesat", "dirfd:32 *pathname *utimes" },
	{ "get_mempolicy", "*policy *nmask maxnode addr flags" },
	{ "get_robust_list", "pid:32 *head_ptr *len_ptr" },
	{ "getcwd", "*buf size" },
	{ "getdents", "fd:32 *dirent count:32" },
	{ "getdents64", "fd:32 *dirent count:32" },
	{ "getgroups", "gidsetsize:32 *grouplist" },
	{ "getitimer", "which:32 *curr_value" },
	{ "getpeername", "sockfd:32 *addr *addrlen" },
	{ "getpgid", "pid:32" },
	{ "getpriority", "which:32 who:32" },
	{ "getrandom", "*buf buflen flags:32" },
	{ "getrlimit", "resource:32 *rlim" },
	{ "getrusage", "who:32 *ru" },
	{ "getsid", "pid:32" },
	{ "getsockname", "sockfd:32 *addr *addrlen" },
	{ "getsockopt", "sockfd:32 level:32 optname:32 *optval *optlen" },
	{ "getxattr", "*pathname *name *value size" },
	{ "init_module", "*umod len *uargs" },
	{ "inotify_add_watch", "fd:32 *pathname mask:32" },
	{ "inotify_init1", "flags:32" },
	{ "inotify_rm_watch", "fd:32 wd:32" },
	{ "io_cancel", "ctx_id *iocb *result" },
	{ "io_destroy", "ctx" },
	{ "io_getevents", "ctx_id min_nr nr *events *timeout" },
	{ "io_pgetevents", "ctx_id min_nr nr *events *timeout *usig" },
	{ "io_setup", "nr_events:32 *ctxp" },
	{ "io_submit", "ctx_id nr *iocbpp" },
	{ "io_uring_enter", "fd:32 to_submit:32 min_complete:32 flags:32 *argp argsz" },
	{ "io_uring_register", "fd:32 opcode:32 *arg nr_args:32" },
	{ "io_uring_setup", "entries:32 *params" },
	{ "ioctl", "fd:32 request:32 arg:?" },
	{ "ioperm", "from num turn_on:32" },
	{ "iopl", "level:32" },
	{ "ioprio_get", "which:32 who:32" },
	{ "ioprio_set", "which:32 who:32 ioprio:32" },
	{ "kcmp", "pid1:32 pid2:32 type:32 idx1 idx2" },
	{ "kexec_file_load", "kernel_fd:32 initrd_fd:32 cmdline_len *cmdline flags" },
	{ "kexec_load", "entry nr_segments *segments flags" },
	{ "keyctl", "operation:32 arg2:? arg3:? arg4:? arg5:?" },
	{ "kill", "pid:32 sig:32" },
	{ "landlock_add_rule", "ruleset_fd:32 rule_type:32 *rule_attr flags:32" },
	{ "landlock_create_ruleset", "*attr size flags:32" },
	{ "landlock_restrict_self", "ruleset_fd:32 flags:32" },
	{ "lchown", "*pathname owner:32 group:32" },
	{ "lgetxattr", "*pathname *name *value size" },
	{ "linkat", "olddirfd:32 *oldpath newdirfd:32 *newpath flags:32" },
	{ "listen", "sockfd:32 backlog:32" },
	{ "listxattr", "*pathname *list size" },
	{ "llistxattr", "*pathname *list size" },
	{ "lseek", "fd:32 offset whence:32" },
	{ "lsetxattr", "*pathname *name *value size flags:32" },
	{ "madvise", "addr length advice:32" },
	{ "map_shadow_stack", "addr size flags:32" },
	{ "mbind", "start len mode:32 *nmask maxnode flags:32" },
	{ "membarrier", "cmd:32 flags:32 cpu_id:32" },
	{ "memfd_create", "*name flags:32" },
	{ "memfd_secret", "flags:32" },
	{ "migrate_pages", "pid:32 maxnode *old_nodes *new_nodes" },
	{ "mincore", "addr len *vec" },
	{ "mkdir", "*pathname mode:10" },
	{ "mkdirat", "dirfd:32 *pathname mode:10" },
	{ "mknod", "*pathname mode:16 dev:32" },
	{ "mknodat", "dirfd:32 *pathname mode:16 dev:32" },
	{ "mlock", "addr len" },
	{ "mlock2", "addr len flags:32" },
	{ "mlockall", "flags:32" },
	{ "mmap", "addr length prot flags fd:32 offset" },
	{ "modify_ldt", "func:32 *ptr bytecount" },
	{ "mount", "*dev_name *dir_name *type flags *data" },
	{ "mount_setattr", "dirfd:32 *path flags:32 *uattr usize" },
	{ "move_mount", "from_dfd:32 *from_pathname to_dfd:32 *to_pathname flags:32" },
	{ "move_pages", "pid:32 nr_pages *pages *nodes *status flags:32" },
	{ "mprotect", "addr len prot" },
	{ "mq_getsetattr", "mqdes:32 *u_mqstat *u_omqstat" },
	{ "mq_notify", "mqdes:32 *u_notification" },
	{ "mq_open", "*name oflag:32 mode:12 *attr" },
	{ "mq_timedreceive", "mqdes:32 *u_msg_ptr msg_len *u_msg_prio *u_abs_timeout" },
	{ "mq_timedsend", "mqdes:32 *u_msg_ptr msg_len msg_prio:32 *u_abs_timeout" },
	{ "mremap", "old_address old_size new_size flags new_address" },
	{ "msgctl", "msqid:32 cmd:32 *buf" },
	{ "msgget", "key:32 msgflg:32" },
	{ "msgrcv", "msqid:32 *msgp msgsz msgtyp msgflg:32" },
	{ "msgsnd", "msqid:32 *msgp msgsz msgflg:32" },
	{ "msync", "addr len flags:32" },
	{ "munlock", "addr len" },
	{ "munmap", "addr len" },
	{ "name_to_handle_at", "dirfd:32 *name *handle *mnt_id flags:32" },
	{ "newfstatat", "dirfd:32 *pathname *statbuf flags:32" },
	{ "open", "*pathname flags:32 mode:12" },
	{ "open_by_handle_at", "mountdirfd:32 *handle flags:32" },
	{ "open_tree", "dirfd:32 *pathname flags:32" },
	{ "openat", "dirfd:32 *pathname flags:32 mode:12" },
	{ "openat2", "dirfd:32 *pathname *how usize" },
	{ "perf_event_open", "*attr_uptr pid:32 cpu:32 group_fd:32 flags" },
	{ "personality", "persona:32" },
	{ "pidfd_getfd", "pidfd:32 fd:32 flags:32" },
	{ "pidfd_open", "pid:32 flags:32" },
	{ "pidfd_send_signal", "pidfd:32 sig:32 *info flags:32" },
	{ "pipe2", "*fildes flags:32" },
	{ "pkey_alloc", "flags init_val" },
	{ "pkey_free", "pkey:32" },
	{ "pkey_mprotect", "start len prot pkey:32" },
	{ "poll", "*fds nfds:32 timeout:32" },
	{ "ppoll", "*fds nfds:32 *tmo_p *sigmask sigsetsize" },
	{ "prctl", "option:32 arg2:? arg3:? arg4:? arg5:?" },
	{ "pread64", "fd:32 *buf count offset" },
	{ "preadv", "fd:32 *iov iovcnt:32 pos_l pos_h:0" },
	{ "preadv2", "fd:32 *iov iovcnt:32 pos_l pos_h:0 flags:32" },
	{ "prlimit64", "pid:32 resource:32 *new_rlim *old_rlim" },
	{ "process_madvise", "pidfd:32 *vec vlen:32 behavior:32 flags:32" },
	{ "process_mrelease", "pidfd:32 flags:32" },
	{ "process_vm_readv", "pid:32 *local_iov liovcnt:32 *remote_iov riovcnt flags" },
	{ "process_vm_writev", "pid:32 *local_iov liovcnt:32 *remote_iov riovcnt flags" },
	{ "pselect6", "nfds:32 *readfds *writefds *exceptfds *timeout *sigmask" },
	{ "ptrace", "request pid:32 addr data" },
	{ "pwrite64", "fd:32 *buf count offset" },
	{ "pwritev", "fd:32 *iov iovcnt:32 pos_l pos_h:0" },
	{ "pwritev2", "fd:32 *iov iovcnt:32 pos_l pos_h:0 flags:32" },
	{ "quotactl", "cmd:32 *special id:32 *addr" },
	{ "quotactl_fd", "fd:32 cmd:32 id:32 *addr" },
	{ "read", "fd:32 *buf count" },
	{ "readahead", "fd:32 offset count" },
	{ "readlink", "*path *buf bufsiz:32" },
	{ "readlinkat", "dirfd:32 *pathname *buf bufsiz:32" },
	{ "readv", "fd:32 *iov iovcnt:32" },
	{ "reboot", "magic:32 magic2:32 cmd:32 *arg" },
	{ "recvfrom", "sockfd:32 *buf len flags:32 *src_addr *addrlen" },
	{ "recvmmsg", "sockfd:32 *msgvec vlen:32 flags:32 *timeout" },
	{ "recvmsg", "sockfd:32 *msg flags:32" },
	{ "remap_file_pages", "start size prot pgoff flags" },
	{ "renameat", "olddirfd:32 *oldpath newdirfd:32 *newpath" },
	{ "renameat2", "olddirfd:32 *oldpath newdirfd:32 *newpath flags:32" },
	{ "request_key", "*type *description *callout_info dest_keyring:32" },
	{ "rseq", "*rseq rseq_len:32 flags:32 sig:32" },
	{ "rt_sigaction", "signum:32 *act *oldact sigsetsize" },
	{ "rt_sigpending", "*uset sigsetsize" },
	{ "rt_sigprocmask", "how:32 *set *oldset sigsetsize" },
	{ "rt_sigqueueinfo", "pid:32 sig:32 *uinfo" },
	{ "rt_sigsuspend", "*unewset sigsetsize" },
	{ "rt_sigtimedwait", "*uthese *uinfo *uts sigsetsize" },
	{ "rt_tgsigqueueinfo", "tgid:32 pid:32 sig:32 *uinfo" },
	{ "sched_get_priority_max", "policy:32" },
	{ "sched_get_priority_min", "policy:32" },
	{ "sched_getaffinity", "pid:32 cpusetsize:32 *mask" },
	{ "sched_getattr", "pid:32 *uattr usize:32 flags:32" },
	{ "sched_getparam", "pid:32 *param" },
	{ "sched_getscheduler", "pid:32" },
	{ "sched_rr_get_interval", "pid:32 *interval" },
	{ "sched_setaffinity", "pid:32 cpusetsize:32 *mask" },
	{ "sched_setattr", "pid:32 *uattr flags:32" },
	{ "sched_setparam", "pid:32 *param" },
	{ "sched_setscheduler", "pid:32 policy:32 *param" },
	{ "seccomp", "op:32 flags:32 *uargs" },
	{ "select", "nfds:32 *readfds *writefds *exceptfds *timeout" },
	{ "semctl", "semid:32 semnum:32 cmd:32 arg:?" },
	{ "semget", "key:32 nsems:32 semflg:32" },
	{ "semop", "semid:32 *tsops nsops:32" },
	{ "semtimedop", "semid:32 *tsops nsops:32 *timeout" },
	{ "sendfile", "out_fd:32 in_fd:32 *offset count" },
	{ "sendmmsg", "sockfd:32 *msgvec vlen:32 flags:32" },
	{ "sendmsg", "sockfd:32 *msg flags:32" },
	{ "sendto", "sockfd:32 *buf len flags:32 *dest_addr addrlen:32" },
	{ "set_mempolicy", "mode:32 *nmask maxnode" },
	{ "set_mempolicy_home_node", "start len home_node flags" },
	{ "set_robust_list", "*head len" },
	{ "setdomainname", "*name len:32" },
	{ "setfsgid", "gid:32" },
	{ "setfsuid", "uid:32" },
	{ "setgid", "gid:32" },
	{ "setgroups", "gidsetsize:32 *grouplist" },
	{ "sethostname", "*name len:32" },
	{ "setitimer", "which:32 *new_value *old_value" },
	{ "setns", "fd:32 nstype:32" },
	{ "setpgid", "pid:32 pgid:32" },
	{ "setpriority", "which:32 who:32 prio:32" },
	{ "setregid", "rgid:32 egid:32" },
	{ "setresgid", "rgid:32 egid:32 sgid:32" },
	{ "setresuid", "ruid:32 euid:32 suid:32" },
	{ "setreuid", "ruid:32 euid:32" },
	{ "setrlimit", "resource:32 *rlim" },
	{ "setsockopt", "sockfd:32 level:32 optname:32 *optval optlen:32" },
	{ "setuid", "uid:32" },
	{ "setxattr", "*pathname *name *value size flags:32" },
	{ "shmat", "shmid:32 *shmaddr shmflg:32" },
	{ "shmctl", "shmid:32 cmd:32 *buf" },
	{ "shmget", "key:32 size shmflg:32" },
	{ "shutdown", "sockfd:32 how:32" },
	{ "signalfd", "fd:32 *mask sizemask" },
	{ "signalfd4", "fd:32 *mask sizemask flags:32" },
	{ "socket", "domain:32 type:32 protocol:32" },
	{ "socketpair", "domain:32 type:32 protocol:32 *sv" },
	{ "splice", "fd_in:32 *off_in fd_out:32 *off_out len flags:32" },
	{ "statx", "dirfd:32 *pathname flags:32 mask:32 *buffer" },
	{ "swapon", "*specialfile swap_flags:32" },
	{ "symlinkat", "*target newdirfd:32 *linkpath" },
	{ "sync_file_range", "fd:32 offset nbytes flags:32" },
	{ "syncfs", "fd:32" },
	{ "sysfs", "option:32 arg1 arg2" },
	{ "syslog", "type:32 *buf len:32" },
	{ "tee", "fd_in:32 fd_out:32 len flags:32" },
	{ "tgkill", "tgid:32 tid:32 sig:32" },
	{ "timer_create", "clockid:32 *timer_event_spec *created_timer_id" },
	{ "timer_delete", "timerid:32" },
	{ "timer_getoverrun", "timerid:32" },
	{ "timer_gettime", "timerid:32 *curr_value" },
	{ "timer_settime", "timerid:32 flags:32 *new_value *old_value" },
	{ "timerfd_create", "clockid:32 flags:32" },
	{ "timerfd_gettime", "fd:32 *otmr" },
	{ "timerfd_settime", "fd:32 flags:32 *utmr *otmr" },
	{ "tkill", "tid:32 sig:32" },
	{ "truncate", "*path length" },
	{ "umask", "mask:9" },
	{ "umount2", "*target flags:32" },
	{ "unlinkat", "dirfd:32 *pathname flags:32" },
	{ "unshare", "flags" },
	{ "userfaultfd", "flags:32" },
	{ "ustat", "dev:32 *ubuf" },
	{ "utimensat", "dirfd:32 *pathname *utimes flags:32" },
	{ "vmsplice", "fd:32 *uiov nr_segs:32 flags:32" },
	{ "wait4", "pid:32 *wstatus options:32 *rusage" },
	{ "waitid", "idtype:32 id:32 *infop options:32 *rusage" },
	{ "write", "fd:32 *buf count" },
	{ "writev", "fd:32 *iov iovcnt:32" },
};
/* clang-format on */

static int compare_call(const void *call, const void *row)
{
	return strcmp(call, ((const struct row *)row)->call);
}

static const char *find_row(const char *call)
{
	const struct row *found =
		bsearch(call, table, ARRAY_SIZE(table), sizeof(table[0]), compare_call);

	return found ? found->arguments : NULL;
}

/* "arg2" is the third, but where the manual itself names one so: there it is that one. */
static bool is_numbered(const char *row)
{
	return strstr(row, "arg2") != NULL;
}

static bool is_meant(
	const char *row, const char *name, size_t size, unsigned int index, const char *word)
{
	const char *number = str_after(word, "arg");

	if (strlen(word) == size && strncmp(name, word, size) == 0)
		return true;
	return number && !is_numbered(row) && number[0] == (char)('0' + index) && number[1] == '\0';
}

/* Of "name:32", from behind the name on. */
static void parse_width(const char *s, struct syscalls_argument *argument)
{
	argument->bits = 64;
	argument->varies = strncmp(s, ":?", 2) == 0;
	if (*s == ':' && !argument->varies)
		argument->bits = (unsigned int)strtoul(s + 1, NULL, 10);
}

int syscalls_find_argument(const char *call, const char *word, struct syscalls_argument *ret)
{
	const char *row = find_row(call), *s = row;

	for (unsigned int i = 0; s && *s; i++) {
		struct syscalls_argument argument = { .index = i, .pointer = *s == '*' };
		size_t size = strcspn(s += argument.pointer, ": ");

		if (is_meant(row, s, size, i, word)) {
			parse_width(s + size, &argument);
			*ret = argument;
			return 0;
		}
		s += strcspn(s, " ");
		s += strspn(s, " ");
	}
	return -ENOENT;
}

void syscalls_format_arguments(const char *call, char *text, size_t size)
{
	const char *row = find_row(call);
	size_t n = 0;

	*text = '\0';
	while (row && *row && n < size) {
		int word = (int)strcspn(row + (*row == '*'), ": ");

		n += (size_t)snprintf(
			text + n, size - n, "%s%.*s", n ? ", " : "", word, row + (*row == '*'));
		row += strcspn(row, " ");
		row += strspn(row, " ");
	}
}
