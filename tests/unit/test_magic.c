/* test_magic.c - files that are no tables are told by their first bytes, and tables are not. */
#include "data/magic.h"
#include "feed.h"
#include "test.h"

static const struct ml_magic *find(const char *s, size_t n)
{
	return ml_magic_find((const unsigned char *)s, n);
}

#define FOUND(text, part) \
	do { \
		const struct ml_magic *m_ = find(text, sizeof text - 1); \
		CHECK(m_ &&strstr(m_->name, part)); \
	} while (0)

TEST("compressed files and the like are named")
{
	FOUND("PK\3\4rest", "zip");
	FOUND("\x28\xb5\x2f\xfd\x24", "zstd");
	FOUND("\xfd"
	      "7zXZ\0\0",
	      "xz");
	FOUND("BZh91AY", "bzip2");
	FOUND("PAR1\x15\x04", "Parquet");
	FOUND("PAR1\xff", "Parquet");
	FOUND("PAR1", "Parquet"); /* the file stops: no table either */
	FOUND("PAR1\0", "Parquet");
	FOUND("\x80\x04\x95", "pickle");
	FOUND("\xd9\xd9\xf7", "model");
	FOUND("<?xml version", "XML");
}

TEST("names that begin like such files are names")
{
	static const char *const tables[] = { "BZh,a\n",   "BZh0,a\n", "BZh",       "PAR1,x\n",
					      "PAR1\tx\n", "PAR1\r\n", "PAR1\n1\n", "\x80" };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (find(tables[i], strlen(tables[i])))
			SAME_TEXT(tables[i], "taken for a file of another kind");
	CHECK(!find("\x80\x01", 2) && !find("\x80\x06", 2) && !find("", 0) && !find("P", 1));
}

/* The tag that reading text[0..n) as a table ends with. */
static const char *tag_of(const char *text, size_t n)
{
	static struct reading r;
	struct feed f = { .v = text, .n = n, .cut = 3, .state = 1 };

	r = (struct reading){ 0 };
	int rc = read_feed(&r, &f, "t.csv");
	ml_table_free(r.table);
	return rc ? r.err.tag : "ok";
}

TEST("what is no text is refused by what it is, or by the rule of text it breaks")
{
#define TAG(text) tag_of(text, sizeof text - 1)
	SAME_TEXT(TAG("PK\3\4\24\0\0\0"), "E-FORMAT");
	SAME_TEXT(TAG("\x28\xb5\x2f\xfd\x24\x10"), "E-FORMAT");
	SAME_TEXT(TAG("BZh91AY&SY"), "E-FORMAT");
	SAME_TEXT(TAG("\x80\x04\x95\x10\0"), "E-FORMAT");
	SAME_TEXT(TAG("\xff\xfe"
		      "a\0,\0b\0"),
		  "E-UTF16");
	SAME_TEXT(TAG("\xfe\xff\0a\0,\0b"), "E-UTF16");
	SAME_TEXT(TAG("\xff\xfe\0\0a\0\0\0"), "E-UTF16");
	SAME_TEXT(TAG("\0\0\xfe\xff\0\0\0a"), "E-UTF16");
	SAME_TEXT(TAG("\x89PNG\r\n\x1a\n"), "E-UTF8");
	SAME_TEXT(TAG("\x7f"
		      "ELF\2\1\1\0\0"),
		  "E-NUL");
	SAME_TEXT(TAG("\xef\xbb\xbf"), "E-EMPTY");
	SAME_TEXT(TAG("\xef"), "E-UTF8");
	SAME_TEXT(TAG("\xef\xbb,a\n"), "E-UTF8");
	SAME_TEXT(TAG("BZh,PAR1\n1,2\n"), "ok");
}

int main(void)
{
	return ml_tests_run();
}
