#!/usr/bin/env bats
# examples.bats - what examples/ teaches, done.
load helper

bats_require_minimum_version 1.5.0
examples=$BATS_TEST_DIRNAME/../../examples
export ML_BIN=$BIN

experiment() {
	cp -R "$examples/experiment" "$examples/data" . && chmod -R u+w . && cd experiment || return
}

runs() { wc -l <out/runs.jsonl; }

@test "experiment: make -j2 makes the table; a second make has nothing to do" {
	experiment
	make -s -j2 >table.txt
	[ "$(wc -l <table.txt)" -eq 8 ]
	grep -q '^dummy      auc       0.5000 +- 0.0000 (3)$' table.txt
	[ "$(runs)" -eq $((3 + 12 * 3)) ] || fail "$(runs) runs"
	make -s -j2 | cmp - table.txt
	[ "$(runs)" -eq 39 ]
	make -q out/table.txt
	# The same one at a time.
	make -s clean
	make -s | cmp - table.txt
}

@test "experiment: what changed is made again, and nothing else" {
	experiment
	make -s -j2 SEEDS='1 2' >/dev/null
	[ "$(runs)" -eq 26 ]
	make -s -j2 SEEDS='1 2' fit.shrunk='logistic -C 0.01' >/dev/null
	[ "$(runs)" -eq 32 ] # two fits, predictions, scores
	make -s -j2 SEEDS='1 2 3' fit.shrunk='logistic -C 0.01' >/dev/null
	[ "$(runs)" -eq 45 ] # a split, four of each
	touch ../data/churn.csv.gz
	make -s -j2 SEEDS=1 MODELS=dummy >/dev/null
	[ "$(runs)" -eq 49 ]
	[ "$(make -s runs SEEDS=1 MODELS=dummy | grep -c 'ml-fit')" -eq 15 ]
}

@test "experiment: a fit that fails leaves neither a model nor a table" {
	experiment
	run make -s SEEDS=1 MODELS='dummy bad' fit.bad='logistic -C 0'
	[ "$status" -ne 0 ]
	[[ $output == *'[E-USAGE]'* ]]
	[ ! -e out/bad.1.mls ] && [ ! -e out/bad.1.csv ] && [ ! -e out/table.txt ]
}

# The three best, as the table ml-log prints: values and points.
three() { sed -n 's/^ *[0-9]* *\(0\.[0-9]*\) *[0-9]* *\(logistic[^ ]*\( [^ ]*=[^ ]*\)*\).*/\1 \2/p'; }

@test "grid/xargs.sh: every point is tried once, and the best is the best" {
	"$examples/grid/xargs.sh" out >said.txt
	[ "$(ml-log ls --tool ml-fit out/runs.jsonl | sed 1d | wc -l)" -eq 9 ] # 8 points, and the last fit
	best=$(sed -n '/"log-loss"/s/.*"log-loss":\([0-9.]*\).*/\1/p' out/runs.jsonl | head -8 | sort -g | head -1)
	[ "$(ml-log best -q --metric log-loss --where number!=29 out/runs.jsonl | cut -d, -f2 | grep -c "^$best\$")" -ge 1 ]
	[ "$(three <said.txt | head -1 | cut -d' ' -f1)" = "$(printf '%.6g' "$best")" ]
	[[ $(tail -1 said.txt) == 0.* ]]
	three <said.txt >"$BATS_FILE_TMPDIR/three"
}

@test "grid/parallel.sh: stopped and resumed, no trial is lost or done twice" {
	command -v parallel >/dev/null && parallel --version 2>/dev/null | grep -q 'GNU parallel' || skip "no GNU parallel"
	"$examples/grid/parallel.sh" out >said.txt
	[[ $(head -1 said.txt) == [3-5]' of 8 trials done, then stopped' ]] || fail "$(cat said.txt)"
	grep -q '^8 fits in all$' said.txt
	[ "$(sed 1d out/jobs.log | cut -f9 | sort -u | wc -l)" -eq 8 ]
	[ "$(sed 1d out/jobs.log | cut -f7 | sort -u)" = 0 ]
	[ ! -e "$BATS_FILE_TMPDIR/three" ] || three <said.txt | cmp - "$BATS_FILE_TMPDIR/three"
}

# Is an sshd, or an ssh, left that was started with a file of this test's directory?
left() {
	for _ in {1..50}; do
		pgrep -f "sshd? .*$BATS_TEST_TMPDIR" >/dev/null || return 1
		sleep 0.1
	done
}

@test "grid/ssh.sh: both hosts fit, their journals join, and no sshd is left" {
	run "$examples/grid/ssh.sh" out
	[ "$status" -ne 77 ] || skip "$output"
	[ "$status" -eq 0 ] || fail "$output"
	! left || fail "$(pgrep -af "$BATS_TEST_TMPDIR")"
	[[ $output == *'node1: 4 fits'$'\n''node2: 4 fits'$'\n'* ]] || fail "$output"
	[ "$(ml-tune table --journal out/grid.jsonl | grep -c ',done,')" -eq 8 ]
	# What ml-tune was told is what the journals of the hosts say.
	[ "$(ml-tune best --journal out/grid.jsonl | tail -1 | cut -d, -f3)" = \
		"$(ml-log best -q --metric log-loss -n 1 out/node?.jsonl out/runs.jsonl | tail -1 | cut -d, -f2)" ]
	[ "$(ml-log ls out/runs.jsonl | grep -c ml-fit)" -eq 0 ]
	[ ! -e "$BATS_FILE_TMPDIR/three" ] || three <<<"$output" | cmp - "$BATS_FILE_TMPDIR/three"
}

@test "grid/ssh.sh: killed, it leaves no sshd" {
	for signal in TERM KILL; do
		"$examples/grid/ssh.sh" "$signal" >said.txt 2>&1 &
		pid=$!
		for _ in {1..100}; do
			[ -s "$signal/node1.jsonl" ] && break
			kill -0 $pid 2>/dev/null || break
			sleep 0.1
		done
		grep -q 'no sshd' said.txt && skip "$(cat said.txt)"
		kill -$signal $pid
		wait $pid || true
		! left || fail "$signal: $(pgrep -af "$BATS_TEST_TMPDIR")"
	done
}

@test "segments/segments.sh: every customer has a label, rows stay as they were, and segments mean something" {
	"$examples/segments/segments.sh" out >said.txt
	gzip -dc "$examples/data/churn.csv.gz" | tr -d '"' >plain.csv
	rev out/segments.csv | cut -d, -f2- | rev | cmp - plain.csv
	[ "$(sed 1d out/segments.csv | rev | cut -d, -f1 | rev | sort | uniq -c | wc -l)" -eq 4 ]
	# Who leaves differs by segment: the most and the least of the four.
	awk -F, '/^segment,/ { on = 1; next } on && NF == 3 && /^c/ { n++; rows += $2; if (n == 1) most = $3; least = $3 }
		END { if (n != 4 || rows != 7043 || most < 5 * least) { print n, rows, most, least; exit 1 } }' said.txt
	# The objective falls with each segment more.
	awk -F, 'NF == 2 && $1 + 0 == $1 { if (n++ && $2 >= before) exit 1; before = $2 } END { if (n != 7) exit 1 }' said.txt
	[ "$(tail -3 said.txt | cut -d, -f4 | grep -c '^c[1-4]$')" -eq 3 ]
	# The pipe of the page is the pipe of the script.
	(cd out && sed -n '/^```sh/,/^```/p' "$examples/segments/README.md" | sed '/^```/d' >pipe.sh && mv segments.csv was.csv && bash -e pipe.sh)
	cmp out/segments.csv out/was.csv
}
