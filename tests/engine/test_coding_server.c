/* What coding takes at the PS and its shards, against cases worked out by hand: they decode pushes and encode replies, and
 * crashes come meanwhile. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/coding_scene.h"

/* ---- a server ---- */

/* Encoding delays the push, and the PS decodes one push after the other in its service. */
static void the_server_decodes_each_push(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 4);
    server_decodes(s);
    struct seen *seen = play(s);
    const vtime departs = MS + E, update = departs + 1000 + 2 * D, reply = update + 2000;
    const struct push_row *r = row_of(seen, 1, 0), *next = row_of(seen, 1, 1);
    assert_int_equal(r->depart_ns, departs);
    assert_int_equal(r->arrive_ns, departs + 1000);
    assert_int_equal(r->reply_ns, reply);
    assert_int_equal(r->accept_ns, reply);
    assert_int_equal(r->compute_ns, MS + E);
    assert_int_equal(r->coding_ns, E);
    assert_int_equal(next->depart_ns, reply + MS + E);
    assert_int_equal(next->waiting_ns, reply - departs);
    assert_int_equal(seen->update[0], update);
    assert_int_equal(seen->total[0].coding_ns, 2 * E);
    assert_int_equal(seen->totals.coding, 4 * E);
    is_coding(seen, 0, 0, MS, MS + E);
    scene_free(s);
}

/* The update's moment stays; a worker that waits decodes at once. */
static void a_reply_to_all_is_encoded_once(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 4);
    replies_are_coded(s);
    struct seen *seen = play(s);
    const vtime update = MS + E + 1000 + 2 * D, reply = update + REPLY_E + 2000;
    for (int i = 0; i < 2; i++) {
        const struct push_row *r = row_of(seen, i, 0), *next = row_of(seen, i, 1);
        assert_int_equal(r->reply_ns, reply);
        assert_int_equal(r->accept_ns, reply + REPLY_D);
        assert_int_equal(r->communication_ns, 3000);
        assert_int_equal(next->coding_ns, REPLY_D + E);
        assert_int_equal(next->compute_ns, REPLY_D + MS + E);
    }
    assert_int_equal(seen->update[0], update);
    is_coding(seen, 2, -1, update, update + REPLY_E);
    /* the last replies are not decoded any more: the run ends with their arrival */
    assert_int_equal(seen->totals.virtual_ns, row_of(seen, 0, 1)->reply_ns);
    assert_int_equal(row_of(seen, 0, 1)->accept_ns, seen->totals.virtual_ns);
    scene_free(s);
}

/* ASP: a reply is encoded before the push that waits is served. */
static void replies_to_each_are_encoded_one_by_one(void **state)
{
    (void)state;
    struct scene *s = scene("asp", 2, 2);
    replies_are_coded(s);
    struct seen *seen = play(s);
    const vtime arrive = MS + E + 1000, first = arrive + D, second = first + REPLY_E + D;
    assert_int_equal(seen->update[0], first);
    assert_int_equal(seen->update[1], second);
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, first + REPLY_E + 2000);
    assert_int_equal(row_of(seen, 1, 0)->reply_ns, second + REPLY_E + 2000);
    assert_int_equal(seen->totals.virtual_ns, second + REPLY_E + 2000);
    scene_free(s);
}

/* ---- crashed ---- */

/* Its reply is being encoded: the PS sends it, unless it has learned of the crash. The process reads it in both cases. */
static void a_crash_while_the_reply_waits(void **state)
{
    (void)state;
    const vtime update = MS + E + 1000 + D;
    for (int known = 0; known < 2; known++) {
        struct scene *s = crash_scene(update + 1, known ? 10 : MS);
        struct seen *seen = play(s);
        assert_int_equal(seen->update[0], update);
        assert_int_equal(seen->skips, 1);
        assert_int_equal(seen->totals.replies, known ? 3 : 4);
        assert_int_equal(seen->totals.bytes_down, 2000 * seen->totals.replies);
        int64_t bytes = 0;
        for (int i = 0; i < seen->rows; i++)
            bytes += seen->row[i].bytes_down;
        assert_int_equal(bytes, seen->totals.bytes_down);
        assert_int_equal(seen->total[1].communication_ns, known ? 1000 : 3000);
        scene_free(s);
    }
}

/* The PS crashes while it encodes: nothing departs, and it goes on with nothing that had waited. */
static void an_outage_takes_replies_that_are_being_encoded(void **state)
{
    (void)state;
    static vtime at[1];
    struct scene *s = scene("bsp", 2, 4);
    replies_are_coded(s);
    at[0] = MS + E + 1000 + 2 * D + 1;
    s->spec.faults = (struct faults_spec){.server_crashes = 1,
                                          .server_crash_at = at,
                                          .server_down_time = MS,
                                          .server_checkpoint_every = 1,
                                          .down_time = 1,
                                          .retransmit_timeout = 1};
    struct seen *seen = play(s);
    assert_int_equal(seen->totals.faults.server_crashes, 1);
    assert_int_equal(seen->totals.replies, 2); /* to the second push of each */
    assert_int_equal(seen->skips, 2);
    /* back, the model fetched, an iteration, and a round as usual */
    assert_int_equal(seen->totals.virtual_ns, at[0] + MS + 4000 + MS + E + 1000 + 2 * D + REPLY_E + 2000);
    scene_free(s);
}

/* ---- shards ---- */

/* Each shard has half: 501 bytes of a push, 125 ns; 1001 of a reply, 1502 ns. */
static void shards_have_their_parts(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 2);
    replies_are_coded(s);
    exchange_by(s, "sharded", 2, false);
    struct seen *seen = play(s);
    const vtime update = MS + E + 1000 + 2 * 125;
    assert_int_equal(seen->update[0], update);
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, update + 1502 + 2000);
    scene_free(s);
}

/* A worker's own part needs no message and no decoding; each shard encodes its part once. */
static void a_worker_does_not_decode_its_own_part(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 2);
    replies_are_coded(s);
    exchange_by(s, "sharded", 2, true);
    struct seen *seen = play(s);
    const vtime update = MS + E + 500 + 125;
    assert_int_equal(seen->update[0], update);
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, update + 1502 + 1000);
    scene_free(s);
}

/* ASP: a shard encodes before it serves the other push; a reply departs with its first part. */
static void shards_encode_each_reply(void **state)
{
    (void)state;
    struct scene *s = scene("asp", 2, 2);
    replies_are_coded(s);
    exchange_by(s, "sharded", 2, false);
    struct seen *seen = play(s);
    const vtime first = MS + E + 1000 + 125, second = first + 1502 + 125;
    assert_int_equal(seen->update[0], first);
    assert_int_equal(seen->update[1], second);
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, first + 1502 + 2000);
    assert_int_equal(row_of(seen, 1, 0)->reply_ns, second + 1502 + 2000);
    assert_int_equal(seen->total[1].communication_ns, 1000 + 2000);
    scene_free(s);
}

/* Shard i is at worker i. Shards 0, 2 and 3 have encoded for worker 1 at one ns, which is the update of worker 3's push, and each
 * begins what waits at it before that push is answered, wherever the shard stands in their order: shard 0 serves one part.
 *
 *     shard 0   encodes for 1 | part of 3's push, encodes for 3 | part of 2's push
 *     shard 1                 |                   encodes for 3 |
 *     shard 2   encodes for 1 | part of 3's push, encodes for 3 |
 *     shard 3   encodes for 1 | part of 2's push                | */
static void shards_go_on_together(void **state)
{
    (void)state;
    const vtime first = MS + E + 3 * 250, encoding = 752; /* 501 bytes: 751.5 ns */
    struct scene *s = scene("asp", 4, 4);
    replies_are_coded(s);
    s->spec.exchange.server_decodes = (struct coding_time){0};
    exchange_by(s, "sharded", 4, true);
    s->factor[0] = 1.01; /* later than all of this */
    s->factor[2] = 1.0003;
    s->factor[3] = 1.0001;
    struct seen *seen = play(s);
    assert_int_equal(seen->update[0], first);
    assert_int_equal(seen->update[1], first + encoding);
    assert_int_equal(seen->update[2], first + 2 * encoding);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_decodes_each_push),
        cmocka_unit_test(a_reply_to_all_is_encoded_once),
        cmocka_unit_test(replies_to_each_are_encoded_one_by_one),
        cmocka_unit_test(a_crash_while_the_reply_waits),
        cmocka_unit_test(an_outage_takes_replies_that_are_being_encoded),
        cmocka_unit_test(shards_have_their_parts),
        cmocka_unit_test(a_worker_does_not_decode_its_own_part),
        cmocka_unit_test(shards_encode_each_reply),
        cmocka_unit_test(shards_go_on_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
