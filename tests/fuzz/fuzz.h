/* fuzz.h - what fuzz targets share: choices out of bytes, bytes as a source cut into reads,
 * tables made of bytes, streams through memory.
 *
 * A target keeps its promises whatever the bytes are, or MUST() ends the process. */
#ifndef ML_TESTS_FUZZ_H
#define ML_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "data/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n);

#define MUST(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/* A failure is told: a code, a message of one line without control bytes, a stable tag. */
static inline void must_tell(int rc, const struct ml_error *err)
{
	MUST(rc == err->code && rc >= ML_EUSAGE);
	MUST(rc != ML_EBUG);
	MUST(err->tag && strncmp(err->tag, "E-", 2) == 0);
	MUST(*err->msg);
	for (const char *s = err->msg; *s; s++)
		MUST((unsigned char)*s >= ' ' && *s != 0x7f);
}

/* ---- choices ---- */

struct choices {
	const uint8_t *v;
	size_t n;
};

/* 0..n-1; 0 when the bytes are used up.  n <= 256. */
static inline unsigned choose(struct choices *c, unsigned n)
{
	if (!c->n)
		return 0;
	c->n--;
	return *c->v++ % n;
}

/* Bytes up to `end` or the last, as a text (malloc'ed): NUL ends it early. */
static inline char *choose_text(struct choices *c, int end)
{
	const uint8_t *stop = c->n ? memchr(c->v, end, c->n) : NULL;
	size_t n = stop ? (size_t)(stop - c->v) : c->n;
	char *s = malloc(n + 1);

	MUST(s);
	if (n)
		memcpy(s, c->v, n);
	s[n] = '\0';
	n += stop != NULL;
	c->v += n;
	c->n -= n;
	return s;
}

/* ---- bytes as a source ---- */

/* Reads of 1..cut bytes, drawn from `state`; cut 0: as many as are asked for. */
struct feed {
	const uint8_t *v;
	size_t n;
	unsigned cut;
	uint32_t state;
};

static inline int feed_read(void *arg, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	struct feed *f = arg;
	size_t want = f->n < cap ? f->n : cap;

	(void)err;
	if (!f->n)
		return ML_END;
	if (f->cut) {
		f->state = f->state * 1664525 + 1013904223;
		size_t most = 1 + (f->state >> 16) % f->cut;
		want = want < most ? want : most;
	}
	memcpy(buf, f->v, want);
	f->v += want;
	f->n -= want;
	*n = want;
	return ML_OK;
}

#endif
