/* jsonlines.c - JSON (RFC 8259, through libjansson, which is strict) a line at a time. */
#define _POSIX_C_SOURCE 200809L
#include "core/jsonlines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { BLOCK = 65536 };

/* libjansson drops a byte of a text, and says nothing, when its buffer for it cannot grow
 * (lex_save() in load.c of 2.14).  It has no other way to tell than what hands out its memory,
 * and no argument to tell it by: hence a variable that outlives a call, the thread's own. */
static _Thread_local bool no_memory;

static void *noticed_malloc(size_t n)
{
	void *v = malloc(n);

	no_memory = no_memory || !v;
	return v;
}

int ml_json_parse(json_t **value, const char *text, size_t n, json_error_t *why,
		  struct ml_error *err)
{
	json_set_alloc_funcs(noticed_malloc, free);
	no_memory = false;
	*value = json_loadb(text, n, JSON_REJECT_DUPLICATES, why);
	if (!no_memory)
		return ML_OK;
	json_decref(*value);
	*value = NULL;
	return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory");
}

struct ml_jsonlines {
	char *path;
	int fd;
	struct ml_buf bytes; /* read, from the byte at `offset` of the file on */
	size_t at;           /* in bytes: where the next line begins */
	size_t looked;       /* in bytes: no newline stands between `at` and here */
	long long offset;
	size_t line; /* lines taken */
	size_t torn; /* bytes behind the last newline, when the end was seen */
};

static const char *shown(const struct ml_jsonlines *r, char out[128])
{
	return ml_text_show(r->path, strlen(r->path), out, 128);
}

int ml_jsonlines_open(struct ml_jsonlines **r, const char *path, struct ml_error *err)
{
	if (!(*r = ml_alloc(1, sizeof **r, err)))
		return err->code;
	if (!((*r)->path = ml_strdup(strcmp(path, "-") ? path : "standard input", err))) {
		free(*r);
		*r = NULL;
		return err->code;
	}
	do
		(*r)->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : 0;
	while ((*r)->fd < 0 && errno == EINTR);
	if ((*r)->fd >= 0)
		return ML_OK;
	ml_fail(err, ML_ENOINPUT, "E-OPEN", "%s: cannot be opened: %s",
		ML_SHOW(path, strlen(path)), strerror(errno));
	ml_jsonlines_free(*r);
	*r = NULL;
	return err->code;
}

size_t ml_jsonlines_line(const struct ml_jsonlines *r)
{
	return r->line;
}

int ml_jsonlines_fail(const struct ml_jsonlines *r, struct ml_error *err, const char *fmt, ...)
{
	char text[sizeof err->msg], path[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return ml_fail(err, ML_EDATA, "E-JOURNAL", "%s:%zu: %s", shown(r, path), r->line, text);
}

/* Appends a block to the bytes; ML_END at the end of the file. */
static int read_more(struct ml_jsonlines *r, struct ml_error *err)
{
	char path[128];
	ssize_t n;

	if (r->at) { /* lines taken are dropped */
		memmove(r->bytes.v, r->bytes.v + r->at, r->bytes.n - r->at);
		r->offset += (long long)r->at;
		r->bytes.n -= r->at;
		r->looked -= r->at;
		r->at = 0;
	}
	size_t had = r->bytes.n;
	unsigned char *room = ml_buf_add(&r->bytes, BLOCK);
	if (!room)
		return ml_buf_check(&r->bytes, err);
	do
		n = read(r->fd, room, BLOCK);
	while (n < 0 && errno == EINTR);
	r->bytes.n = had + (n > 0 ? (size_t)n : 0);
	if (n < 0)
		return ml_fail(err, ML_EIO, "E-IO", "%s: cannot be read: %s", shown(r, path),
			       strerror(errno));
	return n ? ML_OK : ML_END;
}

/* What is torn may be cut off by another process, and other bytes written there: it is not kept
 * (but of what cannot be read again). */
static void read_again(struct ml_jsonlines *r)
{
	if (!r->torn || lseek(r->fd, (off_t)r->offset + (off_t)r->at, SEEK_SET) < 0)
		return;
	r->bytes.n = r->looked = r->at;
}

/* The next line, without its newline; a view until the next call. */
static int take_line(struct ml_jsonlines *r, const char **line, size_t *n, struct ml_error *err)
{
	const unsigned char *end = NULL;
	int rc = ML_OK;

	while (!rc) {
		if (r->bytes.n > r->looked)
			end = memchr(r->bytes.v + r->looked, '\n', r->bytes.n - r->looked);
		if (end)
			break;
		r->looked = r->bytes.n;
		if (r->looked - r->at > ML_JSONLINES_MAX) {
			r->line++;
			return ml_jsonlines_fail(r, err, "longer than %d bytes",
						 ML_JSONLINES_MAX);
		}
		rc = read_more(r, err);
	}
	r->torn = rc ? r->bytes.n - r->at : 0;
	if (rc == ML_END)
		read_again(r);
	if (rc)
		return rc;
	*line = (const char *)r->bytes.v + r->at;
	*n = (size_t)(end - r->bytes.v) - r->at;
	r->at = r->looked = (size_t)(end - r->bytes.v) + 1;
	r->line++;
	return ML_OK;
}

static bool is_blank(const char *line, size_t n)
{
	while (n && strchr(" \t\r", line[n - 1]))
		n--;
	return !n;
}

int ml_jsonlines_next(struct ml_jsonlines *r, json_t **object, struct ml_error *err)
{
	const char *line = "";
	json_error_t why;
	size_t n = 0;
	int rc;

	*object = NULL;
	do
		if ((rc = take_line(r, &line, &n, err)))
			return rc;
	while (is_blank(line, n));
	if ((rc = ml_json_parse(object, line, n, &why, err)))
		return rc;
	if (json_is_object(*object))
		return ML_OK;
	json_decref(*object);
	rc = ml_jsonlines_fail(r, err, "not a line of JSON: %s",
			       *object ? "it is no object"
				       : ML_SHOW(why.text, strlen(why.text)));
	*object = NULL;
	return rc;
}

size_t ml_jsonlines_torn(const struct ml_jsonlines *r, long long *offset)
{
	*offset = r->offset + (long long)r->at;
	return r->torn;
}

void ml_jsonlines_free(struct ml_jsonlines *r)
{
	if (!r)
		return;
	if (r->fd > 0)
		(void)close(r->fd);
	ml_buf_release(&r->bytes);
	free(r->path);
	free(r);
}
