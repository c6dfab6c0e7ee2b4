/* Splits: laws that every split keeps, over many random tables; what cannot be split. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/split.h"
#include "test.h"

static struct ml_error err;
static char warned[512];

static void keep_warning(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(warned, sizeof warned, "%s ", tag);

	(void)user;
	CHECK(column == SIZE_MAX && n > 0);
	va_start(ap, fmt);
	vsnprintf(warned + n, sizeof warned - (size_t)n, fmt, ap);
	va_end(ap);
}

static const struct ml_run run = { .threads = 1, .warn = keep_warning };

enum { MAX_ROWS = 3000 };

/* A table of a class column (k classes, uneven), a group column (groups of uneven size), a
 * number column and a time column, of random kinds. */
static struct ml_table *random_table(struct ml_rng *r, size_t rows, size_t k, size_t groups)
{
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);
	char text[32];
	int32_t code;

	t->rows = rows;
	CHECK(!ml_table_insert(t, 0, "class", ML_CATEGORY, &err));
	CHECK(!ml_table_insert(t, 1, "group", ML_STRING, &err));
	CHECK(!ml_table_insert(t, 2, "number", ML_NUMBER, &err));
	CHECK(!ml_table_insert(t, 3, "time", ML_NUMBER, &err));
	for (size_t i = 0; i < rows; i++) {
		double u = ml_rng_uniform(r);

		snprintf(text, sizeof text, "class %zu", (size_t)(u * u * (double)k));
		CHECK(!ml_levels_add(t->col[0].levels, text, strlen(text), &code, &err));
		t->col[0].code[i] = code;
		u = ml_rng_uniform(r);
		snprintf(text, sizeof text, "group %zu", (size_t)(u * u * (double)groups));
		t->col[1].text[i] = ml_arena_put(&t->arena, text, strlen(text), &err);
		t->col[2].num[i] = ml_rng_uniform(r);
		t->col[3].num[i] = (double)ml_rng_below(r, 2 * rows);
	}
	return t;
}

static size_t distinct_groups(const struct ml_table *t)
{
	struct ml_levels *l = ml_levels_new(&err);
	int32_t code;

	for (size_t i = 0; i < t->rows; i++)
		CHECK(!ml_levels_add(l, t->col[1].text[i], strlen(t->col[1].text[i]), &code,
				     &err));
	size_t n = l->n;
	ml_levels_free(l);
	return n;
}

static void split(const struct ml_split_plan *plan, size_t rows, size_t *part)
{
	memset(part, 0xff, rows * sizeof *part);
	CHECK(!ml_split_rows(plan, rows, &run, part, &err));
	for (size_t i = 0; i < rows; i++)
		CHECK(part[i] < (plan->folds ? plan->folds : 2));
}

/* Rows of class c in part f. */
static size_t count(const struct ml_table *t, int32_t c, const size_t *part, size_t f)
{
	size_t n = 0;

	for (size_t i = 0; i < t->rows; i++)
		n += part[i] == f && (c < 0 || t->col[0].code[i] == c);
	return n;
}

static void spread(const struct ml_table *t, int32_t c, const size_t *part, size_t k,
		   size_t *lo, size_t *hi)
{
	*lo = SIZE_MAX;
	*hi = 0;
	for (size_t f = 0; f < k; f++) {
		size_t n = count(t, c, part, f);

		*lo = n < *lo ? n : *lo;
		*hi = n > *hi ? n : *hi;
	}
}

TEST("folds: sizes, and those of each class, differ by at most one")
{
	static size_t part[MAX_ROWS];
	struct ml_rng r;
	size_t lo, hi;

	ml_rng_init(&r, 3, "test", 0);
	for (int trial = 0; trial < 60; trial++) {
		size_t rows = 20 + (size_t)ml_rng_below(&r, 400),
		       k = 2 + (size_t)ml_rng_below(&r, 12);
		struct ml_table *t =
			random_table(&r, rows, 1 + (size_t)ml_rng_below(&r, 30), 5);
		struct ml_split_plan plan = { .folds = k,
					      .stratify = trial % 2 ? &t->col[0] : NULL,
					      .seed = (uint64_t)trial };

		split(&plan, rows, part);
		spread(t, -1, part, k, &lo, &hi);
		CHECK(hi - lo <= 1);
		for (int32_t c = 0; plan.stratify && (size_t)c < t->col[0].levels->n; c++) {
			spread(t, c, part, k, &lo, &hi);
			CHECK(hi - lo <= 1);
		}
		ml_table_free(t);
	}
}

TEST("holdout: the total is exact, a class has its share and a row on each side")
{
	static size_t part[MAX_ROWS];
	struct ml_rng r;

	ml_rng_init(&r, 4, "test", 0);
	for (int trial = 0; trial < 100; trial++) {
		size_t rows = 60 + (size_t)ml_rng_below(&r, 500);
		struct ml_table *t = random_table(&r, rows, 1 + (size_t)ml_rng_below(&r, 8), 5);
		double test = 0.2 + 0.6 * ml_rng_uniform(&r);
		struct ml_split_plan plan = { .test = test,
					      .stratify = trial % 4 ? &t->col[0] : NULL,
					      .seed = (uint64_t)trial };

		split(&plan, rows, part);
		size_t total = (size_t)floor(test * (double)rows + 0.5);
		CHECK(count(t, -1, part, 1) == total);
		for (int32_t c = 0; plan.stratify && (size_t)c < t->col[0].levels->n; c++) {
			size_t in = count(t, c, part, 1), out = count(t, c, part, 0);
			double share = (double)total * (double)(in + out) / (double)rows;

			CHECK(in + out < 2 || (in && out));
			CHECK(fabs((double)in - share) < 1.5);
		}
		ml_table_free(t);
	}
}

TEST("holdout: with more classes than test rows the total is exact all the same")
{
	static size_t part[MAX_ROWS];
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);
	struct ml_split_plan plan = { .test = 7 };

	t->rows = 2001;
	CHECK(!ml_table_insert(t, 0, "id", ML_NUMBER, &err));
	CHECK(!ml_table_insert(t, 1, "pair", ML_STRING, &err));
	for (size_t i = 0; i < t->rows; i++) {
		char text[32];

		snprintf(text, sizeof text, "%zu", i / 2 % 1000);
		t->col[1].text[i] = ml_arena_put(&t->arena, text, strlen(text), &err);
	}
	plan.stratify = &t->col[1];
	for (int i = 0; i < 5; i++) {
		static const double tests[] = { 7, 0.5, 0.1, 0.9, 2000 };
		size_t in = 0;

		plan.test = tests[i];
		split(&plan, t->rows, part);
		for (size_t k = 0; k < t->rows; k++)
			in += part[k];
		CHECK(in == (size_t)(tests[i] < 1 ? floor(tests[i] * 2001 + 0.5) : tests[i]));
	}
	ml_table_free(t);
}

static void check_whole_groups(const struct ml_table *t, const size_t *part)
{
	for (size_t i = 0; i < t->rows; i++)
		for (size_t k = i + 1; k < t->rows && k < i + 60; k++)
			if (!strcmp(t->col[1].text[i], t->col[1].text[k]))
				CHECK(part[i] == part[k]);
}

TEST("groups are never split, every part has one, sizes are near")
{
	static size_t part[MAX_ROWS];
	struct ml_rng r;

	ml_rng_init(&r, 5, "test", 0);
	for (int trial = 0; trial < 60; trial++) {
		size_t rows = 100 + (size_t)ml_rng_below(&r, 500);
		struct ml_table *t =
			random_table(&r, rows, 3, 8 + (size_t)ml_rng_below(&r, 90));
		size_t groups = distinct_groups(t), k = 2 + (size_t)ml_rng_below(&r, 4), lo, hi;
		struct ml_split_plan plan = { .folds = trial % 3 ? k : 0,
					      .test = 0.3,
					      .group = &t->col[1],
					      .stratify = trial % 2 ? &t->col[0] : NULL,
					      .seed = (uint64_t)trial };

		split(&plan, rows, part);
		check_whole_groups(t, part);
		spread(t, -1, part, plan.folds ? k : 2, &lo, &hi);
		CHECK(lo > 0);
		if (groups > 40 && plan.folds)
			CHECK((double)hi < 1.3 * (double)rows / (double)k);
		if (groups > 40 && !plan.folds)
			CHECK(fabs((double)count(t, -1, part, 1) / (double)rows - 0.3) < 0.06);
		ml_table_free(t);
	}
}

/* Pearson's chi-square of classes over parts. */
static double imbalance(const struct ml_table *t, const size_t *part, size_t k)
{
	double sum = 0;

	for (int32_t c = 0; (size_t)c < t->col[0].levels->n; c++)
		for (size_t f = 0; f < k; f++) {
			double all = 0, n = (double)count(t, c, part, f), want;

			for (size_t g = 0; g < k; g++)
				all += (double)count(t, c, part, g);
			want = all / (double)k;
			sum += (n - want) * (n - want) / want;
		}
	return sum;
}

TEST("groups with classes: classes are spread better than by groups alone")
{
	static size_t part[MAX_ROWS];
	struct ml_rng r;
	double with = 0, without = 0;

	ml_rng_init(&r, 6, "test", 0);
	for (int trial = 0; trial < 20; trial++) {
		struct ml_table *t = random_table(&r, 800, 4, 120);
		struct ml_split_plan plan = { .folds = 5,
					      .group = &t->col[1],
					      .seed = (uint64_t)trial };

		/* One class for each group, so that it matters where a group goes. */
		for (size_t i = 0; i < t->rows; i++)
			t->col[0].code[i] = (int32_t)(strlen(t->col[1].text[i]) +
						      (size_t)t->col[1].text[i][6]) %
					    (int32_t)t->col[0].levels->n;
		split(&plan, t->rows, part);
		without += imbalance(t, part, 5);
		plan.stratify = &t->col[0];
		split(&plan, t->rows, part);
		with += imbalance(t, part, 5);
		ml_table_free(t);
	}
	CHECK(with < without / 3);
}

TEST("the same seed gives the same parts, another seed others, levels' order none")
{
	static size_t a[MAX_ROWS], b[MAX_ROWS];
	struct ml_rng r;

	ml_rng_init(&r, 7, "test", 0);
	struct ml_table *t = random_table(&r, 500, 4, 50);
	const struct ml_column *class = &t->col[0], *group = &t->col[1];
	struct ml_split_plan plans[] = { { .folds = 5 },
					 { .test = 0.25 },
					 { .folds = 5, .stratify = class },
					 { .test = 0.25, .stratify = class },
					 { .folds = 5, .group = group },
					 { .test = 0.25, .group = group },
					 { .test = 0.25, .group = group, .stratify = class } };

	for (size_t p = 0; p < sizeof plans / sizeof *plans; p++) {
		size_t differ = 0;

		split(&plans[p], 500, a);
		split(&plans[p], 500, b);
		CHECK(!memcmp(a, b, sizeof *a * 500));
		plans[p].seed = 1;
		split(&plans[p], 500, b);
		for (size_t i = 0; i < 500; i++)
			differ += a[i] != b[i];
		CHECK(differ > 50);
	}
	split(&plans[2], 500, a); /* seed 1, by class */
	int32_t last = (int32_t)t->col[0].levels->n - 1;
	for (size_t i = 0; i < 500; i++)
		t->col[0].code[i] = last - t->col[0].code[i];
	split(&plans[2], 500, b);
	CHECK(!memcmp(a, b, sizeof *a * 500));
	ml_table_free(t);
}

TEST("every row has the same chance to be tested")
{
	enum { N = 50, TRIALS = 2000 };
	static size_t part[N], tested[N];
	struct ml_table *t;
	struct ml_rng r;

	ml_rng_init(&r, 8, "test", 0);
	t = random_table(&r, N, 3, 5);
	for (uint64_t seed = 0; seed < TRIALS; seed++) {
		struct ml_split_plan plan = { .test = 0.2, .seed = seed };

		split(&plan, N, part);
		for (size_t i = 0; i < N; i++)
			tested[i] += part[i];
	}
	/* Binomial, mean 400, sd 17.9: five of them. */
	for (size_t i = 0; i < N; i++)
		NEAR((double)tested[i], 400, 90.0 / 400, "five standard deviations");
	ml_table_free(t);
}

TEST("numbers are stratified by quantile bins, few values by value")
{
	static size_t part[MAX_ROWS];
	struct ml_rng r;
	double mean[5] = { 0 }, all = 0;

	ml_rng_init(&r, 9, "test", 0);
	struct ml_table *t = random_table(&r, 1000, 15, 5);
	struct ml_split_plan plan = { .folds = 5, .stratify = &t->col[2] };
	for (size_t i = 0; i < 1000; i++) /* skewed */
		t->col[2].num[i] = exp(3 * t->col[2].num[i]);
	split(&plan, 1000, part);
	for (size_t i = 0; i < 1000; i++) {
		mean[part[i]] += t->col[2].num[i] / 200;
		all += t->col[2].num[i] / 1000;
	}
	for (size_t f = 0; f < 5; f++)
		NEAR(mean[f], all, 0.04, "each fifth has 20 rows of each tenth");
	for (size_t i = 0; i < 1000; i++) /* numbers as classes: 15 values and missing ones */
		t->col[2].num[i] = i % 50 ? (double)t->col[0].code[i] : (double)NAN;
	split(&plan, 1000, part);
	for (int c = -1; c < 15; c++) {
		size_t lo = SIZE_MAX, hi = 0;

		for (size_t f = 0; f < 5; f++) {
			size_t n = 0;

			for (size_t i = 0; i < 1000; i++)
				n += part[i] == f &&
				     (c < 0 ? isnan(t->col[2].num[i]) : t->col[2].num[i] == c);
			lo = n < lo ? n : lo;
			hi = n > hi ? n : hi;
		}
		CHECK(hi - lo <= 1);
	}
	ml_table_free(t);
}

/* No row of a later part is earlier than, or at the same time as, one of an earlier part. */
static void check_forward(const double *time, const size_t *part, size_t rows, size_t k)
{
	for (size_t f = 0; f + 1 < k; f++) {
		double last = -INFINITY, first = INFINITY;

		for (size_t i = 0; i < rows; i++) {
			if (part[i] <= f)
				last = fmax(last, time[i]);
			else
				first = fmin(first, time[i]);
		}
		CHECK(last < first);
	}
}

TEST("time: parts follow each other, rows of one time stay together, counts are near")
{
	static size_t part[MAX_ROWS];
	struct ml_rng r;

	ml_rng_init(&r, 10, "test", 0);
	for (int trial = 0; trial < 60; trial++) {
		size_t rows = 50 + (size_t)ml_rng_below(&r, 500),
		       k = 2 + (size_t)ml_rng_below(&r, 6);
		struct ml_table *t = random_table(&r, rows, 3, 5);
		struct ml_split_plan plan = { .folds = trial % 2 ? k : 0,
					      .test = 0.3,
					      .time = &t->col[3] };

		if (trial % 3 == 0) /* few times, so that ties matter */
			for (size_t i = 0; i < rows; i++)
				t->col[3].num[i] = floor(t->col[3].num[i] / (double)rows * 8);
		split(&plan, rows, part);
		check_forward(t->col[3].num, part, rows, plan.folds ? k : 2);
		for (size_t f = 0; f < (plan.folds ? k : 2); f++)
			CHECK(count(t, -1, part, f) > 0);
		if (trial % 3 && !plan.folds)
			NEAR((double)count(t, -1, part, 1), 0.3 * (double)rows, 0.05,
			     "at most some equal times at the edge");
		ml_table_free(t);
	}
}

TEST("time: every part has a time when there are as many, texts go bytewise, levels by value")
{
	struct ml_table t = { .rows = 9 };
	size_t part[9];
	static const char *const dates[] = { "2024-03-01", "2023-12-31", "2024-03-01",
					     "2024-01-15", "2024-03-01", "2024-03-01",
					     "2024-03-01", "2024-03-01", "2024-03-01" };
	static const size_t want[] = { 2, 0, 2, 1, 2, 2, 2, 2, 2 };
	struct ml_split_plan plan = { .folds = 3 };
	int32_t code;

	CHECK(!ml_table_insert(&t, 0, "date", ML_STRING, &err));
	CHECK(!ml_table_insert(&t, 1, "year", ML_CATEGORY, &err));
	for (size_t i = 0; i < 9; i++) {
		t.col[0].text[i] = dates[i];
		CHECK(!ml_levels_add(t.col[1].levels,
				     i == 1   ? "9"
				     : i == 3 ? "10"
					      : "100",
				     i == 1   ? 1
				     : i == 3 ? 2
					      : 3,
				     &code, &err));
		t.col[1].code[i] = code;
	}
	for (size_t j = 0; j < 2; j++) {
		plan.time = &t.col[j];
		split(&plan, 9, part);
		CHECK(!memcmp(part, want, sizeof want));
	}
	t.col[0].text[4] = NULL;
	plan.time = &t.col[0];
	CHECK(ml_split_rows(&plan, 9, &run, part, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-MISSING");
	ml_table_release(&t);
}

static void refused(const struct ml_split_plan *plan, size_t rows, int code, const char *tag)
{
	static size_t part[MAX_ROWS];

	CHECK(ml_split_rows(plan, rows, NULL, part, &err) == code);
	SAME_TEXT(err.tag, tag);
}

TEST("what cannot be split is said")
{
	struct ml_rng r;

	ml_rng_init(&r, 11, "test", 0);
	struct ml_table *t = random_table(&r, 100, 3, 3);
	const struct ml_column *group = &t->col[1], *time = &t->col[3], *class = &t->col[0];
	static const double bad[] = { 0, -0.5, 1.5, (double)NAN };

	for (size_t i = 0; i < 4; i++)
		refused(&(struct ml_split_plan){ .test = bad[i] }, 100, ML_EUSAGE, "E-USAGE");
	refused(&(struct ml_split_plan){ .test = 0.5 }, 1, ML_EDATA, "E-TOOFEW");
	refused(&(struct ml_split_plan){ .test = 0.5 }, 0, ML_EDATA, "E-TOOFEW");
	refused(&(struct ml_split_plan){ .test = 100 }, 100, ML_EDATA, "E-TOOFEW");
	refused(&(struct ml_split_plan){ .folds = 1 }, 100, ML_EUSAGE, "E-USAGE");
	refused(&(struct ml_split_plan){ .folds = 101 }, 100, ML_EDATA, "E-TOOFEW");
	refused(&(struct ml_split_plan){ .folds = 4, .group = group }, 100, ML_EDATA,
		"E-TOOFEW");
	refused(&(struct ml_split_plan){ .folds = 3, .time = time, .group = group }, 100,
		ML_EUSAGE, "E-USAGE");
	refused(&(struct ml_split_plan){ .folds = 3, .time = time, .stratify = class }, 100,
		ML_EUSAGE, "E-USAGE");
	for (size_t i = 0; i < 100; i++)
		t->col[3].num[i] = 2.385;
	refused(&(struct ml_split_plan){ .folds = 2, .time = time }, 100, ML_EDATA, "E-TOOFEW");
	t->col[1].text[16] = NULL;
	refused(&(struct ml_split_plan){ .folds = 2, .group = group }, 100, ML_EDATA,
		"E-MISSING");
	CHECK(strstr(err.msg, "row 17"));
	ml_table_free(t);
}

TEST("a class that cannot be in every part is warned of once")
{
	static size_t part[MAX_ROWS];
	struct ml_rng r;

	ml_rng_init(&r, 12, "test", 0);
	struct ml_table *t = random_table(&r, 100, 2, 3);
	struct ml_split_plan plan = { .folds = 5, .stratify = &t->col[0] };
	int32_t code;
	*warned = '\0';
	split(&plan, 100, part);
	SAME_TEXT(warned, "");
	CHECK(!ml_levels_add(t->col[0].levels, "rare\n", 5, &code, &err));
	t->col[0].code[3] = t->col[0].code[5] = code;
	split(&plan, 100, part);
	CHECK(!strncmp(warned, "W-RARE class: 1 of 3 classes", 28) &&
	      strstr(warned, "'rare\\n' with 2"));
	*warned = '\0';
	plan = (struct ml_split_plan){ .folds = 5, .stratify = &t->col[2] };
	split(&plan, 100, part);
	SAME_TEXT(warned, "");
	ml_table_free(t);
}

TEST("a million rows are split at once")
{
	enum { N = 1000000 };
	size_t *part = ml_alloc(N, sizeof *part, &err), in = 0;
	struct ml_split_plan plan = { .test = 0.25 };

	split(&plan, N, part);
	for (size_t i = 0; i < N; i++)
		in += part[i];
	CHECK(in == N / 4);
	free(part);
}

TEST("hashed keys: stable, even, by seed and key only")
{
	size_t below[10] = { 0 };

	/* printf '\0\0\0\0\0\0\0\0key' | sha256sum, the first 53 bits. */
	CHECK(ml_split_hash(0, "key", 3) ==
	      (double)(UINT64_C(0x733a4d5f0f701b95) >> 11) * 0x1p-53);
	CHECK(ml_split_hash(0, "key", 3) != ml_split_hash(1, "key", 3));
	for (int i = 0; i < 20000; i++) {
		char key[16];
		double u = ml_split_hash(7, key, (size_t)snprintf(key, sizeof key, "%d", i));

		CHECK(u >= 0 && u < 1);
		below[(size_t)(u * 10)]++;
	}
	/* Binomial, mean 2000, sd 42: five of them. */
	for (int i = 0; i < 10; i++)
		NEAR((double)below[i], 2000, 210.0 / 2000, "five standard deviations");
}

int main(void)
{
	return ml_tests_run();
}
