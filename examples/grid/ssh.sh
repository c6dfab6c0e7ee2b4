#!/usr/bin/env bash
# ssh.sh - the same grid on two hosts: rows go out over ssh, models come back.
#
#     examples/grid/ssh.sh [DIRECTORY]        (default: a temporary one, removed at the end)
#
# A host needs the tools and nothing else: no shared disk, no copy of the data, no agent.  Here the
# two hosts are this machine: an sshd of our own for each, on ports of the loopback, with keys made
# for it.  On real ones everything from `data` on is the same.
# shellcheck source=examples/grid/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=examples/grid/hosts.sh
. "$here/hosts.sh"
hosts_up node1 node2

data
remote() {      # HOST POINT: the fit there, the rest here
	local loss
	# shellcheck disable=SC2086
	loss=$(ssh -F "$dir/ssh/config" "$1" ml-fit -q logistic $2 -y churn <train.csv |
		ml-predict -P -m - valid.csv | ml-eval -q -y churn --metric log-loss) &&
		ml-tune tell --journal grid.jsonl --value "$loss" -- "$2"
}
export -f remote
export dir

# Points in turn to the hosts, two at a time.  Those whose result was told are not printed again, so
# after a failure the same command goes on.
# shellcheck disable=SC2016 # for the shell that xargs starts
points --journal grid.jsonl | awk '{ print "node" NR % 2 + 1; print }' |
	xargs -P 2 -d '\n' -n 2 bash -o pipefail -c 'remote "$1" "$2"' remote

ml-tune best --journal grid.jsonl

# Each host has kept a journal of its own.  Together they are one: what a fit wrote there and a
# prediction read here has the same hash.
for node in node1 node2; do
	echo "$node: $(ml-log ls "$node.jsonl" | tail -n +2 | wc -l) fits"
done
ml-log best --metric log-loss -n 3 --to table node1.jsonl node2.jsonl runs.jsonl
