/* The final models of a run, tested with both kinds of BatchNorm's statistics: the running ones that their
 * parameters.bin holds (output.batchnorm = running), and precise ones, measured as the evaluator does.
 *
 * usage: statistics RUN ...    RUN: a run's folder. One line an algorithm: RUN ALGORITHM RUNNING PRECISE, accuracies */
#include <stdlib.h>
#include <string.h>

#include "models/kernels.h"
#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/base/text.h"
#include "sim/registry.h"
#include "sim/host.h"
#include "tests/rigs/placed.h"

enum { SAMPLES = 2000, TEST = 100 };

struct job {
    struct config cfg;
    struct config_source *source;
    const struct dataset *data;
    struct model *model;
    float *exported, *params, *stats; /* stats: precise; running ones lie behind the exported parameters */
    struct workspace *workspace;
};

static void open_job(struct job *j, const char *run)
{
    char error[1024], *ini = text_format("%s/resolved.ini", run);
    int n;
    const struct config_section *sections = registry_sections(&n);
    j->source = config_begin(&j->cfg, sections, n);
    if (!config_read_file(j->source, ini, error, sizeof error) ||
        !config_finish(j->source, error, sizeof error))
        die(EXIT_USAGE, "%s", error);
    free(ini);
    const char *const paths[] = {j->cfg.data.path ? j->cfg.data.path : "data",
                                 getenv("SIMULATE_DATA") ? getenv("SIMULATE_DATA") : "data", NULL};
    j->data = dataset_open(j->cfg.data.set, paths,
                           &(struct dataset_options){.seed = (uint64_t)j->cfg.experiment.seed,
                                                     .shape = j->cfg.data.shape,
                                                     .train_n = j->cfg.data.train_samples,
                                                     .test_n = j->cfg.data.test_samples});
    kernels_choose(j->cfg.host.kernels);
    const struct dataset *d = j->data;
    j->model = model_build(registry_model(j->cfg.model.name), d->channels, d->height, d->width, d->classes,
                           error, sizeof error);
    j->exported = need((model_params(j->model) + model_stats(j->model)) * sizeof(float));
    j->params = need(model_params(j->model) * sizeof(float));
    j->stats = need(model_stats(j->model) * sizeof(float));
    int batch = (int)j->cfg.train.batch;
    j->workspace = workspace_create(j->model, batch > TEST ? batch : TEST, 0);
}

static void close_job(struct job *j)
{
    free(j->exported);
    free(j->params);
    free(j->stats);
    workspace_destroy(j->workspace);
    model_destroy(j->model);
    dataset_close(j->data);
    config_end(j->source);
}

static void read_parameters(struct job *j, const char *folder)
{
    char *path = text_format("%s/parameters.bin", folder);
    size_t n = model_params(j->model) + model_stats(j->model);
    FILE *file = fopen(path, "rb");
    if (!file || fread(j->exported, sizeof(float), n, file) != n)
        die_errno(EXIT_DATA, "read %s", path);
    fclose(file);
    free(path);
    placed(j->model, j->exported, j->params);
}

/* The round of eval.csv's last line. */
static int64_t last_version(const char *folder)
{
    char line[1024], *path = text_format("%s/eval.csv", folder);
    long long version = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        die_errno(EXIT_DATA, "open %s", path);
    while (fgets(line, sizeof line, file))
        version = strtoll(line, NULL, 10);
    fclose(file);
    free(path);
    return version;
}

static void measure(struct job *j, int64_t version)
{
    uint32_t all = j->data->train.n, samples = all < SAMPLES ? all : SAMPLES;
    uint32_t batch = (uint32_t)j->cfg.train.batch, *sample = need(all * sizeof *sample);
    double *moments = need(model_stats(j->model) * sizeof *moments);
    draw_permutation(&(struct draw_key){.seed = (uint64_t)j->cfg.experiment.seed,
                                        .purpose = DRAW_STATISTICS,
                                        .round = (uint64_t)version},
                     sample, all);
    for (uint32_t first = 0; first < samples; first += batch)
        model_measure(j->model, j->workspace, j->params, j->data, sample + first,
                      (int)(samples - first < batch ? samples - first : batch), moments);
    model_settle(j->model, moments, samples, j->stats);
    free(moments);
    free(sample);
}

static double accuracy(const struct job *j, const float *stats)
{
    struct score score = {0};
    for (uint32_t first = 0; first < j->data->test.n; first += TEST) {
        uint32_t left = j->data->test.n - first;
        model_evaluate(j->model, j->workspace, j->params, stats, j->data, &j->data->test, first,
                       left < TEST ? (int)left : TEST, &score);
    }
    return (double)score.right / j->data->test.n;
}

int main(int argc, char **argv)
{
    host_choose_blas(argv);
    for (int i = 1; i < argc; i++) {
        struct job j;
        open_job(&j, argv[i]);
        for (int a = 0; a < j.cfg.experiment.algorithms.n; a++) {
            const char *name = j.cfg.experiment.algorithms.at[a];
            char *folder = text_format("%s/%s", argv[i], name);
            read_parameters(&j, folder);
            measure(&j, last_version(folder));
            printf("%s %s %.4f %.4f\n", argv[i], name, accuracy(&j, j.exported + model_params(j.model)),
                   accuracy(&j, j.stats));
            fflush(stdout);
            free(folder);
        }
        close_job(&j);
    }
    return EXIT_DONE;
}
