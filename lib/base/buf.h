/* buf.h - bytes that grow at the end.
 *
 * A failed put is remembered: later puts do nothing, and ml_buf_check() tells.
 * So writers of many small pieces check once. */
#ifndef ML_BASE_BUF_H
#define ML_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct ml_buf {
	unsigned char *v; /* n bytes, owned; ml_buf_release() frees */
	size_t n, cap;
	bool failed; /* an allocation failed: contents are not whole */
};

/* A zeroed struct is an empty buffer. */
void ml_buf_put(struct ml_buf *b, const void *bytes, size_t n);
/* n more bytes, which the caller fills; NULL when there is no memory. */
unsigned char *ml_buf_add(struct ml_buf *b, size_t n);
void ml_buf_byte(struct ml_buf *b, unsigned char byte);
void ml_buf_text(struct ml_buf *b, const char *text); /* without its NUL */
void ml_buf_printf(struct ml_buf *b, const char *fmt, ...) ML_PRINTF(2, 3);
/* A NUL behind the last byte, not counted in n; "" when b has failed or is empty. */
const char *ml_buf_str(struct ml_buf *b);
/* ML_ENOMEM when a put has failed. */
int ml_buf_check(const struct ml_buf *b, struct ml_error *err) ML_CHECK;
void ml_buf_clear(struct ml_buf *b);   /* empty again, memory kept */
void ml_buf_release(struct ml_buf *b); /* memory freed, zeroed */

#endif
