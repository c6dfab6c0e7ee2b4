/* tunespace.c - parameters from the command line and from the option tables of estimators. */
#include "core/tunespace.h"

#include <string.h>

#include "base/utf8.h"
#include "core/tunewords.h"
#include "models/model.h"

static int find_model(const char *name, const struct ml_model **model, struct ml_error *err)
{
	if ((*model = ml_model_find(name)))
		return ML_OK;
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "no ALGORITHM '%s' (see ml-fit --list)",
		       ML_SHOW(name, strlen(name)));
}

/* The choice of `algorithm` that the parameter in text belongs to by its name, "ridge.alpha=";
 * or NULL. */
static const char *owner_of(const struct ml_space *s, const char *text)
{
	size_t a = ml_space_find(s, ml_algorithm);

	for (size_t k = 0; a != SIZE_MAX && k < s->v[a].choices; k++) {
		size_t n = strlen(s->v[a].choice[k]);
		if (!strncmp(text, s->v[a].choice[k], n) && text[n] == '.')
			return s->v[a].choice[k];
	}
	return NULL;
}

static bool is_algorithm(const char *text)
{
	size_t n = strlen(ml_algorithm);

	return !strncmp(text, ml_algorithm, n) && text[n] == '=';
}

/* `algorithm` first: others may be about it. */
static int add_params(struct ml_space *s, const struct ml_texts *params, bool algorithm,
		      struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < params->n; i++) {
		const char *text = params->v[i], *owner;
		if (is_algorithm(text) != algorithm)
			continue;
		if (!(owner = owner_of(s, text)) || strstr(text, " if ")) {
			rc = ml_space_add(s, text, err);
			continue;
		}
		struct ml_buf whole = { 0 };
		ml_buf_printf(&whole, "%s if %s=%s", text, ml_algorithm, owner);
		rc = ml_buf_check(&whole, err);
		if (!rc)
			rc = ml_space_add(s, ml_buf_str(&whole), err);
		ml_buf_release(&whole);
	}
	return rc;
}

static int add_algorithms(struct ml_space *s, struct ml_error *err)
{
	size_t a = ml_space_find(s, ml_algorithm);
	const struct ml_model *model;
	struct ml_buf prefix = { 0 };
	int rc = ML_OK;

	for (size_t k = 0; !rc && a != SIZE_MAX && k < s->v[a].choices; k++) {
		const char *name = s->v[a].choice[k];
		if ((rc = find_model(name, &model, err)))
			break;
		ml_buf_clear(&prefix);
		ml_buf_printf(&prefix, "%s.", name);
		rc = ml_buf_check(&prefix, err);
		if (!rc)
			rc = ml_space_add_options(s, model->opts, ml_buf_str(&prefix), a, k,
						  err);
	}
	ml_buf_release(&prefix);
	return rc;
}

int ml_tune_space(struct ml_space *s, const struct ml_texts *params,
		  const struct ml_texts *spaces, struct ml_error *err)
{
	const struct ml_model *model;
	int rc = add_params(s, params, true, err);

	if (!rc)
		rc = add_params(s, params, false, err);
	if (!rc)
		rc = add_algorithms(s, err);
	for (size_t i = 0; !rc && i < spaces->n; i++)
		if (!(rc = find_model(spaces->v[i], &model, err)))
			rc = ml_space_add_options(s, model->opts, "", SIZE_MAX, 0, err);
	if (!rc && !s->n)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "nothing to search: give parameters with -p NAME=RANGE, or an "
			     "estimator's with --space ALGORITHM");
	return rc;
}
