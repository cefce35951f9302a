/* The pause protocol. All processes meet through counters in the shared segment (struct shared, pause) and
 * bells.
 *
 *   launcher or PS   pause_ask: wanted = PAUSE_TO_...
 *   worker process   pause_attend                    PS  hold() of server/loop.c
 *     joined += 1                                      pause_join: joined += 1
 *     wait: joined = processes + 1                     wait: joined = processes + 1
 *     drain the ring of replies                        drain the rings of pushes, wait for evaluations
 *                                                      pause_save: begin; turn 0: shared segment; turn 1: PS
 *     wait: turn = 2 + process                         wait: turn = all sections
 *     append my section, turn += 1
 *     wait: ended has changed                          pause_end: commit; ended += 1, or the run ends
 *
 * A failure sets `failed`; the turns are passed on nevertheless, so that no process waits for ever. */
#include "sim/runtime/pause.h"

#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/runtime/shared.h"

uint32_t pause_sections(const struct run *run)
{
    return SECTION_PROCESSES + (uint32_t)run->processes;
}

bool pause_wanted(const struct run *run)
{
    return atomic_load(&run->shared->pause.wanted) != PAUSE_NONE;
}

static void wake_all(const struct run *run)
{
    shared_wake_all(run->shared, run->processes);
}

/* PAUSE_TO_END replaces the others, and never the reverse: a signal must end the run. */
void pause_ask(const struct run *run, enum pause pause)
{
    int none = PAUSE_NONE;
    if (pause == PAUSE_TO_END)
        atomic_store(&run->shared->pause.wanted, PAUSE_TO_END);
    else
        atomic_compare_exchange_strong(&run->shared->pause.wanted, &none, pause);
    wake_all(run);
}

/* ---- what to wait for ---- */

static bool all_joined(void *context)
{
    const struct run *run = context;
    return atomic_load(&run->shared->pause.joined) == run->processes + 1 || atomic_load(&run->shared->over);
}

struct turn {
    const struct shared *shared;
    int number;
    int64_t pause;
};

static bool is_my_turn(void *context)
{
    const struct turn *t = context;
    return atomic_load(&t->shared->pause.turn) == t->number;
}

static bool goes_on(void *context)
{
    const struct turn *t = context;
    return atomic_load(&t->shared->pause.ended) != t->pause;
}

static void join(const struct run *run)
{
    if (atomic_fetch_add(&run->shared->pause.joined, 1) == run->processes) /* the last process to join */
        wake_all(run);
}

/* Appends a section, and passes the turn on. After a failure nothing is written, and the turn is passed on
 * nevertheless. */
static void append(const struct run *run, const struct persistent *persistent)
{
    struct shared *shared = run->shared;
    disk_begin();
    if (!shared->pause.failed && !checkpoint_append(run->folder, persistent))
        atomic_store(&shared->pause.failed, 1);
    disk_end();
    atomic_fetch_add(&shared->pause.turn, 1);
    wake_all(run);
}

/* ---- a worker process ---- */

static void relieve(void *inbox)
{
    inbox_relieve(inbox);
}

void pause_attend(const struct run *run, int process, struct inbox *replies, const struct waiter *me,
                  const struct persistent *persistent)
{
    struct waiter patient = *me;
    struct shared *shared = run->shared;
    struct turn mine = {
        .shared = shared, .number = SECTION_PROCESSES + process, .pause = atomic_load(&shared->pause.ended)};
    patient.idle = relieve;
    patient.context = replies;
    join(run);
    waiter_wait(&patient, all_joined, (void *)run);
    if (atomic_load(&shared->over)) /* the PS was in its last task: the run ends without a pause */
        return;
    inbox_drain(replies);
    waiter_wait(&patient, is_my_turn, &mine);
    append(run, persistent);
    waiter_wait(&patient, goes_on, &mine);
}

/* ---- the PS ---- */

void pause_join(const struct run *run, const struct waiter *me)
{
    join(run);
    waiter_wait(me, all_joined, (void *)run);
}

bool pause_save(const struct run *run, const struct waiter *me, const struct persistent *persistent)
{
    struct shared *shared = run->shared;
    disk_begin();
    atomic_store(&shared->pause.failed, !checkpoint_begin(run->folder));
    disk_end();
    append(run, &(struct persistent){
                    .persist = shared_persist, .context = (void *)run, .progress = &shared->progress});
    append(run, persistent);
    waiter_wait(me, is_my_turn, &(struct turn){.shared = shared, .number = (int)pause_sections(run)});
    return !shared->pause.failed;
}

void pause_end(const struct run *run, const struct rows *rows)
{
    struct shared *shared = run->shared;
    uint64_t bytes;
    disk_begin();
    if (!shared->pause.failed && checkpoint_commit(run->folder, &run->identity, rows, &bytes)) {
        atomic_store(&shared->pause.saved, bytes);
    } else {
        atomic_store(&shared->pause.saved, 0);
        checkpoint_forget(run->folder);
    }
    disk_end();
    atomic_store(&shared->pause.joined, 0);
    atomic_store(&shared->pause.turn, 0);
    int wanted = atomic_exchange(&shared->pause.wanted, PAUSE_NONE);
    if (wanted != PAUSE_TO_GO_ON) {
        atomic_store(&shared->pause.rests, wanted == PAUSE_TO_REST);
        atomic_store(&shared->abort, 1);
        wake_all(run);
        _exit(EXIT_ABORTED);
    }
    atomic_fetch_add(&shared->pause.ended, 1);
    wake_all(run);
}
