#!/usr/bin/env bats
# bayes.bats - naive Bayes and discriminants on tables as they come; logarithms of probabilities.
load helper

# Numbers and categories with missing cells, weights, three classes.
setup() {
	cd "$BATS_TEST_TMPDIR"
	awk 'BEGIN { srand(11); print "id,age,income,city,plan,w,kind"
		for (i = 1; i <= 600; i++) {
			k = int(3 * rand()); age = int(20 + 15 * k + 30 * rand()); inc = int(900 + 500 * k * k + 900 * rand())
			city = substr("ABCDEF", 1 + int((3 + k) * rand()), 1) "-town"
			print i "," (i % 13 ? age : "") "," inc "," (i % 11 ? city : "") "," (rand() < 0.2 + 0.3 * k ? "gold" : "basic") \
				"," 1 + i % 3 "," substr("redgreenblue", k == 0 ? 1 : k == 1 ? 4 : 9, k == 0 ? 3 : k == 1 ? 5 : 4)
		} }' >t.csv
	(head -1 t.csv; sed -n 2,301p t.csv) >first.csv
	(head -1 t.csv; sed -n 302,601p t.csv) >second.csv
}

accuracy() { ml-predict -q -P -m "$1" t.csv | ml-eval -q -y kind --metric accuracy; }
above() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b) }'; }

@test "ml-fit nb, lda, qda: strings, missing cells, weights, class weights: better than the baseline" {
	ml-fit -q dummy -y kind --id id --ignore w t.csv >dummy.mls
	for model in nb lda qda 'nb --kind gaussian' 'nb --kind bernoulli --features city,plan' 'nb --kind categorical --features city,plan' \
		'nb --kind multinomial --features city,plan' 'nb --kind complement --features city,plan' 'lda --shrinkage auto' \
		'qda --shrinkage 0.2'; do
		# shellcheck disable=SC2086
		ml-fit -q $model -y kind --id id --weight w --class-weight balanced --priors uniform t.csv >m.mls
		above "$(accuracy m.mls)" "$(accuracy dummy.mls)" || fail "$model"
		ml-check -q m.mls
	done
}

@test "ml-fit nb: categories and missing cells as they are; lda: the steps that it asks for" {
	run -0 --separate-stderr ml-fit nb -y kind --id id --ignore w -o m.mls t.csv
	[ -z "$stderr" ] || fail "$stderr"
	ml-show m.mls | grep -q ordinal
	run ml-show m.mls
	[[ $output != *impute* && $output != *scale* && $output != *onehot* ]]
	ml-fit -q nb --kind gaussian -y kind --id id --ignore w t.csv >m.mls
	ml-show m.mls | grep -q onehot
	run -0 --separate-stderr ml-fit lda -y kind --id id --ignore w -o m.mls t.csv
	[[ $stderr == *W-IMPUTED* ]]
	ml-show --coef m.mls | grep -q '^blue,plan=gold,'
	run -0 ml-show --coef m.mls # the first level is left out; with shrinkage none is
	[[ $output != *plan=basic* ]]
	ml-fit -q lda --shrinkage 0.1 -y kind --id id --ignore w t.csv >m.mls
	ml-show --coef m.mls | grep -q '^blue,plan=basic,'
}

@test "ml-fit nb: what is the same in all rows counts; what was, may change later" {
	# scikit-learn 1.2.1: predict_log_proba of MultinomialNB, ComplementNB, BernoulliNB(binarize=0).
	printf 'u,v,k,y\n1,0,5,a\n0,1,5,b\n2,1,5,b\n0,3,5,a\n1,1,5,b\n3,0,5,b\n' >words.csv
	printf 'u,v,k\n1,2,5\n' >one.csv
	near() { awk -F, -v a="$2" -v b="$3" 'NR == 2 { exit !(($2 - a) ^ 2 < 1e-15 && ($3 - b) ^ 2 < 1e-15) }' "$1" || fail "$(cat "$1")"; }
	logs() { ml-fit -q nb --kind "$1" -y y words.csv | ml-predict -q --only --log-probability -m - one.csv >logs.csv; }
	logs multinomial
	near logs.csv -0.75434502 -0.63547952
	logs complement
	near logs.csv -0.44667693 -1.0209586
	logs bernoulli
	near logs.csv -1.59951227 -0.22564043
	# A column that is constant in the first rows of a table only.
	awk 'BEGIN { srand(3); print "a,late,y"; for (i = 0; i < 400; i++) { c = rand() < 0.5
		print int(9 * rand()) "," (i < 100 ? 0 : int(3 * rand() + 2 * c)) "," (c ? "yes" : "no") } }' >late.csv
	for kind in multinomial gaussian; do
		ml-fit -q nb --kind $kind -y y late.csv >all.mls
		ml-fit -q nb --kind $kind -y y --chunk 100 late.csv >part.mls
		cmp <(ml-predict -q -P -m all.mls late.csv) <(ml-predict -q -P -m part.mls late.csv) || fail "$kind"
	done
	# Without a smallest variance it is left out, as elsewhere.
	run -0 --separate-stderr ml-fit nb --var-smoothing 0 -y y -o m.mls words.csv
	[[ $stderr == *"'k' is constant"*W-CONSTANT* ]]
}

@test "ml-fit nb --update: more rows give the predictions of a fit of all of them" {
	for kind in mixed gaussian; do
		ml-fit -q nb --kind $kind -y kind --id id --weight w first.csv >first.mls
		ml-fit -q nb --kind $kind --update first.mls --weight w second.csv >both.mls
		ml-fit -q nb --kind $kind -y kind --id id --weight w t.csv >all.mls
		cmp <(ml-predict -q -P --log-probability -m both.mls t.csv) <(ml-predict -q -P --log-probability -m all.mls t.csv)
	done
	ml-fit -q nb --alpha 0.5 -y kind --id id --ignore w first.csv >first.mls
	run -64 ml-fit -q nb --update first.mls second.csv
	[[ $output == *"--alpha is not what the model was fitted with"* ]]
	run -64 ml-fit -q nb --kind gaussian --alpha 0.5 --update first.mls second.csv
	[[ $output == *"--kind is not what"* ]]
	sed 's/blue$/violet/' second.csv >other.csv
	run -65 ml-fit -q nb --alpha 0.5 --update first.mls other.csv
	[[ $output == *E-TARGET* ]]
}

@test "ml-predict --log-probability: logarithms where probabilities end, of any row alone" {
	awk 'BEGIN { print "x,y"; for (i = 0; i < 20; i++) print i / 10 "," (i < 10 ? "low" : "high") }' >line.csv
	ml-fit -q nb -y y line.csv >m.mls
	printf 'x\n500\n' >far.csv
	ml-predict -q -P --log-probability --only -m m.mls far.csv >p.csv
	[ "$(head -1 p.csv)" = "pred,prob:high,prob:low,logprob:high,logprob:low" ]
	run -0 awk -F, 'NR == 2 { print $3, ($4 <= 0 && $4 > -1e-300), ($5 < -800) }' p.csv
	[ "$output" = "0 1 1" ]
	ml-fit -q logistic -y kind --id id --ignore w t.csv >m.mls
	ml-predict -q -P --log-probability --only -m m.mls t.csv |
		awk -F, 'NR > 1 { for (c = 2; c <= 4; c++) if ((log($c) - $(c + 3)) ^ 2 > 1e-24) bad++ } END { exit bad > 0 }'
	cmp <(ml-predict -q --log-probability --only -m m.mls t.csv | sed -n 1p\;300p) \
		<((head -1 t.csv; sed -n 300p t.csv) | ml-predict -q --log-probability --only -m m.mls)
	ml-predict -q --log-probability -b -m m.mls t.csv | ml-clean -q | head -1 | grep -q 'pred,logprob:blue,logprob:green,logprob:red'
	ml-fit -q dummy -y kind --id id --ignore w t.csv >m.mls
	run -64 ml-predict -q --log-probability -m m.mls t.csv
	[[ $output == *"'dummy' tells no logarithms"* ]]
}

@test "ml-fit nb, lda, qda: the same bytes for any number of threads; predictions, too" {
	for model in nb lda qda; do
		ml-fit -q -j1 $model -y kind --id id --weight w t.csv >one.mls
		ml-fit -q -j3 $model -y kind --id id --weight w t.csv >three.mls
		cmp one.mls three.mls
		cmp <(ml-predict -q -j1 -P -m one.mls t.csv) <(ml-predict -q -j4 -P -m one.mls t.csv)
	done
}
