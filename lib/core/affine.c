/* affine.c - back through affine steps. */
#include "core/affine.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct walk {
	ml_fold_fn *fold;
	void *arg;
	struct ml_levels *features; /* their names, numbered as the estimator has them */
	bool *closed;               /* nothing before is known of it */
};

/* Goes through the needs of one step: features that it changes. */
static void fold_step(struct walk *w, const struct ml_step *s)
{
	for (size_t k = 0; k < s->n_needs; k++) {
		const char *name = s->needs[k].name;
		int32_t j = ml_levels_find(w->features, name, strlen(name));
		double center, factor;
		if (j < 0 || w->closed[j] || !(s->prep->flags & ML_PREP_IN_PLACE))
			continue;
		if (s->prep->affine && s->prep->affine(s->state, k, &center, &factor))
			w->fold(w->arg, (size_t)j, center, factor);
		else
			w->closed[j] = true;
	}
	/* What a step makes anew was nothing before it. */
	for (size_t k = 0; k < s->n_gives; k++) {
		int32_t j =
			ml_levels_find(w->features, s->gives[k].name, strlen(s->gives[k].name));
		if (j >= 0 && !(s->prep->flags & ML_PREP_IN_PLACE))
			w->closed[j] = true;
	}
}

int ml_affine_back(const struct ml_pipeline *p, ml_fold_fn *fold, void *arg,
		   struct ml_error *err)
{
	const struct ml_step *model = &p->step[p->n - 1];
	struct walk w = { fold, arg, ml_levels_new(err),
			  ml_alloc(model->n_needs, sizeof *w.closed, err) };
	int32_t code;
	int rc = w.features && w.closed ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < model->n_needs; j++)
		rc = ml_levels_add(w.features, model->needs[j].name,
				   strlen(model->needs[j].name), &code, err);
	for (size_t i = p->n - 1; !rc && i-- > 0;)
		fold_step(&w, &p->step[i]);
	ml_levels_free(w.features);
	free(w.closed);
	return rc;
}
