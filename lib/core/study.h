/* study.h - what a search is: the first line of its journal.
 *
 *     {"study":1,"version":"0.1.0","method":"grid","options":{"points":"5"},
 *      "space":[...],"seed":0,"lag":8,"trials":100,"command":"ml-fit logistic -C {C}",
 *      "input-1":{"rows":4000,"sha256":"..."},"given":{"metric":"auc",...},
 *      "maximize":true,"prune":false}
 *
 * Two runs work on the same study when all of it is equal but `trials` (how many there are to
 * be, which may grow) and `version`. */
#ifndef ML_CORE_STUDY_H
#define ML_CORE_STUDY_H

#include <jansson.h>

#include "data/fields.h"
#include "search/search.h"

struct ml_study {
	const struct ml_search *method;
	void *opts; /* of the method; owned when the study was read */
	struct ml_space space;
	uint64_t seed;
	size_t lag, trials; /* trials: as planned when it began; 0: no end */
	bool maximize, prune;
	const char *command; /* template of what is run, or NULL; lives in `all` */
	json_t *all;         /* the whole line; owned */
};

/* The line of a study (`all` aside) without its newline.  facts: members beside, as how trials
 * are judged, and the inputs. */
int ml_study_text(const struct ml_study *s, const struct ml_fields *facts, struct ml_buf *out,
		  struct ml_error *err) ML_CHECK;
/* Reads a line; takes a reference of its own.  ML_EDATA, E-JOURNAL: not a study, or of a method
 * that is not there. */
int ml_study_read(struct ml_study *s, json_t *line, struct ml_error *err) ML_CHECK;
/* ML_EDATA, E-JOURNAL: naming what the study in the journal has, and what is wanted. */
int ml_study_compare(const struct ml_study *have, const struct ml_study *want,
		     struct ml_error *err) ML_CHECK;
void ml_study_release(struct ml_study *s); /* one that was read */

#endif
