/* knn_fields.c - the points as named fields, row after row.  A missing value is 0 in "points",
 * and 1 in "missing". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/knn_parts.h"

enum { MAX_FEATURES = 1 << 28, MAX_CLASSES = 1 << 20, MAX_LEVELS = 1 << 20 };

/* ---- writing ---- */

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

/* Numbers of which some are missing. */
static void put_holes(const struct ml_knn *m, struct ml_fields *out)
{
	struct ml_error err;
	size_t n = m->n * m->cols;
	double *points = ml_alloc(n, sizeof *points, &err);
	unsigned char *missing = ml_alloc(n, 1, &err);

	for (size_t i = 0; points && missing && i < n; i++) {
		missing[i] = (unsigned char)isnan(m->x[i]);
		points[i] = missing[i] ? 0 : m->x[i];
	}
	if (points && missing) {
		ml_put_reals(out, "points", points, n);
		ml_put_bytes(out, "missing", missing, n);
	} else {
		out->failed = true;
	}
	free(missing);
	free(points);
}

void ml_knn_save(const struct ml_knn *m, struct ml_fields *out)
{
	bool holes = false;

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
	for (size_t i = 0; i < m->n * m->cols && !holes; i++)
		holes = isnan(m->x[i]);
	if (holes)
		put_holes(m, out);
	else
		ml_put_reals(out, "points", m->x, m->n * m->cols);
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

static int get_points(struct ml_knn *m, const struct ml_fields *in, struct ml_error *err)
{
	unsigned char *missing = NULL;
	size_t count;

	if (ml_get_count(in, "points", SIZE_MAX, &count, err))
		return err->code;
	m->cols = m->metric == ML_KNN_COSINE && count / m->n == m->p + 1 ? m->p + 1 : m->p;
	if (ml_get_reals(in, "points", &m->x, m->n * m->cols, err))
		return err->code;
	if (!ml_has(in, "missing") || !ml_knn_by_column(m->metric))
		return ML_OK;
	int rc = ml_get_bytes(in, "missing", &missing, count, err);
	for (size_t i = 0; !rc && i < count; i++)
		if (missing[i])
			m->x[i] = NAN;
	free(missing);
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
