#!/usr/bin/env bats
# eval_gates.bats - ml-eval --gate against a champion, and with confidence.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	# One model, one whose scores are blurred, one the other way round.
	awk 'BEGIN { print "y,s"; for (i = 0; i < 400; i++) print (i * 53 % 100 < i / 4 ? 1 : 0) "," i }' >a.csv
	awk -F, -v OFS=, 'NR > 1 { $2 = $2 + NR * 7919 % 101 } { print }' a.csv >b.csv
	cat >eval <<-'END'
		#!/bin/sh
		exec ml-eval -y y --score s --metric auc -q "$@"
	END
	chmod +x eval
}

@test "ml-eval --champion: gates against another model's figure, with factor and margin" {
	a=$(./eval a.csv) b=$(./eval b.csv)
	awk -v a="$a" -v b="$b" 'BEGIN { exit !(a > b && b > 0.5) }'
	for gate in 'auc<champion' 'auc <= champion' 'auc >= champion - 0.05' 'auc>=champion*0.9' \
		'auc >= champion * 0.9 + 0.01' 'auc>=champion*0.9-0.01'; do
		run -0 --separate-stderr ./eval --champion a.csv --gate "$gate" b.csv
		[ "$output" = "$b" ] && [ -z "$stderr" ]
	done
	run -1 --separate-stderr ./eval --champion a.csv --gate 'auc >= champion' b.csv
	[ "$output" = "$b" ]
	[ "$stderr" = "ml-eval: gate failed: auc is $b, expected >= champion, the champion's is $a [E-GATE]" ]
	run -1 --separate-stderr ./eval --champion b.csv --gate 'auc <= champion * 1.001' a.csv
	[[ $stderr == *"expected <= champion * 1.001, the champion's is $b [E-GATE]" ]]
}

@test "ml-eval --gate: with @ LEVEL it has to hold at that confidence: near DeLong's bound" {
	# Lower one-sided 95 % bound of the difference by DeLong: diff - 1.645 se.
	ml-eval --compare -y y --score s --metric auc --test delong a.csv b.csv >delong.csv
	bound=$(awk -F, 'NR == 2 { se = $8 / $12; if (se < 0) se = -se; print $8 - 1.6448536 * se }' delong.csv)
	se=$(awk -F, 'NR == 2 { se = $8 / $12; print (se < 0 ? -se : se) }' delong.csv)
	# A margin of a third of a standard error more passes, of a third less fails.
	more=$(awk -v b="$bound" -v s="$se" 'BEGIN { print -b + s / 3 }')
	less=$(awk -v b="$bound" -v s="$se" 'BEGIN { print -b - s / 3 }')
	run -0 ./eval --champion a.csv --gate "auc >= champion - $more @ 95%" b.csv
	run -1 --separate-stderr ./eval --champion a.csv --gate "auc >= champion - $less @ 95%" b.csv
	[[ $stderr == *"with 95 % confidence at least -"*" [E-GATE]" ]]
	# What is asked with less confidence is easier to pass.
	run -0 ./eval --champion a.csv --gate "auc >= champion - $less @ 60%" b.csv
}

@test "ml-eval --gate: levels as 95%, 95 and 0.95 are one; without a champion, too" {
	for level in 95% 95 0.95 ' 95 %'; do
		run -1 --separate-stderr ./eval --gate "auc>=0.81@$level" b.csv
		said=${stderr#*confidence}
		[ "${first:=$said}" = "$said" ]
	done
	run -0 ./eval --gate 'auc>=0.6 @ 99%' --gate 'auc<=0.95 @ 99%' b.csv
	run -1 ./eval --gate 'auc > 0.8 @ 99%' b.csv
}

@test "ml-eval --gate: bounds do not depend on threads" {
	for j in 1 3; do
		run -1 --separate-stderr ./eval -j $j --champion a.csv --gate 'auc>=champion@95%' b.csv
		[ "${first:=$stderr}" = "$stderr" ]
	done
}

@test "ml-eval --champion: a model is no worse than itself, at any confidence" {
	run -0 ./eval --champion a.csv --gate 'auc >= champion @ 99%' --gate 'auc==champion' a.csv
	run -1 ./eval --champion a.csv --gate 'auc > champion @ 50%' a.csv
}

@test "ml-eval --champion: numbers" {
	printf 'y,pred\n1.5,1\n2.5,2\n3.5,5\n4.5,4\n' >old.csv
	printf 'y,pred\n1.5,1.1\n2.5,2\n3.5,5\n4.5,4.2\n' >new.csv
	run -0 ml-eval -y y --champion old.csv --gate 'rmse <= champion * 1.02' new.csv
	run -1 ml-eval -y y --champion new.csv --gate 'rmse <= champion' old.csv
}

@test "ml-eval --champion: other rows, gates that need one or do without, are refused" {
	sed 2d a.csv >fewer.csv
	refused 65 E-PAIRS 'fewer.csv has 399 rows' -- ml-eval -y y --score s --champion fewer.csv --gate 'auc>=champion' a.csv
	sed '2s/^./1/' a.csv >other.csv
	refused 65 E-PAIRS "row 1 of other.csv" -- ml-eval -y y --score s --champion other.csv --gate 'auc>=champion' a.csv
	refused 64 E-USAGE 'who is the champion' -- ml-eval -y y --score s --gate 'auc>=champion' a.csv
	refused 64 E-USAGE '--champion is for gates' -- ml-eval -y y --score s --champion b.csv --gate 'auc>=0.5' a.csv
	awk -F, -v OFS=, 'NR == 1 { print "y,pred"; next } { print $1, ($2 > 200) }' a.csv >pred.csv
	refused 65 E-COLUMNS 'no column' -- ml-eval -y y --score s --champion pred.csv --gate 'auc>=champion' a.csv
}

@test "ml-eval --gate: what is no gate is refused, and says what one is" {
	for gate in 'auc>=champion*' 'auc>=champion*0' 'auc>=champion+-1' 'auc>=champion 1' 'auc>=0.5@' 'auc>=0.5@30%' \
		'auc>=0.5@100%' 'auc==0.5@95%' 'auc>=0.5@95%x' 'auc>=championship' 'auc champion' 'auc>=-champion'; do
		refused 64 E-USAGE "--gate '$gate': expected METRIC" -- ml-eval -y y --score s --champion b.csv --gate "$gate" a.csv
	done
}
