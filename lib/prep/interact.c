/* interact.c - products of chosen pairs of columns: LEFT:RIGHT,... gives "LEFT*RIGHT" behind
 * the last column.
 *
 * Each side is an item of COLUMNS (a name, @3, a glob, @num), and stands for all pairs:
 * city=*:age. Pairs of a column with itself are left out (--poly makes squares), and so is a
 * pair that was there before in either order.  Only numbers, the 0/1 columns of encoders among
 * them, can be multiplied. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "prep/product.h"
#include "prep/stateless.h"

struct interact {
	size_t n, cap;
	struct ml_product *pair; /* owned */
};

enum { MOST_PAIRS = 10000 };

/* ---- reading ---- */

struct reader {
	struct interact *m;
	const struct ml_table *table;
	size_t *need; /* by column: its need plus one, or 0 */
	size_t *cols, n, cap;
};

static int need_of(struct reader *r, size_t column, size_t *need, struct ml_error *err)
{
	const struct ml_column *c = &r->table->col[column];

	if (c->kind != ML_NUMBER)
		return ml_fail(err, ML_EDATA, "E-TYPE",
			       "%s: expected numbers, found a %s column",
			       ML_SHOW(c->name, strlen(c->name)), ml_kind_names[c->kind]);
	if (!r->need[column]) {
		if (ML_GROW(r->cols, r->cap, r->n + 1, err))
			return err->code;
		r->cols[r->n++] = column;
		r->need[column] = r->n;
	}
	*need = r->need[column] - 1;
	return ML_OK;
}

static bool is_there(const struct interact *m, size_t a, size_t b)
{
	for (size_t k = 0; k < m->n; k++) {
		const size_t *f = m->pair[k].factor;

		if ((f[0] == a && f[1] == b) || (f[0] == b && f[1] == a))
			return true;
	}
	return false;
}

static int add_pair(struct reader *r, size_t left, size_t right, struct ml_error *err)
{
	struct interact *m = r->m;
	size_t a = 0, b = 0;
	int rc = need_of(r, left, &a, err);

	if (!rc)
		rc = need_of(r, right, &b, err);
	if (rc || is_there(m, a, b))
		return rc;
	if (m->n == MOST_PAIRS)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "interact: more than %d products",
			       MOST_PAIRS);
	if (!(rc = ML_GROW(m->pair, m->cap, m->n + 1, err)))
		m->pair[m->n++] = (struct ml_product){ 2, { a, b } };
	return rc;
}

static int add_pairs(struct reader *r, const char *left, const char *right,
		     struct ml_error *err)
{
	size_t *a = NULL, *b = NULL, n_a = 0, n_b = 0, before = r->m->n;
	int rc = ml_table_pick(r->table, left, &a, &n_a, err);

	if (!rc)
		rc = ml_table_pick(r->table, right, &b, &n_b, err);
	for (size_t i = 0; !rc && i < n_a; i++)
		for (size_t j = 0; !rc && j < n_b; j++)
			if (a[i] != b[j])
				rc = add_pair(r, a[i], b[j], err);
	if (!rc && r->m->n == before)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s:%s': no new pair of two columns",
			     ML_SHOW(left, strlen(left)), ML_SHOW(right, strlen(right)));
	free(a);
	free(b);
	return rc;
}

/* First of `ends` in s without a backslash before it, or the end. */
static char *find_end(char *s, const char *ends)
{
	for (; *s && !strchr(ends, *s); s++)
		if (*s == '\\' && s[1])
			s++;
	return s;
}

static int read_pairs(struct reader *r, char *s, struct ml_error *err)
{
	for (bool more = true; more;) {
		char *left = s, *colon = find_end(s, ":,");

		if (*colon != ':')
			return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s': expected LEFT:RIGHT",
				       ML_SHOW(left, strlen(left)));
		*colon = '\0';
		char *right = colon + 1, *end = find_end(right, ":,");
		if (*end == ':')
			return ml_fail(
				err, ML_EUSAGE, "E-USAGE", "'%s:%s': expected two columns",
				ML_SHOW(left, strlen(left)), ML_SHOW(right, strlen(right)));
		more = *end == ',';
		*end = '\0';
		int rc = add_pairs(r, left, right, err);
		if (rc)
			return rc;
		s = end + 1;
	}
	return ML_OK;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct reader r = { .m = state, .table = f->table };
	char *copy = ml_strdup(f->spec, err);
	int rc = copy ? ML_OK : err->code;

	(void)opts;
	(void)run;
	if (!rc && !(r.need = ml_alloc(f->table->ncol, sizeof *r.need, err)))
		rc = err->code;
	if (!rc)
		rc = read_pairs(&r, copy, err);
	free(r.need);
	free(copy);
	*cols = r.cols;
	*n = r.n;
	return rc;
}

/* ---- applying, fields ---- */

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct interact *m = state;

	(void)n;
	return ml_products_put(t, cols, m->pair, m->n, tally, err);
}

static void save(const void *state, struct ml_fields *out)
{
	const struct interact *m = state;
	struct ml_error err;
	int32_t *side = ml_alloc(2 * m->n, sizeof *side, &err);

	if (!side) {
		out->failed = true;
		return;
	}
	for (size_t k = 0; k < m->n; k++) {
		side[2 * k] = (int32_t)m->pair[k].factor[0];
		side[2 * k + 1] = (int32_t)m->pair[k].factor[1];
	}
	ml_put_ints(out, "pairs", side, 2 * m->n);
	free(side);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct interact *m = state;
	int32_t *side = NULL;
	size_t count = 0;

	(void)format; /* only version 1 exists */
	if (ml_load_kind(kind, n, ML_NUMBER, err) ||
	    ml_get_count(in, "pairs", 2 * (size_t)MOST_PAIRS, &count, err))
		return err->code;
	if (count % 2 || !n || n > 2 * (size_t)MOST_PAIRS)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field 'pairs': %zu entries for %zu columns", count, n);
	int rc = ml_get_ints(in, "pairs", &side, count, 0, (int32_t)n - 1, err);
	if (!rc && !(m->pair = ml_alloc(count / 2, sizeof *m->pair, err)))
		rc = err->code;
	for (; !rc && m->n < count / 2; m->n++)
		m->pair[m->n] = (struct ml_product){
			2, { (size_t)side[2 * m->n], (size_t)side[2 * m->n + 1] }
		};
	free(side);
	return rc;
}

static void release(void *state)
{
	free(((struct interact *)state)->pair);
}

const struct ml_prep ml_prep_interact = {
	.name = "interact",
	.summary = "add products of chosen pairs of columns",
	.arg = "LEFT:RIGHT",
	.example = "age:income",
	.flags = ML_PREP_FEAT | ML_PREP_STATELESS,
	.format = 1,
	.state_size = sizeof(struct interact),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
};
