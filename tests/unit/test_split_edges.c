/* test_split_edges.c - splits where shares cannot be kept: classes of a row or two, as many
 * groups as parts, parts of nearly nothing. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "data/split.h"
#include "test.h"

static struct ml_error err;
static char warned[512];

static void keep_warning(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	va_list ap;

	(void)user, (void)tag, (void)column;
	va_start(ap, fmt);
	vsnprintf(warned, sizeof warned, fmt, ap);
	va_end(ap);
}

static void split(const struct ml_split_plan *plan, size_t rows, size_t *part)
{
	const struct ml_run run = { .threads = 1, .warn = keep_warning };

	CHECK(!ml_split_rows(plan, rows, &run, part, &err));
	for (size_t i = 0; i < rows; i++)
		CHECK(part[i] < (plan->folds ? plan->folds : 2));
}

TEST("rare classes are named by their value, whatever the kind; nobody need listen")
{
	static size_t part[40];
	struct ml_table t = { .rows = 40 };
	const struct ml_run deaf = { .threads = 1 };

	CHECK(!ml_table_insert(&t, 0, "n", ML_NUMBER, &err));
	CHECK(!ml_table_insert(&t, 1, "s", ML_STRING, &err));
	for (size_t i = 0; i < 40; i++) {
		t.col[0].num[i] = i == 17 ? 2.385 : i % 2 ? 1 : (double)NAN;
		t.col[1].text[i] = i == 17 ? "once" : i % 2 ? "often" : NULL;
	}
	for (size_t j = 0; j < 2; j++) {
		struct ml_split_plan plan = { .folds = 4, .stratify = &t.col[j] };

		*warned = '\0';
		split(&plan, 40, part);
		CHECK(strstr(warned, j ? "'once' with 1" : "'2.385' with 1"));
		CHECK(!ml_split_rows(&plan, 40, &deaf, part, &err));
	}
	ml_table_release(&t);
}

TEST("as many groups as parts: each part gets one, however uneven they are")
{
	static size_t part[64];
	char names[8] = "abcdefgh", text[8][2];
	struct ml_table t = { .rows = 64 };

	CHECK(!ml_table_insert(&t, 0, "g", ML_STRING, &err));
	for (size_t k = 2; k <= 6; k++) {
		bool seen[8] = { false };
		/* Sizes 32, 16, 8, ...: the rest is of the last one. */
		for (size_t i = 0, g = 0; i < 64; i++) {
			g += g + 1 < k && i == 64 - (64u >> (g + 1));
			text[g][0] = names[g];
			text[g][1] = '\0';
			t.col[0].text[i] = text[g];
		}
		split(&(struct ml_split_plan){ .folds = k, .group = &t.col[0], .seed = k }, 64,
		      part);
		for (size_t i = 0; i < 64; i++)
			seen[part[i]] = true;
		for (size_t f = 0; f < k; f++)
			CHECK(seen[f]);
		if (k > 2)
			continue;
		split(&(struct ml_split_plan){ .test = 0.05, .group = &t.col[0] }, 64, part);
		CHECK(part[0] != part[63]);
	}
	ml_table_release(&t);
}

TEST("a test part is never empty nor everything, and small classes have a row on each side")
{
	static size_t part[1000];
	struct ml_table t = { .rows = 1000 };
	char name[16];

	split(&(struct ml_split_plan){ .test = 0.001 }, 10, part);
	CHECK(part[0] + part[1] + part[2] + part[3] + part[4] + part[5] + part[6] + part[7] +
		      part[8] + part[9] ==
	      1);
	split(&(struct ml_split_plan){ .test = 0.999 }, 2, part);
	CHECK(part[0] + part[1] == 1);
	/* A hundred classes of two rows, one of 800: their shares alone would leave the small
	 * ones whole on one side. */
	CHECK(!ml_table_insert(&t, 0, "class", ML_CATEGORY, &err));
	for (size_t i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "c%zu", i < 200 ? i / 2 : 100);
		if (i < 990) /* the last ones have no class, which is a class */
			CHECK(!ml_levels_add(t.col[0].levels, name, strlen(name),
					     &t.col[0].code[i], &err));
	}
	for (int big = 0; big < 2; big++) {
		size_t in = 0;

		split(&(struct ml_split_plan){ .test = big ? 0.85 : 0.15,
					       .stratify = &t.col[0] },
		      1000, part);
		for (size_t i = 0; i < 1000; i++)
			in += part[i];
		CHECK(in == (big ? 850 : 150));
		for (size_t i = 0; i < 200; i += 2)
			CHECK(part[i] + part[i + 1] == 1);
	}
	ml_table_release(&t);
}

int main(void)
{
	return ml_tests_run();
}
