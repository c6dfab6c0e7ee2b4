#!/usr/bin/env bats
# svm.bats - support vector machines as users run them.
load helper

# Two rings and a cloud between, a category that tells nothing, a hole here and there.
rings() {
	awk 'BEGIN { print "a,b,c,y"
		for (i = 0; i < 240; i++) {
			t = i * 2.399; r = i % 3 == 0 ? 0.4 : i % 3 == 1 ? 1.6 : 2.9
			r += 0.25 * sin(i * 7.1)
			b = i % 31 == 7 ? "" : r * sin(t)
			print r * cos(t) "," b "," (i % 2 ? "x" : "z") "," (i % 3 == 0 ? "in" : i % 3 == 1 ? "mid" : "out") } }' >rings.csv
}

@test "ml-fit svm: tells rings apart from raw columns; the same bytes for any number of threads and any cache" {
	rings
	for j in 1 2 8; do
		ml-fit svm -q -y y -j $j rings.csv >m$j.mls
		ml-predict -q -P -j $j --only -m m$j.mls rings.csv >p$j.csv
		cmp m1.mls m$j.mls
		cmp p1.csv p$j.csv
	done
	ml-fit svm -q -y y --cache-mb 1 rings.csv | cmp m1.mls
	ml-predict -q -m m1.mls rings.csv | ml-eval -q -y y --metric accuracy >acc.csv
	awk -F, '$1 == "accuracy" && $3 < 0.97 { exit 1 }' acc.csv
	ml-check -q m1.mls
}

@test "ml-fit svm: --probability gives better probabilities than votes do" {
	rings
	ml-fit svm -q -y y -C 0.05 rings.csv | ml-predict -q -P -m /dev/stdin rings.csv | ml-eval -q -y y --metric log-loss >votes.csv
	ml-fit svm -q -y y -C 0.05 --probability rings.csv | ml-predict -q -P -m /dev/stdin rings.csv |
		ml-eval -q -y y --metric log-loss >curves.csv
	[ "$(awk -F, '$1 ~ /log/ { print $3 }' votes.csv curves.csv | sort -g | head -1)" = \
		"$(awk -F, '$1 ~ /log/ { print $3 }' curves.csv)" ]
}

@test "ml-fit svm: --type one-class needs no target, and its score is above 0 for outliers" {
	rings
	ml-fit svm -q --type one-class --nu 0.1 --ignore y rings.csv >o.mls
	ml-predict -q -m o.mls rings.csv >out.csv
	[ "$(head -1 out.csv)" = a,b,c,y,pred,score ]
	awk -F, 'NR > 1 && ($5 == "outlier") != ($6 > 0) { exit 1 }' out.csv
	n=$(grep -c outlier out.csv)
	[ "$n" -ge 12 ] && [ "$n" -le 30 ]
	printf 'a,b,c\n90,-50,x\n' | ml-predict -q --only -m o.mls | grep -q outlier
	# A target is left out.
	ml-fit svm -q --type one-class --nu 0.1 -y y rings.csv | ml-predict -q --only -m /dev/stdin rings.csv | tail -n +2 |
		cmp - <(tail -n +2 out.csv | cut -d, -f5,6)
}

@test "ml-fit svm: a type for another target, and classes that nu cannot serve, are refused" {
	rings
	run -65 ml-fit svm -y y --type epsilon-svr -o x.mls rings.csv
	[[ $output == *"regression needs numbers"*E-TARGET* ]]
	run -64 ml-fit svm -y y --type one-class --task classify -o x.mls rings.csv
	[[ $output == *"one-class is for tables without a target"*E-USAGE* ]]
	run -64 ml-fit svm -o x.mls rings.csv
	[[ $output == *E-TARGET* ]]
	awk 'NR == 1 || NR < 6 || /in$/' rings.csv | sed 's/mid$/out/' >few.csv
	run -65 ml-fit svm -q -y y --type nu-svc --nu 0.5 -o x.mls few.csv
	[[ $output == *"nu 0.5 is too large"*E-RANGE* ]]
}

@test "ml-fit svm: weight 2 is the row twice, and the order of rows does not matter" {
	rings
	awk -F, -v OFS=, 'NR == 1 { print $0, "w"; next } { print $0, 1 + NR % 2 }' rings.csv >w.csv
	awk 'NR == 1 || 1; NR > 1 && NR % 2 { print }' rings.csv | awk 'NR == 1 { print; next } { print | "sort -r" }' >twice.csv
	ml-fit svm -q -y y --weight w w.csv | ml-predict -q -P --only -m /dev/stdin rings.csv >a.csv
	ml-fit svm -q -y y twice.csv | ml-predict -q -P --only -m /dev/stdin rings.csv >b.csv
	paste -d, a.csv b.csv | awk -F, 'NR > 1 { for (k = 2; k <= 4; k++) { d = $k - $(k + 4); if (d * d > 1e-8 || $1 != $5) exit 1 } }'
}

@test "ml-fit svm: --history follows the fit of one machine by turns, of many by machines" {
	rings
	ml-fit svm -q -y y --history h.csv -o m.mls rings.csv
	[ "$(wc -l <h.csv)" -ge 2 ]
	sed '/mid$/d' rings.csv >two.csv
	ml-fit svm -q -y y --history h.csv -o m.mls two.csv
	[ "$(wc -l <h.csv)" -ge 3 ]
	# The objective falls.
	awk -F, 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == "train_loss") at = k; next } at && NR > 2 && $at > last + 1e-9 { exit 1 } { last = $at }' h.csv
}

@test "ml-fit svm --type nu-svc: classes that overlap too much for nu are told (W-MARGIN)" {
	printf 'a,b,y\n0,0,p\n0,1,q\n1,0,q\n1,1,p\n0,0,q\n0,1,p\n1,0,p\n1,1,q\n' >same.csv
	run -0 --separate-stderr ml-fit svm --type nu-svc --nu 0.3 -y y -o m.mls same.csv
	[[ $stderr == *"1 of 1 pairs of classes overlap too much for nu 0.3"*"[W-MARGIN]" ]] || fail "$stderr"
	printf 'a,b,y\n0,0,p\n0,1,p\n1,0,q\n1,1,q\n' >apart.csv
	run -0 --separate-stderr ml-fit svm --type nu-svc --nu 0.3 -y y -o m.mls apart.csv
	[ -z "$stderr" ] || fail "$stderr"
}
