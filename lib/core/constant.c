/* constant.c - the baseline of every judgement. */
#include "core/constant.h"

#include <stdlib.h>

#include "base/mem.h"
#include "la/sums.h"

/* Shares of the classes in the truth. */
static int shares_of(const struct ml_scored *rows, double *share, struct ml_error *err)
{
	double *is = ml_alloc(rows->n, sizeof *is, err);

	if (!is)
		return err->code;
	for (size_t c = 0; c < rows->classes; c++) {
		for (size_t i = 0; i < rows->n; i++)
			is[i] = rows->y[i] == (int32_t)c;
		share[c] = ml_mean_of(is, rows->w, rows->n);
	}
	free(is);
	return ML_OK;
}

static int fill_classes(struct ml_scoring *out, const struct ml_scored *learned,
			size_t *commonest, struct ml_error *err)
{
	struct ml_scored *rows = &out->rows;
	size_t n = rows->n, k = rows->classes;
	double *share = ml_alloc(k, sizeof *share, err);
	int rc = share ? shares_of(learned, share, err) : err->code;

	for (size_t c = 0; !rc && c < k; c++)
		*commonest = share[c] > share[*commonest] ? c : *commonest;
	if (!rc && rows->pred && !(out->pred = ml_alloc(n, sizeof *out->pred, err)))
		rc = err->code;
	if (!rc && rows->score && !(out->score = ml_alloc(n, sizeof *out->score, err)))
		rc = err->code;
	if (!rc && rows->prob.v && !(out->prob = ml_alloc(n * k, sizeof *out->prob, err)))
		rc = err->code;
	for (size_t i = 0; !rc && i < n; i++) {
		if (out->pred)
			out->pred[i] = (int32_t)*commonest;
		for (size_t c = 0; out->prob && c < k; c++)
			out->prob[i * k + c] = share[c];
	}
	rows->pred = out->pred;
	rows->score = out->score;
	rows->prob.v = out->prob;
	free(share);
	return rc;
}

int ml_scoring_constant(struct ml_scoring *out, const struct ml_scoring *rows,
			const struct ml_scoring *learned, size_t *commonest,
			struct ml_error *err)
{
	*out = (struct ml_scoring){ .rows = rows->rows, .truth_name = rows->truth_name };
	*commonest = 0;
	if (rows->rows.task == ML_FOR_CLASSES)
		return fill_classes(out, &learned->rows, commonest, err);
	double mean = ml_mean_of(learned->rows.truth, learned->rows.w, learned->rows.n);
	if (!(out->value = ml_alloc(rows->rows.n, sizeof *out->value, err)))
		return err->code;
	for (size_t i = 0; i < rows->rows.n; i++)
		out->value[i] = mean;
	out->rows.value = out->value;
	return ML_OK;
}
