/* thread.c - blocks done by several threads: each once, the same result, failures, signals. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/team.h"
#include "base/thread.h"
#include "test.h"

#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#endif

enum { BLOCKS = 1000 };

struct job {
	atomic_int done[BLOCKS], by[64], strange;
	int threads;
	double sum[BLOCKS];
	size_t fail_at, fail_too; /* these two blocks fail */
};

static int count(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct job *j = arg;

	if (worker < 0 || worker >= j->threads)
		atomic_fetch_add(&j->strange, 1);
	else
		atomic_fetch_add(&j->by[worker], 1);
	atomic_fetch_add(&j->done[block], 1);
	for (int i = 0; i < 100; i++)
		j->sum[block] += 1 / (2.385 + (double)block + i);
	if (block == j->fail_at || block == j->fail_too)
		return ml_fail(err, ML_EDATA, "E-TEST", "block %zu", block);
	return ML_OK;
}

static struct job *new_job(int threads)
{
	struct job *j = calloc(1, sizeof *j);

	j->threads = threads;
	j->fail_at = j->fail_too = SIZE_MAX;
	return j;
}

TEST("each block is done once, with the same sums, for 1 to 32 threads")
{
	struct job *want = new_job(1);
	struct ml_error err = { 0 };

	CHECK(ml_parallel(1, BLOCKS, count, want, &err) == ML_OK);
	for (int threads = 1; threads <= 32; threads++) {
		struct job *j = new_job(threads);
		size_t blocks = threads % 3 ? BLOCKS : (size_t)threads / 2;
		int by = 0;

		CHECK(ml_parallel(threads, blocks, count, j, &err) == ML_OK);
		for (size_t b = 0; b < BLOCKS; b++) {
			CHECK(j->done[b] == (b < blocks));
			CHECK(b >= blocks || j->sum[b] == want->sum[b]);
		}
		for (int w = 0; w < threads; w++)
			by += j->by[w];
		CHECK(by == (int)blocks && !j->strange);
		free(j);
	}
	free(want);
}

TEST("no blocks, no threads and more threads than blocks are fine")
{
	struct job *j = new_job(300);
	struct ml_error err = { 0 };

	CHECK(ml_parallel(8, 0, count, j, &err) == ML_OK && !j->done[0]);
	CHECK(ml_parallel(0, 2, count, j, &err) == ML_OK && j->done[1] == 1);
	CHECK(ml_parallel(-3, 2, count, j, &err) == ML_OK && j->done[1] == 2);
	CHECK(ml_parallel(8, 1, count, j, &err) == ML_OK && j->done[0] == 3);
	free(j);
}

TEST("the lowest failure is returned for any number of threads, and little is begun after it")
{
	for (int threads = 1; threads <= 16; threads++) {
		for (int round = 0; round < 20; round++) {
			struct job *j = new_job(threads);
			struct ml_error err = { 0 };
			size_t last = 0;

			j->fail_at = 100;
			j->fail_too = (size_t)(101 + round % 7);
			CHECK(ml_parallel(threads, BLOCKS, count, j, &err) == ML_EDATA);
			SAME_TEXT(err.msg, "block 100");
			SAME_TEXT(err.tag, "E-TEST");
			for (size_t b = 0; b < BLOCKS; b++) {
				last = j->done[b] ? b : last;
				CHECK(b > 100 || j->done[b] == 1);
			}
			CHECK(threads > 1 || last == 100);
			free(j);
		}
	}
}

TEST("a team does each block of each round once, rested or not, for 1 to 16 threads")
{
	const struct timespec rest = { .tv_nsec = 3000000 }; /* long enough to fall asleep */
	struct ml_error err = { 0 };

	for (int threads = 0; threads <= 16; threads++) {
		struct job *j = new_job(threads ? threads : 1);
		struct ml_team *team;
		int rounds = 0;

		CHECK(ml_team_new(&team, threads, &err) == ML_OK);
		for (; rounds < 200; rounds++) {
			if (rounds % 50 == 49)
				nanosleep(&rest, NULL);
			CHECK(ml_team_do(team, rounds % 4 ? 40 : 1, count, j, &err) == ML_OK);
			CHECK(ml_team_do(team, 0, count, j, &err) == ML_OK);
		}
		for (size_t b = 0; b < BLOCKS; b++)
			CHECK(j->done[b] == (b ? b < 40 ? 150 : 0 : 200));
		CHECK(!j->strange);
		ml_team_free(team);
		free(j);
	}
	ml_team_free(NULL);
}

TEST("a team returns the lowest failure, and goes on with the next round")
{
	struct ml_error err = { 0 };

	for (int threads = 1; threads <= 8; threads++) {
		struct job *j = new_job(threads);
		struct ml_team *team;

		CHECK(ml_team_new(&team, threads, &err) == ML_OK);
		for (int round = 0; round < 20; round++) {
			j->fail_at = 100;
			j->fail_too = (size_t)(101 + round % 7);
			CHECK(ml_team_do(team, BLOCKS, count, j, &err) == ML_EDATA);
			SAME_TEXT(err.msg, "block 100");
			j->fail_at = j->fail_too = SIZE_MAX;
			CHECK(ml_team_do(team, BLOCKS, count, j, &err) == ML_OK);
		}
		CHECK(j->done[100] == 40);
		ml_team_free(team);
		free(j);
	}
}

static pthread_t main_thread;
static atomic_int caught, elsewhere; /* lock-free: fit for a handler */

static void on_signal(int signal)
{
	int saved = errno;

	(void)signal;
	caught = 1;
	if (!pthread_equal(pthread_self(), main_thread))
		elsewhere = 1;
	errno = saved;
}

/* A worker signals the process; blocks of the main thread last until the handler ran. */
static int signal_main(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	(void)arg, (void)block, (void)err;
	if (worker)
		kill(getpid(), SIGUSR1);
	for (int i = 0; i < 1000 && !caught; i++)
		nanosleep(&pause, NULL);
	return ML_OK;
}

TEST("signals are handled by the thread that called, and its mask is as before")
{
	struct sigaction action = { .sa_handler = on_signal };
	struct ml_error err = { 0 };
	sigset_t mask;

	main_thread = pthread_self();
	sigaction(SIGUSR1, &action, NULL);
	for (int round = 0; round < 20; round++) {
		caught = 0;
		CHECK(ml_parallel(4, 8, signal_main, NULL, &err) == ML_OK);
		CHECK(caught && !elsewhere);
	}
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	CHECK(!sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGTERM));
}

TEST("when threads cannot be started the work is done all the same")
{
#ifndef SANITIZED /* their shadow memory does not live with a limit */
	struct rlimit before, small;
	struct job *j = new_job(8);
	struct ml_error err = { 0 };

	getrlimit(RLIMIT_AS, &before);
	small = before;
	small.rlim_cur = 1 << 20; /* less than is in use: no new stack can be mapped */
	CHECK(!setrlimit(RLIMIT_AS, &small));
	int rc = ml_parallel(8, BLOCKS, count, j, &err);
	CHECK(!setrlimit(RLIMIT_AS, &before));
	CHECK(rc == ML_OK);
	for (size_t b = 0; b < BLOCKS; b++)
		CHECK(j->done[b] == 1);
	free(j);
#endif
}

TEST("cores: at least one, at most those of the affinity mask")
{
	cpu_set_t mask, one;

	CHECK(!sched_getaffinity(0, sizeof mask, &mask));
	CHECK(ml_cores() >= 1 && ml_cores() <= CPU_COUNT(&mask));
	CPU_ZERO(&one);
	for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++) {
		if (CPU_ISSET(i, &mask))
			CPU_SET(i, &one);
	}
	CHECK(!sched_setaffinity(0, sizeof one, &one));
	CHECK(ml_cores() == 1);
	CHECK(!sched_setaffinity(0, sizeof mask, &mask));
}

int main(void)
{
	return ml_tests_run();
}
