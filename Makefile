# mlutils - machine-learning utilities.  `make help` lists the targets.
#
# Sources are found by wildcard: a new file in lib/ or tools/ needs no line here.

VERSION = 0.1.0
PREFIX = /usr/local
DESTDIR =
BUILD = build

CC = gcc
OPT = -O2
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
HARDEN = -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection
# -ffp-contract=off: results must not depend on whether the compiler fuses a*b+c.
CFLAGS = $(OPT) -g $(WARN) $(HARDEN)
BASE_CFLAGS = -std=c11 -ffp-contract=off -fno-math-errno -pthread -Ilib -Itools \
	-DML_VERSION='"$(VERSION)"' $(SAN)
BASE_LDFLAGS = -pie -pthread -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN)
# GSL's own BLAS is 10 to 40 times slower than OpenBLAS; its functions bind to whichever is linked.
LIBS = -lgsl -lopenblas -lcsv -lnettle -lz -lm
SAN =

lib_src := $(sort $(wildcard lib/*/*.c))
tool_src := $(sort $(wildcard tools/ml-*.c))
frame_src := $(filter-out $(tool_src),$(wildcard tools/*.c))
unit_src := $(sort $(wildcard tests/unit/*.c))
lib_obj := $(lib_src:%.c=$(BUILD)/%.o)
frame_obj := $(frame_src:%.c=$(BUILD)/%.o)
tools := $(tool_src:tools/%.c=$(BUILD)/bin/%)
units := $(unit_src:tests/unit/%.c=$(BUILD)/unit/%)
man_src := $(sort $(wildcard man/*.mdoc))
headers := $(wildcard lib/*/*.h)

.PHONY: all
all: $(tools)

# Generated registries pull every algorithm in by name, so one archive serves all tools and
# the linker takes from it what a tool needs.
$(BUILD)/libml.a: $(lib_obj)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/tools/%.o $(frame_obj) $(BUILD)/libml.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(BASE_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libml.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(BASE_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
