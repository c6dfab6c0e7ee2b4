/* covar_text.c - kernel expressions, read.
 *
 * Recursive descent, which ends at ML_COV_DEEPEST brackets and ML_COV_NODES kernels.  Where a
 * range is not given it is 1e-5:1e5, wider when the start is outside. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/similar.h"
#include "base/utf8.h"
#include "models/covar.h"

static const double least = 1e-5, most = 1e5;
/* Squares and products of parameters stay within doubles. */
static const double lowest = 1e-100, highest = 1e100;
/* Bytes of the user's text in a message. */
enum { SHOWN = 40 };

struct reader {
	struct ml_cov *c;
	const char *text, *at;
	bool ard; /* everywhere */
	size_t depth;
	struct ml_error *err;
};

/* ---- words ---- */

static int complain(const struct reader *r, const char *at, const char *wanted)
{
	size_t n = strcspn(at, " \t+*(),=[]"), shown = n ? n : 1;

	if (!*at)
		return ml_fail(r->err, ML_EUSAGE, "E-USAGE",
			       "kernel '%s': %s is missing at the end",
			       ML_SHOW(r->text, strlen(r->text)), wanted);
	return ml_fail(r->err, ML_EUSAGE, "E-USAGE",
		       "kernel, character %zu: '%s' where %s is expected",
		       (size_t)(at - r->text) + 1, ML_SHOW(at, shown < SHOWN ? shown : SHOWN),
		       wanted);
}

static void skip_blanks(struct reader *r)
{
	while (*r->at == ' ' || *r->at == '\t')
		r->at++;
}

static bool takes(struct reader *r, char c)
{
	skip_blanks(r);
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of the name at the cursor, 0 for none. */
static size_t name_length(const struct reader *r)
{
	size_t n = 0;

	while (is_letter(r->at[n]) || (n && is_digit(r->at[n])))
		n++;
	return n;
}

static bool takes_word(struct reader *r, const char *word)
{
	skip_blanks(r);
	size_t n = name_length(r);

	if (n != strlen(word) || memcmp(r->at, word, n))
		return false;
	r->at += n;
	return true;
}

static bool is_number(const struct reader *r)
{
	return is_digit(*r->at) || *r->at == '.' || *r->at == '-';
}

static int take_number(struct reader *r, double *v)
{
	struct ml_number number;
	const char *begin = (skip_blanks(r), r->at), *s = begin;

	while (is_digit(*s) || *s == '.' || *s == '-' ||
	       (s > begin && (*s == 'e' || *s == 'E' || (*s == '+' && (s[-1] | 32) == 'e'))))
		s++;
	if (!ml_number_parse(begin, (size_t)(s - begin), &number))
		return complain(r, begin, "a number");
	if (!(number.value >= lowest && number.value <= highest))
		return ml_fail(r->err, ML_EUSAGE, "E-USAGE",
			       "kernel, character %zu: %s is not in 1e-100..1e100",
			       (size_t)(begin - r->text) + 1,
			       ML_SHOW(begin, (size_t)(s - begin)));
	*v = number.value;
	r->at = s;
	return ML_OK;
}

/* ---- values ---- */

static int check_order(const struct reader *r, const char *at, const struct ml_cov_param *p)
{
	if (p->lo < p->hi && p->lo <= p->value && p->value <= p->hi)
		return ML_OK;
	return ml_fail(r->err, ML_EUSAGE, "E-USAGE",
		       "kernel, character %zu: %g is not in the range %g:%g",
		       (size_t)(at - r->text) + 1, p->value, p->lo, p->hi);
}

/* What stands behind the start of n parameters: fixed, or a range. */
static int take_bounds(struct reader *r, struct ml_cov_param *p, size_t n)
{
	struct ml_cov_param range = { .lo = least, .hi = most };
	const char *at = r->at;
	bool fixed = takes_word(r, "fixed"), in = !fixed && takes_word(r, "in");

	if (in && take_number(r, &range.lo))
		return r->err->code;
	if (in && !takes(r, ':'))
		return complain(r, r->at, "':'");
	if (in && take_number(r, &range.hi))
		return r->err->code;
	for (size_t k = 0; k < n; k++) {
		p[k].fixed = fixed;
		p[k].lo = in ? range.lo : fmin(least, p[k].value);
		p[k].hi = in ? range.hi : fmax(most, p[k].value);
		if (check_order(r, at, &p[k]))
			return r->err->code;
	}
	return ML_OK;
}

/* "[1 2 3]", one a column, for the first parameter of a kernel. */
static int take_list(struct reader *r, struct ml_cov_param *p)
{
	const char *at = r->at;
	size_t n = 0;
	double v = 0;

	for (skip_blanks(r); !takes(r, ']'); skip_blanks(r), n++) {
		if (take_number(r, &v))
			return r->err->code;
		if (n < r->c->columns)
			p[n].value = v;
	}
	if (n != r->c->columns)
		return ml_fail(r->err, ML_EUSAGE, "E-USAGE",
			       "kernel, character %zu: %zu values for %zu columns",
			       (size_t)(at - r->text) + 1, n, r->c->columns);
	return take_bounds(r, p, n);
}

/* START, LO:HI, or a list; n parameters take it. */
static int take_value(struct reader *r, struct ml_cov_param *p, size_t n)
{
	struct ml_cov_param v = { 0 };
	const char *at = (skip_blanks(r), r->at);

	if (take_number(r, &v.value))
		return r->err->code;
	if (takes(r, ':')) {
		v.lo = v.value;
		if (take_number(r, &v.hi))
			return r->err->code;
		v.value = sqrt(v.lo) * sqrt(v.hi);
		if (!(v.lo < v.hi))
			v.value = v.lo;
		if (check_order(r, at, &v))
			return r->err->code;
	}
	for (size_t k = 0; k < n; k++)
		p[k] = v;
	return v.hi > 0 ? ML_OK : take_bounds(r, p, n);
}

/* ---- kernels ---- */

static int add_params(struct reader *r, size_t n, double start)
{
	struct ml_cov *c = r->c;

	if (n > SIZE_MAX - c->params || ML_GROW(c->param, c->cap, c->params + n, r->err))
		return r->err->code;
	start = start > 0 ? start : sqrt((double)c->columns);
	for (size_t k = 0; k < n; k++)
		c->param[c->params++] = (struct ml_cov_param){ .value = start,
							       .lo = fmin(least, start),
							       .hi = fmax(most, start) };
	return ML_OK;
}

static int add_node(struct reader *r, struct ml_cov_node node)
{
	if (r->c->nodes == ML_COV_NODES)
		return ml_fail(r->err, ML_EUSAGE, "E-USAGE",
			       "a kernel of more than %d kernels, sums and products",
			       ML_COV_NODES);
	r->c->node[r->c->nodes++] = node;
	return ML_OK;
}

/* Arguments are read twice: for `ard` and lists, then for the values. */
struct arguments {
	bool given[2];
};

static bool has_list(const struct reader *r)
{
	size_t n = strcspn(r->at, ")");
	const char *s = r->at;

	for (; n > 0; n--, s++) {
		if (*s == '[')
			return true;
		if (!strncmp(s, "ard", 3) && n >= 3 && !is_letter(s[3]) && s > r->text &&
		    !is_letter(s[-1]))
			return true;
	}
	return false;
}

static int take_argument(struct reader *r, const struct ml_cov_kind_info *info,
			 struct ml_cov_node *node, struct arguments *args, bool is_first)
{
	const char *at = (skip_blanks(r), r->at);
	size_t k = 0, n = name_length(r), known = info->param[1] ? 2 : 1;

	if (info->per_column && takes_word(r, "ard"))
		return ML_OK;
	if (n) {
		while (k < known &&
		       (strlen(info->param[k]) != n || memcmp(info->param[k], at, n)))
			k++;
		if (k == known)
			return ml_fail(r->err, ML_EUSAGE, "E-USAGE",
				       "kernel, character %zu: '%s' has no '%s', but %s%s%s%s",
				       (size_t)(at - r->text) + 1, info->name, ML_SHOW(at, n),
				       info->param[0], known > 1 ? ", " : "",
				       known > 1 ? info->param[1] : "",
				       info->per_column ? ", ard" : "");
		r->at += n;
		if (!takes(r, '='))
			return complain(r, r->at, "'='");
	} else if (!is_first) {
		return complain(r, at, "the name of a parameter");
	}
	if (args->given[k])
		return ml_fail(r->err, ML_EUSAGE, "E-USAGE",
			       "kernel, character %zu: %s is given twice",
			       (size_t)(at - r->text) + 1, info->param[k]);
	args->given[k] = true;
	struct ml_cov_param *p = r->c->param + node->param + (k ? node->each : 0);
	if (takes(r, '['))
		return k || !info->per_column ? complain(r, r->at - 1, "a number")
					      : take_list(r, p);
	return take_value(r, p, k ? 1 : node->each);
}

static int take_kernel(struct reader *r, enum ml_cov_kind kind)
{
	const struct ml_cov_kind_info *info = &ml_cov_kinds[kind];
	struct ml_cov_node node = { .kind = kind, .param = r->c->params, .each = 1 };
	struct arguments args = { { false } };
	bool open = takes(r, '(');

	if (info->per_column && (r->ard || (open && has_list(r))))
		node.each = r->c->columns;
	if (add_params(r, node.each, info->start[0]) ||
	    (info->param[1] && add_params(r, 1, info->start[1])))
		return r->err->code;
	for (bool is_first = true; open && !takes(r, ')'); is_first = false) {
		if (!is_first && !takes(r, ','))
			return complain(r, r->at, "',' or ')'");
		if (take_argument(r, info, &node, &args, is_first))
			return r->err->code;
	}
	return add_node(r, node);
}

static int take_constant(struct reader *r)
{
	struct ml_cov_node node = {
		.kind = ML_COV_CONST, .param = r->c->params, .each = 1, .number = true
	};
	struct ml_cov_param p = { .fixed = true };

	if (take_number(r, &p.value) || add_params(r, 1, p.value))
		return r->err->code;
	p.lo = fmin(least, p.value);
	p.hi = fmax(most, p.value);
	r->c->param[node.param] = p;
	return add_node(r, node);
}

static int unknown(const struct reader *r, size_t n)
{
	const char *names[ML_COV_KINDS];
	char word[SHOWN + 1] = "";
	struct ml_buf list = { 0 };

	for (size_t k = 0; k < ML_COV_KINDS; k++) {
		names[k] = ml_cov_kinds[k].name;
		ml_buf_printf(&list, "%s%s", k ? ", " : "", names[k]);
	}
	memcpy(word, r->at, n < SHOWN ? n : SHOWN);
	size_t near = ml_similar(word, names, ML_COV_KINDS);
	ml_fail(r->err, ML_EUSAGE, "E-USAGE",
		"kernel, character %zu: '%s' is not one of %s%s%s%s",
		(size_t)(r->at - r->text) + 1, ML_SHOW(r->at, n), ml_buf_str(&list),
		near == SIZE_MAX ? "" : "; did you mean '", near == SIZE_MAX ? "" : names[near],
		near == SIZE_MAX ? "" : "'?");
	ml_buf_release(&list);
	return r->err->code;
}

static int take_sum(struct reader *r);

static int take_factor(struct reader *r)
{
	const char *at = (skip_blanks(r), r->at);

	if (takes(r, '(')) {
		if (++r->depth > ML_COV_DEEPEST)
			return ml_fail(
				r->err, ML_EUSAGE, "E-USAGE",
				"kernel, character %zu: more than %d brackets in each other",
				(size_t)(at - r->text) + 1, ML_COV_DEEPEST);
		int rc = take_sum(r);
		r->depth--;
		return rc || takes(r, ')') ? rc : complain(r, r->at, "'+', '*' or ')'");
	}
	if (is_number(r))
		return take_constant(r);
	size_t n = name_length(r);
	if (!n)
		return complain(r, at, "a kernel");
	for (size_t k = 0; k < ML_COV_KINDS; k++)
		if (strlen(ml_cov_kinds[k].name) == n && !memcmp(ml_cov_kinds[k].name, at, n)) {
			r->at += n;
			return take_kernel(r, (enum ml_cov_kind)k);
		}
	return unknown(r, n);
}

static int take_chain(struct reader *r, int (*next)(struct reader *), char sign,
		      enum ml_cov_kind kind)
{
	int rc = next(r);

	while (!rc && takes(r, sign)) {
		size_t left = r->c->nodes - 1;

		rc = next(r);
		if (!rc)
			rc = add_node(r, (struct ml_cov_node){ .kind = kind, .left = left });
	}
	return rc;
}

static int take_product(struct reader *r)
{
	return take_chain(r, take_factor, '*', ML_COV_PRODUCT);
}

static int take_sum(struct reader *r)
{
	return take_chain(r, take_product, '+', ML_COV_SUM);
}

int ml_cov_read(struct ml_cov *c, const char *text, size_t columns, bool ard,
		struct ml_error *err)
{
	struct reader r = { .c = c, .text = text, .at = text, .ard = ard, .err = err };

	*c = (struct ml_cov){ .columns = columns };
	int rc = take_sum(&r);
	skip_blanks(&r);
	return rc || !*r.at ? rc : complain(&r, r.at, "'+' or '*'");
}
