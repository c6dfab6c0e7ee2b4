/* cbor_fields.c - named fields as a CBOR map: each type of field has a form of its own.
 *
 *     size   unsigned integer          reals  tag 86, byte string of float64
 *     real   float64                   ints   tag 78, byte string of sint32
 *     text   text string               texts  array of text strings
 *     bytes  byte string               map    map
 *
 * Memory is counted before it is taken, as malloc would round it, against a budget: texts of no
 * bytes cost forty times their bytes, so counts alone would not bound it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stream/cbor.h"

enum { DEPTH = 8 };
enum { SLACK = 12 << 20, TIMES = 3 }; /* with the bytes themselves: 16 MiB + 4 x */

struct decoder {
	struct ml_cbor c;
	size_t budget;
	int depth;
};

/* ---- writing ---- */

static void put_field(struct ml_buf *b, const struct ml_field *f)
{
	ml_cbor_key(b, f->name);
	switch (f->type) {
	case ML_FIELD_SIZE:
		ml_cbor_head(b, ML_CBOR_UINT, f->u.size);
		break;
	case ML_FIELD_REAL:
		ml_cbor_real(b, f->u.real);
		break;
	case ML_FIELD_TEXT:
		ml_cbor_text(b, f->u.text, strlen(f->u.text));
		break;
	case ML_FIELD_BYTES:
		ml_cbor_bytes(b, f->u.bytes, f->n);
		break;
	case ML_FIELD_REALS:
		ml_cbor_reals(b, f->u.reals, f->n);
		break;
	case ML_FIELD_INTS:
		ml_cbor_ints(b, f->u.ints, f->n);
		break;
	case ML_FIELD_TEXTS:
		ml_cbor_head(b, ML_CBOR_ARRAY, f->n);
		for (size_t i = 0; i < f->n; i++)
			ml_cbor_text(b, f->u.texts[i], strlen(f->u.texts[i]));
		break;
	case ML_FIELD_MAP:
		ml_cbor_put_fields(b, f->u.map);
		break;
	}
}

void ml_cbor_put_fields(struct ml_buf *b, const struct ml_fields *f)
{
	ml_cbor_head(b, ML_CBOR_MAP, f->n);
	for (size_t i = 0; i < f->n; i++)
		put_field(b, &f->v[i]);
}

/* ---- names ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Fails with `code` when a name is empty or there twice. */
static int check_names(const struct ml_fields *f, int code, const char *tag,
		       struct ml_error *err)
{
	const char **names = ml_alloc(f->n, sizeof *names, err);
	int rc = ML_OK;

	if (!names)
		return err->code;
	for (size_t i = 0; i < f->n; i++)
		names[i] = f->v[i].name;
	if (f->n)
		qsort(names, f->n, sizeof *names, by_name);
	if (f->n && !*names[0])
		rc = ml_fail(err, code, tag, "a field without a name");
	for (size_t i = 1; !rc && i < f->n; i++)
		if (!strcmp(names[i - 1], names[i]))
			rc = ml_fail(err, code, tag, "field '%s' is there twice",
				     ML_SHOW(names[i], strlen(names[i])));
	free(names);
	return rc;
}

static int check_at(const struct ml_fields *f, int depth, struct ml_error *err);

static int check_field(const struct ml_field *f, int depth, struct ml_error *err)
{
	int rc = ml_cbor_check_text(f->name, strlen(f->name), "E-UTF8", err);

	for (size_t i = 0; !rc && f->type == ML_FIELD_REALS && i < f->n; i++)
		if (isinf(f->u.reals[i]))
			rc = ml_fail(err, ML_EBUG, "E-BUG", "element %zu is infinite", i + 1);
	if (!rc && f->type == ML_FIELD_REAL && isinf(f->u.real))
		rc = ml_fail(err, ML_EBUG, "E-BUG", "an infinite number");
	if (!rc && f->type == ML_FIELD_TEXT)
		rc = ml_cbor_check_text(f->u.text, strlen(f->u.text), "E-UTF8", err);
	for (size_t i = 0; !rc && f->type == ML_FIELD_TEXTS && i < f->n; i++)
		rc = ml_cbor_check_text(f->u.texts[i], strlen(f->u.texts[i]), "E-UTF8", err);
	if (!rc && f->type == ML_FIELD_MAP)
		rc = check_at(f->u.map, depth + 1, err);
	return rc;
}

static int check_at(const struct ml_fields *f, int depth, struct ml_error *err)
{
	if (depth > DEPTH)
		return ml_fail(err, ML_EBUG, "E-BUG", "maps nested deeper than %d", DEPTH);
	int rc = check_names(f, ML_EBUG, "E-BUG", err);
	for (size_t i = 0; !rc && i < f->n; i++)
		if ((rc = check_field(&f->v[i], depth, err)))
			ml_context(err, "field '%s'",
				   ML_SHOW(f->v[i].name, strlen(f->v[i].name)));
	return rc;
}

int ml_cbor_check_fields(const struct ml_fields *f, struct ml_error *err)
{
	int rc = ml_fields_check(f, err);

	return rc ? rc : check_at(f, 1, err);
}

/* ---- reading ---- */

/* Takes what an allocation of n elements costs from the budget. */
static int spend(struct decoder *d, size_t n, size_t size, struct ml_error *err)
{
	size_t cost = (n * size + 8 + 15) &
		      ~(size_t)15; /* n is at most the bytes left: no overflow */

	if (cost < 32)
		cost = 32;
	if (cost > d->budget)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "needs more memory than a model of its size may take");
	d->budget -= cost;
	return ML_OK;
}

static int take_text(struct decoder *d, const struct ml_cbor_item *item, char **text,
		     struct ml_error *err)
{
	size_t n = (size_t)item->value;

	if (n && memchr(item->bytes, 0, n))
		return ml_fail(err, ML_EDATA, "E-MODEL", "a NUL in a text");
	if (spend(d, n + 1, 1, err))
		return err->code;
	*text = ml_strndup((const char *)item->bytes, n, err);
	return *text ? ML_OK : err->code;
}

static int take_texts(struct decoder *d, uint64_t count, struct ml_field *f,
		      struct ml_error *err)
{
	struct ml_cbor_item item;

	int rc = spend(d, (size_t)count, sizeof *f->u.texts, err);
	f->n = 0;
	if (!rc && !(f->u.texts = ml_alloc((size_t)count, sizeof *f->u.texts, err)))
		rc = err->code;
	while (!rc && f->n < count) {
		rc = ml_cbor_expect(&d->c, ML_CBOR_TEXT, &item, err);
		if (!rc)
			rc = take_text(d, &item, &f->u.texts[f->n], err);
		if (!rc)
			f->n++;
	}
	return rc;
}

static int take_bytes(struct decoder *d, const struct ml_cbor_item *item, struct ml_field *f,
		      struct ml_error *err)
{
	f->n = (size_t)item->value;
	int rc = spend(d, f->n, 1, err);
	if (!rc && !(f->u.bytes = ml_alloc(f->n, 1, err)))
		rc = err->code;
	if (!rc && f->n)
		memcpy(f->u.bytes, item->bytes, f->n);
	return rc;
}

/* The tag has been read; it is put back so that ml_cbor_typed() sees it. */
static int take_typed(struct decoder *d, size_t at, uint64_t tag, struct ml_field *f,
		      struct ml_error *err)
{
	const unsigned char *bytes;

	if (tag != ML_CBOR_REALS && tag != ML_CBOR_INTS)
		return ml_fail(err, ML_EDATA, "E-MODEL", "tag %llu, which no field has",
			       (unsigned long long)tag);
	d->c.at = at;
	int rc = ml_cbor_typed(&d->c, (enum ml_cbor_tag)tag, &bytes, &f->n, err);
	if (rc)
		return rc;
	if (tag == ML_CBOR_REALS) {
		f->type = ML_FIELD_REALS;
		if (spend(d, f->n, sizeof(double), err) ||
		    !(f->u.reals = ml_alloc(f->n, sizeof(double), err)))
			return err->code;
		return ml_cbor_load_reals(bytes, f->u.reals, f->n, err);
	}
	f->type = ML_FIELD_INTS;
	if (spend(d, f->n, sizeof(int32_t), err) ||
	    !(f->u.ints = ml_alloc(f->n, sizeof(int32_t), err)))
		return err->code;
	ml_cbor_load_ints(bytes, f->u.ints, f->n);
	return ML_OK;
}

static int take_real(uint64_t bits, struct ml_field *f, struct ml_error *err)
{
	memcpy(&f->u.real, &bits, sizeof bits);
	return isinf(f->u.real) ? ml_fail(err, ML_EDATA, "E-MODEL", "an infinite number")
				: ML_OK;
}

static int take_map(struct decoder *d, uint64_t count, struct ml_fields *f,
		    struct ml_error *err);

static int take_nested(struct decoder *d, uint64_t count, struct ml_field *f,
		       struct ml_error *err)
{
	struct ml_fields *map;

	if (spend(d, 1, sizeof *map, err) || !(map = ml_alloc(1, sizeof *map, err)))
		return err->code;
	f->type = ML_FIELD_MAP;
	f->u.map = map;
	return take_map(d, count, map, err);
}

static int take_value(struct decoder *d, struct ml_field *f, struct ml_error *err)
{
	/* The type of field that an item is; what tags and maps are is set where they are read.
	 */
	static const enum ml_field_type types[] = {
		[ML_CBOR_UINT] = ML_FIELD_SIZE, [ML_CBOR_BYTES] = ML_FIELD_BYTES,
		[ML_CBOR_TEXT] = ML_FIELD_TEXT, [ML_CBOR_ARRAY] = ML_FIELD_TEXTS,
		[ML_CBOR_REAL] = ML_FIELD_REAL,
	};
	struct ml_cbor_item item;
	size_t at = d->c.at;

	int rc = ml_cbor_next(&d->c, &item, err);
	if (rc)
		return rc;
	if (item.major == ML_CBOR_TAG)
		return take_typed(d, at, item.value, f, err);
	if (item.major == ML_CBOR_MAP)
		return take_nested(d, item.value, f, err);
	if (item.major == ML_CBOR_NEGATIVE || item.major == ML_CBOR_SIMPLE)
		return ml_fail(err, ML_EDATA, "E-MODEL", "a value of a type that no field has");
	f->type = types[item.major];
	switch (f->type) {
	case ML_FIELD_SIZE:
		f->u.size = (size_t)item.value;
		return item.value > SIZE_MAX
			       ? ml_fail(err, ML_EDATA, "E-MODEL", "a number too large")
			       : ML_OK;
	case ML_FIELD_BYTES:
		return take_bytes(d, &item, f, err);
	case ML_FIELD_TEXT:
		f->n = (size_t)item.value;
		return take_text(d, &item, &f->u.text, err);
	case ML_FIELD_TEXTS:
		return take_texts(d, item.value, f, err);
	default:
		return take_real(item.value, f, err);
	}
}

static int take_field(struct decoder *d, struct ml_fields *f, struct ml_error *err)
{
	struct ml_cbor_item key;
	char *name = NULL;

	int rc = ml_cbor_expect(&d->c, ML_CBOR_TEXT, &key, err);
	if (!rc)
		rc = take_text(d, &key, &name, err);
	if (rc)
		return rc;
	/* In the list from now on, so that a release finds it whatever happens. */
	struct ml_field *field = &f->v[f->n++];
	*field = (struct ml_field){ .name = name, .type = ML_FIELD_SIZE, .n = 1 };
	if ((rc = take_value(d, field, err)))
		ml_context(err, "field '%s'", ML_SHOW(name, strlen(name)));
	return rc;
}

static int take_map(struct decoder *d, uint64_t count, struct ml_fields *f,
		    struct ml_error *err)
{
	if (d->depth == DEPTH)
		return ml_fail(err, ML_EDATA, "E-MODEL", "maps nested deeper than %d", DEPTH);
	if (!count)
		return ML_OK;
	d->depth++;
	int rc = spend(d, (size_t)count, sizeof *f->v, err);
	if (!rc && !(f->v = ml_alloc((size_t)count, sizeof *f->v, err)))
		rc = err->code;
	if (!rc)
		f->cap = (size_t)count;
	while (!rc && f->n < count)
		rc = take_field(d, f, err);
	d->depth--;
	return rc ? rc : check_names(f, ML_EDATA, "E-MODEL", err);
}

int ml_cbor_get_fields_within(const void *bytes, size_t n, size_t *budget, struct ml_fields *f,
			      struct ml_error *err)
{
	struct decoder d = { .c = { .v = bytes, .n = n }, .budget = *budget };
	struct ml_cbor_item item;

	int rc = ml_cbor_expect(&d.c, ML_CBOR_MAP, &item, err);
	if (!rc)
		rc = take_map(&d, item.value, f, err);
	if (!rc && d.c.at != n)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "%zu bytes behind the fields",
			     n - d.c.at);
	*budget = d.budget;
	if (rc)
		ml_fields_release(f);
	return rc;
}

int ml_cbor_get_fields(const void *bytes, size_t n, struct ml_fields *f, struct ml_error *err)
{
	size_t budget = SLACK + TIMES * n;

	return ml_cbor_get_fields_within(bytes, n, &budget, f, err);
}
