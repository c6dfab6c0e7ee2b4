/* searches.c - the registry of methods of search. */
#include "search/search.h"

#include <string.h>

#define ML_SEARCH(name) extern const struct ml_search ml_search_##name;
#include "search/searches.def"
#undef ML_SEARCH

const struct ml_search *const ml_searches[] = {
#define ML_SEARCH(name) &ml_search_##name,
#include "search/searches.def"
#undef ML_SEARCH
	NULL
};

const struct ml_search *ml_search_find(const char *name)
{
	for (const struct ml_search *const *m = ml_searches; *m; m++)
		if (!strcmp((*m)->name, name))
			return *m;
	return NULL;
}
