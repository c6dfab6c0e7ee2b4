/* Matrices of columns: values, order, missing cells, giving pages back. */
#include <math.h>
#include <stdlib.h>

#include "data/matrix.h"
#include "test.h"

static struct ml_error err;

/* rows x cols numbers; column 1, when there, is a category with codes i % 5 - 1. */
static void fill(struct ml_table *t, size_t rows, size_t cols)
{
	*t = (struct ml_table){ .rows = rows };
	for (size_t j = 0; j < cols; j++) {
		char name[32];

		snprintf(name, sizeof name, "c%zu", j);
		CHECK(!ml_table_insert(t, j, name, j == 1 ? ML_CATEGORY : ML_NUMBER, &err));
		for (size_t i = 0; i < rows; i++)
			if (j == 1)
				t->col[j].code[i] = (int32_t)(i % 5) - 1;
			else if ((i + j) % 11)
				t->col[j].num[i] = 2.385 * (double)i + (double)j;
	}
}

static void check(const struct ml_mat *m, const size_t *idx, size_t n)
{
	for (size_t i = 0; i < m->rows; i++)
		for (size_t k = 0; k < n; k++) {
			double got = m->v[i * m->ld + k], want;

			if (idx[k] == 1)
				want = i % 5 ? (double)(i % 5) - 1 : (double)NAN;
			else
				want = (i + idx[k]) % 11 ? 2.385 * (double)i + (double)idx[k]
							 : (double)NAN;
			CHECK(isnan(want) ? isnan(got) : got == want);
		}
}

TEST("columns in the order asked for, codes as numbers, missing as NaN")
{
	struct ml_table t;
	struct ml_mat m;
	size_t idx[] = { 2, 1, 0, 2 };

	fill(&t, 1000, 3);
	CHECK(!ml_matrix_build(&m, &t, idx, 4, false, 2, &err));
	CHECK(m.rows == 1000 && m.cols == 4 && m.ld == 4);
	check(&m, idx, 4);
	free(m.v);
	CHECK(!ml_matrix_build(&m, &t, idx, 4, false, 2, &err)); /* nothing was consumed */
	check(&m, idx, 4);
	free(m.v);
	ml_table_release(&t);
}

TEST("consumed columns give the same matrix, whatever the shape, and can be released")
{
	static const size_t shape[][2] = {
		{ 300000, 3 }, { 1500, 1500 }, { 40, 3000 }, { 1, 2 }
	};

	for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
		size_t rows = shape[s][0], cols = shape[s][1];
		size_t *idx = malloc(cols * sizeof *idx);
		struct ml_table t;
		struct ml_mat m;

		for (size_t j = 0; j < cols; j++)
			idx[j] = cols - 1 - j;
		fill(&t, rows, cols);
		CHECK(!ml_matrix_build(&m, &t, idx, cols, true, 2, &err));
		check(&m, idx, cols);
		for (size_t i = 0; i < rows; i++)
			CHECK(cols < 2 || t.col[1].code[i] == (int32_t)(i % 5) - 1);
		free(m.v);
		free(idx);
		ml_table_release(&t);
	}
}

TEST("no columns, no rows: empty; text: E-TYPE")
{
	struct ml_table t;
	struct ml_mat m;
	size_t idx[] = { 0, 3 };

	fill(&t, 10, 3);
	CHECK(!ml_matrix_build(&m, &t, NULL, 0, true, 2, &err) && m.rows == 10 && m.cols == 0);
	free(m.v);
	CHECK(!ml_table_insert(&t, 3, "words", ML_STRING, &err));
	CHECK(ml_matrix_build(&m, &t, idx, 2, false, 2, &err) == ML_EDATA);
	SAME_TEXT(err.tag, "E-TYPE");
	CHECK(strstr(err.msg, "words"));
	ml_table_release(&t);
	fill(&t, 0, 2);
	CHECK(!ml_matrix_build(&m, &t, idx, 1, true, 2, &err) && m.rows == 0);
	free(m.v);
	ml_table_release(&t);
}

int main(void)
{
	return ml_tests_run();
}
