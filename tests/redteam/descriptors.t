#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Descriptors that somebody else has opened, with no wall but the LSM: received they are judged as an open is; handed
# in at the start they are good for what they are open for, but not on what another tenant owns.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh
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

for who in a/x a/z a/own; do
	stop $who
done
finish
