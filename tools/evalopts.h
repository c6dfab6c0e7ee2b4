/* evalopts.h - the command line of ml-eval. */
#ifndef ML_TOOLS_EVALOPTS_H
#define ML_TOOLS_EVALOPTS_H

#include "opt/opt.h"

struct eval_args {
	const char *pred, *score, *prefix, *positive, *champion, *train, *learning, *validation,
		*features;
	struct ml_texts prob, metric, gate, by, test, partial;
	int task, curve, to;
	bool json, compare, permutation, ice;
	double beta, confidence; /* confidence: above 1 in percent */
	int64_t bins, bootstrap, repeats, grid, max_pairs;
};

enum ml_eval_form { ML_FORM_AUTO, ML_FORM_CSV, ML_FORM_TSV, ML_FORM_TABLE, ML_FORM_JSON };

extern const struct ml_opt ml_eval_opts[];

#endif
