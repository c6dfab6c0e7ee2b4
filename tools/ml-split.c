/* ml-split.c - divide a table: train and test, folds, shards; or prove that parts share no
 * rows.
 *
 *     ml-split --test 0.25 --stratify churn --seed 1 -o train.csv --rest test.csv churn.csv.gz
 *
 * By hash of a key rows stream through; every other way reads the whole table first.  Rows
 * leave in their order, cells as they came. */
#include <stdlib.h>

#include "base/mem.h"
#include "cli.h"
#include "core/parts.h"
#include "data/split.h"
#include "flow.h"
#include "splitopts.h"

/* Both parts of a holdout, in the order of the rows. */
static int write_parts(struct ml_flow *f, const char *rest, const size_t *part,
		       struct ml_error *err)
{
	size_t *row = ml_alloc(f->t->rows, sizeof *row, err);
	struct ml_sink *sink = NULL;
	int rc = row ? ml_journal_open(f->cli->record, &sink, rest, err) : err->code;

	f->cli->out_is_csv = !rc && !f->cli->binary;
	for (size_t side = 0; !rc && side < 2; side++) {
		struct ml_table *t = NULL;
		size_t n = 0;
		for (size_t i = 0; i < f->t->rows; i++)
			if (part[i] == side)
				row[n++] = i;
		rc = ml_table_take(&t, f->t, row, n, err);
		if (!rc)
			rc = ml_flow_put(f, t, side ? sink : f->cli->out, err);
		ml_table_free(t);
	}
	free(row);
	if (!rc)
		ml_put_size(&f->cli->journal.more, "rows", f->t->rows);
	if (!rc)
		return ml_journal_commit(f->cli->record, sink, rest, err);
	ml_sink_abandon(sink);
	return rc;
}

static int write_folds(struct ml_flow *f, const size_t *part, struct ml_error *err)
{
	int rc = ml_table_insert(f->t, f->t->ncol, "fold", ML_NUMBER, err);

	for (size_t i = 0; !rc && i < f->t->rows; i++)
		f->t->col[f->t->ncol - 1].num[i] = (double)part[i] + 1;
	if (!rc)
		f->t->col[f->t->ncol - 1].role = ML_IGNORED;
	return rc ? rc : ml_flow_write(f, err);
}

static int split(struct ml_cli *cli, struct ml_flow *f, struct ml_error *err)
{
	const struct ml_split_args *a = cli->args;
	struct ml_split_plan plan = { .folds = (size_t)a->folds, .test = a->test };
	size_t *part = NULL;

	int rc = ml_flow_load(f, err);
	if (!rc)
		rc = ml_flow_deal(f, a->stratify, &plan, err);
	if (!rc && !(part = ml_alloc(f->t->rows, sizeof *part, err)))
		rc = err->code;
	if (!rc)
		rc = ml_split_rows(&plan, f->t->rows, &cli->run, part, err);
	if (!rc && cli->binary)
		rc = ml_flow_note(f, err);
	if (!rc)
		rc = ml_strict(cli, err);
	if (!rc)
		rc = a->folds ? write_folds(f, part, err) : write_parts(f, a->rest, part, err);
	free(part);
	return rc;
}

static int choose(struct ml_cli *cli, struct ml_flow *f, struct ml_error *err)
{
	const struct ml_split_args *a = cli->args;
	struct ml_parts parts = {
		.in = f->in,
		.out = cli->out,
		.delimiter = cli->to_delimiter,
		.key = a->hash,
		.seed = cli->run.seed,
		.test = a->test,
		.folds = (size_t)a->folds,
		.rest = a->rest,
		.shards = (size_t)a->shards,
		.prefix = a->prefix,
		.record = cli->record,
	};

	if (!a->shards && !a->hash)
		return split(cli, f, err);
	if (cli->binary || ml_input_is_binary(f->in))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--hash and --shards work on CSV");
	cli->out_is_csv = !a->shards;
	return a->shards ? ml_parts_shards(&parts, err) : ml_parts_hash(&parts, err);
}

/* One way of dividing, and nothing that this way would not heed. */
static int settle(const struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_split_args *a = cli->args;
	int ways = (a->folds > 0) + (a->shards > 0) + (a->test > 0) + a->check;
	const struct {
		bool wrong;
		const char *why;
	} rules[] = {
		{ !ways, "expected --test SHARE, --folds K, --shards N or --check" },
		{ ways > 1, "--test, --folds, --shards, --check: one of them" },
		{ a->test > 0 && !a->rest, "--test needs --rest FILE for the test rows" },
		{ !(a->test > 0) && a->rest, "--rest is for --test" },
		{ a->hash && (a->shards || a->check), "--hash is for --test and --folds" },
		{ a->stratify && (a->hash || a->shards || a->check),
		  "--stratify needs all rows: not with --hash, --shards or --check" },
		{ a->key && !a->check, "--key is for --check" },
	};

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].wrong)
			return ml_fail(err, ML_EUSAGE, "E-USAGE", "%s", rules[i].why);
	return ml_flow_apart(cli, "--rest", a->rest, err);
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_split_args *a = cli->args;
	struct ml_flow f = { 0 };

	if (settle(cli, err))
		return err->code;
	if (a->check)
		return ml_parts_check(cli->operands, cli->n_operands, a->key, &cli->input,
				      &cli->run, err);
	int rc = ml_flow_open(&f, cli, false, err);
	if (!rc)
		rc = choose(cli, &f, err);
	ml_flow_release(&f);
	return rc;
}

static const char *const usage[] = { "--test SHARE --rest FILE [options] [FILE...]",
				     "--folds K [options] [FILE...]",
				     "--shards N [--prefix NAME] [options] [FILE...]",
				     "--check [--key COLUMNS] FILE FILE...", NULL };
static const char *const examples[] = {
	("ml-split --test 0.25 --stratify churn --seed 1 -o train.csv --rest test.csv "
	 "churn.csv.gz"),
	"ml-split --folds 5 --group customer visits.csv >folds.csv",
	"ml-split --hash id --test 0.1 -o train.csv --rest test.csv growing.csv",
	"ml-split --check train.csv test.csv", NULL
};

static const struct ml_tool tool = {
	.name = "ml-split",
	.summary = "divide a table into parts",
	.usage = usage,
	.examples = examples,
	.opts = ml_split_opts,
	.args_size = sizeof(struct ml_split_args),
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_USES_SEED,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
