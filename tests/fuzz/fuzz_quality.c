/* --verify's judgement of quality.csv and classes.csv beside eval.csv: damaged numbers are findings, whatever they are. */
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/verify/audit.h"
#include "tests/fuzz/harness.h"

enum { WORKERS = 3, COMPLETE = 32, FAULTY = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"eval.csv", "quality.csv", "classes.csv"};
    struct bytes rest = {data, size};
    uint8_t flags = fuzz_byte(&rest);
    struct audit a = {.folder = "losp",
                      .algorithm = "losp",
                      .workers = WORKERS,
                      .trained = true,
                      .quality = flags & (COMPLETE - 1),
                      .faulty = flags & FAULTY,
                      .complete = flags & COMPLETE};
    fuzz_silence();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bytes piece = fuzz_piece(&rest);
        fuzz_file(names[i], piece.data, piece.size);
    }
    evals_read(&a);
    if (a.readable)
        quality_judge(&a);
    free(a.eval);
    fuzz_no_files();
    return 0;
}
