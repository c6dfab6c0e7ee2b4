/* csv_masks.h - the bytes of CSV that matter, 64 bytes at a time. */
#ifndef ML_DATA_CSV_MASKS_H
#define ML_DATA_CSV_MASKS_H

#include <stdint.h>

/* Bit i is about byte i. */
struct ml_csv_masks {
	uint64_t delimiter, lf;
	uint64_t odd;  /* quote, NUL, or CR that no LF follows */
	uint64_t high; /* above 0x7f */
};

/* s has 65 bytes: whether CR is odd depends on the byte behind it. */
struct ml_csv_masks ml_csv_masks(const char *s, char delimiter);
/* The same without vector instructions (tests compare the two). */
struct ml_csv_masks ml_csv_masks_portable(const char *s, char delimiter);

#endif
