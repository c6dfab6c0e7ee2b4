#!/usr/bin/env bash
# segments.sh - customers in four segments: from a CSV to the same table with a label, in one pipe.
#
#     examples/segments/segments.sh [DIRECTORY]       (default: a temporary one, removed at the end)
#
# The pipe; what the segments are; which of them leave; how many segments there should be; and tomorrow's customers.
# Needs the tools on the PATH or in build/bin.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH=${ML_BIN:-$here/../../build/bin}:$PATH
if [ $# -gt 0 ]; then
	mkdir -p "$1"
	dir=$1
else
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
fi
cp "$here/../data/churn.csv.gz" "$dir/customers.csv.gz"
cd "$dir"

say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }

# What customers buy and for how long; whether they left stays out of it.
prepare() {
	ml-clean -q --ignore churn --impute median -b customers.csv.gz |
		ml-feat -q --select tenure,monthly_charges,contract,internet_service --onehot @cat --scale standard -b
}

say "1. One pipe: clean, make features, find segments, label every customer"
prepare | ml-fit -q kmeans -k 4 | tee segments.mls | ml-predict -q -m - customers.csv.gz >segments.csv

say "2. What they are: sizes and middles, in the units of the table"
ml-show --clusters --to table segments.mls

say "3. Who leaves? The segments did not know"
echo segment,customers,left
awk -F, 'NR == 1 { for (j = 1; j <= NF; j++) at[$j] = j; next }
	{ n[$at["pred"]]++; left[$at["pred"]] += $at["churn"] == "Yes" }
	END { for (s in n) printf "%s,%d,%.3f\n", s, n[s], left[s] / n[s] }' segments.csv |
	sort -t, -k3,3gr

say "4. Four, or more? How far customers are from their middle, by number of segments"
prepare >features.mlt
seq 2 8 | xargs -P 2 -I{} sh -c 'ml-fit -q kmeans -k {} -o k{}.mls features.mlt'
for k in 2 3 4 5 6 7 8; do
	printf '%s,%s\n' "$k" "$(ml-show k$k.mls | sed -n 's/.*objective //p')"
done

say "5. Tomorrow: new customers get their segment by the same model, and how far they are from each"
gzip -dc customers.csv.gz | sed -n '1p;5001,5003p' >new.csv
ml-predict -q -P -m segments.mls --keep tenure,monthly_charges,contract new.csv
