/* trialtable.c - trials as rows. */
#include "core/trialtable.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum { TRIAL, STATE, VALUE, SE, BUDGET, SECONDS, BYTES, WHY, COLUMNS };
static const struct {
	const char *name;
	enum ml_kind kind;
} columns[COLUMNS] = {
	[TRIAL] = { "trial", ML_NUMBER },   [STATE] = { "state", ML_CATEGORY },
	[VALUE] = { "value", ML_NUMBER },   [SE] = { "se", ML_NUMBER },
	[BUDGET] = { "budget", ML_NUMBER }, [SECONDS] = { "seconds", ML_NUMBER },
	[BYTES] = { "bytes", ML_NUMBER },   [WHY] = { "error", ML_STRING },
};

int ml_trial_table_check(const struct ml_space *s, struct ml_error *err)
{
	for (size_t p = 0; p < s->n; p++)
		for (size_t k = 0; k < COLUMNS; k++)
			if (!strcmp(s->v[p].name, columns[k].name))
				return ml_fail(err, ML_EUSAGE, "E-USAGE",
					       "parameter '%s': the table of trials has a "
					       "column of this name; call it another",
					       columns[k].name);
	return ML_OK;
}

static int fill_row(struct ml_table *out, size_t row, const struct ml_tried *t, size_t trial,
		    struct ml_error *err)
{
	const char *state = ml_trial_states[t->state];
	struct ml_column *c = out->col;

	c[TRIAL].num[row] = (double)trial;
	c[VALUE].num[row] = t->value;
	c[SE].num[row] = t->se;
	c[BUDGET].num[row] = t->budget;
	c[SECONDS].num[row] = t->seconds;
	c[BYTES].num[row] = t->bytes;
	if (t->why &&
	    !(c[WHY].text[row] = ml_arena_put(&out->arena, t->why, strlen(t->why), err)))
		return err->code;
	return ml_levels_add(c[STATE].levels, state, strlen(state), &c[STATE].code[row], err);
}

static bool is_number(const struct ml_param *p)
{
	return p->kind != ML_PARAM_CHOICE || p->size;
}

static int fill_param(struct ml_table *out, size_t row, const struct ml_space *s, size_t p,
		      double value, struct ml_buf *text, struct ml_error *err)
{
	struct ml_column *c = &out->col[COLUMNS + p];

	if (isnan(value))
		return ML_OK;
	if (is_number(&s->v[p])) {
		c->num[row] = s->v[p].size ? s->v[p].size[(size_t)value] : value;
		return ML_OK;
	}
	ml_buf_clear(text);
	ml_space_text(s, p, value, text);
	int rc = ml_buf_check(text, err);
	return rc ? rc
		  : ml_levels_add(c->levels, ml_buf_str(text), text->n, &c->code[row], err);
}

static int add_columns(struct ml_table *out, const struct ml_space *s, struct ml_error *err)
{
	int rc = ml_trial_table_check(s, err);

	for (size_t k = 0; !rc && k < COLUMNS; k++)
		rc = ml_table_insert(out, k, columns[k].name, columns[k].kind, err);
	for (size_t p = 0; !rc && p < s->n; p++)
		rc = ml_table_insert(out, COLUMNS + p, s->v[p].name,
				     is_number(&s->v[p]) ? ML_NUMBER : ML_CATEGORY, err);
	return rc;
}

int ml_trial_table(struct ml_table **out, const struct ml_trials *t, const struct ml_space *s,
		   const size_t *which, size_t n, struct ml_error *err)
{
	struct ml_buf text = { 0 };

	if (!(*out = ml_alloc(1, sizeof **out, err)))
		return err->code;
	(*out)->rows = n;
	int rc = add_columns(*out, s, err);
	for (size_t i = 0; !rc && i < n; i++) {
		const struct ml_tried *trial = &t->v[which[i]];
		rc = fill_row(*out, i, trial, which[i], err);
		for (size_t p = 0; !rc && trial->point && p < s->n; p++)
			rc = fill_param(*out, i, s, p, trial->point[p], &text, err);
	}
	ml_buf_release(&text);
	if (rc) {
		ml_table_free(*out);
		*out = NULL;
	}
	return rc;
}
