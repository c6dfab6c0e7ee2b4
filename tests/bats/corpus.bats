#!/usr/bin/env bats
# corpus.bats - the tables of tests/corpus through the tools: verdict, code, form of the messages, shape.
load helper

corpus=$BATS_TEST_DIRNAME/../corpus

# A model of x (numbers without a missing cell) and c (a, b, c), target y.
corpus_model() {
	awk 'BEGIN { print "x,c,y"; for (i = 0; i < 30; i++) print i * 7 % 19 / 2 "," substr("abc", i % 3 + 1, 1) "," i * 5 % 17 + i }' |
		ml-fit -q linear -y y -o model.mls
}

# lines TOOL: the manifest's lines that begin with the tool, with a sound separator.
lines() {
	awk -F'\t' -v OFS='\037' -v t="$1" 'NR > 1 { split($3, w, " "); if (w[1] == t) { $1 = $1; print } }' "$corpus/manifest.tsv"
}

# judge FILE TOOL EXPECT CODE ROWS COLS: runs it; prints what is wrong.
judge() {
	local file=$1 tool=$2 expect=$3 tag=$4 rows=$5 cols=$6 code=0 want=0
	set -f
	local -a command=($tool)
	set +f
	[[ $tool == ml-predict* ]] && command=(ml-predict -m model.mls)
	"${command[@]}" <"$corpus/$file" >out 2>err || code=$?
	[ "$expect" = error ] && want=65
	[ $code -eq $want ] || echo "$file: exit $code"
	if [ "$expect" = ok ]; then
		[ ! -s err ] || echo "$file: said $(head -1 err)"
	else
		grep -qF "[$tag]" err || echo "$file: no $tag: $(head -1 err)"
	fi
	[ "$expect" != warn ] || grep -q "^${command[0]}: warning: " err || echo "$file: no warning"
	LC_ALL=C awk -v tool="${command[0]}: " 'length > 511 || index($0, tool) != 1 || /[\001-\037\177]/ || !/ \[[EW]-[A-Z0-9]+\]$/ { bad = 1 }
		END { exit bad }' err || echo "$file: form of the message: $(cat -v err)"
	if [ "${command[0]}" = ml-clean ] && [ "$expect" != error ] && [[ $rows =~ ^[0-9]+$ ]]; then
		[ "$(shape <out)" = "$rows $cols" ] || echo "$file: $(shape <out), not $rows $cols"
	fi
}

# Rows and columns of a CSV, quotes heeded.
shape() {
	LC_ALL=C awk 'BEGIN { RS = "\001never\001" } { n = length($0); row = 0; col = 1; inside = 0
		for (i = 1; i <= n; i++) { c = substr($0, i, 1)
			if (c == "\"") inside = !inside
			else if (!inside && c == ",") col++
			else if (!inside && c == "\n") { if (cols && col != cols) { print "ragged"; exit } cols = col; col = 1; row++ } }
		print row - 1, cols }'
}

replay() {
	local n=0
	lines "$1" >list
	while IFS=$'\037' read -r file _ tool expect tag rows cols _ <&3; do
		judge "$file" "$tool" "$expect" "$tag" "$rows" "$cols"
		n=$((n + 1))
	done 3<list >complaints
	[ $n -ge "$2" ] || fail "$n cases only"
	[ ! -s complaints ] || fail "$(cat complaints)"
}

@test "corpus: ml-clean gives each table's verdict, code, message and shape" { replay ml-clean 60; }
@test "corpus: ml-fit gives each table's verdict, code and message" { replay ml-fit 10; }
@test "corpus: ml-eval gives each table's verdict, code and message" { replay ml-eval 3; }
@test "corpus: ml-predict gives each table's verdict, code and message" {
	corpus_model
	replay ml-predict 6
}

@test "corpus: all tools that read tables refuse what ml-clean refuses" {
	lines ml-clean | awk -F'\037' '$4 == "error" && $3 == "ml-clean" { print $1 "\037" $5 }' >list
	corpus_model
	while IFS=$'\037' read -r file tag <&3; do
		[ "$tag" = E-NONFINITE ] || [ "$tag" = E-RANGE ] && continue    # not of a column that is not used
		for tool in 'ml-feat --drop @1' 'ml-split --folds 2' 'ml-split --hash @1 --folds 2' 'ml-predict -m model.mls' 'ml-fit dummy -y @1' 'ml-eval -y @1 --pred @1' 'ml-clean -b'; do
			code=0
			$tool <"$corpus/$file" >/dev/null 2>err || code=$?
			[ $code -eq 65 ] && grep -qE "\[($tag|E-COLUMNS)\]$" err || echo "$file, $tool: $code $(cat -v err)"
		done
	done 3<list >complaints
	[ "$(wc -l <list)" -gt 20 ]
	[ ! -s complaints ] || fail "$(cat complaints)"
}

@test "corpus: how the bytes arrive changes nothing" {
	lines ml-clean | awk -F'\037' '$3 == "ml-clean" { print $1 }' >list
	while IFS= read -r file <&3; do
		[ "$(stat -c %s "$corpus/$file")" -lt 300 ] || continue
		code=0
		ml-clean <"$corpus/$file" >out 2>err || code=$?
		dribbled=0
		{ dd ibs=3 obs=1 status=none <"$corpus/$file" || true; } | ml-clean >out2 2>err2 || dribbled=$?
		[ $code -eq $dribbled ] && cmp -s out out2 && cmp -s err err2 || echo "$file: $code $dribbled $(cat -v err err2)"
	done 3<list >complaints
	[ ! -s complaints ] || fail "$(cat complaints)"
}

@test "corpus: a binary table in between changes no cell" {
	lines ml-clean | awk -F'\037' '$3 == "ml-clean" && $4 != "error" { print $1 }' >list
	while IFS= read -r file <&3; do
		ml-clean -q <"$corpus/$file" >out
		ml-clean -q -b <"$corpus/$file" | ml-clean -q | cmp -s - out || echo "$file"
	done 3<list >complaints
	[ ! -s complaints ] || fail "$(cat complaints)"
}
