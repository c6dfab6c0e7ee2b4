/* cli_complete.c - completion scripts for shells, made from the option tables.
 *
 * What follows an option is completed as a word when its table has words, else as a file name.
 * Options of an algorithm are offered once its name stands on the line. */
#include <string.h>

#include "cli_frame.h"

/* Calls `put` for each option that the tool has, with the item it belongs to or NULL. */
typedef void put_option(const struct ml_tool *tool, const char *item, const struct ml_opt *o,
			struct ml_buf *out);

static void each_of(const struct ml_tool *tool, const char *item, const struct ml_opt *o,
		    put_option *put, struct ml_buf *out)
{
	for (; o && o->name; o++)
		put(tool, item, o, out);
}

static void each(const struct ml_tool *tool, put_option *put, struct ml_buf *out)
{
	const struct ml_family *family = tool->family;
	struct ml_item item;
	struct ml_opt two[2];

	each_of(tool, NULL, tool->opts, put, out);
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++)
		if (ml_cli_offers(tool, g))
			each_of(tool, NULL, g->opts, put, out);
	for (size_t i = 0; family && family->item(i, &item); i++) {
		ml_cli_item_option(&item, two);
		if (!family->by_operand)
			each_of(tool, NULL, two, put, out);
		each_of(tool, family->by_operand ? item.name : NULL, item.opts, put, out);
	}
}

static bool is_on(const struct ml_opt *o)
{
	return o->type == ML_BOOL && o->def && !strcmp(o->def, "yes");
}

static void put_names(const struct ml_tool *tool, struct ml_buf *out)
{
	struct ml_item item;

	for (size_t i = 0;
	     tool->family && tool->family->by_operand && tool->family->item(i, &item); i++)
		ml_buf_printf(out, "%s%s", i ? " " : "", item.name);
}

static void put_words(const struct ml_opt *o, struct ml_buf *out)
{
	for (const char *const *p = o->picks; p && *p; p++)
		ml_buf_printf(out, "%s%s", p == o->picks ? "" : " ", *p);
}

/* The text in single quotes, as all three shells read it ('\'' for a quote). */
static void put_quoted(const char *s, struct ml_buf *out)
{
	ml_buf_byte(out, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			ml_buf_text(out, "'\\''");
		else
			ml_buf_byte(out, (unsigned char)*s);
	}
	ml_buf_byte(out, '\'');
}

/* A function name: ml_fit for ml-fit. */
static void put_identifier(const char *name, struct ml_buf *out)
{
	for (; *name; name++)
		ml_buf_byte(out, *name == '-' ? '_' : (unsigned char)*name);
}

/* -- bash: words by cases, of the option before, then of the algorithm on the line -- */

static void bash_name(const struct ml_tool *tool, const char *item, const struct ml_opt *o,
		      struct ml_buf *out)
{
	(void)tool;
	if (!item)
		ml_buf_printf(out, " --%s%s", is_on(o) ? "no-" : "", o->name);
}

static void bash_case(const struct ml_tool *tool, const char *item, const struct ml_opt *o,
		      struct ml_buf *out)
{
	(void)tool;
	if (!o->picks)
		return;
	if (item)
		ml_buf_printf(out, "\t%s:--%s) words='", item, o->name);
	else
		ml_buf_printf(out, "\t*:--%s) words='", o->name);
	put_words(o, out);
	ml_buf_text(out, "' ;;\n");
}

static void complete_bash(const struct ml_tool *tool, struct ml_buf *out)
{
	struct ml_item item;

	ml_buf_text(out, "_");
	put_identifier(tool->name, out);
	ml_buf_text(out, "()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
			 "prev=${COMP_WORDS[COMP_CWORD-1]} item=- words= names= w\n\tnames='");
	put_names(tool, out);
	ml_buf_text(out, "'\n\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
			 "\t\t[[ \" $names \" == *\" $w \"* ]] && { item=$w; break; }\n\tdone\n"
			 "\tcase $item:$prev in\n");
	each(tool, bash_case, out);
	ml_buf_text(out, "\tesac\n\tif [[ -z $words && $cur == -* ]]; then\n\t\twords='");
	each(tool, bash_name, out);
	ml_buf_text(out, "'\n\t\tcase $item in\n");
	for (size_t i = 0;
	     tool->family && tool->family->by_operand && tool->family->item(i, &item); i++) {
		ml_buf_printf(out, "\t\t%s) words+='", item.name);
		each_of(tool, NULL, item.opts, bash_name, out);
		ml_buf_text(out, "' ;;\n");
	}
	ml_buf_text(out, "\t\tesac\n\tfi\n"
			 "\t[[ -z $words && $item == - ]] && words=$names\n"
			 "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -o "
			 "default -F _");
	put_identifier(tool->name, out);
	ml_buf_printf(out, " %s\n", tool->name);
}

/* -- fish: a line an option -- */

static void fish_option(const struct ml_tool *tool, const char *item, const struct ml_opt *o,
			struct ml_buf *out)
{
	ml_buf_printf(out, "complete -c %s -l %s%s", tool->name, is_on(o) ? "no-" : "",
		      o->name);
	if (o->letter)
		ml_buf_printf(out, " -s %c", o->letter);
	if (item)
		ml_buf_printf(out, " -n '__fish_seen_subcommand_from %s'", item);
	ml_buf_text(out, " -d ");
	put_quoted(o->help, out);
	if (o->picks) {
		ml_buf_text(out, " -x -a '");
		put_words(o, out);
		ml_buf_text(out, "'");
	} else if (o->arg) {
		ml_buf_text(out, " -r");
	}
	ml_buf_byte(out, '\n');
}

static void complete_fish(const struct ml_tool *tool, struct ml_buf *out)
{
	struct ml_item item;

	for (size_t i = 0;
	     tool->family && tool->family->by_operand && tool->family->item(i, &item); i++) {
		ml_buf_printf(out, "complete -c %s -n __fish_use_subcommand -f -a %s -d ",
			      tool->name, item.name);
		put_quoted(item.summary, out);
		ml_buf_byte(out, '\n');
	}
	each(tool, fish_option, out);
}

/* -- zsh: its bash mode -- */

static void complete_zsh(const struct ml_tool *tool, struct ml_buf *out)
{
	ml_buf_printf(out, "#compdef %s\nautoload -U +X bashcompinit && bashcompinit\n",
		      tool->name);
	complete_bash(tool, out);
}

void ml_cli_complete(const struct ml_cli *cli, struct ml_buf *out)
{
	/* In the order of ml_cli_shells. */
	static void (*const scripts[])(const struct ml_tool *, struct ml_buf *) = {
		complete_bash,
		complete_fish,
		complete_zsh,
	};

	scripts[cli->asked.completion](cli->tool, out);
}
