/* cli_progress.c - one line on a terminal that tells how far an iterative fit has come,
 * rewritten ten times a second and gone at the end. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli_frame.h"

enum { LINE = 120, WIDTH = 79 };
static const double PAUSE = 0.1; /* seconds between lines */

void ml_cli_progress_erase(struct ml_talk *t)
{
	char blank[LINE + 2];

	if (!t->width)
		return;
	blank[0] = '\r';
	memset(blank + 1, ' ', t->width);
	blank[t->width + 1] = '\r';
	ml_cli_stderr(blank, t->width + 2);
	t->width = 0;
}

/* Appends what is known, as far as it fits. */
static size_t add_figure(char *line, size_t n, const char *name, double value)
{
	if (isnan(value) || n >= WIDTH)
		return n;
	int more = snprintf(line + n, WIDTH - n, ", %s %.6g", name, value);
	return more < 0 || (size_t)more >= WIDTH - n ? n : n + (size_t)more;
}

/* "3 min left" */
static size_t add_time(char *line, size_t n, double left)
{
	bool minutes = left >= 100;

	if (isnan(left) || n >= WIDTH)
		return n;
	int more = snprintf(line + n, WIDTH - n, ", %.0f %s left", minutes ? left / 60 : left,
			    minutes ? "min" : "s");
	return more < 0 || (size_t)more >= WIDTH - n ? n : n + (size_t)more;
}

bool ml_cli_listens(void *user)
{
	const struct ml_cli *cli = user;

	return cli->talk.terminal && !cli->quiet && ml_cli_clock() >= cli->talk.shown + PAUSE;
}

void ml_cli_progress(void *user, const struct ml_progress *p)
{
	struct ml_cli *cli = user;
	char line[LINE + 1] = "\r";
	double now;

	if (cli->tool->flags & ML_STOPS_SOFTLY)
		ml_cli_signals_arm();
	if (!cli->talk.terminal || cli->quiet ||
	    (now = ml_cli_clock()) < cli->talk.shown + PAUSE)
		return;
	size_t n = (size_t)snprintf(line, sizeof line, "\r%.20s: %.20s %zu", cli->tool->name,
				    p->unit ? p->unit : "step", p->step);
	if (p->steps)
		n += (size_t)snprintf(line + n, sizeof line - n, " of %zu", p->steps);
	n = add_figure(line, n, "loss", p->train_loss);
	n = add_figure(line, n, "validation", p->valid_loss);
	n = add_figure(line, n, "metric", p->valid_metric);
	if (p->unit) {
		n = add_figure(line, n, "best", p->best);
		n = add_time(line, n, p->left);
	}
	size_t width = n - 1; /* without the carriage return */
	while (n - 1 < cli->talk.width)
		line[n++] = ' '; /* over the rest of the line before */
	ml_cli_stderr(line, n);
	cli->talk.width = width;
	cli->talk.shown = now;
}
