/* fuzz_cbor.c - named fields: what is read is written again to the byte, passes the writer's
 * checks, and can be asked for and shown. */
#include "core/fields_json.h"
#include "fuzz.h"
#include "stream/cbor.h"

static void ask(const struct ml_fields *f)
{
	for (size_t i = 0; i < f->n; i++) {
		const char *name = f->v[i].name;
		struct ml_error err = { 0 };
		size_t size = 0, n = 0;
		double real, *reals = NULL;
		int32_t *ints = NULL;
		char *text = NULL, **texts = NULL;
		const struct ml_fields *map;

		MUST(ml_fields_find(f, name) == &f->v[i]);
		if (!ml_get_size(f, name, 1000, &size, &err))
			MUST(size <= 1000);
		if (!ml_get_real(f, name, &real, &err))
			MUST(real - real == 0);
		if (!ml_get_text(f, name, &text, &err))
			MUST(strlen(text) == f->v[i].n);
		free(text);
		int rc = ml_get_count(f, name, 1000, &n, &err);
		if (!rc && !ml_get_reals(f, name, &reals, n, &err))
			for (size_t k = 0; k < n; k++)
				MUST(reals[k] - reals[k] == 0);
		free(reals);
		if (!rc && !ml_get_ints(f, name, &ints, n, -1, 5, &err))
			for (size_t k = 0; k < n; k++)
				MUST(ints[k] >= -1 && ints[k] <= 5);
		free(ints);
		if (!rc && !ml_get_texts(f, name, &texts, n, &err))
			ml_texts_free(texts, n);
		if (!ml_get_map(f, name, &map, &err))
			ask(map);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct ml_fields f = { 0 };
	struct ml_error err = { 0 };
	struct ml_buf again = { 0 }, json = { 0 };
	struct ml_json j = { .out = &json };

	int rc = ml_cbor_get_fields(v, n, &f, &err);
	if (rc) {
		must_tell(rc, &err);
		MUST(!f.n && !f.v);
		return 0;
	}
	ml_cbor_put_fields(&again, &f);
	MUST(again.n == n && !memcmp(again.v, v, n));
	MUST(!ml_cbor_check_fields(&f, &err));
	ask(&f);
	ml_json_open(&j, NULL, '{');
	ml_fields_json(&f, &j);
	ml_json_close(&j, '}');
	ml_buf_release(&json);
	ml_buf_release(&again);
	ml_fields_release(&f);
	return 0;
}
