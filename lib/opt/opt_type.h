/* opt_type.h - what differs between the types of options, as a table. For lib/opt only. */
#ifndef ML_OPT_OPT_TYPE_H
#define ML_OPT_OPT_TYPE_H

#include "opt/opt.h"

struct ml_opt_kind {
	const char *word; /* "integer": its name in JSON */
	/* `field` is left as it was on failure. */
	int (*parse)(const struct ml_opt *o, void *field, const char *text,
		     struct ml_error *err);
	void (*text)(const struct ml_opt *o, const void *field, struct ml_buf *out);
	void (*json)(const struct ml_opt *o, const char *key, const void *field,
		     struct ml_json *out);
	bool number; /* lo and hi count (not for words of ML_PICK_REAL) */
	bool words;  /* picks count */
};
extern const struct ml_opt_kind *const ml_opt_kinds[]; /* by ml_opt_type */
extern const struct ml_opt_kind ml_opt_bool, ml_opt_text, ml_opt_texts,
	ml_opt_char;                                                  /* opt_type.c */
extern const struct ml_opt_kind ml_opt_int, ml_opt_real, ml_opt_size; /* opt_number.c */
extern const struct ml_opt_kind ml_opt_pick, ml_opt_pick_real;        /* opt_pick.c */

/* Room for the field of any type. */
union ml_opt_field {
	bool b;
	int64_t i;
	double r;
	const char *t;
	int pick;
	struct ml_pick_real pr;
	struct ml_texts list;
	size_t size;
	char c;
};

int ml_opt_read_real(const struct ml_opt *o, const char *text, double *v, struct ml_error *err);
void ml_opt_put_real(double v, struct ml_buf *out);
bool ml_opt_ranged(const struct ml_opt *o);
/* "1e-12..1e12", "at least 1", "at most 5"; nothing when any number will do. */
void ml_opt_put_range(const struct ml_opt *o, struct ml_buf *out);
/* The words, separated; the last by `last` (NULL: as the others). */
void ml_opt_put_picks(const struct ml_opt *o, const char *between, const char *last,
		      struct ml_buf *out);

#endif
