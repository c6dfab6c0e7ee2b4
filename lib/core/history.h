/* history.h - how a fit went, iteration by iteration, as a CSV that can be watched while it
 * grows.
 *
 * Unlike other outputs the file is written in place: emptied at the beginning, then a line an
 * iteration, each in one write, so that `tail -f` and plots of it see the fit go on; what there
 * is by then stays when the run fails.  Columns:
 *
 *     iteration           1, 2, ...
 *     train_loss          of the training rows: what is minimised
 *     valid_loss          of the held-out rows
 *     valid_metric        the metric that judges them
 *     learning_rate
 *     seconds             since the fit began
 *     rows_per_second     training rows, by the time of this iteration
 *     peak_memory_bytes   of the process
 *     cpu_percent         of one core, over this iteration: 200 is two cores
 *
 * A field is empty where the estimator does not tell. */
#ifndef ML_CORE_HISTORY_H
#define ML_CORE_HISTORY_H

#include "base/error.h"
#include "base/run.h"

struct ml_history {
	struct ml_run run; /* give this on: it writes, and passes on to the outer one */
	const struct ml_run *outer;
	const char *file;
	int fd;
	double rows;             /* of the training table */
	double begun, last, cpu; /* seconds */
	struct ml_error failure; /* code 0: none yet */
};

/* Begins the file (ML_ECREATE, E-OPEN).  *h may not move; `outer` and `file` are borrowed. */
int ml_history_open(struct ml_history *h, const struct ml_run *outer, const char *file,
		    size_t rows, struct ml_error *err) ML_CHECK;
/* Ends it; what could not be written is told here (ML_EIO, E-IO).  A zeroed struct was never
 * opened, and is closed all the same. */
int ml_history_close(struct ml_history *h, struct ml_error *err) ML_CHECK;

#endif
