/* words.h - 64-bit words as little-endian bytes, the same on every machine. */
#ifndef ML_DATA_WORDS_H
#define ML_DATA_WORDS_H

#include <stdint.h>

enum { ML_WORD = 8 };

/* Compilers make one store of it; of a loop they do not. */
static inline void ml_word_put(unsigned char out[ML_WORD], uint64_t v)
{
	out[0] = (unsigned char)v;
	out[1] = (unsigned char)(v >> 8);
	out[2] = (unsigned char)(v >> 16);
	out[3] = (unsigned char)(v >> 24);
	out[4] = (unsigned char)(v >> 32);
	out[5] = (unsigned char)(v >> 40);
	out[6] = (unsigned char)(v >> 48);
	out[7] = (unsigned char)(v >> 56);
}

static inline uint64_t ml_word_get(const unsigned char in[ML_WORD])
{
	uint64_t v = 0;

	for (int i = ML_WORD; i--;)
		v = v << 8 | in[i];
	return v;
}

#endif
