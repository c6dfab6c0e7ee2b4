# unit.mk - long runs of unit tests that `make check` has short.  Included by the Makefile.

.PHONY: check-numbers check-cpus

check-numbers: $(BUILD)/unit/doubles ## ten million doubles are printed and read back
	tests/faults/tally $(BUILD)/unit/doubles 10000000

# The variants of kernels that this machine does not run (tests/unit/older.h).
check-cpus: ## unit tests as on older CPUs: without AVX-512, and without AVX2
	bad=0; \
	for without in avx512 avx2; do \
		build=$(BUILD)-without-$$without; \
		$(MAKE) BUILD=$$build CPPFLAGS="-include tests/unit/older.h -DML_WITHOUT_$$without" units && \
		ML_BUILD=$(abspath .)/$$build tests/run $(unit_src) || bad=1; \
	done; \
	exit $$bad
