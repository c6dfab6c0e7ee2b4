/* fuzz_opt.c - options of all estimators and preparations: what is taken prints in a form that
 * is taken again and means the same; what is refused changes nothing.
 *
 * Input: a byte that chooses the table, then lines NAME=VALUE. */
#include "fuzz.h"
#include "models/model.h"
#include "opt/opt.h"
#include "prep/prep.h"

static const struct ml_opt *table_at(size_t at, size_t *size)
{
	for (const struct ml_model *const *m = ml_models; *m; m++)
		if ((*m)->opts && !at--) {
			*size = (*m)->opts_size;
			return (*m)->opts;
		}
	for (const struct ml_prep *const *p = ml_preps; *p; p++)
		if ((*p)->opts && !at--) {
			*size = (*p)->opts_size;
			return (*p)->opts;
		}
	return NULL;
}

static char *value(const struct ml_opt *o, const void *args)
{
	struct ml_buf b = { 0 };
	struct ml_error err = { 0 };
	char *s;

	MUST(!ml_opt_value(o, args, &b, &err));
	MUST((s = malloc(b.n + 1)));
	memcpy(s, ml_buf_str(&b), b.n + 1);
	ml_buf_release(&b);
	return s;
}

static void set(const struct ml_opt *table, void *args, char *line)
{
	char *equals = strchr(line, '=');
	struct ml_error err = { 0 };
	struct ml_buf json = { 0 };
	struct ml_json j = { .out = &json };

	if (equals)
		*equals = '\0';
	const struct ml_opt *o = ml_opt_find(table, line);
	char *before = o ? value(o, args) : NULL;
	int rc = ml_opt_set(table, args, line, equals ? equals + 1 : NULL, &err);
	if (rc)
		must_tell(rc, &err);
	MUST(!rc || rc == ML_EUSAGE);
	MUST(o || rc);
	if (!o) {
		(void)ml_opt_nearest(table, line);
		return;
	}
	char *after = value(o, args);
	if (rc)
		MUST(!strcmp(before, after));
	else if (o->type != ML_TEXTS && o->type != ML_BOOL) {
		MUST(!ml_opt_set(table, args, o->name, after, &err));
		char *again = value(o, args);
		MUST(!strcmp(again, after));
		/* The text that was set stays behind: args may point into it. */
		MUST(!ml_opt_set(table, args, line, equals ? equals + 1 : NULL, &err));
		free(again);
	}
	bool same;
	MUST(!ml_opt_is_default(o, args, &same, &err));
	ml_opt_value_json(o, args, &j);
	ml_buf_release(&json);
	free(after);
	free(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct choices c = { v, n };
	size_t size;
	const struct ml_opt *table = table_at(choose(&c, 32), &size);
	char *lines[64];
	size_t count = 0;

	if (!table)
		return 0;
	void *args = calloc(1, size);
	ml_opt_defaults(table, args);
	while (c.n && count < sizeof lines / sizeof *lines) {
		lines[count] = choose_text(&c, '\n');
		set(table, args, lines[count++]);
	}
	ml_opt_release(table, args);
	free(args);
	while (count)
		free(lines[--count]);
	return 0;
}
