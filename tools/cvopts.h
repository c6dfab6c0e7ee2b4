/* cvopts.h - the command line of ml-cv. */
#ifndef ML_TOOLS_CVOPTS_H
#define ML_TOOLS_CVOPTS_H

#include "base/error.h"
#include "opt/opt.h"

struct ml_cv_args {
	int64_t folds, repeats;
	const char *stratify, *sizes, *predict_cmd, *keep_models, *prefix;
	struct ml_texts keep;
	double max_seconds;
	int fold_format;
	bool proba, only;
};
enum { ML_CV_BINARY, ML_CV_CSV };

extern const struct ml_opt ml_cv_opts[];

/* Of --sizes: shares in (0, 1], comma-separated; NULL: none.  *sizes is the caller's. */
int ml_cv_sizes(const char *list, double **sizes, size_t *n, struct ml_error *err) ML_CHECK;

#endif
