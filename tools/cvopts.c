/* cvopts.c - the options of ml-cv as a table. */
#include "cvopts.h"

#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"

static const char *const formats[] = { "binary", "csv", NULL };

#define TEXT(field) .type = ML_TEXT, .offset = ML_FIELD(struct ml_cv_args, field, const char *)
const struct ml_opt ml_cv_opts[] = {
	{ .name = "folds",
	  .letter = 'k',
	  .type = ML_INT,
	  .def = "5",
	  .lo = 2,
	  .hi = 1e6,
	  .arg = "K",
	  .offset = ML_FIELD(struct ml_cv_args, folds, int64_t),
	  .help = "hold out one of K parts at a time" },
	{ .name = "stratify",
	  TEXT(stratify),
	  .arg = "COLUMN",
	  .help = "keep the shares of this column's classes (or quantiles) alike in all "
		  "folds" },
	{ .name = "repeats",
	  .type = ML_INT,
	  .def = "1",
	  .lo = 1,
	  .hi = 1e4,
	  .arg = "R",
	  .offset = ML_FIELD(struct ml_cv_args, repeats, int64_t),
	  .help = "do it R times, each time with other folds" },
	{ .name = "sizes",
	  TEXT(sizes),
	  .arg = "LIST",
	  .help = "learn from these shares of each training part, as 0.1,0.3,1: a learning "
		  "curve" },
	{ .name = "probability",
	  .letter = 'P',
	  .alias = "proba",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct ml_cv_args, proba, bool),
	  .help = "append the probability of each class as prob:CLASS" },
	{ .name = "only",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct ml_cv_args, only, bool),
	  .help = "write the predictions alone, without the columns of the table" },
	{ .name = "keep",
	  .type = ML_TEXTS,
	  .arg = "COLUMNS",
	  .offset = ML_FIELD(struct ml_cv_args, keep, struct ml_texts),
	  .help = "of the table's columns, write these alone" },
	{ .name = "prefix",
	  TEXT(prefix),
	  .def = "",
	  .arg = "NAME",
	  .help = "put NAME before the names of the columns that are appended" },
	{ .name = "fold-format",
	  .type = ML_PICK,
	  .def = "binary",
	  .picks = formats,
	  .arg = "FORMAT",
	  .offset = ML_FIELD(struct ml_cv_args, fold_format, int),
	  .help = "how parts are passed to commands: as binary tables, or as CSV for other "
		  "programs" },
	{ .name = "predict-cmd",
	  TEXT(predict_cmd),
	  .arg = "COMMAND",
	  .help = "predict by this command: it reads the rows held out, without their target, "
		  "and "
		  "writes predictions; {model} is the file that the pipeline wrote" },
	{ .name = "keep-models",
	  TEXT(keep_models),
	  .arg = "PREFIX",
	  .neutral = true,
	  .help = "keep the model of each fold as PREFIX1.mls, PREFIX2.mls and so on" },
	{ .name = "max-seconds",
	  .type = ML_REAL,
	  .def = "0",
	  .lo = 0,
	  .hi = 1e9,
	  .arg = "SECONDS",
	  .offset = ML_FIELD(struct ml_cv_args, max_seconds, double),
	  .neutral = true,
	  .help = "end, and fail, when one fit takes longer; 0: no limit" },
	ML_OPT_END
};

int ml_cv_sizes(const char *list, double **sizes, size_t *n, struct ml_error *err)
{
	*n = 0;
	if (!list)
		return ML_OK;
	if (!(*sizes = ml_alloc(strlen(list) + 1, sizeof **sizes, err)))
		return err->code;
	for (const char *s = list;; s++) {
		size_t len = strcspn(s, ",");
		struct ml_number number;
		if (!ml_number_parse(s, len, &number) ||
		    !(number.value > 0 && number.value <= 1))
			return ml_fail(
				err, ML_EUSAGE, "E-USAGE",
				"--sizes: '%s' is not a share of the rows above 0, up to 1",
				ML_SHOW(s, len));
		for (size_t i = 0; i < *n; i++)
			if ((*sizes)[i] == number.value)
				return ml_fail(err, ML_EUSAGE, "E-USAGE",
					       "--sizes: %s stands there twice",
					       ML_SHOW(s, len));
		(*sizes)[(*n)++] = number.value;
		s += len;
		if (!*s)
			return ML_OK;
	}
}
