#!/usr/bin/env bats
# startup.bats - tools load what they use; most of a start is loading libraries.
load helper

@test "tools that fit no estimator and reduce nothing load no numerical libraries" {
	command -v ldd >/dev/null || skip "no ldd"
	nm "$BIN/ml-check" 2>/dev/null | grep -q __gcov && skip "at -O0 functions stay that nothing calls"
	for t in $(tools); do
		case $t in ml-feat | ml-fit | ml-show | ml-tune) continue ;; esac
		run -0 ldd "$BIN/$t"
		[[ $output != *openblas* && $output != *gfortran* ]] || fail "$t: $output"
		# ml-eval has its distributions from GSL.
		[[ $t == ml-eval || $output != *gsl* ]] || fail "$t: $output"
	done
}

@test "a tool built without the fits of estimators knows them all" {
	printf 'a,b,y\n1,2,no\n2,1,no\n3,5,yes\n4,3,yes\n5,9,yes\n6,7,yes\n7,8,yes\n9,6,no\n' >t.csv
	for a in $(ml-fit --list | sed 's/ .*//'); do
		target=a
		ml-fit -q "$a" -y y t.csv >m.mls 2>/dev/null && target=y
		[ $target = y ] || ml-fit -q "$a" -y a --ignore y t.csv >m.mls
		ml-check -q m.mls
		[ "$(ml-predict -q -m m.mls t.csv | wc -l)" -eq 9 ]
	done
}
