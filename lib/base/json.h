/* json.h - JSON written piece by piece into a buffer.  Commas, indentation (none) and
 * escapes are taken care of; bytes that are not UTF-8 become U+FFFD. */
#ifndef ML_BASE_JSON_H
#define ML_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct ml_json {
	struct ml_buf *out;
	bool comma;
}; /* { .out = &buf } to begin */

/* `key` is NULL in arrays and at the top. */
void ml_json_open(struct ml_json *j, const char *key, char bracket); /* '{' or '[' */
void ml_json_close(struct ml_json *j, char bracket);                 /* '}' or ']' */
void ml_json_text(struct ml_json *j, const char *key, const char *s);
void ml_json_textn(struct ml_json *j, const char *key, const char *s, size_t n);
void ml_json_real(struct ml_json *j, const char *key, double v); /* NaN, inf: null */
void ml_json_int(struct ml_json *j, const char *key, int64_t v);
void ml_json_bool(struct ml_json *j, const char *key, bool v);
void ml_json_null(struct ml_json *j, const char *key);

#endif
