/* pipeline.c - fitting preparations one behind another, and applying them by column name. */
#include "core/pipeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stream/cbor.h"

void ml_pipeline_release(struct ml_pipeline *p)
{
	for (size_t i = 0; i < p->n; i++)
		ml_step_release(&p->step[i]);
	for (size_t i = 0; i < p->n_extra; i++)
		ml_fields_release(&p->extra[i].fields);
	free(p->step);
	free(p->extra);
	*p = (struct ml_pipeline){ 0 };
}

const struct ml_step *ml_pipeline_model(const struct ml_pipeline *p)
{
	return p->n && p->step[p->n - 1].model ? &p->step[p->n - 1] : NULL;
}

/* ---- the chain ---- */

int ml_step_chain(struct ml_step *s, const struct ml_pipeline *p, struct ml_error *err)
{
	s->open = p->n == 0;
	if (s->open)
		return ML_OK;
	const struct ml_step *before = &p->step[p->n - 1];
	memcpy(s->chain, before->digest, ML_DIGEST);
	s->after = ml_strdup(ml_step_type(before), err);
	return s->after ? ML_OK : err->code;
}

static int digest_step(struct ml_step *s, struct ml_error *err)
{
	struct ml_fields fields = { 0 };
	struct ml_buf raw = { 0 };
	struct ml_sha sha;

	int rc = ml_step_save(s, &fields, err);
	if (!rc) {
		ml_cbor_put_fields(&raw, &fields);
		rc = ml_buf_check(&raw, err);
	}
	if (!rc) {
		ml_sha_init(&sha);
		ml_sha_add(&sha, raw.v, raw.n);
		ml_sha_end(&sha, s->digest);
	}
	ml_buf_release(&raw);
	ml_fields_release(&fields);
	return rc;
}

int ml_pipeline_append(struct ml_pipeline *p, struct ml_step *s, struct ml_error *err)
{
	static const unsigned char none[ML_DIGEST];
	int rc = ML_OK;

	if (!memcmp(s->digest, none, ML_DIGEST))
		rc = digest_step(s, err);
	if (!rc)
		rc = ML_GROW(p->step, p->cap, p->n + 1, err);
	if (rc) {
		ml_step_release(s);
		return rc;
	}
	p->step[p->n++] = *s;
	*s = (struct ml_step){ 0 };
	return ML_OK;
}

/* ---- what columns become ---- */

/* Names and kinds of the columns before a step was applied. */
struct before {
	struct ml_levels *names;
};

static int note_before(struct before *b, const struct ml_table *t, struct ml_error *err)
{
	int32_t code;

	if (!(b->names = ml_levels_new(err)))
		return err->code;
	for (size_t j = 0; j < t->ncol; j++)
		if (ml_levels_add(b->names, t->col[j].name, strlen(t->col[j].name), &code, err))
			return err->code;
	return ML_OK;
}

/* gives: new columns, and needed ones that an in-place step has changed; drops: those gone. */
static int note_after(struct ml_step *s, const struct before *b, const struct ml_table *t,
		      struct ml_error *err)
{
	bool *in_place = ml_alloc(b->names->n, sizeof *in_place, err);
	int rc = in_place ? ML_OK : err->code;

	if (!rc && !(s->gives = ml_alloc(t->ncol, sizeof *s->gives, err)))
		rc = err->code;
	if (!rc && !(s->drops = ml_alloc(b->names->n, sizeof *s->drops, err)))
		rc = err->code;
	for (size_t i = 0; !rc && i < s->n_needs; i++) {
		int32_t at =
			ml_levels_find(b->names, s->needs[i].name, strlen(s->needs[i].name));
		if (at >= 0)
			in_place[at] = s->prep->flags & ML_PREP_IN_PLACE;
	}
	for (size_t j = 0; !rc && j < t->ncol; j++) {
		const struct ml_column *c = &t->col[j];
		int32_t at = ml_levels_find(b->names, c->name, strlen(c->name));
		if (at >= 0 && !in_place[at])
			continue;
		rc = ml_slot_of(&s->gives[s->n_gives], c, err);
		s->n_gives += !rc;
	}
	for (size_t i = 0; !rc && i < b->names->n; i++) {
		if (ml_table_find(t, b->names->name[i]) != SIZE_MAX)
			continue;
		if (!(s->drops[s->n_drops] = ml_strdup(b->names->name[i], err)))
			rc = err->code;
		else
			s->n_drops++;
	}
	free(in_place);
	return rc;
}

/* Columns with a role are not there, or not the same, when the step is applied again. */
static int check_roles(const struct ml_step *s, const struct ml_table *t, const size_t *cols,
		       size_t n, struct ml_error *err)
{
	for (size_t k = 0; k < n; k++) {
		const struct ml_column *c = &t->col[cols[k]];
		if (c->role != ML_FEATURE)
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "step '%s' would need column '%s', which is the %s: "
				       "predicting could not rely on it",
				       s->prep->name, ML_SHOW(c->name, strlen(c->name)),
				       ml_role_names[c->role]);
	}
	return ML_OK;
}

static void warn_count(const struct ml_run *run, const struct ml_slot *slot, const char *tag,
		       uint64_t count, const char *what)
{
	if (count && run->warn)
		run->warn(run->user, tag, SIZE_MAX, "column '%s': %" PRIu64 " %s",
			  ML_SHOW(slot->name, strlen(slot->name)), count, what);
}

static void warn_step(const struct ml_step *s, const struct ml_run *run)
{
	for (size_t k = 0; k < s->n_needs; k++) {
		const struct ml_slot *slot = &s->needs[k];
		const struct ml_tally *t = &s->tally[k];
		warn_count(run, slot, "W-IMPUTED", t->imputed,
			   "missing, where training had none: the recorded value was taken");
		warn_count(run, slot, "W-UNSEEN", t->unseen,
			   "in categories that training had not");
		warn_count(run, slot, "W-UNDEFINED", t->undefined,
			   "for which the formula is not defined: missing now");
	}
}

void ml_pipeline_warn(const struct ml_pipeline *p, const struct ml_run *run)
{
	for (size_t i = 0; i < p->n; i++)
		warn_step(&p->step[i], run);
}

/* Fits and applies; the columns before are in b. */
static int fit_and_apply(struct ml_step *s, const struct ml_prep_fit *f, const void *opts,
			 struct ml_table *t, const struct ml_run *run, struct ml_error *err)
{
	size_t *cols = NULL, n = 0;
	const char **names = ml_alloc(t->ncol, sizeof *names, err);
	struct ml_named_run named;
	int rc;

	if (!names)
		return err->code;
	for (size_t j = 0; j < t->ncol; j++)
		names[j] = t->col[j].name;
	ml_named_run_init(&named, run, names, t->ncol);
	if (s->prep->fit_apply)
		rc = s->prep->fit_apply(s->state, f, opts, t, &cols, &n, &named.run, err);
	else
		rc = s->prep->fit(s->state, f, opts, &cols, &n, &named.run, err);
	free(names);
	if (!rc)
		rc = check_roles(s, t, cols, n, err);
	if (!rc)
		rc = ml_step_note_needs(s, t, cols, n, err);
	if (!rc && !s->prep->fit_apply)
		rc = s->prep->apply(s->state, t, cols, n, s->tally, err);
	if (!rc && !t->ncol)
		rc = ml_fail(err, ML_EDATA, "E-COLUMNS", "no column is left");
	/* Told here and forgotten: the tallies are for the tables to come. */
	if (!rc) {
		warn_step(s, run);
		memset(s->tally, 0, s->n_needs * sizeof *s->tally);
	}
	free(cols);
	return rc;
}

int ml_pipeline_fit(struct ml_pipeline *p, const struct ml_prep *prep, const char *spec,
		    const void *opts, struct ml_table *t, const struct ml_run *run,
		    struct ml_error *err)
{
	struct ml_step s = { .prep = prep };
	struct before b = { 0 };
	size_t w = ml_table_role(t, ML_WEIGHT), y = ml_table_role(t, ML_TARGET);
	struct ml_prep_fit f = {
		.table = t,
		.spec = spec,
		.w = w != SIZE_MAX && t->col[w].kind == ML_NUMBER ? t->col[w].num : NULL,
		.target = y != SIZE_MAX ? &t->col[y] : NULL,
	};

	int rc = note_before(&b, t, err);
	if (!rc && !(s.state = ml_alloc(1, prep->state_size, err)))
		rc = err->code;
	if (!rc)
		rc = fit_and_apply(&s, &f, opts, t, run, err);
	if (!rc)
		rc = note_after(&s, &b, t, err);
	if (!rc && spec)
		ml_put_text(&s.options, "spec", spec);
	if (!rc)
		rc = ml_step_note_options(&s, prep->opts, opts, err);
	if (!rc)
		rc = ml_step_chain(&s, p, err);
	ml_levels_free(b.names);
	if (!rc)
		return ml_pipeline_append(p, &s, err);
	ml_step_release(&s);
	return rc;
}

/* ---- applying ---- */

static int bind(const struct ml_step *s, const struct ml_table *t, size_t *cols,
		struct ml_error *err)
{
	for (size_t i = 0; i < s->n_needs; i++) {
		const char *name = s->needs[i].name;
		cols[i] = ml_table_find(t, name);
		if (cols[i] == SIZE_MAX)
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "step '%s' needs column '%s', which is not there",
				       ml_step_type(s), ML_SHOW(name, strlen(name)));
		if (t->col[cols[i]].kind != s->needs[i].kind)
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "step '%s' needs column '%s' as %s, not as %s",
				       ml_step_type(s), ML_SHOW(name, strlen(name)),
				       ml_kind_names[s->needs[i].kind],
				       ml_kind_names[t->col[cols[i]].kind]);
	}
	return ML_OK;
}

int ml_pipeline_apply(struct ml_pipeline *p, size_t from, size_t to, struct ml_table *t,
		      struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = from; !rc && i < to; i++) {
		struct ml_step *s = &p->step[i];
		size_t *cols = ml_alloc(s->n_needs, sizeof *cols, err);
		rc = cols ? bind(s, t, cols, err) : err->code;
		if (!rc)
			rc = s->prep->apply(s->state, t, cols, s->n_needs, s->tally, err);
		free(cols);
	}
	return rc;
}

int ml_table_context(struct ml_error *err, const char *file, const struct ml_table *t)
{
	bool placed = err->row && t->line && err->row <= t->rows;

	if (placed && file)
		return ml_context(err, "%s:%" PRIu64, file, t->line[err->row - 1]);
	if (placed)
		return ml_context(err, "line %" PRIu64, t->line[err->row - 1]);
	return file ? ml_context(err, "%s", file) : err->code;
}

/* ---- source columns ---- */

/* What is known of a column name while the steps are gone through in order. */
enum fate { SOURCE, MADE, GONE };
struct known {
	enum fate fate;
	enum ml_kind kind;
	size_t step;
};
struct walk {
	struct ml_levels *names;
	struct known *known;
	size_t cap_known;
	struct ml_slot *slots;
	size_t n, cap;
};

static int meet(struct walk *w, const char *name, struct known is, int32_t *code,
		struct ml_error *err)
{
	size_t before = w->names->n;

	if (ml_levels_add(w->names, name, strlen(name), code, err) ||
	    ML_GROW(w->known, w->cap_known, w->names->n, err))
		return err->code;
	if (w->names->n > before)
		w->known[*code] = is;
	return ML_OK;
}

static int walk_need(struct walk *w, const struct ml_pipeline *p, size_t at,
		     const struct ml_slot *need, struct ml_error *err)
{
	struct known fresh = { SOURCE, need->kind, at };
	size_t before = w->names->n;
	int32_t code;

	if (meet(w, need->name, fresh, &code, err))
		return err->code;
	const struct known *k = &w->known[code];
	if (w->names->n > before) {
		if (ML_GROW(w->slots, w->cap, w->n + 1, err))
			return err->code;
		w->slots[w->n] = *need;
		if (!(w->slots[w->n].name = ml_strdup(need->name, err)))
			return err->code;
		w->n++;
	} else if (k->fate == GONE) {
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "step '%s' needs column '%s', which step '%s' before it removes",
			       ml_step_type(&p->step[at]),
			       ML_SHOW(need->name, strlen(need->name)),
			       ml_step_type(&p->step[k->step]));
	} else if (k->kind != need->kind) {
		return ml_fail(
			err, ML_EDATA, "E-COLUMNS",
			"step '%s' needs column '%s' as %s, step '%s' before it has it as %s",
			ml_step_type(&p->step[at]), ML_SHOW(need->name, strlen(need->name)),
			ml_kind_names[need->kind], ml_step_type(&p->step[k->step]),
			ml_kind_names[k->kind]);
	}
	return ML_OK;
}

static int walk_step(struct walk *w, const struct ml_pipeline *p, size_t at,
		     struct ml_error *err)
{
	const struct ml_step *s = &p->step[at];
	int32_t code;

	for (size_t i = 0; i < s->n_needs; i++)
		if (walk_need(w, p, at, &s->needs[i], err))
			return err->code;
	/* Only columns met before can matter again; a name dropped here may be made later. */
	for (size_t i = 0; i < s->n_drops; i++) {
		if (meet(w, s->drops[i], (struct known){ GONE, ML_NUMBER, at }, &code, err))
			return err->code;
		w->known[code] = (struct known){ GONE, ML_NUMBER, at };
	}
	for (size_t i = 0; i < s->n_gives; i++) {
		struct known made = { MADE, s->gives[i].kind, at };
		if (meet(w, s->gives[i].name, made, &code, err))
			return err->code;
		w->known[code] = made;
	}
	return ML_OK;
}

int ml_pipeline_source(const struct ml_pipeline *p, size_t from, struct ml_slot **slots,
		       size_t *n, struct ml_error *err)
{
	struct walk w = { .names = ml_levels_new(err) };
	int rc = w.names ? ML_OK : err->code;

	for (size_t i = from; !rc && i < p->n; i++)
		rc = walk_step(&w, p, i, err);
	ml_levels_free(w.names);
	free(w.known);
	if (rc) {
		ml_slots_free(w.slots, w.n);
		return rc;
	}
	*slots = w.slots;
	*n = w.n;
	return ML_OK;
}
