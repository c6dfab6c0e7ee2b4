/* apart.h - squares of differences to many points, added up. */
#ifndef ML_LA_APART_H
#define ML_LA_APART_H

#include <stddef.h>

/* u[b] += ((x - z[b]) * by)^2 for b < m; the same bits with and without vector instructions. */
void ml_apart_add(double *u, const double *z, double x, double by, size_t m);

#endif
