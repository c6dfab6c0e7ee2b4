/* journal.c - lines appended to a file that several runs may share. */
#define _POSIX_C_SOURCE 200809L
#include "core/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/fields_json.h"

#define SHOWN(path) ML_SHOW(path, strlen(path))

void ml_journal_release(struct ml_journal *j)
{
	ml_fields_release(&j->more);
	for (size_t way = 0; way < ML_RUN_WAYS; way++) {
		for (size_t i = 0; i < j->files[way].n; i++)
			free(j->files[way].v[i].name);
		free(j->files[way].v);
	}
	*j = (struct ml_journal){ 0 };
}

int ml_journal_file(struct ml_journal *j, enum ml_journal_way way, const char *name,
		    uint64_t size, const char *sha256, const unsigned char *estimator,
		    struct ml_error *err)
{
	struct ml_journal_file f = { .size = size };

	if (!j)
		return ML_OK;
	if (ML_GROW(j->files[way].v, j->files[way].cap, j->files[way].n + 1, err))
		return err->code;
	if (name && strcmp(name, "-") && !(f.name = ml_strdup(name, err)))
		return err->code;
	memcpy(f.sha256, sha256, sizeof f.sha256);
	if (estimator)
		ml_digest_hex(estimator, f.estimator);
	j->files[way].v[j->files[way].n++] = f;
	return ML_OK;
}

int ml_journal_open(struct ml_journal *j, struct ml_sink **sink, const char *path,
		    struct ml_error *err)
{
	int rc = ml_sink_open(sink, path, err);

	if (!rc && j)
		ml_sink_hash(*sink);
	return rc;
}

int ml_journal_commit(struct ml_journal *j, struct ml_sink *sink, const char *path,
		      struct ml_error *err)
{
	char sha256[2 * ML_DIGEST + 1];
	size_t bytes = ml_sink_written(sink);

	if (j)
		ml_sink_digest(sink, sha256);
	int rc = ml_sink_commit(sink, err);
	if (rc || !j || !bytes) /* nothing is told by the hash of nothing */
		return rc;
	return ml_journal_file(j, ML_RUN_OUTPUT, path, bytes, sha256, NULL, err);
}

void ml_journal_json(const struct ml_journal *j, struct ml_json *out)
{
	static const struct {
		const char *key, *size;
	} ways[ML_RUN_WAYS] = {
		[ML_RUN_INPUT] = { "inputs", "rows" },
		[ML_RUN_MODEL] = { "models", NULL },
		[ML_RUN_OUTPUT] = { "outputs", "bytes" },
	};

	for (size_t way = 0; way < ML_RUN_WAYS; way++) {
		if (!j->files[way].n)
			continue;
		ml_json_open(out, ways[way].key, '[');
		for (size_t i = 0; i < j->files[way].n; i++) {
			const struct ml_journal_file *f = &j->files[way].v[i];
			ml_json_open(out, NULL, '{');
			if (f->name)
				ml_json_text(out, "file", f->name);
			if (ways[way].size)
				ml_json_int(out, ways[way].size, (int64_t)f->size);
			ml_json_text(out, "sha256", f->sha256);
			if (f->estimator[0])
				ml_json_text(out, "estimator", f->estimator);
			ml_json_close(out, '}');
		}
		ml_json_close(out, ']');
	}
	ml_fields_json(&j->more, out);
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
