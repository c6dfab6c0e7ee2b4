/* kmeans_opts.c - the options of k-means. */
#include "models/kmeans_opts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

enum { USUAL_CLUSTERS = 8, MOST_CLUSTERS = 1000000 };

static const char *const autos[] = { "auto", NULL };
static const char *const choices[] = { "silhouette", "gap", "elbow", NULL };
static const char *const inits[] = { "k-means++", "random", "first", NULL };
static const enum ml_seeds seeds[] = { ML_SEEDS_PLUS, ML_SEEDS_RANDOM, ML_SEEDS_FIRST,
				       ML_SEEDS_GIVEN };

#define AT(field, type) .offset = ML_FIELD(struct ml_kmeans_opts, field, type)

const struct ml_opt ml_kmeans_opt_table[] = {
	{ .name = "n-clusters",
	  .letter = 'k',
	  .type = ML_TEXT,
	  .def = "auto",
	  AT(n_clusters, const char *),
	  .arg = "K",
	  .help = "clusters: a number, or a range as 2:10, of which the best is taken; auto: "
		  "8, "
		  "or as many as --init has rows" },
	{ .name = "choose-by",
	  .type = ML_PICK,
	  .def = "silhouette",
	  .picks = choices,
	  AT(choose, int),
	  .arg = "WHAT",
	  .help = "what tells the best number of a range" },
	{ .name = "init",
	  .type = ML_TEXT,
	  .def = "k-means++",
	  AT(init, const char *),
	  .arg = "HOW",
	  .help = "where the centres begin: k-means++ (rows far apart), random (rows), first "
		  "(the "
		  "first rows), or at the rows of a FILE with the same columns" },
	{ .name = "n-init",
	  .type = ML_PICK_REAL,
	  .def = "auto",
	  .picks = autos,
	  .lo = 1,
	  .hi = 1e6,
	  AT(n_init, struct ml_pick_real),
	  .arg = "N",
	  .help = "begin N times, and keep the best; auto: 3 times, at random rows 10" },
	{ .name = "max-iter",
	  .type = ML_INT,
	  .def = "300",
	  .lo = 1,
	  .hi = 1e9,
	  AT(max_iter, int64_t),
	  .arg = "N",
	  .help = "give up after N iterations; with --batch-size passes over the rows" },
	{ .name = "tol",
	  .type = ML_REAL,
	  .def = "1e-4",
	  .lo = 0,
	  .hi = 1,
	  AT(tol, double),
	  .arg = "X",
	  .help = "stop when the squares of the centres' moves sum to X of the mean variance "
		  "of the columns; 0: when no row changes its cluster" },
	{ .name = "batch-size",
	  .type = ML_INT,
	  .def = "0",
	  .lo = 0,
	  .hi = 1e12,
	  AT(batch, int64_t),
	  .arg = "N",
	  .help = "move the centres after each N rows drawn at random; 0: after all rows" },
	{ .name = "patience",
	  .alias = "max-no-improvement",
	  .type = ML_INT,
	  .def = "10",
	  .lo = 1,
	  .hi = 1e9,
	  AT(patience, int64_t),
	  .arg = "N",
	  .help = "with --batch-size: stop when N batches on end were no better than the best "
		  "before" },
	ML_OPT_END
};

static size_t word_of(const char *init)
{
	size_t i = 0;

	while (inits[i] && strcmp(inits[i], init))
		i++;
	return i;
}

const char **ml_kmeans_file(void *opts)
{
	struct ml_kmeans_opts *o = opts;

	return inits[word_of(o->init)] ? NULL : &o->init;
}

/* "8", "2:10" */
static bool parse_range(const char *text, size_t *lo, size_t *hi)
{
	char first[24];
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	long long a, b;

	if (len >= sizeof first)
		return false;
	memcpy(first, text, len);
	first[len] = '\0';
	if (!ml_integer_parse(first, &a) || !ml_integer_parse(colon ? colon + 1 : first, &b))
		return false;
	*lo = (size_t)a;
	*hi = (size_t)b;
	return a >= 1 && a <= b && b <= MOST_CLUSTERS;
}

static int count_clusters(struct ml_kmeans_plan *plan, const struct ml_kmeans_opts *o,
			  const struct ml_problem *p, struct ml_error *err)
{
	size_t given = p->starts.v ? p->starts.rows : 0;

	if (!strcmp(o->n_clusters, "auto"))
		plan->lo = plan->hi = given ? given : USUAL_CLUSTERS;
	else if (!parse_range(o->n_clusters, &plan->lo, &plan->hi))
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--n-clusters '%s' is no number from 1 to %d, nor a range LOW:HIGH "
			"of such",
			ML_SHOW(o->n_clusters, strlen(o->n_clusters)), MOST_CLUSTERS);
	if (given && (plan->lo != given || plan->hi != given))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--n-clusters is %s, and there are %zu rows to begin at",
			       o->n_clusters, given);
	if (plan->hi > plan->lo && p->x.rows > plan->lo && p->x.rows <= plan->hi)
		plan->hi = p->x.rows - 1;
	if (p->x.rows < plan->hi)
		return ml_fail(err, ML_EDATA, "E-TOOFEW", "%zu clusters of %zu row%s", plan->hi,
			       p->x.rows, p->x.rows == 1 ? "" : "s");
	return ML_OK;
}

int ml_kmeans_plan(struct ml_kmeans_plan *plan, const struct ml_kmeans_opts *o,
		   const struct ml_problem *p, struct ml_error *err)
{
	*plan = (struct ml_kmeans_plan){ .by = (enum ml_choose_by)o->choose,
					 .how = ML_SEEDS_GIVEN,
					 .max_iter = (size_t)o->max_iter,
					 .batch = (size_t)o->batch,
					 .patience = (size_t)o->patience,
					 .tol = o->tol };
	if (!p->starts.v && !inits[word_of(o->init)])
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--init '%s': its rows were not read",
			       ML_SHOW(o->init, strlen(o->init)));
	if (!p->starts.v)
		plan->how = seeds[word_of(o->init)];
	bool drawn = plan->how == ML_SEEDS_PLUS || plan->how == ML_SEEDS_RANDOM;

	plan->turns = o->n_init.pick < 0             ? (size_t)o->n_init.value
		      : plan->how == ML_SEEDS_RANDOM ? 10
						     : 3;
	/* The same beginning has the same end. */
	if (!drawn && !plan->batch)
		plan->turns = 1;
	return count_clusters(plan, o, p, err);
}
