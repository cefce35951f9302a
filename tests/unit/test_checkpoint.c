/* The checkpoint's file: what is saved is loaded, no damage goes unnoticed, there is always one that is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/runtime/checkpoint.h"
#include "tests/rigs/scratch.h"

#define FLOATS 300

struct state { /* of one section */
    int64_t number;
    float v[FLOATS];
    struct fifo queue;
    size_t items;
    int64_t item[5];
};

static void keep(void *context, struct section *s)
{
    struct state *x = context;
    section_bytes(s, &x->number, sizeof x->number);
    section_floats(s, x->v, FLOATS);
    section_floats(s, NULL, FLOATS);
    section_fifo(s, &x->queue);
    x->items = section_count(s, x->items, sizeof *x->item);
    for (size_t i = 0; i < x->items; i++)
        section_bytes(s, &x->item[i], sizeof x->item[i]);
}

static void persist_nothing(void *context, struct section *s)
{
    (void)context;
    (void)s;
}

static void keep_less(void *context, struct section *s)
{
    section_bytes(s, context, sizeof(int64_t));
}

static void keep_more(void *context, struct section *s)
{
    char more[sizeof(struct state)];
    keep(context, s);
    section_bytes(s, more, sizeof more);
}

static void keep_many(void *context, struct section *s)
{
    (void)context;
    section_count(s, 0, sizeof(int64_t)); /* what lies there is the number: far more than follow */
}

static const struct identity mine = {"1.2.3", "openblas", "bsp", 11, 22};

static void make_tables(int64_t eval)
{
    const int64_t ends[] = {eval, 0, 0};
    static const char *const names[] = {"eval.csv", "workers.csv", "totals.csv"};
    for (int i = 0; i < 3; i++) {
        FILE *file = fopen(names[i], "w");
        for (int64_t j = 0; j < ends[i]; j++)
            putc('x', file);
        fclose(file);
    }
}

static void state_open(struct state *x, int64_t seed)
{
    *x = (struct state){.number = seed, .items = 3, .item = {seed, 2 * seed, 3 * seed}};
    fifo_init(&x->queue, sizeof(int64_t));
    for (int64_t i = 0; i < 20; i++)
        fifo_put(&x->queue, &(int64_t){i * seed});
    for (int i = 0; i < FLOATS; i++)
        x->v[i] = (float)(i * (int)seed);
}

/* Sections: one state, nothing, another state. */
static void save(int64_t seed)
{
    struct state a, b;
    uint64_t bytes;
    state_open(&a, seed);
    state_open(&b, seed + 1);
    assert_true(checkpoint_begin("."));
    assert_true(checkpoint_append(".", &(struct persistent){.persist = keep, .context = &a}));
    assert_true(checkpoint_append(".", &(struct persistent){.persist = persist_nothing}));
    assert_true(checkpoint_append(".", &(struct persistent){.persist = keep, .context = &b}));
    assert_true(checkpoint_commit(".", &mine, &(struct rows){.eval = 7}, &bytes));
    struct stat st;
    assert_int_equal(stat("checkpoint", &st), 0);
    assert_int_equal(st.st_size, bytes);
    fifo_free(&a.queue);
    fifo_free(&b.queue);
}

static void assert_loads(const struct checkpoint *c, uint32_t section, int64_t seed)
{
    struct state x = {0}, want;
    _Atomic uint64_t progress = 0;
    state_open(&want, seed);
    fifo_init(&x.queue, sizeof(int64_t));
    checkpoint_load(c, section, &(struct persistent){keep, &x, &progress});
    assert_true(progress > 0);
    assert_int_equal(x.number, want.number);
    assert_memory_equal(x.v, want.v, sizeof x.v);
    assert_int_equal(x.queue.count, 20);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(*(int64_t *)fifo_at(&x.queue, i), (int64_t)i * seed);
    assert_int_equal(x.items, 3);
    assert_memory_equal(x.item, want.item, 3 * sizeof *x.item);
    fifo_free(&x.queue);
    fifo_free(&want.queue);
}

static void what_is_saved_is_loaded(void **state)
{
    (void)state;
    make_tables(7);
    save(5);
    struct checkpoint *c = checkpoint_open(".", &mine, 3);
    assert_non_null(c);
    assert_int_equal(checkpoint_rows(c)->eval, 7);
    assert_loads(c, 2, 6);
    assert_loads(c, 0, 5);
    checkpoint_load(c, 1, &(struct persistent){.persist = persist_nothing});
    checkpoint_close(c);
    assert_false(there("checkpoint.tmp"));
    assert_false(there("checkpoint.old"));
}

static void the_one_before_is_kept(void **state)
{
    (void)state;
    make_tables(7);
    save(5);
    save(8);
    struct checkpoint *c = checkpoint_open(".", &mine, 3);
    assert_loads(c, 0, 8);
    checkpoint_close(c);
    assert_int_equal(unlink("checkpoint"), 0);
    c = checkpoint_open(".", &mine, 3);
    assert_loads(c, 0, 5);
    checkpoint_close(c);
    checkpoint_remove(".");
    assert_null(checkpoint_open(".", &mine, 3));
    checkpoint_close(NULL);
}

static unsigned char file[16384]; /* a checkpoint */
static size_t size;

static void read_all(void)
{
    FILE *f = fopen("checkpoint", "rb");
    size = fread(file, 1, sizeof file, f);
    fclose(f);
    assert_true(size > 2 * FLOATS * sizeof(float) && size < sizeof file);
}

static char why[256];

static bool fits(size_t bytes)
{
    struct checkpoint *c = checkpoint_parse(file, bytes, &mine, 3, why, sizeof why);
    bool good = c != NULL;
    free(c);
    return good;
}

static void every_damage_is_found(void **state)
{
    (void)state;
    save(5);
    read_all();
    assert_true(fits(size));
    for (size_t i = 0; i < size; i++)
        for (int bit = 1; bit < 256; bit *= 2) {
            file[i] ^= (unsigned char)bit;
            if (fits(size))
                fail_msg("bit %d of byte %zu", bit, i);
            file[i] ^= (unsigned char)bit;
        }
    for (size_t n = 0; n < size; n++)
        assert_false(fits(n));
    assert_false(fits(size + 1));
    assert_true(fits(size));
}

/* Where the section begins that has this number as its first bytes; its head is before it. */
static size_t section_of(int64_t number)
{
    size_t i = sizeof(struct identity);
    while (i + sizeof number < size && memcmp(file + i, &number, sizeof number) != 0)
        i++;
    return i - 2 * sizeof(uint64_t);
}

/* Two of one length, with right checksums, in each other's place. */
static void sections_have_their_places(void **state)
{
    (void)state;
    static unsigned char swapped[sizeof file];
    save(555);
    read_all();
    size_t a = section_of(555), b = section_of(556), bytes = size - b;
    memcpy(swapped, file, size);
    memcpy(swapped + a, file + b, bytes);
    memcpy(swapped + b, file + a, bytes);
    memcpy(file, swapped, size);
    assert_false(fits(size));
    assert_string_equal(why, "is damaged in section 0");
}

static void assert_foreign(const struct identity *identity, uint32_t sections, const char *reason)
{
    assert_null(checkpoint_parse(file, size, identity, sections, why, sizeof why));
    assert_string_equal(why, reason);
}

static void what_belongs_to_another_run_is_refused(void **state)
{
    (void)state;
    save(5);
    read_all();
    struct identity version = mine, kernels = mine, algorithm = mine, config = mine, data = mine;
    strcpy(version.program, "1.2.4");
    strcpy(kernels.kernels, "libxsmm");
    strcpy(algorithm.algorithm, "losp");
    config.config++;
    data.data++;
    assert_foreign(&version, 3, "is of version 1.2.3, this is 1.2.4");
    assert_foreign(&kernels, 3, "was calculated by openblas, this is libxsmm (host.kernels)");
    assert_foreign(&algorithm, 3, "is of another algorithm");
    assert_foreign(&config, 3, "is of a run with another configuration");
    assert_foreign(&data, 3, "is of a run on other data");
    assert_foreign(&mine, 4, "is of another number of processes");
    memset(file, 0, size);
    assert_foreign(&mine, 3, "is no checkpoint");
}

/* ---- what ends the program ---- */

static void open_it(void)
{
    checkpoint_open(".", &mine, 3);
}

static void write_file(const char *name, const char *bytes)
{
    FILE *f = fopen(name, "w");
    fputs(bytes, f);
    fclose(f);
}

static void all_damaged_is_an_error(void **state)
{
    (void)state;
    write_file("checkpoint", "nothing of the kind");
    assert_dies(open_it, EXIT_DATA, "checkpoint is no checkpoint");
    write_file("checkpoint.old", "");
    assert_dies(open_it, EXIT_DATA, "checkpoint.old is empty");
    assert_non_null(strstr(contents("stderr"), "no checkpoint is fit for use"));
}

static void tables_must_reach(void **state)
{
    (void)state;
    make_tables(6);
    save(5); /* says 7 */
    assert_dies(open_it, EXIT_DATA, "is newer than the tables beside it");
    unlink("workers.csv");
    assert_dies(open_it, EXIT_DATA, "is newer than the tables beside it");
}

static void load_with(void (*persistent)(void *, struct section *))
{
    struct state x;
    state_open(&x, 1);
    while (fifo_take(&x.queue, &(int64_t){0}))
        ;
    struct checkpoint *c = checkpoint_open(".", &mine, 3);
    checkpoint_load(c, 0, &(struct persistent){.persist = persistent, .context = &x});
}

static void load_less(void)
{
    load_with(keep_less);
}

static void load_more(void)
{
    load_with(keep_more);
}

static void load_many(void)
{
    load_with(keep_many);
}

static void another_state_does_not_fit(void **state)
{
    (void)state;
    make_tables(7);
    save(INT64_MAX / 64);
    assert_dies(load_less, EXIT_DATA, "is not that of this run");
    assert_dies(load_more, EXIT_DATA, "is not that of this run");
    assert_dies(load_many, EXIT_DATA, "is not that of this run");
}

/* ---- a disk that does not take it ---- */

static void a_failure_leaves_the_one_before(void **state)
{
    (void)state;
    struct state x;
    uint64_t bytes;
    make_tables(7);
    save(5);
    state_open(&x, 1);
    assert_false(checkpoint_begin("nowhere"));
    assert_false(checkpoint_append("nowhere", &(struct persistent){.persist = keep, .context = &x}));
    assert_false(checkpoint_commit("nowhere", &mine, &(struct rows){0}, &bytes));
    checkpoint_forget("nowhere");
    assert_int_equal(symlink("/dev/full", "checkpoint.tmp"), 0);
    assert_false(checkpoint_begin("."));
    checkpoint_forget(".");
    assert_true(checkpoint_begin("."));
    assert_true(checkpoint_append(".", &(struct persistent){.persist = keep, .context = &x}));
    checkpoint_forget(".");
    assert_false(there("checkpoint.tmp"));
    struct checkpoint *c = checkpoint_open(".", &mine, 3);
    assert_loads(c, 0, 5);
    checkpoint_close(c);
    fifo_free(&x.queue);
}

#define T(test) cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {T(what_is_saved_is_loaded),
                                       T(the_one_before_is_kept),
                                       T(every_damage_is_found),
                                       T(sections_have_their_places),
                                       T(what_belongs_to_another_run_is_refused),
                                       T(all_damaged_is_an_error),
                                       T(tables_must_reach),
                                       T(another_state_does_not_fit),
                                       T(a_failure_leaves_the_one_before)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
