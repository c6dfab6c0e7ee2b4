#!/usr/bin/env bash
# xargs.sh - a grid of fits, two at a time, with nothing but xargs.
#
#     examples/grid/xargs.sh [DIRECTORY]      (default: a temporary one, removed at the end)
# shellcheck source=examples/grid/common.sh
. "$(dirname "$0")/common.sh"

data
# shellcheck disable=SC2016 # for the shell that xargs starts
points | xargs -P 2 -d '\n' -n 1 bash -o pipefail -c 'trial "$1"' trial

# The best three; then the best one, fitted anew on all rows but those of the test.
ml-log best --metric log-loss -n 3 --to table
point=$(ml-log best --metric log-loss -n 1 --to tsv | sed 1d | cut -f5 | sed 's/[^ ]*=/--set &/g')
# shellcheck disable=SC2086
ml-fit -q logistic $point -y churn rest.csv >best.mls
ml-predict -P -m best.mls test.csv | ml-eval -q -y churn --metric log-loss
