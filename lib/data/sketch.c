/* sketch.c - a k-minimum-values sketch of rows.
 *
 * A hash that is kept at the end was below the threshold from its first row on, because the
 * threshold only falls; so counts of kept hashes are exact.  Hashes come in random order, so
 * an insertion into the sorted array is rare once it is full (k (1 + ln(n / k)) of n different
 * rows); most rows cost a hash and a comparison.
 * Numbers, names of columns and lengths are hashed as little-endian words. */
#include "data/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "base/utf8.h"

enum { WORD = 8, LEAST_FOUND = 10 };
/* No finite number has these bits, and no text this length. */
static const uint64_t missing_mark = UINT64_MAX;
/* What a share must be above that of chance, so that large samples do not find trifles. */
static const double margin = 0.1;

static void put_word(unsigned char out[WORD], uint64_t v)
{
	for (int i = 0; i < WORD; i++)
		out[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t get_word(const unsigned char in[WORD])
{
	uint64_t v = 0;

	for (int i = 0; i < WORD; i++)
		v |= (uint64_t)in[i] << 8 * i;
	return v;
}

static void make_key(struct ml_sketch *s)
{
	unsigned char word[WORD], digest[ML_DIGEST];
	struct ml_sha sha;

	ml_sha_init(&sha);
	for (size_t k = 0; k < s->columns; k++) {
		size_t len = strlen(s->name[k]);

		put_word(word, (uint64_t)s->kind[k]);
		ml_sha_add(&sha, word, WORD);
		put_word(word, len);
		ml_sha_add(&sha, word, WORD);
		ml_sha_add(&sha, s->name[k], len);
	}
	ml_sha_end(&sha, digest);
	s->key[0] = get_word(digest);
	s->key[1] = get_word(digest + WORD);
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
		make_key(s);
	return rc;
}

void ml_sketch_release(struct ml_sketch *s)
{
	ml_texts_free(s->name, s->columns);
	free(s->kind);
	free(s->row);
	*s = (struct ml_sketch){ 0 };
}

/* col[k] = the batch's column of that name. */
static int find_columns(const struct ml_sketch *s, const struct ml_table *batch,
			const struct ml_column **col, struct ml_error *err)
{
	for (size_t k = 0; k < s->columns; k++) {
		size_t j = ml_table_find(batch, s->name[k]);

		if (j == SIZE_MAX || batch->col[j].kind != s->kind[k])
			return ml_fail(err, ML_EDATA, "E-COLUMNS", "no %s column '%s'",
				       ml_kind_names[s->kind[k]],
				       ML_SHOW(s->name[k], strlen(s->name[k])));
		col[k] = &batch->col[j];
	}
	return ML_OK;
}

static uint64_t number_bits(double v)
{
	uint64_t bits;

	if (isnan(v))
		return missing_mark;
	v += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &v, sizeof bits);
	return bits;
}

/* Room for n bytes more in the row, of which `used` are taken. */
static int make_room(struct ml_sketch *s, size_t used, size_t n, struct ml_error *err)
{
	return n <= s->row_cap - used ? ML_OK : ML_GROW(s->row, s->row_cap, used + n, err);
}

/* Bytes of row i at s->row; their number in *n. */
static int write_row(struct ml_sketch *s, const struct ml_column *const *col, size_t i,
		     size_t *n, struct ml_error *err)
{
	size_t used = 0;

	for (size_t k = 0; k < s->columns; k++) {
		const struct ml_column *c = col[k];
		const char *text = NULL;
		size_t len = 0;

		if (c->kind == ML_NUMBER) {
			put_word(s->row + used, number_bits(c->num[i]));
			used += WORD;
			continue;
		}
		if (c->kind == ML_CATEGORY && c->code[i] >= 0) {
			text = c->levels->name[c->code[i]];
			len = c->levels->len[c->code[i]];
		} else if (c->kind == ML_STRING && c->text[i]) {
			text = c->text[i];
			len = strlen(text);
		}
		/* A word was made sure of for each column; keep it so for those behind. */
		if (make_room(s, used, (s->columns - k) * WORD + len, err))
			return err->code;
		put_word(s->row + used, text ? len : missing_mark);
		used += WORD;
		if (len)
			memcpy(s->row + used, text, len);
		used += len;
	}
	*n = used;
	return ML_OK;
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

/* Hashes each row of the batch; those up to the threshold are kept (m NULL) or asked about. */
static int each_row(struct ml_sketch *s, const struct ml_table *batch,
		    struct ml_sketch_match *m, struct ml_error *err)
{
	const struct ml_column **col = ml_alloc(s->columns, sizeof *col, err);
	int rc = col ? find_columns(s, batch, col, err) : err->code;

	if (!rc)
		rc = make_room(s, 0, (s->columns + 1) * WORD, err);
	for (size_t i = 0; !rc && i < batch->rows; i++) {
		size_t n = 0;

		rc = write_row(s, col, i, &n, err);
		if (rc)
			break;
		uint64_t h = ml_siphash(2, 4, s->key[0], s->key[1], s->row, n);
		if (h > threshold(s))
			continue;
		if (!m) {
			keep(s, h);
			continue;
		}
		size_t at = place_of(s, h);
		m->asked++;
		m->found += at < s->n && s->hash[at] == h;
	}
	free(col);
	return rc;
}

int ml_sketch_add(struct ml_sketch *s, const struct ml_table *batch, struct ml_error *err)
{
	int rc = each_row(s, batch, NULL, err);

	if (!rc)
		s->rows += batch->rows;
	return rc;
}

int ml_sketch_ask(struct ml_sketch *s, const struct ml_table *batch, struct ml_sketch_match *m,
		  struct ml_error *err)
{
	return each_row(s, batch, m, err);
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

void ml_sketch_put(const struct ml_sketch *s, struct ml_fields *f)
{
	unsigned char hashes[ML_SKETCH_K * WORD];
	int32_t counts[ML_SKETCH_K];
	struct ml_error unused;
	int32_t *kinds = ml_alloc(s->columns, sizeof *kinds, &unused);

	for (size_t k = 0; kinds && k < s->columns; k++)
		kinds[k] = (int32_t)s->kind[k];
	for (size_t i = 0; i < s->n; i++) {
		put_word(hashes + i * WORD, s->hash[i]);
		/* Of so many twins one less or more makes no difference. */
		counts[i] = s->count[i] < INT32_MAX ? (int32_t)s->count[i] : INT32_MAX;
	}
	ml_put_size(f, "rows", (size_t)s->rows);
	ml_put_texts(f, "names", (const char *const *)s->name, s->columns);
	if (kinds)
		ml_put_ints(f, "kinds", kinds, s->columns);
	else if (f)
		f->failed = true;
	ml_put_bytes(f, "hashes", hashes, s->n * WORD);
	ml_put_ints(f, "counts", counts, s->n);
	free(kinds);
}

static int get_columns(struct ml_sketch *s, const struct ml_fields *f, struct ml_error *err)
{
	enum { MOST_COLUMNS = 1048576 };
	int32_t *kinds = NULL;
	size_t n;
	int rc = ml_get_count(f, "names", MOST_COLUMNS, &n, err);

	if (!rc)
		rc = ml_get_texts(f, "names", &s->name, n, err);
	if (!rc) {
		s->columns = n;
		rc = ml_get_ints(f, "kinds", &kinds, n, ML_NUMBER, ML_STRING, err);
	}
	if (!rc && !(s->kind = ml_alloc(n, sizeof *s->kind, err)))
		rc = err->code;
	for (size_t k = 0; !rc && k < n; k++) {
		s->kind[k] = (enum ml_kind)kinds[k];
		if (k && strcmp(s->name[k - 1], s->name[k]) >= 0)
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "field 'names': name %zu is not behind the one before",
				     k + 1);
	}
	free(kinds);
	return rc;
}

static int get_hashes(struct ml_sketch *s, const struct ml_fields *f, struct ml_error *err)
{
	unsigned char *hashes = NULL;
	int32_t *counts = NULL;
	uint64_t sum = 0;
	int rc = ml_get_count(f, "counts", ML_SKETCH_K, &s->n, err);

	if (!rc)
		rc = ml_get_bytes(f, "hashes", &hashes, s->n * WORD, err);
	if (!rc)
		rc = ml_get_ints(f, "counts", &counts, s->n, 1, INT32_MAX, err);
	for (size_t i = 0; !rc && i < s->n; i++) {
		s->hash[i] = get_word(hashes + i * WORD);
		s->count[i] = (uint64_t)counts[i];
		sum += s->count[i];
		if (i && s->hash[i] <= s->hash[i - 1])
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "field 'hashes': hash %zu is not above the one before",
				     i + 1);
	}
	/* Every row is in a sketch that is not full, unless a count was cut. */
	if (!rc && (sum > s->rows || (s->n < ML_SKETCH_K && sum < s->rows && sum < INT32_MAX)))
		rc = ml_fail(err, ML_EDATA, "E-MODEL",
			     "field 'counts': the counts do not fit %llu rows",
			     (unsigned long long)s->rows);
	free(counts);
	free(hashes);
	return rc;
}

int ml_sketch_get(struct ml_sketch *s, const struct ml_fields *f, struct ml_error *err)
{
	size_t rows = 0;

	*s = (struct ml_sketch){ 0 };
	int rc = ml_get_size(f, "rows", SIZE_MAX / 2, &rows, err);
	s->rows = rows;
	if (!rc)
		rc = get_columns(s, f, err);
	if (!rc)
		rc = get_hashes(s, f, err);
	if (rc)
		ml_sketch_release(s);
	else
		make_key(s);
	return rc;
}
