/* knn_fields.c - the points as named fields.
 *
 * A column of at most 255 values (0/1, counts, categories) is kept as these values and a byte a
 * row, which is a fraction of the bytes; the others as they are, column after column.  A
 * missing value is byte 255, or 0 and marked in "missing". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/knn_parts.h"

enum { MAX_FEATURES = 1 << 28, MAX_CLASSES = 1 << 20, MAX_LEVELS = 1 << 20 };
enum { FEW = 255, MISSING = 255 };

/* ---- writing ---- */

struct packing {
	const struct ml_knn *m;
	int32_t *few;           /* p: how many values, 0: the column as it is */
	double *values;         /* those of all columns */
	unsigned char *codes;   /* n a column of few values */
	double *points;         /* n a column of many */
	unsigned char *missing; /* the same; any: one of them is set */
	size_t n_values, n_codes, n_points;
	bool any;
};

/* The place of v among the sorted values, or where it would be. */
static size_t place_of(const double *values, size_t n, double v)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (values[middle] < v)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The values of column j in order; 0: more than FEW. */
static size_t distinct(const struct ml_knn *m, size_t j, double *values)
{
	size_t count = 0;

	for (size_t i = 0; i < m->n; i++) {
		double v = m->x[i * m->p + j];
		size_t at = isnan(v) ? count : place_of(values, count, v);

		if (isnan(v) || (at < count && values[at] == v))
			continue;
		if (count == FEW)
			return 0;
		memmove(values + at + 1, values + at, (count++ - at) * sizeof *values);
		values[at] = v + 0.0; /* -0 is 0 */
	}
	return count;
}

static void pack_column(struct packing *s, size_t j)
{
	const struct ml_knn *m = s->m;
	double *values = s->values + s->n_values;
	size_t few = distinct(m, j, values);

	s->few[j] = (int32_t)few;
	s->n_values += few;
	for (size_t i = 0; i < m->n; i++) {
		double v = m->x[i * m->p + j];

		if (few) {
			s->codes[s->n_codes++] =
				isnan(v) ? MISSING : (unsigned char)place_of(values, few, v);
			continue;
		}
		s->missing[s->n_points] = (unsigned char)isnan(v);
		s->any |= isnan(v);
		s->points[s->n_points++] = isnan(v) ? 0 : v;
	}
}

static void put_target(const struct ml_knn *m, struct ml_fields *out)
{
	struct ml_error err;

	if (!m->classes) {
		ml_put_reals(out, "y", m->y, m->n);
		return;
	}
	int32_t *class = ml_alloc(m->n, sizeof *class, &err);
	for (size_t i = 0; class && i < m->n; i++)
		class[i] = (int32_t)m->y[i];
	if (class)
		ml_put_ints(out, "y", class, m->n);
	else
		out->failed = true;
	free(class);
}

void ml_knn_save(const struct ml_knn *m, struct ml_fields *out)
{
	struct ml_error err;
	struct packing s = { .m = m };

	ml_put_size(out, "rows", m->n);
	ml_put_size(out, "features", m->p);
	ml_put_size(out, "classes", m->classes);
	ml_put_size(out, "neighbors", m->k);
	ml_put_text(out, "metric", ml_knn_metrics[m->metric]);
	ml_put_text(out, "search", ml_knn_searches[m->search]);
	ml_put_real(out, "p", m->exponent);
	ml_put_size(out, "by-distance", m->by_distance);
	ml_put_ints(out, "levels", m->levels, m->p);
	put_target(m, out);
	if (m->w)
		ml_put_reals(out, "weights", m->w, m->n);
	s.few = ml_alloc(m->p, sizeof *s.few, &err);
	s.values = ml_alloc(m->p, (FEW + 1) * sizeof *s.values, &err);
	s.codes = ml_alloc(m->n, m->p, &err);
	s.points = ml_alloc(m->n, m->p * sizeof *s.points, &err);
	s.missing = ml_alloc(m->n, m->p, &err);
	if (s.few && s.values && s.codes && s.points && s.missing) {
		for (size_t j = 0; j < m->p; j++)
			pack_column(&s, j);
		ml_put_ints(out, "few", s.few, m->p);
		ml_put_reals(out, "values", s.values, s.n_values);
		ml_put_bytes(out, "codes", s.codes, s.n_codes);
		ml_put_reals(out, "points", s.points, s.n_points);
		if (s.any)
			ml_put_bytes(out, "missing", s.missing, s.n_points);
	} else {
		out->failed = true;
	}
	free(s.missing);
	free(s.points);
	free(s.codes);
	free(s.values);
	free(s.few);
}

/* ---- reading ---- */

static int get_word(const struct ml_fields *in, const char *field, const char *const *words,
		    int *at, struct ml_error *err)
{
	char *word;

	if (ml_get_text(in, field, &word, err))
		return err->code;
	for (*at = 0; words[*at] && strcmp(words[*at], word);)
		++*at;
	free(word);
	return words[*at] ? ML_OK
			  : ml_fail(err, ML_EDATA, "E-MODEL", "field '%s' is not known", field);
}

static int get_options(struct ml_knn *m, const struct ml_fields *in, struct ml_error *err)
{
	size_t by_distance;

	if (ml_get_size(in, "rows", UINT32_MAX, &m->n, err) ||
	    ml_get_size(in, "features", MAX_FEATURES, &m->p, err) ||
	    ml_get_size(in, "classes", MAX_CLASSES, &m->classes, err) ||
	    ml_get_size(in, "neighbors", m->n, &m->k, err) ||
	    get_word(in, "metric", ml_knn_metrics, &m->metric, err) ||
	    get_word(in, "search", ml_knn_searches, &m->search, err) ||
	    ml_get_real(in, "p", &m->exponent, err) ||
	    ml_get_size(in, "by-distance", 1, &by_distance, err))
		return err->code;
	m->by_distance = by_distance;
	if (!m->n || !m->p || !m->k || m->classes == 1 || !(m->exponent >= 1))
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu rows, %zu features, %zu classes, %zu neighbors, p %g", m->n,
			       m->p, m->classes, m->k, m->exponent);
	return ml_get_ints(in, "levels", &m->levels, m->p, 0, MAX_LEVELS, err);
}

static int get_target(struct ml_knn *m, const struct ml_fields *in, struct ml_error *err)
{
	int32_t *class = NULL;

	if (ml_has(in, "weights") && ml_get_reals(in, "weights", &m->w, m->n, err))
		return err->code;
	for (size_t i = 0; m->w && i < m->n; i++)
		if (!(m->w[i] > 0))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'weights': %g",
				       m->w[i]);
	if (!m->classes)
		return ml_get_reals(in, "y", &m->y, m->n, err);
	if (ml_get_ints(in, "y", &class, m->n, 0, (int32_t)m->classes - 1, err))
		return err->code;
	if (!(m->y = ml_alloc(m->n, sizeof *m->y, err))) {
		free(class);
		return err->code;
	}
	for (size_t i = 0; i < m->n; i++)
		m->y[i] = class[i];
	free(class);
	return ML_OK;
}

/* Column j from its values and codes. */
static int unpack_codes(struct ml_knn *m, const struct packing *s, size_t j,
			struct ml_error *err)
{
	const unsigned char *codes = s->codes + s->n_codes;
	const double *values = s->values + s->n_values;

	for (size_t i = 0; i < m->n; i++) {
		bool gone = codes[i] == MISSING && ml_knn_by_column(m->metric);

		if (!gone && codes[i] >= s->few[j])
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'codes': %d of %ld",
				       codes[i], (long)s->few[j]);
		m->x[i * m->p + j] = gone ? (double)NAN : values[codes[i]];
	}
	return ML_OK;
}

static int unpack(struct ml_knn *m, struct packing *s, struct ml_error *err)
{
	for (size_t j = 0; j < m->p; j++) {
		if (s->few[j]) {
			if (unpack_codes(m, s, j, err))
				return err->code;
			s->n_values += (size_t)s->few[j];
			s->n_codes += m->n;
			continue;
		}
		for (size_t i = 0; i < m->n; i++, s->n_points++)
			m->x[i * m->p + j] = s->missing && s->missing[s->n_points]
						     ? (double)NAN
						     : s->points[s->n_points];
	}
	return ML_OK;
}

static int get_points(struct ml_knn *m, const struct ml_fields *in, struct ml_error *err)
{
	struct packing s = { .m = m };
	size_t values = 0, coded = 0;

	int rc = ml_get_ints(in, "few", &s.few, m->p, 0, FEW, err);
	for (size_t j = 0; !rc && j < m->p; j++) {
		values += (size_t)s.few[j];
		coded += s.few[j] > 0;
	}
	if (!rc)
		rc = ml_get_reals(in, "values", &s.values, values, err);
	if (!rc)
		rc = ml_get_bytes(in, "codes", &s.codes, coded * m->n, err);
	if (!rc)
		rc = ml_get_reals(in, "points", &s.points, (m->p - coded) * m->n, err);
	if (!rc && ml_has(in, "missing") && ml_knn_by_column(m->metric))
		rc = ml_get_bytes(in, "missing", &s.missing, (m->p - coded) * m->n, err);
	if (!rc && !(m->x = ml_alloc(m->n, m->p * sizeof *m->x, err)))
		rc = err->code;
	if (!rc)
		rc = unpack(m, &s, err);
	free(s.missing);
	free(s.points);
	free(s.codes);
	free(s.values);
	free(s.few);
	return rc;
}

int ml_knn_load(struct ml_knn *m, const struct ml_fields *in, struct ml_error *err)
{
	int rc = get_options(m, in, err);

	if (!rc)
		rc = get_target(m, in, err);
	if (!rc)
		rc = get_points(m, in, err);
	return rc ? rc : ml_knn_index(m, err);
}
