#!/usr/bin/env bats
# models.bats - models of every version so far go on working.

setup() {
	cd "$BATS_TEST_DIRNAME"
}

# Equal text, or equal numbers to 1e-9: across classes of CPU last bits may differ.
same() {
	paste -d, "$1" "$2" | awk -F, '{
		n = NF / 2
		for (i = 1; i <= n; i++) {
			a = $i; b = $(i + n)
			if (a == b) continue
			d = a - b; if (d < 0) d = -d
			m = a < 0 ? -a : a; if (m < 1) m = 1
			if (a !~ /^-?[0-9]/ || d > 1e-9 * m) { print NR ": " a " was " b; exit 1 }
		}
	}'
}

@test "every kept model is whole and answers its golden rows" {
	ml-check -v *.mls
}

@test "every kept model predicts what it predicted then" {
	for model in *.mls; do
		options=-q
		case $(head -1 "${model%.mls}.csv") in
		*prob:* | *dist:*) options='-q -P' ;;
		*,std) options='-q --std' ;;
		esac
		ml-predict $options --only -m "$model" input.csv >"$BATS_TEST_TMPDIR/now.csv"
		same "$BATS_TEST_TMPDIR/now.csv" "${model%.mls}.csv" || { echo "$model"; false; }
	done
}

# A kind that is added gets its model by make.sh, so that a later version cannot break it unseen.
@test "every estimator and preparation there is has a kept model" {
	sed -n 's/^ML_[A-Z]*(\(.*\))$/\1/p' ../../lib/models/models.def ../../lib/prep/preps.def | tr _ - | sort \
		>"$BATS_TEST_TMPDIR/kinds"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/kinds")" -gt 40 ]
	for model in *.mls; do ml-show "$model"; done | sed -n 's/^step [0-9]*: \([a-z0-9-]*\) .*/\1/p' | sort -u \
		>"$BATS_TEST_TMPDIR/kept"
	run comm -23 "$BATS_TEST_TMPDIR/kinds" "$BATS_TEST_TMPDIR/kept"
	echo "$output"
	[ -z "$output" ]
}
