/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tenant's policy: INI text in, a validated `const struct policy` out.
 */
#ifndef SBX_POLICY_POLICY_H
#define SBX_POLICY_POLICY_H

#include "base/error.h"
#include "base/str.h"
#include "policy/calls.h"
#include "policy/source.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* "infinity" wherever a duration is expected. Durations are in microseconds. */
#define USEC_INFINITY UINT64_MAX

/* Where configuration is looked for; both borrowed. */
struct policy_dirs {
	const char *config; /* tenants/NAME.ini and sandboxctl.ini, usually /etc/sandboxctl */
	const char *shipped; /* default.ini, runtimes/ and seccomp/ of this build */
};

/* Rights on files, spec: "Rights on files". A grant's `rights` is one of these, never a mix. */
enum policy_rights {
	POLICY_READ = 1 << 0,
	POLICY_WRITE = 1 << 1,
	POLICY_EXEC = 1 << 2,
	POLICY_OWN = 1 << 3,
	/* Of the host's root where it is the sandbox's: to be seen, and nothing more. */
	POLICY_SEE = 1 << 4,
	/* No right of the tenant's: others may be granted what lies there, in its own. */
	POLICY_SHARE = 1 << 5,
};

/* What makes a grant one: all but POLICY_SHARE. */
#define POLICY_ANY_RIGHT (POLICY_READ | POLICY_WRITE | POLICY_EXEC | POLICY_OWN | POLICY_SEE)

/* The key's name: "read". */
const char *policy_rights_name(enum policy_rights rights);

/*
 * One path of one of the keys own, share, read, write, exec, or the source of a `mount`: absolute,
 * without "..", double or trailing slashes. Nothing was looked up: a symlink in it stands for
 * itself.
 */
struct policy_grant {
	char *path;
	/* Where a `mount` shows it, instead of at its own path, and never with another right than
	 * POLICY_READ (":ro") or POLICY_WRITE; NULL: none. "/": it is the `root`, with POLICY_EXEC,
	 * or the host's with POLICY_SEE. */
	char *inside;
	enum policy_rights rights;
	bool is_folder; /* it is written with a slash at its end, which no file has */
	unsigned int unsettled; /* the path has this in it: TEXT_NO_ID, TEXT_NO_SANDBOX */
	struct policy_place at;
};

/* Whether it is the `root`, whose tree is seen at "/". */
static inline bool policy_grant_is_root(const struct policy_grant *grant)
{
	return grant->inside && streq(grant->inside, "/");
}

/* Whether what it grants, where it isn't there, may come to be under that name. A share is no
 * grant. */
static inline bool policy_grant_may_be_name(const struct policy_grant *grant)
{
	return !grant->inside && !grant->is_folder && grant->rights != POLICY_SHARE;
}

/* As a policy says it: "read = /srv/a", "mount = /srv/a:/data:ro". What doesn't fit is cut. */
void policy_grant_text(const struct policy_grant *grant, char *text, size_t size);

/*
 * One file of a cgroup, its value as the kernel prints it when the file is read back ("268435456",
 * "100000 100000", "max", "default 100", "0-3,8"; sizes are whole pages). A file that is not among
 * the settings has no limit.
 */
struct policy_cgroup_setting {
	char *file;
	char *value;
	struct policy_place at;
};

/*
 * One line of a file that has a line for each thing: io.max and io.latency for devices, by path;
 * rdma.max and misc.max for what the kernel calls by name. `limits` is "rbps=1048576 wiops=120", as
 * the kernel takes it behind the thing.
 */
struct policy_cgroup_line {
	char *file;
	char *thing;
	char *limits;
	bool device;
	struct policy_place at;
};

struct policy_cgroup {
	struct policy_cgroup_setting *settings;
	size_t n_settings;
	struct policy_cgroup_line *lines;
	size_t n_lines;
};

/* The setting of a file; NULL: it has no limit. */
struct policy_cgroup_setting *policy_cgroup_find(
	const struct policy_cgroup *cgroup, const char *file);

/* Whether one of the lines is that file's. */
bool policy_cgroup_has_line(const struct policy_cgroup *cgroup, const char *file);

struct policy_ports {
	uint16_t first, last;
};

enum policy_protocol {
	POLICY_TCP = 1 << 0,
	POLICY_UDP = 1 << 1,
};

/*
 * One rule of `connect` or `listen`: an IPv6 network (IPv4 as ::ffff:a.b.c.d, prefix 96 and more)
 * and its ports, 1 to 16 ranges. A rule with a prefix below 96 speaks of IPv6 only: [::]/0 covers
 * no IPv4 address.
 */
struct policy_net_rule {
	enum policy_protocol protocol;
	struct in6_addr address;
	uint8_t prefix; /* 0 to 128 */
	struct policy_ports *ports;
	size_t n_ports;
	struct policy_place at;
};

enum policy_network_mode {
	POLICY_NETWORK_NONE, /* a network namespace of the tenant's with a loopback only */
	POLICY_NETWORK_HOST,
};

/* The namespaces that a sandbox has of its own, beside those of mounts and of its tenant's network.
 */
enum policy_yes_no {
	POLICY_NO,
	POLICY_YES,
};

enum policy_proc {
	POLICY_PROC_PID, /* its own processes, and nothing else of the kernel's */
	POLICY_PROC_FULL, /* all but what tells of the host or changes it */
	POLICY_PROC_NONE,
};

enum policy_runtime_type {
	POLICY_RUNTIME_DEFAULT, /* not given: the host's default, and only for a module */
	POLICY_RUNTIME_WAZERO,
};

/* What becomes of what the policy doesn't grant. Another tenant's own stays closed in any case. */
enum policy_lsm_mode {
	POLICY_LSM_ENFORCE,
	POLICY_LSM_AUDIT, /* it is told, and allowed */
	POLICY_LSM_OFF, /* it is allowed */
};

/* The key's word: "audit". */
const char *policy_lsm_mode_name(enum policy_lsm_mode mode);

enum policy_seccomp_default {
	POLICY_SECCOMP_ERRNO, /* with `seccomp.errnum` */
	POLICY_SECCOMP_KILL,
	POLICY_SECCOMP_TRAP,
};

struct key;

/* A value as it stands in a file, of those that have not been overridden or cleared. */
struct policy_assignment {
	const struct key *key;
	char *name; /* as it stands there, where the key's row is a pattern; else NULL */
	char *text;
	struct policy_place at;
};

/* For setrlimit(2); UINT64_MAX is RLIM_INFINITY. Each resource stands once. */
struct policy_rlimit {
	int resource;
	uint64_t soft, hard;
};

struct policy {
	char tenant[NAME_MAX_LEN + 1];
	char *path; /* of the tenant's own file */
	struct strv settings; /* that came behind it: "SECTION.KEY=VALUE" */
	struct policy_sources sources; /* of all files that it was read from */
	struct policy_assignment *assignments; /* in the order they were read */
	size_t n_assignments;

	uint32_t id; /* [tenant] id; 0: assigned by the registry */
	/* It has %i or %n in it, which nobody has said yet: they stand there as they were written.
	 */
	bool unsettled;

	struct {
		enum policy_runtime_type type;
		struct strv args;
		struct strv env; /* K=V */
		uint64_t start_timeout, timeout; /* usec, never 0 */
	} runtime;

	struct policy_cgroup cgroup; /* the tenant's totals */
	struct policy_cgroup cgroup_sandbox; /* each sandbox's own */

	struct {
		char *profile; /* "@default"; NULL: the runtime's, or @default for other programs */
		struct policy_calls allow, deny; /* deny wins */
		enum policy_seccomp_default action;
		int errnum;
	} seccomp;

	struct {
		enum policy_yes_no pid, ipc, uts, cgroup, user, time;
	} namespaces;

	struct {
		struct policy_grant *grants;
		size_t n_grants;
		struct policy_grant *shares; /* their `rights` is POLICY_SHARE */
		size_t n_shares;
		enum policy_proc proc; /* of a pid namespace; there is none without one */
		uint64_t tmp; /* bytes of the private /tmp */
	} filesystem;

	struct {
		enum policy_network_mode mode;
		struct policy_net_rule *connect;
		size_t n_connect;
		/* Each port of them is a TCP socket, on one address or all of a family. */
		struct policy_net_rule *listen;
		size_t n_listen;
	} network;

	struct {
		struct strv env; /* K=V */
		struct policy_rlimit *rlimits;
		size_t n_rlimits;
		uint64_t capabilities; /* bits by number; all of them: as many as there are */
		/* Of the host's; NULL: one of the tenant's own. Names, or numbers. */
		char *user, *group;
		unsigned int umask;
		char *cwd; /* inside the sandbox; "/" by default, never NULL */
	} process;

	struct {
		enum policy_lsm_mode mode;
	} lsm;

	struct {
		uint32_t rate; /* events a second that are recorded of the tenant's; 0: none */
		enum policy_yes_no syscalls; /* whether calls answered by an errno are told */
	} audit;
};

/* More would turn the recorder over before anybody has looked. */
#define POLICY_RATE_MAX 10000

/* The tree that the sandbox's root is; NULL: it has a private one. */
const struct policy_grant *policy_root(const struct policy *policy);

/* Where the policy gives a key, last; NULL: it doesn't. */
const struct policy_assignment *policy_find_value(
	const struct policy *policy, const char *section, const char *key);

/* What a key is where no policy gives it, as it would be written; NULL: nothing. */
const char *policy_initial_value(const char *section, const char *key);

/* The /proc that a sandbox gets: none without a pid namespace, whatever the key says. */
enum policy_proc policy_proc(const struct policy *policy);

/* A problem of a file. `line` and `column` are as in struct policy_place. */
struct policy_problem {
	char *file;
	unsigned int order; /* of the file among those that were read */
	unsigned int line, column;
	bool warning;
	char *text; /* "memory.max: '5Q' is not a size" */
	char *excerpt; /* the line as it stands there; NULL: none can be shown */
};

struct policy_report {
	struct policy_problem *problems;
	size_t n;
	size_t n_errors;
};

void policy_report_clear(struct policy_report *report);
#define _cleanup_policy_report_ _cleanup_(policy_report_clear)

/*
 * Writes "FILE:LINE:COLUMN: error: TEXT", or with less of a place where less is known, and under it
 * the line with a caret, as compilers do.
 */
void policy_report_print(const struct policy_report *report, FILE *out);

/*
 * Reads DIRS->config/tenants/TENANT.ini, then what lies in TENANT.ini.d/ *.ini, in the order of the
 * names; each file after those that it includes. A later scalar wins, a later list adds. Returns 0
 * and the policy, -ENOENT where the tenant has no file (then `err` says so and how to make one),
 * -EINVAL when the file has errors: `err` holds the first and how many there are in all, `report`
 * (may be NULL) every one, in file order.
 */
int policy_load_tenant(const struct policy_dirs *dirs, const char *tenant,
	struct policy **ret_policy, struct policy_report *report, struct sbx_error *err);

/* The same for a file anywhere. Without `tenant` (NULL) the tenant is the file's name less ".ini".
 */
int policy_load_file(const struct policy_dirs *dirs, const char *path, const char *tenant,
	struct policy **ret_policy, struct policy_report *report, struct sbx_error *err);

/* A policy, and what is set behind its files. All borrowed. */
struct policy_wanted {
	const char *tenant, *file; /* as for policy_load_file(); without `file` the tenant's own */
	/*
	 * "SECTION.KEY=VALUE", each as if it stood in a file of its own behind all others, whose
	 * name, for errors, is "--set SECTION.KEY=VALUE". What is the tenant's and settled before
	 * any of its sandboxes is can't be set so. NULL: none.
	 */
	const struct strv *settings;
};

int policy_load(const struct policy_dirs *dirs, const struct policy_wanted *wanted,
	struct policy **ret_policy, struct policy_report *report, struct sbx_error *err);

/* The last of the policy's settings that is of this section; NULL: none is. */
const char *policy_find_setting(const struct policy *policy, const char *section);

/* Whose file this is, by its name alone. -EINVAL where it isn't TENANT.ini. */
int policy_tenant_of(const char *path, char ret_tenant[static NAME_MAX_LEN + 1]);

/*
 * Once the tenant's id and the sandbox's name are known (0 and NULL: they aren't): where the policy
 * speaks of them, it is read again and replaced. -EINVAL also where the file is another one by now.
 */
int policy_settle(const struct policy_dirs *dirs, struct policy **policy, uint32_t id,
	const char *sandbox, struct sbx_error *err);

/* Adds a mount, as the key takes one, behind all of the policy's own; its place is nowhere. */
int policy_add_mount(struct policy *policy, const char *text, struct sbx_error *err);

struct policy *policy_free(struct policy *policy);
static inline void policy_freep(struct policy **policy)
{
	(void)policy_free(*policy);
}
#define _cleanup_policy_ _cleanup_(policy_freep)

/* The sockets of `listen`, of which there are at most so many. */
enum { POLICY_SOCKETS_MAX = 16 };
size_t policy_count_sockets(const struct policy *policy);

/* The names of all tenants that have a policy file, sorted; a folder that is missing has none. */
int policy_list_tenants(
	const struct policy_dirs *dirs, struct strv *ret_names, struct sbx_error *err);

/*
 * What calls start from: the policy's profile; without it the one of a module's runtime, or
 * "@default" where the policy doesn't say that it is for modules.
 */
const char *policy_profile_name(const struct policy *policy);
/* "@default" for POLICY_RUNTIME_DEFAULT: a native program. */
const char *policy_runtime_profile(enum policy_runtime_type type);

/* The text of a shipped list of system calls. */
struct policy_profile {
	char *path;
	char *text;
	size_t size;
};

void policy_profile_clear(struct policy_profile *profile);
#define _cleanup_profile_ _cleanup_(policy_profile_clear)

/*
 * Reads a shipped profile or group, "@default", "@wazero" or "@basic-io": from the folders seccomp,
 * runtimes and groups of the shipped policies, in that order. -ENOENT with the known names in `err`
 * when there is none.
 */
int policy_read_profile(const struct policy_dirs *dirs, const char *name,
	struct policy_profile *ret_profile, struct sbx_error *err);

/* Its system calls; all of them stand in its text. */
int policy_parse_profile(const struct policy_profile *profile, struct policy_calls *ret_calls,
	struct sbx_error *err);

/* Both. */
int policy_load_profile(const struct policy_dirs *dirs, const char *name,
	struct policy_calls *ret_calls, struct sbx_error *err);

/* DIRS->config/sandboxctl.ini; every default where the file is missing. */
struct host_config {
	char *base; /* below the cgroup2 mount: "/sandboxctl"; NULL: see cgroup_find_base() */
	char *tenant; /* default of `run -t`; NULL: none */
	enum policy_runtime_type runtime; /* default type, never POLICY_RUNTIME_DEFAULT */
	uint32_t first_id, last_id; /* range of the tenants' uids and gids */
	bool lsm; /* false only for `lsm = off` */
};

int host_config_load(
	const struct policy_dirs *dirs, struct host_config *ret_config, struct sbx_error *err);
void host_config_clear(struct host_config *config);
#define _cleanup_host_config_ _cleanup_(host_config_clear)

#endif
