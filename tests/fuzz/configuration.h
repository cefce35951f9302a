/* What the targets of the key table share. Include after harness.h. */
#ifndef TESTS_FUZZ_CONFIGURATION_H
#define TESTS_FUZZ_CONFIGURATION_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/registry.h"

static char error[1024];

static inline struct config_source *configuration(struct config *cfg)
{
    int n;
    const struct config_section *sections = registry_sections(&n);
    error[0] = '\0';
    return config_begin(cfg, sections, n);
}

/* The caller frees. */
static inline char *dumped(const struct config_source *src)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    FUZZ_EXPECT(out);
    config_dump(src, out, false);
    fclose(out);
    return text;
}

/* Dumping takes ten times as long as reading: some inputs do it, by their bytes, so that a replay does the same. */
static inline bool dumps(const uint8_t *data, size_t size)
{
    enum { ONE_IN = 64 };
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += data[i];
    return sum % ONE_IN == 0;
}

/* What was accepted must dump as an ini that reads back to the same dump. Ends src. */
static inline void expect_fixed_point(struct config_source *src)
{
    struct config cfg;
    char *first = dumped(src);
    config_end(src);
    fuzz_no_files();
    fuzz_file("resolved.ini", (const uint8_t *)first, strlen(first));
    struct config_source *again = configuration(&cfg);
    if (!config_read_file(again, "resolved.ini", error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        FUZZ_EXPECT(!"the dump reads back");
    }
    if (!config_finish(again, error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        FUZZ_EXPECT(!"the dump finishes");
    }
    char *second = dumped(again);
    FUZZ_EXPECT(strcmp(first, second) == 0);
    config_end(again);
    free(first);
    free(second);
}

#endif
