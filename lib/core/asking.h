/* asking.h - trials handed out to whoever runs them, and told when they have ended. */
#ifndef ML_CORE_ASKING_H
#define ML_CORE_ASKING_H

#include "core/book.h"
#include "core/tunewords.h"

struct ml_ask_plan {
	size_t most;     /* how many are handed out; 0: all that are ready */
	size_t trials;   /* of all: no trial from this one on; 0: no end */
	bool again;      /* also those that were handed out before and never told */
	bool mark;       /* note in the journal that they were handed out */
	double resource; /* tunewords.h */
	char end;        /* behind each: '\n' or '\0' */
};
/* Puts the words of trials that are ready, those of each ended by plan->end.  *handed: how
 * many. When there are none *open tells how many are out, or being run, and have not ended. */
int ml_ask(struct ml_book *b, const struct ml_ask_plan *plan, const struct ml_words *words,
	   struct ml_buf *out, size_t *handed, size_t *open, struct ml_error *err) ML_CHECK;

/* What has become of trial i: value, or, when it failed, why.  ML_EUSAGE: it has ended already,
 * is being run, or is not ready to be. */
int ml_tell(struct ml_book *b, size_t i, double value, const char *why,
	    struct ml_error *err) ML_CHECK;
/* The trial that has this point and has not ended: one handed out, or else the first that could
 * be.  ML_EUSAGE: there is none. */
int ml_tell_find(struct ml_book *b, const double *point, size_t *trial,
		 struct ml_error *err) ML_CHECK;

#endif
