/* runfound.c - runs picked out of a journal.
 *
 * Which run is meant may be known only at the end, and standard input is read once: so each
 * line that is meant by the beginning of a digest is kept until one comes that is meant by its
 * number.  (Two that are meant by a digest are refused in the end.) */
#include "core/runfound.h"

#include <assert.h>

struct finding {
	struct ml_runs_found *found;
	const char *const *which;
	size_t n;
};

static int see(void *arg, const struct ml_pastrun *r, struct ml_error *err)
{
	struct finding *f = arg;
	struct ml_runjoin *j = &f->found->join;
	int rc = ml_runjoin_add(j, r, err);

	for (size_t w = 0; !rc && w < f->n; w++) {
		struct ml_pastrun *kept = &f->found->run[w];
		enum ml_run_meant how = ml_runjoin_means(j, j->n - 1, f->which[w]);
		if (how == ML_NOT_MEANT || (how == ML_MEANT_BY_DIGEST && kept->json))
			continue;
		json_decref(kept->json);
		*kept = (struct ml_pastrun){ r->number, json_incref(r->json) };
	}
	return rc;
}

int ml_runs_find(struct ml_runs_found *found, const struct ml_runs_plan *plan,
		 const char *const *which, size_t n, bool keep_fits, struct ml_error *err)
{
	struct finding f = { found, which, n };

	*found = (struct ml_runs_found){ .join = { .keep_lines = keep_fits } };
	int rc = ml_pastruns_read(plan->files, plan->n, plan->run, see, &f, err);
	for (size_t w = 0; !rc && w < n; w++)
		rc = ml_runjoin_find(&found->join, which[w], &found->at[w], err);
	for (size_t w = 0; !rc && w < n; w++)
		assert(found->run[w].number == found->join.run[found->at[w]].number);
	return rc;
}

void ml_runs_found_release(struct ml_runs_found *f)
{
	for (size_t w = 0; w < ML_FOUND_MOST; w++)
		json_decref(f->run[w].json);
	ml_runjoin_release(&f->join);
	*f = (struct ml_runs_found){ 0 };
}
