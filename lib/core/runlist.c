/* runlist.c - runs one after another, and the best of them. */
#include "core/runlist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/runjoin.h"
#include "metrics/metric.h"

static void note_begun(const struct ml_runs_plan *plan)
{
	if (plan->begun)
		*plan->begun = plan->form == ML_ROWS_CSV || plan->form == ML_ROWS_TSV;
}

/* ---- all ---- */

static const struct ml_rows_column list_columns[] = {
	{ .name = "number", .heading = "run", .number = true },
	{ .name = "start", .heading = "start" },
	{ .name = "tool", .heading = "tool" },
	{ .name = "version" },
	{ .name = "what", .heading = "what" },
	{ .name = "data", .heading = "data" },
	{ .name = "model", .heading = "model" },
	{ .name = "rows", .heading = "rows", .number = true },
	{ .name = "wall_seconds", .heading = "wall", .number = true, .places = 3 },
	{ .name = "cpu_seconds", .heading = "cpu", .number = true, .places = 3 },
	{ .name = "peak_memory_bytes",
	  .heading = "MiB",
	  .number = true,
	  .per = 0x1p20,
	  .places = 1 },
	{ .name = "exit", .heading = "exit", .number = true },
	{ .name = "run" },
	{ .name = "parent" },
};
enum { LIST_COLUMNS = sizeof list_columns / sizeof *list_columns };
static const struct ml_rows_column all_metrics = { .name = "metrics", .heading = "metrics" };

struct list {
	const struct ml_runs_plan *plan;
	struct ml_runfilter *filter;
	struct ml_rows_column *column; /* n; names of those behind LIST_COLUMNS are owned */
	size_t n, cap;
	bool all;    /* metrics are in one column */
	bool failed; /* a text ran out of memory */
	struct ml_rowsout out;
	struct ml_buf text;
};

/* A digest: whole for programs. */
static void put_digest(struct list *l, const char *hex)
{
	char cut[ML_SHORT_DIGEST + 1] = "";

	if (l->plan->form == ML_ROWS_TABLE)
		hex = strncat(cut, hex, ML_SHORT_DIGEST);
	ml_rowsout_text(&l->out, hex);
}

/* "2026-11-25T03:00:15.290Z": without milliseconds for people. */
static void put_start(struct list *l, const char *start)
{
	enum { DATE = 10, TIME = 19 };
	char shown[TIME + 1] = "";

	if (l->plan->form == ML_ROWS_TABLE && strlen(start) > TIME) {
		strncat(shown, start, TIME);
		shown[DATE] = ' ';
		start = shown;
	}
	ml_rowsout_text(&l->out, start);
}

static void put_made(struct list *l, const struct ml_pastrun *r,
		     void (*make)(const struct ml_pastrun *, struct ml_buf *))
{
	ml_buf_clear(&l->text);
	make(r, &l->text);
	ml_rowsout_text(&l->out, ml_buf_str(&l->text));
	l->failed |= l->text.failed;
}

static void put_run(struct list *l, const struct ml_pastrun *r)
{
	double rows = ml_pastrun_number(r->json, "rows");
	const json_t *input = json_array_get(json_object_get(r->json, "inputs"), 0);

	ml_rowsout_number(&l->out, (double)r->number);
	put_start(l, ml_pastrun_text(r->json, "start"));
	ml_rowsout_text(&l->out, ml_pastrun_text(r->json, "tool"));
	ml_rowsout_text(&l->out, ml_pastrun_text(r->json, "version"));
	put_made(l, r, ml_pastrun_what);
	put_digest(l, ml_pastrun_data(r));
	put_digest(l, ml_pastrun_model(r));
	ml_rowsout_number(&l->out, isnan(rows) ? ml_pastrun_number(input, "rows") : rows);
	ml_rowsout_number(&l->out, ml_pastrun_number(r->json, "wall_seconds"));
	ml_rowsout_number(&l->out, ml_pastrun_number(r->json, "cpu_seconds"));
	ml_rowsout_number(&l->out, ml_pastrun_number(r->json, "peak_memory_bytes"));
	ml_rowsout_number(&l->out, ml_pastrun_number(r->json, "exit"));
	ml_rowsout_text(&l->out, ml_pastrun_text(r->json, "run"));
	ml_rowsout_text(&l->out, ml_pastrun_text(r->json, "parent"));
}

/* The line with its number before the rest. */
static int put_line(struct list *l, const struct ml_pastrun *r, struct ml_error *err)
{
	char *line = json_dumps(r->json, JSON_COMPACT);

	ml_buf_clear(&l->text);
	if (line) /* behind its bracket: a run has a tool, at least */
		ml_buf_printf(&l->text, "{\"number\":%zu,%s\n", r->number, line + 1);
	else
		l->text.failed = true;
	free(line);
	int rc = ml_buf_check(&l->text, err);
	return rc ? rc : ml_sink_put(l->plan->out, l->text.v, l->text.n, err);
}

static int list_run(void *arg, const struct ml_pastrun *r, struct ml_error *err)
{
	struct list *l = arg;
	const json_t *metrics = json_object_get(r->json, "metrics");
	bool yes = false;
	int rc = ml_runfilter_takes(l->filter, r, &yes, err);

	if (rc || !yes)
		return rc;
	if (l->plan->form == ML_ROWS_JSON)
		return put_line(l, r, err);
	put_run(l, r);
	for (size_t i = LIST_COLUMNS; !l->all && i < l->n; i++)
		ml_rowsout_number(&l->out, ml_pastrun_number(metrics, l->column[i].name));
	if (l->all) {
		ml_buf_clear(&l->text);
		ml_pastrun_metrics(r, l->plan->form == ML_ROWS_TABLE, &l->text);
		ml_rowsout_text(&l->out, ml_buf_str(&l->text));
	}
	l->text.failed |= l->failed;
	rc = ml_buf_check(&l->text, err);
	return rc ? rc : ml_rowsout_row(&l->out, err);
}

static int add_metric(struct list *l, const char *name, size_t n, struct ml_error *err)
{
	if (ML_GROW(l->column, l->cap, l->n + 1, err))
		return err->code;
	char *copy = ml_strndup(name, n, err);
	if (!copy)
		return err->code;
	l->column[l->n++] =
		(struct ml_rows_column){ .name = copy, .heading = copy, .number = true };
	return ML_OK;
}

/* The columns, and behind them one for each metric of the lists, or one for all. */
static int choose_columns(struct list *l, const struct ml_texts *metrics, struct ml_error *err)
{
	if (ML_GROW(l->column, l->cap, LIST_COLUMNS + 1, err))
		return err->code;
	memcpy(l->column, list_columns, sizeof list_columns);
	l->n = LIST_COLUMNS;
	for (size_t i = 0; i < metrics->n; i++) {
		const char *s = metrics->v[i];
		for (size_t n; *s; s += n + (s[n] == ',')) {
			n = strcspn(s, ",");
			if (n && add_metric(l, s, n, err))
				return err->code;
		}
	}
	l->all = l->n == LIST_COLUMNS;
	if (l->all)
		l->column[l->n++] = all_metrics;
	return ML_OK;
}

static void release_columns(struct list *l)
{
	for (size_t i = LIST_COLUMNS; !l->all && i < l->n; i++)
		free((char *)l->column[i].name);
	free(l->column);
}

int ml_runs_list(const struct ml_runs_plan *plan, struct ml_runfilter *filter,
		 const struct ml_texts *metrics, struct ml_error *err)
{
	struct list l = { .plan = plan, .filter = filter };
	int rc = choose_columns(&l, metrics, err);

	note_begun(plan);
	if (!rc)
		rc = ml_rowsout_begin(&l.out, plan->form, plan->out, l.column, l.n, err);
	if (!rc)
		rc = ml_pastruns_read(plan->files, plan->n, plan->run, list_run, &l, err);
	if (!rc) {
		ml_runfilter_warn(filter, plan->run);
		rc = ml_rowsout_finish(&l.out, err);
	}
	ml_rowsout_release(&l.out);
	ml_buf_release(&l.text);
	release_columns(&l);
	return rc;
}

/* ---- the best ---- */

struct ranked {
	double value; /* the lower the better */
	size_t run;
};
struct best {
	struct ml_runjoin join;
	struct ml_runfilter *filter;
	struct ranked *rank;
	size_t n, cap;
	double sign;
};

static int rank_run(void *arg, const struct ml_pastrun *r, struct ml_error *err)
{
	struct best *b = arg;
	bool yes = false;
	int rc = ml_runjoin_add(&b->join, r, err);

	if (!rc)
		rc = ml_runfilter_takes(b->filter, r, &yes, err);
	size_t run = b->join.n - 1;
	if (rc || !yes || isnan(b->join.run[run].value))
		return rc;
	if (ML_GROW(b->rank, b->cap, b->n + 1, err))
		return err->code;
	b->rank[b->n++] = (struct ranked){ b->sign * b->join.run[run].value, run };
	return ML_OK;
}

static int by_value(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return (a->run > b->run) - (a->run < b->run);
}

static const struct ml_rows_column best_columns[] = {
	{ .name = "number", .heading = "run", .number = true },
	{ .name = "value", .heading = "value", .number = true },
	{ .name = "fit", .heading = "fit", .number = true },
	{ .name = "what", .heading = "what" },
	{ .name = "hyperparameters" },
	{ .name = "train", .heading = "train" },
	{ .name = "judged_on", .heading = "judged on" },
	{ .name = "model", .heading = "model" },
	{ .name = "fit_cpu_seconds", .heading = "cpu", .number = true, .places = 3 },
	{ .name = "fit_peak_memory_bytes",
	  .heading = "MiB",
	  .number = true,
	  .per = 0x1p20,
	  .places = 1 },
};
enum { BEST_COLUMNS = sizeof best_columns / sizeof *best_columns };

static const char *digest_of(const struct ml_runjoin *j, size_t run)
{
	for (size_t k = j->run[run].from; k < j->run[run].to; k++)
		if (j->use[k].tie == ML_TIE_FITTED)
			return j->ids->name[j->use[k].id];
	return "";
}

static const char *cut(const struct ml_runs_plan *plan, const char *hex,
		       char out[ML_SHORT_DIGEST + 1])
{
	if (plan->form != ML_ROWS_TABLE)
		return hex;
	out[0] = '\0';
	return strncat(out, hex, ML_SHORT_DIGEST);
}

static int put_best(const struct ml_runs_plan *plan, struct ml_rowsout *out,
		    struct ml_runjoin *j, size_t run, struct ml_error *err)
{
	static const struct ml_joined_run unknown = { .what = "", .hyper = "", .data = "" };
	char digest[ML_SHORT_DIGEST + 1];
	size_t fit;

	if (ml_runjoin_fit(j, run, &fit, err))
		return err->code;
	bool known = fit != ML_NO_RUN;
	const struct ml_joined_run *f = known ? &j->run[fit] : &unknown;
	ml_rowsout_number(out, (double)j->run[run].number);
	ml_rowsout_number(out, j->run[run].value);
	ml_rowsout_number(out, known ? (double)f->number : (double)NAN);
	ml_rowsout_text(out, f->what);
	ml_rowsout_text(out, f->hyper);
	ml_rowsout_text(out, cut(plan, f->data, digest));
	ml_rowsout_text(out, cut(plan, ml_runjoin_judged(j, run), digest));
	ml_rowsout_text(out, cut(plan, known ? digest_of(j, fit) : "", digest));
	ml_rowsout_number(out, known ? f->cpu : (double)NAN);
	ml_rowsout_number(out, known ? f->peak : (double)NAN);
	return ml_rowsout_row(out, err);
}

/* Figures on different tables do not compare. */
static void warn_tables(const struct ml_runs_plan *plan, const struct best *b, size_t n)
{
	const struct ml_runjoin *j = &b->join;
	const char *first = n ? ml_runjoin_judged(j, b->rank[0].run) : "";

	for (size_t i = 1; plan->run->warn && i < n; i++)
		if (strcmp(first, ml_runjoin_judged(j, b->rank[i].run))) {
			plan->run->warn(plan->run->user, "W-DATA", SIZE_MAX,
					"run %zu and run %zu were judged on different tables: "
					"their figures do not compare",
					j->run[b->rank[0].run].number,
					j->run[b->rank[i].run].number);
			return;
		}
}

static int write_best(const struct ml_runs_plan *plan, struct best *b, size_t n,
		      struct ml_error *err)
{
	struct ml_rowsout out = { 0 };

	warn_tables(plan, b, n);
	note_begun(plan);
	int rc = ml_rowsout_begin(&out, plan->form, plan->out, best_columns, BEST_COLUMNS, err);
	for (size_t i = 0; !rc && i < n; i++)
		rc = put_best(plan, &out, &b->join, b->rank[i].run, err);
	if (!rc)
		rc = ml_rowsout_finish(&out, err);
	ml_rowsout_release(&out);
	return rc;
}

/* +1 where lower is better, else -1. */
static int find_sign(const char *metric, enum ml_runs_order order, double *sign,
		     struct ml_error *err)
{
	struct ml_measure m;
	size_t n = strlen(metric);

	*sign = order == ML_RUNS_LOWEST ? 1 : -1;
	if (order != ML_RUNS_BETTER)
		return ML_OK;
	if (!ml_metric_find(metric, n, &m))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' is no metric of ml-eval: say --order highest or lowest",
			       ML_SHOW(metric, n));
	*sign = m.metric->higher_better ? -1 : 1;
	return ML_OK;
}

int ml_runs_best(const struct ml_runs_plan *plan, struct ml_runfilter *filter,
		 const char *metric, enum ml_runs_order order, size_t most,
		 struct ml_error *err)
{
	struct best b = { .join = { .metric = metric }, .filter = filter };

	if (find_sign(metric, order, &b.sign, err))
		return err->code;
	int rc = ml_pastruns_read(plan->files, plan->n, plan->run, rank_run, &b, err);
	if (!rc && !b.n)
		rc = ml_fail(err, ML_EDATA, "E-JOURNAL", "no run has measured '%s'",
			     ML_SHOW(metric, strlen(metric)));
	if (!rc) {
		ml_runfilter_warn(filter, plan->run);
		qsort(b.rank, b.n, sizeof *b.rank, by_value);
		rc = write_best(plan, &b, most && most < b.n ? most : b.n, err);
	}
	free(b.rank);
	ml_runjoin_release(&b.join);
	return rc;
}
