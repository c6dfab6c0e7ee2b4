/* process_fields.c - Gaussian processes saved and loaded.
 *
 * Fields: rows, features, classes; mean, unit; points (features x rows); kernel, a text each
 * part; log-marginal-likelihood (their sum); coefficients (parts x rows); of classes roots
 * (parts x rows); unless there are none factors: of each part the upper triangle, row by row.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/process.h"

enum { MOST_ROWS = 1 << 28, MOST_COLUMNS = 1 << 28, MOST_CLASSES = 1 << 20 };

static size_t triangle(size_t n)
{
	return n * (n + 1) / 2;
}

int ml_process_init(struct ml_process *m, size_t n, size_t p, size_t classes,
		    struct ml_error *err)
{
	m->n = n;
	m->p = p;
	m->classes = classes;
	if (!(m->x = ml_alloc(n * p, sizeof *m->x, err)) ||
	    !(m->part = ml_alloc(classes > 2 ? classes : 1, sizeof *m->part, err)))
		return err->code;
	m->parts = classes > 2 ? classes : 1;
	for (size_t k = 0; k < m->parts; k++)
		if (!(m->part[k].coef = ml_alloc(n, sizeof *m->part[k].coef, err)))
			return err->code;
	return ML_OK;
}

void ml_process_release(void *state)
{
	struct ml_process *m = state;

	for (size_t k = 0; k < m->parts; k++) {
		ml_cov_release(&m->part[k].cov);
		ml_factor_release(&m->part[k].factor);
		free(m->part[k].root);
		free(m->part[k].coef);
	}
	free(m->part);
	free(m->x);
}

/* ---- save ---- */

static void save_kernels(const struct ml_process *m, struct ml_fields *out)
{
	struct ml_error err;
	char **text = ml_alloc(m->parts, sizeof *text, &err);
	bool failed = !text;

	for (size_t k = 0; !failed && k < m->parts; k++) {
		struct ml_buf b = { 0 };
		ml_cov_write(&m->part[k].cov, &b);
		failed = b.failed || !(text[k] = ml_strndup((const char *)b.v, b.n, &err));
		ml_buf_release(&b);
	}
	if (failed)
		out->failed = true;
	else
		ml_put_texts(out, "kernel", (const char *const *)text, m->parts);
	for (size_t k = 0; text && k < m->parts; k++)
		free(text[k]);
	free(text);
}

/* list(part, i, to): copies numbers i.. of a part; `each` numbers a part. */
static void save_lists(const struct ml_process *m, const char *name, bool roots,
		       struct ml_fields *out)
{
	struct ml_error err;
	double *v = ml_alloc(m->parts * m->n, sizeof *v, &err);

	for (size_t k = 0; v && k < m->parts; k++)
		memcpy(v + k * m->n, roots ? m->part[k].root : m->part[k].coef,
		       m->n * sizeof *v);
	if (v)
		ml_put_reals(out, name, v, m->parts * m->n);
	else
		out->failed = true;
	free(v);
}

static void save_factors(const struct ml_process *m, struct ml_fields *out)
{
	struct ml_error err;
	size_t each = triangle(m->n);
	double *v = ml_alloc(m->parts * each, sizeof *v, &err), *to = v;

	for (size_t k = 0; v && k < m->parts; k++)
		for (size_t i = 0; i < m->n; i++, to += m->n - i + 1)
			memcpy(to, ml_factor_row(&m->part[k].factor, i),
			       (m->n - i) * sizeof *to);
	if (v)
		ml_put_reals(out, "factors", v, m->parts * each);
	else
		out->failed = true;
	free(v);
}

void ml_process_save(const void *state, struct ml_fields *out)
{
	const struct ml_process *m = state;
	double evidence = 0;

	for (size_t k = 0; k < m->parts; k++)
		evidence += m->part[k].evidence;
	ml_put_size(out, "rows", m->n);
	ml_put_size(out, "features", m->p);
	ml_put_size(out, "classes", m->classes);
	ml_put_real(out, "mean", m->mean);
	ml_put_real(out, "unit", m->unit);
	ml_put_real(out, "log-marginal-likelihood", evidence);
	save_kernels(m, out);
	ml_put_reals(out, "points", m->x, m->n * m->p);
	save_lists(m, "coefficients", false, out);
	if (m->classes)
		save_lists(m, "roots", true, out);
	if (m->part[0].factor.v)
		save_factors(m, out);
}

/* ---- load ---- */

static int load_kernels(struct ml_process *m, const struct ml_fields *in, struct ml_error *err)
{
	char **text = NULL;
	int rc = ml_get_texts(in, "kernel", &text, m->parts, err);

	for (size_t k = 0; !rc && k < m->parts; k++) {
		struct ml_error why;
		rc = ml_cov_read(&m->part[k].cov, text[k], m->p, false, &why);
		if (rc == ML_EUSAGE)
			rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'kernel': %.300s",
				     why.msg);
		else if (rc)
			*err = why;
	}
	if (text)
		ml_texts_free(text, m->parts);
	return rc;
}

static int load_lists(struct ml_process *m, const struct ml_fields *in, struct ml_error *err)
{
	double *v = NULL;
	int rc = ml_get_reals(in, "coefficients", &v, m->parts * m->n, err);

	for (size_t k = 0; !rc && k < m->parts; k++)
		memcpy(m->part[k].coef, v + k * m->n, m->n * sizeof *v);
	free(v);
	v = NULL;
	if (!rc && m->classes)
		rc = ml_get_reals(in, "roots", &v, m->parts * m->n, err);
	for (size_t k = 0; !rc && m->classes && k < m->parts; k++) {
		if (!(m->part[k].root = ml_alloc(m->n, sizeof *v, err)))
			rc = err->code;
		else
			memcpy(m->part[k].root, v + k * m->n, m->n * sizeof *v);
	}
	free(v);
	return rc;
}

static int load_factor(struct ml_process *m, size_t k, const double *v, struct ml_error *err)
{
	int rc = ml_factor_init(&m->part[k].factor, m->n, err);

	for (size_t i = 0; !rc && i < m->n; v += m->n - i, i++) {
		if (!(*v > 0))
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "field 'factors': a pivot of %g", *v);
		ml_factor_put(&m->part[k].factor, i, v, 1);
	}
	return rc;
}

static int load_factors(struct ml_process *m, const struct ml_fields *in, struct ml_error *err)
{
	size_t each = triangle(m->n);
	double *v = NULL;

	if (!m->classes && !ml_has(in, "factors"))
		return ML_OK;
	int rc = ml_get_reals(in, "factors", &v, m->parts * each, err);
	for (size_t k = 0; !rc && k < m->parts; k++)
		rc = load_factor(m, k, v + k * each, err);
	free(v);
	return rc;
}

int ml_process_load(void *state, unsigned format, const struct ml_fields *in,
		    struct ml_error *err)
{
	struct ml_process *m = state;
	size_t n, p, classes, points;
	double evidence;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "rows", MOST_ROWS, &n, err) ||
	    ml_get_size(in, "features", MOST_COLUMNS, &p, err) ||
	    ml_get_size(in, "classes", MOST_CLASSES, &classes, err) ||
	    ml_get_real(in, "mean", &m->mean, err) || ml_get_real(in, "unit", &m->unit, err) ||
	    ml_get_real(in, "log-marginal-likelihood", &evidence, err) ||
	    ml_get_count(in, "points", SIZE_MAX, &points, err))
		return err->code;
	/* Before memory is spent: n, p and the number of parts are what other fields hold. */
	if (!n || !p || points / n != p || points % n || classes == 1 || !(m->unit > 0))
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu points, %zu rows, %zu features, %zu classes", points, n, p,
			       classes);
	size_t parts = classes > 2 ? classes : 1, count;
	if (ml_get_count(in, "coefficients", SIZE_MAX, &count, err))
		return err->code;
	if (count / n != parts || count % n)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'coefficients': %zu numbers",
			       count);
	int rc = ml_process_init(m, n, p, classes, err);
	if (!rc) {
		free(m->x);
		m->x = NULL;
		rc = ml_get_reals(in, "points", &m->x, n * p, err);
	}
	if (!rc)
		rc = load_kernels(m, in, err);
	if (!rc)
		rc = load_lists(m, in, err);
	/* What is told is their sum. */
	if (!rc)
		m->part[0].evidence = evidence;
	return rc ? rc : load_factors(m, in, err);
}
