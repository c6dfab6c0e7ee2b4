#!/usr/bin/env bash
# make.sh - models of every kind, and what they predict: run once for a version, then kept.
set -euo pipefail
cd "$(dirname "$0")"
v=$1
fit() {
	local name=$1
	shift
	"$@" >"$v-$name.mls" 2>/dev/null
	ml-predict -q -P --only -m "$v-$name.mls" input.csv >"$v-$name.csv"
}
prepared() {      # NAME SPEC...: a preparation before ridge
	local name=$1
	shift
	ml-feat -q -y price "$@" -b input.csv 2>/dev/null | ml-fit -q ridge >"$v-$name.mls"
	ml-predict -q --only -m "$v-$name.mls" input.csv >"$v-$name.csv"
}
fit dummy-classes ml-fit dummy -y class input.csv
fit dummy-numbers ml-fit dummy -y price input.csv
fit linear ml-fit linear -y price --ignore class input.csv
fit boost ml-fit boost -y price --trees 4 --min-samples-leaf 2 input.csv
# What they are without is format 1, which has no means and deviations.
fit linear-means ml-fit linear -y price --ignore class input.csv
fit ridge-means ml-fit ridge -y price --ignore class input.csv
fit logistic-means ml-fit logistic -y town input.csv
fit forest ml-fit forest -y price --trees 3 input.csv
fit forest-quantile ml-fit forest -y price --quantile 0.9 --trees 3 input.csv
fit extra-trees ml-fit extra-trees -y town --trees 3 input.csv
fit tree ml-fit tree -y price --max-leaves 5 input.csv
fit iforest ml-fit iforest --trees 3 input.csv
fit adaboost ml-fit adaboost -y town --trees 4 input.csv
fit rules ml-fit rules -y price --min-samples-leaf 3 input.csv
fit ridge ml-fit ridge -y price --ignore class input.csv
fit logistic-two ml-fit logistic -y class --ignore price input.csv
fit logistic-three ml-fit logistic -y town input.csv
prepared bins --bins rooms=3 --encode onehot
prepared interact --interact rooms:size
prepared ln --ln size
prepared log1p --log1p rooms
prepared onehot --onehot @cat --min-count 2
prepared ordinal --ordinal town
prepared poly --poly rooms,size --degree 2
prepared rename --rename rooms=zimmer
prepared scale --scale robust,size=minmax
prepared select --select rooms,town
prepared sqrt --sqrt size
prepared drop --drop class
ml-clean -q -y price --indicator rooms --clip size=q0.1..q0.9 --map 'town=oslo:bergen' --impute median,mode -b input.csv |
	ml-fit -q ridge >"$v-clean.mls"
ml-predict -q --only -m "$v-clean.mls" input.csv >"$v-clean.csv"
