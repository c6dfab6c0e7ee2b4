#!/usr/bin/env bats
# exact.bats - coefficients and metrics of real tables, as other programs have them (tests/data/tables/README).
load helper

tables=$BATS_TEST_DIRNAME/../data/tables

# each FILE.tsv: calls row TABLE TARGET FIT with the lines of this fit in the file `wanted`.
each() {
	tail -n +2 "$tables/$1" | cut -f1-3 | sort -u >fits
	[ -s fits ]
	while IFS=$'\t' read -r table target fit <&3; do
		awk -F'\t' -v t="$table" -v f="$fit" '$1 == t && $3 == f' "$tables/$1" >wanted
		row "$table" "$target" "$fit"
	done 3<fits
}

@test "ml-fit: coefficients are those of other programs, to 1e-6" {
	row() {
		ml-fit -q $3 -y $2 "$tables/$1.train.csv.gz" | ml-show --coef | tr , '\t' >got
		awk -F'\t' -v what="$*" 'NR == FNR { want[$4 "," $5] = $6; n++; next }
			FNR > 1 { if (!(($1 "," $2) in want)) { print what ": no " $1 " " $2; exit 1 }
				w = want[$1 "," $2]; d = $3 - w; s = w < 0 ? -w : w
				if (d * d > 1e-12 * (1e-6 + s) ^ 2) { print what ": " $1 " " $2 ": " $3 ", not " w; exit 1 }
				seen++ }
			END { if (seen != n) { print what ": " seen " of " n; exit 1 } }' wanted got
	}
	each coefficients.tsv
}

@test "the coefficients themselves predict what ml-predict predicts" {
	ml-fit linear -y medv "$tables/boston.train.csv.gz" >m.mls
	ml-show --coef m.mls | tr , '\t' >coef
	ml-predict -q -m m.mls "$tables/boston.test.csv.gz" |
		awk -F'\t' 'NR == FNR { coef[$2] = $3; next } { split($0, v, ",") }
			FNR == 1 { for (j in v) name[j] = v[j]; next }
			{ s = coef["(intercept)"]; for (j in v) if (name[j] in coef) s += coef[name[j]] * v[j]
			  for (j in v) if (name[j] == "pred") { d = s - v[j]; if (d * d > 1e-20) exit 1; n++ } }
			END { if (n != 127) exit 1 }' coef -
}

@test "test parts: accuracy and area within 0.005, errors within 1 %, of scikit-learn's" {
	row() {
		# Raw columns, and the same by separate tools.
		ml-fit -q $3 -y $2 --impute median "$tables/$1.train.csv.gz" >raw.mls
		ml-clean -q -y $2 --impute median -b "$tables/$1.train.csv.gz" |
			ml-feat -q --onehot @cat --scale standard -b | ml-fit -q $3 >piped.mls
		for m in raw piped; do
			ml-predict -q -P -m $m.mls "$tables/$1.test.csv.gz" | ml-eval -q -y $2 >got
			awk -v what="$* ($m)" 'NR == FNR { split($0, f, "\t"); want[f[4]] = f[5]; n++; next }
				{ split($0, f, ",") }
				f[1] in want && (f[2] == "" || f[1] == "auc") && !(f[1] in seen) {
					d = f[3] - want[f[1]]; d = d < 0 ? -d : d; seen[f[1]]; k++
					if (d > (f[1] ~ /rmse|mae/ ? want[f[1]] / 100 : 0.005)) { print what ": " $0 ", not " want[f[1]]; exit 1 } }
				END { if (k != n) { print what ": " k " of " n " metrics"; exit 1 } }' wanted got
		done
	}
	each metrics.tsv
}

@test "the profile counts what is in a real table" {
	command -v python3 >/dev/null || skip "no python3 to read JSON"
	ml-fit -q logistic -y species "$tables/penguins.train.csv.gz" | ml-show --json >m.json
	gzip -dc "$tables/penguins.train.csv.gz" >t.csv
	python3 - <<-'END'
		import csv, json
		rows = list(csv.DictReader(open("t.csv")))
		p = json.load(open("m.json"))["profile"][0]
		assert p["rows"] == len(rows)
		for name, missing in zip(p["names"], p["missing"]):
		    assert missing == sum(r[name] in ("", "NA") for r in rows), name
	END
}
