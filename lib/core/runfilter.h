/* runfilter.h - which runs of a journal are meant: --tool, --since, --failed, --where. */
#ifndef ML_CORE_RUNFILTER_H
#define ML_CORE_RUNFILTER_H

#include "core/pastrun.h"
#include "opt/opt.h"

struct ml_runfilter_spec {
	const char *tool;      /* NULL: any */
	const char *since;     /* "2026-11-25[T12:30[:00]]", UTC; NULL: any */
	bool failed;           /* those alone whose exit status is not 0 */
	struct ml_texts where; /* "NAME OPERATOR VALUE": >= <= > < = == != */
};

struct ml_runfilter_test;
struct ml_runfilter {
	struct ml_runfilter_spec spec; /* texts borrowed */
	struct ml_runfilter_test *test;
	size_t n;
};

/* ML_EUSAGE, E-USAGE. */
int ml_runfilter_init(struct ml_runfilter *f, const struct ml_runfilter_spec *spec,
		      struct ml_error *err) ML_CHECK;
/* Numbers are compared when both sides are numbers; texts are equal or not.  A run that does
 * not tell the name fails the test. */
int ml_runfilter_takes(struct ml_runfilter *f, const struct ml_pastrun *r, bool *yes,
		       struct ml_error *err) ML_CHECK;
/* Warns of names that no run has told (W-NAME). */
void ml_runfilter_warn(const struct ml_runfilter *f, const struct ml_run *run);
void ml_runfilter_release(struct ml_runfilter *f);

#endif
