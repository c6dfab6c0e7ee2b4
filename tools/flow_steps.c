/* flow_steps.c - steps on the way of a table: saved ones, those that the command line picks,
 * and those that have seen too much. */
#include "flow.h"

#include "core/predict.h"

int ml_flow_apply(struct ml_flow *f, struct ml_error *err)
{
	size_t from = 0;

	if (!f->cli->apply)
		return ML_OK;
	int rc = ml_pipeline_position(&f->saved, f->p, &from, err);
	if (!rc)
		rc = ml_pipeline_apply(&f->saved, from, f->saved.n, f->t, err);
	if (rc == ML_EDATA)
		ml_input_blame(f->in, f->t, err);
	if (!rc)
		ml_pipeline_warn(&f->saved, &f->cli->run);
	for (size_t i = from; !rc && i < f->saved.n; i++)
		rc = ml_pipeline_append(f->p, &f->saved.step[i], err);
	return rc;
}

bool ml_offer_prep(unsigned flag, size_t i, struct ml_item *out)
{
	size_t k = 0;

	for (const struct ml_prep *const *p = ml_preps; *p; p++) {
		if (!((*p)->flags & flag) || k++ < i)
			continue;
		*out = (struct ml_item){ (*p)->name, (*p)->summary, (*p)->arg, (*p)->opts,
					 (*p)->opts_size };
		return true;
	}
	return false;
}

bool ml_flow_learns(const struct ml_cli *cli)
{
	for (size_t i = 0; i < cli->n_picked; i++)
		if (!(ml_prep_find(cli->picked[i].name)->flags & ML_PREP_STATELESS))
			return true;
	return false;
}

int ml_flow_prepare(struct ml_flow *f, struct ml_error *err)
{
	for (size_t i = 0; i < f->cli->n_picked; i++) {
		const struct ml_picked *p = &f->cli->picked[i];
		int rc = ml_pipeline_fit(f->p, ml_prep_find(p->name), p->value, p->args, f->t,
					 &f->cli->run, err);
		if (rc && rc != ML_ENOMEM)
			ml_context(err, "--%s", p->name);
		if (rc == ML_EDATA && err->row)
			ml_input_blame(f->in, f->t, err);
		if (rc)
			return rc;
	}
	return ML_OK;
}

void ml_flow_warn_leak(const struct ml_flow *f)
{
	for (size_t i = 0; i < f->p->n; i++)
		if (f->p->step[i].prep && !(f->p->step[i].prep->flags & ML_PREP_STATELESS)) {
			ml_warn(f->cli, "W-LEAK",
				"'%s' has learned from all rows, those held out as well; put "
				"it into the quotes",
				ml_step_type(&f->p->step[i]));
			return;
		}
}
