/* The ways in which a vector travels (transfer.h has the list), as tables of functions, and the choice of
 * one for pushes and one for replies. The choice depends on the configuration only, so all processes
 * agree. */
#include "sim/runtime/transfer.h"

#include "sim/runtime/shared.h"

/* ---- pushes ---- */

static const float *in_message(const struct run *run, int worker)
{
    (void)run;
    (void)worker;
    return NULL;
}

static void nothing_to_give_back(const struct run *run, int worker)
{
    (void)run;
    (void)worker;
}

static bool always_back(const struct run *run, int worker, int64_t pushes)
{
    (void)run;
    (void)worker;
    (void)pushes;
    return true;
}

static const float *in_place(const struct run *run, int worker)
{
    return vectors_shared(run, run->vectors.pushed, worker);
}

static void give_back(const struct run *run, int worker)
{
    atomic_fetch_add(&run->shared->given_back[worker].value, 1);
    bell_notify(run->shared->process[worker]); /* zero-copy pushes: a worker has a process of its own */
}

static bool is_back(const struct run *run, int worker, int64_t pushes)
{
    return atomic_load(&run->shared->given_back[worker].value) == pushes;
}

static const struct push_transfer copied = {"copied", false, in_message, nothing_to_give_back, always_back},
                                  zero_copy = {"zero-copy", true, in_place, give_back, is_back};

/* ---- replies: the ring of the message ---- */

static struct ring *ring_to_one(const struct run *run, int worker)
{
    return run->shared->to[worker % run->processes];
}

static struct ring *ring_to_all(const struct run *run, int worker)
{
    (void)worker;
    return run->shared->down;
}

static struct inbox inbox_of_one(const struct run *run, int process, int workers)
{
    (void)workers;
    return (struct inbox){.ring = run->shared->to[process], .layout = &run->layout.reply_on_ring, .uses = 1};
}

/* Every worker of the process receives the same message, so a message is used `workers` times. */
static struct inbox inbox_of_all(const struct run *run, int process, int workers)
{
    return (struct inbox){.ring = run->shared->down,
                          .reader = (uint32_t)process,
                          .layout = &run->layout.reply_on_ring,
                          .uses = workers};
}

static int itself(int worker)
{
    return worker;
}

static int everyone(int worker)
{
    (void)worker;
    return -1;
}

/* ---- replies: the vector ---- */

static float *no_buffer(const struct run *run, int worker, int64_t number)
{
    (void)run;
    (void)worker;
    (void)number;
    return NULL;
}

static float *no_update_buffer(const struct run *run, int64_t number)
{
    (void)run;
    (void)number;
    return NULL;
}

static bool always_free(const struct run *run, int worker, int64_t number)
{
    (void)run;
    (void)worker;
    (void)number;
    return true;
}

static void accepted(const struct run *run, int worker, int64_t replies)
{
    atomic_store(&run->shared->accepted[worker].value, replies);
}

static float *buffer_of_all(const struct run *run, int worker, int64_t number)
{
    (void)worker;
    return vectors_shared(run, run->vectors.reply[number % 2], 0);
}

static float *update_buffer_of_all(const struct run *run, int64_t number)
{
    return buffer_of_all(run, -1, number);
}

static float *buffer_of_one(const struct run *run, int worker, int64_t number)
{
    return vectors_shared(run, run->vectors.reply[number % 2], worker);
}

static bool has_accepted(const struct run *run, int worker, int64_t replies)
{
    return atomic_load(&run->shared->accepted[worker].value) >= replies;
}

/* A worker that has accepted replies 0 .. number - 1 reads reply number - 1, in the other buffer. */
static bool is_free_of_all(const struct run *run, int worker, int64_t number)
{
    (void)worker;
    return transfer_all_accepted(run, number);
}

/* The PS may be waiting for the buffer. */
static void accepted_and_notify(const struct run *run, int worker, int64_t replies)
{
    accepted(run, worker, replies);
    bell_notify(run->shared->server);
}

#define BROADCAST .ring = ring_to_all, .inbox = inbox_of_all, .addressee = everyone
#define UNICAST   .unicast = true, .ring = ring_to_one, .inbox = inbox_of_one, .addressee = itself
#define COPIED \
    .buffer = no_buffer, .update_buffer = no_update_buffer, .is_free = always_free, .accepted = accepted
#define DOUBLE_BUFFERED .buffered = true, .accepted = accepted_and_notify

static const struct reply_transfer broadcast_copied = {"broadcast, copied", BROADCAST, COPIED},
                                   broadcast_coded = {"broadcast, coded", BROADCAST, COPIED,
                                                      .encoding = ENCODED_BY_UPDATE},
                                   broadcast_double_buffered = {"broadcast, double-buffered",
                                                                BROADCAST,
                                                                DOUBLE_BUFFERED,
                                                                .buffer = buffer_of_all,
                                                                .update_buffer = update_buffer_of_all,
                                                                .is_free = is_free_of_all},
                                   unicast_copied = {"unicast, copied", UNICAST, COPIED},
                                   unicast_coded = {"unicast, coded", UNICAST, COPIED,
                                                    .encoding = ENCODED_BY_REPLY},
                                   unicast_double_buffered = {"unicast, double-buffered",
                                                              UNICAST,
                                                              DOUBLE_BUFFERED,
                                                              .buffer = buffer_of_one,
                                                              .update_buffer = no_update_buffer,
                                                              .is_free = has_accepted};

bool transfer_all_accepted(const struct run *run, int64_t replies)
{
    for (int i = 0; i < run->workers; i++)
        if (!has_accepted(run, i, replies))
            return false;
    return true;
}

/* ---- the choice ---- */

/* Largest shared memory of zero-copy pushes, and of the buffers of unicast replies. Of the 480 MiB of
 * shared.c, 128 MiB are for the two rings for all processes; 352 MiB are left for vectors and the rings of
 * each process. Beside 192 MiB for pushes and 160 MiB for replies the rings are small, which is slower and
 * always works. So 16 workers with 11.2 M parameters (683 MiB) copy their pushes, and 16 workers with 2.5
 * M parameters (153 MiB, and 2 x 153 MiB for replies) have zero-copy pushes. */
#define MOST_PUSHED   (192u << 20)
#define MOST_BUFFERED (160u << 20)

/* A vector may lie in the shared segment, instead of going through a ring, under four conditions:
 *   no worker crashes             a worker that rejoins would overwrite a vector before the PS adds it up
 *   messages have whole vectors   the PS reads or writes the whole vector in one task
 *   the conductor runs ahead      otherwise it waits for iterations or evaluations and the PS for vectors, and
 *                                 these waits could form a cycle, which is a deadlock
 *   workers compare no models     likewise: a worker waits for the model of an evaluation, and the PS would wait for
 *                                 vectors of that worker that later orders bring */
static bool may_share_vectors(const struct run *run)
{
    return !faults_can_crash(&run->conductor.faults) && run->layout.fragments.count == 1 &&
           run_runs_ahead(run) && !run->conductor.compares;
}

/* A worker waits until the PS has given its vector back, before it computes on. So the PS must never wait
 * for the next push of this worker, or of another worker in the same process, before it has added up this
 * push. */
static bool pushes_in_place(const struct run *run)
{
    const struct protocol *p = run->protocol;
    return may_share_vectors(run) && p->push_spans == 1 && !p->push[0].coded &&
           !p->reply_may_precede_update && run->processes == run->workers &&
           (size_t)run->workers * run->layout.push.bytes[0] <= MOST_PUSHED;
}

/* The PS waits for the slowest reader of a buffer. Where a reply may precede its update, a slow worker may
 * be ordered to accept a broadcast only after another worker of its process has accepted later broadcasts.
 * Then every worker needs a process to itself. */
static bool buffers_replies(const struct run *run)
{
    const struct protocol *p = run->protocol;
    bool fits = may_share_vectors(run) && p->reply_spans == 1 && !p->reply[0].coded;
    if (p->answers == ANSWER_EACH)
        return fits && 2 * (size_t)run->workers * run->layout.reply.bytes[0] <= MOST_BUFFERED;
    return fits && (!p->reply_may_precede_update || run->processes == run->workers);
}

static bool any_coded(const struct protocol *p)
{
    bool coded = false;
    for (int i = 0; i < p->reply_spans; i++)
        coded |= p->reply[i].coded;
    return coded;
}

void transfer_prepare(struct run *run)
{
    bool in_place = pushes_in_place(run), buffered = buffers_replies(run), coded = any_coded(run->protocol);
    run->transfer.push = in_place ? &zero_copy : &copied;
    if (run->protocol->answers == ANSWER_EACH)
        run->transfer.reply = buffered ? &unicast_double_buffered : coded ? &unicast_coded : &unicast_copied;
    else
        run->transfer.reply = buffered ? &broadcast_double_buffered
                              : coded  ? &broadcast_coded
                                       : &broadcast_copied;
    run->layout.push_on_ring = run->layout.push;
    run->layout.reply_on_ring = run->layout.reply;
    if (in_place)
        run->layout.push_on_ring.bytes[0] = 0;
    if (buffered)
        run->layout.reply_on_ring.bytes[0] = 0;
}

bool transfer_copies(const struct run *run)
{
    return run->vectors.pushed < 0 && run->vectors.reply[0] < 0;
}
