/* --verify's reader of JSON files. */
#include "sim/verify/members.h"
#include "sim/verify/table.h"
#include "tests/fuzz/harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings = {0};
    int64_t whole;
    double real;
    bool yes;
    fuzz_silence();
    fuzz_file("s.json", data, size);
    struct members *m = members_read("s.json", &findings);
    FUZZ_EXPECT(!m == (findings.n > 0));
    if (m && members_int(m, "workers", &whole))
        FUZZ_EXPECT(whole >= -LARGEST_CELL && whole <= LARGEST_CELL);
    if (m) {
        members_real(m, "loss", &real);
        members_bool(m, "trained", &yes);
        members_is(m, "status", "done");
    }
    members_free(m);
    fuzz_no_files();
    return 0;
}
