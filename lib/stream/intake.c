/* intake.c - bytes and heads of items out of a source, without seeking. */
#include "stream/intake.h"

#include <string.h>

#include <zlib.h>

#include "base/mem.h"

static int damaged(struct ml_error *err, const char *why)
{
	return ml_fail(err, ML_EDATA, "E-STREAM", "%s", why);
}

static int read_some(struct ml_intake *s, void *buf, size_t cap, size_t *n,
		     struct ml_error *err)
{
	int rc = s->ended ? ML_END : ml_source_read(s->source, buf, cap, n, err);

	if (rc) {
		s->ended = rc == ML_END;
		s->foreign = rc != ML_END;
		*n = 0;
	}
	return rc == ML_END ? ML_OK : rc;
}

int ml_intake_fill(struct ml_intake *s, struct ml_error *err)
{
	if (s->at < s->n)
		return ML_OK;
	s->at = 0;
	return read_some(s, s->in, sizeof s->in, &s->n, err);
}

int ml_intake_take(struct ml_intake *s, void *out, size_t n, struct ml_error *err)
{
	unsigned char *to = out;

	for (size_t got = 0; got < n;) {
		int rc = ml_intake_fill(s, err);
		if (rc)
			return rc;
		if (s->at == s->n)
			return damaged(err, "cut");
		size_t m = s->n - s->at < n - got ? s->n - s->at : n - got;
		memcpy(to + got, s->in + s->at, m);
		s->at += m;
		got += m;
	}
	s->crc = (uint32_t)crc32_z(s->crc, out, n);
	return ML_OK;
}

/* Large pieces come straight from the source into b. */
int ml_intake_bytes(struct ml_intake *s, struct ml_buf *b, size_t n, struct ml_error *err)
{
	ml_buf_clear(b);
	while (b->n < n) {
		size_t room = n - b->n, got = 0;
		size_t most = b->n > ML_INTAKE ? b->n : ML_INTAKE;
		int rc = ML_OK;

		if (room > most)
			room = most;
		rc = ML_GROW(b->v, b->cap, b->n + room, err);
		if (!rc && (s->at < s->n || room < ML_INTAKE))
			rc = ml_intake_fill(s, err);
		else if (!rc)
			rc = read_some(s, b->v + b->n, room, &got, err);
		if (rc)
			return rc;
		if (s->at < s->n) {
			got = s->n - s->at < room ? s->n - s->at : room;
			memcpy(b->v + b->n, s->in + s->at, got);
			s->at += got;
		}
		if (!got)
			return ml_fail(err, ML_EDATA, "E-STREAM",
				       "cut: %zu of its %zu bytes are there", b->n, n);
		b->n += got;
	}
	if (n) /* zlib takes NULL for a new beginning */
		s->crc = (uint32_t)crc32_z(s->crc, b->v, n);
	return ML_OK;
}

int ml_intake_head(struct ml_intake *s, enum ml_cbor_major major, uint64_t *value,
		   struct ml_error *err)
{
	unsigned char head[9];
	struct ml_cbor_item item;

	int rc = ml_intake_take(s, head, 1, err);
	if (rc)
		return rc;
	unsigned info = head[0] & 31;
	if (head[0] >> 5 != (unsigned)major || info > 27)
		return damaged(err, "another item than belongs there");
	size_t more = info < 24 ? 0 : (size_t)1 << (info - 24);
	if ((rc = ml_intake_take(s, head + 1, more, err)))
		return rc;
	/* As an integer, the head alone is an item: only its form is judged here. */
	head[0] = (unsigned char)info;
	if (ml_cbor_next(&(struct ml_cbor){ .v = head, .n = 1 + more }, &item, err))
		return damaged(err, "a head that is not the shortest");
	*value = item.value;
	return ML_OK;
}
