/* --verify's reader of CSV files. */
#include <math.h>

#include "sim/verify/table.h"
#include "tests/fuzz/harness.h"

struct row {
    int64_t round, virtual_ns;
    double loss;
};

static const struct field fields[] = {
    {"round", FIELD_INT, .offset = offsetof(struct row, round)},
    {"virtual_s", FIELD_SECONDS, .offset = offsetof(struct row, virtual_ns)},
    {"loss", FIELD_REAL, .offset = offsetof(struct row, loss)},
};
static const struct columns columns = {"t.csv", fields, sizeof fields / sizeof *fields};

static void expect_whole(int64_t value)
{
    FUZZ_EXPECT(value >= -LARGEST_CELL && value <= LARGEST_CELL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings = {.silent = true};
    struct row row;
    fuzz_file("t.csv", data, size);
    struct table *t = table_open(".", &columns, &findings);
    FUZZ_EXPECT(t || findings.n > 0);
    while (t && table_next(t, &row)) {
        expect_whole(row.round);
        expect_whole(row.virtual_ns);
        FUZZ_EXPECT(!isinf(row.loss));
    }
    FUZZ_EXPECT(!t || table_damaged(t) == (findings.n > 0));
    table_close(t);
    fuzz_no_files();
    return 0;
}
