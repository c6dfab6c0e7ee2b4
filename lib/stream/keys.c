/* keys.c - maps whose keys stand in a fixed order. */
#include "stream/keys.h"

#include <string.h>

#include "base/utf8.h"

int ml_keys_open(struct ml_cbor *c, struct ml_keys *m, struct ml_error *err)
{
	struct ml_cbor_item item;

	m->c = c;
	int rc = ml_cbor_expect(c, ML_CBOR_MAP, &item, err);
	m->left = item.value;
	return rc;
}

static bool is_text(const struct ml_cbor_item *item, const char *text)
{
	size_t n = strlen(text);

	return item->major == ML_CBOR_TEXT && item->value == n && !memcmp(item->bytes, text, n);
}

bool ml_keys_has(struct ml_keys *m, const char *key)
{
	struct ml_cbor ahead = *m->c;
	struct ml_cbor_item item;
	struct ml_error unused;

	if (!m->left || ml_cbor_next(&ahead, &item, &unused) || !is_text(&item, key))
		return false;
	*m->c = ahead;
	m->left--;
	return true;
}

int ml_keys_need(struct ml_keys *m, const char *key, struct ml_error *err)
{
	if (ml_keys_has(m, key))
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-MODEL", "no '%s' where it is expected", key);
}

int ml_keys_close(const struct ml_keys *m, struct ml_error *err)
{
	return m->left ? ml_fail(err, ML_EDATA, "E-MODEL",
				 "a key that is not known, or not in its place")
		       : ML_OK;
}

int ml_keys_text(struct ml_cbor *c, struct ml_cbor_item *item, struct ml_error *err)
{
	int rc = ml_cbor_expect(c, ML_CBOR_TEXT, item, err);

	if (!rc && item->value && memchr(item->bytes, 0, (size_t)item->value))
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "a NUL in a text");
	return rc;
}

int ml_keys_word(struct ml_cbor *c, const char *const *words, unsigned *at,
		 struct ml_error *err)
{
	struct ml_cbor_item item;
	int rc = ml_keys_text(c, &item, err);

	for (*at = 0; !rc && words[*at]; ++*at)
		if (is_text(&item, words[*at]))
			return ML_OK;
	return rc ? rc
		  : ml_fail(err, ML_EDATA, "E-MODEL", "'%s' is not known",
			    ML_SHOW((const char *)item.bytes, (size_t)item.value));
}
