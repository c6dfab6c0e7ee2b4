/* svm_update.c - f after variables have changed: rows of the kernel matrix, from the cache or
 * made by all threads, each for a piece of the rows, and added in order. */
#include <string.h>

#include "base/thread.h"
#include "la/addto.h"
#include "la/panel.h"
#include "models/svm_parts.h"

/* Products of numbers that are worth starting threads for: some 100 microseconds. */
static const double worth_threads = 1e6;

struct applying {
	struct ml_svm_solver *s;
	const double *d;
	size_t n, from, to; /* rows that are added; rows whose f they are added to */
	/* With the cache: */
	const float *row[ML_SVM_CHUNK]; /* of the cache */
	size_t misses;
	float *miss[ML_SVM_CHUNK]; /* those to be made, */
	size_t len[ML_SVM_CHUNK];  /* from here on */
};

static int threads_for(const struct ml_svm_solver *s, size_t rows, size_t many)
{
	double work = (double)rows * (double)many * (double)(s->space->p + 16);

	return work < worth_threads ? 1 : s->run->threads;
}

/* The misses k.. of the chunk, as far as they lack rows of this piece. */
static void make(const struct applying *t, size_t k, size_t from, size_t to)
{
	const struct ml_svm_solver *s = t->s;
	double some[ML_SVM_FEW * ML_SVM_PIECE];
	size_t n = t->misses - k < ML_SVM_FEW ? t->misses - k : ML_SVM_FEW;
	bool lacking = false;

	for (size_t r = 0; r < n; r++)
		lacking |= t->len[k + r] < to;
	if (!lacking)
		return;
	ml_svm_space_values(s->space, s->row + k * s->space->p, s->norm + k, n, from, to - from,
			    some);
	for (size_t r = 0; r < n; r++)
		ml_single_from(t->miss[k + r] + from, some + r * ML_SVM_PIECE, to - from);
}

static int apply_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct applying *t = arg;
	size_t from = piece * ML_SVM_PIECE;
	size_t to = from + ML_SVM_PIECE < t->to ? from + ML_SVM_PIECE : t->to;

	(void)worker;
	(void)err;
	for (size_t k = 0; k < t->misses; k += ML_SVM_FEW)
		make(t, k, from, to);
	for (size_t k = 0; to == t->to && k < t->misses; k++)
		for (size_t l = to; l % ML_SVM_CACHE_STEP; l++)
			t->miss[k][l] = 0;
	if (t->d)
		ml_add_singles(t->s->f + from, t->row, t->d, t->n, from, to - from);
	return ML_OK;
}

/* With d NULL the rows are made, and nothing is added. */
static int apply_chunk(struct ml_svm_solver *s, const uint32_t *at, const double *d, size_t n,
		       struct ml_error *err)
{
	struct applying t = { .s = s, .d = d, .n = n, .to = s->active };
	struct ml_svm_slot *slot[ML_SVM_CHUNK];

	for (size_t k = 0; k < n; k++) {
		slot[k] = ml_svm_cache_ask(&s->cache, s->id[at[k]]);
		s->met += !s->known[s->id[at[k]]];
		s->known[s->id[at[k]]] = 1;
		float *row = ml_svm_cache_row(&s->cache, slot[k]);
		t.row[k] = row;
		if (slot[k]->len == s->active)
			continue;
		t.miss[t.misses] = row;
		t.len[t.misses] = slot[k]->len;
		ml_svm_space_get(s->space, at[k], s->row + t.misses * s->space->p);
		s->norm[t.misses++] = s->space->norm[at[k]];
	}
	int rc = ml_parallel(threads_for(s, t.misses + 1, s->active),
			     s->active / ML_SVM_PIECE + (s->active % ML_SVM_PIECE != 0),
			     apply_piece, &t, err);
	for (size_t k = 0; k < n; k++)
		slot[k]->len = (uint32_t)s->active;
	return rc;
}

int ml_svm_fetch(struct ml_svm_solver *s, size_t i, const float **row, struct ml_error *err)
{
	uint32_t at = (uint32_t)i;
	int rc = ML_OK;

	/* What is there counts as used, too. */
	if (ml_svm_cache_ask(&s->cache, s->id[i])->len != s->active)
		rc = apply_chunk(s, &at, NULL, 1, err);
	*row = ml_svm_cache_look(&s->cache, s->id[i], s->active);
	return rc;
}

int ml_svm_apply(struct ml_svm_solver *s, const uint32_t *at, const double *d, size_t n,
		 struct ml_error *err)
{
	size_t most = s->cache.room / s->cache.stride;
	int rc = ML_OK;

	most = most < ML_SVM_CHUNK ? most : ML_SVM_CHUNK;
	for (size_t k = 0; !rc && k < n; k += most)
		rc = apply_chunk(s, at + k, d + k, n - k < most ? n - k : most, err);
	return rc;
}

static int past_piece(void *arg, size_t piece, int worker, struct ml_error *err)
{
	const struct applying *t = arg;
	const struct ml_svm_solver *s = t->s;
	size_t first = t->from / ML_PANEL * ML_PANEL + piece * ML_SVM_PIECE;
	size_t from = first < t->from ? t->from : first;
	size_t to = first + ML_SVM_PIECE < t->to ? first + ML_SVM_PIECE : t->to;
	double some[ML_SVM_FEW * ML_SVM_PIECE];
	float single[ML_SVM_FEW][ML_SVM_PIECE];
	const float *row[ML_SVM_FEW];

	(void)worker;
	(void)err;
	for (size_t k = 0; k < t->n; k += ML_SVM_FEW) {
		size_t n = t->n - k < ML_SVM_FEW ? t->n - k : ML_SVM_FEW;
		ml_svm_space_values(s->space, s->row + k * s->space->p, s->norm + k, n, first,
				    to - first, some);
		for (size_t r = 0; r < n; r++) {
			ml_single_from(single[r], some + r * ML_SVM_PIECE, to - first);
			row[r] = single[r];
		}
		ml_add_singles(s->f + from, row, t->d + k, n, from - first, to - from);
	}
	return ML_OK;
}

int ml_svm_apply_past(struct ml_svm_solver *s, const uint32_t *at, const double *d, size_t n,
		      size_t from, size_t to, struct ml_error *err)
{
	size_t first = from / ML_PANEL * ML_PANEL, span = to - first;
	size_t pieces = span / ML_SVM_PIECE + (span % ML_SVM_PIECE != 0);
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < n; k += s->turn) {
		struct applying t = { .s = s, .d = d + k, .from = from, .to = to };
		t.n = n - k < s->turn ? n - k : s->turn;
		for (size_t r = 0; r < t.n; r++) {
			ml_svm_space_get(s->space, at[k + r], s->row + r * s->space->p);
			s->norm[r] = s->space->norm[at[k + r]];
		}
		rc = ml_parallel(threads_for(s, t.n, span), pieces, past_piece, &t, err);
	}
	return rc;
}

int ml_svm_update(struct ml_svm_solver *s, struct ml_error *err)
{
	uint32_t at[ML_SVM_TURN];
	double d[ML_SVM_TURN];
	size_t n = 0;

	for (size_t k = 0; k < s->chosen; k++) {
		size_t v = s->var[k], other = v ^ 1;
		double by = s->a[v] - s->was[v];
		/* The two variables of a row move it together, and once. */
		if (s->per == 2 && s->taken[other]) {
			if (other < v)
				continue;
			by += s->a[other] - s->was[other];
		}
		if (by == 0)
			continue;
		at[n] = (uint32_t)(v / s->per);
		d[n++] = by;
	}
	return ml_svm_apply(s, at, d, n, err);
}
