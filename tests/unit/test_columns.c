/* Naming columns: every kind of item, escapes, what is refused and how it is said. */
#include <stdlib.h>

#include "base/similar.h"
#include "data/columns.h"
#include "test.h"

static struct ml_error err;

static const char *const names[] = { "id",   "age",   "income", "Income tax", "city",
				     "a:b",  "x*y",   "@num",   "^z",         "a,b",
				     "note", "dummy", "y" };
static const enum ml_kind kinds[] = { ML_STRING, ML_NUMBER, ML_NUMBER,   ML_NUMBER, ML_CATEGORY,
				      ML_NUMBER, ML_NUMBER, ML_CATEGORY, ML_NUMBER, ML_NUMBER,
				      ML_STRING, ML_NUMBER, ML_NUMBER };
static const enum ml_role roles[] = { ML_ID,      ML_FEATURE, ML_FEATURE, ML_FEATURE,
				      ML_FEATURE, ML_FEATURE, ML_FEATURE, ML_FEATURE,
				      ML_FEATURE, ML_FEATURE, ML_FEATURE, ML_FEATURE,
				      ML_TARGET };
static const bool dummies[] = { [11] = true, [12] = false };
enum { N = sizeof names / sizeof *names };
static const struct ml_column_set set = { N, names, kinds, roles, dummies };

/* The spec picks these columns, written "1 2 3". */
static void picks_of(const struct ml_column_set *s, const char *spec, const char *want)
{
	size_t *idx, n, len = 0;
	char got[128] = "";

	if (ml_columns_pick(s, spec, &idx, &n, &err)) {
		SAME_TEXT(err.msg, want);
		return;
	}
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(got + len, sizeof got - len, "%s%zu", i ? " " : "",
					idx[i]);
	SAME_TEXT(got, want);
	free(idx);
}

static void picks(const char *spec, const char *want)
{
	picks_of(&set, spec, want);
}

static void refused(const char *spec, int code, const char *part)
{
	size_t *idx, n;

	CHECK(ml_columns_pick(&set, spec, &idx, &n, &err) == code);
	SAME_TEXT(err.tag, code == ML_EUSAGE ? "E-USAGE" : "E-COLUMNS");
	if (!strstr(err.msg, part))
		SAME_TEXT(err.msg, part);
}

TEST("names, numbers and ranges, each column once, in the order first named")
{
	picks("age", "1");
	picks("city,age,@5,city", "4 1");
	picks("@1,@13", "0 12");
	picks("age:city", "1 2 3 4");
	picks("@3:city", "2 3 4");
	picks("city:@6,age:@3", "4 5 1 2");
	picks("Income tax", "3");
	picks("@007", "6");
}

TEST("globs see every column; a question mark is one character")
{
	picks("*i*", "0 2 4");
	picks("?ncome*", "2 3");
	picks("*", "0 1 2 3 4 5 6 7 8 9 10 11 12");
	picks("i*e", "2");
	picks("*a*b*", "5 9");
	const char *word[] = { "\xc3\xa4"
			       "b",
			       "bb" };
	struct ml_column_set accents = { 2, word, NULL, NULL, NULL };
	picks_of(&accents, "?b", "0 1");
	picks_of(&accents, "??b", "no column matches '??b'");
}

TEST("groups hold features only; numbers without dummies")
{
	picks("@num", "1 2 3 5 6 8 9");
	picks("@cat", "4 7");
	picks("@text", "10");
	picks("@all", "1 2 3 4 5 6 7 8 9 10 11");
	picks("y,@cat", "12 4 7");
}

TEST("a group may be empty, and then so is the choice")
{
	struct ml_column_set one = { 1, names + 1, kinds + 1, NULL, NULL };

	picks_of(&one, "@cat", "");
	picks_of(&one, "@text,@num", "0");
}

TEST("^ takes away from what came before; at the beginning, from all features")
{
	picks("@num,^income,^@6", "1 3 6 8 9");
	picks("^@num", "4 7 10 11");
	picks("^@num,^note", "4 7 11");
	picks("age:city,^inc*,income", "1 3 4 2");
	picks("^age,age", "2 3 4 5 6 7 8 9 10 11 1");
	picks("age,^city", "1");
	refused("age,^citty", ML_EDATA, "did you mean 'city'?");
	refused("^", ML_EUSAGE, "empty");
	refused("^^age", ML_EDATA, "'^age'");
}

TEST("backslashes make special characters plain")
{
	picks("a\\:b", "5");
	picks("x\\*y", "6");
	picks("\\@num", "7");
	picks("\\^z", "8");
	picks("a\\,b,age", "9 1");
	picks("@2:a\\:b", "1 2 3 4 5");
	picks("?\\*?", "6");
	picks("*\\,*", "9");
	refused("a\\b", ML_EUSAGE, "backslash");
	refused("age\\", ML_EUSAGE, "backslash");
}

TEST("a colon in a name needs no backslash unless it could be a range")
{
	static const char *const some[] = { "prob:a", "prob:b", "a", "b", "a:b" };
	struct ml_column_set s = { 5, some, NULL, NULL, NULL };
	size_t *idx, n;

	picks("a:b", "5");
	picks_of(&s, "prob:a,prob:b", "0 1");
	picks_of(&s, "prob:*", "0 1");
	CHECK(ml_columns_pick(&s, "a:b", &idx, &n, &err) == ML_EUSAGE);
	CHECK(strstr(err.msg, "both a range and the name"));
	picks_of(&s, "a\\:b", "4");
}

TEST("what is malformed is a usage error")
{
	refused("", ML_EUSAGE, "empty");
	refused("age,", ML_EUSAGE, "empty");
	refused(",age", ML_EUSAGE, "empty");
	refused("age,,city", ML_EUSAGE, "empty");
	refused("age:", ML_EUSAGE, "FIRST:LAST");
	refused(":age", ML_EUSAGE, "FIRST:LAST");
	refused("age:city:id", ML_EUSAGE, "FIRST:LAST");
	refused("city:age", ML_EUSAGE, "comes after");
	refused("@numbers", ML_EUSAGE, "@num, @cat");
	refused("@", ML_EUSAGE, "@num, @cat");
	refused("@num:city", ML_EUSAGE, "@ and a number");
	struct ml_column_set bare = { N, names, NULL, NULL, NULL };
	size_t *idx, n;
	CHECK(ml_columns_pick(&bare, "@num", &idx, &n, &err) == ML_EUSAGE);
	CHECK(!ml_columns_pick(&bare, "@all", &idx, &n, &err) && n == N);
	free(idx);
}

TEST("what is not there is said with what probably was meant")
{
	refused("agee", ML_EDATA, "did you mean 'age'?");
	refused("incmoe", ML_EDATA, "did you mean 'income'?");
	refused("INCOME", ML_EDATA, "did you mean 'income'?");
	refused("age:citi", ML_EDATA, "did you mean 'city'?");
	refused("zzzzzz", ML_EDATA, "the columns are: id, age, income");
	refused("zz*", ML_EDATA, "no column matches 'zz*'");
	refused("@14", ML_EDATA, "there are 13");
	refused("@0", ML_EDATA, "there are 13");
	refused("@99999999999999999999999999", ML_EDATA, "there are 13");
	refused("a\nb", ML_EDATA, "a\\nb"); /* safe to print */
}

TEST("one column, and no other number of columns")
{
	size_t j = 99;

	CHECK(!ml_columns_one(&set, "inc*e", &j, &err) && j == 2);
	CHECK(ml_columns_one(&set, "age,city", &j, &err) == ML_EUSAGE);
	CHECK(ml_columns_one(&set, "age,^age", &j, &err) == ML_EUSAGE && j == 2);
	CHECK(ml_columns_one(&set, "inkome", &j, &err) == ML_EDATA);
}

TEST("thousands of names among 100,000 columns take no time")
{
	enum { COLUMNS = 100000, NAMED = 20000 };
	static char text[COLUMNS][16], spec[NAMED * 12];
	static const char *name[COLUMNS];
	struct ml_column_set many = { COLUMNS, name, NULL, NULL, NULL };
	size_t *idx, n, len = 0;

	for (int j = 0; j < COLUMNS; j++) {
		snprintf(text[j], sizeof text[j], "col%d", j);
		name[j] = text[j];
	}
	for (int k = 0; k < NAMED; k++)
		len += (size_t)sprintf(spec + len, "%scol%d", k ? "," : "",
				       (k * 7919) % COLUMNS);
	CHECK(!ml_columns_pick(&many, spec, &idx, &n, &err) && n == NAMED);
	for (int k = 0; k < NAMED; k++)
		CHECK(idx[k] == (size_t)(k * 7919 % COLUMNS));
	free(idx);
	CHECK(ml_columns_pick(&many, "col99999x", &idx, &n, &err) == ML_EDATA);
	CHECK(strstr(err.msg, "did you mean 'col99999'?"));
}

TEST("a pattern of many stars ends")
{
	static char name[4001];
	const char *one[] = { name };
	struct ml_column_set s = { 1, one, NULL, NULL, NULL };

	memset(name, 'a', 4000);
	picks_of(&s, "*a*a*a*a*a*a*a*a*a*a*a*b",
		 "no column matches '*a*a*a*a*a*a*a*a*a*a*a*b'");
	picks_of(&s, "*a*a*a*a*a*a*a*a*a*a*a*a", "0");
}

TEST("columns of a table, with their kinds and roles")
{
	struct ml_table t = { 0 };
	size_t *idx, n;

	CHECK(!ml_table_insert(&t, 0, "a", ML_NUMBER, &err));
	CHECK(!ml_table_insert(&t, 1, "b", ML_NUMBER, &err));
	CHECK(!ml_table_insert(&t, 2, "c", ML_CATEGORY, &err));
	t.col[0].role = ML_TARGET;
	CHECK(!ml_table_pick(&t, "@num", &idx, &n, &err) && n == 1 && idx[0] == 1);
	free(idx);
	CHECK(ml_table_pick(&t, "d*", &idx, &n, &err) == ML_EDATA);
	ml_table_release(&t);
}

static int note(void *arg, const char *columns, const char *how, struct ml_error *e)
{
	char *got = arg;

	snprintf(got + strlen(got), 128 - strlen(got), "[%s|%s]", columns ? columns : "-", how);
	return strcmp(how, "fail") ? ML_OK : ml_fail(e, ML_EUSAGE, "E-USAGE", "asked to fail");
}

static int how(const char *spec, const char *want)
{
	char got[128] = "";
	int rc = ml_how_each(spec, note, got, &err);

	SAME_TEXT(got, want);
	return rc;
}

TEST("lists of what to do, with and without columns")
{
	CHECK(!how("median,mode", "[-|median][-|mode]"));
	CHECK(!how("age=mean,inc*=median", "[age|mean][inc*|median]"));
	CHECK(!how("a\\=b=mean",
		   "[a\\=b|mean]")); /* columns stay as typed, for ml_columns_pick */
	CHECK(!how("x=const=a\\,b\\\\c\\d", "[x|const=a,b\\c\\d]"));
	CHECK(!how("a\\,b=mean", "[a\\,b|mean]"));
	CHECK(how("a=1,fail,b=2", "[a|1][-|fail]") == ML_EUSAGE);
	CHECK(how("", "") == ML_EUSAGE && how("a=", "") == ML_EUSAGE);
	CHECK(how("=mean", "") == ML_EUSAGE && how("a,,b", "[-|a]") == ML_EUSAGE);
}

TEST("the nearest word is within a third of the length")
{
	static const char *const words[] = { "logistic", "linear", "ridge", "knn", "KNN" };

	CHECK(ml_similar("logstic", words, 5) == 0 && ml_similar("liner", words, 5) == 1);
	CHECK(ml_similar("rigde", words, 5) == 2 && ml_similar("knm", words, 5) == 3);
	CHECK(ml_similar("LINEAR", words, 5) == 1 && ml_similar("Knn", words, 5) == 3);
	CHECK(ml_similar("svm", words, 5) == SIZE_MAX && ml_similar("", words, 5) == SIZE_MAX);
	CHECK(ml_similar("linear", words, 0) == SIZE_MAX);
}

int main(void)
{
	return ml_tests_run();
}
