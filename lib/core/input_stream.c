/* input_stream.c - binary tables as input: steps first, then rows; `cat` of equal tables
 * appends. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/input_parts.h"

/* A later segment repeats the steps of the first one, in order; anything else is another table.
 */
static int take_again(struct ml_input *in, const struct ml_record *r, struct ml_error *err)
{
	if (r->what == ML_RECORD_EXTRA)
		return ML_OK;
	if (in->repeated >= in->n_chain ||
	    memcmp(in->chain + in->repeated * ML_DIGEST, r->digest, ML_DIGEST))
		return ml_fail(err, ML_EDATA, "E-CHAIN",
			       "rows that other steps were applied to than to the rows before");
	in->repeated++;
	return ML_OK;
}

static int check_chain(struct ml_input *in, const struct ml_record *r, struct ml_error *err)
{
	const struct ml_field *f = ml_fields_find(&r->fields, "chain");
	size_t n = f && f->type == ML_FIELD_BYTES ? f->n : 0;
	const unsigned char *want =
		in->n_chain ? in->chain + (in->n_chain - 1) * ML_DIGEST : NULL;

	if (n != (want ? ML_DIGEST : 0) || (want && memcmp(want, f->u.bytes, n)))
		return ml_fail(err, ML_EDATA, "E-CHAIN",
			       "rows that other steps were applied to than stand before them");
	if (in->rows_seen && in->repeated && in->repeated != in->n_chain)
		return ml_fail(err, ML_EDATA, "E-CHAIN",
			       "a step of the rows before is missing");
	return ML_OK;
}

/* The first rows have come: no step of theirs will. */
static int note_chain(struct ml_input *in, struct ml_error *err)
{
	const struct ml_pipeline *p = &in->pipeline;

	if (in->rows_seen)
		return ML_OK;
	if (!(in->chain = ml_alloc(p->n, ML_DIGEST, err)))
		return err->code;
	for (size_t i = 0; i < p->n; i++)
		memcpy(in->chain + i * ML_DIGEST, p->step[i].digest, ML_DIGEST);
	in->n_chain = p->n;
	return ML_OK;
}

static int not_a_table(const struct ml_input *in, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-FORMAT", "%s: a model where a table is expected",
		       in->file);
}

/* One record into `in`; rows, when there are some, into *rows. */
static int take(struct ml_input *in, struct ml_record *r, struct ml_table **rows,
		struct ml_error *err)
{
	if (r->what == ML_RECORD_ROWS) {
		if (note_chain(in, err) || check_chain(in, r, err))
			return err->code;
		in->rows_seen = true;
		*rows = r->rows;
		r->rows = NULL;
		return ML_OK;
	}
	if (r->what == ML_RECORD_END) {
		in->repeated = 0;
		return in->rows_seen ? ML_OK : ml_pipeline_take(&in->pipeline, r, err);
	}
	return in->rows_seen ? take_again(in, r, err) : ml_pipeline_take(&in->pipeline, r, err);
}

int ml_input_next_rows(struct ml_input *in, struct ml_table **t, struct ml_error *err)
{
	*t = in->first;
	in->first = NULL;
	while (!*t) {
		struct ml_record r = { 0 };
		int rc = ml_stream_next(in->stream, &r, err);
		if (rc)
			return rc;
		/* No table has been through an estimator. */
		if (r.what == ML_RECORD_STEP && !in->rows_seen && ml_has(&r.fields, "task"))
			rc = not_a_table(in, err);
		else if ((rc = take(in, &r, t, err)) && rc != ML_ENOMEM)
			ml_context(err, "%s: record %zu", in->file, r.number);
		ml_record_release(&r);
		if (rc)
			return rc;
	}
	return ML_OK;
}

static int adopt_schema(struct ml_input *in, const struct ml_table *t, struct ml_error *err)
{
	size_t n = t->ncol;

	if (!(in->names = ml_alloc(n, sizeof *in->names, err)) ||
	    !(in->kind = ml_alloc(n, sizeof *in->kind, err)) ||
	    !(in->role = ml_alloc(n, sizeof *in->role, err)) ||
	    !(in->dummy = ml_alloc(n, sizeof *in->dummy, err)))
		return err->code;
	for (size_t j = 0; j < n; j++, in->set.n++) {
		if (!(in->names[j] = ml_strdup(t->col[j].name, err)))
			return err->code;
		in->kind[j] = t->col[j].kind;
		in->role[j] = t->col[j].role;
		in->dummy[j] = t->col[j].dummy;
	}
	in->set.name = (const char *const *)in->names;
	in->set.kind = in->kind;
	in->set.role = in->role;
	in->set.dummy = in->dummy;
	return ML_OK;
}

int ml_input_open_stream(struct ml_input *in, struct ml_error *err)
{
	int rc = ml_stream_open(&in->stream, in->source, NULL, err);
	if (!rc)
		rc = ml_input_next_rows(in, &in->first, err);
	if (rc == ML_END)
		return not_a_table(in, err);
	if (rc || in->names)
		return rc;
	return adopt_schema(in, in->first, err);
}
