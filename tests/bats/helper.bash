# helper.bash - what all tests of the command line use; `load helper` in each.
BIN=${ML_BIN:-$BATS_TEST_DIRNAME/../../build/bin}
PATH=$BIN:$PATH
export LC_ALL=C
# Of the make that runs the tests, those that tests run know nothing.
unset ML_THREADS ML_LOG ML_RUN MAKEFLAGS MFLAGS MAKELEVEL
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# The tools there are.
tools() {
	local t
	for t in "$BIN"/ml-*; do basename "$t"; done
}

# refused STATUS TAG TEXT -- COMMAND...: exits so, with one line on stderr that begins with the
# tool's name, holds TEXT and ends in [TAG], and nothing on stdout.
refused() {
	local status_wanted=$1 tag=$2 text=$3
	shift 4
	run --separate-stderr "$@" </dev/null
	[ "$status" -eq "$status_wanted" ] || fail "status $status: $stderr"
	[ -z "$output" ] || fail "on stdout: $output"
	[ "${#stderr_lines[@]}" -eq 1 ] || fail "not one line: $stderr"
	[[ $stderr == "$(basename "$1"): "*"$text"*" [$tag]" ]] || fail "message: $stderr"
}

# soon CONDITION: waits until the shell finds it true, a minute at most.  Then what runs as $pid and
# $other is ended, so that bats need not wait for it.
soon() {
	local end=$((SECONDS + 60))
	until eval "$1"; do
		if [ $SECONDS -ge $end ]; then
			kill -9 ${pid:-} ${other:-} 2>/dev/null
			fail "not within a minute: $1"
			return 1
		fi
		sleep 0.02
	done
}

fail() {
	printf '%s\n' "$*"
	return 1
}
