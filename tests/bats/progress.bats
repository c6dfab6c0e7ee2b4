#!/usr/bin/env bats
# progress.bats - how far an iterative fit has come is told on a terminal, and nowhere else.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	script -qec true /dev/null >/dev/null 2>&1 || skip "no script(1), or no terminal to make"
	awk 'BEGIN { print "a,b,y"; for (i = 0; i < 400; i++)
		print i % 17 "," i % 5 "," (i * 7 % 11 > 5 ? "no" : "yes") }' >t.csv
}

@test "ml-fit: steps are told on a terminal, in one line that is gone at the end" {
	run -0 script -qec 'ml-fit logistic -y y t.csv >m.mls' /dev/null
	[[ $output == *$'\r'"ml-fit: step 1"*"loss "* ]] || fail "$output"
	# The last thing written is blanks between two carriage returns.
	local gone=$'\r +\r$'
	[[ $output =~ $gone ]] || fail "not erased: $output"
	[ "$(wc -l <<<"$output")" -eq 1 ]
	ml-check -q m.mls
}

@test "ml-cv: fits are told on a terminal" {
	run -0 script -qec "ml-cv -k 3 -j 1 -y y --only 'ml-fit -q logistic' t.csv >oof.csv" /dev/null
	[[ $output == *$'\r'"ml-cv: fit 0 of 3"* ]] || fail "$output"
	local gone=$'\r +\r$'
	[[ $output =~ $gone ]] || fail "not erased: $output"
	[ "$(wc -l <oof.csv)" -eq 401 ]
	run -0 script -qec "ml-cv -q -k 3 -y y --only 'ml-fit -q logistic' t.csv >oof.csv" /dev/null
	[ -z "$output" ] || fail "$output"
}

@test "ml-fit: no steps with -q, and none where stderr is no terminal" {
	run -0 script -qec 'ml-fit -q logistic -y y t.csv >m.mls' /dev/null
	[ -z "$output" ] || fail "$output"
	run -0 script -qec 'ml-fit logistic -y y t.csv 2>err.txt >m.mls' /dev/null
	[ -z "$output" ] || fail "$output"
	[ ! -s err.txt ]
}

@test "ml-fit: a warning on a terminal stands on a line of its own" {
	sed '2s/0,/,/' t.csv >missing.csv
	run -0 script -qec 'ml-fit logistic --max-iter 1 -y y missing.csv >m.mls' /dev/null
	[[ $output == *"ml-fit: warning: "*"[W-IMPUTED]"* ]] || fail "$output"
	tr '\r' '\n' <<<"$output" | grep 'warning' | grep -qv '^ml-fit: warning' && fail "$output"
	true
}
