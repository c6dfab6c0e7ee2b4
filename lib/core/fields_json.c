/* fields_json.c - named fields as JSON, a writer for each type of field. */
#include "core/fields_json.h"

static void put_size(const struct ml_field *f, struct ml_json *out)
{
	ml_json_int(out, f->name, (int64_t)f->u.size);
}

static void put_real(const struct ml_field *f, struct ml_json *out)
{
	ml_json_real(out, f->name, f->u.real);
}

static void put_text(const struct ml_field *f, struct ml_json *out)
{
	ml_json_textn(out, f->name, f->u.text, f->n);
}

static void put_bytes(const struct ml_field *f, struct ml_json *out)
{
	static const char digits[] = "0123456789abcdef";
	struct ml_buf hex = { 0 };

	for (size_t i = 0; i < f->n; i++) {
		ml_buf_byte(&hex, (unsigned char)digits[f->u.bytes[i] >> 4]);
		ml_buf_byte(&hex, (unsigned char)digits[f->u.bytes[i] & 15]);
	}
	ml_json_text(out, f->name, ml_buf_str(&hex));
	out->out->failed |= hex.failed;
	ml_buf_release(&hex);
}

static void put_reals(const struct ml_field *f, struct ml_json *out)
{
	ml_json_open(out, f->name, '[');
	for (size_t i = 0; i < f->n; i++)
		ml_json_real(out, NULL, f->u.reals[i]);
	ml_json_close(out, ']');
}

static void put_ints(const struct ml_field *f, struct ml_json *out)
{
	ml_json_open(out, f->name, '[');
	for (size_t i = 0; i < f->n; i++)
		ml_json_int(out, NULL, f->u.ints[i]);
	ml_json_close(out, ']');
}

static void put_texts(const struct ml_field *f, struct ml_json *out)
{
	ml_json_open(out, f->name, '[');
	for (size_t i = 0; i < f->n; i++)
		ml_json_text(out, NULL, f->u.texts[i]);
	ml_json_close(out, ']');
}

static void put_map(const struct ml_field *f, struct ml_json *out)
{
	ml_json_open(out, f->name, '{');
	ml_fields_json(f->u.map, out);
	ml_json_close(out, '}');
}

void ml_fields_json(const struct ml_fields *f, struct ml_json *out)
{
	static void (*const put[])(const struct ml_field *, struct ml_json *) = {
		[ML_FIELD_SIZE] = put_size,   [ML_FIELD_REAL] = put_real,
		[ML_FIELD_TEXT] = put_text,   [ML_FIELD_BYTES] = put_bytes,
		[ML_FIELD_REALS] = put_reals, [ML_FIELD_INTS] = put_ints,
		[ML_FIELD_TEXTS] = put_texts, [ML_FIELD_MAP] = put_map,
	};

	for (size_t i = 0; i < f->n; i++)
		put[f->v[i].type](&f->v[i], out);
}
