/* product.c - columns that are products of columns. */
#include "prep/product.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static char *name_of(const struct ml_table *t, const size_t *cols, const struct ml_product *p,
		     struct ml_error *err)
{
	struct ml_buf name = { 0 };
	char *copy = NULL;

	for (size_t j = 0, power; j < p->n; j += power) {
		for (power = 1; j + power < p->n && p->factor[j + power] == p->factor[j];)
			power++;
		ml_buf_printf(&name, "%s%s", j ? "*" : "", t->col[cols[p->factor[j]]].name);
		if (power > 1)
			ml_buf_printf(&name, "^%zu", power);
	}
	if (!ml_buf_check(&name, err))
		copy = ml_strdup(ml_buf_str(&name), err);
	ml_buf_release(&name);
	return copy;
}

static void multiply(struct ml_table *t, const size_t *cols, const struct ml_product *p,
		     struct ml_column *out, struct ml_tally *tally)
{
	out->dummy = true;
	for (size_t j = 0; j < p->n; j++) {
		const struct ml_column *c = &t->col[cols[p->factor[j]]];

		out->dummy = out->dummy && c->dummy;
		for (size_t i = 0; i < t->rows; i++)
			out->num[i] = j ? out->num[i] * c->num[i] : c->num[i];
	}
	for (size_t i = 0; i < t->rows; i++) {
		double v = out->num[i];
		bool missing = false;

		if (isfinite(v)) {
			out->num[i] = v + 0.0; /* no -0 */
			continue;
		}
		for (size_t j = 0; j < p->n; j++)
			missing = missing || isnan(t->col[cols[p->factor[j]]].num[i]);
		if (!missing && tally)
			tally[p->factor[0]].undefined++;
		out->num[i] = (double)NAN;
	}
}

int ml_products_put(struct ml_table *t, const size_t *cols, const struct ml_product *product,
		    size_t count, struct ml_tally *tally, struct ml_error *err)
{
	size_t first = t->ncol;
	char **names = ml_alloc(count, sizeof *names, err);
	int rc = names ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < count; k++)
		if (!(names[k] = name_of(t, cols, &product[k], err)))
			rc = err->code;
	if (!rc)
		rc = ml_table_insert_many(t, first, (const char *const *)names, count,
					  ML_NUMBER, err);
	for (size_t k = 0; !rc && k < count; k++)
		multiply(t, cols, &product[k], &t->col[first + k], tally);
	if (names)
		ml_texts_free(names, count);
	return rc;
}
