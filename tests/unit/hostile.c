/* hostile.c - every estimator of models.def is given fields that were tampered with: each
 * removed, of another type, shorter, longer, other numbers, huge counts.  load() refuses them
 * with E-MODEL, or what it made can predict without harm (run this under sanitizers).
 *
 * Takes long. */
#include <stdlib.h>

#include "fitted.h"

/* Probabilities are probabilities, or a row is not finite and will be left empty. */
static bool are_probabilities(const double *row, size_t k)
{
	double sum = 0;

	for (size_t c = 0; c < k; c++) {
		if (!isfinite(row[c]))
			return true;
		if (row[c] < 0 || row[c] > 1)
			return false;
		sum += row[c];
	}
	return fabs(sum - 1) <= 1e-9; /* rounding of as many shares as a model can have */
}

/* Of clusters: one that there is, and its numbers. */
static bool are_clusters(const void *state, const double *row)
{
	size_t k = now->clusters(state), width = ml_model_width(now, state);
	bool shares = now->per_cluster && !strcmp(now->per_cluster, "prob");

	for (size_t c = 0; c < width; c++)
		if (!isfinite(row[c]))
			return true;
	if (!(row[0] == floor(row[0]) && row[0] >= -1 && row[0] < (double)k))
		return false;
	if (now->per_row)
		return width == 1 || (width == 2 && row[1] >= 0 && row[1] <= 1);
	return width == 1 + (now->per_cluster ? k : 0) &&
	       (!shares || are_probabilities(row + 1, k));
}

/* Loads hostile fields: a refusal, or a model that can at least predict. */
static void load_hostile(const struct data *d, const struct ml_fields *f, bool must_fail,
			 const char *what, const char *field)
{
	struct state t = { .v = calloc(1, now->state_size + 1) };

	err.tag = NULL;
	t.rc = now->load(t.v, now->format, f, &err);
	if (t.rc && (t.rc != ML_EDATA || !err.tag || strcmp(err.tag, "E-MODEL")) &&
	    ++ml_test_failed <= 20)
		printf("# %s: %s %s: %d, %s\n", now->name, field, what, t.rc, err.msg);
	if (!t.rc && must_fail && ++ml_test_failed <= 20)
		printf("# %s: %s %s: accepted\n", now->name, field, what);
	/* What is accepted must not crash; only a width like ours has a buffer. */
	if (!t.rc && ml_model_width(now, t.v) <= 64) {
		size_t k = ml_model_width(now, t.v);
		double *v = malloc(d->n * k * sizeof *v);
		struct ml_mat x = { d->x, d->n, d->p, d->p }, out = { v, d->n, k, k };
		int rc = now->predict(t.v, &x, &out, &err);
		bool cluster = d->problem.task == ML_CLUSTER;
		for (size_t i = 0; !rc && (cluster || k > 1) && i < d->n; i++)
			if (!(cluster ? are_clusters(t.v, v + i * k)
				      : are_probabilities(v + i * k, k)) &&
			    ++ml_test_failed <= 20)
				printf("# %s: %s %s: no probabilities, no clusters\n",
				       now->name, field, what);
		free(v);
		v = malloc(2 * d->n * sizeof *v);
		out = (struct ml_mat){ v, d->n, 2, 2 };
		rc = now->deviations && k == 1 ? now->deviations(t.v, &x, &out, &err) : ML_OK;
		for (size_t i = 0; !rc && now->deviations && k == 1 && i < d->n; i++)
			if (v[2 * i + 1] < 0 && ++ml_test_failed <= 20)
				printf("# %s: %s %s: a deviation below 0\n", now->name, field,
				       what);
		free(v);
	}
	state_free(&t);
}

/* One field of f is changed in each way there is. */
static void spoil(const struct data *d, struct ml_fields *f, size_t at)
{
	struct ml_field was = f->v[at], *v = &f->v[at];
	struct ml_fields one = *f;
	char other[] = "no-such-name";
	static const size_t sizes[] = {
		0, 1, 2, 1000, 65535, UINT32_MAX, SIZE_MAX / 8, SIZE_MAX
	};
	static const double reals[] = { NAN, INFINITY, -INFINITY, -1, 0, 1e308, -1e308 };

	v->name = other;
	load_hostile(d, &one, false, "removed", was.name);
	*v = was;
	/* Another type, with the value of the other union member set to something harmless. */
	if (was.type == ML_FIELD_SIZE || was.type == ML_FIELD_REAL) {
		v->type = was.type == ML_FIELD_SIZE ? ML_FIELD_REAL : ML_FIELD_SIZE;
		memset(&v->u, 0, sizeof v->u);
		load_hostile(d, &one, true, "of another type", was.name);
		*v = was;
	}
	for (size_t k = 0; was.type == ML_FIELD_SIZE && k < sizeof sizes / sizeof *sizes; k++) {
		v->u.size = sizes[k];
		load_hostile(d, &one, false, "another count", was.name);
		*v = was;
	}
	for (size_t k = 0; was.type == ML_FIELD_REAL && k < sizeof reals / sizeof *reals; k++) {
		v->u.real = reals[k];
		load_hostile(d, &one, !isfinite(reals[k]), "another number", was.name);
		*v = was;
	}
	if (was.type == ML_FIELD_REALS && was.n) {
		double first = was.u.reals[0];
		was.u.reals[0] += 1e-7;
		load_hostile(d, &one, false, "a little more", was.name);
		was.u.reals[0] = first;
	}
	if (was.type == ML_FIELD_TEXT) {
		v->u.text = other;
		v->n = strlen(other);
		load_hostile(d, &one, false, "another text", was.name);
		*v = was;
	}
	if (was.n > 0 && (was.type == ML_FIELD_REALS || was.type == ML_FIELD_INTS ||
			  was.type == ML_FIELD_BYTES)) {
		v->n--;
		load_hostile(d, &one, false, "shorter", was.name);
		v->n = 0;
		load_hostile(d, &one, false, "empty", was.name);
		*v = was;
		v->type = was.type == ML_FIELD_REALS ? ML_FIELD_INTS : ML_FIELD_REALS;
		v->n = was.type == ML_FIELD_REALS ? was.n : was.n / 8;
		load_hostile(d, &one, true, "of another type", was.name);
		*v = was;
	}
	for (size_t k = 0; was.type == ML_FIELD_REALS && k < was.n && k < 40; k++)
		for (size_t r = 0; r < sizeof reals / sizeof *reals; r++) {
			double keep = was.u.reals[k];
			was.u.reals[k] = reals[r];
			load_hostile(d, &one, false, "another number", was.name);
			was.u.reals[k] = keep;
		}
	static const int32_t ints[] = { -1, 0, 1, 1000, INT32_MAX, INT32_MIN };
	for (size_t k = 0; was.type == ML_FIELD_INTS && k < was.n && k < 40; k++)
		for (size_t r = 0; r < sizeof ints / sizeof *ints; r++) {
			int32_t keep = was.u.ints[k];
			was.u.ints[k] = ints[r];
			load_hostile(d, &one, false, "another index", was.name);
			was.u.ints[k] = keep;
		}
	for (size_t k = 0; was.type == ML_FIELD_BYTES && k < was.n && k < 200; k++) {
		was.u.bytes[k] ^= 0x81;
		load_hostile(d, &one, false, "another byte", was.name);
		was.u.bytes[k] ^= 0x81;
	}
	for (size_t k = 0; was.type == ML_FIELD_MAP && k < was.u.map->n; k++) {
		struct ml_field inner = was.u.map->v[k];
		was.u.map->v[k].name = other;
		load_hostile(d, &one, false, "a field removed", was.name);
		was.u.map->v[k] = inner;
	}
}

static void hostile(const struct data *d)
{
	struct state s = state_fit(&d->problem, &one_thread);
	struct ml_fields f = saved(&s), none = { 0 };

	load_hostile(d, &none, true, "of a model", "no fields");
	for (size_t i = 0; i < f.n; i++)
		spoil(d, &f, i);
	/* One element more than there should be: copies, so that the memory is there. */
	for (size_t i = 0; i < f.n; i++) {
		struct ml_field was = f.v[i];
		double *longer = calloc(was.n + 1, sizeof *longer);
		if (was.type == ML_FIELD_REALS) {
			memcpy(longer, was.u.reals, was.n * sizeof *longer);
			f.v[i].u.reals = longer;
			f.v[i].n++;
			load_hostile(d, &f, false, "longer", was.name);
			f.v[i] = was;
		}
		free(longer);
	}
	ml_fields_release(&f);
	state_free(&s);
}

TEST("every model: hostile fields end in E-MODEL and never crash")
{
	for_tasks(hostile, ROWS);
}

int main(void)
{
	return ml_tests_run();
}
