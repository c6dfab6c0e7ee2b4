/* svm_platt.c - curves, coupling, votes. */
#include "models/svm_platt.h"

#include <math.h>
#include <string.h>

#include "models/linpred.h"

/* ---- a curve ---- */

struct fit {
	const double *d, *w;
	const bool *first;
	size_t n;
	double high, low; /* targets of the two classes */
};

static double target(const struct fit *f, size_t i)
{
	return f->first[i] ? f->high : f->low;
}

/* The loss; sums are over rows in order. */
static double loss(const struct fit *f, const struct ml_svm_curve *c)
{
	double sum = 0;

	for (size_t i = 0; i < f->n; i++) {
		double z = f->d[i] * c->slope + c->shift, t = target(f, i);
		sum += f->w[i] *
		       (z >= 0 ? t * z + log1p(exp(-z)) : (t - 1) * z + log1p(exp(z)));
	}
	return sum;
}

struct curvature {
	double ss, si, ii, s, i; /* second and first derivatives */
};

static struct curvature derive(const struct fit *f, const struct ml_svm_curve *c)
{
	/* A ridge keeps the matrix regular where all decisions are alike. */
	struct curvature h = { .ss = 1e-12, .ii = 1e-12 };

	for (size_t k = 0; k < f->n; k++) {
		double z = f->d[k] * c->slope + c->shift, e = exp(-fabs(z));
		double p = (z >= 0 ? e : 1) / (1 + e), q = (z >= 0 ? 1 : e) / (1 + e);
		double second = f->w[k] * p * q, first = f->w[k] * (target(f, k) - p);
		h.ss += f->d[k] * f->d[k] * second;
		h.si += f->d[k] * second;
		h.ii += second;
		h.s += f->d[k] * first;
		h.i += first;
	}
	return h;
}

/* A step of Newton's method, halved until the loss falls; false when it does not. */
static bool descend(const struct fit *f, struct ml_svm_curve *c, const struct curvature *h,
		    double *value)
{
	const double enough = 1e-4, least = 1e-10;
	double det = h->ss * h->ii - h->si * h->si;
	double ds = -(h->ii * h->s - h->si * h->i) / det;
	double di = -(h->ss * h->i - h->si * h->s) / det;
	double fall = h->s * ds + h->i * di;

	for (double step = 1; step >= least; step /= 2) {
		struct ml_svm_curve next = { c->slope + step * ds, c->shift + step * di };
		double now = loss(f, &next);
		if (now < *value + enough * step * fall) {
			*c = next;
			*value = now;
			return true;
		}
	}
	return false;
}

struct ml_svm_curve ml_svm_curve_fit(const double *d, const double *w, const bool *first,
				     size_t n)
{
	enum { MOST = 100 };
	struct fit f = { d, w, first, n, 0, 0 };
	double ours = 0, others = 0;

	for (size_t i = 0; i < n; i++)
		*(first[i] ? &ours : &others) += w[i];
	f.high = (ours + 1) / (ours + 2);
	f.low = 1 / (others + 2);
	struct ml_svm_curve c = { 0, log((others + 1) / (ours + 1)) };
	double value = loss(&f, &c);
	for (int iter = 0; iter < MOST; iter++) {
		struct curvature h = derive(&f, &c);
		if (fabs(h.s) < 1e-9 * (ours + others) && fabs(h.i) < 1e-9 * (ours + others))
			break;
		if (!descend(&f, &c, &h, &value))
			break;
	}
	if (!isfinite(c.slope) || !isfinite(c.shift))
		return (struct ml_svm_curve){ 0, 0 };
	return c;
}

double ml_svm_curve_at(const struct ml_svm_curve *c, double d)
{
	const double end = 1e-7;
	double z = d * c->slope + c->shift, e = exp(-fabs(z));
	double p = (z >= 0 ? e : 1) / (1 + e);

	return p < end ? end : p > 1 - end ? 1 - end : p;
}

/* ---- pairs ---- */

void ml_svm_couple(const double *r, size_t k, double *p, double *room)
{
	enum { MOST = 1000 };
	double *q = room, *qp = room + k * k;
	const double near = 1e-9 / (double)k;

	for (size_t i = 0; i < k; i++) {
		p[i] = 1 / (double)k;
		q[i * k + i] = 0;
		for (size_t j = 0; j < k; j++) {
			if (j == i)
				continue;
			q[i * k + i] += r[j * k + i] * r[j * k + i];
			q[i * k + j] = -r[j * k + i] * r[i * k + j];
		}
	}
	for (int iter = 0; iter < MOST; iter++) {
		double pqp = 0, worst = 0;
		for (size_t i = 0; i < k; i++) {
			qp[i] = 0;
			for (size_t j = 0; j < k; j++)
				qp[i] += q[i * k + j] * p[j];
			pqp += p[i] * qp[i];
		}
		for (size_t i = 0; i < k; i++)
			worst = fmax(worst, fabs(qp[i] - pqp));
		if (worst < near)
			break;
		for (size_t i = 0; i < k; i++) {
			double by = (pqp - qp[i]) / q[i * k + i], sum = 1 + by;
			p[i] += by;
			pqp = (pqp + by * (by * q[i * k + i] + 2 * qp[i])) / sum / sum;
			for (size_t j = 0; j < k; j++) {
				qp[j] = (qp[j] + by * q[i * k + j]) / sum;
				p[j] /= sum;
			}
		}
	}
}

void ml_svm_vote(const double *decision, size_t stride, size_t k, double *p, double *votes)
{
	size_t first = 0, top = 0;

	if (k == 2) {
		ml_sigmoid(-decision[0], p);
		return;
	}
	for (size_t c = 0; c < k; c++)
		p[c] = votes[c] = 0;
	for (size_t i = 0, m = 0; i < k; i++)
		for (size_t j = i + 1; j < k; j++, m++) {
			double d = decision[m * stride];
			p[i] += d;
			p[j] -= d;
			votes[d > 0 ? i : j] += 1;
		}
	for (size_t c = 0; c < k; c++) {
		p[c] = votes[c] + p[c] / (3 * (fabs(p[c]) + 1));
		first = votes[c] > votes[first] ? c : first;
		top = p[c] > p[top] ? c : top;
	}
	double most = p[top];
	p[top] = p[first];
	p[first] = most;
	ml_softmax(p, k);
}
