/* dummy.c - predictions that do not look at the features: the baseline to beat.
 *
 * Classes: the most frequent one, or the shares of the classes in training as probabilities
 * (prior), or one class drawn with these probabilities (stratified).  What is drawn depends on
 * the seed and the row's values, so that a row gets the same answer wherever it stands.
 * Numbers: the weighted mean or median.  The median of an even count is the mean of the two
 * in the middle. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/dd.h"
#include "la/sums.h"
#include "models/linpred.h"

enum strategy { AUTO, MOST_FREQUENT, PRIOR, STRATIFIED, MEAN, MEDIAN, STRATEGIES };
static const char *const strategies[] = { "auto", "most-frequent", "prior", "stratified",
					  "mean", "median",        NULL };

/* Weights are scaled by 2^-ROOM, so that no sum of them overflows. */
enum { ROOM = 64 };

struct dummy_opts {
	int strategy;
};

static const struct ml_opt opts[] = {
	{ .name = "strategy",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = strategies,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct dummy_opts, strategy, int),
	  .help = "what to answer; auto is the prior for classes, the mean for numbers" },
	ML_OPT_END
};

struct dummy {
	enum strategy strategy;   /* never AUTO */
	size_t features, classes; /* classes 0: a number is predicted */
	double value;
	double *share; /* weighted shares of the classes, owned, or NULL */
	uint64_t seed;
};

static bool for_classes(enum strategy s)
{
	return s == MOST_FREQUENT || s == PRIOR || s == STRATIFIED;
}

static int count_classes(struct dummy *m, const struct ml_problem *p, struct ml_error *err)
{
	struct ml_dd *mass = ml_alloc(p->nclass, sizeof *mass, err);
	double total = 0;

	m->classes = p->nclass;
	m->share = ml_alloc(m->classes, sizeof *m->share, err);
	if (!mass || !m->share) {
		free(mass);
		return err->code;
	}
	for (size_t i = 0; i < p->x.rows; i++)
		ml_acc_add(&mass[(size_t)p->y[i]], p->w ? ldexp(p->w[i], -ROOM) : 1);
	for (size_t c = 0; c < m->classes; c++)
		total += m->share[c] = ml_acc_end(mass[c]).hi;
	free(mass);
	if (!(total > 0))
		return ml_fail(err, ML_EDATA, "E-RANGE", "dummy: the weights sum to 0");
	for (size_t c = 0; c < m->classes; c++)
		m->share[c] /= total;
	return ML_OK;
}

struct weighted {
	double v, w;
};

static int by_value(const void *a, const void *b)
{
	const struct weighted *u = a, *v = b;
	return (u->v > v->v) - (u->v < v->v);
}

static int weighted_median(const struct ml_problem *p, double *out, struct ml_error *err)
{
	size_t n = p->x.rows;
	struct weighted *s = ml_alloc(n, sizeof *s, err);
	double total = 0, below = 0;

	if (!s)
		return err->code;
	for (size_t i = 0; i < n; i++)
		s[i] = (struct weighted){ p->y[i], p->w ? ldexp(p->w[i], -ROOM) : 1 };
	qsort(s, n, sizeof *s, by_value);
	for (size_t i = 0; i < n; i++)
		total += s[i].w;
	size_t i = 0;
	for (; i + 1 < n && below + s[i].w < total / 2; i++)
		below += s[i].w;
	*out = s[i].v;
	if (i + 1 < n && below + s[i].w == total / 2)
		*out = s[i].v / 2 + s[i + 1].v / 2;
	free(s);
	return ML_OK;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct dummy_opts *o = options;
	struct dummy *m = state;
	bool classes = p->task == ML_CLASSIFY;
	int rc = ML_OK;

	m->strategy = (enum strategy)o->strategy;
	if (m->strategy == AUTO)
		m->strategy = classes ? PRIOR : MEAN;
	if (for_classes(m->strategy) != classes)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "strategy '%s' is for %s, the target is %s",
			       strategies[m->strategy], classes ? "numbers" : "classes",
			       classes ? "classes" : "numbers");
	m->features = p->x.cols;
	m->seed = run->seed;
	if (classes)
		rc = count_classes(m, p, err);
	else if (m->strategy == MEDIAN)
		rc = weighted_median(p, &m->value, err);
	else
		m->value = ml_moments_of(p->y, p->w, p->x.rows).mean;
	*rep = (struct ml_report){ .converged = true };
	return rc;
}

/* Only a draw looks at the row, so that equal rows get equal answers. */
static bool blind(const void *options)
{
	const struct dummy_opts *o = options;

	return o->strategy != STRATIFIED;
}

/* A number in [0, 1) made of the seed and the row's values, by the finaliser of SplitMix64
 * (Steele, Lea, Flood 2014).  -0 counts as 0, and all NaNs alike. */
static double row_draw(uint64_t seed, const double *x, size_t n)
{
	uint64_t h = seed ^ 0x9e3779b97f4a7c15u;

	for (size_t j = 0; j <= n; j++) {
		double v = j == n ? (double)n : isnan(x[j]) ? 0.5 : x[j] + 0.0;
		uint64_t bits;
		memcpy(&bits, &v, sizeof bits);
		h = (h ^ bits) + 0x9e3779b97f4a7c15u;
		h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
		h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
		h ^= h >> 31;
	}
	return (double)(h >> 11) * 0x1p-53;
}

static size_t pick_class(const struct dummy *m, const double *x)
{
	size_t best = 0;

	if (m->strategy == MOST_FREQUENT) {
		for (size_t c = 1; c < m->classes; c++)
			if (m->share[c] > m->share[best])
				best = c;
		return best;
	}
	double left = row_draw(m->seed, x, m->features);
	for (size_t c = 0; c < m->classes; c++) {
		if (m->share[c] > 0)
			best = c;
		if ((left -= m->share[c]) < 0)
			break;
	}
	return best;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct dummy *m = state;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		double *o = out->v + i * out->ld;
		if (!m->classes) {
			o[0] = m->value;
			continue;
		}
		for (size_t c = 0; c < m->classes; c++)
			o[c] = m->strategy == PRIOR ? m->share[c] : 0;
		if (m->strategy != PRIOR)
			o[pick_class(m, x->v + i * x->ld)] = 1;
	}
	return ML_OK;
}

static size_t width(const void *state)
{
	const struct dummy *m = state;
	return m->classes ? m->classes : 1;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct dummy *m = state;

	ml_put_text(out, "strategy", strategies[m->strategy]);
	ml_put_size(out, "features", m->features);
	if (!m->classes) {
		ml_put_real(out, "value", m->value);
		return;
	}
	ml_put_size(out, "classes", m->classes);
	ml_put_reals(out, "share", m->share, m->classes);
	if (m->strategy == STRATIFIED) {
		/* Halves, since a size need not hold 64 bits everywhere. */
		ml_put_size(out, "seed-high", (size_t)(m->seed >> 32));
		ml_put_size(out, "seed-low", (size_t)(m->seed & UINT32_MAX));
	}
}

static int load_shares(struct dummy *m, const struct ml_fields *in, struct ml_error *err)
{
	struct ml_dd mass = { 0 };

	if (ml_get_size(in, "classes", 1u << 20, &m->classes, err) ||
	    ml_get_reals(in, "share", &m->share, m->classes, err))
		return err->code;
	for (size_t c = 0; c < m->classes; c++) {
		if (!(m->share[c] >= 0 && m->share[c] <= 1))
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "field 'share': %g is not in 0..1", m->share[c]);
		ml_acc_add(&mass, m->share[c]);
	}
	double sum = ml_acc_end(mass).hi;
	/* The total that fit() divides by is a plain sum of up to 2^20 shares: 1.2e-10. */
	if (m->classes < 2 || !(fabs(sum - 1) < 1e-9))
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field 'share': %zu classes that sum to %g", m->classes, sum);
	return ML_OK;
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct dummy *m = state;
	size_t high = 0, low = 0;
	char *name;

	(void)format; /* only version 1 exists */
	if (ml_get_text(in, "strategy", &name, err))
		return err->code;
	m->strategy = MOST_FREQUENT;
	while (m->strategy < STRATEGIES && strcmp(name, strategies[m->strategy]))
		m->strategy++;
	free(name);
	if (m->strategy == STRATEGIES)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'strategy' is not known");
	if (ml_get_size(in, "features", 1u << 28, &m->features, err))
		return err->code;
	if (!for_classes(m->strategy))
		return ml_get_real(in, "value", &m->value, err);
	int rc = load_shares(m, in, err);
	if (!rc && m->strategy == STRATIFIED)
		rc = ml_get_size(in, "seed-high", UINT32_MAX, &high, err);
	if (!rc && m->strategy == STRATIFIED)
		rc = ml_get_size(in, "seed-low", UINT32_MAX, &low, err);
	m->seed = (uint64_t)high << 32 | low;
	return rc;
}

static void release(void *state)
{
	free(((struct dummy *)state)->share);
}

const struct ml_model ml_dummy = {
	.name = "dummy",
	.summary = "the mean, the prior or the like, whatever the features: a baseline",
	.tasks = ML_CLASSIFY | ML_REGRESS,
	.flags = ML_TAKES_MISSING | ML_ANY_FEATURES,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct dummy_opts),
	.state_size = sizeof(struct dummy),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.blind = blind,
};
