#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's own machinery, out of reach of what is in a sandbox's cgroup: the LSM alone, as `a/x` has no
# other wall. Beside each, the same by the host.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

tenant a <<POLICY
[filesystem]
exec = $world/bin
POLICY
load
start a/x "$probe" sleep 1000 </dev/null

is "a perf event: the host" "$("$probe" perf-event 2>&1)" "perf-event: ok"
denied lsm:perf_event_open:never "a perf event" a/x perf-event

# A hook that not all kernels have.
token="EPERM at fsconfig" listed="not in this kernel"
if grep -q " bpf_lsm_bpf_token_create" /proc/kallsyms; then
	token=ok listed="program *"
fi
like "status says whether there are BPF tokens" "$(sandboxctl lsm status)" "*hook bpf_token_create         $listed*"
is "a BPF token: the host" "$("$probe" bpf-token 2>&1)" "bpf-token: $token"
if [[ $token == ok ]]; then
	is "a BPF token" "$("$probe" bpf-token "$base/a.slice/x.scope" 2>&1)" "bpf-token: EACCES at create"
	# bpf(2) itself is denied before.
	# shellcheck disable=SC2034 # for `stop`
	expected[a/x:bpf]=1
fi

stop a/x
finish
