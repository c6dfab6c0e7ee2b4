# fuzz.mk - fuzz targets: built with the ordinary compiler to replay their corpus in `make check`,
# and with clang and libFuzzer to hunt (README).

FUZZ_CC = clang-14
SECONDS = 60

fuzz_names := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
replays := $(fuzz_names:%=$(BUILD)/fuzz/replay_%)
# Only these of the targets: make fuzz FUZZ="csv gzip"
FUZZ = $(fuzz_names)

.PHONY: fuzz fuzzers

check: $(replays)

$(BUILD)/fuzz/replay_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/libml.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(BASE_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libml.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(BASE_LDFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

fuzzers: $(fuzz_names:%=$(BUILD)/fuzz/fuzz_%)

fuzz: ## hunt with libFuzzer, SECONDS=60 each of FUZZ="NAME..." (all)
	$(MAKE) BUILD=$(BUILD)-fuzz CC=$(FUZZ_CC) OPT=-O1 HARDEN='-fPIE -fno-omit-frame-pointer' \
		SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' \
		CFLAGS='-O1 -g $(WARN) -fPIE -fno-omit-frame-pointer -fsanitize=fuzzer-no-link' fuzzers
	tests/fuzz/hunt $(BUILD)-fuzz $(SECONDS) $(FUZZ)
