/* stream_steps.h - saved preparations applied to a CSV batch by batch, or undone, in bounded
 * memory.
 * Columns that the steps do not need leave as they came. */
#ifndef ML_CORE_STREAM_STEPS_H
#define ML_CORE_STREAM_STEPS_H

#include "core/input.h"
#include "core/pipeline.h"
#include "data/writer.h"

struct ml_step_stream {
	struct ml_pipeline *model; /* borrowed */
	bool backwards;            /* its steps are undone (core/undo.h) */
	struct ml_input *in;       /* borrowed */
	size_t *at;                /* every column of the input, in order */
	enum ml_kind *kind;        /* as the steps need it; text where they do not */
	struct ml_writer writer;
	bool begun; /* the header is written */
};
int ml_step_stream_init(struct ml_step_stream *s, struct ml_pipeline *model, bool backwards,
			struct ml_input *in, struct ml_sink *sink, char delimiter,
			struct ml_error *err) ML_CHECK;
int ml_step_stream_run(struct ml_step_stream *s, struct ml_error *err) ML_CHECK;
void ml_step_stream_release(struct ml_step_stream *s);

#endif
