/* within.c - means of classes, and the rows about them. */
#include "models/within.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/dd.h"
#include "la/scale.h"
#include "la/slices.h"

/* Sums of a slice: 2^23 numbers are 64 MiB for all of them. */
enum { SLICE_SUMS = 1 << 23 };

const char *const ml_shrinkages[] = { "auto", NULL };

void ml_within_release(struct ml_within *m)
{
	free(m->begin);
	free(m->order);
	free(m->mean);
	free(m->mass);
	free(m->scale);
	*m = (struct ml_within){ 0 };
}

static void choose_scale(struct ml_within *m)
{
	const struct ml_mat *x = &m->problem->x;

	for (size_t i = 0; i < x->rows; i++)
		for (size_t j = 0; j < m->p; j++) {
			double v = fabs(x->v[i * x->ld + j]);
			m->scale[j] = v > m->scale[j] ? v : m->scale[j];
		}
	for (size_t j = 0; j < m->p; j++)
		m->scale[j] = ldexp(1, -ml_exponent(m->scale[j]));
}

static void sort_rows(struct ml_within *m)
{
	const struct ml_problem *p = m->problem;
	size_t n = p->x.rows;

	for (size_t i = 0; i < n; i++)
		m->begin[(size_t)p->y[i] + 1]++;
	for (size_t c = 0; c < m->k; c++)
		m->begin[c + 1] += m->begin[c];
	/* begin[c] moves on to the end of class c, which is where c + 1 began. */
	for (size_t i = 0; i < n; i++)
		m->order[m->begin[(size_t)p->y[i]]++] = i;
	for (size_t c = m->k; c > 0; c--)
		m->begin[c] = m->begin[c - 1];
	m->begin[0] = 0;
}

/* Sums of weights (the last column) and of columns, by class. */
struct summing {
	const struct ml_within *m;
	struct ml_slices slices;
	struct ml_dd *v; /* one a slice: k x (p + 1) */
};

static int sum_slice(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct summing *s = arg;
	const struct ml_within *m = s->m;
	const struct ml_problem *p = m->problem;
	size_t wide = m->p + 1, to = ml_slice_to(&s->slices, block);
	struct ml_dd *all = s->v + block * m->k * wide;

	(void)worker;
	(void)err;
	for (size_t i = ml_slice_from(&s->slices, block); i < to; i++) {
		const double *x = p->x.v + i * p->x.ld;
		struct ml_dd *sum = all + (size_t)p->y[i] * wide;

		for (size_t j = 0; !p->w && j < m->p; j++)
			ml_acc_add(&sum[j], x[j] * m->scale[j]);
		for (size_t j = 0; p->w && j < m->p; j++)
			ml_acc_mul(&sum[j], p->w[i], x[j] * m->scale[j]);
		ml_acc_add(&sum[m->p], p->w ? p->w[i] : 1);
	}
	return ML_OK;
}

static int take_means(struct ml_within *m, const struct summing *s, struct ml_error *err)
{
	size_t wide = m->p + 1;

	for (size_t c = 0; c < m->k; c++) {
		struct ml_dd mass = { 0, 0 };

		for (size_t b = 0; b < s->slices.count; b++)
			mass = ml_dd_add(mass, ml_acc_end(s->v[(b * m->k + c) * wide + m->p]));
		m->mass[c] = mass.hi;
		for (size_t j = 0; j < m->p; j++) {
			struct ml_dd sum = { 0, 0 };

			for (size_t b = 0; b < s->slices.count; b++)
				sum = ml_dd_add(sum,
						ml_acc_end(s->v[(b * m->k + c) * wide + j]));
			m->mean[c * m->p + j] = ml_dd_div(sum, mass).hi;
			if (!isfinite(m->mean[c * m->p + j]))
				return ml_fail(err, ML_EDATA, "E-RANGE",
					       "the mean of feature %zu in a class is beyond "
					       "doubles; scale the columns first",
					       j + 1);
		}
	}
	return ML_OK;
}

static int find_means(struct ml_within *m, int threads, struct ml_error *err)
{
	size_t size = m->k * (m->p + 1), n = m->problem->x.rows;
	struct summing s = { .m = m, .slices = ml_slices_of(n) };
	size_t most = SLICE_SUMS / size + 1;

	if (s.slices.count > most) {
		s.slices.rows = n / most + 1;
		s.slices.count = n / s.slices.rows + (n % s.slices.rows != 0);
	}
	if (!(s.v = ml_alloc(s.slices.count * size, sizeof *s.v, err)))
		return err->code;
	int rc = ml_parallel(threads, s.slices.count, sum_slice, &s, err);
	if (!rc)
		rc = take_means(m, &s, err);
	free(s.v);
	return rc;
}

int ml_within_init(struct ml_within *m, const struct ml_problem *p, bool powers, int threads,
		   struct ml_error *err)
{
	*m = (struct ml_within){ .problem = p, .p = p->x.cols, .k = p->nclass };
	if (!(m->scale = ml_alloc(m->p, sizeof *m->scale, err)) ||
	    !(m->mass = ml_alloc(m->k, sizeof *m->mass, err)) ||
	    !(m->mean = ml_alloc(m->k * m->p, sizeof *m->mean, err)) ||
	    !(m->order = ml_alloc(p->x.rows, sizeof *m->order, err)) ||
	    !(m->begin = ml_alloc(m->k + 1, sizeof *m->begin, err)))
		return err->code;
	if (powers)
		choose_scale(m);
	for (size_t j = 0; !powers && j < m->p; j++)
		m->scale[j] = 1;
	sort_rows(m);
	return find_means(m, threads, err);
}

size_t ml_within_count(const struct ml_within_rows *r)
{
	const struct ml_within *m = r->m;

	return r->class == m->k ? m->problem->x.rows
				: m->begin[r->class + 1] - m->begin[r->class];
}

void ml_within_rows(const void *arg, size_t from, size_t to, double *out)
{
	const struct ml_within_rows *r = arg;
	const struct ml_within *m = r->m;
	const struct ml_problem *p = m->problem;

	for (size_t at = from; at < to; at++, out += m->p) {
		size_t i = r->class == m->k ? at : m->order[m->begin[r->class] + at];
		const double *x = p->x.v + i * p->x.ld;
		const double *mean = m->mean + (size_t)p->y[i] * m->p;
		double root = p->w ? sqrt(p->w[i]) : 1;

		for (size_t j = 0; j < m->p; j++)
			out[j] = (x[j] * m->scale[j] - mean[j]) * root;
	}
}

double ml_within_fourth(const struct ml_within_rows *r, double *room, size_t room_rows)
{
	const struct ml_within *m = r->m;
	size_t n = ml_within_count(r), p = m->p;
	struct ml_dd sum = { 0, 0 };

	for (size_t from = 0; from < n; from += room_rows) {
		size_t to = n - from < room_rows ? n : from + room_rows;

		ml_within_rows(r, from, to, room);
		for (size_t at = from; at < to; at++) {
			const double *z = room + (at - from) * p;
			size_t i = r->class == m->k ? at : m->order[m->begin[r->class] + at];
			/* z carries the root of the weight: w^2 |x - mean|^4. */
			double square = ml_dot(z, z, p);

			ml_acc_add(&sum,
				   square * square / (m->problem->w ? m->problem->w[i] : 1));
		}
	}
	return ml_acc_end(sum).hi;
}
