/* journal.h - what a run leaves in the journal (--log): one JSON line, appended in one write.
 * The frame fills what every run has (tool, version, arguments, options, seed, start, wall and
 * CPU seconds, peak memory, exit) and the output; inputs and models tell themselves as they are
 * read; a tool adds the rest through the fields here.  Runs are joined by the SHA-256 of what
 * they wrote and read (core/runs.h). */
#ifndef ML_CORE_JOURNAL_H
#define ML_CORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/sink.h"
#include "data/fields.h"

/* A file that a run has read or written. */
struct ml_journal_file {
	char *name; /* NULL: a standard stream */
	uint64_t size;
	char sha256[2 * ML_DIGEST + 1];
	char estimator[2 * ML_DIGEST + 1]; /* digest of the estimator in it; "": none */
};
enum ml_journal_way { ML_RUN_INPUT, ML_RUN_MODEL, ML_RUN_OUTPUT, ML_RUN_WAYS };

struct ml_journal {
	struct ml_fields more; /* rows, metrics and the like: put by name */
	struct {
		struct ml_journal_file *v;
		size_t n, cap;
	} files[ML_RUN_WAYS];
};

void ml_journal_release(struct ml_journal *j);
/* Notes a file: j NULL (the run leaves no line): nothing is done.  name NULL or "-": a standard
 * stream.  size: rows of an input, bytes of an output.  estimator: 32 bytes, or NULL. */
int ml_journal_file(struct ml_journal *j, enum ml_journal_way way, const char *name,
		    uint64_t size, const char *sha256, const unsigned char *estimator,
		    struct ml_error *err) ML_CHECK;
/* Opens and commits an output that is noted (j NULL: that is not). */
int ml_journal_open(struct ml_journal *j, struct ml_sink **sink, const char *path,
		    struct ml_error *err) ML_CHECK;
int ml_journal_commit(struct ml_journal *j, struct ml_sink *sink, const char *path,
		      struct ml_error *err) ML_CHECK;
/* The files as arrays "inputs", "models", "outputs", and then `more`, as members of the object
 * that is open. */
void ml_journal_json(const struct ml_journal *j, struct ml_json *out);
/* Whether `path` can be appended to (it is made when absent): asked before the work, so that
 * no run ends without its line.  ML_ECREATE, E-OPEN. */
int ml_journal_probe(const char *path, struct ml_error *err) ML_CHECK;
/* Appends `line` (without newline) and a newline to `path` with one O_APPEND write, so that
 * lines of runs at the same time never mix on a local file system.  ML_ECREATE, ML_EIO. */
int ml_journal_append(const char *path, const char *line, size_t n,
		      struct ml_error *err) ML_CHECK;

#endif
