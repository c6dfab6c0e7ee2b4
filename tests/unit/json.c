/* json.c - JSON written piece by piece. */
#include <stdint.h>

#include "base/json.h"
#include "test.h"

TEST("objects and arrays nest, with commas where they belong")
{
	struct ml_buf b = { 0 };
	struct ml_json j = { .out = &b };

	ml_json_open(&j, NULL, '{');
	ml_json_text(&j, "tool", "ml-fit");
	ml_json_open(&j, "empty", '[');
	ml_json_close(&j, ']');
	ml_json_open(&j, "mixed", '[');
	ml_json_real(&j, NULL, 2.385);
	ml_json_open(&j, NULL, '{');
	ml_json_close(&j, '}');
	ml_json_int(&j, NULL, INT64_MIN);
	ml_json_bool(&j, NULL, true);
	ml_json_null(&j, NULL);
	ml_json_open(&j, NULL, '[');
	ml_json_int(&j, NULL, INT64_MAX);
	ml_json_close(&j, ']');
	ml_json_close(&j, ']');
	ml_json_bool(&j, "no", false);
	ml_json_close(&j, '}');
	SAME_TEXT(ml_buf_str(&b), "{\"tool\":\"ml-fit\",\"empty\":[],\"mixed\":[2.385,{},"
				  "-9223372036854775808,true,null,[9223372036854775807]],"
				  "\"no\":false}");
	ml_buf_release(&b);
}

TEST("numbers read back; what JSON cannot say is null")
{
	struct ml_buf b = { 0 };
	struct ml_json j = { .out = &b };

	ml_json_open(&j, NULL, '[');
	ml_json_real(&j, NULL, 0.1);
	ml_json_real(&j, NULL, -1.5e-7);
	ml_json_real(&j, NULL, 1e300);
	ml_json_real(&j, NULL, (double)NAN);
	ml_json_real(&j, NULL, (double)INFINITY);
	ml_json_real(&j, NULL, (double)-INFINITY);
	ml_json_close(&j, ']');
	SAME_TEXT(ml_buf_str(&b), "[0.1,-1.5e-7,1e300,null,null,null]");
	ml_buf_release(&b);
}

TEST("quotes, backslashes and control bytes are escaped, in keys too")
{
	static const char text[] = "a\"b\\c/\b\f\n\r\t\0\x1f\x7f";
	struct ml_buf b = { 0 };
	struct ml_json j = { .out = &b };

	ml_json_open(&j, NULL, '{');
	ml_json_textn(&j, "k\"\n", text, sizeof text - 1);
	ml_json_close(&j, '}');
	SAME_TEXT(ml_buf_str(&b),
		  "{\"k\\\"\\n\":\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\"}");
	ml_buf_release(&b);
}

TEST("UTF-8 stays, bytes that are none become U+FFFD")
{
	/* Unicode 15, section 3.9, tables 3-8 to 3-11: how many U+FFFD each example gives. */
	static const struct {
		const char *from, *to;
	} pair[] = {
		{ "Z\xc3\xbcrich \xf0\x9f\x98\x80", "\"Z\xc3\xbcrich \xf0\x9f\x98\x80\"" },
		{ "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82"
		  "A",
		  "\"########A\"" },
		{ "\xed\xa0\x80\xed\xbf\xbf\xed\xaf"
		  "A",
		  "\"########A\"" },
		{ "\xf4\x91\x92\x93\xff"
		  "A\x80\xbf"
		  "B",
		  "\"#####A##B\"" },
		{ "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf"
		  "A",
		  "\"####A\"" },
		{ "cut \xe2\x82", "\"cut #\"" },
	};

	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		struct ml_buf b = { 0 }, want = { 0 };
		struct ml_json j = { .out = &b };

		for (const char *s = pair[i].to; *s; s++) {
			if (*s == '#')
				ml_buf_text(&want, "\xef\xbf\xbd");
			else
				ml_buf_byte(&want, (unsigned char)*s);
		}
		ml_json_text(&j, NULL, pair[i].from);
		SAME_TEXT(ml_buf_str(&b), ml_buf_str(&want));
		ml_buf_release(&b);
		ml_buf_release(&want);
	}
}

int main(void)
{
	return ml_tests_run();
}
