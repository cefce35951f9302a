/* Closed forms of exchanges, by hand: a message of x bytes takes L + ceil((x + 64) / b). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/exchange/kind.h"
#include "sim/predict/exchange_form.h"

enum { MOST = 16, HEADER = 64, MS = 1000000 };

struct cluster {
    struct topology_spec spec;
    double up[MOST], down[MOST], latency[MOST];
    int part_of[MOST];
    double part_up[MOST], part_down[MOST], part_latency[MOST];
    struct exchange_kind kind;
    struct exchange_spec exchange;
    double push, reply; /* without header */
    vtime service;
};

/* Links of 1 byte/ns and 7 ns; the server's has 2 bytes/ns. */
static void set_star(struct cluster *c, int workers, const char *kind, double push)
{
    *c = (struct cluster){.push = push, .reply = 2 * push};
    for (int i = 0; i < MOST; i++) {
        c->up[i] = c->down[i] = 1e9;
        c->latency[i] = 7e-9;
    }
    c->spec = (struct topology_spec){.kind = TOPOLOGY_STAR,
                                     .workers = workers,
                                     .shards = 1,
                                     .up = c->up,
                                     .down = c->down,
                                     .latency = c->latency,
                                     .server_up = 2e9,
                                     .server_down = 2e9,
                                     .parts = 1,
                                     .latency_factor = 1,
                                     .window = INFINITY};
    bool has_server = strcmp(kind, "server") == 0 || strcmp(kind, "sharded") == 0;
    c->kind = (struct exchange_kind){
        .name = kind, .all_workers = !has_server, .has_order = !has_server, .adds_up = !has_server};
    c->exchange = (struct exchange_spec){.header = HEADER, .chunk = 4 << 20};
}

/* Groups of these sizes; their links have 0.5 bytes/ns and 100 ns. */
static void set_groups(struct cluster *c, const int *size, int groups, const char *kind, double push)
{
    int workers = 0;
    for (int g = 0; g < groups; g++)
        workers += size[g];
    set_star(c, workers, kind, push);
    for (int g = 0, i = 0; g < groups; g++) {
        for (int n = 0; n < size[g]; n++)
            c->part_of[i++] = g;
        c->part_up[g] = c->part_down[g] = 0.5e9;
        c->part_latency[g] = 100e-9;
    }
    c->spec.kind = TOPOLOGY_GROUPS;
    c->spec.parts = groups;
    c->spec.part_of = c->part_of;
    c->spec.part_up = c->part_up;
    c->spec.part_down = c->part_down;
    c->spec.part_latency_up = c->spec.part_latency_down = c->part_latency;
    c->spec.server_part = -1;
}

static struct closed_form form(struct cluster *c)
{
    struct closed_form x;
    struct topology *t = topology_create(&c->spec);
    c->exchange.kind = &c->kind;
    c->exchange.topology = t;
    const struct exchange_part part = {
        .push = c->push + HEADER, .reply = c->reply + HEADER, .service = c->service};
    assert_true(exchange_form_of(&c->exchange, 0, &part, 1, &x));
    topology_destroy(t);
    assert_true(x.cycle == x.up + x.down);
    return x;
}

static void assert_form(const struct closed_form *x, double up, double down, bool exact)
{
    if (x->up != up || x->down != down || x->exact != exact)
        fail_msg("up %.1f, down %.1f, %s", x->up, x->down, x->exact ? "exact" : "not exact");
}

static void ring_takes_equal_steps(void **state)
{
    (void)state;
    struct cluster c;
    set_star(&c, 4, "ring", 4001);
    struct closed_form x = form(&c);
    double step = 14 + 1001 + HEADER;
    assert_form(&x, 3 * step, 3 * step, true);
    assert_true(x.even && x.bytes_up == 4 * 6 * (1001 + HEADER) && x.bytes_down == 0);
    c.exchange.overhead = 5;
    c.up[2] = 0.75e9; /* its steps are the longest: 1065 / 0.75 */
    x = form(&c);
    assert_form(&x, 5 + 3 * (14 + 1420), 3 * (14 + 1420), false);
    set_star(&c, 4, "ring", 4000);
    c.spec.window = 7; /* 7 bytes in twice 14 ns */
    x = form(&c);
    assert_form(&x, 3 * (14 + 4 * (1000 + HEADER)), 3 * (14 + 4 * (1000 + HEADER)), true);
    c.spec.jitter = 0.1;
    assert_false(form(&c).exact);
}

static void ring_through_groups_waits_for_the_slowest_hop(void **state)
{
    (void)state;
    struct cluster c;
    set_groups(&c, (const int[]){2, 2}, 2, "ring", 4000);
    struct closed_form x = form(&c);
    double step = 214 + 2 * (1000 + HEADER);
    assert_form(&x, 3 * step, 3 * step, false);
    set_groups(&c, (const int[]){1, 1, 1}, 3, "ring", 3000);
    x = form(&c);
    assert_form(&x, 2 * step, 2 * step, true);
}

static bool always(const void *context, int64_t number)
{
    (void)context;
    return number == 0;
}

static void codes_that_do_not_add_up_are_gathered(void **state)
{
    (void)state;
    struct cluster c;
    set_star(&c, 4, "tree", 4000);
    c.exchange.gathers = always;
    struct closed_form x = form(&c);
    assert_form(&x, 3 * (14 + 4000 + HEADER), 0, true);
    assert_true(x.even && x.bytes_up == 4 * 3 * (4000 + HEADER));
    c.kind.adds_up = false;
    assert_ptr_equal(exchange_kind_of(&c.exchange, 0), &c.kind);
}

static void halving_sends_half_each_time(void **state)
{
    (void)state;
    struct cluster c;
    set_star(&c, 8, "halving_doubling", 8001);
    struct closed_form x = form(&c);
    double half = 14 + 4001 + HEADER + 14 + 2001 + HEADER + 14 + 1001 + HEADER;
    assert_form(&x, half, half, true);
    set_star(&c, 6, "halving_doubling", 4000); /* 0 to 1, 2 to 3; then four */
    x = form(&c);
    double rest = 14 + 2000 + HEADER + 14 + 1000 + HEADER;
    assert_form(&x, 14 + 4000 + HEADER + rest, 14 + 4000 + HEADER + rest, false);
    assert_true(x.bytes_up == 2 * 2 * (4000 + HEADER) + 2 * 4 * (3000 + 2 * HEADER));
}

static void chains_meet_in_a_ring_of_leaders(void **state)
{
    (void)state;
    struct cluster c;
    set_groups(&c, (const int[]){3, 3}, 2, "hierarchical", 2500);
    c.exchange.chunk = 1000; /* 1000, 1000, 500 through two hops */
    struct closed_form x = form(&c);
    double chain = 2 * 14 + 3 * (1000 + HEADER) + 500 + HEADER, step = 214 + 2 * (1250 + HEADER);
    assert_form(&x, chain + step, chain + step, true);
    assert_true(!x.even && x.bytes_up == 2 * 4 * (2500 + 3 * HEADER) + 2 * 2 * (1250 + HEADER));
    set_groups(&c, (const int[]){3}, 1, "hierarchical", 2500);
    x = form(&c);
    assert_form(&x, 2 * (14 + 2500 + HEADER), 2 * (14 + 2500 + HEADER), true);
    set_groups(&c, (const int[]){3, 1}, 2, "hierarchical", 2500);
    assert_false(form(&c).exact);
    set_groups(&c, (const int[]){1, 1}, 2, "hierarchical", 2500);
    assert_true(form(&c).even);
}

static void shards_take_parts_at_once(void **state)
{
    (void)state;
    struct cluster c;
    set_star(&c, 4, "sharded", 3000);
    c.spec.shards = 3;
    c.service = 10;
    struct closed_form x = form(&c); /* a third of the worker's link; the shards' could give half */
    assert_form(&x, 7 + 3 * (1000 + HEADER) + 40, 7 + 3 * (2000 + HEADER), true);
    assert_true(x.bytes_up == 12 * (1000 + HEADER) && x.bytes_down == 12 * (2000 + HEADER));
    c.spec.shards = c.spec.workers;
    c.spec.colocated = true;
    x = form(&c);
    assert_form(&x, 14 + 3 * (750 + HEADER) + 30, 14 + 3 * (1500 + HEADER), true);
    assert_true(x.bytes_up == 12 * (750 + HEADER) && x.bytes_down == 12 * (1500 + HEADER));
}

/* The other closed form knows the star alone, and not its graph. */
static void a_server_over_a_star_is_the_same_in_both_forms(void **state)
{
    (void)state;
    struct cluster c;
    vtime latency[MOST];
    for (int i = 0; i < MOST; i++)
        latency[i] = 7;
    for (int workers = 1; workers <= MOST; workers++) {
        set_star(&c, workers, "server", 12345);
        c.service = 3;
        struct network_spec net = {
            .workers = workers, .link_bandwidth = c.up, .latency = latency, .server_bandwidth = 2e9};
        struct closed_form_direction up = {&net, 12345 + HEADER}, down = {&net, 2 * 12345 + HEADER};
        struct closed_form x = form(&c), star = closed_form_of(&up, &down, 3);
        assert_form(&x, star.up, star.down, true);
        assert_true(x.bytes_up == star.bytes_up && x.bytes_down == star.bytes_down && star.even && x.even);
    }
}

static void a_tree_is_an_estimate(void **state)
{
    (void)state;
    struct cluster c;
    set_star(&c, 8, "tree", 1 << 20);
    struct closed_form x = form(&c);
    assert_true(!x.exact && !x.even && x.up + x.down > 2 << 20 &&
                x.bytes_up == 2 * 7 * ((1 << 20) + 2 * HEADER));
}

static struct closed_form form_of_parts(struct cluster *c, const struct exchange_part *part, int parts)
{
    struct closed_form x;
    struct topology *t = topology_create(&c->spec);
    c->exchange.kind = &c->kind;
    c->exchange.topology = t;
    assert_true(exchange_form_of(&c->exchange, 0, part, parts, &x));
    topology_destroy(t);
    return x;
}

/* A step of 4000 bytes in a ring of four takes 14 + 1064 ns, and there are three of them up, three down. */
static void exchanges_in_order_wait_for_the_one_before(void **state)
{
    (void)state;
    struct cluster c;
    struct exchange_part part[] = {
        {.push = 4064}, {.push = 4064, .ready = 100}, {.push = 464, .ready = 50000}};
    set_star(&c, 4, "ring", 0);
    c.exchange.overhead = 5;
    struct closed_form x = form_of_parts(&c, part, 2);
    assert_form(&x, 5 + 6 * 1078 + 5 + 3 * 1078, 3 * 1078, true);
    assert_true(x.bytes_up == 2 * 4 * 6 * (1000 + HEADER));
    x = form_of_parts(&c, part, 3); /* the third is ready later than the second is over */
    assert_form(&x, 50000 + 5 + 3 * 178, 3 * 178, true);
    part[2].ready = 12000;
    x = form_of_parts(&c, part, 3);
    assert_form(&x, 2 * (5 + 6 * 1078) + 5 + 3 * 178, 3 * 178, true);
    set_star(&c, 8, "tree", 0);
    assert_false(form_of_parts(&c, part, 3).exact);
    set_groups(&c, (const int[]){3, 3}, 2, "hierarchical",
               0); /* one is exact, but has results at different times */
    assert_true(form_of_parts(&c, part, 1).exact);
    assert_false(form_of_parts(&c, part, 2).exact);
}

/* Two workers with 1 byte/ns each, a PS with 2 bytes/ns: up 7 + 1064, service 2 x 10, answer 30; down 7 + 264. */
static void buckets_at_a_server_pass_three_stages(void **state)
{
    (void)state;
    struct cluster c;
    struct exchange_part part[] = {{.push = 1064, .reply = 264, .service = 10, .answer = 30},
                                   {.push = 2064, .reply = 464, .service = 1000, .answer = 30, .ready = 500},
                                   {.push = 64, .reply = 64, .service = 10, .answer = 30, .ready = 600}};
    set_star(&c, 2, "server", 0);
    struct closed_form x = form_of_parts(&c, part, 1);
    assert_form(&x, 7 + 1064 + 20, 30 + 7 + 264, true);
    x = form_of_parts(&c, part, 2); /* the link is free when the first is through */
    assert_form(&x, 7 + 1064 + 2064 + 2000, 30 + 7 + 464, true);
    x = form_of_parts(&c, part,
                      3); /* served when the second has been answered; its reply finds the link in use */
    assert_form(&x, 7 + 1064 + 2064 + 2000 + 30 + 20, 464 + 7 - 20 + 64, true);
    assert_true(x.even && x.bytes_up == 2 * (1064 + 2064 + 64) && x.bytes_down == 2 * (264 + 464 + 64));
    c.spec.shards = c.spec.workers;
    c.spec.colocated = true;
    assert_true(form_of_parts(&c, part, 1).exact);
    assert_false(form_of_parts(&c, part, 2).exact); /* pushes and replies share links */
}

static void an_unknown_kind_has_no_form(void **state)
{
    (void)state;
    struct cluster c;
    struct closed_form x;
    set_star(&c, 4, "gossip", 1000);
    struct topology *t = topology_create(&c.spec);
    c.exchange.kind = &c.kind;
    c.exchange.topology = t;
    assert_false(
        exchange_form_of(&c.exchange, 0, &(struct exchange_part){.push = 1000, .reply = 1000}, 1, &x));
    topology_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ring_takes_equal_steps),
        cmocka_unit_test(ring_through_groups_waits_for_the_slowest_hop),
        cmocka_unit_test(codes_that_do_not_add_up_are_gathered),
        cmocka_unit_test(halving_sends_half_each_time),
        cmocka_unit_test(chains_meet_in_a_ring_of_leaders),
        cmocka_unit_test(shards_take_parts_at_once),
        cmocka_unit_test(a_server_over_a_star_is_the_same_in_both_forms),
        cmocka_unit_test(a_tree_is_an_estimate),
        cmocka_unit_test(exchanges_in_order_wait_for_the_one_before),
        cmocka_unit_test(buckets_at_a_server_pass_three_stages),
        cmocka_unit_test(an_unknown_kind_has_no_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
