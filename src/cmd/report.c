/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/report.h"

#include "base/fs.h"
#include "cmd/cmd.h"
#include "launch/leaf.h"
#include "lsm/lsm.h"
#include "state/ids.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

static void print_cgroup(const char *title, const struct policy_cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->n_settings; i++)
		(void)printf(
			"%s %s = %s\n", title, cgroup->settings[i].file, cgroup->settings[i].value);
	for (size_t i = 0; i < cgroup->n_lines; i++)
		(void)printf("%s %s = %s %s\n", title, cgroup->lines[i].file,
			cgroup->lines[i].thing, cgroup->lines[i].limits);
}

/* Why what isn't there will be of no use, in the words behind that. */
static const struct {
	unsigned int right;
	const char *text;
} kept_texts[] = {
	{ POLICY_WRITE, ", nor can it be made: the host has its folder mounted read-only" },
	{ POLICY_EXEC, ", nor could it be executed: the host has its folder mounted noexec" },
};

static const char *text_of_kept(const struct policy_grant *grant, const struct resolved *name)
{
	unsigned int kept;

	if (plan_host_keeps(name, &kept) < 0)
		return "";
	for (size_t i = 0; i < ARRAY_SIZE(kept_texts); i++)
		if (reach_of(grant->rights) & kept & kept_texts[i].right)
			return kept_texts[i].text;
	return "";
}

static void print_grant(const struct policy_grant *grant, const struct resolved *place)
{
	const char *real = place->path;

	if (policy_grant_is_root(grant))
		(void)printf("root %s\n", grant->rights == POLICY_SEE ? "host" : real);
	else if (grant->inside)
		(void)printf("mount %s on %s%s\n", real, grant->inside,
			grant->rights == POLICY_READ ? " to read" : "");
	else if (place->folder < 0)
		(void)printf("%s %s\n", policy_rights_name(grant->rights), real);
	else
		(void)printf("%s %s, which is not there%s\n", policy_rights_name(grant->rights),
			real, text_of_kept(grant, place));
}

/* For what isn't there; that nothing else in them can be written or executed is the LSM's to say.
 */
static void print_folders(const struct plan *plan)
{
	for (size_t i = 0; i < plan->root.n_binds; i++) {
		const struct root_bind *bind = &plan->binds[i];

		if (bind->tree < 0)
			(void)printf("folder %s mounted%s%s\n", bind->path,
				bind->writable ? " writable" : "",
				bind->executable ? " executable" : "");
	}
}

/* Those of its own are made of an id. The gid where it is another number. */
static void print_ids(const struct plan *plan)
{
	const uint32_t none = plan->tenant_id ? 0 : plan->host.first_id;

	if (plan->tenant_id)
		(void)printf("id %u ", plan->tenant_id);
	else
		(void)printf("id to be assigned ");
	if (plan->uid != none)
		(void)printf("uid %u ", (unsigned int)plan->uid);
	if (plan->gid != none && plan->gid != plan->uid)
		(void)printf("gid %u ", (unsigned int)plan->gid);
}

void report_plan(const struct plan *plan)
{
	const struct policy *policy = plan->policy;
	char step[OUTCOME_STEP_MAX];

	(void)printf("tenant %s ", policy->tenant);
	print_ids(plan);
	(void)printf("name %s\npolicy %s\n", plan->name, policy->path);
	for (size_t i = 0; i < policy->settings.n; i++)
		(void)printf("set %s\n", policy->settings.v[i]);
	(void)printf("cgroup %s/%s" LEAF_SLICE_END "/%s" LEAF_END "\n", plan->host.base,
		policy->tenant, plan->name);
	print_cgroup("tenant", &policy->cgroup);
	print_cgroup("sandbox", &policy->cgroup_sandbox);
	for (size_t i = 0; i < plan->n_places; i++)
		print_grant(&policy->filesystem.grants[i], &plan->places[i]);
	print_folders(plan);
	(void)printf("network %s\nsyscalls %zu allowed, %u instructions\n",
		policy->network.mode == POLICY_NETWORK_HOST ? "host" : "none",
		plan->syscalls.allow.n, plan->filter.n);
	for (size_t i = 0; i < plan->socket_names.n; i++)
		(void)printf("socket %zu %s\n", PLAN_FIRST_SOCKET + i, plan->socket_names.v[i]);
	if (!plan->host.lsm)
		(void)printf("lsm off\n");
	else if (policy->lsm.mode != POLICY_LSM_ENFORCE)
		(void)printf("lsm mode %s\n", policy_lsm_mode_name(policy->lsm.mode));
	(void)printf("command");
	for (size_t i = 0; i < plan->argv.n; i++)
		(void)printf(" %s", plan->argv.v[i]);
	(void)putchar('\n');
	for (size_t i = 0; launch_step_name(plan, i, step); i++)
		(void)printf("step %s\n", step);
}

/* Of a name the inode is the folder's. */
static const char *const acts_on_files[SBX_N_HOOKS] = {
	[SBX_HOOK_file_open] = "open",
	[SBX_HOOK_path_truncate] = "truncate",
	[SBX_HOOK_path_mknod] = "creation",
	[SBX_HOOK_path_mkdir] = "mkdir",
	[SBX_HOOK_path_rmdir] = "rmdir",
	[SBX_HOOK_path_unlink] = "unlink",
	[SBX_HOOK_path_symlink] = "symlink",
	[SBX_HOOK_path_link] = "link",
	[SBX_HOOK_path_rename] = "rename",
	[SBX_HOOK_path_chmod] = "chmod",
	[SBX_HOOK_path_chown] = "chown",
	[SBX_HOOK_inode_setattr] = "utimes",
	[SBX_HOOK_inode_setxattr] = "setxattr",
	[SBX_HOOK_inode_removexattr] = "removexattr",
	[SBX_HOOK_inode_getattr] = "stat",
	[SBX_HOOK_inode_readlink] = "readlink",
	[SBX_HOOK_inode_getxattr] = "getxattr",
	[SBX_HOOK_inode_listxattr] = "listxattr",
	[SBX_HOOK_path_notify] = "watch",
	[SBX_HOOK_path_chroot] = "chroot",
	[SBX_HOOK_inode_create] = "creation",
	[SBX_HOOK_inode_unlink] = "unlink",
	[SBX_HOOK_mmap_file] = "mapping",
	[SBX_HOOK_file_mprotect] = "mprotect",
	[SBX_HOOK_file_receive] = "receipt",
	[SBX_HOOK_file_lock] = "lock",
	[SBX_HOOK_file_fcntl] = "fcntl",
	[SBX_HOOK_file_ioctl] = "ioctl",
	[SBX_HOOK_file_ioctl_compat] = "ioctl",
	[SBX_HOOK_file_truncate] = "truncate",
	[SBX_HOOK_inode_set_acl] = "setfacl",
	[SBX_HOOK_inode_get_acl] = "getfacl",
	[SBX_HOOK_inode_remove_acl] = "setfacl",
};

bool report_is_of_file(const struct sbx_denial *d)
{
	return d->hook < SBX_N_HOOKS && acts_on_files[d->hook];
}

const struct report_right report_rights[REPORT_N_RIGHTS] = { { SBX_READ, "read" },
	{ SBX_WRITE, "write" }, { SBX_EXEC, "exec" }, { SBX_METADATA, "metadata" } };

static void describe_file(const struct sbx_denial *d, char *text, size_t size)
{
	char wanted[64] = "";
	size_t used = 0;

	for (size_t i = 0; i < REPORT_N_RIGHTS; i++)
		if (d->wanted & report_rights[i].right)
			used += (size_t)snprintf(
				wanted + used, sizeof(wanted) - used, " %s", report_rights[i].name);
	(void)snprintf(text, size, "%s of '%s' (inode %llu on %u:%u) for%s", acts_on_files[d->hook],
		d->name, (unsigned long long)d->ino, d->dev >> 20, d->dev & 0xfffff, wanted);
}

static void describe_protocol(unsigned int protocol, char *text, size_t size)
{
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		(void)snprintf(text, size, "%s", protocol == IPPROTO_TCP ? "tcp" : "udp");
	else
		(void)snprintf(text, size, "protocol %u", protocol);
}

static void describe_address(const struct sbx_denial *d, char *text, size_t size)
{
	char address[INET6_ADDRSTRLEN] = "?", protocol[32];

	if (d->family == AF_UNIX) {
		(void)snprintf(text, size, "connect to a unix socket");
		return;
	}
	if (d->family != AF_INET && d->family != AF_INET6) {
		(void)snprintf(text, size, "address family %u", d->family);
		return;
	}
	(void)inet_ntop(d->family,
		d->family == AF_INET ? (const void *)(d->address + 12) : d->address, address,
		sizeof(address));
	describe_protocol(d->protocol, protocol, sizeof(protocol));
	(void)snprintf(text, size, "%s to %s port %u", protocol, address, d->port);
}

/* " (ledger, id 2)"; by its number alone where the name isn't known any more. */
static void describe_owner(uint32_t id, char *text, size_t size)
{
	char name[NAME_MAX_LEN + 1];

	if (id == SBX_OWNER_FORMER)
		(void)snprintf(text, size, " (one that has given it up: sandboxctl lsm load)");
	else if (ids_name(id, name) == 0)
		(void)snprintf(text, size, " (%s, id %u)", name, id);
	else
		(void)snprintf(text, size, " (id %u)", id);
}

/* What needs no more words than that it was done to a process, or at all. */
static const struct {
	const char *act;
	bool to_process;
} acts[SBX_N_HOOKS] = {
	[SBX_HOOK_uring_override_creds] = { "an io_uring personality", false },
	[SBX_HOOK_userns_create] = { "a user namespace", false },
	[SBX_HOOK_task_alloc] = { "a child in a cgroup of its choice", false },
	[SBX_HOOK_perf_event_open] = { "a perf event", false },
	[SBX_HOOK_bpf_token_create] = { "a BPF token", false },
	[SBX_HOOK_task_kill] = { "a signal to", true },
	[SBX_HOOK_ptrace_access_check] = { "a look into", true },
	[SBX_HOOK_ptrace_traceme] = { "the tracing by", true },
	[SBX_HOOK_task_setnice] = { "the nice value of", true },
	[SBX_HOOK_task_setioprio] = { "the I/O priority of", true },
	[SBX_HOOK_task_setscheduler] = { "the scheduling of", true },
	[SBX_HOOK_task_setrlimit] = { "the resource limits of", true },
	[SBX_HOOK_socket_setsockopt] = { "a filter of its network", false },
	[SBX_HOOK_bpf] = { "bpf(2)", false },
	[SBX_HOOK_kernel_module_request] = { "the loading of a module", false },
	[SBX_HOOK_kernel_read_file] = { "the loading of a file into the kernel", false },
	[SBX_HOOK_kernel_load_data] = { "the loading of data into the kernel", false },
	[SBX_HOOK_uring_cmd] = { "a driver's command by io_uring", false },
	[SBX_HOOK_syslog] = { "the kernel's log", false },
	[SBX_HOOK_quotactl] = { "a quota", false },
	[SBX_HOOK_settime] = { "setting the clock", false },
	[SBX_HOOK_locked_down] = { "what gets round the kernel", false },
	[SBX_HOOK_sb_mount] = { "a mount", false },
	[SBX_HOOK_move_mount] = { "a mount", false },
	[SBX_HOOK_sb_umount] = { "an unmount", false },
	[SBX_HOOK_sb_remount] = { "a remount", false },
	[SBX_HOOK_sb_pivotroot] = { "a change of root", false },
	[SBX_HOOK_sb_kern_mount] = { "a mount", false },
	[SBX_HOOK_sb_alloc_security] = { "a file system of its own", false },
	[SBX_HOOK_shm_alloc_security] = { "a new shared memory segment", false },
	[SBX_HOOK_msg_queue_alloc_security] = { "a new message queue", false },
	[SBX_HOOK_sem_alloc_security] = { "a new semaphore set", false },
	[SBX_HOOK_ipc_permission] = { "the use of a System V object", false },
	[SBX_HOOK_shm_shmctl] = { "shmctl(2)", false },
	[SBX_HOOK_msg_queue_msgctl] = { "msgctl(2)", false },
	[SBX_HOOK_sem_semctl] = { "semctl(2)", false },
	[SBX_HOOK_key_alloc] = { "a new key", false },
	[SBX_HOOK_key_permission] = { "the use of a key", false },
};

static void describe_act(const struct sbx_denial *d, char *text, size_t size)
{
	if (acts[d->hook].to_process)
		(void)snprintf(text, size, "%s %.16s[%u]", acts[d->hook].act, d->name,
			(unsigned int)d->ino);
	else if (*d->name)
		(void)snprintf(text, size, "%s '%.32s'", acts[d->hook].act, d->name);
	else
		(void)snprintf(text, size, "%s", acts[d->hook].act);
}

/* "open of 'x' (inode 1 on 8:1) for read by cat[123]: another tenant owns it" */
void report_describe_denial(const struct sbx_denial *d, char *text, size_t size)
{
	char what[160], owner[NAME_MAX_LEN + 64] = "";

	if (report_is_of_file(d))
		describe_file(d, what, sizeof(what));
	else if (d->hook == SBX_HOOK_socket_create)
		(void)snprintf(what, sizeof(what), "a socket of address family %u", d->family);
	else if (d->why == SBX_WHY_NETWORK)
		(void)snprintf(what, sizeof(what), "%s of a socket",
			d->hook == SBX_HOOK_socket_bind ? "a bind" : "the disconnecting");
	else if (d->hook < SBX_N_HOOKS && acts[d->hook].act)
		describe_act(d, what, sizeof(what));
	else
		describe_address(d, what, sizeof(what));
	if (d->why == SBX_WHY_OWNED)
		describe_owner(d->owner, owner, sizeof(owner));
	(void)snprintf(text, size, "%s by %.16s[%u]: %s%s", what, d->comm, d->pid,
		lsm_why_text(d->why), owner);
	report_make_printable(text);
}

/* A file's name is the tenant's own words: nothing of it may steer the administrator's terminal. */
void report_make_printable(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || (unsigned char)*s >= 0x7f)
			*s = '?';
}

void report_describe_denials(const struct outcome *o, char *text, size_t size)
{
	char last[400];

	text[0] = '\0';
	if (!outcome_denials(o))
		return;
	report_describe_denial(&o->leaf.last, last, sizeof(last));
	(void)snprintf(text, size, "%llu, last: %s", (unsigned long long)outcome_denials(o), last);
}

static void print_denials(const struct outcome *o)
{
	char text[450];

	report_describe_denials(o, text, sizeof(text));
	if (*text)
		(void)fprintf(stderr, "; lsm denied %s", text);
}

/* What was allowed that its policy doesn't grant. */
static void print_mode(const struct outcome *o)
{
	if (o->mode == POLICY_LSM_AUDIT)
		(void)fprintf(stderr,
			"sandboxctl: %s/%s: ran with [lsm] mode = audit: %llu would be denied: "
			"sandboxctl events -t %s\n",
			o->tenant, o->name, (unsigned long long)o->leaf.audited, o->tenant);
	else if (o->mode == POLICY_LSM_OFF)
		(void)fprintf(stderr,
			"sandboxctl: %s/%s: ran with [lsm] mode = off: without its own grants and "
			"rules\n",
			o->tenant, o->name);
}

void report_outcome(const struct outcome *o)
{
	if (o->reason != OUTCOME_SETUP && !o->lsm)
		(void)fprintf(stderr,
			"sandboxctl: %s/%s: ran without the LSM: sandboxctl.ini says lsm = off\n",
			o->tenant, o->name);
	if (o->reason != OUTCOME_SETUP && o->lsm)
		print_mode(o);
	if (o->reason == OUTCOME_SETUP) {
		bool begun = !streq(o->step, OUTCOME_PLAN);

		(void)fprintf(stderr, "sandboxctl: %s: %s%s%s%s%s", o->exec ? "exec" : "run",
			begun ? o->step : "", begun ? ": " : "", o->error.text,
			*o->error.cure ? ": " : "", o->error.cure);
		print_denials(o);
		(void)fputc('\n', stderr);
		return;
	}
	/* One with a step is why it ended. */
	if (*o->error.text && !*o->step)
		(void)fprintf(stderr, "sandboxctl: %s/%s: cleaning up: %s\n", o->tenant, o->name,
			o->error.text);
	if (o->reason == OUTCOME_EXIT && o->exit_code == 0)
		return;
	(void)fprintf(stderr, "sandboxctl: %s/%s: reason=%s exit_code=%d", o->tenant, o->name,
		outcome_reason_name(o->reason), o->exit_code);
	if (o->signal)
		(void)fprintf(stderr, " signal=%d", o->signal);
	if (*o->step)
		(void)fprintf(stderr, " step=%s: %s: %s", o->step, o->error.text, o->error.cure);
	if (o->pids_max_hits)
		(void)fprintf(stderr, "; pids.max refused %llu fork%s",
			(unsigned long long)o->pids_max_hits, o->pids_max_hits == 1 ? "" : "s");
	print_denials(o);
	(void)fputc('\n', stderr);
}

json_t *report_denials_to_json(const struct outcome *o)
{
	json_t *denials = json_object();

	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		if (o->leaf.denied[hook])
			(void)json_object_set_new(denials, lsm_hook_name(hook),
				json_integer((json_int_t)o->leaf.denied[hook]));
	return denials;
}

/* Null: it never came to that. */
static json_t *lsm_to_json(const struct outcome *o)
{
	if (o->reason == OUTCOME_SETUP && streq(o->step, OUTCOME_PLAN))
		return json_null();
	return json_boolean(o->lsm);
}

/* In one piece, for several of us may write to one file. */
static int write_line(const json_t *json, int fd)
{
	size_t size = json ? json_dumpb(json, NULL, 0, JSON_COMPACT) : 0;
	_cleanup_free_ char *line = size ? malloc(size + 1) : NULL;

	if (!line)
		return -ENOMEM;
	(void)json_dumpb(json, line, size, JSON_COMPACT);
	line[size] = '\n';
	return fs_write_all(fd, line, size + 1);
}

int report_outcome_json(const struct outcome *o, int fd)
{
	const char *hook = "", *why = "";
	char last[400] = "";
	json_t *json;
	int r;

	if (outcome_denials(o)) {
		hook = lsm_hook_name(o->leaf.last.hook);
		why = lsm_why_text(o->leaf.last.why);
		report_describe_denial(&o->leaf.last, last, sizeof(last));
	}
	json = json_pack(
		"{s:o, s:o, s:i, s:i, s:i, s:s, s:s, s:o, s:o, s:I, s:I, s:o, s:s, s:s, s:s}",
		"tenant", cmd_text_to_json(o->tenant), "name", cmd_text_to_json(o->name), "pid",
		(int)o->pid, "exit_code", o->exit_code, "signal", o->signal, "reason",
		outcome_reason_name(o->reason), "step", o->step, "error",
		cmd_text_to_json(o->error.text), "lsm", lsm_to_json(o), "oom_kills",
		(json_int_t)o->oom_kills, "pids_max_hits", (json_int_t)o->pids_max_hits, "denied",
		report_denials_to_json(o), "last_denial", last, "last_denial_hook", hook,
		"last_denial_why", why);
	(void)json_object_set_new(json, "cure", cmd_text_to_json(o->error.cure));
	(void)json_object_set_new(json, "mode", json_string(policy_lsm_mode_name(o->mode)));
	(void)json_object_set_new(json, "audited", json_integer((json_int_t)o->leaf.audited));
	r = write_line(json, fd);
	json_decref(json);
	return r;
}
