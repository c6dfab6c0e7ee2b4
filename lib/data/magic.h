/* magic.h - what a file that is no table is, told by its first bytes. */
#ifndef ML_DATA_MAGIC_H
#define ML_DATA_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

struct ml_magic {
	const char *name; /* "a zip archive": behind "this is" */
	const char *cure; /* what to do about it, or NULL */
	bool refused; /* E-FORMAT; the others fall foul of the rules of text, and are only named
		       */
};
/* The format that begins so, or NULL.  64 bytes tell all of them. */
const struct ml_magic *ml_magic_find(const unsigned char *s, size_t n);

#endif
