/* lineage.c - program, options, inputs.  No time, host, user or path: equal work gives equal
 * bytes. */
#include "core/lineage.h"

static void copy_map(struct ml_fields *out, const char *name, const struct ml_fields *from)
{
	struct ml_fields *map = ml_put_map(out, name);

	for (size_t i = 0; map && from && i < from->n; i++) {
		const struct ml_field *f = &from->v[i];
		if (f->type == ML_FIELD_TEXT)
			ml_put_text(map, f->name, f->u.text);
		else if (f->type == ML_FIELD_SIZE)
			ml_put_size(map, f->name, f->u.size);
	}
}

int ml_lineage_of(struct ml_fields *out, const char *program, const struct ml_fields *options,
		  uint64_t seed, struct ml_input *in, const struct ml_lineage_more *more,
		  struct ml_error *err)
{
	if (more->removed && ml_fields_check(more->removed, err))
		return err->code;
	ml_put_text(out, "program", program);
	ml_put_text(out, "version", ML_VERSION);
	copy_map(out, "options", options);
	ml_put_size(out, "seed", (size_t)seed);
	if (more->updated)
		ml_put_text(out, "updated", more->updated);
	if (more->removed && more->removed->n)
		copy_map(out, "removed", more->removed);
	int rc = ml_input_finish(in, out, err);
	if (!rc && more->held)
		rc = ml_input_finish(more->held, ml_put_map(out, "validation"), err);
	return rc ? rc : ml_fields_check(out, err);
}
