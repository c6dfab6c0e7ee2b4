/* runshow.c - a run in full, with those before and behind it. */
#include "core/runshow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "core/runfound.h"

enum { SHORT = 12 }; /* hex digits of digests in sentences */

struct show {
	const struct ml_runs_plan *plan;
	struct ml_runs_found found;
	struct ml_rowsout out;
	struct ml_buf text;
	int rc; /* of the first failure */
	struct ml_error *err;
};

/* "run 2 (ml-fit logistic C=0.1)" */
static void put_run(const struct ml_joined_run *r, struct ml_buf *out)
{
	const char *more = *r->what ? r->what : r->metrics;

	ml_buf_printf(out, "run %zu (%s%s%s)", r->number, r->tool, *more ? " " : "", more);
}

/* A row: what was put into the text. */
static void row(struct show *s, const char *what)
{
	if (s->rc)
		return;
	ml_rowsout_text(&s->out, what);
	ml_rowsout_text(&s->out, ml_buf_str(&s->text));
	if (!(s->rc = ml_buf_check(&s->text, s->err)))
		s->rc = ml_rowsout_row(&s->out, s->err);
	ml_buf_clear(&s->text);
}

static void row_of_value(struct show *s, const char *what, const json_t *v)
{
	if (!v)
		return;
	ml_fact_text(v, &s->text);
	row(s, what);
}

/* ---- what it was ---- */

static void put_rows_of(struct show *s, const char *kind, const json_t *object)
{
	struct ml_buf what = { 0 };
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)object, name, v) {
		ml_buf_clear(&what);
		ml_buf_printf(&what, "%s%s%s", kind, *kind ? " " : "", name);
		row_of_value(s, ml_buf_str(&what), v);
		if (!s->rc)
			s->rc = ml_buf_check(&what, s->err);
	}
	ml_buf_release(&what);
}

static void put_picked(struct show *s, const json_t *line)
{
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(line, "picked"), i, item) {
		const char *name = ml_pastrun_text(item, "name");
		const char *value = ml_pastrun_text(item, "value");
		ml_buf_printf(&s->text, "%s%s%s", name, *value ? " " : "", value);
		row(s, "picked");
		put_rows_of(s, name, json_object_get(item, "options"));
	}
}

static void put_lines(struct show *s, const char *what, const json_t *texts)
{
	for (size_t i = 0; i < json_array_size(texts); i++)
		row_of_value(s, what, json_array_get(texts, i));
}

/* Members that rows of their own, or the joins, tell. */
static bool is_told(const char *name)
{
	static const char *const told[] = {
		"tool",   "args",    "options", "picked", "inputs",
		"models", "outputs", "metrics", "error",  "warnings"
	};

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (!strcmp(told[i], name))
			return true;
	return false;
}

static void put_self(struct show *s, const struct ml_pastrun *r)
{
	const json_t *error = json_object_get(r->json, "error");
	const char *name;
	json_t *v;

	ml_buf_printf(&s->text, "%zu", r->number);
	row(s, "number");
	ml_pastrun_command(r, &s->text);
	row(s, "command");
	json_object_foreach(r->json, name, v) {
		if (is_told(name))
			continue;
		if (json_is_object(v))
			put_rows_of(s, name, v);
		else
			row_of_value(s, name, v);
	}
	if (error) {
		ml_buf_printf(&s->text, "%s [%s]", ml_pastrun_text(error, "message"),
			      ml_pastrun_text(error, "code"));
		row(s, "error");
	}
	put_lines(s, "warning", json_object_get(r->json, "warnings"));
	put_rows_of(s, "option", json_object_get(r->json, "options"));
	put_picked(s, r->json);
	put_rows_of(s, "metric", json_object_get(r->json, "metrics"));
}

/* ---- what it is joined to ---- */

/* Who read what was written; at most so many. */
static void put_takers(const struct ml_runjoin *j, const struct ml_run_use *u,
		       struct ml_buf *out)
{
	enum { MOST = 5 };
	size_t n = 0;

	for (size_t b = 0; b < j->n; b++) {
		if (!ml_runjoin_takes(j, b, u))
			continue;
		if (++n > MOST)
			continue;
		ml_buf_text(out, n == 1 ? ", read by " : " and ");
		put_run(&j->run[b], out);
	}
	if (n > MOST)
		ml_buf_printf(out, " and %zu more", n - MOST);
}

static void put_maker(const struct ml_runjoin *j, const struct ml_run_use *u, const char *did,
		      struct ml_buf *out)
{
	size_t maker = ml_runjoin_maker(j, u);

	if (maker == ML_NO_RUN)
		return;
	ml_buf_printf(out, ", %s by ", did);
	put_run(&j->run[maker], out);
}

/* The use that run i makes of a digest in that way; NULL: none. */
static const struct ml_run_use *use_of(const struct ml_runjoin *j, size_t i,
				       enum ml_run_tie tie, const char *hex)
{
	for (size_t k = j->run[i].from; k < j->run[i].to; k++)
		if (j->use[k].tie == tie && !strcmp(j->ids->name[j->use[k].id], hex))
			return &j->use[k];
	return NULL;
}

static void put_file(struct show *s, const char *kind, enum ml_run_tie tie, const json_t *file)
{
	const struct ml_runjoin *j = &s->found.join;
	const char *name = ml_pastrun_text(file, "file"),
		   *hex = ml_pastrun_text(file, "sha256");
	const char *estimator = ml_pastrun_text(file, "estimator");
	const struct ml_run_use *u = use_of(j, s->found.at[0], tie, hex);
	const struct ml_run_use *e = use_of(j, s->found.at[0], ML_TIE_ESTIMATOR, estimator);
	double rows = ml_pastrun_number(file, "rows"), bytes = ml_pastrun_number(file, "bytes");

	ml_buf_text(&s->text, *name ? name : "-");
	if (!isnan(rows))
		ml_buf_printf(&s->text, ", %.0f rows", rows);
	if (!isnan(bytes))
		ml_buf_printf(&s->text, ", %.0f bytes", bytes);
	ml_buf_printf(&s->text, ", SHA-256 %.*s", s->plan->form == ML_ROWS_TABLE ? SHORT : 64,
		      hex);
	if (u && tie == ML_TIE_WROTE)
		put_takers(j, u, &s->text);
	else if (u)
		put_maker(j, u, "written", &s->text);
	if (e)
		put_maker(j, e, "fitted", &s->text);
	row(s, kind);
}

static void put_files(struct show *s, const json_t *line)
{
	static const struct {
		const char *key, *kind;
		enum ml_run_tie tie;
	} all[] = { { "inputs", "input", ML_TIE_READ },
		    { "models", "model", ML_TIE_USED },
		    { "outputs", "output", ML_TIE_WROTE } };

	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		const json_t *files = json_object_get(line, all[k].key);
		for (size_t i = 0; i < json_array_size(files); i++)
			put_file(s, all[k].kind, all[k].tie, json_array_get(files, i));
	}
}

/* Those that have used what it fitted, and the run that it is a part of. */
static void put_kin(struct show *s)
{
	const struct ml_runjoin *j = &s->found.join;
	const struct ml_joined_run *r = &j->run[s->found.at[0]];

	for (size_t k = r->from; k < r->to; k++) {
		const struct ml_run_use *u = &j->use[k];
		size_t parent = u->tie == ML_TIE_PART_OF ? ml_runjoin_maker(j, u) : ML_NO_RUN;
		if (parent != ML_NO_RUN) {
			put_run(&j->run[parent], &s->text);
			row(s, "part of");
		}
		for (size_t b = 0; b < j->n; b++) {
			if ((u->tie != ML_TIE_FITTED && u->tie != ML_TIE_IS) ||
			    !ml_runjoin_takes(j, b, u))
				continue;
			put_run(&j->run[b], &s->text);
			row(s, u->tie == ML_TIE_IS ? "part" : "used by");
		}
	}
}

static void put_behind(struct show *s)
{
	struct ml_runjoin *j = &s->found.join;

	if (!s->rc)
		s->rc = ml_runjoin_behind(j, s->found.at[0], s->err);
	for (size_t i = 1; !s->rc && i < j->n_way; i++) {
		const struct ml_joined_run *r = &j->run[j->way[i]];
		put_run(r, &s->text);
		if (*r->data)
			ml_buf_printf(&s->text, " on %.*s",
				      s->plan->form == ML_ROWS_TABLE ? SHORT : 64, r->data);
		row(s, "behind it");
	}
}

/* ---- JSON ---- */

static void json_runs(struct ml_json *out, const char *key, const struct ml_runjoin *j,
		      const size_t *run, size_t n)
{
	ml_json_open(out, key, '[');
	for (size_t i = 0; i < n; i++) {
		const struct ml_joined_run *r = &j->run[run[i]];
		ml_json_open(out, NULL, '{');
		ml_json_int(out, "number", (int64_t)r->number);
		ml_json_text(out, "tool", r->tool);
		if (*r->what)
			ml_json_text(out, "what", r->what);
		if (*r->data)
			ml_json_text(out, "data", r->data);
		ml_json_close(out, '}');
	}
	ml_json_close(out, ']');
}

/* Those that took something it made, into j->way, which is the workspace of searches. */
static size_t find_ahead(struct ml_runjoin *j, size_t self)
{
	size_t n = 0;

	for (size_t b = 0; b < j->n; b++) {
		bool takes = false;
		for (size_t k = j->run[self].from; k < j->run[self].to; k++)
			takes |= ml_runjoin_takes(j, b, &j->use[k]);
		if (takes)
			j->way[n++] = b;
	}
	return n;
}

static int show_json(struct show *s)
{
	struct ml_runjoin *j = &s->found.join;
	struct ml_json out = { .out = &s->text, .comma = true };
	char *line = json_dumps(s->found.run[0].json, JSON_COMPACT);

	ml_buf_printf(&s->text, "{\"number\":%zu,", s->found.run[0].number);
	if (line)
		ml_buf_put(&s->text, line + 1, strlen(line) - 2);
	s->text.failed |= !line;
	free(line);
	int rc = ml_runjoin_behind(j, s->found.at[0], s->err);
	if (!rc) {
		json_runs(&out, "behind", j, j->way + 1, j->n_way - 1);
		json_runs(&out, "ahead", j, j->way, find_ahead(j, s->found.at[0]));
		ml_buf_text(&s->text, "}\n");
		rc = ml_buf_check(&s->text, s->err);
	}
	return rc ? rc : ml_sink_put(s->plan->out, s->text.v, s->text.n, s->err);
}

/* ---- all of it ---- */

static int show_rows(struct show *s)
{
	static const struct ml_rows_column columns[] = {
		{ .name = "what", .heading = "what" }, { .name = "value", .heading = "value" }
	};

	if (s->plan->begun)
		*s->plan->begun = s->plan->form != ML_ROWS_TABLE;
	s->rc = ml_rowsout_begin(&s->out, s->plan->form, s->plan->out, columns, 2, s->err);
	if (s->rc)
		return s->rc;
	put_self(s, &s->found.run[0]);
	put_files(s, s->found.run[0].json);
	put_kin(s);
	put_behind(s);
	return s->rc ? s->rc : ml_rowsout_finish(&s->out, s->err);
}

int ml_runs_show(const struct ml_runs_plan *plan, const char *which, struct ml_error *err)
{
	struct show s = { .plan = plan, .err = err };

	int rc = ml_runs_find(&s.found, plan, &which, 1, false, err);
	if (!rc)
		rc = plan->form == ML_ROWS_JSON ? show_json(&s) : show_rows(&s);
	ml_rowsout_release(&s.out);
	ml_buf_release(&s.text);
	ml_runs_found_release(&s.found);
	return rc;
}
