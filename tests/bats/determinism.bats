#!/usr/bin/env bats
# determinism.bats - same data, options and seed: the same bytes; and a row's prediction is its own.
# Takes long.
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	# Enough rows for several blocks and threads; missing cells, categories, odd numbers.
	awk 'BEGIN { print "id,a,b,c,d,k,y,n"
		for (i = 0; i < 12000; i++) {
			x = (i * 7919 + 13) % 10007; z = (i * 104729 + 7) % 9973
			printf "r%d,%s,%.4f,%d.%03d,%s,%s,%s,%.5g\n", i, (i % 11 ? x / 977 : ""), sin(i) * z, z, x % 1000,
				substr("uvwxyz", x % 6 + 1, 1), (i % 13 ? "l" z % 4 : ""), (x + z) % 7 < 3 ? "no" : (x % 5 ? "yes" : "maybe"), x * 0.37 - z / 11
		} }' >t.csv
	head -2001 t.csv >small.csv
	head -901 t.csv >few.csv
}

# Every estimator there is, with the options it needs here.
estimators() {
	ml-fit --list | cut -d' ' -f1
}
target_of() {
	case $1 in
	adaboost | lda | logistic | nb | qda | rules) echo -y y --ignore n ;;
	dbscan | gmm | hclust | hdbscan | iforest | kmeans | lof | mahalanobis) echo --ignore n,y ;;
	kmedoids) echo --ignore n,y --max-iter 1 ;;
	*) echo -y n --ignore y ;;
	esac
}

# What takes the time of rows cubed is fitted on few.
rows_of() {
	case $1 in
	gp) echo "$BATS_FILE_TMPDIR/few.csv" ;;
	*) echo "$BATS_FILE_TMPDIR/t.csv" ;;
	esac
}

@test "the same bytes for any number of threads, and twice" {
	t=$BATS_FILE_TMPDIR/t.csv
	for e in $(estimators); do
		for j in 1 2 3 8 1; do
			ml-fit -q $e $(target_of $e) --id id -j $j "$(rows_of $e)" >m$j.mls
			ml-predict -q -P --only -j $j -m m$j.mls "$t" >p$j.csv
			cmp m1.mls m$j.mls && cmp p1.csv p$j.csv || fail "$e with $j threads"
		done
	done
	for j in 1 2 8; do
		ml-clean -q -y y --id id --dedupe --impute median,mode --clip q0.01..q0.99 -j $j -b "$t" >c$j.mls
		ml-feat --onehot @cat --scale robust --poly a,b --bins c=7 -j $j -b c$j.mls >f$j.mls
		ml-split --test 0.3 --stratify y --seed 5 -j $j --rest r$j.csv "$t" >s$j.csv
		ml-predict -q -P -j $j -m <(ml-fit -q logistic -y y --ignore id,n "$t") "$t" | ml-eval -q -y y --bootstrap 20 -j $j >e$j.csv
		ML_THREADS=$j ml-fit -q ridge -y n --ignore id,y "$t" >x$j.mls
		for f in c1.mls f1.mls s1.csv r1.csv e1.csv x1.mls; do
			cmp $f ${f/1/$j} || fail "$f with $j threads"
		done
	done
}

@test "the same bytes in another directory, time zone, locale, umask, for another user, from a pipe" {
	t=$BATS_FILE_TMPDIR/small.csv
	job() { ml-clean -q -y y --id id --impute median,mode -b ${1+"$1"} | ml-feat --onehot @cat --scale standard -b | ml-fit -q logistic; }
	job "$t" >want.mls
	ml-predict -q -P -m want.mls "$t" >want.csv
	mkdir -p 'another dir'
	cp "$t" 'another dir/name.csv'
	for env in "TZ=Asia/Tokyo" "LC_ALL=de_DE.UTF-8" "LC_ALL=tr_TR.UTF-8" "LC_ALL=ar_EG.UTF-8" "LANG=C.UTF-8" "LC_NUMERIC=de_DE.UTF-8" "USER=nobody HOME=/nonexistent HOSTNAME=x" "OMP_NUM_THREADS=7 OPENBLAS_NUM_THREADS=5"; do
		(
			cd 'another dir'
			export $env
			umask 077
			job name.csv | cmp - ../want.mls && cat name.csv | job | cmp - ../want.mls &&
				ml-predict -q -P -m ../want.mls name.csv | cmp - ../want.csv
		) || fail "$env"
	done
	gzip -c "$t" | job | cmp - want.mls
}

@test "how the input is cut into reads and files changes nothing" {
	t=$BATS_FILE_TMPDIR/small.csv
	ml-clean -q -y y --id id --impute mean,mode --discard "$t" >want
	{ dd bs=7 status=none <"$t" || true; } | ml-clean -q -y y --id id --impute mean,mode --discard | cmp - want
	for cut in 2 700 1999; do
		head -$cut "$t" >1.csv
		(head -1 "$t"; tail -n +$((cut + 1)) "$t") >2.csv
		ml-clean -q -y y --id id --impute mean,mode --discard 1.csv 2.csv | cmp - want
	done
}

@test "a row alone, in a batch and in a stream: the same prediction to the bit, for all estimators" {
	t=$BATS_FILE_TMPDIR/t.csv
	for e in $(estimators); do
		ml-fit -q $e $(target_of $e) --id id "$(rows_of $e)" >m.mls
		ml-predict -q -P --only -m m.mls "$t" >all
		(head -1 "$t"; tail -n +2 "$t" | tac) | ml-predict -q -P --only -m m.mls | tail -n +2 | tac | cmp - <(tail -n +2 all) || fail "$e: in reverse"
		for i in 2 3 5 13 1027 4098 9999 12001; do
			(head -1 "$t"; sed -n "${i}p" "$t") | ml-predict -q -P --only -m m.mls | tail -1 | cmp - <(sed -n "${i}p" all) || fail "$e: row $i alone"
		done
		(head -1 "$t"; sed -n '4090,4110p' "$t") | ml-predict -q -P --only -m m.mls | tail -n +2 | cmp - <(sed -n '4090,4110p' all) || fail "$e: some rows"
		ml-clean -q -b "$t" | ml-predict -q -P --only -m m.mls | cmp - all || fail "$e: binary table"
	done
}

@test "the seed makes the difference, and nothing else" {
	t=$BATS_FILE_TMPDIR/small.csv
	ml-split --seed 3 --folds 4 "$t" >a
	sleep 1.1
	ml-split --seed 3 --folds 4 "$t" | cmp - a
	! ml-split --seed 4 --folds 4 "$t" | cmp -s - a || false
}

@test "numbers come out as they went in, and read back bit-equal" {
	awk 'BEGIN { srand(7); print "x"; for (i = 0; i < 3000; i++) printf "%.17ge%d\n", rand() - 0.5, int(rand() * 600) - 300; print "4.9e-324"; print "1.7976931348623157e308"; print "-0" }' >t.csv
	ml-clean -q t.csv | cmp - t.csv
	ml-clean -q -b t.csv | ml-feat --select x | cmp - t.csv
	# Changed cells are printed: the shortest text that reads back.
	ml-feat --rename x=z t.csv | ml-clean -q --map z=7:7 >same.csv
	tail -n +2 same.csv | cmp - <(tail -n +2 t.csv)
	printf 'x,y\n0.1,1\n0.2,2\n0.30000000000000004,3\n' | ml-feat --interact x:y | tail -n +2 | cut -d, -f3 | cmp - <(printf '0.1\n0.4\n0.9000000000000001\n')
}
