/* similar.h - the word that was probably meant. */
#ifndef ML_BASE_SIMILAR_H
#define ML_BASE_SIMILAR_H

#include <stddef.h>

/* Index of the name nearest to `word` by edit distance (insert, delete, replace, swap of
 * neighbours; letter case is free), the first of equals; SIZE_MAX when none is within a third
 * of the word's length (at least one step).  Words and names above 64 bytes are never near. For
 * messages: fast enough for 100,000 names (some 10 ms), not for loops. */
size_t ml_similar(const char *word, const char *const *names, size_t n);

#endif
