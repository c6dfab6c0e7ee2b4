/* chain.c - streams into pipelines and back: the order of steps, and what may stand behind
 * what. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/pipeline.h"

static int check_place(const struct ml_pipeline *p, const struct ml_step *s,
		       struct ml_error *err)
{
	const struct ml_step *last = p->n ? &p->step[p->n - 1] : NULL;

	for (size_t i = 0; i < p->n; i++)
		if (!memcmp(p->step[i].digest, s->digest, ML_DIGEST))
			return ml_fail(err, ML_EDATA, "E-CHAIN",
				       "step '%s' is there twice (steps %zu and %zu)",
				       ml_step_type(s), i + 1, p->n + 1);
	if (last && last->model)
		return ml_fail(err, ML_EDATA, "E-CHAIN",
			       s->model ? "a second estimator: '%s' behind '%s'"
					: "step '%s' stands behind the estimator '%s'",
			       ml_step_type(s), ml_step_type(last));
	if (!s->open && (!last || memcmp(last->digest, s->chain, ML_DIGEST)))
		return ml_fail(
			err, ML_EDATA, "E-CHAIN",
			last ? "step '%s' was fitted behind another step '%s' than the '%s' "
			       "that stands before it"
			     : "step '%s' was fitted behind a step '%s', which is not there",
			ml_step_type(s), s->after ? ML_SHOW(s->after, strlen(s->after)) : "",
			last ? ml_step_type(last) : "");
	return ML_OK;
}

static int take_step(struct ml_pipeline *p, struct ml_record *r, struct ml_error *err)
{
	struct ml_step s = { 0 };

	int rc = ml_step_load(&s, &r->fields, p->find_model, err);
	if (!rc) {
		memcpy(s.digest, r->digest, ML_DIGEST);
		rc = check_place(p, &s, err);
	}
	if (!rc && p->keep_records) {
		s.record = r->fields;
		r->fields = (struct ml_fields){ 0 };
	}
	if (!rc)
		return ml_pipeline_append(p, &s, err);
	ml_step_release(&s);
	return rc;
}

int ml_pipeline_add_extra(struct ml_pipeline *p, const char *kind, struct ml_fields *fields,
			  struct ml_error *err)
{
	if (ML_GROW(p->extra, p->cap_extra, p->n_extra + 1, err)) {
		ml_fields_release(fields);
		return err->code;
	}
	struct ml_extra *e = &p->extra[p->n_extra++];
	*e = (struct ml_extra){ .fields = *fields, .from = p->from, .to = p->n };
	strncpy(e->kind, kind, sizeof e->kind - 1);
	*fields = (struct ml_fields){ 0 };
	return ML_OK;
}

const struct ml_fields *ml_pipeline_extra(const struct ml_pipeline *p, const char *kind)
{
	for (size_t i = 0; i < p->n_extra; i++)
		if (!strcmp(p->extra[i].kind, kind))
			return &p->extra[i].fields;
	return NULL;
}

void ml_pipeline_drop_extras(struct ml_pipeline *p, const char *kind)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n_extra; i++) {
		if (strcmp(p->extra[i].kind, kind))
			p->extra[kept++] = p->extra[i];
		else
			ml_fields_release(&p->extra[i].fields);
	}
	p->n_extra = kept;
}

int ml_pipeline_take(struct ml_pipeline *p, struct ml_record *r, struct ml_error *err)
{
	switch (r->what) {
	case ML_RECORD_STEP:
		return take_step(p, r, err);
	case ML_RECORD_EXTRA:
		return ml_pipeline_add_extra(p, r->kind, &r->fields, err);
	case ML_RECORD_END:
		for (size_t i = p->segment; i < p->n_extra; i++)
			p->extra[i].to = p->n;
		p->segment = p->n_extra;
		p->from = p->n;
		return ML_OK;
	default:
		return ml_fail(err, ML_EBUG, "E-BUG", "rows given as a step");
	}
}

static int take_next(struct ml_pipeline *p, struct ml_stream *s, const char *file,
		     struct ml_error *err)
{
	struct ml_record r = { 0 };

	int rc = ml_stream_next(s, &r, err);
	if (rc)
		return rc;
	if (r.what == ML_RECORD_ROWS)
		rc = ml_fail(err, ML_EDATA, "E-FORMAT",
			     "%s: a binary table where a model is expected", file);
	else if ((rc = ml_pipeline_take(p, &r, err)) && rc != ML_ENOMEM)
		ml_context(err, "%s: record %zu", file, r.number);
	ml_record_release(&r);
	return rc;
}

/* steps: how many there were before this file. */
static int note_file(struct ml_pipeline *p, struct ml_source *source, const char *path,
		     size_t steps, struct ml_error *err)
{
	const struct ml_step *s = p->n > steps ? &p->step[p->n - 1] : NULL;
	char sha256[2 * ML_DIGEST + 1];

	ml_source_digest(source, sha256);
	return ml_journal_file(p->record, ML_RUN_MODEL, path, 0, sha256,
			       s && s->model ? s->digest : NULL, err);
}

static int read_file(struct ml_pipeline *p, const char *path, struct ml_error *err)
{
	struct ml_source *source = NULL;
	struct ml_stream *stream = NULL;
	bool is_stream = true;
	size_t n = 0, steps = p->n;
	const unsigned char *bytes;

	int rc = ml_source_open(&source, path, p->record, err);
	if (!rc)
		rc = ml_source_peek(source, &bytes, &n, err);
	if (!rc)
		rc = ml_source_is_stream(source, &is_stream, err);
	/* A cut head is a damaged stream; something else altogether is told as such. */
	if (!rc && !is_stream && n >= 3)
		rc = ml_fail(err, ML_EDATA, "E-STREAM", "%s: not a model stream",
			     ml_source_name(source));
	if (!rc)
		rc = ml_stream_open(&stream, source, NULL, err);
	while (!rc)
		rc = take_next(p, stream, ml_source_name(source), err);
	if (rc == ML_END)
		rc = p->record ? note_file(p, source, path, steps, err) : ML_OK;
	ml_stream_free(stream);
	ml_source_free(source);
	return rc;
}

/* What is wrong with the columns of steps shows when they are applied to no rows. */
static int rehearse(struct ml_pipeline *p, struct ml_error *err)
{
	struct ml_slot *slots = NULL;
	size_t n = 0, to = p->n;
	struct ml_table t = { 0 };

	int rc = ml_pipeline_source(p, 0, &slots, &n, err);
	for (size_t i = 0; !rc && i < n; i++)
		rc = ml_table_insert(&t, t.ncol, slots[i].name, slots[i].kind, err);
	if (to && p->step[to - 1].model)
		to--;
	if (!rc)
		rc = ml_pipeline_apply(p, 0, to, &t, err);
	for (size_t k = 0; !rc && to < p->n && k < p->step[to].n_needs; k++)
		if (ml_table_find(&t, p->step[to].needs[k].name) == SIZE_MAX)
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "no step makes column '%s', which '%s' needs",
				     ML_SHOW(p->step[to].needs[k].name,
					     strlen(p->step[to].needs[k].name)),
				     ml_step_type(&p->step[to]));
	ml_table_release(&t);
	ml_slots_free(slots, n);
	return rc;
}

int ml_pipeline_read(struct ml_pipeline *p, const char *const *files, size_t n,
		     struct ml_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (read_file(p, files[i], err))
			return err->code;
	return rehearse(p, err);
}

static int write_step(struct ml_stream_writer *w, const struct ml_step *s, struct ml_error *err)
{
	struct ml_fields fields = { 0 };

	if (s->record.n)
		return ml_stream_put(w, "step", &s->record, err);
	int rc = ml_step_save(s, &fields, err);
	if (!rc)
		rc = ml_stream_put(w, "step", &fields, err);
	ml_fields_release(&fields);
	return rc;
}

int ml_pipeline_write(const struct ml_pipeline *p, size_t from, const struct ml_table *t,
		      struct ml_sink *sink, struct ml_error *err)
{
	struct ml_stream_writer w = { 0 };
	const unsigned char *chain = p->n ? p->step[p->n - 1].digest : NULL;

	int rc = ml_stream_begin(&w, sink, err);
	for (size_t i = from; !rc && i < p->n; i++)
		rc = write_step(&w, &p->step[i], err);
	for (size_t i = 0; !rc && i < p->n_extra; i++)
		rc = ml_stream_put(&w, p->extra[i].kind, &p->extra[i].fields, err);
	if (!rc && t)
		rc = ml_stream_put_table(&w, t, chain, chain ? ML_DIGEST : 0, err);
	if (!rc)
		rc = ml_stream_end(&w, err);
	ml_stream_writer_release(&w);
	return rc;
}
