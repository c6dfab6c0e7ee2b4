/* run.c - the end of a run. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "base/run.h"
#include "test.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

TEST("a run is over when its deadline has passed, or when it is told to stop")
{
	volatile bool stop = false;
	struct ml_run run = { .threads = 1, .deadline = (double)INFINITY };

	CHECK(!ml_run_over(&run));
	run.stop = &stop;
	CHECK(!ml_run_over(&run));
	stop = true;
	CHECK(ml_run_over(&run));
	stop = false;
	run.deadline = now() - 1e-3;
	CHECK(ml_run_over(&run));
	run.deadline = now() + 1000;
	CHECK(!ml_run_over(&run));
	run.deadline = now() + 5e-3;
	while (!ml_run_over(&run))
		;
	CHECK(now() >= run.deadline);
}

int main(void)
{
	return ml_tests_run();
}
