#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A runtime that doesn't open its module in time is ended, and one that does isn't.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

[[ -x $repo/build/libexec/sandboxctl/wazero && -r $repo/build/demo/service.wasm ]] ||
	bail "build/libexec/sandboxctl/wazero and build/demo/service.wasm are needed"
mkdir -m 777 "$world"/{modules,more}
cp "$repo/build/demo/service.wasm" "$world/modules/service.wasm"
chmod 644 "$world/modules/service.wasm"
module=$world/modules/service.wasm

# An installation whose runtime does what the policy's `args` say: probe.c's `run`.
other=$world/other
mkdir "$other"
cp -r "$repo/build/bin" "$repo/build/libexec" "$repo/build/share" "$other"
chmod -R go-w "$other"
cp "$repo/build/demo/probe" "$other/libexec/sandboxctl/wazero"

# tenant NAME as `args` say, with MORE lines.
runtime() { # NAME ARGS TIMEOUT [LINE...]
	tenant "$1" <<POLICY
[runtime]
args = $2
start.timeout = $3
[seccomp]
profile = @default
$(printf '%s\n' "${@:4}")
POLICY
}
runtime hangs hang 500ms
runtime looks look 500ms
runtime opens open 500ms
runtime opens-there open 500ms "[namespaces]" "user = yes"
runtime waits hang 4s
runtime waits-too open 4s
runtime alone hang 500ms "[namespaces]" "pid = no"
runtime never hang infinity
tenant real <<POLICY
[runtime]
args = -listen=127.0.0.1:7009 -interpreter
start.timeout = 3s
[network]
mode = host
POLICY
tenant plain <<POLICY
[runtime]
start.timeout = 1ms
[filesystem]
exec = $world/bin
POLICY
load

watched() { # TENANT COMMAND...: how many steps of the plan watch something
	sandboxctl run -t "$1" --dry-run -- "${@:2}" | grep -cx "step watch-module"
}
is "a runtime is watched" "$(watched hangs "$module")" 1
is "one without start.timeout isn't" "$(watched never "$module")" 0
is "a plain command isn't" "$(watched plain "$probe" exit 0)" 0
sandbox -t plain -- "$busybox" sleep 1
is "and may take its time" "$status:$err" "0:"

real_path=$PATH
PATH=$other/bin:$PATH

ends() { # TEXT TENANT: for that it didn't open its module
	sandbox -t "$2" --name x -- "$module"
	field reason
	local reason=$REPLY
	field step
	is "$1" "$status:$reason:$REPLY:$line" "124:timeout:watch-module:sleep: ok"
}
ends "one that hangs is ended" hangs
is "and it is said why" "$err" "sandboxctl: hangs/x: reason=timeout exit_code=124 signal=9 step=watch-module:\
 wazero didn't open its module within 500 ms: raise start.timeout in [runtime] of '$config/tenants/hangs.ini'
"
field error
is "in the report, too" "$REPLY" "wazero didn't open its module within 500 ms"
like "and told" "$(sandboxctl events -t hangs)" "* hangs/x: command ?[0-9]*? ended: it didn't open its module within 500 ms
    $config/tenants/hangs.ini:4: start.timeout = 500ms in ?runtime?"
ends "one that only looks at its module is ended" looks
ends "without a pid namespace" alone

goes_on() { # TEXT TENANT: until --timeout
	sandbox -t "$2" --timeout 1500ms -- "$module"
	field reason
	local reason=$REPLY
	field step
	is "$1" "$status:$reason:$REPLY:$line" "124:timeout::sleep: ok"
}
goes_on "one that opens its module goes on" opens
goes_on "in a user namespace, whose mount of it is id-mapped" opens-there
goes_on "start.timeout = infinity" never
sandbox -t waits --timeout 500ms -- "$module"
field step
is "a timeout before that" "$status:$REPLY" "124:"

# The module's own file may be opened by everybody else.
start waits/x "$module" </dev/null
start waits-too/x "$module" </dev/null
options=(--set "runtime.args=open")
start waits/y "$module" </dev/null
options=()
is "three have begun to run one module" "$line" "sleep: ok"
cat "$module" >/dev/null
ended waits/x
field step
is "others' opening of a module doesn't count" "$status:$REPLY" "124:watch-module"
for who in waits-too/x waits/y; do
	ok "and they run on: $who" test -d "/proc/${supervisors[$who]}"
	stop "$who"
done

# In the background.
id=$(sandboxctl run -t hangs --detach -- "$module" 2>&1)
like "one in the background that hangs" "$id" "hangs/run-*"
status=0
out=$(sandboxctl wait "$id") || status=$?
is "is ended" "$status:$out" \
	"124:$id: reason=timeout exit_code=124 signal=9 step=watch-module: wazero didn't open its module within 500 ms"

# The kernel has so many of these for each user.
most=
read_all most /proc/sys/fs/fanotify/max_user_groups
echo 1 >/proc/sys/fs/fanotify/max_user_groups
start waits/x "$module" </dev/null
refuses 125 "sandboxctl: run: watch-module: watch a mount as uid *: Too many open files: *fs.fanotify.max_user_groups*" \
	"one more than the tenant may have is refused" sandboxctl run -t waits -- "$module"
goes_on "and another tenant's isn't" opens
stop waits/x
echo "$most" >/proc/sys/fs/fanotify/max_user_groups

# wazero itself.
PATH=$real_path
options=(--timeout 8s)
start real/x "$module" </dev/null
options=()
like "a module that listens" "$line" "listening on descriptor *"
ended real/x
field step
is "runs on when the time for its start is over" "$status:$REPLY" "124:"

finish
