#!/usr/bin/env bats
# reduce.bats - few columns of many, and the way back: ml-feat --pca and its like, --inverse.
load helper

iris() {
	awk 'BEGIN { print "sl,sw,pl,pw,kind" } /^rows/ { n = $2; next }
		n-- > 0 { print $1 "," $2 "," $3 "," $4 "," "s" $5 }' "$BATS_TEST_DIRNAME/../data/exact/iris.txt"
}

# near TOL A B: tables of numbers with the same head, no two cells further apart.
near() {
	paste -d, "$2" "$3" | awk -F, -v tol="$1" 'NR == 1 { for (j = 1; j <= NF / 2; j++) if ($j != $(j + NF / 2)) exit 1; next }
		{ for (j = 1; j <= NF / 2; j++) { d = $j - $(j + NF / 2); if (d > tol || -d > tol || ($j == "") != ($(j + NF / 2) == "")) exit 1 } }'
}

@test "ml-feat --pca: what prcomp() says of iris" {
	iris >i.csv
	ml-feat -y kind --pca all --save p.mls i.csv >s.csv
	[ "$(head -1 s.csv)" = kind,pca1,pca2,pca3,pca4 ]
	# R 4.2.2: prcomp(i[1:4])$sdev^2, of the 112 rows.
	ml-show --components p.mls | tail -n +2 | cut -d, -f1,2 | tr , ' ' >got
	printf 'pca1 4.1658380700780038\npca2 0.2793085861379294\npca3 0.0753068140590972\npca4 0.0263652234186627\n' |
		paste -d' ' - got | awk '{ d = $2 / $4 - 1; if ($1 != $3 || d > 1e-12 || -d > 1e-12) exit 1 } END { if (NR != 4) exit 1 }'
	# The first direction, its largest entry positive.
	ml-show --loadings p.mls | sed -n 2,5p >got
	printf 'pca1,sl,0.3538478614803\npca1,sw,-0.0914942643680\npca1,pl,0.8570818692732\npca1,pw,0.3630856095698\n' |
		paste -d, - got | awk -F, '{ d = $3 - $6; if ($1 != $4 || $2 != $5 || d > 1e-11 || -d > 1e-11) exit 1 }'
	ml-show p.mls | grep -q '^  pca1 .* 91.6%  0.857 pl, '
	ml-show --components --json p.mls | jq -e '.components | length == 4 and .[3].cumulative > 0.999999'
	ml-show --components --to table p.mls | grep -q '^pca2 *0.27930'
	refused 64 E-USAGE "no step of the model" -- ml-show --components <(ml-feat --scale standard --save /dev/stdout i.csv -o /dev/null)
}

@test "ml-feat --pca: the same bytes for any number of threads, from a binary table, in a stream" {
	awk 'BEGIN { print "a,b,c,d"; for (i = 0; i < 9000; i++) print i % 37 ".5," i * i % 101 "," i * 7 % 13 "," i * i * 3 % 17 }' >t.csv
	for how in '--pca 3' '--svd 2' '--ica 3' '--nmf 2' '--random-projection 3 --entries sparse' '--pca 2 --solver randomized'; do
		# shellcheck disable=SC2086
		ml-feat -q $how -j 1 --save s.mls t.csv >want
		# shellcheck disable=SC2086
		ml-feat -q $how -j 3 --save s3.mls t.csv | cmp - want
		cmp s.mls s3.mls
		ml-feat --apply s.mls t.csv | cmp - want
		ml-clean -b t.csv | ml-feat --apply s.mls | cmp - want
		(head -1 t.csv; sed -n 77p t.csv) | ml-feat --apply s.mls | tail -1 | cmp - <(sed -n 77p want)
		ml-check -q s.mls
	done
}

@test "ml-feat: columns that take part, names, columns that stay" {
	iris >i.csv
	heads() { ml-feat -q -y kind --discard "$@" i.csv | head -1; }
	[ "$(heads --pca 2)" = kind,pca1,pca2 ]
	[ "$(heads --pca 2,sl=none)" = sl,kind,pca1,pca2 ]
	[ "$(heads --pca 's*=1')" = pl,pw,kind,pca1 ]
	[ "$(heads --pca sl=1,pl=1 --name size)" = sw,pw,kind,size1 ]
	[ "$(heads --pca 's*=1' --pca 'p?=1' --name q)" = kind,pca1,q1 ]
	[ "$(heads --nmf 2 --keep)" = sl,sw,pl,pw,kind,nmf1,nmf2 ]
	[ "$(heads --random-projection 9)" = "kind,$(seq -s, -f 'rp%g' 9)" ]
	[ "$(heads --scale standard --pca 0.95)" = kind,pca1,pca2 ]
	[ "$(heads --scale standard --pca 0.96)" = kind,pca1,pca2,pca3 ]
	ml-feat --onehot kind --pca 1 --discard i.csv | head -1 | grep -qx 'kind=s0,kind=s1,kind=s2,pca1'
	ml-feat --onehot kind --pca '1,kind\=*=1' --discard i.csv | head -1 | grep -qx pca1
	refused 65 E-DUP "'pca1'" -- ml-feat --pca 1 --discard <(printf 'a,b,pca1\n1,2,x\n2,3,y\n')
	refused 65 E-COLUMNS "no column of numbers takes part" -- ml-feat --pca 1 --discard <(printf 'a\nx\ny\n')
	refused 65 E-TYPE "kind: '1' is not for a category column" -- ml-feat --pca '*=1' --discard i.csv
	refused 64 E-USAGE "expected a whole number, a share below 1, all or none" -- ml-feat --pca 1.5 --discard i.csv
	refused 64 E-USAGE "'sl' and 'sw' are taken together" -- ml-feat -y kind --pca 1,sw=2 --discard i.csv
	refused 64 E-USAGE "would be lost" -- ml-feat --pca 1 i.csv
	refused 64 E-USAGE "a share needs all components" -- ml-feat -y kind --pca 0.9 --solver randomized --discard i.csv
}

@test "ml-feat: missing cells are refused with file and line; so are numbers below 0 by nmf" {
	printf 'a,b\n1,2\n3,\n4,4\n' >m.csv
	printf 'a,b\n1,2\n3,5\n4,4\n' >t.csv
	refused 65 E-MISSING "m.csv:3: --pca: b: missing" -- ml-feat --pca 1 --discard m.csv
	refused 65 E-MISSING "m.csv:3: --ica: b: missing" -- ml-feat --ica 1 --discard t.csv m.csv
	ml-feat --pca 1 --save p.mls t.csv >want
	refused 65 E-MISSING "m.csv:3: b: missing" -- ml-feat --apply p.mls -b m.csv
	run --separate-stderr ml-feat --apply p.mls m.csv
	[ "$status" -eq 65 ] && [[ $stderr == *"m.csv:3: b: missing"*E-MISSING* ]]
	ml-clean --impute mean -b m.csv | ml-feat --pca 1 -b >m.mlt
	printf 'a,b\n1,2\n3,-5\n' >n.csv
	refused 65 E-RANGE "n.csv:3: --nmf: b: -5" -- ml-feat --nmf 1 --discard n.csv
	# In a model, the row alone is refused.
	ml-feat --pca 1 -b t.csv | ml-clean >/dev/null
	printf 'a,b,y\n1,2,3\n3,5,8\n4,4,7\n6,1,8\n' >y.csv
	ml-feat -y y --pca 2 -b y.csv | ml-fit -q ridge >r.mls
	run ml-predict -q -m r.mls --on-error keep --only m.csv
	[ "$status" -eq 65 ] && [[ ${lines[2]} == ,*"b: missing"* ]] && [[ ${lines[3]} != ,* ]]
}

@test "ml-feat --inverse: the columns come back" {
	iris >i.csv
	cut -d, -f1-4 i.csv >want
	for how in '--pca 4' '--scale standard --pca all --whiten' '--svd 4' '--ica 4' '--log1p s* --scale minmax --ica all' '--pca 4 --keep'; do
		set -f
		# shellcheck disable=SC2086
		ml-feat -q -y kind $how --save s.mls i.csv >s.csv
		set +f
		ml-feat --inverse s.mls s.csv >got
		[[ $(head -1 got) == *kind* ]]
		ml-feat --select sl,sw,pl,pw got | near 1e-8 want /dev/stdin
		ml-feat --inverse s.mls -b s.csv | ml-clean | cmp - got
		ml-clean -b s.csv | ml-feat --inverse s.mls | cmp - got
	done
	# Fewer components: near, and the nearer the more there are.
	for k in 1 2 3; do
		ml-feat -y kind --pca $k --save s.mls i.csv | ml-feat --inverse s.mls | ml-feat --select sl,sw,pl,pw |
			paste -d, want - | awk -F, 'NR > 1 { for (j = 1; j <= 4; j++) s += ($j - $(j + 4)) ^ 2 } END { print s / 111 }'
	done >left
	# The sums of the variances left out.
	printf '0.3809806236157\n0.1016720374778\n0.0263652234187\n' | paste -d' ' - left |
		awk '{ d = $1 / $2 - 1; if (d > 1e-4 || -d > 1e-4) exit 1 }'
}

@test "ml-feat --inverse: what the table has not, and what cannot be undone" {
	printf 'a,b,c\n1,2,u\n3,5,v\n4,4,u\n' >t.csv
	ml-feat --scale minmax --save s.mls t.csv >s.csv
	[ "$(printf 'b\n0\n1\n' | ml-feat --inverse s.mls)" = $'b\n2\n5' ]
	[ "$(printf 'x,b\nk,\nl,0.5\n' | ml-feat --inverse s.mls)" = $'x,b\nk,\nl,3.5' ]
	refused 65 E-COLUMNS "step 'scale' made column 'a', which is not there" -- ml-feat --inverse s.mls <(printf 'x\n1\n')
	ml-feat --pca 2 --save p.mls t.csv >p.csv
	refused 65 E-COLUMNS "step 'pca' made column 'pca2'" -- ml-feat --inverse p.mls <(cut -d, -f1-2 p.csv)
	ml-feat --inverse p.mls <(sed '1!s/,[^,]*$/,/' p.csv) | tail -1 | grep -qx 'u,,'
	ml-feat --poly a,b --save q.mls t.csv | ml-feat --inverse q.mls | cmp - t.csv
	ml-clean --impute mean --save i.mls t.csv >/dev/null
	ml-feat --inverse i.mls t.csv | cmp - t.csv
	ml-feat --onehot c --save o.mls t.csv >o.csv
	refused 65 E-DATA "step 'onehot' cannot be undone" -- ml-feat --inverse o.mls -b o.csv
	ml-feat --random-projection 1 --save r.mls t.csv >r.csv
	refused 65 E-DATA "step 'random-projection' cannot be undone" -- ml-feat --inverse r.mls -b r.csv
	refused 64 E-USAGE "goes with no preparation" -- ml-feat --inverse s.mls --apply s.mls t.csv
	refused 64 E-USAGE "goes with no preparation" -- ml-feat --inverse s.mls --drop a t.csv
	ml-feat --inverse p.mls -b p.csv | ml-clean -b | ml-fit -q ridge -y a | ml-check -q
}

@test "ml-feat --ica, --nmf: told when they stop before they are done" {
	iris >i.csv
	run -0 --separate-stderr ml-feat -y kind --ica 3 --max-iter 1 --discard i.csv
	[[ $stderr == *"ica stopped after 1 iteration"*"[W-ITER]" ]]
	run -0 --separate-stderr ml-feat -y kind --nmf 2 --max-iter 1 --discard i.csv
	[[ $stderr == *"nmf stopped after 1 iteration"*"[W-ITER]" ]]
	refused 65 E-STRICT "" -- ml-feat --strict -y kind --nmf 2 --max-iter 1 --save n.mls i.csv || [ ! -e n.mls ]
}

@test "ml-feat --random-projection: the seed, and auto" {
	awk 'BEGIN { for (j = 1; j <= 900; j++) printf "%sv%d", (j > 1 ? "," : ""), j; print ""
		for (i = 0; i < 5; i++) { for (j = 1; j <= 900; j++) printf "%s%d", (j > 1 ? "," : ""), (i + 1) * j * 7919 % 101; print "" } }' >w.csv
	for e in gaussian sparse; do
		ml-feat --random-projection 20 --entries $e --seed 1 --discard w.csv >a
		ml-feat --random-projection 20 --entries $e --seed 1 -j 2 --discard w.csv | cmp - a
		! ml-feat --random-projection 20 --entries $e --seed 2 --discard w.csv | cmp -s - a || false
	done
	# 4 ln 5 / (0.02 - 0.0026666) = 371.4
	[ "$(ml-feat --random-projection auto --eps 0.2 --discard w.csv | head -1 | tr , '\n' | wc -l)" -eq 371 ]
	refused 65 E-LIMIT "1379 columns would be made of 900" -- ml-feat --random-projection auto --discard w.csv
}
