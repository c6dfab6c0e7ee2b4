/* evalcurve.c - curves as CSV, class by class and slice by slice. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "core/evaltext.h"
#include "core/subsets.h"
#include "data/writer.h"

struct drawing {
	const struct ml_eval *e;
	const struct ml_eval_plan *plan;
	const struct ml_curve *curve;
	const struct ml_run *run;
	struct ml_writer w;
	const char *slice, *cls; /* of the points now */
	size_t points, columns;
};

static void put_text(struct ml_writer *w, const char *s)
{
	ml_writer_field(w, s, strlen(s));
}

static int put_point(void *arg, const double *v, struct ml_error *err)
{
	struct drawing *d = arg;

	if (d->e->sliced)
		put_text(&d->w, d->slice ? d->slice : "");
	put_text(&d->w, d->cls);
	for (size_t j = 0; j < d->columns; j++)
		ml_writer_number(&d->w, v[j]);
	d->points++;
	return ml_writer_end(&d->w, err);
}

static int draw_class(struct drawing *d, const struct ml_parts *p, size_t c,
		      struct ml_error *err)
{
	d->cls = d->e->scoring.labels.name[c];
	d->points = 0;
	int rc = d->curve->points(p, c, &d->plan->opts, put_point, d, err);
	if (!rc && !d->points && d->run->warn)
		d->run->warn(d->run->user, "W-UNDEFINED", SIZE_MAX,
			     "the %s curve of class '%s'%s%s is not defined: %s",
			     d->curve->name, ML_SHOW(d->cls, strlen(d->cls)),
			     d->slice ? " where " : "",
			     d->slice ? ML_SHOW(d->slice, strlen(d->slice)) : "",
			     d->curve->undefined);
	return rc;
}

static int draw(void *arg, const struct ml_subset *s, struct ml_error *err)
{
	struct drawing *d = arg;
	const struct ml_scored *rows = &s->rows->rows;
	struct ml_sheet sheet;
	struct ml_parts parts = { 0 };
	int rc = ml_sheet_init(&sheet, rows, d->curve->needs & ML_NEEDS_SCORE, false, err);

	d->slice = s->name;
	/* Areas are not needed, but truth is. */
	if (!rc)
		rc = ml_parts_init(&parts, &sheet, err);
	if (!rc)
		rc = ml_parts_fill(&parts, rows->w, err);
	if (!rc && rows->classes <= 2)
		rc = draw_class(d, &parts, rows->positive, err);
	for (size_t c = 0; !rc && rows->classes > 2 && c < rows->classes; c++)
		rc = draw_class(d, &parts, c, err);
	ml_parts_release(&parts);
	ml_sheet_release(&sheet);
	return rc;
}

static int check(const struct ml_scored *rows, const struct ml_curve *curve,
		 struct ml_error *err)
{
	bool scores = rows->prob.v || rows->score;

	if (rows->task != ML_FOR_CLASSES)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "curves are for classes, not for numbers");
	if (curve->needs & ML_NEEDS_PROB && !rows->prob.v)
		return ml_fail(
			err, ML_EDATA, "E-COLUMNS",
			"the %s curve needs probabilities: name their columns with --prob",
			curve->name);
	if (curve->needs & ML_NEEDS_SCORE && !scores)
		return ml_fail(
			err, ML_EDATA, "E-COLUMNS",
			"the %s curve needs scores or probabilities: name them with --score or "
			"--prob",
			curve->name);
	return ML_OK;
}

int ml_eval_curve(const struct ml_eval *e, const struct ml_table *t,
		  const struct ml_eval_plan *plan, const struct ml_curve *curve,
		  struct ml_sink *out, char delimiter, const struct ml_run *run,
		  struct ml_error *err)
{
	struct drawing d = { .e = e, .plan = plan, .curve = curve, .run = run };

	if (check(&e->scoring.rows, curve, err) || ml_writer_init(&d.w, out, delimiter, err))
		return err->code;
	if (e->sliced)
		put_text(&d.w, "slice");
	put_text(&d.w, "class");
	for (; curve->column[d.columns]; d.columns++)
		put_text(&d.w, curve->column[d.columns]);
	int rc = ml_writer_end(&d.w, err);
	if (!rc)
		rc = ml_subsets_each(&e->scoring, t, &plan->by, false, draw, &d, err);
	ml_writer_release(&d.w);
	return rc;
}
