/* A trace file, of workers and of the server link. */
#include <stdlib.h>

#include "sim/config/trace_file.h"
#include "tests/fuzz/harness.h"

enum { WORKERS = 3 };

static void expect_rising(const struct trace *trace)
{
    for (size_t i = 0; i < trace->n; i++) {
        FUZZ_EXPECT(trace->step[i].at >= 0 && trace->step[i].factor > 0);
        FUZZ_EXPECT(i == 0 || trace->step[i].at > trace->step[i - 1].at);
        FUZZ_EXPECT(trace_at(trace, trace->step[i].at).factor == trace->step[i].factor);
    }
}

static void read_for(int workers)
{
    char error[512] = "";
    struct trace *traces = trace_read("t.csv", workers, error, sizeof error);
    if (!traces)
        fuzz_expect_line(error);
    for (int w = 0; traces && w < (workers == THE_SERVER ? 1 : workers); w++)
        expect_rising(&traces[w]);
    free(traces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file("t.csv", data, size);
    read_for(WORKERS);
    read_for(THE_SERVER);
    fuzz_no_files();
    return 0;
}
