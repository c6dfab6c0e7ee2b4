/* mergeview.c - merges as rows, as a tree, as a graph. */
#include "core/mergeview.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "models/dendrogram.h"

static int find(const struct ml_dendrogram **d, const struct ml_pipeline *p,
		struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);

	if (!s)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	if (!s->model->dendrogram)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' has no merges",
			       ml_step_type(s));
	*d = s->model->dendrogram(s->state);
	return ML_OK;
}

int ml_mergeview_rows(struct ml_findings *out, const struct ml_pipeline *p, size_t number,
		      struct ml_error *err)
{
	static const char *const columns[] = { "step", "a", "b", "height", "size", NULL };
	const struct ml_dendrogram *d;
	int rc = find(&d, p, err);

	(void)number;
	out->column = columns;
	out->silent = true;
	for (size_t s = 0; !rc && s + 1 < d->n; s++) {
		const struct ml_merge *m = &d->merge[s];
		ml_findings_number(out, (double)s);
		ml_findings_number(out, m->a);
		ml_findings_number(out, m->b);
		ml_findings_number(out, m->height);
		ml_findings_number(out, m->rows);
		rc = ml_findings_row(out, NULL, err);
	}
	return rc;
}

static double height_of(const struct ml_dendrogram *d, size_t cluster)
{
	return cluster < d->n ? 0 : d->merge[cluster - d->n].height;
}

static void put_number(struct ml_buf *out, double v)
{
	char text[ML_NUMBER_MAX];

	ml_number_print(v, text);
	ml_buf_text(out, text);
}

/* A cluster of which a part has been written: `done` of its two. */
struct open {
	size_t cluster;
	int done;
};

/* Trees of single linkage may be as deep as there are rows: no recursion. */
static void put_newick(struct ml_buf *out, const struct ml_dendrogram *d, struct open *stack)
{
	size_t depth = 0;

	stack[depth++] = (struct open){ 2 * d->n - 2, 0 };
	while (depth) {
		struct open *top = &stack[depth - 1];
		bool leaf = top->cluster < d->n;
		if (!leaf && top->done < 2) {
			const struct ml_merge *m = &d->merge[top->cluster - d->n];
			ml_buf_text(out, top->done ? "," : "(");
			stack[depth++] = (struct open){ top->done++ ? m->b : m->a, 0 };
			continue;
		}
		if (leaf)
			ml_buf_printf(out, "%zu", top->cluster);
		else
			ml_buf_byte(out, ')');
		if (--depth) {
			ml_buf_byte(out, ':');
			put_number(out, height_of(d, stack[depth - 1].cluster) -
						height_of(d, top->cluster));
		}
	}
	ml_buf_text(out, ";\n");
}

int ml_mergeview_newick(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
			struct ml_error *err)
{
	const struct ml_dendrogram *d;

	(void)number;
	if (find(&d, p, err))
		return err->code;
	struct open *stack = ml_alloc(d->n, sizeof *stack, err);
	if (!stack)
		return err->code;
	put_newick(out, d, stack);
	free(stack);
	return ml_buf_check(out, err);
}

int ml_mergeview_dot(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
		     struct ml_error *err)
{
	const struct ml_dendrogram *d;

	(void)number;
	if (find(&d, p, err))
		return err->code;
	ml_buf_text(out, "digraph merges {\n  node [shape=plaintext];\n");
	for (size_t s = 0; s + 1 < d->n; s++) {
		const struct ml_merge *m = &d->merge[s];
		ml_buf_printf(out, "  %zu [label=\"", d->n + s);
		put_number(out, m->height);
		ml_buf_printf(out, "\"];\n  %zu -> %u;\n  %zu -> %u;\n", d->n + s, m->a,
			      d->n + s, m->b);
	}
	ml_buf_text(out, "}\n");
	return ml_buf_check(out, err);
}
