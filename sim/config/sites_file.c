#include "sim/config/sites_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/table_file.h"
#include "sim/config/values.h"

/* The two numbers are texts at first: what stands on the diagonal need not be a number. */
struct cells {
    char *from, *to, *bandwidth, *latency, *ping;
};

enum { FROM, TO, BANDWIDTH, LATENCY, PING, COLUMNS };

static const struct config_key columns[COLUMNS] = {
    {"from", KEY_TEXT, offsetof(struct cells, from), .preset = "?"},
    {"to", KEY_TEXT, offsetof(struct cells, to), .preset = "?"},
    {"bandwidth", KEY_TEXT, offsetof(struct cells, bandwidth), .help = ""},
    {"latency", KEY_TEXT, offsetof(struct cells, latency), .help = ""},
    {"ping", KEY_TEXT, offsetof(struct cells, ping), .help = ""}};

/* The bounds of network.bandwidth and network.latency. */
static const struct config_key bandwidth_key = {"bandwidth", KEY_BANDWIDTH, 0,
                                                "inf",       .min = 125,    .max = INFINITY},
                               latency_key = {"latency", KEY_SECONDS, 0, "0", .min = 0, .max = 1e6},
                               ping_key = {"ping", KEY_SECONDS, 0, "0", .min = 0, .max = 1e6};

struct reader {
    struct sites *sites;
    int room; /* sites for which rows and columns have room until the end; a power of two */
};

/* ---- rows ---- */

static int number_of(const struct sites *s, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->name[i], name) == 0)
            return i;
    return -1;
}

/* Copies the n x n numbers in the corner of a square into the corner of a new one, and frees the old one. */
static double *resize(double *old, int n, int room, int new_room)
{
    double *square = need((size_t)(new_room * new_room) * sizeof *square);
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            square[a * new_room + b] = old[a * room + b];
    free(old);
    return square;
}

static void set_room(struct reader *r, int room)
{
    struct sites *s = r->sites;
    s->bandwidth = resize(s->bandwidth, s->n, r->room, room);
    s->latency = resize(s->latency, s->n, r->room, room);
    r->room = room;
}

/* -1: too many. */
static int number_or_add(struct reader *r, const char *name)
{
    struct sites *s = r->sites;
    int known = number_of(s, name);
    if (known >= 0 || s->n == MOST_SITES)
        return known;
    if (s->n == r->room)
        set_room(r, s->n ? 2 * s->n : 1);
    s->name = need_one_more(s->name, (unsigned long)s->n, sizeof *s->name);
    s->name[s->n] = text_copy(name);
    return s->n++;
}

static bool has_columns(void *context, unsigned seen)
{
    const unsigned all = 1u << FROM | 1u << TO | 1u << BANDWIDTH;
    (void)context;
    return (seen & all) == all && !(seen & 1u << LATENCY) != !(seen & 1u << PING);
}

static bool read_cell(const struct config_key *key, const char *text, double *out, char *why, size_t size)
{
    char reason[400];
    if (value_read(key, text ? text : "", out, reason, sizeof reason))
        return true;
    snprintf(why, size, "%s: %s", key->name, reason);
    return false;
}

/* A bandwidth of 0 is not given yet. */
static bool add(void *context, const void *row, char *why, size_t size)
{
    struct reader *r = context;
    const struct cells *cells = row;
    int from = number_or_add(r, cells->from), to = number_or_add(r, cells->to);
    if (from < 0 || to < 0) {
        snprintf(why, size, "%s: expected at most %d sites", from < 0 ? "from" : "to", MOST_SITES);
        return false;
    }
    if (from == to)
        return true;
    double *bandwidth = &r->sites->bandwidth[from * r->room + to],
           *latency = &r->sites->latency[from * r->room + to];
    if (*bandwidth > 0) {
        snprintf(why, size, "from %s to %s: given twice", cells->from, cells->to);
        return false;
    }
    if (!read_cell(&bandwidth_key, cells->bandwidth, bandwidth, why, size))
        return false;
    if (cells->ping && !cells->latency) {
        bool good = read_cell(&ping_key, cells->ping, latency, why, size);
        *latency /= 2;
        return good;
    }
    return read_cell(&latency_key, cells->latency, latency, why, size);
}

/* ---- the whole ---- */

static bool is_given(const struct sites *s, int from, int to)
{
    return s->bandwidth[from * s->n + to] > 0;
}

/* No pair has both directions. */
static bool is_symmetric(const struct sites *s)
{
    for (int a = 0; a < s->n; a++)
        for (int b = 0; b < a; b++)
            if (is_given(s, a, b) && is_given(s, b, a))
                return false;
    return true;
}

static void mirror(struct sites *s)
{
    for (int a = 0; a < s->n; a++)
        for (int b = 0; b < s->n; b++)
            if (is_given(s, a, b)) {
                s->bandwidth[b * s->n + a] = s->bandwidth[a * s->n + b];
                s->latency[b * s->n + a] = s->latency[a * s->n + b];
            }
}

static bool check_pairs(const struct sites *s, const char *path, char *error, size_t error_size)
{
    if (s->n < 2) {
        snprintf(error, error_size, "%s: expected at least two sites, found %d", path, s->n);
        return false;
    }
    for (int a = 0; a < s->n; a++)
        for (int b = 0; b < s->n; b++)
            if (a != b && !is_given(s, a, b)) {
                snprintf(error, error_size,
                         "%s: expected a row for each two of its %d sites, found none from %s to %s", path,
                         s->n, s->name[a], s->name[b]);
                return false;
            }
    return true;
}

struct sites *sites_read(const char *path, char *error, size_t error_size)
{
    struct reader r = {.sites = need(sizeof *r.sites)};
    const struct table_file table = {.column = columns,
                                     .columns = COLUMNS,
                                     .row_size = sizeof(struct cells),
                                     .expected = "from,to,bandwidth and latency or ping",
                                     .has_columns = has_columns,
                                     .add = add,
                                     .context = &r};
    bool good = table_read(&table, path, error, error_size);
    if (good) {
        set_room(&r, r.sites->n);
        if (is_symmetric(r.sites))
            mirror(r.sites);
        good = check_pairs(r.sites, path, error, error_size);
    }
    if (good)
        return r.sites;
    sites_free(r.sites);
    return NULL;
}

void sites_free(struct sites *sites)
{
    if (!sites)
        return;
    for (int i = 0; i < sites->n; i++)
        free(sites->name[i]);
    free(sites->name);
    free(sites->bandwidth);
    free(sites->latency);
    free(sites->of);
    free(sites);
}

/* ---- who is where ---- */

static const char *name_at(const void *context, size_t i)
{
    const struct sites *s = context;
    return i < (size_t)s->n ? s->name[i] : NULL;
}

int sites_find(const struct sites *sites, const char *name, char *error, size_t error_size)
{
    char quoted[80];
    int found = number_of(sites, name);
    if (found >= 0)
        return found;
    const char *nearest = text_nearest(name, name_at, sites);
    snprintf(error, error_size, "expected a site of network.sites, got %s%s%s%s",
             text_quote(quoted, sizeof quoted, name), nearest ? "; did you mean '" : "",
             nearest ? nearest : "", nearest ? "'?" : "");
    return -1;
}

static void spread(struct sites *sites, int workers)
{
    for (int s = 0, worker = 0; s < sites->n; s++) {
        int size = workers / sites->n + (s < workers % sites->n);
        for (int i = 0; i < size; i++)
            sites->of[worker++] = s;
    }
}

bool sites_place(struct sites *sites, const char *names, int workers, char *error, size_t error_size)
{
    sites->of = need((size_t)workers * sizeof *sites->of);
    if (!names) {
        spread(sites, workers);
        return true;
    }
    char *copy = text_copy(names), *rest = copy;
    int n = 0, site = 0;
    for (char *name; site >= 0 && (name = strsep(&rest, ",")); n++) {
        site = sites_find(sites, text_trim(name), error, error_size);
        if (n < workers)
            sites->of[n] = site;
    }
    free(copy);
    if (site < 0)
        return false;
    for (int i = 1; i < workers && n == 1; i++)
        sites->of[i] = site;
    if (n == 1 || n == workers)
        return true;
    snprintf(error, error_size, "expected one site or %d (cluster.workers), got %d", workers, n);
    return false;
}
