#!/usr/bin/env bats
# predict.bats - ml-predict: one row out for each row in, by names, and what becomes of rows it cannot do.
load helper

# t.csv, and m.mls fitted on it: y = 2 x + 3 (c = b) + z / 2 exactly.
model() {
	awk 'BEGIN { print "x,z,c,y"
		for (i = 1; i <= 12; i++) { z = i * 7 % 5; c = i % 3 ? "b" : "a"; print i "," z "," c "," 2 * i + 3 * (c == "b") + z / 2 } }' >t.csv
	ml-fit linear -y y "$@" t.csv -o m.mls
}

# A model of two classes.
classes() {
	awk 'BEGIN { print "x,w,y"; for (i = 0; i < 60; i++) print i * 7 % 31 "," i * 11 % 17 "," (i * 7 % 31 + i * i % 9 > 18 ? "yes" : "no") }' >k.csv
	ml-fit logistic -y y k.csv -o k.mls
}

# near FILE: its column pred equals its column y.
near() {
	awk -F, 'NR == 1 { for (j = 1; j <= NF; j++) at[$j] = j; next }
		{ n++; d = $at["pred"] - $at["y"]; if ($at["pred"] == "" || d * d > 1e-20) exit 1 }
		END { if (!n) exit 1 }' "$1" || fail "$(cat "$1")"
}

@test "ml-predict: appends pred, cells leave as they came, rows in order" {
	model
	sed 's/^\([0-9]*\),/\1.0,/; s/,b,/, b,/' t.csv >odd.csv
	ml-predict -q -m m.mls odd.csv >out.csv
	near out.csv
	cut -d, -f1-4 out.csv | cmp - <(sed 's/ //' odd.csv)
}

@test "ml-predict: columns are matched by name: other order, more columns, no target" {
	model
	awk -F, -v OFS=, 'NR == 1 { print "new", $4, $3, $2, "x,x", $1; next } { print "?", $4, $3, $2, "", $1 }' t.csv |
		sed '1s/x,x/"x,x"/' >u.csv
	ml-predict -q -m m.mls u.csv >out.csv
	awk -F, 'NR > 1 { d = $7 - $2; if (d * d > 1e-20) exit 1 }' out.csv
	cut -d, -f1-3 t.csv >n.csv
	ml-predict -q -m m.mls n.csv | cut -d, -f4 | cmp - <(ml-predict -q -m m.mls --only t.csv)
}

@test "ml-predict: needed columns that are missing are refused by name, all in one line (E-COLUMNS)" {
	model
	printf 'x,u\n1,2\n' >u.csv
	refused 65 E-COLUMNS "u.csv: 2 columns that the model needs are absent: 'z', 'c'" -- ml-predict -m m.mls u.csv
	printf 'X,z,c\n1,2,a\n' >u.csv
	refused 65 E-COLUMNS "absent: 'x'" -- ml-predict -m m.mls u.csv
	cut -d, -f1-2 t.csv | ml-clean -b >u.mls
	refused 65 E-COLUMNS "'c'" -- ml-predict -m m.mls u.mls
	ml-clean --text x -b t.csv >u.mls
	refused 65 E-COLUMNS "the model needs column 'x' as number, here it is text" -- ml-predict -m m.mls u.mls
}

@test "ml-predict: text in a column of numbers is E-TYPE with file, line, column; the output is no CSV" {
	model
	printf 'c,x,z\n"a\n",1,2\nb,2,1\na,1,oops\n' >u.csv
	run -65 --separate-stderr ml-predict -q -m m.mls u.csv
	[ "$stderr" = "ml-predict: u.csv:5: z: 'oops' is not a number [E-TYPE]" ] || fail "$stderr"
	run -65 --separate-stderr ml-clean <<<"$output"
	[[ $stderr == "ml-clean: stdin:"*"ml-predict: u.csv:5: z: 'oops'"*"[E-UPSTREAM]" ]] || fail "$stderr"
	run -65 --separate-stderr ml-predict -q -m m.mls -o out.csv u.csv
	[ ! -e out.csv ]
	for x in inf 1e400; do
		printf 'c,x,z\na,1,%s\n' $x >u.csv
		run -65 --separate-stderr ml-predict -q -m m.mls u.csv
		[[ $stderr == *"u.csv:2: z: "*"'$x'"*"[E-"*"]" ]] || fail "$stderr"
	done
}

@test "ml-predict --on-error keep: every row, the reason in pred_error, a whole table, exit 65" {
	model
	printf 'x,z,c\n1,2,a\noops,2,"q,q"\n2,bad,a\n3,4,b\n' >u.csv
	run -65 --separate-stderr ml-predict -q -m m.mls --on-error keep u.csv -o out.csv
	[ "$stderr" = "ml-predict: 2 of 4 rows could not be predicted [E-TYPE]" ] || fail "$stderr"
	cat >want <<-'END'
		x,z,c,pred_error
		1,2,a,
		oops,2,"q,q",u.csv:3: x: 'oops' is not a number
		2,bad,a,u.csv:4: z: 'bad' is not a number
		3,4,b,
	END
	ml-clean -q --text @all out.csv >whole.csv
	[ "$(wc -l <whole.csv)" -eq 5 ]
	ml-feat --drop pred out.csv | cmp - want
	[ "$(ml-feat --select pred out.csv | sed -n '3p;4p')" = $'""\n""' ]
	# On standard output, too, the table is whole.
	ml-predict -q -m m.mls --on-error keep u.csv 2>/dev/null >std.csv || true
	cmp std.csv out.csv
	run -0 --separate-stderr ml-predict -q -m m.mls --on-error keep t.csv
	near <(echo "$output")
}

@test "ml-predict --on-error keep, --reject: rows that a step refuses are bad rows like others" {
	model --unknown error
	printf 'x,z,c\n1,2,a\n2,1,new\noops,1,a\n,3,b\n5,2,other\n7,1,b\n' >u.csv
	run -65 --separate-stderr ml-predict -m m.mls --on-error keep u.csv -o out.csv
	[ "${stderr_lines[*]}" = "ml-predict: warning: column 'x': 1 missing, where training had none: the recorded value was taken [W-IMPUTED] ml-predict: 3 of 6 rows could not be predicted [E-TYPE]" ] || fail "$stderr"
	cat >want <<-'END'
		pred_error
		""
		u.csv:3: c: 'new' was not met in training
		u.csv:4: x: 'oops' is not a number
		""
		u.csv:6: c: 'other' was not met in training
		""
	END
	ml-feat --select pred_error out.csv | cmp - want
	ml-predict -q -m m.mls --reject bad.csv u.csv >good.csv
	grep -vE 'new|oops|other' u.csv | ml-predict -q -m m.mls | cmp - good.csv
	[ "$(ml-feat --drop reject_reason bad.csv | tail -n +2)" = $'3,2,1,new\n4,oops,1,a\n6,5,2,other' ]
}

@test "ml-predict --reject: bad rows go to the file with line and reason, none is lost" {
	model
	printf 'x,z,c\n1,2,a\noops,2,"q,q"\n2,bad,a\n3,4,b\n' >u.csv
	run -0 --separate-stderr ml-predict -m m.mls --reject bad.csv u.csv
	[[ $stderr == *"warning: 2 of 4 rows could not be predicted and are in bad.csv [W-REJECTED]" ]] || fail "$stderr"
	[ "${#lines[@]}" -eq 3 ]
	ml-feat --drop reject_reason bad.csv >got
	printf 'reject_line,x,z,c\n3,oops,2,"q,q"\n4,2,bad,a\n' | cmp - got
	ml-feat --select reject_reason bad.csv | grep -q "^u.csv:4: z: 'bad' is not a number$"
	printf 'x,z,c\n5,2,a\n' >v.csv
	ml-predict -q -m m.mls --reject two.csv v.csv u.csv >/dev/null
	[ "$(cut -d, -f1,2 two.csv)" = $'reject_file,reject_line\nu.csv,3\nu.csv,4' ]
	run -65 ml-predict -m m.mls --reject bad.csv --strict u.csv -o out.csv
	[ ! -e out.csv ]
	refused 73 E-OPEN "nowhere/bad.csv" -- ml-predict -m m.mls --reject nowhere/bad.csv u.csv
	refused 64 E-USAGE "need CSV output" -- ml-predict -m m.mls --reject bad.csv -b t.csv
}

@test "ml-predict: a missing value gets what training recorded; where training had none it is told" {
	model
	printf 'x,z,c\n,2,a\n6.5,2,a\n' >u.csv
	run -0 --separate-stderr ml-predict --only -m m.mls u.csv
	[ "${lines[1]}" = "${lines[2]}" ] || fail "$output"      # 6.5 is the mean of x
	[[ $stderr == "ml-predict: warning: column 'x': 1 missing"*"[W-IMPUTED]" ]] || fail "$stderr"
	sed '2s/^1,/,/' t.csv | ml-fit -q linear -y y >m2.mls
	run -0 --separate-stderr ml-predict --only -m m2.mls u.csv
	[ -z "$stderr" ] || fail "$stderr"
	ml-fit linear -y y --impute none t.csv >none.mls
	run -65 --separate-stderr ml-predict -m none.mls u.csv
	[[ $stderr == *"u.csv:2: x: missing"*"[E-MISSING]" ]] || fail "$stderr"
	run -65 --separate-stderr ml-predict -m none.mls --on-error keep u.csv -o out.csv
	[ "$(wc -l <out.csv)" -eq 3 ] && grep -q '^,2,a,,.*missing' out.csv
}

@test "ml-predict: an unseen category is counted and all zeros, or as --unknown says" {
	model
	printf 'x,z,c\n1,2,new\n1,2,\n1,2,other\n' >u.csv
	run -0 --separate-stderr ml-predict --only -m m.mls u.csv
	[[ $stderr == *"column 'c': 2 in categories that training had not [W-UNSEEN]"* ]] || fail "$stderr"
	[ "${lines[1]}" = "${lines[3]}" ] && [ "${lines[1]}" = "$(ml-predict -q --only -m m.mls < <(printf 'x,z,c\n1,2,a\n') | tail -1)" ]
	ml-fit linear -y y --unknown error t.csv >strict.mls
	for more in '' -b; do
		ml-predict -q -m strict.mls $more u.csv 2>err >/dev/null && fail "an unseen category went through"
		[[ $(cat err) == "ml-predict: u.csv:2: c: 'new' was not met in training [E-UNSEEN]" ]] || fail "$(cat err)"
	done
}

@test "ml-predict -P: probabilities of each class, named, summing to 1, agreeing with pred" {
	classes
	run -0 --separate-stderr ml-predict -q -P -m k.mls k.csv
	[ "${lines[0]}" = 'x,w,y,pred,prob:no,prob:yes' ]
	awk -F, 'NR > 1 { s = $5 + $6 - 1; if (s * s > 1e-28 || ($6 > $5 ? "yes" : "no") != $4) exit 1 }' <<<"$output"
	run -0 --separate-stderr ml-predict -q --proba --only -m k.mls k.csv
	[ "${lines[0]}" = 'pred,prob:no,prob:yes' ]
}

@test "ml-predict --only, --keep, --prefix; a column pred that is there already (E-DUP)" {
	model
	ml-predict -q -m m.mls t.csv >p.csv
	refused 65 E-DUP "the table has a column 'pred' already; --prefix NAME avoids it" -- ml-predict -q -m m.mls p.csv
	[ "$(ml-predict -q -m m.mls --prefix a_ p.csv | head -1)" = x,z,c,y,pred,a_pred ]
	[ "$(ml-predict -q -m m.mls --only t.csv | head -1)" = pred ]
	[ "$(ml-predict -q -m m.mls --keep y,c t.csv | head -1)" = y,c,pred ]
	[ "$(ml-predict -q -m m.mls --keep @3 --keep 'x*' t.csv | head -1)" = c,x,pred ]
	[ "$(ml-predict -q -m m.mls --keep y -b t.csv | ml-clean | head -1)" = y,pred ]
	[ "$(ml-predict -q -m m.mls --only -b t.csv | ml-clean | wc -l)" -eq 13 ]
	refused 65 E-COLUMNS "'nope'" -- ml-predict -q -m m.mls --keep nope t.csv
}

@test "ml-predict: binary tables in and out give the same predictions as CSV" {
	model
	ml-predict -q --only -m m.mls t.csv >want
	ml-clean -b t.csv >t.mls
	ml-predict -q --only -m m.mls t.mls | cmp - want
	ml-predict -q -b -m m.mls t.csv | ml-feat --select pred | cmp - want
	ml-predict -q -b -m m.mls t.mls | ml-feat --select pred | cmp - want
	cat t.mls t.mls | ml-predict -q --only -m m.mls | cmp - <(cat want; tail -n +2 want)
	classes
	ml-predict -q -P -b -m k.mls k.csv | ml-clean | cmp - <(ml-predict -q -P -m k.mls k.csv)
}

@test "ml-predict: a table without rows, of one column, several files, gzip, tsv, no header" {
	model
	[ "$(printf 'x,z,c\n' | ml-predict -m m.mls)" = x,z,c,pred ]
	[ "$(printf 'x,z,c\n' | ml-predict --only -m m.mls)" = pred ]
	gzip <t.csv >t.csv.gz
	ml-predict -q -m m.mls t.csv.gz - t.csv <t.csv >three
	ml-predict -q -m m.mls t.csv >one
	(cat one; tail -n +2 one; tail -n +2 one) | cmp - three
	ml-clean --to tsv t.csv | ml-predict -q -m m.mls --from tsv --to tsv | tr '\t' , | cmp - one
	printf '1,2\n2,4\n3,6.5\n' | ml-fit -q linear -y c2 --no-header >n.mls
	[ "$(echo 7 | ml-predict -q --no-header -m n.mls | head -1)" = c1,pred ]
	refused 65 E-EMPTY "empty" -- ml-predict -m m.mls
}

@test "ml-predict: several models are one; what is no model, or no whole one, is refused" {
	model
	sed '2s/^1,/,/' t.csv >miss.csv
	ml-clean -y y --impute mean --save clean.mls miss.csv | ml-fit linear -y y --impute none >fit.mls
	cat clean.mls fit.mls >whole.mls
	ml-predict -m clean.mls -m fit.mls miss.csv | cmp - <(ml-predict -m whole.mls miss.csv)
	refused 65 E-FORMAT "no estimator" -- ml-predict -m clean.mls t.csv
	refused 64 E-USAGE "no model" -- ml-predict t.csv
	refused 66 E-OPEN "nowhere.mls" -- ml-predict -m nowhere.mls t.csv
	refused 65 E-STREAM "t.csv" -- ml-predict -m t.csv t.csv
	refused 65 E-FORMAT "m.mls: a model where a table is expected" -- ml-predict -m m.mls m.mls
	ml-clean -b t.csv >t.mls
	refused 65 E-FORMAT "t.mls" -- ml-predict -m t.mls t.csv
	ml-predict -m - t.csv -q <m.mls | cmp - <(ml-predict -q -m m.mls t.csv)
}

@test "ml-predict: warns of rows trained on and of numbers outside the training range, unless --private" {
	classes
	run -0 --separate-stderr ml-predict -m k.mls k.csv
	[[ $stderr == *"100 % of these rows were trained on"*"[W-TRAINED]" ]] || fail "$stderr"
	awk -F, -v OFS=, 'NR > 1 { $1 = $1 / 1000 + 500; $2 += 0.5 } 1' k.csv >far.csv
	run -0 --separate-stderr ml-predict -m k.mls far.csv
	[[ $stderr == *"'x'"*"[W-RANGE]" ]] || fail "$stderr"
	ml-fit logistic -y y --private k.csv >p.mls
	run -0 --separate-stderr ml-predict -m p.mls k.csv
	[ -z "$stderr" ] || fail "$stderr"
	run -0 --separate-stderr ml-predict -m p.mls far.csv
	[ -z "$stderr" ] || fail "$stderr"
}

@test "ml-predict: roles of the command line need not be there" {
	classes
	cut -d, -f1-2 k.csv | ml-predict -q -y y --weight nope --id gone -m k.mls >out.csv
	[ "$(head -1 out.csv)" = x,w,pred ]
}

@test "ml-predict: names that hold commas, quotes, newlines, signs" {
	awk 'BEGIN { print "\"a,b\",\"q\"\"r\",\"n\nl\",a=b,@1,*,^x,c:d,y"
		for (i = 1; i < 40; i++) { for (j = 1; j < 9; j++) printf "%d,", i * i * j % 37; print (i % 3 ? "p,\"q" : "r\"") } }' |
		sed 's/p,"q$/"p,""q"/; s/r"$/"r"""/' >odd.csv
	ml-fit -q logistic -y y odd.csv >m.mls
	ml-check m.mls
	run -0 --separate-stderr ml-predict -q -P -m m.mls odd.csv
	[ "${lines[0]}" = '"a,b","q""r","n' ]
	[ "${lines[1]}" = 'l",a=b,@1,*,^x,c:d,y,pred,"prob:p,""q","prob:r"""' ] || fail "${lines[1]}"
	run -0 ml-predict -q -m m.mls --only odd.csv
	[ "$(sort -u <<<"$output" | wc -l)" -le 3 ]
}

# x numeric with gaps, c a category, y a number, k three classes, b two.
mixed() {
	awk 'BEGIN { print "x,z,c,y,k,b"; for (i = 1; i < 120; i++) print (i % 11 ? i * 7 % 29 : "") "," i * i % 23 ".5," substr("uvw", i % 3 + 1, 1) "," i * 5 % 17 + i % 29 "," substr("pqr", int(i % 29 / 10) + 1, 1) "," (i * i % 23 > 9 ? "yes" : "no") }'
}

# Reads predictions with -P --explain --only: pred, k probabilities (0: a number), base and contributions.
adds_up() {
	awk -F, -v k="$1" '
		function off(a, b) { d = a - b; if (d < 0) d = -d; if (d > 1e-9 * (a < 0 ? 1 - a : 1 + a)) { print NR ": " a " is not " b; exit 1 } }
		NR == 1 { n = NF; next }
		{
			scores = k > 2 ? k : 1; each = (n - 1 - k) / scores; total = 0
			for (c = 1; c <= scores; c++) {
				s[c] = 0
				for (j = 0; j < each; j++) s[c] += $(2 + k + (c - 1) * each + j)
				total += exp(s[c])
			}
			if (!k) off($1, s[1])
			if (k == 2) off($3, 1 / (1 + exp(-s[1])))
			for (c = 1; k > 2 && c <= k; c++) off($(1 + c), exp(s[c]) / total)
		}
		END { if (NR != 120) exit 1 }'
}

@test "ml-predict --explain: base and contributions add up to the prediction's score, by column of the table" {
	mixed >t.csv
	for a in boost linear ridge; do
		ml-fit -q $a -y y --ignore k,b t.csv >m.mls
		ml-predict -q -P --explain --only -m m.mls t.csv >p.csv
		[ "$(head -1 p.csv)" = pred,shap_base,shap:x,shap:z,shap:c ] || fail "$a: $(head -1 p.csv)"
		adds_up 0 <p.csv || fail "$a"
	done
	for a in boost logistic; do
		ml-fit -q $a -y b --ignore k,y t.csv >m.mls
		ml-predict -q -P --explain --only -m m.mls t.csv >p.csv
		[ "$(head -1 p.csv)" = pred,prob:no,prob:yes,shap_base,shap:x,shap:z,shap:c ] || fail "$a: $(head -1 p.csv)"
		adds_up 2 <p.csv || fail "$a"
		ml-fit -q $a -y k --ignore b,y t.csv >m.mls
		ml-predict -q -P --explain --only -m m.mls t.csv >p.csv
		[ "$(head -1 p.csv | cut -d, -f5-9)" = shap_base:p,shap:p:x,shap:p:z,shap:p:c,shap_base:q ] || fail "$a: $(head -1 p.csv)"
		adds_up 3 <p.csv || fail "$a"
	done
}

@test "ml-predict --explain: a row alone, in a batch and in a binary table gets the same contributions" {
	mixed >t.csv
	ml-fit -q boost -y k --ignore b,y t.csv >m.mls
	ml-predict -q --explain -m m.mls t.csv >all.csv
	for i in 2 12 57 120; do
		sed -n "1p;${i}p" t.csv | ml-predict -q --explain -m m.mls | tail -1 | cmp - <(sed -n ${i}p all.csv)
	done
	ml-predict -q --explain -m m.mls -b t.csv | ml-clean | cmp - all.csv
	ml-clean -q -b t.csv | ml-predict -q --explain -m m.mls | cmp - all.csv
	ml-predict -q --explain --line-buffered -m m.mls t.csv | cmp - all.csv
	(cat t.csv; for i in 1 2 3 4; do tail -n +2 t.csv; done) >long.csv
	ml-predict -q --explain -j 1 -m m.mls long.csv >long
	head -120 long | cmp - all.csv
	ml-predict -q --explain -j 3 -m m.mls long.csv | cmp - long
	ml-predict -q -m m.mls t.csv | cmp - <(cut -d, -f1-7 all.csv)
}

@test "ml-predict --explain: of linear models coefficient x (value - mean of training)" {
	printf 'x,z,y\n1,2,3\n2,7,5\n4,1,9.5\n7,3,11\n' >t.csv
	ml-fit -q linear -y y t.csv >m.mls
	a='' b=''
	eval "$(ml-show --coef m.mls | awk -F, '$2 == "x" { print "a=" $3 } $2 == "z" { print "b=" $3 }')"
	ml-predict -q --explain -m m.mls t.csv | awk -F, -v a="$a" -v b="$b" 'NR > 1 {
		if (($5 - 7.125) ^ 2 > 1e-20 || ($6 - a * ($1 - 3.5)) ^ 2 > 1e-20 || ($7 - b * ($2 - 3.25)) ^ 2 > 1e-20) exit 1 }'
}

@test "ml-predict --explain: bad rows stay empty; names do not clash; refused where nothing is told" {
	mixed >t.csv
	ml-fit -q ridge -y y --ignore k,b t.csv >m.mls
	printf 'x,z,c\n1,2,u\nfoo,3,v\n' >bad.csv
	run -65 --separate-stderr ml-predict -q --explain --only --on-error keep -m m.mls bad.csv
	[[ ${lines[2]} == ,,,,,*"'foo' is not a number"* ]] || fail "$output"
	printf 'x,z,c,shap_base\n1,2,u,3\n' >clash.csv
	refused 65 E-DUP "'shap_base' already" -- ml-predict --explain -m m.mls clash.csv
	ml-predict -q --explain --prefix my_ -m m.mls clash.csv | head -1 | grep -q '^x,z,c,shap_base,my_pred,my_shap_base,my_shap:x,'
	ml-fit -q dummy -y y --task regress t.csv >d.mls
	refused 64 E-USAGE "'dummy' does not tell contributions" -- ml-predict --explain -m d.mls t.csv
}
