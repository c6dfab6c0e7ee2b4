/* nb_fields.c - naive Bayes as named fields: the sums, from which all else is made again. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/nb_parts.h"
#include "models/priors.h"

enum { MAX_FEATURES = 1 << 28, MAX_CLASSES = 1 << 20, MAX_LEVELS = 1 << 20 };

void ml_nb_save(const struct ml_nb *m, struct ml_fields *out)
{
	size_t n = m->classes * m->per_class;

	ml_put_text(out, "kind", ml_nb_kinds[m->o.kind]);
	ml_put_size(out, "features", m->features);
	ml_put_size(out, "classes", m->classes);
	ml_put_real(out, "alpha", m->o.alpha);
	ml_put_real(out, "var-smoothing", m->o.smoothing);
	ml_put_real(out, "binarize", m->o.binarize);
	ml_put_size(out, "norm", m->o.norm);
	ml_priors_save(m->priors, m->classes, out);
	ml_put_ints(out, "levels", m->levels, m->features);
	ml_put_reals(out, "shift", m->shift, m->numbers);
	ml_put_reals(out, "sums", m->hi, n);
	ml_put_reals(out, "sums-rest", m->lo, n);
}

static int get_kind(struct ml_nb *m, const struct ml_fields *in, struct ml_error *err)
{
	char *name;

	if (ml_get_text(in, "kind", &name, err))
		return err->code;
	m->o.kind = 0;
	while (m->o.kind < ML_NB_KINDS && strcmp(name, ml_nb_kinds[m->o.kind]))
		m->o.kind++;
	free(name);
	return m->o.kind < ML_NB_KINDS
		       ? ML_OK
		       : ml_fail(err, ML_EDATA, "E-MODEL", "field 'kind' is not known");
}

static int get_options(struct ml_nb *m, const struct ml_fields *in, struct ml_error *err)
{
	size_t norm;

	if (get_kind(m, in, err) ||
	    ml_get_size(in, "features", MAX_FEATURES, &m->features, err) ||
	    ml_get_size(in, "classes", MAX_CLASSES, &m->classes, err) ||
	    ml_get_real(in, "alpha", &m->o.alpha, err) ||
	    ml_get_real(in, "var-smoothing", &m->o.smoothing, err) ||
	    ml_get_real(in, "binarize", &m->o.binarize, err) ||
	    ml_get_size(in, "norm", 1, &norm, err))
		return err->code;
	m->o.norm = norm;
	if (m->classes < 2)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'classes': %zu", m->classes);
	if (!(m->o.alpha > 0) || m->o.smoothing < 0)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "fields 'alpha', 'var-smoothing': %g, %g", m->o.alpha,
			       m->o.smoothing);
	return ml_priors_load(&m->priors, m->classes, in, err);
}

/* Levels are those that the kind can have. */
static int check_levels(const struct ml_nb *m, struct ml_error *err)
{
	for (size_t j = 0; j < m->features; j++) {
		int32_t l = m->levels[j];
		bool ok =
			m->o.kind == ML_NB_MIXED || (m->o.kind == ML_NB_BERNOULLI     ? l == 2
						     : m->o.kind == ML_NB_CATEGORICAL ? l > 0
										      : l == 0);
		if (!ok)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'levels': %ld for %s",
				       (long)l, ml_nb_kinds[m->o.kind]);
	}
	return ML_OK;
}

/* Weights, squares, counts are not below 0. */
static int check_sums(const struct ml_nb *m, struct ml_error *err)
{
	for (size_t i = 0; i < m->classes * m->per_class; i++) {
		size_t at = i % m->per_class, first = 1 + m->numbers;
		bool any = ml_nb_moments(m) && at >= first && at < first + m->numbers;

		if (!any && m->hi[i] < 0)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'sums': %g", m->hi[i]);
	}
	return ML_OK;
}

/* Copies of what the fields hold take the place of the zeros in the room. */
static int get_sums(struct ml_nb *m, const struct ml_fields *in, struct ml_error *err)
{
	size_t n = m->classes * m->per_class;
	double *shift = NULL, *hi = NULL, *lo = NULL;

	int rc = ml_get_reals(in, "shift", &shift, m->numbers, err);
	if (!rc)
		rc = ml_get_reals(in, "sums", &hi, n, err);
	if (!rc)
		rc = ml_get_reals(in, "sums-rest", &lo, n, err);
	if (!rc) {
		memcpy(m->shift, shift, m->numbers * sizeof *shift);
		memcpy(m->hi, hi, n * sizeof *hi);
		memcpy(m->lo, lo, n * sizeof *lo);
		rc = check_sums(m, err);
	}
	free(lo);
	free(hi);
	free(shift);
	return rc;
}

/* Memory is asked for only when as many numbers are there. */
static int check_length(const struct ml_nb *m, const struct ml_fields *in, struct ml_error *err)
{
	size_t n, numbers = 0, cells = 0;

	if (ml_get_count(in, "sums", SIZE_MAX, &n, err))
		return err->code;
	for (size_t j = 0; j < m->features; j++) {
		numbers += m->levels[j] == 0;
		cells += (size_t)m->levels[j];
	}
	if (n / m->classes != 1 + numbers * (ml_nb_moments(m) ? 3 : 2) + cells)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field 'sums' has %zu numbers for %zu classes, %zu numbers, %zu "
			       "levels",
			       n, m->classes, numbers, cells);
	return ML_OK;
}

int ml_nb_load(struct ml_nb *m, const struct ml_fields *in, struct ml_error *err)
{
	int rc = get_options(m, in, err);

	if (!rc)
		rc = ml_get_ints(in, "levels", &m->levels, m->features, 0, MAX_LEVELS, err);
	if (!rc)
		rc = check_levels(m, err);
	if (!rc)
		rc = check_length(m, in, err);
	if (!rc)
		rc = ml_nb_make_room(m, err);
	if (!rc)
		rc = get_sums(m, in, err);
	if (!rc)
		rc = ml_nb_make_tables(m, err);
	if (rc == ML_EDATA)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "%s", err->msg);
	return rc;
}
