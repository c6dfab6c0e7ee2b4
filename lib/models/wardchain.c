/* wardchain.c - Ward's method: a chain in which each cluster is the nearest of the one before
 * it ends in two that are nearest to each other.  They can be merged at once, whatever is
 * merged elsewhere, since no merge brings a cluster nearer (reducibility); merges are put in
 * order afterwards. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "models/agglomerate.h"
#include "models/flock.h"

/* Merges between two looks at the clock. */
enum { PIECE = 256 };

struct chain {
	struct ml_flock flock;
	size_t n, p;
	struct ml_flockmate *first; /* n: the nearest of each row, at the beginning */
	double *room;               /* p numbers */
	uint32_t *row;              /* 2 n - 1: a row in each cluster */
	uint32_t *link;             /* the chain */
	double *gap;                /* distance from the link before */
	size_t links;
};

/* Makes the chain longer by one link; false: its last two are nearest to each other. */
static bool lengthen(struct chain *c)
{
	uint32_t last = c->link[c->links - 1];
	double bound = c->links > 1 ? c->gap[c->links - 1] : INFINITY;
	struct ml_flockmate next;

	/* What was nearest to a row still is, if it is there still: nothing came nearer. */
	if (last < c->n && ml_flock_has(&c->flock, c->first[last].who))
		next = c->first[last];
	else
		next = ml_flock_nearest(&c->flock, last, bound, c->room);
	if (!(next.d < bound))
		return false;
	c->link[c->links] = next.who;
	c->gap[c->links++] = next.d;
	return true;
}

static int all_merges(struct chain *c, struct ml_dendrogram *d, const struct ml_run *run,
		      struct ml_error *err)
{
	uint32_t start = 0;

	for (size_t s = 0; s + 1 < c->n; s++) {
		if (s % PIECE == 0 && ml_run_over(run))
			return ml_agglomerate_late(s, c->n - 1, err);
		while (!c->links) {
			if (ml_flock_has(&c->flock, start))
				c->link[c->links++] = start;
			else
				start++;
		}
		while (lengthen(c))
			;
		uint32_t b = c->link[--c->links], a = c->link[--c->links];
		uint32_t born = (uint32_t)(c->n + s);
		d->merge[s] = (struct ml_merge){ .a = c->row[a],
						 .b = c->row[b],
						 .height = sqrt(2 * c->gap[c->links + 1]) };
		c->row[born] = c->row[a];
		if (ml_flock_merge(&c->flock, a, b, born, false, c->room, err))
			return err->code;
	}
	return ML_OK;
}

int ml_agglomerate_chain(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
			 const struct ml_run *run, struct ml_error *err)
{
	struct chain c = { .n = x->rows, .p = x->cols };
	size_t most = 2 * c.n - 1;
	int rc = ml_flock_init(&c.flock, x, w, true, err);

	if (!rc && (!(c.first = ml_alloc(c.n, sizeof *c.first, err)) ||
		    !(c.room = ml_alloc(c.p, sizeof *c.room, err)) ||
		    !(c.row = ml_alloc(most, sizeof *c.row, err)) ||
		    !(c.link = ml_alloc(c.n, sizeof *c.link, err)) ||
		    !(c.gap = ml_alloc(c.n, sizeof *c.gap, err))))
		rc = err->code;
	for (size_t i = 0; !rc && i < c.n; i++)
		c.row[i] = (uint32_t)i;
	if (!rc)
		rc = ml_flock_all_nearest(&c.flock, run->threads, c.first, err);
	if (!rc)
		rc = all_merges(&c, d, run, err);
	if (!rc)
		rc = ml_dendrogram_order(d, err);
	free(c.gap);
	free(c.link);
	free(c.row);
	free(c.room);
	free(c.first);
	ml_flock_release(&c.flock);
	return rc;
}
