#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Completion in a real bash: what stands on the line, and what it may go on with.
# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "${0%/*}/../tap.sh"

folder=contrib/completion
program=$O/bin/sandboxctl
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp"/{tenants,files/sub,state/sandboxes/{acme/{web,work},billing/web}} && touch "$tmp"/tenants/{acme,billing}.ini "$tmp/tenants/README" \
	"$tmp"/files/{one.ini,two.ini,three.txt,four.json}

# shellcheck source=../../contrib/completion/sandboxctl.bash
. "$folder/sandboxctl.bash"

# complete WORD...: the last one is at the cursor. What bash would offer, in the order of names.
complete_words() {
	COMP_WORDS=(sandboxctl "$@")
	COMP_CWORD=$#
	_sandboxctl
	printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ' '
}
# offers TEXT WANTED WORD...
offers() {
	is "$1" "$(complete_words "${@:3}")" "$2 "
}
at=(--config-dir "$tmp") # whose tenants

_sandboxctl_state=$tmp/state # whose sandboxes
first_words="doctor events exec freeze gc kill list logs lsm policy run stats status tenant thaw update wait"

is "bash knows what completes it" "$(complete -p sandboxctl)" "complete -F _sandboxctl sandboxctl"
offers "subcommands" "$first_words" ""
offers "one, by its beginning" "policy" po
offers "the second words" "check explain export import keys score show" policy ""
offers "some of those" "explain export" policy e
offers "nothing behind what isn't one" "" polixy ""
offers "nothing behind half of one" "" policy chekc ""
offers "global options" "--config-dir --help --verbose --version -v" -
offers "subcommands behind those" "$first_words" -v --config-dir /etc ""
offers "and none in the place of an argument" "$tmp/tenants" --config-dir "$tmp/t"
offers "an option's argument behind =" "$tmp/tenants" --config-dir = "$tmp/t"

# All that --help tells, and nothing that it doesn't.
mapfile -t names < <("$program" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p')
is "subcommands are those of --help" "${_sandboxctl_commands[*]}" "${names[*]}"
for name in "${names[@]}"; do
	read -ra words <<<"$name"
	mapfile -t told < <("$program" "${words[@]}" --help |
		sed -n 's/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\1\2/p' | tr -d ' ' | tr , '\n' | LC_ALL=C sort)
	offers "options of $name" "${told[*]}" "${words[@]}" -
done
offers "no option behind an operand" "" policy show acme --
offers "nor behind --" "" policy show -- --js

offers "tenants" "acme billing" "${at[@]}" policy show ""
offers "one of them" "billing" "${at[@]}" policy explain b
offers "behind an option" "acme billing" "${at[@]}" policy show --json ""
offers "behind --" "acme" "${at[@]}" policy show -- a
offers "and no second one" "" "${at[@]}" policy show acme ""
offers "of the folder that = names" "acme billing" --config-dir = "$tmp" policy show ""
offers "none where there is no folder" "" --config-dir "$tmp/none" policy show ""
offers "of an option" "acme billing" "${at[@]}" run -t ""
offers "of its long form" "acme" "${at[@]}" run -v --tenant a
offers "and of =" "acme billing" "${at[@]}" run --tenant =
offers "with a beginning" "billing" "${at[@]}" run --tenant = b
breaks=$COMP_WORDBREAKS
COMP_WORDBREAKS=${breaks//=/}
offers "of one word, where bash leaves it one" "--tenant=billing" "${at[@]}" run --tenant=b
COMP_WORDBREAKS=$breaks
offers "nothing for a name" "" run --name ""
offers "options behind an option's argument" "--json-status-fd" "${at[@]}" run -t acme --name x --js

offers "sandboxes" "acme/web acme/work billing/web" kill ""
offers "some of them" "acme/web acme/work" status --json acme/w
offers "of one tenant" "billing/web" wait b
offers "and no second one" "" freeze acme/web ""
offers "signals" "TERM" kill -s T
offers "behind it sandboxes" "billing/web" kill -s TERM b
offers "none where there are none" "" -v stats c
offers "tenants to forget" "acme billing" "${at[@]}" tenant forget ""

cd "$tmp/files" || exit
offers "policy files and folders" "one.ini sub two.ini" policy check ""
offers "several of them" "two.ini" policy check one.ini t
offers "profiles of containers and folders" "four.json sub" policy import ""
offers "for --policy too" "one.ini sub two.ini" run --policy ""
offers "any file for --log" "four.json journal one.ini sub three.txt two.ini" run --log ""
offers "acts" "connect exec metadata open read syscall write" "${at[@]}" policy explain acme ""
offers "one of them" "connect" "${at[@]}" policy explain acme c
offers "files for an open" "four.json one.ini sub three.txt two.ini" "${at[@]}" policy explain acme open ""
offers "files for a write, with an option before" "three.txt two.ini" "${at[@]}" policy explain --json acme write t
offers "and no second file" "" "${at[@]}" policy explain acme exec one.ini ""
offers "protocols for a connect" "tcp udp" "${at[@]}" policy explain acme connect ""
offers "nobody knows addresses" "" "${at[@]}" policy explain acme connect tcp ""
offers "nor ports" "" "${at[@]}" policy explain acme connect tcp 10.0.0.1 ""
offers "nothing for an act that isn't one" "" "${at[@]}" policy explain acme opne ""
offers "no operand where none is taken" "" lsm load ""
offers "files for the command's arguments" "one.ini" run -t acme -- sort o
offers "its options are its own" "" run -t acme -- sort --he
like "commands" " $(complete_words run -- sor)" "* sort *"

# Where the shell has completions for the command, they are asked, from its place on.
_command_offset() {
	COMPREPLY=("from $1")
}
offers "the command's own completion" "from 5" run -t acme -- sort --reverse
offers "and that of its name" "from 4" run -t acme so
offers "where = was taken apart before it" "from 5" run --tenant = acme sort --key = x
unset -f _command_offset

# Those of other shells come from the same table.
cd "$OLDPWD" || exit
for file in _sandboxctl sandboxctl.fish; do
	text=$(<"$folder/$file") missing=
	for word in run doctor check explain load unload tenant json-status-fd force open syscall; do
		[[ $text == *[^a-z]"$word"[^a-z]* ]] || missing+=" $word"
	done
	is "$file has the table" "$missing" ""
done
like "zsh takes no ':' of a word for its own" "$(<"$folder/_sandboxctl")" '*:SRC\\:DST\[\\:ro\]: *'
if command -v zsh >/dev/null; then ok "zsh reads its file" zsh -n "$folder/_sandboxctl"; fi
if command -v fish >/dev/null; then ok "fish reads its file" fish -n "$folder/sandboxctl.fish"; fi
plan
