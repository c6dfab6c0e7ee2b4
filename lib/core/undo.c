/* undo.c - steps taken back. */
#include "core/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Columns of the table by the names of slots: SIZE_MAX where there is none. */
struct bound {
	size_t *at;
	size_t found;
};

static int bind(struct bound *b, const struct ml_step *s, const struct ml_slot *slots, size_t n,
		const struct ml_table *t, struct ml_error *err)
{
	b->found = 0;
	if (!(b->at = ml_alloc(n, sizeof *b->at, err)))
		return err->code;
	for (size_t k = 0; k < n; k++) {
		size_t at = b->at[k] = ml_table_find(t, slots[k].name);

		if (at == SIZE_MAX)
			continue;
		b->found++;
		if (t->col[at].kind != slots[k].kind)
			return ml_fail(
				err, ML_EDATA, "E-COLUMNS",
				"step '%s' made column '%s' as %s, here it is %s",
				ml_step_type(s), ML_SHOW(slots[k].name, strlen(slots[k].name)),
				ml_kind_names[slots[k].kind], ml_kind_names[t->col[at].kind]);
	}
	return ML_OK;
}

static int absent(const struct ml_step *s, const char *name, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-COLUMNS",
		       "step '%s' made column '%s', which is not there to be taken back",
		       ml_step_type(s), ML_SHOW(name, strlen(name)));
}

static int undo_in_place(const struct ml_step *s, struct ml_table *t, struct ml_error *err)
{
	struct bound b = { 0 };
	int rc = bind(&b, s, s->needs, s->n_needs, t, err);

	if (!rc && s->n_needs && !b.found)
		rc = absent(s, s->needs[0].name, err);
	if (!rc)
		rc = s->prep->inverse(s->state, t, b.at, s->n_needs, err);
	free(b.at);
	return rc;
}

/* Takes away what the step added, where it is there. */
static int take_away(const struct ml_step *s, struct ml_table *t, struct ml_error *err)
{
	bool *gone = ml_alloc(t->ncol, sizeof *gone, err);

	if (!gone)
		return err->code;
	for (size_t k = 0; k < s->n_gives; k++) {
		size_t at = ml_table_find(t, s->gives[k].name);

		if (at != SIZE_MAX)
			gone[at] = true;
	}
	ml_table_remove_many(t, gone);
	free(gone);
	return t->ncol ? ML_OK : ml_fail(err, ML_EDATA, "E-COLUMNS", "no column is left");
}

static int restore(const struct ml_step *s, struct ml_table *t, struct ml_error *err)
{
	struct bound made = { 0 }, kept = { 0 };
	const char **names = ml_alloc(s->n_needs, sizeof *names, err);
	int rc = names ? bind(&kept, s, s->needs, s->n_needs, t, err) : err->code;

	if (!rc && kept.found == s->n_needs) {
		rc = take_away(s, t, err);
	} else if (!rc) {
		rc = bind(&made, s, s->gives, s->n_gives, t, err);
		for (size_t k = 0; !rc && k < s->n_gives; k++)
			if (made.at[k] == SIZE_MAX)
				rc = absent(s, s->gives[k].name, err);
		for (size_t k = 0; k < s->n_needs; k++)
			names[k] = s->needs[k].name;
		if (!rc)
			rc = s->prep->restore(s->state, t, made.at, s->n_gives, names, err);
	}
	free(names);
	free(made.at);
	free(kept.at);
	return rc;
}

static int undo_step(const struct ml_step *s, struct ml_table *t, struct ml_error *err)
{
	unsigned flags = s->prep->flags;

	if (s->prep->inverse)
		return undo_in_place(s, t, err);
	if (s->prep->restore)
		return restore(s, t, err);
	if (flags & ML_PREP_SETTLES || !s->n_gives)
		return ML_OK;
	if (!(flags & ML_PREP_IN_PLACE) && !s->n_drops)
		return take_away(s, t, err);
	return ml_fail(err, ML_EDATA, "E-DATA", "step '%s' cannot be undone", ml_step_type(s));
}

int ml_pipeline_undo(const struct ml_pipeline *p, struct ml_table *t, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = p->n; !rc && i-- > 0;)
		rc = undo_step(&p->step[i], t, err);
	return rc;
}

/* ---- kinds ---- */

static void ask(const struct ml_levels *names, const struct ml_slot *slots, size_t n,
		enum ml_kind *kind, bool *asked)
{
	for (size_t k = 0; k < n; k++) {
		int32_t at = ml_levels_find(names, slots[k].name, strlen(slots[k].name));

		if (at < 0)
			continue;
		kind[at] = slots[k].kind;
		if (asked)
			asked[at] = true;
	}
}

int ml_undo_kinds(const struct ml_pipeline *p, const struct ml_column_set *set,
		  enum ml_kind *kind, bool *asked, struct ml_error *err)
{
	struct ml_levels *names = ml_levels_new(err);
	int32_t code;
	int rc = names ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < set->n; j++)
		rc = ml_levels_add(names, set->name[j], strlen(set->name[j]), &code, err);
	for (size_t i = 0; !rc && i < p->n; i++) {
		const struct ml_step *s = &p->step[i];

		if (s->prep->inverse || s->prep->restore)
			ask(names, s->needs, s->n_needs, kind, asked);
		if (s->prep->restore)
			ask(names, s->gives, s->n_gives, kind, asked);
	}
	ml_levels_free(names);
	return rc;
}
