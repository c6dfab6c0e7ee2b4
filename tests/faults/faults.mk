# faults.mk - targets that try what happens when things fail, and that results do not depend on where
# they are computed.  Included by the Makefile.

mfail := $(BUILD)/faults/mfail.so
.PHONY: check-oom check-faults check-valgrind check-determinism coverage lint

$(mfail): tests/faults/mfail.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -O2 -Wall -Wextra -shared -fPIC -o $@ $< -ldl

# What `make check` tries of it: tests/oom.tap, tests/hardening.tap.
check: $(mfail)

in_tree = ML_BUILD='$(abspath $(BUILD))' PATH='$(abspath $(BUILD))/bin':"$$PATH"

# -k STEP tries each STEP-th only, names of jobs only these.
OOM =

check-oom: all $(mfail) ## each allocation fails: no leak, no signal, no silence (minutes)
	$(in_tree) tests/faults/tally nice tests/faults/oom.sh $(mfail) $(OOM)

check-faults: all ## system calls fail or are killed at, by strace
	$(in_tree) tests/faults/tally nice tests/faults/sys.sh

check-valgrind: all ## the demo and all tools under valgrind: no error, no leak
	$(in_tree) tests/faults/tally tests/faults/valgrind.sh

check-determinism: all ## the same bytes for threads, places, locales, compilers
	$(in_tree) MAKE='$(MAKE)' BUILD='$(BUILD)' tests/faults/tally nice tests/faults/determinism.sh

with_gcov = OPT=-O0 HARDEN=-fPIE SAN=--coverage
# Programs that tests kill leave counts of which libgcov complains to standard error.
coverage: export GCOV_ERROR_FILE = /dev/null
coverage: ## lines and branches that the tests reach, by directory; 95 % of readers, 85 % of all
	@find $(BUILD)-cov -name '*.gcda' -delete 2>/dev/null || true
	bad=0; \
	$(MAKE) BUILD=$(BUILD)-cov $(with_gcov) check || bad=1; \
	$(MAKE) BUILD=$(BUILD)-cov $(with_gcov) OOM='-k 4' check-oom || bad=1; \
	tests/faults/coverage.sh $(BUILD)-cov || bad=1; \
	exit $$bad

lint: ## clang-tidy, cppcheck, shellcheck (those that are installed): no findings
	tests/faults/tally nice tests/faults/lint.sh
