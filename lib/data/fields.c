/* fields.c - named fields: puts that copy, gets that check. */
#include "data/fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char *const type_names[] = { "a whole number", "a number",         "a text",
					  "bytes",          "numbers",          "whole numbers",
					  "texts",          "a group of fields" };

void ml_texts_free(char **v, size_t n)
{
	for (size_t i = 0; v && i < n; i++)
		free(v[i]);
	free(v);
}

static void release_value(struct ml_field *field)
{
	switch (field->type) {
	case ML_FIELD_SIZE:
	case ML_FIELD_REAL:
		break;
	case ML_FIELD_TEXT:
		free(field->u.text);
		break;
	case ML_FIELD_BYTES:
		free(field->u.bytes);
		break;
	case ML_FIELD_REALS:
		free(field->u.reals);
		break;
	case ML_FIELD_INTS:
		free(field->u.ints);
		break;
	case ML_FIELD_TEXTS:
		ml_texts_free(field->u.texts, field->n);
		break;
	case ML_FIELD_MAP:
		ml_fields_release(field->u.map);
		free(field->u.map);
		break;
	}
}

void ml_fields_release(struct ml_fields *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct ml_field *field = &f->v[i];

		release_value(field);
		free(field->name);
	}
	free(f->v);
	*f = (struct ml_fields){ 0 };
}

int ml_fields_check(const struct ml_fields *f, struct ml_error *err)
{
	int rc = ML_OK;

	if (f->failed)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (%zu fields held)",
			       f->n);
	for (size_t i = 0; !rc && i < f->n; i++)
		if (f->v[i].type == ML_FIELD_MAP)
			rc = ml_fields_check(f->v[i].u.map, err);
	return rc;
}

const struct ml_field *ml_fields_find(const struct ml_fields *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].name, name))
			return &f->v[i];
	return NULL;
}

/* A new field whose value the caller fills; NULL, and remembered, when there is no memory. */
static struct ml_field *add(struct ml_fields *f, const char *name, enum ml_field_type type,
			    size_t n)
{
	struct ml_error unused;

	if (!f)
		return NULL;
	if (!f->failed && ML_GROW(f->v, f->cap, f->n + 1, &unused))
		f->failed = true;
	char *copy = f->failed ? NULL : ml_strdup(name, &unused);
	if (!copy) {
		f->failed = true;
		return NULL;
	}
	struct ml_field *field = &f->v[f->n++];
	*field = (struct ml_field){ .name = copy, .type = type, .n = n };
	return field;
}

/* Takes back the field that add() made last: there is no memory for its value. */
static void take_back(struct ml_fields *f)
{
	free(f->v[--f->n].name);
	f->failed = true;
}

/* Copy of n elements; NULL when there is no memory. */
static void *copy_of(const void *v, size_t n, size_t size)
{
	struct ml_error unused;
	void *copy = ml_alloc(n, size, &unused);

	if (copy && n)
		memcpy(copy, v, n * size);
	return copy;
}

void ml_put_size(struct ml_fields *f, const char *name, size_t v)
{
	struct ml_field *field = add(f, name, ML_FIELD_SIZE, 1);

	if (field)
		field->u.size = v;
}

void ml_put_real(struct ml_fields *f, const char *name, double v)
{
	struct ml_field *field = add(f, name, ML_FIELD_REAL, 1);

	if (field)
		field->u.real = v;
}

void ml_put_text(struct ml_fields *f, const char *name, const char *v)
{
	struct ml_error unused;
	struct ml_field *field = add(f, name, ML_FIELD_TEXT, strlen(v));

	if (field && !(field->u.text = ml_strdup(v, &unused)))
		take_back(f);
}

void ml_put_bytes(struct ml_fields *f, const char *name, const void *v, size_t n)
{
	struct ml_field *field = add(f, name, ML_FIELD_BYTES, n);

	if (field && !(field->u.bytes = copy_of(v, n, 1)))
		take_back(f);
}

void ml_put_reals(struct ml_fields *f, const char *name, const double *v, size_t n)
{
	struct ml_field *field = add(f, name, ML_FIELD_REALS, n);

	if (field && !(field->u.reals = copy_of(v, n, sizeof *v)))
		take_back(f);
}

void ml_put_ints(struct ml_fields *f, const char *name, const int32_t *v, size_t n)
{
	struct ml_field *field = add(f, name, ML_FIELD_INTS, n);

	if (field && !(field->u.ints = copy_of(v, n, sizeof *v)))
		take_back(f);
}

/* Copies of n texts; NULL when there is no memory. */
static char **copy_texts(const char *const *v, size_t n)
{
	struct ml_error unused;
	char **copy = ml_alloc(n, sizeof *copy, &unused);

	for (size_t i = 0; copy && i < n; i++)
		if (!(copy[i] = ml_strdup(v[i], &unused))) {
			ml_texts_free(copy, i);
			return NULL;
		}
	return copy;
}

void ml_put_texts(struct ml_fields *f, const char *name, const char *const *v, size_t n)
{
	struct ml_field *field = add(f, name, ML_FIELD_TEXTS, n);

	if (field && !(field->u.texts = copy_texts(v, n)))
		take_back(f);
}

struct ml_fields *ml_put_map(struct ml_fields *f, const char *name)
{
	struct ml_error unused;
	struct ml_field *field = add(f, name, ML_FIELD_MAP, 1);

	if (!field)
		return NULL;
	if (!(field->u.map = ml_alloc(1, sizeof *field->u.map, &unused))) {
		take_back(f);
		return NULL;
	}
	return field->u.map;
}

/* The field of that name and type. */
static int find(const struct ml_fields *f, const char *name, enum ml_field_type type,
		const struct ml_field **field, struct ml_error *err)
{
	*field = ml_fields_find(f, name);
	if (!*field)
		return ml_fail(err, ML_EDATA, "E-MODEL", "no field '%s'", name);
	if ((*field)->type != type)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field '%s' is %s, expected %s", name,
			       type_names[(*field)->type], type_names[type]);
	return ML_OK;
}

/* The same, of n elements. */
static int find_n(const struct ml_fields *f, const char *name, enum ml_field_type type,
		  size_t n, const struct ml_field **field, struct ml_error *err)
{
	int rc = find(f, name, type, field, err);

	if (!rc && (*field)->n != n)
		rc = ml_fail(err, ML_EDATA, "E-MODEL",
			     "field '%s' has %zu elements, expected %zu", name, (*field)->n, n);
	return rc;
}

int ml_get_size(const struct ml_fields *f, const char *name, size_t max, size_t *v,
		struct ml_error *err)
{
	const struct ml_field *field;
	int rc = find(f, name, ML_FIELD_SIZE, &field, err);

	if (!rc && field->u.size > max)
		rc = ml_fail(err, ML_EDATA, "E-MODEL",
			     "field '%s' is %zu, expected at most %zu", name, field->u.size,
			     max);
	if (!rc)
		*v = field->u.size;
	return rc;
}

int ml_get_real(const struct ml_fields *f, const char *name, double *v, struct ml_error *err)
{
	const struct ml_field *field;
	int rc = find(f, name, ML_FIELD_REAL, &field, err);

	if (!rc && !isfinite(field->u.real))
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "field '%s' is not finite", name);
	if (!rc)
		*v = field->u.real;
	return rc;
}

int ml_get_text(const struct ml_fields *f, const char *name, char **v, struct ml_error *err)
{
	const struct ml_field *field;
	int rc = find(f, name, ML_FIELD_TEXT, &field, err);

	if (!rc && !(*v = ml_strdup(field->u.text, err)))
		rc = err->code;
	return rc;
}

int ml_get_pick(const struct ml_fields *f, const char *name, const char *const *words,
		size_t *which, struct ml_error *err)
{
	const struct ml_field *field;

	if (find(f, name, ML_FIELD_TEXT, &field, err))
		return err->code;
	for (*which = 0; words[*which]; ++*which)
		if (!strcmp(words[*which], field->u.text))
			return ML_OK;
	return ml_fail(err, ML_EDATA, "E-MODEL", "field '%s' is a word that is not known",
		       name);
}

int ml_get_bytes(const struct ml_fields *f, const char *name, unsigned char **v, size_t n,
		 struct ml_error *err)
{
	const struct ml_field *field;
	int rc = find_n(f, name, ML_FIELD_BYTES, n, &field, err);

	if (!rc && !(*v = ml_alloc(n, 1, err)))
		rc = err->code;
	if (!rc && n)
		memcpy(*v, field->u.bytes, n);
	return rc;
}

int ml_get_reals(const struct ml_fields *f, const char *name, double **v, size_t n,
		 struct ml_error *err)
{
	const struct ml_field *field;
	int rc = find_n(f, name, ML_FIELD_REALS, n, &field, err);

	for (size_t i = 0; !rc && i < n; i++)
		if (!isfinite(field->u.reals[i]))
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "field '%s': element %zu is not finite", name, i);
	if (!rc && !(*v = ml_alloc(n, sizeof **v, err)))
		rc = err->code;
	if (!rc && n)
		memcpy(*v, field->u.reals, n * sizeof **v);
	return rc;
}

int ml_get_ints(const struct ml_fields *f, const char *name, int32_t **v, size_t n, int32_t lo,
		int32_t hi, struct ml_error *err)
{
	const struct ml_field *field;
	int rc = find_n(f, name, ML_FIELD_INTS, n, &field, err);

	for (size_t i = 0; !rc && i < n; i++)
		if (field->u.ints[i] < lo || field->u.ints[i] > hi)
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "field '%s': element %zu is %ld, expected %ld to %ld",
				     name, i, (long)field->u.ints[i], (long)lo, (long)hi);
	if (!rc && !(*v = ml_alloc(n, sizeof **v, err)))
		rc = err->code;
	if (!rc && n)
		memcpy(*v, field->u.ints, n * sizeof **v);
	return rc;
}

int ml_get_texts(const struct ml_fields *f, const char *name, char ***v, size_t n,
		 struct ml_error *err)
{
	const struct ml_field *field;
	int rc = find_n(f, name, ML_FIELD_TEXTS, n, &field, err);

	if (!rc && !(*v = copy_texts((const char *const *)field->u.texts, n)))
		rc = ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (%zu texts)", n);
	return rc;
}

int ml_get_map(const struct ml_fields *f, const char *name, const struct ml_fields **v,
	       struct ml_error *err)
{
	const struct ml_field *field;
	int rc = find(f, name, ML_FIELD_MAP, &field, err);

	if (!rc)
		*v = field->u.map;
	return rc;
}

int ml_get_count(const struct ml_fields *f, const char *name, size_t max, size_t *n,
		 struct ml_error *err)
{
	const struct ml_field *field = ml_fields_find(f, name);

	if (!field)
		return ml_fail(err, ML_EDATA, "E-MODEL", "no field '%s'", name);
	if (field->type < ML_FIELD_BYTES || field->type == ML_FIELD_MAP)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field '%s' is %s, expected a list",
			       name, type_names[field->type]);
	if (field->n > max)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field '%s' has %zu elements, expected at most %zu", name,
			       field->n, max);
	*n = field->n;
	return ML_OK;
}

bool ml_has(const struct ml_fields *f, const char *name)
{
	return ml_fields_find(f, name) != NULL;
}
