#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Descriptors that somebody else has opened, with no wall but the LSM: received they are judged as an open is; handed
# in at the start they are good for what they are open for, but not on what another tenant owns.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2016
. "${0%/*}/../integration/lib.sh"

mkdir -m 777 "$world"/{a,b,read,outside}
for folder in a b read outside; do
	echo "of $folder" >"$world/$folder/file"
done
tenant a <<POLICY
[filesystem]
exec = $world/bin
own = $world/a
read = $world/read
POLICY
tenant b <<POLICY
[filesystem]
exec = $world/bin
own = $world/b
POLICY
load
start a/x "$probe" sleep 1000 </dev/null
start a/z "$probe" sleep 1000 <"$world/outside/file"
first_process a/z && near=$REPLY
start a/own "$probe" sleep 1000 <"$world/a/file"
first_process a/own && own=$REPLY

# passed WHY FOLDER MODE: opened by the host, received in a/x. WHY is why the LSM denies it, or "-".
passed() {
	status=0
	"$probe" pass-fd "$world/$2/file" "$3" "$base/a.slice/x.scope/cgroup.procs" >"$tmp/out" 2>"$tmp/err" </dev/null ||
		status=$?
	read_all line "$tmp/out"
	line=${line%$'\n'}
	if [[ $1 == - ]]; then
		is "'$2/file', for '$3', is received" "$status:$line" "0:pass-fd: ok"
	else
		is "'$2/file', for '$3', is not" "$status:$line" "1:pass-fd: EACCES"
		expected[a/x:file_receive]=$((${expected[a/x:file_receive]-0} + 1))
	fi
}
for mode in r w rw path; do
	passed - a $mode
	passed owned b $mode
	passed no_grant outside $mode
	is "control: for '$mode', by the host" "$("$probe" pass-fd "$world/b/file" $mode)" "pass-fd: ok"
done
passed - read r
passed - read path
passed rights read w
passed rights read rw
allowed "what a sandbox opens itself" a/x pass-fd "$world/read/file" r
allowed "a pipe, a socket and memory are their holder's" a/x pass-held
allowed "in a sandbox" a pass-held
allowed "its own /tmp's, in there" a pass-fd /tmp path

# pidfd_getfd(2), of a process of the same tenant.
denied lsm:file_receive:no_grant "what another of its sandboxes was handed" a/x pidfd-getfd "$near" 0
allowed "what another of its sandboxes has of its own" a/x pidfd-getfd "$own" 0
is "control: by the host" "$("$probe" pidfd-getfd "$near" 0)" "pidfd-getfd: ok"

# ---- handed in ----

truncate=file_truncate
[[ $(uname -r) != 6.1.* ]] || truncate=path_truncate
for folder in a b outside; do
	exec {fd}<>"$world/$folder/file"
	for act in lock-fd ioctl-fd truncate-fd; do
		hook=file_${act%-fd}
		[[ $act != truncate-fd ]] || hook=$truncate
		case $folder:$act in
		b:*) denied lsm:"$hook":owned "$act: another tenant's" a/x $act $fd ;;
		outside:truncate-fd) denied lsm:"$hook":no_grant "$act: the host's" a/x $act $fd ;;
		*) allowed "$act: in '$folder'" a/x $act $fd ;;
		esac
		is "control: $act: in '$folder', by the host" "$("$probe" $act $fd)" "$act: ok"
	done
	exec {fd}<&-
done
allowed "in a sandbox: a lock" a lock "$world/a/file"

# ---- handed in, and opened anew ----

# as_stderr FILE COMMAND...: in a sandbox of a's, which has it as its stderr, to be read.
as_stderr() {
	status=0
	sandboxctl run -t a --json-status-fd 9 -- "${@:2}" >"$tmp/out" 2<"$1" 9>"$tmp/json" </dev/null || status=$?
	read_all line "$tmp/out"
	line=${line%$'\n'}
	read_all json "$tmp/json"
	field last_denial_why
}
for folder in a read outside b; do
	echo "of $folder" >"$world/$folder/file"
	case $folder in
	outside) wanted="1:read: EACCES at open:${reasons[no_grant]}" ;;
	b) wanted="1:read: EACCES at open:${reasons[owned]}" ;;
	*) wanted="0:read: ok of $folder:" ;;
	esac
	for path in /dev/stderr /proc/self/fd/2; do
		as_stderr "$world/$folder/file" "$probe" read $path
		is "opened anew by $path: in '$folder'" "$status:$line:$REPLY" "$wanted"
		is "control: opened anew by $path: in '$folder', by the host" \
			"$("$probe" read $path 2<"$world/$folder/file")" "read: ok of $folder"
	done
	as_stderr "$world/$folder/file" "$busybox" sh -c 'read -r line <&2; echo "$line"; echo x >&2 || echo no more'
	is "read as it is: in '$folder'" "$status:$line" "0:of $folder"$'\n'"no more"
done
denied lsm:file_open:owned "opened anew by /dev/stdin: another tenant's" a read /dev/stdin <"$world/b/file"
denied lsm:file_open:rights "opened anew for more than it is granted" a write /dev/stdin <>"$world/read/file"
allowed "opened anew, its own" a write /dev/stdin <>"$world/a/file"
is "which one that is open for it is not" "$(sandboxctl run -t a -- "$busybox" sh -c 'echo more >&0 && echo written' \
	<>"$world/read/file")" written
exec {fd}<"$world/b/file"
denied lsm:file_open:owned "opened anew, with no wall but the LSM" a/x read "/proc/self/fd/$fd"
exec {fd}<&-

# By one of root's each who was given it could read what the others write: it is made nobody's to open anew.
roots_pipe='
	my $cgroup = shift;
	pipe my $read, my $write;
	go($cgroup);
	answer("anew", open(my $f, "<", "/proc/self/fd/" . fileno $write) ? 0 : -1);
	answer("chown", chown(4711, -1, $write) ? 0 : -1);
	answer("anew", open($f, "<", "/proc/self/fd/" . fileno $write) ? 0 : -1);
'
is "a pipe of root's that was handed in isn't made its own" "$(by_root "$base/a.slice/x.scope" "$roots_pipe")" \
	"anew=EACCES chown=EACCES anew=EACCES "
expected[a/x:file_open]=$((${expected[a/x:file_open]-0} + 2)) expected[a/x:path_chown]=1
is "control: by the host" "$(by_root /sys/fs/cgroup "$roots_pipe")" "anew=ok chown=ok anew=ok "

for who in a/x a/z a/own; do
	stop $who
done
finish
