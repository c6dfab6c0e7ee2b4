/* source.c - bytes of an input: a file, standard input or a function, gunzipped when gzip.
 *
 * What is read lies in `raw`; what is handed out goes straight into the buffer of the
 * caller, whether it is read there or inflated there.  Only the bytes of a peek are
 * copied twice.  RFC 1952: a member carries the CRC and the length of what it unpacks to, which
 * inflate checks at its end, so the end of the input is only believed between members. */
#define _POSIX_C_SOURCE 200809L
#include "data/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/ahead.h"

/* A pipe holds 64 KiB; more at a time gains nothing for gzip, the only user of `raw`. */
enum { RAW = 65536, PEEK = 64 };
/* Below this a thread costs more than it saves. */
enum { AHEAD_FROM = 1 << 18 };
enum { GZIP_WINDOW = 31 }; /* zlib: the largest window, and a gzip header is required */

enum packing {
	UNKNOWN, /* nothing was read yet */
	PLAIN,
	MEMBER,  /* inside a gzip member */
	BETWEEN, /* one has ended: another, zero padding, or the end of the input */
	PADDING, /* zeros up to the end */
};

struct ml_source {
	char *name;
	ml_source_fn *fn; /* reads arg instead of fd */
	void *arg;
	int fd;
	bool owned;       /* fd is closed by us */
	bool hash, ended; /* ended: ML_END was reached, nothing is read any more */
	bool prompt;      /* a peek does not wait for bytes behind a line end */
	enum packing packing;
	z_stream z;     /* next_in, avail_in: what of raw is still to be unpacked */
	bool inflating; /* z is initialised */
	bool damaged;   /* what comes next of a member cannot be unpacked */
	unsigned char *raw;
	unsigned char
		first[PEEK]; /* bytes of a peek, not handed out yet: first[taken..peeked) */
	size_t taken, peeked;
	uint64_t bytes;
	struct ml_sha sha;
	bool wants_ahead;
	struct ml_ahead
		*ahead; /* its thread alone reads, unpacks and hashes, once it is there */
	bool digested;
	unsigned char digest[ML_DIGEST];
};

/* Reads from below; *n == 0 at the end. */
static int read_raw(struct ml_source *s, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	ssize_t got;

	*n = 0;
	if (s->fn) {
		int rc = s->fn(s->arg, buf, cap, n, err);

		return rc == ML_END ? ML_OK : rc;
	}
	if (s->ahead && !ml_ahead_wait(s->ahead, s->fd))
		return ml_fail(err, ML_EIO, "E-IO", "reading was given up");
	do
		got = read(s->fd, buf, cap);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return ml_fail(err, ML_EIO, "E-IO", "%s: cannot read: %s",
			       ML_SHOW(s->name, strlen(s->name)), strerror(errno));
	*n = (size_t)got;
	return ML_OK;
}

/* Makes sure that z has input, unless the input has ended. */
static int refill(struct ml_source *s, struct ml_error *err)
{
	size_t n;

	if (s->z.avail_in)
		return ML_OK;
	int rc = read_raw(s, s->raw, RAW, &n, err);
	if (!rc) {
		s->z.next_in = s->raw;
		s->z.avail_in = (uInt)n;
	}
	return rc;
}

/* The first byte decides what the input is; it stays in raw. */
static int begin(struct ml_source *s, struct ml_error *err)
{
	int rc = refill(s, err);

	if (rc)
		return rc;
	s->packing = PLAIN;
	if (!s->z.avail_in || s->raw[0] != 0x1f)
		return ML_OK;
	if (inflateInit2(&s->z, GZIP_WINDOW) != Z_OK)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (zlib)");
	s->inflating = true;
	s->packing = MEMBER;
	return ML_OK;
}

static int bad_gzip(const struct ml_source *s, const char *what, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-GZIP", "%s: %s", ML_SHOW(s->name, strlen(s->name)),
		       what);
}

/* A member has ended: what follows?  ML_END at the end of the input. */
static int between(struct ml_source *s, struct ml_error *err)
{
	int rc = refill(s, err);

	if (rc)
		return rc;
	if (!s->z.avail_in)
		return ML_END;
	if (s->packing == BETWEEN && *s->z.next_in == 0x1f) {
		if (inflateReset(&s->z) != Z_OK)
			return ml_fail(err, ML_EBUG, "E-BUG", "inflateReset");
		s->packing = MEMBER;
		return ML_OK;
	}
	s->packing = PADDING;
	for (; s->z.avail_in; s->z.avail_in--, s->z.next_in++)
		if (*s->z.next_in)
			return bad_gzip(s, "bytes that are not gzip follow the compressed data",
					err);
	return ML_OK;
}

/* Unpacks some of a member; *n may stay 0.  What comes before a fault is handed out before the
 * fault is told, so that the size of reads decides nothing. */
static int unpack(struct ml_source *s, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	int rc = refill(s, err);

	if (rc)
		return rc;
	bool more = s->z.avail_in; /* there may be output to come without, too */
	uInt room = cap < 1u << 30 ? (uInt)cap : 1u << 30;
	s->z.next_out = buf;
	s->z.avail_out = room;
	int z = s->damaged ? Z_DATA_ERROR : inflate(&s->z, Z_NO_FLUSH);
	*n = room - s->z.avail_out;
	if (z == Z_STREAM_END)
		s->packing = BETWEEN;
	else if (z == Z_MEM_ERROR)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (zlib)");
	else if (z != Z_OK && z != Z_BUF_ERROR)
		s->damaged = true;
	if (s->damaged && !*n)
		return bad_gzip(s, "the compressed data is damaged", err);
	if (!more && !*n)
		return bad_gzip(s, "the compressed data is cut off", err);
	return ML_OK;
}

/* Bytes of a plain input: first those that begin() read. */
static int pass(struct ml_source *s, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	if (!s->z.avail_in)
		return read_raw(s, buf, cap, n, err);
	*n = s->z.avail_in < cap ? s->z.avail_in : cap;
	memcpy(buf, s->z.next_in, *n);
	s->z.next_in += *n;
	s->z.avail_in -= (uInt)*n;
	return ML_OK;
}

/* 1..cap unpacked bytes, or ML_END; hashed here, since each is made once and all are handed out
 * before the digest is asked for.  An ml_ahead_fn. */
static int produce(void *arg, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	struct ml_source *s = arg;
	int rc = ML_OK;

	*n = 0;
	if (s->ended)
		return ML_END;
	if (s->packing == UNKNOWN)
		rc = begin(s, err);
	while (!rc && !*n) {
		if (s->packing == MEMBER)
			rc = unpack(s, buf, cap, n, err);
		else if (s->packing != PLAIN)
			rc = between(s, err);
		else if (!(rc = pass(s, buf, cap, n, err)) && !*n)
			rc = ML_END;
	}
	s->ended = rc == ML_END;
	if (!rc && s->hash)
		ml_sha_add(&s->sha, buf, *n);
	return rc;
}

/* The same from a thread that is ahead, once there is one. */
static int next(struct ml_source *s, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	struct ml_error unused;

	if (s->wants_ahead && !s->prompt && s->bytes >= AHEAD_FROM && !s->ended) {
		s->wants_ahead = false; /* that it cannot be had is no failure */
		(void)!ml_ahead_start(&s->ahead, produce, s, &unused);
	}
	return s->ahead ? ml_ahead_read(s->ahead, buf, cap, n, err)
			: produce(s, buf, cap, n, err);
}

void ml_source_read_ahead(struct ml_source *s)
{
	s->wants_ahead = !s->fn;
}

int ml_source_read(struct ml_source *s, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	int rc = ML_OK;

	if (s->taken < s->peeked) {
		*n = s->peeked - s->taken < cap ? s->peeked - s->taken : cap;
		memcpy(buf, s->first + s->taken, *n);
		s->taken += *n;
	} else {
		rc = next(s, buf, cap, n, err);
	}
	s->bytes += rc ? 0 : *n;
	return rc;
}

void ml_source_prompt(struct ml_source *s)
{
	s->prompt = true;
}

int ml_source_peek(struct ml_source *s, const unsigned char **bytes, size_t *n,
		   struct ml_error *err)
{
	int rc = ML_OK;

	memmove(s->first, s->first + s->taken, s->peeked - s->taken);
	s->peeked -= s->taken;
	s->taken = 0;
	while (!rc && s->peeked < PEEK && !(s->prompt && memchr(s->first, '\n', s->peeked))) {
		size_t got;

		rc = next(s, s->first + s->peeked, PEEK - s->peeked, &got, err);
		s->peeked += rc ? 0 : got;
	}
	*bytes = s->first;
	*n = s->peeked;
	return rc == ML_END ? ML_OK : rc;
}

const char *ml_source_name(const struct ml_source *s)
{
	return s->name;
}

uint64_t ml_source_bytes(const struct ml_source *s)
{
	return s->bytes;
}

void ml_source_digest(struct ml_source *s, char hex[2 * ML_DIGEST + 1])
{
	if (!s->digested)
		ml_sha_end(&s->sha, s->digest);
	s->digested = true;
	ml_digest_hex(s->digest, hex);
}

static int new_source(struct ml_source **out, const char *name, bool hash, struct ml_error *err)
{
	struct ml_source *s = *out = ml_alloc(1, sizeof *s, err);

	if (!s)
		return ML_ENOMEM;
	s->fd = -1;
	s->hash = hash;
	ml_sha_init(&s->sha);
	s->name = ml_strdup(name, err);
	s->raw = s->name ? ml_alloc(RAW, 1, err) : NULL;
	if (s->raw)
		return ML_OK;
	ml_source_free(s);
	*out = NULL;
	return ML_ENOMEM;
}

/* A directory can be opened, but only its reading would fail, and say less. */
static int open_fd(struct ml_source *s, const char *path, struct ml_error *err)
{
	struct stat st;

	do /* a FIFO waits for its writer */
		s->fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	while (s->fd < 0 && errno == EINTR);
	s->owned = path && s->fd >= 0;
	if (s->fd >= 0 && fstat(s->fd, &st) == 0 && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else if (s->fd >= 0)
		return ML_OK;
	return ml_fail(err, ML_ENOINPUT, "E-OPEN", "cannot open '%s': %s",
		       ML_SHOW(s->name, strlen(s->name)), strerror(errno));
}

int ml_source_open(struct ml_source **out, const char *path, bool hash, struct ml_error *err)
{
	bool standard = !path || strcmp(path, "-") == 0;
	int rc = new_source(out, standard ? "stdin" : path, hash, err);

	if (!rc && (rc = open_fd(*out, standard ? NULL : path, err))) {
		ml_source_free(*out);
		*out = NULL;
	}
	return rc;
}

int ml_source_open_fn(struct ml_source **out, const char *name, ml_source_fn *fn, void *arg,
		      bool hash, struct ml_error *err)
{
	int rc = new_source(out, name, hash, err);

	if (!rc) {
		(*out)->fn = fn;
		(*out)->arg = arg;
	}
	return rc;
}

void ml_source_free(struct ml_source *s)
{
	if (!s)
		return;
	ml_ahead_free(s->ahead);
	if (s->inflating)
		inflateEnd(&s->z);
	if (s->owned)
		close(s->fd);
	free(s->raw);
	free(s->name);
	free(s);
}
