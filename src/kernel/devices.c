/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/devices.h"

#include "base/bpf.h"
#include "base/cleanup.h"
#include "policy/devices.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/xattr.h>

/*
 * The launcher makes nodes in the sandbox's cgroup, so making these is allowed too: who is in there
 * has no CAP_MKNOD, and would gain nothing but another name.
 */
#define ALL_ACCESS (BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE)
#define ACCESS	   (BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE)

/* Registers: 1 is the context, then what was read of it. */
enum { ANSWER = BPF_REG_0, CONTEXT = BPF_REG_1, ACCESS_REG, MAJOR_REG, MINOR_REG, SCRATCH };

struct program {
	struct bpf_insn *insns;
	size_t n;
};

static void add(struct program *p, uint8_t code, uint8_t dst, uint8_t src, int16_t off, int32_t imm)
{
	p->insns[p->n++] = (struct bpf_insn){
		.code = code, .dst_reg = dst & 0xf, .src_reg = src & 0xf, .off = off, .imm = imm
	};
}

static void load_field(struct program *p, uint8_t reg, size_t offset)
{
	add(p, BPF_LDX | BPF_MEM | BPF_W, reg, CONTEXT, (int16_t)offset, 0);
}

static void answer(struct program *p, bool allowed)
{
	add(p, BPF_ALU64 | BPF_MOV | BPF_K, ANSWER, 0, 0, allowed);
	add(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Skips the next N instructions where the register doesn't have that value. */
static void skip_unless(struct program *p, uint8_t reg, unsigned int value, int16_t n)
{
	add(p, BPF_JMP | BPF_JNE | BPF_K, reg, 0, n, (int32_t)value);
}

static void allow_device(struct program *p, const struct device *device)
{
	uint32_t others = device->by_devpts ? ~(uint32_t)ACCESS : ~(uint32_t)ALL_ACCESS;

	skip_unless(p, MAJOR_REG, device->major, device->minor == DEVICE_ANY_MINOR ? 5 : 6);
	if (device->minor != DEVICE_ANY_MINOR)
		skip_unless(p, MINOR_REG, device->minor, 5);
	add(p, BPF_ALU64 | BPF_MOV | BPF_X, SCRATCH, ACCESS_REG, 0, 0);
	add(p, BPF_ALU64 | BPF_AND | BPF_K, SCRATCH, 0, 0, (int32_t)others);
	skip_unless(p, SCRATCH, 0, 2);
	answer(p, true);
}

size_t devices_program(struct bpf_insn insns[static DEVICES_PROGRAM_MAX])
{
	struct program p = { .insns = insns };

	/* access_type: what is asked for in its upper half, the kind of device in the lower. */
	load_field(&p, ACCESS_REG, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	load_field(&p, MAJOR_REG, offsetof(struct bpf_cgroup_dev_ctx, major));
	load_field(&p, MINOR_REG, offsetof(struct bpf_cgroup_dev_ctx, minor));
	add(&p, BPF_ALU64 | BPF_MOV | BPF_X, SCRATCH, ACCESS_REG, 0, 0);
	add(&p, BPF_ALU64 | BPF_AND | BPF_K, SCRATCH, 0, 0, 0xffff);
	add(&p, BPF_JMP | BPF_JEQ | BPF_K, SCRATCH, 0, 2, BPF_DEVCG_DEV_CHAR);
	answer(&p, false);
	add(&p, BPF_ALU64 | BPF_RSH | BPF_K, ACCESS_REG, 0, 0, 16);
	for (size_t i = 0; i < n_devices; i++)
		allow_device(&p, &devices[i]);
	answer(&p, false);
	return p.n;
}

/*
 * Kept with the cgroup, and gone with it: which program was attached, by its id and by what it is.
 * So a warm tenant costs no loading, and a build with another program is found out.
 */
#define RECORD_NAME "trusted.sandboxctl.devices"

struct record {
	uint32_t id, n;
	struct bpf_insn insns[DEVICES_PROGRAM_MAX];
};

static bool read_record(int cgroup, struct record *ret_record)
{
	return fgetxattr(cgroup, RECORD_NAME, ret_record, sizeof(*ret_record)) ==
	       (ssize_t)sizeof(*ret_record);
}

static bool is_same_program(const struct record *a, const struct record *b)
{
	return a->n == b->n && memcmp(a->insns, b->insns, sizeof(a->insns)) == 0;
}

/* More than anybody attaches to one cgroup; the kernel itself takes 64. */
#define PROGRAMS_MAX 64

static int is_attached(
	int cgroup, const char *path, uint32_t id, bool *ret_attached, struct sbx_error *err)
{
	uint32_t ids[PROGRAMS_MAX];
	int r;
	BPF_ATTR(attr);

	attr.query.target_fd = (__u32)cgroup;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = bpf_pointer(ids);
	attr.query.prog_cnt = PROGRAMS_MAX;
	r = bpf_call(BPF_PROG_QUERY, &attr);
	if (r < 0)
		return error_errno(err, -r, "ask for the device program of cgroup '%s'", path);
	*ret_attached = false;
	for (uint32_t i = 0; i < attr.query.prog_cnt; i++)
		*ret_attached |= ids[i] == id;
	return 0;
}

static int load(const struct record *record, int *ret_fd, uint32_t *ret_id, struct sbx_error *err)
{
	_cleanup_close_ int fd = -1;
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int r;
	BPF_ATTR(attr);

	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = bpf_pointer(record->insns);
	attr.insn_cnt = record->n;
	attr.license = bpf_pointer("Apache-2.0");
	(void)memcpy(attr.prog_name, "sbx_devices", sizeof("sbx_devices"));
	fd = bpf_load(&attr);
	if (fd < 0) {
		r = error_errno(err, -fd, "load the device program");
		return fd == -EINVAL ? error_cure(err, r, "use a kernel with CONFIG_CGROUP_BPF=y")
				     : r;
	}
	r = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (r < 0)
		return error_errno(err, -r, "ask for the id of the device program");
	*ret_id = info.id;
	*ret_fd = take_fd(&fd);
	return 0;
}

/* In the place of the one with the id OLD, so that there is one at any time; 0: there is none. */
static int attach(int cgroup, const char *path, int program, uint32_t old, struct sbx_error *err)
{
	_cleanup_close_ int old_fd = old ? bpf_prog_get_fd_by_id(old) : -1;
	int r;
	BPF_ATTR(attr);

	if (old && old_fd < 0)
		return error_errno(err, -old_fd, "open the device program of cgroup '%s'", path);
	attr.target_fd = (__u32)cgroup;
	attr.attach_bpf_fd = (__u32)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (old) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (__u32)old_fd;
	}
	r = bpf_call(BPF_PROG_ATTACH, &attr);
	if (r == 0)
		return 0;
	(void)error_errno(err, -r, "attach the device program to cgroup '%s'", path);
	return r == -EPERM
		       ? error_cure(err, r,
				 "a program without BPF_F_ALLOW_MULTI is attached to it, or above: "
				 "detach that")
		       : r;
}

static int attach_new(
	int cgroup, const char *path, struct record *record, uint32_t old, struct sbx_error *err)
{
	_cleanup_close_ int program = -1;
	bool attached = false;
	int r = load(record, &program, &record->id, err);

	if (r == 0)
		r = attach(cgroup, path, program, old, err);
	if (r == 0)
		r = is_attached(cgroup, path, record->id, &attached, err);
	if (r < 0)
		return r;
	if (!attached)
		return error_set(err, EIO, "the device program of cgroup '%s' is not there", path);
	if (fsetxattr(cgroup, RECORD_NAME, record, sizeof(*record), 0) < 0)
		return error_errno(err, errno, "note the device program of cgroup '%s'", path);
	return 0;
}

static void make_record(struct record *ret_record)
{
	memset(ret_record, 0, sizeof(*ret_record));
	ret_record->n = (uint32_t)devices_program(ret_record->insns);
}

int devices_guard(int cgroup, const char *path, struct sbx_error *err)
{
	struct record wanted, known;
	bool attached = false;
	int r = 0;

	make_record(&wanted);
	if (read_record(cgroup, &known))
		r = is_attached(cgroup, path, known.id, &attached, err);
	if (r < 0 || (attached && is_same_program(&known, &wanted)))
		return r;
	return attach_new(cgroup, path, &wanted, attached ? known.id : 0, err);
}

int devices_check(struct sbx_error *err)
{
	_cleanup_close_ int fd = -1;
	struct record record;
	uint32_t id;

	make_record(&record);
	return load(&record, &fd, &id, err);
}
