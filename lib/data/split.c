/* split.c - which part each row belongs to.
 *
 * The rows of each stratum are shuffled by a stream of their own, (seed, "split", stratum), and
 * dealt to the folds in turn, from stratum to stratum without a break; so the counts of a
 * stratum, and those of all rows, differ by at most one between folds.  A holdout takes
 * the first of each shuffled stratum: its share of the test rows, rounded by the largest
 * remainders (Hamilton's method) so that the sum is exact. */
#include "data/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "data/dealing.h"
#include "data/forward.h"
#include "data/strata.h"

enum { BINS = 10 }; /* of a number column to stratify by */

static const char *value_text(const struct ml_column *c, size_t row, char number[ML_NUMBER_MAX])
{
	if (c->kind == ML_CATEGORY)
		return c->levels->name[c->code[row]];
	if (c->kind == ML_STRING)
		return c->text[row];
	ml_number_print(c->num[row], number);
	return number;
}

/* Warns of classes that cannot be in every part: one line, however many they are. */
static void warn_rare(const struct ml_split_plan *plan, const struct ml_strata *s,
		      const struct ml_run *run)
{
	size_t need = plan->folds ? plan->folds : 2, rare = 0, example = 0;
	char number[ML_NUMBER_MAX];

	for (size_t c = 0; c < s->n; c++)
		if (c != s->missing && s->size[c] < need && !rare++)
			example = c;
	if (!rare || s->binned || !plan->stratify || !run || !run->warn)
		return;
	const char *value = value_text(plan->stratify, s->first[example], number);
	run->warn(run->user, "W-RARE", SIZE_MAX,
		  "%s: %zu of %zu classes have fewer rows than there are parts (%zu), the "
		  "first is '%s' "
		  "with %zu",
		  ML_SHOW(plan->stratify->name, strlen(plan->stratify->name)), rare, s->n, need,
		  ML_SHOW(value, strlen(value)), s->size[example]);
}

/* The number of test rows; 1..rows-1. */
static int test_rows(const struct ml_split_plan *plan, size_t rows, size_t *n,
		     struct ml_error *err)
{
	double test = plan->test;

	if (!(test > 0) || (test >= 1 && test != floor(test)))
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"the test part is a share between 0 and 1 or a whole number of rows, "
			"not %g",
			test);
	if (rows < 2 || (test >= 1 && test >= (double)rows))
		return ml_fail(err, ML_EDATA, "E-TOOFEW",
			       "%zu rows are too few for a test part of %g", rows, test);
	double want = test < 1 ? floor(test * (double)rows + 0.5) : test;
	*n = want < 1 ? 1 : (size_t)want;
	if (*n > rows - 1)
		*n = rows - 1;
	return ML_OK;
}

struct quota {
	double share;
	size_t n, hi, stratum; /* test rows of the stratum, and the most it may have */
};

static int by_remainder(const void *va, const void *vb)
{
	const struct quota *a = va, *b = vb;
	double ra = a->share - (double)a->n, rb = b->share - (double)b->n;

	if (ra != rb)
		return ra > rb ? -1 : 1;
	return (a->stratum > b->stratum) - (a->stratum < b->stratum);
}

/* Bounds: a row on each side when there are two, unless no sum of `test` is left then. */
struct bounds {
	bool one_in, one_out;
};

static struct bounds bounds_of(const struct ml_strata *s, size_t test)
{
	size_t lo = 0, hi = 0;

	for (size_t c = 0; c < s->n; c++) {
		lo += s->size[c] > 1;
		hi += s->size[c] - (s->size[c] > 1);
	}
	return (struct bounds){ lo <= test, hi >= test };
}

/* Shares at the rate `rate`, within the bounds; their sum. */
static double share_out(struct quota *q, const struct ml_strata *s, struct bounds b,
			double rate)
{
	double sum = 0;

	for (size_t c = 0; c < s->n; c++) {
		double lo = s->size[c] > 1 && b.one_in, share = rate * (double)s->size[c];

		q[c].hi = s->size[c] - (s->size[c] > 1 && b.one_out);
		q[c].share = fmax(lo, fmin(share, (double)q[c].hi));
		q[c].stratum = c;
		sum += q[c].share;
	}
	return sum;
}

/* Shares that sum to `test` within the bounds (the rate is found by bisection; it is test /
 * rows when no bound matters), then whole numbers by the largest remainders. */
static void round_quotas(struct quota *q, const struct ml_strata *s, size_t rows, size_t test)
{
	struct bounds b = bounds_of(s, test);
	double lo = 0, hi = 1, rate = (double)test / (double)rows;
	size_t sum = 0;

	for (double sum_of = share_out(q, s, b, rate); fabs(sum_of - (double)test) > 1e-6;
	     sum_of = share_out(q, s, b, rate)) {
		*(sum_of > (double)test ? &hi : &lo) = rate;
		if (!((lo + hi) / 2 > lo && (lo + hi) / 2 < hi))
			break;
		rate = (lo + hi) / 2;
	}
	for (size_t c = 0; c < s->n; c++)
		sum += q[c].n = (size_t)q[c].share;
	qsort(q, s->n, sizeof *q, by_remainder);
	while (sum < test) /* one round, but for rounding errors */
		for (size_t k = 0; k < s->n && sum < test; k++)
			if (q[k].n < q[k].hi) {
				q[k].n++;
				sum++;
			}
}

/* Test rows of each stratum. */
static int make_quotas(const struct ml_strata *s, size_t rows, size_t test, size_t *quota,
		       struct ml_error *err)
{
	struct quota *q = ml_alloc(s->n, sizeof *q, err);

	if (!q)
		return err->code;
	round_quotas(q, s, rows, test);
	for (size_t k = 0; k < s->n; k++)
		quota[q[k].stratum] = q[k].n;
	free(q);
	return ML_OK;
}

/* Rows one by one.  test 0: folds. */
static int split_single(const struct ml_split_plan *plan, const struct ml_strata *s,
			size_t rows, size_t test, size_t *part, struct ml_error *err)
{
	size_t *row = NULL, *from = NULL, *quota = NULL, fold = 0;
	int rc = ml_strata_rows(s, rows, &row, &from, err);

	if (!rc && !(quota = ml_alloc(s->n, sizeof *quota, err)))
		rc = err->code;
	if (!rc && test)
		rc = make_quotas(s, rows, test, quota, err);
	for (size_t c = 0; !rc && c < s->n; c++) {
		struct ml_rng rng;

		ml_rng_init(&rng, plan->seed, "split", c);
		ml_rng_shuffle(&rng, row + from[c], s->size[c]);
		for (size_t k = 0; k < s->size[c]; k++)
			part[row[from[c] + k]] = test ? k < quota[c] : fold++ % plan->folds;
	}
	free(quota);
	free(from);
	free(row);
	return rc;
}

/* Whole groups.  test 0: folds. */
static int split_groups(const struct ml_split_plan *plan, const struct ml_strata *classes,
			size_t rows, size_t test, size_t *part, struct ml_error *err)
{
	const char *name = plan->group->name;
	size_t parts = test ? 2 : plan->folds, *part_of = NULL;
	struct ml_strata groups;
	struct ml_rng rng;
	int rc = ml_strata_init(&groups, plan->group, rows, 0, err);

	if (rc)
		return rc;
	if (groups.missing != SIZE_MAX)
		rc = ml_fail(err, ML_EDATA, "E-MISSING",
			     "%s: %zu rows have no group, the first is row %zu",
			     ML_SHOW(name, strlen(name)), groups.size[groups.missing],
			     groups.first[groups.missing] + 1);
	else if (groups.n < parts)
		rc = ml_fail(err, ML_EDATA, "E-TOOFEW",
			     "%s: %zu groups are too few for %zu parts",
			     ML_SHOW(name, strlen(name)), groups.n, parts);
	double *share = rc ? NULL : ml_alloc(parts, sizeof *share, err);
	if (!rc && !(share && (part_of = ml_alloc(groups.n, sizeof *part_of, err))))
		rc = err->code;
	for (size_t f = 0; !rc && f < parts; f++) {
		double of_test = (double)test / (double)rows;

		share[f] = !test ? 1 / (double)parts : f ? of_test : 1 - of_test;
	}
	ml_rng_init(&rng, plan->seed, "split", 0);
	if (!rc)
		rc = ml_deal_groups(&groups, plan->stratify ? classes : NULL, rows, share,
				    parts, &rng, part_of, err);
	for (size_t i = 0; !rc && i < rows; i++)
		part[i] = part_of[groups.of[i]];
	free(part_of);
	free(share);
	ml_strata_release(&groups);
	return rc;
}

static int split_time(const struct ml_split_plan *plan, size_t rows, size_t test, size_t *part,
		      struct ml_error *err)
{
	size_t parts = test ? 2 : plan->folds;
	size_t *edge = ml_alloc(parts, sizeof *edge, err);
	int rc = edge ? ML_OK : err->code;

	if (!rc)
		edge[parts - 1] = SIZE_MAX;
	for (size_t j = 1; !rc && j < parts; j++)
		edge[j - 1] =
			test ? rows - test : (size_t)((double)rows / (double)parts * (double)j);
	if (!rc)
		rc = ml_split_forward(plan->time, rows, edge, parts, part, err);
	free(edge);
	return rc;
}

static int check_plan(const struct ml_split_plan *plan, size_t rows, size_t *test,
		      struct ml_error *err)
{
	*test = 0;
	if (plan->time && (plan->group || plan->stratify))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "a split by time cannot keep groups or strata as well");
	if (!plan->folds)
		return test_rows(plan, rows, test, err);
	if (plan->folds < 2)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "%zu folds: there are at least two",
			       plan->folds);
	if (rows < plan->folds)
		return ml_fail(err, ML_EDATA, "E-TOOFEW", "%zu rows are too few for %zu folds",
			       rows, plan->folds);
	return ML_OK;
}

int ml_split_rows(const struct ml_split_plan *plan, size_t rows, const struct ml_run *run,
		  size_t *part, struct ml_error *err)
{
	struct ml_strata classes;
	size_t test;
	int rc = check_plan(plan, rows, &test, err);

	if (rc)
		return rc;
	if (plan->time)
		return split_time(plan, rows, test, part, err);
	if ((rc = ml_strata_init(&classes, plan->stratify, rows, BINS, err)))
		return rc;
	warn_rare(plan, &classes, run);
	if (plan->group)
		rc = split_groups(plan, &classes, rows, test, part, err);
	else
		rc = split_single(plan, &classes, rows, test, part, err);
	ml_strata_release(&classes);
	return rc;
}

double ml_split_hash(uint64_t seed, const char *key, size_t n)
{
	unsigned char name[8], digest[ML_DIGEST];
	struct ml_sha sha;
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		name[i] = (unsigned char)(seed >> 8 * i);
	ml_sha_init(&sha);
	ml_sha_add(&sha, name, sizeof name);
	ml_sha_add(&sha, key, n);
	ml_sha_end(&sha, digest);
	for (int i = 0; i < 8; i++)
		v = v << 8 | digest[i];
	return (double)(v >> 11) * 0x1p-53;
}
