/* scoring_parts.h - between the files of core/scoring. */
#ifndef ML_CORE_SCORING_PARTS_H
#define ML_CORE_SCORING_PARTS_H

#include "core/scoring.h"

/* The columns of the table that take part. */
struct ml_bound {
	const struct ml_table *table;
	const struct ml_scoring_plan *plan;
	const struct ml_column *truth, *pred, *score, *weight, *group; /* NULL: none */
	size_t *prob, n_prob; /* indexes of the probability columns, owned */
};

/* ML_EDATA: "FILE:LINE: COLUMN: what". */
int ml_scoring_bad_cell(const struct ml_bound *b, const struct ml_column *c, size_t row,
			const char *tag, const char *what, struct ml_error *err) ML_CHECK;
/* E-TYPE unless it holds numbers, E-MISSING where one is missing. */
int ml_scoring_check_numbers(const struct ml_bound *b, const struct ml_column *c,
			     const char *what, struct ml_error *err) ML_CHECK;

/* The codes of a column's labels, in order of appearance for now. */
int ml_scoring_code(struct ml_scoring *s, const struct ml_bound *b, const struct ml_column *c,
		    const char *what, int32_t **code, struct ml_error *err) ML_CHECK;

/* scoring_clusters.c */
int ml_scoring_clusters(struct ml_scoring *s, const struct ml_bound *b,
			const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Of more than s->most_pairs rows as many, drawn at random: s->rows.sample. */
int ml_scoring_sample(struct ml_scoring *s, struct ml_error *err) ML_CHECK;

/* scoring_prob.c */
int ml_scoring_find_probs(struct ml_bound *b, struct ml_error *err) ML_CHECK;
/* Adds the classes that names of probability columns tell. */
int ml_scoring_prob_labels(const struct ml_bound *b, struct ml_labels *l,
			   struct ml_error *err) ML_CHECK;
/* The matrix of probabilities of all classes, checked. */
int ml_scoring_read_probs(struct ml_scoring *s, const struct ml_bound *b,
			  struct ml_error *err) ML_CHECK;
/* Predictions from probabilities. */
int ml_scoring_pick_classes(struct ml_scoring *s, struct ml_error *err) ML_CHECK;

#endif
