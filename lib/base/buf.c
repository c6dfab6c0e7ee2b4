/* buf.c - bytes that grow at the end. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Room for n more bytes and a NUL; false, and remembered, when there is no memory. */
static bool make_room(struct ml_buf *b, size_t n)
{
	struct ml_error unused;

	if (b->failed || b->cap - b->n > n)
		return !b->failed;
	if (n >= SIZE_MAX - b->n || ML_GROW(b->v, b->cap, b->n + n + 1, &unused))
		b->failed = true;
	return !b->failed;
}

void ml_buf_put(struct ml_buf *b, const void *bytes, size_t n)
{
	if (!n || !make_room(b, n))
		return;
	memcpy(b->v + b->n, bytes, n);
	b->n += n;
}

unsigned char *ml_buf_add(struct ml_buf *b, size_t n)
{
	if (!make_room(b, n))
		return NULL;
	b->n += n;
	return b->v + b->n - n;
}

void ml_buf_byte(struct ml_buf *b, unsigned char byte)
{
	if (make_room(b, 1))
		b->v[b->n++] = byte;
}

void ml_buf_text(struct ml_buf *b, const char *text)
{
	ml_buf_put(b, text, strlen(text));
}

void ml_buf_printf(struct ml_buf *b, const char *fmt, ...)
{
	va_list ap, again;

	if (!make_room(b, 0))
		return;
	va_start(ap, fmt);
	va_copy(again, ap);
	size_t room = b->cap - b->n;
	int n = vsnprintf((char *)b->v + b->n, room, fmt, ap);
	if (n < 0)
		b->failed = true;
	else if ((size_t)n >= room && make_room(b, (size_t)n))
		vsnprintf((char *)b->v + b->n, b->cap - b->n, fmt, again);
	if (!b->failed)
		b->n += (size_t)n;
	va_end(again);
	va_end(ap);
}

const char *ml_buf_str(struct ml_buf *b)
{
	if (!b->n || !make_room(b, 0))
		return "";
	b->v[b->n] = '\0';
	return (const char *)b->v;
}

int ml_buf_check(const struct ml_buf *b, struct ml_error *err)
{
	if (b->failed)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (%zu bytes held)",
			       b->n);
	return ML_OK;
}

void ml_buf_clear(struct ml_buf *b)
{
	b->n = 0;
	b->failed = false;
}

void ml_buf_release(struct ml_buf *b)
{
	free(b->v);
	*b = (struct ml_buf){ 0 };
}
