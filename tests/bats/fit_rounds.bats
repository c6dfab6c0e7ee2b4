#!/usr/bin/env bats
# fit_rounds.bats - what surrounds an iterative fit: held-out rows, metrics, history, constraints, more rounds, stops.
load helper

# A table of numbers and categories, with missing cells, weights and groups.
setup() {
	cd "$BATS_TEST_TMPDIR"
	awk 'BEGIN { srand(7); print "id,age,income,city,kind,w,visit,left"
		for (i = 1; i <= 900; i++) {
			age = int(18 + 60 * rand()); inc = int(900 + 3000 * rand())
			city = substr("ABCDEFGHIJ", 1 + int(10 * rand()), 1) "-town"
			s = age / 30 - inc / 2000 + (city == "C-town") + 1.5 * rand() - 1.2
			print i "," (i % 13 ? age : "") "," inc "," (i % 11 ? city : "") "," \
				i % 3 + 1 "," 1 + i % 4 "," int((i + 2) / 3) "," (s > 0.5 ? "yes" : "no")
		} }' >t.csv
}

fit() { ml-fit -q boost -y left --id id --ignore w,visit --min-samples-leaf 5 --trees 80 --learning-rate 0.3 "$@"; }

# Predictions of the two models are the same.
alike() {
	cmp <(ml-predict -q -P -m "$1" t.csv) <(ml-predict -q -P -m "$2" t.csv)
}

field() { # field FILE COLUMN: its values
	awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$1"
}

@test "ml-fit --validation: the rows that ml-split would hold out, or another file: the same model" {
	fit --validation 0.25 --seed 3 t.csv >share.mls
	ml-split --test 0.25 --stratify left --seed 3 -o train.csv --rest held.csv t.csv
	fit --validation-file held.csv --seed 3 train.csv >file.mls
	alike share.mls file.mls
	fit --seed 3 train.csv >all.mls
	run -0 ml-show --json file.mls
	[[ $output == *'"validation":{"input-1":{"rows":225,"sha256":"'"$(sha256sum <held.csv | cut -c1-64)"* ]] ||
		[[ $(tr -d ' \n' <<<"$output") == *'"validation":{"input-1":{"rows":225,'* ]]
	[ "$(ml-show all.mls | grep -c 'fit     80 iterations')" -eq 1 ]
	! ml-show file.mls | grep -q 'fit     80 iterations' || false
	ml-check share.mls file.mls
}

@test "ml-fit --validation: whole groups, the latest rows; the lineage counts them and -v tells" {
	run -0 --separate-stderr ml-fit -v boost -y left --id id --ignore w --group visit --validation 0.2 t.csv -o g.mls
	[[ $stderr == *"ml-fit: 180 of 900 rows are held out and judge the fit"* ]] || fail "$stderr"
	[[ $stderr == *", validation 0."* ]] || fail "$stderr"
	ml-show --json g.mls | tr -d ' \n' | grep -q '"removed":{"validation":180}'
	# The same rows as ml-split takes.
	ml-split --test 0.2 --group visit --stratify left -o train.csv --rest held.csv t.csv
	ml-fit -q boost -y left --id id --ignore w,visit --validation-file held.csv train.csv >f.mls
	alike g.mls f.mls
	ml-fit -q boost -y left --ignore w,visit --time id --validation 100 t.csv >t.mls
	head -801 t.csv >train.csv
	(head -1 t.csv; tail -100 t.csv) >held.csv
	ml-fit -q boost -y left --ignore w,visit --time id --validation-file held.csv train.csv >f.mls
	alike t.mls f.mls
}

@test "ml-fit --validation: steps are learned from the training rows alone, and applied to the others" {
	ml-split --test 0.3 --stratify left -o train.csv --rest held.csv t.csv
	sed -i '2s/,[A-J]-town,/,Z-town,/' held.csv
	for encode in onehot ordinal; do
		run -0 --separate-stderr fit --encode $encode --impute median --validation-file held.csv train.csv -o v.mls
		fit --encode $encode --impute median train.csv >w.mls
		ml-show v.mls | sed -n '/^step 3: boost/q;p' >v.txt
		ml-show w.mls | sed -n '/^step 3: boost/q;p' | cmp - v.txt
		grep -q '^step 2' v.txt
	done
	run -0 --separate-stderr ml-fit boost -y left --id id --ignore w,visit --validation-file held.csv train.csv -o v.mls
	[[ $stderr == *"held-out rows: column 'city': 1 in categories that training had not [W-UNSEEN]"* ]] || fail "$stderr"
}

@test "ml-fit --validation-file: columns by name, classes of training, weights, binary tables; what it refuses" {
	ml-split --test 0.3 --stratify left -o train.csv --rest held.csv t.csv
	fit --validation-file held.csv train.csv >a.mls
	awk -F, 'BEGIN { OFS = "," } { print $8, $5, $4, "x" NR, $3, $2, $1, $6, $7 }' held.csv >turned.csv
	fit --validation-file turned.csv train.csv >b.mls
	alike a.mls b.mls
	ml-clean -y left --id id --ignore w,visit -b train.csv >train.bin
	fit --validation-file held.csv train.bin >b.mls
	alike a.mls b.mls
	ml-feat -y left --id id --ignore w,visit --bins age=4 -b train.csv >train.bin
	ml-feat -q -y left --id id --ignore w,visit --bins age=4 --save s.mls -o /dev/null train.csv
	ml-feat -q -y left --id id --ignore w,visit --apply s.mls -b held.csv >held.bin
	fit --validation-file held.csv train.bin >a.mls
	fit --validation-file held.bin train.bin >b.mls
	alike a.mls b.mls
	refused 65 E-CHAIN "held.bin: the table has been through step 'bins'" -- ml-fit -q boost -y left --validation-file held.bin train.csv
	sed '5s/,[a-z]*$/,maybe/' held.csv >bad.csv
	refused 65 E-TARGET "bad.csv:5: left: 'maybe' is no class that was learned" -- ml-fit -q boost -y left --validation-file bad.csv train.csv
	cut -d, -f1-7 held.csv >bad.csv
	refused 65 E-TARGET "bad.csv: no target column 'left'" -- ml-fit -q boost -y left --validation-file bad.csv train.csv
	cut -d, -f1-2,4- held.csv >bad.csv
	refused 65 E-COLUMNS "income" -- ml-fit -q boost -y left --validation-file bad.csv train.csv
	cut -d, -f1-5,7- held.csv >bad.csv
	refused 65 E-COLUMNS "bad.csv: no weight column 'w'" -- ml-fit -q boost -y left --weight w --validation-file bad.csv train.csv
	sed '7s/,[0-9]*,\([0-9]*,[a-z]*\)$/,-1,\1/' held.csv >bad.csv
	refused 65 E-TYPE "bad.csv:7: w: a negative weight" -- ml-fit -q boost -y left --weight w --validation-file bad.csv train.csv
	sed '9s/,[0-9]*/,old/' held.csv >bad.csv
	refused 65 E-TYPE "bad.csv:9: age: 'old' is not a number" -- ml-fit -q boost -y left --validation-file bad.csv train.csv
	refused 66 E-OPEN "none.csv" -- ml-fit -q boost -y left --validation-file none.csv train.csv
	refused 64 E-USAGE "one of them" -- ml-fit -q boost -y left --validation 0.2 --validation-file held.csv train.csv
	refused 64 E-USAGE "'logistic' does not look at held-out rows" -- ml-fit -q logistic -y left --validation 0.2 t.csv
	refused 65 E-TOOFEW "too few" -- ml-fit -q boost -y left --validation 900 t.csv
}

@test "ml-fit --validation: weights count in the loss, and class weights as in training" {
	ml-split --test 0.3 --stratify left -o train.csv --rest held.csv t.csv
	# Weight 2 is the row twice.
	awk -F, 'BEGIN { OFS = "," } NR == 1 { print; next } { for (i = 0; i < $6; i++) { $6 = 1; print } }' held.csv >twice.csv
	awk -F, 'BEGIN { OFS = "," } NR == 1 { print; next } { n = $6; $6 = 1; for (i = 0; i < n; i++) print }' held.csv >twice.csv
	local o=(-q boost -y left --id id --ignore visit --weight w --trees 40)
	ml-fit "${o[@]}" --validation-file held.csv --history a.csv train.csv >a.mls
	ml-fit "${o[@]}" --validation-file twice.csv --history b.csv train.csv >b.mls
	paste -d, <(field a.csv valid_loss) <(field b.csv valid_loss) |
		awk -F, '{ d = $1 - $2; if (d > 1e-12 || d < -1e-12) exit 1 }'
	# The loss of the model on these rows, by hand.
	ml-fit "${o[@]}" --class-weight yes=3 --trees 7 --patience 9 --validation-file held.csv --history c.csv train.csv >c.mls
	ml-predict -q -P -m c.mls held.csv >p.csv
	paste -d, <(field p.csv left) <(field p.csv prob:yes) <(field p.csv w) |
		awk -F, '{ w = $3 * ($1 == "yes" ? 3 : 1); s -= w * log($1 == "yes" ? $2 : 1 - $2); n += w } END { printf "%.9f\n", s / n }' >want
	field c.csv valid_loss | tail -1 | awk '{ printf "%.9f\n", $1 }' | cmp - want
}

@test "ml-fit --validation-metric: any metric of ml-eval, and its value is what ml-eval finds" {
	ml-split --test 0.3 --stratify left -o train.csv --rest held.csv t.csv
	local metric
	for metric in auc accuracy f1 log-loss brier f1:no balanced-accuracy; do
		fit --validation-file held.csv --validation-metric $metric --history h.csv train.csv >m.mls
		ml-predict -q -P -m m.mls held.csv | ml-eval -y left --metric $metric --json >e.json
		best=$(ml-show --json m.mls | grep -o '"validation": *[0-9.e-]*' | grep -o '[0-9.e-]*$')
		awk -v a="$best" -v b="$(ml-predict -q -P -m m.mls held.csv | ml-eval -y left --metric $metric | awk -F, 'NR == 2 { print $3 }')" \
			'BEGIN { d = a - b; exit !(a != "" && d < 1e-12 && d > -1e-12) }' || fail "$metric: $best"
		# The rounds that are kept are those of the best value.
		kept=$(ml-show m.mls | grep -o 'fit     [0-9]*' | grep -o '[0-9]*$')
		[ "$(field h.csv valid_metric | sed -n "${kept}p")" = "$best" ] || fail "$metric at $kept"
	done
	ml-fit -q boost -y income --id id --ignore w,visit --validation 0.2 --validation-metric mae t.csv >m.mls
	refused 64 E-USAGE "no metric 'acuracy', did you mean 'accuracy'?" -- ml-fit -q boost -y left --validation 0.2 --validation-metric acuracy t.csv
	refused 64 E-USAGE "rmse is for numbers" -- ml-fit -q boost -y left --validation 0.2 --validation-metric rmse t.csv
	refused 64 E-USAGE "needs --validation" -- ml-fit -q boost -y left --validation-metric auc t.csv
}

@test "ml-fit --validation-metric: where it is not defined no round can be judged" {
	(head -1 t.csv; grep ',yes$' t.csv) >yes.csv
	refused 65 E-RANGE "not defined" -- ml-fit -q boost -y left --validation-file yes.csv --validation-metric auc t.csv
}

@test "ml-fit: held-out rows, a metric and constraints give the same bytes for any number of threads" {
	local j
	for j in 1 3 8; do
		fit -j $j --validation 0.3 --validation-metric auc --monotone age:+ --interactions 'age,income' --history h.csv t.csv >$j.mls
		cut -d, -f1-5 h.csv >$j.csv
	done
	cmp 1.mls 3.mls
	cmp 1.mls 8.mls
	cmp 1.csv 8.csv
}

@test "ml-fit --patience: rounds go on so long behind the best one" {
	fit --validation 0.3 --patience 6 --history h.csv t.csv >m.mls
	kept=$(ml-show m.mls | grep -o 'fit     [0-9]*' | grep -o '[0-9]*$')
	[ "$(field h.csv iteration | tail -1)" -eq $((kept + 6)) ]
	[ "$(field h.csv valid_loss | sort -g | head -1)" = "$(field h.csv valid_loss | sed -n "${kept}p")" ]
}

@test "ml-fit --history: a line an iteration, written as it ends; the model does not change" {
	fit t.csv >a.mls
	fit --history h.csv t.csv >b.mls
	cmp a.mls b.mls
	[ "$(head -1 h.csv)" = iteration,train_loss,valid_loss,valid_metric,learning_rate,seconds,rows_per_second,peak_memory_bytes,cpu_percent ]
	[ "$(field h.csv iteration | tr '\n' ' ')" = "$(seq -s ' ' 80) " ]
	field h.csv train_loss | sort -gr | cmp - <(field h.csv train_loss)
	[ "$(field h.csv learning_rate | sort -u)" = 0.3 ]
	[ -z "$(field h.csv valid_loss | tr -d '\n')" ]
	field h.csv peak_memory_bytes | awk '$1 < 1e6 || $1 > 1e9 { exit 1 }'
	field h.csv seconds | sort -gc
	# Other estimators that iterate write theirs.
	ml-fit -q logistic -y left --id id --history l.csv t.csv >l.mls
	[ "$(field l.csv iteration | tail -1)" = "$(ml-show l.mls | grep -o 'fit     [0-9]*' | grep -o '[0-9]*$')" ]
	field l.csv train_loss | sort -gr | cmp - <(field l.csv train_loss)
}

@test "ml-fit --history: it is there while the fit goes on, and stays when it fails" {
	mkfifo pipe
	fit --history pipe t.csv >a.mls &
	exec 4<pipe
	read -r line <&4
	[[ $line == iteration,* ]]
	read -r line <&4
	[[ $line == 1,* ]]
	cat <&4 >rest.csv
	exec 4<&-
	wait $!
	[ "$(wc -l <rest.csv)" -eq 79 ]
	refused 73 E-OPEN "none/h.csv" -- ml-fit -q boost -y left --history none/h.csv t.csv
	refused 64 E-USAGE "--history and -o are the same file" -- ml-fit boost -y left -o x --history x t.csv
	if [ -w /dev/full ]; then
		refused 74 E-IO "/dev/full" -- ml-fit -q boost -y left --history /dev/full t.csv
	fi
	# More than it may write is no reason to lose the lines before.
	(ulimit -f 1; trap '' XFSZ; ! fit --trees 2000 --history h.csv t.csv >m.mls 2>err) || fail "$(cat err)"
	grep -q E-IO err
	[ "$(wc -l <h.csv)" -gt 3 ]
}

@test "ml-fit --monotone: predictions never fall or rise against it, for the positive class" {
	local positive
	for positive in yes no; do
		fit --monotone 'age:+,inc*:-' --positive $positive t.csv >m.mls
		awk 'BEGIN { print "age,income,city,kind"; for (a = 15; a < 85; a++) print a ",2000,B-town,2" }' >age.csv
		awk 'BEGIN { print "age,income,city,kind"; for (i = 800; i < 4100; i += 25) print "44," i ",,1" }' >income.csv
		ml-predict -q -P --only -m m.mls age.csv >p.csv
		field p.csv prob:$positive | sort -gc
		ml-predict -q -P --only -m m.mls income.csv >p.csv
		field p.csv prob:$positive | sort -grc
	done
	ml-show --json m.mls | grep -q '"monotone": *"age:+,inc\*:-"'
	refused 64 E-USAGE "column 'city' holds categories" -- ml-fit -q boost -y left --monotone city:+ t.csv
	refused 64 E-USAGE "'age' is not COLUMNS:+ or COLUMNS:-" -- ml-fit -q boost -y left --monotone age t.csv
	refused 64 E-USAGE "cannot be + and - at once" -- ml-fit -q boost -y left --monotone 'age:+,a*:-' t.csv
	refused 65 E-COLUMNS "--monotone: no column" -- ml-fit -q boost -y left --monotone aeg:+ t.csv
	refused 64 E-USAGE "'ridge' does not know --monotone" -- ml-fit -q ridge -y income --monotone age:+ t.csv
	refused 64 E-USAGE "'logistic' does not know --interactions" -- ml-fit -q logistic -y left --interactions age t.csv
	run -0 --separate-stderr ml-fit boost -y left --id id --ignore w,visit --monotone 'age:+,id:+' t.csv -o m.mls
	[[ $stderr == *"column 'id' has the role of id, and so is no feature [W-ROLE]"* ]] || fail "$stderr"
}

@test "ml-fit --interactions: without them features add up" {
	# With every feature alone the score is a sum of functions of one feature each.
	fit --interactions 'age;income;city;kind' t.csv >m.mls
	awk 'BEGIN { print "age,income,city,kind"; for (i = 0; i < 16; i++)
		print (i % 2 ? 25 : 60) "," (int(i / 2) % 2 ? 1100 : 3300) "," (int(i / 4) % 2 ? "C-town" : "D-town") "," (int(i / 8) % 2 ? 1 : 3) }' >x.csv
	score() { ml-predict -q -P --only -m m.mls x.csv >p.csv; field p.csv prob:yes | awk '{ printf "%.12f\n", log($1 / (1 - $1)) }'; }
	additive() { awk '{ s[NR - 1] = $1 } END { for (i = 0; i < 16; i += 4) { d = s[i] - s[i + 1] - s[i + 2] + s[i + 3]; if (d > 1e-8 || d < -1e-8) exit 1 } }'; }
	score | additive
	# age and income may meet here, and do.
	fit --interactions 'age,income;city' t.csv >m.mls
	! score | additive || false
	refused 65 E-COLUMNS "--interactions: no column" -- ml-fit -q boost -y left --interactions 'age;salary' t.csv
}

@test "ml-fit --update: more rounds give the bytes of one run" {
	fit --trees 50 t.csv >whole.mls
	fit --trees 20 t.csv >part.mls
	ml-fit -q boost --update part.mls --id id --ignore w,visit --min-samples-leaf 5 --learning-rate 0.3 --trees 30 t.csv >more.mls
	alike whole.mls more.mls
	ml-check more.mls
	ml-show more.mls | grep -q 'fit     50 iterations'
	ml-show --json more.mls | tr -d ' \n' | grep -q '"updated":"[0-9a-f]\{64\}"'
	# Sampled rows and features as well, with the same seed.
	fit --trees 30 --subsample 0.6 --colsample 0.5 --seed 4 t.csv >whole.mls
	fit --trees 11 --subsample 0.6 --colsample 0.5 --seed 4 t.csv >part.mls
	fit --update part.mls --trees 19 --subsample 0.6 --colsample 0.5 --seed 4 t.csv >more.mls
	alike whole.mls more.mls
	# Held-out rows: what was best before may stay the best.
	ml-split --test 0.3 --stratify left -o train.csv --rest held.csv t.csv
	fit --trees 60 --patience 100 --validation-file held.csv train.csv >whole.mls
	kept=$(ml-show whole.mls | grep -o 'fit     [0-9]*' | grep -o '[0-9]*$')
	fit --trees 3 train.csv >part.mls
	fit --update part.mls --trees 57 --patience 100 --validation-file held.csv train.csv >more.mls
	alike whole.mls more.mls
	ml-show more.mls | grep -q "fit     $kept iterations"
	fit --update whole.mls --trees 20 --validation-file held.csv train.csv >more.mls
	alike whole.mls more.mls
}

@test "ml-fit --update: behind steps, with rows of its own, from binary tables" {
	head -601 t.csv >first.csv
	(head -1 t.csv; tail -300 t.csv) >second.csv
	ml-clean -q -y left --id id --ignore w,visit --impute median -b first.csv >first.bin
	ml-fit -q boost --trees 9 first.bin >part.mls
	ml-fit -q boost --trees 5 --update part.mls second.csv >more.mls
	ml-show more.mls | grep -q 'fit     14 iterations'
	ml-check more.mls
	ml-predict -q -m more.mls t.csv | ml-eval -y left --metric accuracy >e.csv
	# A table that has been through the first of the steps.
	ml-clean -q -y left --id id --ignore w,visit --impute median --save s.mls -o /dev/null first.csv
	ml-clean -q -y left --id id --ignore w,visit --apply s.mls -b second.csv >second.bin
	ml-fit -q boost --trees 5 --update part.mls second.bin >again.mls
	alike more.mls again.mls
}

@test "ml-fit --update: rows that came later were trained on, too (W-TRAINED)" {
	head -601 t.csv >first.csv
	(head -1 t.csv; tail -300 t.csv) >second.csv
	trained() { ml-predict -m "$1" "$2" 2>&1 >/dev/null | grep -c W-TRAINED; }
	fit --trees 3 first.csv >m.mls
	[ "$(trained m.mls first.csv)" -eq 1 ]
	[ "$(trained m.mls second.csv)" -eq 0 ]
	fit --trees 3 --update m.mls first.csv >same.mls
	[ "$(trained same.mls first.csv)" -eq 1 ]
	fit --trees 3 --update m.mls second.csv >both.mls
	[ "$(trained both.mls first.csv)" -eq 1 ]
	[ "$(trained both.mls second.csv)" -eq 1 ]
	fit --trees 3 --private --update m.mls second.csv >none.mls
	[ "$(trained none.mls second.csv)" -eq 0 ]
}

@test "ml-fit --update: what is not the model's is refused" {
	fit --trees 3 t.csv >m.mls
	ml-fit -q ridge -y income --ignore id t.csv >r.mls
	ml-clean -q -y left --impute median --save s.mls -o /dev/null t.csv
	refused 64 E-USAGE "the model is of 'boost', not of 'logistic'" -- ml-fit -q logistic --update m.mls t.csv
	refused 64 E-USAGE "'ridge' cannot go on from a model" -- ml-fit -q ridge --update r.mls t.csv
	refused 65 E-MODEL "no estimator to go on from" -- ml-fit -q boost --update s.mls t.csv
	refused 64 E-USAGE "--loss squared: the model's is logistic" -- ml-fit -q boost --loss squared --update m.mls t.csv
	refused 64 E-USAGE "the model's target is 'left', not 'kind'" -- ml-fit -q boost -y kind --update m.mls t.csv
	refused 64 E-USAGE "--update keeps the features" -- ml-fit -q boost --encode onehot --update m.mls t.csv
	sed '3s/,[a-z]*$/,maybe/' t.csv >bad.csv
	refused 65 E-TARGET "bad.csv:3: left: 'maybe' is no class that was learned" -- ml-fit -q boost --update m.mls bad.csv
	cut -d, -f1,3- t.csv >bad.csv
	refused 65 E-COLUMNS "'age'" -- ml-fit -q boost --update m.mls bad.csv
	head -c 1000 m.mls >cut.mls
	refused 65 E-STREAM "cut.mls" -- ml-fit -q boost --update cut.mls t.csv
	refused 66 E-OPEN "none.mls" -- ml-fit -q boost --update none.mls t.csv
}

@test "ml-fit boost: --max-seconds and SIGINT leave a valid model of the rounds there are" {
	run -0 --separate-stderr ml-fit boost -y left --id id --trees 1000000 --max-seconds 0.3 t.csv -o m.mls
	[[ $stderr == *"[W-ITER]"* ]] || fail "$stderr"
	ml-check m.mls
	ml-predict -q -m m.mls t.csv >p.csv
	# A shell has its background jobs ignore SIGINT.
	env --default-signal=INT ml-fit -q boost -y left --id id --trees 1000000 --history h.csv t.csv -o i.mls &
	local pid=$! i
	for i in $(seq 200); do
		[ -s h.csv ] && [ "$(wc -l <h.csv)" -gt 5 ] && break
		sleep 0.05
	done
	kill -INT $pid
	wait $pid
	ml-check i.mls
	kept=$(ml-show i.mls | grep -o 'fit     [0-9]*' | grep -o '[0-9]*$')
	[ "$(field h.csv iteration | tail -1)" -eq "$kept" ]
	# With held-out rows the best of them.
	run -0 ml-fit -q boost -y left --id id --trees 1000000 --patience 1000000 --validation 0.3 --max-seconds 0.3 t.csv -o m.mls
	ml-check m.mls
}

@test "ml-fit: rounds are told on a terminal, with the losses" {
	script -qec true /dev/null >/dev/null 2>&1 || skip "no script(1), or no terminal to make"
	run -0 script -qec 'ml-fit boost -y left --id id --ignore w,visit --validation 0.2 --validation-metric auc t.csv >m.mls' /dev/null
	[[ $output == *$'\r'"ml-fit: step 1 of 100, loss 0."*", validation 0."*", metric 0."* ]] || fail "$output"
}
