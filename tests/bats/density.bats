#!/usr/bin/env bats
# density.bats - hclust, dbscan, gmm, lof, mahalanobis as users run them.
load helper

# Three groups of 30 rows, a category that goes with them, an id.
groups() {
	awk 'BEGIN { print "id,a,b,kind,truth"
		for (i = 0; i < 90; i++) { g = i % 3
			printf "r%d,%.3f,%s,%s,g%d\n", i, 10 * g + i * 37 % 11 / 7, (i % 33 == 6 ? "" : 100 - 40 * (g == 1) + i * 53 % 13 / 5), (g == 2 ? "red" : i % 2 ? "blue" : "green"), g } }' >groups.csv
}

@test "ml-fit hclust: clusters of the cut; ml-show --merges: rows, Newick, a graph, JSON" {
	printf 'x\n0\n1\n10\n12.5\n30\n' >x.csv
	ml-fit hclust -q --linkage single --height 2.5 --scale none x.csv >h.mls
	ml-predict -q --only -m h.mls x.csv | tr '\n' ' ' | grep -qx 'pred c1 c1 c2 c2 c3 '
	ml-show --merges h.mls | tr '\n' ' ' | grep -qx 'step,a,b,height,size 0,0,1,1,2 1,2,3,2.5,2 2,5,6,9,4 3,4,7,17.5,5 '
	[ "$(ml-show --merges --to newick h.mls)" = '(4:17.5,((0:1,1:1):8,(2:2.5,3:2.5):6.5):8.5);' ]
	ml-show --merges --dot h.mls | grep -q '^  8 -> 7;$'
	ml-show --merges --json h.mls | python3 -c 'import json, sys
rows = json.load(sys.stdin)["merges"]
assert [r["height"] for r in rows] == [1, 2.5, 9, 17.5] and rows[3]["size"] == 5'
	ml-show h.mls | grep -Eq '^  c1 +2 +40.0%$'
	ml-check -q h.mls
	groups
	ml-fit kmeans -q -k 3 --id id --ignore truth groups.csv >k.mls
	refused 64 E-USAGE "no merges" -- ml-show --merges k.mls
	refused 64 E-USAGE "for --merges" -- ml-show --clusters --to newick h.mls
	refused 64 E-USAGE "not both" -- ml-show --clusters --merges h.mls
	refused 65 E-TOOFEW "5 rows for 6 clusters" -- ml-fit hclust -k 6 -o m.mls x.csv
}

@test "ml-fit dbscan: groups, noise, new rows; gmm: memberships, a number chosen by BIC" {
	groups
	{ cat groups.csv; echo r90,500,,blue,none; } >more.csv
	ml-fit dbscan -q --eps 1 --id id --ignore truth,kind more.csv >d.mls
	ml-predict -q -m d.mls more.csv >out.csv
	awk -F, 'NR == 1 { next } $5 == "none" { if ($6 != "noise") exit 1; next }
		{ if ($6 == "noise" || (($5 in of) && of[$5] != $6)) exit 1; of[$5] = $6 }' out.csv
	ml-show --clusters d.mls | tail -1 | grep -q '^noise,1,'
	ml-fit gmm -q -k 1:5 --id id --ignore truth,kind groups.csv >g.mls
	ml-predict -q -P --only -m g.mls groups.csv | awk -F, 'NR == 1 { if ($2 != "prob:c1") exit 1; next }
		{ s = 0; for (i = 2; i <= NF; i++) s += $i; d = s - 1; if (d * d > 1e-20) exit 1 }'
	# The least BIC of all that were tried.
	for k in 1 2 3 4 5; do
		ml-fit gmm -q -k $k --id id --ignore truth,kind groups.csv | ml-show | awk '$1 == "bic" { print $2 }'
	done | sort -g | sed 1q >least
	ml-show g.mls | awk '$1 == "bic" { print $2 }' | cmp - least
	refused 64 E-USAGE "n-components" -- ml-fit gmm -q -k 5:2 -o m.mls groups.csv
}

@test "ml-fit lof, mahalanobis: the row far away is the outlier" {
	awk 'BEGIN { print "a,b"; for (i = 0; i < 200; i++) print i * 37 % 101, i * 53 % 97; print "900,-500" }' | tr ' ' , >cloud.csv
	for a in lof mahalanobis; do
		ml-fit $a -q cloud.csv >o.mls
		ml-predict -q -m o.mls cloud.csv >out.csv
		[ "$(head -1 out.csv)" = a,b,pred,score ]
		tail -1 out.csv | grep -q ',outlier,'
		ml-fit $a -q --contamination 0.1 cloud.csv | ml-predict -q --only -m /dev/stdin cloud.csv | grep -c '^outlier' | grep -Eqx '19|20|21'
	done
}

@test "ml-fit hdbscan: three groups and noise, with nothing to choose; new rows" {
	groups
	{ cat groups.csv; echo r90,500,,blue,none; } >more.csv
	ml-fit hdbscan -q --id id --ignore truth,kind --min-cluster-size 15 more.csv >d.mls
	ml-predict -q -m d.mls more.csv >out.csv
	tail -1 out.csv | grep -q ',noise$'
	awk -F, 'NR == 1 || $5 == "none" || $6 == "noise" { next } { if (($5 in of) && of[$5] != $6) exit 1; of[$5] = $6; n++ }
		END { exit !(length(of) == 3 && n > 80) }' out.csv
	# How strongly a row belongs: noise not at all, of each group its densest rows wholly.
	ml-predict -q -P -m d.mls more.csv >strong.csv
	[ "$(head -1 strong.csv)" = "$(head -1 out.csv),strength" ]
	awk -F, 'NR > 1 { if ($7 < 0 || $7 > 1 || ($6 == "noise") != ($7 == 0)) exit 1; if ($7 == 1) one[$6] = 1; weak += $7 < 1 }
		END { exit !(length(one) == 3 && weak > 40) }' strong.csv
	ml-fit hdbscan -q -j 5 --id id --ignore truth,kind --min-cluster-size 15 more.csv | cmp - d.mls
	ml-check -q d.mls
}
