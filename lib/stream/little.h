/* little.h - little-endian words in bytes; compilers make one move of each. */
#ifndef ML_STREAM_LITTLE_H
#define ML_STREAM_LITTLE_H

#include <stdint.h>

static inline void ml_little_put32(unsigned char *to, uint32_t v)
{
	to[0] = (unsigned char)v;
	to[1] = (unsigned char)(v >> 8);
	to[2] = (unsigned char)(v >> 16);
	to[3] = (unsigned char)(v >> 24);
}

static inline void ml_little_put64(unsigned char *to, uint64_t v)
{
	to[0] = (unsigned char)v;
	to[1] = (unsigned char)(v >> 8);
	to[2] = (unsigned char)(v >> 16);
	to[3] = (unsigned char)(v >> 24);
	to[4] = (unsigned char)(v >> 32);
	to[5] = (unsigned char)(v >> 40);
	to[6] = (unsigned char)(v >> 48);
	to[7] = (unsigned char)(v >> 56);
}

static inline uint32_t ml_little_get32(const unsigned char *from)
{
	return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
	       (uint32_t)from[3] << 24;
}

static inline uint64_t ml_little_get64(const unsigned char *from)
{
	return ml_little_get32(from) | (uint64_t)ml_little_get32(from + 4) << 32;
}

#endif
