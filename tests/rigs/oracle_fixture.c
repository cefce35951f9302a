#include "tests/rigs/oracle_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

static const uint64_t GOLDEN = 0x9e3779b97f4a7c15;
static const char FOLDER[] = "tests/oracle/fixtures", MAGIC[] = "ospsim oracle 1\n";

_Static_assert(offsetof(struct expected, value) == 104, "as in the file");
_Static_assert(offsetof(struct fixture_case, tensor) == 136, "as in the file");

struct source {
    FILE *file;
    const char *path;
};

static void take(const struct source *s, void *to, size_t bytes)
{
    if (fread(to, 1, bytes, s->file) != bytes)
        die(EXIT_DATA, "%s: ends too early", s->path);
}

static void read_case(const struct source *s, struct fixture_case *c)
{
    take(s, c, offsetof(struct fixture_case, tensor));
    c->tensor = need((size_t)c->tensors * sizeof *c->tensor);
    for (int i = 0; i < c->tensors; i++) {
        struct expected *e = &c->tensor[i];
        take(s, e, offsetof(struct expected, value));
        e->value = need(e->stored * sizeof *e->value);
        take(s, e->value, e->stored * sizeof *e->value);
    }
}

struct fixture *fixture_read(const char *name)
{
    const char *folder = getenv("ORACLE_FIXTURES");
    char path[4096], magic[sizeof MAGIC] = "";
    snprintf(path, sizeof path, "%s/%s.fix", folder ? folder : FOLDER, name);
    struct source s = {fopen(path, "rb"), path};
    if (!s.file)
        die_errno(EXIT_DATA, "%s", path);
    struct fixture *f = need(sizeof *f);
    take(&s, magic, sizeof MAGIC - 1);
    if (strcmp(magic, MAGIC) != 0)
        die(EXIT_DATA, "%s: is no fixture", path);
    take(&s, &f->seed, sizeof f->seed);
    take(&s, &f->cases, sizeof f->cases);
    f->at = need(f->cases * sizeof *f->at);
    for (uint64_t i = 0; i < f->cases; i++)
        read_case(&s, &f->at[i]);
    fclose(s.file);
    return f;
}

void fixture_free(struct fixture *f)
{
    for (uint64_t i = 0; i < f->cases; i++) {
        for (int t = 0; t < f->at[i].tensors; t++)
            free(f->at[i].tensor[t].value);
        free(f->at[i].tensor);
    }
    free(f->at);
    free(f);
}

const struct expected *fixture_find(const struct fixture_case *c, const char *tensor)
{
    for (int i = 0; i < c->tensors; i++)
        if (!strcmp(c->tensor[i].name, tensor))
            return &c->tensor[i];
    return NULL;
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

uint64_t oracle_key(const struct fixture *f, const struct fixture_case *c, const char *what)
{
    char name[160];
    snprintf(name, sizeof name, "%s/%s", c->name, what);
    uint64_t fnv = 0xcbf29ce484222325;
    for (const char *byte = name; *byte; byte++)
        fnv = (fnv ^ (unsigned char)*byte) * 0x100000001b3;
    return mix(fnv + f->seed * GOLDEN);
}

uint64_t oracle_draw(uint64_t key, uint64_t i)
{
    return mix(key + (i + 1) * GOLDEN);
}

float oracle_value(uint64_t key, uint64_t i)
{
    return (float)(oracle_draw(key, i) >> 40) * 0x1p-23f - 1;
}

static uint64_t key_of(const struct fixture *f, const struct fixture_case *c, const struct expected *e,
                       const char *what)
{
    char name[80];
    snprintf(name, sizeof name, "%s/%s", e->name, what);
    return oracle_key(f, c, name);
}

uint64_t fixture_index(const struct fixture *f, const struct fixture_case *c, const struct expected *e,
                       uint32_t j)
{
    return e->stored == e->count ? j : oracle_draw(key_of(f, c, e, "pick"), j) % e->count;
}

/* A NaN is larger than all. */
static double larger(double a, double b)
{
    return isnan(a) || a >= b ? a : b;
}

double fixture_error(const struct fixture *f, const struct fixture_case *c, const struct expected *e,
                     const float *got)
{
    double worst = 0, sum = 0;
    for (uint32_t j = 0; j < e->stored; j++)
        worst = larger(worst, fabs((double)got[fixture_index(f, c, e, j)] - (double)e->value[j]));
    uint64_t key = key_of(f, c, e, "sign");
    for (uint64_t i = 0; i < e->count; i++)
        sum += oracle_draw(key, i) >> 63 ? -(double)got[i] : (double)got[i];
    return larger(fabs(sum - e->sum) / sqrt((double)e->count), worst) / e->largest;
}
