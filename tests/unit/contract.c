/* contract.c - every estimator of models.def is held to the laws of models/model.h.  A new
 * estimator needs no line here: its tasks, flags and option table say what applies.
 *
 * Data are made, of high entropy, with ties and weights; sizes are small, so that this stays a
 * matter of seconds for dozens of estimators.  Takes long. */
#include <stdlib.h>

#include "fitted.h"

/* Predictions for all rows, the extra ones too; owned by the caller. */
static double *predict_all(const void *state, const struct data *d)
{
	size_t k = ml_model_width(now, state), n = d->n + EXTRA;
	double *v = malloc(n * k * sizeof *v);
	struct ml_mat x = { d->x, n, d->p, d->p }, out = { v, n, k, k };

	for (size_t i = 0; i < n * k; i++)
		v[i] = NAN;
	LAW_RC(now->predict(state, &x, &out, &err));
	return v;
}

static size_t outputs(const void *state, const struct data *d)
{
	if (d->problem.task == ML_CLUSTER)
		return 1 + (now->per_row ? 1 : now->per_cluster ? now->clusters(state) : 0);
	return d->problem.nclass ? d->problem.nclass : 1;
}

static void shapes(const struct data *d)
{
	struct state s = state_fit(&d->problem, &one_thread);

	LAW_RC(s.rc);
	size_t k = ml_model_width(now, s.v), n = d->n + EXTRA;
	double *v = predict_all(s.v, d);
	LAW(k == outputs(s.v, d));
	for (size_t i = 0; i < n; i++) {
		double sum = 0;
		for (size_t c = 0; c < k; c++) {
			sum += v[i * k + c];
			LAW(isfinite(v[i * k + c]));
			if (d->problem.nclass)
				LAW(v[i * k + c] >= 0 && v[i * k + c] <= 1);
		}
		if (d->problem.nclass)
			LAW(fabs(sum - 1) <= 1e-12);
	}
	LAW(isfinite(s.rep.objective));
	free(v);
	state_free(&s);
}

TEST("every model: shapes, finite predictions, probabilities that sum to 1")
{
	for_tasks(shapes, ROWS);
}

/* A cluster and what is told of each: of memberships its own is the largest, of distances the
 * smallest. */
static void one_row(const double *v, size_t k)
{
	double sum = 0;

	LAW(v[0] == floor(v[0]) && v[0] >= -1 && v[0] < (double)k);
	if (now->per_row)
		LAW(v[1] >= 0 && v[1] <= 1 && (v[0] >= 0 || v[1] == 0));
	size_t own = v[0] >= 0 ? (size_t)v[0] : 0;
	if (!now->per_cluster)
		return;
	bool shares = !strcmp(now->per_cluster, "prob");
	for (size_t c = 0; c < k; c++) {
		LAW(v[1 + c] >= 0 && (!shares || v[1 + c] <= 1));
		if (v[0] >= 0)
			LAW(shares ? v[1 + c] <= v[1 + own] : v[1 + c] >= v[1 + own]);
		sum += v[1 + c];
	}
	LAW(!shares || fabs(sum - 1) <= 1e-12);
}

static void clusters(const struct data *d)
{
	if (d->problem.task != ML_CLUSTER) {
		LAW(!now->clusters || now->tasks & ML_CLUSTER);
		return;
	}
	struct state s = state_fit(&d->problem, &one_thread);
	size_t n = d->n + EXTRA, k = now->clusters(s.v), width = ml_model_width(now, s.v);
	double *v = predict_all(s.v, d), *size = calloc(k + 1, sizeof *size), sum = 0, all = 0;

	LAW(!now->per_cluster || !strcmp(now->per_cluster, "prob") ||
	    !strcmp(now->per_cluster, "dist"));
	LAW(!now->per_row || (!now->per_cluster && !strcmp(now->per_row, "strength")));
	for (size_t i = 0; i < n; i++)
		one_row(v + i * width, k);
	now->sizes(s.v, size);
	for (size_t c = 0; c <= k; c++) {
		LAW(size[c] >= 0);
		sum += size[c];
	}
	for (size_t i = 0; i < d->n; i++)
		all += d->w[i];
	LAW(fabs(sum - all) <= 1e-9 * all);
	if (now->centres) {
		double *at = calloc(k * COLS + 1, sizeof *at);
		struct ml_mat centre = { at, k, COLS, COLS };
		now->centres(s.v, &centre);
		for (size_t i = 0; i < k * COLS; i++)
			LAW(isfinite(at[i]));
		free(at);
	}
	free(size);
	free(v);
	state_free(&s);
}

TEST("every model: clusters, memberships that sum to 1 or distances, sizes that add up")
{
	for_tasks(clusters, ROWS);
}

/* The same predictions within tol, which is relative to the largest. */
static void same_predictions(const struct data *d, const struct ml_problem *a,
			     const struct ml_problem *b, double tol)
{
	struct state s = state_fit(a, &one_thread), t = state_fit(b, &one_thread);

	LAW_RC(s.rc);
	LAW_RC(t.rc);
	if (!s.rc && !t.rc) {
		size_t size = (d->n + EXTRA) * ml_model_width(now, s.v);
		double *u = predict_all(s.v, d), *v = predict_all(t.v, d), worst = 0, most = 0;
		LAW(ml_model_width(now, s.v) == ml_model_width(now, t.v));
		for (size_t i = 0; i < size; i++) {
			worst = fmax(worst, fabs(u[i] - v[i]));
			most = fmax(most, fabs(u[i]));
		}
		LAW(worst <= tol * fmax(most, 1));
		free(v);
		free(u);
	}
	state_free(&t);
	state_free(&s);
}

static void weights(const struct data *d)
{
	struct ml_problem rows = d->problem;
	size_t n = 0;
	double *x = malloc(3 * ROWS * COLS * sizeof *x), *y = malloc(3 * ROWS * sizeof *y);

	if (!(now->flags & ML_SAMPLES_ROWS)) {
		for (size_t i = 0; i < d->n; i++)
			for (int t = 0; t < (int)d->w[i]; t++, n++) {
				memcpy(x + n * COLS, d->x + i * COLS, COLS * sizeof *x);
				y[n] = d->y[i];
			}
		rows.x = (struct ml_mat){ x, n, COLS, COLS };
		rows.y = d->problem.y ? y : NULL;
		rows.w = NULL;
		same_predictions(d, &d->problem, &rows, 1e-9);
	}
	free(y);
	free(x);
}

TEST("every model: weight 2 equals the row twice")
{
	for_tasks(weights, ROWS);
}

static void order(const struct data *d)
{
	struct ml_problem turned = d->problem;
	double *x = malloc(ROWS * COLS * sizeof *x), *y = malloc(2 * ROWS * sizeof *y);
	size_t *at = malloc(ROWS * sizeof *at);
	struct ml_rng r;

	if (!(now->flags & ML_SAMPLES_ROWS)) {
		ml_rng_init(&r, 5, "order", 0);
		for (size_t i = 0; i < ROWS; i++)
			at[i] = i;
		ml_rng_shuffle(&r, at, ROWS);
		for (size_t i = 0; i < ROWS; i++) {
			memcpy(x + i * COLS, d->x + at[i] * COLS, COLS * sizeof *x);
			y[i] = d->y[at[i]];
			y[ROWS + i] = d->w[at[i]];
		}
		turned.x.v = x;
		turned.y = d->problem.y ? y : NULL;
		turned.w = y + ROWS;
		same_predictions(d, &d->problem, &turned, 1e-9);
	}
	free(at);
	free(y);
	free(x);
}

TEST("every model: the order of rows does not matter")
{
	for_tasks(order, ROWS);
}

/* Saved fields are the model: equal when they are equal in every byte. */
static bool same_fields(const struct ml_fields *a, const struct ml_fields *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct ml_field *u = &a->v[i], *v = &b->v[i];
		if (strcmp(u->name, v->name) || u->type != v->type || u->n != v->n)
			return false;
		if ((u->type == ML_FIELD_SIZE && u->u.size != v->u.size) ||
		    (u->type == ML_FIELD_REAL &&
		     memcmp(&u->u.real, &v->u.real, sizeof u->u.real)) ||
		    (u->type == ML_FIELD_TEXT && strcmp(u->u.text, v->u.text)) ||
		    (u->type == ML_FIELD_BYTES && u->n &&
		     memcmp(u->u.bytes, v->u.bytes, u->n)) ||
		    (u->type == ML_FIELD_REALS && u->n &&
		     memcmp(u->u.reals, v->u.reals, u->n * sizeof *u->u.reals)) ||
		    (u->type == ML_FIELD_INTS && u->n &&
		     memcmp(u->u.ints, v->u.ints, u->n * sizeof *u->u.ints)) ||
		    (u->type == ML_FIELD_MAP && !same_fields(u->u.map, v->u.map)))
			return false;
		for (size_t k = 0; u->type == ML_FIELD_TEXTS && k < u->n; k++)
			if (strcmp(u->u.texts[k], v->u.texts[k]))
				return false;
	}
	return true;
}

static void threads(const struct data *d)
{
	struct state first = state_fit(&d->problem, &one_thread);
	struct ml_fields want = saved(&first);

	for (int t = 1; t <= 8; t = t == 1 ? 2 : t == 2 ? 3 : t + 5) {
		struct ml_run run = one_thread;
		run.threads = t;
		struct state s = state_fit(&d->problem, &run);
		struct ml_fields got = saved(&s);
		LAW_RC(s.rc);
		LAW(same_fields(&want, &got));
		ml_fields_release(&got);
		state_free(&s);
	}
	ml_fields_release(&want);
	state_free(&first);
}

/* The estimator gets its features as columns where it can, and is none the wiser. */
static void columns(const struct data *d)
{
	struct ml_problem turned = d->problem;
	const struct ml_mat *x = &d->problem.x;
	double *v = malloc(x->rows * x->cols * sizeof *v);
	const double *col[COLS];

	if (now->flags & ML_TAKES_COLUMNS) {
		for (size_t j = 0; j < x->cols; j++) {
			col[j] = v + j * x->rows;
			for (size_t i = 0; i < x->rows; i++)
				v[j * x->rows + i] = x->v[i * x->ld + j];
		}
		turned.x.v = NULL;
		turned.col = col;
		struct state a = state_fit(&d->problem, &one_thread);
		struct state b = state_fit(&turned, &one_thread);
		struct ml_fields f = { 0 }, g = { 0 };

		LAW_RC(a.rc);
		LAW_RC(b.rc);
		now->save(a.v, &f);
		now->save(b.v, &g);
		LAW(same_fields(&f, &g));
		ml_fields_release(&f);
		ml_fields_release(&g);
		state_free(&a);
		state_free(&b);
	}
	free(v);
}

TEST("every model: columns give the same bytes as rows")
{
	for_tasks(columns, MANY);
}

TEST("every model: the same seed gives the same bytes, for 1 to 8 threads")
{
	for_tasks(threads, MANY);
}

/* The row at i alone, in a matrix with another stride and other numbers behind it. */
static void alone(const struct data *d)
{
	struct state s = state_fit(&d->problem, &one_thread);
	size_t k = ml_model_width(now, s.v);
	double *all = predict_all(s.v, d), *v = malloc((k + 3) * sizeof *v), row[COLS + 2];

	for (size_t i = 0; i < d->n + EXTRA; i++) {
		struct ml_mat x = { row, 1, COLS, COLS + 2 }, out = { v, 1, k, k + 3 };
		memcpy(row, d->x + i * COLS, COLS * sizeof *row);
		row[COLS] = row[COLS + 1] = NAN;
		LAW_RC(now->predict(s.v, &x, &out, &err));
		LAW(!memcmp(v, all + i * k, k * sizeof *v));
	}
	free(v);
	free(all);
	state_free(&s);
}

TEST("every model: a row alone gets the same bits as in a batch")
{
	for_tasks(alone, ROWS);
}

static void deviations(const struct data *d)
{
	if (!now->deviations || d->problem.task != ML_REGRESS)
		return;
	struct state s = state_fit(&d->problem, &one_thread);
	size_t n = d->n + EXTRA;
	double *plain = predict_all(s.v, d), *v = malloc(2 * n * sizeof *v), alone_v[5];
	struct ml_mat x = { d->x, n, COLS, COLS }, out = { v, n, 2, 2 };

	LAW_RC(now->deviations(s.v, &x, &out, &err));
	for (size_t i = 0; i < n; i++) {
		struct ml_mat one = { d->x + i * COLS, 1, COLS, COLS },
			      o = { alone_v, 1, 2, 5 };
		LAW(v[2 * i] == plain[i]);
		LAW(isfinite(v[2 * i + 1]) && v[2 * i + 1] >= 0);
		LAW_RC(now->deviations(s.v, &one, &o, &err));
		LAW(!memcmp(alone_v, v + 2 * i, 2 * sizeof *v));
	}
	free(v);
	free(plain);
	state_free(&s);
}

TEST("every model: deviations stand behind the same predictions, alone as in a batch")
{
	for_tasks(deviations, ROWS);
}

static void reload(const struct data *d)
{
	struct state s = state_fit(&d->problem, &one_thread), t = { 0 };
	struct ml_fields f = saved(&s), again;

	t.v = calloc(1, now->state_size + 1);
	t.rc = now->load(t.v, now->format, &f, &err);
	LAW_RC(t.rc);
	if (!t.rc) {
		size_t k = ml_model_width(now, s.v);
		double *u = predict_all(s.v, d), *v = predict_all(t.v, d);
		LAW(ml_model_width(now, t.v) == k);
		LAW(!memcmp(u, v, (d->n + EXTRA) * k * sizeof *u));
		again = saved(&t);
		LAW(same_fields(&f, &again));
		ml_fields_release(&again);
		free(v);
		free(u);
	}
	ml_fields_release(&f);
	state_free(&t);
	state_free(&s);
}

TEST("every model: saved and loaded it predicts the same bits")
{
	for_tasks(reload, ROWS);
}

static void stops(const struct data *d)
{
	static const volatile bool yes = true;
	struct ml_run stop = one_thread, late = one_thread;

	stop.stop = &yes;
	late.deadline = -INFINITY;
	for (int t = 0; t < 2; t++) {
		struct state s = state_fit(&d->problem, t ? &late : &stop);
		if (!s.rc) {
			double *v = predict_all(s.v, d);
			for (size_t i = 0; i < (d->n + EXTRA) * ml_model_width(now, s.v); i++)
				LAW(isfinite(v[i]));
			free(v);
		} else {
			LAW(err.code == s.rc);
		}
		state_free(&s);
	}
}

TEST("every model: told to stop it ends with a valid model or an error")
{
	for_tasks(stops, ROWS);
}

/* A table whose numbers overflow in most formulas: an error, or a finite model. */
static void huge(const struct data *d)
{
	struct data big = *d;

	big.x = malloc((ROWS + EXTRA) * COLS * sizeof *big.x);
	big.y = malloc(ROWS * sizeof *big.y);
	for (size_t i = 0; i < (ROWS + EXTRA) * COLS; i++)
		big.x[i] = d->x[i] * (i % COLS == 0 ? 4e307 : i % COLS == 1 ? 1e-307 : 1);
	for (size_t i = 0; i < ROWS; i++)
		big.y[i] = d->problem.nclass ? d->y[i] : d->y[i] * 5e305;
	big.problem.x.v = big.x;
	big.problem.y = d->problem.y ? big.y : NULL;
	struct state s = state_fit(&big.problem, &one_thread);
	struct ml_fields f = saved(&s);
	for (size_t i = 0; i < f.n; i++) {
		if (f.v[i].type == ML_FIELD_REAL)
			LAW(!isinf(f.v[i].u.real));
		for (size_t k = 0; f.v[i].type == ML_FIELD_REALS && k < f.v[i].n; k++)
			LAW(!isinf(f.v[i].u.reals[k]));
	}
	ml_fields_release(&f);
	state_free(&s);
	free(big.y);
	free(big.x);
}

TEST("every model: no infinity leaves a fit, whatever the scale")
{
	for_tasks(huge, ROWS);
}

TEST("every model: its option table is sound, its name in order")
{
	for (const struct ml_model *const *m = ml_models; *m; m++) {
		now = *m;
		if (now->opts)
			LAW_RC(ml_opt_check(now->opts, &err));
		LAW(m == ml_models || strcmp(m[-1]->name, now->name) < 0);
		LAW(ml_model_find(now->name) == now);
		LAW(now->tasks && now->format >= 1 && now->summary);
		LAW(!now->coefficients == !now->coefficient_rows);
		LAW(!now->statistics == !now->stats);
		LAW(!now->contributions == !now->scores);
		LAW(!(now->tasks & ML_CLUSTER) || (now->clusters && now->sizes));
	}
	CHECK(!ml_model_find("no such model"));
}

static void coefficients(const struct data *d)
{
	struct state s = state_fit(&d->problem, &one_thread);
	size_t rows = now->coefficients ? now->coefficient_rows(s.v) : 0, cols = COLS + 1;
	double *v = malloc((rows + 1) * cols * sizeof *v);
	struct ml_mat out = { v, rows, cols, cols };

	if (rows) {
		LAW(rows == 1 || rows == d->problem.nclass);
		now->coefficients(s.v, &out);
		for (size_t i = 0; i < rows * cols; i++)
			LAW(isfinite(v[i]));
	}
	if (now->statistics) {
		size_t k = 0;
		while (now->stats[k])
			k++;
		double *t = malloc(cols * k * sizeof *t);
		struct ml_mat table = { t, cols, k, k };
		now->statistics(s.v, &table);
		for (size_t i = 0; i < cols * k; i++)
			LAW(!isinf(t[i]));
		free(t);
	}
	if (now->importances) {
		double gain[COLS] = { 0 };
		now->importances(s.v, gain);
		for (size_t j = 0; j < COLS; j++)
			LAW(isfinite(gain[j]) && gain[j] >= 0);
	}
	if (now->splits) {
		double count[COLS] = { 0 };
		now->splits(s.v, count);
		for (size_t j = 0; j < COLS; j++)
			LAW(count[j] >= 0 && count[j] == floor(count[j]));
	}
	free(v);
	state_free(&s);
}

TEST("every model: coefficients, statistics, importances are numbers")
{
	for_tasks(coefficients, ROWS);
}

/* Predictions from k scores: themselves, a probability of two, or of many. */
static bool predicts(const double *score, size_t k, const double *out, size_t width)
{
	double same = 0, two = 0, many = 0, sum = 0, top = score[0];

	for (size_t c = 0; c < k; c++)
		top = fmax(top, score[c]);
	for (size_t c = 0; c < k; c++)
		sum += exp(score[c] - top);
	for (size_t c = 0; c < width && width == k; c++) {
		same = fmax(same, fabs(score[c] - out[c]) / fmax(fabs(out[c]), 1));
		many = fmax(many, fabs(exp(score[c] - top) / sum - out[c]));
	}
	if (k == 1 && width == 2)
		two = fabs(1 / (1 + exp(-score[0])) - out[1]);
	else if (width != k)
		return false;
	return width == 2 && k == 1 ? two <= 1e-9 : fmin(same, many) <= 1e-9;
}

static void contributions(const struct data *d)
{
	if (!now->contributions)
		return;
	struct state s = state_fit(&d->problem, &one_thread);
	size_t n = d->n + EXTRA, k = now->scores(s.v), wide = k * (COLS + 1),
	       width = ml_model_width(now, s.v);
	double *all = malloc(n * wide * sizeof *all), *v = malloc((wide + 3) * sizeof *v);
	double *pred = predict_all(s.v, d), *score = malloc(k * sizeof *score);
	double row[COLS + 2];
	struct ml_mat x = { d->x, n, COLS, COLS }, out = { all, n, wide, wide };

	LAW(k == 1 || k == d->problem.nclass);
	LAW_RC(now->contributions(s.v, &x, &out, &err));
	for (size_t i = 0; i < n; i++) {
		for (size_t c = 0; c < k; c++) {
			score[c] = 0;
			for (size_t j = 0; j <= COLS; j++)
				score[c] += all[i * wide + c * (COLS + 1) + j];
			LAW(all[i * wide + c * (COLS + 1) + COLS] ==
			    all[c * (COLS + 1) + COLS]);
		}
		LAW(predicts(score, k, pred + i * width, width));
		memcpy(row, d->x + i * COLS, COLS * sizeof *row);
		row[COLS] = row[COLS + 1] = NAN;
		x = (struct ml_mat){ row, 1, COLS, COLS + 2 };
		out = (struct ml_mat){ v, 1, wide, wide + 3 };
		LAW_RC(now->contributions(s.v, &x, &out, &err));
		LAW(!memcmp(v, all + i * wide, wide * sizeof *v));
	}
	free(score);
	free(pred);
	free(v);
	free(all);
	state_free(&s);
}

TEST("every model: contributions and base add up to the scores, alone as in a batch")
{
	for_tasks(contributions, ROWS);
}

/* Logarithms are those of the probabilities, and go on where these end. */
static void logarithms(const struct data *d)
{
	if (!now->predict_log || !d->problem.nclass)
		return;
	struct state s = state_fit(&d->problem, &one_thread);
	size_t k = ml_model_width(now, s.v), n = d->n + EXTRA;
	double *all = malloc(n * k * sizeof *all), *v = malloc((k + 3) * sizeof *v);
	double *prob = predict_all(s.v, d), row[COLS];
	struct ml_mat x = { d->x, n, COLS, COLS }, out = { all, n, k, k };

	LAW_RC(now->predict_log(s.v, &x, &out, &err));
	for (size_t i = 0; i < n; i++) {
		for (size_t c = 0; c < k; c++) {
			LAW(all[i * k + c] <= 0);
			LAW(fabs(exp(all[i * k + c]) - prob[i * k + c]) <= 1e-14);
		}
		memcpy(row, d->x + i * COLS, COLS * sizeof *row);
		x = (struct ml_mat){ row, 1, COLS, COLS };
		out = (struct ml_mat){ v, 1, k, k + 3 };
		LAW_RC(now->predict_log(s.v, &x, &out, &err));
		LAW(!memcmp(v, all + i * k, k * sizeof *v));
	}
	for (size_t j = 0; j < COLS; j++) /* far away one class is certain */
		row[j] = 1e6;
	LAW_RC(now->predict_log(s.v, &x, &out, &err));
	for (size_t c = 0; c < k; c++)
		LAW(isfinite(v[c]) && v[c] <= 0);
	free(prob);
	free(v);
	free(all);
	state_free(&s);
}

TEST("every model: logarithms of probabilities, alone as in a batch")
{
	for_tasks(logarithms, ROWS);
}

int main(void)
{
	return ml_tests_run();
}
