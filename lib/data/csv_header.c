/* csv_header.c - the names of columns. */
#include "data/csv_header.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

int ml_csv_header_take(struct ml_levels *names, const struct ml_cell *cell, size_t n,
		       const char *file, uint64_t line, bool *numeric, struct ml_error *err)
{
	struct ml_number number;
	int32_t code;

	*numeric = true;
	for (size_t j = 0; j < n; j++)
		if (!cell[j].len)
			return ml_fail(err, ML_EDATA, "E-HEADER",
				       "%s:%llu: column %zu of %zu has no name (the first line "
				       "names the columns; --no-header: there is none)",
				       file, (unsigned long long)line, j + 1, n);
	for (size_t j = 0; j < n; j++) {
		int rc = ml_levels_add(names, cell[j].text, cell[j].len, &code, err);

		if (rc)
			return rc;
		if ((size_t)code < j)
			return ml_fail(err, ML_EDATA, "E-DUP",
				       "%s:%llu: columns %zu and %zu are both named '%s'", file,
				       (unsigned long long)line, (size_t)code + 1, j + 1,
				       ML_SHOW(cell[j].text, cell[j].len));
		*numeric = *numeric && ml_number_parse(cell[j].text, cell[j].len, &number);
	}
	return ML_OK;
}

int ml_csv_header_make(struct ml_levels *names, size_t n, struct ml_error *err)
{
	int rc = ML_OK;
	char name[32];
	int32_t code;

	for (size_t j = 0; !rc && j < n; j++) {
		int len = snprintf(name, sizeof name, "c%zu", j + 1);

		rc = ml_levels_add(names, name, (size_t)len, &code, err);
	}
	return rc;
}
