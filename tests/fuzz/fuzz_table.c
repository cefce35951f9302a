/* --verify's reader of CSV files. */
#include <math.h>

#include "sim/verify/table.h"
#include "tests/fuzz/harness.h"

static const struct column columns[] = {
    {"round", CELL_INT}, {"virtual_s", CELL_SECONDS}, {"loss", CELL_REAL}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void expect_cell(enum cell kind, const union value *value)
{
    if (kind == CELL_REAL)
        FUZZ_EXPECT(!isinf(value->r));
    else
        FUZZ_EXPECT(value->i >= -LARGEST_CELL && value->i <= LARGEST_CELL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings = {.silent = true};
    union value row[COLUMNS];
    fuzz_file("t.csv", data, size);
    struct table *t = table_open("t.csv", columns, COLUMNS, &findings);
    FUZZ_EXPECT(t || findings.n > 0);
    while (t && table_next(t, row))
        for (int i = 0; i < COLUMNS; i++)
            expect_cell(columns[i].kind, &row[i]);
    FUZZ_EXPECT(!t || table_damaged(t) == (findings.n > 0));
    table_close(t);
    fuzz_no_files();
    return 0;
}
