/* opt_number.c - options that are numbers: whole, real, and sizes in bytes. */
#include "opt/opt_type.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

#define USAGE ML_EUSAGE, "E-USAGE"
#define SHOWN(text) ML_SHOW(text, strlen(text))

bool ml_opt_ranged(const struct ml_opt *o)
{
	return o->lo != 0 || o->hi != 0;
}

/* In units where a size is whole; whole powers of ten stand as such: 1e9, not 1000000000. */
static void put_limit(const struct ml_opt *o, double v, struct ml_buf *out)
{
	char text[ML_NUMBER_MAX];

	if (o->type == ML_SIZE && v < 0x1p62) {
		ml_opt_size.text(o, &(size_t){ (size_t)v }, out);
		return;
	}
	size_t n = ml_number_print(v, text), zeros = 0;
	while (zeros < n && text[n - 1 - zeros] == '0')
		zeros++;
	if (zeros >= 6 && n - zeros == 1 && !strpbrk(text, ".e"))
		ml_buf_printf(out, "%ce%zu", text[0], zeros);
	else
		ml_buf_put(out, text, n);
}

void ml_opt_put_range(const struct ml_opt *o, struct ml_buf *out)
{
	if (!ml_opt_ranged(o))
		return;
	if (!isfinite(o->hi)) {
		ml_buf_text(out, "at least ");
		put_limit(o, o->lo, out);
	} else if (!isfinite(o->lo)) {
		ml_buf_text(out, "at most ");
		put_limit(o, o->hi, out);
	} else {
		put_limit(o, o->lo, out);
		ml_buf_text(out, "..");
		put_limit(o, o->hi, out);
	}
}

static int out_of_range(const struct ml_opt *o, const char *text, struct ml_error *err)
{
	struct ml_buf range = { 0 };

	ml_opt_put_range(o, &range);
	ml_fail(err, USAGE, "option '--%s': %s is out of range (%s)", o->name, SHOWN(text),
		ml_opt_ranged(o) ? ml_buf_str(&range) : "too large");
	ml_buf_release(&range);
	return err->code;
}

static bool in_range(const struct ml_opt *o, double v)
{
	return !ml_opt_ranged(o) || (v >= o->lo && v <= o->hi);
}

/* -- integer -- */

static int parse_int(const struct ml_opt *o, void *field, const char *text,
		     struct ml_error *err)
{
	struct ml_number n;
	long long v;

	if (!ml_integer_parse(text, &v)) {
		/* 1e6 is whole as well, and what people type; beyond 2^53 digits decide. */
		if (!ml_number_parse(text, strlen(text), &n) || n.value != floor(n.value))
			return ml_fail(err, USAGE, "option '--%s': '%s' is not a whole number",
				       o->name, SHOWN(text));
		if (fabs(n.value) > 0x1p53)
			return out_of_range(o, text, err);
		v = (long long)n.value;
	}
	if (!in_range(o, (double)v))
		return out_of_range(o, text, err);
	*(int64_t *)field = v;
	return ML_OK;
}

static void text_int(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	(void)o;
	ml_buf_printf(out, "%lld", (long long)*(const int64_t *)field);
}

static void json_int(const struct ml_opt *o, const char *key, const void *field,
		     struct ml_json *out)
{
	(void)o;
	ml_json_int(out, key, *(const int64_t *)field);
}

/* -- real -- */

int ml_opt_read_real(const struct ml_opt *o, const char *text, double *v, struct ml_error *err)
{
	struct ml_number n;

	if (!ml_number_parse(text, strlen(text), &n))
		return ml_fail(err, USAGE, "option '--%s': '%s' is not a number", o->name,
			       SHOWN(text));
	if (n.flags & ML_NUM_OVERFLOW)
		return ml_fail(err, USAGE, "option '--%s': %s is beyond the largest number",
			       o->name, SHOWN(text));
	if (!in_range(o, n.value))
		return out_of_range(o, text, err);
	*v = n.value;
	return ML_OK;
}

static int parse_real(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	return ml_opt_read_real(o, text, field, err);
}

void ml_opt_put_real(double v, struct ml_buf *out)
{
	char text[ML_NUMBER_MAX];

	ml_buf_put(out, text, ml_number_print(v, text));
}

static void text_real(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	(void)o;
	ml_opt_put_real(*(const double *)field, out);
}

static void json_real(const struct ml_opt *o, const char *key, const void *field,
		      struct ml_json *out)
{
	(void)o;
	ml_json_real(out, key, *(const double *)field);
}

/* -- bytes -- */

static const char suffixes[] = "KMGT";

static int parse_size(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	size_t n = strlen(text), shift = 0;
	struct ml_number v;
	const char *suffix = n ? strchr(suffixes, text[n - 1]) : NULL;

	if (suffix) {
		shift = 10 * (size_t)(suffix - suffixes + 1);
		n--;
	}
	if (!ml_number_parse(text, n, &v) || v.value < 0)
		return ml_fail(err, USAGE,
			       "option '--%s': '%s' is not a size (bytes, or with K, M, G, T)",
			       o->name, SHOWN(text));
	double bytes = ldexp(v.value, (int)shift);
	if (!in_range(o, bytes))
		return out_of_range(o, text, err);
	if (bytes > 0x1p62) /* a size_t holds it */
		return ml_fail(err, USAGE, "option '--%s': %s is too large", o->name,
			       SHOWN(text));
	*(size_t *)field = (size_t)bytes;
	return ML_OK;
}

static void text_size(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	size_t v = *(const size_t *)field, unit = 0;

	(void)o;
	while (v && !(v % 1024) && suffixes[unit]) {
		v /= 1024;
		unit++;
	}
	ml_buf_printf(out, "%zu", v);
	if (unit)
		ml_buf_byte(out, (unsigned char)suffixes[unit - 1]);
}

static void json_size(const struct ml_opt *o, const char *key, const void *field,
		      struct ml_json *out)
{
	(void)o;
	ml_json_int(out, key, (int64_t) * (const size_t *)field);
}

const struct ml_opt_kind ml_opt_int = {
	.word = "integer",
	.parse = parse_int,
	.text = text_int,
	.json = json_int,
	.number = true,
};
const struct ml_opt_kind ml_opt_real = {
	.word = "real",
	.parse = parse_real,
	.text = text_real,
	.json = json_real,
	.number = true,
};
const struct ml_opt_kind ml_opt_size = {
	.word = "size",
	.parse = parse_size,
	.text = text_size,
	.json = json_size,
	.number = true,
};
