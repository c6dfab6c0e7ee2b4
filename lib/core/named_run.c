/* named_run.c - warnings by column index become warnings by name. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "core/pipeline.h"

static void ML_PRINTF(4, 5)
	warn_named(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	const struct ml_named_run *r = user;
	char text[384];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (!r->outer->warn)
		return;
	if (column < r->n)
		r->outer->warn(r->outer->user, tag, SIZE_MAX, "column '%s': %s",
			       ML_SHOW(r->names[column], strlen(r->names[column])), text);
	else
		r->outer->warn(r->outer->user, tag, SIZE_MAX, "%s", text);
}

static void pass_progress(void *user, const struct ml_progress *p)
{
	const struct ml_named_run *r = user;

	if (r->outer->progress)
		r->outer->progress(r->outer->user, p);
}

static bool pass_listens(void *user)
{
	const struct ml_named_run *r = user;

	return ml_run_listens(r->outer);
}

void ml_named_run_init(struct ml_named_run *r, const struct ml_run *outer,
		       const char *const *names, size_t n)
{
	*r = (struct ml_named_run){ .run = *outer, .outer = outer, .names = names, .n = n };
	r->run.user = r;
	r->run.warn = warn_named;
	r->run.progress = pass_progress;
	r->run.listens = pass_listens;
}
