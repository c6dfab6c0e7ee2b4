#!/usr/bin/env bats
# neighbours.bats - knn on tables as they come.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	awk 'BEGIN { srand(5); print "id,age,income,city,plan,w,kind,spent"
		for (i = 1; i <= 400; i++) {
			k = int(3 * rand()); age = int(20 + 15 * k + 20 * rand()); inc = int(900 + 500 * k * k + 700 * rand())
			city = substr("ABCDEF", 1 + int((3 + k) * rand()), 1) "-town"
			print i "," (i % 13 ? age : "") "," inc "," (i % 11 ? city : "") "," (rand() < 0.2 + 0.3 * k ? "gold" : "basic") \
				"," 1 + i % 3 "," substr("redgreenblue", k == 0 ? 1 : k == 1 ? 4 : 9, k == 0 ? 3 : k == 1 ? 5 : 4) "," inc / 10 + age
		} }' >t.csv
}

@test "ml-fit knn: strings, missing cells, weights, every metric, classes and numbers" {
	for options in '' '--metric manhattan' '--metric chebyshev -k 9' '--metric minkowski -p 3' '--metric cosine --weights distance' \
		'--metric hamming --features city,plan' '--metric gower --weights distance'; do
		# shellcheck disable=SC2086
		ml-fit -q knn $options -y kind --id id --ignore spent --weight w --class-weight balanced t.csv >m.mls
		ml-check -q m.mls
		run -0 bash -c 'ml-predict -q -P -m m.mls t.csv | ml-eval -q -y kind --metric accuracy'
		awk -v a="$output" 'BEGIN { exit !(a > 0.38) }' || fail "$options: $output"
		# shellcheck disable=SC2086
		ml-fit -q knn $options -y spent --id id --ignore kind --weight w t.csv >m.mls
		run -0 bash -c 'ml-predict -q -m m.mls t.csv | ml-eval -q -y spent --metric r2'
		awk -v a="$output" 'BEGIN { exit !(a > 0.1) }' || fail "$options: $output"
	done
}

@test "ml-fit knn: gower takes categories and missing cells as they are, the other metrics get steps" {
	run -0 --separate-stderr ml-fit knn --metric gower -y kind --id id --ignore spent,w -o g.mls t.csv
	[ -z "$stderr" ] || fail "$stderr"
	run -0 ml-show g.mls
	[[ $output == *ordinal* && $output != *impute* && $output != *scale* ]]
	run -0 --separate-stderr ml-fit knn -y kind --id id --ignore spent,w -o e.mls t.csv
	[[ $stderr == *W-IMPUTED* ]]
	run -0 ml-show e.mls
	[[ $output == *impute* && $output == *onehot* && $output == *scale* ]]
	# Without imputing a missing cell is refused where the metric cannot do without.
	sed 's/^\([0-9]*\),,/\1,40,/' t.csv >whole.csv
	ml-fit -q knn --impute none -y kind --features age,income whole.csv >n.mls
	run -65 ml-predict -q -m n.mls t.csv
	[[ $output == *E-MISSING* ]]
	run -65 ml-fit -q knn --impute none -y kind --features age,income t.csv
	[[ $output == *E-MISSING* ]]
}

@test "ml-predict: knn by trees, in tiles, on any number of threads, in any batch: the same bytes" {
	awk 'NR == 1 { print; next } { for (k = 0; k < 6; k++) { $2 += 0.25 * k; print } }' FS=, OFS=, t.csv >many.csv
	for search in tree ball-tree brute auto; do
		ml-fit -q knn --search $search -y kind --id id --ignore spent,w many.csv >$search.mls
		ml-predict -q -P -j1 -m $search.mls many.csv >$search.csv
		cmp $search.csv <(ml-predict -q -P -j4 -m $search.mls many.csv)
		cmp <(sed -n '1p;77p' $search.csv) <(sed -n '1p;77p' many.csv | ml-predict -q -P -m $search.mls)
	done
	cmp tree.csv brute.csv
	cmp ball-tree.csv brute.csv
	cmp auto.csv brute.csv
}
