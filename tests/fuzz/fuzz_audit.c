/* --verify's judgement of an algorithm's four files: damaged numbers are findings, whatever they are. */
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/verify/audit.h"
#include "tests/fuzz/harness.h"

enum { WORKERS = 3, COMPLETE = 1, TRAINED = 2, THINNED = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"eval.csv", "workers.csv", "summary.json", "totals.csv"};
    struct bytes rest = {data, size};
    uint8_t flags = fuzz_byte(&rest);
    struct audit a = {.folder = "losp",
                      .algorithm = "losp",
                      .workers = WORKERS,
                      .milestones = "60s, 1KiB",
                      .trained = flags & TRAINED,
                      .limits = {.least_k = 1, .most_k = 16, .slack = -1},
                      .server_every = 1,
                      .server_crashed = NEVER,
                      .every = flags & THINNED ? 7 : 1,
                      .complete = flags & COMPLETE};
    a.whole = a.complete && a.every == 1;
    fuzz_silence();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bytes piece = fuzz_piece(&rest);
        fuzz_file(names[i], piece.data, piece.size);
    }
    a.worker = need(WORKERS * sizeof *a.worker);
    evals_read(&a);
    evals_judge(&a);
    pushes_read(&a);
    if (a.readable)
        evals_compare(&a);
    if (a.complete && a.readable)
        rounds_compare(&a);
    if (a.complete)
        sums_compare(&a);
    free(a.worker);
    free(a.eval);
    free(a.restart);
    free(a.member);
    fuzz_no_files();
    return 0;
}
