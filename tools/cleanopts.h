/* cleanopts.h - the command line of ml-clean. */
#ifndef ML_TOOLS_CLEANOPTS_H
#define ML_TOOLS_CLEANOPTS_H

#include "opt/opt.h"

struct ml_clean_args {
	bool dedupe;
	int conflicts;
	struct ml_texts key, present, range, allow;
	const char *reject;
};
enum { ML_CONFLICTS_WARN, ML_CONFLICTS_DROP };

extern const struct ml_opt ml_clean_opts[];

#endif
