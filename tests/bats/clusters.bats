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
	# The rows that clusters, or outliers, were found in are the ones they are asked for.
	run -0 --separate-stderr ml-predict -m k.mls -o out.csv groups.csv
	[ -z "$stderr" ] || fail "$stderr"
	ml-fit -q lof --neighbors 5 --id id --ignore truth,kind --impute mean groups.csv >lof.mls
	run -0 --separate-stderr ml-predict -m lof.mls -o out.csv groups.csv
	[ -z "$stderr" ] || fail "$stderr"
	ml-fit -q nb -y truth --id id groups.csv >nb.mls
	run -0 --separate-stderr ml-predict -m nb.mls -o out.csv groups.csv
	[[ $stderr == *W-TRAINED* ]]
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

# agree FILE: lines "what got wanted tolerance" on stdin; all there are, FILE of them.
agree() {
	awk -v n="$1" '{ d = $2 - $3; s = $3 < 0 ? -$3 : $3; if (!(d * d <= ($4 * (s > 1e-3 ? s : 1e-3)) ^ 2)) { print $0; bad = 1 } k++ }
		END { if (k != n) { print k " of " n; bad = 1 } exit bad }'
}

@test "ml-fit kmeans --init first: centres, sizes, inertia and iterations of the references, to 1e-9" {
	for t in iris wine; do
		ml-fit kmeans -q -y target -k 3 --init first --tol 0 "$tables/$t.train.csv.gz" >k.mls
		ml-show --json k.mls >k.json
		python3 - "$tables/kmeans_${t}_std.json" >pairs <<-'PY'
			import json, sys
			want, step = json.load(open(sys.argv[1])), json.load(open("k.json"))["steps"][-1]
			got = step["fields"]
			for g, w in zip(got["centres"], sum(want["centers"], [])): print("centre", g, w, 1e-9)
			for g, w in zip(got["sizes"], want["sizes"]): print("size", g, w, 0)
			print("inertia", got["inertia"], want["inertia"], 1e-9)
			print("iterations", step["fit"]["iterations"], want["iterations"], 0)
		PY
		[ $t = iris ] && agree 17 <pairs || agree 44 <pairs
	done
}

@test "ml-eval --task cluster: what scikit-learn says, with and without truth, to 1e-12" {
	ml-feat -q -y target --scale standard --discard "$tables/wine.train.csv.gz" |
		paste -d, - <(cut -d, -f2 "$BATS_TEST_DIRNAME/../data/metrics/metrics_cluster.csv") >w.csv
	ml-eval -q --task cluster -y target --pred label w.csv >got.csv
	python3 - "$BATS_TEST_DIRNAME/../data/metrics/metrics_cluster.json" >pairs <<-'PY'
		import csv, json, sys
		names = {"ari": "adjusted-rand", "nmi": "normalized-mutual-info", "ami": "adjusted-mutual-info"}
		got = {r["metric"]: r["value"] for r in csv.DictReader(open("got.csv"))}
		for k, v in json.load(open(sys.argv[1])).items():
		    if k != "data": print(k, got[names.get(k, k.replace("_", "-"))], v, 1e-12)
	PY
	agree 9 <pairs
	# A table of truth and clusters, each with its own names.
	grep -qx 'confusion,class_0=2,44,,,44' got.csv
	[ "$(grep -c ^confusion got.csv)" -eq 9 ]
	ml-eval -q --task cluster -y target --pred label --to table w.csv | grep -Eq '^true . cluster +0 +1 +2$'
	ml-eval -q --task cluster -y target --pred label --json w.csv | python3 -c 'import json, sys
e = json.load(sys.stdin)
assert e["task"] == "cluster" and e["classes"] == ["class_0", "class_1", "class_2"] and e["clusters"] == ["0", "1", "2"]
assert e["slices"][0]["confusion"][0] == [0, 0, 44]'
	# Without a truth the rows alone judge; columns may be named.
	ml-eval -q --task cluster --ignore target --pred label w.csv >rows.csv
	grep -v '^confusion' got.csv | grep -E 'metric|calinski|davies|inertia|silhouette' | cmp - rows.csv
	ml-eval -q --task cluster --ignore target --pred label -f alcohol,hue --metric inertia w.csv >two
	[ "$(awk '{ print ($1 > 1 && $1 < 266) }' two)" -eq 1 ]
	ml-eval -q --task cluster -y target --pred label --gate 'ari>=0.9' w.csv >/dev/null
	run ml-eval -q --task cluster -y target --pred label --gate 'silhouette>=0.9' w.csv
	[ "$status" -eq 1 ]
	refused 64 E-USAGE "is for clusters" -- ml-eval -y target --pred label --metric ari w.csv
	refused 64 E-USAGE "not for clusters" -- ml-eval --task cluster -y target --pred label --metric f1 w.csv
	refused 65 E-COLUMNS "true classes" -- ml-eval --task cluster --ignore target --pred label --metric ari w.csv
	refused 64 E-USAGE "not for clusters" -- ml-eval --task cluster -y target --pred label --score hue w.csv
	refused 64 E-USAGE "gates without" -- ml-eval --task cluster -y target --pred label --curve roc w.csv
	refused 64 E-USAGE "--features is for" -- ml-eval -y target --pred label --features hue w.csv
}

@test "ml-eval --task cluster: noise, a sample of rows, weights, columns with holes" {
	awk 'BEGIN { print "id,a,b,h,w,pred,dist:c1"; for (i = 0; i < 400; i++) { g = i % 2
		printf "%d,%.4f,%.4f,%s,%d,%s,%d\n", i, 8 * g + (i * 37 % 101) / 101, (i * 53 % 97) / 97, i == 7 ? "" : i, 1 + i % 3, i % 40 == 3 ? "noise" : "c" g + 1, i } }' >t.csv
	# Rows that are noise are left out, and no cluster.
	ml-eval -q --task cluster --id id --ignore w t.csv >all.csv
	grep -v noise t.csv | ml-eval -q --task cluster --id id --ignore w >less.csv
	cut -d, -f1-5 all.csv | cmp - <(cut -d, -f1-5 less.csv)
	# h has a hole, dist:c1 is of ml-predict: neither is looked at, unless it is named.
	ml-eval -q --task cluster --id id -f a,b --ignore w t.csv | cmp - all.csv
	refused 65 E-MISSING "t.csv:9: h" -- ml-eval --task cluster --id id -f a,h t.csv
	# A sample is the same for the same seed, and near the whole.
	ml-eval -q --task cluster --id id --ignore w --max-pairs 100 --metric silhouette t.csv >some
	ml-eval -q --task cluster --id id --ignore w --max-pairs 100 --metric silhouette -j 5 t.csv | cmp - some
	ml-eval -q --task cluster --id id --ignore w --max-pairs 0 --metric silhouette t.csv >whole
	[ "$(paste some whole | awk '{ print ($1 != $2 && ($1 - $2) ^ 2 < 1e-3) }')" -eq 1 ]
	# Weight 2 is the row twice.
	awk -F, 'NR == 1 { print; next } { for (k = 0; k < $5; k++) print }' t.csv >often.csv
	ml-eval -q --task cluster --id id --weight w --metric all t.csv | cut -d, -f1,3 >weighted
	ml-eval -q --task cluster --id id --ignore w --metric all often.csv | cut -d, -f1,3 | paste -d, weighted - |
		awk -F, 'NR > 1 { print $1, $2, $4, 1e-12 }' | agree 5
	printf 'a,pred\n1,c1\n2,c1\n' >one.csv
	ml-eval --task cluster --metric silhouette one.csv 2>warned | grep -qx 'silhouette,,NA,,,2'
	grep -q 'no two clusters.*W-UNDEFINED' warned
}

@test "ml-eval --task cluster: rows far from 0 are judged as those about it" {
	# Eighths, so that adding 1e9 rounds nothing.
	awk 'BEGIN { srand(4); print "a,b,pred"; for (i = 0; i < 90; i++) print int(40 * rand() + 12 * (i % 3)) / 8 "," int(40 * rand()) / 8 ",c" i % 3 }' >near.csv
	awk -F, -v OFS=, 'NR > 1 { $1 = sprintf("%.3f", $1 + 1e9); $2 = sprintf("%.3f", $2 - 1e9) } { print }' near.csv >far.csv
	for m in davies-bouldin calinski-harabasz inertia; do
		awk -v a="$(ml-eval -q --task cluster --metric $m near.csv)" -v b="$(ml-eval -q --task cluster --metric $m far.csv)" \
			'BEGIN { d = (a - b) / a; exit !(a > 0 && d * d < 1e-28) }' || fail "$m"
	done
}

@test "ml-fit gmm: starts from a file, through the same steps; as many components as rows" {
	groups
	{ sed 1q groups.csv; sed -n '2,4p' groups.csv; } >starts.csv
	ml-fit gmm -q --init starts.csv --id id --ignore truth groups.csv >file.mls
	ml-fit gmm -q --init first -k 3 --id id --ignore truth groups.csv >first.mls
	cmp <(ml-show --clusters file.mls) <(ml-show --clusters first.mls)
	cmp <(ml-predict -q -P -m file.mls groups.csv) <(ml-predict -q -P -m first.mls groups.csv)
	# Another beginning is another one: rows turned round come to the same three.
	{ sed 1q groups.csv; sed -n '4p;3p;2p' groups.csv; } >turned.csv
	ml-fit gmm -q --init turned.csv --id id --ignore truth groups.csv | ml-show --clusters | cmp - <(ml-show --clusters file.mls)
	[ "$(ml-fit gmm -q --id id --ignore truth groups.csv | ml-show --clusters | wc -l)" = 3 ]
	refused 64 E-USAGE "3 rows to begin at" -- ml-fit gmm -q -k 2:4 --init starts.csv --id id --ignore truth -o m.mls groups.csv
	refused 66 E-OPEN kmeens -- ml-fit gmm -q --init kmeens --id id --ignore truth -o m.mls groups.csv
}

@test "ml-fit kmeans: starts from a file, through the same steps, wherever it stands" {
	groups
	{ sed 1q groups.csv; sed -n '2,4p' groups.csv; } >starts.csv
	ml-fit kmeans -q --init starts.csv --id id --ignore truth groups.csv >file.mls
	ml-fit kmeans -q --init first -k 3 --id id --ignore truth groups.csv >first.mls
	cmp <(ml-show --clusters file.mls) <(ml-show --clusters first.mls)
	mkdir -p elsewhere && cp starts.csv elsewhere/other.csv
	ml-fit kmeans -q --init elsewhere/other.csv --id id --ignore truth groups.csv | cmp - file.mls
	# The columns it needs alone, in any order; centres of numbers go round.
	awk -F, '{ print $4 "," $3 "," $2 }' starts.csv >turned.csv
	ml-fit kmeans -q --init turned.csv --id id --ignore truth groups.csv | ml-show --clusters | cmp - <(ml-show --clusters file.mls)
	ml-fit kmeans -q -k 3 -f a,b groups.csv | ml-show --clusters >centres.csv
	ml-fit kmeans -q --init centres.csv -f a,b groups.csv | ml-show --clusters | cmp - centres.csv
	refused 64 E-USAGE "3 rows to begin at" -- ml-fit kmeans -q -k 4 --init starts.csv --id id --ignore truth -o m.mls groups.csv
	refused 66 E-OPEN kmeens -- ml-fit kmeans -q --init kmeens --id id --ignore truth -o m.mls groups.csv
	sed 1q groups.csv >none.csv
	refused 65 E-NOROWS "none.csv: no rows to begin at" -- ml-fit kmeans -q --init none.csv --id id --ignore truth -o m.mls groups.csv
	cut -d, -f1-2 starts.csv >less.csv
	run ml-fit kmeans -q --init less.csv --id id --ignore truth -o m.mls groups.csv
	[ "$status" -eq 65 ] && [[ $output == *E-COLUMNS* ]]
}

@test "ml-fit kmeans: a number of clusters out of a range, by three rules" {
	awk 'BEGIN { print "a,b"; for (i = 0; i < 400; i++) printf "%.4f,%.4f\n", 5 * (i % 4) + (i * 37 % 101) / 101, 5 * (i % 4 > 1) + (i * 53 % 97) / 97 }' >t.csv
	for by in silhouette gap elbow; do
		ml-fit kmeans -q -k 2:8 --choose-by $by t.csv >k.mls
		[ "$(ml-show --clusters k.mls | wc -l)" -eq 5 ] || fail "$by"
		ml-fit kmeans -q -k 2:8 --choose-by $by -j 5 t.csv | cmp - k.mls
	done
	ml-show --json k.mls | python3 -c 'import json, sys
t = json.load(sys.stdin)["steps"][-1]["fields"]["tried"]
assert t["clusters"] == list(range(2, 9)) and len(t["score"]) == 7 and t["inertia"] == sorted(t["inertia"], reverse=True)'
	for k in 0 x 3:2 2: :4 1.5; do
		refused 64 E-USAGE "no number from 1" -- ml-fit kmeans -k $k -o m.mls t.csv
	done
}

@test "ml-fit kmeans: batches; --update goes on with more rows" {
	awk 'BEGIN { print "a,b"; for (i = 0; i < 3000; i++) printf "%.4f,%.4f\n", 5 * (i % 3) + (i * 37 % 101) / 101, 5 * (i % 3 == 1) + (i * 53 % 97) / 97 }' >t.csv
	ml-fit kmeans -q -k 3 t.csv >all.mls
	ml-fit kmeans -q -k 3 --batch-size 100 t.csv >batch.mls
	ml-fit kmeans -q -k 3 --batch-size 100 -j 6 t.csv | cmp - batch.mls
	# Each cluster has the same rows, whatever its name.
	for m in all batch; do ml-predict -q --only -m $m.mls t.csv | awk '{ if (!($1 in n)) n[$1] = ++k; print n[$1] }' >$m.csv; done
	cmp all.csv batch.csv
	# Twice the same rows: twice the sizes, the same centres.
	ml-fit kmeans -q --update all.mls t.csv >twice.mls
	ml-show --clusters all.mls | awk -F, 'NR > 1 { print 2 * $2, $4, $5 }' >want
	ml-show --clusters twice.mls | awk -F, 'NR > 1 { print $2, $4, $5 }' | paste - want |
		awk '{ for (i = 1; i < 4; i++) print i, $i, $(i + 3), 1e-9 }' | agree 9
	ml-check -q twice.mls
	refused 64 E-USAGE "not from a file" -- ml-fit kmeans --update all.mls --init t.csv -o m.mls t.csv
}

@test "ml-fit kmedoids: the objective of R's pam(), medoids that are rows" {
	# cluster 2.1.4: pam(scale(x), k)$objective["swap"] * 112, deviations of the population.
	for want in '1 207.4925' '3 96.193' '6 72.93788'; do
		set -- $want
		ml-fit kmedoids -q -y target -k $1 "$tables/iris.train.csv.gz" >m.mls
		ml-show --json m.mls | python3 -c 'import json, sys; print("loss", json.load(sys.stdin)["steps"][-1]["fields"]["loss"], sys.argv[1], 1e-6)' $2 | agree 1
		ml-fit kmedoids -q -y target -k $1 -j 6 "$tables/iris.train.csv.gz" | cmp - m.mls
	done
	ml-fit kmedoids -q -y target -k 3 --scale none "$tables/iris.train.csv.gz" | ml-show --clusters >medoids.csv
	zcat "$tables/iris.train.csv.gz" | awk -F, -v OFS=, 'NR > 1 { print $1 + 0, $2 + 0, $3 + 0, $4 + 0 }' >rows.csv
	tail -n +2 medoids.csv | cut -d, -f4- | while read -r row; do grep -qxF "$row" rows.csv || exit 1; done
	ml-fit kmedoids -q -y target -k 3 "$tables/iris.train.csv.gz" | ml-predict -q -P -m /dev/stdin "$tables/iris.train.csv.gz" >out.csv
	[ "$(head -1 out.csv)" = sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm,target,pred,dist:c1,dist:c2,dist:c3 ]
	refused 65 E-TOOFEW "200 clusters of 112 rows" -- ml-fit kmedoids -y target -k 200 -o m.mls "$tables/iris.train.csv.gz"
}
