#!/usr/bin/env bash
# lint.sh - what clang-tidy (.clang-tidy), cppcheck (cppcheck.txt) and shellcheck find: nothing.
#
#     tests/faults/lint.sh [FILE.c...]      (default: all of lib and tools)
#
# Prints TAP, a test for each tool.
set -u

cd "$(dirname "$0")/../.." || exit 2
if [ $# -gt 0 ]; then files=("$@"); else files=(lib/*/*.c tools/*.c); fi
tests=0
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT

try() {         # TITLE PROGRAM COMMAND...
	local title=$1 program=$2
	shift 2
	tests=$((tests + 1))
	if ! command -v "$program" >/dev/null; then
		echo "ok $tests - $title # SKIP no $program"
	elif "$@" >"$log" 2>&1; then
		echo "ok $tests - $title"
	else
		echo "not ok $tests - $title"
		# Of the warnings that are generated clang-tidy tells only those that count.
		grep -v ' warnings* generated\.$' "$log" | sed 's/^/# /' | head -200
	fi
}

# Flags go behind the files, so xargs cannot append to the command itself.
one_batch() {
	clang-tidy --quiet "$@" -- -std=c11 -Ilib -Itools -DML_VERSION='"0"'
}
export -f one_batch

tidy() {
	printf '%s\0' "${files[@]}" | xargs -0 -P "${ML_JOBS:-2}" -n 8 bash -c 'one_batch "$@"' -
}

check() {
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppressions-list=tests/faults/cppcheck.txt -j "${ML_JOBS:-2}" -Ilib -Itools -DML_VERSION='"0"' \
		'-D__attribute__(x)=' "${files[@]}"
}

shell() { shellcheck -S warning tests/run tests/*.tap tests/*.sh tests/faults/*.sh tests/faults/tally examples/*.sh examples/*/*.sh; }

try "clang-tidy: ${#files[@]} files" clang-tidy tidy
try "cppcheck: ${#files[@]} files" cppcheck check
try "shellcheck: scripts of the tests and examples" shellcheck shell
echo "1..$tests"
