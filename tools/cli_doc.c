/* cli_doc.c - answers about a tool, made from its tables: --version, --describe (JSON), --mdoc.
 */
#include <string.h>

#include "cli_frame.h"

const struct ml_cli_exit ml_cli_exits[] = {
	{ 0, "done" },
	{ 1, "the answer is no: a gate failed, drift was found, a check failed" },
	{ 64, "the command line is wrong" },
	{ 65, "a table or a model is not fit for what was asked" },
	{ 66, "an input cannot be opened" },
	{ 70, "a mistake of this program" },
	{ 71, "out of memory" },
	{ 73, "an output cannot be created" },
	{ 74, "a read or a write failed" },
	{ 0, NULL }
};

void ml_cli_item_option(const struct ml_item *item, struct ml_opt two[2])
{
	two[0] = (struct ml_opt){ .name = item->name,
				  .arg = item->arg,
				  .help = item->summary,
				  .type = item->arg ? ML_TEXT : ML_BOOL };
	two[1] = (struct ml_opt)ML_OPT_END;
}

/* -- JSON -- */

static void put_lines(const char *const *lines, const char *key, struct ml_json *out)
{
	ml_json_open(out, key, '[');
	for (; lines && *lines; lines++)
		ml_json_text(out, NULL, *lines);
	ml_json_close(out, ']');
}

static void put_item(const struct ml_item *item, struct ml_json *out)
{
	ml_json_text(out, "name", item->name);
	ml_json_text(out, "summary", item->summary);
	if (item->arg)
		ml_json_text(out, "arg", item->arg);
	ml_opt_json(item->opts, "options", out);
}

static void put_family(const struct ml_family *family, struct ml_json *out)
{
	struct ml_item item;

	ml_json_open(out, "family", '{');
	ml_json_text(out, "title", family->title);
	ml_json_text(out, "picked_by", family->by_operand ? "operand" : "option");
	ml_json_open(out, "items", '[');
	for (size_t i = 0; family->item(i, &item); i++) {
		ml_json_open(out, NULL, '{');
		put_item(&item, out);
		ml_json_close(out, '}');
	}
	ml_json_close(out, ']');
	ml_json_close(out, '}');
}

static void put_tool(const struct ml_tool *tool, struct ml_json *out)
{
	ml_json_text(out, "summary", tool->summary);
	put_lines(tool->usage, "usage", out);
	put_lines(tool->examples, "examples", out);
	ml_opt_json(tool->opts, "options", out);
	ml_json_open(out, "shared", '[');
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++) {
		if (!ml_cli_offers(tool, g))
			continue;
		ml_json_open(out, NULL, '{');
		ml_json_text(out, "title", g->title);
		ml_opt_json(g->opts, "options", out);
		ml_json_close(out, '}');
	}
	ml_json_close(out, ']');
	if (tool->family)
		put_family(tool->family, out);
	ml_json_open(out, "exit", '[');
	for (const struct ml_cli_exit *e = ml_cli_exits; e->text; e++) {
		ml_json_open(out, NULL, '{');
		ml_json_int(out, "status", e->code);
		ml_json_text(out, "means", e->text);
		ml_json_close(out, '}');
	}
	ml_json_close(out, ']');
}

void ml_cli_describe(const struct ml_cli *cli, struct ml_buf *out)
{
	const struct ml_tool *tool = cli->tool;
	struct ml_json json = { .out = out };
	struct ml_item item;

	ml_json_open(&json, NULL, '{');
	ml_json_text(&json, "tool", tool->name);
	ml_json_text(&json, "version", ML_VERSION);
	if (tool->family && tool->family->by_operand && cli->n_picked &&
	    ml_family_find(tool->family, cli->picked[0].name, &item))
		put_item(&item, &json);
	else
		put_tool(tool, &json);
	ml_json_close(&json, '}');
	ml_buf_byte(out, '\n');
}

/* -- the OPTIONS section of the manual -- */

static void put_mdoc_list(const struct ml_opt *o, struct ml_buf *out)
{
	if (!o || !o->name)
		return;
	ml_buf_text(out, ".Bl -tag -width Ds\n");
	ml_opt_mdoc(o, out);
	ml_buf_text(out, ".El\n");
}

static void put_mdoc_family(const struct ml_family *family, struct ml_buf *out)
{
	struct ml_item item;
	struct ml_opt two[2];

	for (size_t i = 0; family->item(i, &item); i++) {
		if (family->by_operand) {
			ml_buf_printf(out, ".Ss %s %s\n", family->title, item.name);
			ml_opt_roff(item.summary, out);
			put_mdoc_list(item.opts, out);
			continue;
		}
		if (i == 0)
			ml_buf_printf(out, ".Ss %s\n.Bl -tag -width Ds\n", family->title);
		ml_cli_item_option(&item, two);
		ml_opt_mdoc(two, out);
		put_mdoc_list(item.opts, out);
	}
	if (!family->by_operand)
		ml_buf_text(out, ".El\n");
}

void ml_cli_mdoc(const struct ml_cli *cli, struct ml_buf *out)
{
	const struct ml_tool *tool = cli->tool;
	const char *last = "";

	put_mdoc_list(tool->opts, out);
	if (tool->family)
		put_mdoc_family(tool->family, out);
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++) {
		if (!ml_cli_offers(tool, g))
			continue;
		if (strcmp(g->title, last))
			ml_buf_printf(out, ".Ss %s\n", g->title);
		put_mdoc_list(g->opts, out);
		last = g->title;
	}
}

/* -- whether the tables are right, and fit each other -- */

static int clash(const char *where, const char *name, struct ml_error *err)
{
	return ml_fail(err, ML_EBUG, "E-BUG", "option table: '%s' of %s stands elsewhere too",
		       name, where);
}

/* No name or letter of `o` is one of `other`. */
static int check_apart(const char *where, const struct ml_opt *o, const struct ml_opt *other,
		       struct ml_error *err)
{
	for (; o && o->name; o++) {
		char letter[2] = { o->letter, '\0' };

		if (ml_opt_find(other, o->name) || (o->letter && ml_opt_find(other, letter)))
			return clash(where, o->name, err);
	}
	return ML_OK;
}

/* `o` against all that stands before it on the way of a search. */
static int check_reachable(const struct ml_tool *tool, const char *where,
			   const struct ml_opt *o, struct ml_error *err)
{
	struct ml_item item;

	if (ml_opt_check(o, err))
		return err->code;
	if (o != tool->opts && check_apart(where, o, tool->opts, err))
		return err->code;
	for (const struct ml_cli_group *g = ml_cli_groups; g->title && g->opts != o; g++)
		if (ml_cli_offers(tool, g) && check_apart(where, o, g->opts, err))
			return err->code;
	for (; tool->family && !tool->family->by_operand && o && o->name; o++)
		if (ml_family_find(tool->family, o->name, &item))
			return clash(where, o->name, err);
	return ML_OK;
}

int ml_cli_check(const struct ml_tool *tool, struct ml_error *err)
{
	struct ml_item item;

	if (check_reachable(tool, tool->name, tool->opts, err))
		return err->code;
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++)
		if (ml_cli_offers(tool, g) && check_reachable(tool, g->title, g->opts, err))
			return err->code;
	for (size_t i = 0; tool->family && tool->family->item(i, &item); i++)
		if (check_reachable(tool, item.name, item.opts, err))
			return err->code;
	return ML_OK;
}
