/* nearpairs.c - centroid and median linkage: the two clusters that are nearest of all are
 * merged, again and again.  A merged centre may be nearer to others than both were, so heights
 * may fall and no chain will do.
 *
 * A heap has one entry for each cluster: the nearest other when it was asked, and how far that
 * was.  When this other is gone, the distance is still no more than what it is now: the entry
 * is renewed when it comes to the top.  What a new cluster is near to stands in its own entry.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "models/agglomerate.h"
#include "models/flock.h"

enum { PIECE = 256 };

struct entry {
	double d;
	uint32_t who, mate;
};

struct pairs {
	struct ml_flock flock;
	size_t n;
	struct entry *heap; /* the nearest pair on top */
	size_t entries;
	double *room;
};

static bool nearer(struct entry a, struct entry b)
{
	return a.d < b.d || (a.d == b.d && a.who < b.who);
}

static void sift_up(struct pairs *s, size_t i)
{
	struct entry moved = s->heap[i];

	for (; i && nearer(moved, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = moved;
}

static void sift_down(struct pairs *s, size_t i)
{
	struct entry moved = s->heap[i];

	for (size_t child; (child = 2 * i + 1) < s->entries; i = child) {
		if (child + 1 < s->entries && nearer(s->heap[child + 1], s->heap[child]))
			child++;
		if (!nearer(s->heap[child], moved))
			break;
		s->heap[i] = s->heap[child];
	}
	s->heap[i] = moved;
}

static void renew(struct pairs *s, struct entry *e)
{
	struct ml_flockmate mate = ml_flock_nearest(&s->flock, e->who, INFINITY, s->room);

	e->d = mate.d;
	e->mate = mate.who;
}

/* The nearest pair of all comes to the top. */
static void settle(struct pairs *s)
{
	for (;;) {
		struct entry *top = &s->heap[0];
		if (!ml_flock_has(&s->flock, top->who))
			*top = s->heap[--s->entries];
		else if (!ml_flock_has(&s->flock, top->mate))
			renew(s, top);
		else
			return;
		sift_down(s, 0);
	}
}

static int all_merges(struct pairs *s, struct ml_dendrogram *d, bool midway,
		      const struct ml_run *run, struct ml_error *err)
{
	for (size_t step = 0; step + 1 < s->n; step++) {
		if (step % PIECE == 0 && ml_run_over(run))
			return ml_agglomerate_late(step, s->n - 1, err);
		settle(s);
		struct entry e = s->heap[0];
		uint32_t born = (uint32_t)(s->n + step);
		d->merge[step] = (struct ml_merge){ .a = e.who < e.mate ? e.who : e.mate,
						    .b = e.who < e.mate ? e.mate : e.who,
						    .height = sqrt(e.d) };
		if (ml_flock_merge(&s->flock, e.who, e.mate, born, midway, s->room, err))
			return err->code;
		if (step + 2 == s->n)
			break;
		s->heap[0].who = born;
		renew(s, &s->heap[0]);
		sift_down(s, 0);
	}
	ml_dendrogram_count(d);
	return ML_OK;
}

int ml_agglomerate_pairs(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
			 bool midway, const struct ml_run *run, struct ml_error *err)
{
	struct pairs s = { .n = x->rows };
	struct ml_flockmate *mate = ml_alloc(s.n, sizeof *mate, err);
	int rc = mate ? ml_flock_init(&s.flock, x, w, false, err) : err->code;

	if (!rc && (!(s.room = ml_alloc(x->cols, sizeof *s.room, err)) ||
		    !(s.heap = ml_alloc(s.n, sizeof *s.heap, err))))
		rc = err->code;
	if (!rc)
		rc = ml_flock_all_nearest(&s.flock, run->threads, mate, err);
	for (size_t i = 0; !rc && s.n > 1 && i < s.n; i++) {
		s.heap[s.entries++] = (struct entry){ mate[i].d, (uint32_t)i, mate[i].who };
		sift_up(&s, i);
	}
	if (!rc)
		rc = all_merges(&s, d, midway, run, err);
	free(s.heap);
	free(s.room);
	ml_flock_release(&s.flock);
	free(mate);
	return rc;
}
