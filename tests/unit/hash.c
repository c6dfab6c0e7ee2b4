/* hash.c - digests and keyed hashes against published values. */
#include <stdint.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/siphash.h"
#include "test.h"

static void hex_of(const char *s, size_t n, size_t piece, char hex[2 * ML_DIGEST + 1])
{
	unsigned char digest[ML_DIGEST];
	struct ml_sha sha;

	ml_sha_init(&sha);
	for (size_t i = 0; i < n; i += piece)
		ml_sha_add(&sha, s + i, n - i < piece ? n - i : piece);
	ml_sha_end(&sha, digest);
	ml_digest_hex(digest, hex);
}

TEST("SHA-256 gives the digests of FIPS 180, however the text is cut")
{
	/* FIPS 180-2 appendix B.1, B.2; the empty text: NIST's example values. */
	static const char *const pair[][2] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char hex[2 * ML_DIGEST + 1];

	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		for (size_t piece = 1; piece < 60; piece++) {
			hex_of(pair[i][0], strlen(pair[i][0]), piece, hex);
			SAME_TEXT(hex, pair[i][1]);
		}
	}
}

TEST("SHA-256 of a million a (FIPS 180-2, B.3)")
{
	char *a = malloc(1000000), hex[2 * ML_DIGEST + 1];

	memset(a, 'a', 1000000);
	hex_of(a, 1000000, 4099, hex);
	SAME_TEXT(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(a);
}

TEST("the stable hash is the front of the SHA-256")
{
	CHECK(ml_hash_stable("abc", 3) == UINT64_C(0xba7816bf8f01cfea));
	CHECK(ml_hash_stable("", 0) == UINT64_C(0xe3b0c44298fc1c14));
	CHECK(ml_hash_stable(NULL, 0) == UINT64_C(0xe3b0c44298fc1c14));
}

TEST("SipHash with 2 and 4 rounds gives the vectors of its reference implementation")
{
	/* vectors_sip64 of Aumasson and Bernstein: message 00 01 02 ..., key 00 01 .. 0f. */
	static const uint64_t want[] = {
		0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
		0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
		0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
		0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5,
		0x3f2acc7f57c29bdb, 0x699ae9f52cbe4794, 0x4bc1b3f0968dd39c,
	};
	unsigned char message[64];

	for (size_t n = 0; n < sizeof want / sizeof *want; n++) {
		message[n] = (unsigned char)n;
		CHECK(ml_siphash(2, 4, 0x0706050403020100, 0x0f0e0d0c0b0a0908, message, n) ==
		      want[n]);
	}
}

TEST("SipHash with 1 and 3 rounds gives what CPython 3.11 hashes bytes to")
{
	/* PYTHONHASHSEED=2385: hash(bytes((37*i+11) & 255 for i in range(n))), n = 1..19;
	 * the key is the first 16 bytes of CPython's lcg_urandom(2385). */
	static const uint64_t want[] = {
		0x3295e329a26c87d3, 0x2eb1d3d0f7159d9e, 0x816e249a9ae8e06a, 0xbfae38c23ce8a672,
		0x4bcb1eb81d6c2a0e, 0xc1564967aaad5e7c, 0x0ac6b9285ec4cff5, 0x09c3c18afc2f8ba7,
		0xe0ab824758800711, 0x8f32f196266c784b, 0xad756f6dceeacaac, 0xaaf977c1020bcd18,
		0x5f93e554a3638a9d, 0x59b31080b2169e1b, 0x91c2029976d146cc, 0xf2f8c1b063f2dcbd,
		0x1ecb426e214f8f68, 0xaaeb5f6766c0ebfa, 0xfe12de67fef7fd2a,
	};
	unsigned char message[64];

	for (size_t n = 1; n <= sizeof want / sizeof *want; n++) {
		message[n - 1] = (unsigned char)(37 * (n - 1) + 11);
		CHECK(ml_siphash(1, 3, 0x6f89185b20d7ac93, 0xe36d653920e9ae81, message, n) ==
		      want[n - 1]);
	}
}

TEST("the keyed hash is the same within a process, and tells texts apart")
{
	uint64_t seen[1000];
	char text[16];

	for (int i = 0; i < 1000; i++) {
		size_t n = (size_t)snprintf(text, sizeof text, "level-%d", i);
		seen[i] = ml_hash_keyed(text, n);
		CHECK(seen[i] == ml_hash_keyed(text, n));
		for (int k = 0; k < i; k++)
			CHECK(seen[k] != seen[i]); /* by chance once in 10^13 runs */
	}
	CHECK(ml_hash_keyed(NULL, 0) == ml_hash_keyed("", 0));
	CHECK(ml_hash_keyed("\0", 1) != ml_hash_keyed("\0\0", 2));
}

int main(void)
{
	return ml_tests_run();
}
