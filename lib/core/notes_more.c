/* notes_more.c - a model goes on with rows of another table: they are training rows as well.
 *
 * The sketch of a union is made by adding the rows; rows that are in it already would count
 * twice, and look like twins, so they are not added.  The profile stays that of the first
 * table: its ranges are the ones the steps were learned from. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/notes.h"
#include "data/sketch.h"

/* A table that lacks one of its columns, which the steps may not need, cannot be sketched. */
static bool has_columns(const struct ml_table *t, const struct ml_sketch *s)
{
	for (size_t i = 0; i < s->columns; i++) {
		size_t j = ml_table_find(t, s->name[i]);

		if (j == SIZE_MAX || t->col[j].kind != s->kind[i])
			return false;
	}
	return true;
}

static int replace(struct ml_pipeline *p, const struct ml_sketch *s, struct ml_error *err)
{
	struct ml_fields f = { 0 };

	ml_sketch_put(s, &f);
	if (ml_fields_check(&f, err)) {
		ml_fields_release(&f);
		return err->code;
	}
	ml_pipeline_drop_extras(p, "x-sketch");
	return ml_pipeline_add_extra(p, "x-sketch", &f, err);
}

int ml_notes_more(struct ml_pipeline *p, const struct ml_table *t, struct ml_error *err)
{
	const struct ml_fields *f = ml_pipeline_extra(p, "x-sketch");
	struct ml_sketch_match match = { 0 };

	if (!f)
		return ML_OK;
	struct ml_sketch *s = ml_alloc(1, sizeof *s, err);
	if (!s)
		return err->code;
	int rc = ml_sketch_get(s, f, err);
	if (!rc && has_columns(t, s)) {
		rc = ml_sketch_ask(s, t, &match, err);
		if (!rc && !ml_sketch_trained(s, &match)) {
			rc = ml_sketch_add(s, t, err);
			if (!rc)
				rc = replace(p, s, err);
		}
	}
	ml_sketch_release(s);
	free(s);
	return rc;
}
