#!/usr/bin/env bash
# sys.sh - system calls of a command fail, or the command is killed at them.  Needs strace.
#
#     tests/faults/sys.sh [NAME...]        (names of the jobs at the end; default: all)
#
# Errors: each openat, read, write, close, fsync and rename gets EIO, ENOSPC or EINTR, one at a
# time.  The table `wanted` says what has to come of it.  A failure is told in one line, and files
# are the old ones or the new ones, whole; none is left under a temporary name.
# Signals: SIGKILL, and SIGTERM, at each system call of any kind.  Files are as above; after
# SIGKILL a temporary file may be left, after SIGTERM none.
# What the loader and constructors of libraries do is not meant: the first call of the
# program itself is fcntl(0, F_GETFD).  Half of the runs find old files where output goes.
#
# strace is used since a preloaded library does not see the calls that the C library makes itself.
# Prints TAP, a line for each job and fault, then how many points there were.
set -u

here=$(cd "$(dirname "$0")" && pwd)
command -v strace >/dev/null || { echo "1..0 # SKIP no strace"; exit; }
strace -o /dev/null true 2>/dev/null || { echo "1..0 # SKIP strace may not trace here"; exit; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/ml-sys.XXXXXX") || exit 2
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
export LC_ALL=C ML_THREADS=1
unset ML_LOG
"$here"/tables.sh || exit 2
shopt -s nullglob dotglob
mkdir run ref
cd run || exit 2
tests=0 points=0
old='an older file'

# Exit statuses that are right when CALL on WHAT fails with ERROR; 0 means: with the same output.
# (The journal is opened and closed once before the work, which may fail without consequence.)
wanted() {
	case $1:$2:$3 in
	*:*:EINTR) echo "0" ;;             # done again, or without consequence
	*:system:*) echo "0" ;;            # /proc, /sys: there are defaults
	openat:journal:*) echo "73" ;;
	close:journal:*) echo "0 74" ;;
	write:message:*) echo "0" ;;       # stderr is where it would be told
	openat:source:*) echo "66" ;;
	openat:target:*) echo "73" ;;
	openat:directory:*) echo "0" ;;    # may not be readable, and then cannot be synced
	read:*) echo "74" ;;
	close:source:* | close:directory:* | close:message:*) echo "0" ;; # nothing can be lost
	*) echo "74" ;;
	esac
}

# What the call in a line of strace -y is about.
about() {
	case $1 in
	*'write(2<'*) echo message ;;
	*'.tmp"'*) echo target ;;
	*'"run.log"'* | *'run.log>'*) echo journal ;;
	*'</usr/'* | *'"/usr/'*) echo system ;;
	*'"../'* | *'(0<'* | *"<$dir/"*.csv\>* | *"<$dir/"*.mls\>* | *"<$dir/"*.bin\>* | \
		*"<$dir/"*.jsonl\>*)
		case $1 in *"<$dir/run/"*) echo target ;; *) echo source ;; esac ;;
	*'O_DIRECTORY'* | *"<$dir/run>"*) echo directory ;;
	*"<$dir/"* | *'(1<'*) echo target ;;
	*) echo system ;;
	esac
}

# run.log is a line longer after each run.
whole() {
	local f
	for f in *; do
		[ "$f" = run.log ] && continue
		[[ $f == .ml-*.tmp ]] && { [ "$1" = may-leave ] && continue; why="left $f"; return; }
		cmp -s "$f" "../ref/$f" && continue
		[ "$(<"$f")" = "$old" ] || why="$f is neither old nor new"
	done
}

reset() {
	local f have=(*)
	[ ${#have[@]} -eq 0 ] || rm -f -- "${have[@]}"
	[ $(($1 % 2)) -eq 0 ] && return
	for f in ../ref/*; do
		[ "$f" = ../ref/run.log ] || echo "$old" >"${f##*/}"
	done
}

# Sets rc, and hit: the line of the call that was tampered with.
traced() {      # CALL FAULT WHEN COMMAND...
	local call=$1 fault=$2 when=$3
	shift 3
	# In braces, since the shell tells of each process that a signal ended.
	{
		timeout -s KILL 60 strace -f -qq -y -o ../trace -e trace="$call" \
			-e inject="$call:$fault:when=$when" -- "$@" <../t.csv >../out 2>../err
		rc=$?
	} 2>/dev/null
	hit=$(grep -m1 INJECTED ../trace)
}

check_error() { # CALL ERROR TOOL
	local want line
	want=$(wanted "$1" "$(about "$hit")" "$2")
	line=$(grep -v ': warning: ' ../err)
	if [[ " $want " != *" $rc "* ]]; then
		why="exit $rc, not $want"
	elif [ "$rc" != 0 ]; then
		[[ $line == "$3: "*" [E-IO]" || $line == "$3: "*" [E-OPEN]" ]] && [[ $line != *$'\n'* ]] ||
			why="message '$line'"
	elif ! cmp -s ../out ../ref.out; then
		why="exit 0, other output"
	fi
	whole none
}

result() {      # TITLE BAD SAID
	tests=$((tests + 1))
	if [ "$2" -eq 0 ]; then echo "ok $tests - $1"; else echo "not ok $tests - $1: $2 bad"; fi
	printf %s "$3"
}

# Calls the program itself makes: "CALL BEFORE ALL", how many come before it begins, and in all.
calls() {
	timeout 60 strace -f -qq -o ../trace -- "$@" <../t.csv >/dev/null 2>&1
	awk '{ sub(/^[0-9]+ +/, "") }
		/^fcntl\(0, F_GETFD\)/ { begun = 1 }
		/^[a-z0-9_]+\(/ { name = $0; sub(/\(.*/, "", name); all[name]++; before[name] += !begun }
		END { for (name in all) if (all[name] > before[name]) print name, before[name], all[name] }' \
		../trace | sort
}

errors() {      # NAME CALLS COMMAND...
	local name=$1 plan=$2 error call before all i
	shift 2
	for error in EIO ENOSPC EINTR; do
		local bad=0 said='' n=0
		while read -r call before all; do
			case $call:$error in
			openat:* | read:EI* | write:* | close:* | fsync:* | rename:EIO | rename:ENOSPC) ;;
			*) continue ;;
			esac
			for ((i = before + 1; i <= all; i++)); do
				reset "$i"
				traced "$call" "error=$error" "$i" "$@"
				[ -n "$hit" ] || continue
				why=
				check_error "$call" "$error" "$1"
				n=$((n + 1))
				[ -z "$why" ] && continue
				bad=$((bad + 1))
				said+="# $why: ${hit:0:200}"$'\n'
			done
		done <<<"$plan"
		points=$((points + n))
		result "$name: $error at each of $n calls" $bad "$said"
	done
}

signals() {     # NAME CALLS COMMAND...
	local name=$1 plan=$2 signal call before all i
	shift 2
	for signal in KILL TERM; do
		local bad=0 said='' n=0
		while read -r call before all; do
			case $call in exit_group | execve) continue ;; esac
			for ((i = before + 1; i <= all; i++)); do
				for old_files in 0 1; do
					reset $old_files
					traced "$call" "signal=SIG$signal" "$i" "$@"
					# Where there are no old files some calls are not made.
					grep -qE 'killed by|--- SIG' ../trace || continue
					why=
					n=$((n + 1))
					case $signal:$rc in
					KILL:137) whole may-leave ;;
					TERM:143 | TERM:0) whole none ;;
					*) why="exit $rc" ;;
					esac
					[ -z "$why" ] && continue
					bad=$((bad + 1))
					said+="# $why: $call, number $i of $all: $(tail -1 ../trace | cut -c1-150)"$'\n'
				done
			done
		done <<<"$plan"
		points=$((points + n))
		result "$name: SIG$signal at each call, $n times" $bad "$said"
	done
}

while read -r name command; do
	[ $# -gt 0 ] && [[ " $* " != *" $name "* ]] && continue
	read -ra words <<<"$command"
	reset 0
	rm -f ../ref/*
	"${words[@]}" <../t.csv >../ref.out 2>../err || { cat ../err; exit 2; }
	cp -- * ../ref 2>/dev/null
	plan=$(calls "${words[@]}")
	errors "$name" "$plan" "${words[@]}"
	[ -n "$(ls ../ref)" ] && signals "$name" "$plan" "${words[@]}"
done <<-'JOBS'
	clean     ml-clean ../t.csv
	stdin     ml-clean
	save      ml-clean -y left --impute mean --save step.mls -o out.csv ../t.csv
	reject    ml-clean --range income=1100..2200 --reject bad.csv -o out.csv ../t.csv
	split     ml-split --test 0.25 --seed 1 -o train.csv --rest test.csv ../t.csv
	binary    ml-feat -y kind --bins a=3 -b ../three.csv
	fit       ml-fit logistic -y left --id id --ignore note -o m.mls ../t.csv
	predict   ml-predict -P -m ../t.mls -o p.csv ../t.csv
	rejects   ml-predict -m ../t.mls --reject bad.csv ../t.csv
	eval      ml-eval -y left ../p.csv
	show      ml-show --log run.log ../t.mls
	check     ml-check ../t.mls ../three.mls
	log       ml-log best --metric auc -o best.csv ../runs.jsonl
JOBS

# A model is data: what is opened, started or connected to while it is read.
foreign=$(
	strace -f -qq -e trace=fcntl,openat,open,creat,execve,execveat,fork,vfork,socket,connect -o ../trace \
		ml-check ../t.mls ../three.mls >/dev/null 2>&1
	awk 'begun && !/"\.\.\/(t|three)\.mls", O_RDONLY/ && !/fcntl/ && !/"\/(proc|sys)\// { print "# " $0 }
		/fcntl\(0, F_GETFD\)/ { begun = 1 }
		END { if (!begun) print "# nothing was traced" }' ../trace
)
result "reading models opens them and nothing else, starts nothing, connects nowhere" \
	"$(printf %s "$foreign" | grep -c .)" "$foreign"
echo "1..$tests"
echo "# $points points"
