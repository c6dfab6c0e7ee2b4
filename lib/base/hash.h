/* hash.h - digests (SHA-256, through nettle) and a keyed hash for tables in memory. */
#ifndef ML_BASE_HASH_H
#define ML_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include <nettle/sha2.h>

enum { ML_DIGEST = 32 };

struct ml_sha {
	struct sha256_ctx ctx;
};
void ml_sha_init(struct ml_sha *s);
void ml_sha_add(struct ml_sha *s, const void *bytes, size_t n);
void ml_sha_end(struct ml_sha *s, unsigned char out[ML_DIGEST]);
/* Lower-case hex and a NUL. */
void ml_digest_hex(const unsigned char digest[ML_DIGEST], char out[2 * ML_DIGEST + 1]);

/* First eight bytes (big-endian) of the SHA-256: the same on every machine and in every
 * version, so it may decide results (splits by key, sketches). */
uint64_t ml_hash_stable(const void *bytes, size_t n);

/* SipHash-1-3 (Aumasson, Bernstein 2012) under a key drawn for this process, so that no
 * input can be made whose keys collide.  Order and results must never depend on it. */
uint64_t ml_hash_keyed(const void *bytes, size_t n);

#endif
