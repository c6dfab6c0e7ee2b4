/* test_space.c - spaces of search: what users write, scales, conditions, text and back. */
#include "search/space.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/rng.h"
#include "test.h"

struct svm {
	double c, tol;
	struct ml_pick_real gamma;
	int kernel, penalty;
	int64_t degree, size;
	bool shrink;
	const char *note;
};

static const char *const kernels[] = { "linear", "rbf", "poly", NULL };
static const char *const penalties[] = { "l2", "none", NULL };
static const char *const gammas[] = { "scale", NULL };

#define AT(field, type) .offset = ML_FIELD(struct svm, field, type)
/* clang-format off */
static const struct ml_opt table[] = {
	{ .name = "C", .type = ML_REAL, .def = "1", .lo = 1e-12, .hi = 1e12, .arg = "X", AT(c, double),
	  .tune = { ML_LOG, 1e-3, 1e3 }, .when = "penalty=l2", .help = "weight of the loss" },
	{ .name = "penalty", .type = ML_PICK, .def = "l2", .picks = penalties, .arg = "P",
	  AT(penalty, int), .help = "not searched" },
	{ .name = "gamma", .type = ML_PICK_REAL, .def = "scale", .picks = gammas, .lo = 0, .hi = INFINITY,
	  .arg = "G", .when = "kernel=rbf|poly", AT(gamma, struct ml_pick_real),
	  .tune = { ML_LOG, 1e-4, 10 }, .help = "width" },
	{ .name = "kernel", .type = ML_PICK, .def = "rbf", .picks = kernels, .arg = "WHICH",
	  AT(kernel, int), .tune = { ML_LINEAR, 0, 0 }, .help = "the kernel" },
	{ .name = "degree", .type = ML_INT, .def = "3", .lo = 1, .hi = 9, .arg = "N",
	  .when = "kernel=poly", AT(degree, int64_t), .tune = { ML_LINEAR, 2, 5 }, .help = "degree" },
	{ .name = "shrink", .type = ML_BOOL, .def = "yes", AT(shrink, bool),
	  .tune = { ML_LINEAR, 0, 0 }, .help = "shrink" },
	{ .name = "tol", .type = ML_REAL, .def = "0.1", .lo = 0, .hi = 1, .arg = "X", AT(tol, double),
	  .tune = { ML_LINEAR, 0.01, 0.5 }, .when = "penalty=none", .help = "never, by default" },
	{ .name = "size", .type = ML_INT, .def = "3", .lo = 1, .hi = 9, .arg = "N",
	  AT(size, int64_t), .help = "not searched" },
	{ .name = "note", .type = ML_TEXT, .arg = "TEXT", AT(note, const char *), .help = "a text" },
	ML_OPT_END
};
/* clang-format on */

/* A space of the parameters given, NULL-ended. */
static struct ml_space space_of(const char *const *texts)
{
	struct ml_space s = { 0 };
	struct ml_error err = { 0 };

	for (; *texts; texts++)
		if (ml_space_add(&s, *texts, &err)) {
			printf("# %s\n", err.msg);
			ml_test_failed++;
		}
	return s;
}
#define SPACE(...) space_of((const char *const[]){ __VA_ARGS__, NULL })

static const char *text_of(const struct ml_space *s, size_t param, double value,
			   struct ml_buf *b)
{
	ml_buf_clear(b);
	ml_space_text(s, param, value, b);
	return ml_buf_str(b);
}

static const char *spec_of(const struct ml_space *s, size_t param, struct ml_buf *b)
{
	ml_buf_clear(b);
	ml_space_spec(s, param, b);
	return ml_buf_str(b);
}

TEST("ranges: whole ones are written without point and exponent, others say so")
{
	struct ml_space s = SPACE("a=2:12", "b=0.5:2", "C=log:1e-3:1e3:7", "d=real:1:2",
				  "e=whole:1e1:1e3", "f.g-h_1=log-whole:1:1024:11", "h=1:1e2");

	static const struct {
		enum ml_param_kind kind;
		bool log;
		double lo, hi;
		size_t points;
	} want[] = {
		{ ML_PARAM_WHOLE, false, 2, 12, 0 },    { ML_PARAM_REAL, false, 0.5, 2, 0 },
		{ ML_PARAM_REAL, true, 1e-3, 1e3, 7 },  { ML_PARAM_REAL, false, 1, 2, 0 },
		{ ML_PARAM_WHOLE, false, 10, 1000, 0 }, { ML_PARAM_WHOLE, true, 1, 1024, 11 },
		{ ML_PARAM_REAL, false, 1, 100, 0 },
	};
	CHECK(s.n == 7);
	for (size_t i = 0; i < s.n; i++) {
		CHECK(s.v[i].kind == want[i].kind && s.v[i].log == want[i].log);
		CHECK(s.v[i].lo == want[i].lo && s.v[i].hi == want[i].hi);
		CHECK(s.v[i].points == want[i].points && s.v[i].parent == SIZE_MAX);
	}
	CHECK(ml_space_find(&s, "f.g-h_1") == 5 && ml_space_find(&s, "g") == SIZE_MAX);
	ml_space_release(&s);
	CHECK(!s.v && !s.n);
}

TEST("choices: words stay in order, numbers are put in order, backslashes escape")
{
	struct ml_space s =
		SPACE("k=rbf,poly,linear", "n=64,8,1e1", "one=x", "odd=a\\,b,c\\:d,e\\\\f,g|h",
		      "cmd=ml-feat --scale standard,none");
	struct ml_buf b = { 0 };
	struct ml_error err = { 0 };
	double v = -1;

	CHECK(s.v[0].choices == 3 && !s.v[0].size);
	SAME_TEXT(text_of(&s, 0, 2, &b), "linear");
	CHECK(s.v[1].choices == 3 && s.v[1].size && s.v[1].size[2] == 64);
	SAME_TEXT(text_of(&s, 1, 1, &b), "1e1");
	CHECK(!ml_space_value(&s, 1, "10", &v, &err) && v == 1);
	CHECK(s.v[2].choices == 1);
	SAME_TEXT(text_of(&s, 3, 0, &b), "a,b");
	SAME_TEXT(text_of(&s, 3, 1, &b), "c:d");
	SAME_TEXT(text_of(&s, 3, 2, &b), "e\\f");
	SAME_TEXT(text_of(&s, 3, 3, &b), "g|h");
	SAME_TEXT(text_of(&s, 4, 0, &b), "ml-feat --scale standard");
	ml_buf_release(&b);
	ml_space_release(&s);
}

TEST("conditions: a parameter is active with its parent's choices, and when the parent is")
{
	struct ml_space s =
		SPACE("algorithm=svm,ridge,a\\|b", "kernel=rbf,poly,linear if algorithm=svm",
		      "gamma=log:1e-3:1 if kernel=rbf|poly", "z=1:3 if algorithm=a\\|b|ridge");
	double p[] = { 0, 1, 0.1, 2 };

	CHECK(ml_space_active(&s, p, 2) && !ml_space_active(&s, p, 3));
	ml_space_tidy(&s, p);
	CHECK(p[0] == 0 && p[1] == 1 && p[2] == 0.1 && isnan(p[3]));
	p[1] = 2;
	CHECK(!ml_space_active(&s, p, 2));
	double q[] = { 2, 1, 0.1, 2 };
	CHECK(!ml_space_active(&s, q, 2));
	ml_space_tidy(&s, q);
	CHECK(isnan(q[1]) && isnan(q[2]) && q[3] == 2);
	CHECK(!ml_space_active(&s, q, 2) && ml_space_active(&s, q, 3));
	ml_space_release(&s);
}

TEST("what cannot be meant is refused, with a reason")
{
	static const char *const cases[][2] = {
		{ "C", "parameter 'C': a parameter is NAME=LO:HI or NAME=A,B,C" },
		{ "=1:2",
		  "parameter '=1:2': a name has letters, digits and . _ - only, and does not "
		  "begin with -" },
		{ "-a=1:2",
		  "parameter '-a=1:2': a name has letters, digits and . _ - only, and does "
		  "not begin with -" },
		{ "k=1:2", "parameter 'k=1:2': there is a parameter of this name" },
		{ "a=2:2",
		  "parameter 'a=2:2': the range is empty: LO:HI needs LO below HI (a single "
		  "value is written alone)" },
		{ "a=log:0:2", "parameter 'a=log:0:2': a logarithmic range begins above 0" },
		{ "a=-1e308:1e308", "parameter 'a=-1e308:1e308': the range is too wide" },
		{ "a=whole:0.5:3",
		  "parameter 'a=whole:0.5:3': the ends are not whole numbers" },
		{ "a=whole:0:1e16", "parameter 'a=whole:0:1e16': whole numbers go up to 2^53" },
		{ "a=1:2:0",
		  "parameter 'a=1:2:0': what follows LO:HI is how many points a grid takes" },
		{ "a=1:2:3:4",
		  "parameter 'a=1:2:3:4': what follows LO:HI is how many points a grid takes" },
		{ "a=lin:1:2",
		  "parameter 'a=lin:1:2': no range LO:HI of numbers, nor log:, real:, "
		  "whole:, log-whole: before one (a text with a colon is written with "
		  "\\:)" },
		{ "a=log:",
		  "parameter 'a=log:': no range LO:HI of numbers, nor log:, real:, whole:, "
		  "log-whole: before one (a text with a colon is written with \\:)" },
		{ "a=1:2,5",
		  "parameter 'a=1:2,5': a range cannot be one of several choices (a text "
		  "with a colon is written with \\:)" },
		{ "a=", "parameter 'a=': a choice is empty" },
		{ "a=x,,y", "parameter 'a=x,,y': a choice is empty" },
		{ "a=x,y,x", "parameter 'a': the choice 'x' stands twice" },
		{ "a=1,2,1.0", "parameter 'a': the choice '1.0' stands twice" },
		{ "a=1:2 if other=x",
		  "parameter 'a=1:2 if other=x': no earlier parameter 'other'" },
		{ "a=1:2 if kk=x",
		  "parameter 'a=1:2 if kk=x': no earlier parameter 'kk' (did you mean 'k'?)" },
		{ "a=1:2 if k=z", "parameter 'a=1:2 if k=z': 'z' is no choice of 'k'" },
		{ "a=1:2 if n=3",
		  "parameter 'a=1:2 if n=3': a condition is about choices, not about a range" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ml_space s = SPACE("k=x,y", "n=1:9");
		struct ml_error err = { 0 };

		CHECK(ml_space_add(&s, cases[i][0], &err) == ML_EUSAGE);
		SAME_TEXT(err.msg, cases[i][1]);
		CHECK(err.tag && !strcmp(err.tag, "E-USAGE") && s.n == 2);
		ml_space_release(&s);
	}
}

TEST("a value that a text cannot mean is refused")
{
	struct ml_space s = SPACE("k=rbf,poly", "n=1:9", "C=log:0.001:1000");
	static const struct {
		size_t param;
		const char *text, *why;
	} cases[] = {
		{ 0, "ploy",
		  "parameter 'k': 'ploy' is none of its choices (did you mean 'poly'?)" },
		{ 0, "zzz", "parameter 'k': 'zzz' is none of its choices" },
		{ 1, "2.5", "parameter 'n': '2.5' is not a whole number" },
		{ 1, "", "parameter 'n': '' is not a number" },
		{ 1, "10", "parameter 'n': 10 is out of range (1..9)" },
		{ 2, "nan", "parameter 'C': 'nan' is not a number" },
		{ 2, "1e-4", "parameter 'C': 1e-4 is out of range (0.001..1000)" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ml_error err = { 0 };
		double v = 2.385;

		CHECK(ml_space_value(&s, cases[i].param, cases[i].text, &v, &err) == ML_EUSAGE);
		SAME_TEXT(err.msg, cases[i].why);
		CHECK(v == 2.385);
	}
	ml_space_release(&s);
}

TEST("values at u lie inside, have short texts that read back equal, and lead back to u")
{
	struct ml_space s =
		SPACE("a=-3:12", "b=0.123456789:2.3", "c=log:1.23456789e-5:1e4",
		      "d=log-whole:1:100000", "e=1e6:1000001", "f=-1e-9:1e9", "g=x,y,z",
		      "h=log:1e-300:1e300", "i=whole:-9007199254740992:9007199254740992");
	struct ml_buf b = { 0 };
	struct ml_rng rng;

	ml_rng_init(&rng, 7, "test-space", 0);
	for (size_t j = 0; j < s.n; j++)
		for (size_t k = 0; k < 300; k++) {
			const struct ml_param *p = &s.v[j];
			double u = k == 0 ? 0 : k == 1 ? 1 : ml_rng_uniform(&rng), back = -1;
			double v = ml_space_at(&s, j, u), again = ml_space_unit(&s, j, v);
			struct ml_error err;

			CHECK(p->kind == ML_PARAM_CHOICE ? v >= 0 && v < 3
							 : v >= p->lo && v <= p->hi);
			CHECK(!ml_space_value(&s, j, text_of(&s, j, v, &b), &back, &err));
			CHECK(back == v && ml_space_round(&s, j, v) == v);
			CHECK(again >= 0 && again <= 1 && ml_space_at(&s, j, again) == v);
			/* Six digits of the value are 1e-5 of the width at most; cells are
			 * wider. */
			double cells = p->kind == ML_PARAM_CHOICE ? 3 : p->hi - p->lo + 1;
			if (p->kind == ML_PARAM_REAL)
				NEAR(again, u, 2e-5, "six digits");
			else if (!p->log)
				CHECK(fabs(again - u) <= 0.5 / cells + 1e-15);
		}
	SAME_TEXT(text_of(&s, 1, ml_space_at(&s, 1, 1. / 3), &b), "0.848971");
	SAME_TEXT(text_of(&s, 4, ml_space_at(&s, 4, 1. / 3), &b), "1000000.33333");
	SAME_TEXT(text_of(&s, 2, ml_space_at(&s, 2, 0), &b), "0.0000123457");
	ml_buf_release(&b);
	ml_space_release(&s);
}

TEST("whole numbers and choices share the unit scale evenly")
{
	struct ml_space s = SPACE("a=1:4", "b=p,q,r", "c=log-whole:1:3");
	size_t count[3][4] = { 0 };

	for (size_t k = 0; k < 1200; k++) {
		double u = ((double)k + 0.5) / 1200;
		count[0][(size_t)ml_space_at(&s, 0, u) - 1]++;
		count[1][(size_t)ml_space_at(&s, 1, u)]++;
		count[2][(size_t)ml_space_at(&s, 2, u) - 1]++;
	}
	for (size_t k = 0; k < 4; k++)
		CHECK(count[0][k] == 300 && (k == 3 || count[1][k] == 400));
	/* The shares of [log k - 1/2, log k + 1/2] in [log 1/2, log 7/2]. */
	for (size_t k = 0; k < 3; k++) {
		double share = log((2. * (double)k + 3) / (2. * (double)k + 1)) / log(7);
		CHECK(fabs((double)count[2][k] - 1200 * share) <= 1);
	}
	ml_space_release(&s);
}

TEST("options: types, ranges and conditions become parameters")
{
	struct ml_space s = { 0 };
	struct ml_error err = { 0 };
	struct ml_buf b = { 0 };
	static const char *const want[] = {
		"C=log:0.001:1000", /* penalty is not searched, and l2 unless told otherwise */
		"kernel=linear,rbf,poly",
		"gamma=log:0.0001:10 if kernel=rbf|poly",
		"degree=whole:2:5 if kernel=poly",
		"shrink=yes,no",
	};

	CHECK(!ml_opt_check(table, &err));
	CHECK(!ml_space_add_options(&s, table, "", SIZE_MAX, 0, &err));
	CHECK(s.n == 5);
	for (size_t i = 0; i < s.n; i++)
		SAME_TEXT(spec_of(&s, i, &b), want[i]);
	ml_buf_release(&b);
	ml_space_release(&s);
}

TEST("options of one choice among algorithms; what the user said stays")
{
	struct ml_space s = SPACE("algorithm=ridge,svm", "svm.kernel=rbf,linear", "svm.C=1,10");
	struct ml_error err = { 0 };
	struct ml_buf b = { 0 };
	static const char *const want[] = {
		"algorithm=ridge,svm",
		"svm.kernel=rbf,linear if algorithm=svm",
		"svm.C=1,10 if algorithm=svm",
		"svm.gamma=log:0.0001:10 if svm.kernel=rbf",
		"svm.shrink=yes,no if algorithm=svm",
	}; /* svm.degree: its condition kernel=poly never holds */

	CHECK(!ml_space_add_options(&s, table, "svm.", 0, 1, &err));
	CHECK(s.n == 5);
	for (size_t i = 0; i < s.n; i++)
		SAME_TEXT(spec_of(&s, i, &b), want[i]);
	ml_buf_release(&b);
	ml_space_release(&s);
}

TEST("specs are read back to the same space")
{
	struct ml_space s = SPACE("a=log:1e-300:1e300:9", "w=log-whole:1:64",
				  "k=a\\,b,c\\:d,\\\\,x|y,p\\ if q=r",
				  "n=3,1,2 if k=a\\,b|\\\\|x\\|y", "m=-2:3 if n=2");
	struct ml_space again = { 0 };
	struct ml_buf b = { 0 }, c = { 0 };
	struct ml_error err = { 0 };

	CHECK(s.n == 5 && s.v[2].choices == 5);
	for (size_t i = 0; i < s.n; i++) {
		CHECK(!ml_space_add(&again, spec_of(&s, i, &b), &err));
		SAME_TEXT(spec_of(&again, i, &c), ml_buf_str(&b));
	}
	struct ml_buf json[2] = { 0 };
	ml_space_json(&s, NULL, &(struct ml_json){ .out = &json[0] });
	ml_space_json(&again, NULL, &(struct ml_json){ .out = &json[1] });
	SAME_TEXT(ml_buf_str(&json[0]), ml_buf_str(&json[1]));
	ml_buf_release(&json[0]);
	ml_buf_release(&json[1]);
	ml_buf_release(&b);
	ml_buf_release(&c);
	ml_space_release(&s);
	ml_space_release(&again);
}

TEST("a space as JSON")
{
	struct ml_space s = SPACE("k=rbf,poly", "g=log:0.01:10:4 if k=rbf", "n=1:8");
	struct ml_buf b = { 0 };

	ml_space_json(&s, NULL, &(struct ml_json){ .out = &b });
	SAME_TEXT(ml_buf_str(&b),
		  "[{\"name\":\"k\",\"kind\":\"choice\",\"choices\":[\"rbf\",\"poly\"],"
		  "\"spec\":\"k=rbf,poly\"},"
		  "{\"name\":\"g\",\"kind\":\"real\",\"scale\":\"log\",\"min\":0.01,\"max\":10,"
		  "\"points\":4,\"if\":{\"name\":\"k\",\"is\":[\"rbf\"]},"
		  "\"spec\":\"g=log:0.01:10:4 if k=rbf\"},"
		  "{\"name\":\"n\",\"kind\":\"whole\",\"scale\":\"linear\",\"min\":1,\"max\":8,"
		  "\"spec\":\"n=whole:1:8\"}]");
	ml_buf_release(&b);
	ml_space_release(&s);
}

int main(void)
{
	return ml_tests_run();
}
