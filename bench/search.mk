# search.mk - make bench-search: methods of search on functions with known minima (bench/README.md).

.PHONY: bench-search
$(BUILD)/bench/regret: bench/search/regret.c tests/unit/searching.h tests/unit/objectives.h $(BUILD)/libml.a
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -Itests/unit $(BASE_LDFLAGS) -o $@ $< $(BUILD)/libml.a $(LIBS)

bench-search: $(BUILD)/bench/regret ## how near methods of search come to minima, beside random search
	for lag in 1 8; do echo "lag $$lag"; $(BUILD)/bench/regret -l $$lag || exit 1; done
