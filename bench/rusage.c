/* rusage.c - runs a command several times, tells the time and the memory of each run.
 *
 *     rusage RUNS COMMAND       ("RUNS" lines: seconds, CPU seconds, peak memory in KiB)
 *
 * The command is a line for sh.  A simple one is wrapped in `exec` by sh itself (dash does so for the last
 * command of -c), so that its figures are those of one process; of a pipeline, memory is that of its
 * largest process, and CPU time the sum.  What the command prints is thrown away.  A command that fails
 * ends the runs: its status is ours. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* In the child. */
static void become(const char *command)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		_exit(126);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static int run_once(const char *command)
{
	struct rusage used;
	int status;
	double start = now();
	pid_t child = vfork();

	if (child == 0)
		become(command);
	if (child < 0 || wait4(child, &status, 0, &used) != child) {
		perror("rusage");
		return 1;
	}
	double wall = now() - start;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	printf("%.6f %.6f %ld\n", wall, seconds(used.ru_utime) + seconds(used.ru_stime),
	       used.ru_maxrss);
	return 0;
}

int main(int argc, char **argv)
{
	long runs = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
	int rc = 0;

	if (runs < 1) {
		fputs("usage: rusage RUNS COMMAND\n", stderr);
		return 64;
	}
	while (!rc && runs--)
		rc = run_once(argv[2]);
	return rc;
}
