/* spelling.c - how cells were written: those with one number of decimals have up to 15
 * characters, so that a double holds all their digits and printf() gives them back. */
#include "data/spelling.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "data/longnum.h"

_Static_assert((int)ML_SPELLING_TEXT >= (int)ML_LONG_TEXT, "words have room");

bool ml_spelling_joins(struct ml_spelling *s, const struct ml_plain *run)
{
	if (s->places == ML_PLACES_OPEN && run->places >= 0)
		s->places = run->places;
	return s->places != ML_PLACES_NOT &&
	       (run->places == s->places || run->places == ML_PLAIN_NONE);
}

const char *ml_spelling_text(const struct ml_spelling *s, const struct ml_column *c, size_t row,
			     size_t *cursor, char room[ML_SPELLING_TEXT])
{
	const char *text = ml_column_origin(c, row, cursor);
	bool worded = s->word && row >= s->first;

	if (text)
		return text;
	if (worded && s->word[row - s->first] != ML_LONG_NOT)
		ml_long_text(s->word[row - s->first], room);
	else if (s->places >= 0 && !worded)
		snprintf(room, ML_SPELLING_TEXT, "%.*f", s->places, c->num[row]);
	else
		ml_number_print(c->num[row], room);
	return room;
}

int ml_spelling_leave(struct ml_spelling *s, struct ml_column *c, size_t rows,
		      struct ml_error *err)
{
	struct ml_column kept = *c;
	char room[ML_SPELLING_TEXT];
	size_t cursor = 0;
	int rc = ML_OK;

	if (s->places >= 0) {
		c->origin = (struct ml_origin){ 0 };
		for (size_t i = 0; !rc && i < rows; i++) {
			const char *text =
				isnan(c->num[i]) ? ml_column_origin(&kept, i, &cursor)
						 : ml_spelling_text(s, &kept, i, &cursor, room);

			if (text && !ml_column_prints_as(c, i, text))
				rc = ml_column_remember(c, i, text, strlen(text), err);
		}
		ml_column_release_origin(&kept);
	}
	s->places = ML_PLACES_NOT;
	return rc;
}

int ml_spelling_room(struct ml_spelling *s, size_t from, size_t to, struct ml_error *err)
{
	if (!s->word)
		s->first = from;
	assert(from >= s->first && to >= from);
	return ML_GROW(s->word, s->cap, to - s->first, err);
}
