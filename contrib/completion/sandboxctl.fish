# SPDX-License-Identifier: Apache-2.0
#
# Completion of sandboxctl for fish. sandboxctl.fish is made from sandboxctl.fish.in by `make generate`.

# What stands before the cursor less the options: subcommand, operands.
function __sandboxctl_operands
    set -l tokens (commandline -opc)
    set -l skip 0
    set -e tokens[1]
    for token in $tokens
        if test $skip = 1
            set skip 0
        else if contains -- $token $__sandboxctl_with_argument
            set skip 1
        else if not string match -q -- '-*' $token
            printf '%s\n' $token
        end
    end
end

# Whether the word at the cursor is operand N of the subcommand, counted from 1; "N+": or a later one.
function __sandboxctl_at # N NAME...
    set -l operands (__sandboxctl_operands)
    set -l number (string trim -r -c + -- $argv[1])
    set -l name $argv[2..-1]
    set -l n (count $name)

    test (count $operands) -ge $n; or return 1
    if test $n -gt 0
        test "$operands[1..$n]" = "$name"; or return 1
    end
    set -l at (math (count $operands) - $n + 1)
    if test $number = $argv[1]
        test $at -eq $number
    else
        test $at -ge $number
    end
end

# Whether word number N of them all, the subcommand's too, is WORD.
function __sandboxctl_word # N WORD
    set -l operands (__sandboxctl_operands)
    test "$operands[$argv[1]]" = $argv[2]
end

# Whoever may look into the folder; else there are none.
function __sandboxctl_tenants
    set -l tokens (commandline -opc)
    set -l config /etc/sandboxctl
    set -l at (contains -i -- --config-dir $tokens)
    and set config $tokens[(math $at + 1)]
    set -l given (string replace -rf -- '^--config-dir=' '' $tokens)
    and set config $given[-1]
    for file in $config/tenants/*.ini
        string replace -r '^.*/(.*)\.ini$' '$1' -- $file
    end
end

# The sandboxes that there are, as far as one may look.
function __sandboxctl_sandboxes
    for entry in /run/sandboxctl/sandboxes/*/*
        string replace -r '^.*/([^/]*/[^/]*)$' '$1' -- $entry
    end
end

complete -c sandboxctl -f
set -g __sandboxctl_with_argument --config-dir --tenant -t --policy --set --name --env --mount --timeout --log --json-status-fd --env --timeout --json-status-fd --signal -s --since --tenant -t --set --set --name --set --threshold

complete -c sandboxctl -n '__sandboxctl_at 1' -l config-dir -x -a '(__fish_complete_directories)' -d 'instead of /etc/sandboxctl'
complete -c sandboxctl -n '__sandboxctl_at 1' -s v -l verbose -d 'say each step'
complete -c sandboxctl -n '__sandboxctl_at 1' -l version -d 'say the version'
complete -c sandboxctl -n '__sandboxctl_at 1' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a run -d 'run a command in a sandbox'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a exec -d 'run a command in a sandbox that runs'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a list -d 'list the sandboxes'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a status -d 'show sandboxes, what they use and what they may'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a stats -d 'show what sandboxes and tenants use'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a kill -d 'end all that is in a sandbox, at once'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a freeze -d 'stop all that is in a sandbox'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a thaw -d 'let it go on'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a wait -d 'wait for a sandbox'\''s end, and say how it ended'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a logs -d 'print what a sandbox in the background has written'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a events -d 'tell what was denied, to whom, and by which line'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a update -d 'put a changed policy on the sandboxes that run'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a gc -d 'remove what killed sandboxes have left'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a tenant
complete -c sandboxctl -n '__sandboxctl_at 1 tenant' -x -a list -d 'list the tenants'
complete -c sandboxctl -n '__sandboxctl_at 1 tenant' -x -a forget -d 'give up what a removed tenant still has'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a policy
complete -c sandboxctl -n '__sandboxctl_at 1 policy' -x -a check -d 'check policy files'
complete -c sandboxctl -n '__sandboxctl_at 1 policy' -x -a show -d 'print a policy, and where each value comes from'
complete -c sandboxctl -n '__sandboxctl_at 1 policy' -x -a explain -d 'say what a policy allows, and why'
complete -c sandboxctl -n '__sandboxctl_at 1 policy' -x -a score -d 'rate how exposed a policy leaves the host'
complete -c sandboxctl -n '__sandboxctl_at 1 policy' -x -a import -d 'make a policy of a container'\''s seccomp profile'
complete -c sandboxctl -n '__sandboxctl_at 1 policy' -x -a export -d 'print a policy'\''s calls as an OCI seccomp profile'
complete -c sandboxctl -n '__sandboxctl_at 1 policy' -x -a keys -d 'list what a policy can say'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a lsm
complete -c sandboxctl -n '__sandboxctl_at 1 lsm' -x -a load -d 'load the LSM programs and all tenants'\'' own'
complete -c sandboxctl -n '__sandboxctl_at 1 lsm' -x -a status -d 'show what is loaded'
complete -c sandboxctl -n '__sandboxctl_at 1 lsm' -x -a unload -d 'end the enforcement'
complete -c sandboxctl -n '__sandboxctl_at 1' -x -a doctor -d 'check what this host lacks, and say the cure'

complete -c sandboxctl -n '__sandboxctl_at 1 run' -s t -l tenant -x -a '(__sandboxctl_tenants)' -d 'whose policy; else the host'\''s default tenant'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l policy -r -F -d 'this file instead of the tenant'\''s'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l set -x -d 'as a line of the policy'\''s that comes last'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l name -x -d 'name of the sandbox, unique in its tenant'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l env -x -d 'set a variable; without V, to the value it has here'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l mount -x -d 'show a tree at another place, to write or to read'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l timeout -x -d 'kill all of it after that time: 500ms, 30s, 1h'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l tty -d 'give it a terminal of its own, shown in this one'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l detach -d 'leave it in the background, and print TENANT/NAME'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l log -r -F -a journal -d 'append its output to FILE, or tell systemd'\''s journal'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l dry-run -d 'print what would be done, and do nothing'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l explain -d 'say at its end which line of the policy stopped it'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l json-status-fd -x -d 'write how it ended to descriptor N, as JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -s v -l verbose -d 'say each step on stderr'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -s q -l quiet -d 'say nothing on stderr about how it ended'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 run' -r -F -a '(__fish_complete_command)'
complete -c sandboxctl -n '__sandboxctl_at 2+ run' -r -F

complete -c sandboxctl -n '__sandboxctl_at 1 exec' -l tty -d 'give it a terminal of its own, shown in this one'
complete -c sandboxctl -n '__sandboxctl_at 1 exec' -l env -x -d 'set a variable; without V, to the value it has here'
complete -c sandboxctl -n '__sandboxctl_at 1 exec' -l timeout -x -d 'kill the command after that time: 500ms, 30s, 1h'
complete -c sandboxctl -n '__sandboxctl_at 1 exec' -l json-status-fd -x -d 'write how it ended to descriptor N, as JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 exec' -s v -l verbose -d 'say each step on stderr'
complete -c sandboxctl -n '__sandboxctl_at 1 exec' -s q -l quiet -d 'say nothing on stderr about how it ended'
complete -c sandboxctl -n '__sandboxctl_at 1 exec' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 exec' -x -a '(__sandboxctl_sandboxes)'
complete -c sandboxctl -n '__sandboxctl_at 2 exec' -r -F -a '(__fish_complete_command)'
complete -c sandboxctl -n '__sandboxctl_at 3+ exec' -r -F

complete -c sandboxctl -n '__sandboxctl_at 1 list' -l all -d 'also those that have ended, and are remembered'
complete -c sandboxctl -n '__sandboxctl_at 1 list' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 list' -l help -d 'print this text'

complete -c sandboxctl -n '__sandboxctl_at 1 status' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 status' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 status' -x -a '(__sandboxctl_sandboxes)'

complete -c sandboxctl -n '__sandboxctl_at 1 stats' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 stats' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 stats' -x -a '(__sandboxctl_sandboxes)'

complete -c sandboxctl -n '__sandboxctl_at 1 kill' -s s -l signal -x -a 'HUP INT QUIT KILL USR1 USR2 TERM STOP CONT' -d 'to its command alone, as TERM'
complete -c sandboxctl -n '__sandboxctl_at 1 kill' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 kill' -x -a '(__sandboxctl_sandboxes)'

complete -c sandboxctl -n '__sandboxctl_at 1 freeze' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 freeze' -x -a '(__sandboxctl_sandboxes)'

complete -c sandboxctl -n '__sandboxctl_at 1 thaw' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 thaw' -x -a '(__sandboxctl_sandboxes)'

complete -c sandboxctl -n '__sandboxctl_at 1 wait' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 wait' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 wait' -x -a '(__sandboxctl_sandboxes)'

complete -c sandboxctl -n '__sandboxctl_at 1 logs' -s f -l follow -d 'go on with what it writes, until it ends'
complete -c sandboxctl -n '__sandboxctl_at 1 logs' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 logs' -x -a '(__sandboxctl_sandboxes)'

complete -c sandboxctl -n '__sandboxctl_at 1 events' -s f -l follow -d 'wait for what comes, and tell it'
complete -c sandboxctl -n '__sandboxctl_at 1 events' -l since -x -d 'no older ones: -5m, 10:00, '\''2026-11-26 10:00'\'''
complete -c sandboxctl -n '__sandboxctl_at 1 events' -s t -l tenant -x -a '(__sandboxctl_tenants)' -d 'of that one alone'
complete -c sandboxctl -n '__sandboxctl_at 1 events' -l json -d 'print JSON, a line each'
complete -c sandboxctl -n '__sandboxctl_at 1 events' -l help -d 'print this text'

complete -c sandboxctl -n '__sandboxctl_at 1 update' -l dry-run -d 'look at all of it, and change nothing'
complete -c sandboxctl -n '__sandboxctl_at 1 update' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 update' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 update' -x -a '(__sandboxctl_tenants)'

complete -c sandboxctl -n '__sandboxctl_at 1 gc' -l dry-run -d 'say what would be removed, and remove nothing'
complete -c sandboxctl -n '__sandboxctl_at 1 gc' -l help -d 'print this text'

complete -c sandboxctl -n '__sandboxctl_at 1 tenant list' -l all -d 'also those that have nothing here but their id'
complete -c sandboxctl -n '__sandboxctl_at 1 tenant list' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 tenant list' -l help -d 'print this text'

complete -c sandboxctl -n '__sandboxctl_at 1 tenant forget' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 tenant forget' -x -a '(__sandboxctl_tenants)'

complete -c sandboxctl -n '__sandboxctl_at 1 policy check' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 policy check' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1+ policy check' -r -F

complete -c sandboxctl -n '__sandboxctl_at 1 policy show' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 policy show' -l set -x -d 'as run may be given it, any number of times'
complete -c sandboxctl -n '__sandboxctl_at 1 policy show' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 policy show' -x -a '(__sandboxctl_tenants)'

complete -c sandboxctl -n '__sandboxctl_at 1 policy explain' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 policy explain' -l set -x -d 'as run may be given it, any number of times'
complete -c sandboxctl -n '__sandboxctl_at 1 policy explain' -l name -x -d 'of the sandbox that %n stands for'
complete -c sandboxctl -n '__sandboxctl_at 1 policy explain' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 policy explain' -x -a '(__sandboxctl_tenants)'
complete -c sandboxctl -n '__sandboxctl_at 2 policy explain' -x -a open -d 'PATH'
complete -c sandboxctl -n '__sandboxctl_at 2 policy explain' -x -a read -d 'PATH'
complete -c sandboxctl -n '__sandboxctl_at 2 policy explain' -x -a write -d 'PATH'
complete -c sandboxctl -n '__sandboxctl_at 2 policy explain' -x -a exec -d 'PATH'
complete -c sandboxctl -n '__sandboxctl_at 2 policy explain' -x -a metadata -d 'PATH'
complete -c sandboxctl -n '__sandboxctl_at 2 policy explain' -x -a connect -d 'tcp|udp ADDRESS PORT'
complete -c sandboxctl -n '__sandboxctl_at 2 policy explain' -x -a syscall -d 'CALL'
complete -c sandboxctl -n '__sandboxctl_at 3 policy explain; and __sandboxctl_word 4 open' -r -F
complete -c sandboxctl -n '__sandboxctl_at 3 policy explain; and __sandboxctl_word 4 read' -r -F
complete -c sandboxctl -n '__sandboxctl_at 3 policy explain; and __sandboxctl_word 4 write' -r -F
complete -c sandboxctl -n '__sandboxctl_at 3 policy explain; and __sandboxctl_word 4 exec' -r -F
complete -c sandboxctl -n '__sandboxctl_at 3 policy explain; and __sandboxctl_word 4 metadata' -r -F
complete -c sandboxctl -n '__sandboxctl_at 3 policy explain; and __sandboxctl_word 4 connect' -x -a '(string split "|" "tcp|udp")'
complete -c sandboxctl -n '__sandboxctl_at 4 policy explain; and __sandboxctl_word 4 connect' -x
complete -c sandboxctl -n '__sandboxctl_at 5 policy explain; and __sandboxctl_word 4 connect' -x
complete -c sandboxctl -n '__sandboxctl_at 3 policy explain; and __sandboxctl_word 4 syscall' -x

complete -c sandboxctl -n '__sandboxctl_at 1 policy score' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 policy score' -l set -x -d 'as run may be given it, any number of times'
complete -c sandboxctl -n '__sandboxctl_at 1 policy score' -l threshold -x -d 'exit with 1 where it is above N'
complete -c sandboxctl -n '__sandboxctl_at 1 policy score' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 policy score' -x -a '(__sandboxctl_tenants)'

complete -c sandboxctl -n '__sandboxctl_at 1 policy import' -l strict -d 'fail where a policy can'\''t say all of it'
complete -c sandboxctl -n '__sandboxctl_at 1 policy import' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 policy import' -r -F

complete -c sandboxctl -n '__sandboxctl_at 1 policy export' -l help -d 'print this text'
complete -c sandboxctl -n '__sandboxctl_at 1 policy export' -x -a '(__sandboxctl_tenants)'

complete -c sandboxctl -n '__sandboxctl_at 1 policy keys' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 policy keys' -l help -d 'print this text'

complete -c sandboxctl -n '__sandboxctl_at 1 lsm load' -l help -d 'print this text'

complete -c sandboxctl -n '__sandboxctl_at 1 lsm status' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 lsm status' -l help -d 'print this text'

complete -c sandboxctl -n '__sandboxctl_at 1 lsm unload' -l force -d 'kill what still runs first'
complete -c sandboxctl -n '__sandboxctl_at 1 lsm unload' -l help -d 'print this text'

complete -c sandboxctl -n '__sandboxctl_at 1 doctor' -l json -d 'print JSON'
complete -c sandboxctl -n '__sandboxctl_at 1 doctor' -l help -d 'print this text'
