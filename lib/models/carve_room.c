/* carve_room.c - the workspace of carving is made, and freed. */
#include <stdlib.h>

#include "base/mem.h"
#include "models/carve_parts.h"

void ml_carver_free(struct ml_carver *c)
{
	if (!c)
		return;
	free(c->cost);
	free(c->tree);
	free(c->place);
	free(c->order);
	free(c->at);
	free(c->torque);
	free(c->mass);
	free(c->value);
	free(c->frequent);
	free(c->right);
	free(c->left);
	free(c->next);
	free(c->head);
	free(c->pair);
	free(c->sum);
	free(c->unit);
	free(c->rank);
	free(c->best.left);
	free(c->count);
	free(c);
}

static int make_lists(struct ml_carver *c, struct ml_error *err)
{
	size_t n = c->ranks->rows, k = c->o.classes;

	if (!(c->head = ml_alloc(c->ranks->most_bins, sizeof *c->head, err)) ||
	    !(c->next = ml_alloc(n + 1, sizeof *c->next, err)) ||
	    !(c->left = ml_alloc(k, sizeof *c->left, err)) ||
	    !(c->right = ml_alloc(k, sizeof *c->right, err)) ||
	    !(c->frequent = ml_alloc(k, sizeof *c->frequent, err)))
		return err->code;
	return ML_OK;
}

static int make_medians(struct ml_carver *c, struct ml_error *err)
{
	size_t n = c->ranks->rows;

	if (!(c->order = ml_alloc(n, sizeof *c->order, err)) ||
	    !(c->place = ml_alloc(n, sizeof *c->place, err)) ||
	    !(c->tree = ml_alloc(n + 1, sizeof *c->tree, err)) ||
	    !(c->cost = ml_alloc(n + 1, sizeof *c->cost, err)))
		return err->code;
	return ML_OK;
}

int ml_carver_new(struct ml_carver **out, const struct ml_nearby *near,
		  const struct ml_carve_opts *o, struct ml_error *err)
{
	struct ml_carver *c = *out = ml_alloc(1, sizeof *c, err);
	const struct ml_ranks *r = near->ranks;
	size_t room = r->rows + ML_CARVE_LANES;
	size_t bins = r->most_bins;

	if (!c)
		return err->code;
	c->ranks = r;
	c->near = near;
	c->wide = r->rows <= INT32_MAX && ml_carve_wide(); /* rows are gathered by int32 */
	c->o = *o;
	c->many = o->classes > 2;
	if (!(c->count = ml_alloc(o->classes, sizeof *c->count, err)) ||
	    !(c->best.left = ml_alloc(bins / 64 + 1, sizeof *c->best.left, err)) ||
	    !(c->rank = ml_alloc(r->rows, sizeof *c->rank, err)) ||
	    !(c->unit = ml_alloc(bins, sizeof *c->unit, err)) ||
	    !(c->sum = ml_alloc(o->classes == 2 ? 1 : bins, sizeof *c->sum, err)) ||
	    !(c->pair = ml_alloc(o->classes == 2 ? bins : 1, sizeof *c->pair, err)))
		return err->code;
	if (o->random &&
	    (!(c->value = ml_alloc(room, sizeof *c->value, err)) ||
	     !(c->at = ml_alloc(room, sizeof *c->at, err)) ||
	     !(c->mass = ml_alloc(room, sizeof *c->mass, err)) ||
	     (!o->classes && !(c->torque = ml_alloc(room, sizeof *c->torque, err)))))
		return err->code;
	if ((c->many || o->criterion == ML_ABSOLUTE) && make_lists(c, err))
		return err->code;
	return o->criterion == ML_ABSOLUTE ? make_medians(c, err) : ML_OK;
}
