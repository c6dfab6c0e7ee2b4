/* gates.c - gates read and judged. */
#include "core/gates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"

static const char *const relations[] = {
	[ML_AT_LEAST] = ">=", [ML_AT_MOST] = "<=", [ML_ABOVE] = ">",
	[ML_BELOW] = "<",     [ML_EQUAL] = "==",
};
enum { RELATIONS = sizeof relations / sizeof *relations };
static const char CHAMPION[] = "champion";

static bool holds(double value, enum ml_relation relation, double bound)
{
	const bool is[] = {
		[ML_AT_LEAST] = value >= bound, [ML_AT_MOST] = value <= bound,
		[ML_ABOVE] = value > bound,     [ML_BELOW] = value < bound,
		[ML_EQUAL] = value == bound,
	};
	return is[relation]; /* NaN: none of them */
}

/* ---- as typed ---- */

/* The operator is the last one in the text, so that classes may hold such characters. */
static bool find_relation(const char *text, size_t *from, size_t *to,
			  enum ml_relation *relation)
{
	for (size_t i = strlen(text); i-- > 0;)
		for (size_t r = 0; r < RELATIONS; r++) {
			size_t n = strlen(relations[r]);
			bool part = i > 0 && n == 1 && strchr("<>=", text[i - 1]);
			if (strncmp(text + i, relations[r], n) || part)
				continue;
			*from = i;
			*to = i + n;
			*relation = (enum ml_relation)r;
			return true;
		}
	return false;
}

static const char *skip(const char *s)
{
	return s + strspn(s, " ");
}

/* A number, and the blanks behind it. */
static bool take_number(const char **s, double *value)
{
	size_t n = strcspn(*s, " *%@");
	struct ml_number number;

	if (!ml_number_parse(*s, n, &number))
		return false;
	*value = number.value;
	*s = skip(*s + n);
	return true;
}

static bool take_limit(const char **s, struct ml_gate *g)
{
	if (strncmp(*s, CHAMPION, sizeof CHAMPION - 1))
		return take_number(s, &g->bound);
	g->factor = 1;
	*s = skip(*s + sizeof CHAMPION - 1);
	if (**s == '*') {
		*s = skip(*s + 1);
		/* "champion*1.02+3": the sign ends the factor */
		size_t n = strcspn(*s, " +-@");
		struct ml_number number;
		if (!ml_number_parse(*s, n, &number) || number.value == 0)
			return false;
		g->factor = number.value;
		*s = skip(*s + n);
	}
	if (**s != '+' && **s != '-')
		return true;
	double sign = **s == '-' ? -1 : 1;
	*s = skip(*s + 1);
	if (strchr("+-", **s) || !take_number(s, &g->bound))
		return false;
	g->bound *= sign;
	return true;
}

/* 0.95, 95% or 95. */
static bool take_level(const char **s, struct ml_gate *g)
{
	if (**s != '@')
		return true;
	*s = skip(*s + 1);
	if (!take_number(s, &g->level))
		return false;
	bool percent = **s == '%';
	if (percent)
		*s = skip(*s + 1);
	if (percent || g->level >= 1)
		g->level /= 100;
	return g->level >= 0.5 && g->level < 1 && g->relation != ML_EQUAL;
}

int ml_gates_add(struct ml_measures *m, const struct ml_scoring *s, const char *text,
		 struct ml_error *err)
{
	struct ml_gate g = { .text = text };

	bool ok = find_relation(text, &g.len, &g.limit, &g.relation);
	while (ok && g.len > 0 && text[g.len - 1] == ' ')
		g.len--;
	const char *at = skip(text + g.limit);
	g.limit = (size_t)(at - text);
	if (!ok || !take_limit(&at, &g) || !take_level(&at, &g) || *at)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--gate '%s': expected METRIC, one of >= <= > < ==, and a number "
			"or 'champion * NUMBER - NUMBER', then '@ LEVEL' from 50%% up "
			"(not behind ==)",
			ML_SHOW(text, strlen(text)));
	if (ml_measures_add(m, s, text, g.len, true, &g.item, err) ||
	    ML_GROW(m->gate, m->gates_cap, m->gates + 1, err))
		return err->code;
	m->gate[m->gates++] = g;
	return ML_OK;
}

bool ml_gates_champion(const struct ml_measures *m)
{
	bool any = false;

	for (size_t i = 0; i < m->gates; i++)
		any |= m->gate[i].factor != 0;
	return any;
}

/* ---- judged ---- */

static bool passes(const struct ml_gate *g, const struct ml_gate_facts *f)
{
	if (g->level > 0)
		return holds(f->bound, g->relation, 0);
	/* champion * 0 may be NaN where there is none */
	double limit = g->factor != 0 ? g->factor * f->champion + g->bound : g->bound;
	return holds(f->value, g->relation, limit);
}

static const char *print(double v, char out[ML_NUMBER_MAX])
{
	return ml_number_print(v, out) ? out : "NA";
}

static void complain(const struct ml_gate *g, const struct ml_gate_facts *f, struct ml_buf *out)
{
	char number[ML_NUMBER_MAX];
	const char *limit = g->text + g->limit;

	ml_buf_text(out, out->n ? "; " : "");
	ml_buf_printf(out, "%s is %s, ", ML_SHOW(g->text, g->len), print(f->value, number));
	if (g->factor == 0 && g->level == 0) {
		ml_buf_printf(out, "expected %s %s", relations[g->relation],
			      print(g->bound, number));
		return;
	}
	ml_buf_printf(out, "expected %s %s", relations[g->relation],
		      ML_SHOW(limit, strlen(limit)));
	if (g->factor != 0)
		ml_buf_printf(out, ", the champion's is %s", print(f->champion, number));
	if (g->level > 0) {
		double apart = f->value - g->bound;
		apart -= g->factor != 0 ? g->factor * f->champion : 0;
		bool least = g->relation == ML_AT_LEAST || g->relation == ML_ABOVE;
		ml_buf_printf(out,
			      "; it is %.3g from that limit, and with %.4g %% confidence %s",
			      apart, 100 * g->level, least ? "at least" : "at most");
		ml_buf_printf(out, isnan(f->bound) ? " NA" : " %.3g", f->bound);
	}
}

int ml_gates_check(const struct ml_measures *m, const struct ml_gate_facts *facts,
		   struct ml_error *err)
{
	struct ml_buf failed = { 0 };

	for (size_t i = 0; i < m->gates; i++)
		if (!passes(&m->gate[i], &facts[i]))
			complain(&m->gate[i], &facts[i], &failed);
	int rc = ml_buf_check(&failed, err);
	if (!rc && failed.n)
		rc = ml_fail(err, ML_NO, "E-GATE", "gate failed: %s", ml_buf_str(&failed));
	ml_buf_release(&failed);
	return rc;
}
