/* parts.h - rows dealt to several outputs while they stream by, and the proof that parts are
 * disjoint. */
#ifndef ML_CORE_PARTS_H
#define ML_CORE_PARTS_H

#include "base/sink.h"
#include "core/input.h"

struct ml_parts {
	struct ml_input *in; /* CSV */
	struct ml_sink *out;
	char delimiter;
	const char *key; /* column whose hash decides */
	uint64_t seed;
	double test;      /* share in (0, 1) */
	size_t folds;     /* or a fold column */
	const char *rest; /* file of the test part */
	size_t shards;
	const char *prefix;
	struct ml_journal *record; /* notes the parts; or NULL */
};

/* By stable hash of the key's text: rows below `test` go to rest, the others to out; or a
 * column `fold`. */
int ml_parts_hash(const struct ml_parts *p, struct ml_error *err) ML_CHECK;
/* Rows in turn to files PREFIX000.csv, PREFIX001.csv, ... (as many digits as the last number
 * has, at least three). */
int ml_parts_shards(const struct ml_parts *p, struct ml_error *err) ML_CHECK;
/* Do any two of the files share a row (or a key, when COLUMNS are given)?  ML_NO, E-SHARED with
 * the counts and one such pair of places. Columns are those of the first file, by name in the
 * others (E-COLUMNS).  Cells are compared as numbers where they are numbers, else as text. */
int ml_parts_check(char *const *files, size_t n, const char *key,
		   const struct ml_input_opts *opts, const struct ml_run *run,
		   struct ml_error *err) ML_CHECK;

#endif
