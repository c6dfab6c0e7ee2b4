#!/usr/bin/env bash
# churn.sh - the whole life of a model on a real table: 7,043 telecom customers, who leaves?
#
#     examples/churn.sh [DIRECTORY]       (default: a temporary one, removed at the end)
#
# Splits, cleans, makes features, fits, predicts, scores; the same from raw columns; a
# model put together with cat.  It ends with the metrics of the test part.  Needs the tools on the PATH or in build/bin.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH=${ML_BIN:-$here/../build/bin}:$PATH
if [ $# -gt 0 ]; then
	mkdir -p "$1"
	dir=$1
else
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
fi
cp "$here/data/churn.csv.gz" "$dir"
cd "$dir"

say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }

say "1. Hold out a quarter, the share of churn alike in both parts"
ml-split --test 0.25 --stratify churn --seed 1 -o train.csv --rest test.csv churn.csv.gz

say "2. Clean, make features, fit: one stream from tool to tool, everything learned travels in it"
ml-clean -y churn --dedupe --impute median,mode -b train.csv |
	ml-feat --onehot @cat --scale standard -b |
	ml-fit logistic >churn.mls

say "3. The same from raw columns: ml-fit prepares what the estimator needs"
ml-fit -q logistic -y churn train.csv >raw.mls

say "4. Steps saved one by one; cat makes one model of them"
ml-clean -y churn --impute median,mode --save clean.mls train.csv |
	ml-fit logistic -y churn >fit.mls
cat clean.mls fit.mls >whole.mls

say "5. What is in the model, and is it whole?"
ml-show churn.mls
ml-show --json churn.mls >churn.json
ml-show --coef churn.mls >coef.csv
ml-check churn.mls
ml-check whole.mls

for model in churn raw whole; do
	say "6. Test part, model '$model'"
	ml-predict -P -m $model.mls test.csv | ml-eval -y churn
done
