/* lloyd_parts.h - between the files of lloyd. */
#ifndef ML_MODELS_LLOYD_PARTS_H
#define ML_MODELS_LLOYD_PARTS_H

#include "models/lloyd.h"
#include "models/screen.h"

/* A worker's room. */
struct ml_lloyd_room {
	float *x;             /* cols x chunk rows */
	float *upper, *lower; /* chunk */
	struct ml_screened at;
	uint32_t *idx;    /* chunk: rows to be looked at */
	double *row, *sq; /* cols; k */
	double *sum;      /* of a block: k x cols, k */
};

struct ml_lloyd_work {
	struct ml_lloyd *l;
	const struct ml_cloud *c;
	const struct ml_run *run;
	struct ml_screen screen;
	bool screens; /* the CPU can */
	size_t chunk; /* rows looked at together */
	size_t slices, slice_rows, each;
	int32_t *own;         /* n: the centre of each row */
	float *upper, *lower; /* n: bounds, in units of the cloud */
	bool fresh;           /* there are no bounds yet */
	float *move;          /* k: how far each centre went */
	float *others;        /* k: the farthest of the others */
	float *half;          /* k: half the way to the next centre */
	double *sum;          /* a slice: k x cols sums, k weights */
	size_t *changes;      /* a slice: rows that changed their centre */
	double *inertia;      /* a slice */
	double *square;       /* n: squared distances, where a centre has no rows; or NULL */
	struct ml_lloyd_room *room; /* of each worker */
};

/* A zeroed struct is releasable. */
int ml_lloyd_begin(struct ml_lloyd_work *w, struct ml_lloyd *l, const struct ml_cloud *c,
		   const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_lloyd_end(struct ml_lloyd_work *w);
/* Each row to the nearest centre; w->sum of slice 0 becomes that of all, *changes how many rows
 * have another one than before. */
int ml_lloyd_assign(struct ml_lloyd_work *w, size_t *changes, struct ml_error *err) ML_CHECK;
/* *inertia of the rows where they are; w->square, where it is there, is filled. */
int ml_lloyd_measure(struct ml_lloyd_work *w, double *inertia, struct ml_error *err) ML_CHECK;

#endif
