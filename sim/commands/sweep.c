/* The command for a sweep. First every point is configured and checked (try_all), then any of them runs: an
 * error in the last point must not show after hours. Each point then runs in a process of its own, like a
 * single run. sim/sweep/ has the grid, the processes and the tables. */
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/milestones.h"
#include "sim/config/source.h"
#include "sim/output/folder.h"
#include "sim/output/progress.h"
#include "sim/commands/leaders.h"
#include "sim/commands/program.h"
#include "sim/commands/reach.h"
#include "sim/commands/rests.h"
#include "sim/commands/retime.h"
#include "sim/report/report.h"
#include "sim/predict/forecast.h"
#include "sim/predict/memory.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/room.h"
#include "sim/sweep/sweep.h"

bool sweeps(const struct program *p)
{
    int n;
    const struct options *o = &p->options;
    config_sweep_rows(p->source, &n);
    if (n == 0 && (o->jobs || o->of))
        die(EXIT_USAGE, "%s: expected a sweep: a section [sweep] or --sweep", o->jobs ? "--jobs" : "--index");
    if (n > 0 && o->retime)
        die(EXIT_USAGE,
            "--retime: expected no [sweep] and no --sweep: a sweep retimes its own points (sweep.retime)");
    return n > 0 && (o->action == ACT_RUN || o->action == ACT_CHECK);
}

/* ---- a point that runs ---- */

/* The point takes the numbers of the one that it follows, where that has come to its end, also if an algorithm diverged
 * there: the others are complete. A job of --index need not wait for another job's points. */
static void follow(const struct program *all, struct program *p)
{
    int leader = all->leader ? all->leader[p->point->index - 1] : -1;
    if (leader < 0)
        return;
    const char *name = all->grid->point[leader].name;
    char *folder = text_format("%s/%s", all->folder, name);
    if (point_is_over(point_state(folder)))
        retime_point(p, folder, name);
    free(folder);
}

/* Runs one point in a process of its own. If the folder exists, an earlier process has begun the point. */
static int run_point(void *program, const struct point *point, const char *folder, int rung,
                     struct progress_shared *shared)
{
    const struct program *all = program;
    struct program p = {
        .options = all->options, .base = all->folder, .grid = all->grid, .point = point, .published = shared};
    struct ini_text text;
    char error[1024], *given = text_format("%s/sweep.ini", all->folder);
    if (access(folder, F_OK) == 0)
        folder_lock(folder);
    enum point_state state = point_state(folder);
    if (state == POINT_NEW)
        point_clear(folder);
    need_ok(ini_read(&text, given, error, sizeof error), error);
    p.given = &text;
    p.options.file = given;
    p.options.output = folder;
    p.options.quiet = true;
    p.options.json = false;
    if (!p.options.resume)
        p.options.n_set = 0; /* resolved.ini of the base has these values already */
    p.options.resume = state == POINT_BEGUN ? folder : NULL;
    program_configure(&p);
    program_open(&p);
    follow(all, &p);
    rests_prepare(all->rests, &p, rung);
    return program_run(&p, all->record.argv);
}

/* ---- all points, tried ---- */

struct trial {
    struct sweep *sweep;
    const struct program *program;
    struct {
        char *key;
        const struct dataset *data;
        char *model;
        struct speed speed;
        char *size;
        size_t own;             /* private memory of the point's processes in bytes */
    } last;                     /* results for the previous point: most points have the same */
    struct need_of_point *need; /* (points) */
    double *weight;             /* (points) for struct sweep */
    enum counts *counts;        /* effects.c */
    struct reach reach;
    struct leaders *leaders;
    struct rests *rests;
    int needs;
    char *refusal; /* of the first point that would choose by the test data; NULL: none would */
    int runs, endless, saved;
    double virtual_ns, wall; /* sums over all points, for --check */
    size_t shared;           /* the largest shared memory of a point */
    size_t shared_at_once;   /* of the points that run side by side, the largest ones */
};

/* What the data depend on. A profile has none, but a number of samples. */
static char *key_of_data(const struct config *cfg)
{
    if (cfg->traces.profile)
        return text_format("none\n%lld\n%lld\n%.17g\n%lld", (long long)cfg->data.train_samples,
                           (long long)run_clients(cfg), cfg->data.validation,
                           (long long)cfg->data.split_seed);
    return text_format("%s\n%s\n%s\n%lld\n%lld\n%.17g\n%lld", cfg->data.set,
                       cfg->data.path ? cfg->data.path : "", cfg->data.shape,
                       (long long)cfg->data.train_samples, (long long)cfg->data.test_samples,
                       cfg->data.validation, (long long)cfg->data.split_seed);
}

/* Opens the data unless the previous point has the same. The seed is not part of the comparison, although
 * synthetic images depend on it: nothing that is checked depends on the images. */
static void open_data_once(struct trial *t, struct program *p)
{
    char *key = key_of_data(&p->cfg);
    bool same = t->last.key && strcmp(t->last.key, key) == 0;
    p->data = same ? t->last.data : NULL;
    program_open(p);
    if (!same && t->last.data)
        dataset_close(t->last.data);
    free(t->last.key);
    t->last.key = key;
    t->last.data = p->data;
}

/* Points that are going to run side by side, as far as it is known before all points are tried. */
static int side_by_side(const struct sweep *s, const struct program *p)
{
    struct sweep alike = {.processes = p->run[0].processes + 2, .fit = INT_MAX, .jobs = s->jobs};
    int jobs = sweep_jobs(&alike);
    return jobs < s->grid.points ? jobs : s->grid.points;
}

static const struct speed *speed_of(struct trial *t, const struct program *p)
{
    const struct config *cfg = &p->cfg;
    char *model =
        text_format("%s\n%s\n%lld\n%d\n%d\n%d\n%d", t->last.key, cfg->model.name, (long long)cfg->train.batch,
                    cfg->data.augment, cfg->train.dropout, cfg->host.kernels, p->run[0].processes);
    if (!t->last.model || strcmp(t->last.model, model) != 0)
        t->last.speed = speed_measure(&p->run[0], side_by_side(t->sweep, p), room_memory());
    free(t->last.model);
    t->last.model = model;
    return &t->last.speed;
}

static void estimate(struct trial *t, const struct program *p)
{
    const struct speed *speed = p->run[0].trains ? speed_of(t, p) : NULL;
    for (int i = 0; i < p->runs; i++) {
        const struct run *run = &p->run[i];
        struct totals totals;
        t->runs++;
        bool ends = forecast_totals(run, &totals);
        t->endless += !ends;
        if (ends)
            reach_note(&t->reach, run, &totals);
        double part = rests_expected(t->rests, p->point);
        t->virtual_ns += part * (double)totals.virtual_ns;
        t->saved += !leaders_trains(t->leaders, i);
        t->wall +=
            speed && leaders_trains(t->leaders, i) ? part * forecast_wall_seconds(run, &totals, speed) : 0;
    }
}

static size_t own_of(struct trial *t, const struct program *p, size_t shared)
{
    const struct config *cfg = &p->cfg;
    char *size = text_format("%s\n%s\n%lld\n%lld\n%lld\n%d\n%d\n%zu", t->last.key, cfg->model.name,
                             (long long)cfg->train.batch, (long long)cfg->train.accumulate,
                             (long long)cfg->cluster.workers, cfg->host.kernels, p->point->alone, shared);
    bool same = t->last.size && strcmp(t->last.size, size) == 0;
    if (!same)
        t->last.own = 0;
    for (int i = 0; i < p->runs && !same; i++) {
        size_t own = memory_private_bytes(&p->run[i]);
        t->last.own = own > t->last.own ? own : t->last.own;
    }
    free(t->last.size);
    t->last.size = size;
    return t->last.own;
}

/* Records the memory that a point needs. If it needs more shared memory than all points before, that memory
 * is reserved once, as the point itself would do. */
static void measure(struct trial *t, const struct program *p)
{
    size_t shared = 0;
    for (int i = 0; i < p->runs; i++) {
        size_t bytes = shared_bytes(&p->run[i]);
        shared = bytes > shared ? bytes : shared;
    }
    if (shared > t->shared)
        program_try_memory(p);
    t->shared = shared > t->shared ? shared : t->shared;
    t->need[t->needs++] = (struct need_of_point){
        .shared = shared, .all = shared + (p->run[0].trains ? own_of(t, p, shared) : 0)};
}

static void configure_point(struct program *p, const struct trial *t, const struct point *point)
{
    struct sweep *s = t->sweep;
    *p = (struct program){
        .options = t->program->options, .given = t->program->given, .grid = &s->grid, .point = point};
    fail_name(point->name);
    program_configure(p);
    const struct config *cfg = &p->cfg;
    if (s->tune == TUNE_TARGET && point->alone >= 0 && isnan(cfg->experiment.target_accuracy))
        die(EXIT_USAGE, "sweep.tune: target needs experiment.target_accuracy");
    if (s->tune == TUNE_AT && cfg->output.at.n == 0)
        die(EXIT_USAGE, "sweep.tune: at needs output.at, such as output.at = 60s");
    s->real |= cfg->experiment.clock == CLOCK_REAL || cfg->compute.model == COMPUTE_MEASURED;
}

/* Where the rule stands, or, where it is the default, the first row of values to choose from. The caller frees. */
static char *place_of_rule(const struct program *p, const struct grid *grid, int algorithm)
{
    char origin[512];
    const struct slot *tune = source_find(p->source, "sweep", "tune");
    int row = 0;
    while (grid->row[row].algorithm != algorithm)
        row++;
    if (tune->level == LEVEL_DEFAULT)
        return text_copy(grid->row[row].place);
    return text_copy(source_origin(tune, origin, sizeof origin));
}

/* A value that test accuracy has chosen flatters its own test accuracy. Why the point's sweep is refused for that; NULL:
 * it is not. The caller frees. */
static char *refusal_of(const struct program *p)
{
    static const char *const words[] = {
        [TUNE_ACCURACY] = "accuracy", [TUNE_LOSS] = "loss", [TUNE_TARGET] = "target", [TUNE_AT] = "at"};
    const struct config *cfg = &p->cfg;
    int alone = p->point->alone;
    if (cfg->sweep.tune == TUNE_NONE || !cfg->experiment.train || cfg->data.validation > 0 || alone < 0 ||
        p->grid->combinations[alone] < 2)
        return NULL;
    char *place = place_of_rule(p, p->grid, alone);
    char *refusal = text_format("%s: sweep.tune: expected validation data to choose by, got %s by the test "
                                "data, which then say nothing "
                                "new of the chosen value; set data.validation = 0.1, or sweep.tune = none",
                                place, words[cfg->sweep.tune]);
    free(place);
    return refusal;
}

/* Configures and prepares one point. Ends the program with the error that the point would have. */
static void try_point(struct trial *t, const struct point *point)
{
    struct sweep *s = t->sweep;
    struct program p;
    configure_point(&p, t, point);
    if (!t->refusal && !p.options.resume)
        t->refusal = refusal_of(&p);
    open_data_once(t, &p);
    effects_note(&p, &t->counts);
    leaders_note(t->leaders, &p);
    if (t->rests)
        rests_note(t->rests, &p);
    int processes = p.run[0].trains ? p.run[0].processes + 2 : 1; /* the PS and the evaluator */
    s->processes = processes > s->processes ? processes : s->processes;
    measure(t, &p);
    for (int i = 0; i < p.runs; i++)
        t->weight[point->index - 1] += forecast_length(&p.run[i], leaders_trains(t->leaders, i));
    if (p.options.action == ACT_CHECK)
        estimate(t, &p);
    p.data = NULL;
    program_close(&p);
    config_end(p.source);
    fail_name(NULL);
}

/* Points that run side by side must fit into memory together. With --jobs too many points are an error; by
 * default as many run as fit. */
static void fit(struct trial *t)
{
    struct sweep *s = t->sweep;
    char needed[32], free_bytes[32];
    size_t shared = room_shared(), taken = room_taken(t->need, t->needs, s->jobs);
    int most = room_for(t->need, t->needs, shared, SIZE_MAX);
    most = most < 1 ? 1 : most;
    if (s->jobs > 1 && taken > shared)
        die(EXIT_RESOURCE,
            "--jobs: expected at most %d, got %d, which need %s of shared memory; %s are free in /dev/shm",
            most, s->jobs, text_bytes(needed, sizeof needed, taken),
            text_bytes(free_bytes, sizeof free_bytes, shared));
    s->fit = INT_MAX;
    int unlimited = sweep_jobs(s);
    s->fit = room_for(t->need, t->needs, shared, room_memory());
    s->fit = s->fit < t->needs ? s->fit : INT_MAX; /* all of them */
    if (sweep_jobs(s) < unlimited && !t->program->tried)
        warn("memory is enough for %d points at the same time, cores for %d (--jobs)", sweep_jobs(s),
             unlimited);
    t->shared_at_once = room_taken(t->need, t->needs, sweep_jobs(s));
}

/* A stage of a comparison has been tried before, from the ini that the user has given. */
static void say_effects(struct trial *t)
{
    const struct program *p = t->program;
    if (p->whole && !p->tried) {
        free(t->counts);
        return;
    }
    effects_say(p->source, t->counts);
    reach_say(&t->reach, &p->cfg);
}

static void try_all(struct trial *t)
{
    struct sweep *s = t->sweep;
    t->need = need((size_t)s->grid.points * sizeof *t->need);
    t->weight = need((size_t)s->grid.points * sizeof *t->weight);
    s->weight = t->weight;
    t->leaders = leaders_create(&s->grid, t->program->source);
    s->leader = leaders_all(t->leaders);
    t->rests = rests_create(t->program, s);
    for (int i = 0; i < s->grid.points; i++)
        try_point(t, &s->grid.point[i]);
    if (t->refusal) /* behind what is wrong with a single point */
        die(EXIT_USAGE, "%s", t->refusal);
    dataset_close(t->last.data);
    free(t->last.key);
    free(t->last.model);
    free(t->last.size);
    if (s->real && s->jobs > 1)
        die(EXIT_USAGE, "--jobs: expected 1, since points that measure time disturb each other, got %d",
            s->jobs);
    say_effects(t);
    fit(t);
    free(t->need);
}

/* Nothing is left to run: the tables and the report are made from the files of the points. They need neither
 * data nor memory for a run. */
static bool is_finished(const struct sweep *s, const char *folder)
{
    bool over = true;
    for (int i = 0; i < s->grid.points && over; i++) {
        char *point = text_format("%s/%s", folder, s->grid.point[i].name);
        over = point_is_over(point_state(point));
        free(point);
    }
    return over;
}

/* Configures one point with each algorithm that has values of its own, and one with the others: all points have been
 * tried before the first of them ran. */
static void configure_some(const struct trial *t)
{
    const struct grid *grid = &t->sweep->grid;
    bool *known = need((size_t)grid->algorithms + 1);
    for (int i = 0; i < grid->points; i++) {
        struct program p;
        bool *same = &known[grid->point[i].alone + 1];
        if (*same)
            continue;
        *same = true;
        configure_point(&p, t, &grid->point[i]);
        config_end(p.source);
    }
    free(known);
    fail_name(NULL);
}

static void print_trial(const struct trial *t)
{
    char virtual[32], wall[32], shared[32], all[32], left[32], how[160];
    const struct grid *g = &t->sweep->grid;
    for (int i = 0; i < g->rows; i++)
        printf("%-32s %d value%s\n", g->row[i].key, g->row[i].n, g->row[i].n > 1 ? "s" : "");
    printf("%d points, %d runs, %d point%s at a time\n", g->points, t->runs, sweep_jobs(t->sweep),
           sweep_jobs(t->sweep) > 1 ? "s" : "");
    rests_print(t->rests);
    printf("virtual time %s in all\n", text_duration_real(virtual, sizeof virtual, t->virtual_ns));
    printf("shared memory: at most %s of a run, %s at a time; %s are free in /dev/shm\n",
           text_bytes(shared, sizeof shared, t->shared), text_bytes(all, sizeof all, t->shared_at_once),
           text_bytes(left, sizeof left, room_shared()));
    if (t->saved > 0)
        printf("%d of the runs need not train: they have the numbers of others (sweep.retime)\n", t->saved);
    if (t->wall > 0)
        printf("time here: about %s in all, %s\n", text_duration_real(wall, sizeof wall, t->wall * NS_PER_S),
               speed_words(&t->last.speed, how, sizeof how));
    if (t->endless > 0)
        printf("%d of the runs have no end\n", t->endless);
    if (t->program->work)
        *t->program->work = (struct work){.runs = t->runs, .wall = t->wall};
}

/* ---- the whole ---- */

static int run_points(struct program *p, struct sweep *s, const struct rests *rests)
{
    bool reports = p->cfg.output.report && !s->of;
    if (p->options.resume)
        p->folder = text_copy(p->options.resume);
    else
        program_make_folder(p, &s->grid, "sweep");
    s->folder = p->folder;
    p->leader = s->leader;
    p->rests = rests;
    int status = sweep_run(s);
    if (reports && status != EXIT_RESOURCE)
        report_sweep_at_end(s);
    free(p->folder);
    return status;
}

int sweep(struct program *p, char **argv)
{
    char error[1024], *milestones = milestones_text(&p->cfg.output.at);
    const struct options *o = &p->options;
    struct sweep s = {.tune = p->cfg.sweep.tune,
                      .halving = (int)p->cfg.sweep.halving,
                      .milestones = milestones,
                      .processes = 1,
                      .patience = p->cfg.host.patience,
                      .jobs = o->jobs,
                      .index = o->index,
                      .of = o->of,
                      .quiet = o->quiet || o->json,
                      .json = o->json,
                      .bar = !o->quiet && !o->json && progress_possible(),
                      .colour = program_coloured(o),
                      .whole = p->whole,
                      .program = p,
                      .run = run_point};
    struct trial trial = {.sweep = &s, .program = p};
    int status = EXIT_DONE;
    need_ok(grid_read(&s.grid, p->source, error, sizeof error), error);
    p->grid = &s.grid;
    p->record.argv = argv;
    if (o->action == ACT_RUN && o->resume && is_finished(&s, o->resume))
        configure_some(&trial);
    else
        try_all(&trial);
    if (o->action == ACT_CHECK)
        print_trial(&trial);
    else if (!p->tried)
        status = run_points(p, &s, trial.rests);
    p->grid = NULL;
    free(trial.weight);
    leaders_free(trial.leaders);
    rests_free(trial.rests);
    grid_free(&s.grid);
    free(milestones);
    return status;
}
