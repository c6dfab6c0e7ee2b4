/* cleanopts.c - the options of ml-clean as a table. */
#include "cleanopts.h"

static const char *const conflicts[] = { "warn", "drop", NULL };

#define TEXTS(field) \
	.type = ML_TEXTS, .offset = ML_FIELD(struct ml_clean_args, field, struct ml_texts)
const struct ml_opt ml_clean_opts[] = {
	{ .name = "dedupe",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct ml_clean_args, dedupe, bool),
	  .help = "keep the first of rows that are equal in every column; with a target, rows "
		  "equal in all "
		  "else but it are told as conflicts" },
	{ .name = "key",
	  TEXTS(key),
	  .arg = "COLUMNS",
	  .help = "keep the first of rows that are equal in these columns" },
	{ .name = "conflicts",
	  .type = ML_PICK,
	  .def = "warn",
	  .picks = conflicts,
	  .arg = "WHAT",
	  .offset = ML_FIELD(struct ml_clean_args, conflicts, int),
	  .help = "rows with equal features and different targets, when rows are "
		  "deduplicated" },
	{ .name = "drop-missing",
	  TEXTS(present),
	  .arg = "COLUMNS",
	  .help = "leave out rows without a value in one of these columns" },
	{ .name = "range",
	  TEXTS(range),
	  .arg = "COLUMN=LOW..HIGH",
	  .help = "a number outside is an error, or goes to --reject" },
	{ .name = "allow",
	  TEXTS(allow),
	  .arg = "COLUMN=A|B|...",
	  .help = "another value is an error, or goes to --reject" },
	{ .name = "reject",
	  .type = ML_TEXT,
	  .arg = "FILE",
	  .neutral = true,
	  .offset = ML_FIELD(struct ml_clean_args, reject, const char *),
	  .help = "write rows that are taken out to FILE, with their line and the reason" },
	ML_OPT_END
};
