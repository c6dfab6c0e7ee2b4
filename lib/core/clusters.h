/* clusters.h - what a clustering has found: how many rows are in each cluster, and where its
 * centre is, in the units of the columns before scaling. */
#ifndef ML_CORE_CLUSTERS_H
#define ML_CORE_CLUSTERS_H

#include "core/findings.h"
#include "core/pipeline.h"

struct ml_clusters {
	size_t n;                       /* clusters */
	double *size;                   /* n + 1: rows (weights) of each, and of noise; owned */
	double total;                   /* of them all */
	struct ml_mat centre;           /* n x features; v owned, NULL: there are none */
	const struct ml_slot *features; /* their names; borrowed */
};

/* E-USAGE when the estimator does not cluster. */
int ml_clusters_init(struct ml_clusters *c, const struct ml_pipeline *p,
		     struct ml_error *err) ML_CHECK;
void ml_clusters_release(struct ml_clusters *c);

/* Rows cluster, rows, share, and the features of its centre; noise last, where there is some.
 */
int ml_clusters_rows(const struct ml_clusters *c, struct ml_findings *out,
		     struct ml_error *err) ML_CHECK;
/* As part of a text about the model. */
int ml_clusters_text(const struct ml_pipeline *p, struct ml_buf *out,
		     struct ml_error *err) ML_CHECK;

#endif
