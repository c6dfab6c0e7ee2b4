/* rules.h - what a row must be like to be kept: values present, numbers where numbers are asked
 * for, in a range, of a list.  Rows of CSV are judged as cells, before kinds are decided; rows
 * of a binary table by their values. */
#ifndef ML_CORE_RULES_H
#define ML_CORE_RULES_H

#include "core/input.h"

struct ml_rule {
	size_t column;
	bool present;              /* may not be missing: such rows are dropped, not wrong */
	bool number;               /* must be a number, when not missing */
	double lo, hi;             /* closed; -inf, inf where open */
	struct ml_levels *allowed; /* NULL: anything */
};

struct ml_rules {
	const struct ml_column_set *set; /* borrowed */
	const struct ml_kind_opts *kinds;
	struct ml_rule *rule;
	size_t n, cap;
};

struct ml_rules_spec {
	const struct ml_texts *present, *number, *range,
		*allow; /* COLUMNS; COLUMNS; col=lo..hi; col=a|b */
};
int ml_rules_init(struct ml_rules *r, const struct ml_rules_spec *spec,
		  const struct ml_column_set *set, const struct ml_kind_opts *kinds,
		  struct ml_error *err) ML_CHECK;
void ml_rules_release(struct ml_rules *r);

/* What the first broken rule says of a row (in why->msg, tagged), or ML_RULE_FINE. */
enum ml_verdict { ML_RULE_FINE, ML_RULE_DROP, ML_RULE_WRONG };
enum ml_verdict ml_rules_cells(const struct ml_rules *r, const struct ml_cell *row,
			       struct ml_error *why);
enum ml_verdict ml_rules_row(const struct ml_rules *r, const struct ml_table *t, size_t i,
			     struct ml_error *why);

#endif
