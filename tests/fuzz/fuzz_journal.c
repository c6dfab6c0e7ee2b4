/* fuzz_journal.c - any bytes as the journal of a search: its study, its trials, its command.
 *
 * Input: lines of JSON.  What is taken for a study or a trial is sound, and reads the same when
 * it is written again; the command of the study is made words with the points of the trials. */
#include <math.h>

#include "core/jsonlines.h"
#include "core/proposing.h"
#include "core/tunewords.h"
#include "fuzz.h"

static void check_point(const struct ml_space *s, const double *point)
{
	for (size_t p = 0; p < s->n; p++) {
		MUST(isnan(point[p]) == !ml_space_active(s, point, p));
		if (isnan(point[p]))
			continue;
		if (s->v[p].kind == ML_PARAM_CHOICE)
			MUST(point[p] >= 0 && point[p] < (double)s->v[p].choices);
		else
			MUST(point[p] >= s->v[p].lo && point[p] <= s->v[p].hi);
	}
}

static bool same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static void check_again(const struct ml_tried *t, size_t i, const struct ml_space *s)
{
	struct ml_buf text = { 0 };
	struct ml_error err = { 0 };
	struct ml_tried back;
	json_error_t why;
	json_t *line;
	size_t at;

	MUST(!ml_tried_text(t, i, s, &text, &err));
	MUST(!ml_json_parse(&line, ml_buf_str(&text), text.n, &why, &err) && line);
	MUST(!ml_tried_read(&back, &at, s, line, &err) && at == i);
	MUST(back.state == t->state && same(back.value, t->value) && same(back.se, t->se));
	MUST(back.folds == t->folds && back.budget == t->budget);
	for (size_t p = 0; p < s->n; p++)
		MUST(same(back.point[p], t->point[p]));
	ml_tried_release(&back);
	json_decref(line);
	ml_buf_release(&text);
}

static void take_trial(const struct ml_study *s, const struct ml_words *words,
		       const json_t *line)
{
	struct ml_error err = { 0 };
	struct ml_buf out = { 0 };
	struct ml_tried t;
	size_t i = 0;

	int rc = ml_tried_read(&t, &i, &s->space, line, &err);
	if (rc) {
		must_tell(rc, &err);
		return;
	}
	check_point(&s->space, t.point);
	check_again(&t, i, &s->space);
	const struct ml_words_of of = { t.point, i, s->seed, t.budget, 0 };
	if (words)
		ml_words_put(words, &of, &out);
	ml_buf_release(&out);
	ml_tried_release(&t);
}

static void take_study(struct ml_study *s, struct ml_words *words, bool *worded, json_t *line)
{
	struct ml_error err = { 0 };
	struct ml_buf text = { 0 };
	const struct ml_fields none = { 0 };
	size_t trials;

	int rc = ml_study_read(s, line, &err);
	if (rc) {
		must_tell(rc, &err);
		return;
	}
	MUST(!ml_study_compare(s, s, &err));
	MUST(!ml_study_text(s, &none, &text, &err));
	ml_buf_release(&text);
	rc = ml_propose_count(s, 0, &trials, &err);
	if (rc)
		must_tell(rc, &err);
	if (!s->command)
		return;
	rc = ml_words_init(words, s->command, &s->space, false, &err);
	if (rc) {
		must_tell(rc, &err);
		ml_words_release(words);
	}
	*worded = !rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct ml_study study = { 0 };
	struct ml_words words = { 0 };
	bool worded = false;

	while (n) {
		const uint8_t *end = memchr(v, '\n', n);
		size_t len = end ? (size_t)(end - v) : n;
		struct ml_error err = { 0 };
		json_error_t why;
		json_t *line = NULL;

		MUST(!ml_json_parse(&line, (const char *)v, len, &why, &err));
		if (json_is_object(line) && !study.all)
			take_study(&study, &words, &worded, line);
		else if (json_is_object(line))
			take_trial(&study, worded ? &words : NULL, line);
		json_decref(line);
		v += len + (end != NULL);
		n -= len + (end != NULL);
	}
	if (worded)
		ml_words_release(&words);
	if (study.all)
		ml_study_release(&study);
	return 0;
}
