/* paths.c - interaction constraints: masks of groups. */
#include "models/paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int ml_paths_init(struct ml_paths *p, const struct ml_meetings *m, size_t features,
		  size_t leaves, struct ml_error *err)
{
	*p = (struct ml_paths){ .words = m ? (m->n + 63) / 64 : 0 };
	if (!m)
		return ML_OK;
	if (!(p->groups = ml_alloc(features * p->words, sizeof *p->groups, err)) ||
	    !(p->possible = ml_alloc(leaves * p->words, sizeof *p->possible, err)))
		return err->code;
	for (size_t k = 0; k < m->n; k++)
		for (size_t j = 0; j < features; j++)
			if (m->has[k * features + j])
				p->groups[j * p->words + k / 64] |= UINT64_C(1) << k % 64;
	return ML_OK;
}

void ml_paths_release(struct ml_paths *p)
{
	free(p->possible);
	free(p->groups);
	*p = (struct ml_paths){ 0 };
}

void ml_paths_begin(struct ml_paths *p)
{
	if (p->words)
		memset(p->possible, 0xff, p->words * sizeof *p->possible);
}

void ml_paths_split(struct ml_paths *p, size_t leaf, size_t other, size_t feature)
{
	uint64_t *here = p->possible + leaf * p->words, *there = p->possible + other * p->words;

	for (size_t k = 0; k < p->words; k++)
		here[k] = there[k] = here[k] & p->groups[feature * p->words + k];
}

bool ml_paths_allow(const struct ml_paths *p, size_t leaf, size_t feature)
{
	for (size_t k = 0; k < p->words; k++)
		if (p->possible[leaf * p->words + k] & p->groups[feature * p->words + k])
			return true;
	return !p->words;
}
