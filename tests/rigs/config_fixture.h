/* What the tests of sim/config share: a configuration with two plug-ins, an ini file to write, and what to
 * expect of both. */
#ifndef TESTS_RIGS_CONFIG_FIXTURE_H
#define TESTS_RIGS_CONFIG_FIXTURE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* open_memstream, mkstemps */
#endif
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/config/config.h"

/* A plug-in with one key of every type. */
struct params {
    int64_t steps;
    double rate, delay, limit, room, speed;
    bool drain;
    char *note;
    int rounding;
    struct reals parts, delays, limits;
    struct names peers;
};

static const struct config_key losp_keys[] = {
    {"steps", KEY_INT, offsetof(struct params, steps), "16", .min = 1, .max = 1e9, .help = "most steps"},
    {"rate", KEY_REAL, offsetof(struct params, rate), "0.1", .help = "rate"},
    {"delay", KEY_SECONDS, offsetof(struct params, delay), "35us", .help = "delay"},
    {"limit", KEY_BANDWIDTH, offsetof(struct params, limit), "inf", .help = "limit"},
    {"room", KEY_BYTES, offsetof(struct params, room), "64KiB", .help = "room"},
    {"speed", KEY_FLOPS, offsetof(struct params, speed), "1TFLOP/s", .help = "speed"},
    {"drain", KEY_BOOL, offsetof(struct params, drain), "no", .help = "drain"},
    {"note", KEY_TEXT, offsetof(struct params, note), NULL, .help = "note"},
    {"rounding", KEY_CHOICE, offsetof(struct params, rounding), "nearest", .help = "rounding",
     .choices = (const char *const[]){"nearest", "stochastic", NULL}},
    {"parts", KEY_REALS, offsetof(struct params, parts), "0.1, 0.2", .help = "parts"},
    {"delays", KEY_SECONDS_LIST, offsetof(struct params, delays), NULL, .help = "delays"},
    {"limits", KEY_BANDWIDTH_LIST, offsetof(struct params, limits), "1Gbit/s, inf", .help = "limits"},
    {"peers", KEY_NAMES, offsetof(struct params, peers), "a, b", .help = "peers"},
    {NULL}};
struct maxabs {
    int64_t bits;
};

static const struct config_key maxabs_keys[] = {
    {"bits", KEY_INT, offsetof(struct maxabs, bits), "8", .min = 1, .max = 16, .help = "bits"}, {NULL}};

struct fixture {
    struct config cfg;
    const struct params *losp; /* of the configuration that is open */
    const struct maxabs *maxabs;
    struct config_section extra[3];
    struct config_source *src;
    char path[64], error[1024];
};

static inline void open_configuration(struct fixture *f)
{
    f->src = config_begin(&f->cfg, f->extra, 3);
    f->losp = config_params(&f->cfg, "algorithm", "losp");
    f->maxabs = config_params(&f->cfg, "codec", "maxabs");
}

static inline int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->extra[0] = (struct config_section){"algorithm.losp", losp_keys, sizeof(struct params), NULL};
    f->extra[1] = (struct config_section){"codec.maxabs", maxabs_keys, sizeof(struct maxabs), NULL};
    f->extra[2] = (struct config_section){"algorithm.bsp", NULL, 0, NULL};
    strcpy(f->path, "/tmp/test_config_XXXXXX.ini");
    close(mkstemps(f->path, (int)strlen(".ini")));
    open_configuration(f);
    *state = f;
    return 0;
}

static inline int end(void **state)
{
    struct fixture *f = *state;
    config_end(f->src);
    unlink(f->path);
    free(f);
    return 0;
}

static inline void restart(struct fixture *f)
{
    config_end(f->src);
    open_configuration(f);
}

static inline bool read_bytes(struct fixture *f, const char *bytes, size_t length)
{
    FILE *file = fopen(f->path, "w");
    fwrite(bytes, 1, length, file);
    fclose(file);
    f->error[0] = '\0';
    return config_read_file(f->src, f->path, f->error, sizeof f->error);
}

static inline bool read_text(struct fixture *f, const char *text)
{
    return read_bytes(f, text, strlen(text));
}

static inline void accepts(struct fixture *f, const char *text)
{
    if (!read_text(f, text))
        fail_msg("%s", f->error);
}

static inline void sets(struct fixture *f, const char *assignment)
{
    if (!config_set(f->src, assignment, f->error, sizeof f->error))
        fail_msg("%s", f->error);
}

static inline void finishes(struct fixture *f)
{
    if (!config_finish(f->src, f->error, sizeof f->error))
        fail_msg("%s", f->error);
}

/* The error is one line: the file, the line, this text. */
static inline void error_is(struct fixture *f, int line, const char *text)
{
    char wanted[1200];
    snprintf(wanted, sizeof wanted, "%s:%d: %s", f->path, line, text);
    assert_string_equal(f->error, wanted);
    assert_null(strchr(f->error, '\n'));
}

static inline void refuses(struct fixture *f, const char *text, int line, const char *error)
{
    restart(f);
    if (read_text(f, text))
        fail_msg("accepted: %s", text);
    error_is(f, line, error);
}

static inline void refuses_to_finish(struct fixture *f, const char *text, int line, const char *error)
{
    restart(f);
    accepts(f, text);
    assert_false(config_finish(f->src, f->error, sizeof f->error));
    error_is(f, line, error);
}

static inline void refuses_to_set(struct fixture *f, const char *assignment, const char *error)
{
    assert_false(config_set(f->src, assignment, f->error, sizeof f->error));
    assert_string_equal(f->error, error);
}

static inline char *dumped(const struct fixture *f, bool with_origin)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    config_dump(f->src, out, with_origin);
    fclose(out);
    return text;
}

static inline char *listed(const struct fixture *f, bool markdown)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    config_list_keys(f->extra, 3, out, markdown);
    fclose(out);
    return text;
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
