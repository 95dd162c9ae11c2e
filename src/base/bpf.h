/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bpf(2) for who uses what lsm-load has made: libbpf, which loads whole objects, is lsm-load's
 * alone.
 *
 * The functions have libbpf's names and manners, so that who knows those knows these: a descriptor,
 * or 0, or a negative errno, which errno says, too. Descriptors are close-on-exec.
 */
#ifndef SBX_BASE_BPF_H
#define SBX_BASE_BPF_H

#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a command doesn't name has to be 0, padding too. */
#define BPF_ATTR(attr)       \
	union bpf_attr attr; \
	(void)memset(&(attr), 0, sizeof(attr))

static inline uint64_t bpf_pointer(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static inline int bpf_call(enum bpf_cmd command, union bpf_attr *attr)
{
	int r = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));

	return r < 0 ? -errno : r;
}

static inline int bpf_map_lookup_elem(int map, const void *key, void *ret_value)
{
	BPF_ATTR(attr);
	attr.map_fd = (__u32)map;
	attr.key = bpf_pointer(key);
	attr.value = bpf_pointer(ret_value);
	return bpf_call(BPF_MAP_LOOKUP_ELEM, &attr);
}

static inline int bpf_map_update_elem(int map, const void *key, const void *value, __u64 flags)
{
	BPF_ATTR(attr);
	attr.map_fd = (__u32)map;
	attr.key = bpf_pointer(key);
	attr.value = bpf_pointer(value);
	attr.flags = flags;
	return bpf_call(BPF_MAP_UPDATE_ELEM, &attr);
}

static inline int bpf_map_delete_elem(int map, const void *key)
{
	BPF_ATTR(attr);
	attr.map_fd = (__u32)map;
	attr.key = bpf_pointer(key);
	return bpf_call(BPF_MAP_DELETE_ELEM, &attr);
}

/* NULL is before the first one; -ENOENT: that was the last. */
static inline int bpf_map_get_next_key(int map, const void *key, void *ret_next)
{
	BPF_ATTR(attr);
	attr.map_fd = (__u32)map;
	attr.key = bpf_pointer(key);
	attr.next_key = bpf_pointer(ret_next);
	return bpf_call(BPF_MAP_GET_NEXT_KEY, &attr);
}

static inline int bpf_obj_get(const char *path)
{
	BPF_ATTR(attr);
	attr.pathname = bpf_pointer(path);
	return bpf_call(BPF_OBJ_GET, &attr);
}

static inline int bpf_obj_pin(int fd, const char *path)
{
	BPF_ATTR(attr);
	attr.bpf_fd = (__u32)fd;
	attr.pathname = bpf_pointer(path);
	return bpf_call(BPF_OBJ_PIN, &attr);
}

/* *size: what of `info` there is; then what the kernel has filled. */
static inline int bpf_obj_get_info_by_fd(int fd, void *info, __u32 *size)
{
	int r;

	BPF_ATTR(attr);
	attr.info.bpf_fd = (__u32)fd;
	attr.info.info_len = *size;
	attr.info.info = bpf_pointer(info);
	r = bpf_call(BPF_OBJ_GET_INFO_BY_FD, &attr);
	if (r == 0)
		*size = attr.info.info_len;
	return r;
}

static inline int bpf_prog_get_fd_by_id(__u32 id)
{
	BPF_ATTR(attr);
	attr.prog_id = id;
	return bpf_call(BPF_PROG_GET_FD_BY_ID, &attr);
}

/* `attr` is filled for the program. The verifier gives up for a signal, and not for good. */
static inline int bpf_load(union bpf_attr *attr)
{
	int r = -EAGAIN;

	for (int i = 0; i < 5 && r == -EAGAIN; i++)
		r = bpf_call(BPF_PROG_LOAD, attr);
	return r;
}

#endif
