/* older.h - put before all that is compiled (make check-cpus): the CPU seems to be older than
 * it is.  Kernels ask the compiler's builtin which variant to run, and a machine runs one of up
 * to three; a macro that has its own name in its body is not expanded again there. */
#ifdef ML_WITHOUT_avx512
#define __builtin_cpu_supports(unit) \
	(__builtin_strcmp(unit, "avx512f") && __builtin_cpu_supports(unit))
#else
#define __builtin_cpu_supports(unit) 0
#endif
