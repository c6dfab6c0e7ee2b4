/* cli_family.c - items that the command line picks (algorithms, preparations), and whose
 * options an unknown option may be. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/similar.h"
#include "base/utf8.h"
#include "cli_frame.h"

#define SHOWN(text) ML_SHOW(text, strlen(text))
#define USAGE ML_EUSAGE, "E-USAGE"

enum { NAMES = 512 }; /* names that a suggestion is sought among */

struct names {
	const char *v[NAMES];
	size_t n;
};

bool ml_family_find(const struct ml_family *family, const char *name, struct ml_item *out)
{
	for (size_t i = 0; family && family->item(i, out); i++)
		if (!strcmp(out->name, name))
			return true;
	return false;
}

int ml_cli_pick(struct ml_cli *cli, const struct ml_item *item, const char *value,
		struct ml_error *err)
{
	size_t n = cli->n_picked, cap = n;
	struct ml_picked p = { .name = item->name, .value = value, .opts = item->opts };

	if (value && !ml_utf8_text(value, strlen(value)))
		return ml_fail(err, USAGE, "option '--%s': '%s' is not UTF-8", item->name,
			       SHOWN(value));
	if (ML_GROW(cli->picked, cap, n + 1, err)) /* few: growing each time is no cost */
		return err->code;
	if (!(p.args = ml_alloc(1, item->size, err)))
		return err->code;
	ml_opt_defaults(item->opts, p.args);
	cli->picked[cli->n_picked++] = p;
	return ML_OK;
}

struct ml_picked *ml_cli_owner(const struct ml_cli *cli, const char *name,
			       const struct ml_opt **opt)
{
	for (size_t i = cli->n_picked; i--;)
		if ((*opt = ml_opt_find(cli->picked[i].opts, name)))
			return &cli->picked[i];
	return NULL;
}

static void add_names(struct names *names, const struct ml_opt *o)
{
	for (; o && o->name && names->n < NAMES; o++)
		names->v[names->n++] = o->name;
}

static void add_items(struct names *names, const struct ml_family *family)
{
	struct ml_item item;

	for (size_t i = 0; family && names->n < NAMES && family->item(i, &item); i++)
		names->v[names->n++] = item.name;
}

/* Options of what is picked, or, when nothing is, of nothing. */
static void add_picked(struct names *names, const struct ml_cli *cli)
{
	for (size_t i = 0; i < cli->n_picked; i++)
		add_names(names, cli->picked[i].opts);
}

/* " (did you mean 'DASHES NAME'?)", or "". */
static const char *suggest(const struct names *names, const char *name, const char *dashes,
			   char out[128])
{
	size_t near = ml_similar(name, names->v, names->n);
	struct ml_buf text = { 0 };

	out[0] = '\0';
	if (near >= names->n || !name[0] || !name[1]) /* to a letter anything is near */
		return out;
	ml_buf_printf(&text, " (did you mean '%s%s'?)", dashes, names->v[near]);
	if (text.n < 128)
		memcpy(out, ml_buf_str(&text), strlen(ml_buf_str(&text)) + 1);
	ml_buf_release(&text);
	return out;
}

int ml_cli_unknown_item(const struct ml_family *family, const char *name, struct ml_error *err)
{
	struct names names = { .n = 0 };
	char near[128];

	add_items(&names, family);
	return ml_fail(err, USAGE, "no %s '%s'%s", family->title, SHOWN(name),
		       suggest(&names, name, "", near));
}

/* Items, picked or not, that have an option `name`: "a, b, ..."; false when there are none. */
static bool list_owners(const struct ml_family *family, const char *name, struct ml_buf *out)
{
	enum { MOST = 5 };
	struct ml_item item;
	size_t found = 0;

	for (size_t i = 0; family && found <= MOST && family->item(i, &item); i++) {
		if (!ml_opt_find(item.opts, name))
			continue;
		if (found)
			ml_buf_text(out, ", ");
		if (++found > MOST)
			ml_buf_text(out, "...");
		else
			ml_buf_printf(out, "%s%s", family->by_operand ? "" : "--", item.name);
	}
	return found;
}

int ml_cli_unknown_option(const struct ml_cli *cli, const char *dashes, const char *name,
			  struct ml_error *err)
{
	const struct ml_tool *tool = cli->tool;
	const struct ml_family *family = tool->family;
	struct names names = { .n = 0 };
	struct ml_buf owners = { 0 };
	char near[128];

	if (list_owners(family, name, &owners)) {
		const char *list = ml_buf_str(&owners);

		if (!family->by_operand)
			ml_fail(err, USAGE,
				"option '%s%s' belongs to %s, which must stand before it",
				dashes, SHOWN(name), list);
		else if (cli->n_picked)
			ml_fail(err, USAGE, "'%s' has no option '%s%s' (it is one of %s)",
				cli->picked[0].name, dashes, SHOWN(name), list);
		else
			ml_fail(err, USAGE, "option '%s%s' must stand behind its %s (%s)",
				dashes, SHOWN(name), family->title, list);
		ml_buf_release(&owners);
		return err->code;
	}
	add_names(&names, tool->opts);
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++)
		if (ml_cli_offers(tool, g))
			add_names(&names, g->opts);
	add_picked(&names, cli);
	if (family && !family->by_operand)
		add_items(&names, family);
	if (!suggest(&names, name, "--", near)[0] && !strncmp(name, "no-", 3))
		suggest(&names, name + 3, "--no-", near);
	return ml_fail(err, USAGE, "unknown option '%s%s'%s", dashes, SHOWN(name), near);
}

int ml_cli_set(struct ml_cli *cli, struct ml_error *err)
{
	const char *text = cli->asked.set.v[cli->asked.set.n - 1];
	size_t n = strcspn(text, "=");
	const struct ml_opt *opt;
	char name[64] = "", near[128];
	struct names names = { .n = 0 };

	if (!text[n] || !n)
		return ml_fail(err, USAGE, "option '--set' takes NAME=VALUE, not '%s'",
			       SHOWN(text));
	if (!cli->n_picked)
		return ml_fail(err, USAGE, "option '--set' must stand behind its %s",
			       cli->tool->family->title);
	if (n < sizeof name)
		memcpy(name, text, n);
	struct ml_picked *owner = ml_cli_owner(cli, name, &opt);
	if (owner)
		return ml_opt_set(owner->opts, owner->args, name, text + n + 1, err);
	add_picked(&names, cli);
	return ml_fail(err, USAGE, "option '--set': '%s' has no hyperparameter '%s'%s",
		       cli->picked[cli->n_picked - 1].name, ML_SHOW(text, n),
		       suggest(&names, name, "", near));
}

void ml_cli_picked_release(struct ml_cli *cli)
{
	for (size_t i = 0; i < cli->n_picked; i++) {
		ml_opt_release(cli->picked[i].opts, cli->picked[i].args);
		free(cli->picked[i].args);
	}
	free(cli->picked);
}
