/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each prerequisite is a row; a check tries the thing itself where it can.
 */
#include "base/bpf.h"
#include "base/fs.h"
#include "cmd/cmd.h"
#include "cmd/links.h"
#include "kernel/btf.h"
#include "kernel/cgroup.h"
#include "kernel/devices.h"
#include "launch/runtime.h"
#include "lsm/lsm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/syscall.h>

/* What a check found, and, when it isn't well, what to do. */
struct finding {
	char text[256];
	char cure[256];
};

/* `arg` is the row's own. Returns whether all is well. */
typedef bool check_fn(const struct cmd_context *context, const char *arg, struct finding *f);

struct row {
	const char *name;
	const char *arg;
	bool optional; /* `run` enforces without it */
	check_fn *check;
};

#define SAY(f, ...)  (void)snprintf((f)->text, sizeof((f)->text), __VA_ARGS__)
#define CURE(f, ...) (void)snprintf((f)->cure, sizeof((f)->cure), __VA_ARGS__)

static bool check_root(const struct cmd_context *context, const char *arg, struct finding *f)
{
	(void)context, (void)arg;
	SAY(f, "effective uid %u", (unsigned int)geteuid());
	CURE(f, "run as root");
	return geteuid() == 0;
}

static const cap_value_t needed_capabilities[] = { CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SETUID,
	CAP_SETGID, CAP_SETPCAP, CAP_MKNOD, CAP_KILL, CAP_NET_ADMIN, CAP_DAC_OVERRIDE,
	CAP_DAC_READ_SEARCH };

static bool check_capabilities(
	const struct cmd_context *context, const char *arg, struct finding *f)
{
	cap_t caps = cap_get_proc();
	bool all = caps != NULL;

	(void)context, (void)arg;
	SAY(f, "all that are needed");
	for (size_t i = 0; all && i < ARRAY_SIZE(needed_capabilities); i++) {
		cap_flag_value_t has = CAP_CLEAR;

		if (cap_get_flag(caps, needed_capabilities[i], CAP_EFFECTIVE, &has) < 0 ||
			has != CAP_SET) {
			char *name = cap_to_name(needed_capabilities[i]);

			SAY(f, "%s is missing", name ? name : "one");
			(void)cap_free(name);
			all = false;
		}
	}
	CURE(f, "run as root of the host, not in a container");
	(void)cap_free(caps);
	return all;
}

static bool check_cgroup(const struct cmd_context *context, const char *arg, struct finding *f)
{
	_cleanup_cgroup_ struct cgroup root = CGROUP_INIT;
	struct sbx_error err = { 0 };

	(void)context, (void)arg;
	if (cgroup_open_root(&root, &err) < 0) {
		SAY(f, "%s", err.text);
		CURE(f, "%s", err.cure);
		return false;
	}
	SAY(f, "mounted");
	return true;
}

static bool check_controller(
	const struct cmd_context *context, const char *controller, struct finding *f)
{
	_cleanup_host_config_ struct host_config host = { 0 };
	_cleanup_cgroup_ struct cgroup source = CGROUP_INIT;

	SAY(f, "there");
	if (host_config_load(&context->dirs, &host, NULL) == 0)
		(void)cgroup_find_base(&host, NULL);
	if (cgroup_open_source(host.base, &source, NULL) == 0 &&
		cgroup_has_controller(&source, "cgroup.controllers", controller))
		return true;
	SAY(f, "not on cgroup v2");
	CURE(f, "boot with 'cgroup_no_v1=all', so that version 1 doesn't hold it");
	if (*source.path) {
		SAY(f, "'%s' doesn't have it", source.path);
		CURE(f, "have systemd delegate it: 'Delegate=yes'");
	}
	return false;
}

static bool check_lsm_list(const struct cmd_context *context, const char *arg, struct finding *f)
{
	char list[256], words[260];

	(void)context, (void)arg;
	if (fs_read(AT_FDCWD, "/sys/kernel/security/lsm", list, sizeof(list)) < 0) {
		SAY(f, "unknown: /sys/kernel/security/lsm can't be read");
		CURE(f, "mount -t securityfs none /sys/kernel/security");
		return false;
	}
	list[strcspn(list, "\n")] = '\0';
	(void)snprintf(words, sizeof(words), ",%s,", list);
	SAY(f, "%s", list);
	CURE(f, "boot with 'lsm=%.200s,bpf'", list);
	return strstr(words, ",bpf,") != NULL;
}

static bool check_btf(const struct cmd_context *context, const char *arg, struct finding *f)
{
	(void)context, (void)arg;
	SAY(f, "/sys/kernel/btf/vmlinux");
	CURE(f, "use a kernel with CONFIG_DEBUG_INFO_BTF=y");
	return access("/sys/kernel/btf/vmlinux", R_OK) == 0;
}

/* Two instructions, "allow", for the hook that matters most. Loaded, never attached. */
static bool check_bpf_load(const struct cmd_context *context, const char *arg, struct finding *f)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	_cleanup_close_ int fd = -1;
	uint32_t id = 0;
	int r;
	BPF_ATTR(attr);

	(void)context, (void)arg;
	CURE(f, "use a kernel with CONFIG_BPF_LSM=y and BTF, and root's rights on it");
	r = btf_find_function("bpf_lsm_file_open", &id);
	if (r < 0) {
		SAY(f, "the kernel's BTF has no hook file_open: %s", strerror(-r));
		return false;
	}
	attr.prog_type = BPF_PROG_TYPE_LSM;
	attr.expected_attach_type = BPF_LSM_MAC;
	attr.attach_btf_id = id;
	attr.insns = bpf_pointer(insns);
	attr.insn_cnt = ARRAY_SIZE(insns);
	attr.license = bpf_pointer("GPL");
	(void)memcpy(attr.prog_name, "doctor", sizeof("doctor"));
	fd = bpf_load(&attr);
	if (fd < 0) {
		SAY(f, "an LSM program can't be loaded: %s", strerror(errno));
		return false;
	}
	SAY(f, "an LSM program loads");
	return true;
}

static bool check_filesystem(const struct cmd_context *context, const char *type, struct finding *f)
{
	_cleanup_close_ int fd = fsopen(type, FSOPEN_CLOEXEC);

	(void)context;
	if (fd >= 0)
		SAY(f, "there");
	else
		SAY(f, "fsopen %s: %s", type, strerror(errno));
	CURE(f, "use a kernel from 5.12 on that has %s", type);
	return fd >= 0;
}

static bool check_seccomp(const struct cmd_context *context, const char *arg, struct finding *f)
{
	const uint32_t action = SECCOMP_RET_KILL_PROCESS;

	(void)context, (void)arg;
	SAY(f, "filters and kill_process");
	CURE(f, "use a kernel with CONFIG_SECCOMP_FILTER=y");
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static bool check_namespace(const struct cmd_context *context, const char *name, struct finding *f)
{
	char path[64];

	(void)context;
	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	SAY(f, "%s", path);
	CURE(f, "use a kernel with all namespaces, and mount /proc");
	return access(path, F_OK) == 0;
}

static bool check_loaded(const struct cmd_context *context, const char *arg, struct finding *f)
{
	_cleanup_lsm_ struct lsm lsm = LSM_INIT;
	struct sbx_error err = { 0 };
	int r = lsm_open(&lsm, &err);

	(void)context, (void)arg;
	SAY(f, "%s", r == 0 ? "all hooks stand" : err.text);
	CURE(f, "%s", r == -ENOENT ? "nothing to do: 'run' loads it" : err.cure);
	return r == 0;
}

static bool check_runtime(const struct cmd_context *context, const char *arg, struct finding *f)
{
	_cleanup_resolved_ struct resolved place = RESOLVED_INIT;
	const struct runtime *wazero = runtime_get(POLICY_RUNTIME_WAZERO);
	struct sbx_error err = { 0 };

	(void)arg;
	if (runtime_find(wazero, context->libexec, &place, &err) < 0) {
		SAY(f, "%s", err.text);
		CURE(f, "%s", err.cure);
		return false;
	}
	SAY(f, "%s", place.path);
	return true;
}

static bool check_config(const struct cmd_context *context, const char *arg, struct finding *f)
{
	_cleanup_host_config_ struct host_config host = { 0 };
	struct sbx_error err = { 0 };

	(void)arg;
	if (host_config_load(&context->dirs, &host, &err) < 0) {
		SAY(f, "%s", err.text);
		CURE(f, "%s", *err.cure ? err.cure : "correct it: nothing runs before");
		return false;
	}
	SAY(f, "%s/sandboxctl.ini: lsm %s", context->dirs.config, host.lsm ? "on" : "off");
	CURE(f, "set 'lsm = on': without it nothing tells one tenant's files from another's");
	return host.lsm;
}

static bool check_devices(const struct cmd_context *context, const char *arg, struct finding *f)
{
	struct sbx_error err = { 0 };

	(void)context, (void)arg;
	SAY(f, "the program can be loaded");
	if (devices_check(&err) == 0)
		return true;
	SAY(f, "%s", err.text);
	CURE(f, "%s", err.cure);
	return false;
}

static bool check_base(const struct cmd_context *context, const char *arg, struct finding *f)
{
	_cleanup_host_config_ struct host_config host = { 0 };
	struct sbx_error err = { 0 };
	bool given;

	(void)arg;
	if (host_config_load(&context->dirs, &host, &err) < 0) {
		SAY(f, "unknown, without a configuration");
		return false;
	}
	given = host.base != NULL;
	if (cgroup_find_base(&host, &err) < 0) {
		SAY(f, "%s", err.text);
		CURE(f, "%s", err.cure);
		return false;
	}
	SAY(f, "%s: %s", host.base,
		given ? "sandboxctl.ini says so"
		: streq(host.base, CGROUP_SERVICE_BASE)
			? "sandboxctl.service's, delegated by systemd"
			: "the default where systemd is not the init");
	return true;
}

/* Made before its file was owned, or by the host: no sandbox makes one. */
static bool check_links(const struct cmd_context *context, const char *arg, struct finding *f)
{
	_cleanup_lookup_tenants_ struct lookup_tenants tenants = { 0 };
	const struct strv none = { 0 };
	struct links links = { 0 };

	(void)arg;
	if (lookup_tenants(&context->dirs, &none, &tenants, NULL) < 0 ||
		links_find(&tenants.owns, &links, NULL) < 0) {
		SAY(f, "unknown, without the tenants' policies");
		return false;
	}
	if (links.cut) {
		SAY(f, "too many files are owned to look at all of them");
		CURE(f, "look yourself: find DIR -type f -links +1");
	} else if (links.n) {
		SAY(f, "%zu that lead into what tenants own, as that of tenant '%s': '%.100s'",
			links.n, links.tenant, links.path);
		CURE(f, "whoever reaches its other name has the file: find / -samefile '%.100s'",
			links.path);
	} else {
		SAY(f, "none leads into what tenants own");
	}
	return !links.cut && !links.n;
}

static const struct row rows[] = {
	{ "user", NULL, false, check_root },
	{ "configuration", NULL, false, check_config },
	{ "capabilities", NULL, false, check_capabilities },
	{ "cgroup v2", NULL, false, check_cgroup },
	{ "base cgroup", NULL, false, check_base },
	{ "controller memory", "memory", false, check_controller },
	{ "controller pids", "pids", false, check_controller },
	{ "controller cpu", "cpu", false, check_controller },
	{ "controller io", "io", false, check_controller },
	{ "controller cpuset", "cpuset", true, check_controller },
	{ "namespace mnt", "mnt", false, check_namespace },
	{ "namespace net", "net", false, check_namespace },
	{ "namespace ipc", "ipc", false, check_namespace },
	{ "namespace uts", "uts", false, check_namespace },
	{ "namespace cgroup", "cgroup", false, check_namespace },
	{ "mount api", "tmpfs", false, check_filesystem },
	{ "devpts", "devpts", false, check_filesystem },
	{ "message queues", "mqueue", false, check_filesystem },
	{ "cgroup devices", NULL, false, check_devices },
	{ "seccomp", NULL, false, check_seccomp },
	{ "lsm list", NULL, false, check_lsm_list },
	{ "btf", NULL, false, check_btf },
	{ "bpf load", NULL, false, check_bpf_load },
	{ "bpffs", "bpf", false, check_filesystem },
	{ "lsm loaded", NULL, true, check_loaded },
	{ "runtime wazero", NULL, true, check_runtime },
	{ "hard links", NULL, true, check_links },
};

static const char *verdict(const struct row *row, bool well)
{
	if (well)
		return "ok";
	return row->optional ? "note" : "FAIL";
}

static void print_row(const struct row *row, bool well, const struct finding *f)
{
	(void)printf("%-4s  %-18s  %s", verdict(row, well), row->name, f->text);
	if (!well && *f->cure)
		(void)printf(": %s", f->cure);
	(void)putchar('\n');
}

static json_t *row_to_json(const struct row *row, bool well, const struct finding *f)
{
	return json_pack("{s:s, s:s, s:o, s:o}", "name", row->name, "verdict", verdict(row, well),
		"found", cmd_text_to_json(f->text), "cure", cmd_text_to_json(well ? "" : f->cure));
}

int cmd_doctor(const struct cmd_context *context, int argc, char **argv)
{
	bool all_well = true;
	unsigned int options;
	json_t *list;
	int exit_code;

	if (cmd_operands("doctor", argc, argv, 0, 0, &options, &exit_code) < 0)
		return exit_code;
	list = options & CMD_JSON ? json_array() : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct finding f = { 0 };
		bool well = rows[i].check(context, rows[i].arg, &f);

		all_well &= well || rows[i].optional;
		if (list)
			(void)json_array_append_new(list, row_to_json(&rows[i], well, &f));
		else
			print_row(&rows[i], well, &f);
	}
	if (list)
		cmd_print_json(list);
	return all_well ? CMD_DONE : CMD_FAILED;
}
