/* lineage.h - where a stream comes from: x-lineage, one for each tool that had a part in it. */
#ifndef ML_CORE_LINEAGE_H
#define ML_CORE_LINEAGE_H

#include "core/input.h"
#include "core/pipeline.h"

/* What there is to tell beside; NULL: nothing. */
struct ml_lineage_more {
	const struct ml_fields *removed; /* what rows were removed, by reason */
	struct ml_input *held;           /* rows of another table that judged a fit */
	const char *updated;             /* hex digest of the estimator that went on */
};

/* A record: program and version, the options that affect the result, the seed, rows and SHA-256
 * of each input (read to its end).  *out is empty before, and owned by the caller. */
int ml_lineage_of(struct ml_fields *out, const char *program, const struct ml_fields *options,
		  uint64_t seed, struct ml_input *in, const struct ml_lineage_more *more,
		  struct ml_error *err) ML_CHECK;

#endif
