/* How often each K and each staleness occurs among the pushes of a curve, for plots/distribution.gp: workers.csv is
 * read once for both. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/tables.h"
#include "sim/verify/table.h"

#define AT(member) .offset = offsetof(struct push_row, member)
static const struct field fields[] = {
    {"round", FIELD_INT, AT(round)}, {"k", FIELD_INT, AT(k)}, {"staleness", FIELD_INT, AT(staleness)}};
#undef AT
static const struct columns counted = {"workers.csv", fields, sizeof fields / sizeof *fields};

/* ---- numbers of occurrences ---- */

struct counts { /* a hash table with linear probing: a value's place is the first free one from its hash on */
    size_t n, room;         /* room is a power of two, and n at most half of it */
    int64_t *value, *count; /* (n) in the order of the first occurrence, as a script would meet them */
    size_t *place;          /* (room) 1 + number of the value; 0: free */
};

static size_t hash_of(int64_t value, size_t room)
{
    return (size_t)(((uint64_t)value * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (room - 1);
}

static size_t slot_of(const struct counts *c, int64_t value)
{
    size_t slot = hash_of(value, c->room);
    while (c->place[slot] && c->value[c->place[slot] - 1] != value)
        slot = (slot + 1) & (c->room - 1);
    return slot;
}

static void grow(struct counts *c)
{
    size_t each = sizeof(int64_t), room = c->room ? 2 * c->room : 64;
    c->value = need_more(c->value, c->n * each, room * each);
    c->count = need_more(c->count, c->n * each, room * each);
    free(c->place);
    c->place = need(room * sizeof *c->place);
    c->room = room;
    for (size_t i = 0; i < c->n; i++)
        c->place[slot_of(c, c->value[i])] = i + 1;
}

static void count(struct counts *c, int64_t value)
{
    if (2 * c->n >= c->room)
        grow(c);
    size_t slot = slot_of(c, value);
    if (!c->place[slot]) {
        c->value[c->n++] = value;
        c->place[slot] = c->n;
    }
    c->count[c->place[slot] - 1]++;
}

static void counts_free(struct counts *c)
{
    free(c->value);
    free(c->count);
    free(c->place);
}

static void write_counts(FILE *out, const char *name, const struct counts *c)
{
    for (size_t i = 0; i < c->n; i++)
        fprintf(out, "%s,%lld,%lld\n", name, (long long)c->value[i], (long long)c->count[i]);
}

/* ---- pushes ---- */

enum { K, STALENESS, KINDS };
static const char *const kinds[KINDS] = {"k", "staleness"};

/* The rules of plots/histogram.awk: staleness of pushes in an update, k of pushes with local iterations. */
static bool read_run(struct counts *counts, const char *folder)
{
    struct findings f = {.silent = true};
    struct push_row row = {0};
    struct table *t = table_open(folder, &counted, &f);
    while (t && table_next(t, &row)) {
        if (row.k > 0)
            count(&counts[K], row.k);
        if (row.round > 0)
            count(&counts[STALENESS], row.staleness);
    }
    table_close(t);
    return f.n == 0;
}

static bool write_curve(FILE *const *out, const struct curve *c)
{
    struct counts counts[KINDS] = {0};
    bool good = true;
    for (int r = 0; good && r < c->n; r++)
        good = read_run(counts, c->folder[r]);
    for (int i = 0; i < KINDS; i++) {
        write_counts(out[i], c->name, &counts[i]);
        counts_free(&counts[i]);
    }
    return good;
}

void tables_write_counts(const char *into, const struct curves *c)
{
    char *path[KINDS];
    FILE *out[KINDS];
    bool good = true;
    for (int i = 0; i < KINDS; i++) {
        path[i] = text_format("%s/%s", into, kinds[i]);
        out[i] = fopen(path[i], "we");
        good &= out[i] != NULL;
    }
    for (int i = 0; good && i < c->n; i++)
        good = write_curve(out, &c->at[i]);
    for (int i = 0; i < KINDS; i++)
        if (out[i])
            good &= !(ferror(out[i]) | fclose(out[i]));
    for (int i = 0; i < KINDS; i++) {
        if (!good)
            unlink(path[i]);
        free(path[i]);
    }
}
