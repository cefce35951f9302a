/* Any bytes as a plain or compressed file of a size that is known. */
#include <stdlib.h>

#include "models/data/reader.h"
#include "sim/base/fail.h"
#include "tests/fuzz/harness.h"

struct reading {
    struct stream stream;
    size_t size;
    uint8_t *out; /* (size) */
};

static void read_whole(void *context)
{
    struct reading *r = context;
    stream_open(&r->stream, "set", "f", r->size);
    stream_read(&r->stream, r->out, r->size / 2);
    stream_read(&r->stream, r->out + r->size / 2, r->size - r->size / 2);
    stream_close(&r->stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reading r; /* a path long: not for the stack of a loop */
    struct bytes rest = {data, size};
    r.size = fuzz_byte(&rest);
    r.out = malloc(r.size ? r.size : 1);
    fuzz_file("f.gz", rest.data, rest.size);
    int status = fuzz_try(read_whole, &r);
    FUZZ_EXPECT(status == EXIT_DATA || (status == EXIT_DONE && r.stream.done == r.size));
    free(r.out);
    fuzz_no_files();
    return 0;
}
