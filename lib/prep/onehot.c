/* onehot.c - a category becomes one 0/1 column for each of its levels: "COLUMN=LEVEL".
 *
 * Levels are those of training rows, sorted by bytes (numerically when all are numbers). Behind
 * them stand "COLUMN=other" for the levels rarer than --min-count, if there are any, and
 * "COLUMN=NA" for missing cells, if training had any.  When a level has that very name an
 * underscore is put behind ours until it is new: "COLUMN=NA_".
 *
 *     missing, though training had none   counts as the most frequent level (tally.imputed)
 *     a level that training had not       zeros: all 0; missing: as a missing cell;
 *                                         error: E-UNSEEN (--unknown; tally.unseen)
 *
 * --drop-level first leaves out the first dummy: for estimators without a penalty, to which the
 * others then say the same.  Columns of numbers are encoded when named; a level is the number
 * as it prints. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "prep/coded.h"
#include "prep/dummies.h"
#include "prep/prep_fields.h"
#include "prep/prep.h"

enum unknown { ZEROS, MISSING, ERROR };
static const char *const unknowns[] = { "zeros", "missing", "error", NULL };
static const char *const drops[] = { "none", "first", NULL };

struct onehot_opts {
	int unknown, drop;
	int64_t max_levels, min_count;
};

static const struct ml_opt opts[] = {
	{ .name = "unknown",
	  .type = ML_PICK,
	  .def = "zeros",
	  .picks = unknowns,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct onehot_opts, unknown, int),
	  .help = "what a level that training had not becomes" },
	{ .name = "drop-level", /* --drop is a preparation of its own */
	  .alias = "drop",
	  .type = ML_PICK,
	  .def = "none",
	  .picks = drops,
	  .arg = "WHICH",
	  .offset = ML_FIELD(struct onehot_opts, drop, int),
	  .help = "leave out the dummy of the first level" },
	{ .name = "max-levels",
	  .type = ML_INT,
	  .def = "1000",
	  .lo = 1,
	  .hi = 1e6,
	  .arg = "N",
	  .offset = ML_FIELD(struct onehot_opts, max_levels, int64_t),
	  .help = "refuse a column of more levels" },
	{ .name = "min-count",
	  .type = ML_INT,
	  .def = "1",
	  .lo = 1,
	  .hi = 1e9,
	  .arg = "N",
	  .offset = ML_FIELD(struct onehot_opts, min_count, int64_t),
	  .help = "pool the levels that fewer than N rows (by weight) have" },
	ML_OPT_END
};

/* A column's cells are in one of these states, each with a dummy: the kept levels, pooled
 * (when there are rare ones), missing (when training had it). */
struct onehot {
	size_t n;
	struct ml_levels **kept, **rare; /* n sets each */
	int32_t *most;                   /* state that a missing cell counts as; -1: none */
	int32_t *had;                    /* 1: training had missing cells */
	int unknown, drop;
};

/* More different texts than this, and in more than half of the rows: an id, or free text. */
enum { MANY_LEVELS = 50 };

/* ---- learning ---- */

static void warn_levels(const struct ml_column *c, size_t levels, double rows,
			const struct ml_run *run)
{
	if (run && run->warn && c->kind != ML_NUMBER && levels > MANY_LEVELS &&
	    (double)levels > rows / 2)
		run->warn(run->user, "W-LEVELS", SIZE_MAX,
			  "column '%s': %zu different texts in %.0f rows: an id, or free text?",
			  ML_SHOW(c->name, strlen(c->name)), levels, rows);
}

/* The levels that rows have, sorted, parted into kept and rare. */
static int part_levels(struct onehot *m, size_t k, const struct ml_coded *v,
		       const struct ml_masses *mass, double min_count, struct ml_error *err)
{
	struct ml_levels *used = NULL;
	int32_t code;
	int rc = ml_coded_used(v, mass, &used, err);

	for (size_t i = 0; !rc && i < used->n; i++) {
		code = ml_levels_find(v->levels, used->name[i], used->len[i]);
		rc = ml_levels_add(mass->level[code] < min_count ? m->rare[k] : m->kept[k],
				   used->name[i], used->len[i], &code, err);
	}
	ml_levels_free(used);
	return rc;
}

/* The state of a level: its place among the kept, or the pool; -1 when it is not known. */
static int32_t state_of(const struct onehot *m, size_t k, const char *s, size_t len)
{
	int32_t code = ml_levels_find(m->kept[k], s, len);

	if (code < 0 && ml_levels_find(m->rare[k], s, len) >= 0)
		code = (int32_t)m->kept[k]->n;
	return code;
}

static int learn(struct onehot *m, size_t k, const struct ml_prep_fit *f, size_t column,
		 const struct onehot_opts *o, const struct ml_run *run, struct ml_error *err)
{
	const struct ml_column *c = &f->table->col[column];
	struct ml_coded v;
	struct ml_masses mass = { 0 };
	double rows = 0;
	int rc = ml_coded_init(&v, c, f->table->rows, err);

	if (!rc)
		rc = ml_masses_init(&mass, &v, f->w, err);
	if (!rc)
		rc = part_levels(m, k, &v, &mass, (double)o->min_count, err);
	if (!rc) {
		size_t mode = ml_masses_mode(&mass, v.levels);

		m->had[k] = mass.missing > 0;
		m->most[k] = mode == SIZE_MAX ? -1
					      : state_of(m, k, v.levels->name[mode],
							 v.levels->len[mode]);
		for (size_t l = 0; l < v.levels->n; l++)
			rows += mass.level[l];
		warn_levels(c, m->kept[k]->n + m->rare[k]->n, rows, run);
	}
	if (!rc && m->kept[k]->n > (size_t)o->max_levels)
		rc = ml_fail(err, ML_EDATA, "E-LIMIT",
			     "%s: %zu levels, more than --max-levels %lld: pool rare ones "
			     "(--min-count) or leave the column out",
			     ML_SHOW(c->name, strlen(c->name)), m->kept[k]->n,
			     (long long)o->max_levels);
	ml_masses_release(&mass);
	ml_coded_release(&v);
	return rc;
}

static int make_state(struct onehot *m, size_t n, struct ml_error *err)
{
	int rc = ml_level_sets_init(&m->kept, n, err);

	m->n = n;
	if (!rc)
		rc = ml_level_sets_init(&m->rare, n, err);
	if (!rc && (!(m->most = ml_alloc(n, sizeof *m->most, err)) ||
		    !(m->had = ml_alloc(n, sizeof *m->had, err))))
		rc = err->code;
	return rc;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *options, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct onehot *m = state;
	const struct onehot_opts *o = options;
	int rc = ml_table_pick(f->table, f->spec, cols, n, err);

	if (!rc)
		rc = ml_prep_rows(f, err);
	if (!rc)
		rc = make_state(m, *n, err);
	m->unknown = o->unknown;
	m->drop = o->drop;
	for (size_t k = 0; !rc && k < m->n; k++)
		rc = learn(m, k, f, (*cols)[k], o, run, err);
	return rc;
}

/* ---- applying ---- */

struct names {
	size_t n;
	const char **suffix; /* of every state; views into the levels and into own */
	char *own;
};

/* `word` with underscores behind it until no level is named so; into out. */
static const char *new_name(const char *word, const struct ml_levels *l, char *out)
{
	size_t len = strlen(word);

	memcpy(out, word, len + 1);
	while (ml_levels_find(l, out, len) >= 0) {
		out[len++] = '_';
		out[len] = '\0';
	}
	return out;
}

static int name_states(struct names *s, const struct onehot *m, size_t k, struct ml_error *err)
{
	const struct ml_levels *kept = m->kept[k];
	size_t room = kept->n + sizeof "other"; /* each level takes one underscore at most */

	*s = (struct names){ .suffix = ml_alloc(kept->n + 2, sizeof *s->suffix, err) };
	if (!s->suffix || !(s->own = ml_alloc(2, room, err)))
		return err->code;
	for (; s->n < kept->n; s->n++)
		s->suffix[s->n] = kept->name[s->n];
	if (m->rare[k]->n)
		s->suffix[s->n++] = new_name("other", kept, s->own);
	if (m->had[k])
		s->suffix[s->n++] = new_name("NA", kept, s->own + room);
	return ML_OK;
}

static void release_names(struct names *s)
{
	free(s->suffix);
	free(s->own);
}

/* The dummy of each row, -1: none. */
static int find_slots(const struct onehot *m, size_t k, const struct ml_table *t,
		      const struct ml_column *c, int32_t *slot, struct ml_tally *tally,
		      struct ml_error *err)
{
	struct ml_coded v;
	int32_t *state = NULL;
	int32_t absent =
		m->had[k] ? (int32_t)(m->kept[k]->n + (m->rare[k]->n > 0)) : m->most[k];
	int rc = ml_coded_init(&v, c, t->rows, err);

	if (!rc && !(state = ml_alloc(v.levels->n, sizeof *state, err)))
		rc = err->code;
	for (size_t l = 0; !rc && l < v.levels->n; l++)
		state[l] = state_of(m, k, v.levels->name[l], v.levels->len[l]);
	for (size_t i = 0; !rc && i < t->rows; i++) {
		int32_t code = v.code[i], now = code < 0 ? absent : state[code];

		if (code < 0) {
			tally->imputed += !m->had[k];
		} else if (now < 0) {
			tally->unseen++;
			if (m->unknown == ERROR)
				rc = ml_coded_unseen(c, &v, i, err);
			now = m->unknown == MISSING ? absent : -1;
		}
		slot[i] = now < 0 ? -1 : now - m->drop;
	}
	free(state);
	ml_coded_release(&v);
	return rc;
}

static int encode(const struct onehot *m, size_t k, struct ml_table *t, size_t column,
		  int32_t *slot, struct ml_tally *tally, struct ml_error *err)
{
	struct names s;
	int rc = name_states(&s, m, k, err);
	size_t drop = rc || (size_t)m->drop > s.n ? 0 : (size_t)m->drop;

	if (!rc)
		rc = find_slots(m, k, t, &t->col[column], slot, tally, err);
	if (!rc)
		rc = ml_dummies_put(t, column, slot, s.suffix + drop, s.n - drop, err);
	release_names(&s);
	return rc;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct onehot *m = state;
	struct ml_tally ignored = { 0 };
	int32_t *slot = ml_alloc(t->rows, sizeof *slot, err);
	size_t *order = ml_columns_backwards(cols, n, err);
	int rc = slot && order ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < n; i++) {
		size_t k = order[i];

		rc = encode(m, k, t, cols[k], slot, tally ? &tally[k] : &ignored, err);
	}
	free(order);
	free(slot);
	return rc;
}

/* ---- fields ---- */

static void save(const void *state, struct ml_fields *out)
{
	const struct onehot *m = state;

	ml_put_text(out, "unknown", unknowns[m->unknown]);
	ml_put_text(out, "drop", drops[m->drop]);
	ml_level_sets_put(out, "levels", m->kept, m->n);
	ml_level_sets_put(out, "rare", m->rare, m->n);
	ml_put_ints(out, "had-missing", m->had, m->n);
	ml_put_ints(out, "most-frequent", m->most, m->n);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct onehot *m = state;

	(void)format; /* only version 1 exists */
	(void)kind;
	m->n = n;
	if (ml_get_word(in, "unknown", unknowns, &m->unknown, err) ||
	    ml_get_word(in, "drop", drops, &m->drop, err) ||
	    ml_level_sets_get(in, "levels", &m->kept, n, err) ||
	    ml_level_sets_get(in, "rare", &m->rare, n, err) ||
	    ml_get_ints(in, "had-missing", &m->had, n, 0, 1, err) ||
	    ml_get_ints(in, "most-frequent", &m->most, n, -1, INT32_MAX - 2, err))
		return err->code;
	for (size_t k = 0; k < n; k++)
		if (m->most[k] >= (int32_t)(m->kept[k]->n + (m->rare[k]->n > 0)))
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "field 'most-frequent': %ld of %zu levels",
				       (long)m->most[k], m->kept[k]->n);
	return ML_OK;
}

static void release(void *state)
{
	struct onehot *m = state;

	ml_level_sets_free(m->kept, m->n);
	ml_level_sets_free(m->rare, m->n);
	free(m->most);
	free(m->had);
}

const struct ml_prep ml_prep_onehot = {
	.name = "onehot",
	.summary = "make a category one 0/1 column for each level",
	.arg = "COLUMNS",
	.example = "@cat",
	.flags = ML_PREP_FEAT,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct onehot_opts),
	.state_size = sizeof(struct onehot),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
};
