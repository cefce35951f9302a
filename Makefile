# ospsim: `make help` lists the targets. Built with GNU make, gcc and pkg-config on Debian 12.
PROGRAM  := simulate
BUILD    ?= build
ARCH     ?= native
CC       := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
PACKAGES := openblas inih zlib libxxhash gsl
WARN     := -Wall -Wextra -Wshadow -Wconversion
# No -ffast-math and no contraction: equal expressions must give equal bits in every process. Operators may fuse
# products and sums: what they compute is never computed a second time elsewhere.
MARCH     = $(ARCH:%=-march=%)
OPT      ?= -O3 $(MARCH) -ffp-contract=off
CFLAGS   ?= -g
FLAGS     = -std=gnu11 $(WARN) $(OPT) -I. $(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g') $(CPPFLAGS) $(CFLAGS)
# GSL's own BLAS stays out: every cblas call must go to OpenBLAS.
LIBS      = $(filter-out -lgslcblas,$(shell pkg-config --libs $(PACKAGES))) -lm -lrt -lpthread $(LDLIBS)

# Where it is going to be installed, below DESTDIR where that is given.
PREFIX   ?= /usr/local
DATADIR   = $(PREFIX)/share/ospsim
INTO      = $(DESTDIR)$(PREFIX)
VERSION  := $(shell sed -n 's/^\#define PROGRAM_VERSION "\(.*\)"/\1/p' sim/host.h)
RELEASE  := ospsim-$(VERSION)

# What is installed: a folder below the prefix, a colon, a file; and two that get another name.
INSTALLED  = bin:$(PROGRAM) $(addprefix share/man/man1:,$(wildcard man/*.1)) $(addprefix share/man/man5:,$(wildcard man/*.5)) \
             $(addprefix share/ospsim/experiments:,$(wildcard experiments/*.ini)) \
             $(addprefix share/ospsim/experiments/networks:,$(wildcard experiments/networks/*)) \
             $(addprefix share/ospsim/experiments/published:,$(wildcard experiments/published/*.ini)) \
             $(addprefix share/ospsim/experiments/record:,$(wildcard experiments/record/*.ini experiments/record/*.csv)) \
             $(addprefix share/ospsim/plots:,$(filter-out %.png,$(wildcard plots/*))) share/ospsim:models/data/fetch.sh \
             $(addprefix share/doc/ospsim:,README.md CHANGELOG.md LICENSE CITATION.cff) \
             $(addprefix share/doc/ospsim/docs:,$(wildcard docs/*.md)) \
             $(addprefix share/doc/ospsim/experiments:,$(wildcard experiments/*.md)) \
             $(addprefix share/doc/ospsim/plots:,$(wildcard plots/*.png))
COMPLETION = share/bash-completion/completions
PLOT       = bin/simulate-plot

# libxsmm's small products where it is installed; make XSMM= builds without.
XSMM     ?= $(shell pkg-config --exists libxsmm 2>/dev/null && echo yes)
ifneq ($(XSMM),)
PACKAGES := libxsmm $(PACKAGES)
endif

# What the build needs from Debian, what the program needs besides, and what its tests need.
TO_BUILD  := gcc libc6-dev make pkg-config libopenblas-dev libinih-dev zlib1g-dev libxxhash-dev librandom123-dev libgsl-dev
DEPS      := $(TO_BUILD) gnuplot-nox curl ca-certificates $(if $(filter x86_64,$(shell uname -m)),libxsmm-dev)
TEST_DEPS := libcmocka-dev dataset-fashion-mnist python3 python3-numpy procps strace

MAIN     := sim/main.c sim/first.c
SOURCES  := $(filter-out $(MAIN),$(wildcard sim/*.c sim/*/*.c sim/*/*/*.c models/*.c models/*/*.c models/*/*/*.c algorithms/*.c algorithms/*/*.c))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
UNITS    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/*/test_*.c))
RIGS     := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/rigs/*.c))
BENCHES  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))
SCRIPTS  := $(wildcard tests/*/test_*.sh)
REPLAYS  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))

.DEFAULT_GOAL := all

# As many jobs as there are cores, unless the call says how many.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

##@ The two commands
demo: deps ## set everything up, compare three algorithms on CIFAR-10 in some minutes, show what comes out
	@$(MAKE) --no-print-directory all
	@experiments/demo.sh

check: deps ## set everything up and run all tests
	@$(MAKE) --no-print-directory all units
	@tests/run.sh $(SCRIPTS) $(UNITS)

##@ Building
all: $(PROGRAM) ## build ./simulate

deps: ## install what is missing from Debian's packages (root or sudo)
	@tests/deps.sh $(DEPS) $(TEST_DEPS)

data: ## download MNIST, Fashion-MNIST and CIFAR-10 into ./data (checked against SHA-256)
	@models/data/fetch.sh data

clean: ## remove what was built (results and data stay)
	rm -rf $(BUILD) $(PROGRAM)

##@ Using
plots: ## draw the figures of a run: make plots RUN=results/alexnet_cifar/latest
	@test -n "$(RUN)" || { echo "usage: make plots RUN=FOLDER"; exit 2; }
	@plots/plot.sh "$(RUN)"

##@ Installing
install: $(filter all $(PROGRAM),$(MAKECMDGOALS)) ## install the build below PREFIX (default /usr/local); DESTDIR=FOLDER for packages
	@test -x $(PROGRAM) || { echo "make install: nothing is built; run make first" >&2; exit 2; }
	@for item in $(INSTALLED); do \
	    mode=644; [ ! -x "$${item#*:}" ] || mode=755; \
	    install -D -m $$mode -t "$(INTO)/$${item%%:*}" "$${item#*:}" || exit 1; done
	@for name in simulate simulate-plot; do install -D -m 644 completions/$$name.bash "$(INTO)/$(COMPLETION)/$$name" || exit 1; done
	@ln -sfn ../share/ospsim/plots/plot.sh "$(INTO)/$(PLOT)"
	@echo "installed in $(INTO)$(if $(findstring native,$(file <$(BUILD)/flags)),; built for the CPU of this machine: for others make ARCH=x86-64)"

uninstall: ## remove what make install puts there
	@for item in $(INSTALLED); do file=$${item#*:}; rm -f "$(INTO)/$${item%%:*}/$${file##*/}"; done
	@rm -f "$(INTO)/$(COMPLETION)/simulate" "$(INTO)/$(COMPLETION)/simulate-plot" "$(INTO)/$(PLOT)"
	@for folder in ospsim doc/ospsim; do \
	    [ ! -d "$(INTO)/share/$$folder" ] || find "$(INTO)/share/$$folder" -depth -type d -empty -delete; done

dist: ## make build/ospsim-VERSION.tar.gz of all tracked files; equal files give equal bytes
	@git ls-files --error-unmatch Makefile >/dev/null
	@mkdir -p $(BUILD) && git ls-files -z | LC_ALL=C sort -z | tar --null -T - -c --format=ustar --owner=0 --group=0 --numeric-owner \
	    --mode=u=rwX,go=rX --mtime=@$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)} --transform='s,^,$(RELEASE)/,' >$(BUILD)/$(RELEASE).tar
	@gzip -n9f $(BUILD)/$(RELEASE).tar && echo $(BUILD)/$(RELEASE).tar.gz

deb: ## build the Debian package in build/deb from the tarball of make dist
	@tests/deps.sh debhelper $(DEPS) $(TEST_DEPS)
	@$(MAKE) --no-print-directory dist && rm -rf $(BUILD)/deb && mkdir $(BUILD)/deb && tar -C $(BUILD)/deb -xf $(BUILD)/$(RELEASE).tar.gz
	@cd $(BUILD)/deb/$(RELEASE) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc

##@ Developing
units: $(UNITS) $(BENCHES) $(REPLAYS) ## build the unit tests and the bench programs

bench: all $(BENCHES) ## measure speed and memory of this machine with what is installed
	@tests/bench/bench.sh $(PARTS)

quick: all units ## run all tests with what is installed
	@tests/run.sh $(SCRIPTS) $(UNITS)

asan: ## run all tests under the address, leak and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory BUILD=build/asan PROGRAM=build/asan/simulate OPT="-O1 $(MARCH) -ffp-contract=off" \
	    CFLAGS="-g -fsanitize=address,undefined -fno-sanitize-recover=all" LDFLAGS=-static-libasan check-built

fuzz: ## give hostile bytes to every reader (clang; FUZZ_RUNS=n, default 10 million each; FUZZ_TARGET="ini idx ...")
	@tests/deps.sh clang libclang-rt-14-dev
	@$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang XSMM= REPLAY= WARN=-Wall OPT="-O1 $(MARCH) -ffp-contract=off" \
	    CFLAGS="-g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" LDFLAGS=-fsanitize=fuzzer fuzzers
	@FUZZ_RUNS=$(FUZZ_RUNS) tests/fuzz/run.sh build/fuzz $(FUZZ_TARGET)

tsan: ## run the ring between two threads under the thread sanitizer
	@$(MAKE) --no-print-directory BUILD=build/tsan OPT=-O1 CFLAGS="-g -fsanitize=thread" build/tsan/tests/unit/test_ring
	build/tsan/tests/unit/test_ring

check-oracle: deps ## make new fixtures with PyTorch and the second codecs (SEED=n, default 2), and compare with them
	@tests/deps.sh python3-torch
	@$(MAKE) --no-print-directory units
	@tests/oracle/check.sh $(or $(SEED),2) $(BUILD)/tests/equivalence/test_oracle $(BUILD)/tests/equivalence/test_oracle_codecs $(BUILD)/tests/equivalence/test_oracle_optimizers $(BUILD)/tests/equivalence/test_oracle_models

check-quality: $(PROGRAM) ## compare what output.quality measures with an independent program, for every algorithm
	@tests/runs/test_quality.sh all

check-recipes: $(PROGRAM) ## play published recipes with PyTorch, too, on the same batches (SEED=n, default 1; ONLY=word picks files of tests/oracle/recipes)
	@tests/deps.sh python3-numpy python3-torch
	@tests/oracle/recipes/check.sh $(or $(SEED),1) --only "$(ONLY)"

check-simgrid: $(BUILD)/tests/unit/test_simgrid ## compare network and exchanges with SimGrid on new random cases (SEED=n, default 2; STARS=n, GRAPHS=n, REDUCES=n)
	@tests/simgrid/check.sh $(or $(SEED),2) $<

check-kernel: $(BUILD)/tests/unit/test_kernel ## compare the network with TCP through shaped links of this machine (root; RATE=n Mbit/s, default 100)
	@tests/kernel/check.sh $(or $(RATE),100) $<

check-golden: $(PROGRAM) ## compare the files of many small runs with those of another program (BASE=commit, default HEAD; CASES="...")
	@SIMULATE=$(PROGRAM) BUILD=$(BUILD) tests/golden/check.sh "$(or $(BASE),HEAD)" $(CASES)

check-record: $(PROGRAM) ## compare experiments/record/ with the figures that others have published (docs/record.md)
	@RECORD=whole tests/run.sh tests/runs/test_record.sh

check-kill: $(PROGRAM) ## end runs by signals at random moments (TIMES=n, default 500; SEED=n)
	@tests/kill/check.sh $(or $(TIMES),500) $(or $(SEED),1)

check-resume: $(PROGRAM) ## interrupt runs at random moments and resume them (TIMES=n, default 100; SEED=n): equal files
	@tests/resume/check.sh $(or $(TIMES),100) $(or $(SEED),1)

check-exchanges: $(PROGRAM) ## every exchange over every network: the same models, and files that neither load nor interruption changes
	@tests/exchanges/check.sh

check-retime: $(PROGRAM) ## every algorithm, retimed under other networks, exchanges and costs: the files of a run
	@tests/retime/check.sh

check-faults: $(PROGRAM) ## make system calls and allocations fail (CASES=n of them, default 0: all, over an hour; SEED=n; needs strace)
	@tests/deps.sh strace
	@tests/faults/check.sh $(or $(CASES),0) $(or $(SEED),1)

check-endurance: $(PROGRAM) ## long runs of all algorithms (ROUNDS=n, default 1000000): memory, descriptors and speed stay constant
	@tests/endurance/check.py ./$(PROGRAM) $(or $(ROUNDS),1000000) $$(./$(PROGRAM) --list algorithms | awk '{print $$1}')

check-dist: dist ## build and install the tarball of a release by itself
	@tests/dist/check.sh $(BUILD)/ospsim-*.tar.gz

check-spin: ## explore models of the ring, the round barrier and the pause with spin, and seeded defects that it must find
	@tests/deps.sh spin
	@tests/spin/check.sh

valgrind: $(PROGRAM) ## run all algorithms briefly in valgrind: no report
	@tests/deps.sh valgrind
	@tests/valgrind/check.sh ./$(PROGRAM)

check-flakes: $(PROGRAM) units ## run the quick tests TIMES=n times (default 1000), BATCH=n of them in this call, to find tests that fail sometimes
	@tests/flakes/check.sh $(BUILD) $(or $(TIMES),1000) $(BATCH)

check-control: $(PROGRAM) ## compare all times of random clusters, exchanges, overlap, coding and budgets included (SEED=n, default 1; WIDE=n of each kind over each exchange, default 40), with an independent calculation
	@WIDE=$(or $(WIDE),40) tests/equivalence/check_control.sh $(or $(SEED),1)

check-statistics: $(BUILD)/tests/statistics/test_coverage $(PROGRAM) ## feed 10,000 synthetic data sets of each kind to the statistics: coverage, false claims; then verdicts of drawn results (TIMES=n, default 100), calculated twice
	DATA_SETS=10000 $<
	@tests/statistics/check.sh $(or $(TIMES),100)

check-algorithms: $(PROGRAM) ## compare all numbers of random settings (SEED=n, default 1; RUNS=n of each algorithm, default 10) with the papers, in float64
	@tests/equivalence/check_algorithms.sh $(or $(SEED),1) --runs $(or $(RUNS),10) --defects

check-schedules: $(PROGRAM) ## run every algorithm RUNS=n times (default 100) with randomly delayed processes: one history
	@tests/equivalence/check_schedules.sh $(or $(RUNS),100)

rates: all ## choose the learning rates of experiments again, and print them beside those that the inis have (long)
	@experiments/rates.sh

learning: $(PROGRAM) ## train three models as PyTorch did and compare accuracies (PYTORCH=1: train with PyTorch again, over an hour)
	@tests/oracle/learning.sh

# Everything with a program of other flags, but for tests of other builds, of speed, and of allocations that fail.
check-built: all $(UNITS) $(REPLAYS)
	@ln -sfn $(CURDIR)/experiments $(CURDIR)/plots $(BUILD)
	@BUILD=$(BUILD) SIMULATE=$(CURDIR)/$(PROGRAM) tests/run.sh $(filter-out %/test_plain.sh %/test_bench.sh %/test_endurance.sh %/test_includes.sh %/test_faults.sh %/test_docs.sh,$(SCRIPTS)) $(UNITS)

fuzzers: $(REPLAYS)

ALL_CHECKS := check lint asan tsan valgrind coverage check-dist check-spin check-control check-algorithms check-statistics check-schedules check-kill check-resume check-exchanges check-retime check-faults \
              check-endurance check-flakes fuzz
check-all: ## run all of these, which takes a day (CHECKS="..." picks some)
	@MAKE="$(MAKE)" tests/all.sh $(BUILD)/check-all $(or $(CHECKS),$(ALL_CHECKS))

format: ## lay out all C files
	clang-format -i $(FORMATTED)

format-check: ## fail if a C file is not laid out
	clang-format --dry-run -Werror $(FORMATTED)

coverage: ## run all tests with gcov: the lines and branches that they reach, and the promised minima
	@tests/deps.sh gcovr
	@mkdir -p build/coverage && find build/coverage -name '*.gcda' -delete
	@umask 0; $(MAKE) --no-print-directory BUILD=build/coverage PROGRAM=build/coverage/simulate \
	    OPT="-O1 $(MARCH) -ffp-contract=off" CFLAGS="-g --coverage -include tests/coverage.h" LDFLAGS=--coverage check-built
	@tests/coverage.sh build/coverage

lint: ## run the static checks: clang-tidy, cppcheck, shellcheck, layout
	@tests/deps.sh clang-tidy clang-format cppcheck shellcheck libcmocka-dev
	@tests/lint.sh $(FLAGS)

keys: $(PROGRAM) ## generate experiments/KEYS.md and the tables of docs/algorithms.md
	./$(PROGRAM) --markdown keys > experiments/KEYS.md
	@man/tables.sh ./$(PROGRAM) docs/algorithms.md > algorithms.md.new && mv algorithms.md.new docs/algorithms.md

man: $(PROGRAM) ## generate the man pages from man/*.in and the output of the program
	@for page in $(wildcard man/*.in); do man/fill.sh ./$(PROGRAM) $$page > $${page%.in} || exit 1; done

help: ## print this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	    /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

FORMATTED = $(wildcard sim/*.[ch] sim/*/*.[ch] sim/*/*/*.[ch] models/*.[ch] models/*/*.[ch] models/*/*/*.[ch] algorithms/*.[ch] algorithms/*/*.[ch] tests/*.[ch] \
    tests/*/*.[ch])

# make V=1 shows the commands.
Q := $(if $(V),,@)

$(PROGRAM): $(MAIN:%.c=$(BUILD)/%.o) $(OBJECTS)
	@echo "  LD $@"
	$(Q)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# Objects of other flags must not mix with these: the stamp changes when the flags do.
$(BUILD)/flags: tools
	@mkdir -p $(@D)
	@echo '$(CC) $(FLAGS)' | cmp -s - $@ || echo '$(CC) $(FLAGS)' > $@

# Their vectors, wider than some CPUs have, never cross the boundary of an object file: no ABI to warn about.
$(BUILD)/models/ops/%.o: FLAGS += -ffp-contract=fast -Wno-psabi
# Where the program is going to be installed, and libxsmm, are the business of one file each.
$(BUILD)/datadir: TOLD = $(DATADIR)
$(BUILD)/xsmm: TOLD = $(XSMM)
$(BUILD)/datadir $(BUILD)/xsmm: $(BUILD)/flags tools
	@echo '$(TOLD)' | cmp -s - $@ || echo '$(TOLD)' > $@
$(BUILD)/sim/install_paths.o: private FLAGS += -DDATADIR='"$(DATADIR)"'
$(BUILD)/sim/install_paths.o: $(BUILD)/datadir
$(BUILD)/models/ops/gemm.o: private FLAGS += $(if $(XSMM),-DHAVE_LIBXSMM)
$(BUILD)/models/ops/gemm.o: $(BUILD)/xsmm
$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(RIGS) $(OBJECTS)
	@echo "  LD $@"
	$(Q)$(CC) $(FLAGS) $(LDFLAGS) $(WRAPS) -o $@ $^ $(shell pkg-config --libs cmocka) $(LIBS)

# Functions that tests/unit/test_shortage.c puts itself in place of.
SCARCE := sem_init sem_post sem_clockwait open shm_open shm_unlink posix_fallocate mmap statvfs posix_memalign \
          open_memstream fopen getline ini_parse_stream
$(BUILD)/tests/unit/test_shortage: WRAPS = $(SCARCE:%=-Wl,--wrap=%)
$(BUILD)/tests/unit/test_install_paths: WRAPS = -Wl,--wrap=readlink
$(BUILD)/tests/runs/test_evaluation: WRAPS = -Wl,--wrap=model_evaluate

$(BENCHES): $(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(OBJECTS)
	@echo "  LD $@"
	$(Q)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# A target, a harness that puts itself in place of these functions, and who calls it: replay.c, or clang's libFuzzer.
WRAPPED := fopen gzopen gzbuffer gzclose_r die die_errno dataset_room stream_is_there stream_check_size XXH3_64bits XXH3_64bits_withSeed
REPLAY  ?= $(BUILD)/tests/fuzz/replay.o
READERS := $(filter $(addprefix $(BUILD)/,sim/registry.o sim/base/% sim/config/% sim/schema/% sim/time/% sim/exchange/% sim/verify/% algorithms/% models/augment.o models/kernels.o models/optimizer.o models/data/% models/optimizers/% sim/transport/% sim/export/scan.o sim/export/tensors.o \
           $(addprefix sim/runtime/,checkpoint.o mail.o waiter.o) $(addprefix sim/output/,metrics.o fields.o csv.o json.o)),$(OBJECTS))
$(REPLAYS): $(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/harness.o $(BUILD)/tests/fuzz/images.o $(REPLAY) $(READERS)
	@echo "  LD $@"
	$(Q)$(CC) $(FLAGS) $(LDFLAGS) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ $(LIBS)

# Before anything is compiled: a library that is missing would show as an error of the compiler.
tools:
	@command -v $(firstword $(CC)) >/dev/null && command -v pkg-config >/dev/null && pkg-config --exists $(PACKAGES) && \
	    echo '#include <Random123/philox.h>' | $(CC) $(CPPFLAGS) $(CFLAGS) -E - >/dev/null 2>&1 || tests/deps.sh --name $(TO_BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.SECONDARY:
.PHONY: all bench demo check check-all check-algorithms check-statistics check-control check-dist check-endurance check-exchanges check-faults check-flakes check-golden check-spin check-oracle check-quality check-recipes check-record check-schedules check-simgrid check-kernel check-kill check-resume check-retime learning rates deps data clean plots install uninstall dist deb units quick asan tsan fuzz fuzzers check-built format format-check lint valgrind coverage keys man help tools
