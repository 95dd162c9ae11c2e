# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# TAP for tests that are scripts. `err` is what the last run said on stderr, where the test keeps it.

set -uo pipefail

err=
n_tests=0 n_failed=0

# result WORD TEXT [LINE...]
result() {
	local word=$1 line
	n_tests=$((n_tests + 1))
	echo "$word $n_tests - $2"
	if [[ $word != ok ]]; then
		n_failed=$((n_failed + 1))
		for line in "${@:3}"; do
			echo "#   ${line//$'\n'/$'\n'#   }"
		done
	fi
	[[ $word == ok ]]
}

# ok TEXT COMMAND...: it must succeed.
ok() {
	if "${@:2}"; then
		result ok "$1"
	else
		result "not ok" "$1" "failed: ${*:2}"
	fi
}

# is TEXT GOT WANTED
is() {
	if [[ $2 == "$3" ]]; then
		result ok "$1"
	else
		result "not ok" "$1" "got:    $2" "wanted: $3" "stderr of the last run: $err"
	fi
}

# like TEXT GOT PATTERN: a pattern as in `case`.
like() {
	# shellcheck disable=SC2053 # a pattern it is
	if [[ $2 == $3 ]]; then
		result ok "$1"
	else
		result "not ok" "$1" "got:     $2" "pattern: $3" "stderr of the last run: $err"
	fi
}

bail() {
	echo "Bail out! $*"
	exit 1
}

# The end of a test without anything to put away.
plan() {
	echo "1..$n_tests"
	exit $((n_failed > 0))
}
