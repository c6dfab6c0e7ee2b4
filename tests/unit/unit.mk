# unit.mk - long runs of unit tests that `make check` has short.  Included by the Makefile.

.PHONY: check-numbers

check-numbers: $(BUILD)/unit/doubles ## ten million doubles are printed and read back
	tests/faults/tally $(BUILD)/unit/doubles 10000000
