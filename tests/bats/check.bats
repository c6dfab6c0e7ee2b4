#!/usr/bin/env bats
# check.bats - ml-check: is a model whole, does it answer as it did.
load helper

model() {
	awk 'BEGIN { print "x,z,c,y"; for (i = 1; i < 30; i++) print i * 7 % 19 "," i * i % 23 ".5," substr("uvw", i % 3 + 1, 1) "," i * 5 % 17 + i }' >t.csv
	ml-fit -q ridge -y y t.csv "$@" -o m.mls
}

@test "ml-check: silent when all is well; -v tells what was checked" {
	model
	run -0 --separate-stderr ml-check m.mls
	[ -z "$output$stderr" ]
	run -0 --separate-stderr ml-check -v <m.mls
	[ "$stderr" = 'ml-check: stdin: 4 steps are whole, 5 golden rows answered as before' ] || fail "$stderr"
	run -0 --separate-stderr ml-check -v m.mls m.mls       # each is a model of its own
	[ "${#stderr_lines[@]}" -eq 2 ]
	model --private
	run -0 --separate-stderr ml-check -v m.mls
	[[ $stderr == *", 0 golden rows"* ]]
}

@test "ml-check: a model cut at any byte is refused, on a pipe too" {
	model
	size=$(stat -c %s m.mls)
	for ((n = 0; n < size; n += 1 + n % 41)); do
		code=0
		head -c $n m.mls | ml-check 2>err || code=$?
		[ $code -eq 65 ] && grep -q '\[E-STREAM\]$' err || fail "at $n: $code $(cat err)"
	done
}

@test "ml-check: a flipped bit anywhere is noticed" {
	model
	size=$(stat -c %s m.mls)
	for ((n = 0; n < size; n += 1 + n * 5 % 43)); do
		cp m.mls bad.mls
		byte=$(od -An -tu1 -j $n -N 1 m.mls)
		printf "\\$(printf %03o $((byte ^ (1 << n % 8))))" | dd of=bad.mls bs=1 seek=$n conv=notrunc status=none
		code=0
		ml-check bad.mls 2>err || code=$?
		[ $code -eq 65 ] && grep -qE '\[E-(STREAM|VERSION|MODEL)\]$' err || fail "at $n: $code $(cat err)"
	done
}

@test "ml-check: bytes before and after, a newline too, are refused" {
	model
	for junk in '\n' 'x' '\0\0\0\0' '{}'; do
		code=0
		(cat m.mls; printf "$junk") | ml-check 2>err || code=$?
		[ $code -eq 65 ] || fail "$junk behind: $code"
		code=0
		(printf "$junk"; cat m.mls) | ml-check 2>err || code=$?
		[ $code -eq 65 ] || fail "$junk before: $code"
	done
}

@test "ml-check: the parts of a model are checked together" {
	model
	ml-clean -y y --impute mean --save clean.mls t.csv | ml-fit -q linear -y y --impute none >fit.mls
	cat clean.mls fit.mls | ml-check
	ml-check clean.mls fit.mls
	for order in 'fit.mls clean.mls' 'clean.mls clean.mls fit.mls' 'clean.mls fit.mls fit.mls'; do
		code=0
		cat $order | ml-check 2>err || code=$?
		[ $code -eq 65 ] && grep -q '\[E-CHAIN\]$' err || fail "$order: $code $(cat err)"
	done
	ml-feat -y y --drop x --save drop.mls t.csv >/dev/null
	run -65 --separate-stderr bash -c 'cat drop.mls clean.mls fit.mls | ml-check'
	[ "$stderr" = "ml-check: step 'impute' needs column 'x', which step 'drop' before it removes [E-COLUMNS]" ] || fail "$stderr"
}

@test "ml-check: exit statuses of what is no model" {
	model
	refused 66 E-OPEN "'nowhere.mls'" -- ml-check nowhere.mls
	refused 65 E-STREAM "t.csv: not a model stream" -- ml-check m.mls t.csv
	refused 65 E-STREAM "empty" -- ml-check
	ml-clean -b t.csv >t.mls
	refused 65 E-FORMAT "t.mls: a binary table" -- ml-check t.mls
}

@test "ml-check: the streams of the corpus" {
	streams=$BATS_TEST_DIRNAME/../streams
	[ -e "$streams/manifest.tsv" ] || skip "no corpus of streams"
	n=0
	for f in "$streams"/bad-* "$streams"/unsupported-*; do
		code=0
		timeout 5 ml-check "$f" 2>err || code=$?
		[ $code -eq 65 ] && [ "$(wc -l <err)" -eq 1 ] || fail "$f: $code $(cat err)"
		n=$((n + 1))
	done
	[ $n -gt 10 ]
}
