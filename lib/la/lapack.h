/* lapack.h - the LAPACK routines we call; OpenBLAS brings them.  Matrices are column-major
 * there: a row-major matrix is seen transposed, so an upper triangle is a lower one ("L"), and
 * the QR factorisation of our rows is the LQ factorisation of their transpose. None of them
 * notices a NaN: arguments must be finite. */
#ifndef ML_LA_LAPACK_H
#define ML_LA_LAPACK_H

/* Cholesky factor in place; *info > 0: the leading minor of that order is not positive. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
/* The inverse from this factor, in place, the same triangle. */
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
/* A = U S V': with "O", "N" the columns of U take the place of A; values descend. */
void dgesvd_(const char *jobu, const char *jobvt, const int *m, const int *n, double *a,
	     const int *lda, double *s, double *u, const int *ldu, double *vt, const int *ldvt,
	     double *work, const int *lwork, int *info);

/* Eigenvalues number il..iu (1 is the smallest) of a symmetric matrix, in ascending order, and
 * their vectors; *lwork or *liwork -1: only the sizes of work and iwork are told there. */
void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, double *a,
	     const int *lda, const double *vl, const double *vu, const int *il, const int *iu,
	     const double *abstol, int *m, double *w, double *z, const int *ldz, int *isuppz,
	     double *work, const int *lwork, int *iwork, const int *liwork, int *info);
/* Singular values in descending order and vectors, by divide and conquer. */
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s,
	     double *u, const int *ldu, double *vt, const int *ldvt, double *work,
	     const int *lwork, int *iwork, int *info);
/* The same by one-sided Jacobi rotations (Drmac, Veselic 2008): small ones are right to their
 * own last digits when the matrix is well conditioned but for the lengths of its columns. */
void dgesvj_(const char *joba, const char *jobu, const char *jobv, const int *m, const int *n,
	     double *a, const int *lda, double *sva, const int *mv, double *v, const int *ldv,
	     double *work, const int *lwork, int *info);
/* QR factors, and Q from them. */
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
	     const int *lwork, int *info);
void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda,
	     const double *tau, double *work, const int *lwork, int *info);

#endif
