/* frame.h - what the writer and the reader of streams share: head, flags, checksums.
 *
 *     head    d9 d9 f7 82 63 'm' 'l' 's' and the version
 *     record  85, kind, flags, raw-size, crc, bytes
 *     end     83, "end", records, crc
 * A record's crc is over the encodings of kind, flags, raw-size and bytes (head of the string
 * included), in this order: all of the record but its first byte and the crc itself.  The crc
 * of the end record begins with the head's nine bytes and goes on with the record crcs, four
 * bytes each, big-endian: it protects version, number and order. */
#ifndef ML_STREAM_FRAME_H
#define ML_STREAM_FRAME_H

#include <stdint.h>

#include <zlib.h>

#define ML_FRAME_MAGIC "\xd9\xd9\xf7\x82\x63mls"
enum { ML_FRAME_MAGIC_SIZE = sizeof ML_FRAME_MAGIC - 1 };
enum { ML_FRAME_RECORD = 0x85, ML_FRAME_END = 0x83 }; /* arrays of five, of three */
enum { ML_FRAME_KIND = 32 };                          /* kinds are shorter: a NUL fits */
enum { ML_FRAME_DEFLATED = 1 };                       /* bit of flags; the others are 0 */

static inline uint32_t ml_frame_fold(uint32_t crc, uint32_t record)
{
	unsigned char bytes[4] = { (unsigned char)(record >> 24), (unsigned char)(record >> 16),
				   (unsigned char)(record >> 8), (unsigned char)record };

	return (uint32_t)crc32_z(crc, bytes, sizeof bytes);
}

/* The most bytes that raw bytes may be deflated to: deflate's own worst case, rounded up. */
static inline uint64_t ml_frame_most(uint64_t raw)
{
	return raw + raw / 1024 + 64;
}

#endif
