/* --advise: which algorithms and local steps are worth trying on the cluster of FILE. Every algorithm is a candidate, with
 * several numbers of local steps where it has a key for them; the control plane runs alone, as with --no-train. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/data/dataset.h"
#include "sim/advise/advise.h"
#include "sim/base/text.h"
#include "sim/commands/advise_command.h"
#include "sim/commands/advise_play.h"
#include "sim/output/table.h"
#include "sim/registry.h"

/* ---- candidates ---- */

static void add(struct advice *a, const char *name, const char *key, int64_t steps)
{
    a->at = need_one_more(a->at, (size_t)a->n, sizeof *a->at);
    a->at[a->n++] = (struct candidate){
        .name = text_copy(name), .key = key ? text_copy(key) : NULL, .steps = steps, .by = -1};
}

/* As many local iterations as an exchange takes: they would hide it. 0: no closed form. */
static int64_t steps_of_exchange(const struct figures *reference)
{
    double steps = ceil(reference->exchange_ns / reference->compute_ns);
    return steps >= 1 && steps < 1e6 ? (int64_t)steps : 0;
}

enum { MOST_STEPS = 64, LEAST_EXCHANGES = 8 };

/* The algorithm with each number of local steps: powers of two, and as many as hide an exchange. The run must have some
 * exchanges with them. */
static void add_steps(struct advice *a, const struct program *p, const char *name, const char *key)
{
    const struct run *run = &p->run[0];
    int64_t hiding = steps_of_exchange(&a->at[a->reference].is);
    double most = run->conductor.iterations > 0
                      ? (double)run->conductor.iterations / run->workers / LEAST_EXCHANGES
                      : MOST_STEPS;
    for (int64_t steps = 1; steps <= MOST_STEPS; steps *= 2) {
        if (steps > 1 && (double)steps > most)
            return;
        add(a, name, key, steps);
        if (hiding > steps && hiding < 2 * steps && (double)hiding <= most)
            add(a, name, key, hiding);
    }
}

/* names of experiment.algorithms: "losp", "topk1: bsp". The caller frees. */
static char *name_of(const struct names *names, int i)
{
    return names->of[i] ? text_format("%s: %s", names->at[i], names->of[i]) : text_copy(names->at[i]);
}

static int reference_of(const struct config *cfg)
{
    const struct names *names = &cfg->experiment.algorithms;
    int i = 0;
    while (cfg->compare.reference && i < names->n && strcmp(names->at[i], cfg->compare.reference) != 0)
        i++;
    return i < names->n ? i : 0;
}

static void add_algorithm(struct advice *a, const struct program *p, const char *name,
                          const struct algorithm *alg)
{
    const char *key = registry_promises.algorithm(alg->name).most_steps;
    if (key)
        add_steps(a, p, name, key);
    else
        add(a, name, NULL, 0);
}

/* The reference first, as FILE has it; then the others of FILE, then all that FILE does not name. */
static void collect(struct advice *a, const struct program *p)
{
    const struct names *names = &p->cfg.experiment.algorithms;
    int reference = reference_of(&p->cfg);
    char *name = name_of(names, reference);
    add(a, name, NULL, 0);
    advise_play(p, a->samples, &a->at[0]);
    if (a->at[0].refusal)
        die(EXIT_USAGE, "%s", a->at[0].refusal);
    free(name);
    for (int i = 0; i < names->n; i++) {
        name = name_of(names, i);
        if (i != reference)
            add_algorithm(a, p, name, registry_variant(&p->cfg, i).alg);
        free(name);
    }
    for (int i = 0; alg_list[i]; i++) {
        bool named = false;
        for (int j = 0; j < names->n; j++)
            named |= strcmp(names->at[j], alg_list[i]->name) == 0;
        if (!named)
            add_algorithm(a, p, alg_list[i]->name, alg_list[i]);
    }
}

/* ---- the table ---- */

static void head(struct table_line *line)
{
    static const char *const names[] = {"",     "algorithm", "with", "time",      "bytes",
                                        "busy", "waiting",   "K",    "staleness", "compression"};
    table_texts(line, names, sizeof names / sizeof *names);
}

static void fill(struct table_line *line, const struct candidate *c)
{
    char rank[16], *with = candidate_with(c);
    char *name = text_copy(c->name);
    snprintf(rank, sizeof rank, "%d", c->rank);
    name[strcspn(name, ":")] = '\0';
    table_text(line, c->rank ? rank : NULL);
    table_text(line, name);
    table_text(line, *with ? with : NULL);
    table_time(line, c->is.ns);
    table_bytes(line, c->is.bytes);
    table_percent(line, c->is.busy);
    table_percent(line, c->is.waiting);
    table_real(line, "%.3g", c->is.steps);
    table_real(line, "%.3g", c->is.staleness);
    table_real(line, "%.3gx", fmax(1, c->is.compression));
    free(name);
    free(with);
}

static void print_table(const struct advice *a)
{
    struct table_line *lines = need(((size_t)a->n + 2) * sizeof *lines);
    const struct candidate *c;
    int n = 0;
    head(&lines[n++]);
    for (int rank = 1; (c = advice_of_rank(a, rank)); rank++)
        fill(&lines[n++], c);
    fill(&lines[n++], &a->at[a->reference]);
    table_print(lines, n, &(struct table_fit){.keys = 3});
    free(lines);
}

/* ---- the whole ---- */

static void print_cluster(const struct program *p, const struct advice *a)
{
    const struct figures *r = &a->at[a->reference].is;
    char compute[32], exchange[32];
    int rows;
    program_print(p);
    config_sweep_rows(p->source, &rows);
    if (rows > 0)
        puts("FILE is a sweep: this is about its base alone");
    printf("a local iteration takes %s", text_duration_real(compute, sizeof compute, r->compute_ns));
    if (!isnan(r->exchange_ns))
        printf(", an exchange of %s %s: as long as %.3g local iterations", p->run[0].name,
               text_duration_real(exchange, sizeof exchange, r->exchange_ns), r->exchange_ns / r->compute_ns);
    printf("\ntime and bytes are for %.0f samples, from the control plane alone: nothing was trained, and "
           "nothing here "
           "is about accuracy\n",
           a->samples);
}

static void release(struct advice *a)
{
    for (int i = 0; i < a->n; i++) {
        free(a->at[i].name);
        free(a->at[i].key);
        free(a->at[i].refusal);
    }
    free(a->at);
}

int advise(const struct program *p, char **argv)
{
    struct advice a = {.samples = p->data->train.n};
    collect(&a, p);
    for (int i = 1; i < a.n; i++)
        advise_play(p, a.samples, &a.at[i]);
    advice_choose(&a);
    advice_rank(&a);
    print_cluster(p, &a);
    print_table(&a);
    puts(
        "busy, waiting: shares of the workers' time; K: local iterations between two exchanges of the model; "
        "staleness: updates\nthat a push has missed, mean; compression: bytes of the model / bytes of a "
        "push");
    for (int rank = 1; rank <= MOST_CHOICES && advice_of_rank(&a, rank); rank++)
        reasons_write(&a, advice_of_rank(&a, rank), stdout);
    others_write(&a, stdout);
    advise_command(p, &a, argv[0]);
    release(&a);
    return EXIT_DONE;
}
