/* mlp.c - a multilayer perceptron: dense layers, learned by minibatches.
 *
 * The mean loss of the rows, and a penalty on the squares of the weights (backprop.h), go down
 * by steps of an optimiser (optimiser.h) along the gradient of a minibatch; an epoch is a pass
 * over all rows in a new order.  The layers are those of net.h, their first weights those of
 * Glorot and Bengio (2010); numbers are learned by their mean and standard deviation, so that
 * their scale does not matter.  Losses are those of boosting (loss.h).
 *
 * Memory: three numbers a weight, five with a best epoch kept; of a minibatch the rows and four
 * numbers a unit.  Cost: 6 operations a weight, row and epoch.  The same bytes for any number
 * of threads.
 *
 * Files: mlp_opts.c, mlp_setup.c, mlp_train.c, mlp_epoch.c, mlp_fields.c, rates.c. */
#include <math.h>
#include <string.h>

#include "models/mlp_parts.h"

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct ml_mlp_opts *o = options;
	struct ml_mlp *m = state;

	if (ml_mlp_choose(m, p, o, run->seed, err) || ml_mlp_begin(m, o, err))
		return err->code;
	return ml_mlp_train(m, (size_t)o->epochs, p, o, run, rep, err);
}

/* As many more epochs. */
static int update(void *state, const struct ml_problem *p, const void *options,
		  const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct ml_mlp_opts *o = options;
	struct ml_mlp *m = state;

	if (ml_mlp_keep(m, p, o, err) || ml_mlp_renew(m, p, o, err))
		return err->code;
	return ml_mlp_train(m, m->epochs + (size_t)o->epochs, p, o, run, rep, err);
}

static int resume(void *state, const struct ml_problem *p, const void *options,
		  const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct ml_mlp_opts *o = options;
	struct ml_mlp *m = state;

	if (!m->course)
		return ml_fail(err, ML_EDATA, "E-MODEL", "no fit that was put by");
	if (ml_mlp_keep(m, p, o, err) || ml_mlp_begin(m, o, err))
		return err->code;
	return ml_mlp_train(m, (size_t)o->epochs, p, o, run, rep, err);
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct ml_mlp *m = state;
	size_t k = ml_net_outputs(&m->net);

	if (ml_mat_expect(x, m->net.layer[0].in, err))
		return err->code;
	int rc = ml_net_scores(&m->net, x, out, err);
	for (size_t i = 0; !rc && i < x->rows; i++) {
		double *o = out->v + i * out->ld;

		m->loss->link(o, k, o);
		if (!m->classes)
			o[0] = m->shift + m->scale * o[0];
	}
	return rc;
}

static size_t width(const void *state)
{
	const struct ml_mlp *m = state;

	return m->classes ? m->classes : 1;
}

static void save(const void *state, struct ml_fields *out)
{
	ml_mlp_save(state, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	(void)format; /* only version 1 exists */
	return ml_mlp_load(state, in, err);
}

static void release(void *state)
{
	struct ml_mlp *m = state;

	ml_mlp_end(m);
	ml_net_release(&m->net);
}

const struct ml_model ml_mlp = {
	.name = "mlp",
	.summary = "a network of dense layers, learned by minibatches; can be gone on with",
	.tasks = ML_CLASSIFY | ML_REGRESS,
	.flags = ML_WANTS_SCALE | ML_SAMPLES_ROWS | ML_TAKES_VALID,
	.format = 1,
	.opts = ml_mlp_table,
	.opts_size = sizeof(struct ml_mlp_opts),
	.state_size = sizeof(struct ml_mlp),
	.fit = ML_FITTING(fit),
	.update = ML_FITTING(update),
	.resume = ML_FITTING(resume),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
};
