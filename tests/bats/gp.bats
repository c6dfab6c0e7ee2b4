#!/usr/bin/env bats
# gp.bats - Gaussian processes as users run them, and beside scikit-learn (tests/data/tables/README).
load helper

tables=$BATS_TEST_DIRNAME/../data/tables

# A wave with noise, a gap, a category; 60 rows.
wave() {
	awk 'BEGIN { print "t,c,y"
		for (i = 0; i < 60; i++)
			printf "%s,%s,%.4f\n", (i == 33 ? "" : i * 37 % 61 / 6), (i % 3 ? "a" : "b"),
				sin(i * 37 % 61 / 6) + (i % 3 ? 0 : 0.5) + (i * 53 % 17 - 8) / 80 }' >wave.csv
}

@test "ml-fit gp: evidence, means, deviations, probabilities are those of scikit-learn, to 1e-6" {
	tail -n +2 "$tables/gp.tsv" | cut -f1-3 | sort -u >fits
	[ "$(wc -l <fits)" -eq 8 ]
	while IFS=$'\t' read -r table target fit <&3; do
		eval "ml-fit -q gp --no-optimize -y $target $fit $tables/$table.train.csv.gz" >m.mls
		ml-show m.mls | awk '$1 == "log-marginal-likelihood" { print $1 "\t" $2 }' >got
		more=-P
		[ "$target" = medv ] && more=--std
		ml-predict -q $more --only -m m.mls "$tables/$table.test.csv.gz" | sed 6q | awk -F, '
			NR == 1 { split($0, name, ",") } NR > 1 { for (j in name) print name[j] " " NR - 1 "\t" $j }' >>got
		awk -F'\t' -v t="$table" -v f="$fit" -v tol=1e-6 '
			NR == FNR { got[$1] = $2; next }
			$1 == t && $3 == f { n++; d = got[$4] - $5; s = $5 < 0 ? -$5 : $5
				if (!($4 in got) || d * d > (tol * s) ^ 2) { print f ": " $4 ": " got[$4] ", not " $5; exit 1 } }
			END { if (n < 6) exit 1 }' got "$tables/gp.tsv"
	done 3<fits
}

@test "ml-fit gp: parameters found are as probable as those that scikit-learn finds" {
	# const*rbf + white on boston: -177.19934; with a length a column -113.94535; const*rbf on pima: -279.21381.
	likely() {
		target=$1 table=$2 least=$3
		shift 3
		ml-fit -q gp -y "$target" "$@" "$tables/$table.train.csv.gz" | ml-show |
			awk -v least="$least" '$1 == "log-marginal-likelihood" { n++; if ($2 < least - 1e-4) { print; exit 1 } }
				END { if (n != 1) exit 1 }'
	}
	likely medv boston -177.19934
	likely medv boston -113.94535 --ard
	likely diabetes pima -279.21381
}

@test "ml-predict --std, --interval: appended behind pred, and they cover what they say" {
	wave
	ml-fit -q gp -y y --kernel 'const*rbf + white' wave.csv >m.mls
	ml-predict -q --std --interval 0.8 -m m.mls wave.csv >p.csv
	[ "$(head -1 p.csv)" = t,c,y,pred,std,low,high ]
	# 1.2816 is the 0.9 quantile of the normal distribution.
	awk -F, 'NR > 1 { d = ($7 - $4) / $5 - 1.2815515655446004; e = ($4 - $6) / $5 - 1.2815515655446004
			if (d * d > 1e-20 || e * e > 1e-20 || $5 <= 0) exit 1; n++; in_ += $6 <= $3 && $3 <= $7 }
		END { if (n != 60 || in_ < 40 || in_ > 58) { print in_; exit 1 } }' p.csv
	ml-predict -q --interval 0.8 --only --prefix m_ -m m.mls wave.csv >q.csv
	[ "$(head -1 q.csv)" = m_pred,m_low,m_high ]
	cut -d, -f4,6,7 p.csv | sed 1d | cmp - <(sed 1d q.csv)
	ml-predict -q --std --interval 0.8 -b -m m.mls wave.csv | ml-clean -q >b.csv
	cmp p.csv b.csv
	# Far away nothing is known but what the kernel says.
	printf 't,c\n1000,a\n3,a\n' | ml-predict -q --std --only -m m.mls | awk -F, 'NR == 2 { far = $2 } NR == 3 && $2 * 3 > far { exit 1 }'
	ml-check -q m.mls
}

@test "ml-predict --std: refused where there is none to tell" {
	wave
	ml-fit -q ridge -y y wave.csv >r.mls
	run -64 ml-predict --std -m r.mls wave.csv
	[[ $output == *"'ridge' tells no standard deviation"*E-USAGE* ]]
	ml-fit -q gp -y c --kernel '4*rbf(2)' --no-optimize wave.csv >c.mls
	run -64 ml-predict --interval 0.9 -m c.mls wave.csv
	[[ $output == *E-USAGE* ]]
	ml-fit -q gp -y y --no-std wave.csv >n.mls
	run -64 ml-predict --std -m n.mls wave.csv
	[[ $output == *--no-std*E-USAGE* ]]
	ml-fit -q gp -y y wave.csv >m.mls
	[ "$(wc -c <n.mls)" -lt "$(wc -c <m.mls)" ]
	cmp <(ml-predict -q -m n.mls wave.csv) <(ml-predict -q -m m.mls wave.csv)
	run -64 ml-predict --interval 1 -m m.mls wave.csv
}

@test "ml-fit gp: a kernel that is none is told with its place" {
	wave
	run -64 ml-fit gp -y y --kernel 'const*rbff + white' -o x.mls wave.csv
	[[ $output == *"option '--kernel': kernel, character 7: 'rbff'"*"did you mean 'rbf'?"*E-USAGE* ]]
	run -64 ml-fit gp -y y --kernel 'rbf(length=[1 2])' -o x.mls wave.csv
	[[ $output == *"2 values for"*columns*E-USAGE* ]]
	[ ! -e x.mls ]
}

@test "ml-fit gp: three classes, weights of classes, missing values and categories, 1 to 4 threads" {
	for j in 1 2 3 4; do
		ml-fit -q gp -j$j -y target --class-weight balanced --restarts 0 "$tables/iris.train.csv.gz" >$j.mls
		cmp 1.mls $j.mls
	done
	ml-predict -q -P -m 1.mls "$tables/iris.test.csv.gz" | ml-eval -q -y target --metric accuracy >s.csv
	awk -F, '/^accuracy/ && $3 < 0.9 { print; exit 1 }' s.csv
	wave
	ml-fit -q gp -j1 -y y wave.csv >1.mls
	ml-fit -q gp -j3 -y y wave.csv | cmp 1.mls -
}

@test "ml-fit gp: what memory does not hold is refused at once, with the number of rows" {
	nm -D "$BIN/ml-clean" 2>/dev/null | grep -q __asan && skip "sanitizers reserve all memory"
	awk 'BEGIN { print "x,y"; for (i = 0; i < 30000; i++) print i * 7 % 30011 "," i % 13 }' >many.csv
	run -65 ml-fit gp -y y --max-memory 1G -o x.mls many.csv
	[[ $output == *30000\ rows*E-LIMIT* ]]
	run -65 ml-fit gp -y y --no-std --max-memory 1G -o x.mls many.csv
	[[ $output == *30000\ rows*E-LIMIT* ]]
}

@test "ml-fit gp: told to stop it leaves a model; a history has a line an iteration" {
	wave
	ml-fit -q gp -y y --history h.csv wave.csv >m.mls
	[ "$(wc -l <h.csv)" -gt 3 ]
	ml-fit -q gp -y y --kernel 'const*rbf(ard) + rq(ard)*linear(ard) + white' --restarts 1000 --max-seconds 1 wave.csv >m.mls
	ml-check -q m.mls
}
