/* test_linear.c - what linear models promise beside accuracy: which columns are dropped, what
 * is warned of, refused, and how penalties, weights and separable classes behave. */
#include <stdarg.h>
#include <stdlib.h>

#include "base/rng.h"
#include "models/model.h"
#include "test.h"

/* A fit: options as "name=value" words, the tags of its warnings, the result. */
struct fitted {
	const struct ml_model *m;
	void *state;
	int rc;
	struct ml_error err;
	struct ml_report rep;
	char warnings[128]; /* "W-RANK:2 W-COND " */
	double coef[3 * 64];
};

static void warn(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	struct fitted *f = user;
	size_t used = strlen(f->warnings);
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	CHECK(text[0]);
	if (column == SIZE_MAX)
		snprintf(f->warnings + used, sizeof f->warnings - used, "%s ", tag);
	else
		snprintf(f->warnings + used, sizeof f->warnings - used, "%s:%zu ", tag, column);
}

static void fit(struct fitted *f, const char *name, const char *options, struct ml_problem *p)
{
	struct ml_run run = { .threads = 1, .deadline = INFINITY, .user = f, .warn = warn };
	char words[256], *save = words;

	*f = (struct fitted){ .m = ml_model_find(name) };
	f->state = calloc(1, f->m->state_size);
	void *opts = calloc(1, f->m->opts_size);
	ml_opt_defaults(f->m->opts, opts);
	snprintf(words, sizeof words, "%s", options);
	while (*save) {
		char *option = save, *value = strchr(save, '=');
		save += strcspn(save, " ");
		if (*save)
			*save++ = '\0';
		*value++ = '\0';
		CHECK(!ml_opt_set(f->m->opts, opts, option, value, &f->err));
	}
	f->rc = f->m->fit(f->state, p, opts, &run, &f->rep, &f->err);
	free(opts);
	if (f->rc || !f->m->coefficients)
		return;
	size_t rows = f->m->coefficient_rows(f->state), cols = p->x.cols + 1;
	struct ml_mat out = { f->coef, rows, cols, cols };
	if (rows * cols <= sizeof f->coef / sizeof *f->coef)
		f->m->coefficients(f->state, &out);
}

static void done(struct fitted *f)
{
	f->m->release(f->state);
	free(f->state);
}

enum { N = 60, P = 4 };
struct made {
	double x[N * P], y[N], w[N];
	struct ml_problem p;
};

static void make(struct made *d)
{
	struct ml_rng r;

	ml_rng_init(&r, 11, "linear", 0);
	for (size_t i = 0; i < N; i++) {
		for (size_t j = 0; j < P; j++)
			d->x[i * P + j] = ml_rng_uniform(&r) * 3.7 - 1.2;
		d->y[i] =
			2.385 - 0.7 * d->x[i * P] + 1.9 * d->x[i * P + 2] + ml_rng_uniform(&r);
		d->w[i] = 0.5 + ml_rng_uniform(&r);
	}
	d->p = (struct ml_problem){ .x = { d->x, N, P, P }, .y = d->y, .task = ML_REGRESS };
}

TEST("linear: a dependent column is dropped with W-RANK, the later one of two")
{
	struct made d;
	struct fitted f, g;

	make(&d);
	for (size_t i = 0; i < N; i++)
		d.x[i * P + 2] = 1.5 - 2 * d.x[i * P + 1] + 1e-3 * d.x[i * P];
	fit(&f, "linear", "", &d.p);
	CHECK(!f.rc && f.coef[2] == 0 && f.coef[1] != 0);
	SAME_TEXT(f.warnings, "W-RANK:2 ");
	/* The rest is what a fit without that column gives. */
	for (size_t i = 0; i < N; i++)
		d.x[i * P + 2] = d.x[i * P + 3];
	d.p.x.cols = 3;
	fit(&g, "linear", "", &d.p);
	NEAR(f.coef[0], g.coef[0], 1e-13, "refined to the last bits");
	NEAR(f.coef[1], g.coef[1], 1e-13, "refined to the last bits");
	NEAR(f.coef[3], g.coef[2], 1e-13, "refined to the last bits");
	NEAR(f.coef[4], g.coef[3], 1e-13, "refined to the last bits");
	double stats[(P + 1) * 3];
	struct ml_mat table = { stats, P + 1, 3, 3 };
	f.m->statistics(f.state, &table);
	CHECK(isnan(stats[2 * 3]) && stats[3 * 3] > 0);
	done(&g);
	done(&f);
}

TEST("linear: nearly collinear columns are kept, with W-COND")
{
	struct made d;
	struct fitted f;

	make(&d);
	for (size_t i = 0; i < N; i++)
		d.x[i * P + 2] = d.x[i * P + 1] * (1 + 1e-11 * d.x[i * P]);
	fit(&f, "linear", "", &d.p);
	CHECK(!f.rc);
	SAME_TEXT(f.warnings, "W-COND ");
	done(&f);
}

TEST("linear: fewer rows than parameters is E-TOOFEW; as many leave no standard errors")
{
	struct made d;
	struct fitted f;

	make(&d);
	d.p.x.rows = 4;
	fit(&f, "linear", "", &d.p);
	CHECK(f.rc == ML_EDATA);
	SAME_TEXT(f.err.tag, "E-TOOFEW");
	done(&f);
	d.p.x.rows = 5;
	fit(&f, "linear", "", &d.p);
	double stats[(P + 1) * 3];
	struct ml_mat table = { stats, P + 1, 3, 3 };
	CHECK(!f.rc);
	f.m->statistics(f.state, &table);
	for (size_t i = 0; i < (P + 1) * 3; i++)
		CHECK(isnan(stats[i]));
	done(&f);
}

TEST("linear: weight 2 is the row twice, in the standard errors too")
{
	struct made d;
	struct fitted f, g;
	double x[2 * N * P], y[2 * N], two[N], a[(P + 1) * 3], b[(P + 1) * 3];
	struct ml_mat ta = { a, P + 1, 3, 3 }, tb = { b, P + 1, 3, 3 };

	make(&d);
	memcpy(x, d.x, sizeof d.x);
	memcpy(x + N * P, d.x, sizeof d.x);
	memcpy(y, d.y, sizeof d.y);
	memcpy(y + N, d.y, sizeof d.y);
	for (size_t i = 0; i < N; i++)
		two[i] = 2;
	struct ml_problem twice = { .x = { x, 2 * N, P, P }, .y = y, .task = ML_REGRESS };
	d.p.w = two;
	fit(&f, "linear", "", &d.p);
	fit(&g, "linear", "", &twice);
	f.m->statistics(f.state, &ta);
	g.m->statistics(g.state, &tb);
	for (size_t j = 0; j <= P; j++)
		NEAR(f.coef[j], g.coef[j], 1e-14, "refined to the last bits");
	for (size_t k = 0; k < (P + 1) * 3; k++)
		NEAR(a[k], b[k], 1e-12, "QR of twice the rows");
	done(&g);
	done(&f);
}

TEST("linear: columns of 1e308 and 1e-308 do no harm, an impossible coefficient is E-RANGE")
{
	struct made d;
	struct fitted f, g;

	make(&d);
	fit(&f, "linear", "", &d.p);
	for (size_t i = 0; i < N; i++) {
		d.x[i * P] *= 0x1p1021;
		d.x[i * P + 1] *= 0x1p-1000;
	}
	fit(&g, "linear", "", &d.p);
	CHECK(!f.rc && !g.rc);
	/* Powers of two: the same numbers, but where the coefficient is subnormal. */
	NEAR(ldexp(g.coef[0], 1021), f.coef[0], 1e-14, "refined to the last bits");
	NEAR(ldexp(g.coef[1], -1000), f.coef[1], 1e-14, "refined to the last bits");
	NEAR(g.coef[2], f.coef[2], 1e-14, "refined to the last bits");
	done(&g);
	for (size_t i = 0; i < N; i++)
		d.y[i] *= 0x1p900;
	fit(&g, "linear", "", &d.p);
	CHECK(g.rc == ML_EDATA);
	SAME_TEXT(g.err.tag, "E-RANGE");
	done(&g);
	done(&f);
}

TEST("linear: an offset is taken out, and without an intercept there is none")
{
	struct made d;
	struct fitted f, g;
	double off[N];

	make(&d);
	for (size_t i = 0; i < N; i++)
		off[i] = 0.3 * d.x[i * P + 1] - 4;
	fit(&f, "linear", "", &d.p);
	d.p.offset = off;
	fit(&g, "linear", "", &d.p);
	NEAR(g.coef[1], f.coef[1] - 0.3, 1e-14, "rounding of y - offset");
	NEAR(g.coef[4], f.coef[4] + 4, 1e-14, "rounding of y - offset");
	done(&g);
	fit(&g, "linear", "intercept=no", &d.p);
	CHECK(!g.rc && g.coef[4] == 0);
	done(&g);
	done(&f);
}

/* Largest gradient of the ridge objective at the coefficients of f, relative to the largest of
 * its parts: 0 at the optimum. */
static double ridge_gradient(const struct fitted *f, const struct made *d, double alpha)
{
	size_t p = d->p.x.cols;
	double worst = 0;

	for (size_t j = 0; j <= p; j++) {
		double sum = 0, parts = 0;
		for (size_t i = 0; i < d->p.x.rows; i++) {
			const double *row = d->p.x.v + i * d->p.x.ld;
			double r = d->y[i] - f->coef[p], u = j < p ? row[j] : 1;
			for (size_t l = 0; l < p; l++)
				r -= row[l] * f->coef[l];
			sum += (d->p.w ? d->w[i] : 1) * u * r;
			parts += fabs(u * r);
		}
		sum -= j < p ? alpha * f->coef[j] : 0;
		worst = fmax(worst, fabs(sum) / parts);
	}
	return worst;
}

TEST("ridge: the gradient is 0, by cross products and by the kernel, with weights")
{
	struct made d;
	struct fitted f;

	make(&d);
	d.p.w = d.w;
	fit(&f, "ridge", "alpha=2.5", &d.p);
	NEAR(ridge_gradient(&f, &d, 2.5), 0, 1e-14, "rounding of this very sum");
	done(&f);
	/* The same numbers as 8 rows of 30 columns. */
	d.p.x = (struct ml_mat){ d.x, 8, 30, 30 };
	fit(&f, "ridge", "alpha=0.25", &d.p);
	CHECK(!f.rc);
	NEAR(ridge_gradient(&f, &d, 0.25), 0, 1e-12, "rounding of a kernel of condition 100");
	done(&f);
	fit(&f, "ridge", "alpha=1e-30", &d.p);
	CHECK(f.rc == ML_EDATA);
	SAME_TEXT(f.err.tag, "E-RANGE");
	done(&f);
	fit(&f, "ridge", "alpha=0", &d.p);
	CHECK(f.rc == ML_EDATA);
	SAME_TEXT(f.err.tag, "E-TOOFEW");
	done(&f);
}

TEST("ridge: alpha 0 is least squares, dependent columns dropped; a penalty keeps them")
{
	struct made d;
	struct fitted f, g;

	make(&d);
	fit(&f, "ridge", "alpha=0", &d.p);
	fit(&g, "linear", "", &d.p);
	for (size_t j = 0; j <= P; j++)
		NEAR(f.coef[j], g.coef[j], 1e-14, "refined to the last bits");
	done(&g);
	done(&f);
	for (size_t i = 0; i < N; i++)
		d.x[i * P + 3] = d.x[i * P];
	fit(&f, "ridge", "alpha=0", &d.p);
	SAME_TEXT(f.warnings, "W-RANK:3 ");
	done(&f);
	fit(&f, "ridge", "alpha=1", &d.p);
	SAME_TEXT(f.warnings, "");
	NEAR(f.coef[0], f.coef[3], 1e-14, "two equal columns share alike");
	done(&f);
}

/* Tables of one column, as x[0..n), classes y[0..n). */
static void separable(const double *x, const double *y, size_t n, size_t k, const char *options,
		      const char *warnings)
{
	struct fitted f;
	double copy[16];
	struct ml_problem p = {
		.x = { copy, n, 1, 1 }, .y = y, .nclass = k, .task = ML_CLASSIFY
	};

	memcpy(copy, x, n * sizeof *x);
	fit(&f, "logistic", options, &p);
	CHECK(!f.rc && f.rep.iters < 100);
	SAME_TEXT(f.warnings, warnings);
	for (size_t i = 0; i < 2; i++)
		CHECK(isfinite(f.coef[i]));
	done(&f);
}

TEST("logistic: separable classes with almost no penalty end finite, with W-SEPARATED")
{
	static const double x[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	static const double y[] = { 0, 0, 0, 0, 0, 1, 1, 1, 1, 1 };
	static const double three[] = { 0, 0, 0, 1, 1, 1, 2, 2, 2, 2 };
	static const double u[] = { 1, 2, 3, 3, 4, 5 }, v[] = { 0, 0, 0, 1, 1, 1 };
	static const double mixed[] = { 0, 0, 1, 0, 1, 0, 1, 1, 0, 1 };

	separable(x, y, 10, 2, "C=1", "");
	separable(x, y, 10, 2, "C=1e9", "W-SEPARATED ");
	separable(x, y, 10, 2, "penalty=none", "W-SEPARATED ");
	separable(x, three, 10, 3, "C=1", "");
	separable(x, three, 10, 3, "C=1e9", "W-SEPARATED ");
	separable(x, three, 10, 3, "penalty=none", "W-SEPARATED ");
	separable(u, v, 6, 2, "C=1", "");
	separable(u, v, 6, 2, "C=1e9", "W-SEPARATED ");
	separable(u, v, 6, 2, "penalty=none", "W-SEPARATED ");
	separable(x, mixed, 10, 2, "C=1e9", "");
	separable(x, mixed, 10, 2, "penalty=none", "");
}

TEST("logistic: blocks and diagonal reach the optimum of the exact Hessian")
{
	/* 40 classes x 21 numbers go by blocks, 1,100 columns by the diagonal. */
	enum { ROWS = 900, WIDE = 1100 };
	double *x = malloc((size_t)ROWS * WIDE * sizeof *x), y[ROWS];
	struct ml_rng r;
	struct fitted f;

	ml_rng_init(&r, 2, "blocks", 0);
	for (size_t i = 0; i < (size_t)ROWS * WIDE; i++)
		x[i] = ml_rng_uniform(&r) - 0.5;
	for (size_t i = 0; i < ROWS; i++)
		y[i] = (double)ml_rng_below(&r, 40);
	struct ml_problem p = {
		.x = { x, ROWS, 20, WIDE }, .y = y, .nclass = 40, .task = ML_CLASSIFY
	};
	fit(&f, "logistic", "tol=1e-12", &p);
	CHECK(!f.rc && f.rep.converged && f.rep.iters < 20);
	double objective = f.rep.objective;
	done(&f);
	/* Columns of zeros do not change the optimum, but the way to it. */
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 20; j < WIDE; j++)
			x[i * WIDE + j] = 0;
	p.x.cols = WIDE;
	fit(&f, "logistic", "tol=1e-12", &p);
	CHECK(!f.rc && f.rep.converged);
	NEAR(f.rep.objective / objective, 1, 1e-13, "both gradients are below 1e-12");
	done(&f);
	free(x);
}

TEST("logistic: many rows begin with a sample and end at the same optimum, with weights")
{
	enum { ROWS = 200000, COLS = 3 };
	double *x = malloc((size_t)ROWS * COLS * sizeof *x), *y = malloc(2 * ROWS * sizeof *y);
	struct ml_rng r;
	struct fitted f;

	ml_rng_init(&r, 4, "sample", 0);
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = 0; j < COLS; j++)
			x[i * COLS + j] = 2 * ml_rng_uniform(&r) - 1;
		y[i] = ml_rng_uniform(&r) <
		       1 / (1 + exp(-0.4 - 2 * x[i * COLS] + x[i * COLS + 2]));
		y[ROWS + i] = 0.5 + ml_rng_uniform(&r);
	}
	struct ml_problem p = { .x = { x, ROWS, COLS, COLS },
				.y = y,
				.w = y + ROWS,
				.nclass = 2,
				.task = ML_CLASSIFY };
	fit(&f, "logistic", "", &p);
	CHECK(!f.rc && f.rep.converged);
	double grad[COLS + 1] = { 0 };
	for (size_t i = 0; i < ROWS; i++) {
		double s = f.coef[COLS];
		for (size_t j = 0; j < COLS; j++)
			s += x[i * COLS + j] * f.coef[j];
		double off = y[ROWS + i] * (1 / (1 + exp(-s)) - y[i]);
		for (size_t j = 0; j <= COLS; j++)
			grad[j] += off * (j < COLS ? x[i * COLS + j] : 1);
	}
	for (size_t j = 0; j <= COLS; j++)
		NEAR(grad[j] + (j < COLS ? f.coef[j] : 0), 0, 1e-8,
		     "200000 terms of this plain sum");
	done(&f);
	free(y);
	free(x);
}

TEST("dummy: the weighted median, the majority, no columns at all")
{
	double y[] = { 5, 1, 9, 3 }, w[] = { 1, 1, 2, 2 }, class[] = { 2, 0, 2, 1 }, out[3];
	struct ml_problem p = { .x = { y, 4, 0, 0 }, .y = y, .w = w, .task = ML_REGRESS };
	struct ml_mat none = { y, 1, 0, 0 }, got = { out, 1, 1, 3 };
	struct fitted f;

	/* 1 3 3 5 9 9: halfway between 3 and 5. */
	fit(&f, "dummy", "strategy=median", &p);
	CHECK(!f.rc && !f.m->predict(f.state, &none, &got, &f.err) && out[0] == 4);
	done(&f);
	fit(&f, "dummy", "strategy=prior", &p);
	CHECK(f.rc == ML_EUSAGE);
	done(&f);
	p = (struct ml_problem){
		.x = p.x, .y = class, .w = w, .nclass = 3, .task = ML_CLASSIFY
	};
	got.cols = 3;
	fit(&f, "dummy", "strategy=most-frequent", &p);
	CHECK(!f.rc && !f.m->predict(f.state, &none, &got, &f.err));
	CHECK(out[0] == 0 && out[1] == 0 && out[2] == 1);
	done(&f);
	fit(&f, "dummy", "", &p);
	CHECK(!f.rc && !f.m->predict(f.state, &none, &got, &f.err));
	NEAR(out[0] * 6, 1, 1e-15, "one division");
	NEAR(out[2] * 6, 3, 1e-15, "one division");
	done(&f);
}

int main(void)
{
	return ml_tests_run();
}
