/* cli_answer.c - which of --help, --version, --describe, --mdoc, --completion was asked, and
 * the answer on standard output. */
#include "cli_frame.h"

static void put_version(const struct ml_cli *cli, struct ml_buf *out)
{
	ml_buf_printf(out, "%s (mlutils) %s\n", cli->tool->name, ML_VERSION);
}

/* The first that was asked for is answered. */
static void (*answer_of(const struct ml_cli *cli))(const struct ml_cli *, struct ml_buf *)
{
	const struct ml_asked *a = &cli->asked;
	const struct {
		bool asked;
		void (*put)(const struct ml_cli *, struct ml_buf *);
	} all[] = {
		{ a->help, ml_cli_help },         { a->version, put_version },
		{ a->describe, ml_cli_describe }, { a->completion >= 0, ml_cli_complete },
		{ a->mdoc, ml_cli_mdoc },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].asked)
			return all[i].put;
	return NULL;
}

bool ml_cli_asks(const struct ml_cli *cli)
{
	return answer_of(cli) != NULL;
}

int ml_cli_answer(struct ml_cli *cli, struct ml_error *err)
{
	struct ml_buf out = { 0 };
	struct ml_sink *sink = NULL;
	/* Manuals are made by the build: a table that is wrong stops it. */
	int rc = cli->asked.mdoc ? ml_cli_check(cli->tool, err) : ML_OK;

	if (!rc)
		answer_of(cli)(cli, &out);
	if (!rc && !(rc = ml_buf_check(&out, err)))
		rc = ml_sink_open(&sink, NULL, err);
	if (!rc && !(rc = ml_sink_put(sink, out.v, out.n, err))) {
		rc = ml_sink_commit(sink, err);
		sink = NULL;
	}
	ml_sink_abandon(sink);
	ml_buf_release(&out);
	return rc;
}
