/* An ini file, with the keys of every plug-in. */
#include "tests/fuzz/harness.h"
#include "tests/fuzz/configuration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config cfg;
    struct config_source *src = configuration(&cfg);
    fuzz_file("x.ini", data, size);
    bool good =
        config_read_file(src, "x.ini", error, sizeof error) && config_finish(src, error, sizeof error);
    if (!good)
        fuzz_expect_line(error);
    if (good && dumps(data, size))
        expect_fixed_point(src);
    else
        config_end(src);
    fuzz_no_files();
    return 0;
}
