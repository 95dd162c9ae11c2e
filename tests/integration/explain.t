#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# `policy explain` and the kernel must agree: random policies and questions, asked of both. The
# environment's POLICIES says how many policies (6), SEED where the dice start.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

RANDOM=${SEED:=$((SRANDOM % 32768))}
n=${POLICIES:-6} questions=20
echo "# SEED=$SEED POLICIES=$n"

pick() { # WORD...
	REPLY=${*:RANDOM % $# + 1:1}
}

# A tree of three levels, each folder with a program that is a file to read and one to write to.
top=$world/t
folders=("$top" "$top"/{a,b} "$top"/{a,b}/{a,b} "$top"/{a,b}/{a,b}/{a,b})
for folder in "${folders[@]}"; do
	mkdir -m 777 "$folder"
	cp "$busybox" "$folder/f"
	: >"$folder/w"
	chmod 777 "$folder"/*
done
# A mount in the middle, and a link from one side to the other.
mount -t tmpfs -o mode=777 mount "$top/b/a"
for folder in "$top/b/a" "$top"/b/a/{a,b}; do
	[[ -d $folder ]] || mkdir -m 777 "$folder"
	cp "$busybox" "$folder/f"
	: >"$folder/w"
	chmod 777 "$folder"/*
done
ln -s "$top/b/b" "$top/a/link"
nodes=("${folders[@]}" "$top/a/f" "$top/a/b/w" "$top/b/a/f" "$top/b/b/b/w")
rights=(read write exec own)
networks=("127.0.0.0/8" "127.1.0.0/16" "127.1.2.0/24" "127.1.2.3" "127.1.2.4" "0.0.0.0/0" "[::1]" "[::]/0")
ports=(1500 1000-2000 "1500,3000" 3000-4000)
addresses=(127.1.2.3 127.1.2.4 127.1.3.3 127.9.9.9 "[::1]")
calls=(getpid memfd_create mq_open msgget semget shmget seccomp keyctl kcmp add_key process_vm_readv
	modify_ldt personality setns)
# Tests of fallocate, whose descriptors are none: of its arguments alone comes the answer.
comparisons=("fd == 1001" "fd != 1001" "fd < 1002" "fd >= 1002" "mode == 2" "mode & 3 != 0" "mode & 1 == 1" "mode > 2"
	"offset == 7" "offset <= 7" "offset != 0x100000007" "len > 1" "len & 0x100000001 == 1")
without_fallocate="@basic-io @memory @signal @network-io @io-event @timer ioctl uname prlimit64 getrandom open openat stat
	lstat fstat newfstatat statx access getcwd chdir getdents64 readlink readlinkat fcntl"
without_fallocate=${without_fallocate//$'\n\t'/ }
descriptors=(1000 1001 1002 1003) modes=(0 1 2 3 4) offsets=(0 7 8 0x100000007) lens=(1 2 0x100000001)

random_test() {
	pick "${comparisons[@]}" && local test=$REPLY
	pick "" "" "${comparisons[@]}"
	REPLY="fallocate($test${REPLY:+ && $REPLY})"
}

random_policies() {
	local i grants='' owns='' rules='' allow='' deny=''
	for ((i = RANDOM % 4 + 1; i > 0; i--)); do
		pick "${rights[@]}" && local right=$REPLY
		pick "${nodes[@]}" && grants+="$right = $REPLY"$'\n'
	done
	for ((i = RANDOM % 3; i > 0; i--)); do
		pick "${nodes[@]}" && owns+="own = $REPLY"$'\n'
	done
	for ((i = RANDOM % 4; i > 0; i--)); do
		pick tcp udp && local protocol=$REPLY
		pick "${networks[@]}" && local network=$REPLY
		pick "${ports[@]}" && rules+="connect = $protocol $network $REPLY"$'\n'
	done
	for ((i = RANDOM % 4; i > 0; i--)); do
		pick "${calls[@]}" && allow+=" $REPLY"
		pick "${calls[@]}" && deny+=" $REPLY"
	done
	for ((i = RANDOM % 3; i > 0; i--)); do random_test && deny+=" $REPLY"; done
	local profile=@default
	if ((RANDOM % 2)); then
		# No fallocate as a whole, so that tests can allow some of it.
		profile=@process
		allow+=" $without_fallocate"
		for ((i = RANDOM % 3; i > 0; i--)); do random_test && allow+=" $REPLY"; done
	fi
	pick private private host && local root=$REPLY
	tenant x <<-POLICY
		[filesystem]
		root = $root
		exec = $world/bin
		$grants
		[network]
		mode = host
		$rules
		[seccomp]
		default = errno ENOTUNIQ
		profile = $profile
		allow = $allow
		deny = $deny
	POLICY
	tenant y <<-POLICY
		[filesystem]
		$owns
	POLICY
}

# The same question in both languages: "ACT WHAT" for explain, "ATTEMPT WHAT" for the probe.
random_question() {
	local folder protocol address
	case $((RANDOM % 10)) in
	[0-5])
		pick "${folders[@]}" "$top/a/link" "$top/a/link/a" && folder=$REPLY
		pick "open read f" "open read w" "write write w" "exec exec f"
		# shellcheck disable=SC2086 # words they are
		set -- $REPLY
		asked+=("$1 $folder/$3") tried+=("$2 $folder/$3")
		;;
	[67])
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
	8)
		pick "${descriptors[@]}" && local fd=$REPLY
		pick "${modes[@]}" && local mode=$REPLY
		pick "${offsets[@]}" && local offset=$REPLY
		pick "${lens[@]}"
		asked+=("syscall fallocate(fd == $fd && mode == $mode && offset == $offset && len == $REPLY)")
		tried+=("syscall fallocate $fd $mode $offset $REPLY")
		;;
	*)
		pick "${calls[@]}"
		asked+=("syscall $REPLY") tried+=("syscall $REPLY")
		;;
	esac
}

# What the kernel said: a program's own complaint means that it ran.
verdict_of() { # ANSWER
	case $1 in
	syscall:*ENOTUNIQ*) echo denied ;;
	syscall:* | *": ok"* | *ECONNREFUSED* | *"not found"*) echo allowed ;;
	*) echo denied ;;
	esac
}

differences='' n_allowed=0 n_denied=0
for ((policy = 0; policy < n; policy++)); do
	# Dice that make two tenants own one tree are thrown again.
	random_policies
	until sandboxctl lsm load 2>/dev/null; do random_policies; done
	asked=() tried=()
	for ((i = 0; i < questions; i++)); do random_question; done
	sandbox -t x -- "$busybox" sh -fc \
		'b=$1; shift; for q; do "$0" $q 2>&1 | "$b" tail -n 1; done' "$probe" "$busybox" "${tried[@]}"
	mapfile -t answers <<<"${out%$'\n'}"
	[[ ${#answers[@]} == "$questions" ]] || bail "the sandbox answered ${#answers[@]} times: $out$err"
	for ((i = 0; i < questions; i++)); do
		set -f
		# shellcheck disable=SC2086 # words they are, but for a test
		case ${asked[i]} in
		syscall*) set -- syscall "${asked[i]#* }" ;;
		*) set -- ${asked[i]} ;;
		esac
		set +f
		said=$(sandboxctl policy explain x "$@" 2>&1)
		seen=$(verdict_of "${answers[i]}")
		case $seen in allowed) ((n_allowed += 1)) ;; *) ((n_denied += 1)) ;; esac
		[[ $said == "$seen: "* ]] ||
			differences+="${asked[i]}: explain: $said; kernel: ${answers[i]}"$'\n'"$(<"$config/tenants/x.ini")"$'\n'"$(<"$config/tenants/y.ini")"$'\n'
	done
done
is "explain and the kernel agree on $((n * questions)) questions" "$differences" ""
ok "of both kinds ($n_allowed allowed, $n_denied denied)" test "$n_allowed" -gt 0 -a "$n_denied" -gt 0

umount "$top/b/a"
finish
