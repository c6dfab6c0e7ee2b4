/* pow5.c - the table of powers of five. */
#include "base/pow5.h"

const struct ml_wide ml_pow5[POW5_MAX - POW5_MIN + 1] = {
#include "base/pow5.inc"
};
