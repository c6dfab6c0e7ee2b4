/* runjoin.c - an index of digests and names: who made them, who took them. */
#include "core/runjoin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"

/* ---- taking runs in ---- */

static int add_use(struct ml_runjoin *j, enum ml_run_tie tie, const char *id,
		   struct ml_error *err)
{
	size_t ids = j->ids->n;
	int32_t code;

	if (!*id)
		return ML_OK;
	if (j->n_use >= INT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "more than %d digests in the journal",
			       INT32_MAX);
	if (ml_levels_add(j->ids, id, strlen(id), &code, err) ||
	    ML_GROW(j->last, j->cap_last, j->ids->n, err) ||
	    ML_GROW(j->use, j->cap_use, j->n_use + 1, err))
		return err->code;
	if (j->ids->n > ids)
		j->last[code] = -1;
	j->use[j->n_use] = (struct ml_run_use){ tie, code, j->last[code], j->n };
	j->last[code] = (int32_t)j->n_use++;
	return ML_OK;
}

static int add_files(struct ml_runjoin *j, const json_t *files, enum ml_run_tie tie,
		     struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < json_array_size(files); i++) {
		const json_t *f = json_array_get(files, i);
		rc = add_use(j, tie, ml_pastrun_text(f, "sha256"), err);
		if (!rc && tie == ML_TIE_USED)
			rc = add_use(j, ML_TIE_ESTIMATOR, ml_pastrun_text(f, "estimator"), err);
	}
	return rc;
}

static int add_uses(struct ml_runjoin *j, const json_t *line, struct ml_error *err)
{
	int rc = add_files(j, json_object_get(line, "models"), ML_TIE_USED, err);

	if (!rc)
		rc = add_files(j, json_object_get(line, "inputs"), ML_TIE_READ, err);
	if (!rc)
		rc = add_files(j, json_object_get(line, "outputs"), ML_TIE_WROTE, err);
	if (!rc)
		rc = add_use(j, ML_TIE_FITTED, ml_pastrun_text(line, "estimator"), err);
	if (!rc)
		rc = add_use(j, ML_TIE_IS, ml_pastrun_text(line, "run"), err);
	if (!rc)
		rc = add_use(j, ML_TIE_PART_OF, ml_pastrun_text(line, "parent"), err);
	return rc;
}

static void put_what(const struct ml_pastrun *r, struct ml_buf *out)
{
	ml_pastrun_what(r, out);
}

static void put_hyper(const struct ml_pastrun *r, struct ml_buf *out)
{
	if (*ml_pastrun_text(r->json, "estimator")) /* of fits: who else has many? */
		ml_pastrun_hyper(r, out);
}

static void put_metrics(const struct ml_pastrun *r, struct ml_buf *out)
{
	ml_pastrun_metrics(r, true, out);
}

static void put_tool(const struct ml_pastrun *r, struct ml_buf *out)
{
	ml_buf_text(out, ml_pastrun_text(r->json, "tool"));
}

static void put_data(const struct ml_pastrun *r, struct ml_buf *out)
{
	ml_buf_text(out, ml_pastrun_data(r));
}

static int add_texts(struct ml_joined_run *run, const struct ml_pastrun *r,
		     struct ml_error *err)
{
	const struct {
		char **to;
		void (*put)(const struct ml_pastrun *, struct ml_buf *);
	} all[] = { { &run->tool, put_tool },
		    { &run->what, put_what },
		    { &run->hyper, put_hyper },
		    { &run->metrics, put_metrics },
		    { &run->data, put_data } };
	struct ml_buf text = { 0 };
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < sizeof all / sizeof *all; i++) {
		ml_buf_clear(&text);
		all[i].put(r, &text);
		if (!(*all[i].to = ml_strdup(ml_buf_str(&text), err)))
			rc = err->code;
		if (!rc)
			rc = ml_buf_check(&text, err);
	}
	ml_buf_release(&text);
	return rc;
}

int ml_runjoin_add(struct ml_runjoin *j, const struct ml_pastrun *r, struct ml_error *err)
{
	if (!j->ids && !(j->ids = ml_levels_new(err)))
		return err->code;
	if (ML_GROW(j->run, j->cap, j->n + 1, err))
		return err->code;
	struct ml_joined_run *run = &j->run[j->n];
	*run = (struct ml_joined_run){ .number = r->number, .from = j->n_use, .value = NAN };
	run->cpu = ml_pastrun_number(r->json, "cpu_seconds");
	run->peak = ml_pastrun_number(r->json, "peak_memory_bytes");
	if (j->metric)
		run->value = ml_pastrun_number(json_object_get(r->json, "metrics"), j->metric);
	int rc = add_texts(run, r, err);
	bool fits =
		*ml_pastrun_text(r->json, "estimator") || *ml_pastrun_text(r->json, "setting");
	if (!rc && j->keep_lines && fits && !(run->line = json_dumps(r->json, JSON_COMPACT)))
		rc = ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory");
	if (!rc)
		rc = add_uses(j, r->json, err);
	run->to = j->n_use;
	j->n++; /* also on failure: to be released */
	return rc;
}

/* ---- who made what ---- */

/* What makes what is taken so; the same tie when nothing is taken. */
static enum ml_run_tie made_by(enum ml_run_tie taken)
{
	static const enum ml_run_tie maker[] = {
		[ML_TIE_READ] = ML_TIE_WROTE,
		[ML_TIE_USED] = ML_TIE_WROTE,
		[ML_TIE_ESTIMATOR] = ML_TIE_FITTED,
		[ML_TIE_PART_OF] = ML_TIE_IS,
		[ML_TIE_WROTE] = ML_TIE_WROTE,
		[ML_TIE_FITTED] = ML_TIE_FITTED,
		[ML_TIE_IS] = ML_TIE_IS,
	};

	return maker[taken];
}

size_t ml_runjoin_maker(const struct ml_runjoin *j, const struct ml_run_use *u)
{
	enum ml_run_tie want = made_by(u->tie);
	size_t behind = ML_NO_RUN;

	if (want == u->tie)
		return ML_NO_RUN;
	for (int32_t k = j->last[u->id]; k >= 0; k = j->use[k].next) {
		if (j->use[k].tie != want || j->use[k].run == u->run)
			continue;
		if (j->use[k].run < u->run)
			return j->use[k].run;
		behind = j->use[k].run;
	}
	return behind;
}

bool ml_runjoin_takes(const struct ml_runjoin *j, size_t b, const struct ml_run_use *u)
{
	for (size_t k = j->run[b].from; k < j->run[b].to; k++)
		if (j->use[k].id == u->id && j->use[k].tie != u->tie &&
		    made_by(j->use[k].tie) == u->tie)
			return b != u->run;
	return false;
}

static bool has_fitted(const struct ml_runjoin *j, size_t i)
{
	for (size_t k = j->run[i].from; k < j->run[i].to; k++)
		if (j->use[k].tie == ML_TIE_FITTED)
			return true;
	return false;
}

/* Puts the run on the way when it is new there. */
static void visit(struct ml_runjoin *j, size_t run)
{
	if (run == ML_NO_RUN || j->met[run] == j->search)
		return;
	j->met[run] = j->search;
	j->way[j->n_way++] = run;
}

/* Runs that run i has started. */
static void visit_parts(struct ml_runjoin *j, size_t i)
{
	for (size_t k = j->run[i].from; k < j->run[i].to; k++) {
		if (j->use[k].tie != ML_TIE_IS)
			continue;
		for (int32_t u = j->last[j->use[k].id]; u >= 0; u = j->use[u].next)
			if (j->use[u].tie == ML_TIE_PART_OF)
				visit(j, j->use[u].run);
	}
}

static int begin_search(struct ml_runjoin *j, size_t i, struct ml_error *err)
{
	if (!j->way && (!(j->way = ml_alloc(j->n, sizeof *j->way, err)) ||
			!(j->met = ml_alloc(j->n, sizeof *j->met, err))))
		return err->code;
	j->search++;
	j->n_way = 0;
	visit(j, i);
	return ML_OK;
}

/* Breadth first; models come before tables in the uses of a run. */
static void visit_makers(struct ml_runjoin *j, size_t i)
{
	for (size_t k = j->run[i].from; k < j->run[i].to; k++)
		if (j->use[k].tie != ML_TIE_PART_OF)
			visit(j, ml_runjoin_maker(j, &j->use[k]));
}

/* The run that wrote a model which run i has used. */
static size_t model_writer(const struct ml_runjoin *j, size_t i)
{
	size_t maker = ML_NO_RUN;

	for (size_t k = j->run[i].from; maker == ML_NO_RUN && k < j->run[i].to; k++)
		if (j->use[k].tie == ML_TIE_USED)
			maker = ml_runjoin_maker(j, &j->use[k]);
	return maker;
}

int ml_runjoin_fit(struct ml_runjoin *j, size_t i, size_t *fit, struct ml_error *err)
{
	size_t writer = ML_NO_RUN;

	*fit = ML_NO_RUN;
	if (begin_search(j, i, err))
		return err->code;
	for (size_t at = 0; at < j->n_way; at++) {
		size_t run = j->way[at];
		if (has_fitted(j, run)) {
			*fit = run;
			break;
		}
		if (writer == ML_NO_RUN)
			writer = model_writer(j, run);
		visit_makers(j, run);
		visit_parts(j, run);
	}
	if (*fit == ML_NO_RUN)
		*fit = writer;
	return ML_OK;
}

int ml_runjoin_behind(struct ml_runjoin *j, size_t i, struct ml_error *err)
{
	if (begin_search(j, i, err))
		return err->code;
	for (size_t at = 0; at < j->n_way; at++)
		visit_makers(j, j->way[at]);
	return ML_OK;
}

const char *ml_runjoin_judged(const struct ml_runjoin *j, size_t i)
{
	for (size_t k = j->run[i].from; k < j->run[i].to; k++) {
		size_t maker = j->use[k].tie == ML_TIE_READ ? ml_runjoin_maker(j, &j->use[k])
							    : ML_NO_RUN;
		if (maker != ML_NO_RUN)
			return j->run[maker].data;
	}
	return j->run[i].data;
}

/* ---- finding one ---- */

enum ml_run_meant ml_runjoin_means(const struct ml_runjoin *j, size_t i, const char *text)
{
	enum { SHORTEST = 4 };
	size_t n = strlen(text);
	long long number;

	if (ml_integer_parse(text, &number) && number > 0 &&
	    (unsigned long long)number == j->run[i].number)
		return ML_MEANT_BY_NUMBER;
	if (n < SHORTEST || n != strspn(text, "0123456789abcdef"))
		return ML_NOT_MEANT;
	for (size_t k = j->run[i].from; k < j->run[i].to; k++)
		if (j->use[k].tie >= ML_TIE_WROTE &&
		    !strncmp(j->ids->name[j->use[k].id], text, n))
			return ML_MEANT_BY_DIGEST;
	return ML_NOT_MEANT;
}

int ml_runjoin_find(const struct ml_runjoin *j, const char *text, size_t *i,
		    struct ml_error *err)
{
	size_t other = ML_NO_RUN;

	*i = ML_NO_RUN;
	for (size_t k = 0; k < j->n; k++) {
		enum ml_run_meant how = ml_runjoin_means(j, k, text);
		if (how == ML_MEANT_BY_NUMBER) {
			*i = k;
			return ML_OK;
		}
		if (how == ML_MEANT_BY_DIGEST)
			*(*i == ML_NO_RUN ? i : &other) = k;
	}
	if (other != ML_NO_RUN)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' may be run %zu or run %zu",
			       ML_SHOW(text, strlen(text)), j->run[*i].number,
			       j->run[other].number);
	if (*i != ML_NO_RUN)
		return ML_OK;
	return ml_fail(err, ML_EUSAGE, "E-USAGE",
		       "no run '%s': there are %zu; expected a number, or the beginning of a "
		       "run's name or of the digest of what it made",
		       ML_SHOW(text, strlen(text)), j->n);
}

void ml_runjoin_release(struct ml_runjoin *j)
{
	for (size_t i = 0; i < j->n; i++) {
		free(j->run[i].tool);
		free(j->run[i].what);
		free(j->run[i].hyper);
		free(j->run[i].metrics);
		free(j->run[i].data);
		free(j->run[i].line);
	}
	free(j->run);
	free(j->use);
	free(j->last);
	free(j->way);
	free(j->met);
	ml_levels_free(j->ids);
	*j = (struct ml_runjoin){ 0 };
}
