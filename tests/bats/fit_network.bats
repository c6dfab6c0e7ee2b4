#!/usr/bin/env bats
# fit_network.bats - networks as users fit them: options, breaks, checkpoints, steps that are too long.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	awk 'BEGIN { srand(5); print "id,age,income,city,w,spent,left"
		for (i = 1; i <= 600; i++) {
			age = int(18 + 60 * rand()); inc = int(900 + 3000 * rand())
			city = substr("ABCDE", 1 + int(5 * rand()), 1) "-town"
			s = age / 30 - inc / 2000 + (city == "C-town") + rand() - 1
			print i "," (i % 13 ? age : "") "," inc "," (i % 11 ? city : "") "," 1 + i % 4 "," \
				1e6 * s * s + 3e5 * age "," (s > 1.2 ? "much" : s > 0.3 ? "yes" : "no")
		} }' >t.csv
}

fit() { ml-fit mlp -q -y left --id id --ignore w,spent --layers 12 --batch-size 50 --epochs 12 "$@"; }

field() { # field FILE COLUMN: its values
	awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$1"
}

@test "ml-fit mlp: raw columns, weights, any threads: the same bytes; other seeds, another model" {
	fit --weight w -j1 t.csv >a.mls
	fit --weight w -j2 t.csv >b.mls
	fit --weight w -j5 t.csv >c.mls
	cmp a.mls b.mls
	cmp a.mls c.mls
	fit --weight w --seed 1 t.csv >d.mls
	run -1 cmp -s a.mls d.mls
	ml-check a.mls
	ml-predict -q -P -m a.mls t.csv | ml-eval -y left --metric accuracy --gate 'accuracy>=0.6'
	ml-fit mlp -q -y spent --id id --ignore w,left --epochs 100 t.csv >r.mls
	ml-predict -q -m r.mls t.csv | ml-eval -q -y spent --metric r2 --gate 'r2>=0.9'
}

@test "ml-fit mlp: the options tell of themselves, and --history of each epoch" {
	ml-fit mlp --help >help
	local name
	for name in layers activation loss dropout batch-norm solver momentum schedule warm-up weight-decay clip \
		batch-size epochs patience; do
		grep -q -- "--$name\|--no-$name" help || fail "$name"
	done
	ml-fit --describe | tr -d ' \n' | grep -q '"name":"dropout"'
	fit --schedule cosine --epochs 4 --validation 0.3 --validation-metric accuracy --history h.csv t.csv >m.mls
	[ "$(field h.csv iteration | tr '\n' ' ')" = "1 2 3 4 " ]
	field h.csv learning_rate | sort -grc
	field h.csv valid_metric | awk '!($1 > 0.2 && $1 <= 1) { exit 1 }'
	[ "$(ml-show m.mls | grep -c 'fit     4 iterations')" -eq 1 ]
}

@test "ml-fit mlp: ml-tune finds its space in the option table" {
	ml-tune random --space mlp --trials 3 --print -- 'ml-fit mlp {set}' >out
	[ "$(grep -c -- 'learning-rate' out)" -eq 3 ]
}

@test "ml-fit --checkpoint: cut short at any time, the same command ends with the same bytes" {
	local i
	fit --epochs 300 --patience 1000 --dropout 0.2 --validation 0.2 --checkpoint never.ck -o whole.mls t.csv
	fit --epochs 300 --patience 1000 --dropout 0.2 --validation 0.2 t.csv >plain.mls
	cmp whole.mls plain.mls
	for i in 1 2 3 4 5 6; do
		timeout -s KILL 0.$((i % 3))5 ml-fit mlp -q -y left --id id --ignore w,spent --layers 12 --batch-size 50 \
			--epochs 300 --patience 1000 --dropout 0.2 --validation 0.2 --checkpoint run.ck \
			--checkpoint-every 0 -o cut.mls t.csv || true
		[ ! -e run.ck ] || ml-check run.ck
	done
	[ -e run.ck ]
	fit --epochs 300 --patience 1000 --dropout 0.2 --validation 0.2 --checkpoint run.ck -o cut.mls t.csv
	cmp whole.mls cut.mls
	# It is over; once more there is nothing to do.
	fit --epochs 300 --patience 1000 --dropout 0.2 --validation 0.2 --checkpoint run.ck -o again.mls t.csv
	cmp whole.mls again.mls
	ml-predict -q -m run.ck t.csv | cmp - <(ml-predict -q -m whole.mls t.csv)
}

@test "ml-fit --checkpoint: --max-seconds in turns, to the bytes of one run" {
	fit --epochs 400 --patience 1000 --batch-norm t.csv >whole.mls
	local i turns=0
	for i in 0.01 0.03 0.05 0.1 0.2 0.4 1 10 100; do
		fit --epochs 400 --patience 1000 --batch-norm --max-seconds $i --checkpoint run.ck t.csv >part.mls
		ml-check part.mls
		turns=$((turns + 1))
		[ "$(ml-show part.mls | grep -o 'fit     [0-9]*')" = 'fit     400' ] && break
	done
	[ $turns -gt 1 ]
	cmp <(ml-predict -q -P -m whole.mls t.csv) <(ml-predict -q -P -m part.mls t.csv)
}

@test "ml-fit --checkpoint: more epochs than were meant, by --update, are those of one run" {
	fit --epochs 5 --dropout 0.1 --checkpoint run.ck t.csv >/dev/null
	fit --epochs 12 --dropout 0.1 t.csv >whole.mls
	fit --epochs 7 --dropout 0.1 --update run.ck t.csv >more.mls
	cmp <(ml-predict -q -P -m whole.mls t.csv) <(ml-predict -q -P -m more.mls t.csv)
	# From a finished model the optimiser begins anew, and the epochs go on.
	fit --epochs 5 --dropout 0.1 t.csv >part.mls
	fit --epochs 7 --dropout 0.1 --update part.mls t.csv >other.mls
	ml-show other.mls | grep -q 'fit     12 iterations'
	run -1 cmp -s more.mls other.mls
	refused 64 E-USAGE "--loss squared: the model's is cross-entropy" -- ml-fit -q mlp --loss squared --update part.mls t.csv
}

@test "ml-fit --checkpoint: what is not of this run is refused, and left alone" {
	fit --checkpoint run.ck t.csv >/dev/null
	local sum
	sum=$(cksum <run.ck)
	refused 64 E-USAGE "run.ck: the file is of another run" -- ml-fit mlp -q -y left --id id --ignore w,spent --layers 12 --batch-size 50 --epochs 13 --checkpoint run.ck t.csv
	refused 64 E-USAGE "of another run" -- ml-fit mlp -q -y left --id id --ignore w,spent --layers 12 --batch-size 50 --epochs 12 --seed 9 --checkpoint run.ck t.csv
	head -500 t.csv >less.csv
	refused 64 E-USAGE "of another run" -- ml-fit mlp -q -y left --id id --ignore w,spent --layers 12 --batch-size 50 --epochs 12 --checkpoint run.ck less.csv
	fit t.csv >plain.mls
	cp plain.mls model.ck
	refused 65 E-MODEL "no fit that was put by" -- ml-fit mlp -q -y left --id id --ignore w,spent --layers 12 --batch-size 50 --epochs 12 --checkpoint model.ck t.csv
	[ "$sum" = "$(cksum <run.ck)" ]
	head -c 900 run.ck >cut.ck
	refused 65 E-STREAM "cut.ck" -- ml-fit mlp -q -y left --id id --ignore w,spent --layers 12 --batch-size 50 --epochs 12 --checkpoint cut.ck t.csv
	refused 64 E-USAGE "'boost' cannot be put by" -- ml-fit -q boost -y left --checkpoint x.ck t.csv
	refused 64 E-USAGE "--update and --checkpoint" -- ml-fit -q mlp --update plain.mls --checkpoint x.ck t.csv
	refused 64 E-USAGE "--checkpoint and -o are the same file" -- ml-fit -q mlp -y left --checkpoint x -o x t.csv
	refused 73 E-OPEN "none/x.ck" -- ml-fit mlp -q -y left --id id --ignore w,spent --layers 12 --batch-size 50 --epochs 12 --checkpoint none/x.ck t.csv
}

@test "ml-fit mlp: steps that are too long are told, huge columns too; nothing is written" {
	refused 65 E-DIVERGED "smaller --learning-rate than 1e+300" -- ml-fit -q mlp -y spent --id id --ignore w,left --solver sgd --learning-rate 1e300 t.csv
	awk -F, -v OFS=, 'NR > 1 { $3 = $3 "e300" } { print }' t.csv >huge.csv
	refused 65 E-DIVERGED "" -- ml-fit -q mlp -y left --id id --ignore w,spent --scale none huge.csv
	fit huge.csv >m.mls # standardised
	ml-predict -q -m m.mls huge.csv >/dev/null
}

@test "ml-fit mlp: one row, one column, n < p, a constant target" {
	printf 'a,y\n1,2.5\n2,2.5\n3,2.5\n' >same.csv
	ml-fit -q mlp -y y same.csv >m.mls
	ml-predict -q -m m.mls same.csv | field /dev/stdin pred | awk '$1 < 2.4 || $1 > 2.6 { exit 1 }'
	printf 'a,b,y\n1,4,x\n2,7,z\n' >two.csv
	ml-fit -q mlp -y y --batch-norm two.csv >m.mls
	ml-predict -q -m m.mls two.csv >/dev/null
	(printf 'y'; for i in $(seq 50); do printf ',c%d' "$i"; done; echo
		for r in 1 2 3 4 5; do printf '%d' "$r"; for i in $(seq 50); do printf ',%d' $((i * r * 7919 % 101)); done; echo; done) >wide.csv
	ml-fit -q mlp -y y --layers 3 wide.csv >m.mls
	ml-check m.mls
}
