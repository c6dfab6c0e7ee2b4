/* cli_options.c - what was asked for, as the lineage keeps it: canonical texts by name.
 *
 *     ml-fit logistic -C 10 --header=no     {"ALGORITHM": "logistic", "C": "10", "header":
 * "no"} ml-feat --log a,b --poly @num --degree 3 --log c
 *                          {"log": "a,b", "poly": "@num", "poly.degree": "3", "log#2": "c"} */
#include <string.h>

#include "cli_frame.h"
#include "data/fields.h"

/* Puts the options of a table under "PREFIX.name", or their name alone. */
static void put_table(const struct ml_opt *o, const void *args, const char *prefix,
		      struct ml_fields *out)
{
	struct ml_buf name = { 0 }, text = { 0 };
	struct ml_error err;

	for (; o && o->name; o++) {
		bool same = o->neutral;

		if (!same && ml_opt_is_default(o, args, &same, &err))
			out->failed = true;
		if (same || out->failed)
			continue;
		ml_buf_clear(&name);
		ml_buf_clear(&text);
		ml_buf_printf(&name, "%s%s%s", prefix, *prefix ? "." : "", o->name);
		if (ml_opt_value(o, args, &text, &err) || ml_buf_check(&name, &err))
			out->failed = true;
		else
			ml_put_text(out, ml_buf_str(&name), ml_buf_str(&text));
	}
	ml_buf_release(&name);
	ml_buf_release(&text);
}

/* How often the item was picked up to and with place i. */
static size_t times_picked(const struct ml_cli *cli, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k <= i; k++)
		n += !strcmp(cli->picked[k].name, cli->picked[i].name);
	return n;
}

static void put_picked(const struct ml_cli *cli, size_t i, struct ml_fields *out)
{
	const struct ml_picked *p = &cli->picked[i];
	const struct ml_family *family = cli->tool->family;
	size_t times = times_picked(cli, i);
	struct ml_buf name = { 0 };
	struct ml_error err;

	if (family->by_operand) {
		ml_put_text(out, family->title, p->name);
		put_table(p->opts, p->args, "", out);
		return;
	}
	ml_buf_text(&name, p->name);
	if (times > 1)
		ml_buf_printf(&name, "#%zu", times);
	if (ml_buf_check(&name, &err)) {
		out->failed = true;
	} else {
		ml_put_text(out, ml_buf_str(&name), p->value ? p->value : "");
		put_table(p->opts, p->args, ml_buf_str(&name), out);
	}
	ml_buf_release(&name);
}

int ml_cli_options(const struct ml_cli *cli, struct ml_fields *out, struct ml_error *err)
{
	for (size_t i = 0; i < cli->n_picked; i++)
		put_picked(cli, i, out);
	put_table(cli->tool->opts, cli->args, "", out);
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++)
		if (ml_cli_offers(cli->tool, g))
			put_table(g->opts, cli, "", out);
	return ml_fields_check(out, err);
}
