#!/usr/bin/env bats
# pipeline.bats - tools in a row: what travels in binary tables, what cat composes, what chains refuse.
load helper

tables=$BATS_TEST_DIRNAME/../data/tables

setup_file() {
	# 2,000 customers are enough.
	gzip -dc "$BATS_TEST_DIRNAME/../../examples/data/churn.csv.gz" | head -2001 >"$BATS_FILE_TMPDIR/churn.csv"
	cd "$BATS_FILE_TMPDIR"
	"${ML_BIN:-$BATS_TEST_DIRNAME/../../build/bin}/ml-split" --test 0.25 --stratify churn --seed 1 --rest test.csv churn.csv >train.csv
}

in_place() { ln -s "$BATS_FILE_TMPDIR"/*.csv .; }

# close A B: the third column of two CSV of coefficients, to 1e-9.
close() {
	paste -d, "$1" "$2" | awk -F, 'NR > 1 { d = $3 - $6; s = 1 + $3 * $3; if ($2 != $5 || d * d > 1e-18 * s) { print; exit 1 } } END { if (NR < 3) exit 1 }' ||
		fail "$1 and $2 differ"
}

@test "the whole job in one pipe: split, clean, make features, fit, predict, score" {
	set -o pipefail
	in_place
	ml-clean -y churn --dedupe --impute median,mode -b train.csv |
		ml-feat --onehot @cat --scale standard -b |
		ml-fit logistic >churn.mls
	ml-check churn.mls
	auc=$(ml-predict -P -m churn.mls test.csv | ml-eval -q -y churn --metric auc)
	awk -v a="$auc" 'BEGIN { exit !(a > 0.8 && a < 0.9) }' || fail "AUC $auc"
	# All of it on the raw rows: ids and other columns pass through, order is kept.
	ml-predict -m churn.mls test.csv >out.csv
	cut -d, -f1-20 out.csv | cmp - <(ml-clean test.csv)
}

@test "fit on a binary table = fit on the CSV between the same tools" {
	in_place
	ml-clean -q -y churn --impute median,mode -b train.csv | ml-feat --onehot @cat --scale standard -b >t.mls
	ml-fit -q logistic --impute none t.mls | ml-show --json | grep -o '"coefficients":[^]]*' >a
	ml-clean t.mls >t.csv
	ml-fit -q logistic -y churn --impute none --scale none t.csv | ml-show --json | grep -o '"coefficients":[^]]*' >b
	cmp a b
}

@test "saved pieces and cat make the model that one pipe makes" {
	in_place
	ml-clean -q -y churn --impute median,mode --save clean.mls train.csv >clean.csv
	ml-feat -q -y churn --onehot @cat --scale standard --save feat.mls clean.csv >feat.csv
	ml-fit -q logistic -y churn --impute none --scale none feat.csv >fit.mls
	cat clean.mls feat.mls fit.mls >whole.mls
	ml-clean -q -y churn --impute median,mode -b train.csv | ml-feat --onehot @cat --scale standard -b | ml-fit -q logistic --impute none >piped.mls
	ml-predict -q -P --only -m whole.mls test.csv >a
	ml-predict -q -P --only -m piped.mls test.csv | cmp - a
	ml-predict -q -P --only -m clean.mls -m feat.mls -m fit.mls test.csv | cmp - a
	# By hand, step by step, to the same end.
	ml-clean -q --apply clean.mls test.csv | ml-feat -q --apply feat.mls | ml-predict -q -P --only -m fit.mls | cmp - a
}

@test "ml-predict skips the steps that a binary table has been through" {
	in_place
	ml-clean -q -y churn --impute median,mode -b train.csv | ml-feat --onehot @cat --scale standard -b >train.mls
	ml-fit -q logistic --impute none train.mls >m.mls
	ml-predict -q -P --only -m m.mls train.csv >want
	ml-predict -q -P --only -m m.mls train.mls | cmp - want
	ml-clean -q --impute median,mode -y churn --save clean.mls train.csv >/dev/null
	ml-clean -q --apply clean.mls -b train.csv | ml-predict -q -P --only -m m.mls | cmp - want
}

@test "chains: another table's steps, wrong order, the same step twice, a second estimator" {
	in_place
	ml-clean -q -y churn --impute median,mode -b train.csv >a.mls
	ml-clean -q -y churn --impute mean,mode -b test.csv >b.mls
	ml-fit -q logistic a.mls >m.mls
	refused 65 E-CHAIN "'impute', which is no step of the model" -- ml-predict -m m.mls b.mls
	ml-clean -q -y churn --impute median,mode --save clean.mls train.csv | ml-fit -q logistic -y churn --impute none >fit.mls
	refused 65 E-CHAIN "behind the estimator" -- ml-predict -m fit.mls -m clean.mls test.csv
	refused 65 E-CHAIN "there twice" -- ml-predict -m clean.mls -m clean.mls -m fit.mls test.csv
	printf 'a,y\n1,2.5\n2,3\n4,4\n' >t.csv
	ml-fit linear -y y --impute none t.csv >1.mls
	ml-fit ridge -y y --impute none --scale none t.csv >2.mls
	refused 65 E-CHAIN "'linear'" -- ml-predict -m 1.mls -m 2.mls t.csv
	ml-fit -q ridge -y y --impute none t.csv >2.mls        # scale, then ridge
	refused 65 E-CHAIN "'linear'" -- ml-predict -m 1.mls -m 2.mls t.csv
}

@test "chains: a closed step does not follow other steps; an open one follows any that give its columns" {
	printf 'a,b,y\n1,2,2.5\n2,5,3\n4,1,4\n7,7,9\n' >t.csv
	ml-clean -y y --impute mean -b t.csv | ml-fit linear >closed.mls     # impute, linear: closed over it
	ml-feat -y y --scale minmax --save scale.mls t.csv >/dev/null
	ml-feat -y y --rename a=z --save rename.mls t.csv >/dev/null
	ml-fit linear -y y --impute none t.csv >open.mls
	cat scale.mls open.mls | ml-check
	run -65 --separate-stderr bash -c 'cat rename.mls open.mls | ml-check'
	[[ $stderr == *"'a'"*"[E-COLUMNS]" ]] || fail "$stderr"
	# The estimator alone, cut out of its segment, is no model: there is no way to get it but to fit it.
	ml-feat --apply scale.mls -b t.csv >scaled.mls
	refused 65 E-CHAIN "'scale'" -- ml-predict -m closed.mls scaled.mls
}

@test "a missing part of the model is told by the columns that it would have made" {
	in_place
	ml-clean -q -y churn --impute median,mode --save clean.mls train.csv >clean.csv
	ml-feat -q -y churn --onehot @cat --save feat.mls clean.csv | ml-fit -q logistic -y churn --impute none >fit.mls
	cat clean.mls fit.mls >short.mls
	run -65 --separate-stderr ml-predict -m short.mls test.csv
	[[ $stderr == *"columns that the model needs are absent: 'multiple_lines=No', "*"[E-COLUMNS]" ]] || fail "$stderr"
}

@test "cat of binary tables appends rows; of other schemas, chains or files it is refused" {
	printf 'a,b\n1,x\n,y\n' >1.csv
	printf 'a,b\n3,z\n' >2.csv
	printf 'a\n3\n' >3.csv
	for i in 1 2 3; do ml-clean -b $i.csv >$i.mls; done
	[ "$(cat 1.mls 2.mls | ml-clean)" = $'a,b\n1,x\n,y\n3,z' ]
	[ "$(cat 2.mls 2.mls 1.mls | ml-clean -b | ml-clean)" = $'a,b\n3,z\n3,z\n1,x\n,y' ]
	[ "$(ml-clean 1.mls 2.mls)" = $'a,b\n1,x\n,y\n3,z' ]
	run -65 --separate-stderr bash -c 'cat 1.mls 3.mls | ml-clean'
	[[ $stderr == *"[E-COLUMNS]" ]] || fail "$stderr"
	ml-clean --impute mean,mode -b 1.csv >i1.mls
	run -65 --separate-stderr bash -c 'cat 2.mls i1.mls | ml-clean'
	[[ $stderr == *"[E-CHAIN]" ]] || fail "$stderr"
	run -65 --separate-stderr bash -c 'cat i1.mls 2.mls | ml-clean'
	[[ $stderr == *"[E-CHAIN]" ]] || fail "$stderr"
	[ "$(cat i1.mls i1.mls | ml-clean)" = $'a,b\n1,x\n1,y\n1,x\n1,y' ]
	run -65 --separate-stderr bash -c 'cat 1.mls 2.csv | ml-clean'
	[[ $stderr == *"[E-STREAM]" ]] || fail "$stderr"
}

@test "roles travel in binary tables, and each can be given again" {
	printf 'id,w,g,t,i,x,y,z\na,1,p,1,q,1,2.5,7\nb,2,p,2,q,2,3,6\nc,1,r,3,q,4,4.5,9\nd,1,r,4,q,5,7,1\n' >t.csv
	ml-clean -y y --id id --weight w --group g --time t --ignore i -b t.csv >t.mls
	ml-feat --scale standard -b t.mls | ml-fit linear | ml-show >shown
	grep -q 'target  y' shown
	[ "$(grep -c 'needs   x, z$' shown)" -eq 3 ] || fail "$(cat shown)"
	ml-fit linear t.mls | ml-show --coef | cmp - <(ml-fit linear -y y --weight w -f x,z t.csv | ml-show --coef)
	ml-fit linear -y z t.mls | ml-show --coef | cut -d, -f2 | cmp - <(printf 'feature\nx\ny\n(intercept)\n')
	refused 64 E-USAGE "a split by time cannot keep groups" -- ml-split --folds 2 t.mls
	ml-feat --drop id -b t.mls | ml-clean | head -1 | grep -qx 'w,g,t,i,x,y,z'
}

@test "kinds travel in binary tables: what was text stays text" {
	printf 'code,c,y\n1,1,2.5\n2,2,3\n1,1,4\n2,1,5\n' >t.csv
	ml-clean --text code --cat c -b t.csv | ml-fit -q linear -y y --ignore code | ml-show --coef | cut -d, -f2 |
		cmp - <(printf 'feature\nc=2\n(intercept)\n')
	refused 65 E-TYPE "'code' is text" -- ml-fit -q linear -y y <(ml-clean --text code -b t.csv)
}

@test "rows taken out of training data are not taken out when predicting" {
	printf 'a,y\n1,2.5\n1,2.5\n,3\n4,4\n9,9\n' >t.csv
	ml-clean -q -y y --dedupe --drop-missing a --range a=0..5 --reject r.csv -b t.csv | ml-fit -q linear >m.mls
	[ "$(ml-predict -q -m m.mls t.csv | wc -l)" -eq 6 ]
	ml-show --json m.mls | grep -q '"duplicate row":1'
	ml-show --json m.mls | grep -q '"missing":1'
}

@test "penguins: numbers and categories with missing cells, three classes, nothing prepared by hand" {
	ml-fit -q logistic -y species "$tables/penguins.train.csv.gz" >m.mls
	ml-predict -q -m m.mls "$tables/penguins.test.csv.gz" | ml-eval -q -y species --metric accuracy >acc
	awk '{ exit !($1 > 0.95) }' acc || fail "$(cat acc)"
}
