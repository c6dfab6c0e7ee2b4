/* asking.c - ask and tell. */
#include "core/asking.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "core/proposing.h"

/* A copy, for a line about the same trial. */
static int copy_point(struct ml_tried *to, const struct ml_tried *from, size_t n,
		      struct ml_error *err)
{
	*to = (struct ml_tried){ .budget = from->budget,
				 .value = NAN,
				 .se = NAN,
				 .seconds = NAN,
				 .cpu = NAN,
				 .bytes = NAN,
				 .peak = NAN };
	if (!(to->point = ml_alloc(n, sizeof *to->point, err)))
		return err->code;
	memcpy(to->point, from->point, n * sizeof *from->point);
	return ML_OK;
}

static int put_words(const struct ml_book *b, const struct ml_ask_plan *plan,
		     const struct ml_words *words, size_t i, struct ml_buf *out,
		     struct ml_error *err)
{
	const struct ml_tried *t = &b->trials.v[i];
	const struct ml_words_of of = { t->point, i, b->study.seed, t->budget, plan->resource };

	if (t->budget < 1 && !words->budget)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "this method gives trials less than the full budget: give a "
			       "command with {budget} behind --");
	ml_words_put(words, &of, out);
	ml_buf_byte(out, (unsigned char)plan->end);
	return ml_buf_check(out, err);
}

static int hand_out(struct ml_book *b, const struct ml_ask_plan *plan,
		    const struct ml_words *words, size_t i, struct ml_buf *out,
		    struct ml_error *err)
{
	struct ml_tried asked;
	int rc = put_words(b, plan, words, i, out, err);

	if (rc || !plan->mark || b->trials.v[i].state == ML_TRIAL_ASKED)
		return rc;
	rc = copy_point(&asked, &b->trials.v[i], b->study.space.n, err);
	asked.state = ML_TRIAL_ASKED;
	if (!rc && (rc = ml_book_put(b, i, &asked, err)))
		ml_tried_release(&asked);
	return rc;
}

static int ask_locked(struct ml_book *b, const struct ml_ask_plan *plan,
		      const struct ml_words *words, struct ml_buf *out, size_t *handed,
		      size_t *open, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = 0; !rc && (!plan->trials || i < plan->trials) &&
			   (!plan->most || *handed < plan->most);
	     i++) {
		bool ready = false;
		if ((rc = ml_trials_reach(&b->trials, i, err)))
			break;
		enum ml_trial_state state = b->trials.v[i].state;
		if (state >= ML_STATE_DONE)
			continue;
		if ((state == ML_TRIAL_ASKED && !plan->again) ||
		    (plan->mark && ml_book_claimed(b, i))) {
			++*open;
			continue;
		}
		if ((rc = ml_propose(b, i, &ready, err)) || !ready)
			break;
		rc = hand_out(b, plan, words, i, out, err);
		++*handed;
	}
	return rc;
}

int ml_ask(struct ml_book *b, const struct ml_ask_plan *plan, const struct ml_words *words,
	   struct ml_buf *out, size_t *handed, size_t *open, struct ml_error *err)
{
	*handed = *open = 0;
	int rc = ml_book_lock(b, err);
	if (!rc)
		rc = ask_locked(b, plan, words, out, handed, open, err);
	ml_book_unlock(b);
	return rc;
}

/* ---- tell ---- */

static int check_tellable(struct ml_book *b, size_t i, struct ml_error *err)
{
	bool ready = false;

	if (i < b->trials.n && ml_tried_ended(&b->trials.v[i]))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "trial %zu has ended already", i);
	if (ml_book_claimed(b, i))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "trial %zu is being run by another ml-tune", i);
	int rc = ml_propose(b, i, &ready, err);
	if (!rc && !ready)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "trial %zu cannot have been handed out: trials before it have not "
			     "ended",
			     i);
	return rc;
}

int ml_tell(struct ml_book *b, size_t i, double value, const char *why, struct ml_error *err)
{
	struct ml_tried t = { 0 };
	int rc = ml_book_lock(b, err);

	if (!rc)
		rc = check_tellable(b, i, err);
	if (!rc)
		rc = copy_point(&t, &b->trials.v[i], b->study.space.n, err);
	if (!rc) {
		t.state = why ? ML_STATE_FAILED : ML_STATE_DONE;
		t.value = why ? NAN : value;
		if (why && !(t.why = ml_strdup(why, err)))
			rc = err->code;
	}
	if (!rc)
		rc = ml_book_put(b, i, &t, err);
	if (rc)
		ml_tried_release(&t);
	ml_book_unlock(b);
	return rc;
}

static bool is_point(const struct ml_tried *t, const double *point, size_t n)
{
	for (size_t p = 0; t->point && p < n; p++)
		if (isnan(point[p]) ? !isnan(t->point[p]) : t->point[p] != point[p])
			return false;
	return t->point;
}

int ml_tell_find(struct ml_book *b, const double *point, size_t *trial, struct ml_error *err)
{
	size_t n = b->study.space.n, most = 0;
	bool ended = false, ready = true;

	for (size_t i = 0; i < b->trials.n; i++)
		if (b->trials.v[i].state == ML_TRIAL_ASKED &&
		    is_point(&b->trials.v[i], point, n)) {
			*trial = i;
			return ML_OK;
		}
	int rc = ml_propose_count(&b->study, 0, &most, err);
	most = most > b->trials.n ? most : b->trials.n;
	for (size_t i = 0; !rc && ready && i < most; i++) {
		bool over = i < b->trials.n && ml_tried_ended(&b->trials.v[i]);
		if (!over && ((rc = ml_propose(b, i, &ready, err)) || !ready))
			break;
		if (!is_point(&b->trials.v[i], point, n))
			continue;
		*trial = i;
		if (!over)
			return ML_OK;
		ended = true;
	}
	if (rc)
		return rc;
	if (ended)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "the trial with this setting has ended already (trial %zu)",
			       *trial);
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "no trial of this search has this setting");
}
