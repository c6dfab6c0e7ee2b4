#!/usr/bin/env bash
# docs.sh - what the documentation says, tried.  tests/docs.bats calls it.
#
#     tests/docs.sh readme FILE          run the ```sh blocks; compare with ```text behind them
#     tests/docs.sh man FILE             run the commands of EXAMPLES
#     tests/docs.sh tool NAME            run the examples of NAME --help
#     tests/docs.sh synopsis NAME FILE   is the SYNOPSIS of the page the usage of --help?
#     tests/docs.sh codes FILE           are the codes in the sources those of the page?
#
# Commands run in order in a scratch directory with the files that `prepare` makes; each must end
# with 0.  Output is compared after numbers are cut to 6 digits and digests taken out, since other
# kinds of CPU differ in the last digits.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
bin=$(cd "${ML_BIN:-$root/build/bin}" && pwd) || exit 2
export PATH=$bin:$PATH LC_ALL=C
unset ML_LOG ML_RUN

scratch() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/ml-docs.XXXXXX") && cd "$scratch" || exit 2
	trap 'cd /; rm -rf "$scratch"' EXIT
	mkdir -p examples/data && cp "$root"/examples/data/churn.csv.gz examples/data || exit 2
}

# Files that examples begin with.
prepare() {
	set -e
	cp examples/data/churn.csv.gz .
	ml-split --test 0.25 --stratify churn --seed 1 -o train.csv --rest test.csv churn.csv.gz
	cp test.csv new.csv
	ml-fit -q logistic -y churn train.csv >churn.mls
	ml-fit -q logistic -C 0.01 -y churn train.csv >other.mls
	ml-clean -q -y churn --impute median,mode --save clean.mls train.csv |
		ml-fit -q logistic -y churn >fit.mls
	ml-predict -P -m churn.mls test.csv >pred.csv
	ml-predict -P -m other.mls test.csv >other.csv
	for m in churn other; do
		ml-fit --log runs.jsonl -q logistic -C "$([ $m = churn ] && echo 1 || echo 0.01)" -y churn train.csv |
			ml-predict --log runs.jsonl -P -m - test.csv | ml-eval --log runs.jsonl -y churn
	done >/dev/null
	printf 'age,plan\n30,basic\n200,gold\n,silver\n' >in.csv
	awk 'BEGIN { print "customer,visit"; for (i = 0; i < 200; i++) print "c" i % 40 "," i }' >visits.csv
	awk 'BEGIN {
		print "churn,pred,prob:no,prob:yes,p,s,region"
		for (i = 0; i < 400; i++) {
			p = (i * 37 % 400 + 0.5) / 400
			yes = (i * 53 % 100) / 100 < p * p * (3 - 2 * p)
			printf "%s,%s,%.6f,%.6f,%.6f,%.3f,%s\n", (yes ? "yes" : "no"),
				(p > 0.5 ? "yes" : "no"), 1 - p, p, p, 10 * p, (i % 2 ? "north" : "south")
		}
	}' >predictions.csv
	awk 'BEGIN { print "price,guess"; for (i = 0; i < 200; i++) print i "," i + i * 7 % 11 }' >prices.csv
	awk 'BEGIN { print "id,value"; for (i = 0; i < 200; i++) print "k" i "," i * i }' >growing.csv
	set +e
}

# Stops a block at its first failure; the pipe of a command fails when any part of it does, but for
# a reader that went away.
run_block() {
	bash -c 'set -e; set -o pipefail; '"$1" >out.txt 2>&1 </dev/null
	local rc=$?
	[ $rc -eq 141 ] && rc=0
	return $rc
}

tell() {
	printf '%s\n' "$1:" "$2" "-- exit status $3, it printed:"
	cat out.txt
}

alike() {
	sed -E 's/\[[0-9a-f]{12}(, open)?\]/[digest\1]/g; s/[0-9a-f]{12}\.\.\./digest/g
		s/cut: [0-9]+ of its [0-9]+ bytes/cut: N of its N bytes/' |
		awk '{
			line = ""
			while (match($0, /[0-9]+\.[0-9]+(e[-+]?[0-9]+)?/)) {
				line = line substr($0, 1, RSTART - 1) sprintf("%.6g", substr($0, RSTART, RLENGTH))
				$0 = substr($0, RSTART + RLENGTH)
			}
			print line $0
		}'
}

# Command blocks of a page in markdown, NUL behind each; text blocks that follow one at once are
# headed by a line "=".
markdown_blocks() {
	awk '
		/^```sh$/ { kind = "sh"; block = ""; next }
		/^```text$/ && after { kind = "text"; block = ""; next }
		/^```$/ && kind == "sh" { printf "%s%c", block, 0; kind = ""; after = 1; next }
		/^```$/ && kind == "text" { printf "=\n%s%c", block, 0; kind = ""; after = 0; next }
		kind { block = block $0 "\n"; next }
		{ after = 0 }
	' "$1"
}

readme() {
	local file bad=0 block=""
	file=$(realpath "$1")
	scratch
	while IFS= read -r -d '' part; do
		if [ "${part%%$'\n'*}" = = ]; then
			alike <<<"${part#*$'\n'}" | sed '/^$/d' >want.txt
			alike <out.txt | sed '/^$/d' >have.txt
			diff -u want.txt have.txt >diff.txt || {
				printf '%s\n' "the page and the tools differ: $block"
				cat diff.txt
				bad=1
			}
			continue
		fi
		block=$part
		run_block "$block" || { tell "this failed" "$block" $?; bad=1; }
	done < <(markdown_blocks "$file")
	[ -n "$block" ] || { echo "no command blocks in $1"; bad=1; }
	return $bad
}

# Commands of the EXAMPLES of an mdoc page: displays and .Dl lines.
man_blocks() {
	awk '
		/^\.Sh / { inside = $2 == "EXAMPLES"; next }
		!inside { next }
		/^\.Dl / { sub(/^\.Dl /, ""); printf "%s\n%c", $0, 0; next }
		/^\.Bd / { display = 1; block = ""; next }
		/^\.Ed/ { display = 0; printf "%s%c", block, 0; next }
		display { block = block $0 "\n" }
	' "$1" | sed 's/\\e/\\/g; s/\\-/-/g; s/\\&//g; s/\\(dq/"/g'
}

runnable() {
	case $1 in *jq*) command -v jq >/dev/null ;; esac
}

run_all() {
	local bad=0 n=0
	while IFS= read -r -d '' block; do
		n=$((n + 1))
		runnable "$block" || continue
		run_block "$block" || { tell "this failed" "$block" $?; bad=1; }
	done
	[ $n -gt 0 ] || { echo "no examples"; bad=1; }
	return $bad
}

man() {
	local file
	file=$(realpath "$1")
	scratch
	prepare
	man_blocks "$file" | run_all
}

tool() {
	scratch
	prepare
	"$1" --help | awk '/^Examples:$/ { on = 1; next } /^$/ { on = 0 } on { sub(/^  /, ""); printf "%s\n%c", $0, 0 }' |
		run_all
}

# The section of a page as mandoc prints it, on one line.
synopsis() {
	local tool=$1 page want
	page=$(mandoc -Tascii -Owidth=500 "$2" | sed 's/.\x08//g' |
		sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d;$d' | tr -s ' \t\n' ' ')
	want=$("$tool" --help | sed -n '/^usage:/,/^$/p' | sed 's/^usage://' | tr -s ' \t\n' ' ')
	[ "$page" = "$want" ] || { printf '%s\n' "page:$page" "tool:$want"; return 1; }
}

codes() {
	diff <(grep -rhoE '"[EW]-[A-Z0-9]+"' "$root"/lib "$root"/tools | tr -d '"' | sort -u) \
		<(sed -n 's/^\.It \([EW]-[A-Z0-9]*\)$/\1/p' "$1" | sort -u) |
		sed -n 's/^</not in the page:/p; s/^>/not in the sources:/p' | tee /dev/stderr | grep -q . && return 1
	return 0
}

"$@"
