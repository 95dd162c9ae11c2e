#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# [lsm] mode: what audit and off lift, what they don't, and that every report says so.
#
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

mkdir -m 777 "$world"/{other,bare,granted,mine}
for file in other/file bare/file granted/file mine/file; do
	echo x >"$world/$file"
done
policy() { # NAME MODE
	tenant "$1" <<-POLICY
		[filesystem]
		root = host
		exec = $world/bin
		read = $world/granted
		write = $world/mine
		[network]
		mode = host
		connect = tcp 127.0.0.1 7001
		[lsm]
		mode = $2
	POLICY
}
policy strict enforce
policy trial audit
policy open off
tenant owner <<POLICY
[filesystem]
own = $world/other
POLICY
load

# told TENANT: what the newest event of its says, in REPLY.
told() {
	REPLY=$(sandboxctl events --json -t "$1" | tail -n 1)
}
note=': ran with \[lsm] mode ='

# ---- the control ----

denied lsm:file_open:no_grant "enforce: what no grant covers" strict open "$world/bare/file"
told strict
like "enforce: an event says that it was denied" "$REPLY" '*"allowed":false*'
denied lsm:socket_connect:no_rule "enforce: an address without a rule" strict connect tcp 127.0.0.1 7002
ok "enforce: the report has no mode" test "${err/ran with/}" = "$err"

# ---- audit ----

sandbox -t trial -- "$probe" open "$world/bare/file"
is "audit: what no grant covers is allowed" "$status:$line" "0:open: ok"
like "audit: and the report says so" "$err" "sandboxctl: trial/*$note audit: 1 would be denied: sandboxctl events -t trial"$'\n'
field mode
is "audit: in JSON too" "$REPLY" audit
field denied
is "audit: it is no denial" "$REPLY" ""
told trial
like "audit: an event says what would have been denied" "$REPLY" \
	'*"why":"'"${reasons[no_grant]}"'",*"allowed":true,*"cure":"read = *'
like "audit: as text" "$(sandboxctl events -t trial)" "*: would be denied: open of 'file' *"
sandbox -t trial -- "$probe" open "$world/granted/file"
like "audit: what is granted is no event, and the report says the mode all the same" "$err" \
	"*$note audit: 0 would be denied: *"
sandbox -t trial -- "$probe" connect tcp 127.0.0.1 7002
like "audit: an address without a rule is reached, where nobody listens" "$line" "connect: ECONNREFUSED*"
denied lsm:file_open:owned "audit: what another tenant owns stays closed" trial open "$world/other/file"
like "audit: explain says both" \
	"$(sandboxctl policy explain trial open "$world/bare/file" && sandboxctl policy explain trial open "$world/other/file")" \
	"lifted: *goes through: $config/tenants/trial.ini:*: mode = audit in [[]lsm]*denied: $config/tenants/owner.ini:3: *"

start trial/long "$probe" sleep 1000
as trial/long "$probe" write "$world/granted/file"
is "audit: a right that isn't granted is allowed" "$status:$line" "0:write: ok"
as trial/long "$probe" rename "$world/bare/file" "$world/other/new"
like "audit: a move into what another tenant owns, from where it has no grant" "$status:$line" "1:rename: EACCES*"
expected[trial/long:path_rename]=1
as trial/long "$probe" link "$world/bare/file" "$world/mine/link"
like "audit: a link by which a file could be used for more outlives the mode" "$status:$line" "1:link: EXDEV*"
expected[trial/long:path_link]=1
as trial/long "$probe" clone-userns
like "audit: what no policy can allow stays denied" "$status:$line" "1:clone-userns: EACCES*"
expected[trial/long:userns_create]=1
as trial/long "$probe" open "$world/bare/file"
is "audit: before the policy is enforced" "$status:$line" "0:open: ok"
like "audit: status says it" "$(sandboxctl status trial/long)" "*lsm mode: audit: * would be denied*"
policy trial enforce
load
ok "audit: an update ends it" sandboxctl update trial
as trial/long "$probe" open "$world/bare/file"
like "audit: the sandbox that runs is enforced on" "$status:$line" "1:open: EACCES*"
expected[trial/long:file_open]=1
policy trial audit
load
ok "audit: and another begins it again" sandboxctl update trial
as trial/long "$probe" open "$world/bare/file"
is "audit: the same act is allowed" "$status:$line" "0:open: ok"
stop trial/long
sandbox -t strict --set lsm.mode=audit -- "$probe" open "$world/bare/file"
is "audit: for one run" "$status:$line" "0:open: ok"
denied lsm:file_open:no_grant "audit: and not for the next" strict open "$world/bare/file"

# ---- off ----

told open
before=$REPLY
sandbox -t open -- "$probe" open "$world/bare/file"
is "off: what no grant covers is allowed" "$status:$line" "0:open: ok"
like "off: and the report says so" "$err" "sandboxctl: open/*$note off: without its own grants and rules"$'\n'
told open
is "off: it isn't told" "$REPLY" "$before"
denied lsm:file_open:owned "off: what another tenant owns stays closed" open open "$world/other/file"

finish
