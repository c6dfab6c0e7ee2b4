/* spare.c - memory that is left, by /proc and control groups.
 *
 * MemAvailable of /proc/meminfo; memory.max less memory.current of the control group and of
 * those around it (version 2; version 1: memory.limit_in_bytes of the mounted group); the limit
 * of RLIMIT_DATA less VmData of /proc/self/status.  Caches count as used in memory.current
 * though they would be given up, so inactive_file of memory.stat is added. Source: Linux,
 * Documentation/admin-guide/cgroup-v2.rst; proc(5). */
#define _GNU_SOURCE
#include "base/spare.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { LINE = 4096 + 256 };

/* The number behind `key` in a file of lines "key number"; key "": the first number. */
static bool read_number(const char *file, const char *key, double *v)
{
	FILE *f = fopen(file, "re");
	char line[LINE];
	bool found = false;
	size_t n = strlen(key);

	if (!f)
		return false;
	while (!found && fgets(line, sizeof line, f))
		found = !strncmp(line, key, n) && sscanf(line + n, "%lf", v) == 1;
	fclose(f);
	return found;
}

static void limit_by_group(const char *dir, double *spare)
{
	char file[2 * LINE];
	double most, used, cache;

	snprintf(file, sizeof file, "%s/memory.max", dir);
	if (!read_number(file, "", &most)) /* "max": no limit */
		return;
	snprintf(file, sizeof file, "%s/memory.current", dir);
	if (!read_number(file, "", &used))
		return;
	snprintf(file, sizeof file, "%s/memory.stat", dir);
	if (read_number(file, "inactive_file ", &cache))
		used -= cache;
	*spare = fmin(*spare, fmax(most - used, 0));
}

/* The groups of version 2, from the process's own up to the root of the mount. */
static void limit_by_groups(double *spare)
{
	static const char root[] = "/sys/fs/cgroup";
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[LINE], dir[sizeof root + LINE] = "";

	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, "0::/", 4)) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(dir, sizeof dir, "%s%s", root,
				 strcmp(line + 3, "/") ? line + 3 : "");
		}
	if (f)
		fclose(f);
	while (*dir) {
		limit_by_group(dir, spare);
		char *slash = strrchr(dir, '/');
		if (slash < dir + sizeof root - 1)
			return;
		*slash = '\0';
	}
}

double ml_spare_memory(void)
{
	double spare = (double)INFINITY, kib, most, used;
	struct rlimit limit;

	if (read_number("/proc/meminfo", "MemAvailable:", &kib))
		spare = kib * 1024;
	limit_by_groups(&spare);
	if (read_number("/sys/fs/cgroup/memory/memory.limit_in_bytes", "", &most) &&
	    read_number("/sys/fs/cgroup/memory/memory.usage_in_bytes", "", &used))
		spare = fmin(spare, fmax(most - used, 0));
	if (!getrlimit(RLIMIT_DATA, &limit) && limit.rlim_cur != RLIM_INFINITY &&
	    read_number("/proc/self/status", "VmData:", &kib))
		spare = fmin(spare, fmax((double)limit.rlim_cur - kib * 1024, 0));
	return spare;
}
