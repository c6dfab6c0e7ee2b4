/* fields.h - named fields: what a step has learned, as names and values.
 *
 * A step writes its state under names; lib/stream decides the bytes.  Old readers skip names
 * they do not know, new readers give absent names their old meaning, so old models
 * load in new versions, and ml-show --json needs no code for each step.
 *
 * Values: a whole number, a real, a text, reals, whole numbers, texts, bytes, or nested
 * fields (a map).  Names are literals or copied; order is kept. */
#ifndef ML_DATA_FIELDS_H
#define ML_DATA_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum ml_field_type {
	ML_FIELD_SIZE, /* one size_t */
	ML_FIELD_REAL, /* one double, NaN allowed only where get_real says so */
	ML_FIELD_TEXT, /* one string */
	ML_FIELD_BYTES,
	ML_FIELD_REALS, /* n doubles */
	ML_FIELD_INTS,  /* n int32_t */
	ML_FIELD_TEXTS, /* n strings */
	ML_FIELD_MAP,   /* nested ml_fields */
};

struct ml_field {
	char *name;
	enum ml_field_type type;
	size_t n; /* elements; bytes of a text */
	union {
		size_t size;
		double real;
		char *text; /* NUL behind */
		unsigned char *bytes;
		double *reals;
		int32_t *ints;
		char **texts;
		struct ml_fields *map;
	} u;
};

struct ml_fields {
	struct ml_field *v; /* owned, in the order they were put */
	size_t n, cap;
	bool failed; /* a put ran out of memory */
};

void ml_fields_release(struct ml_fields *f); /* a zeroed struct is empty and releasable */
/* ML_ENOMEM when any put (nested ones included) has failed. */
int ml_fields_check(const struct ml_fields *f, struct ml_error *err) ML_CHECK;
const struct ml_field *ml_fields_find(const struct ml_fields *f,
				      const char *name); /* or NULL */

/* Puts copy.  A failure is remembered in f->failed, and later puts do nothing.  f NULL (a map
 * that could not be made): nothing is done.  Names are put once each; that is not checked. */
void ml_put_size(struct ml_fields *f, const char *name, size_t v);
void ml_put_real(struct ml_fields *f, const char *name, double v);
void ml_put_text(struct ml_fields *f, const char *name, const char *v);
void ml_put_bytes(struct ml_fields *f, const char *name, const void *v, size_t n);
void ml_put_reals(struct ml_fields *f, const char *name, const double *v, size_t n);
void ml_put_ints(struct ml_fields *f, const char *name, const int32_t *v, size_t n);
void ml_put_texts(struct ml_fields *f, const char *name, const char *const *v, size_t n);
/* An empty map that the caller fills; NULL when memory is out (remembered). */
struct ml_fields *ml_put_map(struct ml_fields *f, const char *name);

/* Gets fail with ML_EDATA, E-MODEL ("no field 'x'", "field 'x' is ...") when the name is
 * absent, of another type, of another length, or out of range.  Array results are fresh copies,
 * the caller's to free with free() (texts: ml_texts_free). */
int ml_get_size(const struct ml_fields *f, const char *name, size_t max, size_t *v,
		struct ml_error *err) ML_CHECK;
int ml_get_real(const struct ml_fields *f, const char *name, double *v, /* finite */
		struct ml_error *err) ML_CHECK;
int ml_get_text(const struct ml_fields *f, const char *name, char **v,
		struct ml_error *err) ML_CHECK;
/* *which: the index of the text among the words (NULL-ended). */
int ml_get_pick(const struct ml_fields *f, const char *name, const char *const *words,
		size_t *which, struct ml_error *err) ML_CHECK;
/* Exactly n bytes. */
int ml_get_bytes(const struct ml_fields *f, const char *name, unsigned char **v, size_t n,
		 struct ml_error *err) ML_CHECK;
/* Exactly n finite numbers. */
int ml_get_reals(const struct ml_fields *f, const char *name, double **v, size_t n,
		 struct ml_error *err) ML_CHECK;
/* Exactly n numbers, each in lo..hi. */
int ml_get_ints(const struct ml_fields *f, const char *name, int32_t **v, size_t n, int32_t lo,
		int32_t hi, struct ml_error *err) ML_CHECK;
int ml_get_texts(const struct ml_fields *f, const char *name, char ***v, size_t n,
		 struct ml_error *err) ML_CHECK;
int ml_get_map(const struct ml_fields *f, const char *name, const struct ml_fields **v,
	       struct ml_error *err) ML_CHECK; /* borrowed */
/* Length of an array field, at most max. */
int ml_get_count(const struct ml_fields *f, const char *name, size_t max, size_t *n,
		 struct ml_error *err) ML_CHECK;
bool ml_has(const struct ml_fields *f, const char *name);
void ml_texts_free(char **v, size_t n);

#endif
