/* intake.h - bytes and heads of items out of a source, without seeking, under a running
 * checksum.
 *
 * What is missing or misshapen here is damage: ML_EDATA, E-STREAM. */
#ifndef ML_STREAM_INTAKE_H
#define ML_STREAM_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "data/source.h"
#include "stream/cbor.h"

enum { ML_INTAKE = 65536 };

/* Zeroed but for the source to begin. */
struct ml_intake {
	struct ml_source *source; /* borrowed */
	size_t at, n;             /* bytes at..n of `in` are read and not used */
	bool ended;               /* the source has ended */
	bool foreign;             /* a failure is the source's own, and names it */
	uint32_t crc;             /* of all that is taken; the caller sets it back */
	unsigned char in[ML_INTAKE];
};

/* At least one byte in the buffer; at == n when the source has ended. */
int ml_intake_fill(struct ml_intake *s, struct ml_error *err) ML_CHECK;
int ml_intake_take(struct ml_intake *s, void *out, size_t n, struct ml_error *err) ML_CHECK;
/* n bytes into b (cleared first), which grows as they arrive: at most to twice what has. */
int ml_intake_bytes(struct ml_intake *s, struct ml_buf *b, size_t n,
		    struct ml_error *err) ML_CHECK;
/* The head of an item of that major type (UINT to TAG), in its shortest form. */
int ml_intake_head(struct ml_intake *s, enum ml_cbor_major major, uint64_t *value,
		   struct ml_error *err) ML_CHECK;

#endif
