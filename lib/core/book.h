/* book.h - the journal of a search: a file that any number of processes write at the same time,
 * and that any of them may be killed at.
 *
 * The file has JSON lines: the study (study.h), then trials (trials.h).  Of several lines about
 * one trial the first that ends it counts.  Whoever appends holds a lock on the file, has read
 * all lines before, and writes its line with one write.  A line without its newline is what a
 * killed writer left: the next writer cuts it off.
 *
 * A trial that is being run is claimed by a lock on a byte of its own, far behind the end of
 * any file: it goes when its process does.  Locks belong to the open file, not to the process
 * (F_OFD_SETLK).  On a network file system they are as good as that system's.
 *
 * Without a path the book is in memory, and all trials are ours. */
#ifndef ML_CORE_BOOK_H
#define ML_CORE_BOOK_H

#include "base/run.h"
#include "core/jsonlines.h"
#include "core/trials.h"

struct ml_book {
	struct ml_study study;
	struct ml_trials trials;
	size_t ended; /* how many trials have */
	/* inner: */
	char *path; /* NULL: in memory */
	int fd;
	bool locked;
	struct ml_jsonlines *lines;
	const struct ml_run *run; /* for warnings (W-TORN) */
};

/* Opens a journal and reads it.  study: a study's line, which is written when the file is new
 * or empty, and else has to be the study of the file (E-JOURNAL); NULL: there has to be one.
 * Releasable whatever comes of it.  run: borrowed. */
int ml_book_open(struct ml_book *b, const char *path, const char *study,
		 const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Takes in the lines that others have appended. */
int ml_book_sync(struct ml_book *b, struct ml_error *err) ML_CHECK;
/* Nobody else appends until ml_book_unlock(); all lines have been taken in. */
int ml_book_lock(struct ml_book *b, struct ml_error *err) ML_CHECK;
void ml_book_unlock(struct ml_book *b);
/* Under the lock: appends trial i, which t becomes (what t owns is moved). */
int ml_book_put(struct ml_book *b, size_t i, struct ml_tried *t, struct ml_error *err) ML_CHECK;
/* The same with lock and unlock around; a trial that another process has ended meanwhile stays
 * as it is. */
int ml_book_add(struct ml_book *b, size_t i, struct ml_tried *t, struct ml_error *err) ML_CHECK;
/* *ours: trial i has not ended, no process has claimed it, and now this one has. */
int ml_book_claim(struct ml_book *b, size_t i, bool *ours, struct ml_error *err) ML_CHECK;
void ml_book_unclaim(struct ml_book *b, size_t i);
/* Is another process running it? */
bool ml_book_claimed(const struct ml_book *b, size_t i);
void ml_book_release(struct ml_book *b);

#endif
