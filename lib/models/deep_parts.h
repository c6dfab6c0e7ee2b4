/* deep_parts.h - a tree being grown, and one thread's workspace (deep.c, emit.c). */
#ifndef ML_MODELS_DEEP_PARTS_H
#define ML_MODELS_DEEP_PARTS_H

#include "models/deep.h"
#include "models/nearby.h"

struct ml_deep {
	const struct ml_lesson *l;
	struct ml_nearby near;
	struct ml_carver *carver;
	struct ml_item *item, *moved;
	size_t n;
	struct ml_deep_node *node;
	uint16_t *cut; /* of each node */
	double *share; /* of each node, of each class where there are more than two */
	uint64_t *set; /* of nodes split by category, one after the other */
	size_t nodes, node_cap, cut_cap, share_cap, sets, set_cap;
	uint32_t *open; /* nodes that can be split */
	size_t opened, open_cap;
	uint32_t *feature; /* all of them, in the order drawn last */
	uint32_t *order;   /* of emit: nodes breadth first */
	size_t order_cap, emitted, width;
	struct ml_rng *r;
	int64_t min_split;
	double gain, least; /* what a unit of gain is; what a split gains, at least */
};

/* The split of inner node k. */
struct ml_carving ml_deep_split(const struct ml_deep *d, size_t k);

#endif
