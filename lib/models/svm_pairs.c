/* svm_pairs.c - a small programme, solved by pairs.
 *
 * i is the variable with the largest e among those that can grow, j, of those that can shrink
 * and have a smaller e, the one with which the objective would fall most were there no bounds:
 * (e_i - e_j)^2 / (k_ii + k_jj - 2 k_ij) (Fan, Chen, Lin 2005, WSS 2). */
#include <math.h>

#include "la/addto.h"
#include "la/panel.h"
#include "models/svm_parts.h"

static size_t place(const struct ml_svm_solver *s, size_t k)
{
	return s->var[k] / s->per;
}

/* ---- kernels of the chosen ---- */

/* Rows that are in the cache, whole; the others are packed in `few`, and *lacking tells which
 * they are. */
static size_t look_up(struct ml_svm_solver *s, const float **row, uint32_t *lacking)
{
	size_t p = s->space->p, n = 0;

	for (size_t k = 0; k < s->chosen; k++) {
		row[k] = ml_svm_cache_look(&s->cache, s->id[place(s, k)], s->active);
		if (row[k])
			continue;
		double *own = s->row + n * p;
		ml_svm_space_get(s->space, place(s, k), own);
		ml_panel_put(s->packed.panels, p, n, own);
		s->packed.norm[n] = s->space->norm[place(s, k)];
		lacking[n++] = (uint32_t)k;
	}
	s->packed.n = n;
	return n;
}

static void make_square(struct ml_svm_solver *s)
{
	const float *row[ML_SVM_TURN];
	uint32_t lacking[ML_SVM_TURN], at[ML_SVM_TURN];
	double some[ML_SVM_FEW * ML_SVM_PIECE];
	size_t n = look_up(s, row, lacking), p = s->space->p;

	for (size_t k = 0; k < n; k += ML_SVM_FEW) {
		size_t many = n - k < ML_SVM_FEW ? n - k : ML_SVM_FEW;
		ml_svm_space_values(&s->packed, s->row + k * p, s->packed.norm + k, many, 0, n,
				    some);
		for (size_t r = 0; r < many; r++)
			for (size_t l = 0; l < n; l++)
				s->square[lacking[k + r] * ML_SVM_TURN + lacking[l]] =
					(float)some[r * ML_SVM_PIECE + l];
	}
	for (size_t l = 0; l < s->chosen; l++)
		at[l] = (uint32_t)place(s, l);
	for (size_t k = 0; k < s->chosen; k++) {
		float *to = s->square + k * ML_SVM_TURN;
		for (size_t l = 0; row[k] && l < s->chosen; l++)
			to[l] = row[k][at[l]];
		for (size_t l = 0; row[k] && l < n; l++)
			s->square[lacking[l] * ML_SVM_TURN + k] = to[lacking[l]];
		for (size_t l = s->chosen; l % ML_SVM_LANES; l++)
			to[l] = 0;
	}
}

/* ---- steps ---- */

static void set_bounds(struct ml_svm_solver *s, size_t k)
{
	size_t v = s->var[k], g = ml_svm_group(s, v);

	s->few.up[g][k] = s->a[v] < s->hi[v] ? 0 : -INFINITY;
	s->few.down[g][k] = s->a[v] > s->lo[v] ? 0 : INFINITY;
}

static void set_few(struct ml_svm_solver *s)
{
	struct ml_svm_few *f = &s->few;

	f->n = (s->chosen + ML_SVM_LANES - 1) / ML_SVM_LANES * ML_SVM_LANES;
	f->groups = s->group ? ML_SVM_GROUPS : 1;
	for (size_t k = 0; k < f->n; k++) {
		bool there = k < s->chosen;
		f->e[k] = there ? s->b[s->var[k]] - s->f[place(s, k)] : 0;
		f->own[k] = there ? (double)s->square[k * ML_SVM_TURN + k] : 1;
		for (size_t g = 0; g < ML_SVM_GROUPS; g++) {
			f->up[g][k] = -INFINITY;
			f->down[g][k] = INFINITY;
		}
		if (there)
			set_bounds(s, k);
	}
}

struct pair {
	size_t i, j;
	double gain;
};

/* The pair of this step, of the group that gains most; false when the gap is at most tol. */
static bool choose(const struct ml_svm_solver *s, const struct ml_svm_best *best, double tol,
		   struct pair *p)
{
	*p = (struct pair){ .gain = -1 };
	for (size_t g = 0; g < s->few.groups; g++) {
		double gain;
		if (!(best->top[g] - best->bottom[g] > tol))
			continue;
		size_t i = best->i[g];
		size_t j = ml_svm_match(&s->few, g, s->few.e[i], s->few.own[i],
					s->square + i * ML_SVM_TURN, &gain);
		if (gain > p->gain)
			*p = (struct pair){ i, j, gain };
	}
	return p->gain >= 0;
}

/* Returns how far i grows and j shrinks. */
static double step(struct ml_svm_solver *s, const struct pair *p)
{
	uint32_t i = s->var[p->i], j = s->var[p->j];
	double common = (double)s->square[p->i * ML_SVM_TURN + p->j];
	double curve = ml_svm_curve_of(s->few.own[p->i], s->few.own[p->j], common);
	double fall = s->few.e[p->i] - s->few.e[p->j], d = fall / curve;
	double up = s->hi[i] - s->a[i], down = s->a[j] - s->lo[j];
	double most = up < down ? up : down;

	d = d < most ? d : most;
	/* Bounds are met exactly. */
	s->a[i] = d >= up ? s->hi[i] : s->a[i] + d;
	s->a[j] = d >= down ? s->lo[j] : s->a[j] - d;
	s->objective -= d * (fall - d * curve / 2);
	set_bounds(s, p->i);
	set_bounds(s, p->j);
	return d;
}

void ml_svm_pairs(struct ml_svm_solver *s, double tol)
{
	struct ml_svm_best best;
	struct pair p;

	make_square(s);
	set_few(s);
	ml_svm_sweep(&s->few, 0, s->square, s->square, &best);
	while (s->iters < s->max_iter && choose(s, &best, tol, &p)) {
		double d = step(s, &p);
		ml_svm_sweep(&s->few, d, s->square + p.i * ML_SVM_TURN,
			     s->square + p.j * ML_SVM_TURN, &best);
		s->iters++;
	}
}
