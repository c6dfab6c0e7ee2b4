/* Sinks: whole or not at all, failures told, nothing left behind. */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sink.h"
#include "test.h"

static struct ml_error err;
static char dir[] = "/tmp/ml-sink-XXXXXX", place[512];

/* dir/name, until the next call. */
static const char *at(const char *name)
{
	snprintf(place, sizeof place, "%s/%s", dir, name);
	return place;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	CHECK(f != NULL);
	fputs(text, f);
	fclose(f);
}

static const char *contents(const char *path)
{
	static char v[64];
	FILE *f = fopen(path, "r");

	if (!f)
		return "(no file)";
	v[fread(v, 1, sizeof v - 1, f)] = '\0';
	fclose(f);
	return v;
}

/* Number of files in dir; files left by a test are removed. */
static int sweep(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	for (struct dirent *e; (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			n++;
			unlink(at(e->d_name));
		}
	closedir(d);
	return n;
}

static struct ml_sink *open_sink(const char *path)
{
	struct ml_sink *s = NULL;

	CHECK(!ml_sink_open(&s, path, &err));
	return s;
}

TEST("a committed file is there whole, an abandoned one never was")
{
	struct ml_sink *s = open_sink(at("new"));

	CHECK(!ml_sink_put(s, "hello ", 6, &err) && !ml_sink_put(s, "world", 5, &err));
	CHECK(ml_sink_written(s) == 11 && !ml_sink_is_terminal(s));
	SAME_TEXT(contents(at("new")), "(no file)");
	CHECK(!ml_sink_commit(s, &err));
	SAME_TEXT(contents(at("new")), "hello world");
	s = open_sink(at("other"));
	CHECK(!ml_sink_put(s, "x", 1, &err) && !ml_sink_flush(s, &err));
	ml_sink_abandon(s);
	ml_sink_abandon(NULL);
	CHECK(sweep() == 1);
}

TEST("the old file stays until commit, and stays when abandoned")
{
	write_file(at("f"), "old");
	struct ml_sink *s = open_sink(at("f"));
	CHECK(!ml_sink_put(s, "new", 3, &err) && !ml_sink_flush(s, &err));
	SAME_TEXT(contents(at("f")), "old");
	ml_sink_abandon(s);
	SAME_TEXT(contents(at("f")), "old");
	s = open_sink(at("f"));
	CHECK(!ml_sink_put(s, "new", 3, &err) && !ml_sink_commit(s, &err));
	SAME_TEXT(contents(at("f")), "new");
	CHECK(sweep() == 1);
}

TEST("large and small puts keep their order")
{
	enum { N = 200000 };
	static char v[N], back[N + 1];
	struct ml_sink *s = open_sink(at("big"));

	for (size_t i = 0; i < N; i++)
		v[i] = (char)(i * 31 % 251);
	for (size_t i = 0, n = 1; i < N; i += n, n = n * 3 % 70001 + 1)
		CHECK(!ml_sink_put(s, v + i, n < N - i ? n : N - i, &err));
	CHECK(ml_sink_written(s) == N && !ml_sink_commit(s, &err));
	FILE *f = fopen(at("big"), "r");
	CHECK(f && fread(back, 1, N + 1, f) == N && !memcmp(v, back, N));
	fclose(f);
	CHECK(sweep() == 1);
}

TEST("permissions: those of the old file, else 0666 less the umask")
{
	struct stat st;
	mode_t mask = umask(027);

	CHECK(!ml_sink_commit(open_sink(at("fresh")), &err));
	CHECK(!stat(at("fresh"), &st) && (st.st_mode & 0777) == 0640);
	write_file(at("secret"), "old");
	chmod(at("secret"), 0604);
	CHECK(!ml_sink_commit(open_sink(at("secret")), &err));
	CHECK(!stat(at("secret"), &st) && (st.st_mode & 0777) == 0604 && st.st_size == 0);
	umask(mask);
	CHECK(sweep() == 2);
}

TEST("a symbolic link stays a link, the file behind it changes")
{
	struct stat st;
	char link[600];

	snprintf(link, sizeof link, "%s", at("link"));
	write_file(at("file"), "old");
	CHECK(!symlink("file", link));
	struct ml_sink *s = open_sink(link);
	CHECK(!ml_sink_put(s, "new", 3, &err) && !ml_sink_commit(s, &err));
	CHECK(!lstat(link, &st) && S_ISLNK(st.st_mode));
	SAME_TEXT(contents(at("file")), "new");
	unlink(at("file"));
	CHECK(ml_sink_open(&s, link, &err) == ML_ECREATE); /* it leads nowhere now */
	CHECK(sweep() == 1);
}

TEST("what cannot be created is said at once, with 73")
{
	struct ml_sink *s;

	CHECK(ml_sink_open(&s, "/tmp", &err) == ML_ECREATE);
	SAME_TEXT(err.tag, "E-OPEN");
	CHECK(ml_sink_open(&s, at("no/such/dir"), &err) == ML_ECREATE);
	CHECK(ml_sink_open(&s, "", &err) == ML_ECREATE);
	CHECK(ml_sink_open(&s, at("new/"), &err) == ML_ECREATE);
	write_file(at("readonly"), "old");
	chmod(at("readonly"), 0444);
	if (geteuid())
		CHECK(ml_sink_open(&s, at("readonly"), &err) == ML_ECREATE);
	write_file(at("file"), "");
	CHECK(ml_sink_open(&s, at("file/below"), &err) == ML_ECREATE);
	CHECK(sweep() == 2);
}

TEST("a full device is E-IO, at once for much, at commit for little, and it sticks")
{
	static char v[100000];
	struct ml_sink *s = open_sink("/dev/full");

	CHECK(!ml_sink_put(s, v, 10, &err));
	CHECK(ml_sink_commit(s, &err) == ML_EIO);
	SAME_TEXT(err.tag, "E-IO");
	CHECK(strstr(err.msg, strerror(ENOSPC)) && strstr(err.msg, "/dev/full"));
	s = open_sink("/dev/full");
	CHECK(ml_sink_put(s, v, sizeof v, &err) == ML_EIO);
	CHECK(ml_sink_put(s, v, 1, &err) == ML_EIO && ml_sink_flush(s, &err) == ML_EIO);
	ml_sink_abandon(s);
}

/* Runs `child` with standard output at `path`; its exit status. */
static int with_stdout(const char *path, void (*child)(void))
{
	int status = -1;

	fflush(stdout);
	pid_t pid = fork();
	if (!pid) {
		int fd = open(path, O_WRONLY | O_CREAT, 0600);
		if (fd < 0 || dup2(fd, 1) < 0)
			_exit(99);
		child();
		_exit(99);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void put_to_stdout(void)
{
	struct ml_sink *s;
	int rc = ml_sink_open(&s, "-", &err);

	if (!rc)
		rc = ml_sink_put(s, "text", 4, &err);
	if (!rc)
		rc = ml_sink_commit(s, &err);
	_exit(!rc && fcntl(1, F_GETFD) != -1 ? 98 : rc); /* closed by commit */
}

TEST("standard output is written, closed and checked")
{
	CHECK(with_stdout(at("out"), put_to_stdout) == 0);
	SAME_TEXT(contents(at("out")), "text");
	CHECK(with_stdout("/dev/full", put_to_stdout) == ML_EIO);
	CHECK(sweep() == 1);
}

enum { PIPED = 300000 };

/* The i-th byte that goes through a pipe. */
static char piped(size_t i)
{
	return (char)(i * 31 % 251);
}

/* Reads the pipe slowly and in odd pieces; exits with 0 when all came as it should. */
static void read_slowly(int fd)
{
	char v[7777];
	size_t at = 0;

	for (ssize_t n; (n = read(fd, v, sizeof v)) > 0; at += (size_t)n) {
		for (size_t i = 0; i < (size_t)n; i++)
			if (v[i] != piped(at + i))
				_exit(1);
		usleep(200);
	}
	_exit(at == PIPED ? 0 : 2);
}

static void write_pipe(struct ml_sink *s)
{
	static char v[PIPED];

	for (size_t i = 0; i < PIPED; i++)
		v[i] = piped(i);
	CHECK(!ml_sink_put(s, v, 100, &err) && !ml_sink_put(s, v + 100, PIPED - 100, &err));
	CHECK(!ml_sink_commit(s, &err));
}

static void ignore(int sig)
{
	(void)sig;
}

TEST("writes that are short or interrupted by signals are taken up again")
{
	struct sigaction act = { .sa_handler = ignore }, old; /* no SA_RESTART */
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { { 0, 0 }, { 0, 0 } };
	struct ml_sink *s;
	int status = -1;

	CHECK(!mkfifo(at("fifo"), 0600));
	fflush(stdout);
	pid_t pid = fork();
	if (!pid)
		read_slowly(open(at("fifo"), O_RDONLY));
	sigaction(SIGALRM, &act, &old);
	setitimer(ITIMER_REAL, &often, NULL);
	s = open_sink(at("fifo"));
	write_pipe(s);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(sweep() == 1);
}

TEST("standard output that does not block is waited for")
{
	int ends[2], status = -1, was = dup(1);

	fflush(stdout);
	CHECK(!pipe(ends));
	pid_t pid = fork();
	if (!pid) {
		close(ends[1]);
		close(1);
		read_slowly(ends[0]);
	}
	close(ends[0]);
	dup2(ends[1], 1);
	close(ends[1]);
	fcntl(1, F_SETFL, O_NONBLOCK);
	write_pipe(open_sink(NULL));
	dup2(was, 1);
	close(was);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void too_large(void)
{
	struct rlimit limit = { 1000, 1000 };
	static char v[5000];
	struct ml_sink *s;
	int rc;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	rc = ml_sink_open(&s, at("f"), &err);
	if (!rc)
		rc = ml_sink_put(s, v, sizeof v, &err);
	_exit(rc ? 97 : ml_sink_commit(s, &err));
}

TEST("a commit that fails half-way leaves the old file and nothing else")
{
	write_file(at("f"), "old");
	CHECK(with_stdout("/dev/null", too_large) == ML_EIO);
	SAME_TEXT(contents(at("f")), "old");
	CHECK(sweep() == 1);
}

static void unlink_on_signal(int sig)
{
	ml_sink_unlink_all();
	_exit(sig);
}

static void killed_with_three_open(void)
{
	static const char *const name[] = { "a", "b", "c" };
	struct ml_sink *s[3], *done = NULL;

	signal(SIGTERM, unlink_on_signal);
	for (int i = 0; i < 3; i++)
		if (ml_sink_open(&s[i], at(name[i]), &err) || ml_sink_put(s[i], "x", 1, &err) ||
		    ml_sink_flush(s[i], &err))
			_exit(97);
	if (ml_sink_open(&done, at("done"), &err) || ml_sink_commit(done, &err))
		_exit(96);
	raise(SIGTERM);
}

TEST("a signal handler can remove every temporary file, and only those")
{
	CHECK(with_stdout("/dev/null", killed_with_three_open) == SIGTERM);
	SAME_TEXT(contents(at("done")), "");
	CHECK(sweep() == 1);
}

static void unlink_in_child(void)
{
	ml_sink_unlink_all();
	_exit(0);
}

TEST("a child after fork leaves its parent's temporary files alone")
{
	struct ml_sink *s = open_sink(at("f"));

	CHECK(with_stdout("/dev/null", unlink_in_child) == 0);
	CHECK(!ml_sink_put(s, "x", 1, &err) && !ml_sink_commit(s, &err));
	CHECK(sweep() == 1);
}

TEST("many sinks at once, names long enough to fill a directory entry")
{
	enum { N = 200 };
	struct ml_sink *s[N];
	char name[256];

	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof name, "%0255d", i);
		s[i] = open_sink(at(name));
		CHECK(!ml_sink_put(s[i], name, 255, &err));
	}
	for (int i = 0; i < N; i++)
		if (i % 2)
			CHECK(!ml_sink_commit(s[i], &err));
		else
			ml_sink_abandon(s[i]);
	CHECK(sweep() == N / 2);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	int rc = ml_tests_run();
	sweep();
	rmdir(dir);
	return rc;
}
