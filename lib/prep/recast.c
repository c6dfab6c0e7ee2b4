/* recast.c - a column becomes one of another kind. */
#include "prep/recast.h"

#include <stdlib.h>

static void clear(struct ml_column *c)
{
	free(c->num);
	free(c->code);
	free(c->text); /* the strings are the table's */
	ml_levels_free(c->levels);
	c->num = NULL;
	c->code = NULL;
	c->text = NULL;
	c->levels = NULL;
	c->dummy = false;
	ml_column_touch_all(c);
}

void ml_column_to_numbers(struct ml_column *c, double *num)
{
	clear(c);
	c->kind = ML_NUMBER;
	c->num = num;
}

void ml_column_to_category(struct ml_column *c, int32_t *code, struct ml_levels *levels)
{
	clear(c);
	c->kind = ML_CATEGORY;
	c->code = code;
	c->levels = levels;
}
