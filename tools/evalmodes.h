/* evalmodes.h - what ml-eval does beside metrics of one table. */
#ifndef ML_TOOLS_EVALMODES_H
#define ML_TOOLS_EVALMODES_H

#include "cli.h"
#include "core/evaluate.h"
#include "core/findings.h"
#include "evalopts.h"

/* The table of these files; *t is the caller's. */
int ml_eval_read(struct ml_cli *cli, char *const *files, size_t n, struct ml_table **t,
		 struct ml_error *err) ML_CHECK;
/* --to, --json; never ML_FORM_AUTO. */
enum ml_eval_form ml_eval_form_of(const struct ml_cli *cli);
/* --compare: each operand is a table of its own. */
int ml_eval_compare(struct ml_cli *cli, const struct ml_eval_plan *plan,
		    struct ml_error *err) ML_CHECK;
/* --train FILE beside the operands, or a curve (--learning, --validation). */
int ml_eval_diagnose(struct ml_cli *cli, const struct ml_eval_plan *plan,
		     struct ml_error *err) ML_CHECK;

/* --permutation, --partial: the operands are a table for the model of -m. */
int ml_eval_model(struct ml_cli *cli, const struct ml_eval_plan *plan,
		  struct ml_error *err) ML_CHECK;
/* Findings in the form asked for. */
int ml_eval_write(struct ml_cli *cli, const struct ml_findings *r, const char *key,
		  struct ml_error *err) ML_CHECK;

#endif
