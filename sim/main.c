/* ospsim: compares distributed-training algorithms on one machine. Read this first.
 *
 *   options, ini --> configuration --> data set, model, first parameters
 *                                        --> for each algorithm: prepare, launch, summary --> comparison
 *
 * Everything is decided and checked before the output folder is made; what an algorithm's run does is told in
 * run/. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/kernels.h"
#include "sim/base/fail.h"
#include "sim/base/signals.h"
#include "sim/base/text.h"
#include "sim/registry.h"
#include "sim/commands/check.h"
#include "sim/commands/json_events.h"
#include "sim/commands/explain.h"
#include "sim/export/export.h"
#include "sim/host.h"
#include "sim/output/folder.h"
#include "sim/output/progress.h"
#include "sim/commands/partition.h"
#include "sim/install_paths.h"
#include "sim/commands/program.h"
#include "sim/report/report.h"
#include "sim/commands/resume.h"
#include "sim/predict/forecast.h"
#include "sim/runtime/run.h"
#include "sim/predict/theory.h"
#include "sim/commands/markdown.h"
#include "sim/verify/verify.h"

/* ---- configuration ---- */

void need_ok(bool ok, const char *error)
{
    if (!ok)
        die(EXIT_USAGE, "%s", error);
}

static bool take_assignment(struct config_source *source, const struct assignment *a, char *error,
                            size_t size)
{
    if (a->key)
        return config_option(source, a->option, a->key, a->value, error, size);
    return strcmp(a->option, "--sweep") == 0 ? config_sweep(source, a->value, error, size)
                                             : config_set(source, a->value, error, size);
}

void program_configure(struct program *p)
{
    char error[1024];
    int n;
    const struct options *o = &p->options;
    const struct config_section *sections = registry_sections(&n);
    p->source = config_begin(&p->cfg, sections, n);
    if (o->resume || p->base)
        need_ok(resume_configure(p->source, o->resume ? o->resume : p->base, error, sizeof error), error);
    else if (o->file)
        need_ok(config_read_text(p->source, o->file, p->given, error, sizeof error), error);
    for (int i = 0; i < o->n_set; i++)
        need_ok(take_assignment(p->source, &o->set[i], error, sizeof error), error);
    if (p->point)
        need_ok(grid_assign(p->grid, p->point, p->source, error, sizeof error), error);
    need_ok(config_finish(p->source, error, sizeof error), error);
}

/* ---- the world that all algorithms share ---- */

static void open_data(struct program *p)
{
    const struct config *cfg = &p->cfg;
    const char *paths[6], *environment = getenv("SIMULATE_DATA");
    int n = 0;
    char *fetcher = install_fetcher();
    struct dataset_options options = {.seed = (uint64_t)cfg->experiment.seed,
                                      .shape = cfg->data.shape,
                                      .train_n = cfg->data.train_samples,
                                      .test_n = cfg->data.test_samples,
                                      .fetcher = fetcher};
    if (cfg->data.path)
        paths[n++] = cfg->data.path;
    if (environment && *environment)
        paths[n++] = environment;
    paths[n++] = "data";
    paths[n++] = "/usr/share/datasets";
    paths[n] = NULL;
    registry_check_dataset(cfg->data.set);
    p->data = dataset_open(cfg->data.set, paths, &options);
    free(fetcher);
}

static void build_model(struct program *p)
{
    char error[256];
    const struct dataset *d = p->data;
    const struct model_def *def = registry_model(p->cfg.model.name);
    kernels_choose((enum kernels)p->cfg.host.kernels);
    p->model = model_build(def, d->channels, d->height, d->width, d->classes, error, sizeof error);
    if (!p->model)
        die(EXIT_USAGE, "model.name: %s does not fit data.set = %s: %s", def->name, d->name, error);
    p->first_params = need(model_params(p->model) * sizeof(float));
    p->first_stats = need(model_stats(p->model) * sizeof(float));
}

static void first_parameters(struct program *p)
{
    if (p->cfg.experiment.train)
        model_init(p->model, (uint64_t)p->cfg.experiment.seed, p->first_params, p->first_stats);
}

static enum shows shown(const struct options *o)
{
    return o->json ? SHOW_JSON : o->quiet ? SHOW_NOTHING : progress_possible() ? SHOW_BAR : SHOW_LINES;
}

/* https://no-color.org: any value but the empty one. */
static bool coloured(const struct options *o)
{
    const char *no = getenv("NO_COLOR");
    return o->colour == ALWAYS || (o->colour == AUTOMATIC && !(no && *no));
}

static void prepare_runs(struct program *p)
{
    const struct names *names = &p->cfg.experiment.algorithms;
    p->shares = prepare_shares(&p->cfg, p->data);
    p->setting = (struct setting){.cfg = &p->cfg,
                                  .data = p->data,
                                  .model = p->model,
                                  .first_params = p->first_params,
                                  .first_stats = p->first_stats,
                                  .shares = p->shares,
                                  .codec = registry_codec};
    p->runs = names->n;
    p->run = need((size_t)names->n * sizeof *p->run);
    p->summary = need((size_t)names->n * sizeof *p->summary);
    p->ended = need((size_t)names->n * sizeof *p->ended);
    for (int i = 0; i < names->n; i++) {
        const void *params;
        const struct algorithm *alg = registry_algorithm(names->at[i], &params);
        for (int j = 0; j < i; j++)
            if (strcmp(names->at[i], names->at[j]) == 0)
                die(EXIT_USAGE, "experiment.algorithms: expected each name once, got '%s' twice",
                    names->at[i]);
        run_prepare(&p->run[i], &p->setting, alg, params);
        p->run[i].shown = shown(&p->options);
        p->run[i].colour = coloured(&p->options);
    }
}

void program_open(struct program *p)
{
    if (!p->data)
        open_data(p);
    build_model(p);
    if (p->cfg.experiment.train)
        kernels_reserve();
    prepare_runs(p);
}

/* Shared memory is asked for once before anything is written: a lack of it leaves nothing behind. */
void program_try_memory(const struct program *p)
{
    for (int i = 0; i < p->runs; i++)
        shared_destroy(shared_create(&p->run[i]));
}

/* ---- --check, --explain ---- */

static void print_setting(const struct program *p)
{
    printf("%s on %s (%s), %zu parameters, %" PRId64 " workers, seed %" PRId64 "\n", model_name(p->model),
           p->data->name, p->data->origin, model_params(p->model), p->cfg.cluster.workers,
           p->cfg.experiment.seed);
}

static int check(const struct program *p)
{
    print_setting(p);
    int status = check_print(p->run, p->runs);
    program_try_memory(p);
    return status;
}

static void explain(const struct program *p)
{
    int n;
    config_sweep_rows(p->source, &n);
    print_setting(p);
    explain_print(p->run, p->runs);
    if (n > 0)
        puts("this is the base of a sweep: --check says how many points it has and how long they take");
}

/* ---- running ---- */

static int64_t predicted_ns(const struct run *run)
{
    return run_is_foreseen(run) ? theory_ns(&run->conductor) : -1;
}

static void make_folder(struct program *p)
{
    p->folder =
        folder_create(p->options.output, p->cfg.output.path, p->cfg.experiment.name, p->cfg.experiment.seed);
    folder_lock(p->folder);
    program_write_ini(p, "given.ini");
    partition_save(&p->run[0], p->folder);
}

static void take_folder(struct program *p)
{
    p->folder = text_copy(p->options.resume);
    p->complete = resume_summaries(p->summary, p->ended, p->run, p->runs, p->folder);
    for (int i = 0; i < p->runs; i++)
        if (p->ended[i])
            p->summary[i].predicted_ns = predicted_ns(&p->run[i]);
}

static void identify(struct program *p)
{
    struct identity identity = resume_identity(p->folder, p->data);
    for (int i = 0; i < p->runs; i++) {
        struct identity *id = &p->run[i].identity;
        *id = identity;
        snprintf(id->algorithm, sizeof id->algorithm, "%s", p->run[i].alg->name);
    }
}

/* What is damaged is refused before anything has been changed. */
static void take_checkpoints(struct program *p)
{
    for (int i = 0; i < p->runs; i++)
        if (!p->ended[i])
            resume_open(&p->run[i], p->folder);
    for (int i = 0; i < p->runs; i++)
        if (p->ended[i])
            resume_clear_complete(&p->run[i], p->folder);
        else
            resume_clear(&p->run[i]);
    resume_clear_end(p->folder);
}

static void open_folder(struct program *p, char **argv)
{
    if (p->options.resume)
        take_folder(p);
    else
        make_folder(p);
    identify(p);
    if (p->options.resume)
        take_checkpoints(p);
    p->record = (struct record){.folder = p->folder,
                                .argv = argv,
                                .seed = p->cfg.experiment.seed,
                                .data = p->data,
                                .resumed = p->options.resume,
                                .mixes = p->complete > 0};
    record_start(&p->record);
}

static int run_one(const struct program *p, struct run *run, struct summary *summary)
{
    if (!run->folder)
        run->folder = folder_make(p->folder, run->alg->name);
    *summary = launch(run);
    summary->predicted_ns = predicted_ns(run);
    checkpoint_close((struct checkpoint *)run->resumed);
    if (summary->exit_status == EXIT_DONE) {
        summary_write(summary, run->folder);
        if (p->options.json)
            summary_line(summary);
        checkpoint_remove(run->folder);
    }
    free(run->folder);
    return summary->exit_status;
}

/* That one ends in this way says nothing of the others: it comes to no end, or, in a sweep, which may well look for
 * where training diverges, it does. */
static bool others_go_on(const struct program *p, int status)
{
    return status == EXIT_STUCK || (p->point && status == EXIT_DIVERGED);
}

/* One algorithm after the other; returns the exit status of the first that did not end by itself. */
static int run_all(struct program *p)
{
    int first = EXIT_DONE;
    for (int i = 0; i < p->runs; i++) {
        if (p->ended[i])
            continue;
        int status = forecast_ends(&p->run[i]) ? run_one(p, &p->run[i], &p->summary[i]) : EXIT_STUCK;
        p->ended[i] = status == EXIT_DONE;
        p->complete += p->ended[i];
        if (p->ended[i])
            continue;
        bool go_on = others_go_on(p, status);
        p->record.hung |= p->summary[i].hung;
        if (first == EXIT_DONE || !go_on)
            p->record.ended_in = p->run[i].alg->name;
        if (!go_on)
            return status;
        first = first == EXIT_DONE ? status : first;
    }
    return first;
}

/* Of those that are complete, which move together, also when another one failed. */
static void compare(struct program *p)
{
    double target = p->cfg.experiment.train ? p->cfg.experiment.target_accuracy : NAN;
    if (p->complete == 0)
        return;
    for (int i = 0, n = 0; i < p->runs; i++)
        if (p->ended[i])
            p->summary[n++] = p->summary[i];
    comparison_write(p->summary, p->complete, target, p->folder);
    time_split_write(p->summary, p->complete, p->folder);
    if (!p->options.json)
        comparison_print(p->summary, p->complete, target);
}

int program_run(struct program *p, char **argv)
{
    first_parameters(p);
    program_try_memory(p);
    open_folder(p, argv);
    if (p->options.json)
        json_events_start(p);
    if (p->data->synthetic && p->cfg.experiment.train && !p->options.quiet)
        warn("SYNTHETIC DATA: accuracies say nothing about real images (data.set = %s)", p->cfg.data.set);
    int status = run_all(p);
    if (status != EXIT_RESOURCE)
        compare(p);
    record_end(&p->record, status);
    if (p->cfg.output.report && !p->point && p->complete > 0 && status != EXIT_RESOURCE)
        report_at_end(p->folder);
    if (status > 128 && !p->point)
        warn("go on with: simulate --resume %s", p->folder);
    if (p->options.json)
        json_events_end(p, status);
    else
        printf("%s%s\n", p->folder, status == EXIT_DONE ? "" : " (incomplete)");
    return status;
}

void program_close(struct program *p)
{
    for (int i = 0; i < p->runs; i++)
        run_release(&p->run[i]);
    free(p->run);
    free(p->summary);
    free(p->ended);
    free(p->first_params);
    free(p->first_stats);
    shares_free(p->shares);
    free(p->folder);
    model_destroy(p->model);
    if (p->data)
        dataset_close(p->data);
}

/* A file that is opened must not become standard output because the caller closed that. */
static void open_standard_files(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* A reader that went away (| head) is no failure; a full disk is one, and so is a limit (ulimit -f). */
static void close_standard_output(void)
{
    if (fflush(stdout) == 0)
        errno = json_lost();
    if (errno && errno != EPIPE)
        die_errno(errno == EFBIG ? EXIT_RESOURCE : EXIT_FAILED, "writing to standard output");
}

/* Where FILE is an experiment that comes with the program, its path; the caller frees. */
static char *find_ini(struct options *o)
{
    if (!o->file)
        return NULL;
    char *path = install_experiment(o->file);
    if (strcmp(path, o->file) != 0 && !o->quiet)
        fprintf(stderr, "simulate: reading %s\n", path);
    o->file = path;
    return path;
}

static void read_ini(struct program *p, struct ini_text *given)
{
    char error[1024];
    if (!p->options.file)
        return;
    need_ok(ini_read(given, p->options.file, error, sizeof error), error);
    p->given = given;
}

static int act(struct program *p, char **argv)
{
    int status = EXIT_DONE;
    struct ini_text given = {0};
    if (p->options.action == ACT_RUN && !p->options.file && !p->options.resume)
        die(EXIT_USAGE, "no experiment given; try '%s experiments/quickstart.ini' or '%s --help'", argv[0],
            argv[0]);
    if (p->options.resume)
        folder_lock(p->options.resume);
    char *ini = find_ini(&p->options);
    read_ini(p, &given);
    program_configure(p);
    if (sweeps(p)) {
        status = sweep(p, argv);
        free(given.bytes);
        free(ini);
        return status;
    }
    if (p->options.action == ACT_PRINT_CONFIG) {
        config_dump(p->source, stdout, true);
    } else {
        program_open(p);
        if (p->options.action == ACT_CHECK)
            status = check(p);
        else if (p->options.action == ACT_EXPLAIN)
            explain(p);
        else
            status = program_run(p, argv);
        program_close(p);
    }
    config_end(p->source);
    free(given.bytes);
    free(ini);
    return status;
}

int main(int argc, char **argv)
{
    struct program p = {0};
    int status = EXIT_DONE;
    signals_open();
    open_standard_files();
    options_parse(&p.options, argc, argv);
    switch (p.options.action) {
    case ACT_HELP:
        options_help();
        break;
    case ACT_VERSION:
        printf("simulate %s\n", PROGRAM_VERSION);
        break;
    case ACT_LIST:
        registry_list(p.options.list);
        break;
    case ACT_VERIFY:
        status = verify(p.options.runs);
        break;
    case ACT_EXPORT:
        status = export_run(p.options.format, p.options.runs[0], p.options.output);
        break;
    case ACT_REPORT:
        status = report(&p);
        break;
    case ACT_MARKDOWN:
        markdown_print(p.options.list, stdout);
        break;
    default:
        if (p.options.action != ACT_PRINT_CONFIG)
            host_choose_blas(argv);
        status = act(&p, argv);
    }
    options_free(&p.options);
    close_standard_output();
    return status;
}
