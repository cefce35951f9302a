/* A file of sites, and where workers are. */
#include <stdlib.h>

#include "sim/config/sites_file.h"
#include "tests/fuzz/harness.h"

enum { WORKERS = 5 };

static void place(struct sites *sites, const char *names)
{
    char error[512] = "";
    free(sites->of);
    sites->of = NULL;
    if (!sites_place(sites, names, WORKERS, error, sizeof error))
        fuzz_expect_line(error);
    else
        for (int i = 0; i < WORKERS; i++)
            FUZZ_EXPECT(sites->of[i] >= 0 && sites->of[i] < sites->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[512] = "";
    fuzz_file("s.csv", data, size);
    struct sites *sites = sites_read("s.csv", error, sizeof error);
    if (!sites)
        fuzz_expect_line(error);
    for (int i = 0; sites && i < sites->n * sites->n; i++)
        FUZZ_EXPECT((i % (sites->n + 1) == 0) == (sites->bandwidth[i] == 0) && sites->latency[i] >= 0);
    if (sites) {
        place(sites, NULL);
        place(sites, sites->name[sites->n - 1]);
        place(sites, "a,b,a,b,a");
    }
    sites_free(sites);
    fuzz_no_files();
    return 0;
}
