/* explain.h - contributions of the columns of the source table beside predictions. */
#ifndef ML_CORE_EXPLAIN_H
#define ML_CORE_EXPLAIN_H

#include "core/parentage.h"
#include "core/pipeline.h"
#include "la/mat.h"

struct ml_explain {
	const struct ml_step *model; /* borrowed */
	struct ml_parentage from;
	size_t scores; /* explained of each row (model.h) */
	size_t width;  /* columns: for each score the base, then the columns of `from` */
	int threads;   /* that rows are shared out to; 0: one */
};

/* While p->explain is e, ml_pipeline_predict() puts e->width columns behind the predictions.
 * ML_EUSAGE when the estimator tells no contributions; ML_EDATA, E-FORMAT when there is none.
 */
int ml_explain_init(struct ml_explain *e, const struct ml_pipeline *p,
		    struct ml_error *err) ML_CHECK;
void ml_explain_release(struct ml_explain *e);
/* Name of column k, into b (cleared first): shap_base, shap:COLUMN; of more than one score
 * shap_base:CLASS, shap:CLASS:COLUMN. */
int ml_explain_name(const struct ml_explain *e, size_t k, struct ml_buf *b,
		    struct ml_error *err) ML_CHECK;
/* Columns [at, at + e->width) of out, for the features x of each row. */
int ml_explain_rows(const struct ml_explain *e, const struct ml_mat *x, struct ml_mat *out,
		    size_t at, struct ml_error *err) ML_CHECK;

#endif
