/* kind.c - what a cell is, and counts of what the cells of a column were. */
#include "data/kind.h"

#include <string.h>

#include "base/utf8.h"
#include "data/kind_looks.h"

/* True when the marker list holds s[0..n), n >= 1. */
static bool listed(const char *list, const char *s, size_t n)
{
	for (const char *p = list, *end; *p; p = *end ? end + 1 : end) {
		for (end = p; *end && *end != ',';)
			end++;
		if ((size_t)(end - p) == n && memcmp(p, s, n) == 0)
			return true;
	}
	return false;
}

bool ml_kind_missing(const struct ml_kind_opts *o, const char *s, size_t n, bool *word)
{
	*word = false;
	if (!n)
		return true;
	if (!listed(o->na ? o->na : ML_NA_DEFAULT, s, n))
		return false;
	*word = !(n == 1 && *s == '?');
	return true;
}

static bool usual_notation(const struct ml_kind_opts *o)
{
	return (!o->decimal || o->decimal == '.') && !o->thousands;
}

bool ml_kind_number(const struct ml_kind_opts *o, const char *s, size_t n,
		    struct ml_number *out)
{
	if (usual_notation(o))
		return ml_number_parse(s, n, out);
	return ml_number_parse_as(s, n, o->decimal ? o->decimal : '.', o->thousands, out);
}

static void sample(char *out, size_t room, const char *text, size_t n)
{
	ml_text_show(text, n, out, room);
}
#define SAMPLE(field, text, n) sample((field), sizeof(field), (text), (n))

static void see_number(struct ml_kind_seen *s, const char *text, size_t n, struct ml_place at,
		       unsigned flags)
{
	if (flags & ML_NUM_OVERFLOW && !s->overflow++) {
		s->overflow_at = at;
		SAMPLE(s->overflow_text, text, n);
	}
	if (flags & ML_NUM_UNDERFLOW && !s->underflow++)
		s->underflow_at = at;
	/* Above the largest double an integer is E-RANGE, and not said twice. */
	if (flags & ML_NUM_COARSE && !(flags & ML_NUM_OVERFLOW) && !s->coarse++)
		s->coarse_at = at;
}

static void see_text(struct ml_kind_seen *s, const char *text, size_t n, struct ml_place at,
		     bool leadzero)
{
	if (!s->texts++) {
		s->text_at = at;
		SAMPLE(s->text, text, n);
	}
	s->leadzero += leadzero;
	if (!leadzero && ml_number_is_infinity(text, n)) {
		if (!s->infinite++) {
			s->infinite_at = at;
			SAMPLE(s->infinite_text, text, n);
		}
	} else if (!leadzero && !s->other_at.line) {
		s->other_at = at;
		SAMPLE(s->other_text, text, n);
	}
	/* Only whether all texts look so matters: after one that does not, none is asked. */
	if (s->looks + 1 == s->texts && ml_kind_looks(text, n))
		s->looks++;
}

static void see_missing(struct ml_kind_seen *s, struct ml_place at, bool word)
{
	s->missing++;
	if (word && !s->marker_words++)
		s->word_at = at;
}

enum ml_cell_is ml_kind_cell(const struct ml_kind_opts *o, const char *text, size_t n,
			     struct ml_number *num, bool *word)
{
	*word = false;
	*num = (struct ml_number){ 0 };
	/* No marker of the default list is a number, so numbers need not be looked up in it. */
	if (!n || (o->na && ml_kind_missing(o, text, n, word)))
		return ML_CELL_MISSING;
	if (ml_kind_number(o, text, n, num))
		return num->flags & ML_NUM_LEADZERO ? ML_CELL_TEXT : ML_CELL_NUMBER;
	*num = (struct ml_number){ 0 };
	if (!o->na && ml_kind_missing(o, text, n, word))
		return ML_CELL_MISSING;
	return ML_CELL_TEXT;
}

enum ml_cell_is ml_kind_see(struct ml_kind_seen *s, const struct ml_kind_opts *o,
			    const char *text, size_t n, struct ml_place at,
			    struct ml_number *num)
{
	const unsigned odd = ML_NUM_OVERFLOW | ML_NUM_UNDERFLOW | ML_NUM_COARSE;
	bool word;

	s->cells++;
	/* Nearly all cells of nearly all tables end here. */
	if (!o->na && usual_notation(o) && ml_number_parse(text, n, num) &&
	    !(num->flags & ~(unsigned)ML_NUM_PLAIN)) {
		s->numbers++;
		return ML_CELL_NUMBER;
	}
	enum ml_cell_is is = ml_kind_cell(o, text, n, num, &word);
	if (is == ML_CELL_MISSING) {
		see_missing(s, at, word);
	} else if (is == ML_CELL_TEXT) {
		see_text(s, text, n, at, num->flags & ML_NUM_LEADZERO);
	} else {
		s->numbers++;
		if (num->flags & odd)
			see_number(s, text, n, at, num->flags);
	}
	return is;
}
