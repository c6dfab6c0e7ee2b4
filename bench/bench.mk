# bench.mk - make bench: how fast the tools are beside others (bench/README.md).

bench_tools := $(patsubst bench/%.c,$(BUILD)/bench/%,$(wildcard bench/*.c))

.PHONY: bench
$(BUILD)/bench/%: bench/%.c $(BUILD)/libml.a
	@mkdir -p $(@D)
	$(CC) -std=c11 -O3 $(WARN) -Ilib -o $@ $^ -lm

bench: all $(bench_tools) ## times and memory beside other programs; ROWS=100000 is quick
	ROWS=$(or $(ROWS),1000000) RUNS=$(or $(RUNS),3) ML_BUILD=$(BUILD) bench/run
