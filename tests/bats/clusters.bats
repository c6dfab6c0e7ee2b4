#!/usr/bin/env bats
# clusters.bats - clusterings as users run them.
load helper

tables=$BATS_TEST_DIRNAME/../data/tables

# Three groups of 30 rows, a category that goes with them, an id.
groups() {
	awk 'BEGIN { print "id,a,b,kind,truth"
		for (i = 0; i < 90; i++) { g = i % 3
			printf "r%d,%.3f,%s,%s,g%d\n", i, 10 * g + i * 37 % 11 / 7, (i % 33 == 6 ? "" : 100 - 40 * (g == 1) + i * 53 % 13 / 5), (g == 2 ? "red" : i % 2 ? "blue" : "green"), g } }' >groups.csv
}

@test "ml-fit kmeans: no target; ml-predict names the cluster, and -P appends the distances" {
	groups
	ml-fit kmeans -q -k 3 --id id --ignore truth groups.csv >k.mls
	ml-predict -q -P -m k.mls groups.csv >out.csv
	[ "$(head -1 out.csv)" = id,a,b,kind,truth,pred,dist:c1,dist:c2,dist:c3 ]
	# The nearest is the cluster; each truth is one cluster, each cluster one truth.
	awk -F, 'NR == 1 { next } { c = substr($6, 2); for (k = 7; k <= 9; k++) if ($k < $(6 + c)) exit 1
		if (($5 in of) && of[$5] != $6) exit 1; of[$5] = $6; n[$6]++ }
		END { if (length(n) != 3 || n["c1"] != 30 || n["c2"] != 30 || n["c3"] != 30) exit 1 }' out.csv
	# A binary table has the same, the names as levels; a target is left out.
	ml-predict -q -P -b -m k.mls groups.csv | ml-clean -q | cmp - out.csv
	ml-fit kmeans -q -k 3 --id id -y truth groups.csv | ml-predict -q -P -m /dev/stdin groups.csv | cmp - out.csv
	ml-predict -q --only --prefix x_ -m k.mls groups.csv | sed 1q | grep -qx x_pred
	ml-check -q k.mls
}

@test "ml-show: sizes and centres of clusters, in the units of the table" {
	groups
	ml-fit kmeans -q -k 3 --id id --ignore truth groups.csv >k.mls
	ml-show --clusters k.mls >clusters.csv
	[ "$(head -1 clusters.csv)" = cluster,rows,share,a,b,kind=blue,kind=green,kind=red ]
	# The centre is the mean of the rows, as they were before scaling.
	ml-predict -q -m k.mls groups.csv | awk -F, 'NR == FNR { if (FNR > 1) { a[$1] = $4; red[$1] = $8; n[$1] = $2 } next }
		FNR > 1 { s[$6] += $2; r[$6] += $4 == "red"; m[$6]++ }
		END { for (c in n) { d = a[c] - s[c] / m[c]; if (n[c] != m[c] || d * d > 1e-18 || red[c] - r[c] / m[c] > 1e-9) exit 1; k++ }
			if (k != 3) exit 1 }' clusters.csv -
	ml-show k.mls >text
	grep -Eq '^  c1 +30 +33.3%$' text
	grep -Eq '^  centre +c1 +c2 +c3$' text
	grep -q '^  inertia ' text
	ml-show --clusters --json k.mls | python3 -c 'import json, sys
rows = json.load(sys.stdin)["clusters"]
assert [r["cluster"] for r in rows] == ["c1", "c2", "c3"] and rows[0]["rows"] == 30'
	ml-fit ridge -q -y a --ignore truth groups.csv >r.mls
	refused 64 E-USAGE "no clusters" -- ml-show --clusters r.mls
	refused 64 E-USAGE "not both" -- ml-show --clusters --coef k.mls
}

@test "clusters are refused where predictions are taken for truth" {
	groups
	ml-fit kmeans -q -k 3 --id id -y truth groups.csv >k.mls
	refused 64 E-USAGE "makes clusters" -- ml-eval --permutation -m k.mls -y truth groups.csv
	refused 64 E-USAGE "makes clusters" -- ml-eval --partial a -m k.mls groups.csv
	run ml-cv -k 3 -y truth --id id 'ml-fit kmeans -q -k 3' groups.csv
	[ "$status" -ne 0 ]
	[[ $output == *"makes clusters"* ]]
	for o in '--task classify' '--class-weight balanced' '--positive g1'; do
		# shellcheck disable=SC2086
		refused 64 E-USAGE "no target" -- ml-fit kmeans $o -o x.mls groups.csv
	done
}

@test "ml-fit kmeans: too few rows, or different ones, are told" {
	printf 'a,b\n1,2\n3,4\n' >two.csv
	refused 65 E-TOOFEW "3 clusters of 2 rows" -- ml-fit kmeans -k 3 -o m.mls two.csv
	printf 'a,b\n1,2\n3,4\n1,2\n3,4\n1,2\n' >same.csv
	for init in k-means++ random first; do
		refused 65 E-TOOFEW different -- ml-fit kmeans -q -k 3 --init $init -o m.mls same.csv
	done
	ml-fit kmeans -q -k 2 same.csv | ml-predict -q --only -m /dev/stdin same.csv | sort | uniq -c | awk '{ print $1 }' | sort | tr '\n' ' ' | grep -qx '1 2 3 '
	printf 'a,b\n1e200,2\n3,4\n1e201,3\n' >huge.csv
	refused 65 E-RANGE "too large" -- ml-fit kmeans -k 2 --scale none -o m.mls huge.csv
}
