/* priors.h - probabilities of the classes before a row is seen, as Bayes' rule takes them. */
#ifndef ML_MODELS_PRIORS_H
#define ML_MODELS_PRIORS_H

#include "models/model.h"

/* The option of that name; `field` of type const char *. */
#define ML_PRIORS_OPT(T, field) \
	{ \
		.name = "priors", .type = ML_TEXT, .def = "empirical", .arg = "LIST", \
		.offset = ML_FIELD(T, field, const char *), \
		.help = "probabilities of the classes: empirical (their shares of the " \
			"weight), " \
			"uniform, or CLASS=NUMBER,... for all of them, scaled to sum to 1" \
	}

/* *priors: p->nclass numbers > 0 that sum to 1, the caller's to free; NULL for "empirical".
 * E-USAGE when the list names no class, one twice, or not all. */
int ml_priors_read(const char *spec, const struct ml_problem *p, double **priors,
		   struct ml_error *err) ML_CHECK;
/* Of a model: fields "priors", when they are there. */
void ml_priors_save(const double *priors, size_t classes, struct ml_fields *out);
int ml_priors_load(double **priors, size_t classes, const struct ml_fields *in,
		   struct ml_error *err) ML_CHECK;

#endif
