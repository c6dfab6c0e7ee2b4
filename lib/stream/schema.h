/* schema.h - what is known of a column while the rows of a segment are read. */
#ifndef ML_STREAM_SCHEMA_H
#define ML_STREAM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "data/table.h"
#include "stream/keys.h"

struct ml_schema {
	char *name;
	enum ml_kind kind;
	enum ml_role role;
	bool dummy;
	struct ml_levels *levels; /* one reference */
	size_t known;             /* of them came by the wire */
};
/* name, kind, role, dummy: what the segment's first record says of a column.  *s is zeroed
 * before, and to be released whatever happens. */
int ml_schema_take(struct ml_keys *m, struct ml_schema *s, struct ml_error *err) ML_CHECK;
/* The levels that a record adds. */
int ml_schema_take_levels(struct ml_cbor *c, struct ml_schema *s,
			  struct ml_error *err) ML_CHECK;
/* Takes back levels that a caller has added to those it was given: they go on without. */
int ml_schema_restore(struct ml_schema *s, struct ml_error *err) ML_CHECK;
void ml_schema_release(struct ml_schema *s);

#endif
