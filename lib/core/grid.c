/* grid.c - columns as wide as their widest cell; the first byte of a cell tells its side. */
#include "core/grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { LEFT = 'l', RIGHT = 'r' };

static void put(struct ml_grid *g, unsigned char side, const char *s)
{
	ml_buf_byte(&g->text, side);
	ml_buf_text(&g->text, s);
	ml_buf_byte(&g->text, 0);
	g->cells++;
}

void ml_grid_text(struct ml_grid *g, const char *s)
{
	put(g, LEFT, ML_SHOW(s, strlen(s)));
}

void ml_grid_heading(struct ml_grid *g, const char *s)
{
	put(g, RIGHT, ML_SHOW(s, strlen(s)));
}

void ml_grid_number(struct ml_grid *g, double v)
{
	char text[32];

	snprintf(text, sizeof text, "%.6g", v);
	put(g, RIGHT, isnan(v) ? "NA" : text);
}

/* Characters, taken to be one column wide each. */
static size_t width_of(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void pad(struct ml_buf *out, size_t n)
{
	while (n--)
		ml_buf_byte(out, ' ');
}

void ml_grid_print(struct ml_grid *g, struct ml_buf *out)
{
	struct ml_error err;
	size_t *width = ml_alloc(g->cols, sizeof *width, &err), owed = 0;
	const char *s = ml_buf_str(&g->text);

	out->failed |= g->text.failed || !width;
	for (size_t i = 0; !out->failed && i < g->cells; i++, s += strlen(s) + 1) {
		size_t w = width_of(s + 1);
		width[i % g->cols] = w > width[i % g->cols] ? w : width[i % g->cols];
	}
	s = ml_buf_str(&g->text);
	for (size_t i = 0; !out->failed && i < g->cells; i++, s += strlen(s) + 1) {
		size_t room = width[i % g->cols] - width_of(s + 1);
		/* Blanks are owed until something stands behind them. */
		owed += *s == RIGHT ? room : 0;
		if (s[1]) {
			pad(out, owed);
			owed = 0;
		}
		ml_buf_text(out, s + 1);
		owed += (*s == LEFT ? room : 0) + 2;
		if (i % g->cols == g->cols - 1) {
			ml_buf_byte(out, '\n');
			owed = 0;
		}
	}
	free(width);
	ml_buf_clear(&g->text);
	g->cells = 0;
}

void ml_grid_release(struct ml_grid *g)
{
	ml_buf_release(&g->text);
}
