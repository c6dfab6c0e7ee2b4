/* trees_planes.c - the nodes of large trees as fields that deflate well.
 *
 *     split          a byte a node: its feature, 255: a leaf (more features: ints, -1)
 *     split-flags    a byte an inner node
 *     cuts           of inner nodes, in planes: first the lowest bytes of all of them, ...
 *     values         of leaves, likewise
 *     leaf-counts    weights of leaves, of four planes; leaf-weights where they are not whole
 *
 * Cuts and values apart, and bytes of one rank together, take two thirds of what nodes as they
 * stand in memory take when deflated, and a tenth of the time. */
#include "models/trees_planes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LEAF = 255 };

/* ---- planes ---- */

static void put_planes(struct ml_fields *out, const char *name, const uint64_t *v, size_t n,
		       size_t bytes)
{
	struct ml_error err;
	unsigned char *planes = ml_alloc(n, bytes, &err);

	out->failed |= !planes;
	for (size_t b = 0; planes && b < bytes; b++)
		for (size_t k = 0; k < n; k++)
			planes[b * n + k] = (unsigned char)(v[k] >> 8 * b);
	if (planes)
		ml_put_bytes(out, name, planes, n * bytes);
	free(planes);
}

static int get_planes(uint64_t **v, size_t n, size_t bytes, const char *name,
		      const struct ml_fields *in, struct ml_error *err)
{
	unsigned char *planes = NULL;
	int rc = ml_get_bytes(in, name, &planes, n * bytes, err);

	if (!rc && !(*v = ml_alloc(n, sizeof **v, err)))
		rc = err->code;
	for (size_t b = 0; !rc && b < bytes; b++)
		for (size_t k = 0; k < n; k++)
			(*v)[k] |= (uint64_t)planes[b * n + k] << 8 * b;
	free(planes);
	return rc;
}

static uint64_t bits_of(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	return bits;
}

/* ---- to fields ---- */

static void put_split(const struct ml_flat_nodes *f, size_t features, unsigned char *room,
		      struct ml_fields *out)
{
	size_t inner = 0;

	for (size_t k = 0; k < f->n; k++)
		room[k] = (unsigned char)(f->feature[k] < 0 ? LEAF : f->feature[k]);
	if (features < LEAF)
		ml_put_bytes(out, "split", room, f->n);
	else
		ml_put_ints(out, "split", f->feature, f->n);
	for (size_t k = 0; k < f->n; k++)
		if (f->feature[k] >= 0)
			room[inner++] = (unsigned char)f->flags[k];
	ml_put_bytes(out, "split-flags", room, inner);
}

static void put_at(const struct ml_flat_nodes *f, bool leaf, const char *name, uint64_t *room,
		   struct ml_fields *out)
{
	size_t n = 0;

	for (size_t k = 0; k < f->n; k++)
		if ((f->feature[k] < 0) == leaf)
			room[n++] = bits_of(f->at[k]);
	put_planes(out, name, room, n, sizeof *room);
}

static void put_weights(const struct ml_flat_nodes *f, uint64_t *room, struct ml_fields *out)
{
	struct ml_error err;
	double *weight = ml_alloc(f->n, sizeof *weight, &err);
	bool whole = true;
	size_t n = 0;

	out->failed |= !weight;
	for (size_t k = 0; weight && k < f->n; k++) {
		double w = f->cover[k];

		if (f->feature[k] >= 0)
			continue;
		whole &= w <= UINT32_MAX && w == floor(w);
		room[n] = w <= UINT32_MAX ? (uint64_t)w : 0;
		weight[n++] = w;
	}
	if (weight && whole)
		put_planes(out, "leaf-counts", room, n, sizeof(uint32_t));
	else if (weight)
		ml_put_reals(out, "leaf-weights", weight, n);
	free(weight);
}

void ml_planes_put(const struct ml_flat_nodes *f, size_t features, struct ml_fields *out)
{
	struct ml_error err;
	uint64_t *room = ml_alloc(f->n, sizeof *room, &err);
	unsigned char *bytes = ml_alloc(f->n, 1, &err);

	out->failed |= !room || !bytes;
	if (room && bytes) {
		put_split(f, features, bytes, out);
		put_at(f, false, "cuts", room, out);
		put_at(f, true, "values", room, out);
		put_weights(f, room, out);
	}
	free(bytes);
	free(room);
}

/* ---- from fields ---- */

bool ml_planes_has(const struct ml_fields *in)
{
	return ml_has(in, "split");
}

static int get_split(struct ml_flat_nodes *f, size_t features, size_t most,
		     const struct ml_fields *in, struct ml_error *err)
{
	unsigned char *bytes = NULL;

	if (ml_get_count(in, "split", most, &f->n, err))
		return err->code;
	if (features >= LEAF)
		return ml_get_ints(in, "split", &f->feature, f->n, -1, (int32_t)features - 1,
				   err);
	int rc = ml_get_bytes(in, "split", &bytes, f->n, err);
	if (!rc && !(f->feature = ml_alloc(f->n, sizeof *f->feature, err)))
		rc = err->code;
	for (size_t k = 0; !rc && k < f->n; k++) {
		f->feature[k] = bytes[k] == LEAF ? -1 : bytes[k];
		if (f->feature[k] >= (int32_t)features)
			rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'split': %u of %zu",
				     bytes[k], features);
	}
	free(bytes);
	return rc;
}

static int get_flags(struct ml_flat_nodes *f, size_t inner, const struct ml_fields *in,
		     struct ml_error *err)
{
	unsigned char *bytes = NULL;
	size_t n = 0;

	if (ml_get_bytes(in, "split-flags", &bytes, inner, err))
		return err->code;
	int rc = (f->flags = ml_alloc(f->n, sizeof *f->flags, err)) ? ML_OK : err->code;
	for (size_t k = 0; !rc && k < f->n; k++) {
		if (f->feature[k] < 0)
			continue;
		f->flags[k] = bytes[n++];
		if (f->flags[k] > (ML_MISSING_LEFT | ML_IN_SET))
			rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'split-flags': %d",
				     f->flags[k]);
	}
	free(bytes);
	return rc;
}

static int get_at(struct ml_flat_nodes *f, bool leaf, size_t n, const char *name,
		  const struct ml_fields *in, struct ml_error *err)
{
	uint64_t *bits = NULL;
	size_t at = 0;
	int rc = get_planes(&bits, n, sizeof *bits, name, in, err);

	for (size_t k = 0; !rc && k < f->n; k++) {
		if ((f->feature[k] < 0) != leaf)
			continue;
		memcpy(&f->at[k], &bits[at++], sizeof *bits);
		if (!isfinite(f->at[k]))
			rc = ml_fail(err, ML_EDATA, "E-MODEL", "field '%s': not a number",
				     name);
	}
	free(bits);
	return rc;
}

static int get_weights(struct ml_flat_nodes *f, size_t leaves, const struct ml_fields *in,
		       struct ml_error *err)
{
	uint64_t *count = NULL;
	double *weight = NULL;
	size_t at = 0;
	int rc = ml_has(in, "leaf-counts")
			 ? get_planes(&count, leaves, sizeof(uint32_t), "leaf-counts", in, err)
			 : ml_get_reals(in, "leaf-weights", &weight, leaves, err);

	for (size_t k = 0; !rc && k < f->n; k++)
		if (f->feature[k] < 0) {
			f->cover[k] = count ? (double)count[at] : weight[at];
			at++;
		}
	free(weight);
	free(count);
	return rc;
}

int ml_planes_get(struct ml_flat_nodes *f, size_t features, size_t most,
		  const struct ml_fields *in, struct ml_error *err)
{
	size_t leaves = 0;
	int rc = get_split(f, features, most, in, err);

	for (size_t k = 0; !rc && k < f->n; k++)
		leaves += f->feature[k] < 0;
	if (!rc)
		rc = get_flags(f, f->n - leaves, in, err);
	if (!rc && (!(f->at = ml_alloc(f->n, sizeof *f->at, err)) ||
		    !(f->cover = ml_alloc(f->n, sizeof *f->cover, err))))
		rc = err->code;
	if (!rc)
		rc = get_at(f, false, f->n - leaves, "cuts", in, err);
	if (!rc)
		rc = get_at(f, true, leaves, "values", in, err);
	return rc ? rc : get_weights(f, leaves, in, err);
}
