/* test_kind.c - what cells are, and the kind, warnings and errors of columns of them. */
#include "test.h"

#include "base/utf8.h"
#include "data/kind_looks.h"
#include "feed.h"

static bool missing(const char *na, const char *s, bool *word)
{
	struct ml_kind_opts o = { .na = na };

	return ml_kind_missing(&o, s, strlen(s), word);
}

TEST("missing: empty and the markers, exactly; '?' is no word")
{
	bool word;

	CHECK(missing(NULL, "", &word) && !word);
	CHECK(missing(NULL, "NA", &word) && word);
	CHECK(missing(NULL, "nan", &word) && word);
	CHECK(missing(NULL, "?", &word) && !word);
	CHECK(!missing(NULL, "N", &word) && !missing(NULL, "NAN", &word));
	CHECK(!missing(NULL, "na", &word) && !missing(NULL, "NA,N/A", &word));
	CHECK(missing("-999,x", "-999", &word) && word);
	CHECK(missing("-999,x", "x", &word) && !missing("-999,x", "-99", &word));
	CHECK(!missing("-999,x", "NA", &word) && missing("-999,x", "", &word));
	CHECK(!missing("", "NA", &word) && !missing(",,", ",", &word));
}

TEST("text that looks like a number, and the option that reads it")
{
	static const struct {
		const char *text, *cure;
	} yes[] = {
		{ "1,234", "--thousands ," },
		{ "1,234,567.8", "--thousands ," },
		{ "12 345", "--thousands ' '" },
		{ "3,5", "--decimal ," },
		{ "-0,25", "--decimal ," },
		{ "1234,567", "--decimal ," },
		{ "12%", NULL },
		{ "12 %", NULL },
		{ "$4", NULL },
		{ "\xe2\x82\xac-4.50", NULL },
		{ "5 \xc2\xa3", NULL },
		{ "007", NULL },
		{ "\xd9\xa1\xd9\xa2", NULL },
		{ "+5", NULL },
		{ "$+1,234.50", NULL },
		{ "+1,5", "--decimal ," },
		{ "-12,345", "--thousands ," },
		{ "12\xc2\xa0"
		  "345",
		  "--thousands ' '" }, /* no-break space */
		{ "12\xe2\x80\xaf"
		  "345",
		  "--thousands ' '" }, /* narrow */
		{ "12\xe2\x80\x89"
		  "345",
		  "--thousands ' '" },                /* thin */
		{ "\xef\xbc\x91\xef\xbc\x92", NULL }, /* full width */
	};
	static const char *const no[] = { "",
					  "abc",
					  "1.2.3",
					  "1,23,456x",
					  "$",
					  "%",
					  "--5",
					  "1-2",
					  "2020-01-01",
					  "1,",
					  ",5",
					  "\xe2\x88\x92\x35",
					  "1e5",
					  "$$4",
					  "12\xc3\xa9",         /* e acute */
					  "12\xe2\x82\xbf",     /* a bitcoin */
					  "12\xf0\x9d\x9f\x8e", /* a mathematical digit */
					  "1234567890123456789012345678901234567890"
					  "1234567890123456789012345" };

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		const char *s = yes[i].text, *cure = ml_kind_looks_cure(s, strlen(s));

		if (!ml_kind_looks(s, strlen(s)))
			SAME_TEXT(s, "taken for a number");
		SAME_TEXT(cure ? cure : "", yes[i].cure ? yes[i].cure : "");
	}
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (ml_kind_looks(no[i], strlen(no[i])))
			SAME_TEXT(no[i], "not taken for a number");
}

struct column_case {
	const char *cells; /* one column, one cell a line */
	int kind;          /* an ml_kind, or -1: refused */
	const char *tags;  /* warnings, or the error */
	enum ml_kind_ask ask;
};

static void check_column(const struct column_case *c)
{
	char text[400];
	struct reading r = { .ask = &c->ask };

	snprintf(text, sizeof text, "x\n%s", c->cells);
	int rc = read_text(&r, text);
	SAME_TEXT(rc ? r.err.tag : r.heard.tags, c->tags);
	if ((rc ? -1 : (int)r.table->col[0].kind) != c->kind) {
		ml_test_failed++;
		printf("# kind of %s\n",
		       ml_text_show(text, strlen(text), (char[400]){ 0 }, 400));
	}
	ml_table_free(r.table);
}

TEST("kinds, warnings and errors of a column that nothing was asked of")
{
	static const struct column_case cases[] = {
		{ "1\n2.5\n-3e4\n+7\n.5\n5.\n", ML_NUMBER, "", ML_ASK_ANY },
		{ "1\nNA\n\n?\n", ML_NUMBER, "", ML_ASK_ANY },
		{ "\nNA\n", ML_NUMBER, "W-ALLNA ", ML_ASK_ANY },
		{ "", ML_NUMBER, "", ML_ASK_ANY },
		{ "a\nb\n", ML_CATEGORY, "", ML_ASK_ANY },
		{ "a\n?\n\n", ML_CATEGORY, "", ML_ASK_ANY },
		{ "a\nNA\n", ML_CATEGORY, "W-NATEXT ", ML_ASK_ANY },
		{ "1\n2\nx\n", ML_CATEGORY, "W-MIXED ", ML_ASK_ANY },
		{ "1\nnan\nx\n", ML_CATEGORY, "W-MIXED W-NATEXT ", ML_ASK_ANY },
		{ "007\n12\n", ML_CATEGORY, "W-LEADZERO ", ML_ASK_ANY },
		{ "007\n", ML_CATEGORY, "W-LEADZERO ", ML_ASK_ANY },
		{ "007\n12\nx\n", ML_CATEGORY, "W-MIXED ", ML_ASK_ANY },
		{ "007\nx\n", ML_CATEGORY, "", ML_ASK_ANY },
		{ "\"1,5\"\n\"2,5\"\n", ML_CATEGORY, "W-LOOKSNUM ", ML_ASK_ANY },
		{ "\"1,5\"\n2\n", ML_CATEGORY, "W-MIXED ", ML_ASK_ANY },
		{ "\"1,5\"\nx\n", ML_CATEGORY, "", ML_ASK_ANY },
		{ "0x1F\n1_000\n1.5D3\nnan(12)\n", ML_CATEGORY, "", ML_ASK_ANY },
		{ "1\n1e400\n", -1, "E-RANGE", ML_ASK_ANY },
		{ "x\n1e400\n", ML_CATEGORY, "W-MIXED ", ML_ASK_ANY },
		{ "1\ninf\n", -1, "E-NONFINITE", ML_ASK_ANY },
		{ "-INFINITY\n", -1, "E-NONFINITE", ML_ASK_ANY },
		{ "1\ninf\nx\n", ML_CATEGORY, "W-MIXED ", ML_ASK_ANY },
		{ "inf\nx\n", ML_CATEGORY, "", ML_ASK_ANY },
		{ "1\n1e-400\n", ML_NUMBER, "W-UNDERFLOW ", ML_ASK_ANY },
		{ "1\n9007199254740993\n", ML_CATEGORY, "W-PRECISION ", ML_ASK_ANY },
		{ "1\n9007199254740992\n", ML_NUMBER, "", ML_ASK_ANY },
		{ "1\n9007199254740993\nx\n", ML_CATEGORY, "W-MIXED ", ML_ASK_ANY },
		{ "9007199254740993\n1e-400\n", ML_CATEGORY, "W-UNDERFLOW W-PRECISION ",
		  ML_ASK_ANY },
		{ "9007199254740993\n1e400\n", -1, "E-RANGE", ML_ASK_ANY },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_column(&cases[i]);
}

TEST("kinds that were asked for")
{
	static const struct column_case cases[] = {
		{ "1\n007\n9007199254740993\n", ML_NUMBER, "", ML_ASK_NUMBER },
		{ "1\n\"1,5\"\n", -1, "E-TYPE", ML_ASK_NUMBER },
		{ "1\ninf\n", -1, "E-NONFINITE", ML_ASK_NUMBER },
		{ "1\ninf\nx\n", -1, "E-TYPE", ML_ASK_NUMBER },
		{ "1\n1e400\n", -1, "E-RANGE", ML_ASK_NUMBER },
		{ "\n\n", ML_NUMBER, "W-ALLNA ", ML_ASK_NUMBER },
		{ "1\n2\n", ML_CATEGORY, "", ML_ASK_CATEGORY },
		{ "1\n1e400\ninf\n007\nx\n", ML_CATEGORY, "", ML_ASK_CATEGORY },
		{ "1\nNA\n", ML_CATEGORY, "W-NATEXT ", ML_ASK_CATEGORY },
		{ "9007199254740993\n1e400\n007\n", ML_STRING, "", ML_ASK_STRING },
		{ "NA\n", ML_STRING, "W-ALLNA ", ML_ASK_STRING },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_column(&cases[i]);
}

TEST("warnings nobody listens to change nothing")
{
	static const char *const columns[][4] = {
		{ "1", "", "x", NULL },  { "007", "12", NULL },
		{ "1,5", "2,5", NULL },  { "NA", "a", NULL },
		{ "1e-400", "1", NULL }, { "9007199254740993", "1", NULL },
		{ "", "NA", NULL },
	};
	const struct ml_kind_opts o = { .decimal = '.' };
	const struct ml_run deaf = { .threads = 1 };

	for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
		struct ml_kind_seen seen = { 0 };
		struct heard heard = { 0 };
		const struct ml_run run = { .threads = 1, .user = &heard, .warn = hear };
		const struct ml_run *const runs[] = { &run, &deaf, NULL };
		struct ml_number number;
		struct ml_error err;
		int kind[3];

		for (size_t i = 0; columns[k][i]; i++)
			(void)ml_kind_see(&seen, &o, columns[k][i], strlen(columns[k][i]),
					  (struct ml_place){ NULL, i + 2 }, &number);
		for (size_t r = 0; r < 3; r++)
			CHECK(!ml_kind_decide(&seen, ML_ASK_ANY, "t.csv", "x", runs[r],
					      &kind[r], &err));
		CHECK(*heard.tags && kind[1] == kind[0] && kind[2] == kind[0]);
	}
}

static const char *words(const char *text, struct ml_kind_opts kinds)
{
	static struct reading r;

	r = (struct reading){ .kinds = kinds };
	int rc = read_text(&r, text);
	ml_table_free(r.table);
	return rc ? r.err.msg : r.heard.last;
}

TEST("the first of each kind of cell is the one that is named")
{
	const struct ml_kind_opts plain = { 0 };

	CHECK(strstr(words("x\n1\n1e400\n-1e500\n", plain), "t.csv:3: x: '1e400'"));
	CHECK(strstr(words("x\n1\ninf\n-inf\n", plain), "t.csv:3: x: 'inf'"));
	CHECK(strstr(words("x\n1\n1e-400\n1e-500\n", plain), "line 3"));
	CHECK(strstr(words("x\n9007199254740993\n9007199254740995\n", plain), "line 2"));
}

TEST("words: file, line, column, and the text that was found")
{
	const struct ml_kind_opts plain = { 0 };

	SAME_TEXT(words("age,b\n1,2\nabc,3\n4,5\n", plain),
		  "t.csv: column 'age': 'abc' on line 3 is text; the column is taken as "
		  "categories (1 of 3 cells)");
	SAME_TEXT(words("age,b\n1,2\n\"1,234\",3\n", plain),
		  "t.csv: column 'age': '1,234' on line 3 is text; the column is taken as "
		  "categories (1 of 2 cells; --thousands , reads such numbers)");
	SAME_TEXT(words("\"a\nb\",c\n1,\n1e999,\n", plain),
		  "t.csv:4: a\\nb: '1e999' is beyond the largest number that a double holds");
	SAME_TEXT(words("x\n1,5\n", plain), "t.csv:2: 2 fields, 1 expected");
	CHECK(strstr(words("x\n\"a\x1b[2J\nlong text that goes on\"\n1\n", plain),
		     "'a\\x1B[2J\\n"));
}

TEST("other notations are read as asked")
{
	const struct ml_kind_opts german = { .decimal = ',', .thousands = '.' };
	struct reading r = { .kinds = german, .csv.delimiter = ';' };

	CHECK(!read_text(&r, "a;b\n1,5;1.234,25\n-2;7\n"));
	SAME_TEXT(r.heard.tags, "");
	if (r.table) {
		CHECK(r.table->col[0].kind == ML_NUMBER && r.table->col[0].num[0] == 1.5);
		CHECK(r.table->col[1].kind == ML_NUMBER && r.table->col[1].num[0] == 1234.25);
	}
	ml_table_free(r.table);
	r = (struct reading){ .kinds.na = "-999,none" };
	CHECK(!read_text(&r, "a\n-999\n3\nnone\n"));
	CHECK(r.table && r.table->col[0].kind == ML_NUMBER && isnan(r.table->col[0].num[0]));
	ml_table_free(r.table);
}

int main(void)
{
	return ml_tests_run();
}
