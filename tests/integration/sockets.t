#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Sockets that a command is started with: those that its policy says, and those of a socket unit.
#
# Kernel: 6.1
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016,SC2317
. "${0%/*}/lib.sh"

module=$world/modules/service.wasm
mkdir "$world/modules"
cp "$repo/build/demo/service.wasm" "$module"
chmod 644 "$module"
tenant own <<POLICY
[filesystem]
exec = $world/bin
[network]
listen = tcp 127.0.0.1 7100,7101
listen = tcp [::]/0 7102
POLICY
tenant plain <<POLICY
[filesystem]
exec = $world/bin
POLICY
tenant host <<POLICY
[filesystem]
exec = $world/bin
[network]
mode = host
POLICY
tenant service <<POLICY
[runtime]
args = -interpreter
[network]
listen = tcp 127.0.0.1 7130
listen = tcp 0.0.0.0/0 7131
listen = tcp [::]/0 7131
POLICY
load

# A socket unit, with the words KIND... -- COMMAND...; PID and NAMES are what it tells else.
unit='
	my ($fd, @kept) = (3);
	while ((my $kind = shift) ne "--") {
		my ($type, $where) = split(/:/, $kind, 2);
		my $s;
		if ($type eq "file") {
			open($s, "<", $where) or die;
		} elsif ($type eq "unix") {
			socket($s, AF_UNIX, SOCK_STREAM, 0) && bind($s, pack_sockaddr_un($where)) && listen($s, 9) or die;
		} else {
			socket($s, AF_INET, $type eq "udp" ? SOCK_DGRAM : SOCK_STREAM, 0) or die;
			setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
			bind($s, pack_sockaddr_in($where, INADDR_LOOPBACK)) or die;
			$type ne "tcp" || listen($s, 9) or die;
		}
		push @kept, $s;
	}
	# Above all that they are to become.
	my @high = map { fcntl($_, F_DUPFD, 50) } @kept;
	$^F = 100;
	dup2($_, $fd++) for @high;
	POSIX::close($_) for @high;
	$ENV{LISTEN_PID} = $ENV{PID} // $$;
	$ENV{LISTEN_FDS} = $fd - 3;
	$ENV{LISTEN_FDNAMES} = $ENV{NAMES} if $ENV{NAMES};
	exec(@ARGV) or die'
activate() {
	perl -MSocket -MPOSIX -e "$unit" "$@"
}
# activated KIND... -- OPTION... -- COMMAND...: begins a sandbox so, and waits for its first line.
mkfifo "$tmp/activated"
activated() {
	local kinds=()
	while [[ $1 != -- ]]; do kinds+=("$1") && shift; done
	shift
	(exec perl -MSocket -MPOSIX -e "$unit" "${kinds[@]}" -- sandboxctl run --json-status-fd 49 "$@") \
		>"$tmp/activated" 2>"$tmp/err" 49>"$tmp/json" </dev/null &
	supervisor=$!
	exec {from}<"$tmp/activated"
	IFS= read -r line <&"$from"
}
ended_activated() { # [kill]
	[[ -z ${1-} ]] || kill "$supervisor"
	status=0
	wait "$supervisor" || status=$?
	IFS= read -r rest <&"$from" && line=$rest
	exec {from}<&-
	read_all err "$tmp/err"
	read_all json "$tmp/json"
}
in_network_of() { # TENANT COMMAND...: where its sandbox x is
	local REPLY
	first_process "$1/x"
	nsenter --net="/proc/$REPLY/ns/net" "${@:2}"
}
ask() { # TENANT PORT [ADDRESS]: in the network of its own
	line=$(in_network_of "$1" "$probe" ask tcp "${3-127.0.0.1}" "$2")
}
ask_host() { # PORT
	line=$("$probe" ask tcp 127.0.0.1 "$1")
}

# ---- of the policy ----

start own/x "$probe" activated 3600 </dev/null
is "the command has them as a socket unit's service has" "$line" \
	"activated: ok 3 LISTEN_FDS=3 LISTEN_FDNAMES=tcp-7100:tcp-7101:tcp-7102 LISTEN_PID=mine"
ask own 7100
is "who comes is served" "$line" "ask: ok hello"
ask_host 7100
like "in the tenant's network, not the host's" "$line" "ask: ECONNREFUSED*"
first_process own/x
read -r _ uid _ < <(grep Uid "/proc/$REPLY/status")
is "they are the tenant's" "$(awk '$4 == "0A" && !seen[$8]++ { print $8 }' "/proc/$REPLY/net/tcp")" "$uid"
in_network_of own "$probe" connect tcp 127.0.0.1 7102 >"$tmp/out"
like "[::]/0 is no address of IPv4" "$(<"$tmp/out")" "connect: ECONNREFUSED*"
in_network_of own "$probe" connect tcp ::1 7102 >"$tmp/out"
is "and all of IPv6" "$(<"$tmp/out")" "connect: ok"
refuses 125 "sandboxctl: run: sockets: $config/tenants/own.ini:5: listen on tcp 127.0.0.1 port 7100: Address already in use" \
	"another one of the tenant's can't have the same" sandboxctl run -t own -- "$probe" exit 0
sandbox -t own --set network.listen= --set "network.listen=tcp [::1] 7103" -- "$probe" activated 0
is "but others" "$status:$line" "0:activated: ok 1 LISTEN_FDS=1 LISTEN_FDNAMES=tcp-7103 LISTEN_PID=mine"
launched exec own/x -- "$probe" fds
is "a further command has none, behind the same filter" "$status:$line" "0:fds: ok 0 1 2"
stop own/x
sandbox -t own -- "$probe" activated 0
is "when it has ended its ports are free" "$status" 0
sandbox -t own -- "$probe" fds
is "they are 3 and on, and nothing else" "$line" "fds: ok 0 1 2 3 4 5"
sandbox -t plain -- "$probe" activated 0
is "without listen there is none" "$status:$line" "1:activated: ENOTSOCK 0 LISTEN_FDS=unset LISTEN_FDNAMES=unset LISTEN_PID=unset"
sandbox -t plain --set "namespaces.pid=no" --set "network.listen=tcp 127.0.0.1 7104" -- "$probe" activated 0
like "without a pid namespace" "$status:$line" "0:*LISTEN_PID=mine"
sandbox -t own --set process.rlimit.NOFILE=8 -- "$probe" activated 0
is "with hardly a descriptor left to it" "$status" 0
options=(--set "network.listen=tcp 127.0.0.1 81")
start host/x "$probe" activated 3600 </dev/null
options=()
ask_host 81
is "mode = host: on the host's network, and on a port that the tenant itself couldn't have" "$line" "ask: ok hello"
stop host/x
sandbox -t host -- "$probe" listen tcp 127.0.0.1 81 0
like "as here" "$line" "listen: EACCES*"
like "--dry-run tells them" "$(sandboxctl run -t own --dry-run -- "$probe" exit 0)" "*socket 4 tcp-7101*step sockets*"

# ---- of a runtime ----

talk() { # TENANT PORT LINE
	in_network_of "$1" "$probe" ask tcp 127.0.0.1 "$2" "$3"
}
start service/x "$module" </dev/null
like "a module listens on a descriptor of its own" "$line" "listening on descriptor *"
is "it answers" "$(talk service 7130 PING)" "ask: ok PONG"
talk service 7130 QUIT >/dev/null
ended service/x
like "the runtime was told where" "$(sandboxctl run -t service --dry-run -- "$module")" \
	"*command wazero run -listen=127.0.0.1:7130 -listen=:7131 -interpreter /run/module/service.wasm*"
refuses 125 "sandboxctl: run: --set network.listen=tcp ?::?/0 7131: listen: wazero listens on all addresses of IPv4 and IPv6, or on one: name an address, or add 'tcp 0.0.0.0/0 7131'" \
	"what it can't take" sandboxctl run -t service --set network.listen= --set "network.listen=tcp [::]/0 7131" -- "$module" ping

# ---- of who starts it ----

NAMES=web:admin activated tcp:7120 tcp:7121 -- -t plain -- "$probe" activated 3600
is "a socket unit's reach the command" "$line" "activated: ok 2 LISTEN_FDS=2 LISTEN_FDNAMES=web:admin LISTEN_PID=mine"
ask_host 7120
is "who comes is served, though its own network is another" "$line" "ask: ok hello"
ended_activated kill
activated tcp:7120 -- -t own -- "$probe" activated 0
is "before those of the policy" "$line" \
	"activated: ok 4 LISTEN_FDS=4 LISTEN_FDNAMES=unknown:tcp-7100:tcp-7101:tcp-7102 LISTEN_PID=mine"
ended_activated
activated "unix:$world/socket" -- -t plain -- "$probe" activated 0
like "a unix socket" "$line" "activated: ok 1 *"
ended_activated
PID=1 activated tcp:7120 -- -t plain -- "$probe" activated 0
is "those of another process are no business of it" "$line" "activated: ENOTSOCK 0 LISTEN_FDS=unset LISTEN_FDNAMES=unset LISTEN_PID=unset"
ended_activated
for kind in "udp:7120:neither a TCP socket nor a unix stream" "bound:7120:a socket that doesn't listen" "file:/etc/passwd:not a socket"; do
	refuses 125 "sandboxctl: run: LISTEN_FDS: descriptor 4: ${kind##*:}: a socket unit has ListenStream=, and Accept=no" \
		"${kind%:*}" activate tcp:7121 "${kind%:*}" -- sandboxctl run -t plain -- "$probe" exit 0
done
NAMES=one refuses 125 "sandboxctl: run: LISTEN_FDNAMES has fewer names than LISTEN_FDS says" "a name too few" \
	activate tcp:7120 tcp:7121 -- sandboxctl run -t plain -- "$probe" exit 0
refuses 125 "sandboxctl: run --detach: sockets of LISTEN_FDS don't go into the background: *" "nor one in the background" \
	activate tcp:7120 -- sandboxctl run --detach -t plain -- "$probe" exit 0
refuses 125 "sandboxctl: run: LISTEN_FDS: wazero can't be given a socket that is open: name its address with 'listen' in ?network?, without a socket unit" \
	"a module can't have them" activate tcp:7120 -- sandboxctl run -t service -- "$module" ping
(umask 022 && printf 'version = 1\n[host]\nlsm = off\n' >"$config/sandboxctl.ini")
refuses 125 "sandboxctl: run: LISTEN_FDS: descriptor 3 is of the host's network, and with lsm = off *: set ?network? mode = host" \
	"nor a tenant with another network, where no LSM watches" activate tcp:7120 -- sandboxctl run -t plain -- "$probe" exit 0
rm "$config/sandboxctl.ini"

finish
