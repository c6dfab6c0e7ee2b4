/* watch.c - rows to be predicted against the rows of training. */
#include "core/watch.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/profile.h"
#include "data/sketch.h"

enum { LEAST = 3 }; /* values outside that are worth a warning */

/* A number column and how often it was met outside the training range. */
struct range {
	char *name;
	double lo, hi;
	uint64_t seen, outside;
};

struct ml_watch {
	struct range *range; /* one a source column; name NULL: not a number, or not known */
	size_t n;
	bool sketching; /* every column of the sketch is among the source columns */
	struct ml_sketch sketch;
	struct ml_sketch_match match;
};

static int set_ranges(struct ml_watch *w, const struct ml_fields *f,
		      const struct ml_slot *slots, struct ml_error *err)
{
	struct ml_profile profile = { 0 };

	int rc = ml_profile_get(&profile, f, err);
	for (size_t k = 0; !rc && k < w->n; k++) {
		const struct ml_profile_column *c = ml_profile_find(&profile, slots[k].name);
		if (!c || c->kind != ML_NUMBER || slots[k].kind != ML_NUMBER ||
		    c->missing == profile.rows)
			continue;
		w->range[k] = (struct range){ ml_strdup(slots[k].name, err), c->quantile[0],
					      c->quantile[ML_PROFILE_QUANTILES - 1], 0, 0 };
		if (!w->range[k].name)
			rc = err->code;
	}
	ml_profile_release(&profile);
	return rc;
}

static int set_sketch(struct ml_watch *w, const struct ml_fields *f,
		      const struct ml_slot *slots, struct ml_error *err)
{
	if (ml_sketch_get(&w->sketch, f, err))
		return err->code;
	w->sketching = true;
	for (size_t i = 0; i < w->sketch.columns; i++) {
		bool there = false;
		for (size_t k = 0; !there && k < w->n; k++)
			there = !strcmp(slots[k].name, w->sketch.name[i]) &&
				slots[k].kind == w->sketch.kind[i];
		w->sketching &= there;
	}
	return ML_OK;
}

int ml_watch_new(struct ml_watch **out, const struct ml_pipeline *model,
		 const struct ml_slot *slots, size_t n, struct ml_error *err)
{
	const struct ml_fields *profile = ml_pipeline_extra(model, "x-profile");
	const struct ml_fields *sketch = ml_pipeline_extra(model, "x-sketch");
	const struct ml_step *s = ml_pipeline_model(model);

	*out = NULL;
	/* Rows of which no target was learned are asked about as a matter of course. */
	if (s && !s->outcome.target)
		sketch = NULL;
	if (!profile)
		return ML_OK;
	struct ml_watch *w = *out = ml_alloc(1, sizeof *w, err);
	if (!w || !(w->range = ml_alloc(n, sizeof *w->range, err)))
		return err->code;
	w->n = n;
	int rc = set_ranges(w, profile, slots, err);
	if (!rc && sketch)
		rc = set_sketch(w, sketch, slots, err);
	return rc;
}

int ml_watch_see(struct ml_watch *w, const struct ml_table *t, struct ml_error *err)
{
	for (size_t k = 0; k < w->n; k++) {
		struct range *r = &w->range[k];
		for (size_t i = 0; r->name && i < t->rows; i++) {
			double v = t->col[k].num[i];
			r->seen += isnan(v) ? 0 : 1;
			r->outside += v < r->lo || v > r->hi ? 1 : 0;
		}
	}
	return w->sketching ? ml_sketch_ask(&w->sketch, t, &w->match, err) : ML_OK;
}

void ml_watch_warn(const struct ml_watch *w, const struct ml_run *run)
{
	if (!run->warn)
		return;
	for (size_t k = 0; k < w->n; k++) {
		const struct range *r = &w->range[k];
		/* One or two rows may lie outside by chance: a range is that of a sample. */
		if (!r->name || r->outside < LEAST || 2 * r->outside <= r->seen)
			continue;
		run->warn(run->user, "W-RANGE", SIZE_MAX,
			  "column '%s': %" PRIu64 " of %" PRIu64
			  " values are outside the training range %g..%g; was a preparation "
			  "step left out?",
			  ML_SHOW(r->name, strlen(r->name)), r->outside, r->seen, r->lo, r->hi);
	}
	if (w->sketching && ml_sketch_trained(&w->sketch, &w->match))
		run->warn(run->user, "W-TRAINED", SIZE_MAX,
			  "about %.0f %% of these rows were trained on; figures made from them "
			  "mislead",
			  100 * (double)w->match.found / (double)w->match.asked);
}

void ml_watch_free(struct ml_watch *w)
{
	if (!w)
		return;
	for (size_t k = 0; w->range && k < w->n; k++)
		free(w->range[k].name);
	free(w->range);
	ml_sketch_release(&w->sketch);
	free(w);
}
