#!/usr/bin/env bats
# eval_diagnosis.bats - ml-eval --train, --learning, --validation: does a model over- or underfit?
load helper

# cell COLUMN ROW FILE: a cell of the findings.
cell() {
	awk -F, -v c="$1" -v row="$2" 'NR == 1 { for (j = 1; j <= NF; j++) at[$j] = j } NR == row + 1 { print $at[c] }' "$3"
}

# near A B TOLERANCE
near() {
	awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && d <= t) }' ||
		fail "$1 is not $2"
}

# labels RIGHT OF N > FILE: so many of so many predictions are right, one third of the rows yes.
labels() {
	awk -v right="$1" -v n="$2" 'BEGIN { print "y,pred"; for (i = 0; i < n; i++) {
		y = i % 3 ? "no" : "yes"; print y "," (i * 7 % n < right ? y : y == "no" ? "yes" : "no") } }'
}

@test "ml-eval --train: a gap between training and test rows is told, with its interval" {
	labels 990 1000 >tr.csv
	labels 320 400 >te.csv
	ml-eval -y y --train tr.csv --metric accuracy te.csv >got
	[ "$(cell train 1 got)" = 0.99 ] && [ "$(cell test 1 got)" = 0.8 ] && [ "$(cell verdict 1 got)" = overfits ]
	near "$(cell gap 1 got)" 0.19 1e-12
	# Two shares apart: Wald's interval is 0.19 +- 1.96 sqrt(0.99 0.01 / 1000 + 0.8 0.2 / 400) = 0.1503,
	# 0.2297; the bootstrap's ends lie within a tenth of its width.
	near "$(cell lo 1 got)" 0.1503 0.008
	near "$(cell hi 1 got)" 0.2297 0.008
	grep -q 'overfits: accuracy is 0.99 on the training rows and 0.8 on the test rows, 0.19 worse (95 % interval' got
	grep -q '% of what was learned does not carry over' got
}

@test "ml-eval --train: a model no better than a constant underfits" {
	labels 670 1000 >tr.csv
	labels 260 400 >te.csv
	ml-eval -y y --train tr.csv --metric accuracy te.csv >got
	[ "$(cell verdict 1 got)" = underfits ]
	[ "$(cell constant 1 got)" = 0.666 ]
	grep -q "no better than always predicting the commonest class 'no' (0.666)" got
}

@test "ml-eval --train: no gap is no fault; better test rows are named" {
	labels 900 1000 >tr.csv
	labels 364 400 >te.csv
	[ "$(ml-eval -y y --train tr.csv --metric accuracy te.csv | cut -d, -f11 | tail -1)" = fits ]
	labels 400 400 >te.csv
	ml-eval -y y --train tr.csv --metric accuracy te.csv >got
	[ "$(cell verdict 1 got)" = easier ]
	grep -q 'the test rows are easier: accuracy is 0.9 on the training rows and 1 on the test rows, 0.1 better' got
}

@test "ml-eval --train: numbers against the mean; ml-fit dummy underfits, a line does not" {
	awk 'BEGIN { print "x,y"; for (i = 0; i < 200; i++) print i % 20 "," i % 20 * 2 + i * 7919 % 13 / 3 }' >t.csv
	ml-split --test 0.5 --seed 1 -o tr.csv --rest te.csv t.csv
	for m in linear dummy; do
		ml-fit -q $m -y y tr.csv >$m.mls
		for part in tr te; do ml-predict -q -m $m.mls $part.csv >$part-$m.csv; done
	done
	ml-eval -y y --train tr-dummy.csv --metric rmse te-dummy.csv >got
	[ "$(cell verdict 1 got)" = underfits ]
	grep -q 'no better than always predicting the mean' got
	ml-eval -y y --train tr-linear.csv --metric rmse te-linear.csv >got
	[ "$(cell verdict 1 got)" != underfits ]
}

# Predictions by size, fold: right so often as RIGHT says for each size.
curve() {
	awk -v list="$1" 'BEGIN { n = split(list, right, " "); print "y,pred,fold,size"
		for (s = 1; s <= n; s++) for (f = 1; f <= 5; f++) for (i = 0; i < 100; i++) {
			y = i % 2 ? "a" : "b"; ok = i * 37 % 100 < right[s] + (f * (s % 4 + 1) % 5) - 2
			print y "," (ok ? y : "c") "," f "," s / n } }'
}

@test "ml-eval --learning: a curve that still rises, one that is flat" {
	curve '60 70 78 86' >rise.csv
	ml-eval -y y --learning size --metric accuracy rise.csv >got
	[ "$(cell value 4 got)" = 0.86 ] && [ "$(cell n 4 got)" = 5 ] && [ "$(cell verdict 4 got)" = rising ]
	# Five folds of 58 62 59 61 60 %: s^2 = 2.5e-4, and s^2 (1/5 + 1/4) = 1.125e-4 (Nadeau, Bengio).
	near "$(cell se 1 got)" 0.010606601717798213 1e-12
	grep -q 'more rows are likely to help: accuracy is 0.78 at size = 0.75 and 0.86 at size = 1, 0.08 better' got
	curve '20 85 86 86' >flat.csv
	ml-eval -y y --learning size --metric accuracy flat.csv >got
	[ "$(cell verdict 4 got)" = flat ]
	grep -q 'more rows are unlikely to help' got
}

@test "ml-eval --learning: a power law through the sizes is found again" {
	# 0.9 - 0.2 x^-0.5 at 1, 4, 16, 64: at 128 it is 0.9 - 0.2 / sqrt(128) = 0.88232.
	printf 'size,test\n1,0.7\n4,0.8\n16,0.85\n64,0.875\n' >t.csv
	ml-eval --learning size --metric accuracy t.csv >got
	grep -q 'expects 0.8823 at twice the rows' got
	grep -q 'of one fold: cross-validate' got
	[ "$(cell verdict 4 got)" = unclear ]
}

@test "ml-eval --learning: what ml-cv --sizes writes" {
	awk 'BEGIN { print "x,y"; for (i = 0; i < 120; i++) print i * 37 % 120 "," (i * 37 % 120 + i % 50 > 80 ? "b" : "a") }' >t.csv
	ml-cv -q -P -k 3 -y y --stratify y --sizes 0.2,1 --keep y 'ml-fit -q logistic' t.csv |
		ml-eval -y y --learning size --metric auc,log-loss >got
	[ "$(cut -d, -f1,2 got | paste -sd' ')" = 'at,metric 0.2,auc 1,auc 0.2,log-loss 1,log-loss' ]
}

validation() {
	printf 'C,fold,train_auc,auc\n'
	printf '%s\n' 0.001,1,0.80,0.79 0.001,2,0.81,0.80 0.1,1,0.86,0.84 0.1,2,0.87,0.85 1,1,0.89,0.86 1,2,0.90,0.875 \
		100,1,0.99,0.80 100,2,0.99,0.82
}

@test "ml-eval --validation: underfits below, overfits above the best value" {
	validation >v.csv
	ml-eval --validation C --metric auc v.csv >got
	[ "$(cut -d, -f8 got | paste -sd' ')" = 'verdict underfits underfits best overfits' ]
	[ "$(cell at 3 got)" = 1 ]
	grep -q 'best at C = 1: auc 0.8675 .*; at C = 0.001 it underfits (0.805 on the training rows, 0.795 on others); at C = 100 it overfits (0.99 on the training rows, 0.81 on others)' got
	# An error is better when it is low.
	sed '1s/auc/rmse/g' v.csv | ml-eval --validation C --metric rmse >got
	[ "$(cell verdict 1 got)" = best ]
	grep -q 'the best is the lowest that was tried: try lower ones' got
}

@test "ml-eval --validation: values without order, figures without training rows" {
	printf 'kernel,value\nrbf,0.8\nlinear,0.7\n' >v.csv
	ml-eval --validation kernel --metric auc v.csv >got
	[ "$(cut -d, -f1,4,8 got | paste -sd' ')" = 'at,value,verdict linear,0.7,worse rbf,0.8,best' ]
	[[ $(tail -1 got) == *'best at kernel = rbf: auc 0.8' ]]
}

@test "ml-eval --validation: what ml-tune prints, standard errors too" {
	printf 'trial,state,value,se,C\n0,done,0.80,0.01,0.1\n1,done,0.83,0.012,1\n2,failed,,,5\n3,done,0.825,0.01,10\n' >v.csv
	ml-eval --validation C --metric auc v.csv >got
	[ "$(cut -d, -f1,5,8 got | paste -sd' ')" = 'at,se,verdict 0.1,0.01,worse 1,0.012,best 5,NA,undefined 10,0.01,as-good' ]
	grep -q 'best at C = 1: auc 0.83 (standard error 0.012); at C = 0.1 it is worse (0.8); at C = 10 it is as good (0.825)' got
}

@test "ml-eval: curves without their column, or without a metric's name, are refused" {
	validation >v.csv
	refused 65 E-COLUMNS "no column 'D'" -- ml-eval --validation D --metric auc v.csv
	refused 65 E-COLUMNS "'test', 'value' or 'f1'" -- ml-eval --validation C --metric f1 v.csv
	refused 64 E-USAGE 'the name of one metric' -- ml-eval --validation C v.csv
	refused 65 E-TYPE 'sizes of a learning curve are numbers' -- ml-eval --learning k --metric auc <(printf 'k,auc\nx,1\n')
	refused 65 E-NOROWS 'no rows' -- ml-eval --learning k --metric auc <(printf 'k,auc\n')
	refused 64 E-USAGE 'one at a time' -- ml-eval --learning C --validation C --metric auc v.csv
	refused 64 E-USAGE 'do not go with' -- ml-eval --train v.csv --by C -y auc v.csv
}
