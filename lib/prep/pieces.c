/* pieces.c - lists inside a value of an option. */
#include "prep/pieces.h"

#include <string.h>

char ml_piece_next(const char **s, const char *ends, struct ml_buf *out)
{
	const char *at = *s;

	ml_buf_clear(out);
	for (; *at && !strchr(ends, *at); at++) {
		if (*at == '\\' && at[1] && (at[1] == '\\' || strchr(ends, at[1])))
			at++;
		ml_buf_byte(out, (unsigned char)*at);
	}
	*s = at + (*at != '\0');
	return *at;
}
