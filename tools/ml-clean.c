/* ml-clean.c - make a table fit to learn from: types, duplicates, missing values, ranges.
 *
 *     ml-clean -y churn --dedupe --impute median,mode -b train.csv | ml-fit logistic >churn.mls
 *
 * Rows are taken out first (rules, duplicates, conflicts), then the preparations are fitted in
 * the order given.  Without anything that looks at all rows a CSV streams through in bounded
 * memory. */
#include "cleanopts.h"
#include "cleanrows.h"
#include "cli.h"
#include "core/tidy.h"
#include "flow.h"
#include "prep/prep.h"

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
		rc = ml_clean_rows(f, d, err);
	if (!rc)
		rc = ml_flow_apply(f, err);
	if (!rc)
		rc = ml_flow_prepare(f, err);
	return rc ? rc : ml_flow_write(f, err);
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_clean_args *a = cli->args;
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
	.opts = ml_clean_opts,
	.args_size = sizeof(struct ml_clean_args),
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_STREAMS_ROWS | ML_LEARNS_STEPS,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
