/* ml-clean.c - make a table fit to learn from: types, duplicates, missing values, ranges.
 *
 *     ml-clean -y churn --dedupe --impute median,mode -b train.csv | ml-fit logistic >churn.mls
 *
 * Rows are taken out first (rules, duplicates, conflicts), then the preparations are fitted in
 * the order given.  Without anything that looks at all rows a CSV streams through in bounded
 * memory. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli.h"
#include "core/tidy.h"
#include "data/dedupe.h"
#include "flow.h"
#include "prep/prep.h"

struct clean_args {
	bool dedupe;
	int conflicts;
	struct ml_texts key, present, range, allow;
	const char *reject;
};

enum { CONFLICTS_WARN, CONFLICTS_DROP };
static const char *const conflicts[] = { "warn", "drop", NULL };

#define TEXTS(field) \
	.type = ML_TEXTS, .offset = ML_FIELD(struct clean_args, field, struct ml_texts)
static const struct ml_opt opts[] = {
	{ .name = "dedupe",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct clean_args, dedupe, bool),
	  .help = "keep the first of rows that are equal in every column; with a target, rows "
		  "equal in all "
		  "else but it are told as conflicts" },
	{ .name = "key",
	  TEXTS(key),
	  .arg = "COLUMNS",
	  .help = "keep the first of rows that are equal in these columns" },
	{ .name = "conflicts",
	  .type = ML_PICK,
	  .def = "warn",
	  .picks = conflicts,
	  .arg = "WHAT",
	  .offset = ML_FIELD(struct clean_args, conflicts, int),
	  .help = "rows with equal features and different targets, when rows are "
		  "deduplicated" },
	{ .name = "drop-missing",
	  TEXTS(present),
	  .arg = "COLUMNS",
	  .help = "leave out rows without a value in one of these columns" },
	{ .name = "range",
	  TEXTS(range),
	  .arg = "COLUMN=LOW..HIGH",
	  .help = "a number outside is an error, or goes to --reject" },
	{ .name = "allow",
	  TEXTS(allow),
	  .arg = "COLUMN=A|B|...",
	  .help = "another value is an error, or goes to --reject" },
	{ .name = "reject",
	  .type = ML_TEXT,
	  .arg = "FILE",
	  .neutral = true,
	  .offset = ML_FIELD(struct clean_args, reject, const char *),
	  .help = "write rows that are taken out to FILE, with their line and the reason" },
	ML_OPT_END
};

/* ---- equal rows ---- */

static int repeats(struct ml_flow *f, struct ml_tidy *d, const size_t *cols, size_t n,
		   bool *keep, const char *why, struct ml_error *err)
{
	bool *before = ml_alloc(f->t->rows, sizeof *before, err);
	size_t count = 0;

	if (!before)
		return err->code;
	memcpy(before, keep, f->t->rows * sizeof *before);
	int rc = ml_dedupe(f->t, cols, n, keep, &count, err);
	for (size_t i = 0; !rc && d->rejecting && i < f->t->rows; i++)
		if (before[i] && !keep[i])
			rc = ml_tidy_reject(d, f->t, i, why, err);
	free(before);
	if (!rc && count) {
		ml_put_size(&f->removed, why, count);
		ml_note(f->cli, "%zu rows taken out: %s", count, why);
	}
	return rc;
}

static int by_key(struct ml_flow *f, struct ml_tidy *d, const char *spec, bool *keep,
		  struct ml_error *err)
{
	size_t *cols = NULL, n = 0;

	int rc = ml_table_pick(f->t, spec, &cols, &n, err);
	if (!rc)
		rc = repeats(f, d, cols, n, keep, "duplicate key", err);
	free(cols);
	return rc;
}

/* Equal in all features, but not in the target. */
static int disagree(struct ml_flow *f, struct ml_tidy *d, bool *keep, struct ml_error *err)
{
	const struct clean_args *a = f->cli->args;
	size_t y = ml_table_role(f->t, ML_TARGET), n = 0, groups, rows;
	size_t *cols = ml_alloc(f->t->ncol, sizeof *cols, err);
	bool *bad = ml_alloc(f->t->rows, sizeof *bad, err);
	int rc = cols && bad ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < f->t->ncol; j++)
		if (f->t->col[j].role == ML_FEATURE)
			cols[n++] = j;
	if (!rc)
		rc = ml_conflicts(f->t, cols, n, y, bad, &groups, &rows, err);
	if (!rc && groups && a->conflicts == CONFLICTS_WARN)
		ml_warn(f->cli, "W-CONFLICT",
			"%zu rows in %zu group%s have equal features and different targets; "
			"--conflicts drop takes them out",
			rows, groups, groups == 1 ? "" : "s");
	for (size_t i = 0; !rc && groups && a->conflicts == CONFLICTS_DROP && i < f->t->rows;
	     i++)
		if (bad[i] && keep[i]) {
			keep[i] = false;
			rc = ml_tidy_reject(d, f->t, i, "conflicting target", err);
		}
	if (!rc && groups && a->conflicts == CONFLICTS_DROP)
		ml_put_size(&f->removed, "conflicting target", rows);
	free(cols);
	free(bad);
	return rc;
}

static int whole_rows(struct ml_flow *f, struct ml_tidy *d, bool *keep, struct ml_error *err)
{
	size_t *all = ml_alloc(f->t->ncol, sizeof *all, err);

	if (!all)
		return err->code;
	for (size_t j = 0; j < f->t->ncol; j++)
		all[j] = j;
	int rc = repeats(f, d, all, f->t->ncol, keep, "duplicate row", err);
	free(all);
	if (!rc && ml_table_role(f->t, ML_TARGET) != SIZE_MAX)
		rc = disagree(f, d, keep, err);
	return rc;
}

static int take_out_rows(struct ml_flow *f, struct ml_tidy *d, struct ml_error *err)
{
	const struct clean_args *a = f->cli->args;
	bool *keep = ml_alloc(f->t->rows, sizeof *keep, err);
	int rc = keep ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < f->t->rows; i++)
		keep[i] = true;
	if (!rc && ml_input_is_binary(f->in))
		rc = ml_tidy_table(d, ml_input_file(f->in), f->t, keep, err);
	if (!rc && a->dedupe)
		rc = whole_rows(f, d, keep, err);
	for (size_t i = 0; !rc && i < a->key.n; i++)
		rc = by_key(f, d, a->key.v[i], keep, err);
	if (!rc)
		ml_table_filter(f->t, keep);
	free(keep);
	return rc;
}

/* ---- the run ---- */

static void note_counts(struct ml_flow *f, const struct ml_tidy *d)
{
	if (d->dropped)
		ml_put_size(&f->removed, "missing", d->dropped);
	if (d->wrong)
		ml_put_size(&f->removed, "against a rule", d->wrong);
	if (d->dropped || d->wrong)
		ml_note(f->cli, "%llu rows without a value, %llu against a rule are taken out",
			(unsigned long long)d->dropped, (unsigned long long)d->wrong);
}

static int whole(struct ml_flow *f, struct ml_tidy *d, struct ml_error *err)
{
	ml_input_filter(f->in, ml_tidy_cells, d);
	int rc = ml_flow_load(f, err);
	note_counts(f, d);
	if (!rc)
		rc = take_out_rows(f, d, err);
	if (!rc)
		rc = ml_flow_apply(f, err);
	if (!rc)
		rc = ml_flow_prepare(f, err);
	return rc ? rc : ml_flow_write(f, err);
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct clean_args *a = cli->args;
	const struct ml_rules_spec spec = { &a->present, &cli->input.num, &a->range,
					    &a->allow };
	struct ml_flow f = { 0 };
	struct ml_tidy d = { 0 };

	int rc = ml_flow_apart(cli, "--reject", a->reject, err);
	if (!rc)
		rc = ml_flow_open(&f, cli, ml_flow_learns(cli), err);
	if (!rc)
		rc = ml_tidy_init(&d, &spec, f.in, a->reject, cli->out, cli->to_delimiter, err);
	bool streams = !rc && !cli->n_picked && !cli->binary && !cli->save && !cli->apply &&
		       !a->dedupe && !a->key.n && !ml_input_is_binary(f.in);
	cli->out_is_csv = streams;
	d.prompt = cli->input.csv.prompt;
	if (!rc && d.prompt && !streams)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "--line-buffered writes rows as they come, and this needs all of "
			     "them first");
	if (!rc)
		rc = streams ? ml_tidy_stream(&d, f.in, &cli->run, err) : whole(&f, &d, err);
	if (!rc && streams) {
		note_counts(&f, &d);
		ml_put_size(&cli->journal.more, "rows", d.kept_rows);
		rc = ml_input_finish(f.in, NULL, err);
	}
	if (!rc)
		rc = ml_tidy_finish(&d, err);
	ml_tidy_release(&d);
	ml_flow_release(&f);
	return rc;
}

static bool preparation(size_t i, struct ml_item *out)
{
	return ml_offer_prep(ML_PREP_CLEAN, i, out);
}

static const struct ml_family family = { .title = "PREPARATION", .item = preparation };

static const char *const usage[] = { "[options] [--PREPARATION VALUE ...] [FILE...]", NULL };
static const char *const examples[] = {
	"ml-clean in.csv >checked.csv",
	"ml-clean -y churn --dedupe --impute median,mode -b train.csv | ml-fit logistic "
	">churn.mls",
	"ml-clean --range age=0..120 --allow 'plan=basic|gold' --reject bad.csv in.csv "
	">good.csv",
	"ml-clean -y churn --impute total_charges=median --save clean.mls train.csv >clean.csv",
	NULL
};

static const struct ml_tool tool = {
	.name = "ml-clean",
	.summary = "make a table fit to learn from",
	.usage = usage,
	.examples = examples,
	.opts = opts,
	.args_size = sizeof(struct clean_args),
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_STREAMS_ROWS | ML_LEARNS_STEPS,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
