/* space.h - what a search goes over: parameters, their ranges and conditions, and points.
 *
 * A point is one number a parameter, in the order of the space: a number parameter's own
 * value, the index of a choice, or NaN where the parameter is not active (its condition does
 * not hold). Real values are kept to six significant digits (of the value, or of the width of
 * the range where that is finer), so that the text of a value, which is what a command gets,
 * and the value that a search learns from are the same, and short. */
#ifndef ML_SEARCH_SPACE_H
#define ML_SEARCH_SPACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "opt/opt.h"

enum ml_param_kind { ML_PARAM_REAL, ML_PARAM_WHOLE, ML_PARAM_CHOICE };

struct ml_param {
	char *name; /* owned; unique in the space: "C", "ridge.alpha" */
	enum ml_param_kind kind;
	bool log;      /* numbers: spread evenly in the logarithm; lo > 0 then */
	double lo, hi; /* numbers: closed range, lo < hi */
	size_t points; /* numbers: how many a grid takes; 0: as the search has it */
	char **choice; /* ML_PARAM_CHOICE: n texts, n >= 1; owned */
	double *size;  /* of choices that are all numbers: their values, ascending (they have an
			* order then); NULL: words; owned */
	size_t choices;
	size_t parent; /* an earlier parameter, of choices; SIZE_MAX: always active */
	bool *when;    /* of the parent's choices: active with this one; owned */
};

struct ml_space {
	struct ml_param *v;
	size_t n;
};

/* Adds a parameter as the user writes it: "NAME=SPEC", SPEC one of
 *     LO:HI            numbers; whole ones when both are written without point and exponent
 *     log:LO:HI  real:LO:HI  whole:LO:HI  log-whole:LO:HI     and :POINTS behind each
 *     A,B,C            choices (a backslash escapes comma, colon, bar, backslash); all numbers
 *                      are put in order
 * and " if PARENT=A|B" behind it.  A name has letters, digits and . _ - only.  ML_EUSAGE,
 * E-USAGE; s is then as before. */
int ml_space_add(struct ml_space *s, const char *text, struct ml_error *err) ML_CHECK;
/* Adds the options of a table that have a search range (ml_opt.tune), names preceded by
 * `prefix` ("ridge." or ""), with their conditions (.when); all of them active only when
 * `parent` (SIZE_MAX: none) has its choice number `choice`.  A parameter that is there already
 * is left as it is, except that it gets this condition when it has none and stands behind
 * `parent`.  An option whose condition is about an option that is not searched is added when
 * the default of that one fulfils it. */
int ml_space_add_options(struct ml_space *s, const struct ml_opt *o, const char *prefix,
			 size_t parent, size_t choice, struct ml_error *err) ML_CHECK;
/* Index of a parameter, or SIZE_MAX. */
size_t ml_space_find(const struct ml_space *s, const char *name);
bool ml_space_active(const struct ml_space *s, const double *point, size_t param);
/* The text of a value, as a command gets it ("0.1", "8", "rbf").  Not for NaN. */
void ml_space_text(const struct ml_space *s, size_t param, double value, struct ml_buf *out);
/* The value that a text means.  ML_EUSAGE, E-USAGE: no such choice, not a number, outside the
 * range. */
int ml_space_value(const struct ml_space *s, size_t param, const char *text, double *value,
		   struct ml_error *err) ML_CHECK;
/* The value at u in [0, 1] of the parameter's own scale (rounded as points are); and back. */
double ml_space_at(const struct ml_space *s, size_t param, double u);
double ml_space_unit(const struct ml_space *s, size_t param, double value);
/* The nearest value that the parameter can have. */
double ml_space_round(const struct ml_space *s, size_t param, double value);
/* Sets what is not active in `point` to NaN. */
void ml_space_tidy(const struct ml_space *s, double *point);
/* Appends the parameter as ml_space_add() reads it: "C=log:0.001:1000 if kernel=rbf|poly". */
void ml_space_spec(const struct ml_space *s, size_t param, struct ml_buf *out);
/* The space as a JSON array of parameters, each an object:
 *     {"name":"C","kind":"real","scale":"log","min":0.001,"max":1000,"points":7,
 *      "if":{"name":"kernel","is":["rbf","poly"]},"spec":"C=log:0.001:1000:7 if ..."}
 *     {"name":"kernel","kind":"choice","choices":["rbf","poly"],"spec":"kernel=rbf,poly"}
 * ("kind":"whole" for whole numbers; no "points" when 0, no "if" when always active.)
 * ml_space_add() of all "spec" in order gives the same space. */
void ml_space_json(const struct ml_space *s, const char *key, struct ml_json *out);
void ml_space_release(struct ml_space *s);

#endif
