/* cli_help.c - --help: usage, options of the tool, its family, shared options, examples, exits.
 * With an algorithm before it (`ml-fit logistic --help`) what is said is about that. */
#include <string.h>

#include "cli_frame.h"

enum { WIDTH = 79, NAME_COLUMN = 20 };

static void put_title(const char *title, struct ml_buf *out)
{
	ml_buf_printf(out, "\n%s:\n", title);
}

/* The usage lines; `item`, when not NULL, stands for the family's title in the first of them.
 */
static void put_usage(const struct ml_tool *tool, const char *item, struct ml_buf *out)
{
	const char *title = item ? tool->family->title : "";

	for (const char *const *u = tool->usage; *u; u++) {
		size_t skip = strlen(title);
		bool fits = item && !strncmp(*u, title, skip);

		if (item && !fits)
			continue;
		ml_buf_printf(out, "%s %s %s%s\n", u == tool->usage ? "usage:" : "      ",
			      tool->name, item ? item : "", *u + (item ? skip : 0));
	}
}

static void put_listed(const char *name, const char *summary, struct ml_buf *out)
{
	size_t from = out->n;

	ml_buf_printf(out, "  %-*s  ", NAME_COLUMN - 4, name);
	ml_opt_wrap(out, summary, out->n - from, NAME_COLUMN, WIDTH);
	ml_buf_byte(out, '\n');
}

static void put_family(const struct ml_family *family, struct ml_buf *out)
{
	struct ml_item item;
	struct ml_opt two[2];

	put_title(family->title, out);
	for (size_t i = 0; family->item(i, &item); i++) {
		if (family->by_operand) {
			put_listed(item.name, item.summary, out);
			continue;
		}
		ml_cli_item_option(&item, two);
		ml_opt_help(two, 0, out);
		ml_opt_help(item.opts, 2, out);
	}
}

static void put_shared(const struct ml_tool *tool, struct ml_buf *out)
{
	const char *last = "";

	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++) {
		if (!ml_cli_offers(tool, g))
			continue;
		if (strcmp(g->title, last))
			put_title(g->title, out);
		ml_opt_help(g->opts, 0, out);
		last = g->title;
	}
}

static void put_exits(struct ml_buf *out)
{
	put_title("Exit status", out);
	for (const struct ml_cli_exit *e = ml_cli_exits; e->text; e++)
		ml_buf_printf(out, "  %2d  %s\n", e->code, e->text);
}

static void help_on_item(const struct ml_cli *cli, struct ml_buf *out)
{
	const struct ml_picked *p = &cli->picked[0];
	struct ml_item item;

	put_usage(cli->tool, p->name, out);
	if (ml_family_find(cli->tool->family, p->name, &item))
		ml_buf_printf(out, "\n%s: %s\n", item.name, item.summary);
	if (p->opts && p->opts->name) {
		put_title(cli->tool->family->commands ? "Options" : "Hyperparameters", out);
		ml_opt_help(p->opts, 0, out);
	}
	ml_buf_printf(out, "\nAll other options: %s --help\n", cli->tool->name);
}

void ml_cli_help(const struct ml_cli *cli, struct ml_buf *out)
{
	const struct ml_tool *tool = cli->tool;

	if (tool->family && tool->family->by_operand && cli->n_picked) {
		help_on_item(cli, out);
		return;
	}
	put_usage(tool, NULL, out);
	ml_buf_printf(out, "\n%s: %s\n", tool->name, tool->summary);
	if (tool->opts && tool->opts->name) {
		put_title("Options", out);
		ml_opt_help(tool->opts, 0, out);
	}
	if (tool->family) {
		put_family(tool->family, out);
		if (tool->family->by_operand)
			ml_buf_printf(out, "  (the %s of each: %s %s --help)\n",
				      tool->family->commands ? "options" : "hyperparameters",
				      tool->name, tool->family->title);
	}
	put_shared(tool, out);
	if (tool->examples && *tool->examples)
		put_title("Examples", out);
	for (const char *const *e = tool->examples; e && *e; e++)
		ml_buf_printf(out, "  %s\n", *e);
	put_exits(out);
}
