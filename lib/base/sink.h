/* sink.h - where output bytes go: standard output, or a file that appears whole or not at all.
 *
 * A named file is written under a temporary name beside it; ml_sink_commit() flushes, fsyncs
 * and renames.  Anything else (abandon, a signal, a crash) leaves the old file as it was.
 * Short writes and EINTR are retried; any other failure is ML_EIO, E-IO, and sticks. */
#ifndef ML_BASE_SINK_H
#define ML_BASE_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/hash.h"

struct ml_sink;

/* path NULL or "-": standard output.  ML_ECREATE (E-OPEN) when the file cannot be made. A path
 * that is not a regular file (/dev/full, a FIFO) is written in place. */
int ml_sink_open(struct ml_sink **s, const char *path, struct ml_error *err) ML_CHECK;
/* A new file that nobody waits for: written in place, without fsync, for files between
 * processes in a directory of our own.  ML_ECREATE, E-OPEN when there is one already. */
int ml_sink_open_scratch(struct ml_sink **s, const char *path, struct ml_error *err) ML_CHECK;
/* Buffered (64 KiB). */
int ml_sink_put(struct ml_sink *s, const void *bytes, size_t n, struct ml_error *err) ML_CHECK;
int ml_sink_flush(struct ml_sink *s, struct ml_error *err) ML_CHECK;
/* Flush, sync, close, rename; the sink is freed whatever happens, and the old file stays on
 * failure. */
int ml_sink_commit(struct ml_sink *s, struct ml_error *err) ML_CHECK;
/* What was written to a temporary file is removed; NULL is allowed. */
void ml_sink_abandon(struct ml_sink *s);
bool ml_sink_is_terminal(const struct ml_sink *s);
size_t ml_sink_written(const struct ml_sink *s); /* bytes put so far */
/* From now on (before the first byte) the SHA-256 of what is put is kept; then, once and before
 * it is committed, the hex of it. */
void ml_sink_hash(struct ml_sink *s);
void ml_sink_digest(struct ml_sink *s, char hex[2 * ML_DIGEST + 1]);

/* Removes every temporary file there is now; async-signal-safe, for signal handlers. */
void ml_sink_unlink_all(void);

#endif
