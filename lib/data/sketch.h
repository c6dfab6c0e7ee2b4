/* sketch.h - whether rows were trained on, told from 8 kB.
 *
 * A k-minimum-values sketch (Bar-Yossef et al. 2002; Beyer et al. 2007) of the rows: of the
 * hashes of all different rows the k = 1024 least, each with the number of rows that have it.
 * Hashes are uniform, so rows at or below the greatest kept hash are a fair sample of any
 * table; of those in another table the share that is in the sketch is the share of its rows
 * that were sketched.
 *
 * A row's hash is SipHash-1-3 (siphash.h) of its values over the named columns, ordered by
 * name, under a key that is the SHA-256 of their names and kinds: the same on every machine,
 * whatever the order of columns and levels.  It is taken over a word for each column: the bits
 * of a number (-0 as 0), the hash, under the same key, of the bytes of a category or text, all
 * ones for a missing value. */
#ifndef ML_DATA_SKETCH_H
#define ML_DATA_SKETCH_H

#include <stdint.h>

#include "data/fields.h"
#include "data/table.h"

enum { ML_SKETCH_K = 1024 };

struct ml_sketch {
	size_t columns;
	char **name;        /* rising bytewise; owned */
	enum ml_kind *kind; /* owned */
	uint64_t key[2];    /* from names and kinds */
	uint64_t rows;      /* added so far */
	size_t n;
	uint64_t hash[ML_SKETCH_K];  /* n of them, strictly rising */
	uint64_t count[ML_SKETCH_K]; /* rows of each, >= 1 */
};

/* What rows were asked about, and found: sums over batches; { 0 } to begin. */
struct ml_sketch_match {
	uint64_t asked; /* rows with a hash that would be in the sketch */
	uint64_t found; /* of those: are in it */
};

/* A sketch of no rows over the columns idx[0..n) of t.  On failure *s is empty. */
int ml_sketch_init(struct ml_sketch *s, const struct ml_table *t, const size_t *idx, size_t n,
		   struct ml_error *err) ML_CHECK;
/* Adds the rows of a table or batch; its columns are found by name (E-COLUMNS when one is not
 * there, or of another kind), others do not matter.  Some 160 ns a row for 28 numbers. */
int ml_sketch_add(struct ml_sketch *s, const struct ml_table *batch,
		  struct ml_error *err) ML_CHECK;
/* Asks about the rows of a batch; errors as above. */
int ml_sketch_ask(const struct ml_sketch *s, const struct ml_table *batch,
		  struct ml_sketch_match *m, struct ml_error *err) ML_CHECK;
/* Share of the sketched rows that have a twin, another row with the same values: how often a
 * row that was left out would be found all the same.  0 for no rows. */
double ml_sketch_chance(const struct ml_sketch *s);
/* True when the rows asked about were trained on: at least 10 found, and their share is above
 * that of chance by 0.1 and three standard errors. */
bool ml_sketch_trained(const struct ml_sketch *s, const struct ml_sketch_match *m);
void ml_sketch_release(struct ml_sketch *s); /* a zeroed struct is empty */
/* Sets the key from the names and kinds; for those who fill a sketch. */
void ml_sketch_rekey(struct ml_sketch *s);

/* Into and from named fields; get checks everything (E-MODEL).  On failure *s is empty. */
void ml_sketch_put(const struct ml_sketch *s, struct ml_fields *f);
int ml_sketch_get(struct ml_sketch *s, const struct ml_fields *f,
		  struct ml_error *err) ML_CHECK;

#endif
