/* pieces.h - lists inside a value of an option: "old:new;old:new", "small,medium,large". */
#ifndef ML_PREP_PIECES_H
#define ML_PREP_PIECES_H

#include "base/buf.h"

/* The text from *s to the next byte that is one of `ends` and has no backslash before it, into
 * `out` (cleared first), without the backslashes before such bytes and before backslashes
 * (others stay). *s goes behind it.  Returns the byte that ended it, 0 at the end of the text.
 */
char ml_piece_next(const char **s, const char *ends, struct ml_buf *out);

#endif
