/* tune_output.c - what ml-tune writes: trials as a table, and as words. */
#include "tune.h"

#include <stdlib.h>

#include "base/mem.h"
#include "core/asking.h"
#include "core/pipeline.h"
#include "data/writer.h"

int ml_tune_template(const struct ml_cli *cli, struct ml_buf *out, struct ml_error *err)
{
	size_t n = cli->n_operands - cli->n_before;

	if (n)
		ml_words_join(out, cli->operands + cli->n_before, n);
	return ml_buf_check(out, err);
}

int ml_tune_put(struct ml_cli *cli, const struct ml_table *t, struct ml_error *err)
{
	const struct ml_pipeline none = { 0 };
	struct ml_writer w;

	int rc = ml_strict(cli, err);
	if (rc)
		return rc;
	if (cli->binary)
		return ml_pipeline_write(&none, 0, t, cli->out, err);
	cli->out_is_csv = true;
	rc = ml_writer_init(&w, cli->out, cli->to_delimiter, err);
	if (!rc)
		rc = ml_writer_header(&w, t, err);
	if (!rc)
		rc = ml_writer_rows(&w, t, err);
	ml_writer_release(&w);
	return rc;
}

int ml_tune_write(struct ml_cli *cli, const struct ml_book *b, const size_t *which, size_t n,
		  struct ml_error *err)
{
	struct ml_table *t = NULL;

	int rc = ml_trial_table(&t, &b->trials, &b->study.space, which, n, err);
	if (!rc)
		rc = ml_tune_put(cli, t, err);
	ml_table_free(t);
	return rc;
}

int ml_tune_write_all(struct ml_cli *cli, const struct ml_book *b, size_t trials,
		      struct ml_error *err)
{
	size_t *which = ml_alloc(b->trials.n, sizeof *which, err), n = 0;

	if (!which)
		return err->code;
	for (size_t i = 0; i < b->trials.n && (!trials || i < trials); i++)
		if (b->trials.v[i].state != ML_TRIAL_OPEN)
			which[n++] = i;
	int rc = ml_tune_write(cli, b, which, n, err);
	free(which);
	return rc;
}

int ml_tune_print(struct ml_cli *cli, struct ml_book *b, struct ml_ask_plan *plan,
		  const char *template, size_t *handed, size_t *open, struct ml_error *err)
{
	const struct ml_tune_args *a = cli->args;
	struct ml_buf out = { 0 };
	struct ml_words words;

	plan->end = a->null ? '\0' : '\n';
	plan->resource = a->resource;
	plan->again = plan->again || a->again;
	int rc = ml_words_init(&words, *template ? template : "{set}", &b->study.space, false,
			       err);
	if (!rc)
		rc = ml_ask(b, plan, &words, &out, handed, open, err);
	if (!rc)
		rc = ml_sink_put(cli->out, out.v, out.n, err);
	ml_words_release(&words);
	ml_buf_release(&out);
	return rc;
}
