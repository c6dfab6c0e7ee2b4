/* team.c - threads that stay. */
#define _POSIX_C_SOURCE 200809L
#include "base/team.h"

#include <stdlib.h>

#include "base/blocks.h"
#include "base/mem.h"

/* Looks at a flag so often before sleeping: some 20 us, about what being woken costs. */
enum { LOOKS = 400, MEMBERS_MAX = 256 };

struct member {
	struct ml_team *team;
	pthread_t thread;
	int id;
};

struct ml_team {
	struct member *member; /* started of them; the caller is none */
	int started;
	pthread_cond_t wake, done;
	struct ml_blocks work; /* its lock guards sleeping, too */
	atomic_uint round;     /* goes up when there is work, or nothing more to do */
	atomic_int busy;       /* members that have not ended the round */
	bool over;             /* set before the last round */
};

static void relax(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
	__builtin_ia32_pause();
#endif
}

/* Waits for a round other than `seen`. */
static unsigned next_round(struct ml_team *t, unsigned seen)
{
	for (int i = 0; i < LOOKS && atomic_load(&t->round) == seen; i++)
		relax();
	if (atomic_load(&t->round) == seen) {
		pthread_mutex_lock(&t->work.lock);
		while (atomic_load(&t->round) == seen)
			pthread_cond_wait(&t->wake, &t->work.lock);
		pthread_mutex_unlock(&t->work.lock);
	}
	return atomic_load(&t->round);
}

static void *live(void *arg)
{
	const struct member *m = arg;
	struct ml_team *t = m->team;
	unsigned seen = 0;

	while (seen = next_round(t, seen), !t->over) {
		ml_blocks_work(&t->work, m->id);
		if (atomic_fetch_sub(&t->busy, 1) == 1) {
			pthread_mutex_lock(&t->work.lock);
			pthread_cond_signal(&t->done);
			pthread_mutex_unlock(&t->work.lock);
		}
	}
	return NULL;
}

/* Members see what was written before. */
static void begin_round(struct ml_team *t)
{
	pthread_mutex_lock(&t->work.lock);
	atomic_fetch_add(&t->round, 1);
	pthread_cond_broadcast(&t->wake);
	pthread_mutex_unlock(&t->work.lock);
}

static void end_round(struct ml_team *t)
{
	for (int i = 0; i < LOOKS && atomic_load(&t->busy); i++)
		relax();
	if (!atomic_load(&t->busy))
		return;
	pthread_mutex_lock(&t->work.lock);
	while (atomic_load(&t->busy))
		pthread_cond_wait(&t->done, &t->work.lock);
	pthread_mutex_unlock(&t->work.lock);
}

static int init_locks(struct ml_team *t, struct ml_error *err)
{
	if (pthread_mutex_init(&t->work.lock, NULL))
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "no lock can be made");
	if (pthread_cond_init(&t->wake, NULL)) {
		pthread_mutex_destroy(&t->work.lock);
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "no condition can be made");
	}
	if (pthread_cond_init(&t->done, NULL)) {
		pthread_cond_destroy(&t->wake);
		pthread_mutex_destroy(&t->work.lock);
		return ml_fail(err, ML_ENOMEM, "E-NOMEM", "no condition can be made");
	}
	return ML_OK;
}

int ml_team_new(struct ml_team **out, int threads, struct ml_error *err)
{
	struct ml_team *t = ml_alloc(1, sizeof *t, err);
	int n = threads < 1 ? 0 : threads <= MEMBERS_MAX ? threads - 1 : MEMBERS_MAX - 1;

	if (!t)
		return err->code;
	if (!(t->member = ml_alloc((size_t)n, sizeof *t->member, err)) || init_locks(t, err)) {
		free(t->member);
		free(t);
		return err->code;
	}
	for (; t->started < n; t->started++) {
		struct member *m = &t->member[t->started];

		*m = (struct member){ .team = t, .id = t->started + 1 };
		if (ml_thread_start(&m->thread, live, m))
			break;
	}
	*out = t;
	return ML_OK;
}

int ml_team_do(struct ml_team *t, size_t blocks, ml_block_fn *fn, void *arg,
	       struct ml_error *err)
{
	struct ml_blocks *w = &t->work;

	if (!t->started || blocks < 2)
		return ml_blocks_alone(blocks, fn, arg, err);
	w->fn = fn;
	w->arg = arg;
	w->blocks = blocks;
	w->err = err;
	w->rc = ML_OK;
	atomic_store(&w->next, 0);
	atomic_store(&w->failed, false);
	atomic_store(&t->busy, t->started);
	begin_round(t);
	ml_blocks_work(w, 0);
	end_round(t);
	return w->rc;
}

void ml_team_free(struct ml_team *t)
{
	if (!t)
		return;
	t->over = true;
	begin_round(t);
	for (int i = 0; i < t->started; i++)
		pthread_join(t->member[i].thread, NULL);
	pthread_cond_destroy(&t->done);
	pthread_cond_destroy(&t->wake);
	pthread_mutex_destroy(&t->work.lock);
	free(t->member);
	free(t);
}
