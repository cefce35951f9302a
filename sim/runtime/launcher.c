/* Forks the processes of a run, watches them, reaps them. However a child ends, the other children learn
 * of it within a tenth of a second and have ended within two seconds. The shared memory has no name, so
 * nothing is left behind.
 *
 *   launcher --fork--> PS (child 0), evaluator (1), worker processes (2 ..)
 *                      without training: the conductor (child 0) alone
 *
 * When a child fails, the launcher sets the abort flag in the shared segment. Every wait in a child looks at
 * the flag and ends the child. After GRACE_S the launcher sends SIGKILL. A hang ends in the same way. */
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

#define GRACE_S 1.0 /* time from the abort flag to SIGKILL */
#define LEAST_S \
    1.0 /* least patience while all processes sleep: a sleeping process wakes five times a second */
#define DISK_S    10.0 /* time without progress after which a process that waits for its disk is reported */
#define ABSENT_S  2.0  /* the launcher did not look for this long: it was stopped itself, with its children */
#define AWAKE_CPU 0.05 /* seconds of CPU time below which the processes count as asleep */

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
    double begun, aborted;            /* seconds; aborted 0: not yet */
    int status;                       /* exit status of the first cause; 0: no failure */
    bool hung;                        /* the first cause was a hang */
    int signal;                       /* the signal that asked for a checkpoint and the end; 0: none */
    uint64_t progress;                /* the progress counter when it last changed */
    double progress_at, progress_cpu; /* wall time and CPU time at that moment */
    double looked_at;
    double excused; /* seconds since progress_at in which a process waited for its disk */
    bool told;      /* the wait for the disk has been reported */
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
    if (getppid() != parent) /* the launcher died before the line above */
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
        die_errno(EXIT_RESOURCE, "fork %s", c->name); /* children already started die with the launcher */
    if (c->pid == 0)
        be_child(w, c, parent);
    w->alive++;
}

static void start_all(struct watch *w)
{
    signals_block(&w->signals); /* never unblocked: between two runs a signal waits for the next run */
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
    if (WIFEXITED(status)) { /* the child has printed why */
        if (WEXITSTATUS(status) != EXIT_ABORTED)
            abort_run(w, WEXITSTATUS(status));
        return;
    }
    if (!w->aborted)
        fault("%s: %s (process ended by signal %d, %s)", w->run->name, c->name, WTERMSIG(status),
              strsignal(WTERMSIG(status)));
    abort_run(w, EXIT_LOST);
}

static void reap(struct watch *w)
{
    for (int i = 0; i < w->children; i++) {
        int status;
        struct child *c = &w->child[i];
        pid_t ended = c->pid ? waitpid(c->pid, &status, WNOHANG) : 0;
        if (ended < 0) /* the children die with the launcher */
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

/* The state of a process by /proc. 'T': stopped by a signal; 'D': held by the kernel; '?': not known. */
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
            warn("%s: %s (process %d) has been stopped by a signal", w->run->name, w->child[i].name,
                 (int)w->child[i].pid);
}

/* ---- hangs ---- */

/* A process that has marked itself as waiting for a disk, or for a reader of its output (disk.h), and has
 * not been stopped by a signal; NULL: there is none. */
static const struct child *waits_for_disk(const struct watch *w)
{
    for (int i = 0; i < w->children; i++)
        if (w->child[i].pid && atomic_load(&w->run->shared->on_disk[i].waits) > 0 &&
            state_of(w->child[i].pid) != 'T')
            return &w->child[i];
    return NULL;
}

/* Whether the kernel holds a process that has not marked itself so: the process reads a file, or memory
 * that lies on a disk. */
static bool is_held(const struct watch *w)
{
    for (int i = 0; i < w->children; i++)
        if (w->child[i].pid && state_of(w->child[i].pid) == 'D')
            return true;
    return false;
}

/* Time in which a process waits for its disk is no hang. */
static void excuse(struct watch *w, double t, double since)
{
    const struct child *c = t - w->progress_at > LEAST_S ? waits_for_disk(w) : NULL;
    if (!c)
        return;
    w->excused += t - since;
    if (!w->told && t - w->progress_at > DISK_S)
        warn("%s: %s waits for its disk, or for a reader of its output", w->run->name, c->name);
    w->told |= t - w->progress_at > DISK_S;
}

static void end_hang(struct watch *w, double t, double used)
{
    warn("%s: no progress for %.0f s (%.1f s of CPU time): the run hangs (host.patience)", w->run->name,
         t - w->progress_at, used);
    name_stopped(w);
    w->hung = true;
    abort_run(w, EXIT_STUCK);
}

/* A hang is one of two things: host.patience seconds of CPU time for each process without progress (CPU time
 * and not wall time, as a loaded machine is not a hang); or host.patience seconds in which all processes
 * sleep. */
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
    int processes = w->run->trains ? w->run->processes : 1; /* each may use the patience */
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

/* The first signal lets every process come to a boundary and write its section of a checkpoint. A second
 * signal ends the run at once. */
static void end_by(struct watch *w, int sig)
{
    const char *name = w->run->name;
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

/* After a signal: reports the checkpoint, unless the run ended before the pause. */
static void close_pause(struct watch *w)
{
    char size[32];
    const struct shared *shared = w->run->shared;
    if (shared->over && !w->status) { /* the run is complete: the signal is left for the next run */
        signals_put_back(w->signal);
        return;
    }
    if (!w->status)
        w->status = 128 + w->signal;
    if (!w->aborted && shared->pause.saved)
        warn("%s: checkpoint of %s written to %s", w->run->name,
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
        if (w->run->published)
            display_publish(w->run);
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

/* The run rests with its checkpoint: without one the evaluations would be made again, so a checkpoint that failed is a
 * failure of the run. */
static void close_rest(struct watch *w)
{
    const struct shared *shared = w->run->shared;
    if (shared->pause.rests && !w->status)
        w->status = shared->pause.saved ? EXIT_RESTED : EXIT_RESOURCE;
}

struct summary launch(struct run *run)
{
    struct watch w = {.run = run, .begun = clock_seconds()};
    run->shared = shared_create(run);
    if (run->resumed)
        checkpoint_load(run->resumed, SECTION_SHARED,
                        &(struct persistent){.persist = shared_persist, .context = run});
    w.child = need((size_t)(run->processes + 2) * sizeof *w.child);
    if (run->shown == SHOW_BAR)
        progress_open(run->colour);
    start_all(&w);
    watch_children(&w);
    close_rest(&w);
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
