/* cli_parse.c - the command line, the GNU way: options and operands may mix, "--" ends the
 * options, values as --name=VALUE, --name VALUE, -nVALUE or -n VALUE, letters that take no
 * value in one word (-vq).  Names are never abbreviated, so that a new option breaks no script.
 *
 * A name is sought in the tool's table, in the shared groups, among the items of the family
 * (when options pick them), and in the options of the items picked, the last one first. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli_frame.h"

#define USAGE ML_EUSAGE, "E-USAGE"

struct words {
	char **v;
	size_t n, at;
};

/* What a name on the command line turned out to be. */
struct found {
	const struct ml_opt *table, *opt; /* an option */
	void *args;
	const struct ml_cli_group *group; /* of a shared option, else NULL */
	bool begins;                      /* it begins `item` */
	struct ml_item item;
};

static bool look_up(const struct ml_cli *cli, const char *name, struct found *f)
{
	const struct ml_tool *tool = cli->tool;
	const struct ml_picked *owner;

	*f = (struct found){ .table = tool->opts, .args = cli->args };
	if ((f->opt = ml_opt_find(f->table, name)))
		return true;
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++) {
		if (!ml_cli_offers(tool, g) || !(f->opt = ml_opt_find(g->opts, name)))
			continue;
		f->table = g->opts;
		f->group = g;
		return true;
	}
	if (tool->family && !tool->family->by_operand &&
	    ml_family_find(tool->family, name, &f->item))
		return f->begins = true;
	if (!(owner = ml_cli_owner(cli, name, &f->opt)))
		return false;
	f->table = owner->opts;
	f->args = owner->args;
	return true;
}

static bool takes_value(const struct found *f)
{
	return f->begins ? f->item.arg != NULL : ml_opt_takes_value(f->opt);
}

static int take(struct ml_cli *cli, const struct found *f, const char *name, const char *value,
		struct ml_error *err)
{
	if (f->begins)
		return ml_cli_pick(cli, &f->item, value, err);
	/* Shared options are of *cli, which look_up() sees as constant. */
	int rc = ml_opt_set(f->table, f->group ? cli : f->args, name, value, err);
	if (!rc && f->group && f->group->after)
		rc = f->group->after(cli, err);
	return rc;
}

static int no_value(const struct found *f, const char *dashes, const char *name,
		    struct ml_error *err)
{
	const char *arg = f->begins ? f->item.arg : f->opt->arg;

	return ml_fail(err, USAGE, "option '%s%s' needs a value %s", dashes, name,
		       arg ? arg : "");
}

/* text: behind the dashes. */
static int parse_long(struct ml_cli *cli, struct words *w, const char *text,
		      struct ml_error *err)
{
	size_t n = strcspn(text, "=");
	const char *value = text[n] ? text + n + 1 : NULL;
	char name[64] = "";
	struct found f;

	if (n >= sizeof name) /* longer than any option */
		return ml_fail(err, USAGE, "unknown option '--%s'", ML_SHOW(text, n));
	memcpy(name, text, n);
	if (!look_up(cli, name, &f))
		return ml_cli_unknown_option(cli, "--", name, err);
	if (f.begins && !takes_value(&f) && value)
		return ml_fail(err, USAGE, "option '--%s' takes no value", name);
	if (takes_value(&f) && !value) {
		if (w->at == w->n)
			return no_value(&f, "--", name, err);
		value = w->v[w->at++];
	}
	return take(cli, &f, name, value, err);
}

static int parse_letters(struct ml_cli *cli, struct words *w, const char *text,
			 struct ml_error *err)
{
	for (; *text; text++) {
		char name[2] = { *text, '\0' };
		const char *value = NULL;
		struct found f;

		if (!look_up(cli, name, &f))
			return ml_cli_unknown_option(cli, "-", name, err);
		if (takes_value(&f)) {
			if (text[1])
				value = text + 1;
			else if (w->at < w->n)
				value = w->v[w->at++];
			else
				return no_value(&f, "-", name, err);
		}
		if (take(cli, &f, name, value, err))
			return err->code;
		if (value)
			break;
	}
	return ML_OK;
}

static int parse_operand(struct ml_cli *cli, char *word, struct ml_error *err)
{
	const struct ml_family *family = cli->tool->family;
	struct ml_item item;

	if (!family || !family->by_operand || cli->n_picked) {
		cli->operands[cli->n_operands++] = word;
		return ML_OK;
	}
	if (!ml_family_find(family, word, &item))
		return ml_cli_unknown_item(family, word, err);
	return ml_cli_pick(cli, &item, NULL, err);
}

int ml_cli_parse(struct ml_cli *cli, int argc, char **argv, struct ml_error *err)
{
	struct words w = { .v = argv, .n = argc > 0 ? (size_t)argc : 0, .at = 1 };
	bool options = true;
	int rc = ML_OK;

	ml_cli_shared_init(cli);
	if (!(cli->args = ml_alloc(1, cli->tool->args_size, err)) ||
	    !(cli->operands = ml_alloc(w.n, sizeof *cli->operands, err)))
		return err->code;
	ml_opt_defaults(cli->tool->opts, cli->args);
	while (!rc && w.at < w.n) {
		char *word = w.v[w.at++];

		if (options)
			cli->n_before = cli->n_operands;
		if (!options || word[0] != '-' || !word[1])
			rc = parse_operand(cli, word, err);
		else if (!strcmp(word, "--"))
			options = false;
		else if (word[1] == '-')
			rc = parse_long(cli, &w, word + 2, err);
		else
			rc = parse_letters(cli, &w, word + 1, err);
	}
	if (options)
		cli->n_before = cli->n_operands;
	return rc;
}
