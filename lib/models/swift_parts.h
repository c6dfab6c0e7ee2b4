/* swift_parts.h - how small trees are laid out. */
#ifndef ML_MODELS_SWIFT_PARTS_H
#define ML_MODELS_SWIFT_PARTS_H

#include "models/swift.h"

enum { ML_SWIFT_BYTES = 8, ML_SWIFT_LEAVES = 8 * ML_SWIFT_BYTES };
/* A cell may be above 254 cuts, and a missing one is above that; of a category so many levels
 * are told apart. */
enum { ML_SWIFT_CUTS = 254, ML_SWIFT_UNKNOWN = 254, ML_SWIFT_MISSING = 255 };

/* Cells of a feature as bytes.  The number of cuts below them: missing ones are above all of
 * them, or below; or levels. */
enum ml_lane_kind { ML_GOES_RIGHT, ML_GOES_LEFT, ML_IS_LEVEL, ML_LANE_KINDS };

/* Numbers are first put into one of ML_SWIFT_CELLS cells of equal width from the first cut to
 * the last, which tells how many cuts are below it; then compared with the cuts within,
 * `within` at most. Where cuts stand too densely (within 0) they are searched instead. */
enum { ML_SWIFT_CELLS = 512, ML_SWIFT_WITHIN = 4 };

struct ml_lane {
	uint32_t feature;
	enum ml_lane_kind kind;
	size_t cut, cuts; /* numbers: in s->cut, ML_SWIFT_WITHIN infinite ones behind them */
	double least, per_width;
	size_t within;
	uint8_t below[ML_SWIFT_CELLS];
};

/* The leaves in byte b of a tree stay when the row goes left, or where mask[b - first] has
 * their bits. */
struct ml_question {
	uint32_t lane;
	uint32_t set; /* in s->table; ML_SWIFT_NO_SET: it is about a number */
	uint8_t cut, first, bytes, mask[ML_SWIFT_BYTES];
};
#define ML_SWIFT_NO_SET UINT32_MAX

struct ml_small {
	size_t question, leaf; /* where those of the tree begin */
	size_t bytes;
};

struct ml_swift {
	size_t outputs, trees, lanes;
	struct ml_small *tree; /* trees + 1; owned, as are all */
	struct ml_question *question;
	double *value; /* of leaves, from left to right */
	struct ml_lane *lane;
	double *cut;
	size_t tables;
	uint8_t (*table)[256]; /* of each node with a set: 255 for levels that go left */
};

/* Never falls as v rises; missing ones are in the first cell. */
static inline size_t ml_lane_cell(double v, double least, double per_width)
{
	double at = (v - least) * per_width, last = ML_SWIFT_CELLS - 1;

	at = at > 0 ? at : 0;
	return (size_t)(int32_t)(at < last ? at : last);
}

#endif
