/* spare.h - how much memory there is for work that knows beforehand what it needs. */
#ifndef ML_BASE_SPARE_H
#define ML_BASE_SPARE_H

/* Bytes that can be allocated and used without swapping: what the system has to spare, within
 * the limits of the process (--max-memory) and of its control groups; infinite where nothing is
 * known.  An estimate: others allocate as well. */
double ml_spare_memory(void);

#endif
