/* What exchange_prepare() gives the conductor. Refusals: tests/cli/test_exchanges.sh. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/exchange/kind.h"
#include "sim/runtime/exchange_config.h"
#include "tests/rigs/world.h"

struct prepared {
    struct world w;
    struct run run;
};

static const struct exchange_spec *prepare(struct prepared *p, const char *name, const char *const *settings)
{
    const void *params;
    world_open(&p->w, settings);
    const struct setting setting = world_setting(&p->w);
    const struct algorithm *alg = registry_algorithm(&p->w.cfg, name, &params);
    const struct variant variant = variant_plain(alg, params);
    run_prepare(&p->run, &setting, &variant);
    assert_ptr_equal(p->run.conductor.exchange.kind, p->run.exchange);
    return &p->run.conductor.exchange;
}

static void release(struct prepared *p)
{
    run_release(&p->run);
    world_close(&p->w);
}

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void server_over_a_star_has_its_networks(void **state)
{
    (void)state;
    struct prepared p;
    const struct exchange_spec *x = prepare(&p, "bsp", SETTINGS("cluster.workers=3"));
    assert_string_equal(p.run.exchange->name, "server");
    assert_true(exchange_is_plain(&p.run));
    assert_null(x->topology);
    assert_int_equal(x->up.workers, 3);
    assert_int_equal(x->down.direction, NET_DOWN);
    release(&p);
}

static void others_have_a_topology(void **state)
{
    (void)state;
    struct prepared p;
    const struct exchange_spec *x =
        prepare(&p, "bsp",
                SETTINGS("cluster.workers=4", "network.exchange=tree", "network.chunk=2MiB",
                         "network.collective_overhead=3us"));
    assert_string_equal(p.run.exchange->name, "tree");
    assert_false(exchange_is_plain(&p.run));
    assert_int_equal(x->topology->kind, TOPOLOGY_STAR);
    assert_int_equal(x->topology->shards, 1);
    assert_true(x->all_workers);
    assert_int_equal(x->chunk, 2 << 20);
    assert_int_equal(x->overhead, 3000);
    assert_int_equal(x->header, WIRE_HEADER);
    release(&p);
    x = prepare(&p, "bsp", SETTINGS("cluster.workers=4", "network.topology=groups", "network.groups=1,3"));
    assert_string_equal(p.run.exchange->name, "server");
    assert_false(exchange_is_plain(&p.run));
    assert_int_equal(x->topology->parts, 2);
    release(&p);
}

static void shards_are_counted(void **state)
{
    (void)state;
    struct prepared p;
    const struct exchange_spec *x = prepare(&p, "asp",
                                            SETTINGS("cluster.workers=4", "network.exchange=sharded",
                                                     "server.shards=3", "server.cost_per_byte=2ns"));
    assert_int_equal(x->topology->shards, 3);
    assert_false(x->topology->colocated || x->all_workers);
    assert_true(x->server_cost == 2e-9);
    assert_int_equal(x->reply_bytes(x->reply_context, 0), p.run.conductor.reply_bytes);
    release(&p);
    x = prepare(&p, "bsp", SETTINGS("cluster.workers=4", "network.exchange=sharded"));
    assert_int_equal(x->topology->shards, 4); /* left out: one per worker */
    release(&p);
    x = prepare(&p, "bsp", SETTINGS("cluster.workers=4", "network.exchange=sharded", "server.colocated=yes"));
    assert_true(x->topology->colocated && x->topology->shards == 4);
    release(&p);
}

static void an_algorithm_has_its_own(void **state)
{
    (void)state;
    struct prepared p;
    prepare(&p, "bsp", SETTINGS("network.exchange=tree", "algorithm.bsp.exchange_by=ring"));
    assert_string_equal(p.run.exchange->name, "ring");
    release(&p);
    prepare(&p, "asp", SETTINGS("network.exchange=tree")); /* which it cannot use */
    assert_string_equal(p.run.exchange->name, "server");
    assert_true(exchange_is_plain(&p.run));
    release(&p);
}

static void expect_gathers(const char *const *settings, bool first, bool later)
{
    struct prepared p;
    const struct exchange_spec *x = prepare(&p, "bsp", settings);
    assert_int_equal(x->gathers(x->context, 0), first);
    assert_int_equal(x->gathers(x->context, 5), later);
    release(&p);
}

static void codes_that_do_not_add_up_are_gathered(void **state)
{
    (void)state;
    expect_gathers(SETTINGS("network.exchange=ring"), false, false);
    expect_gathers(SETTINGS("network.exchange=ring", "algorithm.bsp.codec=float16"), false, false);
    expect_gathers(SETTINGS("network.exchange=ring", "algorithm.bsp.codec=topk"), true, true);
    expect_gathers(
        SETTINGS("network.exchange=ring", "algorithm.bsp.codec=topk", "algorithm.bsp.compress_after=5"),
        false, true);
    expect_gathers(
        SETTINGS("network.exchange=ring", "algorithm.bsp.codec=topk", "algorithm.bsp.compress_after=6"),
        false, false);
}

static void factors_travel_raw(void **state)
{
    (void)state;
    struct prepared p;
    const struct exchange_spec *x = prepare(&p, "powersgd", SETTINGS("network.exchange=ring"));
    for (int64_t i = 0; i < 6; i++)
        assert_false(x->gathers(x->context, i));
    release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_over_a_star_has_its_networks),
        cmocka_unit_test(others_have_a_topology),
        cmocka_unit_test(shards_are_counted),
        cmocka_unit_test(an_algorithm_has_its_own),
        cmocka_unit_test(codes_that_do_not_add_up_are_gathered),
        cmocka_unit_test(factors_travel_raw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
