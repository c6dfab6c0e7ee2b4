/* poly.c - products of the columns up to a degree: "a^2", "a*b", "a^2*b", behind the last
 * column.
 *
 * All products of 2..degree factors, by degree, then in the order of the columns (as
 * scikit-learn's PolynomialFeatures, without the constant); the columns themselves stay.
 * --interaction-only: of different columns.  p columns give (p + d choose d) - p - 1. */
#include <stdlib.h>

#include "base/mem.h"
#include "prep/product.h"
#include "prep/stateless.h"

struct poly_opts {
	int64_t degree;
	bool interaction_only;
};

static const struct ml_opt opts[] = { { .name = "degree",
					.type = ML_INT,
					.def = "2",
					.lo = 2,
					.hi = ML_PRODUCT_FACTORS,
					.arg = "N",
					.offset = ML_FIELD(struct poly_opts, degree, int64_t),
					.tune = { ML_LINEAR, 2, 4 },
					.help = "factors of a product at most" },
				      { .name = "interaction-only",
					.type = ML_BOOL,
					.def = "no",
					.offset = ML_FIELD(struct poly_opts, interaction_only,
							   bool),
					.help = "products of different columns only" },
				      ML_OPT_END };

struct poly {
	size_t degree;
	bool different; /* factors are different columns */
};

enum { MOST_PRODUCTS = 100000 };

/* Steps to the next factors in order; false behind the last. */
static bool next(struct ml_product *p, size_t columns, bool different)
{
	size_t j = p->n;

	while (j && p->factor[j - 1] == columns - 1 - (different ? p->n - j : 0))
		j--;
	if (!j)
		return false;
	p->factor[j - 1]++;
	for (; j < p->n; j++)
		p->factor[j] = p->factor[j - 1] + different;
	return true;
}

static struct ml_product first_of(size_t n, bool different)
{
	struct ml_product p = { .n = n };

	for (size_t j = 0; different && j < n; j++)
		p.factor[j] = j;
	return p;
}

/* Fills out (when not NULL) and returns how many products there are; counts no further than
 * one past the most that are allowed. */
static size_t list_products(const struct poly *m, size_t columns, struct ml_product *out)
{
	size_t count = 0;

	for (size_t n = 2; columns && n <= m->degree && count <= MOST_PRODUCTS; n++) {
		struct ml_product p = first_of(n, m->different);

		if (m->different && n > columns)
			break;
		do {
			if (out)
				out[count] = p;
			count++;
		} while (count <= MOST_PRODUCTS && next(&p, columns, m->different));
	}
	return count;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *options, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct poly *m = state;
	const struct poly_opts *o = options;
	int rc = ml_prep_numbers(f, cols, n, err);

	(void)run;
	m->degree = (size_t)o->degree;
	m->different = o->interaction_only;
	if (!rc && list_products(m, *n, NULL) > MOST_PRODUCTS)
		rc = ml_fail(err, ML_EDATA, "E-LIMIT",
			     "poly: more than %d products of %zu columns; name fewer columns",
			     MOST_PRODUCTS, *n);
	return rc;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct poly *m = state;
	size_t count = list_products(m, n, NULL);
	struct ml_product *products = ml_alloc(count, sizeof *products, err);

	if (!products)
		return err->code;
	list_products(m, n, products);
	int rc = ml_products_put(t, cols, products, count, tally, err);
	free(products);
	return rc;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct poly *m = state;

	ml_put_size(out, "degree", m->degree);
	ml_put_size(out, "interaction-only", m->different);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct poly *m = state;
	size_t different = 0;

	(void)format; /* only version 1 exists */
	if (ml_load_kind(kind, n, ML_NUMBER, err) ||
	    ml_get_size(in, "degree", ML_PRODUCT_FACTORS, &m->degree, err) ||
	    ml_get_size(in, "interaction-only", 1, &different, err))
		return err->code;
	m->different = different != 0;
	if (m->degree < 2 || list_products(m, n, NULL) > MOST_PRODUCTS)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'degree': %zu for %zu columns",
			       m->degree, n);
	return ML_OK;
}

const struct ml_prep ml_prep_poly = {
	.name = "poly",
	.summary = "add powers and products of columns up to a degree",
	.arg = "COLUMNS",
	.example = "age,income",
	.flags = ML_PREP_FEAT | ML_PREP_STATELESS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct poly_opts),
	.state_size = sizeof(struct poly),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = ml_stateless_release,
};
