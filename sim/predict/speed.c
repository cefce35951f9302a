/* Rounds like those of a barrier: the caller starts all processes, each computes a gradient, and the caller adds
 * up as many vectors as there are pushes. A socket joins the caller with each process; its end tells either side
 * that the other one is gone. */
#include "sim/predict/speed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/model.h"
#include "sim/base/clock.h"
#include "sim/base/cores.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/predict/memory.h"

#define MOST_PROCESSES 64   /* or one for each core, if that is more */
#define LONG           1.0  /* seconds of rounds that are enough */
#define SHORT          0.25 /* seconds that are enough for MANY rounds */
#define MANY           20
#define ENDLESS        60.0 /* seconds after which the first round counts, though it has warmed up */

struct crew { /* the processes that compute */
    const struct run *run;
    int n;
    pid_t *pid;
    int *socket;       /* (n) the caller's ends */
    float *sum, *push; /* (run->n) what the caller adds up */
};

/* ---- a process that computes ---- */

/* Until the caller closes its end. The sample is the first image, `batch` times. */
static _Noreturn void compute(const struct run *run, int socket)
{
    char word;
    int batch = (int)run->cfg->train.batch;
    struct workspace *ws = workspace_create(run->model, batch, 1);
    float *model = vec_create(run->n, run->first_params), *gradient = vec_create(run->n, NULL);
    float *stats = vec_create(run->stats, run->first_stats);
    uint32_t *sample = need((size_t)batch * sizeof *sample);
    const struct draw_at at = {.augment = run->cfg->data.augment, .no_dropout = !run->cfg->train.dropout};
    while (read(socket, &word, 1) == 1) {
        vec_copy(model, run->first_params, run->n); /* a reply */
        model_gradient(run->model, ws, model, stats, run->data, sample, batch, &at, gradient);
        if (write(socket, &word, 1) != 1)
            break;
    }
    _exit(EXIT_DONE);
}

static void start(struct crew *c)
{
    for (int i = 0; i < c->n; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
            die_errno(EXIT_RESOURCE, "socketpair");
        c->socket[i] = pair[0];
        c->pid[i] = fork();
        if (c->pid[i] < 0)
            die_errno(EXIT_RESOURCE, "fork for the forecast");
        if (c->pid[i] == 0) {
            for (int j = 0; j <= i; j++)
                close(c->socket[j]);
            compute(c->run, pair[1]);
        }
        close(pair[1]);
    }
}

static void end(struct crew *c)
{
    for (int i = 0; i < c->n; i++)
        close(c->socket[i]);
    for (int i = 0; i < c->n; i++)
        waitpid(c->pid[i], NULL, 0);
}

/* ---- the caller ---- */

static void play_round(struct crew *c)
{
    char word = 0;
    for (int i = 0; i < c->n; i++)
        if (send(c->socket[i], &word, 1, MSG_NOSIGNAL) != 1)
            die(EXIT_LOST, "a process that computed for the forecast died");
    for (int i = 0; i < c->n; i++) {
        if (read(c->socket[i], &word, 1) != 1)
            die(EXIT_LOST, "a process that computed for the forecast died");
        vec_add(c->sum, c->push, c->run->n);
    }
}

/* Seconds of a round. The first one warms up, and counts only if it takes long. */
static double seconds_of_round(struct crew *c)
{
    double begun = clock_seconds(), took = 0;
    play_round(c);
    took = clock_seconds() - begun;
    if (took >= ENDLESS)
        return took;
    begun = clock_seconds();
    for (int rounds = 1;; rounds++) {
        play_round(c);
        took = clock_seconds() - begun;
        if (took >= LONG || (took >= SHORT && rounds >= MANY))
            return took / rounds;
    }
}

/* Processes that compute: as many as are going to, within reason and memory. */
static int processes(const struct run *run, int runs, size_t memory)
{
    double wanted = (double)run->processes * runs;
    double most = fmax(MOST_PROCESSES, cores_available());
    double fit = (double)memory / (double)memory_gradient_bytes(run);
    return (int)fmax(1, fmin(wanted, fmin(most, fit)));
}

struct speed speed_measure(const struct run *run, int runs, size_t memory)
{
    struct speed speed = {.cores = cores_available(), .gradients = INFINITY};
    if (getloadavg(&speed.load, 1) != 1)
        speed.load = NAN;
    if (model_is_idle(run->model))
        return speed;
    struct crew c = {.run = run, .n = processes(run, runs, memory)};
    c.pid = need((size_t)c.n * sizeof *c.pid);
    c.socket = need((size_t)c.n * sizeof *c.socket);
    c.sum = vec_create(run->n, NULL);
    c.push = vec_create(run->n, NULL);
    start(&c);
    speed.processes = c.n;
    speed.gradients = c.n / seconds_of_round(&c);
    end(&c);
    free(c.pid);
    free(c.socket);
    free(c.sum);
    free(c.push);
    return speed;
}

char *speed_words(const struct speed *speed, char *out, size_t size)
{
    char load[64] = "", rate[32];
    snprintf(rate, sizeof rate, speed->gradients < 100 ? "%.3g" : "%.0f", speed->gradients);
    if (!isnan(speed->load))
        snprintf(load, sizeof load, " (load %.1f on %d core%s)", speed->load, speed->cores,
                 speed->cores == 1 ? "" : "s");
    snprintf(out, size, "if the machine stays as busy as now%s: %d processes made %s gradients per second",
             load, speed->processes, rate);
    return out;
}
