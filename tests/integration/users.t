#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Tenants that run as a user of the host's: who they are to files, signals, sockets and terminals, who joins
# them, and whom nobody may be.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

cp -p /etc/passwd "$tmp/passwd"
cp -p /etc/group "$tmp/group"
cat >>/etc/passwd <<-'USERS'
	web-of-ours:x:4321:4322::/:/bin/false
	toor:x:0:0::/:/bin/false
USERS
cat >>/etc/group <<-'GROUPS'
	web-of-ours:x:4322:
	data-of-ours:x:4330:web-of-ours
GROUPS

mkdir -m 700 "$world/data" "$world/a"
chown 4321:4322 "$world/data" "$world/a"
echo "the group's" >"$world/shared"
chown 0:4330 "$world/shared"
chmod 640 "$world/shared"
tenant a <<POLICY
[filesystem]
exec = $world/bin
write = $world/data
own = $world/a
read = $world/shared
[process]
user = web-of-ours
POLICY
# The same user by its number, and another group.
tenant b <<POLICY
[filesystem]
exec = $world/bin
read = $world
[process]
user = 4321
group = data-of-ours
POLICY
tenant own <<POLICY
[filesystem]
exec = $world/bin
read = $world/data
[process]
group = 4330
POLICY
for name in near far; do
	tenant $name <<-POLICY
		[filesystem]
		exec = $world/bin
		[namespaces]
		pid = no
		[process]
		umask = 077
		$([[ $name == far ]] || echo user = web-of-ours)
	POLICY
done
load

# ---- who it is ----

start a/x "$probe" sleep 100000 </dev/null
first_process a/x
first=$REPLY
launched exec a/x -- "$probe" uid
is "who joins is the user with its own group, and none that it is a member of" "$line" \
	"uid: ok uid=4321,4321,4321 gid=4322,4322,4322 groups="
own=() ids=()
while read -r key numbers; do
	[[ $key != [UG]id: ]] || own+=("${numbers//$'\t'/ }")
done <"/proc/$first/status"
is "so is the command" "${own[*]}" "4321 4321 4321 4321 4322 4322 4322 4322"
read_all line "$state/sandboxes/a/x/status"
init=${line#*\"init\":} init=${init%%,*}
while read -r key numbers; do
	[[ $key != [UG]id: ]] || ids+=("${numbers//$'\t'/ }")
done <"/proc/$init/status"
is "and the sandbox's init" "${ids[*]}" "${own[*]}"
allowed "another tenant, by number and with a group" b uid
is "is that user and that group" "$line" "uid: ok uid=4321,4321,4321 gid=4330,4330,4330 groups="
allowed "with a group alone" own uid
like "the uid is the tenant's own" "$line" "uid: ok uid=20000[0-9]*,20000[0-9]*,20000[0-9]* gid=4330,4330,4330 groups="
number=${line#*uid=} number=${number%%,*}
denied user:EPERM "root can't be become" b setuid 0
allowed "nor is anything else to be become: only who it is" b setuid 4321
like "--dry-run says both numbers" "$(sandboxctl run -t a --dry-run --name n -- "$probe" uid)" \
	"tenant a id [0-9]* uid 4321 gid 4322 name n"$'\n'"*"

# ---- files ----

allowed "a file in the user's folder, written" a write "$world/data/file"
is "belongs to the user and its group" "$(stat -c %u:%g "$world/data/file")" 4321:4322
chmod 640 "$world/data/file"
allowed "who is the same user may read it" b read "$world/data/file"
denied user:EACCES "who isn't, may not, whatever is granted" own read "$world/data/file"
allowed "a file of the group's, read" b read "$world/shared"
denied user:EACCES "not by who is only a member of it" a read "$world/shared"
allowed "a file of its own, written" a write "$world/a/file"
denied lsm:file_open:owned "is another tenant's, though that is the same user" b read "$world/a/file"
sandbox -t b --tty -- "$probe" stat /dev/pts/0 </dev/null
like "its terminal is the user's and the group's" "$line" "stat: ok*mode=*620 uid=4321 gid=4330 *"

# ---- processes ----

setpriv --reuid 4321 --regid 4322 --clear-groups "$probe" sleep 100000 >/dev/null &
host=$!
for pid in "$first" "$host"; do
	who=$([[ $pid == "$host" ]] && echo "the host's" || echo "another tenant's")
	denied view:ESRCH "a process of the same user, $who, in its pid namespace" b kill "$pid" 0
	denied "lsm:task_kill:$([[ $pid == "$host" ]] && echo host || echo owned)" "without one, $who" near kill "$pid" 0
	denied user:EPERM "without one, with a uid of its own" far kill "$pid" 0
done
kill "$host"
wait "$host" 2>/dev/null
options=(--set "network.listen=tcp 127.0.0.1 7100")
start b/x "$probe" activated 100000 </dev/null
options=()
first_process b/x
is "a socket that it is handed is the user's" "$(awk '$4 == "0A" { print $8 }' "/proc/$REPLY/net/tcp")" 4321
stop b/x

# ---- what policy check says of it ----

sandboxctl policy check "$config/tenants/a.ini" >"$tmp/out" 2>"$tmp/err"
read_all err "$tmp/err"
like "two tenants of one user" "$?:$err" "0:*/a.ini:8:8: warning: user: 4321 is the user of tenant 'b' too (*/b.ini:6)*"
sandboxctl policy check "$config/tenants/near.ini" >"$tmp/out" 2>"$tmp/err"
read_all err "$tmp/err"
like "no pid namespace" "$err" "*/near.ini:8:8: warning: user: 'web-of-ours' is not the tenant's own: set '?namespaces? pid = yes'*"
check_of() { # PATTERN TEXT USER
	(umask 022 && printf 'version = 1\n[process]\nuser = %s\n' "$3" >"$world/c.ini")
	refuses "${1%%:*}" "$world/c.ini:3:8: ${1#*:}" "policy check: $2" sandboxctl policy check "$world/c.ini"
}
check_of "0:warning: user: 'web-of-no-one' is not in '/etc/passwd'*run would refuse (*" "nobody whom it knows" web-of-no-one
check_of "1:error: user: 'toor' is 0, which is root's (*" "root by another name" toor

# ---- whom nobody may be ----

set_to() { # VALUE PATTERN TEXT
	refuses 125 "sandboxctl: run: --set process.user=$1: user: $2: *" "$3" \
		sandboxctl run -t own --set process.user="$1" -- "$probe" exit 0
}
set_to toor "'toor' is 0, which is root's" "root by another name"
set_to web-of-no-one "'web-of-no-one' is not in '/etc/passwd', and nothing else is asked" "nobody whom the host knows"
set_to $((number + 1)) "$((number + 1)) is of the range that tenants have theirs from" "another tenant's, or one that will be"
set_to 600000 "600000 is systemd's, for containers" "one that a container may have"
sandbox -t own --set "process.user=$number" -- "$probe" uid
like "its own may be named" "$status:$line" "0:uid: ok uid=$number,*"

# ---- when the name stands for another one ----

sed -i 's/^web-of-ours:x:4321:/web-of-ours:x:4344:/' /etc/passwd
out=$(sandboxctl update a 2>&1)
is "a sandbox that runs keeps its user" "$out" "a/x keeps what it was started with: process"
launched exec a/x -- "$probe" uid
like "which nobody joins as another one" "$status:$err" "125:*process*"
sandbox -t near -- "$probe" uid
is "the next run is that one" "${line%% gid*}" "uid: ok uid=4344,4344,4344"
sed -i '/^web-of-ours:/d' /etc/passwd
launched exec a/x -- "$probe" uid
like "nor when it stands for nobody" "$status:$err" "125:*user: 'web-of-ours' is not in '/etc/passwd'*"
stop a/x

cat "$tmp/passwd" >/etc/passwd
cat "$tmp/group" >/etc/group
finish
