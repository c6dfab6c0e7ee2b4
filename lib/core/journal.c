/* journal.c - lines appended to a file that several runs may share. */
#define _POSIX_C_SOURCE 200809L
#include "core/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"

#define SHOWN(path) ML_SHOW(path, strlen(path))

void ml_journal_release(struct ml_journal *j)
{
	ml_fields_release(&j->more);
}

static int open_journal(const char *path, int *fd, struct ml_error *err)
{
	do
		*fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	while (*fd < 0 && errno == EINTR);
	if (*fd < 0)
		return ml_fail(err, ML_ECREATE, "E-OPEN",
			       "%s: the journal cannot be opened: %s", SHOWN(path),
			       strerror(errno));
	return ML_OK;
}

int ml_journal_probe(const char *path, struct ml_error *err)
{
	int fd, rc = open_journal(path, &fd, err);

	if (!rc)
		(void)close(fd); /* nothing was written */
	return rc;
}

static int write_failed(const char *path, const char *why, struct ml_error *err)
{
	return ml_fail(err, ML_EIO, "E-IO", "%s: a line could not be added to the journal: %s",
		       SHOWN(path), why);
}

int ml_journal_append(const char *path, const char *line, size_t n, struct ml_error *err)
{
	struct ml_buf whole = { 0 };
	ssize_t done = 0;
	int fd, rc;

	ml_buf_put(&whole, line, n);
	ml_buf_byte(&whole, '\n');
	if ((rc = ml_buf_check(&whole, err)) || (rc = open_journal(path, &fd, err))) {
		ml_buf_release(&whole);
		return rc;
	}
	do
		done = write(fd, whole.v, whole.n);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		rc = write_failed(path, strerror(errno), err);
	else if ((size_t)done != whole.n) /* the rest, written later, could stand elsewhere */
		rc = write_failed(path, "only a part of it was written", err);
	if (close(fd) && errno != EINTR && !rc)
		rc = write_failed(path, strerror(errno), err);
	ml_buf_release(&whole);
	return rc;
}
