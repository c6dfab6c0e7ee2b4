/* schema.c - names, kinds, roles and levels of the columns of `rows` records. */
#include "stream/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stream/cbor.h"

static int bad(struct ml_error *err, const char *why)
{
	return ml_fail(err, ML_EDATA, "E-MODEL", "%s", why);
}

int ml_schema_take(struct ml_keys *m, struct ml_schema *s, struct ml_error *err)
{
	struct ml_cbor_item item;
	unsigned at;

	int rc = ml_keys_need(m, "name", err);
	if (!rc)
		rc = ml_keys_text(m->c, &item, err);
	if (!rc && !item.value)
		rc = bad(err, "a column without a name");
	if (!rc && !(s->name = ml_strndup((const char *)item.bytes, (size_t)item.value, err)))
		rc = err->code;
	if (!rc)
		rc = ml_keys_need(m, "kind", err);
	if (!rc && (rc = ml_keys_word(m->c, ml_kind_names, &at, err)))
		ml_context(err, "kind");
	if (rc)
		return rc;
	s->kind = (enum ml_kind)at;
	if (ml_keys_has(m, "role")) {
		if (ml_keys_word(m->c, ml_role_names, &at, err))
			return ml_context(err, "role");
		if (at == ML_FEATURE)
			return bad(err, "role: 'feature' is not written");
		s->role = (enum ml_role)at;
	}
	if (ml_keys_has(m, "dummy")) {
		rc = ml_cbor_expect(m->c, ML_CBOR_SIMPLE, &item, err);
		if (!rc && item.value != ML_CBOR_TRUE)
			rc = bad(err, "dummy: not true");
		s->dummy = true;
	}
	if (!rc && s->kind == ML_CATEGORY && !(s->levels = ml_levels_new(err)))
		rc = err->code;
	return rc;
}

int ml_schema_take_levels(struct ml_cbor *c, struct ml_schema *s, struct ml_error *err)
{
	struct ml_cbor_item item;
	int32_t code;

	if (s->kind != ML_CATEGORY)
		return bad(err, "only a category has levels");
	int rc = ml_cbor_expect(c, ML_CBOR_ARRAY, &item, err);
	if (!rc && !item.value)
		rc = bad(err, "an empty list is not written");
	for (uint64_t left = rc ? 0 : item.value; !rc && left; left--) {
		rc = ml_keys_text(c, &item, err);
		if (!rc && !item.value)
			rc = bad(err, "an empty level: as a cell it would be missing");
		if (!rc)
			rc = ml_levels_add(s->levels, (const char *)item.bytes,
					   (size_t)item.value, &code, err);
		if (!rc && (size_t)code != s->known)
			rc = ml_fail(err, ML_EDATA, "E-MODEL", "'%s' is there twice",
				     ML_SHOW((const char *)item.bytes, (size_t)item.value));
		if (!rc)
			s->known++;
	}
	return rc;
}

int ml_schema_restore(struct ml_schema *s, struct ml_error *err)
{
	int32_t code;
	int rc = ML_OK;

	if (!s->levels || s->levels->n == s->known)
		return ML_OK;
	struct ml_levels *own = ml_levels_new(err);
	if (!own)
		return err->code;
	for (size_t i = 0; !rc && i < s->known; i++)
		rc = ml_levels_add(own, s->levels->name[i], s->levels->len[i], &code, err);
	if (rc) {
		ml_levels_free(own);
		return rc;
	}
	ml_levels_free(s->levels);
	s->levels = own;
	return ML_OK;
}

void ml_schema_release(struct ml_schema *s)
{
	free(s->name);
	ml_levels_free(s->levels);
	*s = (struct ml_schema){ 0 };
}
