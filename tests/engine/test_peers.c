/* What the PS knows of its workers, against a look at all of them; and SSP's answers against the rule that it
 * had when every push looked at all workers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "algorithms/asynchronous.h"
#include "sim/base/rng.h"
#include "sim/engine/peers.h"

extern const struct algorithm alg_ssp;

enum { MOST = 9, CHANGES = 3000, SLACK = 2 };

static uint32_t draw(uint32_t below)
{
    static uint64_t n;
    return draw_below(&(struct draw_key){.seed = 7, .purpose = DRAW_CODEC}, n++, below);
}

/* ---- by a look at all peers ---- */

static int count_awaited(const struct server_view *s)
{
    int n = 0;
    for (int i = 0; i < s->workers; i++)
        n += !s->peer[i].unanswered && !s->peer[i].away;
    return n;
}

static int64_t find_fewest(const struct server_view *s)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < s->workers; i++)
        if (!s->peer[i].away && s->peer[i].pushes < least)
            least = s->peer[i].pushes;
    return least;
}

static void expect_all(const struct server_view *s)
{
    bool listed[MOST] = {false};
    assert_int_equal(s->awaited, count_awaited(s));
    assert_int_equal(s->fewest, find_fewest(s));
    for (int i = 0; i < s->unanswered; i++) {
        assert_false(listed[s->waiting[i]]);
        listed[s->waiting[i]] = true;
    }
    for (int i = 0; i < s->workers; i++)
        assert_int_equal(listed[i], s->peer[i].unanswered);
}

static void change_any(struct peers *p, int worker)
{
    const struct peer *peer = &p->peer[worker];
    if (peer->away) {
        int64_t pushes = peer->pushes;
        int64_t fewest = find_fewest(p->view);
        peers_rejoin(p, worker);
        assert_int_equal(peer->pushes, fewest == INT64_MAX ? pushes : fewest);
        return;
    }
    switch (draw(12)) {
    case 0:
        peers_leave(p, worker);
        break;
    case 1:
    case 2:
    case 3:
    case 4:
        peers_settle(p, worker);
        break;
    default:
        peers_serve(p, worker);
    }
}

static void a_look_at_all_peers_says_the_same(void **state)
{
    (void)state;
    for (int workers = 1; workers <= MOST; workers++) {
        struct server_view s = {.workers = workers};
        struct peers p;
        peers_open(&p, &s);
        expect_all(&s);
        for (int i = 0; i < CHANGES; i++) {
            change_any(&p, (int)draw((uint32_t)workers));
            if (draw(500) == 0)
                peers_forget(&p);
            expect_all(&s);
        }
        peers_close(&p);
    }
}

/* ---- SSP ---- */

static void answer_by_a_look_at_all(const struct server_view *s, bool *answer)
{
    int64_t least = find_fewest(s);
    for (int i = 0; i < s->workers; i++)
        answer[i] = s->peer[i].unanswered && (s->peer[i].away || s->peer[i].pushes - least <= SLACK);
}

struct cluster {
    struct server_view s;
    struct peers peers;
    int worker[MOST];
    bool listed[MOST];
    int answered;
};

static void expect_answers(struct cluster *c, struct answer_list *a)
{
    bool expected[MOST];
    answer_by_a_look_at_all(&c->s, expected);
    assert_memory_equal(a->listed, expected, (size_t)c->s.workers * sizeof *expected);
    for (int i = 0; i < a->n; i++)
        peers_settle(&c->peers, a->worker[i]);
    c->answered += a->n;
}

/* A push of a worker that waits for no reply; or a worker leaves, or comes back. */
static void play(struct cluster *c, int worker)
{
    memset(c->listed, 0, sizeof c->listed);
    struct answer_list a = {.worker = c->worker, .listed = c->listed};
    struct verdict v = {.answer = &a};
    const struct peer *peer = &c->s.peer[worker];
    if (peer->away || draw(40) == 0) {
        if (peer->away)
            peers_rejoin(&c->peers, worker);
        else
            peers_leave(&c->peers, worker);
        alg_ssp.on_worker_down(&c->s, &v);
    } else if (!peer->unanswered) {
        peers_serve(&c->peers, worker);
        alg_ssp.admit(&c->s, &(struct push_header){.worker = worker}, &v);
        assert_true(v.combine);
    }
    expect_answers(c, &a);
}

static void ssp_answers_as_by_a_look_at_all_workers(void **state)
{
    (void)state;
    const struct asynchronous_params params = {.slack = SLACK};
    for (int workers = 1; workers <= MOST; workers++) {
        struct cluster c = {.s = {.workers = workers, .params = &params}};
        c.s.control = calloc(1, alg_ssp.control_size);
        peers_open(&c.peers, &c.s);
        for (int i = 0; i < CHANGES; i++)
            play(&c, (int)draw((uint32_t)workers));
        assert_true(c.answered > CHANGES / 10);
        peers_close(&c.peers);
        free(c.s.control);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_look_at_all_peers_says_the_same),
        cmocka_unit_test(ssp_answers_as_by_a_look_at_all_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
