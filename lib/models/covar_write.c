/* covar_write.c - kernel expressions as text: written so that reading gives the same tree. */
#include "base/number.h"
#include "models/covar.h"

static void put_number(struct ml_buf *out, double v)
{
	char text[ML_NUMBER_MAX];

	ml_buf_put(out, text, ml_number_print(v, text));
}

static void write_leaf(const struct ml_cov *c, const struct ml_cov_node *node,
		       struct ml_buf *out)
{
	const struct ml_cov_kind_info *info = &ml_cov_kinds[node->kind];
	const struct ml_cov_param *p = c->param + node->param;

	if (node->number) {
		put_number(out, p->value);
		return;
	}
	ml_buf_printf(out, "%s(%s=%s", info->name, info->param[0], node->each > 1 ? "[" : "");
	for (size_t j = 0; j < node->each; j++) {
		if (j)
			ml_buf_byte(out, ' ');
		put_number(out, p[j].value);
	}
	ml_buf_printf(out, "%s%s", node->each > 1 ? "]" : "", p->fixed ? " fixed" : "");
	p += node->each;
	if (info->param[1]) {
		ml_buf_printf(out, ", %s=", info->param[1]);
		put_number(out, p->value);
		ml_buf_text(out, p->fixed ? " fixed" : "");
	}
	ml_buf_byte(out, ')');
}

static void write_node(const struct ml_cov *c, size_t i, struct ml_buf *out);

/* In brackets what would be read otherwise without them. */
static void write_operand(const struct ml_cov *c, size_t i, bool brackets, struct ml_buf *out)
{
	if (brackets)
		ml_buf_byte(out, '(');
	write_node(c, i, out);
	if (brackets)
		ml_buf_byte(out, ')');
}

static void write_node(const struct ml_cov *c, size_t i, struct ml_buf *out)
{
	const struct ml_cov_node *node = &c->node[i];

	if (node->kind < ML_COV_KINDS) {
		write_leaf(c, node, out);
		return;
	}
	bool product = node->kind == ML_COV_PRODUCT;
	enum ml_cov_kind left = c->node[node->left].kind, right = c->node[i - 1].kind;
	write_operand(c, node->left, product && left == ML_COV_SUM, out);
	ml_buf_text(out, product ? "*" : " + ");
	write_operand(c, i - 1, right == ML_COV_SUM || (product && right == ML_COV_PRODUCT),
		      out);
}

void ml_cov_write(const struct ml_cov *c, struct ml_buf *out)
{
	write_node(c, c->nodes - 1, out);
}
