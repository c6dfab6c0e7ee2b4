/* test_hdbscan.c - spanning trees by Prim's algorithm, clusters as R finds them, clusters of a
 * tree made by hand, new rows. */
#include "asked.h"
#include "base/rng.h"
#include "blocks.h"
#include "models/condense.h"
#include "models/spantree.h"

static const char three[] = "tests/data/clusters/three.txt";
static struct ml_error err;

enum { N = 400, P = 3 };

/* The sum of the tree's distances, looked for among all pairs. */
static double by_prim(const double *x, const double *core)
{
	static double least[N];
	static bool in[N];
	double sum = 0;
	size_t last = 0;

	for (size_t i = 0; i < N; i++) {
		least[i] = INFINITY;
		in[i] = false;
	}
	for (size_t step = 1; step < N; step++) {
		size_t best = N;
		in[last] = true;
		for (size_t i = 0; i < N; i++) {
			double d = 0;
			if (in[i])
				continue;
			for (size_t j = 0; j < P; j++)
				d += pow(x[i * P + j] - x[last * P + j], 2);
			if (core)
				d = fmax(d, fmax(core[i], core[last]));
			least[i] = fmin(least[i], d);
			if (best == N || least[i] < least[best])
				best = i;
		}
		sum += sqrt(least[best]);
		last = best;
	}
	return sum;
}

TEST("spantree: as long as Prim's, with core distances and without, for 1 to 3 threads")
{
	static double x[N * P], core[N];
	struct ml_mat m = { x, N, P, P };
	struct ml_kdtree t;
	struct ml_rng r;

	ml_rng_init(&r, 2, "points", 0);
	for (size_t i = 0; i < N * P; i++)
		x[i] = i % 3 ? ml_rng_uniform(&r) * 3 : floor(ml_rng_uniform(&r) * 9);
	memcpy(x + 50 * P, x + 49 * P, P * sizeof *x);
	CHECK(!ml_kdtree_init(&t, &m, ML_KD_EUCLIDEAN, &err));
	for (size_t i = 0; i < N; i++) {
		struct ml_near near[5];
		CHECK(ml_kdtree_nearest(&t, x + i * P, 5, INFINITY, near) == 5);
		core[i] = near[4].d;
	}
	for (int k = 0; k < 6; k++) {
		struct ml_run run = { .threads = 1 + k % 3, .deadline = INFINITY };
		struct ml_span s[N];
		size_t found;
		double sum = 0;
		CHECK(!ml_spantree(&t, k < 3 ? core : NULL, &run, s, &found, &err));
		CHECK(found == N - 1);
		for (size_t i = 0; i < found; i++)
			sum += sqrt(s[i].d);
		NEAR(sum, by_prim(x, k < 3 ? core : NULL), 1e-13, "a sum of 399 numbers");
	}
	ml_kdtree_release(&t);
}

/* Only the clusters, without the strengths. */
static double *ask_clusters(struct asked *a, const struct ml_mat *x)
{
	double *v = ask_rows(a, x);

	CHECK(ml_model_width(a->m, a->state) == 2);
	for (size_t i = 0; i < x->rows; i++)
		v[i] = v[2 * i];
	return v;
}

static struct asked fitted(const struct ml_mat *x, const char *size, const char *name,
			   const char *value)
{
	struct ml_problem p = { .x = *x, .task = ML_CLUSTER };

	return ask_fit("hdbscan", &p,
		       (const char *const[]){ "min-cluster-size", size, name, value, NULL }, 2);
}

TEST("hdbscan: three clouds of different density, and noise, as R's dbscan finds them")
{
	static const char *const sizes[] = { "5", "8", "12" };
	static const char *const names[] = { "hdbscan_5", "hdbscan_8", "hdbscan_12" };
	struct block b = block_read(three, "x");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };

	for (size_t k = 0; k < 3; k++) {
		struct block want = block_read(three, names[k]);
		struct asked a = fitted(&x, sizes[k], "selection", "eom");
		double *got = ask_clusters(&a, &x);
		size_t other = 0;
		CHECK(!a.rc && a.m->clusters(a.state) == 3 && want.cols == 300);
		for (size_t i = 0; i < 300; i++) {
			CHECK(want.v[i] > 0 || got[i] < 0);
			other += want.v[i] > 0 && got[i] < 0;
			for (size_t j = 0; j < i; j++)
				if (got[i] >= 0 && got[j] >= 0)
					CHECK((got[i] == got[j]) == (want.v[i] == want.v[j]));
		}
		/* A row whose core distance is the height at which two clusters meet is of
		 * neither; R puts it where its order of equal heights does. */
		CHECK(other <= (k > 0));
		free(got);
		ask_release(&a);
		free(want.v);
	}
	free(b.v);
}

TEST("hdbscan: new rows: by where they would be in the tree; equal to a row, as it")
{
	struct block b = block_read(three, "x");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	double new[] = { 0.01, 0.02, 4.1, 0.3, 0.05, 5.1, 40, -30, 2, -12 };
	struct ml_mat q = { new, 5, 2, 2 };
	struct asked a = fitted(&x, "8", "min-samples", "8");
	double *own = ask_clusters(&a, &x), *got = ask_clusters(&a, &q), size[4];
	size_t count[4] = { 0 };

	CHECK(!a.rc && got[0] == own[0] && got[1] == own[121] && got[2] == own[200]);
	CHECK(got[3] == -1 && got[4] == -1);
	a.m->sizes(a.state, size);
	for (size_t i = 0; i < 300; i++)
		count[own[i] < 0 ? 3 : (size_t)own[i]]++;
	for (size_t c = 0; c < 4; c++)
		CHECK(size[c] == (double)count[c]);
	CHECK(size[0] >= size[1] && size[1] >= size[2]);
	free(got);
	free(own);
	ask_release(&a);
	free(b.v);
}

/* Rows 0..3 merge at 1, 4..7 at 1, 8..11 at 1; the first two groups at 2, all at 4; row 12 at 4
 * as well. */
static struct ml_dendrogram by_hand(void)
{
	struct ml_dendrogram d;
	size_t s = 0;

	CHECK(!ml_dendrogram_init(&d, 13, &err));
	for (uint32_t g = 0; g < 3; g++)
		for (uint32_t i = 1; i < 4; i++)
			d.merge[s++] =
				(struct ml_merge){ .a = 4 * g, .b = 4 * g + i, .height = 1 };
	d.merge[s++] = (struct ml_merge){ .a = 0, .b = 4, .height = 2 };
	d.merge[s++] = (struct ml_merge){ .a = 0, .b = 8, .height = 4 };
	d.merge[s++] = (struct ml_merge){ .a = 9, .b = 12, .height = 4 };
	CHECK(!ml_dendrogram_order(&d, &err));
	return d;
}

TEST("condense: stabilities by hand: 8 (1/2 - 1/4) = 2 of two groups, 4 (1 - 1/2) = 2 of each")
{
	struct ml_dendrogram d = by_hand();
	struct ml_condensed c;

	/* The two groups part at 2: 2 + 2 is more than the 2 of both together. */
	CHECK(!ml_condense(&c, &d, 3, false, &err));
	CHECK(c.clusters == 3 && c.label[12] == -1);
	CHECK(c.label[0] != c.label[4] && c.label[0] != c.label[8] && c.label[4] != c.label[8]);
	CHECK(c.birth[c.label[0]] == 2 && c.birth[c.label[8]] == 4);
	ml_condensed_release(&c);
	/* Groups of 4 are too small: all fall off the root, but for the 8 in a lot. */
	CHECK(!ml_condense(&c, &d, 5, false, &err));
	CHECK(c.clusters == 0 && c.label[0] == -1 && c.label[12] == -1);
	ml_condensed_release(&c);
	CHECK(!ml_condense(&c, &d, 4, true, &err));
	CHECK(c.clusters == 3 && c.label[1] == c.label[3] && c.label[12] == -1);
	ml_condensed_release(&c);
	ml_dendrogram_release(&d);
}

TEST("hdbscan: rows all alike are noise, since the root is no cluster; one row; two heaps")
{
	double same[40];
	struct ml_mat x = { same, 40, 1, 1 };

	for (size_t i = 0; i < 40; i++)
		same[i] = 2.385;
	struct asked a = fitted(&x, "5", "selection", "leaf");
	CHECK(!a.rc && a.m->clusters(a.state) == 0);
	ask_release(&a);
	for (size_t i = 20; i < 40; i++)
		same[i] = 7.5;
	a = fitted(&x, "5", "selection", "eom");
	double *got = ask_clusters(&a, &x);
	CHECK(!a.rc && a.m->clusters(a.state) == 2 && got[0] != got[39] && got[0] == got[19]);
	free(got);
	ask_release(&a);
	x.rows = 1;
	a = fitted(&x, "5", "selection", "eom");
	got = ask_clusters(&a, &x);
	CHECK(!a.rc && got[0] == -1);
	free(got);
	ask_release(&a);
}

enum { ROWS = 300, SIZE = 8, MOST = ROWS };

/* The height at which row i falls off: least such that SIZE rows hang together with it, by
 * Prim's algorithm from it on; apart: ROWS x ROWS. */
static double falls_at(const double *apart, size_t i)
{
	double least[MOST], most = 0;
	bool in[MOST] = { false };

	for (size_t j = 0; j < ROWS; j++)
		least[j] = INFINITY;
	for (size_t hung = 1; hung < SIZE; hung++) {
		size_t best = ROWS;

		in[i] = true;
		for (size_t j = 0; j < ROWS; j++) {
			least[j] = fmin(least[j], apart[i * ROWS + j]);
			if (!in[j] && (best == ROWS || least[j] < least[best]))
				best = j;
		}
		most = fmax(most, least[best]);
		i = best;
	}
	return most;
}

static int by_value(const void *a, const void *b)
{
	double u = *(const double *)a, v = *(const double *)b;

	return (u > v) - (u < v);
}

/* max(core(a), core(b), |a - b|) of all pairs. */
static double *all_apart(const double *x)
{
	double *d = malloc(sizeof *d * ROWS * ROWS), core[ROWS], sorted[ROWS];

	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = 0; j < ROWS; j++)
			sorted[j] = d[i * ROWS + j] =
				hypot(x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1]);
		qsort(sorted, ROWS, sizeof *sorted, by_value);
		core[i] = sorted[SIZE - 1];
	}
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 0; j < ROWS; j++)
			d[i * ROWS + j] = fmax(d[i * ROWS + j], fmax(core[i], core[j]));
	return d;
}

TEST("hdbscan: strengths: a cluster's end / the height at which SIZE rows hang together with "
     "one")
{
	struct block b = block_read(three, "x");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct asked a = fitted(&x, "8", "min-samples", "8");
	double *got = ask_rows(&a, &x), *apart = all_apart(b.v);
	double end[3] = { 0 }, fell[3];
	size_t strong[3] = { 0 }, weak = 0;

	CHECK(!a.rc && b.rows == ROWS && b.cols == 2 && a.m->clusters(a.state) == 3);
	for (size_t c = 0; c < 3; c++)
		fell[c] = 0;
	for (size_t i = 0; i < ROWS; i++) {
		double height = falls_at(apart, i), strength = got[2 * i + 1];
		size_t c = (size_t)got[2 * i];

		if (got[2 * i] < 0) {
			CHECK(strength == 0);
			continue;
		}
		CHECK(strength > 0 && strength <= 1);
		if (strength < 1 && !(end[c] > 0))
			end[c] = strength * height;
		if (strength < 1) {
			NEAR(strength * height, end[c], 1e-12,
			     "one square root and a division");
			weak++;
			continue;
		}
		/* The greatest of those at full strength is the end, or the cluster parted. */
		fell[c] = fmax(fell[c], height);
		strong[c]++;
	}
	for (size_t c = 0; c < 3; c++)
		CHECK(strong[c] > 0 && fell[c] <= end[c] * (1 + 1e-12));
	CHECK(weak > ROWS / 2);
	free(apart);
	free(got);
	ask_release(&a);
	free(b.v);
}

TEST("hdbscan: a new row is the weaker the farther it is; far away it is noise of strength 0")
{
	struct block b = block_read(three, "x");
	struct ml_mat x = { b.v, b.rows, b.cols, b.cols };
	struct asked a = fitted(&x, "8", "min-samples", "8");
	double new[] = { 0.013, 0.021, 0.4, 0.4, 0.71, 0.69, 40, -30 };
	struct ml_mat q = { new, 4, 2, 2 };
	double *got = ask_rows(&a, &q);

	CHECK(!a.rc && got[0] >= 0 && got[1] > got[3] && got[3] >= got[5]);
	CHECK(got[6] == -1 && got[7] == 0);
	free(got);
	ask_release(&a);
	free(b.v);
}

TEST("condense: by hand: groups end where they come apart, at 1; a row falls where its lot "
     "does")
{
	struct ml_dendrogram d = by_hand();
	struct ml_condensed c;

	CHECK(!ml_condense(&c, &d, 4, false, &err));
	for (size_t i = 0; i < 12; i++)
		CHECK(c.end[c.label[i]] == 1 && c.fall[i] == 1);
	CHECK(c.fall[12] == 4);
	ml_condensed_release(&c);
	ml_dendrogram_release(&d);
}

int main(void)
{
	return ml_tests_run();
}
