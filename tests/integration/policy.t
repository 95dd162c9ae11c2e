#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The policy commands, as people use them. What the parser says of each kind of mistake is for the unit
# tests and their fixtures.
#
# Kernel: 6.1
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
says 2 "" "sandboxctl: policy check: unrecognized option '--bogus': see sandboxctl policy check --help"$'\n' \
	"an unknown option" sandboxctl policy check --bogus

# ---- check, beyond the file ----

mkdir new
mkdir -m 777 "$world"/{open,mine,theirs,theirs/in}
mkdir -m 700 "$world/shut"
mkdir -m 777 "$world/shut/in"
ln -s theirs "$world/alias"
ln -s ../mine "$world/open/link"
cat >tenants/neighbour.ini <<-INI
	version = 1
	[tenant]
	id = 4320
	[filesystem]
	own = $world/theirs
INI

# checked CODE ERR TEXT [COMMAND...] <<POLICY: of the tenant `newcomer`, by COMMAND.
checked() {
	local text
	IFS= read -rd '' text
	printf 'version = 1\n%s' "$text" >new/newcomer.ini
	says "$1" "" "$2" "$3" "${@:4}" sandboxctl --config-dir . policy check new/newcomer.ini
}
# grants CODE ERR TEXT LINE: with the uid that the files below are made for.
uid=2000004321
grants() {
	checked "${@:1:3}" <<-INI
		[tenant]
		id = 4321
		[filesystem]
		$4
	INI
}
owned="theirs', which tenant 'neighbour' owns (./tenants/neighbour.ini:5)"

checked 0 "" "a grant above another's own is fine, and so is an own beside it" <<INI
[filesystem]
read = $world
own = $world/mine
INI
checked 1 "new/newcomer.ini:3:8: error: read '$world/theirs/in' lies in '$world/$owned
    3 | read = $world/theirs/in
      |        ^
" "a grant inside another's own" <<INI
[filesystem]
read = $world/theirs/in
INI
checked 1 "*:3:9: error: write '$world/theirs/in' lies in '$world/$owned*" "the same through a symlink" <<INI
[filesystem]
write = $world/alias/in
INI
checked 1 "*:4:9: error: share '$world/theirs/in' lies in '$world/$owned*" "another's own is nobody's to share" <<INI
[filesystem]
own = $world/mine
share = $world/theirs/in
INI
checked 1 "*:4:9: error: share '$world' lies in nothing that tenant 'newcomer' owns*" "nor is what nobody owns" <<INI
[filesystem]
own = $world/mine
share = $world
INI
checked 0 "*:4:9: warning: '$world/mine/to-come' is not there: what gets that name is granted, if it is no folder*" \
	"what isn't there is granted by its name, where its folder is seen" <<INI
[filesystem]
root = host
write = $world/mine/to-come
INI
printf 'version = 1\n[host]\nlsm = off\n' >sandboxctl.ini
checked 0 "*:4:9: warning: '$world/mine/to-come' is not there, and without the LSM all of its folder would be open: \
run would refuse (make it, or grant its folder)*" "not on a host without the LSM" <<INI
[filesystem]
root = host
write = $world/mine/to-come
INI
checked 0 "*:4:8: warning: '$world/mine/to-come' is not there: what gets that name is granted*" \
	"but to be read, which opens nothing" <<INI
[filesystem]
root = host
read = $world/mine/to-come
INI
printf 'nonsense\n' >sandboxctl.ini
checked 0 "*: warning: ids and file modes were not checked: *:4:9: warning: *: what gets that name is granted*" \
	"of a host that can't be known it goes by the policy alone" <<INI
[filesystem]
root = host
write = $world/mine/to-come
INI
rm sandboxctl.ini
checked 0 "*:4:9: warning: '$world/mine/to-come' is not there: run would refuse*" \
	"but not what is written as a folder" <<INI
[filesystem]
root = host
write = $world/mine/to-come/
INI
checked 0 "*:4:9: warning: '$world/mine/to-come' is not there*" "what isn't there is shared by its name" <<INI
[filesystem]
own = $world/mine
share = $world/mine/to-come
INI
cp tenants/neighbour.ini neighbour
echo "share = $world/theirs/in" >>tenants/neighbour.ini
checked 0 "" "a grant in what another shares" <<INI
[filesystem]
read = $world/theirs/in
INI
checked 1 "*:3:7: error: own '$world/theirs/in' lies in '$world/$owned*" "what another shares is its own still" <<INI
[filesystem]
own = $world/theirs/in
INI
cp neighbour tenants/neighbour.ini
checked 1 "*:3:7: error: own '$world/theirs' lies in '$world/$owned*" "another's own as one's own" <<INI
[filesystem]
own = $world/theirs
INI
checked 1 "*:3:7: error: tenant 'shop': own '$world/a' lies in '$world', which tenant 'newcomer' owns (./ten*:5)*" \
	"an own around another's; the first of several by path" <<INI
[filesystem]
own = $world
INI
checked 1 "new/newcomer.ini:3:6: error: id: 4320 is the id of tenant 'neighbour' too (./tenants/neighbour.ini:3)*" \
	"another's id" <<INI
[tenant]
id = 4320
INI
ln -s . $'odd\xff'
says 1 '*"errors": 1,*"problems": ?*"severity": "error",*"text": "id: 4320 is the id of * too ?odd'$'\xef\xbf\xbd''/tenants/neighbour.ini:3?"*' \
	"" "a folder's name that isn't UTF-8, as JSON" sandboxctl --config-dir $'odd\xff' policy check --json new/newcomer.ini
rm $'odd\xff'
checked 0 "" "an id of its own" <<INI
[tenant]
id = 4321
INI

printf 'version = 1\n[filesystem]\nown = %s\n' "$world/theirs" >new/newcomer.ini
printf 'version = 1\n[filesystem]\nown = %s\n' "$world/open" >new/neighbour.ini
says 1 "" "*lies in '$world/$owned*" "what another gives up is its own while it isn't checked too" \
	sandboxctl --config-dir . policy check new/newcomer.ini
says 0 "" "" "files that are checked together count in the places of those in the folder" \
	sandboxctl --config-dir . policy check new/newcomer.ini new/neighbour.ini
printf 'version = 1\nnonsense\n' >tenants/broken.ini
checked 0 "new/newcomer.ini: warning: tenant 'broken' was not compared: ./tenants/broken.ini:2: *" \
	"another tenant's broken policy is named" <<INI
[filesystem]
read = $world/mine
INI
says 1 "" "tenants/broken.ini:2:1: error: *nonsense
      | ^
" "a broken policy that is checked is not compared as another's once more" \
	sandboxctl --config-dir . policy check tenants/broken.ini new/newcomer.ini
rm tenants/broken.ini
printf 'version = 1\n[filesystem]\nown = %s/%%i\n' "$world/mine" >tenants/fresh.ini
checked 0 "new/newcomer.ini: warning: tenant 'fresh': own '$world/mine/%i' was not compared: *
new/newcomer.ini:3:7: warning: '$world/mine/%i' depends on *" "what has an id in it is nobody's before there is one" <<INI
[filesystem]
own = $world/mine/%i
INI
checked 1 "*:3:8: error: read '$world/theirs/%i' lies in '$world/$owned*" \
	"the folder above it may be another's all the same" <<INI
[filesystem]
read = $world/theirs/%i
INI
printf '[tenant]\nid = 4319\n' >>tenants/fresh.ini
mkdir -m 777 "$world/mine/4319"
checked 1 "*:3:8: error: read '$world/mine/4319' lies in '$world/mine/4319', which tenant 'fresh' owns *" \
	"and its tenant's with one" <<INI
[filesystem]
read = $world/mine/4319
INI
rm -r tenants/fresh.ini "$world/mine/4319"

grants 0 "new/newcomer.ini:5:8: warning: '$world/gone' is not there, and its folder is not in sight: run would refuse \
(make it, grant its folder, or set 'root = host')
    5 | read = $world/gone
      |        ^
" "what isn't there" "read = $world/gone"
says 0 '*"errors": 0,*"warnings": 1,*"severity": "warning",*is not there*' "" "a warning as JSON" \
	sandboxctl --config-dir . policy check --json new/newcomer.ini
checked 0 "*:3:8: warning: '$world/shut/in' could not be looked at: Permission denied; ask as root*" \
	"what only root may look at" nobody <<INI
[filesystem]
read = $world/shut/in
INI
checked 0 "" "by root" <<INI
[filesystem]
read = $world/shut/in
INI

link="'$world/open/link' is a symlink that others than root can change"
grants 1 "*:5:8: error: $link (name the file that it points to)*" "a symlink that others can change" \
	"read = $world/open/link"
says 125 "" "*: $link: name the file that it points to"$'\n' "run says the same" \
	sandboxctl --config-dir . run --policy new/newcomer.ini -- "$probe" exit 0
grants 0 "" "what it points to" "read = $world/mine"

cant="the tenant, uid $uid, can't"
for name in program library.so.1 secret list; do
	echo >"$world/mine/$name"
done
chmod 600 "$world/mine"/{secret,list}
grants 0 "*:5:8: warning: '$world/shut' has mode 0700, uid 0 and gid 0: $cant enter it*" \
	"a folder that its uid can't enter" "read = $world/shut"
grants 0 "*:5:8: warning: '$world/mine/secret' has mode 0600, uid 0 and gid 0: $cant read it*" \
	"a file that it can't read" "read = $world/mine/secret"
chgrp $uid "$world/mine/secret" && chmod 640 "$world/mine/secret"
grants 0 "" "that it can read by its group" "read = $world/mine/secret"
grants 0 "*:5:7: warning: '$world/bin' has mode 0755, uid 0 and gid 0: $cant write to it*" \
	"a folder that it can't write to" "own = $world/bin"
grants 0 "" "one that it can" "own = $world/mine"
grants 0 "*: '$world/mine/program' has mode 0644, *: $cant execute it*" "a program without its bit" \
	"exec = $world/mine/program"
grants 0 "" "a library is mapped, not executed" "exec = $world/mine/library.so.1"
chmod 711 "$world/mine/program"
grants 0 "" "one with it" "exec = $world/mine/program"
# setxattr(2) of what setfacl -m u:UID:r would write.
perl -e '($uid, $file, $name) = (@ARGV, "system.posix_acl_access");
	$acl = pack "V(vvV)*", 2, 1, 6, -1, 2, 4, $uid, 4, 0, -1, 16, 4, -1, 32, 0, -1;
	syscall(188, $file, $name, $acl, length $acl, 0) == 0 or die $!' $uid "$world/mine/list" ||
	bail "setxattr"
grants 0 "" "an access control list may give what the mode doesn't" "read = $world/mine/list"
grants 0 "" "folders above are the private root's own" "read = $world/shut/in"
grants 0 "*:5:19: warning: '$world/shut' has mode 0700, *: $cant enter it*" \
	"but below another grant" "read = $world $world/shut/in"

root=/sys/fs/cgroup
echo "cpu memory pids" >"$tmp/controllers"
mount --bind "$tmp/controllers" $root/cgroup.controllers
mount --bind "$tmp/controllers" $root/cgroup.subtree_control
no_io="io.weight: cgroup '/' has no controller 'io'"
checked 0 "new/newcomer.ini:3:13: warning: ?cgroup? $no_io: run would refuse (*'io.weight =')
    3 | io.weight = 200
      |             ^
" "a controller that this host hasn't" <<INI
[cgroup]
io.weight = 200
INI
checked 0 "new/newcomer.ini: warning: the default of ?cgroup? $no_io: run would refuse (*" \
	"the same of a default" nobody <<INI
[filesystem]
exec = $world/bin
INI
cp new/newcomer.ini "$config/tenants/"
load
says 125 "" "*: $no_io: *" "run refuses that" sandboxctl run -t newcomer -- "$probe" exit 0
rm "$config/tenants/newcomer.ini"
checked 0 "" "without that limit" <<INI
[cgroup]
io.weight =
INI
umount $root/cgroup.controllers $root/cgroup.subtree_control
checked 0 "" "with the controller" <<INI
[cgroup]
io.weight = 200
INI
rm tenants/neighbour.ini

# ---- show ----

says 0 "version = 1

?runtime?
# the defaults
start.timeout = 5s
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
says 0 "*# --set cgroup.pids.max=9
pids.max = 9
*" "" "show: what run would be given" policy show --set cgroup.pids.max=9 shop
[[ $out == *"pids.max = 7"* ]] && result "not ok" "show: what was overridden by it is not said" "$out"
says 0 '*"value": "9",*"file": "--set cgroup.pids.max=9"*' "" "the same in JSON" \
	policy show --json --set cgroup.pids.max=9 shop
says 1 "" "--set cgroup.pids.max=x: error: pids.max: 'x' is not a number*" "and what is wrong with it" \
	policy show --set cgroup.pids.max=x shop
says 0 "allowed: --set network.connect=tcp 10.0.0.0/8 443: *" "" "explain takes it" policy explain \
	--set network.mode=host --set "network.connect=tcp 10.0.0.0/8 443" shop connect tcp 10.1.2.3 443
says 0 "*--set network.mode=host: *" "" "score takes it" policy score --set network.mode=host shop
says 1 "" "sandboxctl: tenant 'nobody' has no policy: *: copy *" "a tenant without a policy" policy show nobody
echo nonsense >>tenants/shop.ini.d/10.ini
says 1 "" "$world/config/tenants/shop.ini.d/10.ini:6:1: error: 'nonsense': *" "a policy with an error" \
	policy show shop
sed -i '$d' tenants/shop.ini.d/10.ini

# ---- explain ----

says 0 '{"allowed":true,"verdict":"allowed","why":"read = /srv/world/read",*"file":"'"$world"'/config/tenants/../common/base.ini","line":3}*' \
	"" "explain --json" policy explain --json shop open /srv/world/read
says 0 '{"allowed":false,"verdict":"denied","why":"read = /srv/world/read","cure":"write = /srv/world/read/'$'\xef\xbf\xbd''.x in *",*"line":3}*' \
	"" "explain --json of a name that isn't UTF-8" \
	policy explain --json shop write $'/srv/world/read/\xff.x'

ln -s "$world/read" "$world/way"
says 0 "denied: the symlink '$world/way' is not in the private root: ask about '$world/read'"$'\n' "" \
	"a link that leads to what is granted" policy explain shop open "$world/way"
ln -s $'\e[2J/x' "$world/read/escape"
mkdir "$world/read/"$'\e[2J'
says 0 "*would allow it: write = $world/read/[?][[]2J/x in *" "" "a link steers no terminal" \
	policy explain shop write "$world/read/escape"
rmdir "$world/read/"$'\e[2J'
says 1 "" "*'$world/read/[?][[]2J'*" "nor does an error" policy explain shop write "$world/read/escape"
rm "$world/read/escape"
cat >tenants/calls.ini <<-'INI'
	version = 1
	[seccomp]
	deny = socket(domain != AF_INET)
INI
explains() { # VERDICT TEXT ARG...
	says 0 "$1: *" "" "$2" policy explain "${@:3}"
}
explains "depends: $world/config/tenants/calls.ini:3" \
	"a call that is denied in part" calls syscall socket
explains "denied: $world/config/tenants/calls.ini:3" "the part" calls syscall 'socket(domain == AF_UNIX)'
explains "allowed" "and the other one" calls syscall 'socket(domain == AF_INET && type == 2)'
says 2 "" "sandboxctl: policy explain: 'socket(domain == AF_UNIXX)': *" "a test that is none" policy explain calls syscall 'socket(domain == AF_UNIXX)'
mkdir -m 777 "$world"/read/{web,77}
cat >tenants/percent.ini <<-'INI'
	version = 1
	[tenant]
	id = 77
	[filesystem]
	read = /srv/world/read/%n
	write = /srv/world/read/%i
INI
says 0 "" "*percent.ini:5:8: warning: '/srv/world/read/%n' depends on %n, *" "%n is known to a sandbox alone" \
	policy check tenants/percent.ini
says 1 "" "*percent.ini:5: '/srv/world/read/%n' depends on %n, *--name"$'\n' "explain without it" \
	policy explain percent open "$world/read/web"
explains allowed "explain with it" --name web percent open "$world/read/web"
explains denied "of another sandbox" --name 77 percent open "$world/read/web"
explains allowed "%i is known to all" --name web percent write "$world/read/77/x"
says 2 "" "sandboxctl: policy explain: --name 'a/b': *" "a name that is none" policy explain --name a/b percent open "$world"
sed -i '/^id/d' tenants/percent.ini
says 1 "" "*percent.ini:5: '/srv/world/read/%i' depends on %i, *: give it one with *" "nobody knows the id" \
	policy explain --name web percent write "$world/read/77/x"
rm tenants/{calls,percent}.ini

cat >tenants/lax.ini <<-'INI'
	version = 1
	[filesystem]
	root = host
	write = /srv/world/read
	[lsm]
	mode = off
INI
cat >tenants/owner.ini <<-'INI'
	version = 1
	[filesystem]
	own = /srv/world/read/absent /srv/world/owned
INI
echo x >"$world/owned"
ln "$world/owned" "$world/read/link"
lax=$world/config/tenants/lax.ini owner=$world/config/tenants/owner.ini
says 0 "lifted: $lax:3: *
goes through: $lax:6: mode = off in [[]lsm]
would allow it: read = /etc/passwd in [[]filesystem]
" "" "what the mode lets through" policy explain lax read /etc/passwd
says 0 '{"allowed":true,"verdict":"lifted",*"cure":"own = /srv/world/read/x in *","lifted_by":"mode = off",*"line":4}*' "" \
	"in JSON, too" policy explain --json lax metadata "$world/read/x"
explains "denied: $lax:3" "but what a mount refuses" lax write /etc/passwd
says 0 "denied: $owner:3: tenant 'owner' owns '$world/read/absent'"$'\n'"would allow it: share = $world/read/absent in [[]filesystem] of *" "" "what isn't there is its owner's by its name" \
	policy explain lax write "$world/read/absent"
says 0 "denied: $owner:3: tenant 'owner' owns '$world/owned', which is '$world/read/link'"$'\n' "" \
	"what is owned is so by another name as well" policy explain lax read "$world/read/link"
mkdir -p "$world"/tree/{part,rest}
printf '%s\n' "own = $world/tree" "share = $world/tree/part" >>tenants/owner.ini
explains "lifted: $lax:3" "what its owner shares is as what is nobody's" lax read "$world/tree/part/x"
says 0 "denied: $owner:4: tenant 'owner' owns '$world/tree'"$'\n*' "" "and the rest isn't" policy explain lax read "$world/tree/rest"
sed -i '4,$d' tenants/owner.ini
says 1 "" "*owner.ini:3: *'/srv/world/read/absent'*" "its owner's own runs need it" policy explain owner read "$world/owned"
echo "root = host" >>tenants/owner.ini
says 0 "allowed: $owner:3: own = $world/read/absent"$'\n' "" "but where they see its folder" policy explain owner metadata "$world/read/absent"
says 0 "denied: $owner:4: *" "" "and what is beside it is as it was" policy explain owner write "$world/read/beside"
sed -i '4,$d' tenants/owner.ini
sed -i 's/^own = .*/own = \/srv\/world\/none\/absent/' tenants/owner.ini
says 1 "" "*owner.ini:3: *'/srv/world/none/absent'*" "whose folder isn't there keeps all from running" \
	policy explain lax read "$world/read"
sed -i 's/^own = .*/own = \/srv\/world\/owned/' tenants/owner.ini
printf '%s\n' "version = 1" "[host]" "lsm = off" >sandboxctl.ini
says 0 "lifted: $lax:3: *
goes through: lsm = off in sandboxctl.ini
*" "" "without the LSM all is let through that it would deny" policy explain --set lsm.mode=enforce lax read /etc/passwd
explains "allowed: $lax:4" "and nobody's own is closed" lax read "$world/read/link"
rm sandboxctl.ini tenants/{lax,owner}.ini "$world/read/link"

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
warning [01].[0-9][0-9] ?lsm? mode: *" "" "the host's file switches the LSM off: nothing is worse" policy score shop
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

# ---- import, export ----

cat >engine.json <<-'JSON'
	{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
	{"names": ["execve", "exit_group", "read"], "action": "SCMP_ACT_ALLOW"},
	{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}]}]}
JSON
says 0 "; From 'engine.json'*version = 1

?seccomp?
profile = @bare
default = errno EPERM
allow = execve exit_group read
allow = socket(domain != 40)
" "" "import, for whoever asks" nobody sandboxctl policy import engine.json
sed 's/"read"/"no_such_call"/' engine.json >noted.json
says 0 "*; not carried: syscalls?0?: *'no_such_call'*allow = execve exit_group*" \
	"sandboxctl: noted.json: not carried: syscalls?0?: *: 'no_such_call'"$'\n' "import: what is not carried" policy import noted.json
says 1 "" "sandboxctl: noted.json: not carried: syscalls?0?: *: 'no_such_call'"$'\n' "--strict: then nothing" \
	policy import --strict noted.json
says 0 "*allow = execve exit_group read*" "" "--strict: where all of it is" policy import --strict engine.json
printf '{\n"defaultAction": oops }\n' >bad.json
says 1 "" "sandboxctl: bad.json:2:*: not JSON: *oops*: a profile is wanted as *"$'\n' "import: no JSON" policy import bad.json
sed 's/"value": 40/"value": -1/' engine.json >bad.json
says 1 "" "sandboxctl: bad.json: syscalls?1?.args?0?.value: is no whole number *"$'\n' \
	"import: an element that is wrong" policy import bad.json
says 1 "" "sandboxctl: tenants/shop.ini:1:*: not JSON: *: a profile is wanted as *"$'\n' "import: a policy is none" policy import tenants/shop.ini
says 1 "" "sandboxctl: missing.json: open: No such file or directory"$'\n' "import: a file that isn't there" \
	policy import missing.json
says 1 "" "sandboxctl: tenants: is a folder, not a file"$'\n' "import: a folder" policy import tenants
mkfifo fifo.json
says 1 "" "sandboxctl: fifo.json: is not a regular file"$'\n' "import: nothing is waited for" policy import fifo.json
says 2 "" "usage: sandboxctl policy import *" "import of nothing" policy import
says 2 "" "usage: sandboxctl policy export *" "export of nobody" policy export
says 1 "" "sandboxctl: tenant 'nobody' has no policy: *: copy *" "export of a tenant without a policy" policy export nobody
says 0 '{
  "defaultAction": "SCMP_ACT_ERRNO",
  "defaultErrnoRet": 1,
  "architectures": ?"SCMP_ARCH_X86_64"?,
*"SCMP_CMP_MASKED_EQ"*"errnoRet": 38*' "" "export" policy export shop

# ---- keys ----

says 0 "*cgroup *memory.max *SIZE *256M *" "" "keys" sandboxctl policy keys
says 0 '*"key": "memory.max",*"form": "SIZE",*"default": "256M",*' "" "keys --json" sandboxctl policy keys --json

# ---- and it is what runs ----

cp -r common "$config/"
cp -r tenants/shop.ini tenants/shop.ini.d "$config/tenants/"
imported() { # TENANT FILE
	policy import "$2" >"$config/tenants/$1.ini" 2>"$tmp/err" || bail "import of $2: $(<"$tmp/err")"
	printf '[filesystem]\nexec = %s\n' "$world/bin" >>"$config/tenants/$1.ini"
}
cat >most.json <<-'JSON'
	{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
	{"names": ["keyctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
	{"names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
	{"names": ["fallocate"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
		"args": [{"index": 2, "value": 18446744073709551615, "op": "SCMP_CMP_EQ"}]}]}
JSON
policy export shop >exported.json
imported most most.json
imported exported exported.json
load
sandbox -t shop -- "$probe" env
like "environment and folder are those shown" "$line" "env: ok *FROM=base*"
sandbox -t shop -- "$probe" cwd
is "the drop-in's word is the last" "$line" "cwd: ok /"
is "in the cgroup too" "$(<"$base/shop.slice/pids.max")" 7
hidden() { # GRANT...
	tenant newcomer <<-POLICY
		[tenant]
		id = 4321
		[filesystem]
		exec = $world/bin
		read = $*
	POLICY
	load
}
echo >"$world/shut/in/file"
hidden "$world/shut/in"
allowed "a folder above that the uid can't enter is in nobody's way" newcomer read "$world/shut/in/file"
hidden "$world" "$world/shut/in"
denied user:EACCES "but below another grant, as check says" newcomer read "$world/shut/in/file"
printf 'version = 1\n[tenant]\nid = 4322\n' >new/shop.ini
says 1 "" "new/shop.ini:3:6: error: tenant 'shop' has the id * for good, its policy says 4322 (*" \
	"check: a tenant that ran keeps its id" sandboxctl --config-dir . policy check new/shop.ini
says 0 "" "" "check: of which only root knows" nobody sandboxctl --config-dir . policy check new/shop.ini
allowed "import: what is allowed" most syscall ptrace
denied seccomp:ENOSYS "import: a call that is not" most syscall personality
allowed "import: a test that does not hold" most syscall keyctl 0 -3 0
denied seccomp:ENOSYS "import: and one that does" most syscall keyctl 1 -3 0
allowed "import: of 64 bits" most syscall fallocate 1000 0 0x7fffffffffffffff 1
denied seccomp:ENOSYS "import: all of them" most syscall fallocate 1000 0 0xffffffffffffffff 1
allowed "import of an export: what is allowed" exported socket tcp
denied seccomp:EPERM "import of an export: what is not" exported syscall keyctl 0 -3 0
sandbox -t exported -- "$probe" syscall clone3
is "import of an export: clone3 isn't there" "$line" "syscall: ENOSYS"
rm -r "$config/common" "$config/tenants/shop.ini.d"
cd /

finish
