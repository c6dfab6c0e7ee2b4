/* journal.h - what a run leaves in the journal (--log): one JSON line, appended in one write.
 * The frame fills what every run has (tool, version, arguments, seed, start, wall and CPU
 * seconds, peak memory, exit); a tool adds the rest through the fields here. */
#ifndef ML_CORE_JOURNAL_H
#define ML_CORE_JOURNAL_H

#include <stddef.h>

#include "base/error.h"
#include "data/fields.h"

struct ml_journal {
	struct ml_fields more;  /* rows, inputs with hashes, hyperparameters, metrics: put by name */
};

void ml_journal_release(struct ml_journal *j);
/* Appends `line` (without newline) and a newline to `path` with one O_APPEND write. */
int ml_journal_append(const char *path, const char *line, size_t n, struct ml_error *err) ML_CHECK;

#endif
