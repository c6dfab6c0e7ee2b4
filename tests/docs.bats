#!/usr/bin/env bats
# What the documentation says is tried: see docs.sh.  Takes long.

bats_require_minimum_version 1.5.0

setup() {
	root=$BATS_TEST_DIRNAME/..
	docs=$BATS_TEST_DIRNAME/docs.sh
	export ML_BUILD=${ML_BUILD:-$root/build}
	export ML_BIN=${ML_BIN:-$ML_BUILD/bin}
	cd "$root"
}

# For each tool: $docs COMMAND ARGUMENTS, where TOOL stands for its name; all are tried.
each_tool() {
	local bad=0 t
	for t in "$ML_BIN"/ml-*; do
		t=${t##*/}
		"$docs" "${@//TOOL/$t}" || { echo "-- $t"; bad=1; }
	done
	return $bad
}

@test "README: every command runs, and prints what the page says" {
	"$docs" readme README.md
}

@test "every tool: the examples of --help run" {
	each_tool tool TOOL
}

@test "every tool has a page, whose examples run" {
	each_tool man man/TOOL.1.in
}

@test "pages of section 7: the examples run" {
	for page in man/*.7; do
		"$docs" man "$page" || { echo "-- $page"; bad=1; }
	done
	[ -z "$bad" ]
}

@test "every tool: the SYNOPSIS of its page is the usage of --help" {
	each_tool synopsis TOOL "$ML_BUILD/man/TOOL.1"
}

@test "mlutils(7) explains every code in the sources, and no other" {
	"$docs" codes man/mlutils.7
}

@test "built pages give no warning of mandoc -Tlint" {
	for page in man/*.[157] man/*.in; do
		[ -e "$page" ] || continue
		page=${page%.in}
		run mandoc -Tlint -W warning "$ML_BUILD/$page"
		[ "$status" -eq 0 ] && [ -z "$output" ] || { echo "$page: $output"; bad=1; }
	done
	[ -z "$bad" ]
}

@test "ml-models(7) and ml-preps(7) have every estimator and every preparation" {
	for name in $(sed -n 's/^ML_MODEL(\(.*\))$/\1/p' lib/models/models.def); do
		grep -qi "^\.Sh ${name//_/-}\$" man/ml-models.7 || { echo "no section $name"; bad=1; }
	done
	for name in $(sed -n 's/^ML_PREP(\(.*\))$/\1/p' lib/prep/preps.def); do
		grep -q "^\.It Fl.* -\?${name//_/-} Ar" man/ml-preps.7 || { echo "no entry $name"; bad=1; }
	done
	[ -z "$bad" ]
}
