/* What is done to whole vectors between training steps: the SGD update, the PS's sum, the codecs.
 *
 * Counted are the bytes of one float vector: of the parameters updated, of the push added, of the floats
 * encoded or decoded; once, although an update and a sum read two vectors and write one. So the figures
 * compare with memcpy.bytes_per_s.
 *
 * usage: vectors [SECONDS] */
#include "sim/base/text.h"
#include "sim/base/vec.h"
#include "sim/transport/shm.h"
#include "tests/bench/bench.h"
#include "tests/bench/prepared.h"

struct sums_rig {
    size_t n;
    float *gradient, *model;
    float *pushed; /* in shared memory, where the PS finds it */
    const struct coding *coding;
    uint8_t *code;
};

static void update(void *context)
{
    const struct sums_rig *v = context;
    vec_step(v->model, 1e-6f, v->gradient, v->n);
}

static void aggregate(void *context)
{
    const struct sums_rig *v = context;
    vec_add(v->model, v->pushed, v->n);
}

static const struct draw_key draw = {.seed = 1, .purpose = DRAW_CODEC};

static void encode(void *context)
{
    const struct sums_rig *v = context;
    int bad;
    if (!coding_encode(v->coding, &draw, v->gradient, NULL, NULL, v->code, &bad))
        die(EXIT_FAILED, "%s refuses tensor %d", v->coding->codec->name, bad);
}

static void decode(void *context)
{
    const struct sums_rig *v = context;
    coding_decode(v->coding, &draw, v->code, v->model);
}

static double bytes_per_s(void (*work)(void *), struct sums_rig *v, double seconds)
{
    return best_rate_of(work, v, seconds) * (double)(v->n * sizeof(float));
}

/* As DQLOSP uses it when nothing else is configured. */
static void bench_codec(struct sums_rig *v, const char *name, double seconds)
{
    char *setting = text_format("algorithm.dqlosp.codec=%s", name);
    struct run *run = prepared("dqlosp", setting);
    v->coding = &run->layout.push_coding;
    v->code = need(coding_bytes(&run->layout.push_coding, 0));
    report(bytes_per_s(encode, v, seconds), "bytes/s", "codec.%s.encode.bytes_per_s", name);
    report(bytes_per_s(decode, v, seconds), "bytes/s", "codec.%s.decode.bytes_per_s", name);
    free(v->code);
    free(setting);
}

int main(int argc, char **argv)
{
    double seconds = seconds_from(argc, argv, 1, 1);
    size_t n = prepared("bsp", NULL)->n;
    struct sums_rig v = {
        .n = n, .gradient = noise(n), .model = noise(n), .pushed = shm_create(n * sizeof(float))};
    vec_copy(v.pushed, v.gradient, n);
    report(bytes_per_s(update, &v, seconds), "bytes/s", "update.bytes_per_s");
    report(bytes_per_s(aggregate, &v, seconds), "bytes/s", "aggregate.bytes_per_s");
    for (int i = 0; codec_list[i]; i++)
        bench_codec(&v, codec_list[i]->name, seconds);
    return EXIT_DONE;
}
