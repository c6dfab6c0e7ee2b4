#!/usr/bin/env bats
# eval_compare.bats - ml-eval --compare: models of the same rows against each other.
load helper

data=$BATS_TEST_DIRNAME/../data

# cell COLUMN MODEL METRIC TEST FILE: a cell of the findings.
cell() {
	awk -F, -v c="$1" -v model="$2" -v metric="$3" -v test="$4" '
		NR == 1 { for (j = 1; j <= NF; j++) at[$j] = j; next }
		$at["model"] == model && $at["metric"] == metric && $at["test"] == test { print $at[c] }' "$5"
}

# near A B TOLERANCE: equal to so much, relative to B.
near() {
	awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; if (b < 0) b = -b
		exit !(a != "" && d <= t * b) }' || fail "$1 is not $2"
}

# Haemorrhages by two scores: wfns.csv, s100b.csv.
hemorrhages() {
	cut -d, -f1,2 "$data/compare/asah.csv" | sed '1s/wfns/s/' >wfns.csv
	cut -d, -f1,3 "$data/compare/asah.csv" | sed '1s/s100b/s/' >s100b.csv
	cut -d, -f1,4 "$data/compare/asah.csv" | sed '1s/ndka/s/' >ndka.csv
}

# Prices with ids, and guesses that are a little worse, in another order.
prices() {
	awk -F, 'NR == 1 { print "id," $0; next } { print "r" NR "," $0 }' "$data/metrics/metrics_reg.csv" >a.csv
	awk -F, -v OFS=, 'NR > 1 { $3 = $3 + ((NR * 7919) % 13 - 6) / 3 } { print }' a.csv |
		{ read -r head; echo "$head"; sort -r; } >b.csv
}

# Five times two folds of two classifiers: f1.csv, f2.csv.
folds() {
	awk 'BEGIN { OFS = ","; print "y,pred,fold,repeat" >"f1.csv"; print "y,pred,fold,repeat" >"f2.csv"
		for (r = 1; r <= 5; r++) for (i = 0; i < 60; i++) {
			y = i % 3 ? "a" : "b"; f = (i * 7 + r * 3 + int(i / 11) * r) % 2 + 1
			print y, ((i * 31 + r * 17) % 10 < 3 ? "b" : "a"), f, r >"f1.csv"
			print y, ((i * 37 + r * 11) % 10 < 2 ? "b" : "a"), f, r >"f2.csv"
		} }'
}

@test "ml-eval --compare: DeLong's test of areas, as pROC 1.18.0" {
	hemorrhages
	ml-eval --compare -y outcome --score s --metric auc wfns.csv s100b.csv >got
	# Sums of a hundred numbers: 1e-12.
	near "$(cell base_value s100b.csv auc delong got)" 0.823678861788617933 1e-12
	near "$(cell value s100b.csv auc delong got)" 0.731368563685636852 1e-12
	near "$(cell statistic s100b.csv auc delong got)" -2.208983591440907723 1e-12
	near "$(cell p s100b.csv auc delong got)" 0.027175782229188150 1e-12
	near "$(cell lo s100b.csv auc delong got)" -0.174214419249477559 1e-12
	near "$(cell hi s100b.csv auc delong got)" -0.010406176956484617 1e-12
	grep -q 's100b.csv is worse than wfns.csv: auc 0.7314 against 0.8237 (difference -0.09231, 95 % interval' got
}

@test "ml-eval --compare: BCa interval of a paired bootstrap, as boot 1.3-28.1 of R" {
	hemorrhages
	ml-eval --compare -y outcome --score s --metric auc --test bootstrap --bootstrap 20000 wfns.csv s100b.csv >got
	# boot.ci of 20000 resamples: -0.1859, -0.0190 (percentiles: -0.1785, -0.0132).  Its ends, and ours, have a
	# standard error of 0.0015 (seen over seeds).
	awk -v lo="$(cell lo s100b.csv auc bootstrap got)" -v hi="$(cell hi s100b.csv auc bootstrap got)" \
		'BEGIN { exit !(lo > -0.1904 && lo < -0.1814 && hi > -0.0235 && hi < -0.0145) }'
}

@test "ml-eval --compare: McNemar's exact and mid-p, as Fagerland, Lydersen and Laake 2013" {
	# Airway hyper-responsiveness (Bentur et al. 2009): 1, 1, 7, 12 children.
	awk 'BEGIN { print "y,pred"; for (i = 0; i < 21; i++) print "yes," (i < 8 ? "yes" : "no") }' >a.csv
	awk 'BEGIN { print "y,pred"; for (i = 0; i < 21; i++) print "yes," (i < 1 || i == 8 ? "yes" : "no") }' >b.csv
	ml-eval --compare -y y --metric accuracy a.csv b.csv >got
	near "$(cell p b.csv accuracy mcnemar got)" 0.0703125 1e-12
	near "$(cell p b.csv accuracy mcnemar-mid got)" 0.0390625 1e-12
	grep -q 'no difference is shown between b.csv and a.csv: .*McNemar, exact' got
	grep -q 'b.csv is worse than a.csv: accuracy 0.09524 against 0.381 .*McNemar, mid-p' got
}

@test "ml-eval --compare: McNemar's chi-square where many rows differ, as R's mcnemar.test" {
	# Approval of the prime minister (Agresti 1990): 794, 150, 86, 570.
	awk 'BEGIN { print "y,pred"; for (i = 0; i < 1600; i++) print "1," (i < 944) }' >a.csv
	awk 'BEGIN { print "y,pred"; for (i = 0; i < 1600; i++) print "1," (i < 794 || i >= 944 && i < 1030) }' >b.csv
	ml-eval --compare -y y --task classify --metric accuracy a.csv b.csv >got
	near "$(cell statistic b.csv accuracy mcnemar got)" 16.817796610169491 1e-13
	near "$(cell p b.csv accuracy mcnemar got)" 4.1145622813459436e-05 1e-12
	[ "$(cell df b.csv accuracy mcnemar got)" = 1 ]
}

@test "ml-eval --compare: numbers: Student's t and signed ranks, as R 4.2.2; rows joined by --id" {
	prices
	ml-eval --compare -y y --id id --metric mae a.csv b.csv >got
	near "$(cell statistic b.csv mae t got)" 1.2173094234790447 1e-12
	near "$(cell p b.csv mae t got)" 0.2246030887927558 1e-12
	# GSL's quantile of t is good to 1e-9.
	near "$(cell lo b.csv mae t got)" -0.0568373663096916 1e-8
	near "$(cell hi b.csv mae t got)" 0.2408673663096929 1e-8
	[ "$(cell statistic b.csv mae signed-rank got)" = 16960 ]
	near "$(cell p b.csv mae signed-rank got)" 0.178281601112256 1e-10
	# R looks for a root to 1e-4 where we take a rank.
	near "$(cell hi b.csv mae signed-rank got)" 0.333254631071250 1e-3
	# The mean by bootstrap: its ends lie within 6 % of the width of those of t.
	awk -v lo="$(cell lo b.csv mae bootstrap got)" -v hi="$(cell hi b.csv mae bootstrap got)" \
		'BEGIN { exit !(lo > -0.075 && lo < -0.038 && hi > 0.222 && hi < 0.260) }'
}

@test "ml-eval --compare: 5x2cv t and F, corrected resampled t, as SciPy 1.10.1" {
	folds
	ml-eval --compare -y y --metric accuracy f1.csv f2.csv >got
	[ "$(cut -d, -f5 got | paste -sd,)" = test,corrected-t,5x2cv-t,5x2cv-f ]
	near "$(cell statistic f2.csv accuracy corrected-t got)" 1.427932897367047 1e-12
	near "$(cell p f2.csv accuracy corrected-t got)" 0.18707765427049985 1e-12
	near "$(cell lo f2.csv accuracy corrected-t got)" -0.019591961021887316 1e-8
	near "$(cell statistic f2.csv accuracy 5x2cv-t got)" 1.2328616077830215 1e-12
	near "$(cell p f2.csv accuracy 5x2cv-t got)" 0.2724276908708782 1e-12
	near "$(cell statistic f2.csv accuracy 5x2cv-f got)" 1.7461561652095263 1e-12
	near "$(cell p f2.csv accuracy 5x2cv-f got)" 0.27976117182665355 1e-12
}

@test "ml-eval --compare: out-of-fold predictions of ml-cv, folds and all" {
	awk 'BEGIN { print "x,y"; for (i = 0; i < 120; i++) print i * 37 % 120 "," (i * 37 % 120 + i % 50 > 80 ? "b" : "a") }' >t.csv
	ml-cv -q -P -k 5 -y y --stratify y --keep y 'ml-fit -q logistic' t.csv >one.csv
	ml-cv -q -P -k 5 -y y --stratify y --keep y 'ml-fit -q dummy' t.csv >two.csv
	ml-eval --compare -y y --metric auc one.csv two.csv >got
	[ "$(cell n two.csv auc corrected-t got)" = 5 ]
	[ "$(cell n two.csv auc delong got)" = 120 ]
	grep -q 'two.csv is worse than one.csv' got
}

@test "ml-eval --compare: the same bytes for any number of threads; other seeds draw others" {
	hemorrhages
	for j in 1 3; do
		ml-eval --compare -y outcome --score s -j $j --bootstrap 300 wfns.csv s100b.csv >got$j
	done
	cmp got1 got3
	ml-eval --compare -y outcome --score s --seed 2 --bootstrap 300 wfns.csv s100b.csv >other
	! cmp -s got1 other || false
}

@test "ml-eval --compare: several models: all against the first, p-values by Holm" {
	hemorrhages
	ml-eval --compare -y outcome --score s --metric auc --test delong wfns.csv s100b.csv ndka.csv >got
	# The smaller of two p-values counts twice.
	near "$(cell p ndka.csv auc delong got)" 0.0051455797069109776 1e-12
	near "$(cell holm ndka.csv auc delong got)" 0.0102911594138219552 1e-12
	near "$(cell holm s100b.csv auc delong got)" 0.027175782229188150 1e-12
	grep -q 'ndka.csv is worse than wfns.csv: .*p = 0.01 by Holm, DeLong' got
	[ "$(cut -d, -f1 got | sort -u | paste -sd,)" = base,wfns.csv ]
}

@test "ml-eval --compare: a model against itself shows no difference" {
	hemorrhages
	cp wfns.csv same.csv
	ml-eval --compare -y outcome --score s --metric auc wfns.csv same.csv >got
	[ "$(cell p same.csv auc delong got)" = 1 ]
	[ "$(cell p same.csv auc bootstrap got)" = 1 ]
	[ "$(cell lo same.csv auc bootstrap got)" = 0 ]
	[ "$(grep -c 'no difference is shown' got)" = 2 ]
}

@test "ml-eval --compare: weights and groups leave the bootstrap, and say so of the others" {
	hemorrhages
	for f in wfns s100b; do awk -F, -v OFS=, 'NR == 1 { print $0, "w" } NR > 1 { print $0, 1 + NR % 3 }' $f.csv >w-$f.csv; done
	ml-eval --compare -y outcome --score s --weight w --metric auc w-wfns.csv w-s100b.csv >got
	[ "$(cut -d, -f5 got | paste -sd,)" = test,bootstrap ]
	ml-eval --compare -y outcome --score s --group w --metric auc w-wfns.csv w-s100b.csv >got
	[ "$(cut -d, -f5 got | paste -sd,)" = test,bootstrap ]
	refused 64 E-USAGE 'without weights and groups' -- \
		ml-eval --compare -y outcome --score s --weight w --test delong w-wfns.csv w-s100b.csv
}

@test "ml-eval --compare: what is not the same rows is refused" {
	printf 'id,y,pred\np,a,a\nq,b,a\nr,b,b\n' >a.csv
	printf 'id,y,pred\np,a,a\nq,b,b\n' >short.csv
	printf 'id,y,pred\np,a,a\nq,a,b\nr,b,b\n' >truth.csv
	printf 'id,y,pred\np,a,a\nq,b,b\nq,b,b\n' >twice.csv
	printf 'id,y,pred\np,a,a\nq,b,b\ns,b,b\n' >else.csv
	refused 65 E-PAIRS 'short.csv has 2 rows, a.csv has 3' -- ml-eval --compare -y y a.csv short.csv
	refused 65 E-PAIRS "row 2 of truth.csv: y is 'b' in a.csv and 'a' here" -- ml-eval --compare -y y a.csv truth.csv
	refused 65 E-PAIRS "twice.csv: there are two rows of id 'q'" -- ml-eval --compare -y y --id id a.csv twice.csv
	refused 65 E-PAIRS "id 's' of else.csv is not in a.csv" -- ml-eval --compare -y y --id id a.csv else.csv
	refused 65 E-MISSING "row 2 has no id" -- ml-eval --compare -y y --id id a.csv <(sed 's/^q//' a.csv)
	refused 64 E-USAGE 'two files' -- ml-eval --compare -y y a.csv
	folds
	sed '$s/,1,5$/,2,5/;$!b' f2.csv | awk -F, -v OFS=, 'NR == 2 { $3 = 3 - $3 } { print }' >f3.csv
	refused 65 E-PAIRS 'f3.csv has other folds than f1.csv' -- ml-eval --compare -y y f1.csv f3.csv
}

@test "ml-eval --compare: tests: the nearest name, those that do not fit" {
	folds
	grep -e repeat -e ',1$' f1.csv >once.csv
	refused 64 E-USAGE "did you mean 'corrected-t'" -- ml-eval --compare -y y --test corrected_t f1.csv f2.csv
	refused 64 E-USAGE 'there are repeats' -- ml-eval --compare -y y --test mcnemar f1.csv f2.csv
	refused 64 E-USAGE 'scores of two classes' -- ml-eval --compare -y y --test delong once.csv once.csv
	refused 64 E-USAGE 'do not go with' -- ml-eval --compare -y y --gate 'f1>0' f1.csv f2.csv
	refused 64 E-USAGE 'one at a time' -- ml-eval --compare --learning fold -y y f1.csv f2.csv
	refused 64 E-USAGE '--test is for --compare' -- ml-eval -y y --test t f1.csv
}

@test "ml-eval --compare: --time gives Diebold and Mariano's test, whatever the order of rows" {
	prices
	for f in a b; do awk -F, -v OFS=, 'NR == 1 { print $0, "t" } NR > 1 { print $0, substr($1, 2) }' $f.csv >t$f.csv; done
	ml-eval --compare -y y --id id --time t --metric mae --test diebold-mariano ta.csv tb.csv >got
	(head -1 ta.csv; tail -n +2 ta.csv | sort -r) >ra.csv
	ml-eval --compare -y y --id id --time t --metric mae --test diebold-mariano ra.csv tb.csv | tail -1 | cut -d, -f2-12 >other
	tail -1 got | cut -d, -f2-12 | cmp - other
}

@test "ml-eval --compare: a class that one model alone predicts is a class for all" {
	printf 'y,pred\na,a\nb,b\na,b\n' >a.csv
	printf 'y,pred\na,c\nb,b\na,a\n' >b.csv
	ml-eval --compare -y y --metric accuracy,recall:c a.csv b.csv >got 2>err
	[ "$(cell diff b.csv accuracy mcnemar got)" = 0 ]
	grep -q 'cannot be told apart: recall of class .*c.* or its test is not defined' got
}

@test "ml-eval --compare: --json is JSON, --to table ends in sentences" {
	hemorrhages
	ml-eval --compare -y outcome --score s --metric auc --json wfns.csv s100b.csv >got.json
	python3 -c 'import json; d = json.load(open("got.json"))["comparisons"]; assert len(d) == 2
assert d[1]["test"] == "delong" and "df" not in d[1]' || skip "no python3"
	ml-eval --compare -y outcome --score s --metric auc --to table wfns.csv s100b.csv >got
	[[ $(tail -1 got) == "s100b.csv is worse than wfns.csv: "*DeLong\) ]]
}
