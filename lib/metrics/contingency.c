/* contingency.c - how far clusters and classes are the same grouping of the rows.
 *
 * All from the table n_ij of the rows of class i in cluster j, its margins a_i and b_j, and
 * their total N; numbers of pairs are those of n (n - 1) / 2, so that weight 2 is the row
 * twice. Sources: Hubert, Arabie (1985) for the adjusted Rand index; Vinh, Epps, Bailey (2010)
 * for what chance makes of mutual information; Rosenberg, Hirschberg (2007); Fowlkes, Mallows
 * (1983). */
#include <math.h>

#include "metrics/sheet.h"

/* ---- pairs of rows ---- */

/* Twice the numbers of pairs that are together in both, in truth, in clusters, at all. */
struct pairs {
	double both, truth, clusters, all;
};

static double of_cluster(const struct ml_parts *p, size_t j)
{
	size_t k = p->sheet->rows->classes;
	double sum = 0;

	for (size_t i = 0; i < k; i++)
		sum += p->confusion[i * k + j];
	return sum;
}

static struct pairs pairs_of(const struct ml_parts *p)
{
	size_t k = p->sheet->rows->classes;
	struct pairs c = { 0, 0, 0, p->weight * (p->weight - 1) };

	for (size_t i = 0; i < k * k; i++)
		c.both += p->confusion[i] > 0 ? p->confusion[i] * (p->confusion[i] - 1) : 0;
	for (size_t i = 0; i < k; i++) {
		double b = of_cluster(p, i);

		c.truth += p->truth[i] > 0 ? p->truth[i] * (p->truth[i] - 1) : 0;
		c.clusters += b > 0 ? b * (b - 1) : 0;
	}
	return c;
}

static double rand_index(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct pairs c = pairs_of(p);

	(void)o;
	return c.all > 0 ? (c.all + 2 * c.both - c.truth - c.clusters) / c.all : (double)NAN;
}

static double adjusted_rand(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct pairs c = pairs_of(p);
	double tp = c.both, fp = c.clusters - c.both, fn = c.truth - c.both,
	       tn = c.all - c.clusters - fn;

	(void)o;
	return 2 * (tp * tn - fn * fp) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn));
}

static double fowlkes_mallows(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct pairs c = pairs_of(p);

	(void)o;
	return sqrt(c.both / c.clusters) * sqrt(c.both / c.truth);
}

static double purity(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	size_t k = p->sheet->rows->classes;
	double sum = 0;

	(void)o;
	for (size_t j = 0; j < k; j++) {
		double most = 0;

		for (size_t i = 0; i < k; i++)
			most = fmax(most, p->confusion[i * k + j]);
		sum += most;
	}
	return sum / p->weight;
}

/* ---- information ---- */

struct information {
	double mutual, truth, clusters; /* nats */
};

static double entropy(double part, double all)
{
	return part > 0 ? -part / all * log(part / all) : 0;
}

static struct information information_of(const struct ml_parts *p)
{
	size_t k = p->sheet->rows->classes;
	struct information h = { 0, 0, 0 };

	for (size_t j = 0; j < k; j++) {
		double b = of_cluster(p, j);

		h.clusters += entropy(b, p->weight);
		h.truth += entropy(p->truth[j], p->weight);
		for (size_t i = 0; i < k; i++) {
			double n = p->confusion[i * k + j];

			if (n > 0)
				h.mutual += n / p->weight *
					    (log(n / b) - log(p->truth[i] / p->weight));
		}
	}
	h.mutual = fmax(h.mutual, 0);
	return h;
}

static double mutual_info(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	(void)o;
	return information_of(p).mutual;
}

static double normalized(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct information h = information_of(p);

	(void)o;
	return fmin(1, h.mutual / ((h.truth + h.clusters) / 2));
}

/* Without entropy there is nothing that could be torn apart: 1, as the paper has it. */
static double share_of(double mutual, double entropy_of)
{
	return entropy_of > 0 ? fmin(1, mutual / entropy_of) : 1;
}

static double homogeneity(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct information h = information_of(p);

	(void)o;
	return share_of(h.mutual, h.truth);
}

static double completeness(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct information h = information_of(p);

	(void)o;
	return share_of(h.mutual, h.clusters);
}

static double v_measure(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	double h = homogeneity(p, o), c = completeness(p, o);

	return h + c > 0 ? (1 + o->beta) * h * c / (o->beta * h + c) : 0;
}

/* Chances so small change nothing. */
static const double negligible = 1e-22;

/* Of class of a rows, cluster of b, all n: what chance lets them share.  The number m of common
 * rows is hypergeometric; its chances follow from each other, both ways from the likeliest, and
 * are divided by their sum. */
static double expected_share(double a, double b, double n)
{
	double lo = fmax(0, a + b - n), hi = fmin(a, b), other = n - a - b;
	double mode = fmax(lo, fmin(hi, floor((a + 1) * (b + 1) / (n + 2))));
	double sum = 0, total = 0, p = 1;

	for (double m = mode; m <= hi && p > negligible; m++) {
		total += p;
		sum += m > 0 ? p * m * (log(m / a) - log(b / n)) : 0;
		p *= (a - m) / (m + 1) * ((b - m) / (other + m + 1));
	}
	p = 1;
	for (double m = mode; m > lo && p > negligible; m--) {
		p *= m / (a - m + 1) * ((other + m) / (b - m + 1));
		total += p;
		sum += m > 1 ? p * (m - 1) * (log((m - 1) / a) - log(b / n)) : 0;
	}
	return sum / total / n;
}

/* NaN where the rows are not whole numbers. */
static double expected(const struct ml_parts *p)
{
	size_t k = p->sheet->rows->classes;
	double sum = 0;

	for (size_t i = 0; i < k * k; i++)
		if (p->confusion[i] != floor(p->confusion[i]))
			return NAN;
	for (size_t j = 0; j < k; j++) {
		double b = of_cluster(p, j);

		for (size_t i = 0; i < k && b > 0; i++)
			if (p->truth[i] > 0)
				sum += expected_share(p->truth[i], b, p->weight);
	}
	return sum;
}

static double adjusted(const struct ml_parts *p, const struct ml_metric_opts *o)
{
	struct information h = information_of(p);
	double chance = expected(p);

	(void)o;
	return (h.mutual - chance) / ((h.truth + h.clusters) / 2 - chance);
}

/* ---- the registry's entries ---- */

#define ONE_GROUP "truth and clusters both are one group, or all rows are apart in both"
#define METRIC(id, title, others, says, never, low, high, usual, function) \
	const struct ml_metric ml_metric_##id = { \
		.name = title, \
		.aliases = others, \
		.summary = says, \
		.undefined = never, \
		.task = ML_FOR_CLUSTERS, \
		.needs = ML_NEEDS_PRED | ML_NEEDS_TRUTH, \
		.higher_better = true, \
		.lo = low, \
		.hi = high, \
		.by_default = usual, \
		.value = function, \
	}

METRIC(rand, "rand", "rand-index",
       "share of the pairs of rows on which clusters and truth agree", "there is one row", 0, 1,
       true, rand_index);
METRIC(adjusted_rand, "adjusted-rand", "ari,adjusted-rand-index",
       "Rand index beyond chance: 0 for clusters at random, 1 for those of the truth",
       ONE_GROUP, -1, 1, true, adjusted_rand);
METRIC(mutual_info, "mutual-info", "mi", "what clusters tell about the truth, in nats",
       "there is no row", 0, (double)INFINITY, false, mutual_info);
METRIC(normalized_mutual_info, "normalized-mutual-info", "nmi",
       "mutual information by the mean of the two entropies", ONE_GROUP, 0, 1, true,
       normalized);
METRIC(adjusted_mutual_info, "adjusted-mutual-info", "ami",
       "mutual information beyond chance, by the mean of the two entropies",
       ONE_GROUP ", or the weights are no whole numbers", -1, 1, true, adjusted);
METRIC(homogeneity, "homogeneity", NULL, "how far each cluster holds one class only",
       "there is no row", 0, 1, true, homogeneity);
METRIC(completeness, "completeness", NULL, "how far each class is in one cluster only",
       "there is no row", 0, 1, true, completeness);
METRIC(v_measure, "v-measure", "v", "harmonic mean of homogeneity and completeness",
       "there is no row", 0, 1, true, v_measure);
METRIC(fowlkes_mallows, "fowlkes-mallows", "fmi",
       "geometric mean of precision and recall over the pairs of rows that are together",
       "no two rows are together in the truth, or in the clusters", 0, 1, true,
       fowlkes_mallows);
METRIC(purity, "purity", NULL,
       "share of the rows that are of the commonest class of their cluster", "there is no row",
       0, 1, true, purity);
