/* Placeholders of commands, words that name a trial, trials and studies as lines of JSON. */
#include <stdlib.h>

#include "core/trials.h"
#include "core/tunespace.h"
#include "core/tunewords.h"
#include "test.h"

static struct ml_space space_of(const char *const *params, size_t n)
{
	const char *copy[8];
	struct ml_space s = { 0 };
	struct ml_error err;

	for (size_t i = 0; i < n; i++)
		copy[i] = params[i];
	const struct ml_texts p = { copy, n }, none = { 0 };
	CHECK(!ml_tune_space(&s, &p, &none, &err));
	return s;
}

static const char *const three[] = { "C=log:0.001:1000", "kernel=rbf,a poly",
				     "gamma=log:1e-4:1 if kernel=rbf" };

/* The words of a template; point: values of three parameters. */
static void put(const char *template, const double *point, char out[200])
{
	struct ml_space s = space_of(three, 3);
	const struct ml_words_of of = { point, 17, 23, 0.25, 0 };
	struct ml_words w;
	struct ml_buf b = { 0 };
	struct ml_error err;

	CHECK(!ml_words_init(&w, template, &s, true, &err));
	ml_words_put(&w, &of, &b);
	snprintf(out, 200, "%s", ml_buf_str(&b));
	ml_buf_release(&b);
	ml_words_release(&w);
	ml_space_release(&s);
}

TEST("placeholders become values, quoted where they have to be; other braces stay")
{
	static const char *const cases[][3] = {
		/* template, kernel=rbf with gamma, kernel='a poly' without */
		{ "fit {C}", "fit 2.385", "fit 2.385" },
		{ "{set}", "--set C=2.385 --set kernel=rbf --set gamma=0.01",
		  "--set C=2.385 --set kernel='a poly'" },
		{ "-C {C} {set}", "-C 2.385 --set kernel=rbf --set gamma=0.01",
		  "-C 2.385 --set kernel='a poly'" },
		{ "{gamma:-none} {gamma:-}.", "0.01 0.01.", "none ." },
		{ "{trial}.{seed}.{budget}", "17.23.0.25", "17.23.0.25" },
		{ "awk '{ print {C} }' ${C} {} {1} { {",
		  "awk '{ print 2.385 }' ${C} {} {1} { {",
		  "awk '{ print 2.385 }' ${C} {} {1} { {" },
		{ "{{C}} {{nothing}} {fold} {model}", "{C} {nothing} {fold} {model}",
		  "{C} {nothing} {fold} {model}" },
		{ "{kernel}", "rbf", "'a poly'" },
	};
	const double rbf[] = { 2.385, 0, 0.01 }, poly[] = { 2.385, 1, NAN };
	char out[200];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		put(cases[i][0], rbf, out);
		SAME_TEXT(out, cases[i][1]);
		put(cases[i][0], poly, out);
		SAME_TEXT(out, cases[i][2]);
	}
}

TEST("a name that means nothing, or not always something, is refused")
{
	struct ml_space s = space_of(three, 3);
	struct ml_words w;
	struct ml_error err;

	CHECK(ml_words_init(&w, "{D}", &s, true, &err) == ML_EUSAGE);
	ml_words_release(&w);
	CHECK(ml_words_init(&w, "{gamma}", &s, true, &err) == ML_EUSAGE);
	ml_words_release(&w);
	CHECK(ml_words_init(&w, "{fold}", &s, false, &err) == ML_EUSAGE);
	ml_words_release(&w);
	ml_space_release(&s);
}

TEST("words become one command, quoted but for their placeholders; one word is left alone")
{
	char *const words[] = {
		(char[]){ "fit" },    (char[]){ "it's {C}" }, (char[]){ "" },
		(char[]){ "-C={C}" }, (char[]){ "{ a }" },    (char[]){ "a|b" }
	};
	struct ml_buf b = { 0 };

	ml_words_join(&b, words, 6);
	SAME_TEXT(ml_buf_str(&b), "fit 'it'\\''s '{C} '' -C={C} '{ a }' 'a|b'");
	ml_buf_clear(&b);
	ml_words_join(&b, words + 5, 1);
	SAME_TEXT(ml_buf_str(&b), "a|b");
	ml_buf_release(&b);
}

TEST("what is printed is read back as the same point")
{
	struct ml_space s = space_of(three, 3);
	char *const good[] = { (char[]){ "--set" }, (char[]){ "C=2.385" },
			       (char[]){ "--set=kernel=a poly" } };
	char *const bad[] = { (char[]){ "--set" }, (char[]){ "D=1" }, (char[]){ "C=2" } };
	struct ml_error err;
	double point[3];

	CHECK(!ml_words_read(&s, good, 3, point, &err));
	CHECK(point[0] == 2.385 && point[1] == 1 && isnan(point[2]));
	CHECK(ml_words_read(&s, bad, 2, point, &err) == ML_EUSAGE);
	CHECK(ml_words_read(&s, bad + 2, 1, point, &err) == ML_EUSAGE);
	ml_space_release(&s);
}

TEST("parameters of estimators are named without their prefix, and found by both names")
{
	static const char *const params[] = { "ridge.alpha=0.5:8.0", "algorithm=ridge,linear" };
	struct ml_space s = space_of(params, 2);
	char *const words[] = { (char[]){ "ridge" }, (char[]){ "--set" },
				(char[]){ "alpha=2.5" } };
	struct ml_words w;
	struct ml_buf b = { 0 };
	struct ml_error err;
	double point[16];

	CHECK(!ml_words_read(&s, words, 3, point, &err));
	CHECK(!ml_words_init(&w, "{set}", &s, false, &err));
	ml_words_put(&w, &(struct ml_words_of){ .point = point }, &b);
	SAME_TEXT(ml_buf_str(&b), "ridge --set alpha=2.5");
	ml_buf_release(&b);
	ml_words_release(&w);
	ml_space_release(&s);
}

TEST("a trial reads back from its line; hostile lines are refused")
{
	static const char *const bad[] = {
		"{}",
		"{\"trial\":-1,\"state\":\"done\",\"point\":{\"C\":\"1\",\"kernel\":\"a "
		"poly\"},\"value\":1}",
		"{\"trial\":1e3,\"state\":\"done\",\"point\":{\"C\":\"1\",\"kernel\":\"a "
		"poly\"},\"value\":1}",
		"{\"trial\":99999999999,\"state\":\"asked\",\"point\":{\"C\":\"1\",\"kernel\":"
		"\"a poly\"}}",
		"{\"trial\":1,\"state\":\"open\",\"point\":{\"C\":\"1\",\"kernel\":\"a "
		"poly\"},\"budget\":1}",
		"{\"trial\":1,\"state\":\"done\",\"point\":{\"C\":\"1\",\"kernel\":\"a "
		"poly\"},\"budget\":1}",
		"{\"trial\":1,\"state\":\"asked\",\"point\":{\"C\":\"1\",\"kernel\":\"a "
		"poly\"},\"budget\":0}",
		"{\"trial\":1,\"state\":\"asked\",\"point\":{\"C\":\"1\",\"kernel\":\"a "
		"poly\"},\"budget\":\"x\"}",
		"{\"trial\":1,\"state\":\"asked\",\"point\":{\"C\":\"1e9\",\"kernel\":\"a "
		"poly\"},\"budget\":1}",
		"{\"trial\":1,\"state\":\"asked\",\"point\":{\"C\":\"1\",\"kernel\":\"rbf\"},"
		"\"budget\":1}",
		"{\"trial\":1,\"state\":\"asked\",\"point\":{\"C\":1,\"kernel\":\"a "
		"poly\"},\"budget\":1}",
		"{\"trial\":1,\"state\":\"asked\",\"point\":{\"C\":\"1\",\"kernel\":\"a "
		"poly\",\"gamma\":\"1\"},"
		"\"budget\":1}",
		"{\"trial\":1,\"state\":\"asked\",\"point\":{\"C\":\"1\",\"kernel\":\"a "
		"poly\"},\"budget\":1,"
		"\"folds\":[1,\"2\"]}",
	};
	struct ml_space s = space_of(three, 3);
	double point[] = { 2.385, 1, NAN }, fold[] = { 0.125, 0.5, 0.75 };
	struct ml_tried t = { .point = point,
			      .budget = 0.25,
			      .state = ML_STATE_PRUNED,
			      .value = 0.3125,
			      .se = NAN,
			      .fold = fold,
			      .folds = 3,
			      .seconds = 1.5,
			      .cpu = NAN,
			      .bytes = 2841,
			      .peak = NAN },
			back;
	struct ml_buf b = { 0 };
	struct ml_error err;
	size_t i = 0;

	CHECK(!ml_tried_text(&t, 41, &s, &b, &err));
	json_t *line = json_loads(ml_buf_str(&b), 0, NULL);
	CHECK(!ml_tried_read(&back, &i, &s, line, &err) && i == 41);
	CHECK(back.point[0] == 2.385 && back.point[1] == 1 && isnan(back.point[2]));
	CHECK(back.state == ML_STATE_PRUNED && back.budget == 0.25 && back.value == 0.3125);
	CHECK(back.folds == 3 && back.fold[2] == 0.75 && isnan(back.se) && back.bytes == 2841);
	ml_tried_release(&back);
	json_decref(line);
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		line = json_loads(bad[k], 0, NULL);
		CHECK(line);
		if (ml_tried_read(&back, &i, &s, line, &err) != ML_EDATA) {
			printf("# case %zu\n", k);
			CHECK(false);
		}
		json_decref(line);
	}
	ml_buf_release(&b);
	ml_space_release(&s);
}

int main(void)
{
	return ml_tests_run();
}
