/* input_roles.c - what the command line says of columns: their roles and kinds. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/input_parts.h"

/* Dummies NAME=LEVEL are there in place of the column. */
static bool was_encoded(const struct ml_input *in, const char *name)
{
	size_t n = strlen(name);

	for (size_t j = 0; in->dummy && j < in->set.n; j++)
		if (in->dummy[j] && !strncmp(in->set.name[j], name, n) &&
		    in->set.name[j][n] == '=')
			return true;
	return false;
}

static int names_message(const struct ml_input *in, struct ml_error *err, const char *tag,
			 const char *what, const char *name)
{
	struct ml_buf list = { 0 };

	for (size_t j = 0; j < in->set.n && list.n < 300; j++)
		ml_buf_printf(&list, "%s%s", j ? ", " : "",
			      ML_SHOW(in->set.name[j], strlen(in->set.name[j])));
	ml_fail(err, ML_EDATA, tag, "%s: no %s column '%s'%s; there are: %.260s", in->file,
		what, ML_SHOW(name, strlen(name)),
		was_encoded(in, name) ? " (it was encoded: name it in the first tool)" : "",
		ml_buf_str(&list));
	ml_buf_release(&list);
	return err->code;
}

/* Which column the command line names for each role that one column has alone. */
struct named {
	size_t at[ML_IGNORED + 1];
};

static int note_named(const struct ml_input *in, struct named *named, enum ml_role role,
		      size_t at, struct ml_error *err)
{
	for (size_t r = 0; r <= ML_IGNORED; r++)
		if (named->at[r] == at)
			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "column '%s' cannot be %s and %s at once",
				       ML_SHOW(in->set.name[at], strlen(in->set.name[at])),
				       ml_role_names[r], ml_role_names[role]);
	named->at[role] = at;
	return ML_OK;
}

/* A role that one column has alone moves from whichever the table came with. */
static void take_role(struct ml_input *in, size_t j, bool stays)
{
	const struct ml_run *run = in->run;

	if (!stays && run->warn)
		run->warn(run->user, "W-ROLE", SIZE_MAX,
			  "%s: column '%s' has lost the role of %s, and is a feature now "
			  "(--ignore "
			  "leaves it out)",
			  in->file, ML_SHOW(in->set.name[j], strlen(in->set.name[j])),
			  ml_role_names[in->role[j]]);
	in->role[j] = ML_FEATURE;
}

static int give_role(struct ml_input *in, const char *spec, enum ml_role role,
		     struct named *named, struct ml_error *err)
{
	bool alone = role != ML_ID && role != ML_IGNORED;
	size_t *idx = NULL, n = 0;

	if (!spec)
		return ML_OK;
	int rc = ml_columns_pick(&in->set, spec, &idx, &n, err);
	if (rc == ML_EDATA && in->opts->roles_optional)
		return ML_OK;
	if (rc == ML_EDATA && !alone && !was_encoded(in, spec)) /* names which of a list */
		return ml_context(err, "%s", in->file);
	if (rc == ML_EDATA)
		return names_message(in, err, role == ML_TARGET ? "E-TARGET" : "E-COLUMNS",
				     ml_role_names[role], spec);
	if (!rc && n != 1 && alone)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "'%s' names %zu columns, expected one %s",
			     ML_SHOW(spec, strlen(spec)), n, ml_role_names[role]);
	if (!rc && alone)
		rc = note_named(in, named, role, idx[0], err);
	for (size_t j = 0; !rc && j < in->set.n && alone; j++)
		if (in->role[j] == role)
			take_role(in, j, j == idx[0]);
	for (size_t i = 0; !rc && i < n; i++)
		in->role[idx[i]] = role;
	free(idx);
	return rc;
}

static int give_roles(struct ml_input *in, struct ml_error *err)
{
	const struct ml_roles *r = &in->opts->roles;
	struct named named;
	int rc = ML_OK;

	for (size_t k = 0; k <= ML_IGNORED; k++)
		named.at[k] = SIZE_MAX;
	for (size_t i = 0; !rc && i < r->ignore.n; i++)
		rc = give_role(in, r->ignore.v[i], ML_IGNORED, &named, err);
	for (size_t i = 0; !rc && i < r->id.n; i++)
		rc = give_role(in, r->id.v[i], ML_ID, &named, err);
	if (!rc)
		rc = give_role(in, r->time, ML_TIME, &named, err);
	if (!rc)
		rc = give_role(in, r->group, ML_GROUP, &named, err);
	if (!rc)
		rc = give_role(in, r->weight, ML_WEIGHT, &named, err);
	if (!rc)
		rc = give_role(in, r->target, ML_TARGET, &named, err);
	return rc;
}

static int ask_kinds(struct ml_input *in, const struct ml_texts *specs, enum ml_kind_ask ask,
		     struct ml_error *err)
{
	for (size_t i = 0; i < specs->n; i++) {
		size_t *idx = NULL, n = 0;
		int rc = ml_columns_pick(&in->set, specs->v[i], &idx, &n, err);
		for (size_t k = 0; !rc && k < n; k++)
			in->ask[idx[k]] = ask;
		free(idx);
		if (rc)
			return ml_context(err, "%s", in->file);
	}
	return ML_OK;
}

int ml_input_adopt(struct ml_input *in, struct ml_error *err)
{
	size_t n = in->set.n;

	if (!in->role && !(in->role = ml_alloc(n, sizeof *in->role, err)))
		return err->code;
	if (!(in->ask = ml_alloc(n, sizeof *in->ask, err)))
		return err->code;
	int rc = give_roles(in, err);
	in->set.role = in->role;
	for (size_t j = 0; j < n; j++)
		if (in->role[j] == ML_ID)
			in->ask[j] = ML_ASK_STRING;
	if (!rc)
		rc = ask_kinds(in, &in->opts->num, ML_ASK_NUMBER, err);
	if (!rc)
		rc = ask_kinds(in, &in->opts->cat, ML_ASK_CATEGORY, err);
	if (!rc)
		rc = ask_kinds(in, &in->opts->text, ML_ASK_STRING, err);
	return rc;
}

int ml_input_adopt_rows(const struct ml_input *in, struct ml_table *t, struct ml_error *err)
{
	if (t->ncol != in->set.n)
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "%s: rows of %zu columns behind rows of %zu", in->file, t->ncol,
			       in->set.n);
	for (size_t j = 0; j < t->ncol; j++) {
		struct ml_column *c = &t->col[j];
		if (strcmp(c->name, in->set.name[j]) || c->kind != in->kind[j])
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "%s: column %zu is '%s' (%s), before it was '%s' (%s)",
				       in->file, j + 1, ML_SHOW(c->name, strlen(c->name)),
				       ml_kind_names[c->kind],
				       ML_SHOW(in->set.name[j], strlen(in->set.name[j])),
				       ml_kind_names[in->kind[j]]);
		c->role = in->role[j];
	}
	return ML_OK;
}

void ml_input_ask(struct ml_input *in, const size_t *at, const enum ml_kind *kind, size_t n)
{
	static const enum ml_kind_ask ask[] = { [ML_NUMBER] = ML_ASK_NUMBER,
						[ML_CATEGORY] = ML_ASK_CATEGORY,
						[ML_STRING] = ML_ASK_STRING };

	for (size_t k = 0; k < n; k++)
		in->ask[at[k]] = ask[kind[k]];
}

enum ml_kind_ask ml_input_asked(const struct ml_input *in, size_t column)
{
	return in->ask[column];
}
