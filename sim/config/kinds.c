/* The kinds of numbers, with their units and their words, and questions about a row's type. values.c reads
 * with these tables, show.c and describe.c print with them. */
#include "sim/config/kinds.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Prefixes are decimal (SI), except KiB, MiB, GiB, TiB, which are powers of 1024 (IEC 80000-13). */
static const struct unit seconds[] = {{"s", 0, 1},    {"ms", -3, 1},  {"us", -6, 1}, {"ns", -9, 1},
                                      {"min", 0, 60}, {"h", 0, 3600}, {NULL, 0, 0}};
static const struct unit bandwidths[] = {{"Gbit/s", 9, 0.125}, {"Mbit/s", 6, 0.125},  {"kbit/s", 3, 0.125},
                                         {"bit/s", 0, 0.125},  {"Tbit/s", 12, 0.125}, {"GB/s", 9, 1},
                                         {"MB/s", 6, 1},       {"kB/s", 3, 1},        {"B/s", 0, 1},
                                         {"TB/s", 12, 1},      {NULL, 0, 0}};
static const struct unit bytes[] = {
    {"B", 0, 1},  {"KiB", 0, 0x1p10}, {"MiB", 0, 0x1p20}, {"GiB", 0, 0x1p30}, {"TiB", 0, 0x1p40},
    {"kB", 3, 1}, {"MB", 6, 1},       {"GB", 9, 1},       {"TB", 12, 1},      {NULL, 0, 0}};
static const struct unit flops[] = {{"FLOP/s", 0, 1},  {"kFLOP/s", 3, 1},  {"MFLOP/s", 6, 1},
                                    {"GFLOP/s", 9, 1}, {"TFLOP/s", 12, 1}, {"PFLOP/s", 15, 1},
                                    {NULL, 0, 0}};

static const struct quantity whole = {.one = "a whole number", .many = "whole numbers", .bare = true};
static const struct quantity real = {.one = "a number", .many = "numbers", .bare = true};
static const struct quantity fraction = {
    .one = "a fraction", .many = "fractions", .examples = "0.25 or 1/3", .bare = true};
static const struct quantity duration = {
    .one = "a duration", .many = "durations", .examples = "10ms or 1.5s", .units = seconds, .shown = 4};
static const struct quantity endless = {.one = "a duration",
                                        .many = "durations",
                                        .examples = "10ms, 1.5s or inf",
                                        .units = seconds,
                                        .shown = 4,
                                        .infinite = true};
static const struct quantity bandwidth = {.one = "a bandwidth",
                                          .many = "bandwidths",
                                          .examples = "1Gbit/s, 125MB/s or inf",
                                          .units = bandwidths,
                                          .shown = 5, /* the first five units: bits */
                                          .infinite = true,
                                          .bits = true};
static const struct quantity size = {
    .one = "a size", .many = "sizes", .examples = "64KiB or 10MB", .units = bytes, .shown = 9, .bare = true};
static const struct quantity amount = {
    .one = "a size", .many = "sizes", .examples = "64KiB or 10MB", .units = bytes, .shown = 9};
static const struct quantity speed = {
    .one = "a speed", .many = "speeds", .examples = "70GFLOP/s", .units = flops, .shown = 6};

/* The kind of a key's number, or of each number in its list. */
static const struct quantity *const quantities[] = {[KEY_INT] = &whole,
                                                    [KEY_REAL] = &real,
                                                    [KEY_FRACTION] = &fraction,
                                                    [KEY_SECONDS] = &duration,
                                                    [KEY_SECONDS_OR_INF] = &endless,
                                                    [KEY_BANDWIDTH] = &bandwidth,
                                                    [KEY_BYTES] = &size,
                                                    [KEY_FLOPS] = &speed,
                                                    [KEY_REALS] = &real,
                                                    [KEY_SECONDS_LIST] = &duration,
                                                    [KEY_BANDWIDTH_LIST] = &bandwidth,
                                                    [KEY_NAME] = NULL,
                                                    [KEY_NAMES] = NULL,
                                                    [KEY_MILESTONES] = NULL};

const struct quantity *key_quantity(const struct config_key *key)
{
    return quantities[key->type];
}

const struct quantity *kinds_amount(void)
{
    return &amount;
}

bool key_is_list(const struct config_key *key)
{
    return key->type == KEY_REALS || key->type == KEY_SECONDS_LIST || key->type == KEY_BANDWIDTH_LIST;
}

/* A value is written as an int into the field of an enumeration. */
enum any { ANY };
_Static_assert(sizeof(enum any) == sizeof(int), "KEY_CHOICE");

size_t key_field_size(const struct config_key *key)
{
    switch (key->type) {
    case KEY_INT:
        return sizeof(int64_t);
    case KEY_FRACTION:
        return sizeof(struct fraction);
    case KEY_BOOL:
        return sizeof(bool);
    case KEY_TEXT:
    case KEY_NAME:
        return sizeof(char *);
    case KEY_CHOICE:
        return sizeof(int);
    case KEY_NAMES:
        return sizeof(struct names);
    case KEY_MILESTONES:
        return sizeof(struct milestones);
    default:
        return key_is_list(key) ? sizeof(struct reals) : sizeof(double);
    }
}

bool key_bounded_below(const struct config_key *key)
{
    return (key->min != 0 || key->max != 0 || key->above_min) && !isinf(key->min);
}

bool key_bounded_above(const struct config_key *key)
{
    return key->max > key->min && !isinf(key->max);
}
