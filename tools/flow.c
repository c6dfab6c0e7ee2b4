/* flow.c - tables in, tables and steps out. */
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#include "core/lineage.h"
#include "core/notes.h"
#include "core/predict.h"
#include "data/writer.h"

int ml_flow_apart(const struct ml_cli *cli, const char *option, const char *file,
		  struct ml_error *err)
{
	if (!file || !cli->asked.output || strcmp(file, cli->asked.output))
		return ML_OK;
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "%s and -o are the same file", option);
}

int ml_flow_open(struct ml_flow *f, struct ml_cli *cli, bool learns, struct ml_error *err)
{
	*f = (struct ml_flow){ .cli = cli, .most = SIZE_MAX };
	if (learns && !cli->binary && !cli->save && !cli->discard)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "what is learned here would be lost in a CSV: -b passes it on, "
			       "--save FILE keeps it, --discard says that it is not needed");
	if (ml_flow_apart(cli, "--save", cli->save, err))
		return err->code;
	int rc = ml_input_open(&f->in, cli->operands, cli->n_operands, &cli->input, &cli->run,
			       err);
	f->p = f->in ? ml_input_pipeline(f->in) : NULL;
	return rc;
}

/* Columns of a CSV are read as the steps from `from` on need them, whatever these rows alone
 * look like. */
static int ask_kinds(struct ml_flow *f, const struct ml_pipeline *p, size_t from,
		     struct ml_error *err)
{
	const struct ml_column_set *set = ml_input_columns(f->in);
	struct ml_slot *need = NULL;
	size_t n = 0;
	int32_t code;

	if (ml_input_is_binary(f->in))
		return ML_OK;
	struct ml_levels *names = ml_levels_new(err);
	int rc = names ? ml_pipeline_source(p, from, &need, &n, err) : err->code;
	for (size_t k = 0; !rc && k < n; k++)
		rc = ml_levels_add(names, need[k].name, strlen(need[k].name), &code, err);
	for (size_t j = 0; !rc && j < set->n; j++) {
		code = ml_levels_find(names, set->name[j], strlen(set->name[j]));
		if (code >= 0)
			ml_input_ask(f->in, &j, &need[code].kind, 1);
	}
	ml_levels_free(names);
	ml_slots_free(need, n);
	return rc;
}

static int read_saved(struct ml_flow *f, struct ml_error *err)
{
	f->saved.keep_records = true;
	f->saved.record = f->cli->record;
	int rc = ml_pipeline_read(&f->saved, &f->cli->apply, 1, err);
	return rc ? rc : ask_kinds(f, &f->saved, 0, err);
}

int ml_flow_load(struct ml_flow *f, struct ml_error *err)
{
	const struct ml_cli *cli = f->cli;
	bool told = cli->binary || cli->save || (cli->tool->flags & ML_WRITES_BINARY);

	int rc = cli->apply ? read_saved(f, err) : ML_OK;
	if (!rc)
		rc = ml_input_part(f->in, f->most, &f->t, err);
	if (!rc && cli->binary)
		ml_input_plain_numbers(f->in, f->t);
	if (!rc && told && !cli->private_data && !ml_input_is_binary(f->in))
		rc = ml_table_take_stock(f->t, cli->run.threads, err);
	if (!rc && told && !cli->private_data && !ml_input_is_binary(f->in))
		rc = ml_notes_source(f->p, f->t, cli->run.threads, err);
	return rc;
}

int ml_flow_next(struct ml_flow *f, const struct ml_pipeline *p, size_t from,
		 struct ml_error *err)
{
	ml_table_free(f->t);
	f->t = NULL;
	int rc = ask_kinds(f, p, from, err);
	return rc ? rc : ml_input_part(f->in, f->most, &f->t, err);
}

static const struct ml_column *by_role(const struct ml_table *t, enum ml_role role)
{
	size_t j = ml_table_role(t, role);

	return j == SIZE_MAX ? NULL : &t->col[j];
}

int ml_flow_deal(struct ml_flow *f, const char *stratify, struct ml_split_plan *plan,
		 struct ml_error *err)
{
	size_t *idx = NULL, n = 0;

	plan->seed = f->cli->run.seed;
	plan->group = by_role(f->t, ML_GROUP);
	plan->time = by_role(f->t, ML_TIME);
	plan->stratify = NULL;
	if (!stratify)
		return ML_OK;
	int rc = ml_table_pick(f->t, stratify, &idx, &n, err);
	if (!rc && n != 1)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "--stratify names %zu columns, expected one", n);
	if (!rc)
		plan->stratify = &f->t->col[idx[0]];
	free(idx);
	return rc;
}

int ml_flow_lineage(struct ml_flow *f, struct ml_fields *out, struct ml_error *err)
{
	struct ml_fields options = { 0 };
	const struct ml_lineage_more more = { &f->removed, f->held, f->updated };

	int rc = ml_cli_options(f->cli, &options, err);
	if (!rc)
		rc = ml_lineage_of(out, f->cli->tool->name, &options, f->cli->run.seed, f->in,
				   &more, err);
	ml_fields_release(&options);
	return rc;
}

int ml_flow_note(struct ml_flow *f, struct ml_error *err)
{
	struct ml_fields lineage = { 0 };

	int rc = ml_flow_lineage(f, &lineage, err);
	if (!rc)
		rc = ml_pipeline_add_extra(f->p, "x-lineage", &lineage, err);
	ml_fields_release(&lineage);
	if (!rc)
		rc = ml_input_finish(f->in, NULL, err);
	if (!rc && f->cli->private_data)
		ml_notes_forget(f->p);
	return rc ? rc : ml_golden_renew(f->p, err);
}

int ml_flow_put(struct ml_flow *f, const struct ml_table *t, struct ml_sink *sink,
		struct ml_error *err)
{
	struct ml_writer w;

	if (f->cli->binary)
		return ml_pipeline_write(f->p, 0, t, sink, err);
	int rc = ml_writer_init(&w, sink, f->cli->to_delimiter, err);
	/* As the cells that leave unchanged are written. */
	if (!rc && !ml_input_is_binary(f->in))
		w.decimal = f->cli->input.kinds.decimal;
	if (!rc)
		rc = ml_writer_header(&w, t, err);
	if (!rc)
		rc = ml_writer_rows(&w, t, err);
	ml_writer_release(&w);
	return rc;
}

static int save_steps(struct ml_flow *f, struct ml_error *err)
{
	struct ml_sink *sink = NULL;

	int rc = ml_journal_open(f->cli->record, &sink, f->cli->save, err);
	if (!rc)
		rc = ml_pipeline_write(f->p, 0, NULL, sink, err);
	if (!rc)
		return ml_journal_commit(f->cli->record, sink, f->cli->save, err);
	ml_sink_abandon(sink);
	return rc;
}

int ml_flow_write(struct ml_flow *f, struct ml_error *err)
{
	struct ml_cli *cli = f->cli;

	int rc = ML_OK;
	if (cli->binary || cli->save)
		rc = ml_flow_note(f, err);
	else
		rc = ml_input_finish(f->in, NULL, err);
	if (!rc)
		rc = ml_strict(cli, err);
	if (!rc && cli->save)
		rc = save_steps(f, err);
	cli->out_is_csv = !rc && !cli->binary;
	if (!rc)
		rc = ml_flow_put(f, f->t, cli->out, err);
	if (!rc)
		ml_put_size(&cli->journal.more, "rows", f->t->rows);
	return rc;
}

void ml_flow_release(struct ml_flow *f)
{
	ml_table_free(f->t);
	ml_input_free(f->held);
	ml_input_free(f->in);
	ml_pipeline_release(&f->saved);
	ml_fields_release(&f->removed);
	*f = (struct ml_flow){ 0 };
}
