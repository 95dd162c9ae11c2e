#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# `policy explain` and the kernel must agree: random policies of three tenants, and questions about every
# right, asked of both. The environment's POLICIES says how many times policies are thrown (5), SEED where the
# dice start (1).
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

RANDOM=${SEED:=1}
n=${POLICIES:-5} n_of_files=32 n_of_others=12
echo "# SEED=$SEED POLICIES=$n"

pick() { # WORD...
	REPLY=${*:RANDOM % $# + 1:1}
}

# ---- the world ----

# Three levels, each folder with a program to read and execute, and a file to write to.
top=$world/t
folders=("$top" "$top"/{a,b} "$top"/{a,b}/{a,b} "$top"/{a,b}/{a,b}/{a,b})
mkdir -m 777 "${folders[@]}"
# A mount in the middle, and a link from one side to the other.
mount -t tmpfs -o mode=777 mount "$top/b/a"
mkdir -m 777 "$top"/b/a/{a,b}
for folder in "${folders[@]}"; do
	cp "$probe" "$folder/f"
	: >"$folder/w"
done
ln -s ../b/b "$top/a/link"
# Other names of files, of which one may be somebody's.
ln "$top/a/f" "$top/b/b/hard"
ln "$top/b/b/w" "$top/a/hard"
nodes=("${folders[@]}" "$top"/{a,a/b,b/a,b/b,b/b/b}/{f,w} "$top"/{a,b/b}/hard)
absent=("${folders[@]/%//absent}")
# What is in the way of mounts in a root that isn't private, and what a tree has to have to be one.
mkdir -p /m1 /m2 "$top"/{dev,proc,tmp,m1,m2} "$top$world/bin"

# As it was before anybody was let at it.
tidy() {
	rm -rf "${folders[@]/%//new}" "${absent[@]}"
	chown root:root "${folders[@]}" "${nodes[@]}"
	chmod 777 "${folders[@]}" "${folders[@]/%//f}" "${folders[@]/%//w}"
	mkdir -m 777 "${folders[@]/%//new}"
}

# ---- policies ----

networks=("127.0.0.0/8" "127.1.0.0/16" "127.1.2.0/24" "127.1.2.3" "127.1.2.4" "0.0.0.0/0" "[::1]" "[::]/0")
ports=(1500 1000-2000 "1500,3000" 3000-4000)
addresses=(127.1.2.3 127.1.2.4 127.1.3.3 127.9.9.9 "[::1]")
calls=(getpid memfd_create mq_open msgget semget shmget seccomp keyctl kcmp add_key process_vm_readv
	modify_ldt personality setns)
# Tests of fallocate, whose descriptors are none: of its arguments alone comes the answer.
comparisons=("fd == 1001" "fd != 1001" "fd < 1002" "fd >= 1002" "mode == 2" "mode & 3 != 0" "mode & 1 == 1" "mode > 2"
	"offset == 7" "offset <= 7" "offset != 0x100000007" "len > 1" "len & 0x100000001 == 1")
without_fallocate="@basic-io @memory @signal @network-io @io-event @timer ioctl uname prlimit64 getrandom open openat stat
	lstat fstat newfstatat statx access getcwd chdir getdents64 readlink readlinkat fcntl truncate mknod mknodat unlink
	rename mkdir rmdir symlink link chmod chown utimensat setxattr"
without_fallocate=${without_fallocate//$'\n\t'/ }
descriptors=(1000 1001 1002 1003) modes=(0 1 2 3 4) offsets=(0 7 8 0x100000007) lens=(1 2 0x100000001)

random_test() {
	pick "${comparisons[@]}" && local test=$REPLY
	pick "" "" "${comparisons[@]}"
	REPLY="fallocate($test${REPLY:+ && $REPLY})"
}

# Whether that tenant may own it: what lies in another's own, or around it, would be refused.
owned=()
may_own() { # TENANT PATH
	local other path
	for other in "${owned[@]}"; do
		path=${other#* }
		[[ ${other%% *} == "$1" || ! ($2/ == "$path"/* || $path/ == "$2"/*) ]] || return
	done
	owned+=("$1 $2")
}

# What each tenant owns, as its policy says it, and "TENANT PATH" for what it shares of that.
declare -A owning=()
shared=()
own() { # TENANT PATH
	local inside=("$2") node
	may_own "$1" "$2" || return
	owning[$1]+="own = $2"$'\n'
	((RANDOM % 3)) || return
	for node in "${nodes[@]}"; do [[ $node/ != "$2"/* ]] || inside+=("$node"); done
	pick "${inside[@]}"
	owning[$1]+="share = $REPLY"$'\n'
	shared+=("$1 $REPLY")
}

# What each tenant shows at /m1 and /m2: "x/m1" has its source.
declare -A shown=() roots=()

random_mounts() { # TENANT
	local at
	for at in m1 m2; do
		unset "shown[$1/$at]"
		((RANDOM % 3 == 0)) || continue
		pick "${folders[@]}" && shown[$1/$at]=$REPLY
		pick "" ":ro"
		filesystem+="mount = ${shown[$1/$at]}:/$at$REPLY"$'\n'
	done
}

random_files() { # TENANT
	local i right
	filesystem="exec = $world/bin"$'\n'${owning[$1]-}
	pick private private host host "$top" && roots[$1]=$REPLY
	filesystem+="root = $REPLY"$'\n'
	for ((i = RANDOM % 5 + 1; i > 0; i--)); do
		pick read write exec write && right=$REPLY
		pick "${nodes[@]}" "${absent[@]}" "${shared[@]#* }" "${shared[@]#* }" "${shared[@]#* }" &&
			filesystem+="$right = $REPLY"$'\n'
	done
	random_mounts "$1"
}

random_others() {
	local i protocol network
	rules='' allow='' deny='' profile=@default
	for ((i = RANDOM % 4; i > 0; i--)); do
		pick tcp udp && protocol=$REPLY
		pick "${networks[@]}" && network=$REPLY
		pick "${ports[@]}" && rules+="connect = $protocol $network $REPLY"$'\n'
	done
	for ((i = RANDOM % 4; i > 0; i--)); do
		pick "${calls[@]}" && allow+=" $REPLY"
		pick "${calls[@]}" && deny+=" $REPLY"
	done
	for ((i = RANDOM % 3; i > 0; i--)); do random_test && deny+=" $REPLY"; done
	((RANDOM % 2)) || return
	# No fallocate as a whole, so that tests can allow some of it.
	profile=@process
	allow+=" $without_fallocate"
	for ((i = RANDOM % 3; i > 0; i--)); do random_test && allow+=" $REPLY"; done
}

# x and y are asked about; z only owns.
random_policies() {
	local who i filesystem
	owned=() owning=() shared=()
	for who in z x y; do
		for ((i = RANDOM % 4; i > 0; i--)); do
			pick "${nodes[@]}" && own "$who" "$REPLY"
		done
	done
	for ((i = RANDOM % 3; i > 0; i--)); do
		pick x y z z && who=$REPLY
		pick "${absent[@]}" && own "$who" "$REPLY"
	done
	for who in x y; do
		random_files "$who"
		random_others
		pick enforce enforce audit off
		tenant "$who" <<-POLICY
			[filesystem]
			$filesystem
			[network]
			mode = host
			$rules
			[seccomp]
			default = errno ENOTUNIQ
			profile = $profile
			allow = $allow
			deny = $deny
			[process]
			capabilities = cap_chown cap_fowner
			[lsm]
			mode = $REPLY
		POLICY
	done
	tenant z <<-POLICY
		[filesystem]
		${owning[z]-}
	POLICY
}

# ---- questions ----

# The same one in both languages: "ACT WHAT" for explain, "ATTEMPT WHAT" for the probe.
asked=() tried=()
ask() { # ACT WHAT ATTEMPT...
	asked+=("$1 $2")
	tried+=("${*:3}")
}

# A folder as TENANT sees it, in REPLY, and where it is on the host, in `real`.
random_folder() { # TENANT
	local root=${roots[$1]}
	pick m1 m1/b m2 m2/a
	real=${shown[$1/${REPLY:0:2}]-}${REPLY:2} REPLY=/$REPLY
	((RANDOM % 4 == 0)) && [[ $real == /*/* && -d $real ]] && return
	pick "${folders[@]}" "$top/a/link" "$top/a/link/a" && real=$REPLY
	[[ $root != /* ]] || REPLY=${real#"$root"}
	REPLY=${REPLY:-/}
}

read_question() { # FOLDER
	local at=${1%/}
	case $((RANDOM % 5)) in
	0) ask read "$at/f" open "$at/f" ;;
	1) ask open "$at/w" open "$at/w" ;;
	2) ask read "$at/f" map-read "$at/f" ;;
	3) ask read "$1" opendir "$1" ;;
	4) ask open "$1" ls "$1" ;;
	esac
}

# What is removed or moved has to be there: GONE is the same place on the host.
write_question() { # FOLDER GONE
	local at=${1%/} new=new/$((${#asked[@]}))
	case $((RANDOM % 12)) in
	0) ask write "$at/w" write "$at/w" ;;
	1) ask write "$at/w" rdwr "$at/w" ;;
	2) ask write "$at/w" trunc "$at/w" ;;
	3) ask write "$at/w" truncate "$at/w" ;;
	4) ask write "$at/w" touch "$at/w" ;;
	5) ask write "$at/absent" write "$at/absent" ;;
	6) ask write "$at/$new" write "$at/$new" ;;
	7) ask write "$at/$new" mkdir "$at/$new" ;;
	8) ask write "$at/$new" symlink nowhere "$at/$new" ;;
	9) ask write "$at/$new" mkfifo "$at/$new" ;;
	10) ask write "$at/$new" unlink "$at/$new" && gone+=("$2/$new") ;;
	11) ask write "$at/$new" rename "$at/$new" "$at/$new.moved" && gone+=("$2/$new") ;;
	esac
}

exec_question() { # FOLDER
	local at=${1%/}
	case $((RANDOM % 3)) in
	0) ask exec "$at/f" exec "$at/f" exit 0 ;;
	1) ask exec "$at/f" map-exec "$at/f" ;;
	2) ask exec "$at/f" protect-exec "$at/f" ;;
	esac
}

metadata_question() { # FOLDER
	local at=${1%/}
	case $((RANDOM % 7)) in
	0) ask metadata "$at/w" chmod "$at/w" 777 ;;
	1) ask metadata "$at/f" chown "$at/f" ;;
	2) ask metadata "$at/w" utimes "$at/w" ;;
	3) ask metadata "$at/f" setxattr "$at/f" ;;
	4) ask metadata "$1" chmod "$1" 777 ;;
	5) ask metadata "$1" utimes "$1" ;;
	6) ask metadata "$1" setxattr "$1" ;;
	esac
}

# What each sandbox has of its own, and files by their second names.
special_question() { # TENANT
	local at=
	[[ ${roots[$1]} != "$top" ]] || at=$top
	case $((RANDOM % 9)) in
	0) ask write /tmp/x write /tmp/x ;;
	1) ask metadata /tmp chmod /tmp 1777 ;;
	2) ask metadata /dev/null chmod /dev/null 666 ;;
	3) ask metadata /dev/shm utimes /dev/shm ;;
	4) ask write /dev/null write /dev/null ;;
	5) ask exec /dev/null exec /dev/null ;;
	6) ask read "${top#"$at"}/a/hard" open "${top#"$at"}/a/hard" ;;
	7) ask write "${top#"$at"}/b/b/hard" truncate "${top#"$at"}/b/b/hard" ;;
	8) ask metadata "${top#"$at"}/a/hard" chmod "${top#"$at"}/a/hard" 777 ;;
	esac
}

file_question() { # TENANT
	local real
	random_folder "$1"
	case $((RANDOM % 9)) in
	[01]) read_question "$REPLY" ;;
	[2-4]) write_question "$REPLY" "$real" ;;
	5) exec_question "$REPLY" ;;
	[67]) metadata_question "$REPLY" ;;
	8) special_question "$1" ;;
	esac
}

other_question() {
	local protocol address fd mode offset
	case $((RANDOM % 4)) in
	[01])
		pick tcp udp && protocol=$REPLY
		pick "${addresses[@]}" && address=$REPLY
		pick 1500 1700 3000 4001
		asked+=("connect $protocol $address $REPLY")
		address=${address#[} address=${address%]}
		case $protocol in
		tcp) tried+=("connect tcp $address $REPLY") ;;
		udp) tried+=("sendto udp $address $REPLY") ;;
		esac
		;;
	2)
		pick "${descriptors[@]}" && fd=$REPLY
		pick "${modes[@]}" && mode=$REPLY
		pick "${offsets[@]}" && offset=$REPLY
		pick "${lens[@]}"
		ask syscall "fallocate(fd == $fd && mode == $mode && offset == $offset && len == $REPLY)" \
			syscall fallocate "$fd" "$mode" "$offset" "$REPLY"
		;;
	3)
		pick "${calls[@]}"
		ask syscall "$REPLY" syscall "$REPLY"
		;;
	esac
}

# ---- answers ----

# What the kernel said: attributes that a file system lacks, and ports that nobody listens on, were asked for; and a
# program that was truncated by its other name was opened to be executed.
verdict_of() { # ANSWER
	case $1 in
	syscall:*ENOTUNIQ*) REPLY=denied ;;
	syscall:* | *": ok"* | connect:*ECONNREFUSED* | exec:*ENOEXEC* | setxattr:*EOPNOTSUPP*) REPLY=allowed ;;
	*) REPLY=denied ;;
	esac
}

differences='' n_asked=0
declare -A said=()

compare() { # TENANT ASKED ANSWER
	local answer what other
	# A test is one word.
	case $2 in
	syscall*) what=(syscall "${2#* }") ;;
	*) read -r -a what <<<"$2" ;;
	esac
	answer=$(sandboxctl policy explain "$1" "${what[@]}" 2>&1)
	n_asked=$((n_asked + 1))
	said[${what[0]/#open/read} ${answer%%:*}]=1
	verdict_of "$3"
	# By its own path: in a tree that is the root it has another one.
	for other in "${shared[@]}"; do
		[[ ${other%% *} == "$1" || ${what[1]}/ != "${other#* }"/* ]] || said[shared $REPLY]=1
	done
	[[ ${answer/#lifted/allowed} != "$REPLY: "* ]] || return 0
	differences+="$1: $2: explain: $answer; kernel: $3"$'\n'
}

ask_all() { # TENANT
	local i answers before=$differences
	asked=() tried=() gone=()
	for ((i = 0; i < n_of_files; i++)); do file_question "$1"; done
	for ((i = 0; i < n_of_others; i++)); do other_question; done
	for i in "${gone[@]}"; do [[ ! -d ${i%/*} ]] || : >"$i"; done
	printf '%s\n' "${tried[@]}" >"$tmp/tried"
	sandbox -t "$1" -- "$probe" each <"$tmp/tried"
	# Explain is to see what the sandbox saw as it began.
	rm -f "${absent[@]}"
	mapfile -t answers <<<"${out%$'\n'}"
	[[ ${#answers[@]} == "${#tried[@]}" ]] ||
		bail "the sandbox answered ${#answers[@]} times: $out$err$(<"$config/tenants/$1.ini")"
	for i in "${!asked[@]}"; do compare "$1" "${asked[i]}" "${answers[i]#* }"; done
	[[ $differences == "$before" ]] || differences+=$(tail -n +1 "$config"/tenants/*.ini)$'\n'
	tidy
}

# Whether both can run: what isn't there has no place everywhere. Where `run` refuses explain does, with the same words.
n_refused=0
both_run() {
	local who refusal answer
	for who in x y; do
		! refusal=$(sandboxctl run -t "$who" --dry-run -- "$probe" exit 0 2>&1 >/dev/null) || continue
		n_refused=$((n_refused + 1))
		answer=$(sandboxctl policy explain "$who" read / 2>&1)
		[[ $answer == "$refusal" ]] || differences+="$who: run: $refusal; explain: $answer"$'\n'
		return 1
	done
}

tidy
for ((policy = 0; policy < n; policy++)); do
	# Dice that make two tenants own one file are thrown again.
	random_policies
	until sandboxctl lsm load 2>/dev/null && both_run; do random_policies; done
	ask_all x
	ask_all y
done
is "explain and the kernel agree on $n_asked questions" "$differences" ""
ok "some policies are refused, $n_refused, by both" test "$n_refused" -gt 0
# A mode lifts nothing of a mount's, so what is written and executed is seldom lifted.
for kind in {read,metadata,connect}" "{allowed,denied,lifted} {write,exec,shared,syscall}" "{allowed,denied}; do
	ok "some of them: $kind" test -n "${said[$kind]-}"
done

umount "$top/b/a"
rmdir /m1 /m2
finish
