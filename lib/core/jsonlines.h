/* jsonlines.h - files of one JSON object a line, as journals are: read line by line, while
 * others may append to them.
 *
 * Only a line with its newline counts.  What stands behind the last newline is the rest of a
 * write that was cut off, or of one under way: it is told apart, never taken for data. */
#ifndef ML_CORE_JSONLINES_H
#define ML_CORE_JSONLINES_H

#include <stddef.h>

#include <jansson.h>

#include "base/error.h"

enum { ML_JSONLINES_MAX = 1 << 24 }; /* bytes a line; a longer one is E-JOURNAL */

/* *value: what the text means, the caller's; NULL when it is not JSON, and then *why is filled.
 * ML_ENOMEM. */
int ml_json_parse(json_t **value, const char *text, size_t n, json_error_t *why,
		  struct ml_error *err) ML_CHECK;

struct ml_jsonlines;

/* path "-": standard input.  ML_ENOINPUT, E-OPEN. */
int ml_jsonlines_open(struct ml_jsonlines **r, const char *path, struct ml_error *err) ML_CHECK;
/* The next line's object, the caller's to json_decref().  Blank lines are passed over.  ML_END:
 * no whole line is left; asked again, it gives lines that have been appended since.  ML_EDATA,
 * E-JOURNAL, "FILE:LINE: ...": a line that is no JSON object (duplicate keys, trailing bytes,
 * bytes that are no UTF-8 included); the next call goes on behind it.  ML_EIO. */
int ml_jsonlines_next(struct ml_jsonlines *r, json_t **object, struct ml_error *err) ML_CHECK;
/* After ML_END: bytes behind the last newline (0: the file ends as it should), and where they
 * begin. */
size_t ml_jsonlines_torn(const struct ml_jsonlines *r, long long *offset);
size_t ml_jsonlines_line(const struct ml_jsonlines *r); /* of the last object, from 1 */
/* Fills *err with "FILE:LINE: ..." [E-JOURNAL] about the last object; ML_EDATA. */
int ml_jsonlines_fail(const struct ml_jsonlines *r, struct ml_error *err, const char *fmt, ...)
	ML_PRINTF(3, 4);
void ml_jsonlines_free(struct ml_jsonlines *r);

#endif
