#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The libc that the launcher has says the same as the system's, and the launcher is linked as it should be.
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "${0%/*}/../tap.sh"

system=$("$O/tests/agree-system")
launcher=$("$O/tests/agree-launcher")
is "numbers, words, tables and layouts" \
	"$(diff <(printf '%s\n' "$system") <(printf '%s\n' "$launcher"))" ""
is "there are that many" "$(($(wc -l <<<"$launcher") > 900))" 1

headers=$(readelf -lW "$O/bin/sandboxctl")
dynamic=$(readelf -dW "$O/bin/sandboxctl")
is "the stack can't be executed" "$(grep -o 'GNU_STACK .* RW ' <<<"$headers" | tr -s ' 0x' ' ')" "GNU_STACK RW "
is "nor is anything both" "$(grep -c ' RWE ' <<<"$headers")" 0
like "what was relocated can't be written" "$headers" "*GNU_RELRO*"
like "and all is, at the start" "$dynamic" "*FLAGS_1*NOW*"
like "it may lie anywhere" "$dynamic" "*FLAGS_1*PIE*"
plan
