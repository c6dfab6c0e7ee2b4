/* run.c - when a computation must come to its end. */
#define _POSIX_C_SOURCE 200809L
#include "base/run.h"

#include <math.h>
#include <time.h>

bool ml_run_listens(const struct ml_run *run)
{
	return run->progress && run->listens && run->listens(run->user);
}

bool ml_run_over(const struct ml_run *run)
{
	struct timespec now;

	if (run->stop && *run->stop)
		return true;
	if (!isfinite(run->deadline)) /* most runs: no system call */
		return run->deadline < 0;
	if (clock_gettime(CLOCK_MONOTONIC, &now))
		return false;
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec >= run->deadline;
}
