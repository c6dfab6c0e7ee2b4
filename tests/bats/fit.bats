#!/usr/bin/env bats
# fit.bats - ml-fit: targets, kinds, weights, the steps it puts before the estimator, what it warns of and refuses.
load helper

# fits INPUT OPTIONS...: what ml-fit linear says of it; the model in m.mls.
fits() {
	local input=$1
	shift
	printf "$input" >in.csv
	run -0 --separate-stderr ml-fit "$@" in.csv -o m.mls
	ml-check m.mls
}

# warned TAG TEXT: the one warning of the last run.
warned() {
	[ "${#stderr_lines[@]}" -eq 1 ] || fail "not one line: $stderr"
	[[ $stderr == "ml-fit: warning: "*"$2"*" [$1]" ]] || fail "said: $stderr"
}

classes='x,y\n1,no\n2,yes\n3,no\n4,yes\n5,yes\n6,no\n'
numbers='x,y\n1,2.5\n2,3\n3,4.5\n4,4\n'

@test "ml-fit: silent when all is well" {
	fits "$classes" logistic -y y
	[ -z "$stderr" ] || fail "$stderr"
	fits "$numbers" ridge -y y
	[ -z "$stderr" ] || fail "$stderr"
}

@test "ml-fit: no target, no such target, a target without a value (E-TARGET)" {
	printf "$numbers" >t.csv
	refused 64 E-TARGET "name its column with -y" -- ml-fit linear t.csv
	refused 65 E-TARGET "no target column 'z'; there are: x, y" -- ml-fit linear -y z t.csv
	printf 'x,y\n1,\n2,\n' >e.csv
	refused 65 E-TARGET "target column 'y' has no value at all" -- ml-fit -q linear -y y e.csv
	printf "$classes" >c.csv
	refused 65 E-TARGET "'linear' predicts numbers, target 'y' holds classes" -- ml-fit linear -y y c.csv
	refused 64 E-USAGE "names 2 columns" -- ml-fit linear -y x,y t.csv
}

@test "ml-fit: a column has one role" {
	printf 'x,w,y\n1,1,2\n2,2,3\n3,1,5\n4,2,5\n' >t.csv
	refused 64 E-USAGE "column 'y' cannot be weight and target at once" -- ml-fit linear -y y --weight y t.csv
	refused 64 E-USAGE "column 'w' cannot be group and weight at once" -- ml-fit linear -y y --weight w --group w t.csv
	# A list of columns may well hold others that have a role of their own.
	ml-fit linear -y y --weight w --ignore 'w*,y' t.csv >m.mls
	ml-show m.mls >shown
	grep -q 'needs   x$' shown
}

@test "ml-fit: rows without a target are left out and counted (W-DROPPED)" {
	fits 'x,y\n1,2.5\n2,\n3,4.5\n4,5\n5,NA\n' linear -y y
	warned W-DROPPED "2 rows without a value in target 'y' are left out"
	cp m.mls want.mls
	fits 'x,y\n1,2.5\n3,4.5\n4,5\n' linear -y y
	cmp <(ml-show --coef m.mls) <(ml-show --coef want.mls)
}

@test "ml-fit: no rows, one class, too few rows, no features" {
	refused 65 E-NOROWS "no rows to learn from" -- ml-fit linear -y y <(echo x,y)
	refused 65 E-ONECLASS "one class only ('a')" -- ml-fit logistic -y y <(printf 'x,y\n1,a\n2,a\n')
	refused 65 E-TOOFEW "" -- ml-fit linear -y y <(printf 'a,b,c,y\n1,2,5,1\n2,5,1,2.5\n')
	refused 65 E-COLUMNS "no feature column is left" -- ml-fit linear -y y <(printf 'y\n1.5\n2\n')
	refused 65 E-COLUMNS "no column 'nope'" -- ml-fit linear -y y -f nope <(printf "$numbers")
	refused 64 E-USAGE "expected an ALGORITHM" -- ml-fit -y y
}

@test "ml-fit: classes are sorted, numerically when all are numbers; the positive one is the last, or named" {
	fits 'x,y\n1,10\n2,9\n3,10\n4,9\n' logistic -y y
	ml-show m.mls | grep -q 'classes 9, 10 (positive)'
	fits 'x,y\n1,b\n2,B\n3,b\n4,B\n' logistic -y y --positive B
	ml-show m.mls | grep -q 'classes B (positive), b'
	refused 64 E-USAGE "--positive 'q' is no class of 'y'" -- ml-fit logistic -y y --positive q <(printf "$classes")
	# Names with the characters of lists.
	printf 'x,y\n1,"a,b"\n2,c=d\n3,"a,b"\n4,c=d\n2.5,"a,b"\n' >signs.csv
	ml-fit -q logistic -y y --class-weight 'a\,b=2,c\=d=1' signs.csv >escaped.mls
	sed -e 's/"a,b"/ab/' -e 's/c=d/cd/' signs.csv | ml-fit -q logistic -y y --class-weight ab=2,cd=1 >plain.mls
	cmp <(ml-show --coef escaped.mls | cut -d, -f2-) <(ml-show --coef plain.mls | cut -d, -f2-)
	ml-fit -q lda -y y --priors 'a\,b=0.2,c\=d=0.8' signs.csv >priors.mls
	refused 64 E-USAGE "expected NAME=VALUE" -- ml-fit lda -y y --priors 'c\=d=' -o x.mls signs.csv
	refused 64 E-USAGE "'q' is no class of 'y'" -- ml-fit logistic -y y --class-weight q=2 <(printf "$classes")
	refused 64 E-USAGE "expected more than 0" -- ml-fit logistic -y y --class-weight no=0 <(printf "$classes")
}

@test "ml-fit: labels equal as numbers but not as text are told (W-LABELS), rare classes too (W-RARE)" {
	fits 'x,y\n1,1\n2,2\n3,1.0\n4,2\n' logistic -y y
	warned W-LABELS "compared as numbers"
	fits 'x,y\n1,a\n2,b\n3,b\n4,b\n' logistic -y y
	warned W-RARE "class 'a' of 'y' has one row"
	fits 'x,y\n1,a\n2,b\n3,b\n4,c\n5,d\n' logistic -y y
	warned W-RARE "3 of 4 classes of 'y' have one row, the first is 'a'"
}

@test "ml-fit: numbers as classes, and classes as numbers, are told (W-TASK) and can be decided" {
	fits 'x,y\n1,1\n2,2\n3,1\n4,3\n' dummy -y y
	warned W-TASK "--task classify"
	fits 'x,y\n1,1\n2,2\n3,1\n4,3\n' dummy -y y --task regress
	[ -z "$stderr" ]
	run -0 --separate-stderr ml-fit dummy -y y --task classify in.csv -o m.mls
	[ "$(ml-show --json m.mls | grep -c '"task":"classify"')" -eq 1 ]
	refused 64 E-USAGE "'ridge' predicts numbers" -- ml-fit ridge -y y --task classify in.csv
	run -0 --separate-stderr ml-fit -q logistic -y x in.csv -o m.mls
	fits 'x,y\n1,1.5\n2,2.5\n3,1.5\n4,2.5\n' logistic -y y
	warned W-TASK "each number of target 'y' is taken as a class"
}

@test "ml-fit: a column with a role is no feature, and a role that is lost is told (W-ROLE)" {
	t='a,b,"w,1",y\n1,2,1,no\n2,1,2,yes\n3,5,1,no\n4,3,2,yes\n5,9,1,yes\n'
	fits "$t" logistic -y y -f a,b
	[ -z "$stderr" ] || fail "$stderr"
	fits "$t" logistic -y y -f a,y
	warned W-ROLE "column 'y' has the role of target, and so is no feature"
	fits "$t" logistic -y y --weight 'w\,1' -f 'a,w\,1'
	warned W-ROLE "column 'w,1' has the role of weight"
	# A glob or a range may well meet one.
	fits "$t" logistic -y y -f '*' --ignore b
	[ -z "$stderr" ] || fail "$stderr"
	printf "$t" | ml-clean -q -y y -b >t.bin
	run -0 --separate-stderr ml-fit linear -y b -o m.mls t.bin
	warned W-ROLE "t.bin: column 'y' has lost the role of target, and is a feature now"
	run -0 --separate-stderr ml-fit linear -y b --ignore y -o m.mls t.bin
	[ -z "$stderr" ] || fail "$stderr"
	run -0 --separate-stderr ml-fit logistic -y y -o m.mls t.bin
	[ -z "$stderr" ] || fail "$stderr"
	run -65 ml-fit --strict linear -y b t.bin
}

@test "ml-fit dummy: what looks at no feature needs none" {
	t='a,c,y\n1,x,no\n2,,yes\n3,z,yes\n'
	for how in prior most-frequent; do
		fits "$t" dummy -y y --strategy $how
		[ "$(printf 'q\n7\n' | ml-predict -m m.mls)" = $'q,pred\n7,yes' ]
		ml-predict --strict -m m.mls in.csv >out.csv
	done
	fits "$t" dummy -y a
	[ "$(printf 'q\n7\n' | ml-predict -m m.mls)" = $'q,pred\n7,2' ]
	# What is drawn depends on the row.
	fits "$t" dummy -y y --strategy stratified
	refused 65 E-COLUMNS "'a'" -- ml-predict -m m.mls <(printf 'q\n7\n')
}

@test "ml-fit: constant columns get no coefficient (W-CONSTANT), a constant target is told (W-TARGET)" {
	fits 'x,k,y\n1,7,2.5\n2,7,3\n3,7,4.5\n' linear -y y
	warned W-CONSTANT "'k'"
	[ "$(ml-show --coef m.mls | cut -d, -f2)" = $'feature\nx\n(intercept)' ]
	fits 'x,y\n1,7\n2,7\n3,7\n' ridge -y y
	warned W-TARGET "'y'"
}

@test "ml-fit: collinear columns are left out by name (W-RANK); separable classes stay finite (W-SEPARATED)" {
	fits 'a,b,y\n1,2,1\n2,4,3.5\n3,6,4\n4,8,3\n' linear -y y
	warned W-RANK "'b'"
	fits 'x,y\n1,a\n2,a\n3,a\n7,b\n8,b\n9,b\n' logistic -y y -C 1e9
	[[ $stderr == *"[W-SEPARATED]"* ]] || fail "$stderr"
	! ml-show --coef m.mls | grep -qiE 'nan|inf[^a-z]*$' || false
}

@test "ml-fit: missing features are imputed by the mean and told (W-IMPUTED); none refuses them" {
	fits 'x,z,y\n1,1,2.5\n,3,3\n3,2,4.5\n8,1,9\n' linear -y y
	warned W-IMPUTED "'x'"
	printf '1,1,2.5\n4,3,3\n3,2,4.5\n8,1,9\n' | (echo x,z,y; cat) >full.csv
	cmp <(ml-show --coef m.mls) <(ml-fit linear -y y full.csv | ml-show --coef)
	run -0 --separate-stderr ml-fit linear -y y --impute constant=4 in.csv -o m2.mls
	cmp <(ml-show --coef m.mls) <(ml-show --coef m2.mls)
	refused 65 E-MISSING "'x'" -- ml-fit linear -y y --impute none in.csv
}

@test "ml-fit: categories become 0/1 columns; without a penalty the first level is left out" {
	in='c,y\nb,1\na,2.5\nb,1.5\na,3\nc,7\nc,8.5\n'
	fits "$in" linear -y y
	[ "$(ml-show --coef m.mls | cut -d, -f2)" = $'feature\nc=b\nc=c\n(intercept)' ]
	fits "$in" ridge -y y
	[ "$(ml-show --coef m.mls | cut -d, -f2)" = $'feature\nc=a\nc=b\nc=c\n(intercept)' ]
	fits "$in" ridge -y y --encode ordinal
	[ "$(ml-show --coef m.mls | cut -d, -f2)" = $'feature\nc\n(intercept)' ]
	refused 65 E-TYPE "'c' holds categories" -- ml-fit linear -y y --encode none in.csv
	refused 65 E-LIMIT "--max-levels 2" -- ml-fit linear -y y --max-levels 2 in.csv
	refused 64 E-USAGE "'bogus' is none of auto, onehot, ordinal, none" -- ml-fit linear -y x --encode bogus <(printf "$numbers")
	refused 64 E-USAGE "'bogus' is none of auto, zeros, missing, error" -- ml-fit linear -y x --unknown bogus <(printf "$numbers")
}

@test "ml-fit: ids and free text as features are told (W-LEVELS)" {
	awk 'BEGIN { print "id,x,y"; for (i = 0; i < 60; i++) print "customer" i "," i * 7 % 11 "," i % 13 ".5" }' >t.csv
	run -0 --separate-stderr ml-fit ridge -y y t.csv -o m.mls
	[[ $stderr == *"'id'"*"[W-LEVELS]" ]] || fail "$stderr"
	run -0 --separate-stderr ml-fit ridge -y y --id id t.csv -o m.mls
	[ -z "$stderr" ]
}

@test "ml-fit: weights: 0 leaves a row out; missing, negative and text are refused with the line" {
	printf 'x,w,y\n1,1,2.5\n2,1,3\n3,0,99\n4,2,4\n7,1,9\n' >t.csv
	ml-fit linear -y y --weight w t.csv | ml-show --coef >got
	grep -v 99 t.csv | ml-fit linear -y y --weight w | ml-show --coef | cmp - got
	refused 65 E-TYPE ":3: w: a negative weight" -- ml-fit linear -y y --weight w <(printf 'x,w,y\n1,1,2\n2,-1,3\n3,1,4\n')
	refused 65 E-TYPE ":2: w: a missing weight" -- ml-fit linear -y y --weight w <(printf 'x,w,y\n1,,2\n2,1,3\n3,1,4\n')
	refused 65 E-TYPE "weight column 'w' holds text" -- ml-fit -q linear -y y --weight w <(printf 'x,w,y\n1,q,2\n2,1,3\n3,1,4\n')
	refused 65 E-NOROWS "weight 0" -- ml-fit linear -y y --weight w <(printf 'x,w,y\n1,0,2\n2,0,3\n')
}

@test "ml-fit: weight 2 is the row twice, imputing, encoding and scaling included" {
	awk 'BEGIN { print "x,z,c,w,y"; for (i = 0; i < 40; i++) print (i % 7 ? i * 13 % 29 : "") "," i * i % 31 ".25," substr("uvw", i % 3 + 1, 1) "," i % 3 + 1 "," i * 17 % 23 + i }' >t.csv
	awk -F, -v OFS=, 'NR == 1 { print; next } { n = $4; $4 = 1; for (k = 0; k < n; k++) print }' t.csv >rep.csv
	for how in 'linear' 'ridge --alpha 3' 'logistic -C 0.5 --tol 1e-12'; do
		y=y
		[[ $how == logistic* ]] && { y=c; }
		for f in t rep; do
			ml-clean -q -y $y --weight w --impute median,mode -b $f.csv |
				ml-feat --onehot @cat --scale standard -b | ml-fit -q $how | ml-show --coef >$f.coef
			ml-fit -q $how -y $y --weight w $f.csv | ml-show --coef >$f.raw
		done
		for k in coef raw; do
			paste -d, t.$k rep.$k | awk -F, 'NR > 1 { d = $3 - $6; s = $3 < 0 ? -$3 : $3; if ($2 != $5 || d * d > 1e-18 * (1 + s * s)) { print; exit 1 } }
				END { if (NR < 3) exit 1 }' || fail "$how, $k"
		done
	done
	# It does matter.
	! cmp -s <(ml-fit -q ridge -y y --weight w t.csv | ml-show --coef) <(ml-fit -q ridge -y y --ignore w t.csv | ml-show --coef) || false
}

@test "ml-fit: a column with a role is no feature" {
	printf 'id,g,t,w,i,x,y\na,p,1,1,z,1,2\nb,p,2,1,z,2,3\nc,q,3,2,z,3,5\nd,q,4,1,z,4,4\n' >t.csv
	ml-fit linear -y y --id id --group g --time t --weight w --ignore i t.csv >m.mls
	[ "$(ml-show --coef m.mls | cut -d, -f2)" = $'feature\nx\n(intercept)' ]
	ml-clean -y y --id id --group g --time t --weight w --ignore i -b t.csv | ml-fit linear | ml-show --coef |
		cmp - <(ml-show --coef m.mls)
	ml-clean -b t.csv | ml-fit linear -y y -f x --weight w | ml-show --coef | cmp - <(ml-show --coef m.mls)
}

@test "ml-fit: names with commas, quotes, newlines and signs" {
	awk 'BEGIN { print "\"a,b\",\"q\"\"r\",\"n\nl\",a=b,@1,*,^x,c:d,\"y,\"\"\""
		for (i = 1; i < 40; i++) { for (j = 1; j < 9; j++) printf "%d,", i * i * j % 37; print i * 5 % 13 ".5" } }' >odd.csv
	ml-fit -q ridge -y 'y\,"' odd.csv >m.mls
	ml-show --coef m.mls | ml-feat --select feature | ml-clean >got
	printf 'feature\n"a,b"\n"q""r"\n"n\nl"\na=b\n@1\n*\n^x\nc:d\n(intercept)\n' | cmp - got
	[ "$(ml-fit -q ridge -y @9 -f '\@1,^\*' odd.csv | ml-show --coef | cut -d, -f2)" = $'feature\n@1\n(intercept)' ]
}

@test "ml-fit: gzip, tsv, several files, standard input, no header" {
	printf "$numbers" >t.csv
	ml-fit linear -y y t.csv | ml-show --coef >want
	gzip <t.csv | ml-fit linear -y y | ml-show --coef | cmp - want
	tr , '\t' <t.csv | ml-fit linear -y y --from tsv | ml-show --coef | cmp - want
	tr , ';' <t.csv | tr . , | ml-fit linear -y y -d ';' --decimal , | ml-show --coef | cmp - want
	ml-fit linear -y y <(sed 4,5d t.csv) - < <(sed 2,3d t.csv) | ml-show --coef | cmp - want
	tail -n +2 t.csv | ml-fit linear -y c2 --no-header | ml-show --coef | sed s/c1/x/ | cmp - want
}

@test "ml-fit --private: no profile, no golden rows, no sketch" {
	printf "$classes" >t.csv
	ml-fit logistic -y y t.csv >m.mls
	ml-fit logistic -y y --private t.csv >p.mls
	for kind in x-profile x-golden x-sketch; do
		grep -q $kind m.mls
		! grep -q $kind p.mls || fail "$kind is there"
	done
	ml-check p.mls
	ml-clean -b -y y t.csv >t.mls                # what a tool before it noted is left out too
	ml-fit logistic --private t.mls >p2.mls
	! grep -qE 'x-profile|x-golden|x-sketch' p2.mls || false
}

@test "ml-fit: no host, user, path or time in a model" {
	printf "$classes" >secret-name.csv
	mkdir 'sub dir'
	ml-fit logistic -y y secret-name.csv -o m1.mls
	(cd 'sub dir' && TZ=Asia/Tokyo USER=x HOME=/ ml-fit logistic -y y --log journal <../secret-name.csv >../m2.mls)
	cmp m1.mls m2.mls
	! ml-show --json m1.mls | grep -q secret || false
}

@test "ml-fit --strict: a warning leaves no model" {
	printf 'x,y\n1,2.5\n2,\n3,4.5\n4,5\n' >t.csv
	run -65 --separate-stderr ml-fit --strict linear -y y t.csv -o m.mls
	[ ! -e m.mls ]
	run -65 --separate-stderr ml-fit --strict linear -y y t.csv
	[ -z "$output" ]
}

@test "ml-fit --log: rows, inputs with their SHA-256, hyperparameters, the fit" {
	command -v python3 >/dev/null || skip "no python3 to read JSON"
	printf "$classes" | gzip >'t "x".csv.gz'
	ml-fit logistic -y y -C 3 't "x".csv.gz' --log runs.jsonl -o m.mls
	sum=$(gzip -dc 't "x".csv.gz' | sha256sum | cut -d' ' -f1)
	python3 - $sum <<-'END'
		import json, sys
		r, = map(json.loads, open("runs.jsonl"))
		assert sys.argv[1] in json.dumps(r), r
		assert r["picked"][0]["options"]["C"] in (3, "3"), r
		assert r["exit"] == 0
	END
	ml-show --json m.mls | grep -q $sum
}

@test "ml-fit: a target of more classes than --max-levels is refused (E-LIMIT)" {
	{ echo x,y; for i in {1..60}; do echo "$((i * 7 % 13)),$i.5"; done; } >many.csv
	refused 65 E-LIMIT "target 'y' has 60 classes, more than --max-levels 50" -- \
		ml-fit -q logistic -y y --max-levels 50 many.csv
	ml-fit -q logistic -y y --max-iter 1 many.csv >/dev/null
}
