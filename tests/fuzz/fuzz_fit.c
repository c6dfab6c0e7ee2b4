/* fuzz_fit.c - a table made of bytes, an estimator with options made of bytes: a finite model
 * or an error, in time; then through a stream, and asked about other rows.
 *
 * Input: estimator, task and choices of the plan, the options (NAME=VALUE, each up to a
 * newline, an empty line ends them), rows, columns, then cells. */
#include "models.h"

#include <time.h>

#include "core/train.h"

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const struct ml_model *choose_model(struct choices *c)
{
	size_t n = 0, at = choose(c, 64);

	while (ml_models[n])
		n++;
	return ml_models[at % n];
}

/* Texts stay until *lines is freed. */
static void choose_options(struct choices *c, const struct ml_model *m, void *opts,
			   char **lines, size_t *n)
{
	struct ml_error err;

	ml_opt_defaults(m->opts, opts);
	for (*n = 0; *n < 8 && c->n;) {
		char *line = lines[(*n)++] = choose_text(c, '\n'), *equals = strchr(line, '=');
		if (!*line)
			break;
		if (equals)
			*equals = '\0';
		/* Fits that are asked to take long are stopped by the deadline. */
		(void)!ml_opt_set(m->opts, opts, line, equals ? equals + 1 : NULL, &err);
	}
}

static struct ml_table *choose_table(struct choices *c, enum ml_kind target, size_t rows)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	static const enum ml_kind kinds[] = { ML_NUMBER, ML_NUMBER, ML_NUMBER, ML_CATEGORY };
	struct ml_error err;
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);
	unsigned cols = choose(c, 5);

	t->rows = rows;
	add_column(t, "y", target, c)->role = ML_TARGET;
	for (unsigned j = 0; j <= cols; j++) {
		unsigned how = choose(c, 16);
		struct ml_column *column = add_column(t, names[j], kinds[how % 4], c);
		column->dummy = how / 4 == 3 && column->kind == ML_NUMBER;
	}
	if (choose(c, 4) == 1)
		add_column(t, "w", ML_NUMBER, c)->role = ML_WEIGHT;
	return t;
}

static void must_be_finite(const struct ml_fields *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct ml_field *v = &f->v[i];
		if (v->type == ML_FIELD_MAP)
			must_be_finite(v->u.map);
		MUST(v->type != ML_FIELD_REAL || !isinf(v->u.real));
		for (size_t k = 0; v->type == ML_FIELD_REALS && k < v->n; k++)
			MUST(!isinf(v->u.reals[k]));
	}
}

static void check_model(struct ml_pipeline *p, struct choices *c)
{
	struct ml_pipeline back = { 0 };
	struct ml_fields f = { 0 };
	struct ml_error err, again;
	struct ml_slot *slots = NULL;
	struct ml_table t = { .rows = 12 };
	struct ml_mat a = { 0 }, b = { 0 };
	size_t n = 0;

	MUST(!ml_step_save(&p->step[p->n - 1], &f, &err));
	must_be_finite(&f);
	ml_fields_release(&f);
	pipeline_reread(p, &back);
	show(&back);
	MUST(!ml_pipeline_source(p, 0, &slots, &n, &err));
	for (size_t k = 0; k < n; k++)
		add_column(&t, slots[k].name, slots[k].kind, c);
	int rc = predict(p, &t, &a, &err);
	MUST(predict(&back, &t, &b, &again) == rc);
	if (!rc)
		MUST(a.rows == b.rows && a.cols == b.cols &&
		     (!a.rows || !memcmp(a.v, b.v, a.rows * a.cols * sizeof *a.v)));
	explain(&back, &t);
	free(a.v);
	free(b.v);
	ml_table_release(&t);
	ml_slots_free(slots, n);
	ml_pipeline_release(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	static const char *const scales[] = { NULL, "none", "standard", "robust" };
	static const char *const imputes[] = { NULL, "none", "median", "mean" };
	struct choices c = { v, n };
	const struct ml_model *m = choose_model(&c);
	unsigned how = choose(&c, 64), words = choose(&c, 4);
	void *opts = calloc(1, m->opts_size + 1);
	char *lines[8];
	size_t n_lines = 0;

	choose_options(&c, m, opts, lines, &n_lines);
	struct ml_train_plan plan = {
		.model = m,
		.opts = opts,
		.task = how & 1 ? (how & 2 ? ML_CLASSIFY : ML_REGRESS) : 0,
		.scale = scales[how >> 2 & 3],
		.impute = imputes[how >> 4 & 3],
	};
	struct ml_table *t =
		choose_table(&c, words == 1 ? ML_CATEGORY : ML_NUMBER, 1 + choose(&c, 40));
	struct ml_pipeline p = { 0 };
	struct ml_error err = { 0 };
	double begun = now(CLOCK_PROCESS_CPUTIME_ID);
	struct ml_run run = { .threads = 1, .seed = 1, .deadline = now(CLOCK_MONOTONIC) + 0.2 };

	int rc = ml_train(&p, t, &plan, &run, &err);
	/* Of this process, since the machine may be busy. */
	MUST(now(CLOCK_PROCESS_CPUTIME_ID) < begun + 2);
	if (rc)
		must_tell(rc, &err);
	else
		check_model(&p, &c);
	ml_pipeline_release(&p);
	ml_table_free(t);
	ml_opt_release(m->opts, opts);
	free(opts);
	while (n_lines)
		free(lines[--n_lines]);
	return 0;
}
