/* metrics.c - the registry of metrics, and the averages over classes that all of them share. */
#include <math.h>
#include <string.h>

#include "metrics/sheet.h"

#define ML_METRIC(name) extern const struct ml_metric ml_metric_##name;
#include "metrics/metrics.def"
#undef ML_METRIC

const struct ml_metric *const ml_metrics[] = {
#define ML_METRIC(name) &ml_metric_##name,
#include "metrics/metrics.def"
#undef ML_METRIC
	NULL
};

static const char *const suffixes[] = {
	[ML_AVG_PLAIN] = "",       [ML_AVG_MACRO] = "-macro",
	[ML_AVG_MICRO] = "-micro", [ML_AVG_WEIGHTED] = "-weighted",
	[ML_AVG_CLASS] = "",
};

const char *ml_average_suffix(enum ml_average a)
{
	return suffixes[a];
}

bool ml_metric_has_classes(const struct ml_metric *m)
{
	return m->of_counts || m->of_class;
}

unsigned ml_measure_needs(const struct ml_measure *m)
{
	bool each = m->metric->of_class && m->average != ML_AVG_PLAIN;

	return m->metric->needs | (each ? ML_NEEDS_EACH : 0);
}

/* s[0..n) equals word[0..m), '_' counting as '-'. */
static bool same(const char *s, size_t n, const char *word, size_t m)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((s[i] == '_' ? '-' : s[i]) != word[i])
			return false;
	return true;
}

static bool has_name(const struct ml_metric *m, const char *s, size_t n)
{
	const char *a = m->aliases ? m->aliases : "";

	if (same(s, n, m->name, strlen(m->name)))
		return true;
	while (*a) {
		size_t len = strcspn(a, ",");
		if (same(s, n, a, len))
			return true;
		a += len + (a[len] == ',');
	}
	return false;
}

static bool has_average(const struct ml_metric *m, enum ml_average a)
{
	if (a == ML_AVG_PLAIN)
		return true;
	return a == ML_AVG_MICRO ? m->of_counts != NULL : ml_metric_has_classes(m);
}

/* The K of NAME@K, whose '@' stands at name[at]; 0: it is none. */
static size_t top_of(const char *name, size_t at, size_t n)
{
	enum { MOST = 1000000 };
	size_t top = 0;

	for (size_t i = at + 1; i < n; i++) {
		if (name[i] < '0' || name[i] > '9' || (i == at + 1 && name[i] == '0'))
			return 0;
		top = top * 10 + (size_t)(name[i] - '0');
		if (top > MOST)
			return 0;
	}
	return top;
}

static bool find_top(const char *name, size_t at, size_t n, struct ml_measure *out)
{
	size_t top = top_of(name, at, n);

	for (const struct ml_metric *const *m = ml_metrics; top && *m; m++)
		if ((*m)->takes_top && has_name(*m, name, at)) {
			*out = (struct ml_measure){ *m, ML_AVG_PLAIN, SIZE_MAX, top };
			return true;
		}
	return false;
}

bool ml_metric_find(const char *name, size_t n, struct ml_measure *out)
{
	const char *at = memchr(name, '@', n);

	if (at)
		return find_top(name, (size_t)(at - name), n, out);
	for (enum ml_average a = ML_AVG_PLAIN; a < ML_AVG_CLASS; a++) {
		size_t tail = strlen(suffixes[a]);
		if (tail >= n || !same(name + n - tail, tail, suffixes[a], tail))
			continue;
		for (const struct ml_metric *const *m = ml_metrics; *m; m++) {
			if (!has_name(*m, name, n - tail) || !has_average(*m, a))
				continue;
			*out = (struct ml_measure){ *m, a, SIZE_MAX, 0 };
			return true;
		}
	}
	return false;
}

static double of_one(const struct ml_metric *m, const struct ml_parts *p, size_t c,
		     const struct ml_metric_opts *o)
{
	return m->of_counts ? m->of_counts(&p->counts[c], o) : m->of_class(p, c);
}

static double pooled(const struct ml_metric *m, const struct ml_parts *p,
		     const struct ml_metric_opts *o)
{
	struct ml_counts all = { 0, 0, 0, 0 };

	for (size_t c = 0; c < p->sheet->rows->classes; c++) {
		all.tp += p->counts[c].tp;
		all.fp += p->counts[c].fp;
		all.fn += p->counts[c].fn;
		all.tn += p->counts[c].tn;
	}
	return m->of_counts(&all, o);
}

/* Classes that nobody names (known from another slice, or from a column of probabilities) do
 * not count where predictions are judged; a ranking is judged for every class. */
static bool occurs(const struct ml_metric *m, const struct ml_parts *p, size_t c)
{
	return m->of_class || p->truth[c] > 0 || p->counts[c].fp > 0;
}

static double averaged(const struct ml_metric *m, const struct ml_parts *p, bool weighted,
		       const struct ml_metric_opts *o)
{
	struct ml_dd sum = { 0, 0 }, weight = { 0, 0 };

	for (size_t c = 0; c < p->sheet->rows->classes; c++) {
		double w = weighted ? p->truth[c] : occurs(m, p, c);
		if (!(w > 0))
			continue;
		ml_acc_mul(&sum, w, of_one(m, p, c, o));
		ml_acc_add(&weight, w);
	}
	return ml_acc_end(sum).hi / ml_acc_end(weight).hi;
}

double ml_measure_value(const struct ml_measure *m, const struct ml_parts *p,
			const struct ml_metric_opts *o)
{
	const struct ml_scored *rows = p->sheet->rows;
	double v;

	if (m->metric->value)
		v = m->metric->value(p, o);
	else if (m->metric->of_ranks)
		v = m->metric->of_ranks(p, m->top);
	else if (m->average == ML_AVG_CLASS)
		v = of_one(m->metric, p, m->cls, o);
	else if (m->average == ML_AVG_MICRO)
		v = pooled(m->metric, p, o);
	else if (m->average == ML_AVG_PLAIN && rows->classes <= 2)
		v = of_one(m->metric, p, rows->positive, o);
	else
		v = averaged(m->metric, p, m->average == ML_AVG_WEIGHTED, o);
	return isfinite(v) ? v : NAN;
}
