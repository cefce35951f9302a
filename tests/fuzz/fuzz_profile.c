/* A file of the tensors of a profile. */
#include <string.h>

#include "sim/config/profile_file.h"
#include "tests/fuzz/harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[512] = "";
    double forward = 0, backward = 0;
    int64_t parameters = 0;
    fuzz_file("p.csv", data, size);
    struct profile *profile = profile_read("p.csv", error, sizeof error);
    if (!profile)
        fuzz_expect_line(error);
    for (int i = 0; profile && i < profile->n; i++) {
        const struct profile_tensor *t = &profile->at[i];
        FUZZ_EXPECT(t->parameters > 0 && t->forward >= 0 && t->backward >= 0 && strlen(t->name) < 64);
        int64_t n = 1;
        for (int d = 0; d < t->dims; d++)
            n *= t->dim[d];
        FUZZ_EXPECT(t->dims >= 0 && t->dims <= 4 && (t->dims == 0 || n == t->parameters));
        FUZZ_EXPECT(t->operations >= 0 && t->operations <= profile->operations);
        parameters += t->parameters;
        forward += t->forward;
        backward += t->backward;
    }
    if (profile) {
        FUZZ_EXPECT(profile->n > 0 && parameters <= MOST_PARAMETERS);
        FUZZ_EXPECT(forward > 0 && backward > 0);
    }
    profile_free(profile);
    fuzz_no_files();
    return 0;
}
