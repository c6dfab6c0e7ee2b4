/* clusters.c - sizes and centres of clusters. */
#include "core/clusters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/affine.h"
#include "core/predict.h"

enum { SHOWN_CLUSTERS = 40, SHOWN_ACROSS = 6, SHOWN_FEATURES = 40 };

/* Centres move back through what the steps did to feature j. */
static void unfold(void *arg, size_t j, double center, double factor)
{
	struct ml_clusters *c = arg;

	for (size_t k = 0; k < c->n; k++) {
		double *at = &c->centre.v[k * c->centre.ld + j];
		*at = *at / factor + center;
	}
}

int ml_clusters_init(struct ml_clusters *c, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);

	*c = (struct ml_clusters){ 0 };
	if (!s)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	if (s->outcome.task != ML_CLUSTER)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' has no clusters",
			       ml_step_type(s));
	c->n = s->outcome.clusters;
	c->features = s->needs;
	if (!(c->size = ml_alloc(c->n + 1, sizeof *c->size, err)))
		return err->code;
	s->model->sizes(s->state, c->size);
	for (size_t k = 0; k <= c->n; k++)
		c->total += c->size[k];
	if (!s->model->centres)
		return ML_OK;
	c->centre = (struct ml_mat){ ml_alloc(c->n, s->n_needs * sizeof(double), err), c->n,
				     s->n_needs, s->n_needs };
	if (!c->centre.v)
		return err->code;
	s->model->centres(s->state, &c->centre);
	return ml_affine_back(p, unfold, c, err);
}

void ml_clusters_release(struct ml_clusters *c)
{
	free(c->size);
	free(c->centre.v);
	*c = (struct ml_clusters){ 0 };
}

/* Cluster n is noise. */
static const char *name_of(const struct ml_clusters *c, size_t k, char room[ML_WORD])
{
	const struct ml_outcome o = { .task = ML_CLUSTER };
	const double cluster = k < c->n ? (double)k : -1;

	return ml_outcome_word(&o, &cluster, room);
}

static double share_of(const struct ml_clusters *c, size_t k)
{
	return c->total > 0 ? c->size[k] / c->total : 0;
}

int ml_clusters_rows(const struct ml_clusters *c, struct ml_findings *out, struct ml_error *err)
{
	enum { BEFORE = 3 };
	size_t p = c->centre.v ? c->centre.cols : 0;
	const char **column = ml_alloc(BEFORE + p + 1, sizeof *column, err);
	char room[ML_WORD];
	int rc = column ? ML_OK : err->code;

	if (rc)
		return rc;
	column[0] = "cluster";
	column[1] = "rows";
	column[2] = "share";
	for (size_t j = 0; j < p; j++)
		column[BEFORE + j] = c->features[j].name;
	out->column = column;
	out->owns_columns = true;
	out->silent = true;
	for (size_t k = 0; !rc && k < c->n + (c->size[c->n] > 0); k++) {
		ml_findings_text(out, name_of(c, k, room));
		ml_findings_number(out, c->size[k]);
		ml_findings_number(out, share_of(c, k));
		for (size_t j = 0; j < p; j++)
			if (k < c->n)
				ml_findings_number(out, c->centre.v[k * c->centre.ld + j]);
			else
				ml_findings_none(out);
		rc = ml_findings_row(out, NULL, err);
	}
	return rc;
}

/* ---- text ---- */

static void text_sizes(const struct ml_clusters *c, struct ml_buf *b)
{
	size_t all = c->n + (c->size[c->n] > 0);
	char room[ML_WORD];

	ml_buf_printf(b, "\n  %-12s %14s %8s\n", "cluster", "rows", "share");
	for (size_t k = 0; k < all && k < SHOWN_CLUSTERS; k++)
		ml_buf_printf(b, "  %-12s %14.8g %7.1f%%\n", name_of(c, k, room), c->size[k],
			      100 * share_of(c, k));
	if (all > SHOWN_CLUSTERS)
		ml_buf_printf(b, "  ... %zu more: ml-show --clusters\n", all - SHOWN_CLUSTERS);
}

/* Features down, clusters across, since there are more of the former. */
static void text_centres(const struct ml_clusters *c, struct ml_buf *b)
{
	size_t across = c->n < SHOWN_ACROSS ? c->n : SHOWN_ACROSS, p = c->centre.cols;
	char room[ML_WORD];

	ml_buf_printf(b, "\n  %-24s", "centre");
	for (size_t k = 0; k < across; k++)
		ml_buf_printf(b, " %11s", name_of(c, k, room));
	ml_buf_byte(b, '\n');
	for (size_t j = 0; j < p && j < SHOWN_FEATURES; j++) {
		const char *name = c->features[j].name;

		ml_buf_printf(b, "  %-24s", ML_SHOW(name, strlen(name)));
		for (size_t k = 0; k < across; k++)
			ml_buf_printf(b, " %11.5g", c->centre.v[k * c->centre.ld + j]);
		ml_buf_byte(b, '\n');
	}
	if (across < c->n || p > SHOWN_FEATURES)
		ml_buf_text(b, "  ... all of them: ml-show --clusters\n");
}

int ml_clusters_text(const struct ml_pipeline *p, struct ml_buf *out, struct ml_error *err)
{
	struct ml_clusters c;
	int rc = ml_clusters_init(&c, p, err);

	if (!rc)
		text_sizes(&c, out);
	if (!rc && c.centre.v && c.n)
		text_centres(&c, out);
	ml_clusters_release(&c);
	return rc;
}
