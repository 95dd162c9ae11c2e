#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Is all memory given back? LeakSanitizer looks at the end of sandboxctl whether there is some that nobody knows
# any more: of runs that are as they should be, that are refused, and that fail at each of their steps.
#
# It needs the build by `make SAN=1 FAILPOINTS=1`. valgrind can't be asked: it answers clone3(2) with ENOSYS, up to its
# latest source, and that of Debian 12 (3.19) openat2(2) and the mount API as well, so that a run ends at its first
# grant. What it does come through, the unit tests of base, policy and oci, it found nothing in.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

sanitized=$repo/build/san/failpoints/bin
[[ -x $sanitized/sandboxctl ]] || bail "make SAN=1 FAILPOINTS=1"

mkdir -m 777 "$world"/{a,b}
tenant a <<POLICY
[cgroup.sandbox]
memory.max = 400M
pids.max = 30
[filesystem]
exec = $world/bin
own = $world/a
read = $world/bin
[network]
mode = host
connect = tcp 127.0.0.0/8 7001
[seccomp]
allow = personality
[process]
env = WHO=%t
POLICY
tenant bare <<POLICY
[filesystem]
exec = $world/bin
[namespaces]
pid = no
POLICY
tenant tight <<POLICY
[filesystem]
exec = $world/bin
[cgroup.sandbox]
memory.max = 64K
POLICY
sandboxctl lsm unload --force 2>/dev/null # by an earlier test
PATH=$sanitized:$PATH
hash -r

# leaks CODE TEXT COMMAND...: it ends with that, and nothing is found.
leaks() {
	status=0
	LSAN_OPTIONS=exitcode=77 ASAN_OPTIONS=exitcode=78 "${@:3}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all err "$tmp/err"
	# shellcheck disable=SC2053 # a pattern it is
	if [[ $status == $1 && $err != *Sanitizer* && $err != *"runtime error"* ]]; then
		result ok "$2"
	else
		result "not ok" "$2" "$(what_happened)"
	fi
}

# A test that can't fail proves nothing: such a build can be asked to forget what it asked for.
status=0
SBX_FAILPOINT=plan:leak LSAN_OPTIONS=exitcode=77 sandboxctl run -t a -- "$probe" exit 0 >"$tmp/out" 2>"$tmp/err" || status=$?
like "control: what is lost is found" "$status:$(<"$tmp/err")" "77:*LeakSanitizer*"

leaks 0 "lsm load" sandboxctl lsm load
run_a=(sandboxctl run -t a)
leaks 0 "a run" "${run_a[@]}" -- "$probe" exit 0
leaks 0 "the next one" "${run_a[@]}" -- "$probe" exit 0
leaks 0 "without a pid namespace" sandboxctl run -t bare -- "$probe" exit 0
leaks 3 "a code" "${run_a[@]}" -- "$probe" exit 3
leaks 137 "a signal" "${run_a[@]}" -- "$probe" signal 9
leaks 124 "a timeout" "${run_a[@]}" --timeout 200ms -- "$probe" sleep 1000
leaks 1 "denials" "${run_a[@]}" -- "$probe" connect tcp 127.0.0.1 7002
leaks 0 "a name, variables, a report, and each step said" \
	"${run_a[@]}" -v --name x --env A=1 --env HOME --json-status-fd 1 -- "$probe" exit 0
leaks 0 "a tree at another place" "${run_a[@]}" --mount "$world/a:/elsewhere:ro" -- "$probe" exit 0
leaks 0 "--dry-run" "${run_a[@]}" --dry-run -- "$probe" exit 0

# ---- refused ----

leaks 127 "a command that isn't there" "${run_a[@]}" -- /nowhere
leaks 126 "a command without an exec grant" "${run_a[@]}" -- /bin/sh
leaks 125 "memory.max is too small" sandboxctl run -t tight -- "$probe" exit 0
leaks 125 "a tenant without a policy" sandboxctl run -t none -- "$probe" exit 0
leaks 125 "an option that there isn't" sandboxctl run -t a --bogus -- "$probe" exit 0
n=0
for file in "$repo"/tests/fixtures/policy/bad/*.ini; do
	# Each fourth: they are read by the same few functions, and fuzzed under the same sanitizers.
	((n++ % 4 == 0)) || continue
	(umask 022 && cp "$file" "$world/bad.ini")
	leaks "[1-9]*" "a bad policy: ${file##*/}" sandboxctl run -t a --policy "$world/bad.ini" -- "$probe" exit 0
done
start a/y "$probe" sleep 1000 </dev/null
leaks 125 "a name that is taken" "${run_a[@]}" --name y -- "$probe" exit 0

# ---- others ----

leaks 3 "exec" sandboxctl exec a/y -- "$probe" exit 3
leaks 127 "exec of what isn't there" sandboxctl exec a/y -- /nowhere
leaks 125 "exec into what isn't there" sandboxctl exec a/none -- "$probe" exit 3
for command in "list" "list --json" "status" "status --json" "stats" "stats --json" "tenant list" "lsm status" "gc --dry-run" \
	"policy show a" "policy score a" "freeze a/y" "thaw a/y" "kill -s TERM a/y"; do
	# shellcheck disable=SC2086 # words they are
	leaks 0 "$command" sandboxctl $command
done
ended a/y
like "and the supervisor of all that" "$status:$err" "143:*signal=15*"
[[ $err != *Sanitizer* ]]
is "without a leak" "$?" 0
leaks 0 "gc" sandboxctl gc

# ---- failing at each step ----

steps=()
while read -r word step; do
	[[ $word != step ]] || steps+=("$step")
done < <(sandboxctl run -t a --dry-run -- "$probe" exit 0)
ok "there are steps of a run" test "${#steps[@]}" -ge 40
for step in "${steps[@]}"; do
	case $step in
	exec) SBX_FAILPOINT=$step:before leaks 126 "an error before $step" "${run_a[@]}" -- "$probe" exit 0 ;;
	init-exec) SBX_FAILPOINT=$step:before leaks 125 "an error before $step" "${run_a[@]}" -- "$probe" exit 0 ;;
	*) SBX_FAILPOINT=$step:after leaks 125 "an error after $step" "${run_a[@]}" -- "$probe" exit 0 ;;
	esac
done

finish
