/* logopts.h - the options of ml-log. */
#ifndef ML_TOOLS_LOGOPTS_H
#define ML_TOOLS_LOGOPTS_H

#include "opt/opt.h"

struct ml_log_args {
	const char *log;
	int to;
	bool csv, json;
};

/* Of all commands; each has a table of those that mean something to it. */
struct ml_log_command {
	const char *tool, *since, *metric;
	bool failed, all;
	struct ml_texts where, metrics;
	int order;
	int64_t most;
};

enum ml_log_form { ML_LOG_AUTO, ML_LOG_CSV, ML_LOG_TSV, ML_LOG_TABLE, ML_LOG_JSON };

extern const struct ml_opt ml_log_opts[];
extern const struct ml_opt ml_log_ls_opts[], ml_log_best_opts[], ml_log_diff_opts[];

#endif
