/* journal.h - what a run leaves in the journal (--log): one JSON line, appended in one write.
 * The frame fills what every run has (tool, version, arguments, seed, start, wall and CPU
 * seconds, peak memory, exit); a tool adds the rest through the fields here. */
#ifndef ML_CORE_JOURNAL_H
#define ML_CORE_JOURNAL_H

#include <stddef.h>

#include "base/error.h"
#include "data/fields.h"

struct ml_journal {
	struct ml_fields
		more; /* rows, inputs with hashes, hyperparameters, metrics: put by name */
};

void ml_journal_release(struct ml_journal *j);
/* Whether `path` can be appended to (it is made when absent): asked before the work, so that
 * no run ends without its line.  ML_ECREATE, E-OPEN. */
int ml_journal_probe(const char *path, struct ml_error *err) ML_CHECK;
/* Appends `line` (without newline) and a newline to `path` with one O_APPEND write, so that
 * lines of runs at the same time never mix on a local file system.  ML_ECREATE, ML_EIO. */
int ml_journal_append(const char *path, const char *line, size_t n,
		      struct ml_error *err) ML_CHECK;

#endif
