/* Runs the points of a sweep as child processes, several side by side:
 *
 *   sweep (this process) --fork--> point 1 = launcher of a run --fork--> PS, workers, evaluator
 *                        --fork--> point 2 ...
 *
 * The points ignore signals that ask for the end, since terminals and batch systems send these signals to all
 * processes. The sweep passes each signal on once, so that every run writes its checkpoint. The points stay
 * in the process group of the sweep: Ctrl-Z stops all of them, and fg continues all of them. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/cores.h"
#include "sim/base/fail.h"
#include "sim/base/signals.h"
#include "sim/base/text.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/json.h"
#include "sim/sweep/progress.h"
#include "sim/sweep/results.h"
#include "sim/sweep/rungs_file.h"
#include "sim/sweep/sweep.h"

/* Seconds from the signal to SIGKILL, or host.patience if that is more: enough for an iteration of a large
 * model and for checkpoints on a slow disk. */
#define PATIENCE_S 60.0

/* The main loop runs ten times a second. If it did not run for this long, the sweep was stopped (Ctrl-Z), and
 * the points with it. */
#define ABSENT_S 2.0

/* sweep.csv is written as a whole. After a write of t seconds none follows for SPARING * t: a sweep of many points
 * would else write the rows of the first points again and again. */
#define SPARING 50

struct job {
    pid_t pid; /* 0: none */
    const struct point *point;
    struct progress_shared *shared; /* how far the point is */
};

struct crew {
    const struct sweep *sweep;
    struct results *results; /* NULL: other jobs (--index) run points of this sweep, too */
    struct rungs *rungs;     /* NULL: the sweep is not halved */
    bool fresh;              /* there are results that sweep.csv does not have */
    double save_at;          /* sweep.csv is not written again before this time */
    int jobs, running;
    struct job *job;  /* (jobs) */
    bool *begun;      /* (points) the point is not to be considered again */
    int next;         /* all points before this index have begun */
    int points, over; /* of this process */
    struct outlook outlook;
    sigset_t signals;
    double asked;     /* time at which the points got the signal to end; 0: not yet */
    double looked_at; /* time of the last look at `asked` */
    int status;       /* exit status, once the points got that signal */
};

int sweep_jobs(const struct sweep *s)
{
    int by_cores = cores_available() / s->processes, most = by_cores < s->fit ? by_cores : s->fit;
    most = s->jobs ? s->jobs : most;
    return most < 1 || s->real ? 1 : most;
}

bool sweep_is_mine(const struct sweep *s, const struct point *p)
{
    return !s->of || (p->index - 1) % s->of == s->index - 1;
}

static char *folder_of(const struct sweep *s, const struct point *p)
{
    return text_format("%s/%s", s->folder, p->name);
}

static enum point_state state_of(const struct crew *c, const struct point *p)
{
    char *folder = folder_of(c->sweep, p);
    enum point_state state = point_state(folder);
    free(folder);
    return state;
}

/* Whether the point was over when this process looked at it last: with results, each point was read at the start and at
 * its end. */
static bool was_over(const struct crew *c, const struct point *p)
{
    return point_is_over(c->results ? c->results->state[p->index - 1] : state_of(c, p));
}

/* ---- the children ---- */

/* Runs one point in the child process. Standard output goes to /dev/null: the tables of parallel runs would
 * mix. Warnings stay, and each begins with the name of the point. */
static _Noreturn void be_point(const struct crew *c, const struct job *job, const char *folder, pid_t parent)
{
    const struct point *p = job->point;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* the sweep died before prctl: no signal will come */
        _exit(EXIT_ABORTED);
    signals_leave(&c->signals);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
        die_errno(EXIT_RESOURCE, "opening /dev/null");
    close(nowhere);
    fail_name(p->name);
    int status = c->sweep->run(c->sweep->program, p, folder, rungs_goal(c->rungs, p), job->shared);
    fflush(NULL);
    _exit(status);
}

static void start(struct crew *c, struct job *job, const struct point *p)
{
    char *folder = folder_of(c->sweep, p);
    pid_t parent = getpid();
    job->point = p;
    job->shared = outlook_start(&c->outlook, (int)(job - c->job), p);
    fflush(NULL);
    job->pid = fork();
    if (job->pid < 0)
        die_errno(EXIT_RESOURCE, "fork %s", p->name); /* the running points die with this process */
    if (job->pid == 0)
        be_point(c, job, folder, parent);
    c->running++;
    free(folder);
}

/* The point that gives it its numbers is one of this process, and not over yet. */
static bool must_wait(const struct crew *c, int i)
{
    int leader = c->sweep->leader ? c->sweep->leader[i] : -1;
    const struct point *first = leader >= 0 ? &c->sweep->grid.point[leader] : NULL;
    return first && sweep_is_mine(c->sweep, first) && !was_over(c, first);
}

/* The next point of this process that is not over; NULL: there is none now. */
static const struct point *next_point(struct crew *c)
{
    const struct grid *grid = &c->sweep->grid;
    while (c->next < grid->points && c->begun[c->next])
        c->next++;
    for (int i = c->next; i < grid->points; i++) {
        const struct point *p = &grid->point[i];
        if (c->begun[i] || must_wait(c, i) || rungs_goal(c->rungs, p) < 0)
            continue;
        c->begun[i] = true;
        if (sweep_is_mine(c->sweep, p) && !was_over(c, p))
            return p;
    }
    return NULL;
}

static void start_more(struct crew *c)
{
    for (int i = 0; i < c->jobs && c->asked == 0; i++) {
        const struct point *p = c->job[i].pid ? NULL : next_point(c);
        if (p)
            start(c, &c->job[i], p);
    }
}

static void send(const void *crew, int sig)
{
    const struct crew *c = crew;
    for (int i = 0; i < c->jobs; i++)
        if (c->job[i].pid)
            kill(c->job[i].pid, sig);
}

static void tell_all(const struct crew *c, int sig)
{
    for (int i = 0; i < c->jobs; i++)
        if (c->job[i].pid)
            signals_tell(c->job[i].pid, sig);
}

/* Sends all points the signal to end. A second call sends it again: the runs then end without a checkpoint. */
static void end_all(struct crew *c, int sig, int status)
{
    if (!c->status)
        c->status = status;
    c->asked = clock_seconds();
    tell_all(c, sig);
}

/* ---- their ends ---- */

/* How much of its work a point has done. */
static void weigh(struct crew *c, const struct point *p, bool over)
{
    bool halved = rungs_of(c->rungs, p) > 1;
    outlook_point(&c->outlook, p, halved ? rungs_part(c->rungs, p) : over,
                  halved ? rungs_expected(c->rungs, p) : 1);
}

/* Counts a point and reads its results. */
static void is_over(struct crew *c, const struct point *p, enum point_state state)
{
    if (c->results) {
        results_take(c->results, p);
        c->fresh = true;
    }
    if (c->rungs)
        rungs_take(c->rungs, p);
    c->over++;
    weigh(c, p, true);
    outlook_say(&c->outlook, p, state, c->over, c->points);
}

/* ---- rungs ---- */

static bool is_running(const struct crew *c, const struct point *p)
{
    for (int i = 0; i < c->jobs; i++)
        if (c->job[i].pid && c->job[i].point == p)
            return true;
    return false;
}

/* Points that are left behind are over. Each job marks its own. One may still write the checkpoint with which it rests: it
 * is marked at its end. */
static void leave_behind(struct crew *c)
{
    const struct grid *grid = &c->sweep->grid;
    for (int i = 0; i < grid->points; i++) {
        const struct point *p = &grid->point[i];
        if (!sweep_is_mine(c->sweep, p) || !rungs_leaves(c->rungs, p) || is_running(c, p) || was_over(c, p))
            continue;
        char *folder = folder_of(c->sweep, p);
        point_leave(folder, grid->algorithm[p->alone]);
        free(folder);
        is_over(c, p, POINT_LEFT);
    }
}

/* Says which rungs are decided now, and what follows for the points of this process. */
static void take_decisions(struct crew *c)
{
    const struct grid *grid = &c->sweep->grid;
    struct rung rung;
    while (rungs_next(c->rungs, &rung))
        outlook_say_rung(&c->outlook, c->rungs, &rung);
    leave_behind(c);
    for (int i = 0; i < grid->points; i++)
        if (sweep_is_mine(c->sweep, &grid->point[i]) && rungs_of(c->rungs, &grid->point[i]) > 1)
            weigh(c, &grid->point[i], false);
}

/* A point has come to the end of its rung, and may go on. */
static void rested(struct crew *c, const struct point *p)
{
    int i = p->index - 1;
    c->begun[i] = false;
    c->next = i < c->next ? i : c->next;
    rungs_take(c->rungs, p);
    weigh(c, p, false);
    outlook_say_rest(&c->outlook, c->rungs, p, c->over, c->points);
}

/* A point of this job has ended. Those of other jobs may have come to the ends of their rungs, so that points of this one
 * go on. */
static void look_around(struct crew *c)
{
    if (!c->rungs)
        return;
    if (c->sweep->of)
        rungs_look(c->rungs);
    take_decisions(c);
}

/* The run has no end. A run that hung is something else: the next attempt may end. */
static bool is_endless(const struct crew *c, const struct point *p)
{
    return state_of(c, p) == POINT_ENDLESS;
}

/* Divergence and endlessness are results, so the sweep goes on. Any other failure ends the sweep. */
static void ended(struct crew *c, struct job *job, int status)
{
    const struct point *p = job->point;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_LOST;
    job->pid = 0;
    c->running--;
    outlook_end(&c->outlook, (int)(job - c->job));
    if (WIFEXITED(status) && code == EXIT_DONE) {
        is_over(c, p, POINT_DONE);
    } else if (WIFEXITED(status) && code == EXIT_DIVERGED) {
        is_over(c, p, POINT_DIVERGED);
    } else if (WIFEXITED(status) && code == EXIT_RESTED) {
        rested(c, p);
    } else if (WIFEXITED(status) && code == EXIT_STUCK && is_endless(c, p)) {
        is_over(c, p, POINT_ENDLESS);
    } else if (c->asked == 0) { /* the point has printed the reason, unless a signal ended it */
        if (WIFSIGNALED(status))
            warn("%s: ended by signal %d, %s", p->name, WTERMSIG(status), strsignal(WTERMSIG(status)));
        warn("%s ended with status %d: so does the sweep%s", p->name, code,
             code == EXIT_RESOURCE && c->running > 0 ? "; with --jobs 1 a point has all memory for itself"
                                                     : "");
        end_all(c, SIGTERM, code);
    }
    look_around(c);
}

static void reap(struct crew *c)
{
    for (int i = 0; i < c->jobs; i++) {
        int status;
        struct job *job = &c->job[i];
        pid_t pid = job->pid ? waitpid(job->pid, &status, WNOHANG) : 0;
        if (pid < 0)
            die_errno(EXIT_RESOURCE, "waitpid for %s", job->point->name);
        if (pid > 0)
            ended(c, job, status);
    }
}

/* Writes sweep.csv after a point, so that a sweep that is killed has its results so far; but takes at most a
 * fiftieth of the time. */
static void save(struct crew *c, double now)
{
    if (!c->fresh || now < c->save_at)
        return;
    results_choose(c->results);
    results_write_points(c->results);
    rungs_write(c->rungs, c->results);
    c->fresh = false;
    double then = clock_seconds();
    c->save_at = then + SPARING * (then - now);
}

/* Starts the time again, in case SIGKILL does not help at once either. */
static void lose_patience(struct crew *c)
{
    for (int i = 0; i < c->jobs; i++)
        if (c->job[i].pid)
            warn("%s does not end: killed", c->job[i].point->name);
    send(c, SIGKILL); /* the processes of a point die with its launcher (PR_SET_PDEATHSIG) */
    c->asked = clock_seconds();
}

/* Points that are over already: of an earlier call with the same folder. */
static void count(struct crew *c)
{
    const struct grid *grid = &c->sweep->grid;
    for (int i = 0; i < grid->points; i++) {
        if (!sweep_is_mine(c->sweep, &grid->point[i]))
            continue;
        bool over = was_over(c, &grid->point[i]);
        c->points++;
        c->over += over;
        weigh(c, &grid->point[i], over);
    }
    outlook_begin(&c->outlook);
    if (c->sweep->json)
        sweep_json_start(c->sweep, &(struct sweep_view){.over = c->over, .points = c->points});
    if (c->over > 0 && !c->sweep->quiet)
        fprintf(stderr, "%d of %d points were there%s%s\n", c->over, c->points,
                c->over == c->points ? ": nothing is left to run" : "",
                c->over == c->points && c->results ? "; the tables are made again" : "");
}

/* Time in which all processes were stopped does not count. */
static void look_for_patience(struct crew *c)
{
    double t = clock_seconds(), away = c->looked_at > 0 ? t - c->looked_at : 0;
    if (away > ABSENT_S)
        c->outlook.away += away;
    if (c->asked > 0 && away > ABSENT_S)
        c->asked += away;
    c->looked_at = t;
    if (c->asked > 0 && t - c->asked > fmax(PATIENCE_S, c->sweep->patience))
        lose_patience(c);
}

/* The main loop. reap comes before start_more, so that a free job gets the next point in the same pass. */
int jobs_run(const struct sweep *s, struct results *results)
{
    struct crew c = {.sweep = s, .results = results, .rungs = rungs_read(s), .jobs = sweep_jobs(s)};
    c.job = need((size_t)c.jobs * sizeof *c.job);
    c.begun = need((size_t)s->grid.points * sizeof *c.begun);
    signals_block(&c.signals);
    outlook_open(&c.outlook, s, c.jobs);
    count(&c);
    look_around(&c); /* an earlier call may have been killed before it took its decisions */
    start_more(&c);
    while (c.running) {
        int sig = signals_next(&c.signals);
        if (sig == SIGTSTP)
            signals_stop(send, &c);
        else if (sig)
            end_all(&c, sig, 128 + sig);
        reap(&c);
        save(&c, clock_seconds());
        look_for_patience(&c);
        start_more(&c);
        if (!c.running)
            look_around(&c);
        start_more(&c);
        if (c.running)
            outlook_show(&c.outlook, c.over, c.points);
    }
    if (c.status)
        save(&c, INFINITY); /* else the tables are made at the end */
    outlook_close(&c.outlook);
    rungs_free(c.rungs);
    free(c.job);
    free(c.begun);
    return c.status;
}
