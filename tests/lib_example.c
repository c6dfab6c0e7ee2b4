/* lib_example.c - the library without the tools: fit a CSV, keep the model, predict with what was kept.
 *
 *     lib_example TABLE.csv TARGET MODEL       ("ROWS rows, RIGHT right")
 *     cc lib_example.c $(pkg-config --cflags --libs mlutils)
 *
 * tests/bats/library.bats compiles it against an installed tree. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/input.h"
#include "core/predict.h"
#include "core/train.h"
#include "data/kind.h"
#include "opt/opt.h"

static int read_table(struct ml_input **in, char *path, const char *target, const struct ml_run *run,
                      struct ml_table **t, struct ml_error *err)
{
	static struct ml_input_opts opts = {
		.csv = { .delimiter = ',' },
		.kinds = { .na = ML_NA_DEFAULT, .decimal = '.' },
	};

	opts.roles.target = target;
	int rc = ml_input_open(in, &path, 1, &opts, run, err);
	return rc ? rc : ml_input_table(*in, t, err);
}

static int fit(char *path, const char *target, const char *out, const struct ml_run *run,
               struct ml_error *err)
{
	const struct ml_model *model = ml_model_find("logistic");
	struct ml_input *in = NULL;
	struct ml_table *t = NULL;
	struct ml_sink *sink = NULL;
	void *hyper = calloc(1, model->opts_size);

	if (!hyper)
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory");
	ml_opt_defaults(model->opts, hyper);
	struct ml_train_plan plan = { .model = model, .opts = hyper };
	int rc = read_table(&in, path, target, run, &t, err);
	if (!rc)
		rc = ml_train(ml_input_pipeline(in), t, &plan, run, err);
	if (!rc)
		rc = ml_sink_open(&sink, out, err);
	if (!rc)
		rc = ml_pipeline_write(ml_input_pipeline(in), 0, NULL, sink, err);
	if (!rc) {
		rc = ml_sink_commit(sink, err);
		sink = NULL;
	}
	ml_sink_abandon(sink);
	ml_table_free(t);
	ml_input_free(in);
	ml_opt_release(model->opts, hyper);
	free(hyper);
	return rc;
}

/* How many rows get the class that stands in the target. */
static size_t count_right(const struct ml_outcome *o, const struct ml_column *y,
                          const struct ml_mat *out)
{
	size_t right = 0;

	for (size_t i = 0; i < out->rows; i++) {
		const double *row = out->v + i * out->ld;

		if (!isnan(row[0]) && y->code[i] >= 0)
			right += !strcmp(o->classes[ml_outcome_pick(o, row)],
			                 y->levels->name[y->code[i]]);
	}
	return right;
}

static int predict(char *path, const char *target, const char *kept, const struct ml_run *run,
                   struct ml_error *err)
{
	struct ml_pipeline model = { .find_model = ml_model_find };
	struct ml_input *in = NULL;
	struct ml_table *t = NULL;
	struct ml_mat out = { 0 };
	uint64_t undefined = 0;

	int rc = ml_pipeline_read(&model, &kept, 1, err);
	if (!rc)
		rc = read_table(&in, path, target, run, &t, err);
	if (!rc)
		rc = ml_pipeline_predict(&model, 0, t, path, NULL, NULL, &out, &undefined, err);
	if (!rc)
		printf("%zu rows, %zu right\n", out.rows,
		       count_right(&ml_pipeline_model(&model)->outcome,
		                   &t->col[ml_table_find(t, target)], &out));
	free(out.v);
	ml_table_free(t);
	ml_input_free(in);
	ml_pipeline_release(&model);
	return rc;
}

int main(int argc, char **argv)
{
	const struct ml_run run = { .threads = 1, .deadline = INFINITY };
	struct ml_error err = { 0 };

	if (argc != 4)
		return 64;
	int rc = fit(argv[1], argv[2], argv[3], &run, &err);
	if (!rc)
		rc = predict(argv[1], argv[2], argv[3], &run, &err);
	if (rc)
		fprintf(stderr, "lib_example: %s [%s]\n", err.msg, err.tag ? err.tag : "");
	return rc;
}
