#!/usr/bin/env bash
# determinism.sh - same data, options and seed: the same bytes, wherever and however often.
#
#     BUILD=build tests/faults/determinism.sh        (the tools on the PATH)
#
# Three tables go through cleaning, features, fits, predictions and scores; a digest of all
# files is compared between threads, runs, directories, time zones, users, locales that are made here with
# localedef (decimal commas, dotless i, other digits), and builds by gcc and clang at -O0, -O2, -O3
# (in BUILD-gcc-O0 and so on).  One class of CPU: this one.  Prints TAP.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-build}
MAKE=${MAKE:-make}
dir=$(mktemp -d "${TMPDIR:-/tmp}/ml-same.XXXXXX") || exit 2
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
unset ML_LOG ML_THREADS LC_ALL LANG
export LC_ALL=C
tests=0

tables() {
	# Fisher's iris has 150 rows of one decimal and three classes; this is like it.
	awk 'BEGIN { srand(3); print "sepal,width,petal,breadth,species"
		for (i = 0; i < 150; i++) { c = int(i / 50)
			printf "%.1f,%.1f,%.1f,%.1f,%s\n", 5 + c * 0.8 + rand(), 3 + rand() - c * 0.2, 1.4 + c * 2 + rand(),
				0.2 + c * 0.9 + rand() / 2, (c == 0 ? "setosa" : c == 1 ? "versicolor" : "virginica") } }' >iris.csv
	gzip -dc "$root"/examples/data/churn.csv.gz >churn.csv
	awk 'BEGIN { print "id,a,b,c,d,e,f,g,h,k,l,w,y"
		for (i = 0; i < 20000; i++) {
			x = (i * 7919 + 13) % 10007; z = (i * 104729 + 7) % 9973
			printf "r%d,%s,%.4f,%d.%03d,%.6g,%s,%.3e,%d,%.2f,%s,%s,%d,%s\n", i, (i % 11 ? x / 977 : ""), sin(i) * z, z, x % 1000,
				log(1 + x), (z % 17 ? cos(z) : "NA"), x * z / 3, x % 12, z / 7, substr("uvwxyz", x % 6 + 1, 1),
				(i % 13 ? "l" z % 9 : ""), 1 + x % 4, ((x + z) % 7 + x / 3000 < 4 ? "no" : "yes")
		} }' >made.csv
}

# An estimator of each family, of the small table: NAME, then how it is fitted.
kinds() {       # DIRECTORY OPTION...
	local in=$1 name words
	shift
	while read -r name words; do
		# shellcheck disable=SC2086
		ml-fit $words -q "$@" -o "$name.mls" "$in/iris.csv" &&
			ml-predict -q -P -m "$name.mls" "$@" "$in/iris.csv" >"$name.pred" || return
	done <<-'KINDS'
		boost      boost -y species --trees 5
		forest     forest -y petal --trees 5
		iforest    iforest --trees 5 --ignore species
		svm        svm -y species --probability
		knn        knn -y petal
		nb         nb -y species
		lda        lda -y species
		qda        qda -y species
		mlp        mlp -y species --layers 5 --epochs 5
		gp         gp -y petal --ignore species --restarts 0 --max-iter 5
		kmeans     kmeans -k 3 --ignore species
		kmedoids   kmedoids -k 3 --ignore species
		hclust     hclust -k 3 --ignore species
		hdbscan    hdbscan --ignore species
		gmm        gmm -k 3 --ignore species
		lof        lof --ignore species
		distances  mahalanobis --ignore species
	KINDS
	for name in pca svd nmf ica random-projection; do
		ml-feat -q -y species --$name 2 --save "$name.mls" "$@" "$in/iris.csv" >"$name.csv" || return
	done
}

# All there is to do, in the current directory, with what is in $1; files are made here.
work() {
	local in=$1
	shift
	ml-fit -q logistic -y species "$@" -o iris.mls "$in/iris.csv" &&
		ml-predict -q -P -m iris.mls "$@" "$in/iris.csv" >iris.pred &&
		ml-eval -q -y species --metric all "$@" iris.pred >iris.eval &&
		ml-split --test 0.25 --stratify churn --seed 1 "$@" -o train.csv --rest test.csv "$in/churn.csv" &&
		ml-clean -q -y churn --dedupe --impute median,mode --save clean.mls "$@" train.csv >clean.csv &&
		ml-fit -q logistic -y churn --encode onehot "$@" -o churn.mls train.csv &&
		ml-fit -q linear -y monthly_charges --ignore churn "$@" -o charges.mls train.csv &&
		ml-predict -q -P -m churn.mls "$@" test.csv >churn.pred &&
		ml-predict -q -m charges.mls "$@" test.csv >charges.pred &&
		ml-eval -q -y churn --metric all --bootstrap 50 "$@" churn.pred >churn.eval &&
		ml-eval -q -y monthly_charges --metric all "$@" charges.pred >charges.eval &&
		ml-clean -q -y y --id id --weight w --dedupe --impute median,mode --clip q0.01..q0.99 -b "$@" "$in/made.csv" |
		ml-feat --onehot @cat --scale robust --poly a,b --bins c=7 -b "$@" >made.bin &&
		ml-fit -q logistic "$@" made.bin >made.mls &&
		ml-fit -q ridge -y h --id id --weight w --ignore y "$@" -o ridge.mls "$in/made.csv" &&
		ml-predict -q -P -m made.mls --only "$@" "$in/made.csv" >made.pred &&
		ml-predict -q -m ridge.mls --keep id,h "$@" "$in/made.csv" >ridge.pred &&
		ml-eval -q -y h --metric all "$@" ridge.pred >ridge.eval && kinds "$in" "$@" || return
	for m in iris churn charges made ridge; do
		ml-show --json $m.mls >$m.json && ml-show --coef $m.mls >$m.coef && ml-check $m.mls || return
	done
}

digests() { sha256sum -- * 2>&1; }

# What came of a run, compared with the first one.
compare() {     # TITLE
	tests=$((tests + 1))
	digests >../got.txt
	if diff "$dir/want.txt" ../got.txt >../diff.txt; then
		echo "ok $tests - the same bytes: $1"
	else
		echo "not ok $tests - the same bytes: $1"
		sed -n 's/^[<>] /# /p' ../diff.txt | sort -k3 | head -20
	fi
}

skip() { tests=$((tests + 1)); echo "ok $tests - the same bytes: $1 # SKIP $2"; }

# In a clean place below $dir: TITLE COMMAND...
try() {
	local title=$1
	shift
	rm -rf "$dir/place" && mkdir -p "$dir/place/here" && cd "$dir/place/here" || exit 2
	"$@" >../log.txt 2>&1 || sed 's/^/# /' ../log.txt
	compare "$title"
	cd "$dir" || exit 2
}

tables
mkdir first && cd first || exit 2
work .. || { echo "not ok 1 - the work itself fails"; echo "1..1"; exit 1; }
digests >"$dir/want.txt"
cd "$dir" || exit 2
echo "# $(wc -l <want.txt) files are compared"

for j in 1 2 3 4 5 6 7 8; do
	try "-j $j" work ../.. -j $j
done

# 19 more of the same; with threads, whose order is another each time.
again() {
	local i
	for i in {1..19}; do
		work ../.. -j 4 || return
		digests | cmp -s - "$dir/want.txt" || { echo "run $i differs"; return 1; }
	done
}
try "20 runs" again

elsewhere() { mkdir "$dir/a b" && cp "$dir"/*.csv "$dir/a b" && TZ=Asia/Kolkata HOME=/nonexistent USER=x LOGNAME=x work "$dir/a b"; }
try "another directory, time zone, home, name of user" elsewhere

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	other() {
		chmod 755 "$dir" "$dir/place" && chmod 777 "$dir/place/here"
		export -f work kinds
		setpriv --reuid 65534 --regid 65534 --clear-groups bash -c 'work ../..'
	}
	try "another user" other
else
	skip "another user" "needs root and setpriv"
fi

for locale in de_DE tr_TR ar_EG C; do
	mkdir -p "$dir/locales"
	if ! command -v localedef >/dev/null ||
		! { [ $locale = C ] || localedef -c -i $locale -f UTF-8 "$dir/locales/$locale.UTF-8" >/dev/null 2>&1 ||
			[ -d "$dir/locales/$locale.UTF-8" ]; }; then
		skip "locale $locale.UTF-8" "it cannot be made here"
		continue
	fi
	in_locale() { LOCPATH="$dir/locales" LC_ALL=$locale.UTF-8 work ../..; }
	try "locale $locale.UTF-8" in_locale
done

built() { PATH="$1/bin:$PATH" work ../..; }
for cc in gcc clang; do
	for opt in O0 O2 O3; do
		title="built by $cc -$opt"
		if ! command -v $cc >/dev/null; then
			skip "$title" "no $cc"
			continue
		fi
		other=$BUILD-$cc-$opt
		if (cd "$root" && $MAKE -j2 BUILD="$other" CC=$cc OPT=-$opt HARDEN=-fPIE all) >"$dir/make.txt" 2>&1; then
			try "$title" built "$(cd "$root" && realpath "$other")"
		else
			tests=$((tests + 1))
			echo "not ok $tests - $title: it does not build"
			tail -5 "$dir/make.txt" | sed 's/^/# /'
		fi
	done
done
echo "1..$tests"
