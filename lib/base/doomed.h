/* doomed.h - what must not outlive this process when a signal ends it: processes it has
 * started, in groups of their own, and directories of temporary files.
 *
 * Lists that a signal handler may walk; like the temporary files of sink.h, global for want of
 * an argument.  For one thread that adds and drops. */
#ifndef ML_BASE_DOOMED_H
#define ML_BASE_DOOMED_H

#include "base/error.h"

/* At most ML_DOOMED_GROUPS groups and ML_DOOMED_DIRS directories at a time, paths of less than
 * ML_DOOMED_PATH bytes: ML_EBUG. */
enum { ML_DOOMED_GROUPS = 1024, ML_DOOMED_DIRS = 4, ML_DOOMED_PATH = 256 };
int ml_doomed_add_group(long group, struct ml_error *err) ML_CHECK;
void ml_doomed_drop_group(long group);
int ml_doomed_add_dir(const char *path, struct ml_error *err) ML_CHECK;
void ml_doomed_drop_dir(const char *path);

/* Removes a directory and the files in it (not directories in it).  Async-signal-safe. */
void ml_doomed_remove_dir(const char *path);
/* SIGTERM to all groups, SIGKILL to what is left of them after a second, then removes the
 * directories.  Async-signal-safe, and meant for a process about to die: children are reaped.
 */
void ml_doomed_end(void);

#endif
