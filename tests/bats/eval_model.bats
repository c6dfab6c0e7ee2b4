#!/usr/bin/env bats
# eval_model.bats - ml-eval --permutation, --partial, --ice: what columns are worth to a model.
load helper

# train.csv and test.csv: y depends on x and c; idle is the same in all rows of test.csv.
tables() {
	awk 'BEGIN { print "x,noise,idle,c,w,y,k"; for (i = 0; i < 240; i++) {
		x = i * 7 % 23; c = substr("uvw", i * i % 3 + 1, 1); y = 2 * x + (c == "v") * 9 + i * 31 % 7 / 4
		print (i % 19 ? x : "") "," i * 13 % 17 "," i % 2 "," c "," 1 + i % 3 "," y "," (y > 24 ? "yes" : "no") } }' >all.csv
	ml-split -q --test 0.4 --seed 3 -o train.csv --rest split.csv all.csv
	awk -F, -v OFS=, 'NR > 1 { $3 = 1 } { print }' split.csv >test.csv
	ml-fit -q boost -y y --ignore k,w --min-samples-leaf 3 --trees 30 train.csv >y.mls
	ml-fit -q logistic -y k --ignore y,w train.csv >k.mls
	ml-fit -q linear -y y --ignore k,w,idle train.csv >l.mls
}

@test "ml-eval --permutation: the score is that of ml-predict, the worst column first, an idle one exactly 0" {
	tables
	ml-eval -q --permutation -m y.mls -y y test.csv >got
	[ "$(head -1 got)" = feature,metric,score,permuted,drop,std_error ]
	[ "$(cut -d, -f1 got | tail -n +2 | tr '\n' ' ')" = 'x c idle noise ' ] || fail "$(cat got)"
	[ "$(sed -n 2p got | cut -d, -f3)" = "$(ml-predict -q -m y.mls test.csv | ml-eval -q -y y --metric rmse)" ]
	[ "$(grep ^idle, got | cut -d, -f5,6)" = 0,0 ]
	awk -F, 'NR > 1 { d = $4 - $3 - $5; if (d > 1e-12 || d < -1e-12) exit 1; if (NR < 4 && ($5 <= 0 || $6 <= 0)) exit 1 }' got
	ml-eval -q --permutation -m k.mls -y k --metric auc,log-loss --repeats 3 test.csv >k
	[ "$(cut -d, -f1,2 k | sed -n '2p;6p' | tr '\n' ' ')" = 'x,auc x,log-loss ' ] || fail "$(cat k)"
	for m in auc log-loss; do
		[ "$(grep ",$m," k | head -1 | cut -d, -f3)" = "$(ml-predict -q -P -m k.mls test.csv | ml-eval -q -y k --metric $m)" ]
	done
	awk -F, '$2 == "auc" { d = $3 - $4 - $5; if (d > 1e-12 || d < -1e-12) exit 1 }' k
}

@test "ml-eval --permutation: the mean and standard error of what the shuffles give" {
	tables
	for i in 1 2 3; do ml-eval -q --permutation -m y.mls -y y --repeats $i test.csv | grep ^x, | cut -d, -f4,6; done | awk -F, '
		{ sum = NR * $1; one[NR] = sum - before; before = sum; error = $2 }
		NR == 1 && $2 != "NA" { exit 1 }
		END { m = before / 3; for (i = 1; i <= 3; i++) ss += (one[i] - m) ^ 2
			want = sqrt(ss / 2 / 3); if ((error / want - 1) ^ 2 > 1e-16 || ss == 0) exit 1 }'
}

@test "ml-eval --permutation: seed and names decide, not the order of columns or the form of the table" {
	tables
	ml-eval -q --permutation -m y.mls -y y test.csv >got
	ml-eval -q --permutation -m y.mls -y y --seed 0 -j 4 test.csv | cmp - got
	awk -F, -v OFS=, '{ print $6, $4, $3, $1, $2 }' test.csv | ml-eval -q --permutation -m y.mls -y y | cmp - got
	ml-clean -q -y y -b test.csv | ml-eval -q --permutation -m y.mls | cmp - got
	! ml-eval -q --permutation -m y.mls -y y --seed 1 test.csv | cmp -s - got || fail "another seed, the same numbers"
	ml-eval -q --permutation -m y.mls -y y --to json test.csv | grep -q '^{"permutation":\[{"feature":"x","metric":"rmse","score":'
	ml-eval -q --permutation -m y.mls -y y --to table test.csv | head -1 | grep -qE '^feature +metric +score +permuted +drop +std_error$'
	run -0 --separate-stderr ml-eval --permutation -m y.mls -y y train.csv
	[ "${stderr//ml-eval/ml-predict}" = "$(ml-predict -m y.mls train.csv 2>&1 >/dev/null)" ]
}

@test "ml-eval --partial: of a linear model the lines have its coefficients; levels are all there" {
	tables
	bx='' bv=''
	eval "$(ml-show --coef l.mls | awk -F, '$2 == "x" { print "bx=" $3 } $2 == "c=v" { print "bv=" $3 }')"
	ml-eval --partial x,c --grid 5 -m l.mls test.csv >got
	[ "$(head -1 got)" = feature,value,class,mean ]
	[ "$(grep -c ^x, got)" -eq 5 ]
	[ "$(grep ^c, got | cut -d, -f2 | tr '\n' ' ')" = 'u v ' ]
	awk -F, -v bx="$bx" -v bv="$bv" '
		$1 == "x" { if (n++) { d = $4 - last - bx * ($2 - at); if (d * d > 1e-16) exit 1 } last = $4; at = $2 }
		$2 == "u" { u = $4 }
		$2 == "v" { d = $4 - u - bv; if (d * d > 1e-16) exit 1 }' got || fail "$(cat got)"
	ml-eval --partial x --grid 100 -m l.mls test.csv | tail -n +2 | cut -d, -f2 | cmp - <(cut -d, -f1 test.csv | tail -n +2 | grep . | sort -nu)
	ml-clean -q -y y -b test.csv | ml-eval --partial x,c --grid 5 -m l.mls | cmp - got
}

@test "ml-eval --partial: the mean, weighted, of the curves of --ice; which are what ml-predict says" {
	tables
	ml-eval --partial c,noise --grid 3 --ice -m k.mls --weight w test.csv >ice
	[ "$(head -1 ice)" = feature,row,value,class,pred ]
	[ "$(cut -d, -f4 ice | sort -u | tr '\n' ' ')" = 'class yes ' ]
	awk -F, -v OFS=, 'NR == FNR { w[FNR - 1] = $5; next } FNR > 1 { k = $1 OFS $3; if (!(k in s)) order[++n] = k; s[k] += w[$2] * $5; t[k] += w[$2] }
		END { for (i = 1; i <= n; i++) printf "%s,%.10f\n", order[i], s[order[i]] / t[order[i]] }' test.csv ice >want
	ml-eval --partial c,noise --grid 3 -m k.mls --weight w test.csv | tail -n +2 | awk -F, '{ printf "%s,%s,%.10f\n", $1, $2, $4 }' | cmp - want
	awk -F, -v OFS=, 'NR > 1 { $4 = "v" } { print }' test.csv | ml-predict -q -P --only -m k.mls | tail -n +2 | cut -d, -f3 |
		cmp - <(awk -F, '$1 == "c" && $3 == "v" { print $5 }' ice)
	ml-eval --partial c --positive no -m k.mls test.csv | cut -d, -f3 | sort -u | grep -qx no
}

@test "ml-eval: a model is asked one question at a time, and only where one is asked" {
	tables
	refused 64 E-USAGE "name it with -m" -- ml-eval --permutation -y y test.csv
	refused 64 E-USAGE "name it with -y" -- ml-eval -q --permutation -m y.mls test.csv
	refused 64 E-USAGE "not both" -- ml-eval --permutation --partial x -m y.mls -y y test.csv
	refused 64 E-USAGE "-m is for" -- ml-eval -m y.mls -y y test.csv
	refused 64 E-USAGE "--ice is for" -- ml-eval --ice -y y test.csv
	refused 64 E-USAGE "different questions" -- ml-eval --permutation --compare -m y.mls -y y test.csv test.csv
	refused 64 E-USAGE "here the model predicts" -- ml-eval --permutation --pred x -m y.mls -y y test.csv
	refused 64 E-USAGE "writes csv or tsv" -- ml-eval --partial x --json -m y.mls test.csv
	refused 65 E-COLUMNS "no column 'zz'" -- ml-eval --partial zz -m y.mls test.csv
	refused 65 E-COLUMNS "absent" -- ml-eval --permutation -m y.mls -y y <(cut -d, -f2- test.csv)
	head -1 test.csv >none.csv
	refused 65 E-NOROWS "no rows" -- ml-eval --partial x -m y.mls none.csv
}
