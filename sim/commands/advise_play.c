#include "sim/commands/advise_play.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/text.h"
#include "sim/predict/push_form.h"
#include "sim/predict/theory.h"
#include "sim/runtime/timing.h"

/* ---- in the candidate's process: the control plane ---- */

struct advise_tally {
    struct totals totals;
    double pushes, steps, staleness, most_stale; /* of pushes in an update; sums */
};

static void keep(void *context, const struct task *task)
{
    struct advise_tally *t = context;
    if (task->op == TASK_END)
        t->totals = task->totals;
    if (task->op != TASK_ROW || task->row.round <= 0)
        return;
    t->pushes++;
    t->steps += (double)task->row.k;
    t->staleness += (double)task->row.staleness;
    t->most_stale = fmax(t->most_stale, (double)task->row.staleness);
}

enum {
    LEAST_STEPS = 64,  /* local iterations of each worker, at least, */
    LEAST_ROUNDS = 64, /* and this number of updates, unless the run is shorter */
    LONGER = 4
};

/* Messages of changing sizes, and links or workers of changing speed, take the whole run. */
static bool changes(const struct run *run)
{
    const struct config *cfg = run->cfg;
    return run->conductor.push_size || run->conductor.reply_size || cfg->traces.compute || cfg->traces.link ||
           cfg->traces.server;
}

/* Plays as much of the run as tells what it is like; false: it comes to no end. */
static bool play(struct run *run, struct advise_tally *t)
{
    int64_t whole = run->conductor.iterations, part = LEAST_STEPS * (int64_t)run->workers;
    bool stuck = false;
    run->conductor.budget = (struct budget){0};
    for (bool more = true; more && !stuck; part *= LONGER) {
        bool all = whole > 0 && (part >= whole || changes(run));
        run->conductor.iterations = all ? whole : part;
        *t = (struct advise_tally){0};
        timing_play(run, keep, t, &stuck);
        more = !all && t->totals.rounds < LEAST_ROUNDS;
    }
    run->conductor.iterations = whole;
    return !stuck;
}

/* Bytes of the model beside those that the pushes of one step of the model carry, when nothing warms up any more. */
static double compression_of(const struct run *run)
{
    const int64_t late = (int64_t)1 << 40;
    int64_t parts = run->layout.fragments.count > 1 ? run->layout.fragments.count : 1;
    double carried = 0;
    for (int64_t i = 0; i < parts; i++)
        carried += (double)conductor_push_bytes(&run->conductor, late * parts + i);
    return (double)run->conductor.model_bytes / carried;
}

static struct figures figures_of(const struct run *run, const struct advise_tally *t, double samples)
{
    const struct totals *all = &t->totals;
    struct closed_form x = theory_exchange(&run->conductor);
    double times = samples / ((double)all->iterations * (double)run_iteration_samples(run->cfg));
    double time = (double)all->virtual_ns * run->workers;
    double parts = run->layout.fragments.count > 1 ? (double)run->layout.fragments.count : 1;
    double steps = parts * t->steps / t->pushes;
    double a_round =
        t->steps / run->workers / (double)all->rounds; /* local iterations of each worker in an update */
    return (struct figures){.ns = times * (double)all->virtual_ns,
                            .bytes = times * ((double)all->bytes_up + (double)all->bytes_down),
                            .busy = (double)all->compute / time,
                            .waiting = (double)all->waiting / time,
                            .wasted = (double)all->wasted / ((double)all->wasted + (double)all->iterations),
                            .steps = steps,
                            .staleness = t->staleness / t->pushes,
                            .most_stale = t->most_stale,
                            .apart = steps - 1 + t->staleness / t->pushes * a_round,
                            .compression = compression_of(run),
                            .exchange_ns = x.up + x.down,
                            .compute_ns = push_form_slowest(&run->conductor)};
}

/* ---- its configuration ---- */

/* All assignments of FILE's program, and those of the candidate behind them. */
static void configure(struct program *c, const struct program *p, const struct candidate *candidate)
{
    const struct options *o = &p->options;
    int n = o->n_set;
    struct assignment *set = need(((size_t)n + 2) * sizeof *set);
    memcpy(set, o->set, (size_t)n * sizeof *set);
    set[n++] = (struct assignment){"--advise", "experiment.algorithms", candidate->name};
    if (candidate->key) {
        int length = (int)strcspn(candidate->name, ":");
        char *key = text_format("algorithm.%.*s.%s", length, candidate->name, candidate->key);
        set[n++] = (struct assignment){"--advise", key, text_format("%lld", (long long)candidate->steps)};
    }
    *c = (struct program){.options = *o, .given = p->given, .data = p->data};
    c->options.set = set;
    c->options.n_set = n;
    program_configure(c);
    c->cfg.experiment.train = false;
}

struct task_of_child {
    const struct program *program;
    const struct candidate *candidate;
    double samples;
    int out; /* a pipe for the figures */
};

/* The process gives nothing back: it is short. */
static void play_candidate(const void *context)
{
    const struct task_of_child *task = context;
    const char *name = task->candidate->name;
    struct program c;
    struct advise_tally tally;
    configure(&c, task->program, task->candidate);
    program_open(&c);
    if (!play(&c.run[0], &tally))
        die(EXIT_STUCK, "%s: the run comes to no end", name);
    if (tally.totals.iterations == 0 || tally.pushes == 0)
        die(EXIT_USAGE, "%s: no push is in an update", name);
    struct figures figures = figures_of(&c.run[0], &tally, task->samples);
    if (write(task->out, &figures, sizeof figures) != sizeof figures)
        die_errno(EXIT_RESOURCE, "writing to a pipe");
}

/* ---- in the program's process ---- */

/* The whole text from a pipe. The caller frees. */
static char *read_text(int from)
{
    char *text = NULL, piece[4096];
    size_t size;
    FILE *out = text_begin(&text, &size);
    for (ssize_t n; (n = read(from, piece, sizeof piece)) > 0;)
        fwrite(piece, 1, (size_t)n, out);
    text_end(out, &text);
    return text;
}

/* The last line, without the program's name: what die() has printed. The caller frees. */
static char *reason_of(char *messages)
{
    static const char name[] = "simulate: ";
    char *line = text_trim(messages), *last = strrchr(line, '\n');
    line = last ? last + 1 : line;
    return text_copy(strncmp(line, name, strlen(name)) == 0 ? line + strlen(name) : line);
}

static void need_pipe(int ends[2])
{
    if (pipe(ends))
        die_errno(EXIT_RESOURCE, "pipe");
}

/* Standard output has no line of the child: the caller's are flushed before it begins. */
char *advise_refusal(void (*what)(const void *context), const void *context)
{
    int messages[2], status;
    need_pipe(messages);
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        die_errno(EXIT_RESOURCE, "fork");
    if (child == 0) {
        dup2(messages[1], STDERR_FILENO);
        what(context);
        _exit(EXIT_DONE);
    }
    close(messages[1]);
    char *text = read_text(messages[0]), *reason = NULL;
    close(messages[0]);
    if (waitpid(child, &status, 0) != child)
        die_errno(EXIT_RESOURCE, "waiting for a process");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_DONE)
        reason = reason_of(text);
    free(text);
    return reason;
}

void advise_play(const struct program *p, double samples, struct candidate *c)
{
    int figures[2];
    need_pipe(figures);
    const struct task_of_child task = {p, c, samples, figures[1]};
    c->refusal = advise_refusal(play_candidate, &task);
    close(figures[1]);
    if (!c->refusal && read(figures[0], &c->is, sizeof c->is) != sizeof c->is)
        die_errno(EXIT_RESOURCE, "reading from a pipe");
    close(figures[0]);
}
