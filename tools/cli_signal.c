/* cli_signal.c - signals, and standard descriptors that may be closed.
 *
 * SIGPIPE kills silently.  SIGINT, SIGTERM and SIGHUP end the processes we have started and
 * remove temporary files, then kill; but
 * when a fit has iterated, the first SIGINT or SIGTERM asks it to come to its end and write
 * what it has.  (Before that there is no model, and a stop that waits for the whole input would
 * be none.)  Signals that were ignored by who started us stay so (nohup). */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/doomed.h"
#include "cli_frame.h"

/* Global, since a signal handler has no argument. */
static volatile bool soft, stop;

static void on_signal(int number)
{
	if (soft && !stop && number != SIGHUP) {
		stop = true;
		return;
	}
	ml_sink_unlink_all();
	ml_doomed_end();
	(void)signal(number, SIG_DFL);
	(void)raise(number); /* delivered when this handler returns */
}

static void catch_signal(int number)
{
	struct sigaction old, catch = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	if (sigaction(number, NULL, &old) || old.sa_handler == SIG_IGN)
		return;
	(void)sigemptyset(&catch.sa_mask);
	(void)sigaction(number, &catch, NULL);
}

void ml_cli_signals_init(void)
{
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_IGN); /* write() then fails, and is reported */
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, children would leave no status */
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_signal(SIGHUP);
}

void ml_cli_signals_arm(void)
{
	soft = true;
}

const volatile bool *ml_cli_stop(void)
{
	return &stop;
}

void ml_cli_descriptors_init(void)
{
	/* The wrong way round: reading from standard input and writing to standard output fail
	 * as they would have. */
	static const int flags[] = { O_WRONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", flags[fd]); /* the lowest free number is fd */
}
