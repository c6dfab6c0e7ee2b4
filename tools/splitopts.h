/* splitopts.h - the command line of ml-split. */
#ifndef ML_TOOLS_SPLITOPTS_H
#define ML_TOOLS_SPLITOPTS_H

#include "opt/opt.h"

struct ml_split_args {
	double test;
	int64_t folds, shards;
	const char *rest, *stratify, *hash, *prefix, *key;
	bool check;
};

extern const struct ml_opt ml_split_opts[];

#endif
