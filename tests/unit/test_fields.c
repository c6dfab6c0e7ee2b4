/* Named fields: copies in, checked copies out, hostile content refused. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "data/fields.h"
#include "test.h"

static struct ml_error err;

#define REFUSED(call) \
	do { \
		CHECK((call) == ML_EDATA); \
		SAME_TEXT(err.tag, "E-MODEL"); \
	} while (0)

static void fill(struct ml_fields *f)
{
	double reals[] = { 2.385, -0.0, 1e300 };
	int32_t ints[] = { -5, 0, INT32_MAX };
	char text[] = "text", *texts[] = { "a", "", "long enough" };

	ml_put_size(f, "size", 42);
	ml_put_real(f, "real", 2.385);
	ml_put_text(f, "text", text);
	ml_put_bytes(f, "bytes", "\0\1\2", 3);
	ml_put_reals(f, "reals", reals, 3);
	ml_put_ints(f, "ints", ints, 3);
	ml_put_texts(f, "texts", (const char *const *)texts, 3);
	ml_put_reals(f, "none", NULL, 0);
	ml_put_size(ml_put_map(f, "map"), "inner", 7);
	memset(text, '?', 4); /* puts copied */
	memset(reals, 0, sizeof reals);
}

TEST("every type comes back as it was put")
{
	struct ml_fields f = { 0 };
	const struct ml_fields *map;
	size_t n = 0;
	double real = 0, *reals = NULL;
	int32_t *ints = NULL;
	unsigned char *bytes = NULL;
	char *text = NULL, **texts = NULL;

	fill(&f);
	CHECK(!ml_fields_check(&f, &err) && f.n == 9);
	CHECK(!ml_get_size(&f, "size", 42, &n, &err) && n == 42);
	CHECK(!ml_get_real(&f, "real", &real, &err) && real == 2.385);
	CHECK(!ml_get_text(&f, "text", &text, &err));
	SAME_TEXT(text, "text");
	CHECK(!ml_get_bytes(&f, "bytes", &bytes, 3, &err) && !memcmp(bytes, "\0\1\2", 3));
	CHECK(!ml_get_reals(&f, "reals", &reals, 3, &err) && reals[0] == 2.385 &&
	      reals[2] == 1e300);
	CHECK(!ml_get_ints(&f, "ints", &ints, 3, -5, INT32_MAX, &err) && ints[0] == -5);
	CHECK(!ml_get_texts(&f, "texts", &texts, 3, &err));
	SAME_TEXT(texts[2], "long enough");
	CHECK(!ml_get_count(&f, "texts", 3, &n, &err) && n == 3);
	CHECK(!ml_get_count(&f, "none", 0, &n, &err) && n == 0);
	CHECK(!ml_get_map(&f, "map", &map, &err));
	CHECK(!ml_get_size(map, "inner", 9, &n, &err) && n == 7);
	CHECK(ml_has(&f, "map") && !ml_has(&f, "inner") && !ml_fields_find(&f, "Size"));
	ml_texts_free(texts, 3);
	free(ints);
	free(reals);
	free(bytes);
	free(text);
	ml_fields_release(&f);
	ml_fields_release(&f);
}

TEST("an absent name, another type, another length is E-MODEL")
{
	struct ml_fields f = { 0 };
	const struct ml_fields *map;
	size_t n;
	double real, *reals;
	int32_t *ints;
	unsigned char *bytes;
	char *text, **texts;

	fill(&f);
	REFUSED(ml_get_size(&f, "absent", 9, &n, &err));
	CHECK(strstr(err.msg, "absent"));
	REFUSED(ml_get_size(&f, "real", 9, &n, &err));
	REFUSED(ml_get_real(&f, "size", &real, &err));
	REFUSED(ml_get_text(&f, "texts", &text, &err));
	REFUSED(ml_get_bytes(&f, "bytes", &bytes, 2, &err));
	REFUSED(ml_get_reals(&f, "reals", &reals, 4, &err));
	REFUSED(ml_get_reals(&f, "ints", &reals, 3, &err));
	REFUSED(ml_get_ints(&f, "ints", &ints, 2, INT32_MIN, INT32_MAX, &err));
	REFUSED(ml_get_texts(&f, "texts", &texts, 2, &err));
	REFUSED(ml_get_map(&f, "text", &map, &err));
	REFUSED(ml_get_count(&f, "text", 9, &n, &err));
	REFUSED(ml_get_count(&f, "map", 9, &n, &err));
	REFUSED(ml_get_count(&f, "absent", 9, &n, &err));
	ml_fields_release(&f);
}

TEST("a value out of range or not finite is E-MODEL")
{
	struct ml_fields f = { 0 };
	double bad[] = { 1, NAN, 2 }, inf[] = { (double)INFINITY }, real, *reals;
	size_t n;
	int32_t *ints;

	fill(&f);
	ml_put_reals(&f, "nan", bad, 3);
	ml_put_reals(&f, "inf", inf, 1);
	ml_put_real(&f, "one nan", bad[1]);
	REFUSED(ml_get_size(&f, "size", 41, &n, &err));
	REFUSED(ml_get_reals(&f, "nan", &reals, 3, &err));
	REFUSED(ml_get_reals(&f, "inf", &reals, 1, &err));
	REFUSED(ml_get_real(&f, "one nan", &real, &err));
	REFUSED(ml_get_ints(&f, "ints", &ints, 3, -4, INT32_MAX, &err));
	REFUSED(ml_get_ints(&f, "ints", &ints, 3, -5, INT32_MAX - 1, &err));
	REFUSED(ml_get_count(&f, "reals", 2, &n, &err));
	ml_fields_release(&f);
}

TEST("running out of memory is remembered, in maps too, and puts into NULL do nothing")
{
	struct ml_fields f = { 0 };

	ml_put_bytes(ml_put_map(&f, "map"), "huge", "", SIZE_MAX);
	CHECK(ml_fields_check(&f, &err) == ML_ENOMEM);
	CHECK(f.n == 1 && f.v[0].u.map->n == 0);
	ml_put_reals(NULL, "x", NULL, 0);
	CHECK(!ml_put_map(NULL, "x"));
	ml_put_reals(&f, "huge", NULL, SIZE_MAX);
	CHECK(f.failed && f.n == 1);
	ml_put_size(&f, "later", 1);
	CHECK(f.n == 1);
	ml_fields_release(&f);
}

int main(void)
{
	return ml_tests_run();
}
