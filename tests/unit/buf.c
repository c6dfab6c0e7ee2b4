/* buf.c - bytes that grow at the end. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "test.h"

TEST("pieces stand one behind the other, for all sizes around a growth")
{
	struct ml_buf b = { 0 };
	unsigned char want[40000];
	size_t n = 0;

	for (size_t size = 0; size < 260; size++) {
		for (size_t i = 0; i < size; i++)
			want[n + i] = (unsigned char)(n * 37 + i * 101 + 11);
		ml_buf_put(&b, want + n, size);
		n += size;
		ml_buf_byte(&b, (unsigned char)size);
		want[n++] = (unsigned char)size;
		CHECK(b.n == n && b.cap > b.n);
	}
	CHECK(n == 33930); /* the sum of 1..260: the test puts what it means to */
	CHECK(!memcmp(b.v, want, n));
	ml_buf_release(&b);
	CHECK(!b.v && !b.n && !b.cap && !b.failed);
}

TEST("printf grows when its text does not fit, and fits exactly")
{
	for (int len = 0; len < 200; len++) {
		struct ml_buf b = { 0 };
		char want[512];

		ml_buf_text(&b, "2.385");
		ml_buf_printf(&b, "|%*s|%d", len, "xy", 7919);
		snprintf(want, sizeof want, "2.385|%*s|%d", len, "xy", 7919);
		SAME_TEXT(ml_buf_str(&b), want);
		CHECK(b.n == strlen(want));
		ml_buf_release(&b);
	}
}

TEST("an empty buffer is an empty text, and putting nothing takes no memory")
{
	struct ml_buf b = { 0 };

	SAME_TEXT(ml_buf_str(&b), "");
	ml_buf_put(&b, NULL, 0);
	ml_buf_text(&b, "");
	CHECK(!b.v && !b.n);
	ml_buf_text(&b, "abc");
	ml_buf_clear(&b);
	SAME_TEXT(ml_buf_str(&b), "");
	CHECK(b.cap > 0);
	ml_buf_text(&b, "de");
	SAME_TEXT(ml_buf_str(&b), "de");
	ml_buf_release(&b);
}

TEST("a put that fails is remembered, and nothing is put behind it")
{
	struct ml_buf b = { 0 };
	struct ml_error err = { 0 };

	ml_buf_text(&b, "before");
	CHECK(ml_buf_check(&b, &err) == ML_OK);
	ml_buf_put(&b, "x", SIZE_MAX - 3); /* larger than an object can be: refused unread */
	CHECK(b.failed && b.n == 6);
	ml_buf_text(&b, "behind");
	ml_buf_byte(&b, 'x');
	ml_buf_printf(&b, "%d", 1);
	CHECK(b.n == 6);
	SAME_TEXT(ml_buf_str(&b), "");
	CHECK(ml_buf_check(&b, &err) == ML_ENOMEM && err.code == ML_ENOMEM);
	SAME_TEXT(err.tag, "E-NOMEM");
	ml_buf_clear(&b);
	CHECK(ml_buf_check(&b, &err) == ML_OK);
	ml_buf_release(&b);
}

int main(void)
{
	return ml_tests_run();
}
