/* cuts.c - where bins are cut. */
#include "prep/cuts.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "prep/pieces.h"

const char *const ml_cut_strategies[] = { "quantile", "uniform", NULL };

static bool read_count(const char *s, size_t *bins)
{
	long long v;

	if (!ml_integer_parse(s, &v) || v < 2 || v > ML_CUT_BINS)
		return false;
	*bins = (size_t)v;
	return true;
}

static bool read_edge(struct ml_buf *text, double *edge)
{
	struct ml_number number = { 0 };
	bool is = ml_number_parse(ml_buf_str(text), text->n, &number);

	*edge = number.value;
	return is && !(number.flags & ML_NUM_OVERFLOW);
}

static bool check_edges(const char *s)
{
	struct ml_buf text = { 0 };
	double last = 0, edge;
	size_t n = 0;
	bool fits = true;

	for (char end = ';'; fits && end; n++) {
		end = ml_piece_next(&s, ";", &text);
		fits = read_edge(&text, &edge) && (n == 0 || edge > last);
		last = edge;
	}
	ml_buf_release(&text);
	return fits && n >= 3 && n <= ML_CUT_BINS;
}

int ml_cut_read(struct ml_cut_how *how, const char *text, int strategy, struct ml_error *err)
{
	static const char edges[] = "edges:";
	bool fits = read_count(text, &how->bins);

	how->strategy = strategy;
	for (int k = 0; ml_cut_strategies[k]; k++) {
		size_t len = strlen(ml_cut_strategies[k]);

		if (!strncmp(text, ml_cut_strategies[k], len) && text[len] == ':') {
			how->strategy = k;
			fits = read_count(text + len + 1, &how->bins);
		}
	}
	if (!strncmp(text, edges, sizeof edges - 1)) {
		*how = (struct ml_cut_how){ ML_CUT_EDGES, 0, text + sizeof edges - 1 };
		fits = check_edges(how->edges);
	}
	return fits ? ML_OK
		    : ml_fail(err, ML_EUSAGE, "E-USAGE",
			      "'%s': expected a number of bins (2 to %d), quantile:N, "
			      "uniform:N, or "
			      "edges:A;B;C in ascending order",
			      ML_SHOW(text, strlen(text)), ML_CUT_BINS);
}

/* Appends a cut to the column that is being learned, whose cuts begin at `first`. */
static int add_cut(struct ml_cuts *out, size_t first, double cut, struct ml_error *err)
{
	int rc = ML_OK;

	if (out->n == first || cut > out->v[out->n - 1]) {
		rc = ML_GROW(out->v, out->cap, out->n + 1, err);
		if (!rc)
			out->v[out->n++] = cut;
	}
	return rc;
}

static int cut_rows(struct ml_cuts *out, const struct ml_cut_how *how,
		    const struct ml_sorted *s, struct ml_error *err)
{
	size_t first = out->n;
	int rc = ML_OK;

	for (size_t b = 1; !rc && s->n && b < how->bins; b++) {
		double p = (double)b / (double)how->bins, lo = s->v[0], hi = s->v[s->n - 1];
		double cut = how->strategy == ML_CUT_QUANTILE ? ml_sorted_quantile(s, p)
							      : lo * (1 - p) + hi * p;

		/* Nothing lies below the smallest value. */
		if (cut > lo && cut <= hi)
			rc = add_cut(out, first, cut, err);
	}
	return rc;
}

static int cut_edges(struct ml_cuts *out, const char *edges, struct ml_error *err)
{
	struct ml_buf text = { 0 };
	size_t first = out->n;
	int rc = ML_OK;

	/* All but the first and the last: the end bins are open. */
	for (size_t k = 0; !rc; k++) {
		char end = ml_piece_next(&edges, ";", &text);
		double edge;

		rc = ml_buf_check(&text, err);
		if (rc || !end)
			break;
		if (read_edge(&text, &edge) && k)
			rc = add_cut(out, first, edge, err);
	}
	ml_buf_release(&text);
	return rc;
}

int ml_cut_learn(struct ml_cuts *out, const struct ml_cut_how *how, const struct ml_sorted *s,
		 struct ml_error *err)
{
	return how->strategy == ML_CUT_EDGES ? cut_edges(out, how->edges, err)
					     : cut_rows(out, how, s, err);
}

size_t ml_cut_find(const double *cut, size_t n, double x)
{
	size_t lo = 0;

	while (n) {
		size_t half = n / 2;

		if (cut[lo + half] <= x) {
			lo += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return lo;
}
