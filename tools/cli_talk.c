/* cli_talk.c - lines on stderr: errors, warnings, notes.
 *
 * A line has at most 512 bytes, no control bytes, and leaves in one write, so that lines
 * of the tools of a pipe do not mix. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli_frame.h"

enum {
	MESSAGE = 1024,     /* before it is cut to fit a line */
	WARNED_MAX = 65536, /* bytes of warnings remembered; behind them lines may repeat */
};

void ml_cli_stderr(const char *line, size_t n)
{
	ssize_t done;

	do
		done = write(STDERR_FILENO, line, n);
	while (done < 0 && errno == EINTR);
}

/* "NAME: KIND" message " [TAG]", without newline; the message is cut, the tag is not. */
static size_t make_line(const struct ml_tool *tool, const char *kind, const char *message,
			const char *tag, char out[ML_CLI_LINE + 1])
{
	char end[64] = "";
	int front = snprintf(out, ML_CLI_LINE / 2, "%s: %s", tool->name, kind);

	if (tag)
		snprintf(end, sizeof end, " [%s]", tag);
	/* Behind the message: the end, a newline, and the NUL of ml_text_show, which the end
	 * overwrites. */
	size_t room = (size_t)ML_CLI_LINE - (size_t)front - strlen(end);
	ml_text_show(message, strlen(message), out + front, room);
	strcat(out, end);
	return strlen(out);
}

static void say(struct ml_cli *cli, char line[ML_CLI_LINE + 1], size_t n)
{
	ml_cli_progress_erase(&cli->talk);
	line[n] = '\n'; /* in the place of the NUL */
	ml_cli_stderr(line, n + 1);
	line[n] = '\0';
}

const char *ml_cli_tag(const struct ml_error *err)
{
	static const struct {
		int code;
		const char *tag;
	} tags[] = {
		{ ML_EUSAGE, "E-USAGE" }, { ML_EDATA, "E-DATA" },   { ML_ENOINPUT, "E-OPEN" },
		{ ML_ENOMEM, "E-NOMEM" }, { ML_ECREATE, "E-OPEN" }, { ML_EIO, "E-IO" },
	};

	for (size_t i = 0; !err->tag && i < sizeof tags / sizeof *tags; i++)
		if (tags[i].code == err->code)
			return tags[i].tag;
	return err->tag ? err->tag : "E-BUG";
}

void ml_cli_line(const struct ml_tool *tool, const struct ml_error *err,
		 char out[ML_CLI_LINE + 1])
{
	make_line(tool, "", err->msg, ml_cli_tag(err), out);
}

void ml_cli_complain(struct ml_cli *cli, const struct ml_error *err)
{
	char line[ML_CLI_LINE + 1], message[MESSAGE];
	const char *item = "", *blank = "";

	snprintf(message, sizeof message, "%s", err->msg);
	if (err->code == ML_EUSAGE && !strstr(message, "--help")) {
		const struct ml_family *family = cli->tool->family;

		if (family && family->by_operand && cli->n_picked) {
			item = cli->picked[0].name;
			blank = " ";
		}
		snprintf(message, sizeof message, "%s; see %s%s%s --help", err->msg,
			 cli->tool->name, blank, item);
	}
	say(cli, line, make_line(cli->tool, "", message, ml_cli_tag(err), line));
}

/* Lines that differ at most in numbers, but for those in names. */
static bool are_alike(const char *a, const char *b)
{
	static const char digits[] = "0123456789.";
	bool quoted = false;

	for (; *a && *b; a++, b++) {
		if (!quoted) {
			a += strspn(a, digits);
			b += strspn(b, digits);
		}
		if (*a != *b)
			return false;
		if (!*a)
			return true;
		quoted ^= *a == '\'';
	}
	return *a == *b;
}

/* True the first time; also when it cannot be remembered. */
static bool is_new(struct ml_talk *t, const char *line)
{
	size_t n = strlen(line) + 1;

	for (size_t at = 0; at < t->warned.n;) {
		const char *said = (const char *)t->warned.v + at;

		if (!strcmp(said, line))
			return false;
		if (t->in_parts && are_alike(said, line)) {
			t->alike++;
			return false;
		}
		at += strlen(said) + 1;
	}
	if (t->warned.n + n <= WARNED_MAX)
		ml_buf_put(&t->warned, line, n);
	return true;
}

static void warn(struct ml_cli *cli, const char *tag, const char *message)
{
	char line[ML_CLI_LINE + 1];
	size_t n = make_line(cli->tool, "warning: ", message, tag, line);

	if (!is_new(&cli->talk, line))
		return;
	cli->talk.warnings++;
	if (!cli->quiet || cli->strict) /* an error then, so it is told */
		say(cli, line, n);
}

void ml_warn(struct ml_cli *cli, const char *tag, const char *fmt, ...)
{
	char message[MESSAGE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	warn(cli, tag, message);
}

void ml_note(struct ml_cli *cli, const char *fmt, ...)
{
	char line[ML_CLI_LINE + 1], message[MESSAGE];
	va_list ap;

	if (!cli->verbose)
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	say(cli, line, make_line(cli->tool, "", message, NULL, line));
}

int ml_strict(struct ml_cli *cli, struct ml_error *err)
{
	size_t n = cli->talk.warnings;

	if (!cli->strict || !n)
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-STRICT", "%zu warning%s under --strict", n,
		       n == 1 ? "" : "s");
}

/* -- what a computation says through struct ml_run -- */

static void on_warning(void *user, const char *tag, size_t column, const char *fmt, ...)
	ML_PRINTF(4, 5);

static void on_warning(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	char message[MESSAGE];
	int front = 0;
	va_list ap;

	if (column != SIZE_MAX)
		front = snprintf(message, sizeof message, "column @%zu: ", column + 1);
	va_start(ap, fmt);
	vsnprintf(message + front, sizeof message - (size_t)front, fmt, ap);
	va_end(ap);
	warn(user, tag, message);
}

void ml_cli_talk_init(struct ml_cli *cli)
{
	cli->talk.terminal = isatty(STDERR_FILENO) == 1;
	cli->talk.shown = -INFINITY;
	cli->run.user = cli;
	cli->run.warn = on_warning;
	cli->run.progress = ml_cli_progress;
	cli->run.listens = ml_cli_listens;
}
