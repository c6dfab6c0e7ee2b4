/* scoring_clusters.c - clusters as metrics read them: codes, true classes where there are some,
 * and the columns that the rows lie near each other by. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "core/scoring_parts.h"
#include "data/columns.h"
#include "data/matrix.h"

#define SHOW(s) ML_SHOW((s), strlen(s))

/* ---- codes ---- */

static int note_used(bool **used, const int32_t *code, size_t rows, size_t k,
		     struct ml_error *err)
{
	if (!(*used = ml_alloc(k, sizeof **used, err)))
		return err->code;
	for (size_t i = 0; i < rows; i++)
		(*used)[code[i]] = true;
	return ML_OK;
}

static int bind_codes(struct ml_scoring *s, const struct ml_bound *b, struct ml_error *err)
{
	struct ml_labels *l = &s->labels;
	size_t rows = b->table->rows;
	int rc = ML_OK;

	l->numeric = b->pred->kind == ML_NUMBER && (!b->truth || b->truth->kind == ML_NUMBER);
	if (b->truth)
		rc = ml_scoring_code(s, b, b->truth, "the truth is missing", &s->y, err);
	if (!rc)
		rc = ml_scoring_code(s, b, b->pred, "the cluster is missing", &s->pred, err);
	if (!rc)
		rc = ml_labels_sort(l, err);
	if (rc)
		return rc;
	if (s->y)
		ml_labels_rank(l, s->y, rows);
	ml_labels_rank(l, s->pred, rows);
	if ((s->y && note_used(&s->is_truth, s->y, rows, l->n, err)) ||
	    note_used(&s->is_pred, s->pred, rows, l->n, err))
		return err->code;
	size_t noise = ml_labels_find(l, "noise");
	s->rows.classes = l->n;
	s->rows.noise = noise == SIZE_MAX ? -1 : (int32_t)noise;
	s->rows.y = s->y;
	s->rows.pred = s->pred;
	return ML_OK;
}

/* ---- features ---- */

/* A number column that ml-predict has not made. */
static bool is_usual(const struct ml_bound *b, const struct ml_column *c)
{
	const char *prefix = b->plan->prefix;
	size_t len = strlen(prefix);
	bool ours = !strncmp(c->name, prefix, len);
	const char *rest = c->name + (ours ? len : 0);

	if (c->kind != ML_NUMBER || c->role != ML_FEATURE || c == b->pred || c == b->truth)
		return false;
	return !(ours && (!strncmp(rest, "dist:", 5) || !strncmp(rest, "prob:", 5) ||
			  !strcmp(rest, "score")));
}

static int pick_features(const struct ml_bound *b, size_t **idx, size_t *n,
			 struct ml_error *err)
{
	const struct ml_table *t = b->table;

	*n = 0;
	if (b->plan->features)
		return ml_table_pick(t, b->plan->features, idx, n, err);
	if (!(*idx = ml_alloc(t->ncol, sizeof **idx, err)))
		return err->code;
	for (size_t j = 0; j < t->ncol; j++)
		if (is_usual(b, &t->col[j]))
			(*idx)[(*n)++] = j;
	return ML_OK;
}

/* Chosen by us, columns with holes are passed over; chosen by the user they are an error. */
static int check_features(const struct ml_bound *b, size_t *idx, size_t *n,
			  struct ml_error *err)
{
	size_t whole = 0;

	for (size_t k = 0; k < *n; k++) {
		const struct ml_column *c = &b->table->col[idx[k]];

		if (!b->plan->features && ml_column_count_missing(c, b->table->rows))
			continue;
		if (b->plan->features &&
		    ml_scoring_check_numbers(b, c, "a feature is missing", err))
			return err->code;
		idx[whole++] = idx[k];
	}
	*n = whole;
	return ML_OK;
}

static int bind_features(struct ml_scoring *s, const struct ml_bound *b,
			 const struct ml_run *run, struct ml_error *err)
{
	size_t *idx = NULL, n = 0;
	int rc = pick_features(b, &idx, &n, err);

	if (!rc)
		rc = check_features(b, idx, &n, err);
	if (!rc && n) {
		/* It is not consumed, so that the table stays as it is. */
		rc = ml_matrix_build(&s->rows.x, (struct ml_table *)b->table, idx, n, false,
				     run->threads, err);
		s->x = s->rows.x.v;
	}
	free(idx);
	return rc;
}

/* ---- a sample ---- */

int ml_scoring_sample(struct ml_scoring *s, struct ml_error *err)
{
	size_t n = s->rows.n, most = s->most_pairs;
	struct ml_rng rng;

	if (!most || n <= most || !s->rows.x.v)
		return ML_OK;
	if (!(s->sample = ml_alloc(most, sizeof *s->sample, err)))
		return err->code;
	/* Row i is taken with the chance of those still wanted among those to come. */
	ml_rng_init(&rng, s->seed, "rows for pairs", 0);
	size_t m = 0;
	for (size_t i = 0; m < most; i++)
		if (ml_rng_below(&rng, n - i) < most - m)
			s->sample[m++] = i;
	s->rows.sample = s->sample;
	s->rows.sampled = most;
	return ML_OK;
}

int ml_scoring_clusters(struct ml_scoring *s, const struct ml_bound *b,
			const struct ml_run *run, struct ml_error *err)
{
	s->rows.noise = -1;
	s->rows.threads = run->threads;
	s->seed = run->seed;
	s->most_pairs = b->plan->most_pairs;
	if (!b->pred)
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "no column '%spred': name the clusters with --pred",
			       SHOW(b->plan->prefix));
	int rc = bind_codes(s, b, err);
	if (!rc)
		rc = bind_features(s, b, run, err);
	if (!rc && !s->y && !s->x)
		rc = ml_fail(err, ML_EDATA, "E-COLUMNS",
			     "clusters are judged by true classes (-y COLUMN) or by number "
			     "columns (--features), and there are none");
	return rc ? rc : ml_scoring_sample(s, err);
}
