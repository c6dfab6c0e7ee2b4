/* Sketches of rows: found again whatever the order of columns, levels and batches. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/sketch.h"
#include "test.h"

static struct ml_error err;

/* rows of a (number), b (number, some missing), k (category), s (text); from a stream of its
 * own, so that tables of different seeds share no row. */
static struct ml_table *table(uint64_t seed, size_t rows)
{
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);
	struct ml_rng r;
	char text[32];

	t->rows = rows;
	CHECK(!ml_table_insert(t, 0, "a", ML_NUMBER, &err));
	CHECK(!ml_table_insert(t, 1, "b", ML_NUMBER, &err));
	CHECK(!ml_table_insert(t, 2, "k", ML_CATEGORY, &err));
	CHECK(!ml_table_insert(t, 3, "s", ML_STRING, &err));
	ml_rng_init(&r, seed, "test", 0);
	for (size_t i = 0; i < rows; i++) {
		t->col[0].num[i] = ml_rng_uniform(&r);
		if (ml_rng_below(&r, 4))
			t->col[1].num[i] = (double)ml_rng_below(&r, 3);
		snprintf(text, sizeof text, "level %d", (int)ml_rng_below(&r, 20));
		CHECK(!ml_levels_add(t->col[2].levels, text, strlen(text), &t->col[2].code[i],
				     &err));
		if (ml_rng_below(&r, 3))
			t->col[3].text[i] = ml_arena_put(&t->arena, text, strlen(text), &err);
	}
	return t;
}

static void sketch(struct ml_sketch *s, const struct ml_table *t)
{
	CHECK(!ml_sketch_init(s, t, (const size_t[]){ 3, 0, 1, 2 }, 4, &err));
	CHECK(!ml_sketch_add(s, t, &err));
}

static struct ml_sketch_match ask(struct ml_sketch *s, const struct ml_table *t)
{
	struct ml_sketch_match m = { 0 };

	CHECK(!ml_sketch_ask(s, t, &m, &err));
	return m;
}

static bool same(const struct ml_sketch *a, const struct ml_sketch *b)
{
	return a->n == b->n && a->rows == b->rows && a->key[0] == b->key[0] &&
	       a->key[1] == b->key[1] && !memcmp(a->hash, b->hash, a->n * sizeof *a->hash) &&
	       !memcmp(a->count, b->count, a->n * sizeof *a->count);
}

TEST("trained rows are found, others are not; small tables and large")
{
	static const size_t sizes[] = { 12, 500, 1024, 1025, 30000 };
	static struct ml_sketch s;

	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		struct ml_table *t = table(1, sizes[k]), *other = table(2, 20000);

		sketch(&s, t);
		CHECK(s.rows == sizes[k] && s.n == (sizes[k] < 1024 ? sizes[k] : 1024));
		struct ml_sketch_match yes = ask(&s, t), no = ask(&s, other);
		CHECK(yes.asked == s.n && yes.found == s.n && no.found == 0);
		CHECK(ml_sketch_chance(&s) == 0);
		CHECK(ml_sketch_trained(&s, &yes) && !ml_sketch_trained(&s, &no));
		ml_sketch_release(&s);
		ml_table_free(t);
		ml_table_free(other);
	}
}

TEST("a table half of trained rows is found, in batches too")
{
	static struct ml_sketch s;
	struct ml_table *t = table(1, 20000), *other = table(2, 10000);
	struct ml_sketch_match m = { 0 };

	sketch(&s, t);
	for (size_t i = 0; i < 10000; i += 1000) {
		struct ml_table *part;
		size_t row[1000];

		for (size_t k = 0; k < 1000; k++)
			row[k] = i + k;
		CHECK(!ml_table_take(&part, t, row, 1000, &err));
		CHECK(!ml_sketch_ask(&s, part, &m, &err));
		ml_table_free(part);
	}
	CHECK(!ml_sketch_ask(&s, other, &m, &err));
	/* 1024/20000 of 20,000 rows, half of them found: 1024 and 512, sd below 32. */
	NEAR((double)m.asked, 1024, 160.0 / 1024, "five standard deviations");
	NEAR((double)m.found, 512, 120.0 / 512, "five standard deviations");
	CHECK(ml_sketch_trained(&s, &m));
	ml_sketch_release(&s);
	ml_table_free(t);
	ml_table_free(other);
}

TEST("order of rows, columns, levels and batches do not matter")
{
	static struct ml_sketch s, other;
	struct ml_table *t = table(3, 5000), *turned;
	size_t *row = ml_alloc(5000, sizeof *row, &err);

	sketch(&s, t);
	for (size_t i = 0; i < 5000; i++)
		row[i] = 4999 - i;
	CHECK(!ml_table_take(&turned, t, row, 5000, &err));
	/* k again with levels numbered the other way; in the place of another column */
	struct ml_levels *l = t->col[2].levels;
	CHECK(!ml_table_rename(turned, 2, "old", &err));
	CHECK(!ml_table_insert(turned, 0, "k", ML_CATEGORY, &err));
	for (size_t c = l->n; c--;)
		CHECK(!ml_levels_add(turned->col[0].levels, l->name[c], l->len[c],
				     &(int32_t){ 0 }, &err));
	for (size_t i = 0; i < 5000; i++)
		turned->col[0].code[i] = (int32_t)l->n - 1 - turned->col[3].code[i];
	CHECK(!ml_sketch_init(&other, turned, (const size_t[]){ 0, 1, 4, 2 }, 4, &err));
	for (size_t i = 0, n; i < 5000; i += n) {
		struct ml_table *part;

		n = i % 3 ? 1 : 777;
		n = n < 5000 - i ? n : 5000 - i;
		for (size_t k = 0; k < n; k++)
			row[k] = i + k;
		CHECK(!ml_table_take(&part, turned, row, n, &err));
		CHECK(!ml_sketch_add(&other, part, &err));
		ml_table_free(part);
	}
	CHECK(same(&s, &other));
	ml_sketch_release(&s);
	ml_sketch_release(&other);
	ml_table_free(t);
	ml_table_free(turned);
	free(row);
}

TEST("names and kinds enter the hash; -0 is 0, missing is no value")
{
	static struct ml_sketch s, other;
	struct ml_table *t = table(4, 100);

	sketch(&s, t);
	t->col[1].num[0] = t->col[1].num[1] = 0;
	sketch(&other, t);
	ml_sketch_release(&s);
	t->col[1].num[0] = t->col[1].num[1] = -0.0;
	sketch(&s, t);
	CHECK(same(&s, &other));
	t->col[1].num[0] = (double)NAN;
	ml_sketch_release(&s);
	sketch(&s, t);
	CHECK(!same(&s, &other));
	ml_sketch_release(&s);
	t->col[1].num[0] = 0;
	CHECK(!ml_table_rename(t, 1, "bb", &err));
	sketch(&s, t);
	CHECK(s.key[0] != other.key[0] && s.hash[0] != other.hash[0]);
	CHECK(ml_sketch_add(&other, t, &err) == ML_EDATA); /* there is no b now */
	SAME_TEXT(err.tag, "E-COLUMNS");
	CHECK(other.rows == 100);
	ml_sketch_release(&s);
	ml_sketch_release(&other);
	ml_table_free(t);
}

TEST("texts do not run into each other")
{
	static struct ml_sketch s;
	struct ml_table t = { .rows = 4 };
	static const char *const a[] = { "ab", "a", "", NULL }, *const b[] = { "c", "bc", NULL,
									       "" };

	CHECK(!ml_table_insert(&t, 0, "a", ML_STRING, &err));
	CHECK(!ml_table_insert(&t, 1, "b", ML_STRING, &err));
	for (size_t i = 0; i < 4; i++) {
		t.col[0].text[i] = a[i];
		t.col[1].text[i] = b[i];
	}
	CHECK(!ml_sketch_init(&s, &t, (const size_t[]){ 0, 1 }, 2, &err));
	CHECK(!ml_sketch_add(&s, &t, &err));
	CHECK(s.n == 4);
	ml_sketch_release(&s);
	ml_table_release(&t);
}

/* rows whose values are one of `kinds` combinations. */
static struct ml_table *discrete(uint64_t seed, size_t rows, size_t kinds)
{
	struct ml_table *t = table(seed, rows);
	struct ml_rng r;

	ml_rng_init(&r, seed, "discrete", 0);
	for (size_t i = 0; i < rows; i++) {
		t->col[0].num[i] = (double)ml_rng_below(&r, kinds);
		t->col[1].num[i] = 1;
		t->col[2].code[i] = -1;
		t->col[3].text[i] = NULL;
	}
	return t;
}

TEST("rows that are often alike do not look trained on")
{
	static struct ml_sketch s;
	/* 10,000 rows of 10,000 kinds: a row has a twin with 1 - exp(-1) = 0.632. */
	struct ml_table *t = discrete(1, 10000, 10000), *fresh = discrete(2, 10000, 10000);

	sketch(&s, t);
	NEAR(ml_sketch_chance(&s), 1 - exp(-1), 0.06, "binomial over 1024 hashes");
	struct ml_sketch_match no = ask(&s, fresh), yes = ask(&s, t);
	CHECK(no.found > 10 && !ml_sketch_trained(&s, &no));
	CHECK(yes.found == yes.asked && ml_sketch_trained(&s, &yes));
	ml_sketch_release(&s);
	ml_table_free(t);
	ml_table_free(fresh);
	t = discrete(3, 5000, 10); /* nothing can be told of these */
	sketch(&s, t);
	yes = ask(&s, t);
	CHECK(s.n == 10 && ml_sketch_chance(&s) == 1 && !ml_sketch_trained(&s, &yes));
	ml_sketch_release(&s);
	ml_table_free(t);
}

TEST("counts of kept hashes are exact")
{
	static struct ml_sketch s;
	struct ml_table *t = table(5, 3000);
	uint64_t sum = 0;

	sketch(&s, t);
	CHECK(!ml_sketch_add(&s, t, &err) && !ml_sketch_add(&s, t, &err));
	for (size_t i = 0; i < s.n; i++) {
		CHECK(s.count[i] == 3 && (!i || s.hash[i] > s.hash[i - 1]));
		sum += s.count[i];
	}
	CHECK(sum == 3 * 1024 && s.rows == 9000 && ml_sketch_chance(&s) == 1);
	ml_sketch_release(&s);
	ml_table_free(t);
}

TEST("few matches are never enough; no rows, no columns")
{
	static struct ml_sketch s;
	struct ml_table *t = table(6, 9), empty = { 0 };
	struct ml_sketch_match m;

	sketch(&s, t);
	m = ask(&s, t);
	CHECK(m.found == 9 && !ml_sketch_trained(&s, &m));
	ml_sketch_release(&s);
	CHECK(!ml_sketch_init(&s, &empty, NULL, 0, &err) && !ml_sketch_add(&s, &empty, &err));
	m = (struct ml_sketch_match){ 0 };
	CHECK(s.n == 0 && ml_sketch_chance(&s) == 0 && !ml_sketch_trained(&s, &m));
	ml_sketch_release(&s);
	ml_table_free(t);
}

TEST("the hash is stable: a row's hash as another program computes it")
{
	static struct ml_sketch s;
	struct ml_table t = { .rows = 1 };

	CHECK(!ml_table_insert(&t, 0, "x", ML_NUMBER, &err));
	t.col[0].num[0] = 1.5;
	CHECK(!ml_sketch_init(&s, &t, (const size_t[]){ 0 }, 1, &err) &&
	      !ml_sketch_add(&s, &t, &err));
	/* Python: struct.unpack("<QQ", hashlib.sha256(struct.pack("<QQ", 0, 1) +
	 * b"x").digest()[:16]), and SipHash-1-3 (2-4 checked with the vector of its paper) of
	 * struct.pack("<d", 1.5). */
	CHECK(s.key[0] == UINT64_C(0xcf80e0c6ca4d0965) &&
	      s.key[1] == UINT64_C(0x68c721bd2bf7b7c5));
	CHECK(s.hash[0] == UINT64_C(0x08ba6dbef1831c1b));
	ml_sketch_release(&s);
	ml_table_release(&t);
}

TEST("a sketch goes through fields unchanged")
{
	static struct ml_sketch s, back;
	static const size_t sizes[] = { 0, 10, 5000 };

	for (size_t k = 0; k < 3; k++) {
		struct ml_table *t = table(7, sizes[k]);
		struct ml_fields f = { 0 };

		sketch(&s, t);
		ml_sketch_put(&s, &f);
		CHECK(!ml_fields_check(&f, &err) && !ml_sketch_get(&back, &f, &err));
		CHECK(same(&s, &back));
		struct ml_sketch_match m = ask(&back, t);
		CHECK(m.found == s.n);
		ml_sketch_release(&s);
		ml_sketch_release(&back);
		ml_fields_release(&f);
		ml_table_free(t);
	}
}

static struct ml_field *field_of(struct ml_fields *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].name, name))
			return &f->v[i];
	CHECK(false);
	return f->v;
}

static void refused(struct ml_fields *f)
{
	static struct ml_sketch back;

	CHECK(ml_sketch_get(&back, f, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-MODEL");
	CHECK(!back.name && !back.kind);
}

TEST("hostile fields are refused")
{
	static struct ml_sketch s;
	struct ml_table *t = table(8, 500);
	struct ml_fields f = { 0 };

	sketch(&s, t);
	ml_sketch_put(&s, &f);
	unsigned char *hash = field_of(&f, "hashes")->u.bytes, eight[8];
	int32_t *count = field_of(&f, "counts")->u.ints, *kind = field_of(&f, "kinds")->u.ints;
	char **name = field_of(&f, "names")->u.texts, *swap = name[0];

	memcpy(eight, hash, 8);
	memcpy(hash, hash + 8, 8); /* two equal */
	refused(&f);
	memset(hash, 0xff, 8); /* not rising */
	refused(&f);
	memcpy(hash, eight, 8);
	count[4] = 0;
	refused(&f);
	count[4] = 2; /* 501 of 500 rows */
	refused(&f);
	count[4] = 1;
	kind[0] = 3;
	refused(&f);
	kind[0] = ML_NUMBER;
	name[0] = name[1];
	name[1] = swap;
	refused(&f);
	name[1] = name[0];
	name[0] = swap;
	field_of(&f, "rows")->u.size = 501;
	refused(&f);
	field_of(&f, "rows")->u.size = SIZE_MAX;
	refused(&f);
	field_of(&f, "rows")->u.size = 500;
	field_of(&f, "hashes")->n -= 8;
	refused(&f);
	field_of(&f, "hashes")->n += 8;
	for (size_t i = 0; i < f.n; i++) {
		char first = f.v[i].name[0];

		f.v[i].name[0] = '!';
		refused(&f);
		f.v[i].name[0] = first;
	}
	ml_sketch_release(&s);
	ml_fields_release(&f);
	ml_table_free(t);
}

int main(void)
{
	return ml_tests_run();
}
