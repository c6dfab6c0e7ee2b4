/* bysize.c - see bysize.h. */
#include "models/bysize.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/argsort.h"

int ml_bysize_births(int32_t *label, size_t n, size_t k, const double *w, double **size,
		     double *const *per, size_t count, struct ml_error *err)
{
	double *was = ml_alloc(k, sizeof *was, err);
	double *weight = ml_alloc(k + 1, sizeof *weight, err);
	uint32_t *order = ml_alloc(k, sizeof *order, err);
	int32_t *number = ml_alloc(k, sizeof *number, err);
	int rc = was && weight && order && number ? ML_OK : err->code;

	*size = rc ? NULL : ml_alloc(k + 1, sizeof **size, err);
	if (!rc && !*size)
		rc = err->code;
	for (size_t i = 0; !rc && i < n; i++)
		weight[label[i] < 0 ? k : (size_t)label[i]] -= w ? w[i] : 1;
	if (!rc && k)
		rc = ml_argsort(weight, 1, k, order, err);
	for (size_t a = 0; !rc && k && a < count; a++) {
		memcpy(was, per[a], k * sizeof *was);
		for (size_t c = 0; c < k; c++)
			per[a][c] = was[order[c]];
	}
	for (size_t c = 0; !rc && c < k; c++) {
		number[order[c]] = (int32_t)c;
		(*size)[c] = -weight[order[c]];
	}
	if (!rc)
		(*size)[k] = 0 - weight[k];
	for (size_t i = 0; !rc && i < n; i++)
		label[i] = label[i] < 0 ? -1 : number[label[i]];
	free(number);
	free(order);
	free(weight);
	free(was);
	return rc;
}

int ml_bysize(int32_t *label, size_t n, size_t k, const double *w, double **size,
	      struct ml_error *err)
{
	return ml_bysize_births(label, n, k, w, size, NULL, 0, err);
}

void ml_bysize_save(const double *size, size_t k, struct ml_fields *out)
{
	ml_put_reals(out, "sizes", size, k + 1);
}

int ml_bysize_load(double **size, size_t k, const struct ml_fields *in, struct ml_error *err)
{
	if (ml_get_reals(in, "sizes", size, k + 1, err))
		return err->code;
	for (size_t c = 0; c <= k; c++)
		if (!((*size)[c] >= 0))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'sizes': %g",
				       (*size)[c]);
	return ML_OK;
}
