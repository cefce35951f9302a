# make help lists the targets. Built with GNU make, gcc and pkg-config on Debian 12.
PROGRAM  := simulate
BUILD    ?= build
ARCH     ?= native
CC       ?= cc
PACKAGES := openblas inih zlib libxxhash
WARN     := -Wall -Wextra -Wshadow -Wconversion
# No -ffast-math and no contraction: equal expressions must give equal bits in every process.
OPT      ?= -O3 -march=$(ARCH) -ffp-contract=off
CFLAGS   ?= -g
FLAGS     = -std=gnu11 $(WARN) $(OPT) -I. $(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g') $(CPPFLAGS) $(CFLAGS)
LIBS      = $(shell pkg-config --libs $(PACKAGES)) -lm -lrt -lpthread $(LDLIBS)

SOURCES  := $(filter-out sim/main.c,$(wildcard sim/*.c sim/*/*.c models/*.c models/*/*.c algorithms/*.c algorithms/*/*.c))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
TESTS    := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/test_*.c))

all: $(PROGRAM)

$(PROGRAM): $(BUILD)/sim/main.o $(OBJECTS)
	$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(OBJECTS)
	$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs cmocka) $(LIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.SECONDARY:
.PHONY: all
