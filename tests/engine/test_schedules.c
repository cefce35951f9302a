/* Any schedule of workers, PS and messages carries out one sequence of orders with one result, and none gets
 * stuck; a process that breaks a rule is found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/config/values.h"
#include "tests/rigs/schedule_explorer.h"
#include "tests/rigs/params.h"

enum { SETTINGS = 10, SCHEDULES = 100 }; /* 1000 schedules of each algorithm */

struct scene {
    struct conductor_spec spec;
    double link[EXPLORER_WORKERS], factor[EXPLORER_WORKERS];
    vtime latency[EXPLORER_WORKERS];
};

/* Draw `index` of setting n: a whole number, least .. most. */
static int64_t draw(int n, uint64_t index, int64_t least, int64_t most)
{
    struct draw_key key = {.seed = 7, .purpose = DRAW_SPREAD, .iteration = (uint64_t)n};
    return least + draw_below(&key, index, (uint32_t)(most - least + 1));
}

/* The defaults, but for what makes the waits differ. */
static void *draw_params(const struct algorithm *alg, int workers, int n)
{
    void *params = params_preset(alg);
    int64_t most = draw(n, 20, 1, 6);
    params_set(alg, params, "k", draw(n, 21, 1, workers));
    params_set(alg, params, "local_steps", most);
    params_set(alg, params, "fragments", n % 2 ? most : 1);
    if (alg->fragments) /* elsewhere it may be less than local_steps only */
        params_set(alg, params, "delay", draw(n, 25, 0, most));
    params_set(alg, params, "max_local_steps", most);
    params_set(alg, params, "min_local_steps", draw(n, 22, 1, most));
    params_set(alg, params, "drain", draw(n, 23, 0, 1));
    params_set(alg, params, "slack", draw(n, 24, 0, 3));
    return params;
}

/* A cluster of unlike workers on unlike links, all of them jittering. */
static void draw_scene(struct scene *s, const struct algorithm *alg, int n)
{
    int workers = (int)draw(n, 0, 1, 6);
    *s = (struct scene){.spec = {.alg = alg,
                                 .params = draw_params(alg, workers, n),
                                 .workers = workers,
                                 .iterations = draw(n, 1, 1, 60),
                                 .iterations_per_epoch = 100,
                                 .eval_every = 7,
                                 .push_bytes = (uint64_t)draw(n, 2, 100, 1000000),
                                 .reply_bytes = (uint64_t)draw(n, 3, 100, 1000000),
                                 .server_cost = (double)draw(n, 4, 0, 1) * 1e-9}};
    for (int i = 0; i < workers; i++) {
        s->link[i] = 1e6 * (double)draw(n, 5, 10, 2000) / (double)draw(n, 30 + (uint64_t)i, 1, 5);
        s->factor[i] = (double)draw(n, 40 + (uint64_t)i, 10, 40) / 10;
        s->latency[i] = draw(n, 50 + (uint64_t)i, 0, 1000000);
    }
    s->spec.compute = (struct compute_spec){
        .model = COMPUTE_FIXED, .seconds = 0.001, .factor = s->factor, .jitter = 0.4, .seed = (uint64_t)n};
    s->spec.exchange.up = (struct network_spec){.workers = workers,
                                                .link_bandwidth = s->link,
                                                .latency = s->latency,
                                                .server_bandwidth = 1e9,
                                                .jitter = 0.3,
                                                .seed = (uint64_t)n,
                                                .direction = NET_UP};
    s->spec.exchange.down = s->spec.exchange.up;
    s->spec.exchange.down.direction = NET_DOWN;
}

/* Schedule number `schedule`: in a third of them workers share processes. */
static struct exploration draw_exploration(const struct scene *s, int schedule)
{
    int64_t shared = draw(schedule, 6, 0, 2);
    return (struct exploration){.seed = (uint64_t)schedule,
                                .processes = shared == 0 ? (int)draw(schedule, 1, 1, s->spec.workers)
                                                         : s->spec.workers,
                                .zero_copy = draw(schedule, 2, 0, 3) > 0,
                                .double_buffered = draw(schedule, 3, 0, 3) > 0,
                                .tight = draw(schedule, 4, 0, 1),
                                .window = (size_t)draw(schedule, 5, 1, 8 * s->spec.workers + 8)};
}

static void any_schedule_gives_one_history(void **state)
{
    (void)state;
    for (int a = 0; alg_list[a]; a++)
        for (int n = 0; n < SETTINGS; n++) {
            struct scene s;
            struct ending first = {0};
            draw_scene(&s, alg_list[a], n);
            for (int i = 0; i < SCHEDULES; i++) {
                struct exploration how = draw_exploration(&s, i);
                struct ending ending = schedule_explore(&s.spec, &how);
                if (ending.stuck)
                    fail_msg("%s, setting %d, schedule %d: %s", alg_list[a]->name, n, i, ending.stuck);
                first = i == 0 ? ending : first;
                if (ending.digest != first.digest)
                    fail_msg("%s, setting %d: schedule %d gives another history", alg_list[a]->name, n, i);
            }
            params_free(alg_list[a], s.spec.params);
        }
}

static void another_setting_gives_another_history(void **state)
{
    (void)state;
    for (int a = 0; alg_list[a]; a++) {
        struct scene one, other;
        draw_scene(&one, alg_list[a], 1);
        draw_scene(&other, alg_list[a], 2);
        struct exploration how = {.processes = 1, .window = 1};
        assert_true(schedule_explore(&one.spec, &how).digest != schedule_explore(&other.spec, &how).digest);
        params_free(alg_list[a], one.spec.params);
        params_free(alg_list[a], other.spec.params);
    }
}

/* In how many of all schedules of all settings the defect shows: another history, or no process can go on. */
static int found(const char *name, enum defect defect)
{
    int a = 0, n = 0;
    while (strcmp(alg_list[a]->name, name) != 0)
        a++;
    for (int i = 0; i < SETTINGS * SCHEDULES; i++) {
        struct scene s;
        draw_scene(&s, alg_list[a], i % SETTINGS);
        struct exploration how = draw_exploration(&s, i);
        struct ending good = schedule_explore(&s.spec, &how);
        how.defect = defect;
        struct ending bad = schedule_explore(&s.spec, &how);
        n += bad.stuck || bad.digest != good.digest;
        params_free(alg_list[a], s.spec.params);
    }
    return n;
}

static void a_process_that_breaks_a_rule_is_found(void **state)
{
    (void)state;
    static const struct {
        enum defect defect;
        const char *algorithm;
    } cases[] = {{NEWEST_PUSH, "bsp"},
                 {NEWEST_PUSH, "losp"},
                 {NEWEST_PUSH, "asp"},
                 {NEWEST_PUSH, "k_batch_sync"},
                 {NEWEST_REPLY, "k_batch_sync"},
                 {NEWEST_REPLY, "ssp"},
                 {ZERO_COPY_EVERYWHERE, "osp"},
                 {ZERO_COPY_EVERYWHERE, "k_batch_sync"},
                 {BUFFER_NOT_AWAITED, "osp"},
                 {BUFFER_NOT_AWAITED, "losp"},
                 {READERS_IGNORED, "k_batch_sync"},
                 {NOT_ORDERED_YET, "bsp"},
                 {NOT_ORDERED_YET, "ssp"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int n = found(cases[i].algorithm, cases[i].defect);
        print_message("defect %d of %s shows in %d of %d schedules\n", cases[i].defect, cases[i].algorithm, n,
                      SETTINGS * SCHEDULES);
        assert_true(n > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_schedule_gives_one_history),
        cmocka_unit_test(another_setting_gives_another_history),
        cmocka_unit_test(a_process_that_breaks_a_rule_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
