/* stateless.c - contract functions of preparations that learn nothing. */
#include "prep/stateless.h"

void ml_stateless_save(const void *state, struct ml_fields *out)
{
	(void)state;
	(void)out;
}

int ml_stateless_load(void *state, unsigned format, const struct ml_fields *in,
		      const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	(void)state;
	(void)format;
	(void)in;
	(void)kind;
	(void)n;
	(void)err;
	return ML_OK;
}

int ml_stateless_load_numbers(void *state, unsigned format, const struct ml_fields *in,
			      const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	(void)state;
	(void)format;
	(void)in;
	return ml_load_kind(kind, n, ML_NUMBER, err);
}

void ml_stateless_release(void *state)
{
	(void)state;
}

int ml_load_kind(const enum ml_kind *kind, size_t n, enum ml_kind expected,
		 struct ml_error *err)
{
	for (size_t k = 0; k < n; k++)
		if (kind[k] != expected)
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "needs a %s column, expected a %s column",
				       ml_kind_names[kind[k]], ml_kind_names[expected]);
	return ML_OK;
}
