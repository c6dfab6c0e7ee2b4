/* scoring.c - truth, predictions, scores and weights of a table, checked and bound. */
#include "core/scoring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/few_whole.h"
#include "core/scoring_parts.h"
#include "data/columns.h"

#define SHOW(s) ML_SHOW((s), strlen(s))

int ml_scoring_bad_cell(const struct ml_bound *b, const struct ml_column *c, size_t row,
			const char *tag, const char *what, struct ml_error *err)
{
	const char *file = b->plan->file, *name = SHOW(c->name);

	if (!b->table->line)
		return ml_fail(err, ML_EDATA, tag, "%s%srow %zu: %s: %s",
			       file ? SHOW(file) : "", file ? ": " : "", row + 1, name, what);
	return ml_fail(err, ML_EDATA, tag, "%s%s%llu: %s: %s", file ? SHOW(file) : "line ",
		       file ? ":" : "", (unsigned long long)b->table->line[row], name, what);
}

static int check_present(const struct ml_bound *b, const struct ml_column *c, const char *what,
			 struct ml_error *err)
{
	for (size_t i = 0; i < b->table->rows; i++)
		if (ml_missing(c, i))
			return ml_scoring_bad_cell(b, c, i, "E-MISSING", what, err);
	return ML_OK;
}

int ml_scoring_check_numbers(const struct ml_bound *b, const struct ml_column *c,
			     const char *what, struct ml_error *err)
{
	if (c->kind != ML_NUMBER)
		return ml_fail(err, ML_EDATA, "E-TYPE",
			       "column '%s' holds text, expected numbers", SHOW(c->name));
	return check_present(b, c, what, err);
}

/* ---- columns ---- */

static int pick_one(const struct ml_table *t, const char *spec, const struct ml_column **c,
		    struct ml_error *err)
{
	size_t *idx = NULL, n = 0, at = ml_table_find(t, spec);

	if (at == SIZE_MAX) {
		if (ml_table_pick(t, spec, &idx, &n, err))
			return err->code;
		at = n == 1 ? idx[0] : SIZE_MAX;
		free(idx);
		if (at == SIZE_MAX)
			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "'%s' names %zu columns, expected one", SHOW(spec), n);
	}
	*c = &t->col[at];
	return ML_OK;
}

/* PREFIXpred, when there is such a column. */
static int find_pred(struct ml_bound *b, struct ml_error *err)
{
	struct ml_buf name = { 0 };

	if (b->plan->pred)
		return pick_one(b->table, b->plan->pred, &b->pred, err);
	ml_buf_printf(&name, "%spred", b->plan->prefix);
	int rc = ml_buf_check(&name, err);
	size_t at = rc ? SIZE_MAX : ml_table_find(b->table, ml_buf_str(&name));
	if (at != SIZE_MAX && &b->table->col[at] != b->truth)
		b->pred = &b->table->col[at];
	ml_buf_release(&name);
	return rc;
}

static int bind_columns(struct ml_bound *b, struct ml_error *err)
{
	const struct ml_table *t = b->table;
	size_t y = ml_table_role(t, ML_TARGET), w = ml_table_role(t, ML_WEIGHT);
	size_t g = ml_table_role(t, ML_GROUP);

	if (t->rows == 0)
		return ml_fail(err, ML_EDATA, "E-NOROWS", "%s%sno rows to score",
			       b->plan->file ? SHOW(b->plan->file) : "",
			       b->plan->file ? ": " : "");
	bool clusters = b->plan->task == ML_FOR_CLUSTERS;
	if (y == SIZE_MAX && !clusters)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "which column holds the truth? name it with -y COLUMN");
	b->truth = y == SIZE_MAX ? NULL : &t->col[y];
	b->weight = w == SIZE_MAX ? NULL : &t->col[w];
	b->group = g == SIZE_MAX ? NULL : &t->col[g];
	int rc = find_pred(b, err);
	if (clusters && !rc && (b->plan->score || b->plan->prob.n || b->plan->positive))
		rc = ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--score, --prob and --positive are for classes, not for clusters");
	if (rc || clusters)
		return rc;
	if (b->plan->score)
		rc = pick_one(t, b->plan->score, &b->score, err);
	if (!rc)
		rc = ml_scoring_find_probs(b, err);
	if (!rc && !b->pred && !b->score && !b->n_prob)
		rc = ml_fail(err, ML_EDATA, "E-COLUMNS",
			     "no column '%spred': name the predictions with --pred, --prob or "
			     "--score",
			     SHOW(b->plan->prefix));
	return rc;
}

/* ---- task ---- */

static int choose_task(struct ml_scoring *s, const struct ml_bound *b, const struct ml_run *run,
		       struct ml_error *err)
{
	const struct ml_column *y = b->truth, *pred = b->pred;
	bool numbers = y && y->kind == ML_NUMBER && pred && pred->kind == ML_NUMBER;

	if (b->plan->task >= 0)
		s->rows.task = (enum ml_metric_task)b->plan->task;
	else
		s->rows.task =
			numbers && !b->score && !b->n_prob ? ML_FOR_NUMBERS : ML_FOR_CLASSES;
	if (s->rows.task != ML_FOR_NUMBERS)
		return ML_OK;
	if (!pred)
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "no column '%spred': name the predictions with --pred",
			       SHOW(b->plan->prefix));
	int rc = ml_scoring_check_numbers(b, y, "the truth is missing", err);
	if (!rc)
		rc = ml_scoring_check_numbers(b, pred, "the prediction is missing", err);
	if (!rc && b->plan->task < 0 && run->warn && ml_few_whole(y->num, b->table->rows) &&
	    ml_few_whole(pred->num, b->table->rows))
		run->warn(
			run->user, "W-TASK", SIZE_MAX,
			"'%s' and '%s' have at most 20 whole values and are taken as numbers; "
			"--task classify takes them as classes",
			SHOW(y->name), SHOW(pred->name));
	return rc;
}

/* ---- classes ---- */

int ml_scoring_code(struct ml_scoring *s, const struct ml_bound *b, const struct ml_column *c,
		    const char *what, int32_t **code, struct ml_error *err)
{
	if (check_present(b, c, what, err))
		return err->code;
	if (!(*code = ml_alloc(b->table->rows, sizeof **code, err)))
		return err->code;
	int rc =
		ml_labels_column(&s->labels, c, b->table->rows, ML_SCORING_CLASSES, *code, err);
	if (rc == ML_EDATA)
		ml_context(err, "column '%s', taken as classes", SHOW(c->name));
	return rc;
}

static void warn_labels(const struct ml_labels *l, const struct ml_run *run)
{
	if (!l->one[0] || !run->warn)
		return;
	run->warn(run->user, "W-LABELS", SIZE_MAX,
		  l->numeric ? "labels are compared as numbers: '%s' and '%s' are one class"
			     : "labels are compared as text: '%s' and '%s' are two classes",
		  l->one, l->other);
}

static int choose_positive(struct ml_scoring *s, const struct ml_bound *b, struct ml_error *err)
{
	const char *positive = b->plan->positive;
	size_t k = s->labels.n;

	s->rows.classes = k;
	s->rows.positive = k <= 2 ? k - 1 : 0;
	if (positive && k > 2)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--positive is for two classes, there are %zu; METRIC:CLASS tells "
			"the metric of one class",
			k);
	if (positive)
		s->rows.positive = ml_labels_find(&s->labels, positive);
	if (b->score && k > 2)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--score is for two classes, there are %zu; give --prob one "
			       "column a class",
			       k);
	return ML_OK;
}

static int bind_classes(struct ml_scoring *s, const struct ml_bound *b,
			const struct ml_run *run, struct ml_error *err)
{
	struct ml_labels *l = &s->labels;
	size_t rows = b->table->rows;

	l->numeric = b->truth->kind == ML_NUMBER && (!b->pred || b->pred->kind == ML_NUMBER);
	int rc = ml_scoring_code(s, b, b->truth, "the truth is missing", &s->y, err);
	if (!rc && b->pred)
		rc = ml_scoring_code(s, b, b->pred, "the prediction is missing", &s->pred, err);
	if (!rc)
		rc = ml_scoring_prob_labels(b, l, err);
	for (size_t c = 0; !rc && b->plan->classes && c < b->plan->classes->n; c++)
		rc = ml_labels_add(l, b->plan->classes->name[c], err);
	size_t known = rc ? 0 : l->levels->n;
	if (!rc && b->plan->positive)
		rc = ml_labels_add(l, b->plan->positive, err);
	if (!rc && l->levels->n > known && known > 1)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "--positive '%s' is no class of '%s'",
			     SHOW(b->plan->positive), SHOW(b->truth->name));
	if (!rc)
		rc = ml_labels_sort(l, err);
	if (!rc)
		rc = choose_positive(s, b, err);
	if (rc)
		return rc;
	warn_labels(l, run);
	ml_labels_rank(l, s->y, rows);
	if (s->pred)
		ml_labels_rank(l, s->pred, rows);
	if (b->score && ml_scoring_check_numbers(b, b->score, "the score is missing", err))
		return err->code;
	s->rows.score = b->score ? b->score->num : NULL;
	if (b->n_prob)
		rc = ml_scoring_read_probs(s, b, err);
	if (!rc && s->prob && !s->pred && l->n > 1)
		rc = ml_scoring_pick_classes(s, err);
	s->rows.y = s->y;
	s->rows.pred = s->pred;
	return rc;
}

static int bind_weights(struct ml_scoring *s, const struct ml_bound *b, struct ml_error *err)
{
	const struct ml_column *w = b->weight;
	bool some = false;

	if (!w)
		return ML_OK;
	if (ml_scoring_check_numbers(b, w, "the weight is missing", err))
		return err->code;
	for (size_t i = 0; i < b->table->rows; i++) {
		if (!(w->num[i] >= 0))
			return ml_scoring_bad_cell(b, w, i, "E-RANGE", "the weight is negative",
						   err);
		some |= w->num[i] > 0;
	}
	if (!some)
		return ml_fail(err, ML_EDATA, "E-NOROWS", "every row has weight 0");
	s->rows.w = w->num;
	return ML_OK;
}

/* Rows of a group have one code.  Most metrics do not look at them, so a missing one is told
 * only when one does. */
static int bind_groups(struct ml_scoring *s, const struct ml_bound *b, struct ml_error *err)
{
	size_t rows = b->table->rows;
	struct ml_labels l = { 0 };

	if (!b->group || s->rows.task != ML_FOR_NUMBERS)
		return ML_OK;
	if (!(s->group = ml_alloc(rows, sizeof *s->group, err)))
		return err->code;
	l.numeric = b->group->kind == ML_NUMBER;
	int rc = ml_labels_column(&l, b->group, rows, SIZE_MAX, s->group, err);
	for (size_t i = 0; !rc && !s->groupless && i < rows; i++)
		s->groupless = s->group[i] < 0 ? i + 1 : 0;
	s->rows.group = s->groupless ? NULL : s->group;
	ml_labels_release(&l);
	return rc;
}

int ml_scoring_init(struct ml_scoring *s, const struct ml_table *t,
		    const struct ml_scoring_plan *plan, const struct ml_run *run,
		    struct ml_error *err)
{
	struct ml_bound b = { .table = t, .plan = plan };

	*s = (struct ml_scoring){ .rows = { .n = t->rows } };
	int rc = bind_columns(&b, err);
	if (!rc)
		rc = choose_task(s, &b, run, err);
	if (!rc)
		rc = bind_weights(s, &b, err);
	if (!rc)
		rc = bind_groups(s, &b, err);
	if (!rc && s->rows.task == ML_FOR_CLASSES)
		rc = bind_classes(s, &b, run, err);
	if (!rc && s->rows.task == ML_FOR_NUMBERS) {
		s->rows.truth = b.truth->num;
		s->rows.value = b.pred->num;
	}
	if (!rc && s->rows.task == ML_FOR_CLUSTERS)
		rc = ml_scoring_clusters(s, &b, run, err);
	if (!rc)
		s->truth_name = b.truth ? b.truth->name : "";
	free(b.prob);
	return rc;
}

/* ---- some of the rows ---- */

static double *take_reals(const double *v, size_t across, const size_t *row, size_t n,
			  struct ml_error *err)
{
	double *part = ml_alloc(n * across, sizeof *part, err);

	for (size_t i = 0; part && i < n; i++)
		memcpy(part + i * across, v + row[i] * across, across * sizeof *v);
	return part;
}

static int32_t *take_codes(const int32_t *v, const size_t *row, size_t n, struct ml_error *err)
{
	int32_t *part = ml_alloc(n, sizeof *part, err);

	for (size_t i = 0; part && i < n; i++)
		part[i] = v[row[i]];
	return part;
}

int ml_scoring_take(struct ml_scoring *part, const struct ml_scoring *s, const size_t *row,
		    size_t n, struct ml_error *err)
{
	const struct ml_scored *from = &s->rows;
	size_t k = from->classes;

	*part = (struct ml_scoring){ .rows = *from,
				     .truth_name = s->truth_name,
				     .most_pairs = s->most_pairs,
				     .seed = s->seed };
	bool ok =
		(!from->truth || (part->truth = take_reals(from->truth, 1, row, n, err))) &&
		(!from->value || (part->value = take_reals(from->value, 1, row, n, err))) &&
		(!from->w || (part->w = take_reals(from->w, 1, row, n, err))) &&
		(!from->score || (part->score = take_reals(from->score, 1, row, n, err))) &&
		(!from->prob.v || (part->prob = take_reals(from->prob.v, k, row, n, err))) &&
		(!from->x.v || (part->x = take_reals(from->x.v, from->x.cols, row, n, err))) &&
		(!from->group || (part->group = take_codes(from->group, row, n, err))) &&
		(!from->y || (part->y = take_codes(from->y, row, n, err))) &&
		(!from->pred || (part->pred = take_codes(from->pred, row, n, err)));
	part->rows.n = n;
	part->rows.truth = part->truth;
	part->rows.value = part->value;
	part->rows.w = part->w;
	part->rows.score = part->score;
	part->rows.prob = (struct ml_mat){ part->prob, n, k, k };
	part->rows.group = part->group;
	part->rows.y = part->y;
	part->rows.pred = part->pred;
	part->rows.x = (struct ml_mat){ part->x, n, from->x.cols, from->x.cols };
	part->rows.sample = NULL;
	return ok ? ml_scoring_sample(part, err) : err->code;
}

void ml_scoring_release(struct ml_scoring *s)
{
	ml_labels_release(&s->labels);
	free(s->y);
	free(s->pred);
	free(s->group);
	free(s->prob);
	free(s->truth);
	free(s->value);
	free(s->score);
	free(s->w);
	free(s->x);
	free(s->sample);
	free(s->is_truth);
	free(s->is_pred);
	*s = (struct ml_scoring){ 0 };
}
