/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * All maps. Weak, so that each object may include them and the linker makes one of each.
 */
#ifndef SBX_BPF_MAPS_H
#define SBX_BPF_MAPS_H

#include "abi.h"
#include "kernel.h"

/* Set before load, thus before anything is attached: an id of 0 would match every missing level. */
const volatile __u64 base_id __weak = 0;
const volatile __u32 base_level __weak = 0;
/* The child of the base in which systemd runs what belongs to its service itself; 0: none. */
const volatile __u64 control_id __weak = 0;

/* Cgroup id of a sandbox -> its tenant. Full: `run` fails before the sandbox exists. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct sbx_leaf);
} leaves __weak SEC(".maps");

/* Has a place for each; who comes later takes it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SBX_N_SEATS);
	__type(key, __u32);
	__type(value, struct sbx_seat);
} seats __weak SEC(".maps");

/* Address of an inode -> the label on it. Full: `run` and `lsm load` fail, nothing is published. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, __u64);
	__type(value, struct sbx_label);
} labels __weak SEC(".maps");

/* A name in a folder -> the label on the file of that name. Full: as `labels`. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, struct sbx_name_key);
	__type(value, struct sbx_label);
} names __weak SEC(".maps");

/* Folders that stay where they are, see abi.h. Full: what a tenant owns can't be loaded. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, __u64);
	__type(value, struct sbx_anchor);
} anchors __weak SEC(".maps");

/* Where one may stand in `labels`, see abi.h. Has a place for each. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SBX_LABEL_BITS_WORDS);
	__type(key, __u32);
	__type(value, __u64);
} label_bits __weak SEC(".maps");

/* What a policy may do under a label. Full: as `labels`. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4194304);
	__type(key, struct sbx_perm_key);
	__type(value, __u32);
} perms __weak SEC(".maps");

/* Where a policy may connect and send to. Full: as `labels`. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, struct sbx_net_key);
	__type(value, struct sbx_net_rule);
} connect_rules __weak SEC(".maps");

/* Address of a superblock that a sandbox's set-up made -> cgroup id. Full: its mount fails. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, __u64);
	__type(value, __u64);
} superblocks __weak SEC(".maps");

/*
 * Address of a System V object in an IPC namespace of the host's -> the tenant that made it. Full:
 * sandboxes make no more there. A namespace has 68,096 at most by the kernel's defaults.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 131072);
	__type(key, __u64);
	__type(value, __u32);
} ipc_objects __weak SEC(".maps");

/* The label that sticks to a task. No memory for it: fork fails with ENOMEM. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct sbx_task);
} tasks __weak SEC(".maps");

/* What `run` checks before it trusts the rest. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sbx_ready);
} ready __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sbx_counters);
} counters __weak SEC(".maps");

/* User space's own book-keeping, which lives and ends with the maps that it speaks of. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sbx_loaded);
} loaded __weak SEC(".maps");

/* What policies are read from. Full: each `run` looks at all of their files. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, struct sbx_inode_key);
	__type(value, __u32);
} policy_files __weak SEC(".maps");

/* Full: `run` fails before the sandbox exists. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 262144);
	__type(key, struct sbx_policy_key);
	__type(value, __u32);
} policies __weak SEC(".maps");

/* The newest events. Full: the oldest goes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SBX_N_EVENTS);
	__type(key, __u32);
	__type(value, struct sbx_event);
} events __weak SEC(".maps");

/*
 * Wakes who follows: the number of each event, and nothing that anybody reads. Full, for nobody
 * follows: nothing is lost by it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} doorbell __weak SEC(".maps");

/* A tenant's share of the recorder. Full: of further tenants nothing is recorded. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, struct sbx_audit);
} audits __weak SEC(".maps");

#endif
