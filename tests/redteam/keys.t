#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's keys, with no wall but the LSM: root with all of its powers, and its session keyring, moved into the
# cgroup of a sandbox. Each attempt beside the same one by the host.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh
. "${0%/*}/../integration/lib.sh"

tenant a <<POLICY
[filesystem]
exec = $world/bin
[seccomp]
allow = keyctl add_key request_key
POLICY
load
start a/x "$probe" sleep 1000 </dev/null

by_host() { # ATTEMPT...
	status=0
	"$probe" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all line "$tmp/out"
	line=${line%$'\n'}
}

by_host add-key user host
key=${line##* }
like "control: the host adds a key" "$status:$line" "0:add-key: ok [0-9]*"
# Hook | attempt | its errno, where that isn't EACCES | how often it is denied, where that isn't once
attempts=(
	"key_alloc|new-keyring"
	"key_permission|add-key user other"
	"key_permission|describe-key $key"
	"key_permission|read-key $key|ENOKEY"
	"key_permission|revoke-key $key||2"
)
for row in "${attempts[@]}"; do
	IFS='|' read -r hook act errno times <<<"$row"
	read -ra words <<<"$act"
	denied "lsm:$hook:never:$errno" "$act" a/x "${words[@]}"
	expected[a/x:$hook]=$((${expected[a/x:$hook]-0} + ${times:-1} - 1))
	by_host "${words[@]}"
	like "control: $act, by the host" "$status:$line" "0:${words[0]}: ok*"
done

denied lsm:key_alloc:never "a keyring in a sandbox whose filter lets it" a new-keyring
denied lsm:key_permission:never "a key in the one that it has" a add-key session some

stop a/x
finish
