/* mlp_course.c - a fit that is under way: begun, gone on with, ended. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/mlp_parts.h"

double ml_mlp_unit(const struct ml_mlp *m)
{
	bool squares = !strcmp(m->loss->name, "squared") || !strcmp(m->loss->name, "huber");

	return squares ? m->scale * m->scale : m->scale;
}

static void set_optimiser(struct ml_optimiser *t, const struct ml_mlp_opts *o)
{
	t->solver = (enum ml_solver)o->solver;
	t->momentum = o->momentum;
	t->nesterov = o->nesterov;
	t->beta1 = o->beta1;
	t->beta2 = o->beta2;
	t->eps = o->eps;
	t->decay = o->weight_decay;
}

/* The present network is the one that goes on. */
static void turn_back(struct ml_mlp *m)
{
	struct ml_mlp_course *c = m->course;
	double *param = m->net.param, *stat = m->net.stat;

	if (!c->turned)
		return;
	m->net.param = c->param;
	m->net.stat = c->stat;
	c->param = param;
	c->stat = stat;
	c->turned = false;
}

int ml_mlp_begin(struct ml_mlp *m, const struct ml_mlp_opts *o, struct ml_error *err)
{
	if (m->course) {
		turn_back(m);
	} else {
		if (!(m->course = ml_alloc(1, sizeof *m->course, err)))
			return err->code;
		m->course->best = (double)INFINITY;
		m->course->last = (double)NAN;
		m->course->damp = 1;
	}
	set_optimiser(&m->course->optimiser, o);
	return m->course->optimiser.v
		       ? ML_OK
		       : ml_optimiser_init(&m->course->optimiser, m->net.params, err);
}

int ml_mlp_renew(struct ml_mlp *m, const struct ml_problem *p, const struct ml_mlp_opts *o,
		 struct ml_error *err)
{
	struct ml_mlp_course *c = m->course;

	if (!c)
		return ml_mlp_begin(m, o, err);
	turn_back(m);
	/* Means that another solver made are of no use. */
	if ((o->solver == ML_SGD) != !c->optimiser.m) {
		ml_optimiser_release(&c->optimiser);
		c->optimiser.steps = 0;
	}
	if (c->over)
		c->stale = c->flat = 0;
	c->over = false;
	/* Nor is what other rows have said. */
	if (!p->valid != !c->param) {
		c->best = (double)INFINITY;
		free(c->param);
		free(c->stat);
		c->param = c->stat = NULL;
	}
	return ml_mlp_begin(m, o, err);
}

void ml_mlp_end(struct ml_mlp *m)
{
	struct ml_mlp_course *c = m->course;

	if (!c)
		return;
	ml_optimiser_release(&c->optimiser);
	free(c->stat);
	free(c->param);
	free(c);
	m->course = NULL;
}
