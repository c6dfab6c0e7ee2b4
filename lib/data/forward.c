/* forward.c - rows cut into stretches of time.
 *
 * A model must not be trained on what happens at or after the time it is tested on, so
 * a cut never lies between rows of one time, though the counts are then not exact. */
#include "data/forward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/strata.h"

struct instant {
	double value; /* a number, or the rank of a level */
	const char *text;
	size_t stratum;
};

static int by_time(const void *va, const void *vb)
{
	const struct instant *a = va, *b = vb;

	return a->text ? strcmp(a->text, b->text)
		       : (a->value > b->value) - (a->value < b->value);
}

static int no_time(const struct ml_column *time, size_t row, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-MISSING", "%s: row %zu has no time",
		       ML_SHOW(time->name, strlen(time->name)), row + 1);
}

/* Rank of each level among all, by value or bytes. */
static int rank_levels(const struct ml_levels *l, double **rank, struct ml_error *err)
{
	size_t *order = ml_alloc(l->n, sizeof *order, err);
	int rc = order ? ml_levels_sort(l, order, err) : err->code;

	*rank = rc ? NULL : ml_alloc(l->n, sizeof **rank, err);
	for (size_t i = 0; *rank && i < l->n; i++)
		(*rank)[order[i]] = (double)i;
	free(order);
	return *rank ? ML_OK : err->code;
}

/* The different times in order; the stratum of each. */
static int sort_times(const struct ml_column *time, const struct ml_strata *s,
		      struct instant *instant, struct ml_error *err)
{
	double *rank = NULL;
	int rc = time->kind == ML_CATEGORY ? rank_levels(time->levels, &rank, err) : ML_OK;

	for (size_t c = 0; !rc && c < s->n; c++) {
		size_t row = s->first[c];

		instant[c].stratum = c;
		if (time->kind == ML_STRING)
			instant[c].text = time->text[row];
		else
			instant[c].value = rank ? rank[time->code[row]] : time->num[row];
	}
	if (!rc)
		qsort(instant, s->n, sizeof *instant, by_time);
	free(rank);
	return rc;
}

/* part_of[c] for the strata in order of time.  Each part has a time at least: it begins at or
 * before the time that leaves one to each part behind it.  edge[parts - 1] is out of reach. */
static void cut(const struct instant *instant, const struct ml_strata *s, const size_t *edge,
		size_t parts, size_t *part_of)
{
	size_t earlier = 0, part = 0, begun = 0; /* begun: times in the part so far */

	for (size_t k = 0; k < s->n; k++) {
		size_t size = s->size[instant[k].stratum], want = edge[part];
		/* The edge is nearer to the place before these rows than to that behind them.
		 */
		bool nearer = earlier + size > want &&
			      (earlier >= want || want - earlier <= earlier + size - want);
		bool needed = s->n - k <= parts - part - 1;

		if (begun && (nearer || needed)) {
			part++;
			begun = 0;
		}
		part_of[instant[k].stratum] = part;
		earlier += size;
		begun++;
	}
}

int ml_split_forward(const struct ml_column *time, size_t rows, const size_t *edge,
		     size_t parts, size_t *part, struct ml_error *err)
{
	struct ml_strata s;
	int rc = ml_strata_init(&s, time, rows, 0, err);

	if (rc)
		return rc;
	if (s.missing != SIZE_MAX)
		rc = no_time(time, s.first[s.missing], err);
	else if (s.n < parts)
		rc = ml_fail(err, ML_EDATA, "E-TOOFEW", "%s: %zu different times for %zu parts",
			     ML_SHOW(time->name, strlen(time->name)), s.n, parts);
	struct instant *instant = rc ? NULL : ml_alloc(s.n, sizeof *instant, err);
	size_t *part_of = instant ? ml_alloc(s.n, sizeof *part_of, err) : NULL;
	if (!rc)
		rc = part_of ? sort_times(time, &s, instant, err) : err->code;
	if (!rc) {
		cut(instant, &s, edge, parts, part_of);
		for (size_t i = 0; i < rows; i++)
			part[i] = part_of[s.of[i]];
	}
	free(part_of);
	free(instant);
	ml_strata_release(&s);
	return rc;
}
