#include "sim/retime/difference.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"

static const struct step *step_at(const struct steps *s, size_t i)
{
    return i < steps_part(s) ? fifo_at(&s->step, i) : NULL;
}

bool difference_find(struct difference *d)
{
    size_t n = steps_part(d->there), m = steps_part(d->here);
    for (d->at = 0; d->at < n && d->at < m; d->at++)
        if (memcmp(fifo_at(&d->there->step, d->at), fifo_at(&d->here->step, d->at), sizeof(struct step)) != 0)
            return true;
    return n != m;
}

/* Steps of this kind among the first n of the part. */
static int64_t count(const struct steps *s, enum step_kind kind, size_t n)
{
    int64_t all = 0;
    for (size_t i = 0; i < n && step_at(s, i); i++)
        all += step_at(s, i)->kind == (int32_t)kind;
    return all;
}

static int64_t iterations_of(const struct steps *s)
{
    return count(s, DO_STEP, SIZE_MAX);
}

/* ---- a worker ---- */

/* Local iterations in the part before reply number `number` is taken; -1: it is taken in another part. */
static int64_t iterations_before(const struct steps *s, int64_t number)
{
    for (size_t i = 0; step_at(s, i); i++)
        if (step_at(s, i)->kind == DO_ACCEPT && step_at(s, i)->number == number)
            return count(s, DO_STEP, i);
    return -1;
}

/* "1 local iteration" */
static char *iterations(int64_t n)
{
    return text_format("%" PRId64 " local iteration%s", n, n == 1 ? "" : "s");
}

static char *when(const struct difference *d, const struct steps *s, int64_t number)
{
    int64_t n = iterations_before(s, number), push = d->parts + 1;
    if (n < 0)
        return text_format("not before its push %" PRId64, push);
    char *some = iterations(d->before + n), *text = text_format("after %s of its push %" PRId64, some, push);
    free(some);
    return text;
}

static void say_reply(const struct difference *d, int64_t number, char *out, size_t size)
{
    char *there = when(d, d->there, number), *here = when(d, d->here, number);
    snprintf(out, size, "worker %d takes reply %" PRId64 " %s there, %s here", d->worker, number + 1, there,
             here);
    free(there);
    free(here);
}

static void say_iteration(const struct difference *d, const struct step *a, const struct step *b, char *out,
                          size_t size)
{
    if (a->number != b->number)
        snprintf(out, size,
                 "in push %" PRId64 " of worker %d its local iteration %" PRId64 " there stands for %" PRId64
                 " here, since replies cancel others",
                 d->parts + 1, d->worker, a->number + 1, b->number + 1);
    else
        snprintf(out, size,
                 "the learning rate of local iteration %" PRId64 " of worker %d is %g there, %g here",
                 a->number + 1, d->worker, (double)a->rate, (double)b->rate);
}

static void say_accepted(const struct difference *d, const struct step *a, const struct step *b, char *out,
                         size_t size)
{
    if (a->version != b->version)
        snprintf(out, size,
                 "reply %" PRId64 " to worker %d brings the model after update %" PRId64 " there, %" PRId64
                 " here",
                 a->number + 1, d->worker, a->version, b->version);
    else if (a->cancel != b->cancel)
        snprintf(out, size, "reply %" PRId64 " cancels local iterations of worker %d %s alone", a->number + 1,
                 d->worker, a->cancel ? "there" : "here");
    else if (a->answers != b->answers || a->served != b->served)
        snprintf(out, size, "reply %" PRId64 " to worker %d answers other pushes there than here",
                 a->number + 1, d->worker);
    else
        snprintf(out, size,
                 "reply %" PRId64
                 " to worker %d comes at %g of the run and with the learning rate %g there, %g "
                 "and %g here",
                 a->number + 1, d->worker, a->progress, (double)a->rate, b->progress, (double)b->rate);
}

static void say_k(const struct difference *d, int64_t there, int64_t here, char *out, size_t size)
{
    char *some = iterations(d->before + there);
    snprintf(out, size, "worker %d has %s in its push %" PRId64 " there, %" PRId64 " here", d->worker, some,
             d->parts + 1, d->before + here);
    free(some);
}

/* Only one of the parts ends with a comparison, or both do with others: the worker has computed something else by the
 * evaluation. */
static bool say_comparison(const struct difference *d, char *out, size_t size)
{
    const struct steps *at = steps_part_compares(d->there) ? d->there : d->here;
    if (!steps_part_compares(at))
        return false;
    snprintf(out, size,
             "worker %d has another model at the evaluation after update %" PRId64
             " there than here, and output.quality has distance",
             d->worker, step_at(at, steps_part(at) - 1)->version);
    return true;
}

static void say_of_worker(const struct difference *d, char *out, size_t size)
{
    const struct step *a = step_at(d->there, d->at), *b = step_at(d->here, d->at);
    int64_t there = iterations_of(d->there), here = iterations_of(d->here);
    bool alike = a && b && a->kind == b->kind;
    if (say_comparison(d, out, size))
        return;
    if (there != here)
        say_k(d, there, here, out, size);
    else if (alike && a->kind == DO_STEP)
        say_iteration(d, a, b, out, size);
    else if (alike && a->kind == DO_ACCEPT && a->number == b->number)
        say_accepted(d, a, b, out, size);
    else if (a && a->kind == DO_ACCEPT)
        say_reply(d, a->number, out, size);
    else if (b && b->kind == DO_ACCEPT)
        say_reply(d, b->number, out, size);
    else
        snprintf(out, size, "push %" PRId64 " of worker %d is another one there than here", d->parts + 1,
                 d->worker);
}

/* ---- the PS ---- */

enum { SHOWN = 8 }; /* workers in a list */

/* "0, 1, 2": the workers with a push in the part. */
static char *workers_of(const struct steps *s)
{
    char *list = text_copy("");
    int64_t all = count(s, DO_FOLD, SIZE_MAX), shown = 0;
    for (size_t i = 0; step_at(s, i) && shown < SHOWN; i++) {
        if (step_at(s, i)->kind != DO_FOLD)
            continue;
        char *longer = text_format("%s%s%d", list, shown++ ? ", " : "", (int)step_at(s, i)->worker);
        free(list);
        list = longer;
    }
    char *whole = text_format("%s%s", all > 0 ? list : "none", all > shown ? ", ..." : "");
    free(list);
    return whole;
}

/* Where every fold of the shorter list is the same, the lists differ in length. */
static bool other_workers(const struct difference *d)
{
    const struct step *a = step_at(d->there, d->at), *b = step_at(d->here, d->at);
    bool folds = (a && a->kind == DO_FOLD) || (b && b->kind == DO_FOLD);
    return folds && !(a && b && a->kind == b->kind && a->worker == b->worker);
}

static void say_fold(const struct step *a, const struct step *b, int64_t update, char *out, size_t size)
{
    if (a->number != b->number)
        snprintf(out, size,
                 "update %" PRId64 " has push %" PRId64 " of worker %d there, its push %" PRId64 " here",
                 update, a->number + 1, (int)a->worker, b->number + 1);
    else if (a->k != b->k)
        snprintf(out, size,
                 "update %" PRId64 " has %" PRId64 " local iterations of worker %d there, %" PRId64 " here",
                 update, a->k, (int)a->worker, b->k);
    else
        snprintf(out, size, "in update %" PRId64 " the push of worker %d weighs %g there, %g here", update,
                 (int)a->worker, (double)a->weight, (double)b->weight);
}

static void say_workers(const struct difference *d, int64_t update, char *out, size_t size)
{
    char *there = workers_of(d->there), *here = workers_of(d->here);
    snprintf(out, size, "update %" PRId64 " has the pushes of workers %s there, %s here", update, there,
             here);
    free(there);
    free(here);
}

/* The number of the update that the part makes, or follows. */
static int64_t update_of(const struct steps *s, int64_t before)
{
    for (size_t i = 0; step_at(s, i); i++)
        if (step_at(s, i)->kind == DO_UPDATE || step_at(s, i)->kind == DO_EVALUATE)
            return step_at(s, i)->number;
    return before;
}

static const char *doing(const struct step *step)
{
    if (!step)
        return "nothing more";
    return step->kind == DO_EVALUATE ? "an evaluation" : step->kind == DO_REPLY ? "a reply" : "an update";
}

static void say_of_server(const struct difference *d, char *out, size_t size)
{
    const struct step *a = step_at(d->there, d->at), *b = step_at(d->here, d->at);
    int64_t update = update_of(a ? d->there : d->here, 0);
    bool alike = a && b && a->kind == b->kind;
    if (other_workers(d))
        say_workers(d, update, out, size);
    else if (alike && a->kind == DO_FOLD)
        say_fold(a, b, update, out, size);
    else if (alike && a->kind == DO_UPDATE)
        snprintf(out, size,
                 "update %" PRId64
                 " is made at %g of the run and with the learning rate %g there, %g and %g here",
                 update, a->progress, (double)a->rate, b->progress, (double)b->rate);
    else if (alike && a->kind == DO_REPLY)
        snprintf(out, size, "by update %" PRId64 " the server answers worker %d there, worker %d here",
                 update, (int)a->worker, (int)b->worker);
    else if (alike)
        snprintf(out, size,
                 "the evaluation after update %" PRId64 " is at iteration %" PRId64
                 " there, after update %" PRId64 ", at iteration %" PRId64 " here",
                 a->number, a->k, b->number, b->k);
    else
        snprintf(out, size, "by update %" PRId64 " the server goes on with %s there, %s here", update,
                 doing(a), doing(b));
}

void difference_say(const struct difference *d, char *out, size_t size)
{
    if (d->worker >= 0)
        say_of_worker(d, out, size);
    else
        say_of_server(d, out, size);
}
