/* evalmodes.c - ml-eval --compare, --train, --learning, --validation: tables read, findings
 * written.
 */
#include "evalmodes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/compare.h"
#include "core/findings.h"
#include "core/gap.h"
#include "core/points.h"

int ml_eval_read(struct ml_cli *cli, char *const *files, size_t n, struct ml_table **t,
		 struct ml_error *err)
{
	struct ml_input *in = NULL;
	int rc = ml_input_open(&in, files, n, &cli->input, &cli->run, err);

	if (!rc)
		rc = ml_input_table(in, t, err);
	if (!rc)
		rc = ml_input_finish(in, NULL, err);
	ml_input_free(in);
	return rc;
}

enum ml_eval_form ml_eval_form_of(const struct ml_cli *cli)
{
	const struct eval_args *a = cli->args;

	if (a->json || a->to != ML_FORM_AUTO)
		return a->json ? ML_FORM_JSON : (enum ml_eval_form)a->to;
	return ml_sink_is_terminal(cli->out) ? ML_FORM_TABLE : ML_FORM_CSV;
}

int ml_eval_write(struct ml_cli *cli, const struct ml_findings *r, const char *key,
		  struct ml_error *err)
{
	static const enum ml_findings_form as[] = { ML_FINDINGS_CSV, ML_FINDINGS_CSV,
						    ML_FINDINGS_CSV, ML_FINDINGS_TABLE,
						    ML_FINDINGS_JSON };
	enum ml_eval_form form = ml_eval_form_of(cli);
	int rc = ml_strict(cli, err);

	cli->out_is_csv = as[form] == ML_FINDINGS_CSV;
	return rc ? rc
		  : ml_findings_write(r, as[form], form == ML_FORM_TSV ? '\t' : ',', key,
				      cli->out, err);
}

/* Each operand is a table of its own. */
int ml_eval_compare(struct ml_cli *cli, const struct ml_eval_plan *plan, struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	struct ml_table **table = ml_alloc(cli->n_operands, sizeof *table, err);
	const char **name = ml_alloc(cli->n_operands, sizeof *name, err);
	struct ml_pairs pairs = { 0 };
	struct ml_findings report = { 0 };
	size_t n = cli->n_operands;
	int rc = table && name ? ML_OK : err->code;

	if (!rc && n < 2)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "--compare needs two files and more");
	for (size_t i = 0; !rc && i < n; i++) {
		name[i] = strcmp(cli->operands[i], "-") ? cli->operands[i] : "stdin";
		rc = ml_eval_read(cli, &cli->operands[i], 1, &table[i], err);
	}
	if (!rc)
		rc = ml_pairs_init(&pairs, table, name, n, &plan->scoring, &cli->run, err);
	if (!rc)
		rc = ml_compare(&report, &pairs, plan, &a->test, &cli->run, err);
	if (!rc)
		rc = ml_eval_write(cli, &report, "comparisons", err);
	for (size_t i = 0; table && i < n; i++)
		ml_table_free(table[i]);
	ml_findings_release(&report);
	ml_pairs_release(&pairs);
	free(table);
	free(name);
	return rc;
}

/* Training rows beside others, or a curve. */
int ml_eval_diagnose(struct ml_cli *cli, const struct ml_eval_plan *plan, struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	const char *name[ML_GAP_TABLES] = { a->train, plan->scoring.file };
	char *train = (char *)a->train;
	struct ml_table *t[ML_GAP_TABLES] = { NULL, NULL };
	struct ml_findings report = { 0 };
	int rc = ML_OK;

	if (!name[ML_GAP_TEST])
		name[ML_GAP_TEST] = "stdin";
	if (train)
		rc = ml_eval_read(cli, &train, 1, &t[ML_GAP_TRAIN], err);
	if (!rc)
		rc = ml_eval_read(cli, cli->operands, cli->n_operands, &t[ML_GAP_TEST], err);
	if (!rc && (a->learning || a->validation))
		rc = ml_points_report(&report, a->learning ? ML_LEARNING : ML_VALIDATION,
				      a->learning ? a->learning : a->validation, t[ML_GAP_TEST],
				      t[ML_GAP_TRAIN], plan, &cli->run, err);
	else if (!rc)
		rc = ml_gap(&report, t, name, plan, &cli->run, err);
	if (!rc)
		rc = ml_eval_write(cli, &report, "diagnosis", err);
	ml_findings_release(&report);
	ml_table_free(t[ML_GAP_TRAIN]);
	ml_table_free(t[ML_GAP_TEST]);
	return rc;
}
