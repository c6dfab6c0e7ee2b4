#!/usr/bin/env bash
# parallel.sh - the same grid with GNU parallel: killed in the middle, resumed, nothing done twice.
#
#     examples/grid/parallel.sh [DIRECTORY]   (default: a temporary one, removed at the end)
# shellcheck source=examples/grid/common.sh
. "$(dirname "$0")/common.sh"

data
grid() {        # OPTION...: what is not yet in jobs.log
	points | parallel --will-cite --jobs 2 --joblog jobs.log --resume "$@" trial '{}'
}

# After three trials no further one is begun, as if the machine had been needed for something else.
grid --halt soon,done=3 2>halted.txt || true
echo "$(($(wc -l <jobs.log) - 1)) of $(points | wc -l) trials done, then stopped"
grid
echo "$(ml-log ls --tool ml-fit | tail -n +2 | wc -l) fits in all"
ml-log best --metric log-loss -n 3 --to table
