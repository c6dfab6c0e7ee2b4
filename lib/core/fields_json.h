/* fields_json.h - named fields as JSON: for the journal, and for showing models. */
#ifndef ML_CORE_FIELDS_JSON_H
#define ML_CORE_FIELDS_JSON_H

#include "base/json.h"
#include "data/fields.h"

/* The fields as members of the object that is open: numbers, strings, arrays, nested objects;
 * bytes in lower-case hex, NaN as null. */
void ml_fields_json(const struct ml_fields *f, struct ml_json *out);

#endif
