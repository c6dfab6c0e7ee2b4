#!/usr/bin/env bats
# coproc.bats - --line-buffered: a row given is answered before the next one is.
load helper

# ask ROW: gives the coprocess TOOL a row, reads the answer, which must come by itself.
ask() {
	printf "$1" >&"${TOOL[1]}"
	answer=
	IFS= read -r -t 10 answer <&"${TOOL[0]}" || fail "no answer to '$1'"
}

# A shell that waits for a tool that waits for the shell would hang for ever.
start() {
	coproc TOOL { timeout 30 "$@" 2>err.txt; }
}

finish() {
	local pid=$TOOL_PID in=${TOOL[1]}
	exec {in}>&-
	wait "$pid"
}

model() {
	printf 'a,y\n1,2.5\n2,4.5\n3,6.5\n4,8.5\n5,10.5\n' | ml-fit ridge --alpha 0 -y y >m.mls
}

@test "ml-predict --line-buffered: each row is answered before the next is given" {
	model
	start ml-predict --line-buffered -m m.mls
	ask 'a\n'
	[ "$answer" = a,pred ]
	ask '1\n'
	[ "${answer%,*}" = 1 ]
	ask '"2"\n'
	[ "${answer%,*}" = 2 ]
	ask '3\r\n'
	[ "${answer%,*}" = 3 ]
	printf '4' >&"${TOOL[1]}"
	read -r -t 0.3 answer <&"${TOOL[0]}" && fail "half a row was answered: $answer"
	ask '0\n7\n'
	[ "${answer%,*}" = 40 ]
	read -r -t 10 answer <&"${TOOL[0]}"
	[ "${answer%,*}" = 7 ]
	finish
}

@test "ml-predict --line-buffered: a quoted cell over two lines is one row, whenever its parts come" {
	model
	start ml-predict --line-buffered -m m.mls
	ask 'note,a\n'
	[ "$answer" = note,a,pred ]
	ask 'x,1\n"half\n'
	[ "${answer%,*}" = x,1 ]
	ask ' of it",2\n'
	[ "$answer" = '"half' ]
	read -r -t 10 answer <&"${TOOL[0]}"
	[ "${answer%,*}" = ' of it",2' ] || [ "${answer%,*}" = 'of it",2' ]
	finish
}

@test "ml-predict --line-buffered: a bad row is told after the answers to those before it" {
	model
	start ml-predict --line-buffered -m m.mls
	ask 'a\n'
	ask '1\n'
	[ "${answer%,*}" = 1 ]
	printf 'x\n' >&"${TOOL[1]}"
	run finish
	grep -q "stdin:3: a: 'x' is not a number \[E-TYPE\]" err.txt
}

@test "ml-clean --line-buffered: each row leaves before the next is given" {
	start ml-clean --line-buffered --range a=0..9
	ask 'a,b\n'
	[ "$answer" = a,b ]
	ask '1,x\n'
	[ "$answer" = 1,x ]
	ask ' 2 , y\n'
	[ "$answer" = 2,y ]
	finish
}

@test "--line-buffered: the same rows as without it" {
	model
	for i in $(seq 3000); do printf '%d,"a ""quote"" %d"\n' "$i" "$i"; done >body
	{ echo a,note && cat body; } >t.csv
	ml-predict -q -m m.mls t.csv >plain.csv
	ml-predict -q --line-buffered -m m.mls <t.csv | cmp - plain.csv
	cat t.csv | ml-predict -q --line-buffered -m m.mls | cmp - plain.csv
	cat t.csv | dd bs=7 2>/dev/null | ml-predict -q --line-buffered -m m.mls | cmp - plain.csv
	dd bs=7 if=t.csv 2>/dev/null | ml-clean -q --line-buffered | cmp - <(ml-clean -q t.csv)
}

@test "--line-buffered is refused where all rows are needed first" {
	model
	echo a >t.csv
	refused 64 E-USAGE --line-buffered -- ml-predict --line-buffered -b -m m.mls t.csv
	refused 64 E-USAGE --line-buffered -- ml-clean --line-buffered --dedupe t.csv
}
