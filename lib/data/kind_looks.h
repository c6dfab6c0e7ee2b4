/* kind_looks.h - text that a human takes for a number and the parser does not. */
#ifndef ML_DATA_KIND_LOOKS_H
#define ML_DATA_KIND_LOOKS_H

#include <stdbool.h>
#include <stddef.h>

/* [$€£]? sign? (1-3 digits (separator 3 digits)+ | digits) ([.,] digits)? blank? [%$€£]?
 * where a separator is a comma or a blank, and digits may be those of other scripts. */
bool ml_kind_looks(const char *s, size_t n);
/* The option that would read it, for a message: "--thousands ,", or NULL. */
const char *ml_kind_looks_cure(const char *s, size_t n);

#endif
