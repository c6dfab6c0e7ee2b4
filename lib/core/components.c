/* components.c - what made columns are made of. */
#include "core/components.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"

enum { SHOWN = 10, SHOWN_LOADINGS = 5 };

static bool ask(const struct ml_step *s, struct ml_components *c)
{
	*c = (struct ml_components){ 0 };
	if (s->prep && s->prep->components)
		s->prep->components(s->state, c);
	return c->k > 0;
}

/* A made column's name; a damaged model may have fewer than the step says. */
static const char *name_of(const struct ml_step *s, size_t c)
{
	return c < s->n_gives ? s->gives[c].name : "?";
}

static double share_of(const struct ml_components *c, double explained)
{
	return c->total > 0 ? explained / c->total : (double)NAN;
}

static int none(struct ml_error *err)
{
	return ml_fail(err, ML_EUSAGE, "E-USAGE",
		       "no step of the model makes components (pca, svd, ica, nmf)");
}

int ml_components_explained(struct ml_findings *out, const struct ml_pipeline *p, size_t unused,
			    struct ml_error *err)
{
	static const char *const columns[] = { "component", "explained", "share", "cumulative",
					       NULL };
	struct ml_components c;
	int rc = ML_OK;

	(void)unused;
	out->column = columns;
	out->silent = true;
	for (size_t i = 0; i < p->n; i++) {
		double sum = 0;

		if (!ask(&p->step[i], &c) || !c.explained)
			continue;
		for (size_t k = 0; !rc && k < c.k; k++) {
			sum += c.explained[k];
			ml_findings_text(out, name_of(&p->step[i], k));
			ml_findings_number(out, c.explained[k]);
			ml_findings_number(out, share_of(&c, c.explained[k]));
			ml_findings_number(out, share_of(&c, sum));
			rc = ml_findings_row(out, NULL, err);
		}
	}
	return rc || out->cells ? rc : none(err);
}

int ml_components_loadings(struct ml_findings *out, const struct ml_pipeline *p, size_t unused,
			   struct ml_error *err)
{
	static const char *const columns[] = { "component", "column", "loading", NULL };
	struct ml_components c;
	int rc = ML_OK;

	(void)unused;
	out->column = columns;
	out->silent = true;
	for (size_t i = 0; i < p->n; i++) {
		const struct ml_step *s = &p->step[i];

		if (!ask(s, &c))
			continue;
		for (size_t e = 0; !rc && e < c.k * c.n; e++) {
			ml_findings_text(out, name_of(s, e / c.n));
			ml_findings_text(out, s->needs[e % c.n].name);
			ml_findings_number(out, c.loading[e]);
			rc = ml_findings_row(out, NULL, err);
		}
	}
	return rc || out->cells ? rc : none(err);
}

/* The columns that weigh most in component k. */
static void text_heaviest(struct ml_buf *b, const struct ml_step *s,
			  const struct ml_components *c, size_t k)
{
	const double *v = c->loading + k * c->n;
	double below = INFINITY;

	for (size_t shown = 0; shown < SHOWN_LOADINGS && shown < c->n; shown++) {
		size_t best = c->n;

		for (size_t j = 0; j < c->n; j++)
			if (fabs(v[j]) < below && (best == c->n || fabs(v[j]) > fabs(v[best])))
				best = j;
		if (best == c->n || v[best] == 0)
			break;
		below = fabs(v[best]);
		ml_buf_printf(b, "%s%.3g %s", shown ? ", " : "  ", v[best],
			      ML_SHOW(s->needs[best].name, strlen(s->needs[best].name)));
	}
}

void ml_components_text(const struct ml_step *s, struct ml_buf *out)
{
	struct ml_components c;
	double sum = 0;

	if (!ask(s, &c))
		return;
	ml_buf_printf(out, "\n  %-12s %12s %7s %7s  loadings\n", "component", "explained",
		      "share", "sum");
	for (size_t k = 0; k < c.k && k < SHOWN; k++) {
		const char *name = name_of(s, k);

		sum += c.explained ? c.explained[k] : 0;
		ml_buf_printf(out, "  %-12s", ML_SHOW(name, strlen(name)));
		if (c.explained)
			ml_buf_printf(out, " %12.6g %6.1f%% %6.1f%%", c.explained[k],
				      100 * share_of(&c, c.explained[k]),
				      100 * share_of(&c, sum));
		text_heaviest(out, s, &c, k);
		ml_buf_byte(out, '\n');
	}
	if (c.k > SHOWN)
		ml_buf_printf(out, "  ... %zu more: ml-show --components\n", c.k - SHOWN);
	ml_buf_byte(out, '\n');
}
