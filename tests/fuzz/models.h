/* models.h - pipelines through streams in memory, and asked what they can be asked. */
#ifndef ML_TESTS_FUZZ_MODELS_H
#define ML_TESTS_FUZZ_MODELS_H

#include "tables.h"

#include "core/coef.h"
#include "core/explain.h"
#include "core/input.h"
#include "core/notes.h"
#include "core/pipeline.h"
#include "core/predict.h"
#include "core/show.h"
#include "core/view.h"
#include "core/treeview.h"

static inline void pipeline_bytes(const struct ml_pipeline *p, struct ml_buf *out)
{
	struct memory m;
	struct ml_error err = { 0 };

	memory_open(&m);
	int rc = ml_pipeline_write(p, 0, NULL, m.sink, &err);
	if (rc)
		fprintf(stderr, "not written: %s\n", err.msg);
	MUST(!rc);
	memory_close(&m, true, out);
}

static inline int pipeline_of(struct ml_pipeline *p, const void *v, size_t n,
			      struct ml_error *err)
{
	char path[64];
	const char *file = path;
	int fd = memory_file(v, n, path);

	*err = (struct ml_error){ 0 };
	p->find_model = ml_model_find;
	int rc = ml_pipeline_read(p, &file, 1, err);
	close(fd);
	return rc;
}

/* A binary table out of bytes: ML_OK and *t, the caller's, or the failure. */
static inline int table_of(const struct ml_buf *b, struct ml_table **t, struct ml_error *err)
{
	char path[64], *file = path;
	struct ml_input_opts opts = { .csv.delimiter = ',', .kinds.decimal = '.' };
	struct ml_run run = { .threads = 1, .deadline = INFINITY };
	struct ml_input *in = NULL;
	int fd = memory_file(b->v, b->n, path);

	*t = NULL;
	*err = (struct ml_error){ 0 };
	int rc = ml_input_open(&in, &file, 1, &opts, &run, err);
	if (!rc)
		rc = ml_input_table(in, t, err);
	if (!rc)
		rc = ml_input_finish(in, NULL, err);
	ml_input_free(in);
	close(fd);
	if (!rc)
		return rc;
	must_tell(rc, err);
	ml_table_free(*t);
	*t = NULL;
	return rc;
}

/* What is written is read, and then writes the same bytes. */
static inline void pipeline_reread(const struct ml_pipeline *p, struct ml_pipeline *back)
{
	struct ml_buf out = { 0 }, again = { 0 };
	struct ml_error err;

	back->keep_records = p->keep_records;
	pipeline_bytes(p, &out);
	int rc = pipeline_of(back, out.v, out.n, &err);
	if (rc)
		fprintf(stderr, "not read back: %s\n", err.msg);
	MUST(!rc);
	pipeline_bytes(back, &again);
	MUST(out.n == again.n && !memcmp(out.v, again.v, out.n));
	ml_buf_release(&out);
	ml_buf_release(&again);
}

/* Predictions for a copy of t: a number each, or NaN and counted; or an error. */
static inline int predict(struct ml_pipeline *p, const struct ml_table *t, struct ml_mat *out,
			  struct ml_error *err)
{
	struct ml_table *copy = copy_table(t);
	uint64_t undefined = 0, missing = 0;
	size_t classes = ml_pipeline_model(p)->outcome.n_classes;

	*err = (struct ml_error){ 0 };
	int rc = ml_pipeline_predict(p, 0, copy, "t.csv", NULL, NULL, out, &undefined, err);
	if (rc)
		must_tell(rc, err);
	for (size_t i = 0; !rc && i < out->rows; i++) {
		const double *row = out->v + i * out->ld;
		double sum = 0;
		for (size_t k = 0; k < out->cols; k++) {
			MUST(!isinf(row[k]) && isnan(row[k]) == isnan(row[0]));
			MUST(!classes || isnan(row[k]) || (row[k] >= 0 && row[k] <= 1));
			sum += row[k];
		}
		missing += isnan(row[0]) != 0;
		/* Loading takes shares that miss 1 by as much. */
		MUST(!classes || isnan(sum) || fabs(sum - 1) <= 1e-9);
	}
	if (!rc)
		MUST(missing == undefined);
	ml_table_free(copy);
	return rc;
}

/* The first tree, in all forms. */
static inline void show_tree(const struct ml_pipeline *p)
{
	struct ml_treeview v;
	struct ml_findings rows = { 0 };
	struct ml_buf out = { 0 };
	struct ml_error err = { 0 };
	int rc = ml_treeview_init(&v, p, 1, &err);

	if (!rc) {
		ml_treeview_text(&v, &out);
		ml_treeview_dot(&v, &out);
		rc = ml_treeview_rows(&v, &rows, &err);
	}
	if (rc)
		must_tell(rc, &err);
	ml_findings_release(&rows);
	ml_buf_release(&out);
	ml_treeview_release(&v);
}

/* What explains predictions has names and is numbers. */
static inline void explain(struct ml_pipeline *p, const struct ml_table *t)
{
	struct ml_table *copy = copy_table(t);
	struct ml_explain e;
	struct ml_buf name = { 0 };
	struct ml_mat out = { 0 };
	struct ml_error err = { 0 };
	uint64_t undefined = 0;
	int rc = ml_explain_init(&e, p, &err);

	for (size_t k = 0; !rc && k < e.width; k++)
		rc = ml_explain_name(&e, k, &name, &err);
	p->explain = rc ? NULL : &e;
	if (!rc)
		rc = ml_pipeline_predict(p, 0, copy, "t.csv", NULL, NULL, &out, &undefined,
					 &err);
	if (rc)
		must_tell(rc, &err);
	for (size_t i = 0; !rc && i < out.rows * out.cols; i++)
		MUST(!isinf(out.v[i]));
	p->explain = NULL;
	free(out.v);
	ml_buf_release(&name);
	ml_explain_release(&e);
	ml_table_free(copy);
}

static inline void show(const struct ml_pipeline *p)
{
	struct ml_buf out = { 0 };
	struct ml_error err = { 0 };
	struct ml_coefs coefs = { 0 };

	int rc = ml_show_text(p, &out, &err);
	if (rc)
		must_tell(rc, &err);
	if ((rc = ml_show_json(p, &out, &err)))
		must_tell(rc, &err);
	for (const struct ml_view *v = ml_views; v->name; v++) {
		struct ml_findings found = { 0 };

		if (v->rows && (rc = v->rows(&found, p, 1, &err)))
			must_tell(rc, &err);
		ml_findings_release(&found);
	}
	show_tree(p);
	if ((rc = ml_coefs_init(&coefs, p, &err)))
		must_tell(rc, &err);
	ml_coefs_release(&coefs);
	ml_buf_release(&out);
}

#endif
