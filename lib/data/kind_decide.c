/* kind_decide.c - the kind of a column from what all its cells were, and what to say about it.
 *
 * One line for each problem of a column.  Of the reasons for which numbers are taken as text
 * the most telling is given: leading zeros, then text among numbers, then numbers in another
 * notation. */
#include "data/kind.h"

#include <string.h>

#include "base/utf8.h"
#include "data/kind_looks.h"
#include "data/table.h"

struct subject {
	const struct ml_kind_seen *s;
	const char *file, *column; /* shown safe */
	const struct ml_run *run;
};

typedef unsigned long long count;
enum { SHOWN = 128 }; /* bytes of a file name in a message */

/* A place without a file is one of the subject's. */
static const char *file_of(const struct subject *sub, struct ml_place at, char *room)
{
	return at.file ? ml_text_show(at.file, strlen(at.file), room, SHOWN) : sub->file;
}

#define WARN(sub, at, tag, fmt, ...) \
	do { \
		if ((sub)->run && (sub)->run->warn) \
			(sub)->run->warn((sub)->run->user, tag, SIZE_MAX, \
					 "%s: column '%s': " fmt, \
					 file_of((sub), (at), (char[SHOWN]){ 0 }), \
					 (sub)->column, __VA_ARGS__); \
	} while (0)

static int at_place(const struct subject *sub, struct ml_place at, const char *tag,
		    const char *text, const char *what, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, tag, "%s:%llu: %s: '%s' %s",
		       file_of(sub, at, (char[SHOWN]){ 0 }), (count)at.line, sub->column, text,
		       what);
}

/* Errors of a column whose cells are all numbers, but for those that are beyond them. */
static int check_range(const struct subject *sub, struct ml_error *err)
{
	const struct ml_kind_seen *s = sub->s;

	if (s->infinite)
		return at_place(sub, s->infinite_at, "E-NONFINITE", s->infinite_text,
				"is not a finite number", err);
	if (s->overflow)
		return at_place(sub, s->overflow_at, "E-RANGE", s->overflow_text,
				"is beyond the largest number that a double holds", err);
	return ML_OK;
}

static void warn_text(const struct subject *sub)
{
	const struct ml_kind_seen *s = sub->s;
	const char *cure =
		s->looks == s->texts ? ml_kind_looks_cure(s->text, strlen(s->text)) : NULL;

	if (s->leadzero == s->texts)
		WARN(sub, s->text_at, "W-LEADZERO",
		     "'%s' on line %llu has a leading zero; the column is taken as categories "
		     "(%llu of %llu cells; --num reads numbers)",
		     s->text, (count)s->text_at.line, (count)s->texts, (count)s->cells);
	else if (s->numbers)
		WARN(sub, s->text_at, "W-MIXED",
		     "'%s' on line %llu is text; the column is taken as categories "
		     "(%llu of %llu cells%s%s%s)",
		     s->text, (count)s->text_at.line, (count)s->texts, (count)s->cells,
		     cure ? "; " : "", cure ? cure : "", cure ? " reads such numbers" : "");
	else if (s->looks == s->texts)
		WARN(sub, s->text_at, "W-LOOKSNUM",
		     "'%s' on line %llu looks like a number; the column is taken as categories "
		     "(%s%s)",
		     s->text, (count)s->text_at.line,
		     cure ? cure
			  : "--decimal and --thousands read other notations, but no signs",
		     cure ? " reads such numbers" : "");
}

static void warn_markers(const struct subject *sub)
{
	const struct ml_kind_seen *s = sub->s;

	if (s->marker_words)
		WARN(sub, s->word_at, "W-NATEXT",
		     "a marker of missing values in a column of text is taken as missing "
		     "(%llu of %llu cells, the first on line %llu; --na sets the markers)",
		     (count)s->marker_words, (count)s->cells, (count)s->word_at.line);
}

static void warn_underflow(const struct subject *sub)
{
	const struct ml_kind_seen *s = sub->s;

	if (s->underflow)
		WARN(sub, s->underflow_at, "W-UNDERFLOW",
		     "%llu number%s (the first on line %llu) so small that a double holds only "
		     "0",
		     (count)s->underflow, s->underflow == 1 ? "" : "s",
		     (count)s->underflow_at.line);
}

/* Nothing was asked: the cells decide. */
static int infer(const struct subject *sub, int *kind, struct ml_error *err)
{
	const struct ml_kind_seen *s = sub->s;

	*kind = ML_NUMBER;
	if (s->texts == s->infinite) {
		int rc = check_range(sub, err);

		if (rc)
			return rc;
		warn_underflow(sub);
		if (s->coarse) {
			*kind = ML_CATEGORY;
			WARN(sub, s->coarse_at, "W-PRECISION",
			     "%llu whole number%s (the first on line %llu) that no double "
			     "holds "
			     "exactly; the column is taken as categories (--num rounds them)",
			     (count)s->coarse, s->coarse == 1 ? "" : "s",
			     (count)s->coarse_at.line);
		}
		return ML_OK;
	}
	*kind = ML_CATEGORY;
	warn_text(sub);
	warn_markers(sub);
	return ML_OK;
}

/* --num: numbers with leading zeros are numbers, and rounding is accepted. */
static int demand_numbers(const struct subject *sub, int *kind, struct ml_error *err)
{
	const struct ml_kind_seen *s = sub->s;

	*kind = ML_NUMBER;
	if (s->texts > s->infinite + s->leadzero)
		return at_place(sub, s->other_at, "E-TYPE", s->other_text, "is not a number",
				err);
	int rc = check_range(sub, err);
	if (!rc)
		warn_underflow(sub);
	return rc;
}

int ml_kind_decide(const struct ml_kind_seen *s, enum ml_kind_ask ask, const char *file,
		   const char *column, const struct ml_run *run, int *kind,
		   struct ml_error *err)
{
	const struct subject sub = { s, ML_SHOW(file, strlen(file)),
				     ML_SHOW(column, strlen(column)), run };

	if (s->cells && s->missing == s->cells)
		WARN(&sub, (struct ml_place){ 0 }, "W-ALLNA", "no value in any of %llu rows",
		     (count)s->cells);
	if (ask == ML_ASK_ANY)
		return infer(&sub, kind, err);
	if (ask == ML_ASK_NUMBER)
		return demand_numbers(&sub, kind, err);
	*kind = ask == ML_ASK_CATEGORY ? ML_CATEGORY : ML_STRING;
	if (s->missing < s->cells)
		warn_markers(&sub);
	return ML_OK;
}
