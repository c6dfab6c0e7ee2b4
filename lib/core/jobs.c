/* jobs.c - shell commands, several at a time.
 *
 * Each is a process group of its own, led by its shell.  SIGCHLD is blocked meanwhile and
 * waited for with sigtimedwait(): no handler, and no polling when nothing happens.  The leader
 * is looked at before it is reaped, so that its number is still its own when the group is
 * signalled. */
#define _GNU_SOURCE
#include "core/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/doomed.h"
#include "base/mem.h"

static const double GRACE = 2; /* seconds between SIGTERM and SIGKILL */
enum { LOOK_MS = 100 };        /* how late a deadline or a stop may be noticed */

/* The command is $1.  A pipe is to fail when any part of it does: dash knows pipefail from
 * 0.5.13 only (and ends at an option it does not know, so a subshell asks), bash always has; in
 * POSIX mode it reads no BASH_ENV. */
static const char SCRIPT[] =
	"if (set -o pipefail) 2>/dev/null; then set -o pipefail; eval \"$1\"; "
	"elif command -v bash >/dev/null; then exec bash --posix -o pipefail -c \"$1\"; "
	"else eval \"$1\"; fi";

struct running {
	struct ml_job *job;
	pid_t pid; /* 0: free */
	double start;
	double kill_at; /* infinity until it was told to end */
};

struct state {
	struct running *now;
	int at_once, live;
	const struct ml_job_calls *calls;
	sigset_t outside; /* signals that were blocked before */
	bool ending;      /* no further job begins */
	bool waiting;     /* there is no job now, but there may be later */
};

static double seconds_now(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) ? 0
						  : (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- starting ---- */

static bool is_set_in(const char *const *env, const char *entry)
{
	size_t n = strcspn(entry, "=") + 1;

	for (size_t i = 0; env && env[i]; i++)
		if (!strncmp(env[i], entry, n))
			return true;
	return false;
}

/* Our own environment is passed on unread, but for what `more` sets anew.  Only the array is
 * owned. */
static char **environment_with(const char *const *more, struct ml_error *err)
{
	size_t n = 0, n_more = 0, k = 0;

	while (environ && environ[n])
		n++;
	while (more && more[n_more])
		n_more++;
	char **env = ml_alloc(n + n_more + 1, sizeof *env, err);
	for (size_t i = 0; env && i < n; i++)
		if (!is_set_in(more, environ[i]))
			env[k++] = environ[i];
	for (size_t i = 0; env && i < n_more; i++)
		env[k++] = (char *)more[i];
	return env;
}

static int set_up(const struct ml_job *job, const sigset_t *mask, posix_spawnattr_t *attr,
		  posix_spawn_file_actions_t *files)
{
	const char *in = job->in ? job->in : "/dev/null",
		   *out = job->out ? job->out : "/dev/null";
	const int flags = O_WRONLY | O_CREAT | O_TRUNC;
	sigset_t defaults;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGXFSZ);
	sigaddset(&defaults, SIGPIPE);
	int rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
							POSIX_SPAWN_SETSIGDEF);
	rc = rc ? rc : posix_spawnattr_setpgroup(attr, 0);
	rc = rc ? rc : posix_spawnattr_setsigmask(attr, mask);
	rc = rc ? rc : posix_spawnattr_setsigdefault(attr, &defaults);
	rc = rc ? rc : posix_spawn_file_actions_addopen(files, 0, in, O_RDONLY, 0);
	rc = rc ? rc : posix_spawn_file_actions_addopen(files, 1, out, flags, 0600);
	if (!rc && job->errors)
		rc = posix_spawn_file_actions_addopen(files, 2, job->errors, flags, 0600);
	return rc;
}

/* 0 or an errno. */
static int spawn(const struct ml_job *job, const sigset_t *mask, char **env, pid_t *pid)
{
	/* posix_spawn() wants char *, and writes nothing. */
	char *const argv[] = { (char[]){ "sh" }, (char[]){ "-c" },     (char *)SCRIPT,
			       (char[]){ "sh" }, (char *)job->command, NULL };
	/* Most commands have no pipe, and need none of the processes that the script costs. */
	char *const plain[] = { argv[0], argv[1], argv[4], NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc = posix_spawnattr_init(&attr);

	if (rc)
		return rc;
	if (!(rc = posix_spawn_file_actions_init(&files))) {
		rc = set_up(job, mask, &attr, &files);
		if (!rc)
			rc = posix_spawn(pid, "/bin/sh", &files, &attr,
					 strchr(job->command, '|') ? argv : plain, env);
		posix_spawn_file_actions_destroy(&files);
	}
	posix_spawnattr_destroy(&attr);
	return rc;
}

/* Signals that would end us wait until the new group is noted as doomed. */
static int start_noted(const struct ml_job *job, const sigset_t *mask, char **env,
		       struct running *r, struct ml_error *err)
{
	sigset_t fatal, was;

	sigemptyset(&fatal);
	sigaddset(&fatal, SIGINT);
	sigaddset(&fatal, SIGTERM);
	sigaddset(&fatal, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &fatal, &was);
	int why = spawn(job, mask, env, &r->pid);
	int rc = why == ENOMEM ? ml_fail(err, ML_ENOMEM, "E-NOMEM",
					 "out of memory (to start a command)")
		 : why         ? ml_fail(err, ML_EIO, "E-IO", "a command cannot be started: %s",
					 strerror(why))
			       : ml_doomed_add_group(r->pid, err);
	if (rc && !why) {
		kill(-r->pid, SIGKILL);
		(void)waitpid(r->pid, NULL, 0);
	}
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (rc)
		r->pid = 0;
	return rc;
}

static int start(struct state *s, struct ml_job *job, struct ml_error *err)
{
	struct running *r = s->now;

	while (r->pid)
		r++;
	*r = (struct running){ .job = job, .start = seconds_now(), .kill_at = INFINITY };
	char **env = environment_with(job->env, err);
	int rc = env ? start_noted(job, &s->outside, env, r, err) : err->code;
	if (!rc)
		s->live++;
	free(env);
	return rc;
}

/* Fills what is free, as long as there are jobs. */
static int start_some(struct state *s, const struct ml_run *run, struct ml_error *err)
{
	struct ml_job *job;
	int rc = ML_OK;

	s->waiting = false;
	while (!rc && !s->ending && s->live < s->at_once && !ml_run_over(run)) {
		rc = s->calls->next(s->calls->arg, &job, err);
		if (rc == ML_NO || rc == ML_END) {
			s->waiting = rc == ML_NO;
			s->ending = rc == ML_END;
			return ML_OK;
		}
		if (rc)
			return rc;
		job->status = -1;
		job->timed_out = job->stopped = false;
		job->wall = job->cpu = 0;
		job->peak_kib = 0;
		rc = start(s, job, err);
	}
	return rc;
}

/* ---- ending ---- */

static void tell_to_end(struct running *r)
{
	if (isfinite(r->kill_at))
		return;
	kill(-r->pid, SIGTERM);
	kill(-r->pid, SIGCONT); /* one that was stopped, too */
	r->kill_at = seconds_now() + GRACE;
}

static void end_all(struct state *s)
{
	s->ending = true;
	for (int i = 0; i < s->at_once; i++) {
		if (!s->now[i].pid)
			continue;
		s->now[i].job->stopped = true;
		tell_to_end(&s->now[i]);
	}
}

static void keep_time(struct state *s)
{
	double now = seconds_now();

	for (int i = 0; i < s->at_once; i++) {
		struct running *r = &s->now[i];
		if (!r->pid)
			continue;
		struct ml_job *job = r->job;
		if (job->seconds > 0 && now >= r->start + job->seconds &&
		    !isfinite(r->kill_at)) {
			job->timed_out = true;
			tell_to_end(r);
		}
		if (now >= r->kill_at)
			kill(-r->pid, SIGKILL);
	}
}

/* What a group has left running when its leader is gone.  A job may be one that runs jobs
 * itself, in groups of which only it knows: it needs the time to end them. */
static void clear_group(pid_t group, double kill_at)
{
	const struct timespec pause = { 0, 5000000 };

	for (;;) {
		while (waitpid(-group, NULL, WNOHANG) > 0)
			;
		if (kill(-group, seconds_now() < kill_at ? 0 : SIGKILL))
			return;
		(void)nanosleep(&pause, NULL);
	}
}

static void reap(struct state *s, struct running *r)
{
	struct ml_job *job = r->job;
	struct rusage used = { 0 };
	siginfo_t info = { 0 };
	int status = 0;

	(void)waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	if (info.si_code != CLD_EXITED || info.si_status)
		tell_to_end(r);
	while (wait4(r->pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	if (isfinite(r->kill_at))
		clear_group(r->pid, r->kill_at);
	ml_doomed_drop_group(r->pid);
	job->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	job->wall = seconds_now() - r->start;
	job->cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		   1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	job->peak_kib = used.ru_maxrss;
	r->pid = 0;
	s->live--;
}

static bool has_ended(const struct running *r)
{
	siginfo_t info = { 0 };

	return r->pid && !waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid == r->pid;
}

static int reap_ended(struct state *s, struct ml_error *err)
{
	for (int i = 0; i < s->at_once; i++) {
		struct running *r = &s->now[i];
		if (!has_ended(r))
			continue;
		reap(s, r);
		if (!s->calls || !s->calls->done)
			continue;
		int rc = s->calls->done(s->calls->arg, r->job, err);
		if (rc == ML_END)
			s->ending = true;
		else if (rc)
			return rc;
	}
	return ML_OK;
}

/* Until a child ends, or it is time to look at the clock. */
static void wait_a_while(const sigset_t *child)
{
	const struct timespec look = { 0, LOOK_MS * 1000000L };

	(void)sigtimedwait(child, NULL, &look);
}

static int run_all(struct state *s, const struct ml_run *run, const sigset_t *child,
		   struct ml_error *err)
{
	int rc = ML_OK;

	while (!rc) {
		rc = start_some(s, run, err);
		if (rc || (!s->live && (!s->waiting || ml_run_over(run))))
			break;
		wait_a_while(child);
		if (ml_run_over(run))
			end_all(s);
		keep_time(s);
		rc = reap_ended(s, err);
	}
	return rc;
}

/* After a failure: nobody is asked any more. */
static void wind_up(struct state *s, const sigset_t *child)
{
	struct ml_error unused;

	s->calls = NULL;
	end_all(s);
	while (s->live) {
		wait_a_while(child);
		keep_time(s);
		(void)!reap_ended(s, &unused);
	}
}

int ml_jobs_run(int at_once, const struct ml_run *run, const struct ml_job_calls *calls,
		struct ml_error *err)
{
	struct state s = { .calls = calls };
	sigset_t child;

	s.at_once = at_once < 1 ? 1 : at_once > ML_DOOMED_GROUPS ? ML_DOOMED_GROUPS : at_once;
	if (!(s.now = ml_alloc((size_t)s.at_once, sizeof *s.now, err)))
		return err->code;
	/* What a shell leaves behind becomes our child, so that it can be told when a group is
	 * gone. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, &s.outside);
	int rc = run_all(&s, run, &child, err);
	if (rc)
		wind_up(&s, &child);
	pthread_sigmask(SIG_SETMASK, &s.outside, NULL);
	free(s.now);
	return rc;
}
