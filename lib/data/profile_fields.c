/* profile_fields.c - a profile as named fields.
 *
 * Kept by kind of fact, not by column, so that 100,000 columns are some arrays and not as many
 * maps: names, kinds, roles, missing over all columns; means, sds, quantiles, whole over the
 * number columns; levels, longest, listed over the others; top, top-rows over all listed
 * levels.  Counts are doubles, which are exact up to 2^53. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/profile.h"

enum { MOST_COLUMNS = 1048576, Q = ML_PROFILE_QUANTILES };
static const double most_rows = 0x1p53;

/* The facts as they are stored; each array over its own columns. */
struct facts {
	size_t columns, numbers, others, tops;
	char **names, **top;
	int32_t *kinds, *roles, *whole, *listed;
	double *missing, *means, *sds, *quantiles, *levels, *longest, *top_rows;
};

static void release(struct facts *f, bool texts)
{
	if (texts) {
		ml_texts_free(f->names, f->columns);
		ml_texts_free(f->top, f->tops);
	} else {
		free(f->names);
		free(f->top);
	}
	free(f->kinds);
	free(f->roles);
	free(f->whole);
	free(f->listed);
	free(f->missing);
	free(f->means);
	free(f->sds);
	free(f->quantiles);
	free(f->levels);
	free(f->longest);
	free(f->top_rows);
}

static bool allocate(struct facts *f)
{
	struct ml_error unused;

	return (f->names = ml_alloc(f->columns, sizeof *f->names, &unused)) &&
	       (f->top = ml_alloc(f->tops, sizeof *f->top, &unused)) &&
	       (f->kinds = ml_alloc(f->columns, sizeof *f->kinds, &unused)) &&
	       (f->roles = ml_alloc(f->columns, sizeof *f->roles, &unused)) &&
	       (f->whole = ml_alloc(f->numbers, sizeof *f->whole, &unused)) &&
	       (f->listed = ml_alloc(f->others, sizeof *f->listed, &unused)) &&
	       (f->missing = ml_alloc(f->columns, sizeof *f->missing, &unused)) &&
	       (f->means = ml_alloc(f->numbers, sizeof *f->means, &unused)) &&
	       (f->sds = ml_alloc(f->numbers, sizeof *f->sds, &unused)) &&
	       (f->quantiles = ml_alloc(f->numbers, Q * sizeof *f->quantiles, &unused)) &&
	       (f->levels = ml_alloc(f->others, sizeof *f->levels, &unused)) &&
	       (f->longest = ml_alloc(f->others, sizeof *f->longest, &unused)) &&
	       (f->top_rows = ml_alloc(f->tops, sizeof *f->top_rows, &unused));
}

/* Facts of one column, the next number or other. */
static void gather(struct facts *f, size_t j, const struct ml_profile_column *c)
{
	f->names[j] = c->name;
	f->kinds[j] = (int32_t)c->kind;
	f->roles[j] = (int32_t)c->role;
	f->missing[j] = (double)c->missing;
	if (c->kind == ML_NUMBER) {
		size_t k = f->numbers++;

		f->means[k] = c->mean;
		f->sds[k] = c->sd;
		f->whole[k] = c->whole;
		memcpy(f->quantiles + k * Q, c->quantile, sizeof c->quantile);
		return;
	}
	size_t k = f->others++;
	f->levels[k] = (double)c->levels;
	f->longest[k] = (double)c->longest;
	f->listed[k] = (int32_t)c->top_n;
	for (size_t i = 0; i < c->top_n; i++) {
		f->top[f->tops] = c->top[i];
		f->top_rows[f->tops++] = (double)c->top_rows[i];
	}
}

void ml_profile_put(const struct ml_profile *p, struct ml_fields *out)
{
	struct facts f = { .columns = p->n };

	for (size_t j = 0; j < p->n; j++) {
		f.numbers += p->col[j].kind == ML_NUMBER;
		f.others += p->col[j].kind != ML_NUMBER;
		f.tops += p->col[j].top_n;
	}
	if (!allocate(&f)) {
		if (out)
			out->failed = true;
		release(&f, false);
		return;
	}
	f.numbers = f.others = f.tops = 0;
	for (size_t j = 0; j < p->n; j++)
		gather(&f, j, &p->col[j]);
	ml_put_size(out, "rows", p->rows);
	ml_put_texts(out, "names", (const char *const *)f.names, f.columns);
	ml_put_ints(out, "kinds", f.kinds, f.columns);
	ml_put_ints(out, "roles", f.roles, f.columns);
	ml_put_reals(out, "missing", f.missing, f.columns);
	ml_put_reals(out, "means", f.means, f.numbers);
	ml_put_reals(out, "sds", f.sds, f.numbers);
	ml_put_reals(out, "quantiles", f.quantiles, f.numbers * Q);
	ml_put_ints(out, "whole", f.whole, f.numbers);
	ml_put_reals(out, "levels", f.levels, f.others);
	ml_put_reals(out, "longest", f.longest, f.others);
	ml_put_ints(out, "listed", f.listed, f.others);
	ml_put_texts(out, "top", (const char *const *)f.top, f.tops);
	ml_put_reals(out, "top-rows", f.top_rows, f.tops);
	release(&f, false);
}

static int wrong(const struct ml_profile_column *c, const char *what, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-MODEL", "profile of column '%s': %s",
		       ML_SHOW(c->name, strlen(c->name)), what);
}

/* *out = v, when it is a count of at most `most`. */
static int count(double v, size_t most, size_t *out, const struct ml_profile_column *c,
		 const char *what, struct ml_error *err)
{
	if (!(v >= 0 && v <= (double)most && v == floor(v)))
		return wrong(c, what, err);
	*out = (size_t)v;
	return ML_OK;
}

static int get_facts(struct facts *f, const struct ml_fields *in, struct ml_error *err)
{
	int rc = ml_get_count(in, "names", MOST_COLUMNS, &f->columns, err);

	if (!rc)
		rc = ml_get_texts(in, "names", &f->names, f->columns, err);
	if (!rc)
		rc = ml_get_ints(in, "kinds", &f->kinds, f->columns, ML_NUMBER, ML_STRING, err);
	if (!rc)
		rc = ml_get_ints(in, "roles", &f->roles, f->columns, ML_FEATURE, ML_IGNORED,
				 err);
	if (!rc)
		rc = ml_get_reals(in, "missing", &f->missing, f->columns, err);
	for (size_t j = 0; !rc && j < f->columns; j++)
		f->numbers += f->kinds[j] == ML_NUMBER;
	f->others = f->columns - f->numbers;
	if (!rc)
		rc = ml_get_reals(in, "means", &f->means, f->numbers, err);
	if (!rc)
		rc = ml_get_reals(in, "sds", &f->sds, f->numbers, err);
	if (!rc)
		rc = ml_get_reals(in, "quantiles", &f->quantiles, f->numbers * Q, err);
	if (!rc)
		rc = ml_get_ints(in, "whole", &f->whole, f->numbers, 0, 1, err);
	if (!rc)
		rc = ml_get_reals(in, "levels", &f->levels, f->others, err);
	if (!rc)
		rc = ml_get_reals(in, "longest", &f->longest, f->others, err);
	if (!rc)
		rc = ml_get_ints(in, "listed", &f->listed, f->others, 0, ML_PROFILE_TOP, err);
	size_t tops = 0;
	for (size_t k = 0; !rc && k < f->others; k++)
		tops += (size_t)f->listed[k];
	if (!rc)
		rc = ml_get_texts(in, "top", &f->top, tops, err);
	f->tops = rc ? 0 : tops;
	return rc ? rc : ml_get_reals(in, "top-rows", &f->top_rows, tops, err);
}

static int take_numbers(struct ml_profile_column *c, const struct facts *f, size_t k,
			struct ml_error *err)
{
	const double *q = f->quantiles + k * Q;

	for (size_t i = 1; i < Q; i++)
		if (q[i] < q[i - 1])
			return wrong(c, "quantiles that do not rise", err);
	if (f->means[k] < q[0] || f->means[k] > q[Q - 1] || f->sds[k] < 0)
		return wrong(c, "a mean outside the values, or a negative deviation", err);
	c->mean = f->means[k];
	c->sd = f->sds[k];
	c->whole = f->whole[k];
	memcpy(c->quantile, q, sizeof c->quantile);
	return ML_OK;
}

/* Levels top[at..] of the column; the texts go over to it. */
static int take_levels(struct ml_profile_column *c, struct facts *f, size_t k, size_t at,
		       size_t present, struct ml_error *err)
{
	size_t n = (size_t)f->listed[k], left = present;
	int rc = count(f->levels[k], present, &c->levels, c, "more levels than rows", err);

	if (!rc)
		rc = count(f->longest[k], (size_t)INT32_MAX, &c->longest, c,
			   "an impossible length", err);
	if (!rc && (n > c->levels || (n && c->kind != ML_CATEGORY)))
		rc = wrong(c, "more frequent levels than levels", err);
	if (rc || !(c->top = ml_alloc(n, sizeof *c->top, err)) ||
	    !(c->top_rows = ml_alloc(n, sizeof *c->top_rows, err)))
		return err->code;
	for (size_t i = 0; !rc && i < n; i++) {
		rc = count(f->top_rows[at + i], left, &c->top_rows[i], c,
			   "levels with more rows than there are", err);
		if (!rc && (!c->top_rows[i] || (i && c->top_rows[i] > c->top_rows[i - 1])))
			rc = wrong(c, "frequent levels that are not in order", err);
		for (size_t other = 0; !rc && other < i; other++)
			if (!strcmp(c->top[other], f->top[at + i]))
				rc = wrong(c, "the same level twice", err);
		if (rc)
			break;
		left -= c->top_rows[i];
		c->top[c->top_n++] = f->top[at + i];
		f->top[at + i] = NULL;
	}
	return rc;
}

static int take_name(struct ml_profile *p, size_t j, struct facts *f, struct ml_error *err)
{
	int32_t code;

	p->col[j].name = f->names[j];
	f->names[j] = NULL;
	int rc = ml_levels_add(p->index, p->col[j].name, strlen(p->col[j].name), &code, err);
	if (!rc && ((size_t)code != j || !*p->col[j].name))
		rc = wrong(&p->col[j], "an empty name, or one that was there before", err);
	return rc;
}

static int take_columns(struct ml_profile *p, struct facts *f, struct ml_error *err)
{
	size_t number = 0, other = 0, top = 0;
	int rc = ML_OK;

	for (size_t j = 0; !rc && j < f->columns; j++) {
		struct ml_profile_column *c = &p->col[p->n++];

		c->kind = (enum ml_kind)f->kinds[j];
		c->role = (enum ml_role)f->roles[j];
		rc = take_name(p, j, f, err);
		if (!rc)
			rc = count(f->missing[j], p->rows, &c->missing, c,
				   "more missing values than rows", err);
		if (!rc && c->kind == ML_NUMBER) {
			rc = take_numbers(c, f, number++, err);
		} else if (!rc) {
			rc = take_levels(c, f, other, top, p->rows - c->missing, err);
			top += (size_t)f->listed[other++];
		}
	}
	return rc;
}

int ml_profile_get(struct ml_profile *p, const struct ml_fields *in, struct ml_error *err)
{
	struct facts f = { 0 };
	int rc = get_facts(&f, in, err);

	*p = (struct ml_profile){ 0 };
	if (!rc)
		rc = ml_get_size(in, "rows", (size_t)most_rows, &p->rows, err);
	if (!rc && !((p->col = ml_alloc(f.columns, sizeof *p->col, err)) &&
		     (p->index = ml_levels_new(err))))
		rc = err->code;
	if (!rc)
		rc = take_columns(p, &f, err);
	release(&f, true);
	if (rc)
		ml_profile_release(p);
	return rc;
}
