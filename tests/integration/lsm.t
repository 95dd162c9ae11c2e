#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The life of the LSM's programs: loaded, found, checked, unloaded.
#
# Kernel: 6.12
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{a,b,b/inner}
echo a >"$world/a/file"
echo b >"$world/b/file"

both_tenants() {
	tenant a <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/a
		read = $world/b
	POLICY
	tenant b <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $world/b
	POLICY
}
both_tenants

generation() {
	sandboxctl lsm status | head -n 1
}

lsm_is_off() {
	(umask 022 && printf 'version = 1\n[host]\nlsm = off\n' >"$config/sandboxctl.ini")
}

# ---- loading ----

sandboxctl lsm unload --force 2>/dev/null # by an earlier test
refuses 1 "sandboxctl: the LSM is not loaded: sandboxctl lsm load" "not loaded: status says so" sandboxctl lsm status
is "not loaded: status --json" "$(sandboxctl lsm status --json 2>/dev/null)" '{"loaded": false}'
refuses 1 "sandboxctl: the LSM is not loaded: there is nothing to unload" "not loaded: unload says so" sandboxctl lsm unload
allowed "run loads it by itself" a read "$world/a/file"
is "without a word" "$err" ""
denied lsm:file_open:owned "and with all tenants' own" a read "$world/b/file"
like "status" "$(sandboxctl lsm status)" \
	"loaded: abi *sandboxes: 0*hook file_open *hook socket_connect *hook task_alloc *
event oom_kill            told
event fork_refused        told
event seccomp_signal      told
event seccomp_errno       told"
json=$(sandboxctl lsm status --json)
like "status --json" "${json//[[:space:]]/}" '{"loaded":true,"abi":*,"generation":"????????????????",*"sandboxes":0,*"hooks":{"file_open":{"program":"????????????????","runs":null,"nanoseconds":null},*},"events":{"oom_kill":true,"fork_refused":true,"seccomp_signal":true,"seccomp_errno":true}}'
before=$(generation)
like "status --json has the same generation" "$json" "*\"generation\": \"${before##* }\",*"
n_hooks=$(sandboxctl lsm status | grep -c "^hook .* program")
is "each hook has its link, though its loader is gone" "$(n_links)" "$n_hooks"
ok "load again" sandboxctl lsm load
is "changes nothing" "$(generation)" "$before"
is "and attaches nothing" "$(n_links)" "$n_hooks"
allowed "run" a read "$world/a/file"
like "runs are not counted" "$(sandboxctl lsm status)" "*runs: not counted: *"
echo 1 >/proc/sys/kernel/bpf_stats_enabled
denied lsm:file_open:owned "run, counted" a read "$world/b/file"
like "status counts runs" "$(sandboxctl lsm status)" "*hook file_open  *, [1-9]* runs in [1-9]* ns*"
json=$(sandboxctl lsm status --json)
like "status --json counts them" "${json//[[:space:]]/}" '*"file_open":{"program":"*","runs":[1-9]*,"nanoseconds":[1-9]*},*'
echo 0 >/proc/sys/kernel/bpf_stats_enabled

is "run in a mount namespace of its own uses the same" \
	"$(unshare -m sh -c 'sandboxctl run -t a -- "$@" && bpftool link show | grep -c lsm_mac' \
		sh "$probe" read "$world/a/file" 2>&1 | tail -n 1)" "$n_hooks"

# ---- the tenants' folder ----

tenant c <<POLICY
[filesystem]
exec = $world/bin
own = $world/c
POLICY
mkdir -m 777 "$world/c"
changed="sandboxctl: run: check-tenants: '$config/tenants', what a policy includes, or a folder that a tenant owns is not \
what was loaded: sandboxctl lsm load"
refuses 125 "$changed" "another tenant is new: nobody runs before it is known" \
	sandboxctl run -t a -- "$probe" exit 0
load
allowed "after lsm load" a exit 0
touch "$config/tenants/b.ini"
refuses 125 "$changed" "a tenant's file was touched: likewise" sandboxctl run -t a -- "$probe" exit 0
load
rm "$config/tenants/c.ini"
refuses 125 "$changed" "a tenant's file is gone: likewise" sandboxctl run -t a -- "$probe" exit 0
load
allowed "after lsm load" a exit 0
umask 022
mkdir -p "$config/tenants/b.ini.d" "$config/common"
mkdir -m 777 "$world/more"
printf 'version = 1\n[tenant]\ninclude = %s\n' "$config/common/more.ini" >"$config/tenants/b.ini.d/10.ini"
printf 'version = 1\n[filesystem]\nown = %s\n' "$world/more" >"$config/common/more.ini"
refuses 125 "$changed" "a tenant has a drop-in: likewise" sandboxctl run -t a -- "$probe" exit 0
load
is "what it includes owns" "$(sandboxctl run -t b -- "$probe" write "$world/more/new" 2>&1)" "write: ok"
printf 'version = 1\n' >"$config/common/more.ini"
refuses 125 "$changed" "what it includes was changed: likewise" sandboxctl run -t a -- "$probe" exit 0
load
allowed "after lsm load" a exit 0
touch "$config/tenants/b.ini.d/10.ini"
refuses 125 "$changed" "the drop-in was touched: likewise" sandboxctl run -t a -- "$probe" exit 0
rm -r "$config/tenants/b.ini.d" "$config/common"
umask 0
load
allowed "without all of it" a exit 0

tenant d <<POLICY
[filesystem]
exec = $world/bin
POLICY
load
mv "$world/b" "$world/old"
refuses 125 "$changed" "a folder that b owns is gone: likewise" sandboxctl run -t d -- "$probe" exit 0
mkdir -m 777 "$world/b"
echo new >"$world/b/file"
refuses 125 "$changed" "another folder is there: likewise" \
	sandboxctl run -t a -- "$probe" read "$world/b/file"
load
denied lsm:file_open:owned "after lsm load the new one is b's" a read "$world/b/file"
rm -r "$world/b"
mv "$world/old" "$world/b"
load
allowed "the old one, put back" a exit 0

lsm_is_off
refuses 125 "sandboxctl: run: check-not-loaded: sandboxctl.ini says lsm = off, but the LSM is loaded: sandboxctl lsm unload" \
	"lsm = off under a loaded LSM" sandboxctl run -t a -- "$probe" exit 0
rm "$config/sandboxctl.ini"

own_is() { # TENANT PATH
	tenant "$1" <<-POLICY
		[filesystem]
		exec = $world/bin
		own = $2
	POLICY
}
own_is c "$world/b/inner"
refuses 1 "sandboxctl: lsm load: tenant 'c': own '$world/b/inner' lies in '$world/b', which tenant 'b' owns" \
	"an own inside another's" sandboxctl lsm load
refuses 125 "$changed" "nobody runs then" sandboxctl run -t a -- "$probe" exit 0
own_is c "$world/b"
refuses 1 "sandboxctl: lsm load: *'$world/b'*" "the same own twice" sandboxctl lsm load
own_is c "$world/missing/folder"
refuses 1 "sandboxctl: lsm load: $config/tenants/c.ini:4: own: *'$world/missing': No such file*" "an own in a folder that isn't there" \
	sandboxctl lsm load
tenant c <<<"[cgroup]
memory.max = much"
refuses 1 "sandboxctl: lsm load: $config/tenants/c.ini:3: memory.max: 'much' is not a size*" \
	"a policy with an error" sandboxctl lsm load
rm "$config/tenants/c.ini"
load
allowed "without it all is well: own" a read "$world/a/file"
denied lsm:file_open:owned "without it all is well: another's" a read "$world/b/file"

rm "$config/tenants/b.ini"
load
denied lsm:file_open:owned "what a removed tenant owned stays closed" a read "$world/b/file"
both_tenants
load

# What isn't owned any more is nobody's.
tenant b <<POLICY
[filesystem]
exec = $world/bin
POLICY
load
allowed "what isn't owned any more can be granted" a read "$world/b/file"
both_tenants
load
denied lsm:file_open:owned "and owned again, it can't" a read "$world/b/file"

# ---- unloading ----

start a/x "$probe" sleep 1000 </dev/null
still="sandboxctl: processes in '/sandboxctl' are still enforced: end them first*"
refuses 1 "$still" \
	"unload, while a sandbox runs" sandboxctl lsm unload
like "status counts it" "$(sandboxctl lsm status)" "*sandboxes: 1*"
denied lsm:file_open:owned "and it is enforced" a/x read "$world/b/file"
allowed "not more than that" a/x read "$world/a/file"
# It is the watched base that counts, whichever is configured by now.
(umask 022 && printf 'version = 1\n[host]\nbase = /elsewhere\n' >"$config/sandboxctl.ini")
refuses 1 "$still" "unload, with another base configured" sandboxctl lsm unload
ok "unload --force" sandboxctl lsm unload --force
# The kernel takes programs away behind our backs: unloading waits for that.
lsm_is_off
sandbox -t a -- "$probe" exit 0
is "and at once a run without it is denied nothing" "$status:$line" "0:exit: ok"
rm "$config/sandboxctl.ini"
ended a/x
is "it has killed the sandbox" "$status" 137
expected=()
refuses 1 "sandboxctl: the LSM is not loaded: sandboxctl lsm load" "nothing is loaded" sandboxctl lsm status
links_come_to 0
is "and nothing attached" "$(n_links)" 0
# So much for the hooks as the kernel has them.
keep_hooks
mount_points mounts_before

# Processes count, and not labels: this one has none.
allowed "run loads it anew" a exit 0
mkdir "$base/stray"
"$probe" sleep 1000 >"$tmp/out" & stray=$!
until [[ -s $tmp/out ]]; do :; done
echo "$stray" >"$base/stray/cgroup.procs"
refuses 1 "$still" "unload, while a process is left that no sandbox knows" sandboxctl lsm unload
like "it is loaded still" "$(sandboxctl lsm status)" "loaded: *"
kill "$stray"
wait "$stray" 2>/dev/null
rmdir "$base/stray"

# ---- pins ----

rename_pin() { # OLD NEW
	in_home 'rename(shift, shift) or die' "$@"
}

# Nothing has ended here, but the next who removes a pin removes another than he thinks.
n=$(n_links)
rename_pin file_open elsewhere
refuses 125 "sandboxctl: run: open-lsm: the LSM is loaded in part only: pin 'file_open': *" \
	"a pin has another name" sandboxctl run -t a -- "$probe" exit 0
refuses 1 "sandboxctl: the LSM is loaded in part only: pin 'file_open': *: sandboxctl lsm unload --force && *" \
	"status --json says so" sandboxctl lsm status --json
like "to who reads JSON, too" "$out" '{"loaded": false, "error": "the LSM is loaded in part only: pin '"'file_open'"': *"}'$'\n'
rename_pin socket_bind file_open
refuses 125 "sandboxctl: run: open-lsm: the pin 'file_open' is another than was loaded: sandboxctl lsm unload --force && *" \
	"and another has its name" sandboxctl run -t a -- "$probe" exit 0
rename_pin file_open socket_bind
rename_pin elsewhere file_open
rename_pin oom_kill elsewhere
refuses 125 "sandboxctl: run: open-lsm: the LSM is loaded in part only: pin 'oom_kill': *" \
	"a pin of what tells has another name" sandboxctl run -t a -- "$probe" exit 0
rename_pin elsewhere oom_kill
is "all of their links live" "$(n_links)" "$n"
allowed "each has its own again" a read "$world/a/file"

# ---- unloading, while a run begins ----

# A run that has seen the LSM, and waits: for its tenant's lock, which we hold.
exec {lock}>"$state/locks/a"
flock "$lock"
sandboxctl -v run -t a -- "$probe" read "$world/b/file" >"$tmp/out" 2>"$tmp/err" {lock}>&- & waiting=$!
until read_all err "$tmp/err" && [[ $err == *"step lock-tenant"* || ! -d /proc/$waiting ]]; do :; done
ok "unload, while a run begins" sandboxctl lsm unload
exec {lock}>&-
status=0
wait "$waiting" || status=$?
read_all out "$tmp/out"
read_all err "$tmp/err"
like "that run gives up" "$status:$out:$err" "125::*sandboxctl: run: *: the LSM was unloaded meanwhile"$'\n'
links_come_to 0

finish
