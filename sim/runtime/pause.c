#include "sim/runtime/pause.h"

#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"

uint32_t pause_sections(const struct run *run)
{
    return SECTION_PROCESSES + (uint32_t)run->processes;
}

bool pause_wanted(const struct run *run)
{
    return atomic_load(&run->stage->pause.wanted) != PAUSE_NONE;
}

static void wake_all(const struct run *run)
{
    stage_wake_all(run->stage, run->processes);
}

/* One that only interrupts does not take the place of one that ends the run. */
void pause_ask(const struct run *run, enum pause pause)
{
    int none = PAUSE_NONE;
    if (pause == PAUSE_TO_END)
        atomic_store(&run->stage->pause.wanted, PAUSE_TO_END);
    else
        atomic_compare_exchange_strong(&run->stage->pause.wanted, &none, pause);
    wake_all(run);
}

/* ---- who waits for what ---- */

static bool all_joined(void *context)
{
    const struct run *run = context;
    return atomic_load(&run->stage->pause.joined) == run->processes + 1 || atomic_load(&run->stage->over);
}

struct turn {
    const struct stage *stage;
    int number;
    int64_t pause;
};

static bool is_my_turn(void *context)
{
    const struct turn *t = context;
    return atomic_load(&t->stage->pause.turn) == t->number;
}

static bool goes_on(void *context)
{
    const struct turn *t = context;
    return atomic_load(&t->stage->pause.ended) != t->pause;
}

static void join(const struct run *run)
{
    if (atomic_fetch_add(&run->stage->pause.joined, 1) == run->processes) /* the last one */
        wake_all(run);
}

/* After a failure the turns are gone through all the same. */
static void append(const struct run *run, const struct keeper *keeper)
{
    struct stage *stage = run->stage;
    disk_begin();
    if (!stage->pause.failed && !checkpoint_append(run->folder, keeper))
        atomic_store(&stage->pause.failed, 1);
    disk_end();
    atomic_fetch_add(&stage->pause.turn, 1);
    wake_all(run);
}

/* ---- a worker process ---- */

static void relieve(void *inbox)
{
    inbox_relieve(inbox);
}

void pause_attend(const struct run *run, int process, struct inbox *replies, const struct party *me,
                  const struct keeper *keeper)
{
    struct party patient = *me;
    struct stage *stage = run->stage;
    struct turn mine = {
        .stage = stage, .number = SECTION_PROCESSES + process, .pause = atomic_load(&stage->pause.ended)};
    patient.idle = relieve;
    patient.context = replies;
    join(run);
    party_wait(&patient, all_joined, (void *)run);
    if (atomic_load(&stage->over)) /* the PS was in its last task already */
        return;
    inbox_drain(replies);
    party_wait(&patient, is_my_turn, &mine);
    append(run, keeper);
    party_wait(&patient, goes_on, &mine);
}

/* ---- the PS ---- */

void pause_join(const struct run *run, const struct party *me)
{
    join(run);
    party_wait(me, all_joined, (void *)run);
}

bool pause_save(const struct run *run, const struct party *me, const struct keeper *keeper)
{
    struct stage *stage = run->stage;
    disk_begin();
    atomic_store(&stage->pause.failed, !checkpoint_begin(run->folder));
    disk_end();
    append(run, &(struct keeper){.keep = stage_keep, .context = (void *)run, .progress = &stage->progress});
    append(run, keeper);
    party_wait(me, is_my_turn, &(struct turn){.stage = stage, .number = (int)pause_sections(run)});
    return !stage->pause.failed;
}

void pause_end(const struct run *run, const struct rows *rows)
{
    struct stage *stage = run->stage;
    uint64_t bytes;
    disk_begin();
    if (!stage->pause.failed && checkpoint_commit(run->folder, &run->identity, rows, &bytes)) {
        atomic_store(&stage->pause.saved, bytes);
    } else {
        atomic_store(&stage->pause.saved, 0);
        checkpoint_forget(run->folder);
    }
    disk_end();
    atomic_store(&stage->pause.joined, 0);
    atomic_store(&stage->pause.turn, 0);
    if (atomic_exchange(&stage->pause.wanted, PAUSE_NONE) == PAUSE_TO_END) {
        atomic_store(&stage->abort, 1);
        wake_all(run);
        _exit(EXIT_ABORTED);
    }
    atomic_fetch_add(&stage->pause.ended, 1);
    wake_all(run);
}
