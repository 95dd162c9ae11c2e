#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# libsandboxctl as it is installed, from programs that were built with it.
#
# It needs build/demo/example-shared, example-static and lib_sandboxes.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mkdir -m 777 "$world/b"
echo "b's" >"$world/b/file"
tenant a <<POLICY
[cgroup.sandbox]
memory.max = 100M
pids.max = 20
[filesystem]
exec = $world/bin
read = $world
POLICY
tenant b <<POLICY
[filesystem]
own = $world/b
POLICY
tenant c <<POLICY
[namespaces]
pid = no
[filesystem]
exec = $world/bin
POLICY
load

# ---- the example ----

for kind in shared static; do
	example=$repo/build/demo/example-$kind
	status=0
	out=$("$example" a "$probe" exit 3 2>&1) || status=$?
	like "$kind: the example says how it ended" "$status:$out" "3:exit: ok
a/lib-*: exit, exit code 3"
	status=0
	out=$("$example" a "$world/nothing" 2>&1) || status=$?
	like "$kind: and how it didn't even begin" "$status:$out" "127:open '$world/nothing': No such file or directory: name a program that is there
a/lib-*: setup, exit code 127"
	status=0
	out=$("$example" nobody "$probe" exit 0 2>&1) || status=$?
	like "$kind: and what is wrong with a policy" "$status:$out" "125:*nobody*"
done

# ---- all of it ----

"$repo/build/demo/lib_sandboxes" "$busybox" "$probe" "$world/b/file" >"$tmp/all" 2>&1 </dev/null ||
	echo "not_ok it ended with $?" >>"$tmp/all"
while read -r word text; do
	result "${word/_/ }" "$text"
done <"$tmp/all"

sandboxctl gc >/dev/null || bail "gc"

# ---- not as root ----

out=$(setpriv --reuid 65534 --clear-groups "$repo/build/demo/example-static" a "$probe" exit 0 2>&1)
like "who isn't root is told so" "$out" "not root: *"

finish
