#!/usr/bin/env bash
# coverage.sh - what tests reached, by directory: lines, and branches taken at least once.
#
#     tests/faults/coverage.sh BUILD [-f]         (a build with --coverage whose tests have run; -f: by file)
#
# Fails when fewer branches are taken than asked for: 95 % of the readers, lib/data and lib/stream
# (whatever bytes come, they meet them first), 85 % over all.
#
# Branches are those of the machine code that gcc makes at -O0: each `if (rc)` for want of memory
# counts, so the share is lower than that of the decisions in the source.
set -u

cd "$(dirname "$0")/../.." || exit 2
command -v gcov >/dev/null || { echo "no gcov"; exit 1; }
find "$1" -name '*.gcda' -path "*/lib/*" -print0 -o -name '*.gcda' -path '*/tools/*' -print0 |
	xargs -0 gcov -n -b 2>/dev/null |
	awk -v by_file="${2:-}" '
		function add(what, share, all) {
			add_to(key, what, share, all)
			add_to("all", what, share, all)
			if (file ~ /^lib\/(data|stream)\//) add_to("readers", what, share, all)
		}
		function add_to(key, what, share, all) {
			hit[key, what] += share / 100 * all; total[key, what] += all
		}
		/^File / {
			key = ""
			file = substr($0, 7, length($0) - 7)
			if (file !~ /^(lib|tools)\/.*\.c$/) next
			key = file
			if (!by_file) sub(/\/[^\/]*$/, "", key)
			keys[key]
		}
		key != "" && /^(Lines executed|Taken at least once):/ {
			n = split($0, word, " ")
			share = $0; sub(/^[^:]*:/, "", share); sub(/%.*/, "", share)
			add(substr($0, 1, 1), share, word[n])
		}
		# Behind the last file stands a line for all.
		/^$|^Taken at least once|^No branches/ { key = "" }
		END {
			printf "%-28s %8s %8s %9s %9s\n", "", "lines", "%", "branches", "%"
			for (key in keys) print row(key) | "sort"
			close("sort")
			print row("readers")
			print row("all")
			exit less("readers", 95) + less("all", 85) > 0
		}
		function less(key, asked) {
			if (percent(key, "T") >= asked) return 0
			printf "%s: %.2f %% of the branches, fewer than %d %%\n", key, percent(key, "T"), asked
			return 1
		}
		function row(k) {
			return sprintf("%-28s %8d %8.1f %9d %9.1f", k, total[k, "L"], percent(k, "L"), total[k, "T"], percent(k, "T"))
		}
		function percent(k, what) { return total[k, what] ? 100 * hit[k, what] / total[k, what] : 100 }'
