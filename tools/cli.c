/* cli.c - the life of a tool: command line, output, run, end.
 *
 * Whatever happens is told by the exit status and at most one line on stderr; the output is
 * whole, or its reader can tell that it is not. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "cli_frame.h"
#include "data/writer.h"

/* GSL's handler aborts.  Tools that use GSL link it, and then this is not NULL; the others need
 * not load it for the sake of this call. */
#pragma weak gsl_set_error_handler_off

/* Statuses that are no failures: the work was done, the output is whole. */
static bool is_verdict(int rc)
{
	return rc == ML_OK || rc == 1;
}

static int open_output(struct ml_cli *cli, struct ml_error *err)
{
	bool binary = cli->binary || (cli->tool->flags & ML_WRITES_BINARY);
	int rc = ml_journal_open(cli->record, &cli->out, cli->asked.output, err);

	if (!rc && binary && ml_sink_is_terminal(cli->out))
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "refusing to write %s to a terminal: redirect it, or use -o FILE",
			     cli->binary ? "a binary table" : "a model");
	return rc;
}

/* A CSV that was begun must not look whole. */
static void break_output(struct ml_cli *cli, const struct ml_error *why)
{
	char note[ML_CLI_LINE + 1];
	struct ml_error unused;

	if (cli->out && cli->out_is_csv && ml_sink_written(cli->out)) {
		ml_cli_line(cli->tool, why, note);
		/* When writing is what failed, this fails as well, and that was said already.
		 */
		if (!ml_writer_poison(cli->out, note, &unused))
			(void)!ml_sink_flush(cli->out, &unused);
	}
	ml_sink_abandon(cli->out);
	cli->out = NULL;
}

static int perform(struct ml_cli *cli, struct ml_error *err)
{
	const char *journal = ml_cli_journal_path(cli);
	int rc = ml_cli_settle(cli, err);

	/* Digests of inputs stand in lineages and journals, and cost 0.6 ns a byte. */
	cli->input.undigested = !journal && !cli->binary && !cli->save &&
				!(cli->tool->flags & ML_WRITES_BINARY);
	if (!rc && journal)
		rc = ml_journal_probe(journal, err);
	if (!rc)
		rc = open_output(cli, err);
	if (!rc) {
		rc = cli->tool->run(cli, err);
		ml_cli_progress_erase(&cli->talk);
		if (is_verdict(rc)) {
			cli->verdict = cli->verdict ? cli->verdict : rc;
			rc = ml_strict(cli, err);
		} else if (rc < ML_EUSAGE) {
			rc = ml_fail(err, ML_EBUG, "E-BUG", "the tool ended with status %d",
				     rc);
		}
	}
	if (rc) {
		break_output(cli, err);
		return rc;
	}
	rc = ml_journal_commit(cli->record, cli->out, cli->asked.output, err);
	cli->out = NULL;
	if (rc)
		return rc;
	if (err->code != cli->verdict) /* what the tool got over is no failure */
		*err = (struct ml_error){ 0 };
	return cli->verdict;
}

static void release(struct ml_cli *cli)
{
	ml_sink_abandon(cli->out);
	ml_journal_release(&cli->journal);
	ml_cli_picked_release(cli);
	ml_cli_shared_release(cli);
	ml_opt_release(cli->args ? cli->tool->opts : NULL, cli->args);
	free(cli->args);
	free(cli->operands);
	ml_buf_release(&cli->talk.warned);
}

/* The line of the journal tells how the run ended; that it cannot be written counts as well. */
static int end(struct ml_cli *cli, const struct ml_cli_start *start, int argc, char **argv,
	       int rc, const struct ml_error *failure)
{
	struct ml_error err = { 0 };

	if (failure)
		ml_cli_complain(cli, failure);
	if (!ml_cli_journal_path(cli))
		return rc;
	int late = ml_cli_journal(cli, start, argc, argv, rc, failure, &err);
	if (!late)
		return rc;
	/* That it cannot be opened, or that memory is short, is known already. */
	if (!failure || (strcmp(failure->msg, err.msg) &&
			 (failure->code != ML_ENOMEM || late != ML_ENOMEM)))
		ml_cli_complain(cli, &err);
	return failure ? rc : late;
}

int ml_tool_main(const struct ml_tool *tool, int argc, char **argv)
{
	struct ml_cli cli = { .tool = tool };
	struct ml_error err = { 0 };
	struct ml_cli_start start;

	ml_cli_descriptors_init();
	ml_cli_signals_init();
	ml_cli_start(&start);
	ml_cli_talk_init(&cli);
	if (gsl_set_error_handler_off)
		gsl_set_error_handler_off();
	int rc = ml_cli_parse(&cli, argc, argv, &err);
	if (ml_cli_asks(&cli)) { /* whatever is wrong behind --help */
		rc = ml_cli_answer(&cli, &err);
		if (rc)
			ml_cli_complain(&cli, &err);
	} else {
		if (ml_cli_journal_path(&cli))
			ml_cli_journal_begin(&cli, &start);
		if (!rc)
			rc = perform(&cli, &err);
		rc = end(&cli, &start, argc, argv, rc, err.code ? &err : NULL);
	}
	release(&cli);
	return rc;
}
