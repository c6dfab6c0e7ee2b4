/* hash.c - digests, and a keyed hash for tables in memory. */
#define _DEFAULT_SOURCE
#include "base/hash.h"

#include <pthread.h>
#include <sys/random.h>

#include "base/siphash.h"

/* The one global of the library: a hash that differs between processes needs a key that
 * lasts as long as they do.  Written once, under pthread_once(). */
static uint64_t key[2];
static pthread_once_t key_drawn = PTHREAD_ONCE_INIT;

/* Without entropy (an old kernel, a sandbox) a fixed key is still a good hash for data that
 * nobody made to collide.  Early in boot GRND_NONBLOCK fails rather than waits. */
static void draw_key(void)
{
	if (getrandom(key, sizeof key, GRND_NONBLOCK) != (ssize_t)sizeof key) {
		key[0] = UINT64_C(0x9e3779b97f4a7c15);
		key[1] = UINT64_C(0xd1b54a32d192ed03);
	}
}

uint64_t ml_hash_keyed(const void *bytes, size_t n)
{
	pthread_once(&key_drawn, draw_key);
	return ml_siphash(1, 3, key[0], key[1], bytes, n);
}

uint64_t ml_hash_stable(const void *bytes, size_t n)
{
	unsigned char digest[ML_DIGEST];
	struct ml_sha sha;
	uint64_t v = 0;

	ml_sha_init(&sha);
	ml_sha_add(&sha, bytes, n);
	ml_sha_end(&sha, digest);
	for (int i = 0; i < 8; i++)
		v = v << 8 | digest[i];
	return v;
}

void ml_sha_init(struct ml_sha *s)
{
	sha256_init(&s->ctx);
}

void ml_sha_add(struct ml_sha *s, const void *bytes, size_t n)
{
	sha256_update(&s->ctx, n, bytes);
}

void ml_sha_end(struct ml_sha *s, unsigned char out[ML_DIGEST])
{
	sha256_digest(&s->ctx, ML_DIGEST, out);
}

void ml_digest_hex(const unsigned char digest[ML_DIGEST], char out[2 * ML_DIGEST + 1])
{
	static const char hex[] = "0123456789abcdef";

	for (int i = 0; i < ML_DIGEST; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[2 * ML_DIGEST] = '\0';
}
