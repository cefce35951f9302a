/* The rows of quality.csv and classes.csv. What an evaluation has beside accuracy and loss comes from two sides, at two
 * times, so a row waits in `rows` until it is whole:
 *
 *   TASK_EVALUATE --> begin: a row, and the model to compare with --> workers
 *   the evaluator's result --> take: rows of labels; top5, clients, gradient_norm
 *   all workers have compared --> the distances                      both: the row is written, in order
 *
 * Only the newest row may lack distances: the next model to compare with takes the place of this one. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/data/partition.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/runtime/quality.h"
#include "sim/runtime/server/server.h"

struct waiting_row {
    struct quality_row row;
    int64_t evaluation;       /* its number, from 0 */
    int32_t tested, compared; /* that part is there */
};

struct server_quality {
    struct fifo rows;     /* struct waiting_row */
    int clients, classes; /* clients: shares of the training data */
    uint32_t *labels;     /* (clients x classes) samples of each label in each share */
    double *accuracy;     /* (clients) scratch */
};

static bool asks(const struct server *s, enum quality one)
{
    return quality_has(s->run->quality, one);
}

/* ---- clients ---- */

/* Of the samples in the client's share, as many as have a label that the set has: how many would be right if those of a
 * label were as often right as the set's. NAN: there are none. */
static double client_accuracy(const struct server_quality *q, int client, const struct tally *tally)
{
    const uint32_t *labels = q->labels + (size_t)client * (size_t)q->classes;
    double samples = 0, right = 0;
    for (int i = 0; i < q->classes; i++) {
        if (tally->samples[i] == 0)
            continue;
        samples += labels[i];
        right += labels[i] * (double)tally->right[i] / tally->samples[i];
    }
    return right / samples;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double mean_of(const double *v, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += v[i];
    return sum / n;
}

/* Accuracies in ascending order: mean, mean of the worst and the best tenth, population variance (Li et al., 2020). */
static struct client_spread spread_of(const double *v, int n)
{
    int tenth = (n + 9) / 10;
    struct client_spread s = {mean_of(v, n), mean_of(v, tenth), mean_of(v + n - tenth, tenth), 0};
    for (int i = 0; i < n; i++)
        s.variance += (v[i] - s.mean) * (v[i] - s.mean) / n;
    return s;
}

static struct client_spread spread_over_clients(struct server_quality *q, const struct tally *tally)
{
    int n = 0;
    for (int i = 0; i < q->clients; i++) {
        double accuracy = client_accuracy(q, i, tally);
        if (!isnan(accuracy))
            q->accuracy[n++] = accuracy;
    }
    qsort(q->accuracy, (size_t)n, sizeof *q->accuracy, ascending);
    return n > 0 ? spread_of(q->accuracy, n) : (struct client_spread){NAN, NAN, NAN, NAN};
}

/* ---- the evaluator's part ---- */

static void write_classes(struct server *s, const struct quality_row *moment, const struct evaluation *e)
{
    for (int label = 0; label < s->quality->classes; label++) {
        struct class_row row = {.round = moment->round, .virtual_ns = moment->virtual_ns, .label = label};
        for (int i = 0; i < JUDGED_SETS; i++) {
            uint32_t samples = e->tally[i].samples[label];
            row.samples[i] = samples;
            row.accuracy[i] = samples > 0 ? (double)e->tally[i].right[label] / samples : NAN;
        }
        metrics_class(s->results.metrics, &row);
    }
}

static void take_set(struct server *s, struct quality_row *row, enum judged_set set,
                     const struct tally *tally)
{
    const struct split *split = quality_split(s->run, set);
    bool there = split && split->n > 0;
    row->top5[set] = there ? (double)tally->top5 / split->n : NAN;
    row->clients[set] = there && asks(s, QUALITY_CLIENTS) ? spread_over_clients(s->quality, tally)
                                                          : (struct client_spread){NAN, NAN, NAN, NAN};
}

static struct waiting_row *oldest_untested(struct server_quality *q)
{
    for (size_t i = 0; i < q->rows.count; i++) {
        struct waiting_row *w = fifo_at(&q->rows, i);
        if (!w->tested)
            return w;
    }
    return NULL;
}

void server_quality_take(struct server *s, const struct evaluation *e)
{
    if (!s->quality)
        return;
    struct waiting_row *w = oldest_untested(s->quality);
    assert(w);
    w->tested = 1;
    for (int i = 0; e && i < JUDGED_SETS; i++)
        take_set(s, &w->row, (enum judged_set)i, &e->tally[i]);
    w->row.gradient_norm = e ? e->gradient_norm : NAN;
    if (asks(s, QUALITY_PER_CLASS))
        write_classes(s, &w->row, e);
    server_quality_write(s);
}

/* ---- the workers' part ---- */

static bool has_compared(const struct server *s, int worker, int64_t evaluation)
{
    return atomic_load(&s->run->shared->compare.done[worker].value) > evaluation;
}

static bool all_have_compared(const struct server *s, const struct waiting_row *w)
{
    int64_t there = 0;
    for (int i = 0; i < s->run->workers; i++)
        there += has_compared(s, i, w->evaluation);
    return there == w->row.compared;
}

/* In rank order. Nothing to compare: NaN. */
static void take_distances(const struct server *s, struct waiting_row *w)
{
    double sum = 0, squares = 0, most = 0, n = (double)w->row.compared;
    for (int i = 0; i < s->run->workers; i++) {
        if (!has_compared(s, i, w->evaluation))
            continue;
        double d = s->run->shared->compare.distance[i];
        sum += d;
        squares += d * d;
        most = d > most ? d : most;
    }
    w->row.distance_mean = sum / n;
    w->row.distance_rms = sqrt(squares / n);
    w->row.distance_max = n > 0 ? most : NAN;
    w->compared = 1;
}

/* The distances of the newest row, as far as they are known. */
static void compare(struct server *s)
{
    struct server_quality *q = s->quality;
    struct waiting_row *w = q->rows.count > 0 ? fifo_at(&q->rows, q->rows.count - 1) : NULL;
    if (w && !w->compared && all_have_compared(s, w))
        take_distances(s, w);
}

bool server_quality_can_begin(struct server *s)
{
    if (!s->run->conductor.compares)
        return true;
    compare(s);
    struct server_quality *q = s->quality;
    return q->rows.count == 0 || ((struct waiting_row *)fifo_at(&q->rows, q->rows.count - 1))->compared;
}

static void give_model(const struct server *s, int64_t evaluation)
{
    const struct run *run = s->run;
    vec_copy(vectors_shared(run, run->vectors.compared, 0), s->state.model, run->n);
    atomic_store(&run->shared->compare.given->value, evaluation + 1);
    for (int i = 0; i < run->processes; i++)
        bell_notify(run->shared->process[i]);
}

/* ---- a row ---- */

void server_quality_begin(struct server *s, const struct task *t)
{
    if (!s->quality)
        return;
    bool compares = s->run->conductor.compares;
    struct waiting_row w = {.row = {.round = t->eval.round,
                                    .iterations = t->eval.iterations,
                                    .virtual_ns = t->eval.virtual_ns,
                                    .compared = t->k},
                            .evaluation = t->number,
                            .compared = !compares};
    assert(server_quality_can_begin(s));
    fifo_put(&s->quality->rows, &w);
    if (compares)
        give_model(s, t->number);
}

void server_quality_write(struct server *s)
{
    if (!s->quality)
        return;
    const struct waiting_row *w;
    struct waiting_row done;
    compare(s);
    while ((w = fifo_front(&s->quality->rows)) && w->tested && w->compared) {
        fifo_take(&s->quality->rows, &done);
        if (quality_has_rows(s->run->quality))
            metrics_quality(s->results.metrics, &done.row);
    }
}

/* ---- the state ---- */

static void count_labels(struct server_quality *q, const struct run *run)
{
    const struct dataset *data = run->data;
    q->labels = need((size_t)q->clients * (size_t)q->classes * sizeof *q->labels);
    for (int i = 0; i < q->clients; i++) {
        struct share share = shares_of(run->shares, i);
        share_classes(&share, data->train.labels, q->classes, q->labels + (size_t)i * (size_t)q->classes);
    }
}

void server_quality_open(struct server *s)
{
    const struct run *run = s->run;
    if (run->quality == 0)
        return;
    struct server_quality *q = need(sizeof *q);
    *q = (struct server_quality){.clients = (int)run_clients(run->cfg), .classes = run->data->classes};
    fifo_init(&q->rows, sizeof(struct waiting_row));
    if (asks(s, QUALITY_CLIENTS)) {
        count_labels(q, run);
        q->accuracy = need((size_t)q->clients * sizeof *q->accuracy);
    }
    s->quality = q;
}

void server_quality_close(struct server *s)
{
    struct server_quality *q = s->quality;
    if (!q)
        return;
    assert(q->rows.count == 0);
    fifo_free(&q->rows);
    free(q->labels);
    free(q->accuracy);
    free(q);
}

void server_quality_persist(struct server *s, struct section *c)
{
    if (s->quality)
        section_fifo(c, &s->quality->rows);
}
