/* knn_parts.h - between the files of knn. */
#ifndef ML_MODELS_KNN_PARTS_H
#define ML_MODELS_KNN_PARTS_H

#include "la/balltree.h"
#include "la/brute.h"
#include "la/kdtree.h"
#include "models/model.h"

enum ml_knn_metric {
	ML_KNN_EUCLIDEAN,
	ML_KNN_MANHATTAN,
	ML_KNN_CHEBYSHEV,
	ML_KNN_MINKOWSKI,
	ML_KNN_COSINE,
	ML_KNN_HAMMING,
	ML_KNN_GOWER,
	ML_KNN_METRICS
};
enum ml_knn_search { ML_KNN_AUTO, ML_KNN_BRUTE, ML_KNN_TREE, ML_KNN_BALL_TREE };
/* Their names, NULL-ended. */
extern const char *const ml_knn_metrics[], *const ml_knn_searches[];

/* What does find them, but for distances of other kinds. */
enum ml_knn_index { ML_KNN_TILES, ML_KNN_BOXES, ML_KNN_BALLS };

struct ml_knn;

/* A way to find neighbours. */
struct ml_knn_finder {
	/* The index, of the points of m. */
	int (*init)(struct ml_knn *m, struct ml_error *err) ML_CHECK;
	/* near: x->rows x k, in the order (d, row); d = NaN: there are no more. */
	int (*find)(const struct ml_knn *m, const struct ml_mat *x, struct ml_near *near,
		    struct ml_error *err) ML_CHECK;
	double (*plain)(const struct ml_knn *m, double d); /* the distance that d stands for */
};

struct ml_knn {
	size_t n, p, classes; /* classes 0: numbers */
	size_t k;
	int metric, search;
	double exponent; /* of minkowski */
	bool by_distance;
	/* n x cols, owned.  NaN: missing (hamming, gower).  cosine: rows scaled to length 1,
	 * and where there are rows of zeros a column p + 1, in which these have 1: so they are
	 * as far from all. */
	double *x;
	size_t cols;     /* p but for that */
	double *y;       /* n: classes or numbers; owned */
	double *w;       /* n, or NULL: all 1; owned */
	int32_t *levels; /* p: 0 for numbers; owned */
	/* Made of them: */
	const struct ml_knn_finder *finder;
	enum ml_knn_index index;
	enum ml_kd_norm norm; /* of cosine: that of the scaled rows */
	bool by_power; /* minkowski, of another exponent than 1 and 2: in place of norm */
	struct ml_kdtree tree;
	struct ml_balltree balls;
	struct ml_brute brute;
	double *range; /* p, gower: largest - least value; owned */
};

/* Neither hamming nor gower needs numbers that are all there. */
static inline bool ml_knn_by_column(int metric)
{
	return metric == ML_KNN_HAMMING || metric == ML_KNN_GOWER;
}

/* Before the first index: cosine scales the rows. */
int ml_knn_prepare(struct ml_knn *m, struct ml_error *err) ML_CHECK;
/* Chooses the finder for metric and columns, and makes its index. */
int ml_knn_index(struct ml_knn *m, struct ml_error *err) ML_CHECK;
void ml_knn_forget_index(struct ml_knn *m);

/* The index of m->x, n x cols, for norm or power: tiles, boxes or balls. */
int ml_knn_make_index(struct ml_knn *m, struct ml_error *err) ML_CHECK;
/* Its answers, as find() gives them.  x: cols columns. */
int ml_knn_ask_index(const struct ml_knn *m, const struct ml_mat *x, struct ml_near *near,
		     struct ml_error *err) ML_CHECK;
bool ml_knn_finite(const double *v, size_t n);

void ml_knn_save(const struct ml_knn *m, struct ml_fields *out);
int ml_knn_load(struct ml_knn *m, const struct ml_fields *in, struct ml_error *err) ML_CHECK;

#endif
