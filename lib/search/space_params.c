/* space_params.c - the parameters of a space: made, put in order, freed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "search/space_parts.h"

void ml_param_release(struct ml_param *p)
{
	for (size_t i = 0; i < p->choices; i++)
		free(p->choice[i]);
	free(p->choice);
	free(p->size);
	free(p->when);
	free(p->name);
	*p = (struct ml_param){ 0 };
}

void ml_space_release(struct ml_space *s)
{
	for (size_t i = 0; i < s->n; i++)
		ml_param_release(&s->v[i]);
	free(s->v);
	*s = (struct ml_space){ 0 };
}

int ml_space_push(struct ml_space *s, struct ml_param *p, struct ml_error *err)
{
	struct ml_param *v = ml_alloc(s->n + 1, sizeof *v, err);

	if (!v) {
		ml_param_release(p);
		return err->code;
	}
	if (s->n)
		memcpy(v, s->v, s->n * sizeof *v);
	free(s->v);
	s->v = v;
	s->v[s->n++] = *p;
	*p = (struct ml_param){ 0 };
	return ML_OK;
}

int ml_param_choose(struct ml_param *p, const char *t, size_t n, struct ml_error *err)
{
	if (!(p->choice[p->choices] = ml_strndup(t, n, err)))
		return err->code;
	p->choices++;
	return ML_OK;
}

/* By insertion: choices are few. */
static void put_in_order(struct ml_param *p)
{
	for (size_t i = 1; i < p->choices; i++) {
		double size = p->size[i];
		char *text = p->choice[i];
		size_t k = i;

		for (; k > 0 && p->size[k - 1] > size; k--) {
			p->size[k] = p->size[k - 1];
			p->choice[k] = p->choice[k - 1];
		}
		p->size[k] = size;
		p->choice[k] = text;
	}
}

int ml_param_settle(struct ml_param *p, struct ml_error *err)
{
	struct ml_number n = { 0 };
	bool numbers = true;

	if (!(p->size = ml_alloc(p->choices, sizeof *p->size, err)))
		return err->code;
	for (size_t i = 0; i < p->choices; i++) {
		numbers = numbers && ml_number_parse(p->choice[i], strlen(p->choice[i]), &n) &&
			  !(n.flags & ML_NUM_OVERFLOW);
		p->size[i] = n.value;
	}
	if (numbers) {
		put_in_order(p);
	} else {
		free(p->size);
		p->size = NULL;
	}
	for (size_t i = 1; i < p->choices; i++)
		if (ml_param_find(p, p->choice[i], strlen(p->choice[i])) != i ||
		    (numbers && p->size[i] == p->size[i - 1]))
			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "parameter '%s': the choice '%s' stands twice", p->name,
				       ML_SHOW(p->choice[i], strlen(p->choice[i])));
	return ML_OK;
}

int ml_param_condition(const struct ml_space *s, struct ml_param *p, size_t parent,
		       struct ml_error *err)
{
	if (!(p->when = ml_alloc(s->v[parent].choices, sizeof *p->when, err)))
		return err->code;
	p->parent = parent;
	return ML_OK;
}
