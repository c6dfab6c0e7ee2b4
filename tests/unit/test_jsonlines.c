/* Files of JSON lines: lines that are there, lines that are not JSON, a torn end, appending. */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <unistd.h>

#include "core/jsonlines.h"
#include "test.h"

static char path[64];

static void put(const char *text, const char *mode)
{
	FILE *f = fopen(path, mode);

	CHECK(f && fputs(text, f) >= 0 && !fclose(f));
}

static int next_number(struct ml_jsonlines *r, int *x, struct ml_error *err)
{
	json_t *object;
	int rc = ml_jsonlines_next(r, &object, err);

	*x = rc ? -1 : (int)json_integer_value(json_object_get(object, "x"));
	json_decref(object);
	return rc;
}

TEST("lines come in order, blank ones are passed over, line numbers count all")
{
	struct ml_jsonlines *r;
	struct ml_error err;
	int x;

	put("{\"x\":17}\n\n \t\r\n{\"x\":23}\r\n", "w");
	CHECK(!ml_jsonlines_open(&r, path, &err));
	CHECK(!next_number(r, &x, &err) && x == 17 && ml_jsonlines_line(r) == 1);
	CHECK(!next_number(r, &x, &err) && x == 23 && ml_jsonlines_line(r) == 4);
	CHECK(next_number(r, &x, &err) == ML_END);
	ml_jsonlines_free(r);
	unlink(path);
}

TEST("a torn last line is told apart, and read once it is whole")
{
	struct ml_jsonlines *r;
	struct ml_error err;
	long long at;
	int x;

	put("{\"x\":17}\n{\"x\":", "w");
	CHECK(!ml_jsonlines_open(&r, path, &err));
	CHECK(!next_number(r, &x, &err) && x == 17);
	CHECK(next_number(r, &x, &err) == ML_END);
	CHECK(ml_jsonlines_torn(r, &at) == 5 && at == 9);
	CHECK(next_number(r, &x, &err) == ML_END);
	put("29}\n{\"x\":31}\n", "a");
	CHECK(!next_number(r, &x, &err) && x == 29 && ml_jsonlines_line(r) == 2);
	CHECK(!next_number(r, &x, &err) && x == 31);
	CHECK(next_number(r, &x, &err) == ML_END && !ml_jsonlines_torn(r, &at) && at == 27);
	ml_jsonlines_free(r);
	unlink(path);
}

TEST("what is no JSON object is an error that names file and line; reading goes on behind it")
{
	static const char *const bad[] = { "{\"x\":1",          "[1]",
					   "{\"x\":1,\"x\":2}", "{\"x\":1} 2",
					   "{\"x\":\"\xff\"}",  "{\"x\":NaN}",
					   "{'x':1}",           "17" };
	struct ml_jsonlines *r;
	struct ml_error err;
	int x;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		put("{\"x\":17}\n", "w");
		put(bad[i], "a");
		put("\n{\"x\":19}\n", "a");
		CHECK(!ml_jsonlines_open(&r, path, &err));
		CHECK(!next_number(r, &x, &err) && x == 17);
		CHECK(next_number(r, &x, &err) == ML_EDATA && !strcmp(err.tag, "E-JOURNAL"));
		CHECK(!strncmp(err.msg, path, strlen(path)) &&
		      !strncmp(err.msg + strlen(path), ":2: ", 4));
		CHECK(!next_number(r, &x, &err) && x == 19);
		CHECK(next_number(r, &x, &err) == ML_END);
		ml_jsonlines_free(r);
	}
	unlink(path);
}

TEST("a line longer than the limit is refused")
{
	struct ml_jsonlines *r;
	struct ml_error err;
	FILE *f = fopen(path, "w");
	int x;

	for (int i = 0; f && i < ML_JSONLINES_MAX / 16 + 8192; i++)
		fputs("{\"x\":1234567890}", f);
	CHECK(f && !fclose(f));
	CHECK(!ml_jsonlines_open(&r, path, &err));
	CHECK(next_number(r, &x, &err) == ML_EDATA && !strcmp(err.tag, "E-JOURNAL"));
	ml_jsonlines_free(r);
	unlink(path);
}

TEST("a file that is not there cannot be opened")
{
	struct ml_jsonlines *r;
	struct ml_error err;

	CHECK(ml_jsonlines_open(&r, "/nonexistent/j", &err) == ML_ENOINPUT);
}

int main(void)
{
	snprintf(path, sizeof path, "/tmp/ml-test-jsonlines-%ld", (long)getpid());
	return ml_tests_run();
}
