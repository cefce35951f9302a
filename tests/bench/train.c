/* Images a second of one process: training steps (gradient and update), or evaluations, as a run does them.
 *
 * usage: train MODEL train|eval [SECONDS [PROCESSES]]
 *        train core       prints the kernels that we choose for OpenBLAS; nothing if its own choice stays
 *
 * PROCESSES: the number of processes that run together. They share nothing but the caches: each has a model
 * of its own. The figure is the sum. */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cblas.h>

#include "models/kernels.h"
#include "models/model.h"
#include "sim/base/vec.h"
#include "sim/blas_core.h"
#include "sim/registry.h"
#include "sim/host.h"
#include "sim/transport/shm.h"
#include "tests/bench/bench.h"
#include "tests/rigs/replica.h"

enum { BATCH = 32, IMAGES = 32 * BATCH };

struct job {
    struct model *model;
    struct replica *replica;
    struct workspace *workspace;
    const struct dataset *data;
    uint32_t iteration;
};

/* As a worker does it: the update of a part as soon as backward is done with it. */
static void update(void *context, float *gradient, size_t first, size_t n)
{
    vec_step(((struct job *)context)->replica->params + first, 0.01f, gradient, n);
}

static void train(void *context)
{
    struct job *j = context;
    struct replica *r = j->replica;
    struct draw_at at = {.seed = 1, .iteration = j->iteration};
    uint32_t sample[BATCH];
    for (uint32_t i = 0; i < BATCH; i++)
        sample[i] = (j->iteration * BATCH + i) % IMAGES;
    double loss =
        model_gradient(j->model, j->workspace, r->params, r->stats, j->data, sample, BATCH, &at, NULL);
    if (!isfinite(loss)) /* it has a speed of its own */
        die(EXIT_DIVERGED, "%s diverged", model_name(j->model));
    j->iteration++;
}

static void evaluate(void *context)
{
    struct job *j = context;
    const struct replica *r = j->replica;
    uint32_t first = j->iteration * BATCH % IMAGES;
    struct score score = {0};
    model_evaluate(j->model, j->workspace, r->params, r->stats, j->data, &j->data->test, first, BATCH,
                   &score);
    j->iteration++;
}

static void job_open(struct job *j, const char *name, int training)
{
    char error[256];
    const char *nowhere = NULL;
    struct dataset_options options = {.seed = 1, .train_n = IMAGES, .test_n = IMAGES};
    options.shape = strcmp(name, "cnn") == 0 ? "mnist" : "cifar";
    const struct dataset *d = dataset_open("synthetic", &nowhere, &options);
    j->data = d;
    j->model =
        model_build(registry_model(name), d->channels, d->height, d->width, d->classes, error, sizeof error);
    if (!j->model)
        die(EXIT_USAGE, "%s: %s", name, error);
    j->replica = replica_create(j->model);
    j->workspace = workspace_create(j->model, BATCH, training);
    if (training)
        workspace_on_ready(j->workspace, false, update, j);
    model_init(j->model, 1, j->replica->params, j->replica->stats);
}

struct crew {
    _Atomic int ready;
    double rate[]; /* (processes) */
};

/* The clock starts when all processes have made their first step. */
static double rate_with_others(struct crew *crew, int processes, void (*work)(void *), struct job *j,
                               double seconds)
{
    int done = 0;
    double taken, begun;
    work(j);
    atomic_fetch_add(&crew->ready, 1);
    while (atomic_load(&crew->ready) < processes)
        usleep(1000);
    begun = now();
    do {
        work(j);
        done++;
        taken = now() - begun;
    } while (taken < seconds);
    return done / taken;
}

/* The sum of the rates of all processes. */
static double rate_of_all(int processes, void (*work)(void *), const char *model, double seconds)
{
    size_t bytes = sizeof(struct crew) + (size_t)processes * sizeof(double);
    struct crew *crew = shm_create(bytes);
    double sum = 0;
    for (int i = 0; i < processes; i++) {
        pid_t pid = fork();
        if (pid < 0)
            die_errno(EXIT_RESOURCE, "fork");
        if (pid == 0) {
            struct job job = {0};
            job_open(&job, model, work == train);
            crew->rate[i] = rate_with_others(crew, processes, work, &job, seconds);
            _exit(EXIT_DONE);
        }
    }
    for (int i = 0, status; i < processes; i++)
        if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_DONE)
            die(EXIT_FAILED, "a process has failed");
    for (int i = 0; i < processes; i++)
        sum += crew->rate[i];
    shm_destroy(crew, bytes);
    return sum;
}

static int print_core(void)
{
    const struct cpu_features cpu = cpu_features();
    const char *core = getenv("OPENBLAS_CORETYPE") ? NULL : blas_core(&cpu, openblas_get_corename());
    if (core)
        puts(core);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "core") == 0)
        return print_core();
    struct job job = {0};
    bool training = argc > 2 && strcmp(argv[2], "train") == 0;
    if (argc < 3 || !(training || strcmp(argv[2], "eval") == 0))
        die(EXIT_USAGE, "usage: train MODEL train|eval [SECONDS [PROCESSES]]");
    double seconds = seconds_from(argc, argv, 3, 2);
    host_choose_blas(argv);
    kernels_choose(KERNELS_AUTO);
    void (*work)(void *) = training ? train : evaluate;
    int processes = argc > 4 ? atoi(argv[4]) : 1;
    double rate;
    if (processes > 1) {
        rate = rate_of_all(processes, work, argv[1], seconds);
    } else {
        job_open(&job, argv[1], training);
        rate = rate_of(work, &job, seconds);
    }
    report(BATCH * rate, "images/s", "%s.%s.images_per_s", argv[2], argv[1]);
    return EXIT_DONE;
}
