/* What is done to whole vectors between training steps: the SGD update, the PS's sum, the codecs, and what an algorithm
 * with several exchanges in a step (PowerSGD) compresses itself.
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

/* ---- an algorithm that compresses for itself ---- */

struct factors_rig {
    const struct run *run;
    struct worker_state worker;
    int exchanges;
};

/* All that a worker does until the message of the last exchange is ready: the orthonormal factors of the others' mean
 * are a part of it. */
static void compress(void *context)
{
    struct factors_rig *r = context;
    for (int i = 0; i < r->exchanges; i++) {
        r->worker.exchange = i;
        r->run->alg->pack(&r->worker);
        if (i + 1 < r->exchanges)
            r->run->alg->accept(&r->worker);
    }
}

/* The last result becomes a matrix, and the step. */
static void decompress(void *context)
{
    struct factors_rig *r = context;
    r->worker.exchange = r->exchanges - 1;
    r->run->alg->accept(&r->worker);
}

static void bench_factors(const char *name, double seconds)
{
    struct run *run = prepared(name, NULL);
    struct factors_rig r = {.run = run,
                            .worker = {.workers = run->workers,
                                       .params = run->params,
                                       .n = run->n,
                                       .model = noise(run->n),
                                       .gradient = noise(run->n),
                                       .setup = &run->setup,
                                       .update_rate = 1e-6f},
                            .exchanges = (int)run->alg->exchanges(run->params)};
    for (int i = 0; i < run->protocol->n_worker_vectors; i++)
        r.worker.vector[i] = noise(run->n);
    double bytes = (double)(run->alg->compressed(run->params, &run->setup, false) * sizeof(float));
    report(best_rate_of(compress, &r, seconds) * bytes, "bytes/s", "algorithm.%s.encode.bytes_per_s", name);
    report(best_rate_of(decompress, &r, seconds) * bytes, "bytes/s", "algorithm.%s.decode.bytes_per_s", name);
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
    for (int i = 0; alg_list[i]; i++)
        if (alg_list[i]->exchanges)
            bench_factors(alg_list[i]->name, seconds);
    return EXIT_DONE;
}
