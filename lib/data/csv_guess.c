/* csv_guess.c - which delimiter a CSV was meant to have, for messages only. */
#include "data/csv_guess.h"

#include <string.h>

static const char others[ML_CSV_OTHERS] = { '\t', ';', '|', ',' };
static const char *const words[ML_CSV_OTHERS] = { "tab", "';'", "'|'", "," };

static size_t count(const char *text, size_t n, char c)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += text[i] == c;
	return found;
}

void ml_csv_guess_init(struct ml_csv_guess *g, char delimiter)
{
	*g = (struct ml_csv_guess){ .delimiter = delimiter };
	for (size_t k = 0; k < ML_CSV_OTHERS; k++)
		g->in_all[k] = others[k] != delimiter && others[k] != ',';
}

void ml_csv_guess_header(struct ml_csv_guess *g, const char *text, size_t n)
{
	for (size_t k = 0; k < ML_CSV_OTHERS; k++)
		g->in_header[k] = count(text, n, others[k]);
}

void ml_csv_guess_cell(struct ml_csv_guess *g, const struct ml_cell *cell)
{
	if (!cell->len)
		return;
	for (size_t k = 0; k < ML_CSV_OTHERS; k++)
		if (g->in_all[k] && !memchr(cell->text, others[k], cell->len))
			g->in_all[k] = false;
	g->any = true;
}

const char *ml_csv_guess_fit(const struct ml_csv_guess *g, const char *text, size_t n)
{
	for (size_t k = 0; k < ML_CSV_OTHERS; k++)
		if (others[k] != g->delimiter && g->in_header[k] &&
		    g->in_header[k] == count(text, n, others[k]))
			return words[k];
	return NULL;
}

char ml_csv_guess_all(const struct ml_csv_guess *g)
{
	for (size_t k = 0; g->any && k < ML_CSV_OTHERS; k++)
		if (g->in_all[k])
			return others[k];
	return 0;
}
