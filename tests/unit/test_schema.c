/* The tables of sim/schema/: every column once, inside its struct, in the order that other programs rely
 * on; and a row that is written is read again as it was. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/output/fields.h"
#include "sim/output/summary.h"
#include "sim/verify/members.h"
#include "sim/verify/table.h"
#include "tests/rigs/scratch.h"

enum { TABLES = 10, LARGEST_ROW = 1024 };

struct table_case {
    struct columns columns;
    size_t size; /* of the row's struct */
    const char *header;
};

/* The headers are literal here: tools outside read these files by name. */
static void list_tables(struct table_case *cases)
{
    const struct table_case all[TABLES] = {
        {eval_columns, sizeof(struct eval_row),
         "round,iterations,epoch,virtual_s,test_accuracy,test_loss,train_loss,bytes_up,bytes_down,validation_"
         "accuracy,validation_loss"},
        {workers_columns, sizeof(struct push_row),
         "worker,round,k,train_loss,depart_ns,arrive_ns,reply_ns,accept_ns,compute_ns,communication_ns,"
         "waiting_ns,"
         "bytes_up,bytes_down,staleness,coding_ns"},
        {totals_columns(false), sizeof(struct worker_total),
         "worker,iterations,wasted,compute_ns,communication_ns,waiting_ns,overlapped_ns,coding_ns"},
        {totals_columns(true), sizeof(struct worker_total),
         "worker,iterations,wasted,compute_ns,communication_ns,waiting_ns,overlapped_ns,coding_ns,crashes,"
         "down_ns"},
        {faults_columns, sizeof(struct fault_row), "virtual_ns,worker,what,bytes"},
        {timeline_columns(false), sizeof(struct interval_row), "worker,what,begin_ns,end_ns,version,bytes"},
        {timeline_columns(true), sizeof(struct interval_row),
         "worker,what,begin_ns,end_ns,version,bytes,receiver,from,to,phase,step,bucket"},
        {time_columns, sizeof(struct time_row),
         "algorithm,compute_s,communication_s,waiting_s,overlapped_s,virtual_s"},
        {comparison_columns, sizeof(struct comparison_row),
         "algorithm,test_accuracy,best_accuracy,test_loss,iterations,rounds,virtual_s,predicted_s,target_"
         "accuracy,"
         "target_s,speedup,bytes_up,bytes_down,bytes_initial,communication_s,idle_share,crashes,messages_"
         "lost,"
         "server_crashes,undone_iterations,down_s,trained,synthetic,label,variant_of,target_bytes_up,target_"
         "bytes_down,exchange,overlap,utilisation,coding_s,validation_accuracy,validation_loss,judged_on,"
         "before_target_s"},
        {summary_members, sizeof(struct summary),
         "algorithm,label,variant_of,exchange,overlap,model,dataset,synthetic,trained,workers,seed,rounds,"
         "iterations,"
         "epochs,"
         "virtual_ns,wall_"
         "seconds,"
         "test_accuracy,test_loss,train_loss,best_accuracy,target_ns,target_iterations,target_bytes_up,"
         "target_bytes_down,bytes_up,bytes_down,bytes_initial,pushes,replies,compute_ns,communication_ns,"
         "waiting_ns,"
         "overlapped_ns,coding_ns,utilisation,wasted_iterations,dropped_pushes,crashes,down_ns,models_"
         "fetched,messages_"
         "lost,bytes_"
         "fetched,"
         "bytes_resent_up,bytes_resent_down,server_crashes,undone_iterations,parameters_hash,replicas_equal,"
         "reproducible,status,validation_accuracy,validation_loss,judged_on,before_target_ns"},
    };
    memcpy(cases, all, sizeof all);
}

static size_t size_of(enum field_kind kind)
{
    switch (kind) {
    case FIELD_REAL:
        return sizeof(double);
    case FIELD_WORD:
        return sizeof(enum fault);
    case FIELD_TEXT:
        return sizeof(const char *);
    case FIELD_NAME:
        return 1;
    case FIELD_BOOL:
        return sizeof(bool);
    case FIELD_WIDE:
        return sizeof(int128);
    case FIELD_REPLICAS:
        return sizeof(enum replicas);
    case FIELD_REPRODUCIBLE:
        return sizeof(enum clocked);
    default:
        return sizeof(int64_t);
    }
}

/* ---- the tables ---- */

static void test_headers_are_the_frozen_ones(void **state)
{
    (void)state;
    struct table_case cases[TABLES];
    list_tables(cases);
    for (int i = 0; i < TABLES; i++) {
        char *header = columns_header(&cases[i].columns);
        assert_string_equal(header, cases[i].header);
        free(header);
    }
}

static void test_every_field_is_a_member_of_its_own(void **state)
{
    (void)state;
    struct table_case cases[TABLES];
    list_tables(cases);
    for (int i = 0; i < TABLES; i++)
        for (int c = 0; c < cases[i].columns.n; c++) {
            const struct field *f = &cases[i].columns.field[c];
            assert_true(f->offset % size_of(f->kind) == 0 || f->kind == FIELD_WIDE);
            assert_true(f->offset + size_of(f->kind) <= cases[i].size);
            assert_int_equal(columns_at(&cases[i].columns, f->offset), c);
            assert_string_equal(columns_name(&cases[i].columns, f->offset), f->name);
            for (int other = 0; other < c; other++)
                assert_string_not_equal(f->name, cases[i].columns.field[other].name);
        }
}

static void test_a_field_with_words_has_all_of_them(void **state)
{
    (void)state;
    for (int i = 0; i < FAULT_KINDS; i++) {
        assert_non_null(fault_words[i]);
        for (int other = 0; other < i; other++)
            assert_string_not_equal(fault_words[i], fault_words[other]);
    }
    assert_null(fault_words[FAULT_KINDS]);
}

/* Without faults the file has one header, and with them one that begins with the same columns. */
static void test_columns_of_faults_come_last(void **state)
{
    (void)state;
    struct columns without = totals_columns(false), with = totals_columns(true);
    for (int c = 0; c < with.n; c++)
        assert_int_equal(with.field[c].when == WITH_FAULTS, c >= without.n);
}

/* ---- rows ---- */

/* A value of its own for every column, negative ones among them. */
static void set(const struct field *f, int seed, void *row)
{
    void *value = (char *)row + f->offset;
    if (f->kind == FIELD_REAL)
        *(double *)value = seed == 3 ? NAN : 0.5 + seed;
    else if (f->kind == FIELD_WORD)
        *(enum fault *)value = (enum fault)(seed % FAULT_KINDS);
    else if (f->kind == FIELD_WIDE)
        *(int128 *)value = ((int128)1 << 64) + seed;
    else if (f->kind == FIELD_BOOL)
        *(bool *)value = seed % 2;
    else if (f->kind == FIELD_INT || f->kind == FIELD_SECONDS)
        *(int64_t *)value = seed % 2 ? -seed : (int64_t)1 << (40 + seed % 20);
}

static void fill(const struct columns *columns, void *row)
{
    for (int c = 0; c < columns->n; c++)
        set(&columns->field[c], c, row);
}

static void assert_equal_values(const struct field *f, const void *a, const void *b)
{
    if (f->kind == FIELD_REAL && isnan(*(const double *)a))
        assert_true(isnan(*(const double *)b));
    else if (f->kind != FIELD_NAME && f->kind != FIELD_HASH)
        assert_memory_equal(a, b, size_of(f->kind));
}

static void assert_equal_fields(const struct columns *columns, const char *a, const char *b)
{
    for (const struct field *f = columns->field; f < columns->field + columns->n; f++)
        assert_equal_values(f, a + f->offset, b + f->offset);
}

static void write_and_read(const struct columns *columns)
{
    struct findings findings = {0};
    _Alignas(16) char written[LARGEST_ROW] = {0}, read[LARGEST_ROW] = {0};
    fill(columns, written);
    struct csv *csv = fields_open(".", columns, NULL);
    fields_write(csv, columns, written);
    csv_close(csv);
    struct table *t = table_open(".", columns, &findings);
    assert_non_null(t);
    assert_true(table_next(t, read));
    assert_equal_fields(columns, written, read);
    assert_false(table_next(t, read));
    assert_false(table_damaged(t) || table_cut(t));
    table_close(t);
    unlink(columns->file);
    assert_int_equal(findings.n, 0);
}

static void test_a_row_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct columns without = totals_columns(false), with = totals_columns(true);
    write_and_read(&eval_columns);
    write_and_read(&workers_columns);
    write_and_read(&without);
    write_and_read(&with);
    write_and_read(&faults_columns);
}

static void test_a_column_is_found_by_its_name(void **state)
{
    (void)state;
    struct findings findings = {0};
    struct fault_row row = {0};
    FILE *file = fopen("faults.csv", "w");
    fputs("bytes,news,what,worker,virtual_ns\n7,x,push_lost,2,99\n", file);
    fclose(file);
    struct table *t = table_open(".", &faults_columns, &findings);
    assert_true(table_next(t, &row));
    table_close(t);
    assert_true(row.bytes == 7 && row.what == FAULT_PUSH_LOST && row.worker == 2 && row.virtual_ns == 99);
}

/* ---- summary.json ---- */

static struct summary summary_of(bool faulty, int64_t target_ns)
{
    struct summary s = {.faulty = faulty};
    fill(&summary_members, &s);
    s.trained = true;
    s.target_ns = target_ns;
    s.replicas_equal = REPLICAS_DIFFER;
    snprintf(s.algorithm, sizeof s.algorithm, "osp");
    snprintf(s.status, sizeof s.status, "done");
    return s;
}

static bool take_summary(struct summary *s, bool faults)
{
    struct findings findings = {.silent = true};
    struct members *m = members_read("./summary.json", &findings);
    assert_non_null(m);
    bool good = members_take(m, &summary_members, faults, s);
    members_free(m);
    return good && findings.n == 0;
}

static void test_a_summary_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct summary written = summary_of(true, 5), read = {0};
    summary_write(&written, ".");
    assert_true(take_summary(&read, true));
    assert_equal_fields(&summary_members, (const char *)&written, (const char *)&read);
}

static void test_a_member_that_is_null_stays_as_it_was(void **state)
{
    (void)state;
    struct summary written = summary_of(false, -1), read = {.target_ns = -1, .target_bytes_up = 8};
    written.replicas_equal = REPLICAS_NONE;
    summary_write(&written, ".");
    assert_true(take_summary(&read, false));
    assert_true(read.target_ns == -1 && read.target_bytes_up == 8 && read.faults.crashes == 0);
    assert_int_equal(read.replicas_equal, REPLICAS_NONE);
    assert_false(take_summary(&read, true)); /* members of faults are missing */
}

#define FILES(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers_are_the_frozen_ones),
        cmocka_unit_test(test_every_field_is_a_member_of_its_own),
        cmocka_unit_test(test_a_field_with_words_has_all_of_them),
        cmocka_unit_test(test_columns_of_faults_come_last),
        FILES(test_a_row_is_read_as_it_was_written),
        FILES(test_a_column_is_found_by_its_name),
        FILES(test_a_summary_is_read_as_it_was_written),
        FILES(test_a_member_that_is_null_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
