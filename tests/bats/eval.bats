#!/usr/bin/env bats
# eval.bats - ml-eval: what it judges, what it refuses, what it prints.
load helper

data=$BATS_TEST_DIRNAME/../data/metrics

# refused_input STATUS TAG TEXT INPUT OPTIONS...: the same with a table on standard input.
refused_input() {
	local code=$1 tag=$2 text=$3
	printf "$4" >in.csv
	shift 4
	refused "$code" "$tag" "$text" -- ml-eval "$@" in.csv
}

# value METRIC[,CLASS] FILE: its value in tidy output.
value() {
	awk -F, -v m="$1" '$1 "," $2 == m || ($1 == m && $2 == "") { print $3 }' "$2"
}

# near A B: equal to 1e-12 relative.
near() {
	awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && d <= 1e-12 * (b < 0 ? -b : b)) }' ||
		fail "$1 is not $2"
}

# A figure of the JSON files beside the tables.
figure() {
	grep -oE "\"$1\": [0-9.e-]+" "$2" | head -1 | cut -d' ' -f2
}

@test "ml-eval: two classes, as scikit-learn" {
	ml-eval -y y --prob prob "$data/metrics_binary.csv" >got
	while read -r ours theirs; do
		near "$(value "$ours" got)" "$(figure "$theirs" "$data/metrics_binary.json")"
	done <<-END
		accuracy accuracy
		balanced-accuracy balanced_accuracy
		precision precision
		recall recall
		f1 f1
		mcc mcc
		kappa kappa
		auc auc
		average-precision average_precision
		log-loss logloss
		brier brier
	END
	[ "$(value confusion,0=1 got)" = 16 ]
	[ "$(value confusion,1=0 got)" = 28 ]
}

@test "ml-eval: several classes, as scikit-learn; columns of probabilities are told by their names" {
	ml-eval -y y --prob 'p_*' "$data/metrics_multi.csv" >got
	while read -r ours theirs; do
		near "$(value "$ours" got)" "$(figure "$theirs" "$data/metrics_multi.json")"
	done <<-END
		accuracy accuracy
		f1-macro f1_macro
		f1-weighted f1_weighted
		precision-macro precision_macro
		recall-macro recall_macro
		mcc mcc
		kappa kappa
		log-loss logloss
		auc-macro auc_ovr_macro
	END
	# Another order of columns and rows changes nothing.
	awk -F, -v OFS=, '{ print $6, $2, $4, $1, $3, $5 }' "$data/metrics_multi.csv" >other.csv
	{ head -1 other.csv; tail -n +2 other.csv | sort; } >sorted.csv
	ml-eval -y y --prob 'p_*' sorted.csv | cmp - got
}

@test "ml-eval: numbers, as scikit-learn" {
	ml-eval -y y "$data/metrics_reg.csv" >got
	while read -r ours theirs; do
		near "$(value "$ours" got)" "$(figure "$theirs" "$data/metrics_reg.json")"
	done <<-END
		rmse rmse
		mae mae
		median-ae medae
		r2 r2
		mape mape
		explained-variance explained_variance
		max-error max_error
	END
}

@test "ml-eval: all scores tied is an area of 0.5 exactly, without a word" {
	printf 'y,p\n0,0.5\n1,0.5\n0,0.5\n1,0.5\n' >in.csv
	run -0 --separate-stderr ml-eval -y y --score p --metric auc in.csv
	[ "${lines[1]}" = auc,,0.5,,,4 ]
	[ -z "$stderr" ]
}

@test "ml-eval: the area of one class is NA and W-UNDEFINED, an error under --strict" {
	printf 'y,p\n1,0.2\n1,0.9\n' >in.csv
	run -0 --separate-stderr ml-eval -y y --score p --metric auc in.csv
	[ "${lines[1]}" = auc,,NA,,,2 ]
	[[ $stderr == *"[W-UNDEFINED]" ]]
	run -65 --separate-stderr ml-eval -y y --score p --metric auc --strict in.csv
	[ -z "$output" ]
}

@test "ml-eval: a missing truth, prediction, probability, score or weight is refused with its line" {
	refused_input 65 E-MISSING 'in.csv:2: p:' 'y,p\n1,\n2,2\n' -y y --pred p
	refused_input 65 E-MISSING 'in.csv:3: y:' 'y,pred\na,a\n,a\n' -y y
	refused_input 65 E-MISSING 'in.csv:3: p:' 'y,p\na,0.5\nb,\n' -y y --prob p
	refused_input 65 E-MISSING 'in.csv:3: s:' 'y,s\na,0.5\nb,NA\n' -y y --score s
	refused_input 65 E-MISSING 'in.csv:2: w:' 'y,pred,w\na,a,\nb,a,1\n' -y y --weight w
}

@test "ml-eval: no rows are refused" {
	refused_input 65 E-NOROWS 'no rows' 'y,pred\n' -y y
	refused_input 65 E-NOROWS 'weight 0' 'y,pred,w\na,a,0\nb,a,0\n' -y y --weight w
}

@test "ml-eval: what is no probability is refused" {
	refused_input 65 E-RANGE 'in.csv:3: p: 1.2' 'y,p\na,0.2\nb,1.2\n' -y y --prob p
	refused_input 65 E-RANGE 'sum to 0.9' 'y,prob:a,prob:b\na,0.2,0.8\nb,0.5,0.4\n' -y y
	refused_input 65 E-TYPE "'p' holds text" 'y,p\na,low\nb,high\n' -y y --prob p
	refused_input 65 E-COLUMNS "class 'c'" 'y,prob:a,prob:b\na,0.2,0.8\nc,0.5,0.5\n' -y y
	refused_input 65 E-COLUMNS "which class is 'p1'" 'y,p1,p2\na,0.2,0.8\nb,0.5,0.5\n' -y y --prob p1,p2
}

@test "ml-eval: absent columns are named" {
	refused_input 64 E-USAGE '-y COLUMN' 'y,pred\na,a\n' --metric f1
	refused_input 65 E-TARGET "'z'" 'y,pred\na,a\n' -y z
	refused_input 65 E-COLUMNS '--pred' 'y,guess\na,a\n' -y y
	refused_input 65 E-COLUMNS 'auc needs' 'y,pred\na,a\n' -y y --metric auc
}

@test "ml-eval: metrics: the nearest name, the other task, an unknown class" {
	refused_input 64 E-USAGE "did you mean 'accuracy'" 'y,pred\na,a\n' -y y --metric acuracy
	refused_input 64 E-USAGE 'mae is for numbers' 'y,pred\na,a\n' -y y --metric mae
	refused_input 64 E-USAGE 'f1 is for classes' 'y,pred\n1,2.5\n' -y y --metric f1
	refused_input 64 E-USAGE "'c' is no class" 'y,pred\na,b\n' -y y --metric f1:c
	refused_input 64 E-USAGE 'single class' 'y,pred\na,b\n' -y y --metric accuracy:a
}

@test "ml-eval: -q with one metric prints a bare number" {
	printf 'y,pred\na,b\nb,b\nb,b\na,a\n' >in.csv
	[ "$(ml-eval -q -y y --metric accuracy in.csv)" = 0.75 ]
	[ "$(ml-eval -q -y y --metric recall:a in.csv)" = 0.5 ]
	[ "$(ml-eval -q -y y --metric auc --score s <<<$'y,s\n1,2\n1,3')" = NA ]
}

@test "ml-eval: metrics in lists, repeated, by other names" {
	printf 'y,pred\na,b\nb,b\nb,b\na,a\n' >in.csv
	ml-eval -y y --metric acc,f1_macro --metric recall:a in.csv | cut -d, -f1,2 >got
	printf 'metric,class\naccuracy,\nf1-macro,\nrecall,a\n' | cmp - got
}

@test "ml-eval: a gate that fails is status 1 and one line; the output is whole" {
	printf 'y,pred\na,b\nb,b\nb,b\na,a\n' >in.csv
	run -1 --separate-stderr ml-eval -y y --metric accuracy --gate 'accuracy>=0.8' in.csv
	[ "$output" = $'metric,class,value,lo,hi,n\naccuracy,,0.75,,,4' ]
	[ "$stderr" = 'ml-eval: gate failed: accuracy is 0.75, expected >= 0.8 [E-GATE]' ]
	for gate in 'accuracy>=0.75' 'accuracy <= 0.75' 'accuracy==0.75' 'accuracy<0.8' 'recall:a>0.4'; do
		run -0 --separate-stderr ml-eval -y y --metric accuracy --gate "$gate" in.csv
		[ -z "$stderr" ]
	done
	run -1 ml-eval -y y --metric accuracy --gate 'recall:a>0.5' --gate 'f1>0' -o out.csv in.csv
	[ "$(wc -l <out.csv)" = 2 ]
	refused_input 64 E-USAGE "'f1 > x'" 'y,pred\na,a\n' -y y --gate 'f1 > x'
}

@test "ml-eval: a gate on a metric that is not defined fails" {
	printf 'y,s\n1,2\n1,3\n' >in.csv
	run -1 --separate-stderr ml-eval -y y --score s --metric auc --gate 'auc>=0' in.csv
	[[ $stderr == *'gate failed: auc is NA, expected >= 0 [E-GATE]' ]]
}

@test "ml-eval: two number columns are numbers, W-TASK when they may be classes" {
	printf 'y,pred\n1,1\n0,0\n1,0\n' >in.csv
	run -0 --separate-stderr ml-eval -y y --metric mae in.csv
	[[ $stderr == *"[W-TASK]" ]]
	run -0 --separate-stderr ml-eval -y y --metric accuracy --task classify in.csv
	[ -z "$stderr" ]
}

@test "ml-eval: 1 and 1.0 are one class among numbers, two among texts, and it says so" {
	printf 'y,pred\n1.0,1\n0,0\n' >in.csv
	run -0 --separate-stderr ml-eval -y y --task classify --metric accuracy in.csv
	[ "${lines[1]}" = accuracy,,1,,,2 ]
	[[ $stderr == *"as numbers: '1' and '1.0' are one class [W-LABELS]" ]]
	printf 'y,pred\n1.0,1\na,a\n' >in.csv
	run -0 --separate-stderr ml-eval -y y --cat y,pred --metric accuracy in.csv
	[ "${lines[1]}" = accuracy,,0.5,,,2 ]
	[[ $stderr == *"are two classes [W-LABELS]" ]]
}

@test "ml-eval: the positive class is the last one, or --positive" {
	printf 'y,pred,p\nno,no,0.1\nyes,no,0.4\nyes,yes,0.8\nno,no,0.3\n' >in.csv
	[ "$(ml-eval -q -y y --metric recall in.csv)" = 0.5 ]
	[ "$(ml-eval -q -y y --metric recall --positive no in.csv)" = 1 ]
	[ "$(ml-eval -q -y y --prob p --metric auc in.csv)" = 1 ]
	[ "$(ml-eval -q -y y --prob p --positive no --metric auc in.csv)" = 0 ]
}

@test "ml-eval: weight 2 equals the row twice" {
	printf 'y,prob:a,prob:b,w\na,0.8,0.2,2\nb,0.5,0.5,1\na,0.4,0.6,1\nb,0.1,0.9,3\n' >w.csv
	awk -F, 'NR == 1 { print } NR > 1 { for (i = 0; i < $4; i++) print }' w.csv >twice.csv
	ml-eval -y y --weight w w.csv | cut -d, -f1-3 >got
	ml-eval -y y twice.csv | cut -d, -f1-3 | cmp - got
}

@test "ml-eval: --by reports all rows, then each level, the missing one last" {
	printf 'y,pred,g\na,a,x\nb,a,\na,b,x\nb,b,\nb,b,v\n' >in.csv
	ml-eval -y y --metric accuracy --by g in.csv >got
	cmp - got <<-END
		slice,metric,class,value,lo,hi,n
		,accuracy,,0.6,,,5
		g=v,accuracy,,1,,,1
		g=x,accuracy,,0.5,,,2
		g=,accuracy,,0.5,,,2
	END
}

@test "ml-eval: bootstrap intervals hold the value and do not depend on threads" {
	for j in 1 3; do
		ml-eval -y y --prob prob --metric auc,f1 --bootstrap 200 --seed 5 -j $j "$data/metrics_binary.csv" >got$j
	done
	cmp got1 got3
	awk -F, 'NR > 1 && !($4 < $3 && $3 < $5) { exit 1 }' got1
	ml-eval -y y --prob prob --metric auc,f1 --bootstrap 200 --seed 6 "$data/metrics_binary.csv" >other
	! cmp -s got1 other || false
}

@test "ml-eval: curves go from corner to corner" {
	ml-eval -y y --prob prob --curve roc "$data/metrics_binary.csv" >roc
	[ "$(sed -n 1,2p roc)" = $'class,threshold,fpr,tpr\n1,,0,0' ]
	[[ $(tail -1 roc) == 1,*,1,1 ]]
	ml-eval -y y --prob prob --curve pr "$data/metrics_binary.csv" >pr
	[ "$(sed -n 2p pr)" = 1,,1,0 ]
	ml-eval -y y --prob prob --curve calibration --bins 10 "$data/metrics_binary.csv" >cal
	[ "$(wc -l <cal)" = 11 ]
	[ "$(awk -F, 'NR > 1 { n += $6 } END { print n }' cal)" = 192 ]
	ml-eval -y y --prob 'p_*' --curve roc "$data/metrics_multi.csv" | cut -d, -f1 | uniq >classes
	[ "$(paste -sd, classes)" = class,bus,opel,saab,van ]
	refused 64 E-USAGE 'for classes' -- ml-eval -y y --curve roc "$data/metrics_reg.csv"
}

@test "ml-eval: --to table aligns, --json is JSON" {
	ml-eval -y y --pred pred --prob prob --to table "$data/metrics_binary.csv" >got
	grep -qE '^accuracy +0\.770833  192$' got
	grep -qE '^0 +109  16$' got
	ml-eval -y y --prob prob --json "$data/metrics_binary.csv" >got.json
	python3 -c 'import json; d = json.load(open("got.json")); assert d["classes"] == ["0", "1"], d
assert d["slices"][0]["confusion"] == [[109, 16], [28, 39]]' || skip "no python3"
}

@test "ml-eval: labels with separators come out whole" {
	printf 'y,pred\n"a,b",x=y\nx=y,x=y\n' >in.csv
	ml-eval -y y --metric confusion in.csv >got
	grep -qxF 'confusion,"a,b=x\=y",1,,,1' got
	[ "$(ml-eval -q -y y --metric 'recall:a\,b' in.csv)" = 0 ]
}
