/* columns.c - COLUMNS on the command line, read item by item.
 *
 * An item is kept as it was typed; what looks for a special character skips a backslash and
 * the character behind it.  Order of meanings: ^item, @..., a glob (its colons are plain), a
 * range, a name.  "a:b" that is the name of a column is that column, unless it is a range too.
 * Names are looked up by hash when many are asked for. */
#include "data/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/similar.h"
#include "base/utf8.h"

enum { FEW_ITEMS = 8, LISTED = 8 };

struct picker {
	const struct ml_column_set *set;
	struct ml_levels *index; /* of the names, or NULL: few are asked for */
	size_t *list, n, cap;    /* chosen, in order; SIZE_MAX: taken away again */
	size_t *place;           /* place of column j in the list plus one, or 0 */
	char *name;              /* workspace: the item without its backslashes */
};

static const char escapable[] = ",:*?@^=\\";

static int malformed(struct ml_error *err, const char *item, size_t n, const char *why)
{
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "columns '%s': %s", ML_SHOW(item, n), why);
}

/* First place in s[0..n) of one of `special` that has no backslash before it; n when none. */
static size_t find_special(const char *s, size_t n, const char *special)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\\')
			i++;
		else if (strchr(special, s[i]))
			return i;
	return n;
}

/* s[0..n) without its backslashes, in p->name. */
static const char *plain(struct picker *p, const char *s, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		i += s[i] == '\\';
		p->name[len++] = s[i];
	}
	p->name[len] = '\0';
	return p->name;
}

static size_t find_name(const struct picker *p, const char *name)
{
	if (p->index) {
		int32_t code = ml_levels_find(p->index, name, strlen(name));

		return code < 0 ? SIZE_MAX : (size_t)code;
	}
	for (size_t j = 0; j < p->set->n; j++)
		if (!strcmp(p->set->name[j], name))
			return j;
	return SIZE_MAX;
}

static int no_column(const struct picker *p, const char *name, struct ml_error *err)
{
	size_t near = ml_similar(name, p->set->name, p->set->n);
	struct ml_buf list = { 0 };

	if (near != SIZE_MAX)
		return ml_fail(err, ML_EDATA, "E-COLUMNS", "no column '%s'; did you mean '%s'?",
			       ML_SHOW(name, strlen(name)),
			       ML_SHOW(p->set->name[near], strlen(p->set->name[near])));
	for (size_t j = 0; j < p->set->n && j < LISTED; j++) {
		char shown[32];

		ml_text_show(p->set->name[j], strlen(p->set->name[j]), shown, sizeof shown);
		ml_buf_printf(&list, "%s%s", j ? ", " : "", shown);
	}
	int rc = ml_fail(err, ML_EDATA, "E-COLUMNS", "no column '%s'; the columns are: %s%s",
			 ML_SHOW(name, strlen(name)), ml_buf_str(&list),
			 p->set->n > LISTED ? ", ..." : "");
	ml_buf_release(&list);
	return rc;
}

static int choose(struct picker *p, size_t column, bool away, struct ml_error *err)
{
	if (away && p->place[column]) {
		p->list[p->place[column] - 1] = SIZE_MAX;
		p->place[column] = 0;
	} else if (!away && !p->place[column]) {
		if (ML_GROW(p->list, p->cap, p->n + 1, err))
			return err->code;
		p->list[p->n++] = column;
		p->place[column] = p->n;
	}
	return ML_OK;
}

static bool in_class(const struct ml_column_set *set, size_t column, int kind)
{
	if (set->role && set->role[column] != ML_FEATURE)
		return false;
	if (kind < 0)
		return true;
	return (int)set->kind[column] == kind &&
	       !(kind == ML_NUMBER && set->dummy && set->dummy[column]);
}

static int choose_class(struct picker *p, int kind, bool away, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t j = 0; !rc && j < p->set->n; j++)
		if (in_class(p->set, j, kind))
			rc = choose(p, j, away, err);
	return rc;
}

/* The column that digits s[0..n) behind an @ number. */
static int by_number(const struct picker *p, const char *s, size_t n, size_t *column,
		     struct ml_error *err)
{
	size_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v > p->set->n ? v : 10 * v + (size_t)(s[i] - '0');
	if (v < 1 || v > p->set->n)
		return ml_fail(err, ML_EDATA, "E-COLUMNS", "no column @%s: there are %zu",
			       ML_SHOW(s, n), p->set->n);
	*column = v - 1;
	return ML_OK;
}

static bool is_number(const char *s, size_t n)
{
	return n > 1 && *s == '@' && strspn(s + 1, "0123456789") >= n - 1;
}

/* One column: a name or @number. */
static int one(struct picker *p, const char *s, size_t n, size_t *column, struct ml_error *err)
{
	if (is_number(s, n))
		return by_number(p, s + 1, n - 1, column, err);
	if (*s == '@')
		return malformed(err, s, n, "expected @ and a number");
	const char *name = plain(p, s, n);
	*column = find_name(p, name);
	return *column == SIZE_MAX ? no_column(p, name, err) : ML_OK;
}

static int at_item(struct picker *p, const char *s, size_t n, bool away, struct ml_error *err)
{
	static const struct {
		const char *word;
		int kind;
	} classes[] = { { "@all", -1 },
			{ "@num", ML_NUMBER },
			{ "@cat", ML_CATEGORY },
			{ "@text", ML_STRING } };
	size_t column;

	if (is_number(s, n)) {
		int rc = by_number(p, s + 1, n - 1, &column, err);
		return rc ? rc : choose(p, column, away, err);
	}
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (strlen(classes[i].word) != n || memcmp(classes[i].word, s, n) != 0)
			continue;
		if (classes[i].kind >= 0 && !p->set->kind)
			return malformed(err, s, n,
					 "kinds are not known here; name the columns");
		return choose_class(p, classes[i].kind, away, err);
	}
	return malformed(err, s, n,
			 "expected @num, @cat, @text, @all or @ and a number "
			 "(\\@ for a name that begins so)");
}

/* Whether the pattern s[0..n) with *, ? and backslashes matches the whole name.  A star that
 * failed takes one character more; only the last star need be tried again. */
static bool glob(const char *s, size_t n, const char *name)
{
	size_t i = 0, star = SIZE_MAX;
	const char *star_name = NULL;

	while (*name || i < n) {
		if (i < n && s[i] == '*') {
			star = ++i;
			star_name = name;
			continue;
		}
		size_t literal = i + (i < n && s[i] == '\\');
		if (*name && literal < n &&
		    ((literal == i && s[i] == '?') || s[literal] == *name)) {
			/* A ? stands for a character: its continuation bytes go along. */
			bool any = literal == i && s[i] == '?';
			name++;
			while (any && ((unsigned char)*name & 0xc0) == 0x80)
				name++;
			i = literal + 1;
			continue;
		}
		if (star == SIZE_MAX || !*star_name)
			return false;
		name = ++star_name;
		i = star;
	}
	return true;
}

static int glob_item(struct picker *p, const char *s, size_t n, bool away, struct ml_error *err)
{
	bool any = false;
	int rc = ML_OK;

	for (size_t j = 0; !rc && j < p->set->n; j++)
		if (glob(s, n, p->set->name[j])) {
			any = true;
			rc = choose(p, j, away, err);
		}
	if (!rc && !any)
		rc = ml_fail(err, ML_EDATA, "E-COLUMNS", "no column matches '%s'",
			     ML_SHOW(s, n));
	return rc;
}

static int range_item(struct picker *p, const char *s, size_t n, size_t colon, bool away,
		      struct ml_error *err)
{
	size_t from, to, named = find_name(p, plain(p, s, n));

	if (!colon || colon + 1 == n ||
	    find_special(s + colon + 1, n - colon - 1, ":") + colon + 1 < n) {
		if (named != SIZE_MAX)
			return choose(p, named, away, err);
		return malformed(err, s, n, "expected FIRST:LAST (\\: for a colon in a name)");
	}
	int rc = one(p, s, colon, &from, err);
	if (!rc)
		rc = one(p, s + colon + 1, n - colon - 1, &to, err);
	if (named != SIZE_MAX)
		return rc ? choose(p, named, away, err)
			  : malformed(err, s, n,
				      "both a range and the name of a column; write \\: "
				      "for the name, @NUMBER:@NUMBER for the range");
	if (rc)
		return rc;
	if (from > to)
		return malformed(err, s, n, "the first column comes after the last");
	for (size_t j = from; !rc && j <= to; j++)
		rc = choose(p, j, away, err);
	return rc;
}

/* Backslashes stand before what they are for. */
static int check_escapes(const char *s, size_t n, struct ml_error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] != '\\')
			continue;
		if (++i == n || !strchr(escapable, s[i]))
			return malformed(err, s, n,
					 "a backslash goes before one of , : * ? @ ^ = \\");
	}
	return ML_OK;
}

static int pick_item(struct picker *p, const char *s, size_t n, struct ml_error *err)
{
	bool away = n && *s == '^';
	size_t column, colon;
	int rc = check_escapes(s, n, err);

	s += away;
	n -= away;
	if (rc)
		return rc;
	if (!n)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "columns: an empty name in the list");
	if (find_special(s, n, "*?") < n)
		return glob_item(p, s, n, away, err);
	if ((colon = find_special(s, n, ":")) < n)
		return range_item(p, s, n, colon, away, err);
	if (*s == '@')
		return at_item(p, s, n, away, err);
	rc = one(p, s, n, &column, err);
	return rc ? rc : choose(p, column, away, err);
}

static int make_index(struct picker *p, const char *spec, struct ml_error *err)
{
	size_t items = 1;
	int32_t code;
	int rc = ML_OK;

	for (const char *s = spec; (s = strchr(s, ',')); s++)
		items++;
	if (items <= FEW_ITEMS)
		return ML_OK;
	if (!(p->index = ml_levels_new(err)))
		return err->code;
	for (size_t j = 0; !rc && j < p->set->n; j++)
		rc = ml_levels_add(p->index, p->set->name[j], strlen(p->set->name[j]), &code,
				   err);
	return rc;
}

int ml_columns_pick(const struct ml_column_set *set, const char *spec, size_t **idx, size_t *n,
		    struct ml_error *err)
{
	struct picker p = { .set = set };
	size_t len = strlen(spec), kept = 0;
	int rc = make_index(&p, spec, err);

	if (!rc && !((p.place = ml_alloc(set->n, sizeof *p.place, err)) &&
		     (p.name = ml_alloc(len + 1, 1, err)) && !ML_GROW(p.list, p.cap, 1, err)))
		rc = err->code;
	if (!rc && *spec == '^')
		rc = choose_class(&p, -1, false, err);
	for (size_t from = 0, to; !rc && from <= len; from = to + 1) {
		to = from + find_special(spec + from, len - from, ",");
		rc = pick_item(&p, spec + from, to - from, err);
	}
	for (size_t i = 0; !rc && i < p.n; i++)
		if (p.list[i] != SIZE_MAX)
			p.list[kept++] = p.list[i];
	free(p.place);
	free(p.name);
	ml_levels_free(p.index);
	if (rc) {
		free(p.list);
		return rc;
	}
	*idx = p.list;
	*n = kept;
	return ML_OK;
}

int ml_table_pick(const struct ml_table *t, const char *spec, size_t **idx, size_t *n,
		  struct ml_error *err)
{
	const char **name = ml_alloc(t->ncol, sizeof *name, err);
	enum ml_kind *kind = name ? ml_alloc(t->ncol, sizeof *kind, err) : NULL;
	enum ml_role *role = kind ? ml_alloc(t->ncol, sizeof *role, err) : NULL;
	bool *dummy = role ? ml_alloc(t->ncol, sizeof *dummy, err) : NULL;
	int rc = dummy ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < t->ncol; j++) {
		name[j] = t->col[j].name;
		kind[j] = t->col[j].kind;
		role[j] = t->col[j].role;
		dummy[j] = t->col[j].dummy;
	}
	struct ml_column_set set = { t->ncol, name, kind, role, dummy };
	if (!rc)
		rc = ml_columns_pick(&set, spec, idx, n, err);
	free(dummy);
	free(role);
	free(kind);
	free(name);
	return rc;
}

int ml_columns_one(const struct ml_column_set *set, const char *spec, size_t *idx,
		   struct ml_error *err)
{
	size_t *list, n;
	int rc = ml_columns_pick(set, spec, &list, &n, err);

	if (rc)
		return rc;
	if (n != 1)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "columns '%s': %zu columns, expected one",
			     ML_SHOW(spec, strlen(spec)), n);
	else
		*idx = list[0];
	free(list);
	return rc;
}
