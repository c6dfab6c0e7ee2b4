/* source_looks.c - what an input is, by its first bytes. */
#include <string.h>

#include "base/utf8.h"
#include "data/magic.h"
#include "data/source.h"

int ml_source_is_stream(struct ml_source *s, bool *yes, struct ml_error *err)
{
	const unsigned char *b;
	size_t n;
	int rc = ml_source_peek(s, &b, &n, err);

	*yes = !rc && n >= 3 && memcmp(b, "\xd9\xd9\xf7", 3) == 0;
	return rc;
}

static bool begins(const unsigned char *b, size_t n, const char *mark, size_t size)
{
	return n >= size && memcmp(b, mark, size) == 0;
}

int ml_source_check_text(struct ml_source *s, struct ml_error *err)
{
	const unsigned char *b;
	size_t n;
	int rc = ml_source_peek(s, &b, &n, err);

	if (rc)
		return rc;
	const char *name = ML_SHOW(ml_source_name(s), strlen(ml_source_name(s)));
	const struct ml_magic *magic = ml_magic_find(b, n);
	if (magic && magic->refused)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "%s: this is %s, not a table in text%s%s", name, magic->name,
			       magic->cure ? "; " : "", magic->cure ? magic->cure : "");
	if (begins(b, n, "\0\0\xfe\xff", 4) || begins(b, n, "\xff\xfe\0\0", 4))
		return ml_fail(err, ML_EDATA, "E-UTF16",
			       "%s: this is UTF-32; convert it with iconv -f UTF-32 -t UTF-8",
			       name);
	if (begins(b, n, "\xff\xfe", 2) || begins(b, n, "\xfe\xff", 2))
		return ml_fail(err, ML_EDATA, "E-UTF16",
			       "%s: this is UTF-16; convert it with iconv -f UTF-16 -t UTF-8",
			       name);
	if (!n || (n == 3 && begins(b, n, "\xef\xbb\xbf", 3)))
		return ml_fail(err, ML_EDATA, "E-EMPTY", "%s: the input is empty", name);
	return ML_OK;
}
