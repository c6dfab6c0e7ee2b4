/* cores.c - how many cores this process may use.
 *
 * The affinity mask, and the quota of its control group and of the groups around it, each of
 * which limits it.  Version 2: cpu.max holds "QUOTA PERIOD" or "max PERIOD"; version 1:
 * cpu.cfs_quota_us (-1: none) and cpu.cfs_period_us.  A share of a core counts as a core.
 * In a container the path in /proc/self/cgroup may name groups that are not mounted; going
 * up to the root of the mount finds the ones that are.
 * Source: Linux, Documentation/admin-guide/cgroup-v2.rst; cgroups(7). */
#define _GNU_SOURCE
#include "base/thread.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 4096 + 256, CPUS_MAX = 1 << 16 };

static int affinity(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	/* The kernel refuses a mask smaller than its own: try larger ones. */
	for (int cpus = CPU_SETSIZE; cpus <= CPUS_MAX; cpus *= 2) {
		cpu_set_t *set = CPU_ALLOC((size_t)cpus);
		if (!set)
			break;
		size_t size = CPU_ALLOC_SIZE((size_t)cpus);
		int rc = sched_getaffinity(0, size, set), n = rc ? 0 : CPU_COUNT_S(size, set);
		CPU_FREE(set);
		if (n > 0)
			return n;
	}
	return online > 0 ? (int)online : 1;
}

static bool read_line(const char *path, char line[LINE])
{
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	bool got = fgets(line, LINE, f) != NULL;
	fclose(f);
	return got;
}

/* Lowers *cores to what the quota allows; no quota, no change. */
static void limit(int *cores, double quota, double period)
{
	if (!(quota > 0 && period > 0) || quota / period >= *cores)
		return;
	int whole = (int)(quota / period);
	*cores = whole + (whole * period < quota);
}

/* `dir` with its last part being cut away each time, down to `root` bytes. */
static void limit_by_groups(int *cores, char *dir, size_t root, bool v2)
{
	char file[2 * LINE + 32], line[LINE];
	double quota, period;

	for (;;) {
		bool got = false;

		snprintf(file, sizeof file, "%s/%s", dir, v2 ? "cpu.max" : "cpu.cfs_quota_us");
		if (read_line(file, line))
			got = v2 ? sscanf(line, "%lf %lf", &quota, &period) == 2
				 : sscanf(line, "%lf", &quota) == 1;
		if (got && !v2) {
			snprintf(file, sizeof file, "%s/cpu.cfs_period_us", dir);
			got = read_line(file, line) && sscanf(line, "%lf", &period) == 1;
		}
		if (got)
			limit(cores, quota, period);
		char *slash = strrchr(dir, '/');
		if (!slash || slash < dir + root)
			return;
		*slash = '\0';
	}
}

/* True when the comma-separated list of controllers names `cpu`. */
static bool names_cpu(const char *list)
{
	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, "cpu", 3) && (at[3] == ',' || !at[3]))
			return true;
	}
	return false;
}

/* A line of /proc/self/cgroup: "ID:CONTROLLERS:PATH", "0::PATH" for version 2. */
static void limit_by_line(int *cores, char *line)
{
	static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified",
					      "/sys/fs/cgroup/cpu" };
	char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
	char dir[2 * LINE];

	if (!path)
		return;
	*path++ = '\0';
	list++;
	path[strcspn(path, "\n")] = '\0';
	bool v2 = !*list;
	if (!v2 && !names_cpu(list))
		return;
	for (size_t i = v2 ? 0 : 2; i < (v2 ? 2 : 3); i++) {
		snprintf(dir, sizeof dir, "%s%s", mounts[i], strcmp(path, "/") ? path : "");
		limit_by_groups(cores, dir, strlen(mounts[i]), v2);
	}
}

int ml_cores(void)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[LINE];
	int cores = affinity();

	if (!f)
		return cores;
	while (fgets(line, sizeof line, f))
		limit_by_line(&cores, line);
	fclose(f);
	return cores;
}
