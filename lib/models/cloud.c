/* cloud.c - rows as points. */
#include "models/cloud.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/columnwise.h"
#include "la/slices.h"
#include "models/centres.h"

/* ---- how far they reach ---- */

struct reach {
	const struct ml_cloud *c;
	struct ml_slices slices;
	double *most; /* of each slice: the largest |x|, the largest |x - mean| */
};

static int look(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct reach *r = arg;
	const struct ml_problem *p = r->c->p;
	double far = 0, large = 0;

	(void)worker;
	(void)err;
	for (size_t j = 0; j < p->x.cols; j++) {
		const double *v = p->x.v ? p->x.v + j : p->col[j], mean = r->c->mean[j];
		size_t step = p->x.v ? p->x.ld : 1, to = ml_slice_to(&r->slices, block);

		for (size_t i = ml_slice_from(&r->slices, block); i < to; i++) {
			double x = fabs(v[i * step]), d = fabs(v[i * step] - mean);
			large = x > large ? x : large;
			far = d > far ? d : far;
		}
	}
	r->most[2 * block] = large;
	r->most[2 * block + 1] = far;
	return ML_OK;
}

static int measure(struct ml_cloud *c, const struct ml_run *run, struct ml_error *err)
{
	struct reach r = { .c = c, .slices = ml_slices_of(c->n) };
	double large = 0, far = 0;
	int exponent;

	if (!(r.most = ml_alloc(2 * r.slices.count, sizeof *r.most, err)))
		return err->code;
	int rc = ml_parallel(run->threads, r.slices.count, look, &r, err);
	for (size_t b = 0; b < r.slices.count; b++) {
		large = fmax(large, r.most[2 * b]);
		far = fmax(far, r.most[2 * b + 1]);
	}
	free(r.most);
	if (!rc && !(large <= ML_CENTRE_MAX))
		rc = ml_fail(err, ML_EDATA, "E-RANGE",
			     "%g is too large for squares of distances (--scale standard)",
			     large);
	frexp(far, &exponent);
	c->unit = far > 0 ? ldexp(1, -exponent) : 1;
	return rc;
}

int ml_cloud_init(struct ml_cloud *c, const struct ml_problem *p, const struct ml_run *run,
		  struct ml_error *err)
{
	*c = (struct ml_cloud){ .p = p, .n = p->x.rows, .cols = p->x.cols };
	double *deviation = ml_alloc(c->cols, sizeof *deviation, err);
	int rc = deviation ? ML_OK : err->code;

	if (!rc && !(c->mean = ml_alloc(c->cols, sizeof *c->mean, err)))
		rc = err->code;
	if (!rc)
		rc = ml_columnwise(&p->x, p->col, p->w, c->mean, deviation, err);
	for (size_t j = 0; !rc && j < c->cols; j++)
		c->spread += deviation[j] * deviation[j] / (double)c->cols;
	free(deviation);
	return rc ? rc : measure(c, run, err);
}

void ml_cloud_release(struct ml_cloud *c)
{
	free(c->mean);
	*c = (struct ml_cloud){ 0 };
}

/* ---- rows ---- */

double ml_cloud_weight(const struct ml_cloud *c, size_t i)
{
	return c->p->w ? c->p->w[i] : 1;
}

void ml_cloud_row(const struct ml_cloud *c, size_t i, double *row)
{
	const struct ml_problem *p = c->p;

	if (p->x.v) {
		memcpy(row, p->x.v + i * p->x.ld, c->cols * sizeof *row);
		return;
	}
	for (size_t j = 0; j < c->cols; j++)
		row[j] = p->col[j][i];
}

void ml_cloud_floats(const struct ml_cloud *c, size_t from, const uint32_t *idx, size_t m,
		     float *out, size_t stride)
{
	const struct ml_problem *p = c->p;

	for (size_t j = 0; j < c->cols; j++, out += stride) {
		double mean = c->mean[j], unit = c->unit;
		size_t step = p->x.v ? p->x.ld : 1;
		const double *v = p->x.v ? p->x.v + from * step + j : p->col[j] + from;

		for (size_t i = 0; i < m; i++)
			out[i] = (float)((v[idx[i] * step] - mean) * unit);
	}
}

void ml_cloud_add(const struct ml_cloud *c, size_t from, size_t m, const int32_t *own,
		  double *sum, double *weight)
{
	const struct ml_problem *p = c->p;
	const double *w = p->w ? p->w + from : NULL;

	for (size_t i = 0; i < m; i++)
		weight[own[i]] += w ? w[i] : 1;
	for (size_t j = 0; j < c->cols; j++) {
		size_t step = p->x.v ? p->x.ld : 1;
		const double *v = p->x.v ? p->x.v + from * step + j : p->col[j] + from;

		for (size_t i = 0; i < m; i++)
			sum[(size_t)own[i] * c->cols + j] +=
				w ? w[i] * v[i * step] : v[i * step];
	}
}
