/* pack.h - deflate in zlib's format (RFC 1950), bounded both ways. */
#ifndef ML_STREAM_PACK_H
#define ML_STREAM_PACK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* Appends the deflated bytes to out; the same bytes for the same input (level and strategy are
 * fixed) and the same zlib. */
int ml_pack(struct ml_buf *out, const void *bytes, size_t n, struct ml_error *err) ML_CHECK;
/* Fills the empty `out` with exactly `raw` bytes; memory grows as they appear.  ML_EDATA,
 * E-STREAM: not zlib's format, more or fewer bytes than raw, bytes behind. */
int ml_unpack(struct ml_buf *out, const void *bytes, size_t n, size_t raw,
	      struct ml_error *err) ML_CHECK;

#endif
