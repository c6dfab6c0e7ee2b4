#!/usr/bin/env bats
# bounded.bats - tools that work row by row stay under 64 MiB, whatever the input's size.
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	# 8 MB of rows; 25 of them are the input.
	awk 'BEGIN { for (i = 0; i < 150000; i++) printf "k%06d,%d.%03d,%s,%.6f,%s,%d\n", i, i * 7919 % 10007, i % 1000, substr("uvwxyz", i % 6 + 1, 1), i / 7, (i % 5 ? "plain text" : "\"quoted, text\""), i % 2 }' >block
	echo id,a,c,x,t,y >head
	(cat head; head -2000 block) >small.csv
}

big() { cat "$BATS_FILE_TMPDIR/head"; for i in {1..25}; do cat "$BATS_FILE_TMPDIR/block"; done; }

# stays COMMAND...: feeds it 200 MB through a pipe that stays open, and looks at its peak before it ends.
stays() {
	command -v nm >/dev/null && nm -D "$BIN/ml-clean" | grep -q __asan && skip "sanitizers need memory of their own"
	[ -r /proc/self/status ] || skip "no /proc"
	rm -f fifo
	mkfifo fifo
	"$@" <fifo >out &
	local pid=$! peak
	exec 9>fifo
	big >&9
	peak=$(awk '/^VmHWM/ { print $2 }' /proc/$pid/status)
	exec 9>&-
	wait $pid || fail "$1 failed"
	[ "$peak" -gt 1000 ] || fail "peak $peak kB?"
	[ "$peak" -lt 65536 ] || fail "$*: peak of $peak kB"
}

@test "ml-clean: checks and rules over 200 MB of CSV" {
	stays ml-clean -q --range a=0..10007 --drop-missing id --reject rejects
	[ "$(wc -l <out)" -eq 3750001 ]
	[ "$(wc -l <rejects)" -eq 1 ]
}

@test "ml-split --hash: 200 MB of CSV into two parts" {
	stays ml-split --hash id --test 0.2 --rest rest
	[ $(($(wc -l <out) + $(wc -l <rest))) -eq 3750002 ]
}

@test "ml-predict: 200 MB of CSV" {
	ml-fit -q logistic -y y -f a,c,x "$BATS_FILE_TMPDIR/small.csv" >m.mls
	stays ml-predict -q -P --only -m m.mls
	[ "$(wc -l <out)" -eq 3750001 ]
}

@test "ml-feat --apply: 200 MB of CSV" {
	ml-feat -q --scale a=standard,x=standard --onehot c --save s.mls "$BATS_FILE_TMPDIR/small.csv" >/dev/null
	stays ml-feat -q --apply s.mls
	[ "$(wc -l <out)" -eq 3750001 ]
}

# quick COMMAND...: within 20 seconds of CPU, which another program's load does not shorten; what is
# quadratic in columns or bytes would take minutes.
quick() {
	(ulimit -t 20 && exec "$@")
}

@test "a row of a megabyte, 20,000 columns: bounded, quick, or refused" {
	awk 'BEGIN { for (j = 0; j < 20000; j++) printf "%sc%d", j ? "," : "", j; print ""; for (i = 0; i < 20; i++) { for (j = 0; j < 20000; j++) printf "%s%d", j ? "," : "", i * j; print "" } }' >wide.csv
	quick ml-clean -q wide.csv | cmp - wide.csv
	quick ml-clean -q -b wide.csv | quick ml-clean -q | cmp - wide.csv
	(echo a,b; head -c 1000000 /dev/zero | tr '\0' x; echo ,1) >long.csv
	quick ml-clean -q long.csv | cmp - long.csv
	(echo a,b; head -c 1100000 /dev/zero | tr '\0' x; echo ,1) >long.csv
	run -65 --separate-stderr quick ml-clean -q long.csv
	[[ $stderr == *"[E-LIMIT]" ]] || fail "$stderr"
	quick ml-clean -q --max-field 2M long.csv | cmp - long.csv
	(printf '"'; head -c 30000000 /dev/zero | tr '\0' '\n') >open.csv
	run -65 quick ml-clean -q open.csv
}

@test "a gzip bomb ends by a limit or a verdict, in bounded memory" {
	head -c 300000000 /dev/zero | tr '\0' 'x' | gzip -1 >bomb.gz
	[ "$(stat -c %s bomb.gz)" -lt 3000000 ]
	nm -D "$BIN/ml-clean" 2>/dev/null | grep -q __asan && skip "sanitizers need memory of their own"
	run -65 --separate-stderr bash -c 'ulimit -v 400000; ulimit -t 20; exec ml-clean bomb.gz'
	[[ $stderr == *"[E-LIMIT]" ]] || fail "$stderr"
}
