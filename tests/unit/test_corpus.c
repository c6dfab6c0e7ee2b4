/* test_corpus.c - each file of the corpus read at the level of the library, whole and dribbled.
 */
#include "test.h"

#include "feed.h"

#define CORPUS "tests/corpus/"

struct file {
	char *v;
	size_t n;
};

static struct file slurp(const char *path)
{
	struct file f = { 0 };
	FILE *in = fopen(path, "rb");
	size_t cap = 0, got = 1;

	while (in && got) {
		if (f.n == cap)
			f.v = realloc(f.v, cap = 2 * cap + 65536);
		got = f.v ? fread(f.v + f.n, 1, cap - f.n, in) : 0;
		f.n += got;
	}
	if (in)
		fclose(in);
	return f;
}

/* The next field of a line of the manifest; ends it in place. */
static char *field(char **line)
{
	char *s = *line, *end = s + strcspn(s, "\t\n");

	*line = *end ? end + 1 : end;
	*end = '\0';
	return s;
}

struct entry {
	const char *file, *tool, *expect, *code, *rows, *cols;
};

static void complain(const struct entry *e, unsigned cut, const char *what, const char *got)
{
	ml_test_failed++;
	printf("# %s (reads of %u): %s: '%s'\n", e->file, cut, what, got);
}

static void check_shape(const struct entry *e, unsigned cut, const struct ml_table *t)
{
	char got[64];

	if (!strcmp(e->rows, "-"))
		return;
	snprintf(got, sizeof got, "%zu", t->rows);
	if (strcmp(got, e->rows))
		complain(e, cut, "rows", got);
	snprintf(got, sizeof got, "%zu", t->ncol);
	if (strcmp(got, e->cols))
		complain(e, cut, "columns", got);
}

static void check_message(const struct entry *e, unsigned cut, const char *msg)
{
	for (const char *s = msg; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			complain(e, cut, "a control byte in", msg);
	if (strncmp(msg, e->file, strlen(e->file)))
		complain(e, cut, "no file name in", msg);
}

static void replay(const struct entry *e, const struct file *bytes, unsigned cut)
{
	struct feed f = { .v = bytes->v, .n = bytes->n, .cut = cut, .state = cut };
	struct reading r = { 0 };
	bool cleaning = !strcmp(e->tool, "ml-clean");
	int rc = read_feed(&r, &f, e->file);

	if (!cleaning || strcmp(e->expect, "error")) {
		if (rc)
			complain(e, cut, "refused", r.err.msg);
		else
			check_shape(e, cut, r.table);
	}
	if (rc)
		check_message(e, cut, r.err.msg);
	if (cleaning && !strcmp(e->expect, "ok") && *r.heard.tags)
		complain(e, cut, "warned", r.heard.tags);
	if (cleaning && !strcmp(e->expect, "warn") && !strstr(r.heard.tags, e->code))
		complain(e, cut, "warnings", r.heard.tags);
	if (cleaning && !strcmp(e->expect, "error") && (!rc || strcmp(r.err.tag, e->code)))
		complain(e, cut, "error", rc ? r.err.tag : "none");
	ml_table_free(r.table);
}

TEST("every file of the corpus gives its verdict, code and shape, however it is cut")
{
	struct file manifest = slurp(CORPUS "manifest.tsv");
	size_t cases = 0;

	CHECK(manifest.n > 0);
	if (!manifest.n)
		return;
	char *text = realloc(manifest.v, manifest.n + 1), *line = text;
	text[manifest.n] = '\0';
	line += strcspn(line, "\n") + 1;
	while (*line) {
		char path[256], *end = line + strcspn(line, "\n"), *at = line;
		struct entry e = { .file = field(&at) };

		field(&at); /* the size class */
		e.tool = field(&at);
		e.expect = field(&at);
		e.code = field(&at);
		e.rows = field(&at);
		e.cols = field(&at);
		snprintf(path, sizeof path, CORPUS "%s", e.file);
		struct file bytes = slurp(path);
		replay(&e, &bytes, 0);
		replay(&e, &bytes, 7);
		if (bytes.n < 5000)
			replay(&e, &bytes, 1);
		free(bytes.v);
		cases++;
		line = *end ? end + 1 : end;
	}
	CHECK(cases > 80);
	free(text);
}

int main(void)
{
	return ml_tests_run();
}
