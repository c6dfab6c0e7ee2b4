/* sink.c - output that appears whole or not at all.
 *
 * Bytes go to DIR/.ml-PID-N.tmp, which rename() puts in the place of the target after an fsync;
 * an fsync of the directory makes the renaming last.  The short name fits wherever the target's
 * does. Names of live temporary files are kept in a list that a signal handler may walk: nodes
 * are only ever pushed, never freed (they are used again), and a node counts when `live` is its
 * process. */
#define _DEFAULT_SOURCE
#include "base/sink.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { ROOM = 65536, NAME_TRIES = 100 };

/* A child after fork() has its own number and so leaves its parent's files alone. */
struct node {
	struct node *next;
	atomic_long live; /* number of the process whose file it is; FREE, TAKEN */
	char name[PATH_MAX];
};
enum { FREE = 0, TAKEN = -1 };

struct ml_sink {
	int fd;
	char *target; /* to be renamed to, symbolic links resolved; NULL: written in place */
	char *shown;  /* for messages */
	struct node *temp; /* NULL: written in place */
	size_t n, written;
	int failed; /* errno of the first failure, or 0 */
	bool hashed;
	struct ml_sha sha; /* of all that was put, when hashed */
	unsigned char v[ROOM];
};

/* The only global of this file: a signal handler has no argument. */
static _Atomic(struct node *) nodes;

/* A node that nobody uses. */
static struct node *take_node(struct ml_error *err)
{
	struct node *node = atomic_load(&nodes);

	for (; node; node = node->next) {
		long is = FREE;

		if (atomic_compare_exchange_strong(&node->live, &is, TAKEN))
			return node;
	}
	if (!(node = ml_alloc(1, sizeof *node, err)))
		return NULL;
	atomic_init(&node->live, TAKEN);
	node->next = atomic_load(&nodes);
	while (!atomic_compare_exchange_weak(&nodes, &node->next, node))
		;
	return node;
}

void ml_sink_unlink_all(void)
{
	int was = errno;
	long self = (long)getpid();

	for (struct node *node = atomic_load(&nodes); node; node = node->next)
		if (atomic_load(&node->live) == self)
			(void)unlink(node->name);
	errno = was;
}

static int cannot_create(const struct ml_sink *s, const char *why, struct ml_error *err)
{
	return ml_fail(err, ML_ECREATE, "E-OPEN", "%s: cannot be created: %s", s->shown, why);
}

static int write_failed(const struct ml_sink *s, struct ml_error *err)
{
	return ml_fail(err, ML_EIO, "E-IO", "%s: write failed: %s", s->shown,
		       strerror(s->failed));
}

static int open_retried(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

/* Length of the directory part of path, its slash included; 0: the current directory. */
static size_t dir_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Makes and opens the temporary file.  It is listed before it exists, so that no signal finds
 * it unlisted. */
static int open_temp(struct ml_sink *s, mode_t mode, struct ml_error *err)
{
	size_t dir = dir_length(s->target);
	int rc = ML_OK;

	if (!(s->temp = take_node(err)))
		return err->code;
	for (int i = 0; !rc && s->fd < 0 && i < NAME_TRIES; i++) {
		atomic_store(&s->temp->live, TAKEN);
		/* The node's place in memory tells files of this process apart. */
		int n = snprintf(s->temp->name, sizeof s->temp->name, "%.*s.ml-%ld-%jx-%d.tmp",
				 (int)dir, s->target, (long)getpid(),
				 (uintmax_t)(uintptr_t)s->temp >> 4, i);
		if (dir > INT_MAX || n < 0 || (size_t)n >= sizeof s->temp->name)
			rc = cannot_create(s, strerror(ENAMETOOLONG), err);
		else
			atomic_store(&s->temp->live, (long)getpid());
		if (!rc)
			s->fd = open_retried(s->temp->name, O_WRONLY | O_CREAT | O_EXCL, mode);
		if (!rc && s->fd < 0 && errno != EEXIST)
			rc = cannot_create(s, strerror(errno), err);
	}
	if (!rc && s->fd < 0)
		rc = cannot_create(s, strerror(EEXIST), err);
	if (rc) {
		atomic_store(&s->temp->live, FREE);
		s->temp = NULL;
	}
	return rc;
}

/* An existing regular file is replaced by one with its permissions and, where we may, its
 * owner; until then nobody else can read the temporary file. */
static int open_replacement(struct ml_sink *s, const struct stat *old, struct ml_error *err)
{
	if (access(s->target, W_OK))
		return cannot_create(s, strerror(errno), err);
	int rc = open_temp(s, S_IRUSR | S_IWUSR, err);
	if (rc)
		return rc;
	if ((old->st_uid != geteuid() || old->st_gid != getegid()) &&
	    fchown(s->fd, old->st_uid, old->st_gid))
		errno = 0; /* not ours to give away: the new file is the writer's */
	if (fchmod(s->fd, old->st_mode & 0777))
		return cannot_create(s, strerror(errno), err);
	return ML_OK;
}

static int open_path(struct ml_sink *s, const char *path, struct ml_error *err)
{
	struct stat st;
	size_t len = strlen(path);

	if (!len || path[len - 1] == '/') /* renaming would fail, but only at the end */
		return cannot_create(s, strerror(len ? EISDIR : ENOENT), err);
	if (stat(path, &st)) {
		int why = errno;

		if (why != ENOENT)
			return cannot_create(s, strerror(why), err);
		/* A link to nothing: where it points may be a place that is not meant to exist.
		 */
		if (!lstat(path, &st))
			return cannot_create(s, "a symbolic link that leads nowhere", err);
		s->target = ml_strdup(path, err);
		return s->target ? open_temp(s, 0666, err) : err->code;
	}
	if (S_ISDIR(st.st_mode))
		return cannot_create(s, strerror(EISDIR), err);
	if (S_ISREG(st.st_mode)) {
		s->target = realpath(path, NULL);
		if (!s->target && errno == ENOMEM)
			return ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (a path)");
		return s->target ? open_replacement(s, &st, err)
				 : cannot_create(s, strerror(errno), err);
	}
	s->fd = open_retried(path, O_WRONLY | O_NOCTTY, 0);
	return s->fd < 0 ? cannot_create(s, strerror(errno), err) : ML_OK;
}

/* Writes all of v[0..n); 0 or an errno. */
static int write_all(int fd, const unsigned char *v, size_t n)
{
	while (n) {
		ssize_t done = write(fd, v, n < INT_MAX ? n : INT_MAX);

		if (done >= 0) {
			v += done;
			n -= (size_t)done;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			/* Standard output may share its mode with a program that wants it so.
			 */
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			(void)poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

/* An empty sink; shown: its name in messages. */
static struct ml_sink *new_sink(const char *name, struct ml_error *err)
{
	struct ml_sink *s = ml_alloc(1, sizeof *s, err);
	char shown[256];

	if (!s)
		return NULL;
	s->fd = -1;
	if ((s->shown = ml_strdup(ml_text_show(name, strlen(name), shown, sizeof shown), err)))
		return s;
	ml_sink_abandon(s);
	return NULL;
}

int ml_sink_open(struct ml_sink **out, const char *path, struct ml_error *err)
{
	bool standard = !path || !strcmp(path, "-");
	struct ml_sink *s = new_sink(standard ? "standard output" : path, err);

	if (!s)
		return err->code;
	if (standard)
		s->fd = STDOUT_FILENO;
	int rc = standard ? ML_OK : open_path(s, path, err);
	if (rc)
		ml_sink_abandon(s);
	else
		*out = s;
	return rc;
}

int ml_sink_open_scratch(struct ml_sink **out, const char *path, struct ml_error *err)
{
	struct ml_sink *s = new_sink(path, err);

	if (!s)
		return err->code;
	s->fd = open_retried(path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
	int rc = s->fd < 0 ? cannot_create(s, strerror(errno), err) : ML_OK;
	if (rc)
		ml_sink_abandon(s);
	else
		*out = s;
	return rc;
}

int ml_sink_flush(struct ml_sink *s, struct ml_error *err)
{
	if (!s->failed)
		s->failed = write_all(s->fd, s->v, s->n);
	s->n = 0;
	return s->failed ? write_failed(s, err) : ML_OK;
}

int ml_sink_put(struct ml_sink *s, const void *bytes, size_t n, struct ml_error *err)
{
	if (s->failed)
		return write_failed(s, err);
	s->written += n;
	if (s->hashed)
		ml_sha_add(&s->sha, bytes, n);
	if (n > sizeof s->v - s->n && ml_sink_flush(s, err))
		return err->code;
	if (n >= sizeof s->v) {
		s->failed = write_all(s->fd, bytes, n);
		return s->failed ? write_failed(s, err) : ML_OK;
	}
	if (n)
		memcpy(s->v + s->n, bytes, n);
	s->n += n;
	return ML_OK;
}

/* Waits until the bytes are on the disk; file systems that know no such thing are no failure.
 */
static void sync_file(struct ml_sink *s, int fd)
{
	int rc;

	do
		rc = fsync(fd);
	while (rc && errno == EINTR);
	if (rc && errno != EINVAL && errno != ENOTSUP && errno != EROFS && !s->failed)
		s->failed = errno;
}

/* A directory that may be written to but not read cannot be synced. */
static void sync_dir(struct ml_sink *s)
{
	size_t n = dir_length(s->target);

	s->target[n] = '\0'; /* not needed any more */
	int fd = open_retried(n ? s->target : ".", O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return;
	sync_file(s, fd);
	(void)close(fd);
}

static void release(struct ml_sink *s)
{
	if (s->temp)
		atomic_store(&s->temp->live, FREE);
	free(s->target);
	free(s->shown);
	free(s);
}

int ml_sink_commit(struct ml_sink *s, struct ml_error *err)
{
	int rc = ml_sink_flush(s, err);

	if (!rc && s->temp)
		sync_file(s, s->fd);
	/* On Linux the descriptor is gone after EINTR too, and an fsync came before. */
	if (close(s->fd) && errno != EINTR && !s->failed)
		s->failed = errno;
	s->fd = -1;
	bool moved = !s->failed && s->temp && !rename(s->temp->name, s->target);

	if (moved) {
		sync_dir(s);
	} else if (s->temp) {
		s->failed = s->failed ? s->failed : errno;
		(void)unlink(s->temp->name);
	}
	rc = s->failed ? write_failed(s, err) : ML_OK;
	release(s);
	return rc;
}

void ml_sink_abandon(struct ml_sink *s)
{
	if (!s)
		return;
	if (s->fd >= 0 && (s->temp || s->fd != STDOUT_FILENO))
		(void)close(s->fd);
	if (s->temp)
		(void)unlink(s->temp->name);
	release(s);
}

bool ml_sink_is_terminal(const struct ml_sink *s)
{
	return isatty(s->fd) == 1;
}

size_t ml_sink_written(const struct ml_sink *s)
{
	return s->written;
}

void ml_sink_hash(struct ml_sink *s)
{
	s->hashed = true;
	ml_sha_init(&s->sha);
}

void ml_sink_digest(struct ml_sink *s, char hex[2 * ML_DIGEST + 1])
{
	unsigned char digest[ML_DIGEST];

	assert(s->hashed);
	ml_sha_end(&s->sha, digest);
	ml_digest_hex(digest, hex);
}
