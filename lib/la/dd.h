/* dd.h - double-double arithmetic: about 32 digits as the unevaluated sum hi + lo.
 * References: Dekker (1971); Knuth, TAOCP 2, 4.2.2 (two-sum); Hida, Li, Bailey (2001). */
#ifndef ML_LA_DD_H
#define ML_LA_DD_H

struct ml_dd {
	double hi, lo;
};

/* a + b exactly. */
static inline struct ml_dd ml_two_sum(double a, double b)
{
	double s = a + b, t = s - a;
	return (struct ml_dd){ s, (a - (s - t)) + (b - t) };
}

/* a * b exactly, barring over- and underflow. */
static inline struct ml_dd ml_two_prod(double a, double b)
{
	double p = a * b, ca = 134217729.0 * a, cb = 134217729.0 * b;
	double ah = ca - (ca - a), al = a - ah, bh = cb - (cb - b), bl = b - bh;
	return (struct ml_dd){ p, ((ah * bh - p) + ah * bl + al * bh) + al * bl };
}

static inline struct ml_dd ml_dd_add(struct ml_dd a, struct ml_dd b)
{
	struct ml_dd s = ml_two_sum(a.hi, b.hi), t = ml_two_sum(a.lo, b.lo);
	struct ml_dd u = ml_two_sum(s.hi, s.lo + t.hi);
	return ml_two_sum(u.hi, u.lo + t.lo);
}

static inline struct ml_dd ml_dd_add_d(struct ml_dd a, double b)
{
	struct ml_dd s = ml_two_sum(a.hi, b);
	return ml_two_sum(s.hi, s.lo + a.lo);
}

static inline struct ml_dd ml_dd_mul(struct ml_dd a, struct ml_dd b)
{
	struct ml_dd p = ml_two_prod(a.hi, b.hi);
	return ml_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline struct ml_dd ml_dd_div(struct ml_dd a, struct ml_dd b)
{
	double q = a.hi / b.hi;
	struct ml_dd p = ml_dd_mul(b, (struct ml_dd){ q, 0 });
	struct ml_dd r = ml_dd_add(a, (struct ml_dd){ -p.hi, -p.lo });
	return ml_two_sum(q, r.hi / b.hi);
}

/* Sums of many numbers: the rounding errors of hi are gathered in lo ("Sum2" and "Dot2" of
 * Ogita, Rump, Oishi 2005), as good as double-double at a third of its price.  hi and lo may
 * overlap until ml_acc_end(). */
static inline void ml_acc_add(struct ml_dd *a, double v)
{
	struct ml_dd s = ml_two_sum(a->hi, v);
	a->hi = s.hi;
	a->lo += s.lo;
}

/* Adds u * v. */
static inline void ml_acc_mul(struct ml_dd *a, double u, double v)
{
	struct ml_dd p = ml_two_prod(u, v), s = ml_two_sum(a->hi, p.hi);
	a->hi = s.hi;
	a->lo += s.lo + p.lo;
}

static inline struct ml_dd ml_acc_end(struct ml_dd a)
{
	return ml_two_sum(a.hi, a.lo);
}

#endif
