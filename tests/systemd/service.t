#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# sandboxctl as it is installed, where systemd is the init and the cgroups are systemd's.
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh disable=SC2034,SC2317
. "${0%/*}/../integration/lib.sh"

[[ $(</proc/1/comm) == systemd ]] || bail "systemd is not the init: tests/integration/run -s ${0##*/}"
cp -a "$repo/build/stage/." / || bail "installing"
PATH=/usr/local/bin:$PATH
hash -r
parent=/sys/fs/cgroup/system.slice
base=$parent/sandboxctl.service
units=/etc/systemd/system
log=$tmp/service.log

# Where there is no journal, what the service says goes to a file.
umask 022
mkdir -p "$units/sandboxctl.service.d"
printf '[Service]\nStandardOutput=append:%s\nStandardError=append:%s\n' "$log" "$log" \
	>"$units/sandboxctl.service.d/log.conf"
: >"$log"

# property UNIT NAME: its value, in REPLY.
property() {
	REPLY=$(systemctl show -P "$2" "$1")
}

# comes COMMAND...: waits until it succeeds.
comes() {
	local tries=0
	until "$@" 2>/dev/null; do
		((++tries < 2000)) || bail "waited in vain: $*"
	done
}

# is_in UNIT STATE
is_in() {
	property "$1" ActiveState
	[[ $REPLY == "$2" ]]
}

# says CODE PATTERN TEXT COMMAND...
says() {
	status=0
	"${@:4}" >"$tmp/out" 2>&1 </dev/null || status=$?
	read_all out "$tmp/out"
	like "$3" "$status:$out" "$1:$2"
}

# What the service left in its log since the last look.
logged() {
	read_all err "$log"
	: >"$log"
}

# Of the base, its tenants and sandboxes: all that systemd could have changed.
tree() {
	(cd "$base" && grep -r "" --include=cgroup.procs --include=cgroup.subtree_control \
		--include=memory.max --include=pids.max --include=cpu.max . | LC_ALL=C sort)
}

mkdir -m 777 "$world"/{a,b}
echo a >"$world/a/file"
echo b >"$world/b/file"
for name in a b; do
	tenant "$name" <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/$name
		read = $world
		[cgroup]
		memory.max = 64M
		pids.max = 10
		cpu.weight = 50
		io.weight = 50
		cpuset.cpus = 0
	POLICY
done

# ---- installed, and not started ----

says 0 "" "systemd finds nothing wrong with the unit" systemd-analyze verify --man=no sandboxctl.service
no_base="the cgroups are systemd's, and sandboxctl.service doesn't run: systemctl enable --now sandboxctl"
says 125 "sandboxctl: run: $no_base"$'\n' "run doesn't reach into systemd's tree" \
	sandboxctl run -t a -- "$probe" exit 0
says 1 "sandboxctl: lsm load: $no_base"$'\n' "nor does lsm load" sandboxctl lsm load
says 1 "*FAIL  base cgroup  * $no_base"$'\n*' "doctor says so" sandboxctl doctor
is "and nothing was made" "$(echo /sys/fs/cgroup/sandboxct[l] "$parent"/sandboxct[l].service)" ""

# ---- started ----

above() {
	cat /sys/fs/cgroup/cgroup.subtree_control "$parent/cgroup.subtree_control"
}

ok "systemctl enable --now" systemctl enable --now sandboxctl 2>/dev/null
ok "it will be, at the next boot" systemctl -q is-enabled sandboxctl
as_made=$(above)
logged
is "it said nothing" "$err" ""
property sandboxctl MainPID && hold=$REPLY
is "the base is left to the tenants" "$(<"$base/cgroup.procs")" ""
is "what stays sits beside them" "$(<"$base/.control/cgroup.procs")" "$hold"
while read -r key value _; do
	[[ $key != Anonymous: ]] || is "it holds less than 128 KB" "$((value < 128))" 1
done <"/proc/$hold/smaps_rollup"
is "all controllers are there" "$(tr ' ' '\n' <"$base/cgroup.controllers" | sort | tr '\n' ' ')" \
	"cpu cpuset io memory pids "
is "and no limit that the unit didn't ask for" "$(<"$base/pids.max") $(<"$base/memory.max")" "max max"
like "the LSM is loaded" "$(sandboxctl lsm status)" "loaded: *"
like "doctor says whose the base is" "$(sandboxctl doctor)" \
	"*ok    base cgroup         /system.slice/sandboxctl.service: sandboxctl.service's, delegated by systemd*"
like "and whoever asks" "$(setpriv --reuid=65534 --clear-groups sandboxctl doctor)" "*ok    base cgroup  *"
like "run --dry-run, where it would be" "$(sandboxctl run -t a --name x --dry-run -- "$probe" exit 0)" \
	"*cgroup /system.slice/sandboxctl.service/a.slice/x.scope*"

allowed "a sandbox: its own" a read "$world/a/file"
denied lsm:file_open:owned "a sandbox: another's" a read "$world/b/file"
slice=$base/a.slice
is "its tenant has its limits" "$(<"$slice/memory.max") $(<"$slice/pids.max") $(<"$slice/cpu.weight")" \
	"$((64 << 20)) 10 50"
sandbox -t a -- "$probe" alloc 100
field reason
is "which hold" "$status $REPLY" "137 oom"
ok "which is no reason for the service to end" systemctl -q is-active sandboxctl
is "what is above is as systemd has made it" "$(above)" "$as_made"

# ---- whose is who, in the base ----

start a/x "$probe" sleep 1000 </dev/null
x=$slice/x.scope

# moved FILE CGROUP...: joins one after the other, opens something in each, and then FILE.
moved() {
	(
		for cgroup in "${@:2}"; do
			echo "$BASHPID" >"$cgroup/cgroup.procs" || exit
			read -r _ <"$1"
		done
		if read -r text <"$1"; then echo "ok $text"; else echo denied; fi
	) >"$tmp/out" 2>"$tmp/err" </dev/null
	read_all line "$tmp/out"
	line=${line%$'\n'}
}
# From a sandbox the rest of the tree can't be opened any more: its descriptors are had before.
moved_out() {
	(
		exec {out}>"$3/cgroup.procs" {file}<"$1" || exit
		echo "$BASHPID" >"$2/cgroup.procs"
		read -r _ <"$1"
		echo "$BASHPID" >&"$out" || exit
		if read -r text <"$1"; then echo "ok $text"; else echo denied; fi
	) >"$tmp/out" 2>"$tmp/err" </dev/null
	read_all line "$tmp/out"
	line=${line%$'\n'}
}
mkdir "$base/stray" "$base/stray/.control"
moved "$world/a/file" "$base/.control"
is "what systemd runs of the service is the host's" "$line" "ok a"
moved "$world/a/file" "$base/stray"
is "another cgroup below the base is nobody's" "$line" "denied"
moved "$world/a/file" "$base/stray/.control"
is "whatever its name" "$line" "denied"
moved_out "$world/b/file" "$x" "$base/.control"
is "who comes out of a sandbox isn't freed there" "$line" "denied"
rmdir "$base/stray/.control" "$base/stray"
# The test's shell was in there for a moment: what it was denied counts for the sandbox.
expected[a/x:file_open]=1

# ---- systemd about its business ----

before=$(tree)
ok "daemon-reload" systemctl daemon-reload
is "changes nothing" "$(tree)" "$before"
ok "daemon-reexec" systemctl daemon-reexec
is "changes nothing" "$(tree)" "$before"
printf '[Service]\nType=oneshot\nCPUWeight=20\nIOWeight=20\nExecStart=/bin/true\n' >"$units/other.service"
ok "another service starts and ends" systemctl start other
is "changes nothing" "$(tree)" "$before"
ok "a property of the service's" systemctl set-property --runtime sandboxctl.service MemoryMax=1G
is "is that of all tenants" "$(<"$base/memory.max")" "$((1 << 30))"
systemctl daemon-reload
is "and changes nothing else" "$(tree | grep -v '^./memory.max')" "$(grep -v '^./memory.max' <<<"$before")"
denied lsm:file_open:owned "the sandbox is enforced" a/x read "$world/b/file"
allowed "not more than that" a/x read "$world/a/file"

# ---- a socket unit ----

printf '[Socket]\nListenStream=127.0.0.1:7140\nFileDescriptorName=web\n' >"$units/web.socket"
printf '[Unit]\nRequires=sandboxctl.service\nAfter=sandboxctl.service\n[Service]\nType=exec\nStandardOutput=append:%s\nExecStart=%s\nSuccessExitStatus=143\n' \
	"$tmp/web" "/usr/local/bin/sandboxctl run -t a --name web -- $probe activated 3600" >"$units/web.service"
systemctl daemon-reload
ok "systemctl start web.socket" systemctl start web.socket
is "nobody runs yet" "$(sandboxctl list --json | grep -c web)" 0
is "who comes starts the sandbox, and is served by it" "$("$probe" ask tcp 127.0.0.1 7140)" "ask: ok hello"
is "it was told which socket" "$(<"$tmp/web")" "activated: ok 1 LISTEN_FDS=1 LISTEN_FDNAMES=web LISTEN_PID=mine"
ok "its service stops" systemctl stop web.service web.socket
rm "$units"/web.{socket,service}
systemctl daemon-reload

# ---- reload ----

tenant c <<POLICY
[filesystem]
exec = $world/bin
own = $world/c
POLICY
mkdir -m 777 "$world/c"
says 125 "*is not what was loaded: sandboxctl lsm load"$'\n' "a new tenant: nobody runs" \
	sandboxctl run -t a -- "$probe" exit 0
ok "systemctl reload" systemctl reload sandboxctl
allowed "makes it known" c write "$world/c/new"
tenant c <<<"[cgroup]
memory.max = much"
says 1 "*" "a reload with a policy in error fails" systemctl reload sandboxctl
logged
like "the service's log says why" "$err" "*c.ini:3: memory.max: 'much' is not a size*"
ok "it goes on" systemctl -q is-active sandboxctl
denied lsm:file_open:owned "what runs is enforced as before" a/x read "$world/b/file"
rm "$config/tenants/c.ini"
ok "mended, it succeeds" systemctl reload sandboxctl
stop a/x

# ---- wrapped services ----

# wrapped NAME COMMAND <<UNIT: a service whose command is in a sandbox of a's.
wrapped() {
	{
		printf '[Unit]\nRequires=sandboxctl.service\nAfter=sandboxctl.service\n[Service]\n'
		printf 'ExecStart=/usr/local/bin/sandboxctl run -t a --name %s -- %s\n' "$1" "$2"
		printf 'StandardOutput=append:%s\nStandardError=append:%s\n' "$log" "$log"
		cat
	} >"$units/$1.service"
	systemctl daemon-reload
}

# The first process of a's sandbox NAME, in `pid`.
first_of() {
	read -r pid <"$base/a.slice/$1.scope/cgroup.procs"
}

cp "$busybox" "$world/bin/sh"
sh=$world/bin/sh
wrapped seven "$probe exit 7" <<<"Type=exec"
systemctl start seven
comes is_in seven failed
property seven ExecMainStatus
is "its exit code is the command's" "$REPLY" 7

wrapped web "$probe sleep 1000" <<<"Type=exec"
ok "systemctl start" systemctl start web
comes first_of web
property web MainPID
is "sandboxctl stays in its service" "$(<"/proc/$REPLY/cgroup")" "0::/system.slice/web.service"
ok "and is all that is in there" test "$(<"$parent/web.service/cgroup.procs")" = "$REPLY"
logged
ok "systemctl stop" systemctl stop web
ok "ends the command" test ! -d "/proc/$pid"
ok "and takes its cgroup away" test ! -d "$base/a.slice/web.scope"
logged
like "for the signal that was passed on" "$err" "*a/web: reason=signal*"

systemctl start web
comes first_of web
ok "systemctl kill -s KILL, which nobody can pass on" systemctl kill -s KILL web
comes test ! -d "/proc/$pid"
result ok "ends the command with its supervisor"
property web Result
is "systemd knows why" "$REPLY" signal
says 0 "exit: ok*" "and its name can be had again" sandboxctl run -t a --name web -- "$probe" exit 0
systemctl reset-failed

# ---- in the background ----

# background NAME OPTION COMMAND: a service that leaves a sandbox of a's behind and ends.
background() {
	printf '[Service]\nType=oneshot\nExecStart=/usr/local/bin/sandboxctl run -t a --name %s --detach %s -- %s\n' \
		"$1" "$2" "$3" >"$units/$1.service"
	systemctl daemon-reload
	systemctl start "$1"
}
supervisor_of() { # NAME
	read_all json "$state/sandboxes/a/$1/status"
	field supervisor
}
ok "a service that leaves a sandbox in the background" background back "--timeout 1h" "$probe sleep 1000"
comes is_in back inactive
supervisor_of back
is "its supervisor is in the base's service, and not in the one that has ended" \
	"$(<"/proc/$REPLY/cgroup"):$(echo "$parent"/back.servic[e])" "0::/system.slice/sandboxctl.service/.control:"
like "the sandbox runs on" "$(sandboxctl list)" "*a *back *running *"
like "daemon-reexec" "$(systemctl daemon-reexec && sandboxctl list)" "*a *back *running *"
sandboxctl wait a/back >"$tmp/out" &
waiter=$!
until [[ $(readlink /proc/$waiter/fd/* 2>/dev/null) == */outcome* ]]; do :; done
ok "it can be ended" sandboxctl kill a/back
wait "$waiter"
is "and how is told" "$?:$(<"$tmp/out")" "137:a/back: reason=signal exit_code=137 signal=9"

# ---- stop ----

starts_again() {
	logged
	systemctl start sandboxctl
	status=$?
	logged
	is "it starts again" "$status:$err" "0:"
}

# On SIGTERM it tries another's file, and takes its time for it.
cat >"$world/a/slow" <<SLOW
trap 'read -r x <$world/b/file && echo freed >$world/a/said; sleep 1; echo bye >>$world/a/said; exit 0' TERM
echo up >$world/a/up
while :; do sleep 0.1; done
SLOW
cp "$busybox" "$world/bin/sleep"
wrapped slow "$sh $world/a/slow" <<<"Type=exec"
systemctl start slow
comes test -s "$world/a/up"
start b/y "$probe" sleep 1000 </dev/null
background back "--log $world/back.log" "$probe sleep 1000"
logged
ok "systemctl stop, while sandboxes run" systemctl stop sandboxctl
is "each was asked to end, and had the time; it was enforced to the end" "$(<"$world/a/said")" bye
ended b/y
is "so was one that no service has started" "$status" 143
is "and one in the background, whose supervisor reported it" "$(<"$world/back.log")" \
	"sleep: ok"$'\n'"sandboxctl: a/back: reason=signal exit_code=143 signal=15"
property slow ActiveState
is "the service that needs it was stopped before" "$REPLY" inactive
says 1 "sandboxctl: the LSM is not loaded: sandboxctl lsm load"$'\n' "the LSM is unloaded" sandboxctl lsm status
ok "the cgroup is gone" test ! -e "$base"
property sandboxctl Result
is "and all went well" "$REPLY" success
says 125 "sandboxctl: run: $no_base"$'\n' "nothing runs after that" sandboxctl run -t a -- "$probe" exit 0
systemctl set-property --runtime sandboxctl.service MemoryMax=2G
says 125 "sandboxctl: run: $no_base"$'\n' "whatever systemd makes the cgroup for" \
	sandboxctl run -t a -- "$probe" exit 0

starts_again
"$probe" sleep 1000 >"$tmp/out" &
stray=$!
comes test -s "$tmp/out"
echo "$stray" >"$base/cgroup.procs"
still="sandboxctl: processes in '/system.slice/sandboxctl.service' are still enforced: *"
says 1 "$still" "lsm unload counts who sits in the base itself" sandboxctl lsm unload
kill "$stray"
wait "$stray" 2>/dev/null
denied lsm:file_open:owned "enforced as before" a read "$world/b/file"

# As long as that it may take to unload, too.
printf '[Service]\nTimeoutStopSec=10s\n' >"$units/sandboxctl.service.d/time.conf"
systemctl daemon-reload
cat >"$world/a/deaf" <<<"trap '' TERM; echo up; while :; do sleep 0.1; done"
start a/deaf "$sh" "$world/a/deaf" </dev/null
ok "systemctl restart, while one doesn't listen" systemctl restart sandboxctl
ended a/deaf
is "it was killed" "$status" 137
denied lsm:file_open:owned "and it runs anew" a read "$world/b/file"
rm "$units/sandboxctl.service.d/time.conf"
systemctl daemon-reload

# Killed, the service ends as a whole: sandboxes first.
start a/x "$probe" sleep 1000 </dev/null
systemctl kill -s KILL --kill-whom=main sandboxctl
ended a/x
is "without its main process the sandboxes end" "$status" 143
comes is_in sandboxctl failed
says 1 "sandboxctl: the LSM is not loaded: sandboxctl lsm load"$'\n' "and then the LSM" sandboxctl lsm status
starts_again

# ---- a base of one's own ----

(umask 022 && printf 'version = 1\n[host]\nbase = /elsewhere\n' >"$config/sandboxctl.ini")
elsewhere="the LSM watches another base cgroup than the configured one: *"
says 125 "sandboxctl: run: *$elsewhere" "with another base configured: run" \
	sandboxctl run -t a -- "$probe" exit 0
says 1 "sandboxctl: lsm load: *$elsewhere" "with another base configured: lsm load" sandboxctl lsm load
like "with another base configured: doctor" "$(sandboxctl doctor)" \
	"*ok    base cgroup         /elsewhere: sandboxctl.ini says so*"
rm "$config/sandboxctl.ini"
rmdir /sys/fs/cgroup/elsewhere

# `finish` looks for what is left in a base that stays.
start a/x "$probe" sleep 1000 </dev/null
says 1 "$still" "lsm unload counts the sandboxes" sandboxctl lsm unload
stop a/x
ok "and not the service itself" sandboxctl lsm unload
ok "which stays" systemctl -q is-active sandboxctl
ok "and loads it again" systemctl reload sandboxctl
ok "systemctl stop, when idle" systemctl stop sandboxctl

finish
