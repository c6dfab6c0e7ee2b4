#!/usr/bin/env bats
# split.bats - ml-split: which rows go where, that none is lost or doubled, and what is refused.
load helper

# 100 rows: key, group of 7, time in threes, class a once in five, a number.
table() {
	seq 1 100 | awk 'BEGIN { print "id,g,t,y,x" }
		{ print "k" $1 ",g" int($1 / 7) "," int($1 / 3) "," ($1 % 5 ? "b" : "a") "," $1 * 7 % 13 ".50" }'
}

# whole A B ...: the parts hold the rows of t.csv, each once, in their order.
whole() {
	for f; do tail -n +2 "$f"; done | sort -V | cmp - <(tail -n +2 t.csv | sort -V)
	for f; do
		head -1 "$f" | cmp - <(head -1 t.csv)
		tail -n +2 "$f" | sort -V -c || fail "$f: another order"
	done
}

@test "ml-split --test: parts are disjoint, whole, in order, cells as they came" {
	table >t.csv
	for share in 0.25 0.5 0.001 30 1 99; do
		ml-split --test $share --rest b.csv t.csv >a.csv
		whole a.csv b.csv
		ml-split --check a.csv b.csv
	done
	[ "$(wc -l <b.csv)" -eq 100 ]
	ml-split --test 0.25 --rest b.csv -o a.csv t.csv
	[ "$(wc -l <a.csv)" -eq 76 ] && [ "$(wc -l <b.csv)" -eq 26 ]
}

@test "ml-split: the seed chooses, and the same seed chooses the same" {
	table >t.csv
	for seed in 0 0 1; do
		ml-split --seed $seed --test 0.25 --rest b$seed.csv t.csv >a$seed.csv
		[ $seed = 0 ] && { [ ! -e old ] || cmp old b0.csv; } && cp b0.csv old
	done
	! cmp -s b0.csv b1.csv || false
}

@test "ml-split --stratify: classes keep their shares" {
	table >t.csv
	ml-split --test 0.25 --stratify y --rest b.csv t.csv >a.csv
	[ "$(grep -c ',a,' b.csv)" -eq 5 ] && [ "$(grep -c ',b,' b.csv)" -eq 20 ]
	ml-split --folds 4 --stratify y t.csv | tail -n +2 | cut -d, -f4,6 | sort | uniq -c >counts
	[ "$(awk '{ print $1, $2 }' counts)" = $'5 a,1\n5 a,2\n5 a,3\n5 a,4\n20 b,1\n20 b,2\n20 b,3\n20 b,4' ] || fail "$(cat counts)"
	refused 65 E-COLUMNS "'nope'" -- ml-split --folds 4 --stratify nope t.csv
}

@test "ml-split --group: a group is never parted" {
	table >t.csv
	ml-split --test 0.25 --group g --rest b.csv t.csv >a.csv
	whole a.csv b.csv
	ml-split --check --key g a.csv b.csv
	for seed in 1 2 3; do
		ml-split --folds 5 --seed $seed --group g t.csv | tail -n +2 | cut -d, -f2,6 | sort -u >pairs
		[ "$(wc -l <pairs)" -eq 15 ] || fail "$(cat pairs)"
		[ "$(cut -d, -f2 pairs | sort -u | wc -l)" -eq 5 ]
	done
}

@test "ml-split --time: the latest rows are the test part, equal times stay together" {
	table | (read -r h; echo "$h"; sort -t, -k5,5 -k1,1) >t.csv
	ml-split --test 0.25 --time t --rest b.csv t.csv >a.csv
	ml-split --check --key t a.csv b.csv
	last=$(tail -n +2 a.csv | cut -d, -f3 | sort -n | tail -1)
	first=$(tail -n +2 b.csv | cut -d, -f3 | sort -n | head -1)
	[ "$last" -lt "$first" ]
	ml-split --folds 4 --time t t.csv | tail -n +2 | cut -d, -f3,6 | sort -t, -k1,1n -u | cut -d, -f2 | sort -n -c
	refused 64 E-USAGE "time" -- ml-split --test 0.25 --time t --group g --rest b.csv t.csv
}

@test "ml-split --folds: a column fold of 1..K, of nearly equal counts, the rest unchanged" {
	table >t.csv
	ml-split -k 7 t.csv >f.csv
	cut -d, -f1-5 f.csv | cmp - t.csv
	tail -n +2 f.csv | cut -d, -f6 | sort | uniq -c | awk '{ if ($1 < 14 || $1 > 15 || $2 != NR) exit 1 }'
	refused 65 E-DUP "fold" -- ml-split -k 2 f.csv
	refused 65 E-TOOFEW "100 rows are too few for 101 folds" -- ml-split -k 101 t.csv
	refused 64 E-USAGE "at least two" -- ml-split -k 1 t.csv
}

@test "ml-split --hash: a key keeps its part when the table grows, is sorted, or loses rows" {
	table >t.csv
	ml-split --hash id --test 0.3 --rest b.csv t.csv >a.csv
	whole a.csv b.csv
	(head -1 t.csv; tail -n +2 t.csv | sort -r | awk 'NR % 3'; printf 'new%d,,,,1\n' {1..50}) >u.csv
	ml-split --hash id --test 0.3 --rest d.csv u.csv >c.csv
	ml-split --check --key id a.csv d.csv
	ml-split --check --key id b.csv c.csv
	ml-split --hash id --folds 4 t.csv | tail -n +2 | sort -t, -k1,1 >f1
	ml-split --hash id --folds 4 u.csv | tail -n +2 | sort -t, -k1,1 >f2
	join -t, -j1 <(cut -d, -f1,6 f1) <(cut -d, -f1,6 f2) | awk -F, '$2 != $3 { exit 1 }'
	refused 64 E-USAGE "below 1" -- ml-split --hash id --test 30 --rest b.csv t.csv
	! cmp -s a.csv <(ml-split --hash id --seed 5 --test 0.3 --rest b.csv t.csv) || false
}

@test "ml-split --shards: rows in turn, quoted records with newlines kept whole" {
	(echo 'a,"b,c"'; for i in 1 2 3 4 5 6 7; do printf '%d,"x\n""%d"""\n' $i $i; done) >t.csv
	ml-split --shards 3 --prefix 'sh ard-' t.csv
	[ "$(ls sh*)" = $'sh ard-000.csv\nsh ard-001.csv\nsh ard-002.csv' ]
	ml-clean 'sh ard-000.csv' 'sh ard-001.csv' 'sh ard-002.csv' >got
	(head -1 t.csv; for i in 1 4 7 2 5 3 6; do printf '%d,"x\n""%d"""\n' $i $i; done) | cmp - got
	ml-split --shards 9 t.csv
	[ "$(cat shard-008.csv)" = 'a,"b,c"' ]
}

@test "ml-split --check: shared rows are 1, with the count and one pair of places" {
	table >t.csv
	(head -1 t.csv; sed -n '11,13p' t.csv) >u.csv
	run --separate-stderr ml-split --check t.csv u.csv
	[ "$status" -eq 1 ] && [ -z "$output" ]
	[ "$stderr" = 'ml-split: 3 rows are in more than one part; first: t.csv:11 and u.csv:2 [E-SHARED]' ] || fail "$stderr"
	printf 'id,x\nk5,1\n' >k.csv
	run -1 --separate-stderr ml-split --check --key id t.csv k.csv
	[[ $stderr == *"1 row is in"* ]] || fail "$stderr"
	printf 'a,b\n1.0,x\n' >1.csv
	printf 'a,b\n1e0,x\n' >2.csv
	run -1 ml-split --check 1.csv 2.csv
	printf 'a,b\n1,x\n1,x\n' >1.csv                # twice in one part is not shared
	printf 'a,b\n2,x\n' >2.csv
	ml-split --check 1.csv 2.csv
}

@test "ml-split --check: columns are compared by name; other columns prove nothing and are refused" {
	printf 'a,b\n1,2\n' >1.csv
	printf 'b,a\n2,1\n' >2.csv
	run -1 --separate-stderr ml-split --check 1.csv 2.csv
	printf 'b,a\n1,2\n' >2.csv
	ml-split --check 1.csv 2.csv
	printf 'a,c\n1,2\n' >3.csv
	refused 65 E-COLUMNS "3.csv: no column 'b'" -- ml-split --check 1.csv 3.csv
	printf 'a,b,c\n1,2,3\n' >4.csv
	refused 65 E-COLUMNS "4.csv: 3 columns, the first file has 2" -- ml-split --check 1.csv 4.csv
	refused 65 E-COLUMNS "'c'" -- ml-split --check --key c 1.csv 4.csv
	refused 64 E-USAGE "two files" -- ml-split --check 1.csv
	run -1 ml-split --check --key a,b 1.csv 4.csv
}

@test "ml-split: one way at a time, and no option that it would not heed" {
	table >t.csv
	refused 64 E-USAGE "expected --test" -- ml-split t.csv
	refused 64 E-USAGE "one of them" -- ml-split --folds 3 --test 0.3 --rest b.csv t.csv
	refused 64 E-USAGE "one of them" -- ml-split --shards 3 --check t.csv t.csv
	refused 64 E-USAGE "--test needs --rest" -- ml-split --test 0.3 t.csv
	refused 64 E-USAGE "--rest is for --test" -- ml-split --folds 3 --rest b.csv t.csv
	refused 64 E-USAGE "same file" -- ml-split --test 0.3 --rest b.csv -o b.csv t.csv
	refused 64 E-USAGE "--stratify" -- ml-split --hash id --stratify y --test 0.3 --rest b.csv t.csv
	refused 64 E-USAGE "--key is for --check" -- ml-split --key id --folds 3 t.csv
	refused 64 E-USAGE "work on CSV" -- ml-split -b --hash id --test 0.3 --rest b.mls t.csv
	[ ! -e b.csv ] && [ ! -e b.mls ]
}

@test "ml-split: too few rows are refused; part files that cannot be made are 73" {
	printf 'a\n' >t.csv
	refused 65 E-TOOFEW "0 rows" -- ml-split --test 0.5 --rest b.csv t.csv
	refused 65 E-TOOFEW "0 rows" -- ml-split --folds 2 t.csv
	[ ! -e b.csv ]
	table >t.csv
	refused 65 E-TOOFEW "100 rows are too few for a test part of 100" -- ml-split --test 100 --rest b.csv t.csv
	refused 73 E-OPEN "nowhere/b.csv" -- ml-split --test 0.5 --rest nowhere/b.csv t.csv
	refused 73 E-OPEN "nowhere/x000.csv" -- ml-split --shards 2 --prefix nowhere/x t.csv
}

@test "ml-split -b: parts are binary tables with roles and kinds" {
	table >t.csv
	ml-split -b -y y --id id --test 0.25 --rest b.mls -o a.mls t.csv
	ml-clean a.mls >a.csv
	ml-clean b.mls >b.csv
	whole a.csv b.csv
	ml-fit -q logistic a.mls >m.mls
	ml-show m.mls >shown
	grep -q '^  target  y' shown
	! grep -q 'needs .*id' shown || false
}

@test "ml-split: tsv, --no-header and gzip" {
	table | gzip >t.csv.gz
	ml-split --to tsv --folds 2 t.csv.gz | head -1 | grep -qx $'id\tg\tt\ty\tx\tfold'
	ml-split --to tsv --shards 2 t.csv.gz
	[ -e shard-000.tsv ]
	table | tail -n +2 | ml-split --no-header --hash c1 --test 0.2 --rest b.csv >a.csv
	[ "$(head -1 b.csv)" = c1,c2,c3,c4,c5 ]
	[ "$(cat a.csv b.csv | wc -l)" -eq 102 ]
}
