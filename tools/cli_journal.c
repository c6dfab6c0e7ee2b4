/* cli_journal.c - the line about a run that --log or ML_LOG asks for. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "cli_frame.h"

void ml_cli_start(struct ml_cli_start *s)
{
	struct timespec t = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &t);
	s->clock = ml_cli_clock();
	s->seconds = t.tv_sec;
	s->milliseconds = t.tv_nsec / 1000000;
}

/* ISO 8601, UTC. */
static void put_start(const struct ml_cli_start *s, struct ml_json *out)
{
	time_t seconds = (time_t)s->seconds;
	struct tm tm;
	char text[64];

	if (!gmtime_r(&seconds, &tm)) {
		ml_json_null(out, "start");
		return;
	}
	size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, sizeof text - n, ".%03ldZ", s->milliseconds);
	ml_json_text(out, "start", text);
}

/* Runs that this one starts find its name in ML_RUN. */
void ml_cli_journal_begin(struct ml_cli *cli, const struct ml_cli_start *start)
{
	const char *parent = getenv("ML_RUN");
	const struct {
		long long seconds, pid;
		double clock;
	} self = { start->seconds, (long long)getpid(), start->clock };

	if (parent)
		snprintf(cli->parent, sizeof cli->parent, "%s", parent);
	snprintf(cli->name, sizeof cli->name, "%016llx",
		 (unsigned long long)ml_hash_stable(&self, sizeof self));
	(void)setenv("ML_RUN", cli->name, 1);
	cli->record = cli->input.record = &cli->journal;
}

/* Microseconds of all threads of the process, or of all processes that it has waited for. */
static double cpu_seconds(const struct rusage *use)
{
	long long seconds = (long long)use->ru_utime.tv_sec + use->ru_stime.tv_sec;
	long long micros = (long long)use->ru_utime.tv_usec + use->ru_stime.tv_usec;

	return (double)(seconds * 1000000 + micros) / 1e6;
}

static void put_usage(const struct ml_cli_start *start, struct ml_json *out)
{
	struct rusage use;

	ml_json_real(out, "wall_seconds", round(1e6 * (ml_cli_clock() - start->clock)) / 1e6);
	if (getrusage(RUSAGE_SELF, &use))
		return;
	ml_json_real(out, "cpu_seconds", cpu_seconds(&use));
	ml_json_int(out, "peak_memory_bytes", (int64_t)use.ru_maxrss * 1024);
	if (getrusage(RUSAGE_CHILDREN, &use) || !use.ru_maxrss)
		return;
	ml_json_real(out, "children_cpu_seconds", cpu_seconds(&use));
	ml_json_int(out, "children_peak_memory_bytes", (int64_t)use.ru_maxrss * 1024);
}

static void put_values(const struct ml_opt *o, const void *args, const char *key,
		       struct ml_json *out)
{
	ml_json_open(out, key, '{');
	for (; o && o->name; o++)
		ml_opt_value_json(o, args, out);
	ml_json_close(out, '}');
}

/* Options that affect the result and were given. */
static void put_given(const struct ml_opt *o, const void *args, struct ml_json *out)
{
	struct ml_error unused;

	for (; o && o->name; o++) {
		bool same = o->neutral;

		if (!same && !ml_opt_is_default(o, args, &same, &unused) && !same)
			ml_opt_value_json(o, args, out);
	}
}

static void put_options(const struct ml_cli *cli, struct ml_json *out)
{
	ml_json_open(out, "options", '{');
	put_given(cli->tool->opts, cli->args, out);
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++)
		if (ml_cli_offers(cli->tool, g))
			put_given(g->opts, cli, out);
	ml_json_close(out, '}');
}

static void put_picked(const struct ml_cli *cli, struct ml_json *out)
{
	if (!cli->n_picked)
		return;
	ml_json_open(out, "picked", '[');
	for (size_t i = 0; i < cli->n_picked; i++) {
		const struct ml_picked *p = &cli->picked[i];

		ml_json_open(out, NULL, '{');
		ml_json_text(out, "name", p->name);
		if (p->value)
			ml_json_text(out, "value", p->value);
		put_values(p->opts, p->args, "options", out);
		ml_json_open(out, "given", '{');
		put_given(p->opts, p->args, out);
		ml_json_close(out, '}');
		ml_json_close(out, '}');
	}
	ml_json_close(out, ']');
}

static void put_warnings(const struct ml_talk *t, struct ml_json *out)
{
	if (!t->warnings)
		return;
	ml_json_open(out, "warnings", '[');
	for (size_t at = 0; at < t->warned.n; at += strlen((const char *)t->warned.v + at) + 1)
		ml_json_text(out, NULL, (const char *)t->warned.v + at);
	ml_json_close(out, ']');
}

static void put_failure(const struct ml_error *failure, struct ml_json *out)
{
	ml_json_open(out, "error", '{');
	ml_json_text(out, "code", ml_cli_tag(failure));
	ml_json_text(out, "message", failure->msg);
	ml_json_close(out, '}');
}

int ml_cli_journal(const struct ml_cli *cli, const struct ml_cli_start *start, int argc,
		   char **argv, int status, const struct ml_error *failure,
		   struct ml_error *err)
{
	const char *path = ml_cli_journal_path(cli);
	struct ml_buf line = { 0 };
	struct ml_json out = { .out = &line };

	ml_json_open(&out, NULL, '{');
	ml_json_text(&out, "tool", cli->tool->name);
	ml_json_text(&out, "version", ML_VERSION);
	ml_json_text(&out, "run", cli->name);
	if (*cli->parent)
		ml_json_text(&out, "parent", cli->parent);
	ml_json_open(&out, "args", '[');
	for (int i = 1; i < argc; i++)
		ml_json_text(&out, NULL, argv[i]);
	ml_json_close(&out, ']');
	if (cli->tool->flags & ML_USES_SEED)
		ml_json_int(&out, "seed", cli->asked.seed);
	ml_json_int(&out, "threads", cli->run.threads);
	put_start(start, &out);
	put_usage(start, &out);
	ml_json_int(&out, "exit", status);
	if (failure)
		put_failure(failure, &out);
	put_warnings(&cli->talk, &out);
	put_options(cli, &out);
	put_picked(cli, &out);
	ml_journal_json(&cli->journal, &out);
	ml_json_close(&out, '}');
	int rc = ml_buf_check(&line, err);
	if (!rc)
		rc = ml_fields_check(&cli->journal.more, err);
	if (!rc)
		rc = ml_journal_append(path, (const char *)line.v, line.n, err);
	ml_buf_release(&line);
	return rc;
}
