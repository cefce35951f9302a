/* Reads the final model: parameters.bin has the floats, parameters.json names and shapes. The tensors must
 * cover the file exactly, in order and without gaps, and its hash must be that of summary.json. */
#include "sim/export/tensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/export/scan.h"

enum { MOST_TENSORS = 4096, MOST_NAMES = 4 << 20 };
/* A zip without extensions holds 2^32 bytes. The limit leaves room for headers. */
#define MOST_BYTES ((size_t)0xf0000000)

struct reader {
    struct scan scan;
    struct tensors *t;
    int room;     /* allocated elements of t->at */
    size_t taken; /* bytes of parameters.bin that belong to the tensors so far */
};

/* ---- one tensor ---- */

/* The name of a tensor becomes the name of a file in the zip, so only harmless characters are allowed. */
static bool name_is_good(const struct reader *r, const struct array *a)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.";
    size_t length = strlen(a->name);
    if (length == 0 || strspn(a->name, letters) != length) {
        finding(r->scan.f, "name: expected letters, digits, '_' and '.'");
        return false;
    }
    for (const struct array *other = r->t->at; other < a; other++)
        if (strcmp(other->name, a->name) == 0) {
            finding(r->scan.f, "name: expected each once, got %s again", a->name);
            return false;
        }
    return true;
}

static bool read_shape(struct reader *r, struct array *a)
{
    struct scan *s = &r->scan;
    int64_t floats = 1;
    if (!scan_want(s, '['))
        return false;
    do {
        if (a->dims == TENSOR_DIMS) {
            finding(s->f, "shape: expected at most %d dimensions", TENSOR_DIMS);
            return false;
        }
        int64_t *dim = &a->dim[a->dims++];
        if (!scan_int(s, dim) || !expect_least(s->f, "shape", *dim, 1, "no tensor is empty"))
            return false;
        floats = product_of(floats, *dim);
    } while (scan_is(s, ','));
    int64_t left = (int64_t)((r->t->bytes - r->taken) / sizeof(float));
    if (!scan_want(s, ']') || !expect_most(s->f, "shape", floats, left, "floats left in parameters.bin"))
        return false;
    a->bytes = (size_t)floats * sizeof(float);
    return true;
}

static bool read_field(struct reader *r, struct array *a, const char *key)
{
    int64_t offset;
    if (strcmp(key, "name") == 0)
        return scan_text(&r->scan, a->name, sizeof a->name) && name_is_good(r, a);
    if (strcmp(key, "offset") == 0)
        return scan_int(&r->scan, &offset) &&
               expect_equal(r->scan.f, "offset", offset, (int64_t)r->taken, "the end of the one before");
    if (strcmp(key, "shape") == 0 && a->dims == 0)
        return read_shape(r, a);
    finding(r->scan.f, "expected name, offset and shape");
    return false;
}

/* Reads the key and the colon, and stops before the value. */
static bool read_key(struct reader *r, char *key, size_t size)
{
    return scan_text(&r->scan, key, size) && scan_want(&r->scan, ':');
}

static bool read_array(struct reader *r)
{
    char key[32];
    struct tensors *t = r->t;
    if (t->n == MOST_TENSORS) {
        finding(r->scan.f, "expected at most %d tensors", MOST_TENSORS);
        return false;
    }
    if (t->n == r->room) {
        r->room = r->room ? 2 * r->room : 64;
        t->at = need_more(t->at, (size_t)t->n * sizeof *t->at, (size_t)r->room * sizeof *t->at);
    }
    struct array *a = &t->at[t->n];
    *a = (struct array){.data = t->data + r->taken};
    if (!scan_want(&r->scan, '{'))
        return false;
    do
        if (!read_key(r, key, sizeof key) || !read_field(r, a, key))
            return false;
    while (scan_is(&r->scan, ','));
    if (!scan_want(&r->scan, '}'))
        return false;
    if (!*a->name || a->dims == 0) {
        finding(r->scan.f, "expected a name and a shape");
        return false;
    }
    r->taken += a->bytes;
    t->n++;
    return true;
}

static bool read_arrays(struct reader *r)
{
    if (!scan_want(&r->scan, '['))
        return false;
    if (scan_is(&r->scan, ']'))
        return true;
    do
        if (!read_array(r))
            return false;
    while (scan_is(&r->scan, ','));
    return scan_want(&r->scan, ']');
}

/* ---- the file ---- */

static bool read_member(struct reader *r, const char *key)
{
    static const char type[] = "float32, little-endian";
    char text[64];
    int64_t number;
    if (strcmp(key, "tensors") == 0 || strcmp(key, "buffers") == 0)
        return read_arrays(r);
    if (strncmp(key, "statistics", strlen("statistics")) == 0)
        return scan_int(&r->scan, &number); /* what the buffers say as well */
    if (!scan_text(&r->scan, text, sizeof text))
        return false;
    if (strcmp(key, "type") != 0 || strcmp(text, type) == 0)
        return true;
    finding(r->scan.f, "type: expected %s", type);
    return false;
}

static bool read_names(struct reader *r)
{
    char key[32];
    if (!scan_want(&r->scan, '{'))
        return false;
    do
        if (!read_key(r, key, sizeof key) || !read_member(r, key))
            return false;
    while (scan_is(&r->scan, ','));
    return scan_want(&r->scan, '}') && expect_equal(r->scan.f, "bytes with a name", (int64_t)r->taken,
                                                    (int64_t)r->t->bytes, "of parameters.bin");
}

static bool hash_fits(const struct tensors *t, struct members *summary, const char *path, struct findings *f)
{
    char hash[17];
    snprintf(hash, sizeof hash, "%016" PRIx64, (uint64_t)XXH3_64bits(t->data, t->bytes));
    bool fits = members_is(summary, "parameters_hash", hash);
    f->file = path;
    f->line = 0;
    if (!fits)
        finding(f, "damaged: expected the parameters_hash of summary.json, got %s", hash);
    return fits;
}

static bool read_values(struct tensors *t, const char *path, struct members *summary, struct findings *f)
{
    t->data = scan_file(path, MOST_BYTES, &t->bytes, f);
    return t->data && hash_fits(t, summary, path, f);
}

static bool read_tensors(struct tensors *t, const char *path, struct findings *f)
{
    size_t bytes;
    char *text = scan_file(path, MOST_NAMES, &bytes, f);
    if (!text)
        return false;
    f->line = 1;
    struct reader r = {.scan = {text, f}, .t = t};
    bool good = read_names(&r);
    free(text);
    return good;
}

bool tensors_read(struct tensors *t, const char *folder, struct members *summary, struct findings *f)
{
    char *values = text_format("%s/parameters.bin", folder);
    char *names = text_format("%s/parameters.json", folder);
    *t = (struct tensors){0};
    bool good = read_values(t, values, summary, f) && read_tensors(t, names, f);
    f->file = folder;
    f->line = 0;
    free(values);
    free(names);
    return good;
}

void tensors_free(struct tensors *t)
{
    free(t->at);
    free(t->data);
    *t = (struct tensors){0};
}
