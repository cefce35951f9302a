/* --export's reader of parameters.json, beside a parameters.bin of as many floats as the first byte says. */
#include "sim/export/tensors.h"
#include "tests/fuzz/harness.h"

static const char summary[] =
    "{\n  \"parameters_hash\": \"0000000000000000\"\n}\n"; /* the harness's hash of everything */

static void expect_arrays(const struct tensors *t)
{
    const char *end = t->data;
    for (int i = 0; i < t->n; i++) {
        const struct array *a = &t->at[i];
        FUZZ_EXPECT(a->data == end && a->bytes >= sizeof(float) && a->dims >= 1 && a->dims <= TENSOR_DIMS);
        FUZZ_EXPECT(*a->name && a->name[sizeof a->name - 1] == '\0');
        end += a->bytes;
    }
    FUZZ_EXPECT(end == t->data + t->bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t floats[256 * sizeof(float)];
    struct findings findings = {.silent = true};
    struct bytes rest = {data, size};
    struct tensors tensors;
    fuzz_file("parameters.bin", floats, fuzz_byte(&rest) * sizeof(float));
    fuzz_file("parameters.json", rest.data, rest.size);
    fuzz_file("summary.json", (const uint8_t *)summary, sizeof summary - 1);
    struct members *m = members_read("summary.json", &findings);
    FUZZ_EXPECT(m);
    bool good = tensors_read(&tensors, "run", m, &findings);
    FUZZ_EXPECT(good == (findings.n == 0));
    if (good)
        expect_arrays(&tensors);
    tensors_free(&tensors);
    members_free(m);
    fuzz_no_files();
    return 0;
}
