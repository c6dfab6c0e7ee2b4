/* doomed.c - children and directories that go when a signal ends the process.
 *
 * opendir() allocates, so that a handler may not call it: entries are read with getdents64(),
 * which is a bare system call (Linux).  A child that got as far as exec() has no handler of
 * ours, so it never ends its siblings. */
#define _GNU_SOURCE
#include "base/doomed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 50, PAUSE_MS = 20 }; /* a second for SIGTERM to be heeded */

static atomic_long groups[ML_DOOMED_GROUPS]; /* 0: free */
static struct {
	atomic_bool live;
	char path[ML_DOOMED_PATH];
} dirs[ML_DOOMED_DIRS];

int ml_doomed_add_group(long group, struct ml_error *err)
{
	for (size_t i = 0; i < ML_DOOMED_GROUPS; i++) {
		long is = 0;
		if (atomic_compare_exchange_strong(&groups[i], &is, group))
			return ML_OK;
	}
	return ml_fail(err, ML_EBUG, "E-BUG", "more than %d jobs at once", ML_DOOMED_GROUPS);
}

void ml_doomed_drop_group(long group)
{
	for (size_t i = 0; i < ML_DOOMED_GROUPS; i++) {
		long is = group;
		if (atomic_compare_exchange_strong(&groups[i], &is, 0))
			return;
	}
}

int ml_doomed_add_dir(const char *path, struct ml_error *err)
{
	for (size_t i = 0; i < ML_DOOMED_DIRS && strlen(path) < ML_DOOMED_PATH; i++) {
		if (atomic_load(&dirs[i].live))
			continue;
		snprintf(dirs[i].path, sizeof dirs[i].path, "%s", path);
		atomic_store(&dirs[i].live, true);
		return ML_OK;
	}
	return ml_fail(err, ML_EBUG, "E-BUG", "no room to note one more temporary directory");
}

void ml_doomed_drop_dir(const char *path)
{
	for (size_t i = 0; i < ML_DOOMED_DIRS; i++)
		if (atomic_load(&dirs[i].live) && !strcmp(dirs[i].path, path))
			atomic_store(&dirs[i].live, false);
}

/* Entries are removed while they are read, so the reading begins anew until nothing more can
 * go. */
static bool remove_some(int dir)
{
	_Alignas(struct dirent64) char entries[4096];
	bool any = false;
	ssize_t n;

	if (lseek(dir, 0, SEEK_SET) < 0)
		return false;
	while ((n = getdents64(dir, entries, sizeof entries)) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *e = (const void *)(entries + at);
			any |= !unlinkat(dir, e->d_name, 0);
			at += e->d_reclen;
		}
	return any;
}

void ml_doomed_remove_dir(const char *path)
{
	int was = errno, dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0) {
		while (remove_some(dir))
			;
		(void)close(dir);
	}
	(void)rmdir(path);
	errno = was;
}

/* Signals every group there still is; true when there is one. */
static bool signal_groups(int number)
{
	bool any = false;

	for (size_t i = 0; i < ML_DOOMED_GROUPS; i++) {
		pid_t group = (pid_t)atomic_load(&groups[i]);
		if (!group)
			continue;
		while (waitpid(-group, NULL, WNOHANG) > 0)
			;
		any |= !kill(-group, number);
	}
	return any;
}

void ml_doomed_end(void)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	int was = errno;

	if (signal_groups(SIGTERM)) {
		for (int i = 0; i < TRIES && signal_groups(0); i++)
			(void)nanosleep(&pause, NULL);
		(void)signal_groups(SIGKILL);
	}
	for (size_t i = 0; i < ML_DOOMED_DIRS; i++)
		if (atomic_load(&dirs[i].live))
			ml_doomed_remove_dir(dirs[i].path);
	errno = was;
}
