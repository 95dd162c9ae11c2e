#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Whom does it reach? Both tenants stand in the host's network: the LSM alone denies. The listeners
# are the host's, and listen on all addresses.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

ip link set lo up
ip address add 10.9.8.7/24 dev lo
ip address add fd00::7/64 dev lo nodad

policy() { # NAME RULE...
	tenant "$1" <<-POLICY
		[filesystem]
		exec = $world/bin
		[network]
		mode = host
		$(printf 'connect = %s\n' "${@:2}")
	POLICY
}
policy four "tcp 127.0.0.1 7001,7005-7006" "udp 127.0.0.1 7001"
policy six "tcp [::1] 7001" "udp [::1] 7001"
policy wide "tcp 0.0.0.0/0 1-65535" "udp 0.0.0.0/0 1-65535" "tcp [::]/0 1-65535"
policy loopback "tcp 127.0.0.0/8 7001" "tcp [::1] 7001"
policy nested "tcp 10.0.0.0/8 7001" "tcp 10.9.8.0/24 7002" "tcp 10.9.8.7 7005" "udp 10.9.8.7 7006"
tenant shut <<POLICY
[filesystem]
exec = $world/bin
[network]
mode = host
POLICY
for name in apart first second; do
	tenant "$name" <<-POLICY
		[filesystem]
		exec = $world/bin
	POLICY
done
printf '#!/missing/interpreter\n' >"$world/bin/orphan"
chmod 755 "$world/bin/orphan"
load

listeners=()
serve() { # ATTEMPT...: a listener of the host's
	local fd
	exec {fd}< <(exec "$probe" "$@" 3600)
	listeners+=("$!")
	read -r line <&"$fd"
	like "the host listens: $*" "$line" "*: ok*"
}
for port in 7001 7002 7005 7006; do
	serve listen tcp :: "$port"
done
serve listen udp :: 7001
serve listen udp :: 7002
serve listen udp :: 7006
serve listen-unix stream "$world/stream"
serve listen-unix dgram "$world/dgram"
serve listen-unix stream @abstract

tcp=lsm:socket_connect:no_rule send=lsm:socket_sendmsg:no_rule

# ---- connect ----

allowed "tcp: the rule's address and port" four connect tcp 127.0.0.1 7001
allowed "tcp: a range of ports" four connect tcp 127.0.0.1 7006
denied $tcp "tcp: another port" four connect tcp 127.0.0.1 7002
denied $tcp "tcp: another address of the same host" four connect tcp 127.0.0.2 7001
denied $tcp "tcp: its address in the network" four connect tcp 10.9.8.7 7001
denied $tcp "tcp: 0.0.0.0, which the kernel takes for this host" four connect tcp 0.0.0.0 7001
denied $tcp "tcp: ::, likewise" four connect tcp :: 7001
denied $tcp "tcp: ::ffff:0.0.0.0, likewise" four connect tcp ::ffff:0.0.0.0 7001
denied $tcp "tcp: ::1 without its rule" four connect tcp ::1 7001
allowed "tcp: ::ffff:127.0.0.1 is 127.0.0.1" four connect tcp ::ffff:127.0.0.1 7001
denied $tcp "tcp: ::ffff:127.0.0.1 at another port" four connect tcp ::ffff:127.0.0.1 7002
allowed "tcp: ::1 with its rule" six connect tcp ::1 7001
denied $tcp "tcp: 127.0.0.1 where the rule says ::1" six connect tcp 127.0.0.1 7001
denied $tcp "tcp: ::ffff:127.0.0.1 where the rule says ::1" six connect tcp ::ffff:127.0.0.1 7001
denied $tcp "tcp: without a rule" shut connect tcp 127.0.0.1 7001
denied $tcp "udp: connected, another port" four connect udp 127.0.0.1 7002
allowed "udp: connected" four connect udp 127.0.0.1 7001

# ---- sending without connect ----

allowed "udp: sendto" four sendto udp 127.0.0.1 7001
denied $send "udp: sendto, another port" four sendto udp 127.0.0.1 7002
denied $send "udp: sendto, another address" four sendto udp 10.9.8.7 7001
denied $send "udp: sendto, 0.0.0.0" four sendto udp 0.0.0.0 7001
allowed "udp: sendto, ::ffff:127.0.0.1" four sendto udp ::ffff:127.0.0.1 7001
denied $send "udp: sendto, ::ffff:127.0.0.1, another port" four sendto udp ::ffff:127.0.0.1 7002
allowed "udp: sendto, ::1" six sendto udp ::1 7001
denied $send "udp: sendto, ::1, without its rule" four sendto udp ::1 7001
allowed "udp: sendmmsg" four sendmmsg udp 127.0.0.1 7001
is "udp: sendmmsg, all of it" "$line" "sendmmsg: ok 2"
denied $send "udp: sendmmsg, another port" four sendmmsg udp 127.0.0.1 7002
allowed "udp: AF_UNSPEC means AF_INET" four sendto-unspec 127.0.0.1 7001
denied $send "udp: AF_UNSPEC, another port" four sendto-unspec 127.0.0.1 7002
allowed "tcp: MSG_FASTOPEN" four fastopen 127.0.0.1 7001
denied $send "tcp: MSG_FASTOPEN, another port" four fastopen 127.0.0.1 7002
allowed "tcp: TCP_FASTOPEN_CONNECT" four fastopen-connect 127.0.0.1 7001
denied $tcp "tcp: TCP_FASTOPEN_CONNECT, another port" four fastopen-connect 127.0.0.1 7002

# ---- rules that meet ----

allowed "0.0.0.0/0: an address of the network" wide connect tcp 10.9.8.7 7002
allowed "[::]/0: likewise" wide connect tcp fd00::7 7002
denied $tcp "0.0.0.0/0 doesn't open the loopback" wide connect tcp 127.0.0.1 7001
denied $tcp "[::]/0 doesn't open the loopback" wide connect tcp ::1 7001
denied $tcp "[::]/0 doesn't open 127.0.0.1 in its other spelling" wide connect tcp ::ffff:127.0.0.1 7001
denied $tcp "0.0.0.0/0 doesn't open 0.0.0.0" wide connect tcp 0.0.0.0 7001
denied $send "0.0.0.0/0 doesn't open the loopback for udp" wide sendto udp 127.0.0.1 7001
allowed "127.0.0.0/8 does" loopback connect tcp 127.1.2.3 7001
allowed "and [::1]" loopback connect tcp ::1 7001
allowed "nested rules: the outermost's port" nested connect tcp 10.9.8.7 7001
allowed "nested rules: the middle one's port" nested connect tcp 10.9.8.7 7002
allowed "nested rules: the innermost's port" nested connect tcp 10.9.8.7 7005
denied $tcp "nested rules: a port of none" nested connect tcp 10.9.8.7 7006
denied $send "nested rules: a tcp port isn't a udp port" nested sendto udp 10.9.8.7 7002
allowed "nested rules: a udp port" nested sendto udp 10.9.8.7 7006
allowed "nested rules: beside the innermost" nested connect tcp 10.9.8.8 7002
denied $tcp "nested rules: beside the innermost, its port" nested connect tcp 10.9.8.8 7005

# ---- other families ----

unix=lsm:socket_connect:family
denied $unix "unix: a named listener" four connect-unix "$world/stream"
denied $unix "unix: an abstract one" four connect-unix @abstract
denied lsm:socket_sendmsg:family "unix: a datagram" four sendto-unix "$world/dgram"
allowed "unix: a pair" four socketpair
for kind in tcp udp tcp6 udp6 unix; do
	allowed "socket: $kind" four socket $kind
done
for kind in raw packet; do
	denied lsm:socket_create:family "socket: $kind" four socket $kind
done
# What can be made can't be used. That the host may shows that the attempts are good ones.
is "mptcp: the host" "$("$probe" connect-mptcp 127.0.0.1 7001)" "connect-mptcp: ok"
denied $unix "mptcp: to the rule's address and port" four connect-mptcp 127.0.0.1 7001
field last_denial
like "mptcp: the report says where to" "$REPLY" "protocol 262 to 127.0.0.1 port 7001 by *"
is "raw: the host" "$("$probe" raw-udp 127.0.0.1 7001)" "raw-udp: ok"
start four/x "$probe" sleep 1000 </dev/null
# It would hear, too, what comes for others of its network.
denied lsm:socket_create:family "raw: UDP by a raw socket, to the rule's address" four/x raw-udp 127.0.0.1 7001
for kind in raw packet xdp vsock alg; do
	denied lsm:socket_create:family "LSM alone: socket: $kind" four/x socket $kind
done
for kind in tcp udp route; do
	allowed "LSM alone: socket: $kind" four/x socket $kind
done
stop four/x
# Its family changes between the hook and the kernel's own look.
is "addrform: the host" "$("$probe" addrform 127.0.0.1 7001 7099 5)" "addrform: ok"
denied lsm:socket_sendmsg:no_rule "addrform: a socket that is made IPv4 while it sends" \
	four addrform 127.0.0.1 7001 7099 3
serve listen-sctp 127.0.0.1 7001
is "sctp: the host" "$("$probe" connectx-sctp 127.0.0.1 7001)" "connectx-sctp: ok"
denied lsm:sctp_bind_connect:family "sctp: past connect, to the rule's address and port" \
	four connectx-sctp 127.0.0.1 7001
is "netlink: the host" "$("$probe" netlink)" "netlink: ok"
denied lsm:socket_sendmsg:family "netlink: a question to the kernel" four netlink
# What netlink does to interfaces and routes ioctl(2) does, too, of a network that may be the host's.
start four/x "$probe" sleep 1000 </dev/null
allowed "interfaces: what one is like" four/x interface get
denied lsm:file_ioctl:never "interfaces: another address, another route, down" four/x interface set
# 64: IPT_SO_SET_REPLACE of IPv4 and IPv6, whose rules are of all of a network.
for level in 0 41; do
	denied lsm:socket_setsockopt:never "filters: another rule, level $level" four/x socket-option $level 64
	like "control: filters, by the host, level $level" "$("$probe" socket-option $level 64)" "socket-option: E@(INVAL|NOPROTOOPT)"
done
allowed "an option of a socket" four/x socket-option 0 1
is "control: an interface, by the host" "$("$probe" interface set)" "interface: ok"
stop four/x

# ---- one tenant, under two policies at once ----

options=(--set network.connect= --set "network.connect=tcp 127.0.0.1 7002")
start four/other "$probe" sleep 1000 </dev/null
options=()
start four/x "$probe" sleep 1000 </dev/null
for who in x:7001:7002 other:7002:7001; do
	IFS=: read -r who port others <<<"$who"
	allowed "two policies of one tenant: $who, by its own" "four/$who" connect tcp 127.0.0.1 "$port"
	denied $tcp "two policies of one tenant: $who, by the other" "four/$who" connect tcp 127.0.0.1 "$others"
done
stop four/x
stop four/other

# ---- a network namespace of the tenant's, and two first runs at once ----

touch "$tmp"/{one.err,two.err}
: >"$tmp/out"
# The first one holds still before its exec, which will fail; the second one has joined meanwhile.
sandboxctl -v run -t first --name one -- "$world/bin/orphan" 2>"$tmp/one.err" & one=$!
until { echo 1 >"$base/first.slice/cgroup.freeze"; } 2>/dev/null || [[ ! -d /proc/$one ]]; do :; done
until read_all err "$tmp/one.err" && [[ $err == *"step go"* || ! -d /proc/$one ]]; do :; done
sandboxctl -v run -t first --name two -- "$probe" sleep 1000 >"$tmp/out" 2>"$tmp/two.err" & two=$!
until read_all err "$tmp/two.err" && [[ $err == *"step go"* || ! -d /proc/$two ]]; do :; done
first_process first/one
ok "two first runs of a tenant: one waits" test -n "$REPLY"
kill -KILL "$REPLY"
wait "$one"
is "it fails" "$?" 125
echo 0 >"$base/first.slice/cgroup.freeze"
until [[ -s $tmp/out || ! -d /proc/$two ]]; do :; done
first_process first/two
is "the other runs in the network namespace that is pinned" "$(pinned_networks)" \
	"first $(stat -Lc %i "/proc/$REPLY/ns/net")"
kill -TERM "$two"
wait "$two"
is "to its end" "$?" 143
ok "a run alone that fails" test "$(sandboxctl run -t second -- "$world/bin/orphan" 2>/dev/null; echo $?)" = 127
ok "leaves no network namespace" test ! -e "$state/net/second"
like "nor the pin of one" "$(pinned_networks)" "first +([0-9])"

# ---- the pins ----

in_host() { # the mounts that each launch copies
	grep -c " $state/net" /proc/self/mountinfo
}
before=$(in_host)
allowed "a further tenant's" second exit 0
like "is pinned" "$(pinned_networks)" "first +([0-9])"$'\n'"second +([0-9])"
is "and no mount of the host's" "$(in_host)" "$before"
rm "$state/net/second"
like "its file's end is its own" "$(pinned_networks)" "first +([0-9])"

mapfile -t steps < <(grep -o '"net-[a-z]*"' "$repo/src/kernel/netns_make.c" | tr -d '"')
ok "there are steps of making one" test "${#steps[@]}" -ge 5
failing=$repo/build/failpoints
[[ -x $failing/bin/sandboxctl ]] || bail "make FAILPOINTS=1"
for step in "${steps[@]}"; do
	# Where they are pinned is made anew as well, and what was pinned there is gone.
	rm -f "$state/net/second"
	umount "$state/net/.home" && rm "$state/net/.home"
	refuses 125 "sandboxctl: run: network: net-make was killed" "killed at $step: nothing is run" \
		env "SBX_FAILPOINT=$step" "$failing/bin/sandboxctl" run -t second -- "$probe" exit 0
	sandboxctl gc >/dev/null
	left=$(cd "$state/net" && echo *):$(pinned_networks)
	[[ $step == net-made ]] || is "killed at $step: gc leaves nothing" "$left" ":"
	[[ $step != net-made ]] || like "killed at $step: it is made" "$left" "second:second +([0-9])"
	allowed "killed at $step: the next run" second exit 0
	like "killed at $step: has one" "$(pinned_networks)" "second +([0-9])"
done
is "all mounts are as before" "$(in_host)" "$before"

# ---- a socket of another network, that was handed over ----

# As a socket unit does, once somebody has come.
# shellcheck disable=SC2016
unit='
	BEGIN { $^F = 3 }
	socket(my $s, AF_INET, SOCK_STREAM, 0);
	setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
	fileno($s) == 3 && bind($s, pack_sockaddr_in(7120, INADDR_LOOPBACK)) && listen($s, 9) or die "$!";
	my ($probe, $comer) = splice @ARGV, 0, 2;
	`$probe $comer tcp 127.0.0.1 7120` =~ /ok/ or die;
	@ENV{"LISTEN_PID", "LISTEN_FDS"} = ($$, 1);
	exec @ARGV or die'
handed() { # COMER TENANT ATTEMPT...
	status=0
	perl -MSocket -e "$unit" "$probe" "$1" sandboxctl run --json-status-fd 49 -t "$2" -- "$probe" "${@:3}" \
		>"$tmp/out" 2>"$tmp/err" 49>"$tmp/json" </dev/null || status=$?
	read_all line "$tmp/out"
	read_all err "$tmp/err"
	read_all json "$tmp/json"
	line=${line%$'\n'}
	field last_denial_hook
}
handed connect apart rebind 127.0.0.1 7125
is "what came in by it can't be bound to another port there" "$status:$line:$REPLY" \
	"1:rebind: EACCES at disconnect:socket_connect"
handed connect shut rebind 127.0.0.1 7125
is "where the network is its own it can" "$status:$line:$REPLY" "0:rebind: ok:"
handed connect-reset apart rebind 127.0.0.1 7125 reset
is "nor be bound when its peer has gone" "$status:$line:$REPLY" "1:rebind: EACCES at bind:socket_bind"
handed connect-reset shut rebind 127.0.0.1 7125 reset
is "but there" "$status:$line:$REPLY" "0:rebind: ok:"
handed connect apart reconnect 127.0.0.1 7001
is "nor does it connect there" "$status:$line:$REPLY" "1:reconnect: EACCES at connect:socket_connect"
handed connect four reconnect 127.0.0.1 7001
is "where a rule allows it, it does" "$status:$line:$REPLY" "0:reconnect: ok:"

# ---- no network ----

start apart/server "$probe" listen tcp 127.0.0.1 7009 3600 </dev/null
is "mode = none: it may listen" "$line" "listen: ok"
denied $tcp "mode = none: not even its own loopback: no rule can name it" apart connect tcp 127.0.0.1 7009
stop apart/server
denied $tcp "mode = none: the host's listener" apart connect tcp 127.0.0.1 7001

# The same without the LSM: the namespace alone. That is another base cgroup, which it doesn't watch.
(umask 022 && printf 'version = 1\n[host]\nlsm = off\nbase = /unwatched\n' >"$config/sandboxctl.ini")
start apart/server "$probe" listen tcp 127.0.0.1 7009 3600 </dev/null
allowed "network alone: its own loopback" apart connect tcp 127.0.0.1 7009
denied network:ECONNREFUSED "network alone: the host's listener" apart connect tcp 127.0.0.1 7001
denied network:ENETUNREACH "network alone: the host's other address" apart connect tcp 10.9.8.7 7001
denied network:ECONNREFUSED "network alone: an abstract listener of the host's" \
	apart connect-unix @abstract
allowed "network alone: which the host's network has" shut connect-unix @abstract
stop apart/server
rmdir /sys/fs/cgroup/unwatched/*.slice /sys/fs/cgroup/unwatched

kill "${listeners[@]}"
wait
ip address del 10.9.8.7/24 dev lo
ip address del fd00::7/64 dev lo
finish
