/* step_notes.c - what a step keeps of how it was made: the columns it needs, its options. */
#include "base/mem.h"
#include "core/pipeline.h"

int ml_slot_of(struct ml_slot *slot, const struct ml_column *c, struct ml_error *err)
{
	*slot = (struct ml_slot){ ml_strdup(c->name, err), c->kind, c->dummy };
	return slot->name ? ML_OK : err->code;
}

int ml_step_note_needs(struct ml_step *s, const struct ml_table *t, const size_t *cols,
		       size_t n, struct ml_error *err)
{
	if (!(s->needs = ml_alloc(n, sizeof *s->needs, err)) ||
	    !(s->tally = ml_alloc(n, sizeof *s->tally, err)))
		return err->code;
	for (; s->n_needs < n; s->n_needs++)
		if (ml_slot_of(&s->needs[s->n_needs], &t->col[cols[s->n_needs]], err))
			return err->code;
	return ML_OK;
}

int ml_step_note_options(struct ml_step *s, const struct ml_opt *table, const void *opts,
			 struct ml_error *err)
{
	struct ml_buf text = { 0 };
	int rc = ML_OK;

	for (const struct ml_opt *o = table; !rc && opts && o && o->name; o++) {
		if (o->neutral)
			continue;
		ml_buf_clear(&text);
		rc = ml_opt_value(o, opts, &text, err);
		if (!rc)
			ml_put_text(&s->options, o->name, ml_buf_str(&text));
	}
	ml_buf_release(&text);
	return rc ? rc : ml_fields_check(&s->options, err);
}
