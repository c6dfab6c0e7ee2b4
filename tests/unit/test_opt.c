/* test_opt.c - option tables: values, ranges, names, suggestions, texts made of them. */
#include "opt/opt.h"

#include <math.h>
#include <stdlib.h>

#include "test.h"

struct forest {
	int64_t trees;
	double rate;
	bool bootstrap, verbose;
	const char *name;
	int kernel;
	struct ml_pick_real gamma;
	struct ml_texts columns;
	size_t budget;
	char delimiter;
};

static const char *const kernels[] = { "linear", "rbf", "poly", NULL };
static const char *const gammas[] = { "scale", "auto", NULL };

#define AT(field, type) .offset = ML_FIELD(struct forest, field, type)
/* clang-format off */
static const struct ml_opt table[] = {
	{ .name = "trees", .letter = 't', .alias = "n-estimators,num-trees", .type = ML_INT,
	  .def = "100", .lo = 1, .hi = 1e6, .arg = "N", AT(trees, int64_t),
	  .tune = { ML_LOG, 10, 1000 }, .help = "trees to grow" },
	{ .name = "learning-rate", .type = ML_REAL, .def = "0.1", .lo = 1e-6, .hi = 1, .arg = "X",
	  AT(rate, double), .help = "share of each tree" },
	{ .name = "bootstrap", .type = ML_BOOL, .def = "yes", AT(bootstrap, bool),
	  .help = "every tree sees all rows" },
	{ .name = "verbose", .letter = 'v', .type = ML_BOOL, .def = "no", AT(verbose, bool),
	  .help = "tell more" },
	{ .name = "name", .type = ML_TEXT, .arg = "TEXT", AT(name, const char *), .help = "a name" },
	{ .name = "kernel", .type = ML_PICK, .def = "rbf", .picks = kernels, .arg = "WHICH",
	  AT(kernel, int), .tune = { ML_LINEAR, 0, 0 }, .help = "the kernel" },
	{ .name = "gamma", .type = ML_PICK_REAL, .def = "scale", .picks = gammas, .lo = 0,
	  .hi = INFINITY, .arg = "G", .when = "kernel=rbf|poly", AT(gamma, struct ml_pick_real),
	  .help = "width of the kernel" },
	{ .name = "columns", .letter = 'c', .type = ML_TEXTS, .arg = "COLUMNS",
	  AT(columns, struct ml_texts), .help = "columns to use" },
	{ .name = "budget", .type = ML_SIZE, .def = "64K", .lo = 1, .hi = 0x1p30, .arg = "SIZE",
	  AT(budget, size_t), .help = "memory allowed" },
	{ .name = "delimiter", .type = ML_CHAR, .def = ",", .arg = "CHAR", AT(delimiter, char),
	  .help = "character between fields" },
	ML_OPT_END
};
/* clang-format on */

/* Sets one option of fresh defaults; the code of the error, whose message is left in *err. */
static int set(struct forest *f, const char *name, const char *value, struct ml_error *err)
{
	*err = (struct ml_error){ 0 };
	*f = (struct forest){ 0 };
	ml_opt_defaults(table, f);
	return ml_opt_set(table, f, name, value, err);
}

static int refused(const char *name, const char *value, const char *why)
{
	struct forest f;
	struct ml_error err;

	if (set(&f, name, value, &err) != ML_EUSAGE || !err.tag || strcmp(err.tag, "E-USAGE")) {
		printf("# --%s %s was taken\n", name, value ? value : "(none)");
		return 0;
	}
	if (strcmp(err.msg, why))
		printf("# '%s', expected '%s'\n", err.msg, why);
	return !strcmp(err.msg, why);
}

TEST("the table is right, and defaults are what it says")
{
	struct ml_error err = { 0 };
	struct forest f = { .name = "left as it was" };

	CHECK(!ml_opt_check(table, &err));
	ml_opt_defaults(table, &f);
	CHECK(f.trees == 100);
	CHECK(f.rate == 0.1);
	CHECK(f.bootstrap && !f.verbose);
	SAME_TEXT(f.name, "left as it was");
	CHECK(f.kernel == 1);
	CHECK(f.gamma.pick == 0);
	CHECK(f.columns.n == 0);
	CHECK(f.budget == 65536);
	CHECK(f.delimiter == ',');
}

TEST("whole numbers: digits or 1e3, inside the range")
{
	struct forest f;
	struct ml_error err;

	CHECK(!set(&f, "trees", "237", &err) && f.trees == 237);
	CHECK(!set(&f, "trees", "1e3", &err) && f.trees == 1000);
	CHECK(!set(&f, "trees", "1000000", &err) && f.trees == 1000000);
	CHECK(refused("trees", "1000001",
		      "option '--trees': 1000001 is out of range (1..1e6)"));
	CHECK(refused("trees", "0", "option '--trees': 0 is out of range (1..1e6)"));
	CHECK(refused("trees", "-7", "option '--trees': -7 is out of range (1..1e6)"));
	CHECK(refused("trees", "2.5", "option '--trees': '2.5' is not a whole number"));
	CHECK(refused("trees", "", "option '--trees': '' is not a whole number"));
	CHECK(refused("trees", "12x", "option '--trees': '12x' is not a whole number"));
	CHECK(refused("trees", "99999999999999999999",
		      "option '--trees': 99999999999999999999 is out of range (1..1e6)"));
}

TEST("reals: finite, inside the range")
{
	struct forest f;
	struct ml_error err;

	CHECK(!set(&f, "learning-rate", ".385", &err) && f.rate == 0.385);
	CHECK(!set(&f, "learning-rate", "1", &err) && f.rate == 1);
	CHECK(refused("learning-rate", "1.0000001",
		      "option '--learning-rate': 1.0000001 is out of range (1e-6..1)"));
	CHECK(refused("learning-rate", "nan",
		      "option '--learning-rate': 'nan' is not a number"));
	CHECK(refused("learning-rate", "inf",
		      "option '--learning-rate': 'inf' is not a number"));
	CHECK(refused("learning-rate", "0x1",
		      "option '--learning-rate': '0x1' is not a number"));
	CHECK(refused("learning-rate", "1e999",
		      "option '--learning-rate': 1e999 is beyond the largest number"));
}

TEST("bools: with a word, without, and denied by no-")
{
	struct forest f;
	struct ml_error err;

	CHECK(!set(&f, "verbose", NULL, &err) && f.verbose);
	CHECK(!set(&f, "v", NULL, &err) && f.verbose);
	CHECK(!set(&f, "verbose", "true", &err) && f.verbose);
	CHECK(!set(&f, "bootstrap", "no", &err) && !f.bootstrap);
	CHECK(!set(&f, "bootstrap", "0", &err) && !f.bootstrap);
	CHECK(!set(&f, "no-bootstrap", NULL, &err) && !f.bootstrap);
	CHECK(refused("verbose", "maybe", "option '--verbose' takes yes or no, not 'maybe'"));
	CHECK(refused("no-bootstrap", "yes", "option '--no-bootstrap' takes no value"));
	CHECK(ml_opt_find(table, "no-bootstrap") == ml_opt_find(table, "bootstrap"));
	CHECK(!ml_opt_find(table, "no-trees"));
}

TEST("words, and words or numbers")
{
	struct forest f;
	struct ml_error err;

	CHECK(!set(&f, "kernel", "poly", &err) && f.kernel == 2);
	CHECK(refused("kernel", "line",
		      "option '--kernel': 'line' is none of linear, rbf, poly"));
	CHECK(refused("kernel", "ploy",
		      "option '--kernel': 'ploy' is none of linear, rbf, poly (did you mean "
		      "'poly'?)"));
	CHECK(!set(&f, "gamma", "auto", &err) && f.gamma.pick == 1);
	CHECK(!set(&f, "gamma", "2.385", &err) && f.gamma.pick < 0 && f.gamma.value == 2.385);
	CHECK(refused("gamma", "-1", "option '--gamma': -1 is out of range (at least 0)"));
	CHECK(refused("gamma", "wide",
		      "option '--gamma': 'wide' is no number and none of scale, auto"));
}

TEST("a repeatable option keeps all its values in order")
{
	struct forest f = { 0 };
	struct ml_error err;
	static const char *const words[] = { "a", "b:c", "@num", "d", "^e",
					     "f", "g",   "h",    "i", "j" };

	for (size_t round = 0; round < 100; round++)
		CHECK(!ml_opt_set(table, &f, round % 2 ? "c" : "columns", words[round % 10],
				  &err));
	CHECK(f.columns.n == 100);
	for (size_t i = 0; i < f.columns.n; i++)
		SAME_TEXT(f.columns.v[i], words[i % 10]);
	ml_opt_release(table, &f);
	CHECK(!f.columns.v && !f.columns.n);
}

TEST("sizes and characters")
{
	struct forest f;
	struct ml_error err;

	CHECK(!set(&f, "budget", "17", &err) && f.budget == 17);
	CHECK(!set(&f, "budget", "64M", &err) && f.budget == 64u << 20);
	CHECK(!set(&f, "budget", "1.5K", &err) && f.budget == 1536);
	CHECK(refused("budget", "2G", "option '--budget': 2G is out of range (1..1G)"));
	CHECK(refused("budget", "0", "option '--budget': 0 is out of range (1..1G)"));
	CHECK(refused("budget", "M",
		      "option '--budget': 'M' is not a size (bytes, or with K, M, G, T)"));
	CHECK(refused("budget", "-1M",
		      "option '--budget': '-1M' is not a size (bytes, or with K, M, G, T)"));
	CHECK(!set(&f, "delimiter", "tab", &err) && f.delimiter == '\t');
	CHECK(!set(&f, "delimiter", "\\t", &err) && f.delimiter == '\t');
	CHECK(!set(&f, "delimiter", ";", &err) && f.delimiter == ';');
	CHECK(refused("delimiter", ";;",
		      "option '--delimiter': ';;' is not one ASCII character (or tab, space)"));
	CHECK(refused("delimiter", "",
		      "option '--delimiter': '' is not one ASCII character (or tab, space)"));
	CHECK(refused(
		"delimiter", "\xc2\xb7",
		"option '--delimiter': '\xc2\xb7' is not one ASCII character (or tab, space)"));
}

TEST("names: aliases, letters, no abbreviations, suggestions")
{
	CHECK(ml_opt_find(table, "n-estimators") == &table[0]);
	CHECK(ml_opt_find(table, "num-trees") == &table[0]);
	CHECK(ml_opt_find(table, "t") == &table[0]);
	CHECK(!ml_opt_find(table, "tree"));
	CHECK(!ml_opt_find(table, "num"));
	CHECK(!ml_opt_find(table, "n-estimators,num-trees"));
	CHECK(!ml_opt_find(table, ""));
	SAME_TEXT(ml_opt_nearest(table, "leraning-rate"), "learning-rate");
	SAME_TEXT(ml_opt_nearest(table, "learning_rate"), "learning-rate");
	CHECK(!ml_opt_nearest(table, "banana"));
	CHECK(refused("tress", "1", "unknown option '--tress' (did you mean '--trees'?)"));
	CHECK(refused("a\x1b[31m", "1", "unknown option '--a\\x1B[31m'"));
	CHECK(refused("trees", NULL, "option '--trees' needs a value N"));
}

TEST("a failed setting leaves the value as it was")
{
	struct forest f;
	struct ml_error err;

	CHECK(set(&f, "trees", "0", &err) && f.trees == 100);
	CHECK(set(&f, "learning-rate", "x", &err) && f.rate == 0.1);
	CHECK(set(&f, "gamma", "-2", &err) && f.gamma.pick == 0);
	CHECK(set(&f, "kernel", "x", &err) && f.kernel == 1);
	CHECK(set(&f, "budget", "x", &err) && f.budget == 65536);
}

TEST("a value printed is a value read")
{
	static const struct {
		const char *name, *value, *canonical;
	} cases[] = {
		{ "trees", "1e3", "1000" },
		{ "learning-rate", "0.10", "0.1" },
		{ "learning-rate", "2.385e-3", "0.002385" },
		{ "bootstrap", "0", "no" },
		{ "verbose", "true", "yes" },
		{ "name", "", "" },
		{ "name", "a b,c", "a b,c" },
		{ "kernel", "poly", "poly" },
		{ "gamma", "auto", "auto" },
		{ "gamma", "1e-30", "1e-30" },
		{ "budget", "1536", "1536" },
		{ "budget", "1024K", "1M" },
		{ "delimiter", "\t", "tab" },
		{ "delimiter", "|", "|" },
		{ "columns", "a,b", "a,b" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct forest f, again;
		struct ml_error err;
		struct ml_buf text = { 0 }, text_again = { 0 };
		const struct ml_opt *o = ml_opt_find(table, cases[i].name);

		CHECK(!set(&f, cases[i].name, cases[i].value, &err));
		CHECK(!ml_opt_value(o, &f, &text, &err));
		SAME_TEXT(ml_buf_str(&text), cases[i].canonical);
		CHECK(!set(&again, cases[i].name, ml_buf_str(&text), &err));
		CHECK(!ml_opt_value(o, &again, &text_again, &err));
		SAME_TEXT(ml_buf_str(&text_again), cases[i].canonical);
		ml_opt_release(table, &f);
		ml_opt_release(table, &again);
		ml_buf_release(&text);
		ml_buf_release(&text_again);
	}
}

TEST("a value equal to the default is the default, however it is written")
{
	static const struct {
		const char *name, *value;
		bool same;
	} cases[] = {
		{ "trees", "1e2", true },        { "trees", "101", false },
		{ "learning-rate", ".1", true }, { "bootstrap", "1", true },
		{ "bootstrap", "no", false },    { "name", "", true },
		{ "name", "x", false },          { "gamma", "scale", true },
		{ "gamma", "0", false },         { "budget", "65536", true },
		{ "columns", "a", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct forest f;
		struct ml_error err;
		const struct ml_opt *o = ml_opt_find(table, cases[i].name);

		CHECK(!set(&f, cases[i].name, cases[i].value, &err));
		bool same = !cases[i].same;
		CHECK(!ml_opt_is_default(o, &f, &same, &err));
		CHECK(same == cases[i].same);
		ml_opt_release(table, &f);
	}
}

TEST("the JSON of a table tells types, ranges, words, conditions and search spaces")
{
	struct ml_buf text = { 0 };
	struct ml_json json = { .out = &text };

	ml_opt_json(&table[5], NULL, &json);
	const char *s = ml_buf_str(&text);
	static const char first[] =
		"[{\"name\":\"kernel\",\"type\":\"word\",\"arg\":\"WHICH\",\"default\":\"rbf\","
		"\"picks\":[\"linear\",\"rbf\",\"poly\"],\"tune\":{\"scale\":\"words\"},"
		"\"help\":\"the kernel\"},";
	CHECK(!strncmp(s, first, strlen(first)));
	CHECK(strstr(s, "\"when\":{\"option\":\"kernel\",\"is\":[\"rbf\",\"poly\"]}"));
	CHECK(strstr(s, "\"repeatable\":true"));
	ml_buf_clear(&text);
	json = (struct ml_json){ .out = &text };
	ml_opt_json(table, NULL, &json);
	CHECK(strstr(ml_buf_str(&text), "\"aliases\":[\"n-estimators\",\"num-trees\"]"));
	CHECK(strstr(ml_buf_str(&text),
		     "\"tune\":{\"scale\":\"log\",\"min\":10,\"max\":1000}"));
	CHECK(strstr(ml_buf_str(&text), "\"default\":100,\"min\":1,\"max\":1000000"));
	ml_buf_release(&text);
}

TEST("no line of help is longer than 79 columns, each option is there")
{
	struct ml_buf text = { 0 };
	size_t at = 0;

	ml_opt_help(table, 2, &text);
	const char *s = ml_buf_str(&text);
	while (s[at]) {
		size_t n = strcspn(s + at, "\n");

		CHECK(n <= 79);
		at += n + (s[at + n] == '\n');
	}
	for (const struct ml_opt *o = table; o->name; o++)
		CHECK(strstr(s, o->name));
	CHECK(strstr(s, "--no-bootstrap"));
	CHECK(strstr(s, "--n-estimators, --num-trees"));
	ml_buf_release(&text);
}

TEST("manual entries hide what roff would take for its own")
{
	static const struct ml_opt odd[] = { { .name = "odd",
					       .type = ML_BOOL,
					       .def = "no",
					       .help = "'quoted' and a \\ backslash" },
					     ML_OPT_END };
	struct ml_buf text = { 0 };

	ml_opt_mdoc(odd, &text);
	SAME_TEXT(ml_buf_str(&text), ".It Fl -odd\n\\&'quoted' and a \\e backslash.\n");
	ml_buf_release(&text);
}

/* A copy of one entry, changed, must be refused. */
#define WRONG_TABLE(entry, change) \
	do { \
		struct ml_opt wrong[] = { table[5], table[entry], ML_OPT_END }; \
		struct ml_opt *o = &wrong[1]; \
		struct ml_error e; \
		change; \
		CHECK(ml_opt_check(wrong, &e) == ML_EBUG); \
	} while (0)

TEST("a wrong table is found")
{
	static const char *const none[] = { NULL };

	WRONG_TABLE(0, o->name = "Trees_x");
	WRONG_TABLE(0, o->name = "kernel");
	WRONG_TABLE(0, o->name = "no-trees");
	WRONG_TABLE(0, o->alias = "kernel");
	WRONG_TABLE(0, o->def = "0");
	WRONG_TABLE(0, o->def = "x");
	WRONG_TABLE(0, o->lo = 7; o->hi = 2);
	WRONG_TABLE(0, o->help = NULL);
	WRONG_TABLE(0, o->help = "ends in a stop.");
	WRONG_TABLE(0, o->help = "Begins with a capital");
	WRONG_TABLE(0, o->arg = NULL);
	WRONG_TABLE(0, o->picks = none);
	WRONG_TABLE(0, o->tune.hi = 1e9);
	WRONG_TABLE(0, o->tune.lo = 0);
	WRONG_TABLE(0, o->tune.scale = ML_FIXED);
	WRONG_TABLE(2, o->def = NULL);
	WRONG_TABLE(3, o->arg = "X");
	WRONG_TABLE(6, o->when = "kernel");
	WRONG_TABLE(6, o->when = "kernel=rbf|pony");
	WRONG_TABLE(6, o->when = "core=rbf");
	WRONG_TABLE(6, o->def = "wide");
	WRONG_TABLE(7, o->def = "a");
}

int main(void)
{
	return ml_tests_run();
}
