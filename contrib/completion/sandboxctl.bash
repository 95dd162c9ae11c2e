# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
#
# Completion of sandboxctl for bash. sandboxctl.bash is made from sandboxctl.bash.in by `make generate`.

_sandboxctl_commands=('run' 'exec' 'list' 'status' 'stats' 'kill' 'freeze' 'thaw' 'wait' 'logs' 'events' 'update' 'gc' 'tenant list' 'tenant forget' 'policy check' 'policy show' 'policy explain' 'policy score' 'policy import' 'policy export' 'policy keys' 'lsm load' 'lsm status' 'lsm unload' 'doctor')

_sandboxctl_row() { # SUBCOMMAND
	options=() operands=() acts=()
	case $1 in
	'')
		options=('--help' '--config-dir=DIR' '--verbose' '-v' '--version')
		;;
	'run')
		options=('--help' '--tenant=TENANT' '-t=TENANT' '--policy=FILE' '--set=SECTION.KEY=VALUE' '--name=NAME' '--env=K[=V]' '--mount=SRC:DST[:ro]' '--timeout=DURATION' '--tty' '--detach' '--log=FILE|journal' '--dry-run' '--explain' '--json-status-fd=N' '--verbose' '-v' '--quiet' '-q')
		operands=('COMMAND' 'ARG...')
		;;
	'exec')
		options=('--help' '--tty' '--env=K[=V]' '--timeout=DURATION' '--json-status-fd=N' '--verbose' '-v' '--quiet' '-q')
		operands=('TENANT/NAME' 'COMMAND' 'ARG...')
		;;
	'list')
		options=('--help' '--all' '--json')
		;;
	'status')
		options=('--help' '--json')
		operands=('TENANT/NAME')
		;;
	'stats')
		options=('--help' '--json')
		operands=('TENANT/NAME')
		;;
	'kill')
		options=('--help' '--signal=SIGNAL' '-s=SIGNAL')
		operands=('TENANT/NAME')
		;;
	'freeze')
		options=('--help')
		operands=('TENANT/NAME')
		;;
	'thaw')
		options=('--help')
		operands=('TENANT/NAME')
		;;
	'wait')
		options=('--help' '--json')
		operands=('TENANT/NAME')
		;;
	'logs')
		options=('--help' '--follow' '-f')
		operands=('TENANT/NAME')
		;;
	'events')
		options=('--help' '--follow' '-f' '--since=WHEN' '--tenant=TENANT' '-t=TENANT' '--json')
		;;
	'update')
		options=('--help' '--dry-run' '--json')
		operands=('TENANT')
		;;
	'gc')
		options=('--help' '--dry-run')
		;;
	'tenant list')
		options=('--help' '--all' '--json')
		;;
	'tenant forget')
		options=('--help')
		operands=('TENANT')
		;;
	'policy check')
		options=('--help' '--json')
		operands=('FILE...')
		;;
	'policy show')
		options=('--help' '--json' '--set=SECTION.KEY=VALUE')
		operands=('TENANT')
		;;
	'policy explain')
		options=('--help' '--json' '--set=SECTION.KEY=VALUE' '--name=NAME')
		operands=('TENANT' 'ACT' 'WHAT...')
		acts=('open PATH' 'read PATH' 'write PATH' 'exec PATH' 'metadata PATH' 'connect tcp|udp ADDRESS PORT' 'syscall CALL')
		;;
	'policy score')
		options=('--help' '--json' '--set=SECTION.KEY=VALUE' '--threshold=N')
		operands=('TENANT')
		;;
	'policy import')
		options=('--help' '--strict')
		operands=('FILE.json')
		;;
	'policy export')
		options=('--help')
		operands=('TENANT')
		;;
	'policy keys')
		options=('--help' '--json')
		;;
	'lsm load')
		options=('--help')
		;;
	'lsm status')
		options=('--help' '--json')
		;;
	'lsm unload')
		options=('--help' '--force')
		;;
	'doctor')
		options=('--help' '--json')
		;;
	*) return 1 ;;
	esac
}

# The words before the cursor in `words`, and that at it in `cur`. Where bash takes `--option=value`
# apart, it becomes one word again; `starts` has the numbers that bash knows them by.
_sandboxctl_words() {
	local i word

	words=() starts=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 1)) && [[ $word == = && ${words[-1]} == --* || ${words[-1]} == --*= ]]; then
			words[-1]+=$word
		else
			words+=("$word")
			starts+=("$i")
		fi
	done
	cur=${words[-1]}
	unset 'words[-1]'
}

# What the option takes, in `kind`; fails where it takes nothing.
_sandboxctl_takes() { # OPTION
	local option

	for option in "${options[@]}"; do
		[[ $option == "$1="* ]] && kind=${option#*=} && return 0
	done
	return 1
}

# Goes on behind the options at `at`, to the first operand. `kind` is left empty, or what the option
# takes whose argument is at the cursor; `ended` after `--`.
_sandboxctl_skip_options() {
	local word

	ended=0
	while kind='' && ((at < ${#words[@]})) && [[ ${words[at]} == -?* ]]; do
		word=${words[at]}
		at=$((at + 1))
		[[ $word != -- ]] || {
			ended=1
			return
		}
		[[ $word != --config-dir=* ]] || config=${word#*=}
		_sandboxctl_takes "$word" || continue
		((at < ${#words[@]})) || return
		[[ $word != --config-dir ]] || config=${words[at]}
		at=$((at + 1))
	done
}

_sandboxctl_add() { # COMPGEN-OPTION...
	local found

	mapfile -t found < <(compgen "$@" -- "$cur")
	COMPREPLY+=("${found[@]}")
}

_sandboxctl_add_files() { # COMPGEN-OPTION...
	compopt -o filenames 2>/dev/null
	_sandboxctl_add "$@"
}

# Whoever may look into the folder; else there are none.
_sandboxctl_add_tenants() {
	local file name

	while IFS= read -r file; do
		name=${file##*/}
		name=${name%.ini}
		[[ $name != "$cur"* ]] || COMPREPLY+=("$name")
	done < <(compgen -G "${config/#\~\//$HOME/}/tenants/*.ini")
}

# The sandboxes that there are, as far as one may look.
_sandboxctl_add_sandboxes() {
	local entry

	while IFS= read -r entry; do
		entry=${entry#"$state/sandboxes/"}
		[[ $entry != "$cur"* ]] || COMPREPLY+=("$entry")
	done < <(compgen -G "$state/sandboxes/*/*")
}

# By the word in the usage line. ARG: of the command of `run`.
_sandboxctl_add_kind() { # KIND
	case $1 in
	TENANT) _sandboxctl_add_tenants ;;
	TENANT/NAME) _sandboxctl_add_sandboxes ;;
	SIGNAL) _sandboxctl_add -W 'HUP INT QUIT KILL USR1 USR2 TERM STOP CONT' ;;
	FILE)
		_sandboxctl_add_files -f -X '!*.ini'
		_sandboxctl_add_files -d
		;;
	FILE.json)
		_sandboxctl_add_files -f -X '!*.json'
		_sandboxctl_add_files -d
		;;
	'FILE|journal')
		_sandboxctl_add -W journal
		_sandboxctl_add_files -f
		;;
	DIR) _sandboxctl_add_files -d ;;
	PATH) _sandboxctl_add_files -f ;;
	ACT) _sandboxctl_add -W "${acts[*]%% *}" ;;
	*'|'*) _sandboxctl_add -W "${1//|/ }" ;;
	COMMAND | ARG)
		if declare -F _command_offset >/dev/null; then
			_command_offset "${starts[at]}"
			return
		fi
		[[ $1 == ARG ]] || _sandboxctl_add -c
		_sandboxctl_add_files -f
		;;
	esac
}

# What operand number N is, in `kind`; that of an act is told by the act.
_sandboxctl_operand() { # N
	local n=$1 last act

	kind=''
	((${#operands[@]})) || return
	last=$((${#operands[@]} - 1))
	if [[ ${operands[last]} == WHAT... ]] && ((n >= last)); then
		for act in "${acts[@]}"; do
			[[ ${act%% *} == "${words[at + last - 1]}" ]] || continue
			read -ra operands <<<"${act#* }"
			kind=${operands[n - last]-}
		done
	elif ((n < last)); then
		kind=${operands[n]}
	elif ((n == last)) || [[ ${operands[last]} == *... ]]; then
		kind=${operands[last]%...}
	fi
}

# The words that name a subcommand after those in $1: "policy" is followed by "check".
_sandboxctl_add_names() { # FIRST
	local command list=' '

	for command in "${_sandboxctl_commands[@]}"; do
		if [[ -z $1 ]]; then
			[[ $list == *" ${command%% *} "* ]] || list+="${command%% *} "
		elif [[ $command == "$1 "* ]]; then
			list+="${command#* } "
		fi
	done
	_sandboxctl_add -W "$list"
}

# Goes on behind the subcommand's name: 0 to go on with its row, else all is said.
_sandboxctl_find_command() {
	local name=''

	until [[ -n $name ]] && _sandboxctl_row "$name"; do
		if ((at == ${#words[@]})); then
			_sandboxctl_add_names "$name"
			return 1
		fi
		[[ $name != *' '* ]] || return 1
		name+=${name:+ }${words[at]}
		at=$((at + 1))
	done
}

# The argument behind a `=`, which is a word of its own to bash if it breaks words there.
_sandboxctl_add_value() {
	local option=${cur%%=*}

	_sandboxctl_takes "$option" || return
	cur=${cur#*=}
	_sandboxctl_add_kind "$kind"
	[[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/$option=}")
}

# Whether an option may stand at the cursor, and begins there.
_sandboxctl_at_option() {
	((at == ${#words[@]} && ended == 0)) && [[ $cur == -* ]]
}

_sandboxctl_complete() {
	_sandboxctl_row ''
	_sandboxctl_skip_options
	if [[ -z $kind ]] && ! _sandboxctl_at_option; then
		_sandboxctl_find_command || return
		_sandboxctl_skip_options
	fi
	if [[ -n $kind ]]; then
		_sandboxctl_add_kind "$kind"
	elif ! _sandboxctl_at_option; then
		_sandboxctl_operand $((${#words[@]} - at))
		_sandboxctl_add_kind "$kind"
	elif [[ $cur == --*=* ]]; then
		_sandboxctl_add_value
	else
		_sandboxctl_add -W "${options[*]%%=*}"
	fi
}

_sandboxctl() {
	local cur kind='' config=/etc/sandboxctl state=${_sandboxctl_state:-/run/sandboxctl}
	local -a words starts options operands acts
	local -i at=1 ended=0

	COMPREPLY=()
	_sandboxctl_words
	_sandboxctl_complete
}

complete -F _sandboxctl sandboxctl
