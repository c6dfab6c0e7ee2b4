/* cli_limits.c - from the shared options to what a run needs: notations, threads, limits. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/number.h"
#include "base/thread.h"
#include "base/utf8.h"
#include "cli_frame.h"

enum { THREADS_MAX = 1024 };

double ml_cli_clock(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t))
		return 0;
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* An environment variable that is set to something. */
static const char *environment(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

const char *ml_cli_log(void)
{
	return environment("ML_LOG");
}

const char *ml_cli_journal_path(const struct ml_cli *cli)
{
	if (cli->tool->flags & ML_READS_JOURNAL)
		return NULL;
	return cli->asked.log ? cli->asked.log : ml_cli_log();
}

/* A character that cannot be told from what it stands between. */
static int check_character(const char *option, char c, const char *refused,
			   struct ml_error *err)
{
	if (!c || !strchr(refused, c))
		return ML_OK;
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "option '--%s' cannot be '%s'", option,
		       ML_SHOW(&c, 1));
}

static int settle_notation(struct ml_cli *cli, struct ml_error *err)
{
	static const char of_numbers[] = "0123456789+-eE";
	static const char delimiters[] = { [ML_CSV] = ',', [ML_TSV] = '\t' };
	struct ml_csv_opts *csv = &cli->input.csv;
	struct ml_kind_opts *kinds = &cli->input.kinds;

	csv->delimiter =
		cli->asked.delimiter ? cli->asked.delimiter : delimiters[cli->asked.from];
	csv->no_header = !cli->asked.header;
	cli->to_delimiter = delimiters[cli->asked.to];
	if (check_character("delimiter", csv->delimiter, "\"\r\n", err) ||
	    check_character("decimal", kinds->decimal, of_numbers, err) ||
	    check_character("thousands", kinds->thousands, of_numbers, err))
		return err->code;
	if (kinds->thousands == kinds->decimal)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"options '--decimal' and '--thousands' cannot be the same character");
	return ML_OK;
}

static int settle_threads(struct ml_cli *cli, struct ml_error *err)
{
	const char *text = environment("ML_THREADS");
	long long n = cli->asked.threads;

	if (!n && text && (!ml_integer_parse(text, &n) || n < 1 || n > THREADS_MAX))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "ML_THREADS in the environment is '%s', not a number of threads "
			       "(1..%d)",
			       ML_SHOW(text, strlen(text)), THREADS_MAX);
	if (!n)
		n = ml_cores();
	cli->run.threads = (int)(n < THREADS_MAX ? n : THREADS_MAX);
	return ML_OK;
}

/* The limit is on what the process writes to (heap, stacks of threads), not on mapped programs:
 * an allocation beyond it fails, and the tool ends with E-NOMEM. */
static int limit_memory(size_t bytes, struct ml_error *err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_DATA, &limit))
		return ml_fail(err, ML_EBUG, "E-BUG", "the memory limit cannot be read");
	if (limit.rlim_cur == RLIM_INFINITY || bytes < limit.rlim_cur)
		limit.rlim_cur = bytes;
	if (setrlimit(RLIMIT_DATA, &limit))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "option '--max-memory': the system does not allow this limit");
	return ML_OK;
}

int ml_cli_settle(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_asked *asked = &cli->asked;

	if (settle_notation(cli, err) || settle_threads(cli, err))
		return err->code;
	cli->run.seed = (uint64_t)asked->seed;
	cli->run.deadline =
		asked->max_seconds > 0 ? ml_cli_clock() + asked->max_seconds : INFINITY;
	cli->run.stop = ml_cli_stop();
	return asked->max_memory ? limit_memory(asked->max_memory, err) : ML_OK;
}
