/* The values of --set, one a line, behind an ini file that does not say much. What is refused is passed over. */
#include "tests/fuzz/harness.h"
#include "tests/fuzz/configuration.h"

static const char ini[] = "[experiment]\nseed = 1\n";

static void set_each(struct config_source *src, char *lines)
{
    for (char *rest = lines, *line; (line = strsep(&rest, "\n"));)
        if (!config_set(src, line, error, sizeof error))
            FUZZ_EXPECT(*error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config cfg;
    struct config_source *src = configuration(&cfg);
    fuzz_file("x.ini", (const uint8_t *)ini, strlen(ini));
    FUZZ_EXPECT(config_read_file(src, "x.ini", error, sizeof error));
    char *lines = strndup((const char *)data, size);
    set_each(src, lines);
    free(lines);
    bool good = config_finish(src, error, sizeof error);
    if (!good)
        fuzz_expect_line(error);
    if (good && dumps(data, size))
        expect_fixed_point(src);
    else
        config_end(src);
    fuzz_no_files();
    return 0;
}
