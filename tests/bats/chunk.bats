#!/usr/bin/env bats
# chunk.bats - ml-fit --chunk: tables larger than memory, so many rows at a time.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	awk 'BEGIN { srand(5); print "id,age,income,city,w,kind"
		for (i = 1; i <= 10000; i++) {
			k = int(3 * rand())
			print i "," (i % 13 ? int(20 + 15 * k + 30 * rand()) : "") "," int(900 + 500 * k * k + 900 * rand()) "," \
				substr("ABCDEF", 1 + int((3 + k) * rand()), 1) "-town," 1 + i % 3 "," substr("redjetsky", 1 + 3 * k, 3)
		} }' >t.csv
	part() { (head -1 t.csv; sed -n "$(($1 + 1)),$(($2 + 1))p" t.csv); }
}

predictions() { ml-predict -q -P --log-probability -m "$1" t.csv; }

@test "ml-fit nb --chunk: the predictions of a fit of all rows at once, whatever the chunks" {
	fit() { ml-fit -q nb -y kind --id id --weight w "$@"; }
	fit t.csv >all.mls
	# What the first rows did not have is told once, of all chunks.
	run -0 --separate-stderr ml-fit nb -y kind --id id --ignore w --chunk 20 -o m.mls t.csv
	[ "$(grep -c W-UNSEEN <<<"$stderr")" -eq 1 ] || fail "$stderr"
	for rows in 50 1000 4097 9999 10000 1000000; do
		fit --chunk $rows t.csv >part.mls
		cmp <(predictions all.mls) <(predictions part.mls) || fail "$rows rows"
		ml-check -q part.mls
	done
}

@test "ml-fit --chunk: as --update by hand, from CSV, from a pipe that dribbles, from several files" {
	fit() { ml-fit -q nb --kind gaussian -y kind --id id --ignore w,city "$@"; }
	part 1 3000 >a.csv
	part 3001 6000 >b.csv
	part 6001 9000 >c.csv
	part 9001 10000 >d.csv
	fit a.csv >hand.mls
	for f in b c d; do
		ml-fit -q nb --kind gaussian --id id --ignore w,city --update hand.mls -o hand.mls $f.csv
	done
	fit --chunk 3000 t.csv >part.mls
	cmp <(predictions hand.mls) <(predictions part.mls)
	fit --chunk 3000 <t.csv >stdin.mls
	{ dd ibs=7 obs=1001 status=none <t.csv || true; } | fit --chunk 3000 >dribbled.mls
	cmp stdin.mls dribbled.mls
	fit --chunk 3000 -j1 <t.csv >one.mls
	cmp stdin.mls one.mls
	part 1 4321 >a.csv
	part 4322 10000 >b.csv
	fit --chunk 3000 a.csv b.csv >files.mls
	cmp <(predictions part.mls) <(predictions files.mls)
}

@test "ml-fit --chunk: binary tables, with steps, cut where chunks end" {
	part 1 4321 >a.csv
	part 4322 10000 >b.csv
	ml-clean -q -y kind --id id --ignore w --impute age=median --save clean.mls a.csv >a2.csv
	for f in a b; do ml-clean -q --apply clean.mls -b $f.csv; done >both.mlt
	ml-fit -q nb -y kind both.mlt >all.mls
	for rows in 1000 4321 5000 10000; do
		ml-fit -q nb -y kind --chunk $rows both.mlt >part.mls
		cmp <(predictions all.mls) <(predictions part.mls) || fail "$rows rows"
	done
	ml-show part.mls | grep -q 'step 1: impute'
}

@test "ml-fit --chunk: chunks without a target, or of a single row, at the end too" {
	awk -F, -v OFS=, 'NR > 2000 && NR <= 4500 { $6 = "" } { print }' t.csv | sed 9502q >holes.csv
	for a in nb 'kmeans -k 3' 'boost --trees 2' 'mlp --epochs 1 --layers 4'; do
		# shellcheck disable=SC2086
		ml-fit -q $a -y kind --id id --ignore w --chunk 500 holes.csv >part.mls || fail "$a"
		ml-check -q part.mls
	done
	ml-fit -q nb -y kind --id id --ignore w holes.csv >all.mls
	ml-fit -q nb -y kind --id id --ignore w --chunk 500 holes.csv >part.mls
	cmp <(predictions all.mls) <(predictions part.mls)
	# What is to be said of each chunk is said once, and of each column.
	run -0 --separate-stderr ml-fit nb -y kind --id id --ignore w --chunk 300 -o x.mls holes.csv
	[ "$(grep -c 'without a value in target' <<<"$stderr")" -le 2 ] || fail "$stderr" # a row, or rows
	awk -F, -v OFS=, 'NR > 1 { $4 = NR % 7 ? $4 : "NA"; $6 = NR % 11 ? $6 : "NA" } { print }' t.csv >na.csv
	run -0 --separate-stderr ml-fit nb -y kind --id id --ignore w --chunk 300 -o x.mls na.csv
	[ "$(grep -c "'city': a marker" <<<"$stderr")" -eq 1 ] || fail "$stderr"
	[ "$(grep -c "'kind': a marker" <<<"$stderr")" -eq 1 ] || fail "$stderr"
	[[ $stderr == *" more warnings, with other numbers than those above,"*W-ALIKE* ]] || fail "$stderr"
	sed 1501q holes.csv | sed '502,1501s/[a-z]*$//' >late.csv # no targets behind the first chunk
	ml-fit -q nb -y kind --id id --ignore w --chunk 500 late.csv >part.mls
	refused 65 E-TARGET "no value at all" -- ml-fit nb -q -y kind --id id --ignore w --chunk 500 -o x.mls <(sed '2,501s/[a-z]*$//' late.csv)
}

@test "ml-fit --chunk with --update: a model goes on through all rows of the table" {
	part 1 2000 >a.csv
	part 2001 10000 >rest.csv
	ml-fit -q nb -y kind --id id --ignore w a.csv >a.mls
	ml-fit -q nb --id id --ignore w --chunk 1500 --update a.mls rest.csv >both.mls
	ml-fit -q nb -y kind --id id --ignore w t.csv >all.mls
	cmp <(predictions all.mls) <(predictions both.mls)
	ml-show --json both.mls | tr -d ' \n' | grep -q '"updated":"[0-9a-f]\{64\}"'
}

@test "ml-fit kmeans, mlp, boost --chunk: every row counts" {
	ml-fit -q kmeans -k 3 --id id --ignore w,kind,city --chunk 1000 --impute mean t.csv >m.mls
	[ "$(ml-show --clusters m.mls | cut -d, -f2 | awk 'NR > 1 { n += $1 } END { print n }')" = 10000 ]
	# The mean of centres, by their sizes, is that of all rows, which were scaled by the first 1000.
	ml-fit -q kmeans -k 3 --id id --ignore w,kind,city,age --scale none --tol 0 --chunk 1000 t.csv >m.mls
	want=$(awk -F, 'NR > 1 { s += $3 } END { printf "%.6f", s / (NR - 1) }' t.csv)
	got=$(ml-show --clusters m.mls | awk -F, 'NR > 1 { n += $2; s += $2 * $NF } END { printf "%.6f", s / n }')
	awk -v a="$want" -v b="$got" 'BEGIN { exit !(a - b < 1e-3 && b - a < 1e-3) }' || fail "$want $got"
	ml-fit -q boost -y kind --id id --ignore w --trees 3 --chunk 2500 t.csv >m.mls
	ml-show m.mls | grep -q "fit     12 iterations" || fail "$(ml-show m.mls)"
	ml-fit -q mlp -y kind --id id --ignore w --layers 8 --epochs 2 --tol 0 --chunk 2500 t.csv >m.mls
	ml-check -q m.mls
	ml-predict -q -m m.mls t.csv | ml-eval -q -y kind --metric accuracy >/dev/null
}

@test "ml-fit --chunk: memory for one chunk" {
	nm -D "$BIN/ml-clean" 2>/dev/null | grep -q __asan && skip "sanitizers reserve all memory"
	awk 'BEGIN { srand(2); print "a,b,c,d,e,f,g,h,y"; for (i = 0; i < 400000; i++) {
		for (j = 0; j < 8; j++) printf "%.6f,", rand()
		print rand() < 0.5 ? "no" : "yes" } }' >big.csv
	refused 71 E-NOMEM "out of memory" -- ml-fit nb -j1 -y y --max-memory 24M -o x.mls big.csv
	ml-fit -q nb -j1 -y y --max-memory 24M --chunk 10000 big.csv >m.mls
	ml-check -q m.mls
}

@test "ml-fit --chunk: what comes too late, or cannot go on, is refused" {
	fit() { ml-fit -q nb -y kind --id id --ignore w "$@"; }
	refused 64 E-USAGE "'ridge' needs all rows at once" -- ml-fit ridge -y income --chunk 100 -o x.mls t.csv
	refused 64 E-USAGE "--chunk keeps no rows" -- ml-fit boost -y kind --chunk 100 --validation 0.1 -o x.mls t.csv
	refused 64 E-USAGE "--chunk and --checkpoint" -- ml-fit mlp -y kind --chunk 100 --checkpoint x.ck -o x.mls t.csv
	refused 64 E-USAGE "--oob is of all rows" -- ml-fit forest -y kind --chunk 100 --oob x.csv -o x.mls t.csv
	sed '5000s/[a-z]*$/new/' t.csv >class.csv
	refused 65 E-TARGET "class.csv:5000: kind: 'new' is no class that was learned" -- \
		ml-fit nb -y kind --id id --ignore w --chunk 1000 -o x.mls class.csv
	sed '5000s/^\([0-9]*,\)[0-9]*/\1young/' t.csv >text.csv
	refused 65 E-TYPE "text.csv:5000: age: 'young' is not a number" -- \
		ml-fit nb -y kind --id id --ignore w --chunk 1000 -o x.mls text.csv
	part 1 4000 >a.csv
	(head -1 t.csv; sed -n 4002,6000p text.csv) >b.csv
	[ ! -e x.mls ]
	refused 65 E-TYPE "b.csv:1000: age: 'young' is not a number" -- \
		ml-fit nb -y kind --id id --ignore w --chunk 1000 -o x.mls a.csv b.csv
	[ ! -e x.mls ]
	# A column that nothing needs may be what it likes.
	sed '5000s/^[0-9]*,/abc,/' t.csv >id.csv
	fit --chunk 1000 id.csv >x.mls
	run -0 --separate-stderr ml-fit nb -y kind --id id --ignore w --chunk 1000 --max-seconds 0.001 -o y.mls t.csv
	[[ $stderr == *"stopped after 1 chunks"*W-ITER* ]] || fail "$stderr"
}
