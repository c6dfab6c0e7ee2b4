#!/usr/bin/env bash
# valgrind.sh - the demo's commands, and the jobs of the fault tests, under memcheck: nothing is read
# that was not written, nothing is lost.  (Under valgrind OpenBLAS takes kernels for the CPU it sees.)
#
#     tests/faults/valgrind.sh           (the tools on the PATH)
#
# Prints TAP, a test for each command.
set -u

here=$(cd "$(dirname "$0")" && pwd)
command -v valgrind >/dev/null || { echo "1..0 # SKIP no valgrind"; exit; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/ml-grind.XXXXXX") || exit 2
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
export LC_ALL=C
unset ML_LOG
"$here"/tables.sh || exit 2
mkdir run && cd run || exit 2
gzip -dc "$here"/../../examples/data/churn.csv.gz | head -1000 >../churn.csv
tests=0
while read -r name command; do
	case $name in '' | '#'*) continue ;; esac
	# A journal is of one search; the demo's other files are for the jobs behind.
	rm -f run.log
	words=()
	eval "words=($command)"
	tests=$((tests + 1))
	# 99: what valgrind found; anything else but 0 is the program's own.
	if valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect,possible \
		--errors-for-leak-kinds=definite,indirect,possible --suppressions="$here/valgrind.supp" \
		--log-file=../log "${words[@]}" <../t.csv >/dev/null 2>../err; then
		echo "ok $tests - valgrind: $name"
	else
		echo "not ok $tests - valgrind: $name"
		cat ../err ../log | head -40 | sed 's/^/# /'
	fi
done < <(
	cat "$here/jobs"
	cat <<-'JOBS'
	demo-split     ml-split --test 0.25 --stratify churn --seed 1 -o train.csv --rest test.csv ../churn.csv
	demo-clean     ml-clean -y churn --dedupe --impute median,mode -b -o clean.bin train.csv
	demo-feat      ml-feat --onehot @cat --scale standard -b -o feat.bin clean.bin
	demo-fit       ml-fit logistic -o churn.mls feat.bin
	demo-predict   ml-predict -P -m churn.mls -o pred.csv test.csv
	demo-eval      ml-eval -y churn pred.csv
	demo-check     ml-check churn.mls
	JOBS
)
echo "1..$tests"
