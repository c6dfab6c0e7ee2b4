#!/usr/bin/env bats
# cli.bats - what all tools have in common: command line, help, messages, exit statuses, output,
# signals, journal.
load helper

# A table, and one with an oddity that is warned of (mixed line ends).
table() { printf 'x,y,c\n1,2,a\n2,3,b\n3,5,a\n4,4,b\n5,7,a\n'; }
odd_table() { printf 'x,y\r\n1,2\n3,4\n'; }

@test "every tool: --help goes to stdout, exits with 0, says nothing else" {
	for t in $(tools); do
		run --separate-stderr "$t" --help
		[ "$status" -eq 0 ] || fail "$t: status $status"
		[ -z "$stderr" ] || fail "$t: $stderr"
		[[ ${lines[0]} == "usage: $t"* ]] || fail "$t: ${lines[0]}"
		run -0 --separate-stderr "$t" -h
		[[ ${lines[0]} == "usage: $t"* ]]
	done
}

@test "every tool: no line of an option's help passes 79 columns" {
	for t in $(tools); do
		"$t" --help | grep -E '^ *-|^ {20}' | awk -v t="$t" 'length > 79 { print t ": " $0; bad = 1 }
			END { exit bad }'
	done
}

@test "every tool: --version names the tool and a version" {
	for t in $(tools); do
		run -0 --separate-stderr "$t" --version
		[[ $output =~ ^"$t (mlutils) "[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "$output"
	done
}

@test "every tool: its option tables are right, and no name means two things" {
	for t in $(tools); do
		run --separate-stderr "$t" --mdoc
		[ "$status" -eq 0 ] || fail "$stderr"
		[[ $output == *".It Fl h , Fl -help"* ]]
	done
}

@test "every tool: --describe is one line of JSON" {
	command -v python3 >/dev/null || skip "no python3 to read JSON"
	for t in $(tools); do
		"$t" --describe >it.json
		[ "$(wc -l <it.json)" -eq 1 ]
		python3 -c 'import json, sys; d = json.load(open("it.json")); assert d["tool"] == sys.argv[1]
assert any(o["name"] == "help" for g in d["shared"] for o in g["options"])' "$t"
	done
}

@test "every tool: completion scripts are made, and bash reads its own" {
	for t in $(tools); do
		for shell in bash fish zsh; do
			"$t" --completion $shell >it.$shell
			grep -q -e '-l help' -e '--help' it.$shell
		done
		bash -n it.bash
	done
}

@test "bash completion: words of an option, options of an algorithm, algorithms" {
	source <(ml-fit --completion bash)
	complete_line() {
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		_ml_fit
		echo "${COMPREPLY[*]}"
	}
	[ "$(complete_line ml-fit --completion '')" = "bash fish zsh" ]
	[[ " $(complete_line ml-fit '') " == *" ridge "* ]]
	[[ " $(complete_line ml-fit ridge --al) " == *" --alpha "* ]]
	[[ " $(complete_line ml-fit --al) " != *" --alpha "* ]]
	[ "$(complete_line ml-fit --see)" = "--seed" ]
}

@test "every tool: SYNOPSIS in the manual equals the usage lines" {
	command -v mandoc >/dev/null || skip "no mandoc"
	local n=0
	for t in $(tools); do
		page=$BIN/../man/$t.1
		[ -e "$page" ] || continue
		n=$((n + 1))
		manual=$(mandoc -Tascii -Owidth=500 "$page" | sed 's/.\x08//g' |
			sed -n '/^SYNOPSIS/,/^[A-Z]/ { /^[A-Z]/d; p; }' | tr -s ' \n' ' ')
		usage=$("$t" --help | sed -n '/^$/q; p' | sed 's/^usage://' | tr -s ' \n' ' ')
		[ "$manual" = "$usage" ] || fail "$t: manual '$manual', usage '$usage'"
	done
	[ $n -gt 0 ] || skip "no manual pages are built"
}

@test "ml-fit ALGORITHM --help and --describe are about the algorithm" {
	run -0 --separate-stderr ml-fit ridge --help
	[[ ${lines[0]} == "usage: ml-fit ridge "* ]]
	[[ $output == *--alpha* ]]
	[[ $output != *--delimiter* ]]
	run -0 --separate-stderr ml-fit --describe ridge
	[[ $output == *'"name":"ridge"'* && $output == *'"name":"alpha"'* && $output != *logistic* ]]
}

@test "an unknown option is refused in one line, with the nearest known one" {
	refused 64 E-USAGE "unknown option '--foo'; see ml-fit --help" -- ml-fit --foo
	refused 64 E-USAGE "'--sede' (did you mean '--seed'?)" -- ml-fit --sede 3
	refused 64 E-USAGE "'--no-heder' (did you mean '--no-header'?)" -- ml-fit --no-heder
	refused 64 E-USAGE "unknown option '-Z'" -- ml-fit -Z
	for t in $(tools); do
		refused 64 E-USAGE "unknown option '--nothing-like-that'; see $t --help" -- \
			"$t" --nothing-like-that
	done
}

@test "names are not abbreviated" {
	refused 64 E-USAGE "unknown option '--verb'" -- ml-fit --verb
	refused 64 E-USAGE "unknown option '--t'" -- ml-fit --t
}

@test "a missing or wrong value is refused, naming the option and what it takes" {
	refused 64 E-USAGE "option '--seed' needs a value N" -- ml-fit ridge --seed
	refused 64 E-USAGE "option '-o' needs a value FILE" -- ml-fit ridge -o
	refused 64 E-USAGE "option '--seed': 'x' is not a whole number" -- ml-fit ridge --seed x
	refused 64 E-USAGE "option '--threads': 0 is out of range (1..1024)" -- ml-fit ridge -j0
	refused 64 E-USAGE "option '--from': 'cvs' is none of csv, tsv (did you mean 'csv'?)" -- \
		ml-fit ridge --from cvs
	refused 64 E-USAGE "option '--strict' takes yes or no, not 'maybe'" -- ml-fit --strict=maybe
	refused 64 E-USAGE "option '--no-strict' takes no value" -- ml-fit --no-strict=no
	refused 64 E-USAGE "option '--delimiter': 'ab' is not one ASCII character" -- ml-fit ridge -d ab
	refused 64 E-USAGE "option '--delimiter' cannot be '\"'" -- ml-fit ridge '-d"'
	refused 64 E-USAGE "option '--max-field': '1Q' is not a size" -- ml-fit ridge --max-field 1Q
	refused 64 E-USAGE "option '--alpha': '1,5' is not a number" -- ml-fit ridge --alpha 1,5
}

@test "an unknown algorithm, and options of another one, are refused with a hint" {
	refused 64 E-USAGE "no ALGORITHM 'rigde' (did you mean 'ridge'?)" -- ml-fit rigde
	refused 64 E-USAGE "option '--alpha' must stand behind its ALGORITHM (" -- ml-fit --alpha 1 ridge
	refused 64 E-USAGE "'dummy' has no option '--alpha' (it is one of " -- ml-fit dummy --alpha 1
	refused 64 E-USAGE "see ml-fit ridge --help" -- ml-fit ridge --alhpa 1
	refused 64 E-USAGE "option '--set': 'ridge' has no hyperparameter 'alpah' (did you mean 'alpha'?)" -- \
		ml-fit ridge --set alpah=1
	refused 64 E-USAGE "option '--set' takes NAME=VALUE, not 'alpha'" -- ml-fit ridge --set alpha
}

@test "texts that come into tables and models are UTF-8; names of files are any bytes" {
	printf 'c,y\nx,1\nz,2\n' >t.csv
	refused 64 E-USAGE "option '--map': 'c=x:\\xFF' is not UTF-8" -- ml-clean --map $'c=x:\xff' --discard t.csv
	refused 64 E-USAGE "option '--impute': 'const=\\xC3' is not UTF-8" -- ml-clean --impute $'const=\xc3' --discard t.csv
	refused 64 E-USAGE "option '--na': " -- ml-clean --na $'\xff' t.csv
	refused 64 E-USAGE "option '--order': " -- ml-feat --ordinal c --order $'\xff' --discard t.csv
	refused 64 E-USAGE "option '--prefix': " -- ml-predict --prefix $'\xff' -m m.mls t.csv
	refused 64 E-USAGE "option '--ignore': " -- ml-fit linear -y y --ignore $'\xff' t.csv
	cp t.csv $'t\xff.csv'
	ml-clean -o $'out\xff.csv' $'t\xff.csv'
	cmp $'out\xff.csv' t.csv
	ml-split --shards 1 --prefix $'part\xff-' t.csv
	cmp $'part\xff-'* t.csv
}

@test "options may be written in all GNU ways, and stand anywhere" {
	table >t.csv
	ml-fit ridge -y y --ignore c --alpha 10 t.csv >want.mls
	ml-fit ridge --target=y --ignore=c --alpha=10 t.csv >a.mls
	ml-fit -yy --ignore c ridge t.csv >b.mls --alpha 10
	ml-fit -y y ridge --set alpha=10 --ignore c -- t.csv >c.mls
	ml-fit ridge t.csv -qj2 -yy --ignore c --alpha 1 --alpha 1e1 >d.mls
	ml-fit ridge --target y --ignore c --alpha 10 - <t.csv >e.mls
	for m in a b c d e; do cmp want.mls $m.mls; done
}

@test "a message has at most 512 bytes, no control bytes, one line" {
	long=$(printf 'x%.0s' {1..3000})
	for bad in "--$long" "--seed=$long" $'--a\x1b[31m\nb' $'--seed=\x1b]0;t\x07\r\n' $'--seed=\xff\xfe'; do
		run --separate-stderr ml-fit ridge "$bad"
		[ "$status" -eq 64 ]
		ml-fit ridge "$bad" 2>err || true
		[ "$(wc -l <err)" -eq 1 ]
		[ "$(wc -c <err)" -le 512 ]
		! tr -d '\n' <err | grep -q '[[:cntrl:]]' || false
		[[ $stderr == *" [E-USAGE]" ]]
	done
}

@test "help to a full disk, and to a closed output, fails with 74" {
	[ -w /dev/full ] || skip "no /dev/full"
	for t in $(tools); do
		run --separate-stderr bash -c '"$0" --help >/dev/full' "$t"
		[ "$status" -eq 74 ] || fail "$t: $status"
		[[ $stderr == *"No space left on device [E-IO]" ]]
		run --separate-stderr bash -c '"$0" --help >&-' "$t"
		[ "$status" -eq 74 ] || fail "$t: $status"
	done
}

@test "a closed standard descriptor is an error, and no other file takes its place" {
	table >t.csv
	run --separate-stderr bash -c 'ml-clean --dedupe --discard <&-'
	[ "$status" -ne 0 ]
	run --separate-stderr bash -c 'ml-clean t.csv >&-'
	[ "$status" -eq 74 ] || fail "$status $stderr"
	cmp t.csv <(table)
	run bash -c 'ml-clean --bogus 2>&-'
	[ "$status" -eq 64 ]
	ml-clean t.csv -o out.csv >&-
	cmp t.csv out.csv
}

@test "no model and no binary table to a terminal" {
	script -qec true /dev/null >/dev/null 2>&1 || skip "no script(1), or no terminal to make"
	table >t.csv
	run script -qec 'ml-fit ridge -y y --ignore c t.csv' /dev/null
	[ "$status" -eq 64 ] || fail "$status $output"
	[[ $output == *"refusing to write a model to a terminal"*"[E-USAGE]"* ]]
	run script -qec 'ml-clean -b t.csv' /dev/null
	[ "$status" -eq 64 ]
}

@test "-o: a failed run leaves the old file and no other" {
	table >t.csv
	echo old >m.mls
	run ml-fit ridge -y nothing t.csv -o m.mls
	[ "$status" -eq 65 ]
	[ "$(cat m.mls)" = old ]
	[ "$(ls -A)" = $'m.mls\nt.csv' ] || fail "$(ls -A)"
}

@test "| head -1 ends silently by SIGPIPE" {
	(echo a,b; yes 1,2 | head -n 300000) >big.csv
	run --separate-stderr bash -c 'ml-clean big.csv | head -n 1; exit "${PIPESTATUS[0]}"'
	[ "$status" -eq 141 ] || fail "$status"
	[ "$output" = a,b ]
	[ -z "$stderr" ]
}

@test "SIGTERM and SIGINT end a tool that waits for input, and leave no file" {
	for signal in TERM INT HUP; do
		mkfifo pipe
		# A background job of a shell without job control ignores SIGINT otherwise, and nohup SIGHUP.
		env --default-signal=INT,HUP,TERM ml-fit ridge -y y -o m.mls pipe &
		pid=$!
		exec 9<>pipe
		printf 'x,y\n1,2\n' >&9
		sleep 0.3
		kill -$signal $pid
		code=0
		wait $pid || code=$?
		exec 9>&-
		[ $code -eq $((128 + $(kill -l $signal))) ] || fail "$signal: $code"
		rm pipe
		[ -z "$(ls -A)" ] || fail "$(ls -A)"
	done
}

@test "--max-seconds: a fit that is cut short says so and writes a valid model" {
	awk 'BEGIN { print "a,b,y"; for (i = 0; i < 20000; i++) print i * 7 % 1013 "," i * 11 % 997 "," (i * i % 7 < 3 ? "no" : "yes") }' >t.csv
	run -0 --separate-stderr ml-fit logistic -y y --max-seconds 0.001 t.csv -o m.mls
	[[ $stderr == "ml-fit: warning: "*" [W-ITER]" ]] || fail "$stderr"
	ml-check m.mls
}

@test "a warning is one line, -q hides it, --strict makes the run fail" {
	run -0 --separate-stderr bash -c "odd() { printf 'x,y\r\n1,2\n3,4\n'; }; odd | ml-clean"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "ml-clean: warning: "*" [W-EOL]" ]] || fail "$stderr"
	odd_table >odd.csv
	run -0 --separate-stderr ml-clean -q odd.csv
	[ -z "$stderr" ]
	run --separate-stderr ml-clean --strict odd.csv -o out.csv
	[ "$status" -eq 65 ]
	[[ $stderr == *"ml-clean: 1 warning under --strict [E-STRICT]" ]]
	[ ! -e out.csv ]
}

@test "a CSV that was begun when the run failed is refused downstream" {
	odd_table >odd.csv
	run --separate-stderr bash -c 'set -o pipefail; ml-clean --strict odd.csv 2>/dev/null | ml-clean'
	[ "$status" -eq 65 ]
	[[ $stderr == "ml-clean: "*"1 warning under --strict [E-STRICT]"*"[E-UPSTREAM]" ]] || fail "$stderr"
}

@test "ML_THREADS stands in for -j, and must be a number of threads" {
	ML_THREADS=none refused 64 E-USAGE "ML_THREADS in the environment is 'none'" -- ml-clean
	table >t.csv
	ML_THREADS=1 ml-clean t.csv
	ML_THREADS=none ml-clean -j1 t.csv
}

@test "--max-memory: what does not fit fails with 71" {
	command -v nm >/dev/null && nm -D "$BIN/ml-clean" | grep -q __asan && skip "sanitizers reserve all memory"
	(echo a,b; seq 1 300000 | sed 's/$/,longer text than that/') >big.csv
	ml-clean --text b -b big.csv >/dev/null
	refused 71 E-NOMEM "out of memory" -- ml-clean --text b -b --max-memory 8M big.csv -o out.mls
	[ ! -e out.mls ]
}

@test "--log: one line of JSON a run, failed ones too" {
	command -v python3 >/dev/null || skip "no python3 to read JSON"
	table >t.csv
	ml-fit ridge -y y --ignore c --seed 7 -j1 t.csv --log runs.jsonl >m.mls
	ML_LOG=runs.jsonl run ml-fit ridge -y nothing t.csv
	ML_LOG=ignored.jsonl ml-clean t.csv --log runs.jsonl >/dev/null
	ML_LOG=runs.jsonl ml-clean --help >/dev/null
	[ ! -e ignored.jsonl ]
	[ "$(wc -l <runs.jsonl)" -eq 3 ]
	python3 - <<-'END'
		import json, re
		fit, failed, clean = map(json.loads, open("runs.jsonl"))
		assert fit["tool"] == "ml-fit" and fit["exit"] == 0 and "error" not in fit
		assert fit["args"][:3] == ["ridge", "-y", "y"]
		assert fit["seed"] == 7 and fit["threads"] == 1
		assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", fit["start"])
		assert fit["wall_seconds"] >= 0 and fit["cpu_seconds"] > 0 and fit["peak_memory_bytes"] > 1e5
		assert fit["picked"][0]["name"] == "ridge" and "alpha" in fit["picked"][0]["options"]
		assert failed["exit"] == 65 and failed["error"]["code"] == "E-TARGET"
		assert "nothing" in failed["error"]["message"]
		assert clean["tool"] == "ml-clean" and clean["exit"] == 0
	END
}

@test "--log: lines of runs at the same time do not mix" {
	table >t.csv
	for i in {1..40}; do
		ml-clean t.csv --log runs.jsonl >/dev/null &
	done
	wait
	[ "$(wc -l <runs.jsonl)" -eq 40 ]
	[ "$(grep -c '^{"tool":"ml-clean",.*}$' runs.jsonl)" -eq 40 ]
}

@test "a journal that cannot be written is an error" {
	table >t.csv
	refused 73 E-OPEN "the journal cannot be opened" -- ml-clean t.csv --log nowhere/runs.jsonl
	[ -w /dev/full ] || skip "no /dev/full"
	run --separate-stderr ml-clean t.csv --log /dev/full
	[ "$status" -eq 74 ]
	[[ $stderr == *"No space left on device [E-IO]" ]]
}
