/* Forks the processes of a run, watches them, reaps them. However a child ends, the others are told within a
 * tenth of a second and are gone within two; the shared memory has no name, so nothing can be left. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/signals.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/output/progress.h"
#include "sim/runtime/pause.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/shared.h"

#define GRACE_S   1.0  /* from the abort flag to SIGKILL */
#define LEAST_S   1.0  /* of host.patience while all are asleep: each process looks up five times a second */
#define DISK_S    10.0 /* so long without progress, and a process waits for its disk: worth a line */
#define ABSENT_S  2.0  /* this process has not looked for so long: it was itself stopped, with all others */
#define AWAKE_CPU 0.05 /* seconds of CPU time in that interval that still count as asleep */

enum role { SERVER, EVALUATOR, WORKER };

struct child {
    pid_t pid; /* 0: reaped */
    enum role role;
    int process;
    char name[64];
};

struct watch {
    struct run *run;
    int children, alive;
    struct child *child;
    sigset_t signals;
    double begun, aborted; /* seconds; aborted 0: not yet */
    int status;            /* of the first cause; 0: none */
    bool hung;             /* that was it */
    int signal;            /* that asked for the end, after a checkpoint; 0: none */
    uint64_t progress;     /* when last looked at */
    double progress_at, progress_cpu;
    double looked_at;
    double excused; /* seconds since progress_at in which a process waited for its disk */
    bool told;      /* that it does */
    struct pace_seen pace;
};

/* ---- starting ---- */

static void name_child(struct child *c, const struct run *run)
{
    if (c->role == SERVER)
        snprintf(c->name, sizeof c->name, run->trains ? "parameter server" : "conductor");
    else if (c->role == EVALUATOR)
        snprintf(c->name, sizeof c->name, "evaluator");
    else if (run->processes == run->workers)
        snprintf(c->name, sizeof c->name, "worker %d", c->process);
    else
        snprintf(c->name, sizeof c->name, "worker process %d", c->process);
}

static _Noreturn void be_child(const struct watch *w, const struct child *c, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the line above */
        _exit(EXIT_ABORTED);
    signals_leave(&w->signals);
    fail_name(c->name);
    disk_tell(&w->run->shared->on_disk[c - w->child].waits);
    if (!w->run->trains)
        timing_run(w->run);
    else if (c->role == SERVER)
        server_run(w->run);
    else if (c->role == EVALUATOR)
        evaluator_run(w->run);
    else
        worker_run(w->run, c->process);
    fflush(NULL);
    _exit(EXIT_DONE);
}

static void start(struct watch *w, enum role role, int process)
{
    struct child *c = &w->child[w->children++];
    pid_t parent = getpid();
    c->role = role;
    c->process = process;
    name_child(c, w->run);
    fflush(NULL);
    c->pid = fork();
    if (c->pid < 0)
        die_errno(EXIT_RESOURCE, "fork %s", c->name); /* those already started die with this process */
    if (c->pid == 0)
        be_child(w, c, parent);
    w->alive++;
}

static void start_all(struct watch *w)
{
    signals_block(&w->signals); /* for good: between two runs a signal waits for the next one */
    start(w, SERVER, 0);
    if (w->run->trains)
        start(w, EVALUATOR, 0);
    for (int i = 0; i < w->run->processes; i++)
        start(w, WORKER, i);
}

/* ---- watching ---- */

static void abort_run(struct watch *w, int status)
{
    if (!w->status)
        w->status = status;
    if (w->aborted > 0)
        return;
    w->aborted = clock_seconds();
    atomic_store(&w->run->shared->abort, 1);
    shared_wake_all(w->run->shared, w->run->processes);
}

static void child_ended(struct watch *w, struct child *c, int status)
{
    c->pid = 0;
    w->alive--;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE)
        return;
    if (WIFEXITED(status)) { /* it has said why */
        if (WEXITSTATUS(status) != EXIT_ABORTED)
            abort_run(w, WEXITSTATUS(status));
        return;
    }
    if (!w->aborted)
        fault("%s: %s (process ended by signal %d, %s)", w->run->alg->name, c->name, WTERMSIG(status),
              strsignal(WTERMSIG(status)));
    abort_run(w, EXIT_LOST);
}

static void reap(struct watch *w)
{
    for (int i = 0; i < w->children; i++) {
        int status;
        struct child *c = &w->child[i];
        pid_t ended = c->pid ? waitpid(c->pid, &status, WNOHANG) : 0;
        if (ended < 0) /* the children die with this process */
            die_errno(EXIT_RESOURCE, "waitpid for %s", c->name);
        if (ended > 0)
            child_ended(w, c, status);
    }
}

static double cpu_seconds(const struct watch *w)
{
    double sum = 0;
    for (int i = 0; i < w->children; i++) {
        clockid_t clock;
        struct timespec t;
        if (w->child[i].pid && clock_getcpuclockid(w->child[i].pid, &clock) == 0 &&
            clock_gettime(clock, &t) == 0)
            sum += (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
    }
    return sum;
}

/* State of a process as /proc says, 'T': stopped by a signal; '?' when it does not. */
static char state_of(pid_t pid)
{
    char path[64], state = '?';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return state;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = '?';
    fclose(file);
    return state;
}

static void name_stopped(const struct watch *w)
{
    for (int i = 0; i < w->children; i++)
        if (w->child[i].pid && state_of(w->child[i].pid) == 'T')
            warn("%s: %s (process %d) has been stopped by a signal", w->run->alg->name, w->child[i].name,
                 (int)w->child[i].pid);
}

/* ---- hangs ---- */

/* A process that says that it waits for a disk, or a reader of its output, and has not been stopped there;
 * NULL: none. */
static const struct child *waits_for_disk(const struct watch *w)
{
    for (int i = 0; i < w->children; i++)
        if (w->child[i].pid && atomic_load(&w->run->shared->on_disk[i].waits) > 0 &&
            state_of(w->child[i].pid) != 'T')
            return &w->child[i];
    return NULL;
}

/* One that says nothing of the kind and is held by the kernel all the same: it reads a file, or memory that
 * lies on a disk. */
static bool is_held(const struct watch *w)
{
    for (int i = 0; i < w->children; i++)
        if (w->child[i].pid && state_of(w->child[i].pid) == 'D')
            return true;
    return false;
}

/* Time in which a process waits for its disk does not count. */
static void excuse(struct watch *w, double t, double since)
{
    const struct child *c = t - w->progress_at > LEAST_S ? waits_for_disk(w) : NULL;
    if (!c)
        return;
    w->excused += t - since;
    if (!w->told && t - w->progress_at > DISK_S)
        warn("%s: %s waits for its disk, or for a reader of its output", w->run->alg->name, c->name);
    w->told |= t - w->progress_at > DISK_S;
}

static void end_hang(struct watch *w, double t, double used)
{
    warn("%s: no progress for %.0f s (%.1f s of CPU time): the run hangs (host.patience)", w->run->alg->name,
         t - w->progress_at, used);
    name_stopped(w);
    w->hung = true;
    abort_run(w, EXIT_STUCK);
}

/* A hang is CPU time of the whole run, not wall time, that passes without progress (a loaded machine is not a
 * hang); or all processes asleep for as long. */
static void look_for_hang(struct watch *w)
{
    uint64_t progress = atomic_load(&w->run->shared->progress);
    double cpu = cpu_seconds(w), t = clock_seconds(), since = w->looked_at;
    bool absent = t - since > ABSENT_S;
    w->looked_at = t;
    if (progress != w->progress || w->progress_at == 0 || absent) {
        w->progress = progress;
        w->progress_at = t;
        w->progress_cpu = cpu;
        w->excused = 0;
        w->told = false;
        return;
    }
    excuse(w, t, since);
    double used = cpu - w->progress_cpu, patience = w->run->cfg->host.patience;
    int processes = w->run->trains ? w->run->processes : 1; /* they share the cores */
    bool busy = used > patience * processes;
    bool asleep = t - w->progress_at - w->excused > fmax(LEAST_S, patience) && used < AWAKE_CPU;
    if (asleep && is_held(w))
        w->excused = t - w->progress_at;
    else if (busy || asleep)
        end_hang(w, t, used);
}

static void send(const void *watch, int sig)
{
    const struct watch *w = watch;
    for (int i = 0; i < w->children; i++)
        if (w->child[i].pid)
            kill(w->child[i].pid, sig);
}

/* The first signal lets every process come to a boundary and leave a checkpoint; a second one does not wait
 * for that. */
static void end_by(struct watch *w, int sig)
{
    const char *name = w->run->alg->name;
    if (w->signal || !run_can_checkpoint(w->run)) {
        warn("%s: ended by %s", name, strsignal(sig));
        abort_run(w, 128 + sig);
        return;
    }
    w->signal = sig;
    warn("%s: ended by %s: a checkpoint is written first; the next signal ends the run at once", name,
         strsignal(sig));
    pause_ask(w->run, PAUSE_TO_END);
}

/* The state that all processes have saved together, or the end that came before it. */
static void close_pause(struct watch *w)
{
    char size[32];
    const struct shared *shared = w->run->shared;
    if (shared->over && !w->status) { /* complete all the same: the signal is for what comes next */
        signals_put_back(w->signal);
        return;
    }
    if (!w->status)
        w->status = 128 + w->signal;
    if (!w->aborted && shared->pause.saved)
        warn("%s: checkpoint of %s written to %s", w->run->alg->name,
             text_bytes(size, sizeof size, shared->pause.saved), w->run->folder);
}

static void watch_children(struct watch *w)
{
    while (w->alive) {
        int sig = signals_next(&w->signals);
        if (sig == SIGTSTP)
            signals_stop(send, w);
        else if (sig)
            end_by(w, sig);
        reap(w);
        if (w->run->shown == SHOW_BAR)
            display_draw(w->run, &w->pace, clock_seconds());
        if (w->aborted > 0 && clock_seconds() - w->aborted > GRACE_S)
            send(w, SIGKILL);
        else if (w->aborted == 0)
            look_for_hang(w);
    }
}

static void end_drawing(struct watch *w, const struct summary *sum)
{
    if (w->status)
        display_draw(w->run, &w->pace, clock_seconds());
    else
        display_end(w->run, sum);
    progress_close();
}

struct summary launch(struct run *run)
{
    struct watch w = {.run = run, .begun = clock_seconds()};
    run->shared = shared_create(run);
    if (run->resumed)
        checkpoint_load(run->resumed, SECTION_STAGE,
                        &(struct persistent){.persist = shared_persist, .context = run});
    w.child = need((size_t)(run->processes + 2) * sizeof *w.child);
    if (run->shown == SHOW_BAR)
        progress_open(run->colour);
    start_all(&w);
    watch_children(&w);
    if (w.signal)
        close_pause(&w);
    if (w.status && run_can_checkpoint(run))
        checkpoint_forget(run->folder);
    struct summary summary = run->shared->summary;
    summary.wall_seconds += clock_seconds() - w.begun;
    if (run->shown == SHOW_BAR)
        end_drawing(&w, &summary);
    shared_destroy(run->shared);
    run->shared = NULL;
    free(w.child);
    if (w.status)
        snprintf(summary.status, sizeof summary.status, "failed");
    summary.exit_status = w.status;
    summary.hung = w.hung;
    return summary;
}
