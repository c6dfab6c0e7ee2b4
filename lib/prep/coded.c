/* coded.c - any column as codes, and the weight of its levels. */
#include "prep/coded.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "la/dd.h"

static int code_cells(struct ml_coded *v, const struct ml_column *c, struct ml_error *err)
{
	char number[ML_NUMBER_MAX];
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < v->rows; i++) {
		const char *s = number;
		size_t len = 0;

		v->own[i] = -1;
		if (ml_missing(c, i))
			continue;
		if (c->kind == ML_NUMBER) {
			len = ml_number_print(c->num[i], number);
		} else {
			s = c->text[i];
			len = strlen(s);
		}
		rc = ml_levels_add(v->levels, s, len, &v->own[i], err);
	}
	return rc;
}

int ml_coded_init(struct ml_coded *v, const struct ml_column *c, size_t rows,
		  struct ml_error *err)
{
	*v = (struct ml_coded){ .rows = rows, .code = c->code };
	if (c->kind == ML_CATEGORY) {
		v->levels = ml_levels_ref(c->levels);
		return ML_OK;
	}
	if (!(v->levels = ml_levels_new(err)) ||
	    !(v->own = ml_alloc(rows, sizeof *v->own, err)))
		return err->code;
	v->code = v->own;
	return code_cells(v, c, err);
}

void ml_coded_release(struct ml_coded *v)
{
	ml_levels_free(v->levels);
	free(v->own);
	*v = (struct ml_coded){ 0 };
}

int ml_masses_init(struct ml_masses *m, const struct ml_coded *v, const double *w,
		   struct ml_error *err)
{
	size_t n = v->levels->n;
	struct ml_dd *sum = ml_alloc(n + 1, sizeof *sum, err); /* [n]: missing */

	*m = (struct ml_masses){ 0 };
	if (!sum || !(m->level = ml_alloc(n, sizeof *m->level, err))) {
		free(sum);
		return err->code;
	}
	for (size_t i = 0; i < v->rows; i++)
		ml_acc_add(&sum[v->code[i] < 0 ? n : (size_t)v->code[i]], w ? w[i] : 1);
	for (size_t c = 0; c < n; c++)
		m->level[c] = ml_acc_end(sum[c]).hi;
	m->missing = ml_acc_end(sum[n]).hi;
	free(sum);
	return ML_OK;
}

void ml_masses_release(struct ml_masses *m)
{
	free(m->level);
	*m = (struct ml_masses){ 0 };
}

size_t ml_masses_mode(const struct ml_masses *m, const struct ml_levels *l)
{
	size_t best = SIZE_MAX;

	for (size_t c = 0; c < l->n; c++) {
		double more = m->level[c] - (best == SIZE_MAX ? 0 : m->level[best]);

		/* Levels hold no NUL: strcmp() is the order of the bytes. */
		if (more > 0 ||
		    (more == 0 && best != SIZE_MAX && strcmp(l->name[c], l->name[best]) < 0))
			best = c;
	}
	return best;
}

/* Adds the levels of l in their order. */
static int add_sorted(struct ml_levels *out, const struct ml_levels *l, struct ml_error *err)
{
	size_t *order = ml_alloc(l->n, sizeof *order, err);
	int32_t code;
	int rc = order ? ml_levels_sort(l, order, err) : err->code;

	for (size_t i = 0; !rc && i < l->n; i++)
		rc = ml_levels_add(out, l->name[order[i]], l->len[order[i]], &code, err);
	free(order);
	return rc;
}

int ml_coded_used(const struct ml_coded *v, const struct ml_masses *m, struct ml_levels **used,
		  struct ml_error *err)
{
	const struct ml_levels *l = v->levels;
	struct ml_levels *some = ml_levels_new(err);
	int32_t code;
	int rc = some ? ML_OK : err->code;

	/* Those without weight have no say in whether all are numbers: they go first. */
	for (size_t c = 0; !rc && c < l->n; c++)
		if (m->level[c] > 0)
			rc = ml_levels_add(some, l->name[c], l->len[c], &code, err);
	if (!rc && !(*used = ml_levels_new(err)))
		rc = err->code;
	if (!rc)
		rc = add_sorted(*used, some, err);
	ml_levels_free(some);
	return rc;
}

int ml_coded_unseen(const struct ml_column *c, const struct ml_coded *v, size_t i,
		    struct ml_error *err)
{
	int32_t code = v->code[i];

	return ml_fail_row(err, i, ML_EDATA, "E-UNSEEN", "%s: '%s' was not met in training",
			   ML_SHOW(c->name, strlen(c->name)),
			   ML_SHOW(v->levels->name[code], v->levels->len[code]));
}
