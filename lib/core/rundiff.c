/* rundiff.c - two runs side by side, what is alike left out.
 *
 * Lines are flattened to pairs of a path and a text: logistic.C, option.target, metric.auc,
 * input.1.sha256. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/runfound.h"
#include "core/runshow.h"

struct pair {
	char *path, *text;
	double number; /* NaN: a text */
};
struct pairs {
	struct pair *v;
	size_t n, cap;
	bool all;
};

static void release_pairs(struct pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].path);
		free(p->v[i].text);
	}
	free(p->v);
}

/* ---- flattening ---- */

static int add(struct pairs *p, const char *path, const json_t *v, struct ml_error *err)
{
	struct ml_buf text = { 0 };
	struct pair one = { .number = json_is_number(v) ? json_number_value(v) : (double)NAN };

	int rc = ML_OK;
	ml_fact_text(v, &text);
	if (!(one.path = ml_strdup(path, err)) ||
	    !(one.text = ml_strdup(ml_buf_str(&text), err)) ||
	    ML_GROW(p->v, p->cap, p->n + 1, err))
		rc = err->code;
	if (!rc)
		rc = ml_buf_check(&text, err);
	ml_buf_release(&text);
	if (!rc) {
		p->v[p->n++] = one;
		return ML_OK;
	}
	free(one.path);
	free(one.text);
	return rc;
}

/* Members of an object, as PREFIX.NAME. */
static int add_members(struct pairs *p, const char *prefix, const json_t *object,
		       struct ml_error *err)
{
	struct ml_buf path = { 0 };
	const char *name;
	json_t *v;
	int rc = ML_OK;

	json_object_foreach((json_t *)object, name, v) {
		if (rc || json_is_object(v) || (!p->all && !strcmp(name, "file")))
			continue;
		ml_buf_clear(&path);
		ml_buf_printf(&path, "%s%s%s", prefix, *prefix ? "." : "", name);
		rc = add(p, ml_buf_str(&path), v, err);
		if (!rc)
			rc = ml_buf_check(&path, err);
	}
	ml_buf_release(&path);
	return rc;
}

/* Files as input.1.sha256. */
static int add_files(struct pairs *p, const char *kind, const json_t *files,
		     struct ml_error *err)
{
	struct ml_buf path = { 0 };
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < json_array_size(files); i++) {
		ml_buf_clear(&path);
		ml_buf_printf(&path, "%s.%zu", kind, i + 1);
		rc = add_members(p, ml_buf_str(&path), json_array_get(files, i), err);
		if (!rc)
			rc = ml_buf_check(&path, err);
	}
	ml_buf_release(&path);
	return rc;
}

/* "logistic", "logistic.C"; "impute", "median". */
static int add_picked(struct pairs *p, const json_t *picked, struct ml_error *err)
{
	struct ml_buf path = { 0 };
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < json_array_size(picked); i++) {
		const json_t *item = json_array_get(picked, i);
		const json_t *value = json_object_get(item, "value");
		const char *name = ml_pastrun_text(item, "name");
		ml_buf_clear(&path);
		ml_buf_printf(&path, "picked.%zu", i + 1);
		rc = add(p, ml_buf_str(&path), json_object_get(item, "name"), err);
		if (!rc)
			rc = ml_buf_check(&path, err);
		if (!rc && value)
			rc = add(p, name, value, err);
		if (!rc)
			rc = add_members(p, name, json_object_get(item, "options"), err);
	}
	ml_buf_release(&path);
	return rc;
}

/* Members that differ between any two runs, or say again what others do. */
static bool is_chance(const char *name)
{
	static const char *const chance[] = {
		"run",
		"parent",
		"args",
		"start",
		"wall_seconds",
		"cpu_seconds",
		"peak_memory_bytes",
		"children_cpu_seconds",
		"children_peak_memory_bytes",
		"fit-seconds",
		"threads",
		"warnings",
	};

	for (size_t i = 0; i < sizeof chance / sizeof *chance; i++)
		if (!strcmp(chance[i], name))
			return true;
	return false;
}

static int flatten(struct pairs *p, const json_t *line, struct ml_error *err)
{
	const json_t *get = NULL;
	const char *name;
	json_t *v;
	int rc = add_picked(p, json_object_get(line, "picked"), err);

	if (!rc)
		rc = add_members(p, "option", json_object_get(line, "options"), err);
	json_object_foreach((json_t *)line, name, v)
		if (!rc && !json_is_object(v) && (!json_is_array(v) || !strcmp(name, "args")) &&
		    (p->all || !is_chance(name)))
			rc = add(p, name, v, err);
	if (!rc && (get = json_object_get(line, "error")))
		rc = add_members(p, "error", get, err);
	if (!rc)
		rc = add_files(p, "input", json_object_get(line, "inputs"), err);
	if (!rc)
		rc = add_files(p, "model", json_object_get(line, "models"), err);
	if (!rc)
		rc = add_files(p, "output", json_object_get(line, "outputs"), err);
	if (!rc)
		rc = add_members(p, "metric", json_object_get(line, "metrics"), err);
	return rc;
}

/* ---- comparing ---- */

static const struct pair *find_pair(const struct pairs *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->v[i].path, path))
			return &p->v[i];
	return NULL;
}

/* People get the beginning of a digest. */
static void put_side(struct ml_rowsout *out, const struct pair *p)
{
	enum { DIGEST = 64, SHORT = 12 };
	char cut[SHORT + 1] = "";
	const char *text = p ? p->text : "";

	if (out->form == ML_ROWS_TABLE && strlen(text) == DIGEST &&
	    strspn(text, "0123456789abcdef") == DIGEST)
		text = strncat(cut, text, SHORT);
	ml_rowsout_text(out, text);
}

static int put_difference(struct ml_rowsout *out, const char *prefix, const struct pair *a,
			  const struct pair *b, struct ml_error *err)
{
	struct ml_buf what = { 0 };

	ml_buf_printf(&what, "%s%s", prefix, (a ? a : b)->path);
	const char *text = ml_buf_str(&what);
	int rc = ml_buf_check(&what, err);
	if (!rc) {
		ml_rowsout_text(out, text);
		put_side(out, a);
		put_side(out, b);
		ml_rowsout_number(out, a && b ? b->number - a->number : (double)NAN);
		rc = ml_rowsout_row(out, err);
	}
	ml_buf_release(&what);
	return rc;
}

static int put_differences(struct ml_rowsout *out, const char *prefix, const struct pairs *a,
			   const struct pairs *b, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < a->n; i++) {
		const struct pair *other = find_pair(b, a->v[i].path);
		if (!other || strcmp(a->v[i].text, other->text))
			rc = put_difference(out, prefix, &a->v[i], other, err);
	}
	for (size_t i = 0; !rc && i < b->n; i++)
		if (!find_pair(a, b->v[i].path))
			rc = put_difference(out, prefix, NULL, &b->v[i], err);
	return rc;
}

static int compare(struct ml_rowsout *out, const char *prefix, const json_t *a, const json_t *b,
		   bool all, struct ml_error *err)
{
	struct pairs x = { .all = all }, y = { .all = all };
	int rc = flatten(&x, a, err);

	if (!rc)
		rc = flatten(&y, b, err);
	if (!rc)
		rc = put_differences(out, prefix, &x, &y, err);
	release_pairs(&x);
	release_pairs(&y);
	return rc;
}

/* The fits behind both, when both have one that is not itself. */
static int compare_fits(struct ml_runs_found *f, struct ml_rowsout *out, bool all,
			struct ml_error *err)
{
	size_t fit[2];
	json_t *line[2] = { NULL, NULL };
	int rc = ML_OK;

	for (int w = 0; !rc && w < 2; w++) {
		rc = ml_runjoin_fit(&f->join, f->at[w], &fit[w], err);
		if (rc || fit[w] == ML_NO_RUN || fit[w] == f->at[w])
			break;
		const char *text = f->join.run[fit[w]].line; /* NULL: no fit, no search */
		if (text && !(line[w] = json_loads(text, 0, NULL)))
			rc = ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory");
	}
	if (!rc && line[0] && line[1])
		rc = compare(out, "fit.", line[0], line[1], all, err);
	json_decref(line[0]);
	json_decref(line[1]);
	return rc;
}

int ml_runs_diff(const struct ml_runs_plan *plan, const char *a, const char *b, bool all,
		 struct ml_error *err)
{
	static const struct ml_rows_column columns[] = {
		{ .name = "what", .heading = "what" },
		{ .name = "a", .heading = "a" },
		{ .name = "b", .heading = "b" },
		{ .name = "change", .heading = "change", .number = true },
	};
	const char *const which[] = { a, b };
	struct ml_runs_found f = { 0 };
	struct ml_rowsout out = { 0 };

	int rc = ml_runs_find(&f, plan, which, 2, true, err);
	if (!rc && plan->begun)
		*plan->begun = plan->form == ML_ROWS_CSV || plan->form == ML_ROWS_TSV;
	if (!rc)
		rc = ml_rowsout_begin(&out, plan->form, plan->out, columns, 4, err);
	if (!rc)
		rc = compare(&out, "", f.run[0].json, f.run[1].json, all, err);
	if (!rc)
		rc = compare_fits(&f, &out, all, err);
	if (!rc)
		rc = ml_rowsout_finish(&out, err);
	ml_rowsout_release(&out);
	ml_runs_found_release(&f);
	return rc;
}
