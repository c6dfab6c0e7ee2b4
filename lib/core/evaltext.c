/* evaltext.c - figures for programs (CSV, JSON) and for people. */
#include "core/evaltext.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/grid.h"
#include "data/writer.h"

static const char *class_name(const struct ml_eval *e, const struct ml_measure *m)
{
	return m->average == ML_AVG_CLASS ? e->scoring.labels.name[m->cls] : "";
}

/* ---- CSV ---- */

static void put_text(struct ml_writer *w, const char *s)
{
	ml_writer_field(w, s, strlen(s));
}

static void put_value(struct ml_writer *w, double v)
{
	if (isnan(v))
		put_text(w, "NA");
	else
		ml_writer_number(w, v);
}

/* A bound: empty where none was asked for. */
static void put_bound(struct ml_writer *w, bool asked, double v)
{
	if (asked)
		put_value(w, v);
	else
		put_text(w, "");
}

static void escape(struct ml_buf *out, const char *label)
{
	for (; *label; label++) {
		if (*label == '=' || *label == '\\')
			ml_buf_byte(out, '\\');
		ml_buf_byte(out, (unsigned char)*label);
	}
}

static void put_slice(struct ml_writer *w, const struct ml_eval *e,
		      const struct ml_eval_slice *s)
{
	if (e->sliced)
		put_text(w, s->name ? s->name : "");
}

static int csv_figures(struct ml_writer *w, const struct ml_eval *e,
		       const struct ml_eval_slice *s, struct ml_error *err)
{
	char name[ML_MEASURE_NAME];
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < e->measures.n; i++) {
		const struct ml_measures_item *item = &e->measures.item[i];
		const struct ml_figure *f = &s->figure[i];
		if (item->hidden)
			continue;
		ml_measure_name(&item->measure, name);
		put_slice(w, e, s);
		put_text(w, name);
		put_text(w, class_name(e, &item->measure));
		put_value(w, f->value);
		put_bound(w, e->intervals, f->lo);
		put_bound(w, e->intervals, f->hi);
		ml_writer_number(w, (double)f->n);
		rc = ml_writer_end(w, err);
	}
	return rc;
}

/* Of clusters and classes each has its own part of the labels. */
static bool in_list(const bool *list, size_t c)
{
	return !list || list[c];
}

static int csv_confusion(struct ml_writer *w, const struct ml_eval *e,
			 const struct ml_eval_slice *s, struct ml_error *err)
{
	size_t k = s->confusion ? e->scoring.rows.classes : 0;
	const struct ml_scoring *own = &e->scoring;
	struct ml_buf cls = { 0 };
	int rc = ML_OK;

	for (size_t c = 0; !rc && c < k * k; c++) {
		if (!in_list(own->is_truth, c / k) || !in_list(own->is_pred, c % k))
			continue;
		ml_buf_clear(&cls);
		escape(&cls, e->scoring.labels.name[c / k]);
		ml_buf_byte(&cls, '=');
		escape(&cls, e->scoring.labels.name[c % k]);
		put_slice(w, e, s);
		put_text(w, "confusion");
		put_text(w, ml_buf_str(&cls));
		ml_writer_number(w, s->confusion[c]);
		put_text(w, "");
		put_text(w, "");
		ml_writer_number(w, (double)s->cell[c]);
		rc = ml_buf_check(&cls, err);
		if (!rc)
			rc = ml_writer_end(w, err);
	}
	ml_buf_release(&cls);
	return rc;
}

int ml_eval_csv(const struct ml_eval *e, struct ml_sink *out, char delimiter,
		struct ml_error *err)
{
	static const char *const columns[] = { "metric", "class", "value", "lo", "hi", "n" };
	struct ml_writer w;

	if (ml_writer_init(&w, out, delimiter, err))
		return err->code;
	if (e->sliced)
		put_text(&w, "slice");
	for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
		put_text(&w, columns[j]);
	int rc = ml_writer_end(&w, err);
	for (size_t s = 0; !rc && s < e->n; s++) {
		rc = csv_figures(&w, e, &e->slice[s], err);
		if (!rc)
			rc = csv_confusion(&w, e, &e->slice[s], err);
	}
	ml_writer_release(&w);
	return rc;
}

/* Index of the first figure that is shown. */
static size_t first_shown(const struct ml_eval *e)
{
	size_t i = 0;

	while (i < e->measures.n && e->measures.item[i].hidden)
		i++;
	return i;
}

bool ml_eval_single(const struct ml_eval *e)
{
	size_t shown = 0;

	for (size_t i = 0; i < e->measures.n; i++)
		shown += !e->measures.item[i].hidden;
	return shown == 1 && !e->measures.confusion && e->n == 1;
}

int ml_eval_bare(const struct ml_eval *e, struct ml_sink *out, struct ml_error *err)
{
	char text[ML_NUMBER_MAX + 1];
	size_t n = ml_number_print(e->slice[0].figure[first_shown(e)].value, text);

	if (!n) {
		memcpy(text, "NA", 2);
		n = 2;
	}
	text[n++] = '\n';
	return ml_sink_put(out, text, n, err);
}

/* ---- JSON ---- */

static void json_figure(struct ml_json *j, const struct ml_eval *e, const struct ml_measure *m,
			const struct ml_figure *f)
{
	char name[ML_MEASURE_NAME];

	ml_measure_name(m, name);
	ml_json_open(j, NULL, '{');
	ml_json_text(j, "metric", name);
	if (m->average == ML_AVG_CLASS)
		ml_json_text(j, "class", class_name(e, m));
	ml_json_real(j, "value", f->value);
	if (e->intervals) {
		ml_json_real(j, "lo", f->lo);
		ml_json_real(j, "hi", f->hi);
	}
	ml_json_int(j, "n", (int64_t)f->n);
	ml_json_close(j, '}');
}

static void json_slice(struct ml_json *j, const struct ml_eval *e,
		       const struct ml_eval_slice *s)
{
	size_t k = e->scoring.rows.classes;

	ml_json_open(j, NULL, '{');
	if (s->name)
		ml_json_text(j, "slice", s->name);
	else
		ml_json_null(j, "slice");
	ml_json_int(j, "n", (int64_t)s->rows);
	ml_json_open(j, "metrics", '[');
	for (size_t i = 0; i < e->measures.n; i++)
		if (!e->measures.item[i].hidden)
			json_figure(j, e, &e->measures.item[i].measure, &s->figure[i]);
	ml_json_close(j, ']');
	if (s->confusion) {
		ml_json_open(j, "confusion", '[');
		for (size_t c = 0; c < k; c++) {
			if (!in_list(e->scoring.is_truth, c))
				continue;
			ml_json_open(j, NULL, '[');
			for (size_t d = 0; d < k; d++)
				if (in_list(e->scoring.is_pred, d))
					ml_json_real(j, NULL, s->confusion[c * k + d]);
			ml_json_close(j, ']');
		}
		ml_json_close(j, ']');
	}
	ml_json_close(j, '}');
}

static void json_labels(struct ml_json *j, const struct ml_eval *e, const char *key,
			const bool *list)
{
	ml_json_open(j, key, '[');
	for (size_t c = 0; c < e->scoring.rows.classes; c++)
		if (in_list(list, c))
			ml_json_text(j, NULL, e->scoring.labels.name[c]);
	ml_json_close(j, ']');
}

int ml_eval_json(const struct ml_eval *e, struct ml_sink *out, struct ml_error *err)
{
	const struct ml_scored *rows = &e->scoring.rows;
	struct ml_buf text = { 0 };
	struct ml_json j = { .out = &text };
	static const char *const tasks[] = { "classify", "regress", "cluster" };

	ml_json_open(&j, NULL, '{');
	ml_json_text(&j, "task", tasks[rows->task]);
	if (*e->scoring.truth_name)
		ml_json_text(&j, "target", e->scoring.truth_name);
	if (rows->task != ML_FOR_NUMBERS)
		json_labels(&j, e, "classes", e->scoring.is_truth);
	if (rows->task == ML_FOR_CLUSTERS)
		json_labels(&j, e, "clusters", e->scoring.is_pred);
	if (rows->task == ML_FOR_CLASSES) {
		if (rows->classes <= 2)
			ml_json_text(&j, "positive", e->scoring.labels.name[rows->positive]);
	}
	ml_json_open(&j, "slices", '[');
	for (size_t s = 0; s < e->n; s++)
		json_slice(&j, e, &e->slice[s]);
	ml_json_close(&j, ']');
	ml_json_close(&j, '}');
	ml_buf_byte(&text, '\n');
	int rc = ml_buf_check(&text, err);
	if (!rc)
		rc = ml_sink_put(out, text.v, text.n, err);
	ml_buf_release(&text);
	return rc;
}

/* ---- for people ---- */

static void grid_figures(struct ml_grid *g, const struct ml_eval *e,
			 const struct ml_eval_slice *s, struct ml_buf *out)
{
	char name[ML_MEASURE_NAME];

	g->cols = e->intervals ? 6 : 4;
	ml_grid_text(g, "metric");
	ml_grid_text(g, "class");
	ml_grid_heading(g, "value");
	if (e->intervals) {
		ml_grid_heading(g, "lo");
		ml_grid_heading(g, "hi");
	}
	ml_grid_heading(g, "n");
	for (size_t i = 0; i < e->measures.n; i++) {
		const struct ml_measures_item *item = &e->measures.item[i];
		if (item->hidden)
			continue;
		ml_measure_name(&item->measure, name);
		ml_grid_text(g, name);
		ml_grid_text(g, class_name(e, &item->measure));
		ml_grid_number(g, s->figure[i].value);
		if (e->intervals) {
			ml_grid_number(g, s->figure[i].lo);
			ml_grid_number(g, s->figure[i].hi);
		}
		ml_grid_number(g, (double)s->figure[i].n);
	}
	if (g->cells > g->cols)
		ml_grid_print(g, out);
	ml_grid_release(g);
	g->cells = 0;
}

static void grid_confusion(struct ml_grid *g, const struct ml_eval *e,
			   const struct ml_eval_slice *s, struct ml_buf *out)
{
	const struct ml_scoring *own = &e->scoring;
	size_t k = own->rows.classes;

	if (!s->confusion)
		return;
	ml_buf_text(out, out->n ? "\n" : "");
	g->cols = 1;
	ml_grid_text(g, own->is_pred ? "true \\ cluster" : "true \\ predicted");
	for (size_t c = 0; c < k; c++)
		if (in_list(own->is_pred, c)) {
			ml_grid_heading(g, own->labels.name[c]);
			g->cols++;
		}
	for (size_t c = 0; c < k; c++) {
		if (!in_list(own->is_truth, c))
			continue;
		ml_grid_text(g, own->labels.name[c]);
		for (size_t d = 0; d < k; d++)
			if (in_list(own->is_pred, d))
				ml_grid_number(g, s->confusion[c * k + d]);
	}
	ml_grid_print(g, out);
}

int ml_eval_table(const struct ml_eval *e, struct ml_sink *out, struct ml_error *err)
{
	struct ml_buf text = { 0 };
	struct ml_grid g = { 0 };

	for (size_t s = 0; s < e->n; s++) {
		const char *name = e->slice[s].name;
		if (e->sliced) {
			ml_buf_text(&text, s ? "\n" : "");
			ml_buf_printf(&text, "%s, %zu rows\n",
				      name ? ML_SHOW(name, strlen(name)) : "all",
				      e->slice[s].rows);
		}
		grid_figures(&g, e, &e->slice[s], &text);
		grid_confusion(&g, e, &e->slice[s], &text);
	}
	ml_grid_release(&g);
	int rc = ml_buf_check(&text, err);
	if (!rc)
		rc = ml_sink_put(out, text.v, text.n, err);
	ml_buf_release(&text);
	return rc;
}
