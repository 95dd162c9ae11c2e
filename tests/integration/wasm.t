#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# WASM modules: what they are told by, and what they reach through their runtime.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

[[ -x $repo/build/libexec/sandboxctl/wazero && -r $repo/build/demo/service.wasm ]] ||
	bail "build/libexec/sandboxctl/wazero and build/demo/service.wasm are needed"
mkdir -m 777 "$world"/{modules,a,b,shared,shared/b,read}
cp "$repo/build/demo/service.wasm" "$world/modules/service.wasm"
cp "$repo/build/demo/service.wasm" "$world/modules/plain-name"
chmod 644 "$world"/modules/*
echo text >"$world/modules/text.wasm"
for folder in a b shared shared/b read; do
	echo "0123456789" >"$world/$folder/file"
done
module=$world/modules/service.wasm

tenant a <<POLICY
[runtime]
args = -interpreter
[filesystem]
own = $world/a
write = $world/shared
read = $world/read
POLICY
tenant b <<POLICY
[filesystem]
own = $world/b $world/shared/b
POLICY
tenant server <<POLICY
[runtime]
args = -listen=127.0.0.1:7009 -interpreter
[filesystem]
own =
[network]
mode = host
POLICY
tenant none <<POLICY
[seccomp]
deny = futex
POLICY
load

asks() { # TENANT COMMAND [ARGUMENT]
	sandbox -t "$1" -- "$module" "${@:2}"
	field denied
}

asks b ping
is "a module, compiled: exit 0" "$status:$line" "0:ping: PONG"
asks a ping
is "a module, interpreted, as the policy's args say" "$status:$line" "0:ping: PONG"
asks a read "$world/a/file"
is "it reads its tenant's folder" "$status:$line:$REPLY" "0:read $world/a/file: ok 11 bytes:"
asks a write "$world/a/new"
is "it writes there" "$status:$line:$REPLY" "0:write $world/a/new: ok 23 bytes:"
# The module's own grant doesn't narrow what the policy gives.
cp "$module" "$world/a/own.wasm" && chmod 666 "$world/a/own.wasm"
sandbox -t a -- "$world/a/own.wasm" write "$world/a/own.wasm"
field denied
is "a module in its tenant's own may be written by it" "$status:$line:$REPLY" \
	"0:write $world/a/own.wasm: ok 23 bytes:"
asks a read "$world/read/file"
is "it reads a read grant" "$status:$line:$REPLY" "0:read $world/read/file: ok 11 bytes:"
asks a write "$world/read/new"
like "it doesn't write there [runtime]" "$status:$line:$REPLY" "1:write $world/read/new: E*:"
asks a read "$world/b/file"
like "it doesn't see another tenant's folder [view]" "$status:$line:$REPLY" "1:read $world/b/file: E*:"
asks a read "$world/shared/file"
is "it reads a granted folder" "$status:$line:$REPLY" "0:read $world/shared/file: ok 11 bytes:"
asks a read "$world/shared/b/file"
field last_denial_why
is "it doesn't read another's own in there [lsm]" "$status:$line:$REPLY" \
	"1:read $world/shared/b/file: EACCES:${reasons[owned]}"
asks b read "$world/shared/b/file"
is "which its owner reads" "$status:$line:$REPLY" "0:read $world/shared/b/file: ok 11 bytes:"
asks a no-such-command
is "exit code 2" "$status" 2
sandbox -t a -- "$world/modules/plain-name" ping
is "a module is told by its first bytes, not by its name" "$status:$line" "0:ping: PONG"
sandbox -t a -- "$world/modules/text.wasm"
is "and a text by that name is none" "$status" 126
cd "$world/modules" || bail "cd"
sandbox -t a service.wasm ping
is "a module in this folder" "$status:$line" "0:ping: PONG"
cd / || bail "cd"
asks none ping
field denied
ok "its filter is the runtime's [seccomp]" test "$status" != 0 -a -z "$REPLY"

# What a tenant makes of a module that it may write isn't executed.
mkdir -m 777 "$world/author"
tenant author <<POLICY
[filesystem]
exec = $world/bin
own = $world/author
POLICY
load
cp "$module" "$world/author/own.wasm" && chmod 777 "$world/author/own.wasm"
sandbox -t author -- "$world/author/own.wasm" ping
is "a module of its own" "$status:$line" "0:ping: PONG"
sandbox -t author -- "$busybox" cp "$probe" "$world/author/own.wasm"
is "is overwritten by its tenant" "$status" 0
sandbox -t author -- "$world/author/own.wasm" exit 0
like "and is no command" "$status:$err" "126:*"
start author/x "$probe" sleep 1000 </dev/null
denied lsm:file_open:rights "nor for another" author/x exec "$world/author/own.wasm" exit 0
denied lsm:file_open:rights "nor by a descriptor" author/x exec-fd "$world/author/own.wasm" exit 0
allowed "a program that is granted is" author/x exec "$probe" exit 0
stop author/x

start server/x "$module" </dev/null
like "a module that listens" "$line" "listening on descriptor *"
talk() {
	line=
	exec {peer}<>/dev/tcp/127.0.0.1/7009 && echo "$1" >&"$peer" && read -r line <&"$peer"
	exec {peer}<&-
}
talk PING
is "it answers" "$line" "PONG"
talk "READ $world/a/file"
like "and reads nothing for others" "$line" "E*"

# server MORE...: its policy, put on it as it runs.
server() {
	printf '%s\n' "[runtime]" "args = -listen=127.0.0.1:7009 -interpreter" "[network]" "mode = host" "$@" |
		{ tenant server && load; }
	out=$(sandboxctl update server 2>&1) || out+=" failed"
}
server "[cgroup.sandbox]" "pids.max = 40"
is "an update finds its module and its runtime" "$out" ""
is "and limits it" "$(<"$base/server.slice/x.scope/pids.max")" 40
talk PING
is "and it still answers" "$line" "PONG"
mv "$module" "$module.old"
server "[seccomp]" "deny = symlinkat"
is "one whose module is gone, and whose filter is older" "$out" \
	"server/x keeps what it was started with: seccomp; its module is gone and can't be read again"
mv "$module.old" "$module"
talk PING
is "and it answers all the same" "$line" "PONG"
talk QUIT
ended server/x
is "and ends" "$line:$status" "BYE:0"

finish
