#!/usr/bin/env bash
# tables.sh - small tables and models for the fault tests, in the current directory.
#
#     tests/faults/tables.sh          (the tools on the PATH)
#
# t.csv      numbers with missing values, categories, a text, weights, two classes
# three.csv  numbers and three classes
# *.mls      models of them; t.bin, p.csv: a binary table, predictions
# runs.jsonl the journal of a fit, a prediction, a score
set -euo pipefail

awk 'BEGIN {
	print "id,age,income,city,plan,note,w,left"
	for (i = 0; i < 40; i++)
		printf "r%d,%s,%.2f,%s,%s,%s,%d,%s\n", i, (i % 9 == 4 ? "" : 20 + i * 7 % 41),
			1000 + (i * 7919 % 1009) * 1.37, substr("ABCDE", i * 3 % 5 + 1, 1),
			(i % 11 == 5 ? "" : i % 3 ? "basic" : "gold"),
			(i % 4 ? "n" i : "\"a, \"\"b\"\" " i "\""), 1 + i % 3,
			((i * 37 % 40) + i % 5 * 6 > 30 ? "yes" : "no")
}' >t.csv
awk 'BEGIN {
	print "a,b,c,kind"
	for (i = 0; i < 45; i++)
		printf "%.3f,%.3f,%d,%s\n", i % 3 + (i * 31 % 45) / 20, (i * 17 % 45) / 9 - i % 3,
			i * 11 % 7, (i % 3 == 0 ? "red" : i % 3 == 1 ? "green" : "blue")
}' >three.csv
ml-fit -q logistic -y left --id id --ignore note --weight w -o t.mls t.csv
ml-fit -q logistic -y kind -o three.mls three.csv
sed 3q t.csv >kstarts.csv
ml-fit -q kmeans -k 3 --id id --ignore note,left --weight w -o kmeans.mls t.csv
ml-fit -q hclust --id id --ignore note,left -o hclust.mls t.csv
ml-fit -q dbscan --eps 1.5 --min-samples 3 --id id --ignore note,left -o dbscan.mls t.csv
ml-fit -q lof --neighbors 4 --id id --ignore note,left -o lof.mls t.csv
ml-fit -q boost -y left --id id --ignore note,w --trees 2 --min-samples-leaf 2 -o boost.mls t.csv
ml-fit -q knn -y left --metric gower --id id --ignore note,w -o knn.mls t.csv
ml-fit -q knn -y kind --search brute -o brute.mls three.csv
ml-fit -q nb -y left --id id --ignore note,w -o nb.mls t.csv
ml-feat -q -y income --id id --ignore note --scale standard -b t.csv | ml-fit -q boost --trees 2 --min-samples-leaf 2 -o trees.mls
ml-fit -q gp -y income --id id --ignore note,w --restarts 0 --max-iter 5 -o gp.mls t.csv
ml-fit mlp -q -y income --layers 3 --epochs 3 --batch-size 20 --ignore id,note --checkpoint mlp.ckpt t.csv >/dev/null
ml-clean -q -y left --id id --ignore note -b -o t.bin t.csv
ml-predict -q -P -m t.mls t.csv >p.csv
ml-feat -q -y kind --scale standard --pca 2 --save pca.mls -o scores.csv three.csv
ml-clean -q -y left --id id --impute median,mode --save clean.mls t.csv >/dev/null
for run in 'fit logistic -y left --id id --ignore note -o j.mls t.csv' 'predict -P -m j.mls -o j.csv t.csv' \
	'eval -y left -o /dev/null j.csv'; do
	# shellcheck disable=SC2086
	ml-${run%% *} -q --log runs.jsonl ${run#* }
done
rm j.mls j.csv
