/* compare_parts.h - between the files of core/compare. */
#ifndef ML_CORE_COMPARE_PARTS_H
#define ML_CORE_COMPARE_PARTS_H

#include "core/compare.h"
#include "core/resampled.h"
#include "core/cohorts.h"
#include "metrics/contrast.h"

/* What tests look at. */
struct ml_bout {
	const struct ml_pairs *pairs;
	const struct ml_eval_plan *plan;
	struct ml_measures measures;
	struct ml_resampled resampled;
	struct ml_cohorts cohorts; /* repeats, folds */
	double *fold;              /* models x measures x cohorts.n; NULL: no folds */
	double ratio;              /* rows held out / trained on */
	unsigned has;              /* of ml_test_wants */
};

enum ml_test_wants {
	ML_TEST_ROWS = 1,     /* rows that are independent: no repeats */
	ML_TEST_PLAIN = 2,    /* and neither weighted nor grouped */
	ML_TEST_CLASSES = 4,  /* predicted classes */
	ML_TEST_SCORES = 8,   /* scores of two classes */
	ML_TEST_NUMBERS = 16, /* errors */
	ML_TEST_TIME = 32,    /* in the order of a column of that role */
	ML_TEST_FOLDS = 64,   /* two and more */
	ML_TEST_5X2 = 128,    /* five repeats of two folds */
};

struct ml_result {
	struct ml_contrast c;
	const char *how; /* the test in words; NULL: was not done */
	size_t n;        /* rows or folds */
	double holm;
};

struct ml_test {
	const char *name;
	const char *metrics[4]; /* which it is about, NULL-ended; none: any */
	unsigned wants;
	/* Measure m of model k against the first. */
	int (*run)(const struct ml_bout *b, size_t k, size_t m, struct ml_result *out,
		   struct ml_error *err);
};
extern const struct ml_test ml_tests[]; /* ended by .name NULL */
enum { ML_TESTS = 10 };

#endif
