/* magic.c - what a file that is no table is, told by its first bytes.
 *
 * The signatures of bzip2 and Parquet are words that could begin a name; one more byte
 * of what such files hold there tells them from a table with a column "PAR1". */
#include "data/magic.h"

#include <string.h>

struct signature {
	const char *bytes;
	size_t n;
	/* The byte behind, or NULL when any will do.  `end`: the file stops there. */
	bool (*next)(unsigned char c, bool end);
	struct ml_magic is;
};

static bool bzip2_level(unsigned char c, bool end)
{
	return !end && c >= '1' && c <= '9';
}

/* Thrift headers begin with small numbers. */
static bool no_text(unsigned char c, bool end)
{
	return end || (c < 0x20 && !strchr("\t\n\r", c)) || c >= 0x7f || !c;
}

static bool pickle_protocol(unsigned char c, bool end)
{
	return !end && c >= 2 && c <= 5;
}

#define SIGNATURE(text) text, sizeof(text) - 1
static const struct signature signatures[] = {
	{ SIGNATURE("\xd9\xd9\xf7"), NULL, { "a model or a binary table", NULL, true } },
	{ SIGNATURE("PK\3\4"),
	  NULL,
	  { "a zip archive (or a spreadsheet: xlsx, ods)", "unzip it, or save it as CSV",
	    true } },
	{ SIGNATURE("PK\5\6"), NULL, { "an empty zip archive", NULL, true } },
	{ SIGNATURE("PK\7\10"), NULL, { "a zip archive", "unzip it", true } },
	{ SIGNATURE("\x28\xb5\x2f\xfd"),
	  NULL,
	  { "zstd data", "unpack it with zstd -dc", true } },
	{ SIGNATURE("\xfd"
		    "7zXZ\0"),
	  NULL,
	  { "xz data", "unpack it with xz -dc", true } },
	{ SIGNATURE("BZh"), bzip2_level, { "bzip2 data", "unpack it with bzip2 -dc", true } },
	{ SIGNATURE("PAR1"), no_text, { "a Parquet file", "export it as CSV", true } },
	{ SIGNATURE("\x1f\x8b"),
	  NULL,
	  { "gzip inside gzip", "it is unpacked only once: unpack it with gzip -dc", true } },
	{ SIGNATURE("\x80"), pickle_protocol, { "a Python pickle", "export it as CSV", true } },
	{ SIGNATURE("\x89PNG"), NULL, { "a PNG image", NULL, false } },
	{ SIGNATURE("\xff\xd8\xff"), NULL, { "a JPEG image", NULL, false } },
	{ SIGNATURE("GIF8"), NULL, { "a GIF image", NULL, false } },
	{ SIGNATURE("%PDF-"), NULL, { "a PDF document", NULL, false } },
	{ SIGNATURE("SQLite format 3"), NULL, { "an SQLite database", NULL, false } },
	{ SIGNATURE("\x7f"
		    "ELF"),
	  NULL,
	  { "a program (ELF)", NULL, false } },
	{ SIGNATURE("\x89HDF"), NULL, { "an HDF5 file", NULL, false } },
	{ SIGNATURE("\x93NUMPY"), NULL, { "a NumPy array", NULL, false } },
	{ SIGNATURE("ARROW1"), NULL, { "an Arrow file", NULL, false } },
	{ SIGNATURE("7z\xbc\xaf"), NULL, { "a 7z archive", NULL, false } },
	{ SIGNATURE("Obj\1"), NULL, { "an Avro file", NULL, false } },
	{ SIGNATURE("\xd0\xcf\x11\xe0"),
	  NULL,
	  { "an old Office document (xls)", NULL, false } },
	{ SIGNATURE("{\\rtf"), NULL, { "an RTF document", NULL, false } },
	{ SIGNATURE("<!DOCTYPE"), NULL, { "a web page", NULL, false } },
	{ SIGNATURE("<!doctype"), NULL, { "a web page", NULL, false } },
	{ SIGNATURE("<html"), NULL, { "a web page", NULL, false } },
	{ SIGNATURE("<?xml"), NULL, { "an XML document", NULL, false } },
};

const struct ml_magic *ml_magic_find(const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
		const struct signature *g = &signatures[i];

		if (n < g->n || memcmp(s, g->bytes, g->n) != 0)
			continue;
		if (!g->next || g->next(n > g->n ? s[g->n] : 0, n == g->n))
			return &g->is;
	}
	return NULL;
}
