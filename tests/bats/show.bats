#!/usr/bin/env bats
# show.bats - ml-show: text, JSON and coefficients of a model.
load helper

table() {
	awk 'BEGIN { print "x,z,c,y"; for (i = 1; i < 30; i++) print i * 7 % 19 "," i * i % 23 ".5," substr("uvw", i % 3 + 1, 1) "," i * 5 % 17 + i }'
}

@test "ml-show: steps, what they need and give, options, estimator, lineage" {
	table >t.csv
	ml-fit -q ridge -y y --alpha 3 t.csv >m.mls
	run -0 --separate-stderr ml-show m.mls
	[ -z "$stderr" ]
	for line in 'step 1: impute *open]' '  needs   x, z' 'step 2: onehot *' '  gives   c=u, c=v, c=w' 'step 3: scale *' \
		'step 4: ridge *' '  options alpha=3 intercept=yes' '  target  y' 'made by ml-fit *29 rows of sha256 *'; do
		found=
		while IFS= read -r l; do
			# shellcheck disable=SC2053
			[[ $l == $line ]] && found=1
		done <<<"$output"
		[ "$found" ] || fail "no line '$line' in: $output"
	done
	sum=$(sha256sum <t.csv | cut -c1-12)
	[[ $output == *"sha256 $sum"* ]] || fail "$output"
	ml-show <m.mls | cmp - <(ml-show m.mls)
}

@test "ml-show --coef: in the units of the columns before scaling" {
	table >t.csv
	ml-fit -q linear -y y --scale none t.csv | ml-show --coef >want
	for how in standard minmax robust maxabs; do
		ml-fit -q linear -y y --scale $how t.csv | ml-show --coef >got
		paste -d, want got | awk -F, 'NR > 1 { d = $3 - $6; if ($2 != $5 || d * d > 1e-20) exit 1 } END { if (NR != 6) exit 1 }' ||
			fail "$how: $(paste want got)"
		ml-feat -q -y y --scale $how -b t.csv | ml-fit -q linear | ml-show --coef | cmp - got
	done
}

@test "ml-show --coef: one set for two classes, one a class for more, none for what has none" {
	table >t.csv
	ml-fit -q logistic -y c t.csv | ml-show --coef >got
	[ "$(cut -d, -f1 got | tail -n +2 | sort | uniq -c | tr -s ' ')" = $' 4 u\n 4 v\n 4 w' ]
	awk -F, -v OFS=, '$3 != "u" { $1 = $1; print }' t.csv | ml-fit -q logistic -y c | ml-show --coef >got
	[ "$(cut -d, -f1 got | tail -n +2 | sort -u)" = w ]
	ml-fit -q dummy -y y --task regress t.csv >d.mls
	run --separate-stderr ml-show --coef d.mls
	[ "$status" -eq 64 ] && [ -z "$output" ] || fail "$status $output"
	ml-clean -y y --impute mean --save s.mls t.csv >/dev/null
	refused 65 E-FORMAT "no estimator" -- ml-show --coef s.mls
	ml-show s.mls | grep -q '^step 1: impute'
}

@test "ml-show --json: one line of valid JSON, whatever the names" {
	command -v python3 >/dev/null || skip "no python3 to read JSON"
	awk 'BEGIN { print "\"a,\"\"b\"\"\",\"n\nl\",\"t\tb\\\",y"; for (i = 1; i < 20; i++) print i * 7 % 19 "," i * i % 23 "," (i % 2 ? "\"u\"\"\n\001\"" : "é") "," (i % 3 ? "p" : "q\\") }' >t.csv
	ml-fit -q logistic -y y t.csv >m.mls
	ml-show --json m.mls >m.json
	[ "$(wc -l <m.json)" -eq 1 ]
	python3 - <<-'END'
		import json
		d = json.load(open("m.json", encoding="utf-8"))
		assert [s["type"] for s in d["steps"]] == ["impute", "onehot", "scale", "logistic"], d
		assert [n["name"] for n in d["steps"][0]["needs"]] == ['a,"b"', "n\nl"], d["steps"][0]
		assert d["steps"][1]["fields"]["levels"] == ['u"\n\x01', "é"], d["steps"][1]
		assert d["steps"][3]["classes"] == ["p", "q\\"] and d["steps"][3]["target"] == "y"
		assert d["lineage"][0]["input-1"]["rows"] == 19
		assert d["profile"][0]["rows"] == 19
	END
	ml-fit -q logistic -y y --private t.csv | ml-show --json >p.json
	python3 -c 'import json; d = json.load(open("p.json", encoding="utf-8")); assert not d.get("profile") and not d.get("golden"), d'
}

@test "ml-show: the numbers of --json and --coef read back as they are" {
	table >t.csv
	ml-fit -q linear -y y -f x,z t.csv >m.mls
	for n in $(ml-show --coef m.mls | tail -n +2 | cut -d, -f3); do
		ml-show --json m.mls | grep -qF -e "$n" || fail "$n is not in the JSON"
	done
}

@test "ml-show: several files are one model; what is none is refused" {
	table >t.csv
	ml-clean -y y --impute mean --save a.mls t.csv | ml-fit -q linear -y y --impute none >b.mls
	cat a.mls b.mls | ml-show --json | cmp - <(ml-show --json a.mls b.mls)
	refused 65 E-STREAM "t.csv: not a model stream" -- ml-show t.csv
	refused 65 E-STREAM "empty" -- ml-show /dev/null
	refused 66 E-OPEN "'nowhere.mls'" -- ml-show nowhere.mls
	ml-show --json --coef a.mls | jq -e '.coefficients | length > 1 and all(.[]; .feature)'
	refused 64 E-USAGE "not both" -- ml-show --json --to csv --coef a.mls
	ml-clean -b t.csv >t.mls
	refused 65 E-FORMAT "t.mls: a binary table where a model is expected" -- ml-show t.mls
	for cut in 1 20 100 $(($(stat -c %s b.mls) - 1)); do
		head -c $cut b.mls >cut.mls
		refused 65 E-STREAM "cut.mls" -- ml-show cut.mls
	done
}

@test "ml-show: control bytes of names are escaped for people" {
	printf 'a\033[31m,y\n1,2\n2,3.5\n3,4\n' | ml-fit -q linear -y y >m.mls
	ml-show m.mls >shown
	! tr -d '\n' <shown | grep -q '[[:cntrl:]]' || false
}

@test "ml-show --importance: by column of the table, the most first; shares sum to 1" {
	table >t.csv
	for a in boost linear ridge; do
		o=
		[ $a = boost ] && o='--min-samples-leaf 3 --trees 5'
		ml-fit -q $a -y y $o t.csv | ml-show --importance >got
		[ "$(head -1 got)" = feature,share,importance,splits ]
		[ "$(cut -d, -f1 got | tail -n +2 | LC_ALL=C sort | tr '\n' ' ')" = 'c x z ' ] || fail "$a: $(cat got)"
		awk -F, 'NR > 1 { s += $2; if (NR > 2 && $3 > last) exit 1; last = $3; t += $3; share[NR] = $2; raw[NR] = $3 }
			END { if (s < 1 - 1e-12 || s > 1 + 1e-12) exit 1
				for (i in raw) if ((share[i] - raw[i] / t) ^ 2 > 1e-24) exit 1 }' got || fail "$a: $(cat got)"
	done
	# Splits are those of the trees.
	ml-fit -q boost -y y --min-samples-leaf 3 --trees 5 t.csv >m.mls
	[ "$(ml-show --importance m.mls | awk -F, '{ n += $4 } END { print n }')" -eq \
		"$(ml-show --json m.mls | grep -o '"feature":\[[-0-9,]*\]' | tr '[,' '\n\n' | grep -c '^[0-9]')" ]
}

@test "ml-show --importance: of a linear model |coefficient| x deviation, dummies added up" {
	printf 'x,c,y\n1,a,1\n2,b,7\n4,a,3\n5,c,9.5\n8,c,11\n9,b,14\n' >t.csv
	ml-fit -q linear -y y t.csv >m.mls
	# Deviations (divisor n) of x, and of the dummies of b and c, of which each third is 1.
	ml-show --coef m.mls | awk -F, '{ b[$2] = $3 < 0 ? -$3 : $3 }
		END { m = 29 / 6; s = (1 + 4 + 16 + 25 + 64 + 81) / 6 - m * m
			printf "x %.9f\nc %.9f\n", b["x"] * sqrt(s), (b["c=b"] + b["c=c"]) * sqrt(2 / 9) }' | sort >want
	ml-show --importance m.mls | awk -F, 'NR > 1 { printf "%s %.9f\n", $1, $3 }' | sort | diff - want
}

@test "ml-show --importance: names are those of the table, whatever the steps made of them" {
	table >t.csv
	ml-feat -q -y y --rename x=breadth,z=x --poly breadth,x --onehot c --bins breadth=4 --encode onehot -b t.csv |
		ml-fit -q ridge >m.mls
	[ "$(ml-show --importance m.mls | cut -d, -f1 | tail -n +2 | LC_ALL=C sort | tr '\n' ' ')" = 'breadth*x c x z ' ] ||
		fail "$(ml-show --importance m.mls)"
	ml-clean -q -y y --indicator @num --impute median,mode -b t.csv | ml-feat -q --select 'x,x:missing,c' -b | ml-fit -q boost >m.mls
	[ "$(ml-show --importance m.mls | cut -d, -f1 | tail -n +2 | LC_ALL=C sort | tr '\n' ' ')" = 'c x ' ] ||
		fail "$(ml-show --importance m.mls)"
}

@test "ml-show: of trees the columns that matter most" {
	table >t.csv
	ml-fit -q boost -y y --min-samples-leaf 3 --trees 5 t.csv >m.mls
	ml-show m.mls >shown
	want=$(ml-show --importance m.mls | awk -F, 'NR == 2 { printf "  %-30s %13.1f%%", $1, 100 * $2 }')
	grep -qFx -e "$want" shown || fail "no '$want' in $(cat shown)"
}

@test "ml-show --importance: table, TSV, JSON; refused where there is nothing to tell" {
	table >t.csv
	ml-fit -q boost -y c --min-samples-leaf 3 --trees 4 t.csv >m.mls
	ml-show --importance --to table m.mls | head -1 | grep -qE '^feature +share +importance +splits$'
	ml-show --importance --to tsv m.mls | tr '\t' , | cmp - <(ml-show --importance --to csv m.mls)
	ml-show --importance --json m.mls | grep -q '^{"importances":\[{"feature":"[xyz]","share":0\.'
	ml-fit -q dummy -y y --task regress t.csv >d.mls
	refused 64 E-USAGE "'dummy' has no importances" -- ml-show --importance d.mls
	refused 64 E-USAGE "not both" -- ml-show --importance --coef m.mls
	refused 64 E-USAGE "for --coef, --importance, --clusters, --components, --loadings, --merges, --tree" -- ml-show --to table m.mls
}

# follow TREE.tsv TABLE.csv: of each row the value of the leaf that the printed conditions lead to.
follow() {
	awk -F'\t' '
		function holds(cond, missing, name, op, rest, at, v, in_set) {
			missing = sub(/ or missing$/, "", cond)
			match(cond, / (<=|>|=|!=|in|not in) /)
			name = substr(cond, 1, RSTART - 1); op = substr(cond, RSTART + 1, RLENGTH - 2); rest = substr(cond, RSTART + RLENGTH)
			if (!(name in at_column)) { print "no column " name; exit 1 }
			v = cell[at_column[name]]
			if (v == "") return missing
			if (op == "<=") return v + 0 <= rest + 0
			if (op == ">") return v + 0 > rest + 0
			if (op == "=") return v == rest
			if (op == "!=") return v != rest
			gsub(/[{}]/, ",", rest); gsub(/, /, ",", rest)
			in_set = index(rest, "," v ",") > 0
			return op == "in" ? in_set : !in_set
		}
		NR == FNR { if (FNR > 1) { cond[$1] = $3; value[$1] = $6; kids[$2] = kids[$2] " " $1 } next }
		FNR == 1 { n = split($0, names, ","); for (j = 1; j <= n; j++) at_column[names[j]] = j; next }
		{
			split($0, cell, ","); node = 0
			while (value[node] == "") {
				m = split(kids[node], two, " "); next_node = ""; good = 0
				for (k = 1; k <= m; k++) if (holds(cond[two[k]])) { next_node = two[k]; good++ }
				if (m != 2 || good != 1) { print "node " node ": " good " of " m " conditions hold"; exit 1 }
				node = next_node
			}
			print value[node]
		}' "$1" "$2"
}

# Gaps, a category, small whole numbers: many rows stand on a threshold or near.
gappy() {
	awk 'BEGIN { print "x,z,c,y"; for (i = 1; i < 300; i++) print (i % 11 ? i * 7 % 29 / 4 : "") "," i * i % 23 ".5," (i % 13 ? substr("uvwst", i * i % 5 + 1, 1) : "") "," i * 5 % 17 + i % 29 + (i % 13 ? 0 : 9) }'
}

# leads MODEL: the conditions of its only tree give the predictions, but for the base.
leads() {
	ml-show --tree 1 --to tsv "$1" >tree.tsv
	follow tree.tsv t.csv >leaf
	ml-predict -q --only -m "$1" t.csv | tail -n +2 | paste -d, - leaf | awk -F, '
		NR == 1 { base = $1 - $2 } { d = $1 - $2 - base; if (d > 1e-9 || d < -1e-9) { print NR ": " $0; exit 1 } } END { if (NR != 299) exit 1 }' ||
		fail "$(head -30 tree.tsv)"
}

@test "ml-show --tree: who follows the conditions comes to the leaf that predicts" {
	gappy >t.csv
	ml-fit -q boost -y y --trees 1 --min-samples-leaf 2 t.csv >m.mls
	leads m.mls
	grep -q 'c in {' tree.tsv
	grep -q 'or missing' tree.tsv
}

@test "ml-show --tree: so they do in a tree by itself, of numbers and of classes" {
	gappy >t.csv
	ml-fit -q tree -y y t.csv >m.mls
	leads m.mls
	ml-fit -q tree -y c --max-depth 4 <(awk -F, 'NR == 1 || $3 != ""' t.csv) >m.mls
	ml-show --tree 1 --to tsv m.mls >tree.tsv
	awk -F, 'NR == 1 || $3 != ""' t.csv | ml-predict -q -P -m m.mls --only | awk -F, -v OFS=, '
		NR == 1 { for (j = 2; j <= NF; j++) name[j] = substr($j, 6); next }
		{ s = ""; for (j = 2; j <= NF; j++) if ($j) s = s (s == "" ? "" : ", ") name[j] " " $j; print s }' |
		cmp - <(follow tree.tsv <(awk -F, 'NR == 1 || $3 != ""' t.csv))
}

@test "ml-show --tree: so they do where numbers were imputed and scaled before, in units before that" {
	gappy >t.csv
	for how in standard minmax robust; do
		ml-clean -q -y y --impute median,mode -b t.csv | ml-feat -q --scale $how -b |
			ml-fit -q boost --trees 1 --min-samples-leaf 2 >m.mls
		leads m.mls
		[ "$(cut -f3 tree.tsv | sed -n 's/^z [<>=]* \([0-9.]*\)$/\1/p' | awk '{ if ($1 < 0 || $1 > 23 || length($1) > 16) n++ } END { print n + 0 }')" -eq 0 ] || fail "$(cat tree.tsv)"
	done
}

@test "ml-show --tree: so they do with dummies" {
	gappy >t.csv
	ml-feat -q -y y --onehot c -b t.csv | ml-fit -q boost --trees 1 --min-samples-leaf 2 --max-leaves 60 >m.mls
	ml-show --tree 1 m.mls | grep -q ' c != ' || fail "$(ml-show --tree 1 m.mls)"
	sed 's/,,\([^,]*\)$/,NA,\1/' t.csv >named.csv
	ml-show --tree 1 --to tsv m.mls | sed 's/ or missing\t/\t/' >tree.tsv
	awk -F, -v OFS=, 'NR > 1 && $1 == "" { next } { print }' named.csv >whole.csv
	awk -F, -v OFS=, '{ if ($3 == "NA") $3 = ""; print }' whole.csv | ml-predict -q --only -m m.mls | tail -n +2 |
		paste -d, - <(follow tree.tsv whole.csv) | awk -F, '
			NR == 1 { base = $1 - $2 } { d = $1 - $2 - base; if (d > 1e-9 || d < -1e-9) { print NR ": " $0; exit 1 } }'
}

@test "ml-show --tree: text and rows tell the same; what steps have changed is named" {
	gappy >t.csv
	ml-feat -q -y y --ln x --scale standard -b t.csv 2>/dev/null | ml-fit -q boost --trees 2 --min-samples-leaf 5 >m.mls
	ml-show --tree 2 m.mls >text
	[[ $(head -1 text) == 'tree 2 of 2, '*' leaves (cover 299, gain '* ]] || fail "$(head -1 text)"
	grep -q '^ *scaled(ln(x)) <= ' text || fail "$(cat text)"
	diff <(sed -n '2,$s/^ *\(.*\) (cover.*/\1/p' text) <(ml-show --tree 2 --to tsv m.mls | tail -n +3 | cut -f3)
	ml-show --tree 2 --json m.mls | grep -q '^{"nodes":\[{"node":0,"condition":"","cover":299,"gain":'
	awk -F, -v OFS=, 'NR == 1 || $3 != "" { print $1, $2, $3 }' t.csv | ml-fit -q boost -y c --trees 2 --min-samples-leaf 5 >k.mls
	ml-show --tree 4 k.mls | grep -q '^tree 4 of 6, .* leaves, for class t '
}

@test "ml-show --dot: a graph that Graphviz takes, whatever the names" {
	awk 'BEGIN { print "\"a \"\"b\"\" \\n\",c,y"; for (i = 1; i < 60; i++) print i * 7 % 19 ",\"" (i % 3 ? "u\"\"v, {w}" : "x\\") "\"," i * 7 % 19 + (i % 3 ? 40 : 0) }' >t.csv
	ml-fit -q boost -y y --trees 1 --min-samples-leaf 3 t.csv >m.mls
	ml-show --tree 1 --dot m.mls >tree.dot
	cmp tree.dot <(ml-show --tree 1 --to dot m.mls)
	[ "$(head -1 tree.dot)" = 'digraph tree {' ]
	[ "$(grep -c ' -> ' tree.dot)" -eq "$(($(grep -c '^  n[0-9]* \[' tree.dot) - 1))" ]
	if command -v dot >/dev/null; then
		dot -Tplain tree.dot >/dev/null
	fi
	ml-show --tree 1 m.mls | grep -qF '"a \"b\" \n" <= ' || fail "$(ml-show --tree 1 m.mls)"
}

@test "ml-show --tree: refused where there is none" {
	table >t.csv
	ml-fit -q boost -y y --trees 3 t.csv >m.mls
	refused 64 E-USAGE "tree 4: the model has 3" -- ml-show --tree 4 m.mls
	ml-fit -q linear -y y t.csv >l.mls
	refused 64 E-USAGE "'linear' has no trees" -- ml-show --tree 1 l.mls
	refused 64 E-USAGE "for --merges, --tree" -- ml-show --dot m.mls
	refused 64 E-USAGE "not both" -- ml-show --tree 1 --coef m.mls
}
