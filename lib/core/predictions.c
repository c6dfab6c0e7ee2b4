/* predictions.c - predictions as columns of a table. */
#include "core/predictions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/explain.h"
#include "core/predict.h"
#include "data/columns.h"

static int add_level(struct ml_column *c, const char *word, int32_t *code, struct ml_error *err)
{
	return ml_levels_add(c->levels, word, strlen(word), code, err);
}

/* Words: of classes and clusters all of them, in their order. */
static int append_words(struct ml_table *t, const char *name, const struct ml_outcome *o,
			const struct ml_mat *out, struct ml_error *err)
{
	char room[ML_WORD];
	int32_t code;

	if (ml_table_insert(t, t->ncol, name, ML_CATEGORY, err))
		return err->code;
	struct ml_column *c = &t->col[t->ncol - 1];
	for (size_t k = 0; k < o->n_classes; k++)
		if (add_level(c, o->classes[k], &code, err))
			return err->code;
	for (size_t k = 0; k < o->clusters; k++) {
		const double cluster = (double)k;
		if (add_level(c, ml_outcome_word(o, &cluster, room), &code, err))
			return err->code;
	}
	for (size_t i = 0; i < t->rows; i++) {
		const double *row = out->v + i * out->ld;
		const char *word = isnan(row[0]) ? NULL : ml_outcome_word(o, row, room);

		c->code[i] = -1;
		if (word && add_level(c, word, &c->code[i], err))
			return err->code;
	}
	return ML_OK;
}

static int append_number(struct ml_table *t, const char *name, const struct ml_mat *out,
			 size_t k, struct ml_error *err)
{
	if (ml_table_insert(t, t->ncol, name, ML_NUMBER, err))
		return err->code;
	for (size_t i = 0; i < t->rows; i++)
		t->col[t->ncol - 1].num[i] = out->v[i * out->ld + k];
	return ML_OK;
}

int ml_predictions_append(struct ml_table *t, const char *prefix, bool proba,
			  const struct ml_outcome *o, const struct ml_mat *out,
			  struct ml_error *err)
{
	struct ml_buf name = { 0 }, own = { 0 };
	size_t from, each = ml_outcome_each(o, &from);

	ml_buf_printf(&name, "%spred", prefix);
	int rc = ml_buf_check(&name, err);
	if (!rc)
		rc = o->task == ML_REGRESS ? append_number(t, ml_buf_str(&name), out, 0, err)
					   : append_words(t, ml_buf_str(&name), o, out, err);
	if (!rc && o->task == ML_DETECT) {
		ml_buf_clear(&name);
		ml_buf_printf(&name, "%sscore", prefix);
		rc = ml_buf_check(&name, err);
		if (!rc)
			rc = append_number(t, ml_buf_str(&name), out, 0, err);
	}
	for (size_t c = 0; !rc && proba && c < each; c++) {
		rc = ml_outcome_each_name(o, c, &own, err);
		ml_buf_clear(&name);
		ml_buf_printf(&name, "%s%s", prefix, ml_buf_str(&own));
		if (!rc)
			rc = ml_buf_check(&name, err);
		if (!rc)
			rc = append_number(t, ml_buf_str(&name), out, from + c, err);
	}
	ml_buf_release(&own);
	ml_buf_release(&name);
	if (rc == ML_EDATA)
		ml_context(err, "--prefix NAME avoids it");
	return rc;
}

int ml_log_probabilities_append(struct ml_table *t, const char *prefix,
				const struct ml_outcome *o, const struct ml_mat *out,
				struct ml_error *err)
{
	struct ml_buf name = { 0 };
	int rc = ML_OK;

	for (size_t c = 0; !rc && c < o->n_classes; c++) {
		ml_buf_clear(&name);
		ml_buf_printf(&name, "%slogprob:%s", prefix, o->classes[c]);
		rc = ml_buf_check(&name, err);
		if (!rc)
			rc = append_number(t, ml_buf_str(&name), out, o->n_classes + c, err);
	}
	ml_buf_release(&name);
	if (rc == ML_EDATA)
		ml_context(err, "--prefix NAME avoids it");
	return rc;
}

int ml_explanations_append(struct ml_table *t, const char *prefix, const struct ml_pipeline *p,
			   const struct ml_mat *out, struct ml_error *err)
{
	const struct ml_explain *e = p->explain;
	struct ml_buf name = { 0 }, full = { 0 };
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < e->width; k++) {
		rc = ml_explain_name(e, k, &name, err);
		ml_buf_clear(&full);
		ml_buf_printf(&full, "%s%s", prefix, ml_buf_str(&name));
		if (!rc)
			rc = ml_buf_check(&full, err);
		if (!rc)
			rc = append_number(t, ml_buf_str(&full), out, out->cols - e->width + k,
					   err);
	}
	ml_buf_release(&full);
	ml_buf_release(&name);
	if (rc == ML_EDATA)
		ml_context(err, "--prefix NAME avoids it");
	return rc;
}

int ml_table_keep(struct ml_table *t, const struct ml_texts *keep, bool only,
		  struct ml_error *err)
{
	bool *gone = ml_alloc(t->ncol, sizeof *gone, err);
	int rc = gone ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < t->ncol; j++)
		gone[j] = only || keep->n;
	for (size_t i = 0; !rc && i < keep->n; i++) {
		size_t *idx = NULL, n = 0;
		rc = ml_table_pick(t, keep->v[i], &idx, &n, err);
		for (size_t k = 0; !rc && k < n; k++)
			gone[idx[k]] = false;
		free(idx);
	}
	if (!rc)
		ml_table_remove_many(t, gone);
	free(gone);
	return rc;
}
