/* opt_text.c - options for readers: --help, and the entries of a manual page (mdoc).
 *
 *       -C, --C X             weight of the loss against the penalty (1e-12..1e12;
 *                             default 1) */
#include "opt/opt.h"

#include <string.h>

#include "opt/opt_type.h"

enum { WIDTH = 79, INDENT = 26, MDOC_WIDTH = 78 };

static void put_blanks(struct ml_buf *out, size_t n)
{
	while (n--)
		ml_buf_byte(out, ' ');
}

void ml_opt_wrap(struct ml_buf *out, const char *text, size_t column, size_t indent,
		 size_t width)
{
	bool first = true;

	for (;;) {
		text += strspn(text, " ");
		size_t n = strcspn(text, " ");

		if (!n)
			return;
		if (!first && column + 1 + n > width) {
			ml_buf_byte(out, '\n');
			put_blanks(out, indent);
			column = indent;
		} else if (!first) {
			ml_buf_byte(out, ' ');
			column++;
		}
		ml_buf_put(out, text, n);
		column += n;
		text += n;
		first = false;
	}
}

/* A bool that is on by default is told by what turns it off. */
static bool is_on(const struct ml_opt *o)
{
	return o->type == ML_BOOL && o->def && !strcmp(o->def, "yes");
}

/* Begins the next of several remarks. */
static void remark(struct ml_buf *b, const char *word)
{
	ml_buf_text(b, b->n ? "; " : "");
	ml_buf_text(b, word);
}

/* What else there is to know: words, range, default, condition, aliases. */
static void put_remarks(const struct ml_opt *o, struct ml_buf *b)
{
	if (o->picks) {
		remark(b, "");
		ml_buf_printf(b, "%s: ", o->arg);
		ml_opt_put_picks(o, ", ", o->type == ML_PICK_REAL ? NULL : " or ", b);
	}
	if (ml_opt_ranged(o)) {
		if (o->picks)
			ml_buf_text(b, " or ");
		else
			remark(b, "");
		ml_opt_put_range(o, b);
	} else if (o->type == ML_PICK_REAL) {
		ml_buf_text(b, " or a number");
	}
	if (o->type == ML_TEXTS)
		remark(b, "repeatable");
	if (o->def && *o->def && o->type != ML_BOOL) {
		remark(b, "default ");
		ml_buf_text(b, o->def);
	}
	if (o->when) {
		remark(b, "with ");
		ml_buf_text(b, o->when);
	}
	for (const char *a = o->alias; a && *a;) {
		size_t n = strcspn(a, ",");

		if (a == o->alias)
			remark(b, "also --");
		else
			ml_buf_text(b, ", --");
		ml_buf_put(b, a, n);
		a += n + (a[n] == ',');
	}
}

static void put_sentence(const struct ml_opt *o, struct ml_buf *b)
{
	struct ml_buf more = { 0 };

	ml_buf_text(b, o->help);
	put_remarks(o, &more);
	if (more.n) {
		ml_buf_text(b, " (");
		ml_buf_put(b, more.v, more.n);
		ml_buf_byte(b, ')');
	}
	b->failed |= more.failed;
	ml_buf_release(&more);
}

void ml_opt_help(const struct ml_opt *o, size_t indent, struct ml_buf *out)
{
	struct ml_buf text = { 0 };

	for (; o && o->name; o++) {
		size_t from = out->n;

		put_blanks(out, 2 + indent);
		if (o->letter)
			ml_buf_printf(out, "-%c, ", o->letter);
		else
			put_blanks(out, 4);
		ml_buf_printf(out, "--%s%s", is_on(o) ? "no-" : "", o->name);
		if (o->arg)
			ml_buf_printf(out, " %s", o->arg);
		size_t column = out->n - from;
		if (column + 2 > INDENT) {
			ml_buf_byte(out, '\n');
			column = 0;
		}
		put_blanks(out, INDENT - column);
		ml_buf_clear(&text);
		put_sentence(o, &text);
		ml_opt_wrap(out, ml_buf_str(&text), INDENT, INDENT, WIDTH);
		ml_buf_byte(out, '\n');
		out->failed |= text.failed;
	}
	ml_buf_release(&text);
}

/* roff takes a backslash for an escape, and a line that begins with a dot or a quote for a
 * request.  A sentence begins with a capital, when its first word is a plain one. */
void ml_opt_roff(const char *clause, struct ml_buf *out)
{
	struct ml_buf lines = { 0 };
	size_t word = strspn(clause, "abcdefghijklmnopqrstuvwxyz");
	bool plain = word && (!clause[word] || strchr(" ,;:", clause[word]));

	ml_opt_wrap(&lines, clause, 0, 0, MDOC_WIDTH);
	const char *s = ml_buf_str(&lines);
	for (size_t i = 0; s[i]; i++) {
		bool at_start = i == 0 || s[i - 1] == '\n';

		if (at_start && (s[i] == '.' || s[i] == '\''))
			ml_buf_text(out, "\\&");
		if (s[i] == '\\')
			ml_buf_text(out, "\\e");
		else
			ml_buf_byte(out,
				    (unsigned char)(i == 0 && plain ? s[i] - 'a' + 'A' : s[i]));
	}
	ml_buf_text(out, ".\n");
	out->failed |= lines.failed;
	ml_buf_release(&lines);
}

void ml_opt_mdoc(const struct ml_opt *o, struct ml_buf *out)
{
	struct ml_buf text = { 0 };

	for (; o && o->name; o++) {
		ml_buf_text(out, ".It ");
		if (o->letter)
			ml_buf_printf(out, "Fl %c , ", o->letter);
		ml_buf_printf(out, "Fl -%s%s", is_on(o) ? "no-" : "", o->name);
		if (o->arg)
			ml_buf_printf(out, " Ar %s", o->arg);
		ml_buf_byte(out, '\n');
		ml_buf_clear(&text);
		put_sentence(o, &text);
		ml_opt_roff(ml_buf_str(&text), out);
		out->failed |= text.failed;
	}
	ml_buf_release(&text);
}
