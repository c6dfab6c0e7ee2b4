/* fixed.c - columns written with one number of decimals: up to 15 characters a cell, so that a
 * double holds all their digits and printf() gives them back. */
#include "data/fixed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

bool ml_fixed_join(int *places, const struct ml_plain *run)
{
	if (*places == ML_PLACES_OPEN && run->places >= 0)
		*places = run->places;
	return *places != ML_PLACES_NOT &&
	       (run->places == *places || run->places == ML_PLAIN_NONE);
}

const char *ml_fixed_text(int places, const struct ml_column *c, size_t row, size_t *cursor,
			  char room[ML_FIXED_TEXT])
{
	const char *text = ml_column_origin(c, row, cursor);

	if (text)
		return text;
	if (places >= 0)
		snprintf(room, ML_FIXED_TEXT, "%.*f", places, c->num[row]);
	else
		ml_number_print(c->num[row], room);
	return room;
}

int ml_fixed_leave(int *places, struct ml_column *c, size_t rows, struct ml_error *err)
{
	struct ml_column kept = *c;
	char room[ML_FIXED_TEXT];
	size_t cursor = 0;
	int rc = ML_OK;

	if (*places >= 0) {
		c->origin = (struct ml_origin){ 0 };
		for (size_t i = 0; !rc && i < rows; i++) {
			const char *text =
				isnan(c->num[i])
					? ml_column_origin(&kept, i, &cursor)
					: ml_fixed_text(*places, &kept, i, &cursor, room);

			if (text && !ml_column_prints_as(c, i, text))
				rc = ml_column_remember(c, i, text, strlen(text), err);
		}
		ml_column_release_origin(&kept);
	}
	*places = ML_PLACES_NOT;
	return rc;
}
