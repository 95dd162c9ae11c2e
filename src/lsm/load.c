/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/load.h"

#include "base/fs.h"
#include "base/str.h"
#include "lsm/lsm.h"
#include "lsm/pins.h"
#include "lsm/variants.h"

#include "sandboxctl.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/random.h>

struct loaded_programs {
	struct sandboxctl_bpf *skeleton;
	const char
		*names[SBX_N_HOOKS]; /* of the hooks' programs; NULL: the kernel lacks the hook */
	struct bpf_link *links[SBX_N_HOOKS];
	bool has_probe[SBX_N_PROBES]; /* the kernel has what it is attached to */
	struct bpf_link *probes[SBX_N_PROBES];
	struct load_base base;
};

int load_check_kernel(struct sbx_error *err)
{
	char line[512], *rest = line, *word;
	int r;

	if (fs_read(AT_FDCWD, "/sys/kernel/security/lsm", line, sizeof(line)) < 0)
		return 0;
	while ((word = strsep(&rest, ",\n")))
		if (streq(word, "bpf"))
			return 0;
	r = error_set(err, ENOTSUP, "'bpf' is not among the kernel's active LSMs");
	return error_cure(err, r,
		"boot with 'lsm=' and the list of /sys/kernel/security/lsm, and ',bpf' at its end");
}

static int print_all(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, fmt, ap);
}

static bool is_chosen(const struct loaded_programs *p, const char *name)
{
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		if (p->names[hook] && streq(p->names[hook], name))
			return true;
	return false;
}

/* Those for other kernels would not load in this one. */
static int choose_programs(struct loaded_programs *p, struct sbx_error *err)
{
	struct bpf_program *program;
	int r = variants_choose_here(p->names, p->has_probe, err);

	if (r < 0)
		return r;
	bpf_object__for_each_program(program, p->skeleton->obj)
	{
		const char *name = bpf_program__name(program);

		if (bpf_program__type(program) != BPF_PROG_TYPE_LSM)
			continue;
		if (!variants_is_program(name))
			return error_set(err, EINVAL, "program '%s' is no hook's", name);
		(void)bpf_program__set_autoload(program, is_chosen(p, name));
	}
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES; probe++) {
		program = bpf_object__find_program_by_name(p->skeleton->obj, lsm_probe_name(probe));
		if (!program)
			return error_set(
				err, ENOENT, "probe '%s' has no program", lsm_probe_name(probe));
		(void)bpf_program__set_autoload(program, p->has_probe[probe]);
	}
	return 0;
}

static int attach(struct loaded_programs *p, enum sbx_hook hook, struct sbx_error *err)
{
	const char *name = lsm_hook_name(hook);
	struct bpf_program *program;

	if (!p->names[hook])
		return 0;
	program = bpf_object__find_program_by_name(p->skeleton->obj, p->names[hook]);
	if (!program)
		return error_set(err, ENOENT, "hook '%s' has no program", name);
	p->links[hook] = bpf_program__attach_lsm(program);
	if (!p->links[hook])
		return error_errno(err, errno, "attach to the hook '%s'", name);
	return 0;
}

static int attach_probe(struct loaded_programs *p, enum sbx_probe probe, struct sbx_error *err)
{
	const char *name = lsm_probe_name(probe);

	if (!p->has_probe[probe])
		return 0;
	p->probes[probe] =
		bpf_program__attach_trace(bpf_object__find_program_by_name(p->skeleton->obj, name));
	return p->probes[probe] ? 0 : error_errno(err, errno, "attach the probe '%s'", name);
}

int load_programs(const struct load_base *base, bool verbose, struct loaded_programs **ret_programs,
	struct sbx_error *err)
{
	_cleanup_load_ struct loaded_programs *p = calloc(1, sizeof(*p));
	int r;

	(void)libbpf_set_print(verbose ? print_all : NULL);
	if (!p)
		return error_errno(err, ENOMEM, "load the LSM programs");
	p->base = *base;
	p->skeleton = sandboxctl_bpf__open();
	if (!p->skeleton)
		return error_errno(err, errno, "open the LSM programs");
	/* Before load, thus before attach: ids that are 0 would match everybody. */
	p->skeleton->rodata->base_id = base->id;
	p->skeleton->rodata->base_level = base->level;
	p->skeleton->rodata->control_id = base->control_id;
	r = choose_programs(p, err);
	if (r < 0)
		return r;
	r = sandboxctl_bpf__load(p->skeleton);
	if (r < 0) {
		r = error_errno(err, -r, "load the LSM programs");
		return error_cure(err, r,
			"'sandboxctl -v lsm load' shows what the kernel says, "
			"'sandboxctl doctor' what it lacks");
	}
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS && r == 0; hook++)
		r = attach(p, hook, err);
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES && r == 0; probe++)
		r = attach_probe(p, probe, err);
	if (r == 0)
		*ret_programs = take_ptr(p);
	return r;
}

static int pin_map(struct loaded_programs *p, const char *name, struct sbx_error *err)
{
	int fd = bpf_object__find_map_fd_by_name(p->skeleton->obj, name);

	if (fd < 0)
		return error_set(err, ENOENT, "there is no map '%s'", name);
	return pin_make(fd, name, err);
}

/* NULL: there is nothing in this kernel. */
static int pin_link(const struct bpf_link *link, const char *name, struct sbx_error *err)
{
	return link ? pin_make(bpf_link__fd(link), name, err) : 0;
}

/* What user space runs. */
static int pin_programs(const struct loaded_programs *p, struct sbx_error *err)
{
	static const char *const names[] = { "file_info", "set_policy", "set_rate",
		"tell_timeout" };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names) && r == 0; i++)
		r = pin_make(bpf_program__fd(
				     bpf_object__find_program_by_name(p->skeleton->obj, names[i])),
			names[i], err);
	return r;
}

/* What not every run needs. */
static const char *const other_maps[] = { "anchors", "events", "doorbell", "audits" };

int load_pin(struct loaded_programs *p, struct sbx_error *err)
{
	int r = 0;

	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS && r == 0; hook++)
		r = pin_link(p->links[hook], lsm_hook_name(hook), err);
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES && r == 0; probe++)
		r = pin_link(p->probes[probe], lsm_probe_name(probe), err);
	for (enum lsm_map map = 0; map < LSM_N_MAPS && r == 0; map++)
		r = pin_map(p, lsm_map_name(map), err);
	for (size_t i = 0; i < ARRAY_SIZE(other_maps) && r == 0; i++)
		r = pin_map(p, other_maps[i], err);
	return r < 0 ? r : pin_programs(p, err);
}

static int describe(struct loaded_programs *p, enum sbx_hook hook, struct sbx_ready *ready,
	struct sbx_error *err)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	const char *name = lsm_hook_name(hook);
	const struct bpf_program *program;
	uint64_t number = 0;
	int r;

	if (!p->names[hook])
		return 0;
	program = bpf_object__find_program_by_name(p->skeleton->obj, p->names[hook]);
	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) < 0)
		return error_errno(err, errno, "read the program of '%s'", name);
	r = pin_number(name, &number, err);
	if (r < 0)
		return r;
	ready->pins[hook] = number;
	memcpy(ready->tags[hook], info.tag, sizeof(info.tag));
	return 0;
}

static int describe_probe(const struct loaded_programs *p, enum sbx_probe probe,
	struct sbx_ready *ready, struct sbx_error *err)
{
	uint64_t number = 0;
	int r = p->probes[probe] ? pin_number(lsm_probe_name(probe), &number, err) : 0;

	ready->probes[probe] = number;
	return r;
}

int load_pin_ready(struct loaded_programs *p, struct sbx_error *err)
{
	struct sbx_ready ready = {
		.abi = SBX_ABI_VERSION,
		.base_level = p->base.level,
		.base_id = p->base.id,
	};
	const struct sbx_counters none = { 0 };
	__u32 zero = 0;
	int r = 0;

	if (getrandom(&ready.generation, sizeof(ready.generation), 0) !=
		(ssize_t)sizeof(ready.generation))
		return error_errno(err, errno, "draw a random number");
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS && r == 0; hook++)
		r = describe(p, hook, &ready, err);
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES && r == 0; probe++)
		r = describe_probe(p, probe, &ready, err);
	if (r < 0)
		return r;
	if (bpf_map_update_elem(bpf_map__fd(p->skeleton->maps.ready), &zero, &ready, BPF_ANY) < 0)
		return error_errno(err, errno, "write the map 'ready'");
	/* What the canary was denied is nobody's denial. */
	if (bpf_map_update_elem(bpf_map__fd(p->skeleton->maps.counters), &zero, &none, BPF_ANY) < 0)
		return error_errno(err, errno, "write the map 'counters'");
	return pin_map(p, "ready", err);
}

void load_free(struct loaded_programs **programs)
{
	struct loaded_programs *p = *programs;

	if (!p)
		return;
	for (enum sbx_hook hook = 0; hook < SBX_N_HOOKS; hook++)
		(void)bpf_link__destroy(p->links[hook]);
	for (enum sbx_probe probe = 0; probe < SBX_N_PROBES; probe++)
		(void)bpf_link__destroy(p->probes[probe]);
	sandboxctl_bpf__destroy(p->skeleton);
	free(p);
	*programs = NULL;
}
