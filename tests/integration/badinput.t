#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What is wrong is said in one line, with its cure, by the right exit code, and leaves nothing.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2317
. "${0%/*}/lib.sh"

# refuses CODE PATTERN TEXT COMMAND...: nothing on stdout, one line on stderr.
refuses() {
	status=0
	"${@:4}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
	# shellcheck disable=SC2053
	if [[ $status == "$1" && -z $out && $err == *$'\n' && ${err%$'\n'} != *$'\n'* && $err == $2$'\n' ]]
	then
		result ok "$3"
	else
		result "not ok" "$3" "wanted: $1, one line: $2" "$(what_happened)"
	fi
	local left=("$base"/*.slice "$state"/sandboxes/*/*)
	[[ ${#left[@]} == 0 ]] || result "not ok" "$3: nothing is left" "${left[*]}"
}

mkdir "$world"/{modules,noexec}
cp "$probe" "$world/noexec/probe"
echo text >"$world/bin/text"
echo text >"$world/modules/text.wasm"
chmod 644 "$world/bin/text" "$world/modules/text.wasm"
printf '\0asm\1\0\0\0' >"$world/modules/module"
printf '\0asm\15\0\1\0' >"$world/modules/component"
printf '\0asm' >"$world/modules/cut"

tenant a <<POLICY
[filesystem]
exec = $world/bin
POLICY
tenant typed <<POLICY
[runtime]
type = wazero
[filesystem]
exec = $world/bin
POLICY
tenant covers <<POLICY
[filesystem]
write = /run
POLICY
tenant lost <<POLICY
[filesystem]
exec = $world/bin
read = $world/missing
POLICY
load

# ---- the host ----

user() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
refuses 125 "sandboxctl: run: not root: *: use sudo" "run, not as root" user sandboxctl run -t a -- "$probe" exit 0
refuses 1 "sandboxctl: lsm load: not root: use sudo" "lsm load, not as root" user sandboxctl lsm load

umount -l /sys/fs/cgroup
refuses 125 "sandboxctl: *cgroup v2 is not mounted: mount -t cgroup2 *" "without cgroup v2" \
	sandboxctl run -t a -- "$probe" exit 0
mount -t cgroup2 -o nsdelegate cgroup /sys/fs/cgroup

# An LSM that is loaded would be found by its pin: that is out of sight too.
echo lockdown,capability,landlock,yama >"$world/lsm"
mount --bind "$world/lsm" /sys/kernel/security/lsm
mount -t tmpfs -o mode=0700 none "$state"
no_bpf="'bpf' is not among the kernel's active LSMs: boot with *"
refuses 1 "sandboxctl: lsm load: *$no_bpf" "lsm load without the BPF LSM" sandboxctl lsm load
refuses 1 "sandboxctl: the LSM is not loaded: sandboxctl lsm load" "lsm status without it" sandboxctl lsm status
refuses 125 "sandboxctl: run: *$no_bpf" "run without it" sandboxctl run -t a -- "$probe" exit 0
umount -l "$state" /sys/kernel/security/lsm

# ---- tenants and policies ----

refuses 125 "sandboxctl: run: *'nobody'*" "an unknown tenant" sandboxctl run -t nobody -- "$probe" exit 0
refuses 125 "sandboxctl: run: *Bad_Name*" "a name that no tenant can have" \
	sandboxctl run -t Bad_Name -- "$probe" exit 0
refuses 125 "sandboxctl: run: no tenant was given*: use -t TENANT*" "no tenant" sandboxctl run -- "$probe" exit 0
refuses 125 "sandboxctl: run: $config/tenants/lost.ini:4: *'$world/missing'*" "a grant on what isn't there" \
	sandboxctl run -t lost -- "$probe" exit 0

policy() { # LINE...
	(umask 022 && printf '%s\n' "version = 1" "$@" >"$world/policy.ini")
}
with_policy() {
	sandboxctl run -t a --policy "$world/policy.ini" -- "$probe" exit 0
}
policy "[cgroup]" "memory.max = 5Q"
refuses 125 "sandboxctl: run: $world/policy.ini:3: memory.max: '5Q' is not a size*" "a bad value" with_policy
policy "[filesystem]" "reed = /srv"
refuses 125 "sandboxctl: run: $world/policy.ini:3: *reed*read*" "an unknown key" with_policy
policy "[network]" "mode = private"
refuses 125 "sandboxctl: run: $world/policy.ini:3: mode: *'private' is not supported by this build*" \
	"a value that is not built" with_policy
policy "[network]" "dns = 1.1.1.1"
refuses 125 "sandboxctl: run: $world/policy.ini:3: *dns*not supported by this build*" \
	"a key that is not built" with_policy
policy "[cgroup]" "memory.max = 0"
refuses 125 "sandboxctl: run: $world/policy.ini:3: memory.max: '0' leaves no memory at all" "no memory" with_policy
policy "[filesystem]" "exec = /"
refuses 125 "sandboxctl: run: $world/policy.ini:3: *'/'*" "the whole root" with_policy
rm "$world/policy.ini"
refuses 125 "sandboxctl: run: *$world/policy.ini*" "a policy that isn't there" with_policy

# ---- ids ----

tenant named <<<"[tenant]
id = 7"
load
policy "[tenant]" "id = 7"
refuses 125 "sandboxctl: run: '$world/policy.ini': tenant 'other': id 7 is, or was, tenant 'named''s: choose *" \
	"an id that another tenant has" sandboxctl run -t other --policy "$world/policy.ini" -- "$probe" exit 0
policy "[tenant]" "id = 8"
refuses 125 "sandboxctl: run: '$world/policy.ini': tenant 'named' has the id 7 for good, its policy says 8: write *" \
	"another id than it has" sandboxctl run -t named --policy "$world/policy.ini" -- "$probe" exit 0
policy "[tenant]" "id = 70000"
refuses 125 "sandboxctl: run: '$world/policy.ini': tenant 'other': id 70000 is above the range of ids, 1 to 65535: *" \
	"an id above the range" sandboxctl run -t other --policy "$world/policy.ini" -- "$probe" exit 0
policy "[filesystem]" "exec = $world/bin"
before=$(</var/lib/sandboxctl/tenants)
like "--dry-run says that an id is to be assigned" \
	"$(sandboxctl run -t fresh --policy "$world/policy.ini" --dry-run -- "$probe")" "tenant fresh id to be assigned *"
is "and assigns none" "$(</var/lib/sandboxctl/tenants)" "$before"
rm "$config/tenants/named.ini" "$world/policy.ini"
load

# ---- the command ----

refuses 127 "sandboxctl: run: open '$world/bin/missing': No such file or directory: name a program that is there" \
	"a command that isn't there" sandboxctl run -t a -- "$world/bin/missing"
refuses 127 "sandboxctl: run: 'missing' is not in '/usr/local/bin:/usr/bin:/bin': name it by its path, or add \
'env = PATH=...' to ?process? of '$config/tenants/a.ini'" \
	"a command that isn't in PATH" sandboxctl run -t a -- missing
refuses 127 "sandboxctl: run: the command is an empty word" "an empty command" sandboxctl run -t a -- ""
refuses 126 "sandboxctl: run: '$world/bin/text' is not executable: chmod +x '$world/bin/text'" \
	"a command that is not executable" sandboxctl run -t a -- "$world/bin/text"
refuses 126 "sandboxctl: run: '$world/bin' is a folder" "a folder" sandboxctl run -t a -- "$world/bin"
refuses 126 "sandboxctl: run: '/dev/null' is not a regular file" "a device" sandboxctl run -t a -- /dev/null
refuses 126 "sandboxctl: run: no exec grant of tenant 'a' covers '$world/noexec/probe': add 'exec = *" \
	"a program without a grant" sandboxctl run -t a -- "$world/noexec/probe"
refuses 126 "sandboxctl: run: '$probe' is not a WASM module, and * type wants one*" \
	"a program where a module must be" sandboxctl run -t typed -- "$probe" exit 0
refuses 126 "sandboxctl: run: '$world/modules/text.wasm' is not executable*" \
	"a text that is called .wasm" sandboxctl run -t a -- "$world/modules/text.wasm"
cp "$world/modules/module" "$world/modules/secret"
chmod 600 "$world/modules/secret"
refuses 126 "sandboxctl: run: '$world/modules/secret' can't be read by its tenant (uid *): chmod o+r *" \
	"a module that its tenant can't read" sandboxctl run -t a -- "$world/modules/secret"
refuses 126 "sandboxctl: run: '$world/modules/component' is a WASM component, and wazero runs core modules only*" \
	"a WASM component" sandboxctl run -t a -- "$world/modules/component"

refuses 125 "sandboxctl: run: $config/tenants/covers.ini:3: '/run' can't be granted where a module runs: *" \
	"a grant that covers where modules lie" sandboxctl run -t covers -- "$world/modules/module"

# The same program, installed where there is no runtime.
mkdir -p "$world"/bare/{bin,libexec/sandboxctl,share/sandboxctl}
cp "$repo/build/bin/sandboxctl" "$world/bare/bin"
cp "$repo/build/libexec/sandboxctl/lsm-load" "$world/bare/libexec/sandboxctl"
cp -r "$repo/build/share/sandboxctl/policies" "$world/bare/share/sandboxctl"
refuses 125 "sandboxctl: run: the runtime 'wazero' is not installed: put its program into *" \
	"a module without a runtime" "$world/bare/bin/sandboxctl" run -t a -- "$world/modules/module"

# ---- the command line ----

refuses 125 "sandboxctl: run: no command was given*" "no command" sandboxctl run -t a
refuses 125 "sandboxctl: run: unrecognized option '--bogus': see sandboxctl run --help" "an unknown option" sandboxctl run --bogus -- "$probe"
refuses 125 "sandboxctl: run: --timeout 'soon': not a duration*" "a bad duration" \
	sandboxctl run -t a --timeout soon -- "$probe"
refuses 125 "sandboxctl: run: --json-status-fd '77': not an open descriptor" "a closed descriptor" \
	sandboxctl run -t a --json-status-fd 77 -- "$probe"
refuses 125 "sandboxctl: run: --name 'Up': *" "a bad name" sandboxctl run -t a --name Up -- "$probe"
refuses 125 "sandboxctl: run: --env '=x': the name is empty" "a bad variable" \
	sandboxctl run -t a --env =x -- "$probe"
refuses 2 "sandboxctl: 'rum'* is not a subcommand: did you mean 'run'?" "an unknown subcommand" sandboxctl rum
refuses 2 "sandboxctl: 'top' is not supported by this build" "a subcommand that is not built" sandboxctl top
refuses 2 "usage: sandboxctl *" "no subcommand" sandboxctl
refuses 2 "usage: sandboxctl lsm load" "an operand too many" sandboxctl lsm load now
refuses 2 "sandboxctl: 'lsm' is followed by one of: load, status, unload" "half a subcommand" sandboxctl lsm
refuses 2 "sandboxctl: 'lsm' is followed by one of: load, *" "a mistyped half" sandboxctl lsm laod
refuses 2 "sandboxctl: --config-dir '/etc/sandbxctl': No such file or directory" "a mistyped folder" \
	sandboxctl --config-dir /etc/sandbxctl lsm load
refuses 2 "usage: sandboxctl list *" "an operand too many for list" sandboxctl list all

# ---- and all is well with what is right ----

allowed "nothing of this stands in the way of a run" a exit 0

finish
