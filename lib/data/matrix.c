/* matrix.c - columns to rows, by blocks of rows that stay in the cache. */
#include "data/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/utf8.h"

enum {
	BLOCK_VALUES = 16384, /* 128 KiB of doubles: half of a common L2 cache */
	FORGET_ROWS = 2048,   /* four pages of doubles: at least two are within a block */
	FORGET_VALUES =
		2 * 1024 * 1024, /* 16 MiB a thread above one copy; a madvise() costs 0.5 us */
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

struct copying {
	struct ml_mat *out;
	struct ml_table *t;
	const size_t *idx;
	size_t n;
	size_t step;  /* rows copied at a time */
	size_t block; /* rows of a block, whose pages are given back at its end */
	bool consume;
};

static int copy_rows(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct copying *c = arg;
	size_t begin = block * c->block, rows = c->t->rows;
	size_t end = rows - begin < c->block ? rows : begin + c->block;

	(void)worker;
	(void)err;
	for (size_t from = begin; from < end; from += c->step) {
		size_t to = end - from < c->step ? end : from + c->step;

		for (size_t k = 0; k < c->n; k++)
			copy_block(c->out, k, &c->t->col[c->idx[k]], from, to);
	}
	/* Pages that reach into another block stay. */
	for (size_t k = 0; c->consume && k < c->n; k++)
		if (c->t->col[c->idx[k]].kind == ML_NUMBER)
			ml_forget(c->t->col[c->idx[k]].num, begin * sizeof(double),
				  end * sizeof(double));
	return ML_OK;
}

int ml_matrix_build(struct ml_mat *out, struct ml_table *t, const size_t *idx, size_t n,
		    bool consume, int threads, struct ml_error *err)
{
	struct copying c = { out, t, idx, n, .consume = consume };
	int rc = check_kinds(t, idx, n, err);

	if (rc)
		return rc;
	c.step = n < BLOCK_VALUES / 16 ? BLOCK_VALUES / (n ? n : 1) : 16;
	c.block = FORGET_VALUES / (n ? n : 1);
	if (c.block < FORGET_ROWS)
		c.block = FORGET_ROWS;
	*out = (struct ml_mat){ ml_alloc(t->rows, n * sizeof *out->v, err), t->rows, n, n };
	if (!out->v)
		return err->code;
	if (!n)
		return ML_OK;
	return ml_parallel(threads, (t->rows + c.block - 1) / c.block, copy_rows, &c, err);
}
