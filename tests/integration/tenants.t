#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Whether the tenants' policies are what was loaded: watched in the kernel where they can be, and looked
# at by each run elsewhere. Whatever way a policy is changed by, nobody runs before it is known.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

changed="sandboxctl: run: check-tenants: '$config/tenants', what a policy includes, or a folder that a tenant owns is not \
what was loaded: sandboxctl lsm load"
policy=$config/tenants/b.ini
umask 022
mkdir "$world"/{b,outside,bound,merged}
echo b >"$world/b/file"

watched_is() { # TEXT true|false
	local REPLY
	json=$(sandboxctl lsm status --json)
	json=${json//[[:space:]]/}
	field policies_watched
	is "$1" "$REPLY" "$2"
}

# Loaded, and nothing has changed.
as_loaded() { # true|false TEXT
	load
	watched_is "$2: known to the kernel: $1" "$1"
	allowed "$2: loaded" a exit 0
}

run_is_refused() { # TEXT
	refuses 125 "$changed" "$1: nobody runs" sandboxctl run -t a -- "$probe" exit 0
}

# Each test begins with the same two.
begin() { # true|false TEXT
	rm -rf "$config"/tenants/*
	tenant a <<<"[filesystem]
exec = $world/bin
read = $world/b"
	tenant b <<<"[filesystem]
exec = $world/bin"
	[[ $# == 0 ]] || as_loaded "$@"
}

owned="own = $world/b"

# ---- where the kernel can't say ----

# The guest's own root is an overlay.
begin false "on an overlay"
echo "$owned" >>"$policy"
run_is_refused "on an overlay: an own is added in place"
load
denied lsm:file_open:owned "on an overlay: it is loaded" a read "$world/b/file"
rm -rf "$config"/tenants/*
mount -t tmpfs -o mode=0755 config "$config" || bail "mount"
mkdir "$config"/{tenants,overlay}

# ---- in place ----

begin true "in place"
echo "$owned" >>"$policy"
run_is_refused "an own is added"
watched_is "it was counted" false
as_loaded true "with the own"

: >>"$policy"
watched_is "opened to be written to, and not written: it was counted" false
allowed "a run looks for itself then" a exit 0
as_loaded true "and loaded anew"

exec {fd}>>"$policy"
as_loaded false "opened before the load"
echo "# more" >&"$fd"
exec {fd}>&-
run_is_refused "opened before, and written to"
as_loaded true "closed"

perl -e 'truncate shift, 30 or die $!' "$policy" || bail "truncate"
run_is_refused "truncate(2)"

begin
ln "$policy" "$config/link"
as_loaded true "two names"
echo "$owned" >>"$config/link"
run_is_refused "by another name"
begin true "one name"
rm "$config/link"
ln "$policy" "$config/link"
echo "$owned" >>"$config/link"
run_is_refused "by a name that is new"
rm "$config/link"

begin
: >"$world/bound/file"
mount --bind "$policy" "$world/bound/file" || bail "mount"
as_loaded true "by another mount"
echo "$owned" >>"$world/bound/file"
run_is_refused "by another mount"
umount "$world/bound/file"

begin true "in another mount namespace"
echo "$owned" | unshare -m sh -c "mount --bind '$config/tenants' /mnt && cat >>/mnt/b.ini" || bail "unshare"
run_is_refused "in another mount namespace"

# name_to_handle_at(2) and open_by_handle_at(2): nothing on the way there has a name.
by_handle() { # FILE TEXT
	perl -e '
		my $handle = pack "LlZ128", 128, 0, "";
		my $id = pack "l", 0;
		syscall(303, -100, $ARGV[0], $handle, $id, 0) == 0 or die "name_to_handle_at: $!";
		open my $mount, "<", $ARGV[0] or die;
		my $fd = syscall(304, fileno $mount, $handle, 02001);
		$fd >= 0 or die "open_by_handle_at: $!";
		my $text = "$ARGV[1]\n";
		syscall(1, $fd, $text, length $text) > 0 or die "write: $!"' "$@"
}
begin true "by a handle"
by_handle "$policy" "$owned" || bail "by_handle"
run_is_refused "by a handle"

begin true "through an overlay"
mount -t overlay -o "lowerdir=$world/outside,upperdir=$config/tenants,workdir=$config/overlay" \
	none "$world/merged" || bail "mount"
echo "$owned" >>"$world/merged/b.ini"
run_is_refused "through an overlay"
umount "$world/merged"

# ---- another file ----

begin true "replaced"
{ cat "$policy" && echo "$owned"; } >"$config/new"
mv "$config/new" "$policy"
run_is_refused "replaced"

begin true "covered by a mount"
{ cat "$policy" && echo "$owned"; } >"$config/new"
mount --bind "$config/new" "$policy" || bail "mount"
run_is_refused "covered by a mount"
as_loaded false "a mount's"
umount "$policy"
run_is_refused "uncovered"

begin
mv "$policy" "$world/outside/b.ini"
ln -s "$world/outside/b.ini" "$policy"
as_loaded false "a link"
echo "$owned" >>"$world/outside/b.ini"
run_is_refused "behind a link"

begin
printf 'version = 1\n' >"$config/tenants/common.inc"
printf 'version = 1\n[tenant]\ninclude = common.inc\n[filesystem]\nexec = %s\n' "$world/bin" >"$policy"
as_loaded true "an include in the same folder"
printf '[filesystem]\n%s\n' "$owned" >>"$config/tenants/common.inc"
run_is_refused "what is included from the same folder"

# Changed as soon as it was read, by a load that has others to read then.
begin
for name in {1..60}; do
	tenant "z$name" <<<"[filesystem]
exec = $world/bin"
done
printf 'version = 1\n' >"$config/common.inc"
printf 'version = 1\n[tenant]\ninclude = %s\n[filesystem]\nexec = %s\n' "$config/common.inc" "$world/bin" >"$policy"
coproc changer { perl -e '
	my $inotify = syscall 294, 0;
	syscall(254, $inotify, $ARGV[0], 0x10) > 0 or die "inotify: $!";
	open my $events, "<&=", $inotify or die;
	syswrite STDOUT, "ready\n";
	sysread $events, my $event, 4096;
	open my $file, ">>", $ARGV[0] or die;
	print $file "[filesystem]\n$ARGV[1]\n"' "$config/common.inc" "$owned"; }
pid=$!
read -r line <&"${changer[0]}"
load
wait "$pid" || bail "the changer"
run_is_refused "what is included, changed during the load"
load
denied lsm:file_open:owned "what was added there is loaded" a read "$world/b/file"

begin
ln -sfn "$world/b" "$world/link"
echo "own = $world/link" >>"$policy"
as_loaded true "an own by a link"
ln -sfn "$world/outside" "$world/link"
run_is_refused "the link leads to another folder"

# ---- drop-ins ----

begin
mkdir "$policy.d"
printf 'version = 1\n' >"$policy.d/10.ini"
as_loaded true "a drop-in"
printf '[filesystem]\n%s\n' "$owned" >>"$policy.d/10.ini"
run_is_refused "a drop-in, in place"
as_loaded true "a drop-in with an own"
printf 'version = 1\n' >"$policy.d/20.ini"
run_is_refused "a further drop-in"

begin
mkdir "$world/outside/b.d"
ln -s "$world/outside/b.d" "$policy.d"
as_loaded false "a folder of drop-ins that is a link"
printf 'version = 1\n[filesystem]\n%s\n' "$owned" >"$world/outside/b.d/10.ini"
run_is_refused "behind that link"

# ---- another folder ----

begin true "another folder"
mkdir -p "$config/other/tenants"
cp -a "$config"/tenants/*.ini "$config/other/tenants"
refuses 125 "sandboxctl: run: check-tenants: '$config/other/tenants', *" "what was loaded isn't that folder's" \
	sandboxctl --config-dir "$config/other" run -t a -- "$probe" exit 0
mount --bind "$config/other/tenants" "$config/tenants" || bail "mount"
run_is_refused "the folder covered by a mount"
umount "$config/tenants"
allowed "and uncovered" a exit 0

# ---- the same folder, seen otherwise ----

begin
{ cat "$policy" && echo "$owned"; } >"$config/new"
mkdir "$world/bound/config"
mount --bind "$config" "$world/bound/config" || bail "mount"
mount --bind "$config/new" "$world/bound/config/tenants/b.ini" || bail "mount"
as_loaded true "a file that is covered elsewhere"
mount --rbind "$world/bound/config" "$config" || bail "mount"
run_is_refused "what is elsewhere comes here"
umount -l "$config"
umount -R "$world/bound/config"
allowed "and has gone again" a exit 0

# ---- a file system that is changed elsewhere, and has its number again ----

mkdir "$world/disk"
mount_ext4 "$world/disk"
mkdir "$world/disk/tenants"
mount --bind "$world/disk/tenants" "$config/tenants" || bail "mount"
begin true "a file system of its own"
{ cat "$policy" && echo "$owned"; } >"$world/outside/b.ini"
umount "$config/tenants" "$world/disk"
debugfs -w -f - /dev/vda >/dev/null 2>&1 <<-CHANGE || bail "debugfs"
	rm tenants/b.ini
	write $world/outside/b.ini tenants/b.ini
CHANGE
if ! { mount /dev/vda "$world/disk" && mount --bind "$world/disk/tenants" "$config/tenants"; }; then
	bail "mount"
fi
run_is_refused "it was changed while nobody had it mounted"
load
denied lsm:file_open:owned "what was written there is loaded" a read "$world/b/file"
umount "$config/tenants" "$world/disk"

rm -rf "$config"/tenants/*
umount "$config"
finish
