#include "sim/sweep/progress.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/base/clock.h"
#include "sim/base/fail.h"
#include "sim/base/part.h"
#include "sim/base/text.h"
#include "sim/sweep/json.h"
#include "sim/sweep/rungs.h"

enum { BAR = 8, WIDE_BAR = 16, WIDE = 100, LEFT = 16 };

#define SILENCE_S 30.0 /* without a terminal, the longest time without a line */
#define SOON_S    2.0  /* before this, and ... */
#define LITTLE    1e-3 /* ... before this share of the work, the speed says nothing */

/* ---- the line ---- */

/* "0013 losp  63 %  acc 45.20 %" */
static void put_running(char *out, size_t size, const struct running *run)
{
    snprintf(out, size, "%04d %s %3d %%", run->point->index, run->algorithm, (int)part_of(run->share, 100));
    size_t used = strlen(out);
    if (!isnan(run->accuracy))
        snprintf(out + used, size - used, "  acc %5.2f %%", 100 * run->accuracy);
}

static void put(char *out, size_t size, const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%s", used ? "  " : "", text);
}

/* The parts have this order of importance: numbers, time left, bar, running points. */
int sweep_format(char *out, size_t size, const struct look *look, const struct sweep_view *v)
{
    char name[32], percent[16], left[LEFT + 1] = "", points[512] = "", one[96];
    int room = look->columns - 1;
    snprintf(name, sizeof name, "%d of %d", v->over, v->points);
    snprintf(percent, sizeof percent, "%3d %%", (int)part_of(v->share, 100));
    int used = (int)(strlen(name) + 2 + strlen(percent));
    if (!isnan(v->left_s) && used + 2 + LEFT <= room) {
        char text[48] = "";
        progress_left(text, sizeof text, v->left_s);
        snprintf(left, sizeof left, "%*s", LEFT, text);
        used += 2 + LEFT;
    }
    int bar = look->columns >= WIDE ? WIDE_BAR : BAR; /* of one width, so that it does not jump */
    bar = used + 2 + bar <= room ? bar : 0;
    used += bar ? 2 + bar : 0;
    for (int i = 0; i < v->running; i++) {
        put_running(one, sizeof one, &v->run[i]);
        int more = (int)strlen(one) + 2;
        if (used + more > room || strlen(points) + strlen(one) + 3 > sizeof points)
            break;
        put(points, sizeof points, one);
        used += more;
    }
    snprintf(out, size, "%s", name);
    if (bar) {
        put(out, size, "");
        progress_bar(out, size, look, bar, v->share);
    }
    put(out, size, percent);
    if (*points)
        put(out, size, points);
    if (*left)
        put(out, size, left);
    if (used <= room)
        return used;
    out[room > 0 ? room : 0] = '\0'; /* there is no bar: the line is ASCII, and cuts no character */
    return room;
}

/* ---- the work ---- */

static double weight(const struct outlook *o, const struct point *p)
{
    return o->sweep->weight ? o->sweep->weight[p->index - 1] : 1;
}

void outlook_open(struct outlook *o, const struct sweep *s, int jobs)
{
    size_t bytes = (size_t)jobs * sizeof *o->shared;
    *o = (struct outlook){.sweep = s, .jobs = jobs, .begun = clock_seconds()};
    o->shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (o->shared == MAP_FAILED)
        die_errno(EXIT_RESOURCE, "mmap for the progress of %d points", jobs);
    o->run = need((size_t)jobs * sizeof *o->run);
    o->done = need((size_t)s->grid.points * sizeof *o->done);
    o->all = need((size_t)s->grid.points * sizeof *o->all);
    o->said = o->begun;
    if (s->bar)
        progress_open(s->colour);
}

void outlook_point(struct outlook *o, const struct point *p, double done, double all)
{
    int i = p->index - 1;
    o->total += weight(o, p) * (all - o->all[i]);
    o->over += weight(o, p) * (done - o->done[i]);
    o->all[i] = all;
    o->done[i] = done;
}

void outlook_begin(struct outlook *o)
{
    o->before = o->over;
}

void outlook_close(struct outlook *o)
{
    if (o->sweep->bar) {
        progress_erase();
        progress_close();
    }
    munmap(o->shared, (size_t)o->jobs * sizeof *o->shared);
    free(o->run);
    free(o->done);
    free(o->all);
}

struct progress_shared *outlook_start(struct outlook *o, int job, const struct point *p)
{
    struct progress_shared *shared = &o->shared[job];
    atomic_store(&shared->run, 0);
    atomic_store(&shared->runs, 1);
    atomic_store(&shared->share, 0);
    atomic_store(&shared->accuracy, NAN);
    o->run[job].point = p;
    return shared;
}

void outlook_end(struct outlook *o, int job)
{
    o->run[job].point = NULL;
}

/* The name of run i of a point. */
static const char *algorithm_of(const struct grid *grid, const struct point *p, int i)
{
    for (int a = 0; a < grid->algorithms; a++)
        if (grid_plays(grid, p, a) && i-- == 0)
            return grid->algorithm[a];
    return "";
}

static void look_at(struct outlook *o, int job)
{
    struct running *run = &o->run[job];
    const struct progress_shared *shared = &o->shared[job];
    int number = atomic_load(&shared->run);
    run->algorithm = algorithm_of(&o->sweep->grid, run->point, number);
    run->share = (number + atomic_load(&shared->share)) / atomic_load(&shared->runs);
    run->accuracy = atomic_load(&shared->accuracy);
}

/* What is to be seen now. The running points are copied into `run`, which has room for all jobs. */
static struct sweep_view view(struct outlook *o, struct running *run)
{
    struct sweep_view v = {.run = run, .left_s = NAN};
    double done = o->over, passed = clock_seconds() - o->begun - o->away;
    for (int i = 0; i < o->jobs; i++) {
        if (!o->run[i].point)
            continue;
        look_at(o, i);
        double before = o->done[o->run[i].point->index - 1];
        done += fmax(0, o->run[i].share - before) * weight(o, o->run[i].point);
        run[v.running++] = o->run[i];
    }
    double here = done - o->before; /* by this process */
    v.share = o->total > 0 ? fmin(1, done / o->total) : 1;
    if (passed > SOON_S && here > LITTLE * o->total)
        v.left_s = fmax(0, o->total - done) * passed / here;
    return v;
}

/* ---- saying it ---- */

static void say_left(const struct sweep_view *v)
{
    char left[48] = "";
    if (!isnan(v->left_s) && v->over < v->points)
        progress_left(left, sizeof left, v->left_s);
    fprintf(stderr, "%s%s\n", *left ? "  " : "", left);
}

static const char *state_words(enum point_state state)
{
    return state == POINT_DONE       ? "done"
           : state == POINT_DIVERGED ? "diverged"
           : state == POINT_LEFT     ? "left behind"
                                     : "comes to no end";
}

void outlook_say_rest(struct outlook *o, const struct rungs *rungs, const struct point *p, int over,
                      int points)
{
    struct running *run = need((size_t)o->jobs * sizeof *run);
    struct sweep_view v = view(o, run);
    int passed = rungs_passed(rungs, p), all = rungs_of(rungs, p);
    v.over = over;
    v.points = points;
    if (o->sweep->bar)
        progress_erase();
    if (o->sweep->json) {
        sweep_json_rest(p, passed, all, &v);
    } else if (!o->sweep->quiet) {
        fprintf(stderr, "%d of %d  %s  at the end of rung %d of %d", over, points, p->name, passed, all);
        say_left(&v);
    }
    o->said = clock_seconds();
    free(run);
}

void outlook_say_rung(struct outlook *o, const struct rungs *rungs, const struct rung *rung)
{
    char *words = rungs_words(rungs, rung);
    if (o->sweep->bar)
        progress_erase();
    if (o->sweep->json)
        sweep_json_rung(rungs, rung);
    else if (!o->sweep->quiet)
        fprintf(stderr, "%s\n", words);
    free(words);
}

void outlook_say(struct outlook *o, const struct point *p, enum point_state state, int over, int points)
{
    struct running *run = need((size_t)o->jobs * sizeof *run);
    struct sweep_view v = view(o, run);
    v.over = over;
    v.points = points;
    if (o->sweep->bar)
        progress_erase();
    if (o->sweep->json) {
        sweep_json_point(p, state, &v);
    } else if (!o->sweep->quiet) {
        fprintf(stderr, "%d of %d  %s  %s", over, points, p->name, state_words(state));
        say_left(&v);
    }
    o->said = clock_seconds();
    free(run);
}

/* "3 of 18 points are over, 34 % of the work; 0004 losp  45 %  acc 31.20 %; 3 min left" */
static void say_running(const struct sweep_view *v)
{
    char one[96];
    fprintf(stderr, "%d of %d points are over, %d %% of the work", v->over, v->points,
            (int)part_of(v->share, 100));
    for (int i = 0; i < v->running; i++) {
        put_running(one, sizeof one, &v->run[i]);
        fprintf(stderr, "%s %s", i ? "," : ";", one);
    }
    say_left(v);
}

void outlook_show(struct outlook *o, int over, int points)
{
    const struct sweep *s = o->sweep;
    bool speaks = !s->bar && (s->json || !s->quiet) && clock_seconds() - o->said > SILENCE_S;
    if (!s->bar && !speaks)
        return;
    struct running *run = need((size_t)o->jobs * sizeof *run);
    struct sweep_view v = view(o, run);
    v.over = over;
    v.points = points;
    if (speaks) {
        if (s->json)
            sweep_json_progress(&v);
        else
            say_running(&v);
        o->said = clock_seconds();
    } else {
        char line[1024];
        int columns = sweep_format(line, sizeof line, progress_look(), &v);
        progress_show(line, columns);
    }
    free(run);
}
