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

#endif
