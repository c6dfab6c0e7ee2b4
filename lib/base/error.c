/* error.c - errors as values, and words that are safe to print. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(struct ml_error *err, int code, const char *tag, const char *fmt, va_list ap)
{
	err->code = code;
	err->tag = tag;
	err->row = 0;
	vsnprintf(err->msg, sizeof err->msg, fmt, ap);
}

int ml_fail(struct ml_error *err, int code, const char *tag, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, tag, fmt, ap);
	va_end(ap);
	return code;
}

int ml_fail_row(struct ml_error *err, size_t i, int code, const char *tag, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, tag, fmt, ap);
	va_end(ap);
	err->row = i + 1;
	return code;
}

int ml_context(struct ml_error *err, const char *fmt, ...)
{
	char front[sizeof err->msg];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(front, sizeof front, fmt, ap);
	va_end(ap);
	if (n < 0)
		return err->code;
	size_t used = (size_t)n < sizeof front - 3 ? (size_t)n : sizeof front - 3;
	size_t room = sizeof front - used - 3;
	size_t rest = strlen(err->msg) < room ? strlen(err->msg) : room;

	memcpy(front + used, ": ", 2);
	memcpy(front + used + 2, err->msg, rest);
	front[used + 2 + rest] = '\0';
	memcpy(err->msg, front, used + 2 + rest + 1);
	return err->code;
}
