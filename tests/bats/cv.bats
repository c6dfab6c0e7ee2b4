#!/usr/bin/env bats
# cv.bats - ml-cv: predictions are of rows that were not learned from, whatever stands in the quotes.
load helper

# 120 rows: key, group of 6, time in fours, a weight, class y that x1 and x2 tell about, some x1 missing.
table() {
	awk 'BEGIN {
		print "id,g,t,w,x1,x2,c,y"
		for (i = 0; i < 120; i++) {
			a = i * 37 % 101; b = i * 53 % 89
			printf "k%d,g%d,%d,%d,%s,%.2f,%s,%s\n", i, i / 6, i / 4, i % 3 + 1,
				(i % 17 ? a : ""), b / 3, (i % 5 ? "u" : "v"), (a + b + i % 29 > 100 ? "yes" : "no")
		}
	}' >t.csv
}

# column NAME: that column of the CSV on stdin, without its header.
column() {
	awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }'
}

# A predictor that knows by heart the rows it was given, and no others.
memorise='awk -F, "{ print \$1 \",\" \$NF }"'
recall='awk -F, -v m={model} "BEGIN { while ((getline line <m) > 0) { split(line, f, \",\"); y[f[1]] = f[2] } }
	NR == 1 { print \"pred\"; next } { print (\$1 in y) ? y[\$1] : \"unseen\" }"'

@test "ml-cv: a pipeline that knows its rows by heart knows none of those it is asked for" {
	table
	ml-cv -q -y y --id id --repeats 2 --fold-format csv --predict-cmd "$recall" "$memorise" t.csv >oof.csv
	[ "$(column pred <oof.csv | sort | uniq -c | tr -s ' ')" = ' 240 unseen' ] || fail "$(head -3 oof.csv)"
	# It would know them: the same without cross-validation.
	sh -c "$memorise" <t.csv >m
	sh -c "${recall/\{model\}/m}" <t.csv | tail -n +2 | cmp - <(column y <t.csv)
}

@test "ml-cv: the rows held out come without their target, from the pipeline as from --predict-cmd" {
	table
	ml-cv -q -y y -k 3 --fold-format csv --predict-cmd 'head -1 >&2; exit 9' cat t.csv 2>err || true
	[[ $(cat err) == *'fold 1: id,g,t,w,x1,x2,c [E-FOLD]' ]] || fail "$(cat err)"
	refused 65 E-FOLD "1 column that the model needs is absent: 'y'" -- \
		ml-cv -q -y y -k 3 'ml-fit -q logistic -y c -f y' t.csv
}

@test "ml-cv: every row once a repeat, in order, cells as they came, with the folds of ml-split" {
	table
	ml-cv -q -y y --id id --repeats 3 -k 4 --seed 5 'ml-fit logistic' t.csv >oof.csv
	for r in 1 2 3; do
		(head -1 oof.csv; awk -F, -v r=$r '$10 == r' oof.csv) >r$r.csv
		cut -d, -f1-8 r$r.csv | cmp - t.csv
	done
	ml-split -k 4 --seed 5 t.csv | cmp - <(cut -d, -f1-9 r1.csv)
	! cmp -s <(column fold <r1.csv) <(column fold <r2.csv) || false
	[ "$(head -1 oof.csv)" = id,g,t,w,x1,x2,c,y,fold,repeat,pred ]
}

@test "ml-cv: predictions are those of ml-fit and ml-predict, fold by fold, by hand" {
	table
	ml-cv -q -P -y y --id id --weight w -k 3 --stratify y 'ml-clean --impute median -b | ml-fit logistic -C 0.5' t.csv >oof.csv
	ml-split -k 3 --stratify y t.csv >folds.csv
	for k in 1 2 3; do
		awk -F, -v k=$k 'NR == 1 || $9 != k' folds.csv | cut -d, -f1-8 |
			ml-clean -q -y y --id id --weight w --impute median -b | ml-fit -q logistic -C 0.5 >m$k.mls
		awk -F, -v k=$k 'NR == 1 || $9 == k' folds.csv | cut -d, -f1-8 | ml-predict -q -P -m m$k.mls >p$k.csv
		awk -F, -v k=$k 'NR == 1 || $9 == k' oof.csv | cut -d, -f1-8,11- | cmp - p$k.csv
	done
	# Weights count.
	ml-cv -q -P -y y --id id --ignore w -k 3 --stratify y 'ml-clean --impute median -b | ml-fit logistic -C 0.5' t.csv >plain.csv
	! cmp -s plain.csv oof.csv || false
}

@test "ml-cv: the same bytes for any number of jobs, as CSV and as a binary table" {
	table
	for j in 1 2 3 4; do
		ml-cv -q -P -j$j -y y --id id --repeats 2 'ml-feat --onehot c -b | ml-fit logistic' t.csv >$j.csv
		ml-cv -q -P -j$j -b -y y --id id --repeats 2 'ml-feat --onehot c -b | ml-fit logistic' t.csv >$j.mls
		cmp 1.csv $j.csv && cmp 1.mls $j.mls
	done
	ml-clean 1.mls | cmp - 1.csv
}

@test "ml-cv --stratify, --group: counts are alike, a group is never parted" {
	table
	ml-cv -q -y y --id id --stratify y -k 4 'ml-fit logistic' t.csv >s.csv
	for class in yes no; do
		awk -F, -v c=$class '$8 == c { print $9 }' s.csv | sort | uniq -c |
			awk '{ if (!n || $1 < lo) lo = $1; if ($1 > hi) hi = $1; n++ } END { exit !(n == 4 && hi - lo <= 1) }'
	done
	ml-cv -q -y y --id id --group g -k 4 --repeats 2 'ml-fit logistic' t.csv >g.csv
	[ "$(awk -F, 'NR > 1 { print $2, $9, $10 }' g.csv | sort -u | wc -l)" -eq 40 ]
}

@test "ml-cv --time: a fold is learned from those before it, the first is never held out" {
	table
	ml-cv -q -y y --time t -k 4 --fold-format csv --predict-cmd 'awk -F, -v last=$(cat {model}) "
		NR == 1 { print \"pred\"; next } { print (\$3 > last) ? \"later\" : \"not\" }"' \
		'awk -F, "NR > 1 && \$3 > t { t = \$3 } END { print t + 0 }"' t.csv >oof.csv
	[ "$(column pred <oof.csv | sort -u)" = later ]
	[ "$(column fold <oof.csv | sort -u | tr '\n' ' ')" = '2 3 4 ' ]
	[ "$(wc -l <oof.csv)" -eq 93 ] || fail "$(wc -l <oof.csv)"
	refused 64 E-USAGE "--repeats" -- ml-cv -y y --time t --repeats 2 'ml-fit logistic' t.csv
}

@test "ml-cv: the failing fold is named, with what the failing program said, the same for any -j" {
	table
	for j in 1 2 4; do
		refused 65 E-FOLD "fold 3: oops 3" -- ml-cv -q -j$j -y y --id id \
			'if [ {fold} -ge 3 ]; then echo "oops {fold}" >&2; exit 7; fi; ml-fit logistic' t.csv
	done
	refused 65 E-FOLD "fold 1: ml-clean: " -- ml-cv -y y 'ml-clean --range x2=0..5 -b | ml-fit logistic' t.csv
	[[ $stderr == *'[E-RANGE] [E-FOLD]' ]] || fail "$stderr"
	refused 65 E-FOLD "fold 1 of repeat 1 at size 0.5: " -- ml-cv -y y --repeats 2 --sizes 0.5,1 'ml-fit nope' t.csv
	refused 65 E-FOLD "ended with status 3" -- ml-cv -y y 'exit 3' t.csv
	refused 65 E-FOLD "killed by signal 9" -- ml-cv -y y 'kill -9 $$' t.csv
	refused 65 E-FOLD "the model: record 1: empty" -- ml-cv -y y : t.csv
	refused 65 E-FOLD "a binary table where a model is expected" -- ml-cv -y y cat t.csv
	refused 65 E-FOLD "no estimator" -- ml-cv -y y 'ml-clean --impute mean --save /dev/stdout{fold} -b >f{fold} && ml-clean -q --impute mean --save p{fold} f{fold} >n{fold}; cat p{fold}' t.csv
	refused 65 E-FOLD "not done after 0.2 seconds" -- ml-cv -y y --max-seconds 0.2 'sleep 20' t.csv
}

@test "ml-cv: a pipe in the quotes fails when any part of it does" {
	table
	refused 65 E-FOLD "half" -- ml-cv -y y --fold-format csv \
		'sh -c "head -20; echo half >&2; exit 1" | ml-fit -q logistic -y y --id id' t.csv
}

@test "ml-cv: a --save that fits would overwrite for each other is refused" {
	table
	for save in '--save s.mls' '--save=s.mls' "--save 's x.mls'"; do
		refused 64 E-USAGE "put {fold} into its name" -- ml-cv -y y "ml-clean --impute mean $save -b | ml-fit logistic" t.csv
	done
	refused 64 E-USAGE "put {repeat} into its name" -- ml-cv -y y --repeats 2 'ml-clean --impute mean --save s{fold} -b | ml-fit logistic' t.csv
	ml-cv -q -y y --id id -k 3 'ml-clean --impute mean --save "s {fold}.mls" -b | ml-fit logistic' t.csv >oof.csv
	for k in 1 2 3; do ml-check "s $k.mls"; done
	! cmp -s 's 1.mls' 's 2.mls' || false
}

@test "ml-cv: SIGTERM, SIGINT and SIGHUP leave no temporary directory and no children" {
	table
	mkdir tmp
	export TMPDIR=$PWD/tmp
	for signal in TERM INT HUP; do
		rm -f pid.*
		# In quotes there is another ml-cv, whose children only it knows.
		(exec env --default-signal=INT,HUP,TERM setsid ml-cv -j2 -y y --id id \
			'echo $$ >pid.{fold}; ml-cv -j1 -k 2 "echo \$\$ >pid.{fold}.in; sleep 31 | (sleep 32; true)"' t.csv) &
		pid=$!
		soon '[ -s pid.1.in ] && [ -s pid.2.in ]'
		[ "$(ls tmp | wc -l)" -eq 3 ]
		kill -$signal $pid
		status=0
		wait $pid || status=$?
		[ $status -eq $((128 + $(kill -l $signal))) ] || fail "$signal: $status"
		[ -z "$(ls tmp)" ] || fail "$signal: $(ls tmp)"
		for f in pid.*; do ! kill -0 -- "-$(cat $f)" 2>/dev/null || fail "$signal: left: $(ps -ef)"; done
	done
}

@test "ml-cv: a run that ends well, and one that fails, leave no temporary directory" {
	table
	mkdir tmp
	TMPDIR=$PWD/tmp ml-cv -q -y y --id id 'ml-fit logistic' t.csv >oof.csv
	TMPDIR=$PWD/tmp run -65 ml-cv -q -y y --id id 'exit 1' t.csv
	[ -z "$(ls tmp)" ]
	TMPDIR=$PWD/none run -73 ml-cv -q -y y --id id 'ml-fit logistic' t.csv
}

@test "ml-cv --predict-cmd: a baseline in awk, and ml-predict itself" {
	table
	majority='awk -F, "NR > 1 { n[\$NF]++ } END { for (c in n) if (n[c] > n[m]) m = c; print m }"'
	ml-cv -q -y y --fold-format csv --predict-cmd 'awk -v m="$(cat {model})" "NR == 1 { print \"guess\" } NR > 1 { print m }"' \
		"$majority" t.csv >awk.csv
	ml-cv -q -y y 'ml-fit dummy' t.csv | cmp - awk.csv
	ml-cv -q -P -y y --id id 'ml-fit logistic' t.csv >own.csv
	ml-cv -q -P -y y --id id --predict-cmd 'ml-predict -q -P -m {model}' 'ml-fit logistic' t.csv | cmp - own.csv
	refused 65 E-FOLD "1 predictions of 24 rows" -- ml-cv -y y --predict-cmd 'printf "pred\n1\n"' 'cat >/dev/null' t.csv
	refused 65 E-FOLD "no column 'pred'" -- ml-cv -y y --predict-cmd 'ml-clean' 'cat >/dev/null' t.csv
}

@test "ml-cv --fold-format csv gives what binary tables give" {
	table
	ml-cv -q -P -y y --id id 'ml-fit logistic' t.csv >binary.csv
	ml-cv -q -P -y y --id id --fold-format csv 'ml-fit logistic -y y --id id' t.csv | cmp - binary.csv
}

@test "ml-cv --sizes: shares of each training part, smaller ones within larger ones, strata kept" {
	table
	ml-cv -v -q -y y --id id --stratify y -k 3 --sizes 0.1,0.5,1 --fold-format csv \
		--predict-cmd 'awk "NR == 1 { print \"pred\"; next } { print 1 }"' \
		'tee rows{fold}-{size} | wc -l' t.csv >curve.csv 2>err
	[ "$(awk -F, 'NR > 1 { print $11, $9 }' curve.csv | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = \
		' 40 0.1 1; 40 0.1 2; 40 0.1 3; 40 0.5 1; 40 0.5 2; 40 0.5 3; 40 1 1; 40 1 2; 40 1 3;' ]
	for k in 1 2 3; do
		[ "$(for s in 0.1 0.5 1; do tail -n +2 rows$k-$s | wc -l; done | tr '\n' ' ')" = '8 40 80 ' ]
		[ -z "$(comm -23 <(sort rows$k-0.1) <(sort rows$k-0.5))" ]
		[ -z "$(comm -23 <(sort rows$k-0.5) <(sort rows$k-1))" ]
		full=$(grep -c ',yes$' rows$k-1) half=$(grep -c ',yes$' rows$k-0.5)
		[ $((2 * half - full)) -le 2 ] && [ $((full - 2 * half)) -le 2 ]
	done
	grep -q 'fold 1: learned from 8 rows, 40 held out' err
	refused 64 E-USAGE "'1.5'" -- ml-cv -y y --sizes 0.1,1.5 'ml-fit logistic' t.csv
}

@test "ml-cv: quotes within quotes, and cross-validation within cross-validation" {
	table
	ml-cv -q -y y --id id 'ml-fit logistic' t.csv >plain.csv
	ml-cv -q -y y --id id "sh -c 'ml-fit logistic -C \"1\"'" t.csv | cmp - plain.csv
	cat >choose.sh <<-'END'
		# Writes the model whose penalty is best by cross-validation within the rows given.
		cat >in.$1
		for c in 0.001 1; do
			echo "$(ml-cv -q -P -k 3 --stratify y "ml-fit -q logistic -C $c" in.$1 |
				ml-eval -q -y y --metric log-loss) $c"
		done >scores.$1
		ml-fit -q logistic -C "$(sort -g scores.$1 | head -1 | cut -d' ' -f2)" in.$1
	END
	ml-cv -q -P -y y --id id -k 3 'sh choose.sh {fold}' t.csv >nested.csv
	[ "$(wc -l <nested.csv)" -eq 121 ]
	# The penalty chosen is that of the plain fits, so the predictions are theirs.
	for k in 1 2 3; do [ "$(grep -c '^0\.[0-9]* ' scores.$k)" -eq 2 ] || fail "$(cat scores.$k)"; done
	ml-cv -q -P -y y --id id -k 3 'ml-fit logistic -C 1' t.csv | cmp - nested.csv
}

@test "ml-cv: a binary table brings roles and steps, and kept models hold them" {
	table
	ml-clean -q -y y --id id --impute median -b t.csv >clean.mls
	ml-cv -P --keep id,y --keep-models kept- -k 3 'ml-fit logistic' clean.mls >oof.csv 2>err
	grep -q "'impute' has learned from all rows.*\[W-LEAK\]" err
	for k in 1 2 3; do
		ml-check kept-$k.mls
		ml-predict -q -P --keep id,y -m kept-$k.mls t.csv >all.csv
		awk -F, -v k=$k 'NR > 1 && $3 == k' oof.csv | cut -d, -f1,2,5- >mine
		grep -F -x -f mine all.csv | cmp - mine
	done
	ml-clean -q -y y --id id --range x2=0..100 -b t.csv | ml-cv -q --strict 'ml-clean --impute mean -b | ml-fit logistic' >oof.csv
}

@test "ml-cv: warnings of fits are told once, with the fold; --strict makes them errors" {
	table
	ml-cv -y y --id id 'ml-fit logistic' t.csv 2>err >oof.csv
	[ "$(grep -c W-IMPUTED err)" -eq 1 ] || fail "$(cat err)"
	grep -q "^ml-cv: warning: fold 1: ml-fit: column 'x1': .*\[W-IMPUTED\]$" err
	run -65 --separate-stderr ml-cv --strict -y y --id id 'ml-fit logistic' t.csv
	[ -z "$output" ] && [[ $stderr == *E-STRICT* ]]
}

@test "ml-cv: a class that a fold has not learned has probability 0 there, and is told" {
	(echo x,y; for i in 1 2 3 4 5 6 7 8 9; do echo "$i,a"; echo "$i.5,b"; done; echo 4,c) >t.csv
	ml-cv -q -P -y y -k 3 'ml-fit -q logistic' t.csv >oof.csv
	[ "$(head -1 oof.csv)" = 'x,y,fold,repeat,pred,prob:a,prob:b,prob:c' ]
	[ "$(awk -F, '$2 == "c" { print $8 }' oof.csv)" = 0 ]
	ml-cv -P -y y -k 3 'ml-fit -q logistic' t.csv 2>&1 >/dev/null | grep -q "class 'c'.*\[W-RARE\]"
}

@test "ml-cv: columns that are there already are refused before any fit; --prefix avoids it" {
	table
	ml-split -k 3 t.csv >f.csv
	refused 65 E-DUP "'fold' already; --prefix" -- ml-cv -y y 'touch begun; ml-fit logistic' f.csv
	[ ! -e begun ]
	ml-cv -q -P -y y --id id --prefix cv_ 'ml-fit logistic' f.csv | head -1 | grep -q ',fold,cv_fold,cv_repeat,cv_pred,cv_prob:no,cv_prob:yes$'
}

@test "ml-cv: what cannot be done is refused" {
	table
	refused 64 E-USAGE "expected a pipeline in quotes" -- ml-cv -y y
	refused 64 E-USAGE "the pipeline is empty" -- ml-cv -y y ' ' t.csv
	refused 64 E-USAGE "folds" -- ml-cv -y y -k 1 'ml-fit logistic' t.csv
	refused 65 E-TOOFEW "too few" -- ml-cv -y y -k 121 'ml-fit logistic' t.csv
	refused 66 E-OPEN "nothere.csv" -- ml-cv -y y 'ml-fit logistic' nothere.csv
	refused 65 E-TARGET "nope" -- ml-cv -y nope 'ml-fit logistic' t.csv
}
