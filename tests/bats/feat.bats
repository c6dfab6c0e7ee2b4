#!/usr/bin/env bats
# feat.bats - ml-feat: each preparation from the command line, in its order, saved and applied.
load helper

# gives WANTED INPUT COMMAND...: the command, fed INPUT, prints WANTED and says nothing.
gives() {
	local wanted=$1 input=$2
	shift 2
	run -0 --separate-stderr "$@" < <(printf "$input")
	[ "$output" = "$(printf "$wanted")" ] || fail "printed: $output"
	[ -z "$stderr" ] || fail "said: $stderr"
}

t='n,c,y\n1,a,0\n2,b,1\n3,,0\n4,a,1\n'

@test "ml-feat: nothing to do is a usage error" {
	refused 64 E-USAGE "name a preparation" -- ml-feat t.csv
}

@test "ml-feat --scale: standard, minmax, maxabs, robust by hand" {
	in='a,b\n1,x\n3,x\n5,y\n11,y\n'
	gives 'a,b\n0,x\n0.2,x\n0.4,y\n1,y\n' "$in" ml-feat --scale minmax --discard
	gives 'a,b\n0.09090909090909091,x\n0.2727272727272727,x\n0.45454545454545453,y\n1,y\n' "$in" ml-feat --scale maxabs --discard
	gives 'a,b\n-0.75,x\n-0.25,x\n0.25,y\n1.75,y\n' "$in" ml-feat --scale robust --discard
	# mean 5, standard deviation sqrt(14)
	ml-feat --scale standard --discard < <(printf "$in") |
		awk -F, 'NR > 1 { d = $1 - ((NR == 2 ? 1 : NR == 3 ? 3 : NR == 4 ? 5 : 11) - 5) / sqrt(14); if (d * d > 1e-30) exit 1 }'
	gives 'a,k\n0,7\n0.5,7\n1,7\n' 'a,k\n1,7\n2,7\n3,7\n' ml-feat --scale minmax,k=none --discard
	gives 'k\n0\n0\n' 'k\n7\n7\n' ml-feat --scale standard --discard
}

@test "ml-feat: columns with a role are not touched, and dummies are not scaled" {
	gives 'id,n,c=a,c=b,c=NA,w,y\n1,0,1,0,0,1,0\n2,0.3333333333333333,0,1,0,1,1\n3,0.6666666666666666,0,0,1,1,0\n4,1,1,0,0,1,1\n' \
		'id,n,c,w,y\n1,1,a,1,0\n2,2,b,1,1\n3,3,,1,0\n4,4,a,1,1\n' \
		ml-feat -y y --id id --weight w --onehot @cat --scale minmax --discard
	refused 65 E-COLUMNS "'c', which is the target" -- ml-feat --onehot c -y c --discard <(printf "$t")
}

@test "ml-feat --onehot: levels, missing, pooled, dropped, unseen" {
	gives 'n,c=a,c=b,c=NA,y\n1,1,0,0,0\n2,0,1,0,1\n3,0,0,1,0\n4,1,0,0,1\n' "$t" ml-feat --onehot c --discard
	gives 'n,c=b,c=NA,y\n1,0,0,0\n2,1,0,1\n3,0,1,0\n4,0,0,1\n' "$t" ml-feat --onehot c --drop-level first --discard
	gives 'c=x,c=other\n1,0\n0,1\n0,1\n1,0\n' 'c\nx\ny\nz\nx\n' ml-feat --onehot c --min-count 2 --discard
	gives 'c=2,c=10\n0,1\n1,0\n' 'c\n10\n2\n' ml-feat --onehot c --discard    # sorted as numbers
	refused 65 E-LIMIT "c: 2 levels, more than --max-levels 1" -- ml-feat --onehot c --max-levels 1 --discard <(printf "$t")
	refused 65 E-DUP "'c=x'" -- ml-feat --onehot c --discard <(printf 'c,c=x\nx,1\ny,2\n')
	for unknown in zeros missing error; do
		ml-feat --onehot c --unknown $unknown --save $unknown.mls < <(printf "$t") >/dev/null
	done
	printf 'c\nzz\n' >u.csv
	[ "$(ml-feat -q --apply zeros.mls u.csv | tail -1)" = 0,0,0 ]
	[ "$(ml-feat -q --apply missing.mls u.csv | tail -1)" = 0,0,1 ]
	run -0 --separate-stderr ml-feat --apply zeros.mls u.csv
	[[ $stderr == *"'c'"*"[W-UNSEEN]" ]]
	refused 65 E-UNSEEN "u.csv:2: c: 'zz'" -- ml-feat --apply error.mls u.csv
	printf 'c\na\n\nzz\n' >v.csv
	printf 'c\na\nb\n' >w.csv
	refused 65 E-UNSEEN "v.csv:4: c: 'zz'" -- ml-feat -b --apply error.mls w.csv v.csv w.csv
}

@test "ml-feat --ordinal: in order, or in the order given" {
	gives 'n,c,y\n1,0,0\n2,1,1\n3,,0\n4,0,1\n' "$t" ml-feat --ordinal c --discard
	gives 'n,c,y\n1,1,0\n2,0,1\n3,,0\n4,1,1\n' "$t" ml-feat --ordinal c --order b,a --discard
	refused 65 E-UNSEEN "'a' is not in --order" -- ml-feat --ordinal c --order b --discard <(printf "$t")
}

@test "ml-feat --bins: quantiles, equal widths, edges; as code, name, or 0/1" {
	in='n\n0\n1\n2\n10\n""\n'
	gives 'n\n0\n0\n1\n1\n""\n' "$in" ml-feat --bins n=2 --discard
	gives 'n\n0\n0\n0\n1\n""\n' "$in" ml-feat --bins n=uniform:2 --discard
	gives 'n\n0\n0\n0\n1\n""\n' "$in" ml-feat --bins n=2 --strategy uniform --discard
	gives 'n\n<2\n<2\n>=2\n>=2\n""\n' "$in" ml-feat --bins 'n=edges:0;2;20' --encode category --discard
}

@test "ml-feat --ln, --log1p, --sqrt: undefined is missing and counted (W-UNDEFINED)" {
	run -0 --separate-stderr ml-feat --ln n < <(printf 'n\n1\n0\n-1\n')
	[ "$output" = $'n\n0\n""\n""' ] || fail "$output"
	[[ $stderr == "ml-feat: warning: "*"'n'"*"2"*"[W-UNDEFINED]" ]] || fail "$stderr"
	gives 'n,m\n3,0\n0,1\n' 'n,m\n9,0\n0,1.718281828459045\n' ml-feat --sqrt n --log1p m
}

@test "ml-feat --poly, --interact: names and values" {
	gives 'a,b,a^2,a*b,b^2\n2,3,4,6,9\n' 'a,b\n2,3\n' ml-feat --poly @num
	gives 'a,b,a*b\n2,3,6\n' 'a,b\n2,3\n' ml-feat --poly @num --interaction-only
	gives 'a,a^2,a^3\n2,4,8\n' 'a\n2\n' ml-feat --poly a --degree 3
	gives 'a,b,a*b\n2,3,6\n,3,\n' 'a,b\n2,3\n,3\n' ml-feat --interact a:b
	refused 64 E-USAGE "'--degree' belongs to --poly, which must stand before it" -- ml-feat --degree 3 --poly a
}

@test "ml-feat --drop, --select, --rename" {
	gives 'c,y\na,0\n' 'n,c,y\n1,a,0\n' ml-feat --drop n
	gives 'n,y\n1,0\n' 'n,c,y\n1,a,0\n' ml-feat -y y --select n
	gives 'c,n,y\n1,a,0\n' 'n,c,y\n1,a,0\n' ml-feat --rename n=c,c=n
	gives '"x,y=z",c,y\n1,a,0\n' 'n,c,y\n1,a,0\n' ml-feat --rename 'n=x\,y\=z'
	refused 65 E-DUP "'c'" -- ml-feat --rename n=c <(printf "$t")
	refused 65 E-COLUMNS "no column is left" -- ml-feat --drop @all <(printf "$t")
	refused 65 E-COLUMNS "'nope'" -- ml-feat --drop nope <(printf "$t")
}

@test "ml-feat: preparations work in the order given, and may be given again" {
	gives 'n,n^2\n0,0\n0.5,0.25\n1,1\n' 'n\n1\n2\n3\n' ml-feat --scale minmax --poly n --discard
	gives 'n,n^2\n0,0\n0.5,0.375\n1,1\n' 'n\n1\n2\n3\n' ml-feat --poly n --scale minmax --discard
	gives 'n,n^2,n^4\n2,4,16\n' 'n\n2\n' bash -c 'ml-feat --poly n --poly n^2 | sed "1s/.*/n,n^2,n^4/"'
}

@test "ml-feat: what does not fit the column, and unknown words, are refused by name" {
	printf "$t" >t.csv
	refused 65 E-TYPE "c: 'standard' is not for a category column" -- ml-feat --scale c=standard --discard t.csv
	refused 64 E-USAGE "'bogus' is not a way to scale" -- ml-feat --scale bogus --discard t.csv
	refused 65 E-NOROWS "no rows to learn from" -- ml-feat --scale standard --discard <(echo n)
	refused 64 E-USAGE "--discard" -- ml-feat --scale standard t.csv
}

@test "ml-feat --save, --apply: by CSV in a stream, by binary table, and in parts, all the same" {
	awk 'BEGIN { print "a,b,c"; for (i = 0; i < 9000; i++) print i % 37 ".5," i * i % 101 "," (i % 3 ? "u" : "v") }' >t.csv
	ml-feat --scale standard --onehot c --poly a,b --save s.mls t.csv >want
	ml-feat --apply s.mls t.csv | cmp - want
	ml-clean -b t.csv | ml-feat --apply s.mls | cmp - want
	ml-feat --apply s.mls -b t.csv | ml-clean | cmp - want
	(echo c,b,a; tail -n +2 t.csv | sed -n '7,9p' | awk -F, -v OFS=, '{ print $3, $2, $1 }') >u.csv
	ml-feat --apply s.mls u.csv >got
	head -1 want | tr , '\n' | sort >names
	head -1 got | tr , '\n' | sort | cmp - names
	ml-feat --apply s.mls <(head -1 t.csv) | cmp - <(head -1 want)
	refused 65 E-COLUMNS "'c'" -- ml-feat --apply s.mls <(echo a,b)
	refused 66 E-OPEN "nowhere.mls" -- ml-feat --apply nowhere.mls t.csv
}

@test "ml-feat --apply with new preparations: those come behind" {
	printf 'a\n1\n3\n' | ml-feat --scale minmax --save s.mls >/dev/null
	gives 'a,a^2\n0,0\n2,4\n' 'a\n1\n5\n' ml-feat --apply s.mls --poly a
	printf 'a\n1\n3\n' | ml-feat --apply s.mls --scale a=maxabs --save both.mls >/dev/null
	[ "$(ml-show --json both.mls | grep -o '"type":"scale"' | wc -l)" -eq 2 ]
	gives 'a\n0\n2\n' 'a\n1\n5\n' ml-feat --apply both.mls
}

@test "ml-feat: one column, no rows, odd names" {
	gives 'a=b,@1,*\n0,1,2\n1,1,2\n' 'a=b,@1,*\n1,1,2\n3,1,2\n' ml-feat --scale 'a\=b=minmax' --discard
	gives 'a=b,@1\n1,1\n' 'a=b,@1,*\n1,1,2\n' ml-feat --drop '\*'
	gives 'a,a^2\n' 'a\n' ml-feat --poly a
	printf '"l\nl","q""q"\n1,x\n2,y\n' | ml-feat --onehot @cat --scale standard -b | ml-clean >got
	[ "$(head -2 got | tail -1)" = 'l","q""q=x","q""q=y"' ] || fail "$(cat got)"
}
