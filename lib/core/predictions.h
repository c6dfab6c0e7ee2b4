/* predictions.h - predictions as columns of a table. */
#ifndef ML_CORE_PREDICTIONS_H
#define ML_CORE_PREDICTIONS_H

#include "core/pipeline.h"
#include "la/mat.h"
#include "opt/opt.h"

/* Appends PREFIXpred, a category or a number; to detect PREFIXscore as well; with `proba`
 * PREFIXprob:CLASS for each class, or what there is of each cluster (ml_outcome_each()), from
 * `out` (t->rows x width; a row of NaN: missing).  E-DUP when the table has such a column.
 */
int ml_predictions_append(struct ml_table *t, const char *prefix, bool proba,
			  const struct ml_outcome *o, const struct ml_mat *out,
			  struct ml_error *err) ML_CHECK;
/* Appends PREFIXlogprob:CLASS for each class, from out behind the probabilities. */
int ml_log_probabilities_append(struct ml_table *t, const char *prefix,
				const struct ml_outcome *o, const struct ml_mat *out,
				struct ml_error *err) ML_CHECK;
/* Appends the columns of p->explain, with `prefix` before their names, from out behind the
 * predictions. */
int ml_explanations_append(struct ml_table *t, const char *prefix, const struct ml_pipeline *p,
			   const struct ml_mat *out, struct ml_error *err) ML_CHECK;
/* Removes all columns but these: `keep` are COLUMNS; none of them: with `only` all go, else all
 * stay. */
int ml_table_keep(struct ml_table *t, const struct ml_texts *keep, bool only,
		  struct ml_error *err) ML_CHECK;

#endif
