/* said.c - lines of other programs, each kind of them once. */
#include "said.h"

#include <stdio.h>
#include <string.h>

/* Warnings are alike but for their numbers: a line counts as told when one was that
 * differs in digits only. */
static bool is_news(struct ml_buf *told, const char *line, size_t n)
{
	struct ml_buf key = { 0 };
	bool news = true;

	for (size_t i = 0; i < n; i++)
		if (!strchr("0123456789.", line[i]))
			ml_buf_byte(&key, (unsigned char)line[i]);
	ml_buf_byte(&key, '\n');
	for (const char *s = ml_buf_str(told); news && *s; s += strcspn(s, "\n") + 1)
		news = strncmp(s, ml_buf_str(&key), key.n) != 0;
	if (news)
		ml_buf_put(told, key.v, key.n);
	ml_buf_release(&key);
	return news;
}

/* "TOOL: warning: TEXT [W-CODE]" becomes a warning of ours; anything else is told with -v. */
static void pass_on(struct ml_cli *cli, const char *who, const char *line, size_t n)
{
	static const char mark[] = "warning: ";
	char text[1024], *open, *at;

	snprintf(text, sizeof text, "%.*s", (int)(n < sizeof text ? n : sizeof text - 1), line);
	open = strrchr(text, '[');
	at = strstr(text, mark);
	if (!open || !at || at > open || strncmp(open, "[W-", 3) ||
	    text[strlen(text) - 1] != ']') {
		ml_note(cli, "%s: %s", who, text);
		return;
	}
	text[strlen(text) - 1] = '\0';
	open[-1] = '\0'; /* the blank before it */
	memmove(at, at + sizeof mark - 1, strlen(at + sizeof mark - 1) + 1);
	ml_warn(cli, open + 1, "%s: %s", who, text);
}

void ml_said(struct ml_cli *cli, struct ml_buf *told, const char *who, const char *said)
{
	for (const char *s = said; s && *s;) {
		size_t n = strcspn(s, "\n");
		if (n && is_news(told, s, n))
			pass_on(cli, who, s, n);
		s += n + (s[n] == '\n');
	}
}
