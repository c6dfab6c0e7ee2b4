#!/usr/bin/env bats
# log.bats - what runs leave in the journal, and what ml-log makes of it.
load helper

# 120 rows: numbers a and b, a category c, a class y that a and b tell about.
table() {
	awk 'BEGIN {
		print "a,b,c,y"
		for (i = 0; i < 120; i++) {
			a = i * 37 % 101; b = i * 53 % 89
			printf "%d,%.2f,%s,%s\n", a, b / 3, (i % 5 ? "u" : "v"), (a + b + i % 29 > 100 ? "yes" : "no")
		}
	}' >t.csv
}

sum() { sha256sum <"$1" | cut -d' ' -f1; }

needs_jq() { command -v jq >/dev/null || skip "no jq to read JSON"; }

@test "--log: every file read and written with its SHA-256, models with their estimator" {
	needs_jq
	table
	export ML_LOG=runs.jsonl
	ml-split --test 0.25 --stratify y -o train.csv --rest test.csv t.csv
	ml-clean -y y --impute mean,mode --save clean.mls -o clean.csv train.csv
	ml-fit -q logistic -y y -C 3 clean.csv >fit.mls
	cat clean.mls fit.mls >whole.mls
	ml-predict -P -m whole.mls test.csv >pred.csv
	ml-eval -y y pred.csv >metrics.csv
	ml-split --shards 2 --prefix part- t.csv
	ml-show -o fit.txt fit.mls
	ml-check whole.mls
	want=$(printf '%s\n' "ml-split input t.csv $(sum t.csv) 120" \
		"ml-split output train.csv $(sum train.csv)" "ml-split output test.csv $(sum test.csv)" \
		"ml-clean input train.csv $(sum train.csv) 90" "ml-clean output clean.mls $(sum clean.mls)" \
		"ml-clean output clean.csv $(sum clean.csv)" "ml-fit input clean.csv $(sum clean.csv) 90" \
		"ml-fit output - $(sum fit.mls)" "ml-predict input test.csv $(sum test.csv) 30" \
		"ml-predict model whole.mls $(sum whole.mls)" "ml-predict output - $(sum pred.csv)" \
		"ml-eval input pred.csv $(sum pred.csv) 30" "ml-eval output - $(sum metrics.csv)" \
		"ml-split input t.csv $(sum t.csv) 120" "ml-split output part-000.csv $(sum part-000.csv)" \
		"ml-split output part-001.csv $(sum part-001.csv)" "ml-show model fit.mls $(sum fit.mls)" \
		"ml-show output fit.txt $(sum fit.txt)" "ml-check model whole.mls $(sum whole.mls)" | sort)
	have=$(jq -r '.tool as $t | (.inputs[]? | "\($t) input \(.file // "-") \(.sha256) \(.rows)"),
		(.models[]? | "\($t) model \(.file // "-") \(.sha256)"),
		(.outputs[]? | "\($t) output \(.file // "-") \(.sha256)")' runs.jsonl | sort)
	[ "$have" = "$want" ] || fail "$(diff <(echo "$want") <(echo "$have"))"
	# cat changes the bytes of a model, and not the estimator in it.
	[ "$(jq -r 'select(.tool == "ml-fit").estimator' runs.jsonl)" = \
		"$(jq -r 'select(.tool == "ml-predict").models[0].estimator' runs.jsonl)" ]
	[ "$(jq -c 'select(.tool == "ml-fit").options' runs.jsonl)" = '{"target":"y"}' ]
	[ "$(jq -c 'select(.tool == "ml-fit").picked[0].options.C' runs.jsonl)" = 3 ]
	[ "$(jq -r 'select(.tool == "ml-eval").metrics.accuracy' runs.jsonl)" = "$(awk -F, '$1 == "accuracy" { print $3 }' metrics.csv)" ]
}

@test "--log: what a pipe passes on is known by its hash, and an input by its text when it was gzip" {
	needs_jq
	table
	gzip -k t.csv
	ML_LOG=runs.jsonl ml-clean -q -y y --impute mean,mode -b t.csv.gz | ML_LOG=runs.jsonl ml-fit logistic >m.mls
	[ "$(jq -r 'select(.tool == "ml-clean").inputs[0].sha256' runs.jsonl)" = "$(sum t.csv)" ]
	[ "$(jq -r 'select(.tool == "ml-clean").outputs[0].sha256' runs.jsonl)" = \
		"$(jq -r 'select(.tool == "ml-fit").inputs[0].sha256' runs.jsonl)" ]
}

@test "--log: runs that a run starts name it, and their CPU time is counted" {
	needs_jq
	table
	ML_LOG=runs.jsonl ML_RUN=night ml-cv -q -y y -k 3 'ml-fit logistic' t.csv >oof.csv
	[ "$(wc -l <runs.jsonl)" -eq 4 ]
	id=$(jq -r 'select(.tool == "ml-cv").run' runs.jsonl)
	[ "$(jq -r 'select(.tool == "ml-fit").parent' runs.jsonl | sort -u)" = "$id" ]
	[ "$(jq -r 'select(.tool == "ml-cv").parent' runs.jsonl)" = night ]
	[ "$(jq -r .run runs.jsonl | sort -u | wc -l)" -eq 4 ]
	jq -e 'select(.tool == "ml-cv") | .children_cpu_seconds > 0' runs.jsonl
}

@test "--log: a run that fails names no output, and a model is the same with a journal as without" {
	needs_jq
	table
	refused 65 E-RANGE "is outside" -- ml-clean --range a=0..50 t.csv --log runs.jsonl -o out.csv
	[ "$(jq -c '[.exit, .error.code, .outputs]' runs.jsonl)" = '[65,"E-RANGE",null]' ]
	ml-fit logistic -y y t.csv >m1.mls
	ml-fit logistic -y y t.csv --log runs.jsonl >m2.mls
	cmp m1.mls m2.mls
}
