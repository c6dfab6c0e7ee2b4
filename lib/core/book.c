/* book.c - a journal shared by locks. */
#define _GNU_SOURCE
#include "core/book.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Bytes that are locked: none of them will ever be written. */
static const off_t APPENDING = (off_t)1 << 61, CLAIMS = ((off_t)1 << 61) + 1;

#define SHOWN(path) ML_SHOW(path, strlen(path))

static int file_failed(const struct ml_book *b, const char *what, struct ml_error *err)
{
	return ml_fail(err, ML_EIO, "E-IO", "%s: the journal cannot be %s: %s", SHOWN(b->path),
		       what, strerror(errno));
}

/* ---- locks ---- */

/* command: F_OFD_SETLK, F_OFD_SETLKW, F_OFD_GETLK; type F_WRLCK or F_UNLCK. */
static int lock_byte(const struct ml_book *b, int command, struct flock *lock)
{
	int rc;

	do
		rc = fcntl(b->fd, command, lock);
	while (rc && errno == EINTR);
	return rc;
}

static struct flock byte_at(off_t at, short type)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1
	};
}

/* ---- lines taken in ---- */

static int take_trial(struct ml_book *b, const json_t *line, struct ml_error *err)
{
	struct ml_tried t;
	size_t i = 0;

	int rc = ml_tried_read(&t, &i, &b->study.space, line, err);
	if (!rc && (rc = ml_trials_reach(&b->trials, i, err)))
		ml_tried_release(&t);
	if (rc)
		return rc;
	struct ml_tried *old = &b->trials.v[i];
	if (ml_tried_ended(old) || t.state < old->state) {
		ml_tried_release(&t);
		return ML_OK;
	}
	b->ended += ml_tried_ended(&t);
	ml_tried_release(old);
	*old = t;
	return ML_OK;
}

static int take_line(struct ml_book *b, json_t *line, struct ml_error *err)
{
	char why[sizeof err->msg];

	int rc = b->study.all ? take_trial(b, line, err) : ml_study_read(&b->study, line, err);
	if (rc == ML_EDATA) {
		memcpy(why, err->msg, sizeof why);
		return ml_jsonlines_fail(b->lines, err, "%s", why);
	}
	return rc;
}

int ml_book_sync(struct ml_book *b, struct ml_error *err)
{
	json_t *line;
	int rc = b->path ? ML_OK : ML_END;

	while (!rc) {
		if (!(rc = ml_jsonlines_next(b->lines, &line, err)))
			rc = take_line(b, line, err);
		json_decref(line);
	}
	return rc == ML_END ? ML_OK : rc;
}

/* ---- lines appended ---- */

/* Under the lock: what a killed writer has left is cut off. */
static int mend(struct ml_book *b, struct ml_error *err)
{
	long long from = 0;
	size_t torn = ml_jsonlines_torn(b->lines, &from);
	int rc;

	if (!torn)
		return ML_OK;
	do
		rc = ftruncate(b->fd, (off_t)from);
	while (rc && errno == EINTR);
	if (rc)
		return file_failed(b, "mended", err);
	if (b->run->warn)
		b->run->warn(b->run->user, "W-TORN", SIZE_MAX,
			     "%s: the last line was cut off by whatever ended its writer, and "
			     "is removed (%zu bytes)",
			     SHOWN(b->path), torn);
	return ML_OK;
}

int ml_book_lock(struct ml_book *b, struct ml_error *err)
{
	struct flock lock = byte_at(APPENDING, F_WRLCK);

	if (!b->path || b->locked)
		return ML_OK;
	if (lock_byte(b, F_OFD_SETLKW, &lock))
		return file_failed(b, "locked", err);
	b->locked = true;
	int rc = ml_book_sync(b, err);
	if (!rc)
		rc = mend(b, err);
	if (rc)
		ml_book_unlock(b);
	return rc;
}

void ml_book_unlock(struct ml_book *b)
{
	struct flock lock = byte_at(APPENDING, F_UNLCK);

	if (b->locked)
		(void)lock_byte(b, F_OFD_SETLK, &lock);
	b->locked = false;
}

static int append(struct ml_book *b, struct ml_buf *line, struct ml_error *err)
{
	ssize_t done;

	ml_buf_byte(line, '\n');
	if (ml_buf_check(line, err))
		return err->code;
	do
		done = write(b->fd, line->v, line->n);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		return file_failed(b, "written", err);
	if ((size_t)done != line->n) /* the next writer mends it */
		return ml_fail(err, ML_EIO, "E-IO",
			       "%s: only a part of a line could be written to the journal",
			       SHOWN(b->path));
	return ML_OK;
}

int ml_book_put(struct ml_book *b, size_t i, struct ml_tried *t, struct ml_error *err)
{
	struct ml_buf line = { 0 };
	int rc = ml_trials_reach(&b->trials, i, err);

	if (!rc && b->path)
		rc = ml_tried_text(t, i, &b->study.space, &line, err);
	if (!rc && b->path)
		rc = append(b, &line, err);
	ml_buf_release(&line);
	if (rc)
		return rc;
	if (b->path) { /* it is read back, as all others read it */
		ml_tried_release(t);
		return ml_book_sync(b, err);
	}
	b->ended += ml_tried_ended(t);
	ml_tried_release(&b->trials.v[i]);
	b->trials.v[i] = *t;
	*t = (struct ml_tried){ 0 };
	return ML_OK;
}

int ml_book_add(struct ml_book *b, size_t i, struct ml_tried *t, struct ml_error *err)
{
	int rc = ml_book_lock(b, err);

	if (!rc)
		rc = ml_trials_reach(&b->trials, i, err);
	if (!rc && !ml_tried_ended(&b->trials.v[i]))
		rc = ml_book_put(b, i, t, err);
	ml_book_unlock(b);
	return rc;
}

/* ---- claims ---- */

int ml_book_claim(struct ml_book *b, size_t i, bool *ours, struct ml_error *err)
{
	struct flock lock = byte_at(CLAIMS + (off_t)i, F_WRLCK);
	int rc = ml_trials_reach(&b->trials, i, err);

	*ours = false;
	if (rc)
		return rc;
	if (b->path && lock_byte(b, F_OFD_SETLK, &lock))
		return errno == EAGAIN || errno == EACCES ? ML_OK
							  : file_failed(b, "locked", err);
	/* Who had it before may just have ended it. */
	rc = ml_book_sync(b, err);
	if (!rc)
		*ours = !ml_tried_ended(&b->trials.v[i]);
	if (!*ours)
		ml_book_unclaim(b, i);
	return rc;
}

void ml_book_unclaim(struct ml_book *b, size_t i)
{
	struct flock lock = byte_at(CLAIMS + (off_t)i, F_UNLCK);

	if (b->path)
		(void)lock_byte(b, F_OFD_SETLK, &lock);
}

bool ml_book_claimed(const struct ml_book *b, size_t i)
{
	struct flock lock = byte_at(CLAIMS + (off_t)i, F_WRLCK);

	return b->path && !lock_byte(b, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

/* ---- the whole ---- */

/* The study that is wanted is read as one from a file would be. */
static int read_wanted(struct ml_study *s, const char *text, struct ml_error *err)
{
	json_error_t why;
	json_t *line;
	int rc = ml_json_parse(&line, text, strlen(text), &why, err);

	if (!rc)
		rc = ml_study_read(s, line, err);
	json_decref(line);
	return rc;
}

static int open_file(struct ml_book *b, bool make, struct ml_error *err)
{
	const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY | (make ? O_CREAT : 0);

	do
		b->fd = open(b->path, flags, 0666);
	while (b->fd < 0 && errno == EINTR);
	if (b->fd < 0)
		return ml_fail(err, make ? ML_ECREATE : ML_ENOINPUT, "E-OPEN",
			       "%s: the journal cannot be opened: %s", SHOWN(b->path),
			       strerror(errno));
	return ml_jsonlines_open(&b->lines, b->path, err);
}

/* Under the lock: a new file gets its study, another has it. */
static int settle_study(struct ml_book *b, const struct ml_study *want, const char *text,
			struct ml_error *err)
{
	struct ml_buf line = { 0 };

	if (b->study.all)
		return text && ml_study_compare(&b->study, want, err)
			       ? ml_context(err, "%s", SHOWN(b->path))
			       : ML_OK;
	if (!text)
		return ml_fail(err, ML_EDATA, "E-JOURNAL", "%s: no study is in this journal",
			       SHOWN(b->path));
	ml_buf_text(&line, text);
	int rc = append(b, &line, err);
	ml_buf_release(&line);
	return rc ? rc : ml_book_sync(b, err);
}

int ml_book_open(struct ml_book *b, const char *path, const char *study,
		 const struct ml_run *run, struct ml_error *err)
{
	struct ml_study want = { 0 };
	int rc = ML_OK;

	*b = (struct ml_book){ .fd = -1, .run = run };
	if (study)
		rc = read_wanted(&want, study, err);
	if (rc || !path) {
		b->study = want;
		return rc;
	}
	if (!(b->path = ml_strdup(path, err)))
		rc = err->code;
	if (!rc)
		rc = open_file(b, study != NULL, err);
	if (!rc)
		rc = ml_book_lock(b, err);
	if (!rc)
		rc = settle_study(b, &want, study, err);
	ml_book_unlock(b);
	ml_study_release(&want);
	return rc;
}

void ml_book_release(struct ml_book *b)
{
	ml_jsonlines_free(b->lines);
	if (b->fd >= 0 && b->path)
		(void)close(b->fd);
	free(b->path);
	ml_trials_release(&b->trials);
	ml_study_release(&b->study);
	*b = (struct ml_book){ .fd = -1 };
}
