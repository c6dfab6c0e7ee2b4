/* seeds.h - where k-means begins. */
#ifndef ML_MODELS_SEEDS_H
#define ML_MODELS_SEEDS_H

#include "base/run.h"
#include "models/centres.h"
#include "models/cloud.h"

enum ml_seeds { ML_SEEDS_PLUS, ML_SEEDS_RANDOM, ML_SEEDS_FIRST, ML_SEEDS_GIVEN };

/* c->n rows become the points of c: drawn one after another in proportion to weight times
 * squared distance from those before (k-means++; Arthur, Vassilvitskii 2007), of each of
 * 2 + ln k or more candidates the one that leaves the least sum, as their own program does, of
 * many rows by a sample; drawn by weight alone; the first ones; or those of p->starts. E-TOOFEW
 * when the rows are fewer, or (k-means++) not different enough. `turn` names the draw: another
 * one, other seeds. */
int ml_seeds_choose(struct ml_centres *c, const struct ml_cloud *p, enum ml_seeds how,
		    uint64_t turn, const struct ml_run *run, struct ml_error *err) ML_CHECK;

#endif
