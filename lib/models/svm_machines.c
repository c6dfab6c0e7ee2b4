/* svm_machines.c - decisions of many rows at a time: a batch of rows is packed, and each vector
 * met by all of it, so that a kernel is made once for all machines. */
#include "models/svm_machines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/addto.h"
#include "la/panel.h"

int ml_svm_machines_init(struct ml_svm_machines *m, size_t vectors, size_t entries,
			 struct ml_error *err)
{
	m->vectors = vectors;
	if (!(m->centre = ml_alloc(m->p, sizeof *m->centre, err)) ||
	    !(m->v = ml_alloc(vectors, m->p * sizeof *m->v, err)) ||
	    !(m->norm = ml_alloc(vectors, sizeof *m->norm, err)) ||
	    !(m->start = ml_alloc(vectors + 1, sizeof *m->start, err)) ||
	    !(m->machine = ml_alloc(entries, sizeof *m->machine, err)) ||
	    !(m->coef = ml_alloc(entries, sizeof *m->coef, err)) ||
	    !(m->rho = ml_alloc(m->count, sizeof *m->rho, err)) ||
	    !(m->objective = ml_alloc(m->count, sizeof *m->objective, err)))
		return err->code;
	return ML_OK;
}

void ml_svm_machines_release(struct ml_svm_machines *m)
{
	free(m->objective);
	free(m->rho);
	free(m->coef);
	free(m->machine);
	free(m->start);
	free(m->norm);
	free(m->v);
	free(m->centre);
	*m = (struct ml_svm_machines){ 0 };
}

/* ---- asking ---- */

int ml_svm_asking_init(struct ml_svm_asking *a, const struct ml_svm_machines *m, size_t rows,
		       struct ml_error *err)
{
	size_t most = rows < ML_SVM_BATCH ? rows : ML_SVM_BATCH;

	*a = (struct ml_svm_asking){ .space = { .kernel = m->kernel,
						.gamma = m->gamma,
						.coef0 = m->coef0,
						.degree = (int64_t)m->degree },
				     .stride = ml_panels(most) * ML_PANEL };
	if (ml_svm_space_init(&a->space, most, m->p, err) ||
	    !(a->row = ml_alloc(m->p, sizeof *a->row, err)) ||
	    !(a->decision = ml_alloc(m->count, a->stride * sizeof *a->decision, err)))
		return err->code;
	return ML_OK;
}

void ml_svm_asking_release(struct ml_svm_asking *a)
{
	free(a->decision);
	free(a->row);
	ml_svm_space_release(&a->space);
}

void ml_svm_asking_put(const struct ml_svm_machines *m, struct ml_svm_asking *a, size_t i,
		       const double *x)
{
	for (size_t j = 0; j < m->p; j++)
		a->row[j] = x[j] - m->centre[j];
	ml_svm_space_put(&a->space, i, a->row);
}

void ml_svm_decide(const struct ml_svm_machines *m, struct ml_svm_asking *a, size_t n)
{
	double some[ML_SVM_FEW * ML_SVM_PIECE];
	size_t lanes = ml_panels(n) * ML_PANEL;

	for (size_t k = 0; k < m->count; k++)
		for (size_t i = 0; i < lanes; i++)
			a->decision[k * a->stride + i] = -m->rho[k];
	for (size_t s = 0; s < m->vectors; s += ML_SVM_FEW) {
		size_t few = m->vectors - s < ML_SVM_FEW ? m->vectors - s : ML_SVM_FEW;
		ml_svm_space_values(&a->space, m->v + s * m->p, m->norm + s, few, 0, lanes,
				    some);
		for (size_t r = 0; r < few; r++)
			for (int32_t e = m->start[s + r]; e < m->start[s + r + 1]; e++)
				ml_add_multiple(a->decision + (size_t)m->machine[e] * a->stride,
						some + r * ML_SVM_PIECE, m->coef[e], lanes);
	}
}

/* ---- fields ---- */

void ml_svm_machines_save(const struct ml_svm_machines *m, struct ml_fields *out)
{
	size_t entries = m->start ? (size_t)m->start[m->vectors] : 0;

	ml_put_size(out, "kernel", m->kernel);
	ml_put_real(out, "gamma", m->gamma);
	ml_put_real(out, "coef0", m->coef0);
	ml_put_size(out, "degree", m->degree);
	ml_put_size(out, "machines", m->count);
	ml_put_size(out, "features", m->p);
	ml_put_real(out, "support_vectors", (double)m->vectors);
	ml_put_reals(out, "rho", m->rho, m->count);
	ml_put_reals(out, "objectives", m->objective, m->count);
	ml_put_reals(out, "centre", m->centre, m->p);
	ml_put_reals(out, "vectors", m->v, m->vectors * m->p);
	ml_put_ints(out, "starts", m->start, m->vectors + 1);
	ml_put_ints(out, "of_machine", m->machine, entries);
	ml_put_reals(out, "coefficients", m->coef, entries);
}

static int load_sizes(struct ml_svm_machines *m, size_t most, const struct ml_fields *in,
		      struct ml_error *err)
{
	double vectors;
	size_t kernel;

	if (ml_get_size(in, "kernel", ML_SVM_SIGMOID, &kernel, err) ||
	    ml_get_real(in, "gamma", &m->gamma, err) ||
	    ml_get_real(in, "coef0", &m->coef0, err) ||
	    ml_get_size(in, "degree", 1000, &m->degree, err) ||
	    ml_get_size(in, "machines", most, &m->count, err) ||
	    ml_get_size(in, "features", 1u << 24, &m->p, err) ||
	    ml_get_real(in, "support_vectors", &vectors, err))
		return err->code;
	if (!(vectors >= 0 && vectors < INT32_MAX && vectors == floor(vectors)))
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'support_vectors': %g",
			       vectors);
	m->vectors = (size_t)vectors;
	m->kernel = (enum ml_svm_kernel)kernel;
	if (!m->count || !m->p || !(m->gamma >= 0))
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu machines of %zu features, gamma %g", m->count, m->p,
			       m->gamma);
	return ML_OK;
}

static int check_entries(const struct ml_svm_machines *m, size_t entries, struct ml_error *err)
{
	for (size_t i = 0; i < m->vectors; i++)
		if (m->start[i] > m->start[i + 1])
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "field 'starts': %d is followed by %d", m->start[i],
				       m->start[i + 1]);
	if (m->start[0] || (size_t)m->start[m->vectors] != entries)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field 'starts': from %d to %d, expected 0 to %zu", m->start[0],
			       m->start[m->vectors], entries);
	return ML_OK;
}

int ml_svm_machines_load(struct ml_svm_machines *m, size_t most, const struct ml_fields *in,
			 struct ml_error *err)
{
	size_t entries;

	if (load_sizes(m, most, in, err) ||
	    ml_get_count(in, "coefficients", INT32_MAX, &entries, err))
		return err->code;
	/* That the sizes agree is seen before memory is spent: vectors <= 2^31, p <= 2^24. */
	if (ml_get_reals(in, "vectors", &m->v, m->vectors * m->p, err) ||
	    ml_get_reals(in, "rho", &m->rho, m->count, err) ||
	    ml_get_reals(in, "objectives", &m->objective, m->count, err) ||
	    ml_get_reals(in, "centre", &m->centre, m->p, err) ||
	    ml_get_ints(in, "starts", &m->start, m->vectors + 1, 0, INT32_MAX, err) ||
	    ml_get_ints(in, "of_machine", &m->machine, entries, 0, (int32_t)m->count - 1,
			err) ||
	    ml_get_reals(in, "coefficients", &m->coef, entries, err) ||
	    check_entries(m, entries, err))
		return err->code;
	if (!(m->norm = ml_alloc(m->vectors, sizeof *m->norm, err)))
		return err->code;
	for (size_t i = 0; i < m->vectors; i++) {
		m->norm[i] = ml_panel_square(m->v + i * m->p, m->p);
		if (!isfinite(m->norm[i]))
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "field 'vectors': vector %zu is too long", i + 1);
	}
	return ML_OK;
}
