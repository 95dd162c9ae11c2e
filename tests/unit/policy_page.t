#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# sandboxctl-policy(5): its examples are policies, and nothing of the key tables goes unsaid.
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "${0%/*}/../tap.sh"

template=docs/sandboxctl-policy.5.in
changed=$(mktemp)
trap 'rm -f "$changed"' EXIT

page=$("$O/docs/generate" "$template" policies 2>"$changed")
is "the page can be made" "$? $(<"$changed")" "0 "

missing=
while read -r section key _; do
	[[ $section == - || $page == *$'\n'".Sh [$section]"$'\n'* ]] || missing+=" [$section]"
	[[ $page == *$'\n'".It Cm $key"[$' \n']* ]] || missing+=" $key"
done < <("$O/bin/sandboxctl" policy keys)
is "every key has its entry" "$missing" ""

entry() { # KEY: the last of that name, up to the next one
	local rest=${page##*$'\n'".It Cm $1"}

	echo "$1${rest%%$'\n'.It*}"
}
is "with its form, default and release" "$(entry 'cpu.max No')" "cpu.max No = Ar PERCENT Ns Cm % No or Ar QUOTA Ar PERIOD
CPU time: a share of one CPU, or a quota in each period.
Since 0.1."
like "with words in it" "$(entry default)" "default No = Cm errno Ar NAME , Cm kill No or Cm trap
*
Default:
.Ql errno EPERM .
Since 0.1.*"
like "a list" "$(entry env)" "env No = Ar NAME Ns Cm = Ns Ar VALUE ...
*
A list.
Since 0.1.*"
like "words of a kind" "$(entry root)" "root No = Cm private | host | /PATH
The root of the tree: private is empty but for what is granted.
*
Default:
.Ql private .
Since 0.1."
like "words that aren't built" "$(entry type)" "type No = Cm wazero
*
Not yet supported:
.Cm wasmtime ,
*
Since 0.1."
is "keys that aren't" "$(entry accept)" "accept
Peers that connections are taken from.
Not yet supported."
like "the host's keys" "$(entry ids)" "ids No = Ar FIRST Ns Cm - Ns Ar LAST
*
Default:
.Ql 2000000000-2000065535 .
Since 0.1."

# What a changed template makes of it: sed SCRIPT, and what is said: LINE is the number of the first
# line that differs.
refuses() { # TEXT SCRIPT PATTERN
	local line

	sed "$2" "$template" >"$changed"
	line=$(cmp "$template" "$changed" | sed 's/.* line //')
	err=$("$O/docs/generate" "$changed" policies 2>&1 >/dev/null)
	# shellcheck disable=SC2053
	if [[ $? == 1 && $err == "$changed:"${3//LINE/$line} ]]; then
		result ok "$1"
	else
		result "not ok" "$1" "said:   $err" "wanted: $changed:${3//LINE/$line}"
	fi
}

refuses "a key without a place" '/^@keys lsm/,/^@end/d' "*: key 'mode' of [[]lsm] is not listed: '@keys lsm'"
refuses "a section that no table has" 's/^@keys audit/@keys audits/' "LINE: no table has a section 'audits'*"
refuses "words on a key that the table lacks" 's/^@key tmp/&/;s/^@key cwd/@key cdw/' \
	"LINE: the table has no key 'cdw' in [[]process]"
refuses "words on a key of another section" 's/^@key cwd/@key ids/' "LINE: the table has no key 'ids' in [[]process]"
refuses "the same key twice" 's/^@key cwd/@key env/' "*: 'env' was spoken of already"
refuses "words on no key" '/^@keys audit/a Some words.' "LINE: what is this about? '@key NAME' says it"
refuses "a section twice" '/^@end/,$ s/^@keys audit/@keys lsm/' "*LINE: 'lsm' stands here already*"
refuses "a directive that isn't known" 's/^@keys audit/@kyes audit/' "LINE: '@kyes audit' is unknown*"
refuses "an end that is missing" '/^@example audit/,/^@end/d; $ s/.*/@example audit/' "*: '@example audit' lacks its '@end'*"
refuses "an example with a mistake" 's/^cpu.max = 250%/cpu.max = fast/' "*:LINE: cpu.max: 'fast' is *"
refuses "an example with a key that was renamed" 's/^pids.max = 200/tasks.max = 200/' "*:LINE: *"
refuses "an example without its version" '/^@example lsm/,/^@end/ { /^version/d }' "*'version = 1' is missing*"
refuses "an example whose keys don't fit" 's/^mode = host/mode = none/' "*connect: *nothing can be reached *"
refuses "an example of the host's file with a mistake" 's/^ids = .*/ids = 7/' "*:LINE: ids: '7'*"
refuses "an example that shows something else" '/^@example lsm/,/^@end/ s/^\[lsm\]/[network]/;s/^mode = enforce/mode = none/' \
	"*: it has no key of [[]lsm]"
refuses "a section without an example" '/^@example lsm/,/^@end/d' "*: [[]lsm] has 'mode' and no '@example lsm'"
err=$("$O/docs/generate" /nonexistent policies 2>&1 >/dev/null)
like "a template that isn't there" "$? $err" "1 /nonexistent:0: No such file or directory*"
plan
