#!/usr/bin/env bats
# clean.bats - ml-clean: what leaves unchanged, which rows go and where, what is learned and kept.
load helper

# gives WANTED INPUT COMMAND...: the command, fed INPUT, prints WANTED and says nothing.
gives() {
	local wanted=$1 input=$2
	shift 2
	run -0 --separate-stderr "$@" < <(printf "$input")
	[ "$output" = "$(printf "$wanted")" ] || fail "printed: $output"
	[ -z "$stderr" ] || fail "said: $stderr"
}

# says TAG TEXT INPUT COMMAND...: exits with 0 after one warning.
says() {
	local tag=$1 text=$2 input=$3
	shift 3
	run -0 --separate-stderr "$@" < <(printf "$input")
	[ "${#stderr_lines[@]}" -eq 1 ] || fail "not one line: $stderr"
	[[ $stderr == "$1: warning: "*"$text"*" [$tag]" ]] || fail "said: $stderr"
}

@test "ml-clean: cells leave as they were read, trimmed, quoted only where needed" {
	gives 'a,b,c\n1.50,x,07x\n-0,"y,z",u v\n' ' a , b,"c"\n 1.50,"x",07x \n-0,"y,z",\tu v\n' ml-clean
	gives 'n\n" x"\n"q""q"\n"l\nl"\n' '"n"\n" x"\n"q""q"\n"l\nl"\n' ml-clean
	gives 'a,b\n1,2\n' 'a,b\r\n1,2\r\n' ml-clean
	gives 'a,b\n1,2\n' 'a,b\n1,2' ml-clean
}

@test "ml-clean: odd column names are data" {
	printf '"a,b","q""r","n\nl",a=b,@1,*,^x,c:d,[z],\\\n1,2,3,4,5,6,7,8,9,10\n2,3,4,5,6,7,8,9,1,2\n' >odd.csv
	ml-clean odd.csv | cmp - odd.csv
	ml-clean -b odd.csv | ml-clean | cmp - odd.csv
	ml-clean --range '\@1=0..6,\*=0..7,\^x=0..8,c\:d=0..9' odd.csv | cmp - odd.csv
	run -65 --separate-stderr ml-clean --range '\@1=0..5' odd.csv
	[[ $stderr == *"odd.csv:4: @1: 6 is outside 0..5 [E-RANGE]" ]] || fail "$stderr"
	run -65 --separate-stderr ml-clean --range 'a\,b=0..1' odd.csv
	[[ $stderr == *"a,b: 2 is outside"* ]] || fail "$stderr"
}

@test "ml-clean: a column is named, numbered, ranged, globbed and excepted" {
	printf 'ab,ac,b,c\n1,,2,\n,3,,4\n5,6,7,8\n' >t.csv
	for spec in ab @1 'a*,^ac' '@1:@1' 'ab:ac,^ac'; do
		ml-clean --drop-missing "$spec" t.csv >got
		[ "$(tail -n +2 got | wc -l)" -eq 2 ] || fail "$spec: $(cat got)"
	done
	ml-clean --drop-missing @all t.csv >got
	[ "$(tail -n 1 got)" = 5,6,7,8 ] && [ "$(wc -l <got)" -eq 2 ]
	refused 65 E-COLUMNS "no column 'nope'; the columns are: ab, ac, b, c" -- ml-clean --drop-missing nope t.csv
	refused 65 E-COLUMNS "no column @9: there are 4" -- ml-clean --drop-missing @9 t.csv
	refused 65 E-COLUMNS "'z*'" -- ml-clean --drop-missing 'z*' t.csv
}

@test "ml-clean: one column, its missing cells written \"\"" {
	gives 'a\n1\n""\n3\n' 'a\n1\n\n3\n' ml-clean
	gives 'a\n1\n2\n3\n' 'a\n1\n\n3\n' ml-clean --impute mean --discard
	gives 'a\n""\n' 'a\n""\n' ml-clean -q
}

@test "ml-clean: a table without rows passes every way through" {
	gives 'a,b\n' 'a,b\n' ml-clean
	gives 'a,b\n' 'a,b\n' ml-clean --dedupe
	gives 'a,b\n' 'a,b\n' ml-clean --range a=0..1 --allow 'b=x|y'
	gives 'a,b,a:missing\n' 'a,b\n' bash -c 'ml-clean --indicator a -b | ml-feat --select a,b,a:missing | sed s/a,a:missing,b/a,b,a:missing/'
	printf 'a,b\n' | ml-clean -b >empty.mls
	[ "$(ml-clean empty.mls)" = a,b ]
}

@test "ml-clean: missing are the empty field and the markers of --na" {
	gives 'a,b\nNA,x\n?,y\n1,z\n' 'a,b\nNA,x\n?,y\n1,z\n' ml-clean
	gives 'a,b\n1,z\n' 'a,b\nNA,x\n?,y\n1,z\n' ml-clean --drop-missing a
	gives 'a,b\n1,x\n' 'a,b\n-,x\n,y\n1,x\n' ml-clean --na - --drop-missing a
	printf 'a\n-9\nNA\n5\n' >t.csv
	run -0 --separate-stderr ml-clean --na -9 --drop-missing a t.csv
	[ "$output" = $'a\nNA\n5' ] || fail "$output"
}

@test "ml-clean: a word marker in a text column is told, ? is not" {
	says W-NATEXT "'b'" 'a,b\n1,NA\n2,x\n' ml-clean
	gives 'a,b\n1,?\n2,x\n' 'a,b\n1,?\n2,x\n' ml-clean
}

@test "ml-clean --dedupe: the first of equal rows stays" {
	gives 'a,b\n1,x\n2,y\n' 'a,b\n1,x\n1,x\n2,y\n1,x\n' ml-clean --dedupe
	gives 'a,b\n,\n1,x\n' 'a,b\n,\n,\n1,x\n' ml-clean -q --dedupe
	gives 'a,b\n1,x\n' 'a,b\n1,x\n1.0,x\n' ml-clean --dedupe
	gives 'a,b\n1,x\n2,y\n' 'a,b\n1,x\n1,z\n2,y\n' ml-clean --key a
}

@test "ml-clean --dedupe: rows that disagree about the target are told, or taken out" {
	in='a,y\n1,0\n1,1\n2,1\n'
	says W-CONFLICT '2 rows in 1 group have' "$in" ml-clean --dedupe -y y
	gives 'a,y\n2,1\n' "$in" ml-clean --dedupe -y y --conflicts drop
	gives 'a,y\n2,1\n' "$in" ml-clean --dedupe -y y --conflicts drop --reject out.csv
	[ "$(cat out.csv)" = $'reject_line,reject_reason,a,y\n2,conflicting target,1,0\n3,conflicting target,1,1' ]
}

@test "ml-clean --reject: of several files, with the file" {
	printf 'a,y\n1,0\n1,1\n' >t.csv
	printf 'a,y\n900,0\n2,1\n1,1\n' >u.csv
	gives 'a,y\n1,0\n1,1\n2,1\n1,1\n' '' ml-clean --range a=0..9 --reject r.csv t.csv u.csv
	[ "$(cat r.csv)" = $'reject_file,reject_line,reject_reason,a,y\nu.csv,2,a: 900 is outside 0..9,900,0' ] || fail "$(cat r.csv)"
	gives 'a,y\n1,0\n1,1\n2,1\n' '' ml-clean --range a=0..9 --dedupe --reject r.csv t.csv u.csv
	[ "$(tail -1 r.csv)" = 'u.csv,4,duplicate row,1,1' ] || fail "$(cat r.csv)"
	gives 'a,y\n1,0\n1,1\n' 'a,y\n1,0\n' ml-clean --dedupe --reject r.csv - t.csv
	[ "$(tail -1 r.csv)" = 't.csv,2,duplicate row,1,0' ] || fail "$(cat r.csv)"
}

@test "ml-clean --reject: rows in = rows out + rows rejected, with line and reason" {
	printf 'a,b\n1,x\n"2","multi\nline"\n200,y\n,z\nq,x\n5,\n1,x\n' >t.csv
	run -0 --separate-stderr ml-clean --num a --range a=0..120 --drop-missing b --dedupe --reject r.csv t.csv -o out.csv
	[ "$(cat out.csv)" = $'a,b\n1,x\n2,"multi\nline"\n,z' ] || fail "$(cat out.csv)"
	[ "$(cut -d, -f1-2 r.csv | sort)" = "$(printf '%s\n' 'reject_line,reject_reason' '5,a: 200 is outside 0..120' "7,a: 'q' is not a number" '8,b: missing' '9,duplicate row' | sort)" ] || fail "$(cat r.csv)"
	ml-clean --text @all r.csv >/dev/null      # it is a table itself
}

@test "ml-clean: a row against a rule is refused with file, line, column, value" {
	printf 'a,b\n1,x\n,y\n200,z\n' >t.csv
	run -65 --separate-stderr ml-clean --range a=0..120 t.csv
	[ "$stderr" = 'ml-clean: t.csv:4: a: 200 is outside 0..120 [E-RANGE]' ] || fail "$stderr"
	run -65 --separate-stderr ml-clean --allow 'b=x|y' t.csv
	[ "$stderr" = "ml-clean: t.csv:4: b: 'z' is not among the values allowed [E-VALUE]" ] || fail "$stderr"
	run -65 --separate-stderr ml-clean --num b t.csv
	[ "$stderr" = "ml-clean: t.csv:2: b: 'x' is not a number [E-TYPE]" ] || fail "$stderr"
	ml-clean --range a=..200 --range a=1.. t.csv | cmp - t.csv
	refused 64 E-USAGE 'x..2' -- ml-clean --range a=x..2 t.csv
}

@test "ml-clean: CSV from what is learned needs --save, -b or --discard, and the message names them" {
	printf 'a,b\n1,x\n,y\n' >t.csv
	for prep in --impute=mean --clip=q0.1..q0.9; do
		refused 64 E-USAGE '-b passes it on, --save FILE keeps it, --discard' -- ml-clean $prep t.csv
	done
	for prep in --indicator=a '--map=b=x:z'; do ml-clean $prep t.csv >/dev/null; done
}

@test "ml-clean --impute: mean, median, mode, constant, none, by column and by kind" {
	in='a,b,c\n1,x,10\n2,x,\n,y,40\n6,,10\n'
	gives 'a,b,c\n1,x,10\n2,x,20\n3,y,40\n6,,10\n' "$in" ml-clean --impute mean --discard
	gives 'a,b,c\n1,x,10\n2,x,10\n2,y,40\n6,x,10\n' "$in" ml-clean --impute median,mode --discard
	gives 'a,b,c\n1,x,10\n2,x,10\n1,y,40\n6,x,10\n' "$in" ml-clean --impute mode --discard
	gives 'a,b,c\n1,x,10\n2,x,\n0,y,40\n6,none of us,10\n' "$in" ml-clean --impute 'a=constant=0,b=constant=none of us' --discard
	gives 'a,b,c\n1,x,10\n2,x,\n3,y,40\n6,,10\n' "$in" ml-clean --impute mean,c=none --discard
	refused 65 E-COLUMNS "'z'" -- ml-clean --impute z=mean --discard <(printf "$in")
	printf "$in" >t.csv
	refused 65 E-TYPE "b: 'mean' is not for a category column" -- ml-clean --impute b=mean --discard t.csv
}

@test "ml-clean --impute: weights count" {
	gives 'a,w\n1,3\n5,1\n2,1\n' 'a,w\n1,3\n5,1\n,1\n' ml-clean --weight w --impute mean --discard
}

@test "ml-clean --impute: the target and columns with a role are not touched" {
	gives 'a,y,i\n1,,\n1,2,7\n' 'a,y,i\n1,,\n,2,7\n' ml-clean -y y --id i --impute mean --discard
}

@test "ml-clean --impute: a column without any value is refused, unless told what to do" {
	printf 'a,b\n1,\n2,\n' >t.csv
	refused 65 E-COLUMNS "b: has no value to impute from" -- ml-clean -q --impute mean --discard t.csv
	ml-clean -q --impute mean,b=none --discard t.csv | cmp - t.csv
	[ "$(ml-clean -q --impute mean,b=constant=4 --discard t.csv | tail -1)" = 2,4 ]
}

@test "ml-clean --indicator before --impute keeps what was missing" {
	gives 'a,a:missing,b\n1,0,x\n1,1,y\n' 'a,b\n1,x\n,y\n' ml-clean --indicator a --impute mean --discard
	gives 'a,a:missing,b\n1,0,x\n1,0,y\n' 'a,b\n1,x\n,y\n' ml-clean --impute mean --indicator a --discard
}

@test "ml-clean --map and --clip" {
	gives 'a,b\n1,Roma\n2,unknown\n3,\n' 'a,b\n1,rome\n2,\n3,oslo\n' ml-clean --map 'b=rome:Roma;:unknown;oslo:'
	gives 'a,b\n1,q\n2,p\n' 'a,b\n1,p\n2,q\n' ml-clean --map 'b=p:q;q:p'
	gives 'a\n2\n3\n4\n' 'a\n1\n3\n9\n' ml-clean --clip 2..4 --discard
	gives 'a\n1\n3\n5\n' 'a\n1\n3\n9\n' ml-clean --clip a=..5 --discard
}

@test "ml-clean --save, --apply: other rows get what was learned, in their own order of columns" {
	printf 'a,b\n1,x\n,x\n5,y\n' | ml-clean --impute mean,mode --save s.mls >/dev/null
	ml-check s.mls
	gives 'b,a\nx,3\ny,9\n' 'b,a\n,\ny,9\n' ml-clean -q --apply s.mls
	printf 'a\n1\n' >short.csv
	run -65 --separate-stderr ml-clean --apply s.mls short.csv
	[[ $stderr == *"'b'"*"[E-COLUMNS]" ]] || fail "$stderr"
}

@test "ml-clean --apply: kinds are those of the steps, whatever a few rows look like" {
	# By itself column a of the second table is of numbers, and column b of no kind at all.
	printf 'a,b\n1,x\nz,x\n1,y\n,x\n' | ml-clean -q --impute mode --save s.mls >/dev/null
	for tool in 'ml-clean --apply' 'ml-feat --apply'; do
		for more in '' -b; do
			run -0 bash -c "printf 'a,b\n2,\n,\n' | $tool s.mls -q $more | ml-clean -q"
			[ "$output" = $'a,b\n2,x\n1,x' ] || fail "$tool $more: $output"
		done
	done
	printf 'a,b\nabc,1\n' | ml-clean --impute b=mean --save n.mls >/dev/null
	run -65 --separate-stderr ml-clean --apply n.mls < <(printf 'a,b\n7,q\n')
	[[ $stderr == *":2: b: 'q' is not a number [E-TYPE]" ]] || fail "$stderr"
}

@test "ml-clean --apply: a model with an estimator is refused" {
	printf 'a,y\n1,2\n2,3\n3,5\n' >t.csv
	ml-fit linear -y y t.csv >m.mls
	for tool in ml-clean ml-feat; do
		for more in '' -b; do
			refused 65 E-CHAIN 'ml-predict applies it' -- $tool --apply m.mls $more t.csv
		done
	done
}

@test "ml-clean: tsv in and out, another delimiter, decimals and thousands" {
	gives 'a,b\n1,"x,y"\n' 'a\tb\n1\tx,y\n' ml-clean --from tsv
	gives 'a\tb\n1\tx,y\n' 'a,b\n1,"x,y"\n' ml-clean --to tsv
	gives 'a\tb\n1\t"x\ty"\n' 'a,b\n1,"x\ty"\n' ml-clean --to tsv
	gives 'a,b\n1,x\n' 'a;b\n1;x\n' ml-clean -d ';'
	gives 'a,b\n1,x\n' 'a\tb\n1\tx\n' ml-clean -d tab
	says W-LOOKSNUM "--decimal ," 'a\n1,5\n2,5\n' ml-clean -d ';'
}

@test "ml-clean --decimal, --thousands: numbers that are printed are in the notation of the others" {
	in='a;b\n1.234,5;x\n2,5;y\n;z\n'
	gives 'a;b\n1.234,5;x\n2,5;y\n618,5;z\n' "$in" bash -c 'ml-clean -d ";" --decimal , --thousands . --impute mean --discard --to tsv | tr "\\t" ";"'
	gives 'a,b\n"1.234,5",x\n"2,5",y\n"618,5",z\n' "$in" ml-clean -d ';' --decimal , --thousands . --impute mean --discard
	# What was printed is read as it was meant, when it looks like thousands too.
	printf 'a\n1,234\n""\n' | ml-clean -d ';' --decimal , --thousands . --impute mean --discard | ml-clean --decimal , --thousands . --range a=1..2
	ml-clean -d ';' --decimal , --impute mean --save s.mls >/dev/null < <(printf 'a;b\n1,5;x\n')
	gives 'a,b\n"1,5",y\n' 'a;b\n;y\n' ml-feat -q -d ';' --decimal , --apply s.mls
	printf 'a;y\n1,5;2,25\n2,5;3,25\n3,5;4,25\n' >t.csv
	ml-fit linear -y y -d ';' --decimal , t.csv >m.mls
	gives 'a,y,pred\n"1,5","2,25","2,25"\n"2,5","3,25","3,25"\n"3,5","4,25","4,25"\n' '' ml-predict -q -m m.mls -d ';' --decimal , t.csv
	# Binary tables have numbers, and no notation of them.
	gives 'a,b\n1234.5,x\n2.5,y\n,z\n' "$in" bash -c 'ml-clean -d ";" --decimal , --thousands . -b | ml-clean'
	gives 'a,y,pred\n1.5,2.25,2.25\n2.5,3.25,3.25\n3.5,4.25,4.25\n' '' bash -c 'ml-predict -q -b -m m.mls -d ";" --decimal , t.csv | ml-clean'
	gives 'a,b\n1234,x\n5,y\n' 'a,b\n"1,234",x\n5,y\n' bash -c 'ml-clean --thousands , -b | ml-clean'
}

@test "ml-clean --no-header: columns are c1, c2, ..." {
	gives 'c1,c2\n1,x\n2,y\n' '1,x\n2,y\n' ml-clean --no-header
	says W-HEADER '--no-header' '1,2\n3,4\n' ml-clean
	gives 'c1\n3\n' '3\n3\n' ml-clean --no-header --key c1
}

@test "ml-clean: gzip, several files, and - for standard input" {
	printf 'a,b\n1,x\n' >1.csv
	printf 'a,b\n2,y\n' >2.csv
	gzip -c 1.csv >1.csv.gz
	cat 1.csv.gz 1.csv.gz >twice.gz                # members: one text after another
	gives 'a,b\n1,x\n2,y\n1,x\n' '' ml-clean 1.csv.gz 2.csv 1.csv
	gives 'a,b\n2,y\n1,x\n' 'a,b\n1,x\n' ml-clean 2.csv -
	run -0 --separate-stderr ml-clean twice.gz     # the second header is a row, as with cat
	[ "${#lines[@]}" -eq 4 ]
	printf 'b,a\n1,x\n' >3.csv
	run -65 --separate-stderr ml-clean 1.csv 3.csv
	[[ $stderr == *"3.csv: column 1 is 'b', in the first file it is 'a' [E-COLUMNS]" ]] || fail "$stderr"
	refused 66 E-OPEN "nowhere.csv" -- ml-clean nowhere.csv
	refused 66 E-OPEN "." -- ml-clean .
}

@test "ml-clean -b: kinds, roles and source texts come back out of a binary table" {
	printf 'id,w,x,c,y\n007,1.0,2.50,"a,b",yes\n008,2.0,1e1,,no\n' >t.csv
	ml-clean -q -y y --weight w --id id -b t.csv >t.mls
	ml-clean t.mls | cmp - t.csv
	ml-clean -b t.mls >again.mls
	ml-clean again.mls | cmp - t.csv
	refused 65 E-FORMAT 't.csv' -- ml-clean t.mls t.csv
}

@test "ml-clean -v tells counts; --log writes one line of JSON" {
	run -0 --separate-stderr ml-clean -v --dedupe < <(printf 'a\n1\n1\n')
	[[ $stderr == *"1 row"*"duplicate row"* ]] || fail "$stderr"
	ml-clean --log log.jsonl --drop-missing a --reject 'odd "name"' < <(printf 'a\n1\n\n') >/dev/null
	[ "$(wc -l <log.jsonl)" -eq 1 ]
	command -v python3 >/dev/null || skip "no python3 to read JSON"
	python3 -c 'import json; r = json.load(open("log.jsonl")); assert r["exit"] == 0 and r["tool"] == "ml-clean" and r["rows"] == 1, r
assert "odd \"name\"" in r["args"], r'
}

@test "ml-clean: whatever is in a cell, a message has one line without control bytes" {
	printf 'a\n1\n"x\033[31m\n\007%s"\n' "$(printf 'y%.0s' {1..3000})" >t.csv
	run --separate-stderr ml-clean --num a t.csv
	[ "$status" -eq 65 ]
	ml-clean --num a t.csv 2>err >/dev/null || true
	[ "$(wc -l <err)" -eq 1 ] && [ "$(wc -c <err)" -le 512 ]
	! tr -d '\n' <err | grep -q '[[:cntrl:]]' || false
}

@test "ml-clean: of several files a message names the one that holds the cell" {
	printf 'a,b\n1,2\n' >p1.csv
	printf 'a,b\n1,2\nq,3\n' >p2.csv
	printf 'a,b\n1,2\n1e999,3\n' >p3.csv
	local more
	for more in '' --dedupe; do
		run --separate-stderr ml-clean $more p1.csv p2.csv
		[ "$status" -eq 0 ]
		[[ $stderr == "ml-clean: warning: p2.csv: column 'a': 'q' on line 3 "*"[W-MIXED]" ]] || fail "$stderr"
		run --separate-stderr ml-clean $more p1.csv p3.csv
		[ "$status" -eq 65 ]
		[[ $stderr == "ml-clean: p3.csv:3: a: '1e999' "*"[E-RANGE]" ]] || fail "$stderr"
		run --separate-stderr ml-clean $more --num a p1.csv p2.csv
		[ "$status" -eq 65 ]
		[[ $stderr == "ml-clean: p2.csv:3: a: 'q' "*"[E-TYPE]" ]] || fail "$stderr"
	done
}

@test "ml-clean: of a list of columns the one that is not there is named, and one that is like it" {
	printf 'age,city\n1,a\n2,b\n' >t.csv
	run -65 ml-clean --ignore age,ctiy t.csv
	[[ $output == *"t.csv: no column 'ctiy'; did you mean 'city'?"*E-COLUMNS* ]]
	run -65 ml-clean --id nothing t.csv
	[[ $output == *"t.csv: no column 'nothing'; the columns are: age, city"* ]]
}
