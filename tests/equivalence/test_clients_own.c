/* What a client keeps from round to round: SCAFFOLD with few workers that play many clients. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <sys/mman.h>

#include "sim/base/norms.h"
#include "tests/rigs/world.h"

extern const struct algorithm alg_scaffold;

enum { OWN = 2, CONTROL = 0 }; /* c_i at the worker, c at the PS: scaffold.c */
enum { WORKERS = 4, CLIENTS = 30 };

static const struct run *playing;

static struct seen { /* in memory that the processes share */
    int64_t rounds;
    int active;   /* clients with a c_i that is not zero, in the end */
    double worst; /* difference of the sum of all c_i and clients * c, over the largest c_i */
} * seen;

/* In the PS, when every push has arrived and no worker has the next model yet. */
static void look(const struct server_state *s)
{
    double largest = 0, off = 0;
    seen->active = 0;
    for (int client = 0; client < CLIENTS; client++)
        seen->active += norm_max(vectors_client(playing, client, OWN), s->n) > 0;
    for (size_t i = 0; i < s->n; i++) {
        double sum = 0;
        for (int client = 0; client < CLIENTS; client++) {
            double own = (double)vectors_client(playing, client, OWN)[i];
            largest = fmax(largest, fabs(own));
            sum += own;
        }
        off = fmax(off, fabs(sum - CLIENTS * (double)s->vector[CONTROL][i]));
    }
    seen->worst = fmax(seen->worst, off / largest);
    seen->rounds++;
}

static void combine(struct server_state *s)
{
    alg_scaffold.combine(s);
    if (s->n != playing->n || s->clients != CLIENTS || s->workers != WORKERS)
        die(EXIT_FAILED, "a part of a vector, or other clients: %zu of %zu", s->n, playing->n);
    look(s);
}

static struct seen play_scaffold(const char *processes)
{
    struct world w;
    struct run run;
    const void *params;
    char clients[32];
    snprintf(clients, sizeof clients, "cluster.clients=%d", CLIENTS);
    world_open(&w,
               (const char *const[]){"cluster.workers=4", clients, processes, "data.partition=label",
                                     "algorithm.scaffold.local_steps=5", "experiment.iterations=800", NULL});
    registry_algorithm(&w.cfg, "scaffold", &params);
    struct algorithm alg = alg_scaffold;
    alg.combine = combine;
    const struct setting setting = world_setting(&w);
    const struct variant variant = variant_plain(&alg, params);
    run_prepare(&run, &setting, &variant);
    run.shown = SHOW_NOTHING;
    run.folder = text_format("%d", world_runs++);
    assert_int_equal(mkdir(run.folder, 0777), 0);
    playing = &run;
    *seen = (struct seen){0};
    assert_int_equal(launch(&run).exit_status, 0);
    free(run.folder);
    run_release(&run);
    world_close(&w);
    return *seen;
}

static void all_controls_add_up_to_the_servers(void **state)
{
    (void)state;
    struct seen first = play_scaffold("cluster.processes=4"), second = play_scaffold("cluster.processes=1");
    assert_true(first.rounds == 40);
    assert_int_equal(first.active, CLIENTS); /* one has missed all of 40 rounds with probability 0.003 */
    if (!(first.worst > 0 && first.worst < 2e-5))
        fail_msg("off by %g of the largest", first.worst);
    assert_true(second.worst == first.worst);
}

static int open_seen(void **state)
{
    (void)state;
    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return seen == MAP_FAILED;
}

int main(void)
{
#define RUNS(test) cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)
    const struct CMUnitTest tests[] = {RUNS(all_controls_add_up_to_the_servers)};
    alarm(240);
    return cmocka_run_group_tests(tests, open_seen, NULL);
}
