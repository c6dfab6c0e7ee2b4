/* show.c - what is in a model. */
#include "core/show.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "core/clusters.h"
#include "core/coef.h"
#include "core/components.h"
#include "core/fields_json.h"
#include "core/importance.h"

enum { SHOWN_COLUMNS = 8, SHOWN_COEFS = 40, SHOWN_IMPORTANCES = 10, SHOWN_TEXT = 1024 };

static const char *feature_name(const struct ml_pipeline *p, size_t j)
{
	const struct ml_step *s = ml_pipeline_model(p);

	return j < s->n_needs ? s->needs[j].name : "(intercept)";
}

int ml_show_coef(const struct ml_pipeline *p, struct ml_findings *out, struct ml_error *err)
{
	static const char *const columns[] = { "class", "feature", "coef", NULL };
	struct ml_coefs c;

	out->column = columns;
	out->silent = true;
	int rc = ml_coefs_init(&c, p, err);
	for (size_t r = 0; !rc && r < c.rows; r++)
		for (size_t j = 0; !rc && j <= c.p; j++) {
			if (*c.label[r])
				ml_findings_text(out, c.label[r]);
			else
				ml_findings_none(out);
			ml_findings_text(out, feature_name(p, j));
			ml_findings_number(out, c.v.v[r * c.v.ld + j]);
			rc = ml_findings_row(out, NULL, err);
		}
	ml_coefs_release(&c);
	return rc;
}

/* ---- JSON ---- */

static void json_slots(struct ml_json *j, const char *key, const struct ml_slot *slots,
		       size_t n)
{
	ml_json_open(j, key, '[');
	for (size_t i = 0; i < n; i++) {
		ml_json_open(j, NULL, '{');
		ml_json_text(j, "name", slots[i].name);
		ml_json_text(j, "kind", ml_kind_names[slots[i].kind]);
		ml_json_close(j, '}');
	}
	ml_json_close(j, ']');
}

static void json_texts(struct ml_json *j, const char *key, char *const *v, size_t n)
{
	ml_json_open(j, key, '[');
	for (size_t i = 0; i < n; i++)
		ml_json_text(j, NULL, v[i]);
	ml_json_close(j, ']');
}

static void json_outcome(struct ml_json *j, const struct ml_outcome *o)
{
	ml_json_text(j, "task", ml_task_name(o->task));
	if (o->target)
		ml_json_text(j, "target", o->target);
	if (o->n_classes) {
		json_texts(j, "classes", o->classes, o->n_classes);
		ml_json_text(j, "positive", o->classes[o->positive]);
	}
	ml_json_open(j, "fit", '{');
	ml_json_int(j, "iterations", (int64_t)o->report.iters);
	ml_json_bool(j, "converged", o->report.converged);
	ml_json_real(j, "objective", o->report.objective);
	if (o->report.judged)
		ml_json_real(j, "validation", o->report.valid);
	ml_json_close(j, '}');
}

static int json_step(struct ml_json *j, const struct ml_step *s, struct ml_error *err)
{
	struct ml_fields own = { 0 };
	char hex[2 * ML_DIGEST + 1];

	ml_digest_hex(s->digest, hex);
	ml_json_open(j, NULL, '{');
	ml_json_text(j, "type", ml_step_type(s));
	ml_json_int(j, "format", s->prep ? s->prep->format : s->model->format);
	ml_json_text(j, "digest", hex);
	ml_json_bool(j, "open", s->open);
	ml_json_open(j, "options", '{');
	ml_fields_json(&s->options, j);
	ml_json_close(j, '}');
	json_slots(j, "needs", s->needs, s->n_needs);
	json_slots(j, "gives", s->gives, s->n_gives);
	json_texts(j, "drops", s->drops, s->n_drops);
	if (s->model)
		json_outcome(j, &s->outcome);
	if (s->prep)
		s->prep->save(s->state, &own);
	else
		s->model->save(s->state, &own);
	ml_json_open(j, "fields", '{');
	ml_fields_json(&own, j);
	ml_json_close(j, '}');
	ml_json_close(j, '}');
	int rc = ml_fields_check(&own, err);
	ml_fields_release(&own);
	return rc;
}

/* Ancillary records of a kind, as an array of what they hold. */
static void json_extras(struct ml_json *j, const char *key, const struct ml_pipeline *p,
			const char *kind)
{
	ml_json_open(j, key, '[');
	for (size_t i = 0; i < p->n_extra; i++) {
		if (strcmp(p->extra[i].kind, kind))
			continue;
		ml_json_open(j, NULL, '{');
		ml_fields_json(&p->extra[i].fields, j);
		ml_json_close(j, '}');
	}
	ml_json_close(j, ']');
}

int ml_show_json(const struct ml_pipeline *p, struct ml_buf *out, struct ml_error *err)
{
	struct ml_json j = { .out = out };
	int rc = ML_OK;

	ml_json_open(&j, NULL, '{');
	ml_json_int(&j, "stream_version", ML_STREAM_VERSION);
	ml_json_open(&j, "steps", '[');
	for (size_t i = 0; !rc && i < p->n; i++)
		rc = json_step(&j, &p->step[i], err);
	ml_json_close(&j, ']');
	json_extras(&j, "lineage", p, "x-lineage");
	json_extras(&j, "profile", p, "x-profile");
	json_extras(&j, "golden", p, "x-golden");
	ml_json_close(&j, '}');
	ml_buf_byte(out, '\n');
	return rc ? rc : ml_buf_check(out, err);
}

/* ---- text ---- */

static void text_columns(struct ml_buf *b, const char *what, const struct ml_slot *slots,
			 size_t n)
{
	if (!n)
		return;
	ml_buf_printf(b, "  %s ", what);
	for (size_t i = 0; i < n && i < SHOWN_COLUMNS; i++)
		ml_buf_printf(b, "%s%s", i ? ", " : "",
			      ML_SHOW(slots[i].name, strlen(slots[i].name)));
	if (n > SHOWN_COLUMNS)
		ml_buf_printf(b, ", ... (%zu)", n);
	ml_buf_byte(b, '\n');
}

static void text_options(struct ml_buf *b, const struct ml_fields *options)
{
	if (!options->n)
		return;
	ml_buf_text(b, "  options");
	for (size_t i = 0; i < options->n; i++)
		ml_buf_printf(b, " %s=%s", options->v[i].name,
			      ML_SHOW(options->v[i].u.text, strlen(options->v[i].u.text)));
	ml_buf_byte(b, '\n');
}

static void text_outcome(struct ml_buf *b, const struct ml_outcome *o)
{
	if (o->target)
		ml_buf_printf(b, "  target  %s\n", ML_SHOW(o->target, strlen(o->target)));
	if (o->n_classes) {
		ml_buf_text(b, "  classes");
		for (size_t c = 0; c < o->n_classes && c < SHOWN_COLUMNS; c++)
			ml_buf_printf(b, "%s %s%s", c ? "," : "",
				      ML_SHOW(o->classes[c], strlen(o->classes[c])),
				      o->n_classes == 2 && c == o->positive ? " (positive)"
									    : "");
		if (o->n_classes > SHOWN_COLUMNS)
			ml_buf_printf(b, ", ... (%zu)", o->n_classes);
		ml_buf_byte(b, '\n');
	}
	ml_buf_printf(b, "  fit     %zu iterations, %s", o->report.iters,
		      o->report.converged ? "converged" : "not converged");
	if (isfinite(o->report.objective))
		ml_buf_printf(b, ", objective %.8g", o->report.objective);
	if (o->report.judged)
		ml_buf_printf(b, ", validation %.8g", o->report.valid);
	ml_buf_byte(b, '\n');
}

static void text_words(struct ml_buf *b, const char *name, const char *text)
{
	char shown[SHOWN_TEXT];

	ml_buf_printf(b, "  %-7s %s\n", name,
		      ml_text_show(text, strlen(text), shown, sizeof shown));
}

/* Single numbers and words that the estimator has learned: R2, sigma, a kernel, ... */
static int text_figures(struct ml_buf *b, const struct ml_step *s, struct ml_error *err)
{
	struct ml_fields f = { 0 };

	s->model->save(s->state, &f);
	int rc = ml_fields_check(&f, err);
	for (size_t i = 0; !rc && i < f.n; i++)
		if (f.v[i].type == ML_FIELD_REAL)
			ml_buf_printf(b, "  %-7s %.8g\n", f.v[i].name, f.v[i].u.real);
		else if (f.v[i].type == ML_FIELD_TEXT)
			text_words(b, f.v[i].name, f.v[i].u.text);
		else if (f.v[i].type == ML_FIELD_TEXTS)
			for (size_t k = 0; k < f.v[i].n && k < SHOWN_COLUMNS; k++)
				text_words(b, f.v[i].name, f.v[i].u.texts[k]);
	ml_fields_release(&f);
	return rc;
}

static void text_coef_row(struct ml_buf *b, const struct ml_pipeline *p,
			  const struct ml_coefs *c, size_t r, size_t j)
{
	const char *name = feature_name(p, j);

	ml_buf_printf(b, "  %-12s %-30s %14.6g", ML_SHOW(c->label[r], strlen(c->label[r])),
		      ML_SHOW(name, strlen(name)), c->v.v[r * c->v.ld + j]);
	for (size_t k = 0; r == 0 && k < c->stats.cols; k++) {
		double v = c->stats.v[j * c->stats.ld + k];
		if (isnan(v))
			ml_buf_printf(b, " %12s", "");
		else
			ml_buf_printf(b, " %12.6g", v);
	}
	ml_buf_byte(b, '\n');
}

static int text_coefs(struct ml_buf *b, const struct ml_pipeline *p, struct ml_error *err)
{
	struct ml_coefs c;

	int rc = ml_coefs_init(&c, p, err);
	if (!rc) {
		ml_buf_printf(b, "\n  %-12s %-30s %14s", "class", "feature", "coef");
		for (size_t k = 0; k < c.stats.cols; k++)
			ml_buf_printf(b, " %12s", c.stat_names[k]);
		ml_buf_byte(b, '\n');
	}
	size_t shown = 0;
	for (size_t r = 0; !rc && r < c.rows; r++)
		for (size_t j = 0; j <= c.p && shown < SHOWN_COEFS; j++, shown++)
			text_coef_row(b, p, &c, r, j);
	if (!rc && shown < c.rows * (c.p + 1))
		ml_buf_printf(b, "  ... %zu more: ml-show --coef\n",
			      c.rows * (c.p + 1) - shown);
	ml_coefs_release(&c);
	return rc;
}

/* Columns by importance, where there are no coefficients to tell. */
static int text_importances(struct ml_buf *b, const struct ml_pipeline *p, struct ml_error *err)
{
	struct ml_findings found = { 0 };
	int rc = ml_importance(&found, p, err);
	size_t each = found.columns;

	if (!rc)
		ml_buf_printf(b, "\n  %-30s %14s\n", "feature", "importance");
	for (size_t i = 0; !rc && i < found.cells && i / each < SHOWN_IMPORTANCES; i += each) {
		const char *name = (const char *)found.text.v + found.cell[i].text;

		ml_buf_printf(b, "  %-30s %13.1f%%\n", ML_SHOW(name, strlen(name)),
			      100 * found.cell[i + 1].value);
	}
	if (!rc && each && found.cells / each > SHOWN_IMPORTANCES)
		ml_buf_printf(b, "  ... %zu more: ml-show --importance\n",
			      found.cells / each - SHOWN_IMPORTANCES);
	ml_findings_release(&found);
	return rc;
}

static int text_step(struct ml_buf *b, const struct ml_pipeline *p, size_t i,
		     struct ml_error *err)
{
	const struct ml_step *s = &p->step[i];
	char hex[2 * ML_DIGEST + 1];

	ml_digest_hex(s->digest, hex);
	ml_buf_printf(b, "step %zu: %s - %s [%.12s%s]\n", i + 1, ml_step_type(s),
		      s->prep ? s->prep->summary : s->model->summary, hex,
		      s->open ? ", open" : "");
	text_columns(b, "needs  ", s->needs, s->n_needs);
	text_columns(b, "gives  ", s->gives, s->n_gives);
	text_options(b, &s->options);
	ml_components_text(s, b);
	if (!s->model)
		return ML_OK;
	text_outcome(b, &s->outcome);
	int rc = text_figures(b, s, err);
	if (!rc && s->model->coefficients && s->model->coefficient_rows(s->state))
		rc = text_coefs(b, p, err);
	else if (!rc && s->model->importances)
		rc = text_importances(b, p, err);
	if (!rc && s->outcome.task == ML_CLUSTER)
		rc = ml_clusters_text(p, b, err);
	return rc;
}

static void text_inputs(struct ml_buf *b, const struct ml_fields *f, const char *role)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].type != ML_FIELD_MAP || strncmp(f->v[i].name, "input-", 6))
			continue;
		const struct ml_field *rows = ml_fields_find(f->v[i].u.map, "rows");
		const struct ml_field *sha = ml_fields_find(f->v[i].u.map, "sha256");
		if (rows && sha && rows->type == ML_FIELD_SIZE && sha->type == ML_FIELD_TEXT)
			ml_buf_printf(b, "%s %zu rows of sha256 %.12s...", role, rows->u.size,
				      ML_SHOW(sha->u.text, sha->n));
	}
}

static void text_lineage(struct ml_buf *b, const struct ml_fields *f)
{
	const struct ml_field *program = ml_fields_find(f, "program");
	const struct ml_field *version = ml_fields_find(f, "version");

	ml_buf_printf(
		b, "made by %s %s",
		program && program->type == ML_FIELD_TEXT ? ML_SHOW(program->u.text, program->n)
							  : "?",
		version && version->type == ML_FIELD_TEXT ? ML_SHOW(version->u.text, version->n)
							  : "?");
	text_inputs(b, f, ",");
	const struct ml_field *held = ml_fields_find(f, "validation");
	if (held && held->type == ML_FIELD_MAP)
		text_inputs(b, held->u.map, ", validated by");
	ml_buf_byte(b, '\n');
}

int ml_show_text(const struct ml_pipeline *p, struct ml_buf *out, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < p->n; i++)
		rc = text_step(out, p, i, err);
	for (size_t i = 0; !rc && i < p->n_extra; i++)
		if (!strcmp(p->extra[i].kind, "x-lineage"))
			text_lineage(out, &p->extra[i].fields);
	return rc ? rc : ml_buf_check(out, err);
}
