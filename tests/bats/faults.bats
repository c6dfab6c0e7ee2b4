#!/usr/bin/env bats
# faults.bats - full disks, failing calls, signals: what is told, and what is left behind.
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	awk 'BEGIN { print "x,z,c,y"; for (i = 1; i < 400; i++) print i * 7 % 19 "," i * i % 23 ".5," substr("uvw", i % 3 + 1, 1) "," i * 5 % 17 + i }' >t.csv
	awk 'BEGIN { print "x,z,c,y"; for (i = 1; i < 60000; i++) print i * 7 % 19 "," i * i % 23 ".5," substr("uvw", i % 3 + 1, 1) "," i * 5 % 17 + i }' >big.csv
	PATH=${ML_BIN:-$BATS_TEST_DIRNAME/../../build/bin}:$PATH
	ml-fit -q linear -y y t.csv >m.mls
	ml-clean -b -y y t.csv >t.mls
	ml-clean -q -y y --impute mean --save s.mls t.csv >/dev/null
	ml-predict -q -m m.mls t.csv >p.csv
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	ln -s "$BATS_FILE_TMPDIR"/* .
}

# Every tool in every mode that writes.
commands() {
	cat <<-'END'
		ml-clean t.csv
		ml-clean -b t.csv
		ml-clean t.mls
		ml-clean -b t.mls
		ml-clean --dedupe t.csv
		ml-clean --apply s.mls t.csv
		ml-clean --impute mean --discard t.csv
		ml-clean --to tsv big.csv
		ml-split --folds 3 t.csv
		ml-split --folds 3 -b t.csv
		ml-split --test 0.3 --rest part t.csv
		ml-split --hash x --folds 3 big.csv
		ml-split --hash x --test 0.3 --rest part t.csv
		ml-feat --scale standard --discard t.csv
		ml-feat --scale standard -b t.mls
		ml-feat --apply s.mls big.csv
		ml-fit -q linear -y y t.csv
		ml-fit -q logistic -y c t.csv
		ml-fit --list
		ml-predict -q -m m.mls t.csv
		ml-predict -q -m m.mls -b t.csv
		ml-predict -q -m m.mls t.mls
		ml-predict -q -m m.mls --on-error keep big.csv
		ml-eval -q -y y p.csv
		ml-eval -q -y y --json p.csv
		ml-show m.mls
		ml-show --json m.mls
		ml-show --coef m.mls
	END
}

@test "a full device: 74 and a message, every tool, every mode" {
	[ -c /dev/full ] && [ -w /dev/full ] || skip "no /dev/full"
	n=0
	while IFS= read -r command <&3; do
		rm -f part
		code=0
		$command >/dev/full 2>err || code=$?
		[ $code -eq 74 ] && grep -q '^ml-[a-z]*: .*No space left on device \[E-IO\]$' err && [ "$(wc -l <err)" -eq 1 ] ||
			fail "$command: $code $(cat err)"
		[ ! -e part ] || [[ $command == *--test* ]] || fail "$command: a part"
		n=$((n + 1))
	done 3< <(commands)
	[ $n -gt 20 ]
}

@test "a file that cannot grow (-o, --save, --rest, --reject, --shards, --log): 74, no file, no temporary file" {
	while IFS= read -r command <&3; do
		rm -f out
		code=0
		(trap '' XFSZ; ulimit -f 1; exec $command) 2>err || code=$?
		[ $code -eq 74 ] && grep -q 'File too large \[E-IO\]$' err || fail "$command: $code $(cat err)"
		[ ! -e out ] && [ ! -e out000.csv ] && [ -z "$(ls -A | grep '^\.')" ] || fail "$command left $(ls -A)"
	done 3<<-'END'
		ml-clean -o out t.csv
		ml-clean -b -o out t.csv
		ml-fit -q linear -y y -o out big.csv
		ml-predict -q -m m.mls -o out t.csv
		ml-split --test 0.5 --rest out -o /dev/null t.csv
		ml-split --shards 1 --prefix out t.csv
		ml-split --hash x --test 0.5 --rest out -o /dev/null big.csv
		ml-clean --range x=0..1 --reject out -o /dev/null t.csv
		ml-feat --onehot y --poly x,z --degree 3 --save out -o /dev/null t.csv
	END
}

@test "-o to a device or a pipe writes there and does not replace it" {
	[ -c /dev/full ] && [ -w /dev/full ] || skip "no /dev/full"
	mkfifo pipe
	ml-clean -o pipe t.csv &
	cat pipe | cmp - t.csv
	wait $!
	[ -p pipe ]
	run ml-clean -o /dev/full t.csv
	[ "$status" -eq 74 ]
	[ -c /dev/full ]
	ml-clean -o /dev/null t.csv
	[ -c /dev/null ]
}

@test "two outputs in one file are refused before anything is written" {
	echo old >out
	refused 64 E-USAGE "--reject and -o are the same file" -- ml-clean --range x=0..3 --reject out -o out t.csv
	refused 64 E-USAGE "--reject and -o are the same file" -- ml-predict -m m.mls --reject out -o out t.csv
	refused 64 E-USAGE "--save and -o are the same file" -- ml-clean --impute mean --save out -o out t.csv
	refused 64 E-USAGE "--save and -o are the same file" -- ml-feat --scale minmax --save out -o out t.csv
	refused 64 E-USAGE "--rest and -o are the same file" -- ml-split --test 0.5 --rest out -o out t.csv
	[ "$(cat out)" = old ]
}

@test "-o through a link, over a file that is also the input, keeping its permissions" {
	cp t.csv real.csv
	chmod 640 real.csv
	ln -s real.csv link.csv
	ml-clean --no-header -d ';' link.csv -o link.csv
	[ -L link.csv ]
	[ "$(head -1 real.csv)" = c1 ]
	[ "$(wc -l <real.csv)" -eq 401 ]
	[ "$(stat -c %a real.csv)" = 640 ]
	refused 73 E-OPEN "nowhere/out" -- ml-clean t.csv -o nowhere/out
	mkdir dir
	refused 73 E-OPEN "dir" -- ml-clean t.csv -o dir
}

# sweep FAULT CALLS STATUSES CHECK COMMAND...: the fault at the 1st, 2nd, ... call until it is not reached.
# path=FILE: of calls on this file alone.
sweep() {
	local fault=$1 calls=$2 statuses=$3 check=$4 call i code reached=0
	shift 4
	for call in ${calls//,/ }; do
		for ((i = 1; i <= 60; i++)); do
			echo old >out
			code=0
			strace -f -qq -o trace ${path:+-P "$path"} -e trace="$call" -e inject="$call:$fault:when=$i" "$@" >std 2>err </dev/null || code=$?
			grep -qE 'INJECTED|killed by' trace || break
			reached=$((reached + 1))
			[[ " $statuses " == *" $code "* ]] || fail "$call $i: status $code: $(cat err)"
			eval "$check" || fail "$call $i: $(ls -A), $(head -c 100 out | cat -v), $(cat err)"
		done
	done
	echo "$reached" >reached
	[ $reached -gt 0 ] || fail "no call reached"
}

can_trace() {
	command -v strace >/dev/null || skip "no strace"
	strace -o /dev/null -e inject=write:error=EIO:when=99 true 2>/dev/null || skip "strace may not trace here"
	nm -D "$BIN/ml-clean" 2>/dev/null | grep -q __asan && skip "sanitizers call for themselves"
	nm "$BIN/ml-clean" 2>/dev/null | grep -q __gcov && skip "gcov writes for itself"
	return 0
}

@test "-o: killed at any system call, the whole old file or the whole new one" {
	can_trace
	ml-fit -q linear -y y t.csv >new
	sweep signal=SIGKILL openat,write,fsync,close,rename,renameat,renameat2,unlink '137 0' \
		'cmp -s out new || [ "$(cat out)" = old ]' ml-fit -q linear -y y -o out t.csv
	rm -f .ml-*
	ml-clean --to tsv t.csv >new
	sweep signal=SIGKILL openat,write,fsync,close,rename '137 0' \
		'cmp -s out new || [ "$(cat out)" = old ]' ml-clean --to tsv -o out t.csv
}

@test "-o: a call that fails is told with 74 or 73, the old file stays, no temporary file" {
	can_trace
	ml-clean --to tsv t.csv >new
	for error in EIO ENOSPC; do
		# The last fsync is the directory's, when the new file is there already.
		sweep error=$error write,fsync,rename,renameat,renameat2 '74 73' \
			'{ [ "$(cat out)" = old ] || { [ $call = fsync ] && cmp -s out new; }; } && [ -z "$(ls -A | grep "^\.")" ] && [ "$(wc -l <err)" -eq 1 ]' ml-clean --to tsv -o out t.csv
	done
	# What is written, and not only the file behind it.
	sweep error=ENOSPC write 74 '[ "$(wc -l <err)" -eq 1 ]' ml-predict -q -m m.mls big.csv
}

@test "an input that fails in the middle is told with 74, and the output is not taken for whole" {
	can_trace
	for command in 'ml-clean big.csv' 'ml-clean -b big.csv' 'ml-predict -q -m m.mls big.csv' 'ml-split --folds 2 big.csv'; do
		path=big.csv sweep error=EIO read 74 \
			'grep -q "big.csv: .*Input/output error \[E-IO\]$" err && { [ ! -s std ] || ! ml-clean std >/dev/null 2>&1; }' $command
	done
	path=m.mls sweep error=EIO read 74 'grep -q "m.mls.*\[E-IO\]$" err && [ ! -s std ]' ml-predict -q -m m.mls t.csv
	path=t.mls sweep error=EIO read 74 'grep -q "t.mls.*\[E-IO\]$" err' ml-clean t.mls
}

@test "interrupted calls are tried again" {
	can_trace
	ml-clean big.csv >want
	for faults in 'read big.csv' 'write out' 'fsync out'; do
		echo old >out
		call=${faults% *} path=${faults#* }
		# Every third one; of reads those of the tool's own and not the loader's.
		strace -f -qq -o trace $([ $call != read ] || echo -P $path) -e trace=$call -e inject=$call:error=EINTR:when=1+3 ml-clean -o out big.csv 2>err || fail "$call: $(cat err)"
		grep -q INJECTED trace || fail "$call was not reached"
		cmp want out || fail "$call"
	done
}

@test "SIGTERM in the middle of the work leaves the old file and no other" {
	for signal in TERM INT; do
		echo old >out
		mkfifo fifo
		env --default-signal=INT,HUP,TERM ml-clean --range x=0..100 --reject rejects -o out fifo &
		pid=$!
		exec 9>fifo
		cat big.csv >&9
		for _ in {1..50}; do
			ls -A | grep -q '^\.ml-' && break
			sleep 0.05
		done
		ls -A | grep -q '^\.ml-' || fail "no temporary file seen"
		kill -$signal $pid
		exec 9>&-
		code=0
		wait $pid || code=$?
		[ $code -eq $((128 + $(kill -l $signal))) ] || fail "$signal: $code"
		[ "$(cat out)" = old ] && [ -z "$(ls -A | grep '^\.ml-')" ] && [ ! -e rejects ] || fail "$(ls -A)"
		rm fifo
	done
}

@test "| head -1: silent death by SIGPIPE, CSV and binary" {
	for command in 'ml-clean big.csv' 'ml-clean -b big.csv' 'ml-predict -q -m m.mls big.csv' 'ml-feat --apply s.mls -q big.csv' 'ml-split --folds 2 big.csv'; do
		run --separate-stderr bash -c "$command | head -c 5 >/dev/null; exit \${PIPESTATUS[0]}"
		[ "$status" -eq 141 ] && [ -z "$stderr" ] || fail "$command: $status $stderr"
	done
}

@test "a failed producer's CSV is refused by every tool, with its note (E-UPSTREAM)" {
	(cat t.csv; echo oops,1,u,2) >bad.csv
	ml-predict -q -m m.mls bad.csv >poisoned 2>/dev/null && fail "went through" || true
	for command in ml-clean 'ml-clean -b' 'ml-feat --drop x' 'ml-split --folds 2' 'ml-split --hash x --folds 2' 'ml-predict -q -m m.mls --prefix p_' \
		'ml-fit -q linear -y y' 'ml-eval -q -y y'; do
		code=0
		$command <poisoned >out2 2>err || code=$?
		[ $code -eq 65 ] && grep -q "ml-predict: bad.csv:401: x: 'oops' is not a number.*\[E-UPSTREAM\]$" err || fail "$command: $code $(cat err)"
	done
	# Other programs see an open quote.
	command -v python3 >/dev/null || skip "no python3 for a second opinion"
	! python3 -c 'import csv; list(csv.reader(open("poisoned"), strict=True))' 2>/dev/null || false
}

@test "a failed producer's binary table is refused by every tool (E-STREAM), wherever it ended" {
	size=$(stat -c %s t.mls)
	for cut in 40 $((size / 2)) $((size - 1)); do
		head -c $cut t.mls >cut.mls
		for command in ml-clean 'ml-clean -b' 'ml-feat --drop x' 'ml-split --folds 2' 'ml-predict -q -m m.mls' 'ml-fit -q linear' 'ml-eval -q -y y --pred y'; do
			code=0
			$command <cut.mls >out2 2>err || code=$?
			[ $code -eq 65 ] && grep -q '\[E-STREAM\]$' err || fail "$command at $cut: $code $(cat err)"
		done
	done
	run -65 --separate-stderr bash -c 'ml-clean --strict --impute mean -y y -b <(printf "x,y\r\n1,2\n3,4\n") 2>/dev/null | ml-fit -q linear'
	[[ $stderr == *"[E-EMPTY]" || $stderr == *"[E-STREAM]" ]] || fail "$stderr"
}
