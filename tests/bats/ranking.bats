#!/usr/bin/env bats
# ranking.bats - rows ranked within groups: learning to, and judging it.
load helper

# 90 queries of 12 answers, the rows of a query apart from each other.
setup() {
	cd "$BATS_TEST_TMPDIR"
	awk 'BEGIN { srand(5); print "query,a,b,c,city,w,grade"
		for (k = 1; k <= 12; k++) for (q = 1; q <= 90; q++) {
			a = rand(); b = rand(); c = rand()
			city = substr("ABCDE", 1 + int(5 * rand()), 1)
			s = 2 * a + b * c + (city == "C") + 0.6 * rand() + (q % 4)
			s -= q % 4
			print "q" q "," a "," b "," (k % 7 ? c : "") "," city "," 1 + q % 3 "," \
				(s > 2.6 ? 4 : s > 2 ? 3 : s > 1.5 ? 2 : s > 1 ? 1 : 0)
		} }' >t.csv
}

rank() { ml-fit -q boost --loss lambdarank -y grade --group query --ignore w --min-samples-leaf 5 "$@"; }
ndcg() { ml-predict -q --keep query,grade -m "$1" "$2" | ml-eval -q -y grade --group query --metric "${3:-ndcg}"; }

@test "ml-fit boost --loss lambdarank: learns to rank groups that it has not seen" {
	ml-split --test 0.3 --group query --rest test.csv -o train.csv t.csv
	run -0 --separate-stderr ml-fit boost --loss lambdarank -y grade --group query --ignore w train.csv -o m.mls
	[ -z "$stderr" ] || fail "$stderr"
	awk -v got="$(ndcg m.mls test.csv ndcg@5)" 'BEGIN { exit !(got > 0.85 && got < 1) }'
	# Better than squared error would be no surprise; better than the order of a random column it must be.
	awk -v got="$(ml-eval -q -y grade --pred b --group query --metric ndcg@5 test.csv)" 'BEGIN { exit !(got < 0.7) }'
	run -0 ml-predict -q --only -m m.mls test.csv
	[ "${lines[0]}" = pred ]
	[ "${#lines[@]}" -eq "$(wc -l <test.csv)" ]
}

@test "ml-fit boost --loss lambdarank: the same bytes for any number of threads, rows together or apart" {
	rank -j 1 --trees 20 t.csv >a.mls
	rank -j 4 --trees 20 t.csv >b.mls
	cmp a.mls b.mls
	# A stable sort keeps the order of equal scores, so nothing else changes.
	{ head -1 t.csv; tail -n +2 t.csv | sort -s -t, -k1,1; } >together.csv
	rank --trees 20 together.csv >c.mls
	# Values of leaves are summed in another order.
	paste -d, <(ml-predict -q --only -m a.mls t.csv) <(ml-predict -q --only -m c.mls t.csv) |
		awk -F, 'NR > 1 { d = $1 - $2; if (d > 1e-12 || d < -1e-12) exit 1; n++ } END { exit !n }'
}

@test "ml-fit boost --loss lambdarank: --validation holds out whole groups, and ndcg@K judges them" {
	run -0 --separate-stderr ml-fit -v boost --loss lambdarank -y grade --group query --ignore w --validation 0.2 \
		--validation-metric ndcg@5 --patience 5 --history h.csv t.csv -o v.mls
	[[ $stderr == *"216 of 1080 rows are held out"* ]] || fail "$stderr"
	ml-split --test 0.2 --group query -o train.csv --rest held.csv t.csv
	rank --min-samples-leaf 20 --validation-file held.csv --validation-metric ndcg@5 --patience 5 train.csv >f.mls
	cmp <(ml-predict -q --only -m v.mls t.csv) <(ml-predict -q --only -m f.mls t.csv)
	# The judge is the metric of ml-eval.
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "valid_metric") at = i; next }
		$at > best { best = $at } END { printf "%.12f\n", best }' h.csv >best
	printf '%.12f\n' "$(ndcg f.mls held.csv ndcg@5)" | cmp - best
}

@test "ml-fit boost --loss lambdarank: goes on from a model, and weights count" {
	rank --trees 10 t.csv >half.mls
	ml-fit -q boost --update half.mls --group query --ignore w --trees 10 --min-samples-leaf 5 t.csv >more.mls
	[ "$(ml-show more.mls | grep -c 'fit     20 iterations')" -eq 1 ]
	awk -v a="$(ndcg half.mls t.csv)" -v b="$(ndcg more.mls t.csv)" 'BEGIN { exit !(b > a) }'
	ml-fit -q boost --loss lambdarank -y grade --group query --weight w t.csv >w.mls
	ml-fit -q boost --loss lambdarank -y grade --group query --ignore w t.csv >u.mls
	! cmp -s <(ml-predict -q --only -m w.mls t.csv) <(ml-predict -q --only -m u.mls t.csv) || false
}

@test "ml-fit boost --loss lambdarank: what cannot be ranked is refused" {
	refused 64 E-USAGE "name their column with --group" -- ml-fit -q boost --loss lambdarank -y grade t.csv
	sed '5s/^q[0-9]*,/,/' t.csv >hole.csv
	refused 65 E-MISSING "hole.csv:5: query: no group" -- ml-fit -q boost --loss lambdarank -y grade --group query hole.csv
	sed '7s/,[0-9]$/,32/' t.csv >high.csv
	refused 65 E-TARGET "relevances from 0 to 31" -- ml-fit -q boost --loss lambdarank -y grade --group query high.csv
	refused 65 E-TARGET "nothing to rank" -- ml-fit -q boost --loss lambdarank -y w --group query t.csv
	cut -d, -f2- t.csv >without.csv
	refused 65 E-COLUMNS "no group column" -- ml-fit -q boost --loss lambdarank -y grade --group query --validation-file without.csv t.csv
	refused 65 E-TARGET "holds text" -- ml-fit -q boost --loss lambdarank -y city --group query t.csv
}

@test "ml-eval: ndcg, map, mrr by group, with intervals and gates; the order of rows is nothing" {
	printf '%s\n' q,truth,pred a,3,0.5 b,1,2 a,0,0.9 a,2,0.5 b,0,1 c,0,7 b,2,0 >in.csv
	# Of a: 0, then 3 and 2 tied; of b: 1, 0, 2; c has nothing to find.
	run -0 --separate-stderr ml-eval -y truth --task regress --group q --metric ndcg,map,mrr,ndcg@1,mrr@1 in.csv
	[ -z "$stderr" ] || fail "$stderr"
	awk 'function log2(x) { return log(x) / log(2) }
		BEGIN { mean = (1 / log2(3) + 1 / log2(4)) / 2
			a = (7 + 3) * mean / (7 + 3 / log2(3)); b = (1 + 3 / 2) / (3 + 1 / log2(3))
			printf "%.10f\n%.10f\n%.10f\n%.10f\n%.10f\n", (a + b) / 2, (2 / 3 + (1 + 2 / 3) / 2) / 2,
				(1 / 2 + 1) / 2, (0 + 1 / 3) / 2, (0 + 1) / 2 }' >wanted
	tail -n +2 <<<"$output" | cut -d, -f3 | xargs printf '%.10f\n' | cmp - wanted
	{ head -1 in.csv; tail -n +2 in.csv | tac; } >turned.csv
	ml-eval -y truth --task regress --group q --metric ndcg,map,mrr,ndcg@1,mrr@1 turned.csv | cmp - <(echo "$output")
	run -0 ml-eval -q -y truth --task regress --group q --metric ndcg --bootstrap 200 --gate 'ndcg@2>=0.1' in.csv
	run -1 ml-eval -q -y truth --task regress --group q --gate 'ndcg@2>=0.99' in.csv
	refused 65 E-COLUMNS "ndcg ranks the rows of a group: name their column with --group" -- ml-eval -q -y truth --task regress --metric ndcg in.csv
	sed '3s/^b/NA/' in.csv >hole.csv
	refused 65 E-MISSING "ndcg: row 2 has no group" -- ml-eval -q -y truth --task regress --group q --metric ndcg hole.csv
	ml-eval -q -y truth --task regress --group q --metric rmse hole.csv
}

@test "ml-cv and ml-tune: rankings are refitted and judged by whole groups" {
	ml-cv -q -k 3 -y grade --group query --ignore w -j 1 'ml-fit -q boost --loss lambdarank --trees 10' t.csv >p.csv
	awk -v got="$(ml-eval -q -y grade --group query --metric ndcg@5 p.csv)" 'BEGIN { exit !(got > 0.8) }'
}
