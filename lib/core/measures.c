/* measures.c - names of metrics on the command line, and what is reported when none is named.
 */
#include "core/measures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/similar.h"
#include "base/utf8.h"
#include "core/gates.h"

static const char CONFUSION[] = "confusion", ALL[] = "all";

void ml_measure_name(const struct ml_measure *m, char out[ML_MEASURE_NAME])
{
	const char *suffix = ml_average_suffix(m->average);

	if (m->top)
		snprintf(out, ML_MEASURE_NAME, "%s@%zu", m->metric->name, m->top);
	else
		snprintf(out, ML_MEASURE_NAME, "%s%s", m->metric->name, suffix);
}

static int add(struct ml_measures *m, struct ml_measure measure, bool hidden, size_t *at,
	       struct ml_error *err)
{
	for (*at = 0; *at < m->n; ++*at) {
		struct ml_measures_item *i = &m->item[*at];
		if (i->measure.metric == measure.metric &&
		    i->measure.average == measure.average && i->measure.cls == measure.cls &&
		    i->measure.top == measure.top) {
			i->hidden &= hidden;
			return ML_OK;
		}
	}
	if (ML_GROW(m->item, m->cap, m->n + 1, err))
		return err->code;
	m->item[m->n++] = (struct ml_measures_item){ measure, hidden };
	return ML_OK;
}

/* ---- what can be computed ---- */

static unsigned lacks(const struct ml_metric *metric, const struct ml_scored *rows)
{
	unsigned has = ML_NEEDS_ORDER;

	if (rows->pred || rows->value)
		has |= ML_NEEDS_PRED;
	if (rows->prob.v)
		has |= ML_NEEDS_PROB | ML_NEEDS_SCORE;
	if (rows->score)
		has |= ML_NEEDS_SCORE;
	if (rows->y || rows->truth)
		has |= ML_NEEDS_TRUTH;
	if (rows->x.v)
		has |= ML_NEEDS_FEATURES | ML_NEEDS_PAIRS;
	if (rows->group)
		has |= ML_NEEDS_GROUP;
	return metric->needs & ~has;
}

static int wrong_task(const struct ml_metric *metric, const struct ml_scoring *s,
		      struct ml_error *err)
{
	const char *truth = ML_SHOW(s->truth_name, strlen(s->truth_name));

	if (metric->task == ML_FOR_CLUSTERS || s->rows.task == ML_FOR_CLUSTERS)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       metric->task == ML_FOR_CLUSTERS
				       ? "%s is for clusters: --task cluster takes predictions "
					 "as such"
				       : "%s is not for clusters (--task cluster)",
			       metric->name);
	return ml_fail(err, ML_EUSAGE, "E-USAGE",
		       metric->task == ML_FOR_CLASSES
			       ? "%s is for classes, and '%s' is taken as a number: "
				 "--task classify takes it as classes"
			       : "%s is for numbers, and '%s' is taken as classes: "
				 "--task regress takes it as a number",
		       metric->name, truth);
}

static int lacks_group(const struct ml_metric *metric, const struct ml_scoring *s,
		       struct ml_error *err)
{
	if (s->groupless)
		return ml_fail(err, ML_EDATA, "E-MISSING", "%s: row %zu has no group",
			       metric->name, s->groupless);
	return ml_fail(err, ML_EDATA, "E-COLUMNS",
		       "%s ranks the rows of a group: name their column with --group",
		       metric->name);
}

static int check(const struct ml_metric *metric, const struct ml_scoring *s,
		 struct ml_error *err)
{
	unsigned lack = lacks(metric, &s->rows);

	if (metric->task != s->rows.task)
		return wrong_task(metric, s, err);
	if (!lack)
		return ML_OK;
	if (lack & ML_NEEDS_TRUTH)
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "%s needs true classes: name their column with -y",
			       metric->name);
	if (lack & ML_NEEDS_FEATURES)
		return ml_fail(
			err, ML_EDATA, "E-COLUMNS",
			"%s needs the columns of the clusters: name them with --features",
			metric->name);
	if (lack & ML_NEEDS_GROUP)
		return lacks_group(metric, s, err);
	return ml_fail(err, ML_EDATA, "E-COLUMNS", "%s needs %s", metric->name,
		       lack & ML_NEEDS_PRED ? "predictions: name their column with --pred"
		       : lack & ML_NEEDS_PROB
			       ? "probabilities: name their columns with --prob"
			       : "scores or probabilities: name them with --score "
				 "or --prob");
}

/* ---- names ---- */

static int unknown_metric(const char *name, size_t n, struct ml_error *err)
{
	enum { MOST = 256 };
	const char *names[MOST];
	size_t count = 0, near = SIZE_MAX;
	char *copy = ml_strndup(name, n, err);

	if (!copy)
		return err->code;
	for (; count < MOST && ml_metrics[count]; count++)
		names[count] = ml_metrics[count]->name;
	near = ml_similar(copy, names, count);
	free(copy);
	if (near != SIZE_MAX)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "no metric '%s', did you mean '%s'?",
			       ML_SHOW(name, n), names[near]);
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "no metric '%s'", ML_SHOW(name, n));
}

/* Class behind the colon, backslashes taken away. */
static int find_class(const struct ml_scoring *s, const char *text, size_t n, size_t *c,
		      struct ml_error *err)
{
	char *name = ml_strndup(text, n, err);
	size_t len = 0;

	if (!name)
		return err->code;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\\' && i + 1 < n)
			i++;
		name[len++] = text[i];
	}
	name[len] = '\0';
	*c = ml_labels_find(&s->labels, name);
	int rc = *c != SIZE_MAX ? ML_OK
				: ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' is no class of '%s'",
					  ML_SHOW(name, len),
					  ML_SHOW(s->truth_name, strlen(s->truth_name)));
	free(name);
	return rc;
}

/* NAME[-AVERAGE][:CLASS] */
static int parse(const struct ml_scoring *s, const char *text, size_t n, struct ml_measure *out,
		 struct ml_error *err)
{
	const char *colon = memchr(text, ':', n);
	size_t len = colon ? (size_t)(colon - text) : n;

	if (!ml_metric_find(text, len, out))
		return unknown_metric(text, len, err);
	int rc = check(out->metric, s, err);
	if (rc || !colon)
		return rc;
	if (out->average != ML_AVG_PLAIN || !ml_metric_has_classes(out->metric))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "%s has no value for a single class",
			       ML_SHOW(text, len));
	out->average = ML_AVG_CLASS;
	return find_class(s, colon + 1, (size_t)(text + n - colon - 1), &out->cls, err);
}

int ml_measures_add(struct ml_measures *m, const struct ml_scoring *s, const char *text,
		    size_t n, bool hidden, size_t *at, struct ml_error *err)
{
	struct ml_measure one;

	if (parse(s, text, n, &one, err))
		return err->code;
	return add(m, one, hidden, at, err);
}

int ml_measure_check(const struct ml_measure *m, const struct ml_scoring *s,
		     struct ml_error *err)
{
	return check(m->metric, s, err);
}

/* ---- the usual ones ---- */

static int add_classes(struct ml_measures *m, const struct ml_metric *metric, size_t k,
		       struct ml_error *err)
{
	size_t at;
	int rc = ML_OK;

	for (size_t c = 0; !rc && c < k; c++)
		rc = add(m, (struct ml_measure){ metric, ML_AVG_CLASS, c, 0 }, false, &at, err);
	return rc;
}

/* Of several classes macro averages, and weighted ones where both are common. */
static int add_summary(struct ml_measures *m, const struct ml_metric *metric, size_t k,
		       struct ml_error *err)
{
	bool averages = k > 2 && ml_metric_has_classes(metric);
	struct ml_measure one = { metric, averages ? ML_AVG_MACRO : ML_AVG_PLAIN, SIZE_MAX, 0 };
	size_t at;
	int rc = add(m, one, false, &at, err);

	one.average = ML_AVG_WEIGHTED;
	if (!rc && averages && metric->of_counts)
		rc = add(m, one, false, &at, err);
	return rc;
}

static int add_usual(struct ml_measures *m, const struct ml_scoring *s, bool all,
		     const struct ml_metric_opts *o, struct ml_error *err)
{
	size_t k = s->rows.classes;
	int rc = ML_OK;

	for (int classes = 0; classes < 2; classes++)
		for (size_t i = 0; !rc && ml_metrics[i]; i++) {
			const struct ml_metric *metric = ml_metrics[i];
			/* fbeta is f1 unless --beta says otherwise. */
			bool wanted = all || metric->by_default ||
				      (o->beta != 1 && !strcmp(metric->name, "fbeta"));
			if (!wanted || metric->task != s->rows.task || lacks(metric, &s->rows))
				continue;
			if (!classes)
				rc = add_summary(m, metric, k, err);
			else if (metric->of_counts || (metric->of_class && k > 2))
				rc = add_classes(m, metric, k, err);
		}
	m->confusion = s->rows.task != ML_FOR_NUMBERS && s->rows.y && s->rows.pred;
	return rc;
}

/* ---- lists ---- */

static bool is_word(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && !memcmp(s, word, n);
}

static int add_named(struct ml_measures *m, const struct ml_scoring *s, const char *text,
		     size_t n, const struct ml_metric_opts *o, struct ml_error *err)
{
	size_t at;

	if (is_word(text, n, ALL))
		return add_usual(m, s, true, o, err);
	if (is_word(text, n, CONFUSION)) {
		m->confusion = true;
		return s->rows.pred && s->rows.y
			       ? ML_OK
			       : ml_fail(err, ML_EDATA, "E-COLUMNS",
					 s->rows.pred ? "the confusion matrix needs true "
							"classes (-y)"
						      : "the confusion matrix needs predicted "
							"classes (--pred)");
	}
	return ml_measures_add(m, s, text, n, false, &at, err);
}

static int add_list(struct ml_measures *m, const struct ml_scoring *s, const char *list,
		    const struct ml_metric_opts *o, struct ml_error *err)
{
	int rc = ML_OK;

	for (const char *at = list; !rc;) {
		size_t n = 0;
		while (at[n] && at[n] != ',')
			n += at[n] == '\\' && at[n + 1] ? 2 : 1;
		rc = add_named(m, s, at, n, o, err);
		at += n;
		if (!*at++)
			break;
	}
	return rc;
}

/* ---- all of it ---- */

unsigned ml_measures_needs(const struct ml_measures *m)
{
	unsigned needs = m->confusion ? ML_NEEDS_PRED : 0;

	for (size_t i = 0; i < m->n; i++)
		needs |= ml_measure_needs(&m->item[i].measure);
	return needs;
}

int ml_measures_init(struct ml_measures *m, const struct ml_scoring *s,
		     const struct ml_texts *metrics, bool usual, const struct ml_texts *gates,
		     const struct ml_metric_opts *o, struct ml_error *err)
{
	int rc = ML_OK;

	*m = (struct ml_measures){ 0 };
	for (size_t i = 0; !rc && i < metrics->n; i++)
		rc = add_list(m, s, metrics->v[i], o, err);
	if (!rc && usual && !metrics->n)
		rc = add_usual(m, s, false, o, err);
	for (size_t i = 0; !rc && i < gates->n; i++)
		rc = ml_gates_add(m, s, gates->v[i], err);
	return rc;
}

/* Takes away what `s` cannot tell, and single classes. */
static void keep_common(struct ml_measures *m, const struct ml_scoring *s)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->item[i].measure.average != ML_AVG_CLASS &&
		    !lacks(m->item[i].measure.metric, &s->rows))
			m->item[n++] = m->item[i];
	m->n = n;
}

int ml_measures_common(struct ml_measures *m, const struct ml_scoring *s, size_t n,
		       const char *const *file, const struct ml_texts *metrics,
		       const struct ml_metric_opts *o, struct ml_error *err)
{
	const struct ml_texts none = { NULL, 0 };
	int rc = ml_measures_init(m, &s[0], metrics, true, &none, o, err);

	for (size_t k = 0; !rc && k < n; k++) {
		if (!metrics->n)
			keep_common(m, &s[k]);
		for (size_t i = 0; !rc && i < m->n; i++)
			if ((rc = check(m->item[i].measure.metric, &s[k], err)))
				ml_context(err, "%s", ML_SHOW(file[k], strlen(file[k])));
	}
	if (!rc && (m->confusion = m->confusion && metrics->n))
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "the confusion matrix is not one figure: it cannot be compared");
	if (!rc && !m->n)
		rc = ml_fail(err, ML_EDATA, "E-COLUMNS", "the files share no metric");
	return rc;
}

void ml_measures_release(struct ml_measures *m)
{
	free(m->item);
	free(m->gate);
	*m = (struct ml_measures){ 0 };
}
