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

# A journal of two models, one of them put together by cat, each predicting and judged, and a run
# that failed.
journal() {
	table
	export ML_LOG=runs.jsonl
	ml-split --test 0.25 --stratify y -o train.csv --rest test.csv t.csv             # 1
	ml-fit -q logistic -y y -C 0.01 train.csv >a.mls                                  # 2
	ml-clean -y y --impute mean,mode --save clean.mls -o clean.csv train.csv         # 3
	ml-fit -q logistic -y y -C 5 clean.csv >fit.mls                                   # 4
	cat clean.mls fit.mls >b.mls
	ml-predict -P -m a.mls -o pa.csv test.csv                                         # 5
	ml-eval -y y -o /dev/null pa.csv                                                  # 6
	ml-predict -P -m b.mls -o pb.csv test.csv                                         # 7
	ml-eval -y y -o /dev/null pb.csv                                                  # 8
	ml-fit -q linear -y nothing train.csv 2>/dev/null || true                         # 9
	unset ML_LOG
}

# cell COLUMN: of the CSV on stdin, without its header.
cell() {
	sed 's/"impute mean,mode"/impute/' | awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }'
}

metric() { ml-eval -q -y y --metric "$1" "$2"; }

@test "ml-log ls: a row for each run, with hashes, metrics, cost and exit" {
	journal
	ml-log ls runs.jsonl >ls.csv
	[ "$(cell tool <ls.csv | tr '\n' ' ')" = 'ml-split ml-fit ml-clean ml-fit ml-predict ml-eval ml-predict ml-eval ml-fit ' ]
	[ "$(cell number <ls.csv | tr '\n' ' ')" = '1 2 3 4 5 6 7 8 9 ' ]
	[ "$(cell exit <ls.csv | tr '\n' ' ')" = '0 0 0 0 0 0 0 0 65 ' ]
	[ "$(cell data <ls.csv | sed -n 2p)" = "$(sum train.csv)" ]
	[ "$(cell model <ls.csv | sed -n 4p)" = "$(cell model <ls.csv | sed -n 7p)" ]
	[[ $(sed -n 3p ls.csv) == *'logistic C=0.01,'* ]]
	[[ $(cell metrics <ls.csv | sed -n 6p) == *"auc=$(metric auc pa.csv) "* ]]
	# The journal is the same by any way.
	ml-log ls --log runs.jsonl | cmp - ls.csv
	ML_LOG=runs.jsonl ml-log ls | cmp - ls.csv
	ml-log ls <runs.jsonl | cmp - ls.csv
	ml-log ls - <runs.jsonl | cmp - ls.csv
	[ "$(wc -l <runs.jsonl)" -eq 9 ] # and has no line of ml-log
	# Two files are one journal.
	[ "$(ml-log ls <(head -4 runs.jsonl) <(tail -5 runs.jsonl))" = "$(cat ls.csv)" ]
	ml-log ls --to table runs.jsonl | grep -E '^ +8 .* ml-eval .* auc=0\.[0-9]+ log-loss'
}

@test "ml-log ls: filters by tool, time, exit status, and what a run tells" {
	journal
	numbers() { ml-log ls "$@" runs.jsonl | cell number | tr '\n' ' '; }
	[ "$(numbers --tool ml-fit)" = '2 4 9 ' ]
	[ "$(numbers --tool fit --failed)" = '9 ' ]
	[ "$(numbers --where 'C>1')" = '4 ' ]
	[ "$(numbers --where 'C <= 0.01')" = '2 ' ]
	[ "$(numbers --where algorithm=linear)" = '9 ' ]
	[ "$(numbers --where target!=y)" = '9 ' ]
	[ "$(numbers --where 'auc>=0' --where number==8)" = '8 ' ]
	[ "$(numbers --since 2020-01-01)" = "$(numbers)" ]
	[ -z "$(numbers --since 2999)" ]
	run --separate-stderr ml-log ls --where auk=1 runs.jsonl
	[ "$stderr" = "ml-log: warning: --where: no run tells a 'auk' [W-NAME]" ]
	refused 64 E-USAGE 'expected a time (UTC)' -- ml-log ls --since yesterday runs.jsonl
	refused 64 E-USAGE 'expected NAME, one of' -- ml-log ls --where auc runs.jsonl
	refused 64 E-USAGE 'expected a number behind it' -- ml-log ls --where 'auc>x' runs.jsonl
}

@test "ml-log ls --json: the lines themselves, numbered; --metric: a column each" {
	needs_jq
	journal
	ml-log ls --json runs.jsonl | jq -c 'del(.number)' | cmp - <(jq -c . runs.jsonl)
	[ "$(ml-log ls --json --tool split runs.jsonl | jq .number)" = 1 ]
	[ "$(ml-log ls --tool eval --metric auc,log-loss runs.jsonl | cell log-loss)" = \
		"$(metric log-loss pa.csv; metric log-loss pb.csv)" ]
}

@test "ml-log best: by metric, with the hyperparameters of the fit behind, through cat as well" {
	journal
	a=$(metric log-loss pa.csv) b=$(metric log-loss pb.csv)
	want=$(printf '%s\n' "$a 6 2 C=0.01" "$b 8 4 C=5" | sort -g | cut -d' ' -f2-)
	ml-log best --metric log-loss runs.jsonl >best.csv
	[ "$(paste -d' ' <(cell number <best.csv) <(cell fit <best.csv) <(cell hyperparameters <best.csv | cut -d' ' -f1))" = "$want" ] ||
		fail "$(cat best.csv)"
	[ "$(cell value <best.csv | head -1)" = "$(printf '%s\n' "$a" "$b" | sort -g | head -1)" ]
	[ "$(cell judged_on <best.csv | sort -u)" = "$(sum test.csv)" ]
	ml-log best --metric log-loss --order highest -n 1 runs.jsonl >worst.csv
	[ "$(cell number <worst.csv)" = "$(tail -1 <<<"$want" | cut -d' ' -f1)" ]
	[ "$(ml-log best --metric accuracy --where number=8 runs.jsonl | cell fit)" = 4 ]
	refused 65 E-JOURNAL "no run has measured 'rmse'" -- ml-log best --metric rmse runs.jsonl
	refused 64 E-USAGE "is no metric of ml-eval" -- ml-log best --metric profit runs.jsonl
	refused 64 E-USAGE "best needs --metric" -- ml-log best runs.jsonl
}

@test "ml-log best: a cross-validation is joined to its fits; other test data is warned of" {
	journal
	ML_LOG=runs.jsonl ml-cv -P -q -y y -k 3 'ml-fit logistic -C 2' t.csv |
		ML_LOG=runs.jsonl ml-eval -y y >/dev/null
	run --separate-stderr ml-log best --metric auc runs.jsonl
	[ "$status" -eq 0 ]
	[[ $stderr == *'were judged on different tables'*'[W-DATA]' ]]
	cv=$(ml-log ls --tool ml-eval runs.jsonl | tail -1 | cut -d, -f1)
	grep -q "^$cv,.*,C=2 penalty" <<<"$output" || fail "$output"
}

@test "ml-log: a search stands behind the model of its best setting, and has its value" {
	table
	ml-split --test 0.25 --stratify y -o train.csv --rest test.csv t.csv
	ml-tune grid --log runs.jsonl -q -p C=0.01,1 -y y --metric auc -k 3 --refit train.csv -- 'ml-fit -q logistic -C {C}' >m.mls
	ml-predict --log runs.jsonl -P -m m.mls test.csv | ml-eval --log runs.jsonl -y y >/dev/null
	ml-log best -q --metric auc runs.jsonl >best.csv
	eval=$(ml-log ls --tool eval runs.jsonl | cell number)
	# grid --set C=..., and its own value on the folds.
	grep -qE "^$eval,[0-9.]+,1,grid --set C=" best.csv || fail "$(cat best.csv)"
	grep -q '^1,0\.' best.csv
	ml-log show "$eval" runs.jsonl | grep -q '^behind it,run 1 (ml-tune grid --set C='
	# Where the runs of its trials are on record, the refit is the fit behind.
	ML_LOG=all.jsonl ml-tune grid -q -p C=0.01,1 -y y --metric auc -k 3 --refit train.csv -- 'ml-fit -q logistic -C {C}' >m.mls
	ML_LOG=all.jsonl ml-predict -P -m m.mls test.csv | ml-eval --log all.jsonl -y y >/dev/null
	ml-log best -q --metric auc --tool eval all.jsonl | grep -q ',7,logistic,' || fail "$(ml-log ls all.jsonl)"
}

@test "ml-log show: what a run was, who wrote what it read, and all behind it" {
	journal
	ml-log show 7 --to table runs.jsonl >show.txt
	grep -q '^command  *ml-predict -P -m b.mls -o pb.csv test.csv$' show.txt
	grep -q "^input  *test.csv, 30 rows, SHA-256 $(sum test.csv | cut -c1-12), written by run 1 (ml-split)" show.txt
	grep -q '^model  *b.mls, SHA-256 .*, fitted by run 4 (ml-fit logistic C=5)$' show.txt
	grep -q '^output  *pb.csv, .* read by run 8 (ml-eval auc=' show.txt
	[ "$(sed -n 's/^behind it *run \([0-9]*\).*/\1/p' show.txt | sort -g | tr '\n' ' ')" = '1 3 4 ' ] || fail "$(cat show.txt)"
	ml-log show 4 runs.jsonl | grep -q '^used by,run 7 (ml-predict)'
	ml-log show 9 runs.jsonl | grep -q '^error,.*\[E-TARGET\]'
	# By the beginning of what it made.
	[ "$(ml-log show "$(sum fit.mls | cut -c1-10)" runs.jsonl)" = "$(ml-log show 4 runs.jsonl)" ]
	refused 64 E-USAGE "no run '77'" -- ml-log show 77 runs.jsonl
	refused 64 E-USAGE 'show needs 1 run' -- ml-log show
	ml-split --log runs.jsonl --test 0.25 --stratify y -o train.csv --rest test.csv t.csv
	refused 64 E-USAGE 'may be run 1 or run 10' -- ml-log show "$(sum test.csv | cut -c1-12)" runs.jsonl
	command -v jq >/dev/null || return 0
	[ "$(ml-log show 7 --json runs.jsonl | jq -c '[.number, .tool, (.behind | map(.number) | sort), .ahead[0].number]')" = \
		'[7,"ml-predict",[1,3,4],8]' ]
}

@test "ml-log diff: options, data and metrics that differ, and those of the fits behind" {
	journal
	ml-log diff 2 4 runs.jsonl >fits.csv
	grep -q '^logistic.C,0.01,5,4.99$' fits.csv
	grep -qE '^estimator,[0-9a-f]{64},[0-9a-f]{64},$' fits.csv
	! grep -qE '^(start|wall_seconds|run|args|logistic.penalty),' fits.csv || false
	ml-log diff --all 2 4 runs.jsonl | grep -q '^args,'
	ml-log diff 6 8 runs.jsonl >evals.csv
	grep -q '^metric.log-loss,' evals.csv
	grep -q '^fit.logistic.C,0.01,5,4.99$' evals.csv
	[ "$(ml-log diff 2 2 runs.jsonl)" = what,a,b,change ]
	refused 64 E-USAGE 'diff needs 2 runs' -- ml-log diff 1 </dev/null
}

@test "ml-log: a damaged line is refused with its place, a torn last one told and left out" {
	journal
	{ head -3 runs.jsonl; echo 'junk'; } >bad.jsonl
	refused_csv() { run --separate-stderr "$@"; [ "$status" -eq 65 ] && [[ $stderr == *"$want"*'[E-JOURNAL]' ]] || fail "$status $stderr"; }
	want='bad.jsonl:4: not a line of JSON' refused_csv ml-log ls bad.jsonl
	want='bad.jsonl:4: not a line of JSON' refused_csv ml-log show 1 bad.jsonl
	{ head -1 runs.jsonl; echo '{"a":1}'; } >bad.jsonl
	want='bad.jsonl:2: not the line of a run' refused_csv ml-log best --metric auc bad.jsonl
	{ head -3 runs.jsonl; tail -1 runs.jsonl | head -c 100; } >torn.jsonl
	run --separate-stderr ml-log ls torn.jsonl
	[ "$status" -eq 0 ] && [ "${#lines[@]}" -eq 4 ]
	[[ $stderr == 'ml-log: warning: torn.jsonl: behind line 3 stands a part of a line (100 bytes), which is left out [W-TORN]' ]] || fail "$stderr"
	# Whatever the members are, nothing breaks.
	cat >odd.jsonl <<-'END'
		{"tool":"x","inputs":5,"models":{"a":1},"outputs":"o","metrics":[1],"picked":"p","options":7,"run":3,"exit":"no"}
		{"tool":"y","inputs":[7,null,{"sha256":9}],"picked":[1,{"options":[]}],"metrics":{"auc":"high"},"error":3,"args":[1,{}]}
	END
	for c in ls 'show 1' 'show 2' 'diff 1 2' 'diff --all 1 2'; do
		ml-log $c odd.jsonl >/dev/null
		ml-log $c --json odd.jsonl >/dev/null
		ml-log $c --to table odd.jsonl >/dev/null
	done
	refused 66 E-OPEN 'cannot be opened' -- ml-log show 1 nowhere
	refused 64 E-USAGE 'expected a COMMAND' -- ml-log
	: >empty.jsonl
	[ "$(ml-log ls empty.jsonl | wc -l)" -eq 1 ]
}

@test "ml-log: a run that wrote what it read is not behind itself, and circles end" {
	table
	ml-clean --log runs.jsonl t.csv -o t2.csv
	ml-clean --log runs.jsonl t2.csv -o t3.csv
	cmp t.csv t2.csv
	ml-log show 2 runs.jsonl | grep -q '^behind it,run 1 '
	[ "$(ml-log show 1 runs.jsonl | grep -c '^behind it,run 2')" -eq 1 ] # it wrote the same bytes
}
