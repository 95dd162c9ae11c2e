#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What hooks may be given by odd calls: names of nothing, pointers to nothing, files that are no files. The kernel
# stays upright, which is for the guest to say; each hook is reached; and what a sandbox is answered is what the host
# is, but for what it is denied. With no wall but the LSM.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh
. "${0%/*}/../integration/lib.sh"

mkdir -m 777 "$world"/{tmpfs,ext4,overlay}
mount_ext4 "$world/ext4"
mkdir -m 777 "$world/ext4/"{lower,upper,work}
for folder in "$world"/{tmpfs,ext4,ext4/lower}/{host,a}; do
	mkdir -m 777 "$folder" "$folder/below" "$folder/below/empty"
	for file in file other mode; do
		echo "$file" >"$folder/below/$file"
		chmod 666 "$folder/below/$file"
	done
done
mount -t overlay -o "lowerdir=$world/ext4/lower,upperdir=$world/ext4/upper,workdir=$world/ext4/work" \
	overlay "$world/overlay" || bail "making an overlay"
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/tmpfs/a $world/ext4/a $world/overlay/a
POLICY
load
start a/x "$probe" sleep 1000 </dev/null

# differs EDGES KIND: what a/x is answered otherwise than the host, in REPLY; how many answers there were, in n_words.
differs() {
	local host got i group=''
	"$probe" "edges-$1" "$world/$2/host" >"$tmp/host" 2>&1 </dev/null
	as a/x "$probe" "edges-$1" "$world/$2/a"
	read -ra host <"$tmp/host"
	read -ra got <<<"$line"
	n_words=${#host[@]}
	REPLY="$status: ${host[*]:0:2} ${#got[@]} words:"
	for ((i = 2; i < ${#host[@]}; i++)); do
		[[ ${host[i]} != *: ]] || group=${host[i]%:}.
		[[ ${host[i]} == "${got[i]}" ]] || REPLY+=" $group${got[i]}"
	done
}

# A pidfd has a file system of its own since Linux 6.9, whose files are opened anew.
pidfd=
[[ $(uname -r) != 6.1.* ]] || pidfd=pidfd.reopen:file_open

# What the LSM denies of those, and by which hook; with "!" what the host is denied by something else.
# shellcheck disable=SC2034 # by their names
{
	denied_names="mknod_whiteout:path_mknod"
	denied_null="mount_null:sb_mount mount_null_device:sb_mount mount_private:sb_mount mount_remount:sb_mount
		move_no_mount:move_mount pivot_here:sb_pivotroot quota_of_nothing:quotactl zone_without_time:settime
		connect_short:socket_connect connect_listener:socket_connect socket_of_no_family:socket_create
		map_past_the_end:mmap_file"
	# Opened anew only a tenant's own pipe is, which root's isn't; and none is executed; all else is the holder's.
	denied_held="pipe.chown:path_chown !pipe.map-exec:mmap_file pipe.reopen:file_open socket.map-exec:mmap_file socket.reopen:file_open
		udp.map-exec:mmap_file udp.reopen:file_open epoll.reopen:file_open event.reopen:file_open
		signal.reopen:file_open timer.reopen:file_open inotify.reopen:file_open memory.map-exec:mmap_file
		memory.reopen:file_open $pidfd removed.map-exec:mmap_file removed-folder.map-exec:mmap_file
		nameless.map-exec:mmap_file"
	denied_machinery="bpf_of_nothing:bpf log_size:syslog module_of_nothing:kernel_load_data
		module_of_file:kernel_read_file key_of_nothing:key_alloc key_of_no_type:key_alloc
		keyring_of_thread:key_alloc namespace_of_user:userns_create shm_all:shm_shmctl shm_sums:shm_shmctl
		msg_all:msg_queue_msgctl sem_all:sem_semctl"
}
echo 1 >/proc/sys/kernel/bpf_stats_enabled
for kind in tmpfs ext4 overlay; do
	for edges in names null held machinery; do
		differs $edges $kind
		all=denied_$edges wanted=
		for word in ${!all}; do
			# O_TMPFILE in an overlay came with Linux 6.3.
			[[ $word != nameless.* || $kind != overlay || $(uname -r) != 6.1.* ]] || continue
			hook=${word#*:}
			expected[a/x:$hook]=$((${expected[a/x:$hook]-0} + 1))
			[[ $word == !* ]] || wanted+=" ${word%:*}=EACCES"
		done
		is "$kind: $edges: a sandbox is answered as the host is, but for this" "$REPLY" "0: edges-$edges: ok $n_words words:$wanted"
	done
done

# ---- the rest of the hooks, by what is done of their own ----

mkdir -m 777 "$world/mounted"
mount -t tmpfs mounted "$world/mounted" || bail "mount"
for attempt in perf-event "uring-personality /etc/hostname" "uring-cmd 0" bpf-token "reconfigure $world/mounted" "fsmount tmpfs" \
	"connectx-sctp 127.0.0.1 7001" "syscall iopl 3"; do
	read -ra words <<<"$attempt"
	like "by the host: $attempt" "$("$probe" "${words[@]}" 2>&1 </dev/null)" "${words[0]}: *"
done
umount "$world/mounted"
is "each hook that there is was reached" "$(sandboxctl lsm status | sed -n 's/^hook \([^ ]*\) .*, 0 runs in .*/\1/p')" ""
echo 0 >/proc/sys/kernel/bpf_stats_enabled
stop a/x
umount "$world"/{overlay,ext4}
finish
