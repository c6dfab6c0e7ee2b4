/* keys.h - maps whose keys stand in a fixed order, some of them optional: one key is asked for
 * after the other.  Failures are ML_EDATA, E-MODEL. */
#ifndef ML_STREAM_KEYS_H
#define ML_STREAM_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "stream/cbor.h"

struct ml_keys {
	struct ml_cbor *c; /* borrowed; stands before a key, or before its value */
	uint64_t left;     /* entries */
};
int ml_keys_open(struct ml_cbor *c, struct ml_keys *m, struct ml_error *err) ML_CHECK;
/* True, and the key is taken, when it is the next one. */
bool ml_keys_has(struct ml_keys *m, const char *key);
/* Takes the key, or fails. */
int ml_keys_need(struct ml_keys *m, const char *key, struct ml_error *err) ML_CHECK;
/* Fails when an entry is left: a key that is not known, or not in its place. */
int ml_keys_close(const struct ml_keys *m, struct ml_error *err) ML_CHECK;

/* Values: a text without NUL; one of a NULL-ended list of words, as its index. */
int ml_keys_text(struct ml_cbor *c, struct ml_cbor_item *item, struct ml_error *err) ML_CHECK;
int ml_keys_word(struct ml_cbor *c, const char *const *words, unsigned *at,
		 struct ml_error *err) ML_CHECK;

#endif
