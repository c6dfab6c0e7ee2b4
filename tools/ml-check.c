/* ml-check.c - is a model whole, and does it still answer as it did?
 *
 *     ml-check churn.mls || echo 'do not deploy'
 *
 * Reading checks every byte (65 when damaged); the golden rows that the model carries are
 * predicted again and compared (1 when they differ).  Each operand is a model of its own; of
 * parts make one with cat. */
#include <string.h>

#include "cli.h"
#include "core/notes.h"
#include "core/pipeline.h"

static int check(struct ml_cli *cli, const char *file, struct ml_error *err)
{
	struct ml_pipeline p = { .find_model = ml_model_find, .record = cli->record };
	const char *name = strcmp(file, "-") ? file : "stdin";
	size_t rows = 0;

	int rc = ml_pipeline_read(&p, &file, 1, err);
	if (!rc && (rc = ml_golden_check(&p, &rows, err)) != ML_OK && rc != ML_ENOMEM)
		ml_context(err, "%s", name);
	if (!rc)
		ml_note(cli, "%s: %zu steps are whole, %zu golden rows answered as before",
			name, p.n, rows);
	ml_pipeline_release(&p);
	return rc;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	int rc = cli->n_operands ? ML_OK : check(cli, "-", err);

	for (size_t i = 0; !rc && i < cli->n_operands; i++)
		rc = check(cli, cli->operands[i], err);
	return rc;
}

static const char *const usage[] = { "[options] [MODEL...]", NULL };
static const char *const examples[] = { "ml-check -v churn.mls",
					"cat clean.mls fit.mls | ml-check", NULL };

static const struct ml_tool tool = {
	.name = "ml-check",
	.summary = "check that a model is whole and answers as it did",
	.usage = usage,
	.examples = examples,
	.flags = ML_NO_OUTPUT,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
