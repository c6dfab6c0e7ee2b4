/* svm_rows.c - rows sorted by what is in them, the same ones once. */
#include "models/svm_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/siphash.h"
#include "la/sums.h"

struct entry {
	uint64_t hash;
	const double *x;
	double y, w;
	size_t p;
};

/* -0 equals 0, and is hashed as it. */
static uint64_t hash_of(const struct entry *e, double *room)
{
	for (size_t j = 0; j < e->p; j++)
		room[j] = e->x[j] + 0.0;
	room[e->p] = e->y + 0.0;
	return ml_siphash(1, 3, 0, 0, room, (e->p + 1) * sizeof *room);
}

static int compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int compare(const void *a, const void *b)
{
	const struct entry *u = a, *v = b;
	int order = (u->hash > v->hash) - (u->hash < v->hash);

	if (!order)
		order = compare_numbers(u->y, v->y);
	for (size_t j = 0; !order && j < u->p; j++)
		order = compare_numbers(u->x[j], v->x[j]);
	return order;
}

static int read_rows(struct entry *e, const struct ml_problem *p, struct ml_error *err)
{
	double *room = ml_alloc(p->x.cols + 1, sizeof *room, err);

	if (!room)
		return err->code;
	for (size_t i = 0; i < p->x.rows; i++) {
		e[i] = (struct entry){ .x = p->x.v + i * p->x.ld,
				       .y = p->y ? p->y[i] : 0,
				       .w = p->w ? p->w[i] : 1,
				       .p = p->x.cols };
		e[i].hash = hash_of(&e[i], room);
	}
	free(room);
	return ML_OK;
}

static int merge(struct ml_svm_rows *r, const struct entry *e, size_t n, struct ml_error *err)
{
	double total = 0;

	for (size_t i = 0; i < n; i++) {
		total += e[i].w;
		if (i && !compare(&e[i - 1], &e[i])) {
			r->w[r->n - 1] += e[i].w;
			continue;
		}
		r->x[r->n] = e[i].x;
		r->y[r->n] = e[i].y;
		r->w[r->n++] = e[i].w;
	}
	return isfinite(total) ? ML_OK
			       : ml_fail(err, ML_EDATA, "E-RANGE",
					 "the weights are too large to be added");
}

int ml_svm_rows_init(struct ml_svm_rows *r, const struct ml_problem *p, struct ml_error *err)
{
	size_t n = p->x.rows;

	*r = (struct ml_svm_rows){ .p = p->x.cols };
	if (n > INT32_MAX / 2)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", n);
	struct entry *e = ml_alloc(n, sizeof *e, err);
	int rc = e ? read_rows(e, p, err) : err->code;
	if (!rc && (!(r->x = ml_alloc(n, sizeof *r->x, err)) ||
		    !(r->y = ml_alloc(n, sizeof *r->y, err)) ||
		    !(r->w = ml_alloc(n, sizeof *r->w, err))))
		rc = err->code;
	if (!rc) {
		qsort(e, n, sizeof *e, compare);
		rc = merge(r, e, n, err);
	}
	free(e);
	return rc;
}

void ml_svm_rows_release(struct ml_svm_rows *r)
{
	free(r->w);
	free(r->y);
	free(r->x);
	*r = (struct ml_svm_rows){ 0 };
}

/* Whether one value has more than half of v, and which (Boyer and Moore 1991: each other value
 * is struck out with one of its). */
static bool majority(const double *v, size_t n, double *value)
{
	size_t lead = 0, count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!lead)
			*value = v[i];
		if (v[i] == *value)
			lead++;
		else
			lead--;
	}
	for (size_t i = 0; i < n; i++)
		count += v[i] == *value;
	return count > n / 2;
}

int ml_svm_rows_centre(const struct ml_svm_rows *r, double *centre, double *variance,
		       struct ml_error *err)
{
	double *column = ml_alloc(r->n, sizeof *column, err);
	double *squares = column ? ml_alloc(3 * r->p, sizeof *squares, err) : NULL;
	double *mean = squares ? squares + 2 * r->p : NULL;
	double total = 0, middle;

	if (!squares) {
		free(column);
		return err->code;
	}
	for (size_t j = 0; j < r->p; j++) {
		for (size_t i = 0; i < r->n; i++)
			column[i] = r->x[i][j];
		struct ml_moments m = ml_moments_of(column, r->w, r->n);
		mean[j] = m.mean;
		if (!majority(column, r->n, &centre[j]))
			centre[j] = m.mean;
		squares[j] = m.ss;
		total = m.weight;
	}
	/* All cells about their common mean: within the columns, and between them. */
	middle = ml_mean_of(mean, NULL, r->p);
	for (size_t j = 0; j < r->p; j++)
		squares[r->p + j] = total * (mean[j] - middle) * (mean[j] - middle);
	*variance = ml_sum(squares, 2 * r->p) / total / (double)r->p;
	free(squares);
	free(column);
	return ML_OK;
}
