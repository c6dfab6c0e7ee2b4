/* sketch.c - a k-minimum-values sketch of rows.
 *
 * A hash that is kept at the end was below the threshold from its first row on, because the
 * threshold only falls; so counts of kept hashes are exact.  Hashes come in random order, so
 * an insertion into the sorted array is rare once it is full (k (1 + ln(n / k)) of n different
 * rows); most rows cost a hash and a comparison.
 * A row is hashed as one little-endian word for each column. */
#include "data/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "base/siplanes.h"
#include "base/utf8.h"
#include "data/words.h"

enum {
	BLOCK = 16384, /* bytes of rows hashed at a time: half of the first cache */
	LEAST_FOUND = 10,
};
/* No finite number has these bits, and a text with probability 2^-64. */
static const uint64_t missing_mark = UINT64_MAX;
/* What a share must be above that of chance, so that large samples do not find trifles. */
static const double margin = 0.1;

void ml_sketch_rekey(struct ml_sketch *s)
{
	unsigned char word[ML_WORD], digest[ML_DIGEST];
	struct ml_sha sha;

	ml_sha_init(&sha);
	for (size_t k = 0; k < s->columns; k++) {
		size_t len = strlen(s->name[k]);

		ml_word_put(word, (uint64_t)s->kind[k]);
		ml_sha_add(&sha, word, ML_WORD);
		ml_word_put(word, len);
		ml_sha_add(&sha, word, ML_WORD);
		ml_sha_add(&sha, s->name[k], len);
	}
	ml_sha_end(&sha, digest);
	s->key[0] = ml_word_get(digest);
	s->key[1] = ml_word_get(digest + ML_WORD);
}

static uint64_t hash(const struct ml_sketch *s, const void *bytes, size_t n)
{
	return ml_siphash(1, 3, s->key[0], s->key[1], bytes, n);
}

struct named {
	const char *name;
	enum ml_kind kind;
};

static int by_name(const void *va, const void *vb)
{
	const struct named *a = va, *b = vb;

	return strcmp(a->name, b->name);
}

int ml_sketch_init(struct ml_sketch *s, const struct ml_table *t, const size_t *idx, size_t n,
		   struct ml_error *err)
{
	struct named *named = ml_alloc(n, sizeof *named, err);
	int rc = named ? ML_OK : err->code;

	*s = (struct ml_sketch){ 0 };
	if (!rc && !((s->name = ml_alloc(n, sizeof *s->name, err)) &&
		     (s->kind = ml_alloc(n, sizeof *s->kind, err))))
		rc = err->code;
	for (size_t k = 0; !rc && k < n; k++)
		named[k] = (struct named){ t->col[idx[k]].name, t->col[idx[k]].kind };
	if (!rc && n)
		qsort(named, n, sizeof *named, by_name);
	for (size_t k = 0; !rc && k < n; k++) {
		s->kind[k] = named[k].kind;
		if (!(s->name[k] = ml_strdup(named[k].name, err)))
			rc = err->code;
		else
			s->columns++;
	}
	free(named);
	if (rc)
		ml_sketch_release(s);
	else
		ml_sketch_rekey(s);
	return rc;
}

void ml_sketch_release(struct ml_sketch *s)
{
	ml_texts_free(s->name, s->columns);
	free(s->kind);
	*s = (struct ml_sketch){ 0 };
}

/* A column of the batch, and the words of its levels when it is a category. */
struct input {
	const struct ml_column *c;
	uint64_t *level; /* owned, or NULL: hashed cell by cell */
};

static int find_column(const struct ml_sketch *s, size_t k, const struct ml_table *batch,
		       struct input *in, struct ml_error *err)
{
	size_t j = ml_table_find(batch, s->name[k]);

	if (j == SIZE_MAX || batch->col[j].kind != s->kind[k])
		return ml_fail(err, ML_EDATA, "E-COLUMNS", "no %s column '%s'",
			       ml_kind_names[s->kind[k]],
			       ML_SHOW(s->name[k], strlen(s->name[k])));
	in->c = &batch->col[j];
	const struct ml_levels *l = in->c->levels;
	/* A batch may share the many levels of a whole table. */
	if (in->c->kind != ML_CATEGORY || l->n > batch->rows)
		return ML_OK;
	if (!(in->level = ml_alloc(l->n, sizeof *in->level, err)))
		return err->code;
	for (size_t i = 0; i < l->n; i++)
		in->level[i] = hash(s, l->name[i], l->len[i]);
	return ML_OK;
}

static uint64_t number_word(double v)
{
	uint64_t bits;

	v += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &v, sizeof bits);
	return isnan(v) ? missing_mark : bits;
}

static uint64_t text_word(const struct ml_sketch *s, const struct input *in, size_t row)
{
	const struct ml_column *c = in->c;

	if (ml_missing(c, row))
		return missing_mark;
	if (c->kind == ML_STRING)
		return hash(s, c->text[row], strlen(c->text[row]));
	int32_t code = c->code[row];
	return in->level ? in->level[code]
			 : hash(s, c->levels->name[code], c->levels->len[code]);
}

/* Words of the rows [from, from + n), those of a column together, `stride` apart. */
static void write_block(const struct ml_sketch *s, const struct input *in, size_t from,
			size_t n, size_t stride, uint64_t *block)
{
	for (size_t k = 0; k < s->columns; k++) {
		uint64_t *to = block + k * stride;
		const double *num = in[k].c->num;

		if (in[k].c->kind == ML_NUMBER)
			for (size_t i = 0; i < n; i++)
				to[i] = number_word(num[from + i]);
		else
			for (size_t i = 0; i < n; i++)
				to[i] = text_word(s, &in[k], from + i);
	}
}

/* First place in hash[0..n) that is >= h. */
static size_t place_of(const struct ml_sketch *s, uint64_t h)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->hash[mid] < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The greatest hash that is told of: any, until the sketch is full. */
static uint64_t threshold(const struct ml_sketch *s)
{
	return s->n < ML_SKETCH_K ? UINT64_MAX : s->hash[ML_SKETCH_K - 1];
}

static void keep(struct ml_sketch *s, uint64_t h)
{
	size_t at = place_of(s, h);

	if (at < s->n && s->hash[at] == h) {
		s->count[at]++;
		return;
	}
	if (at == ML_SKETCH_K)
		return;
	s->n += s->n < ML_SKETCH_K;
	memmove(s->hash + at + 1, s->hash + at, (s->n - 1 - at) * sizeof *s->hash);
	memmove(s->count + at + 1, s->count + at, (s->n - 1 - at) * sizeof *s->count);
	s->hash[at] = h;
	s->count[at] = 1;
}

static void ask(const struct ml_sketch *s, uint64_t h, struct ml_sketch_match *m)
{
	size_t at = place_of(s, h);

	m->asked++;
	m->found += at < s->n && s->hash[at] == h;
}

/* Hashes the rows; those up to the threshold are kept in `into`, which is s, or (NULL) asked
 * about. */
static void each_row(const struct ml_sketch *s, const struct input *in, size_t rows,
		     uint64_t *block, size_t block_rows, struct ml_sketch *into,
		     struct ml_sketch_match *m)
{
	uint64_t *hashes = block + s->columns * block_rows;

	for (size_t from = 0; from < rows; from += block_rows) {
		size_t n = rows - from < block_rows ? rows - from : block_rows;

		write_block(s, in, from, n, block_rows, block);
		ml_siphash_lanes(s->key, block, block_rows, s->columns, n, hashes);
		for (size_t i = 0; i < n; i++) {
			if (hashes[i] > threshold(s))
				continue;
			if (into)
				keep(into, hashes[i]);
			else
				ask(s, hashes[i], m);
		}
	}
}

static int each_batch(const struct ml_sketch *s, const struct ml_table *batch,
		      struct ml_sketch *into, struct ml_sketch_match *m, struct ml_error *err)
{
	size_t row_bytes = (s->columns + 1) * sizeof(uint64_t); /* words and their hash */
	size_t block_rows = row_bytes < BLOCK / 8 ? BLOCK / row_bytes : 8;
	struct input *in = ml_alloc(s->columns, sizeof *in, err);
	uint64_t *block = in ? ml_alloc(block_rows, row_bytes, err) : NULL;
	int rc = block ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < s->columns; k++)
		rc = find_column(s, k, batch, &in[k], err);
	if (!rc)
		each_row(s, in, batch->rows, block, block_rows, into, m);
	for (size_t k = 0; in && k < s->columns; k++)
		free(in[k].level);
	free(block);
	free(in);
	return rc;
}

int ml_sketch_add(struct ml_sketch *s, const struct ml_table *batch, struct ml_error *err)
{
	int rc = each_batch(s, batch, s, NULL, err);

	if (!rc)
		s->rows += batch->rows;
	return rc;
}

int ml_sketch_ask(const struct ml_sketch *s, const struct ml_table *batch,
		  struct ml_sketch_match *m, struct ml_error *err)
{
	return each_batch(s, batch, NULL, m, err);
}

double ml_sketch_chance(const struct ml_sketch *s)
{
	double twins = 0, all = 0;

	for (size_t i = 0; i < s->n; i++) {
		all += (double)s->count[i];
		twins += s->count[i] > 1 ? (double)s->count[i] : 0;
	}
	return all > 0 ? twins / all : 0;
}

bool ml_sketch_trained(const struct ml_sketch *s, const struct ml_sketch_match *m)
{
	double chance = ml_sketch_chance(s), asked = (double)m->asked;

	return m->found >= LEAST_FOUND &&
	       (double)m->found / asked >
		       chance + margin + 3 * sqrt(chance * (1 - chance) / asked);
}
