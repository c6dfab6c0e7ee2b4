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
LIBS = -lgsl -lopenblas -lcsv -lnettle -ljansson -lz -lm
SAN =

lib_src := $(sort $(wildcard lib/*/*.c))
tool_src := $(sort $(wildcard tools/ml-*.c))
frame_src := $(filter-out $(tool_src),$(wildcard tools/*.c))
unit_src := $(sort $(wildcard tests/unit/*.c))
lib_obj := $(lib_src:%.c=$(BUILD)/%.o)
frame_obj := $(frame_src:%.c=$(BUILD)/%.o)
tools := $(tool_src:tools/%.c=$(BUILD)/bin/%)
units := $(unit_src:tests/unit/%.c=$(BUILD)/unit/%)
# Pages of tools are made from NAME.1.in and the tool's option tables; the others are whole.
pages := $(patsubst man/%.in,$(BUILD)/man/%,$(wildcard man/*.in)) \
	$(patsubst man/%,$(BUILD)/man/%,$(filter-out %.in,$(wildcard man/ml*.[0-9])))

# Short lines; `make V=1` shows the commands.
ifndef V
.SILENT:
say = @echo '  $(1)  $(patsubst $(BUILD)/%,%,$@)'
endif

.PHONY: all man deps demo check units check-asan check-ubsan check-tsan install install-lib uninstall dist \
	clean help

all: $(tools) ## build the tools into build/bin

# One archive of the library, one of the tools' frame: the linker takes what a tool needs.
$(BUILD)/libml.a: $(lib_obj)
$(BUILD)/libcli.a: $(frame_obj)
$(BUILD)/%.a:
	$(call say,AR)
	@rm -f $@
	$(AR) rcs $@ $^

# Tools that ask estimators and never fit one get them without their fits (models/model.h), and so need
# not load GSL and OpenBLAS, which would be most of their start-up.
asking_tools = $(BUILD)/bin/ml-predict $(BUILD)/bin/ml-check $(BUILD)/bin/ml-cv $(BUILD)/bin/ml-eval
$(asking_tools): $(BUILD)/libask.a
# Asked for first, so that the library's own is not taken when only the library asks.
$(asking_tools): BASE_LDFLAGS += -Wl,-u,ml_model_find
$(BUILD)/libask.a: $(patsubst lib/%.c,$(BUILD)/ask/%.o,$(wildcard lib/models/*.c lib/prep/*.c))

# Likewise those that apply preparations and learn none that needs more than the table (prep/prep.h).
applying_tools = $(asking_tools) $(BUILD)/bin/ml-clean $(BUILD)/bin/ml-split
$(applying_tools): $(BUILD)/libask.a
$(applying_tools): BASE_LDFLAGS += -Wl,-u,ml_prep_find

# What these take of GSL calls no BLAS: the smallest one does.  Without optimisation functions of fitting that nobody calls
# are linked as well, and want LAPACK.
counting_tools = $(BUILD)/bin/ml-eval
$(counting_tools): LIBS := $(if $(filter -O0,$(OPT)),$(LIBS),$(subst -lopenblas,-lgslcblas,$(LIBS)))

$(BUILD)/ask/%.o: lib/%.c
	$(call say,CC)
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) -DML_ASK_ONLY $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bin/%: $(BUILD)/tools/%.o $(BUILD)/libcli.a $(BUILD)/libml.a
	$(call say,LD)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(BASE_LDFLAGS) $(LDFLAGS) -o $@ $(filter-out %/libml.a,$^) $(BUILD)/libml.a $(LIBS)

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libml.a
	$(call say,LD)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(BASE_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	$(call say,CC)
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/man/%.1: man/%.1.in $(BUILD)/bin/%
	@mkdir -p $(@D)
	$(BUILD)/bin/$* --mdoc >$@.options
	sed -e '/^@OPTIONS@$$/{r $@.options' -e 'd;}' $< >$@
	@rm -f $@.options

$(BUILD)/man/%: man/%
	@mkdir -p $(@D)
	cp $< $@

man: $(pages) ## build the manual pages into build/man

units: $(units)

# ---- for a new machine ----

DEPS = gcc make libgsl-dev libopenblas-serial-dev zlib1g-dev libcsv-dev nettle-dev libjansson-dev \
	bats mandoc parallel

deps: ## install what is missing (Debian; asks sudo when not root)
	@missing=; for p in $(DEPS); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || \
			missing="$$missing $$p"; \
	done; \
	if [ -n "$$missing" ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		echo "installing$$missing"; \
		$$sudo apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends \
			$$missing; \
	fi

demo: all ## build, then run the main job on a real table
	ML_BIN=$(abspath $(BUILD)/bin) examples/churn.sh

# ---- tests ----

check: all units man ## run all tests; ends with "N passed, N failed"
	ML_BUILD=$(abspath $(BUILD)) tests/run

check-asan: ## the same under address and undefined-behaviour sanitizers
	$(MAKE) BUILD=$(BUILD)-asan SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' \
		HARDEN='-fPIE -fno-omit-frame-pointer' OPT=-O1 check

check-ubsan: ## the same under the undefined-behaviour sanitizer alone, optimised as for users
	$(MAKE) BUILD=$(BUILD)-ubsan SAN='-fsanitize=undefined,float-cast-overflow -fno-sanitize-recover=all' \
		HARDEN='-fPIE -fno-omit-frame-pointer' check

check-tsan: ## unit tests under the thread sanitizer
	$(MAKE) BUILD=$(BUILD)-tsan SAN=-fsanitize=thread HARDEN=-fPIE OPT=-O1 all units
	ML_BUILD=$(abspath $(BUILD)-tsan) tests/run tests/unit

# Targets of families stand beside them: make fuzz, make check-oom, make bench, ...
-include $(wildcard tests/*/*.mk bench/*.mk)

# ---- installing ----

share = $(DESTDIR)$(PREFIX)/share

install: all man ## install tools, manual pages and completions into $(DESTDIR)$(PREFIX)
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(share)/bash-completion/completions' \
		'$(share)/fish/vendor_completions.d' '$(share)/zsh/site-functions'
	install -m 755 $(tools) '$(DESTDIR)$(PREFIX)/bin'
	for page in $(pages); do \
		dir='$(share)/man/man'$${page##*.}; \
		install -d "$$dir" && install -m 644 $$page "$$dir" || exit 1; \
	done
	for tool in $(tools); do \
		name=$${tool##*/}; \
		$$tool --completion bash >'$(share)/bash-completion/completions/'$$name && \
		$$tool --completion fish >'$(share)/fish/vendor_completions.d/'$$name.fish && \
		$$tool --completion zsh >'$(share)/zsh/site-functions/'_$$name || exit 1; \
	done

# The library is static; what it needs itself stands in mlutils.pc.
install-lib: $(BUILD)/libml.a ## install libml.a, headers, mlutils.pc into $(DESTDIR)$(PREFIX)
	install -d '$(DESTDIR)$(PREFIX)/lib/pkgconfig'
	install -m 644 $(BUILD)/libml.a '$(DESTDIR)$(PREFIX)/lib'
	for dir in lib/*/; do \
		to='$(DESTDIR)$(PREFIX)/include/mlutils/'$${dir#lib/}; \
		install -d "$$to" && install -m 644 $$dir*.h "$$to" || exit 1; \
	done
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' \
		'includedir=$${prefix}/include/mlutils' '' 'Name: mlutils' \
		'Description: machine learning as Unix filters: the library' 'Version: $(VERSION)' \
		'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -lml $(LIBS) -pthread' \
		>'$(DESTDIR)$(PREFIX)/lib/pkgconfig/mlutils.pc'

uninstall: ## remove what install and install-lib have put there
	for name in $(notdir $(tools)); do \
		rm -f '$(DESTDIR)$(PREFIX)/bin/'$$name '$(share)/bash-completion/completions/'$$name \
			'$(share)/fish/vendor_completions.d/'$$name.fish \
			'$(share)/zsh/site-functions/'_$$name; \
	done
	for page in $(notdir $(pages)); do rm -f '$(share)/man/man'$${page##*.}/$$page; done
	rm -f '$(DESTDIR)$(PREFIX)/lib/libml.a' '$(DESTDIR)$(PREFIX)/lib/pkgconfig/mlutils.pc'
	rm -rf '$(DESTDIR)$(PREFIX)/include/mlutils'

dist: ## make mlutils-VERSION.tar.gz from the committed tree
	git archive --prefix=mlutils-$(VERSION)/ HEAD | gzip -9n >mlutils-$(VERSION).tar.gz

clean: ## remove everything built
	rm -rf $(BUILD) $(BUILD)-* mlutils-$(VERSION).tar.gz

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile $(wildcard tests/*/*.mk bench/*.mk) | expand -t 18

# Objects are kept: a second `make` has nothing to do.
.SECONDARY:

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
