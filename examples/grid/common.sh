# common.sh - what the three grids share; sourced by them, not run.
# shellcheck shell=bash
#
# A line of points() is the options of a fit.  The result of a trial is what its runs leave in the
# journal: no files of results, no names to invent.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH=${ML_BIN:-$here/../../build/bin}:$PATH
temporary=
at_end() { [ -z "$temporary" ] || rm -rf "$dir"; }
trap at_end EXIT
if [ $# -gt 0 ]; then
	mkdir -p "$1"
	dir=$(cd "$1" && pwd)
else
	dir=$(mktemp -d) temporary=yes
fi
cd "$dir"
export PATH ML_LOG=$dir/runs.jsonl ML_THREADS=1

points() { ml-tune grid -p C=0.001,0.01,0.1,1 -p intercept=yes,no --print "$@"; }

# Fits are judged on rows that are not those of the last test.
data() {
	ml-split --test 0.25 --stratify churn --seed 1 -o rest.csv --rest test.csv \
		"$here/../data/churn.csv.gz"
	ml-split --test 0.25 --stratify churn --seed 2 -o train.csv --rest valid.csv rest.csv
}

# trial POINT: fits, predicts, judges; exported for the shells that xargs and parallel start.
trial() {
	# shellcheck disable=SC2086 # a point is several words
	ml-fit -q logistic $1 -y churn train.csv | ml-predict -P -m - valid.csv |
		ml-eval -q -y churn --metric log-loss -o /dev/null
}
export -f trial
