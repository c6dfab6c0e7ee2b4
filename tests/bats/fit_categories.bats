#!/usr/bin/env bats
# fit_categories.bats - categories as they are: levels seen and unseen, missing, many, numeric-looking.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	awk 'BEGIN { srand(3); print "zip,city,x,y"; for (i = 0; i < 2000; i++) {
		z = int(40 * rand()); c = int(8 * rand()); x = int(1000 * rand()) / 10
		y = 5 * (z * 7 % 11 > 5) + (c == 3) * 4 + (i % 9 ? 0 : -6) + x / 50 + rand()
		print 10000 + z "," (i % 9 ? "c" c : "") "," x "," y } }' >t.csv
}

predicts() { # predicts MODEL ROW...: one prediction a line
	local model=$1
	shift
	(echo zip,city,x; printf '%s\n' "$@") | ml-predict -q --only -m "$model" | tail -n +2
}

@test "ml-fit boost: categories stay whole: an ordinal step, and sets of levels" {
	ml-fit boost -y y --cat zip t.csv >m.mls 2>err.txt
	[ ! -s err.txt ]
	ml-show m.mls | grep -q '^step 1: ordinal'
	ml-show m.mls | grep -q 'needs   zip, city, x$'
	ml-fit boost -y y t.csv >n.mls
	ml-show n.mls | grep -q 'gives   city$'
	# What no cut of the numbers can tell, sets of levels do with few leaves.
	ml-fit -v boost -y y --cat zip --max-leaves 4 --trees 30 t.csv -o m.mls
	a=$(ml-predict -q -m m.mls t.csv | ml-eval -y y --metric rmse | awk -F, 'NR == 2 { print $3 }')
	ml-fit -v boost -y y --cat zip --encode ordinal --max-leaves 4 --trees 30 t.csv -o m.mls
	b=$(ml-predict -q -m m.mls t.csv | ml-eval -y y --metric rmse | awk -F, 'NR == 2 { print $3 }')
	awk -v a="$a" -v b="$b" 'BEGIN { exit !(a < 0.8 * b) }' || fail "$a, $b"
}

@test "ml-fit boost: --encode onehot, ordinal, none" {
	ml-fit boost -y y --encode onehot t.csv >m.mls
	ml-show --json m.mls | grep -q '"city=c3"'
	predicts m.mls 10001,c3,5 >/dev/null
	ml-fit boost -y y --encode ordinal t.csv >m.mls
	ml-show m.mls | grep -q '^step 1: ordinal'
	refused 65 E-TYPE "column 'city' holds categories" -- ml-fit boost -y y --encode none t.csv
}

@test "ml-predict: what training had not is missing, and counted (W-UNSEEN); missing has its own side" {
	ml-fit boost -y y --cat zip t.csv >m.mls
	[ "$(predicts m.mls 10001,new,5)" = "$(predicts m.mls 10001,,5)" ]
	[ "$(predicts m.mls 99999,c3,5)" = "$(predicts m.mls ,c3,5)" ]
	predicts m.mls 10001,,5 10001,c3,5 | awk 'NR == 1 { a = $1 } NR == 2 { exit !($1 - a > 8) }'
	printf 'zip,city,x\n10001,new,5\n10001,newer,5\n' >u.csv
	run -0 --separate-stderr ml-predict -m m.mls u.csv
	[[ $stderr == "ml-predict: warning: column 'city': 2 in categories that training had not [W-UNSEEN]" ]] || fail "$stderr"
	ml-fit boost -y y --unknown error t.csv >m.mls
	run -65 --separate-stderr ml-predict -m m.mls u.csv
	[[ $stderr == "ml-predict: u.csv:2: city: 'new' was not met in training [E-UNSEEN]" ]] || fail "$stderr"
}

@test "ml-fit boost: numeric-looking categories are matched as text, and a model reads CSV and binary tables alike" {
	ml-fit boost -y y --cat zip t.csv >m.mls
	ml-clean -y y --cat zip -b t.csv >t.bin
	ml-fit boost t.bin >b.mls
	cmp <(ml-predict -m m.mls t.csv) <(ml-predict -m b.mls t.csv)
	cmp <(ml-predict --only -m m.mls t.bin) <(ml-predict --only -m m.mls t.csv)
	# As the model needs it, whatever these rows look like; 010001 is not 10001.
	[ "$(predicts m.mls 010001,c3,5)" = "$(predicts m.mls ,c3,5)" ]
	[ "$(predicts m.mls 10001,c3,5)" = "$(predicts m.mls 10001,c3,5 abc,c3,5 | head -1)" ]
}

@test "ml-fit boost: the order in which levels come does not matter" {
	(head -1 t.csv; tail -n +2 t.csv | sort -t, -k2) >sorted.csv
	(head -1 t.csv; tail -n +2 t.csv | sort -t, -rk2) >reversed.csv
	ml-fit boost -y y --cat zip sorted.csv >a.mls
	ml-fit boost -y y --cat zip reversed.csv >b.mls
	ml-predict --only -m a.mls t.csv >a.csv
	ml-predict --only -m b.mls t.csv >b.csv
	# Sums of the target differ in their last digits.
	paste -d, a.csv b.csv | awk -F, 'NR > 1 { d = $1 - $2; if (d > 1e-9 || d < -1e-9) exit 1 }'
}

@test "ml-fit boost: more levels than bins: the most frequent are told apart (W-BINS)" {
	awk 'BEGIN { srand(5); print "k,y"; for (i = 0; i < 6000; i++) {
		k = int(700 * rand() * rand()); print "k" k "," (k % 2) + 0.1 * rand() } }' >many.csv
	run -0 --separate-stderr ml-fit boost -y y --min-samples-leaf 1 --cat-rows 1 --cat-smooth 1 many.csv -o m.mls
	[[ $stderr == "ml-fit: warning: column 'k': "*" levels: the 255 most frequent are told apart, the others are taken for missing [W-BINS]" ]] || fail "$stderr"
	(echo k; seq 0 19 | sed s/^/k/) | ml-predict -q --only -m m.mls |
		awk 'NR > 1 { want = (NR - 2) % 2; d = $1 - want; if (d < -0.25 || d > 0.35) exit 1 }'
	# A rare level is predicted as a missing one.
	rare=$(tail -n +2 many.csv | cut -d, -f1 | sort | uniq -c | sort -n | awk 'NR == 1 { print $2 }')
	(echo k,x; echo "$rare,1"; echo ,1) | ml-predict -q --only -m m.mls | tail -n +2 | uniq | wc -l >n
	[ "$(cat n)" -eq 1 ]
	ml-fit -q boost -y y --max-bins 20 many.csv >m.mls
	ml-check m.mls
}

@test "ml-fit boost: a class of text, weights, and columns that are all missing" {
	awk -F, 'BEGIN { OFS = "," } NR == 1 { print $0, "w,void"; next } {
		print $1, $2, $3, ($4 > 6 ? "high" : ($4 > 2 ? "mid" : "low")), NR % 4, "" }' t.csv >c.csv
	run -0 --separate-stderr ml-fit boost -y y --cat zip --weight w c.csv -o m.mls
	[[ $stderr == *"column 'void' is constant"* ]] || fail "$stderr"
	ml-predict -q -P -m m.mls c.csv | ml-eval -y y --metric accuracy | awk -F, 'NR == 2 { exit !($3 > 0.9) }'
	# Rows of weight 0 count as absent.
	awk -F, 'NR == 1 || $5 > 0' c.csv >some.csv
	ml-fit -q boost -y y --cat zip --weight w some.csv >n.mls
	cmp <(ml-predict -q -P -m m.mls c.csv) <(ml-predict -q -P -m n.mls c.csv)
}
