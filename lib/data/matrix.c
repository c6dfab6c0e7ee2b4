/* matrix.c - columns to rows, by blocks of rows that stay in the cache. */
#include "data/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
	BLOCK_VALUES = 16384, /* 128 KiB of doubles: half of a common L2 cache */
	FORGET_ROWS = 512,    /* a page of doubles: less gives nothing back */
	FORGET_VALUES =
		2 * 1024 * 1024, /* 16 MiB above one copy; each madvise() costs 0.5 us */
};
_Static_assert(FORGET_ROWS * sizeof(double) >= 4096, "a page is given back at a time");

static int check_kinds(const struct ml_table *t, const size_t *idx, size_t n,
		       struct ml_error *err)
{
	for (size_t k = 0; k < n; k++) {
		const struct ml_column *c = &t->col[idx[k]];

		if (c->kind == ML_STRING)
			return ml_fail(err, ML_EDATA, "E-TYPE",
				       "%s: the column is text where numbers are needed",
				       ML_SHOW(c->name, strlen(c->name)));
	}
	return ML_OK;
}

static void copy_block(struct ml_mat *out, size_t k, const struct ml_column *c, size_t from,
		       size_t to)
{
	double *v = out->v + from * out->ld + k;

	if (c->kind == ML_NUMBER)
		for (size_t i = from; i < to; i++, v += out->ld)
			*v = c->num[i];
	else
		for (size_t i = from; i < to; i++, v += out->ld)
			*v = c->code[i] < 0 ? (double)NAN : (double)c->code[i];
}

/* Gives back rows [from, to) of the number columns; a page that the last call left because it
 * was not whole is tried again. */
static void forget(struct ml_table *t, const size_t *idx, size_t n, size_t from, size_t to)
{
	size_t first = from > FORGET_ROWS ? from - FORGET_ROWS : 0;

	for (size_t k = 0; k < n; k++)
		if (t->col[idx[k]].kind == ML_NUMBER)
			ml_forget(t->col[idx[k]].num, first * sizeof(double),
				  to * sizeof(double));
}

int ml_matrix_build(struct ml_mat *out, struct ml_table *t, const size_t *idx, size_t n,
		    bool consume, struct ml_error *err)
{
	size_t step = n < BLOCK_VALUES / 16 ? BLOCK_VALUES / (n ? n : 1) : 16;
	size_t forget_step = FORGET_VALUES / (n ? n : 1), forgotten = 0;
	int rc = check_kinds(t, idx, n, err);

	if (rc)
		return rc;
	if (forget_step < FORGET_ROWS)
		forget_step = FORGET_ROWS;
	*out = (struct ml_mat){ ml_alloc(t->rows, n * sizeof *out->v, err), t->rows, n, n };
	if (!out->v)
		return err->code;
	for (size_t from = 0; n && from < t->rows; from += step) {
		size_t to = t->rows - from < step ? t->rows : from + step;

		for (size_t k = 0; k < n; k++)
			copy_block(out, k, &t->col[idx[k]], from, to);
		if (consume && (to - forgotten >= forget_step || to == t->rows)) {
			forget(t, idx, n, forgotten, to);
			forgotten = to;
		}
	}
	return ML_OK;
}
