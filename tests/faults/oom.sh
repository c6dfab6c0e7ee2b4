#!/usr/bin/env bash
# oom.sh - every allocation of a command fails, once, and from then on.
#
#     tests/faults/oom.sh MFAIL.so [-k STEP] [NAME...]       (names of tests/faults/jobs; default: all)
#
# Each run has to end with the same result as without a fault, or with exit status 71, one line
# "TOOL: ... [E-NOMEM]" behind the warnings, no part of a file, and output that its reader refuses.
# Whatever happens, all memory is freed.  With -k every STEP-th allocation fails, which is enough to notice
# what broke; the first site moves along with the job, so that jobs look at different sites.
# Prints TAP, a line a job, then how many sites there were.
set -u

here=$(cd "$(dirname "$0")" && pwd)
so=$(realpath "$1")
shift
step=1
if [ "${1:-}" = -k ]; then
	step=$2
	shift 2
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/ml-oom.XXXXXX") || exit 2
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
export LC_ALL=C
unset ML_LOG MFAIL_AT
"$here"/tables.sh || exit 2
shopt -s nullglob dotglob
mkdir run ref
cd run || exit 2
mark='ml-upstream-failed: '
sites=0 runs=0

# One run; $why says what was wrong with it, or is empty.  Nearly all of the time is spent here, so
# the shell starts no other process where it need not.
try() {
	local at=$1 rc line lines leaks=() files told=()
	shift
	files=(*)
	[ ${#files[@]} -eq 0 ] || rm -f -- "${files[@]}"
	: >../report
	MFAIL_AT=$at MFAIL_REPORT=../report LD_PRELOAD=$so "$@" <../t.csv >../out 2>../err
	rc=$?
	why=
	mapfile -t lines <../report
	for line in "${lines[@]}"; do [[ $line == leak* ]] && leaks+=("$line"); done
	mapfile -t lines <../err
	for line in "${lines[@]}"; do [[ $line == *': warning: '* ]] || told+=("$line"); done
	if [ $rc -eq 0 ]; then
		cmp -s ../out ../ref.out || why="exit 0, other output"
		same_files || why="exit 0, other files"
	elif [ $rc -eq 71 ]; then
		[[ ${#told[@]} -eq 1 && ${told[0]} == "$1: "*" [E-NOMEM]" ]] || why="message '${told[*]}'"
		for line in *; do
			# A file is whole when the run fails behind it, or is not there.
			[ "$line" = run.log ] || cmp -s "$line" "../ref/$line" || why="left $line"
		done
		[ ! -s ../out ] || is_broken || why="exit 71, but the output looks whole"
	else
		why="exit $rc: ${told[*]:0:2}"
	fi
	[ ${#leaks[@]} -eq 0 ] || why="$why ${leaks[*]:0:3}"
}

same_files() {
	local f have=(*) want=(../ref/*)
	[ "${have[*]}" = "${want[*]##*/}" ] || return 1
	for f in "${have[@]}"; do
		[ "$f" = run.log ] || cmp -s "$f" "../ref/$f" || return 1
	done
}

# A CSV with its mark, or a stream that is not whole.
is_broken() {
	grep -q "\"$mark" ../out && return 0
	ml-check ../out >/dev/null 2>&1
	[ $? -eq 65 ] && [ "$(head -c 3 ../out)" = $'\xd9\xd9\xf7' ]
}

job() {
	local name=$1 i mode n bad=0 said=
	shift
	rm -f ../ref/* ../report ./*
	# Without a shim, then with one that only counts.
	"$@" <../t.csv >../ref.out 2>../err
	[ $? -eq 0 ] || { echo "not ok $((++tests)) - $name: fails without a fault"; sed 's/^/# /' ../err; return; }
	cp -- * ../ref 2>/dev/null
	try 0 "$@"
	n=$(sed -n 's/^allocations //p' ../report)
	[ -z "$why" ] || { bad=1; said="# counting: $why"$'\n'; }
	for ((i = 1 + (step > 1 ? tests * 7 % step : 0); i <= n; i += step)); do
		for mode in "" +; do
			try "$i$mode" "$@"
			runs=$((runs + 1))
			[ -z "$why" ] && continue
			bad=$((bad + 1))
			[ $bad -le 12 ] && said+="# allocation $i$mode: $why"$'\n'
		done
		sites=$((sites + 1))
	done
	tests=$((tests + 1))
	[ $bad -eq 0 ] && echo "ok $tests - no memory, $name: $n allocations" && return
	echo "not ok $tests - no memory, $name: $n allocations, $bad bad runs"
	printf %s "$said"
}

tests=0
while read -r name command; do
	case $name in '' | '#'*) continue ;; esac
	[ $# -gt 0 ] && [[ " $* " != *" $name "* ]] && continue
	words=()
	eval "words=($command)"
	job "$name" "${words[@]}"
done <"$here/jobs"
echo "1..$tests"
echo "# $sites sites, $runs faults"
