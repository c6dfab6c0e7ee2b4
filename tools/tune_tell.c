/* tune_tell.c - ml-tune tell: by number, by words, or many at once as a table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/asking.h"
#include "tune.h"

#define AT(field, type) .offset = ML_FIELD(struct ml_tune_tell_args, field, type)
const struct ml_opt ml_tune_tell_opts[] = {
	{ .name = "trial",
	  .type = ML_INT,
	  .def = "-1",
	  .lo = -1,
	  .hi = 999999,
	  .arg = "N",
	  AT(trial, int64_t),
	  .help = "number of the trial; -1: it is named by its words, or in a table" },
	{ .name = "value",
	  .type = ML_TEXT,
	  .arg = "V",
	  AT(value, const char *),
	  .help = "what the trial is worth" },
	{ .name = "failed",
	  .type = ML_TEXT,
	  .arg = "WHY",
	  AT(failed, const char *),
	  .help = "the trial has failed, and why" },
	ML_OPT_END
};

/* One word with blanks, as "$1" of a line of --print, counts as the words in it. */
static int split_words(char *text, char ***words, size_t *n, struct ml_error *err)
{
	*n = 0;
	if (!(*words = ml_alloc(strlen(text) / 2 + 1, sizeof **words, err)))
		return err->code;
	for (char *s = strtok(text, " "); s; s = strtok(NULL, " "))
		(*words)[(*n)++] = s;
	return ML_OK;
}

static int find_by_words(struct ml_cli *cli, struct ml_book *b, size_t *trial,
			 struct ml_error *err)
{
	char **words = cli->operands + cli->n_before, **split = NULL;
	size_t n = cli->n_operands - cli->n_before;
	double *point = ml_alloc(b->study.space.n, sizeof *point, err);

	int rc = point ? ML_OK : err->code;
	if (!rc && n == 1 && strchr(words[0], ' ')) {
		rc = split_words(words[0], &split, &n, err);
		words = split;
	}
	if (!rc)
		rc = ml_words_read(&b->study.space, words, n, point, err);
	if (!rc)
		rc = ml_tell_find(b, point, trial, err);
	free(split);
	free(point);
	return rc;
}

static const struct ml_column *number_column(const struct ml_table *t, const char *name)
{
	size_t j = ml_table_find(t, name);

	return j != SIZE_MAX && t->col[j].kind == ML_NUMBER ? &t->col[j] : NULL;
}

/* Of any kind: what is not missing is a failure. */
static const char *failure_in(const struct ml_column *c, size_t row)
{
	if (!c || ml_missing(c, row))
		return NULL;
	return c->kind == ML_CATEGORY ? c->levels->name[c->code[row]]
	       : c->kind == ML_STRING ? c->text[row]
				      : "failed";
}

static int tell_rows(struct ml_book *b, const struct ml_table *t, struct ml_error *err)
{
	const struct ml_column *trial = number_column(t, "trial"),
			       *value = number_column(t, "value");
	size_t j = ml_table_find(t, "error");
	int rc = ML_OK;

	if (!trial || (!value && j == SIZE_MAX))
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "expected number columns 'trial' and 'value' (and 'error')");
	for (size_t i = 0; !rc && i < t->rows; i++) {
		const char *why = failure_in(j == SIZE_MAX ? NULL : &t->col[j], i);
		double v = value ? value->num[i] : NAN, number = trial->num[i];
		if (!(number >= 0 && number < 1e6) || (isnan(v) && !why))
			return ml_fail(
				err, ML_EDATA, "E-MISSING",
				"row %zu: a trial and its value, or its error, is missing",
				i + 1);
		rc = ml_tell(b, (size_t)number, v, why, err);
	}
	return rc;
}

static int tell_table(struct ml_cli *cli, struct ml_book *b, struct ml_error *err)
{
	struct ml_input *in = NULL;
	struct ml_table *t = NULL;

	int rc = ml_input_open(&in, cli->operands, cli->n_before, &cli->input, &cli->run, err);
	if (!rc)
		rc = ml_input_table(in, &t, err);
	if (!rc)
		rc = tell_rows(b, t, err);
	ml_table_free(t);
	ml_input_free(in);
	return rc;
}

/* Which trial, and what came of it, are told together or not at all. */
static int check_args(const struct ml_tune_tell_args *own, bool words, double *value,
		      struct ml_error *err)
{
	bool named = words || own->trial >= 0, given = own->value || own->failed;
	struct ml_number number = { 0 };
	const char *wrong = NULL;

	if (words && own->trial >= 0)
		wrong = "--trial, or words behind --: not both";
	else if (named && !given)
		wrong = "what came of the trial? --value V, or --failed WHY";
	else if (given && !named)
		wrong = "which trial? --trial N, or its words behind --";
	else if (own->value && own->failed)
		wrong = "--value, or --failed: not both";
	else if (own->value && !ml_number_parse(own->value, strlen(own->value), &number))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--value: '%s' is not a number",
			       ML_SHOW(own->value, strlen(own->value)));
	*value = number.value;
	return wrong ? ml_fail(err, ML_EUSAGE, "E-USAGE", "%s", wrong) : ML_OK;
}

int ml_tune_tell(struct ml_cli *cli, const struct ml_tune_args *a, struct ml_error *err)
{
	const struct ml_tune_tell_args *own = cli->picked[0].args;
	bool words = cli->n_operands > cli->n_before;
	size_t trial = own->trial >= 0 ? (size_t)own->trial : 0;
	struct ml_book b;
	double value;

	int rc = ml_tune_open(cli, a, &b, err);
	if (!rc)
		rc = check_args(own, words, &value, err);
	if (!rc && words)
		rc = find_by_words(cli, &b, &trial, err);
	if (!rc)
		rc = words || own->trial >= 0 ? ml_tell(&b, trial, value, own->failed, err)
					      : tell_table(cli, &b, err);
	ml_book_release(&b);
	return rc;
}
