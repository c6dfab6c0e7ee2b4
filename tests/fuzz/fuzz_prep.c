/* fuzz_prep.c - a table made of bytes, a preparation with its spec and options made of bytes:
 * an error, or a step that makes a sound table, the same after a way through a stream.
 *
 * Input: the preparation, the spec up to a newline, options (NAME=VALUE, each up to a newline,
 * an empty line ends them), rows of the training table and its cells, and of another. */
#include "models.h"

#include "base/utf8.h"

static const struct ml_prep *choose_prep(struct choices *c)
{
	size_t n = 0, at = choose(c, 64);

	while (ml_preps[n])
		n++;
	return ml_preps[at % n];
}

static struct ml_table *choose_table(struct choices *c, size_t rows)
{
	struct ml_error err;
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);

	t->rows = rows;
	add_column(t, "age", ML_NUMBER, c);
	add_column(t, "income", ML_NUMBER, c);
	add_column(t, "city", ML_CATEGORY, c);
	add_column(t, "note", ML_STRING, c);
	add_column(t, "flag", ML_NUMBER, c)->dummy = true;
	add_column(t, "y", ML_NUMBER, c)->role = ML_TARGET;
	if (choose(c, 4) == 1)
		add_column(t, "w", ML_NUMBER, c)->role = ML_WEIGHT;
	return t;
}

/* Weights are checked before preparations see them. */
static void only_weights(struct ml_table *t)
{
	size_t w = ml_table_role(t, ML_WEIGHT);

	for (size_t i = 0; w != SIZE_MAX && i < t->rows; i++)
		if (!(t->col[w].num[i] >= 0 && t->col[w].num[i] < 1e100))
			t->col[w].num[i] = 1;
}

/* The step applied to a copy; NULL when it fails, which it may for rows of training only by its
 * own doing (--unknown error). */
static struct ml_table *apply(struct ml_pipeline *p, const struct ml_table *t)
{
	struct ml_error err = { 0 };
	struct ml_table *copy = copy_table(t);
	size_t rows = t->rows;

	int rc = ml_pipeline_apply(p, 0, p->n, copy, &err);
	if (!rc) {
		MUST(copy->rows == rows);
		must_be_sound(copy);
		return copy;
	}
	must_tell(rc, &err);
	ml_table_free(copy);
	return NULL;
}

static void both(struct ml_pipeline *p, struct ml_pipeline *back, const struct ml_table *t)
{
	struct ml_table *a = apply(p, t), *b = apply(back, t);

	MUST(!a == !b);
	if (a)
		must_be_same_table(a, b);
	ml_table_free(a);
	ml_table_free(b);
}

/* What is not UTF-8 cannot be written into a stream: told when it is. */
static bool is_utf8(const char *s)
{
	struct ml_utf8 u = { 0 };
	size_t n = strlen(s);

	return ml_utf8_check(&u, s, n) == n && ml_utf8_whole(&u);
}

/* The table that the step made, behind the step in a stream, comes back as it was. */
static void table_back(const struct ml_pipeline *p, const struct ml_table *t)
{
	struct memory m;
	struct ml_buf out = { 0 };
	struct ml_error err = { 0 };
	struct ml_table *back;

	memory_open(&m);
	MUST(!ml_pipeline_write(p, 0, t, m.sink, &err));
	memory_close(&m, true, &out);
	int rc = table_of(&out, &back, &err);
	if (rc)
		fprintf(stderr, "not read back: %s\n", err.msg);
	MUST(!rc);
	must_be_same_table(t, back);
	ml_table_free(back);
	ml_buf_release(&out);
}

static void fit(const struct ml_prep *prep, const char *spec, const void *opts, bool streams,
		struct choices *c)
{
	struct ml_table *t = choose_table(c, choose(c, 24)),
			*other = choose_table(c, choose(c, 8));
	struct ml_pipeline p = { 0 }, back = { 0 };
	struct ml_run run = { .threads = 1, .seed = 1, .deadline = INFINITY };
	struct ml_error err = { 0 };

	only_weights(t);
	struct ml_table *before = copy_table(t);
	int rc = ml_pipeline_fit(&p, prep, spec, opts, t, &run, &err);
	if (rc) {
		must_tell(rc, &err);
	} else {
		MUST(t->rows == before->rows);
		must_be_sound(t);
		if (!prep->fit_apply) {
			struct ml_table *again = apply(&p, before);
			MUST(again);
			must_be_same_table(t, again);
			ml_table_free(again);
		}
		if (streams) {
			pipeline_reread(&p, &back);
			both(&p, &back, before);
			both(&p, &back, other);
			show(&back);
			table_back(&p, t);
		}
	}
	ml_pipeline_release(&back);
	ml_pipeline_release(&p);
	ml_table_free(before);
	ml_table_free(other);
	ml_table_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct choices c = { v, n };
	const struct ml_prep *prep = choose_prep(&c);
	char *lines[9];
	size_t n_lines = 0;
	void *opts = calloc(1, prep->opts_size + 1);
	char *spec = lines[n_lines++] = choose_text(&c, '\n');

	bool streams = is_utf8(spec);
	if (prep->opts)
		ml_opt_defaults(prep->opts, opts);
	while (n_lines < 9 && c.n) {
		struct ml_error err;
		char *line = lines[n_lines++] = choose_text(&c, '\n'),
		     *equals = strchr(line, '=');
		if (!*line)
			break;
		if (equals)
			*equals++ = '\0';
		streams &= !equals || is_utf8(equals);
		if (prep->opts)
			(void)!ml_opt_set(prep->opts, opts, line, equals, &err);
	}
	fit(prep, spec, opts, streams, &c);
	if (prep->opts)
		ml_opt_release(prep->opts, opts);
	free(opts);
	while (n_lines)
		free(lines[--n_lines]);
	return 0;
}
