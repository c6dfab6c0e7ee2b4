#!/usr/bin/env bats
# trees.bats - tree, forest, extra-trees, iforest as users run them.
load helper

# Two numbers with a hole, a category, a class; row 17 is far away.
cloud() {
	awk 'BEGIN { print "a,b,c,y"
		for (i = 0; i < 80; i++) {
			a = i * 37 % 101; b = i % 9 ? i * 53 % 97 : ""; c = i % 4 == 1 ? "red" : i % 4 == 3 ? "blue" : "green"
			if (i == 17) { a = 900; b = -500 }
			print a "," b "," c "," (a > 50 || c == "blue" ? "yes" : "no") } }' >cloud.csv
}

@test "ml-fit iforest: needs no target; ml-predict says outlier or inlier, and the score" {
	cloud
	ml-fit iforest -q --ignore y cloud.csv >i.mls
	ml-predict -q -m i.mls cloud.csv >out.csv
	[ "$(head -1 out.csv)" = a,b,c,y,pred,score ]
	awk -F, 'NR > 1 && ($5 == "outlier") != ($6 > 0.5) { exit 1 } NR == 19 && $5 != "outlier" { exit 1 }' out.csv
	ml-predict -q -b -m i.mls cloud.csv | ml-clean -q >binary.csv
	cut -d, -f5,6 out.csv | cmp - <(cut -d, -f5,6 binary.csv)
	ml-check -q i.mls
	# A target is left out.
	ml-fit iforest -q -y y cloud.csv | ml-predict -q --only -m /dev/stdin cloud.csv >again.csv
	cut -d, -f5,6 out.csv | cmp - again.csv
}

@test "ml-fit iforest: --contamination is the share of the rows that are outliers" {
	cloud
	ml-fit iforest -q --ignore y --contamination 0.1 cloud.csv | ml-predict -q --only -m /dev/stdin cloud.csv >out.csv
	n=$(grep -c outlier out.csv)
	[ "$n" -ge 7 ] && [ "$n" -le 9 ]
}

@test "ml-fit iforest: what is for targets is refused" {
	cloud
	for o in '--task classify' '--class-weight balanced' '--positive yes'; do
		# shellcheck disable=SC2086
		run -64 ml-fit iforest $o -o x.mls cloud.csv
		[[ $output == *"no target"*E-USAGE* ]]
	done
}

@test "ml-fit forest, extra-trees, tree: raw columns, the same bytes for any number of threads" {
	cloud
	for a in forest extra-trees tree; do
		ml-fit "$a" -q -y y -j 1 cloud.csv >one.mls
		ml-fit "$a" -q -y y -j 5 cloud.csv >five.mls
		cmp one.mls five.mls
		ml-predict -q -P -m one.mls cloud.csv | ml-eval -q -y y --metric accuracy >acc
		awk '{ exit !($1 > 0.95) }' acc
	done
}

@test "ml-fit rules, ml-show --rules: a list whose first rule that holds answers" {
	cloud
	ml-fit rules -q -y y cloud.csv >r.mls
	ml-show --rules r.mls >rules
	grep -q '^if ' rules
	[ "$(tail -1 rules | cut -d' ' -f1)" = else ]
	# Rows told add up to those of the table.
	sed 's/.*(\([0-9]*\) rows)$/\1/' rules | awk '{ n += $1 } END { exit n != 80 }'
	ml-predict -q -m r.mls cloud.csv | ml-eval -q -y y --metric accuracy | awk '{ exit !($1 > 0.95) }'
	# A single tree is as many rules as it has leaves; a forest is none.
	ml-fit tree -q -y y --max-leaves 3 cloud.csv | ml-show --rules >rules
	[ "$(grep -c '^if ' rules)" = 3 ]
	ml-fit forest -q -y y --trees 2 -o f.mls cloud.csv
	run -64 ml-show --rules f.mls
	[[ $output == *"no list of rules"* ]]
}

@test "ml-fit forest: the out-of-bag error is told" {
	cloud
	ml-fit forest -v -y y -o f.mls cloud.csv 2>note
	grep -q '100 iterations, objective 0' note
	ml-show f.mls | grep -q 'oob-error'
}

@test "ml-fit forest --oob: predictions by trees that have not seen the rows, as ml-eval reads them" {
	cloud
	awk -F, -v OFS=, 'NR == 1 { print "id", $0; next } { print "0" NR, $0 }' cloud.csv >named.csv
	run -0 --separate-stderr ml-fit forest -v -y y --id id --oob oob.csv -o f.mls named.csv
	[ "$(head -1 oob.csv)" = id,y,pred,prob:no,prob:yes ]
	[ "$(wc -l <oob.csv)" -eq "$(wc -l <cloud.csv)" ]
	cmp <(cut -d, -f1 oob.csv) <(cut -d, -f1 named.csv)
	# The error that the model tells is that of the file.
	told=$(sed 's/.*objective \([0-9.e-]*\).*/\1/' <<<"$stderr")
	awk -v told="$told" -v accuracy="$(ml-eval -q -y y --metric accuracy oob.csv)" \
		'BEGIN { d = 1 - accuracy - told; exit !(d < 1e-7 && d > -1e-7) }'
	# The same model as without, and the same file for any number of threads.
	ml-fit forest -q -y y --id id -o g.mls named.csv
	cmp f.mls g.mls
	ml-fit forest -q -j 4 -y y --id id --oob four.csv -o g.mls named.csv
	cmp oob.csv four.csv
	# Rows that training leaves out are not in it; without an id there are lines.
	sed '3s/^\(.*\),[^,]*$/\1,/; 5s/^/1/' cloud.csv >holes.csv
	ml-fit forest -q -y y --trees 2 --oob few.csv -o g.mls holes.csv
	[ "$(head -1 few.csv | cut -d, -f1)" = line ]
	! grep -q '^3,' few.csv || false
	[ "$(wc -l <few.csv)" -lt 79 ]
	run --separate-stderr ml-fit forest -y y --trees 2 --oob few.csv -o g.mls holes.csv
	[[ $stderr == *"seen by every tree, and are left out of the out-of-bag predictions [W-OOB]"* ]] || fail "$stderr"
}

@test "ml-fit --oob: numbers; what has none is refused" {
	cloud
	run -0 ml-fit extra-trees -q -y a --ignore y --bootstrap --oob oob.csv -o f.mls cloud.csv
	ml-eval -q -y a --metric r2 oob.csv >/dev/null
	refused 64 E-USAGE "--oob needs rows that trees have not seen" -- ml-fit extra-trees -q -y y --oob o.csv cloud.csv
	refused 64 E-USAGE "'boost' has no out-of-bag predictions" -- ml-fit boost -q -y y --oob o.csv cloud.csv
	refused 64 E-USAGE "--oob and -o are the same file" -- ml-fit forest -q -y y --oob o.csv -o o.csv cloud.csv
	refused 73 E-OPEN "none/o.csv" -- ml-fit forest -q -y y --oob none/o.csv cloud.csv
	[ ! -e o.csv ]
}

@test "ml-predict --explain: votes of adaboost add up; rules refuse" {
	cloud
	ml-fit adaboost -q -y y --max-depth 2 --trees 20 -o a.mls cloud.csv
	ml-predict -q -P --only --explain -m a.mls cloud.csv | awk -F, 'NR == 1 {
			for (i = 1; i <= NF; i++) { if ($i ~ /^shap/) sum[i]; if ($i ~ /^prob:/) p = i }; next }
		{ s = 0; for (i in sum) s += $i; d = 1 / (1 + exp(-s)) - $p; if (d > 1e-9 || d < -1e-9) exit 1; n++ }
		END { exit !n }'
	ml-fit rules -q -y y -o r.mls cloud.csv
	refused 64 E-USAGE "'rules' does not tell contributions" -- ml-predict -q --explain -m r.mls cloud.csv
}
