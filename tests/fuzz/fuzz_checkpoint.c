/* A checkpoint: its head, its sections, and what the keepers of a run read from them. Checksums are 0 (harness.c). */
#include <stdlib.h>
#include <string.h>

#include "sim/runtime/checkpoint.h"
#include "sim/runtime/mail.h"
#include "tests/fuzz/harness.h"

enum { SECTIONS = 2, FLOATS = 5 };

static const struct message_layout layout = {.spans = 2, .bytes = {40, 3}};

static struct checkpoint *checkpoint; /* global: where the program ends, the harness goes on and frees them */
static struct fifo losses;
static struct inbox inbox;

static void clear(void)
{
    inbox_free(&inbox);
    fifo_free(&losses);
}

/* One of each that a run keeps. */
static void keep(void *context, struct section *s)
{
    float vector[FLOATS];
    int32_t where = 0;
    inbox = (struct inbox){.layout = &layout, .uses = 2};
    fifo_init(&losses, 16);
    section_floats(s, vector, FLOATS);
    section_choice(s, &where, 0, 2);
    FUZZ_EXPECT(where >= 0 && where <= 2);
    section_fifo(s, &losses);
    inbox_persist(&inbox, s);
    FUZZ_EXPECT(losses.count * losses.size <= *(const size_t *)context);
    clear();
}

struct input {
    const uint8_t *data;
    size_t size;
};

static void load(void *context)
{
    static const struct identity identity = {"1", "kernels", "bsp", 11, 22};
    struct input *in = context;
    char why[256] = "";
    checkpoint = checkpoint_parse(in->data, in->size, &identity, SECTIONS, why, sizeof why);
    if (!checkpoint) {
        fuzz_expect_line(why);
        return;
    }
    for (uint32_t i = 0; i < SECTIONS; i++)
        checkpoint_load(checkpoint, i, &(struct persistent){.persist = keep, .context = &in->size});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_silence();
    fuzz_try(load, &(struct input){data, size});
    clear();
    free(checkpoint);
    checkpoint = NULL;
    return 0;
}
