#!/usr/bin/env bash
# make.sh - models of every kind, and what they predict: run once for a version, then kept.
#
#     make.sh VERSION        those that are there already stay as they are
set -euo pipefail
cd "$(dirname "$0")"
v=$1
# What a COMMAND gives, and what it predicts with --also, which models.bats sees by the columns.
model() {         # NAME ALSO COMMAND...
	local name=$1 also=$2
	shift 2
	[ ! -e "$v-$name.mls" ] || return 0
	"$@" >"$v-$name.mls" 2>/dev/null
	# shellcheck disable=SC2086
	ml-predict -q $also --only -m "$v-$name.mls" input.csv >"$v-$name.csv"
}
fit() {           # NAME COMMAND...
	local name=$1
	shift
	model "$name" -P "$@"
}
prepared() {      # NAME SPEC...: a preparation before ridge
	local name=$1
	shift
	model "$name" "" before_ridge "$@"
}
before_ridge() {
	ml-feat -q -y price "$@" -b input.csv | ml-fit -q ridge
}
reduced() {       # NAME SPEC...: three columns made two, before logistic
	local name=$1
	shift
	model "$name" -P before_logistic "$@"
}
before_logistic() {
	ml-clean -q -y class --impute mean -b input.csv | ml-feat -q --scale minmax "$@" -b | ml-fit -q logistic
}
cleaned() {
	ml-clean -q -y price --indicator rooms --clip size=q0.1..q0.9 --map 'town=oslo:bergen' --impute median,mode -b \
		input.csv | ml-fit -q ridge
}
fit dummy-classes ml-fit dummy -y class input.csv
fit dummy-numbers ml-fit dummy -y price input.csv
fit linear ml-fit linear -y price --ignore class input.csv
fit boost ml-fit boost -y price --trees 4 --min-samples-leaf 2 input.csv
# What they are without is format 1, which has no means and deviations.
fit linear-means ml-fit linear -y price --ignore class input.csv
fit ridge-means ml-fit ridge -y price --ignore class input.csv
fit logistic-means ml-fit logistic -y town input.csv
fit forest ml-fit forest -y price --trees 3 input.csv
fit forest-quantile ml-fit forest -y price --quantile 0.9 --trees 3 input.csv
fit extra-trees ml-fit extra-trees -y town --trees 3 input.csv
fit tree ml-fit tree -y price --max-leaves 5 input.csv
fit iforest ml-fit iforest --trees 3 input.csv
fit adaboost ml-fit adaboost -y town --trees 4 input.csv
fit rules ml-fit rules -y price --min-samples-leaf 3 input.csv
fit ridge ml-fit ridge -y price --ignore class input.csv
fit logistic-two ml-fit logistic -y class --ignore price input.csv
fit logistic-three ml-fit logistic -y town input.csv
prepared bins --bins rooms=3 --encode onehot
prepared interact --interact rooms:size
prepared ln --ln size
prepared log1p --log1p rooms
prepared onehot --onehot @cat --min-count 2
prepared ordinal --ordinal town
prepared poly --poly rooms,size --degree 2
prepared rename --rename rooms=zimmer
prepared scale --scale robust,size=minmax
prepared select --select rooms,town
prepared sqrt --sqrt size
prepared drop --drop class
model clean "" cleaned
fit boost-ranks ml-fit boost -y rooms --loss lambdarank --group town --trees 3 --min-samples-leaf 2 input.csv
fit svm-classes ml-fit svm -y town --probability input.csv
fit svm-numbers ml-fit svm -y price --type epsilon-svr --epsilon 5 -C 50 input.csv
fit svm-one-class ml-fit svm --type one-class input.csv
fit knn-classes ml-fit knn -y town -k 4 --metric gower input.csv
fit knn-numbers ml-fit knn -y price -k 3 --metric manhattan input.csv
fit nb ml-fit nb -y class input.csv
fit nb-counts ml-fit nb -y town --kind complement --features rooms,size,price input.csv
fit lda ml-fit lda -y town input.csv
fit qda ml-fit qda -y class --features rooms,size,price input.csv
fit mlp-classes ml-fit mlp -y town --layers 4,3:tanh --batch-norm --epochs 20 input.csv
fit mlp-numbers ml-fit mlp -y price --layers 4:gelu --loss huber --epochs 20 input.csv
# The size of these grows with the square of the rows.
model gp-numbers --std ml-fit gp -y price --features rooms,size --kernel 'const*rbf(ard) + linear + white' <(sed 21q input.csv)
fit gp-classes ml-fit gp -y class --features rooms,size <(sed 21q input.csv)
fit kmeans ml-fit kmeans -k 3 input.csv
fit kmedoids ml-fit kmedoids -k 3 input.csv
fit hclust ml-fit hclust -k 4 input.csv
fit dbscan ml-fit dbscan --eps 0.7 --min-samples 3 --features rooms,size,price input.csv
fit hdbscan ml-fit hdbscan --min-cluster-size 4 --features rooms,size,price input.csv
fit gmm ml-fit gmm -k 2 --covariance tied --features rooms,size,price input.csv
fit gmm-full ml-fit gmm -k 2 --features rooms,size,price input.csv
fit lof ml-fit lof --neighbors 5 input.csv
fit mahalanobis ml-fit mahalanobis --features rooms,size,price input.csv
reduced pca --pca 2
reduced svd --svd 2
reduced nmf --nmf 2
reduced ica --ica 2
reduced random-projection --random-projection 2
