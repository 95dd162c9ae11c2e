#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Options and operands of every subcommand, as far as nothing is done.
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "${0%/*}/../tap.sh"

program=$O/bin/sandboxctl

# says CODE OUT ERR TEXT ARG...: patterns for both streams.
says() {
	local out status=0 errors

	errors=$(mktemp)
	out=$("$program" "${@:5}" 2>"$errors" </dev/null) || status=$?
	err=$(<"$errors")
	rm -f "$errors"
	# shellcheck disable=SC2053
	if [[ $status == "$1" && $out == $2 && $err == $3 ]]; then
		result ok "$4"
	else
		result "not ok" "$4" "exit status $status, wanted $1" "stdout: $out" "wanted: $2" \
			"stderr: $err" "wanted: $3"
	fi
}

says 0 "usage: sandboxctl *  lsm unload *--config-dir DIR*-v, --verbose*--help*" "" "the program's own help" --help
says 0 "sandboxctl [0-9]*" "" "its version" --version
says 2 "" "sandboxctl: unrecognized option '--bogus': see sandboxctl --help" "an option that it lacks" --bogus
says 2 "" "sandboxctl: option '--config-dir' requires an argument: see sandboxctl --help" "an argument that it lacks" --config-dir

mapfile -t names < <("$program" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p')
is "subcommands are listed" "${names[0]}, $(grep -cx "tenant forget" < <(printf '%s\n' "${names[@]}")), ${names[-1]}" "run, 1, doctor"
for name in "${names[@]}"; do
	read -ra words <<<"$name"
	says 0 "usage: sandboxctl $name*  --help *" "" "$name --help" "${words[@]}" --help
	code=2
	[[ $name != @(run|exec) ]] || code=125
	says "$code" "" "sandboxctl: $name: unrecognized option '--bogus': see sandboxctl $name --help" "$name --bogus" \
		"${words[@]}" --bogus
done

says 125 "" "sandboxctl: run: unrecognized option '--polcy': did you mean '--policy'?" "a mistyped option" run --polcy x
says 125 "" "sandboxctl: run: unrecognized option '--polcy=x': did you mean '--policy'?" "with its argument" run --polcy=x
says 2 "" "usage: sandboxctl policy check ?--json? FILE..." "an operand too few" policy check --json
says 2 "" "usage: sandboxctl policy show ?OPTION?... TENANT" "an operand too many" policy show a b
says 2 "" "usage: sandboxctl policy keys*" "an operand where none is taken" policy keys now
says 0 '*"keys": *' "" "an option, by its beginning" policy keys --js
says 2 "" "sandboxctl: policy keys: option '--json' doesn't allow an argument: see sandboxctl policy keys --help" "an argument that is none" policy keys --json=yes
says 2 "" "usage: sandboxctl policy check *" "options end at --" policy check --
says 1 "" "--json: error: *" "and what follows is an operand" \
	policy check -- --json

says 2 "" "usage: sandboxctl kill ?--signal SIGNAL? TENANT?/NAME?*" "an operand with a part that may be left out" kill
says 2 "" "sandboxctl: kill: --signal '0' is not a signal, *" "a signal that is none" kill -s 0 a
says 2 "" "sandboxctl: 'tenant' is followed by one of: list, forget" "half a subcommand" tenant
for group in lsm policy tenant; do
	mapfile -t lines < <("$program" --help | grep "^  $group ")
	printf -v wanted '%s\n' "usage: sandboxctl $group SUBCOMMAND [ARG]..." "" "${lines[@]}" ""
	is "$group --help lists its own" "$("$program" $group --help 2>&1)" \
		"${wanted}See sandboxctl $group SUBCOMMAND --help."
	says 0 "*" "" "which is no error" $group --help
done
says 2 "" "sandboxctl: 'polcy --help' is not a subcommand: *" "where there are any" polcy --help

says 125 "" "sandboxctl: exec: no command was given: *" "exec without anything" exec
says 125 "" "sandboxctl: exec: no command was given: *" "exec without a command" exec a/x --timeout 1s --
says 125 "" "sandboxctl: exec: 'x' is not TENANT/NAME: *" "exec without a sandbox" exec -- x y
says 125 "" "sandboxctl: exec: --timeout 'soon': *" "an option behind the sandbox" exec a/x --timeout soon y
says 125 "" "sandboxctl: exec: --timeout 'soon': *" "and before it" exec --timeout soon a/x y
says 125 "" "sandboxctl: run: --explain speaks with the caller: *" "an explanation that nobody would read" run --explain --detach x
says 0 "usage: sandboxctl run *-t, --tenant TENANT *--json-status-fd N *The exit status *" "" "run's help" run --help
says 125 "" "sandboxctl: run: option requires an argument -- 't': see sandboxctl run --help" "a short option without its argument" run -t
says 125 "" "sandboxctl: run: invalid option -- '?': see sandboxctl run --help" "a short option that it lacks" run -v?
says 125 "" "sandboxctl: run: option '--t' is ambiguous: see sandboxctl run --help" "an option by a beginning that two have" run --t x
says 125 "" "sandboxctl: run: option '--t=1' is ambiguous: see sandboxctl run --help" "the same with an argument" run --t=1
says 125 "" "sandboxctl: run: option '--=' is ambiguous: see sandboxctl run --help" "an option without a name" run --=
says 125 "" "*: no command was given: *" "the same with it" run -ta -v

says 0 "*  open PATH
*  connect tcp|udp ADDRESS PORT
*" "" "explain tells its acts" policy explain --help
# What is wrong with the words is said whoever the tenant is.
ask="sandboxctl: policy explain:"
says 2 "" "$ask 'opne' is none of open, read, write, exec, metadata, connect, syscall" "an act that is none" policy explain nobody opne /
says 2 "" "usage: sandboxctl policy explain * TENANT connect tcp|udp ADDRESS PORT" "a word too few" \
	policy explain nobody connect tcp 10.0.0.1
says 2 "" "$ask 'sctp' is neither tcp nor udp" "a protocol that is none" policy explain nobody connect sctp 10.0.0.1 1
says 2 "" "$ask '10.0.0' is no address: as in *" "an address that is none" policy explain nobody connect tcp 10.0.0 1
says 2 "" "$ask '0' is no port from 1 to 65535" "a port that is none" policy explain nobody connect tcp 10.0.0.1 0
says 2 "" "$ask 'opne' is no system call *" "a call that is none" policy explain nobody syscall opne
says 1 "" "sandboxctl: tenant 'nobody' has no policy: *" "a tenant without a policy is another thing" \
	policy explain nobody connect tcp 10.0.0.1 1
plan
