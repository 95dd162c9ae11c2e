#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The policy commands, as people use them. What the parser says of each kind of mistake is for the unit
# tests and their fixtures.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2317
. "${0%/*}/lib.sh"

umask 022
mkdir -m 777 "$world"/{a,read}
mkdir -p "$world/config/tenants/shop.ini.d" "$world/config/common"
cd "$world/config" || bail "cd"

# says CODE OUT ERR TEXT COMMAND...: patterns for both streams.
says() {
	status=0
	"${@:5}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	read_all out "$tmp/out"
	read_all err "$tmp/err"
	# shellcheck disable=SC2053
	if [[ $status == "$1" && $out == $2 && $err == $3 ]]; then
		result ok "$4"
	else
		result "not ok" "$4" "wanted: $1" "stdout: $2" "stderr: $3" "$(what_happened)"
	fi
}
policy() {
	sandboxctl --config-dir "$world/config" policy "$@"
}
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

cat >common/base.ini <<-'INI'
	version = 1
	[filesystem]
	read = /srv/world/read
	[process]
	env = FROM=base
	cwd = /tmp
INI
cat >tenants/shop.ini <<-INI
	version = 1
	[tenant]
	include = ../common/base.ini
	[filesystem]
	own = $world/a
	exec = $world/bin
	[cgroup]
	memory.swap.max =
INI
cat >tenants/shop.ini.d/10.ini <<-'INI'
	version = 1
	[cgroup]
	pids.max = 7
	[process]
	cwd = /
INI

# ---- check ----

says 0 "" "" "a policy without a problem, for whoever asks" nobody sandboxctl policy check tenants/shop.ini
tab=$'\t'
printf 'version = 1\n[cgroup]\nmemory.max = 5Q\n\tpids.max = 3\n' >bad.ini
says 1 "" "bad.ini:3:14: error: memory.max: '5Q' is not a size*
    3 | memory.max = 5Q
      |              ^
bad.ini:4:2: error: indented: *
    4 | ${tab}pids.max = 3
      | $tab^
" "all problems at once, each with its place" sandboxctl policy check bad.ini
says 1 '*"file": "bad.ini"*"errors": 2*"line": 3*"column": 14*"severity": "error"*"excerpt": "memory.max = 5Q"*' "" \
	"the same as JSON" sandboxctl policy check --json bad.ini
says 0 '*"errors": 0*"problems": \[\]*' "" "JSON of a good one" sandboxctl policy check --json tenants/shop.ini
says 1 "" "bad.ini:3:14: *" "several files: one that is bad is enough" \
	sandboxctl policy check tenants/shop.ini bad.ini
says 1 "" "missing.ini: error: open: No such file or directory"$'\n' "a file that isn't there" \
	sandboxctl policy check missing.ini
says 2 "" "usage: sandboxctl policy check *" "no file" sandboxctl policy check
says 2 "" "*'--bogus'*usage: sandboxctl policy check *" "an unknown option" sandboxctl policy check --bogus

# ---- show ----

says 0 "version = 1

?runtime?
# the defaults
timeout = infinity

?cgroup?
*# $world/config/tenants/shop.ini:8
memory.swap.max =
*# $world/config/tenants/shop.ini.d/10.ini:3
pids.max = 7
*# $world/config/tenants/shop.ini:5
own = $world/a
*# $world/config/tenants/../common/base.ini:3
read = /srv/world/read
*# $world/config/tenants/shop.ini.d/10.ini:5
cwd = /
*env = FROM=base
*" "" "show: each value, and where it stands" policy show shop
[[ $out == *"cwd = /tmp"* ]] && result "not ok" "show: what was overridden is not said" "$out"
mkdir shown
echo "$out" >shown/shop.ini
before=$(policy show shop | grep -v '^#')
mv tenants kept && mv shown tenants
is "what is shown is a policy, and the same one" "$(policy show shop | grep -v '^#')" "$before"
mv tenants shown && mv kept tenants
says 0 '*"tenant": "shop"*"key": "pids.max",*"value": "7",*"file": "'"$world"'/config/tenants/shop.ini.d/10.ini",*"line": 3*' \
	"" "show --json" policy show --json shop
says 1 "" "sandboxctl: tenant 'nobody' has no policy: *: copy *" "a tenant without a policy" policy show nobody
echo nonsense >>tenants/shop.ini.d/10.ini
says 1 "" "$world/config/tenants/shop.ini.d/10.ini:6:1: error: 'nonsense': *" "a policy with an error" \
	policy show shop
sed -i '$d' tenants/shop.ini.d/10.ini

# ---- explain ----

says 0 '{"allowed":true,"why":"read = /srv/world/read",*"file":"'"$world"'/config/tenants/../common/base.ini","line":3}*' \
	"" "explain --json" policy explain --json shop open /srv/world/read
says 0 '{"allowed":false,"why":"read = /srv/world/read","cure":"(not UTF-8)",*"line":3}*' \
	"" "explain --json of a name that isn't UTF-8 keeps its verdict" \
	policy explain --json shop write $'/srv/world/read/\xff'

# ---- score ----

says 0 "shop: exposure 0.[2-9] of 10: OK
calls: of @default, as a native program gets them

warning 0.[0-9][0-9] ?cgroup? memory.swap.max: $world/config/tenants/shop.ini:8: *[(]not set)
             would lower it: memory.swap.max = 0
*ok           ?cgroup? pids.max: $world/config/tenants/shop.ini.d/10.ini:3: *[(]7)
*ok           ?process? capabilities: *" "" "score: each finding, and where it stands" \
	nobody sandboxctl --config-dir "$world/config" policy score shop
says 0 '*"tenant": "shop"*"exposure": 0.?,*"level": "OK"*"profile": "@default"*"runtime": null*"name": "memory.swap.max",*"ok": false,*"section": "cgroup",*"key": "memory.swap.max",*"share": 0.0?,*"cure": "memory.swap.max = 0",*"line": 8*' \
	"" "score --json" policy score --json shop
says 0 "*" "" "a threshold that is kept" policy score --threshold 1 shop
says 1 "shop: *" "sandboxctl: shop: exposure 0.? is above 0.1"$'\n' "a threshold that is not" \
	policy score --threshold 0.1 shop
says 1 '{*"level": "OK"*' "sandboxctl: shop: *" "nor as JSON" policy score --json --threshold 0 shop
for n in 11 10.1 -1 1.55 .5 1. x ''; do
	says 2 "" "*--threshold '$n' is no number from 0 to 10*" "'$n' is no threshold" \
		policy score --threshold "$n" shop
done
says 2 "" "usage: sandboxctl policy score *" "score of nobody" policy score
printf 'version = 1\n[host]\nlsm = off\n' >sandboxctl.ini
says 0 "shop: exposure 1.? of 10: MEDIUM*
warning 1.[0-9][0-9] ?lsm? mode: *" "" "the host's file switches the LSM off: nothing is worse" policy score shop
rm sandboxctl.ini
printf 'version = 1\n[runtime]\ntype = wazero\n' >tenants/module.ini
says 0 "module: *
calls: of @wazero, as a module under wazero gets them
*" "" "a module's calls are the runtime's" policy score module
rm tenants/module.ini
echo nonsense >>tenants/shop.ini.d/10.ini
says 1 "" "$world/config/tenants/shop.ini.d/10.ini:6:1: error: 'nonsense': *" \
	"a policy with an error has no score" policy score shop
sed -i '$d' tenants/shop.ini.d/10.ini
says 1 "" "sandboxctl: tenant 'nobody' has no policy: *: copy *" "nor has a tenant without one" policy score nobody

# ---- keys ----

says 0 "*cgroup *memory.max *SIZE *256M *" "" "keys" sandboxctl policy keys
says 0 '*"key": "memory.max",*"form": "SIZE",*"default": "256M",*' "" "keys --json" sandboxctl policy keys --json

# ---- and it is what runs ----

cp -r common "$config/"
cp -r tenants/shop.ini tenants/shop.ini.d "$config/tenants/"
load
sandbox -t shop -- "$probe" env
like "environment and folder are those shown" "$line" "env: ok *FROM=base*"
sandbox -t shop -- "$probe" cwd
is "the drop-in's word is the last" "$line" "cwd: ok /"
is "in the cgroup too" "$(<"$base/shop.slice/pids.max")" 7
rm -r "$config/common" "$config/tenants/shop.ini.d"
cd /

finish
