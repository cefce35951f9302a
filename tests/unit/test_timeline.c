/* The timeline of a run: the two files from probe that are made up, and what [output] trace may say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>

#include "sim/base/fail.h"
#include "sim/config/trace_limit.h"
#include "sim/output/chrome.h"
#include "sim/output/timeline_messages.h"
#include "tests/rigs/scratch.h"

#define OPENING "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"clock\":\"virtual\"},\"traceEvents\":["

/* ---- [output] trace ---- */

static void how_many_rounds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t rounds; /* -1: refused */
    } cases[] = {{"all", INT64_MAX},
                 {"none", 0},
                 {"first 100 rounds", 100},
                 {"first 1 round", 1},
                 {"first\t 7  rounds", 7},
                 {"first 1000000000 rounds", 1000000000},
                 {"first 1000000001 rounds", -1},
                 {"first 99999999999999999999999 rounds", -1},
                 {"first 0 rounds", -1},
                 {"first -1 rounds", -1},
                 {"first +1 rounds", -1},
                 {"first 1.5 rounds", -1},
                 {"first 1e2 rounds", -1},
                 {"first rounds", -1},
                 {"first 100", -1},
                 {"first 100rounds", -1},
                 {"first100 rounds", -1},
                 {"first 100 rounds more", -1},
                 {"100 rounds", -1},
                 {"100", -1},
                 {"All", -1},
                 {"all ", -1},
                 {"yes", -1},
                 {"", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t rounds = -2;
        bool good = trace_rounds(cases[i].text, &rounds);
        if (good != (cases[i].rounds >= 0) || (good && rounds != cases[i].rounds))
            fail_msg("'%s': %s, %lld", cases[i].text, good ? "accepted" : "refused", (long long)rounds);
    }
}

/* ---- the file format ---- */

static void every_kind_of_event(void **state)
{
    (void)state;
    const struct lane a = {10, 11}, b = {20, 21};
    struct chrome *c = chrome_create("trace.json");
    chrome_process(c, a, "one");
    chrome_lane(c, b, "two");
    chrome_slice(c, &(struct slice){a, "cat", "work", 1, 2000, {{0}}});
    chrome_slice(c, &(struct slice){b, "cat", "send", 2000, 1234567, {{"bytes", 64}, {"k", -1}}});
    chrome_arrow(c, &(struct arrow){a, b, 1, 2000, 5});
    chrome_counter(c, b, 9000000000000000000, "load", (const struct member[]){{"up", 3}, {0}});
    chrome_close(c);
    static const char *const lines[] = {
        "{\"ph\":\"M\",\"pid\":10,\"tid\":11,\"name\":\"process_name\",\"args\":{\"name\":\"one\"}},\n",
        "{\"ph\":\"M\",\"pid\":10,\"tid\":11,\"name\":\"process_sort_index\",\"args\":{\"sort_index\":10}},"
        "\n",
        "{\"ph\":\"M\",\"pid\":20,\"tid\":21,\"name\":\"thread_name\",\"args\":{\"name\":\"two\"}},\n",
        "{\"ph\":\"M\",\"pid\":20,\"tid\":21,\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":21}},\n",
        "{\"ph\":\"X\",\"pid\":10,\"tid\":11,\"name\":\"work\",\"cat\":\"cat\",\"ts\":0.001,\"dur\":1.999,"
        "\"args\":{}},"
        "\n",
        "{\"ph\":\"X\",\"pid\":20,\"tid\":21,\"name\":\"send\",\"cat\":\"cat\",\"ts\":2.000,\"dur\":1232.567,"
        "\"args\":{\"bytes\":64,\"k\":-1}},\n",
        "{\"ph\":\"s\",\"pid\":10,\"tid\":11,\"name\":\"message\",\"cat\":\"flow\",\"id\":5,\"ts\":0.001},\n",
        "{\"ph\":\"f\",\"pid\":20,\"tid\":21,\"name\":\"message\",\"cat\":\"flow\",\"id\":5,\"bp\":\"e\","
        "\"ts\":2.000}"
        ",\n",
        "{\"ph\":\"C\",\"pid\":20,\"tid\":21,\"name\":\"load\",\"ts\":9000000000000000.000,\"args\":{\"up\":"
        "3}}\n"};
    char wanted[4096] = OPENING "\n";
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        strcat(wanted, lines[i]);
    strcat(wanted, "]}\n");
    assert_string_equal(contents("trace.json"), wanted);
}

/* Whatever was flushed last is a whole file: a run that dies leaves it like that. */
static void the_file_is_complete_after_every_flush(void **state)
{
    (void)state;
    static const char event[] = "{\"ph\":\"C\",\"pid\":1,\"tid\":2,\"name\":\"n\",\"ts\":0.007,\"args\":{}}";
    char wanted[1024] = OPENING;
    struct chrome *c = chrome_create("trace.json");
    assert_string_equal(contents("trace.json"), OPENING "\n]}\n");
    for (int i = 0; i < 3; i++) {
        chrome_counter(c, (struct lane){1, 2}, 7, "n", (const struct member[]){{0}});
        chrome_flush(c);
        chrome_flush(c);
        sprintf(wanted + strlen(wanted), "%s\n%s", i ? "," : "", event);
        assert_memory_equal(contents("trace.json"), wanted, strlen(wanted));
        assert_string_equal(text + strlen(wanted), "\n]}\n");
    }
    chrome_close(c);
    assert_string_equal(contents("trace.json") + strlen(wanted), "\n]}\n");
}

static void write_onto_another(void)
{
    chrome_create("trace.json");
}

static void fill_the_disk(void)
{
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, 1000});
    struct chrome *c = chrome_create("full.json");
    for (int i = 0; i < 100; i++)
        chrome_counter(c, (struct lane){1, 2}, i, "n", (const struct member[]){{0}});
    chrome_close(c);
}

static void trouble_with_the_disk_is_said(void **state)
{
    (void)state;
    chrome_close(chrome_create("trace.json"));
    assert_dies(write_onto_another, EXIT_RESOURCE, "making trace.json: File exists");
    assert_dies(fill_the_disk, EXIT_RESOURCE, "writing full.json: File too large");
}

/* ---- events ---- */

static void moment(struct timeline *t, enum timeline_kind kind, int worker, int64_t at, int64_t version)
{
    timeline_add(t,
                 &(struct timeline_event){
                     .kind = kind, .worker = worker, .begin = at, .version = version, .bytes = 100, .k = 2});
}

static void interval(struct timeline *t, enum timeline_kind kind, int worker, int64_t begin, int64_t end)
{
    timeline_add(t, &(struct timeline_event){.kind = kind, .worker = worker, .begin = begin, .end = end});
}

static void rows_are(const char *rows)
{
    char wanted[2048] = "worker,what,begin_ns,end_ns,version,bytes\n";
    strcat(wanted, rows);
    assert_string_equal(contents("timeline.csv"), wanted);
}

static int count(const char *part)
{
    int n = 0;
    for (const char *at = contents("trace.json"); (at = strstr(at, part)); at++)
        n++;
    return n;
}

/* Two workers, one round each way; the second round begins before `rounds` stops the recording. */
static void play_two_rounds(int64_t rounds)
{
    struct timeline *t = timeline_create(&(struct timeline_spec){".", 2, rounds, .shards = 1});
    for (int64_t r = 0; r < 2; r++) {
        int64_t at = 100 * r;
        for (int w = 0; w < 2; w++)
            interval(t, TIMELINE_COMPUTE, w, at, at + 10);
        for (int w = 0; w < 2; w++)
            moment(t, TIMELINE_PUSH_DEPARTS, w, at + 10, r);
        for (int w = 0; w < 2; w++) {
            moment(t, TIMELINE_PUSH_ARRIVES, w, at + 30 + w, 0);
            interval(t, TIMELINE_SERVICE, w, at + 30 + 4 * w, at + 34 + 4 * w);
        }
        for (int w = 0; w < 2; w++)
            moment(t, TIMELINE_FOLD, w, at + 38, r + 1);
        moment(t, TIMELINE_UPDATE, -1, at + 38, r + 1);
        for (int w = 0; w < 2; w++)
            moment(t, TIMELINE_REPLY_DEPARTS, w, at + 38, r + 1);
        for (int w = 0; w < 2; w++) {
            moment(t, TIMELINE_REPLY_ARRIVES, w, at + 100, 0);
            interval(t, TIMELINE_WAITING, w, at + 10, at + 100);
        }
    }
    timeline_close(t);
}

#define FIRST_ROUND                                                                                         \
    "0,compute,0,10,0,0\n1,compute,0,10,0,0\n0,push,10,30,0,100\n0,service,30,34,0,0\n1,push,10,31,0,100\n" \
    "1,service,34,38,0,0\n-1,round,0,38,1,0\n0,reply,38,100,1,100\n0,waiting,10,100,0,0\n1,reply,38,100,1," \
    "100\n"                                                                                                 \
    "1,waiting,10,100,0,0\n"

static void a_round_is_shown_to_its_end_and_no_further(void **state)
{
    (void)state;
    play_two_rounds(1);
    rows_are(FIRST_ROUND);
    assert_int_equal(count("\"ph\":\"X\""), 11);
    assert_int_equal(count("\"ph\":\"s\""), 2);
    assert_int_equal(count("\"ph\":\"f\""), 2);
    assert_int_equal(count("\"staleness\""), 2);
    /* one a moment: 0, both depart at 10, arrivals at 30 and 31, replies at 38, both arrive at 100 */
    assert_int_equal(count("\"messages under way\""), 6);
    assert_int_equal(count("\"ts\":0.038,\"args\":{\"up\":0,\"down\":2}"), 1);
    assert_int_equal(count("\"ts\":0.100,\"args\":{\"up\":0,\"down\":0}}\n]}"), 1);
}

static void all_is_everything(void **state)
{
    (void)state;
    play_two_rounds(INT64_MAX);
    assert_memory_equal(contents("timeline.csv") + 42, FIRST_ROUND, strlen(FIRST_ROUND));
    assert_non_null(strstr(text, "-1,round,38,138,2,0\n"));
    assert_int_equal(count("\"ph\":\"X\""), 22);
    assert_int_equal(count("\"name\":\"round 2\""), 1);
    assert_int_equal(count("\"iteration\":1,"), 2);
}

static void of_updates_at_one_moment_only_so_many_are_shown(void **state)
{
    (void)state;
    struct timeline *t = timeline_create(&(struct timeline_spec){".", 1, 1, .shards = 1});
    for (int64_t version = 1; version <= 3; version++) {
        moment(t, TIMELINE_FOLD, 0, 50, version);
        moment(t, TIMELINE_UPDATE, -1, 50, version);
    }
    timeline_close(t);
    rows_are("-1,round,0,50,1,0\n");
    assert_int_equal(count("\"staleness\""), 1);
}

/* Slices of one lane must not overlap: a link serves one message after the other. */
static void a_message_behind_another_is_shown_from_its_arrival_on(void **state)
{
    (void)state;
    struct timeline *t = timeline_create(&(struct timeline_spec){".", 1, INT64_MAX, .shards = 1});
    moment(t, TIMELINE_REPLY_DEPARTS, 0, 10, 1);
    moment(t, TIMELINE_REPLY_DEPARTS, 0, 15, 2);
    moment(t, TIMELINE_REPLY_ARRIVES, 0, 20, 0);
    moment(t, TIMELINE_REPLY_ARRIVES, 0, 31, 0);
    timeline_close(t);
    rows_are("0,reply,10,20,1,100\n0,reply,20,31,2,100\n");
    assert_int_equal(count("\"queued_ns\":5}"), 1);
    assert_int_equal(count("\"args\":{\"up\":0,\"down\":2}"), 1);
}

static void messages_under_way_at_the_end_are_cut_there(void **state)
{
    (void)state;
    struct timeline *t = timeline_create(&(struct timeline_spec){".", 2, INT64_MAX, .shards = 1});
    moment(t, TIMELINE_PUSH_DEPARTS, 1, 10, 0);
    interval(t, TIMELINE_SERVICE, 0, 12, 99); /* ends after the run */
    interval(t, TIMELINE_WAITING, 1, 10, 40);
    timeline_close(t);
    rows_are("0,service,12,99,0,0\n1,waiting,10,40,0,0\n1,push,10,40,0,100\n");
}

/* What ended after the last round of the file is in it when the next round is over. */
static void rounds_reach_the_disk_one_by_one(void **state)
{
    (void)state;
    struct timeline *t = timeline_create(&(struct timeline_spec){".", 1, 1, .shards = 1});
    interval(t, TIMELINE_COMPUTE, 0, 0, 10);
    assert_int_equal(count("\"compute\",\"cat\""), 0);
    moment(t, TIMELINE_UPDATE, -1, 10, 1);
    assert_int_equal(count("\"compute\",\"cat\""), 1);
    interval(t, TIMELINE_COMPUTE, 0, 10, 20);
    moment(t, TIMELINE_UPDATE, -1, 20, 2);
    assert_int_equal(count("\"compute\",\"cat\""), 2);
    interval(t, TIMELINE_COMPUTE, 0, 20, 30);
    moment(t, TIMELINE_UPDATE, -1, 30, 3);
    assert_int_equal(count("\"compute\",\"cat\""), 2);
    timeline_close(t);
}

/* ---- messages of exchanges ---- */

static void message(struct timeline *t, int from, int to, int64_t depart, int64_t arrive)
{
    timeline_add(
        t, &(struct timeline_event){.kind = arrive < 0 ? TIMELINE_MESSAGE_DEPARTS : TIMELINE_MESSAGE_ARRIVES,
                                    .begin = depart,
                                    .end = arrive < 0 ? depart : arrive,
                                    .bytes = 80,
                                    .from = from,
                                    .to = to,
                                    .phase = "reduce",
                                    .step = 3,
                                    .exchange = 7,
                                    .bucket = from == 4 ? 2 : -1});
}

#define WITH_MESSAGES_HEAD "worker,what,begin_ns,end_ns,version,bytes,receiver,from,to,phase,step,bucket\n"

/* Worker 0 sends to two others at once, and twice to one of them; a shard at worker 1 sends to worker 0. */
static void each_message_is_at_its_sender_and_its_receiver(void **state)
{
    (void)state;
    struct timeline *t = timeline_create(
        &(struct timeline_spec){".", 3, INT64_MAX, .messages = true, .shards = 3, .colocated = true});
    message(t, 0, 1, 10, -1);
    message(t, 0, 2, 10, -1);
    message(t, 0, 1, 12, -1);
    message(t, 0, 1, 10, 20);
    message(t, 0, 2, 10, 25);
    message(t, 4, 0, 25, -1);
    message(t, 0, 1, 12, 30);
    interval(t, TIMELINE_WAITING, 2, 0, 40);
    timeline_close(t);
    assert_string_equal(contents("timeline.csv"), WITH_MESSAGES_HEAD
                        "0,message,10,20,7,80,1,0,1,reduce,3,-1\n0,message,10,25,7,80,2,0,2,reduce,3,-1\n"
                        "0,message,20,30,7,80,1,0,1,reduce,3,-1\n2,waiting,0,40,0,0,-1,-1,-1,,-1,-1\n"
                        "1,message,25,40,7,80,0,4,0,reduce,3,2\n");
    assert_int_equal(count("\"name\":\"reduce 3 to worker 1\",\"cat\":\"network\",\"ts\":0.010"), 1);
    assert_int_equal(count("\"name\":\"reduce 3 from worker 0\""), 3);
    assert_int_equal(count("\"name\":\"bucket 2: reduce 3 from shard 1\""), 1);
    assert_int_equal(count("\"ph\":\"s\""), 4);
    assert_int_equal(count("\"ph\":\"f\""), 4);
    assert_int_equal(count("\"name\":\"up-link: messages\""), 2);     /* of workers 0 and 1 */
    assert_int_equal(count("\"name\":\"up-link: messages (2)\""), 1); /* of worker 0: two at a time */
    assert_int_equal(count("\"name\":\"up-link: messages (3)\""), 0);
    assert_int_equal(count("\"name\":\"down-link: messages\""), 3);
    assert_int_equal(count("\"messages under way\""), 0);
    assert_false(timeline_is_cut(NULL));
}

static void play_messages(int64_t rounds, int64_t n, bool cut)
{
    struct timeline *t =
        timeline_create(&(struct timeline_spec){".", 2, rounds, .messages = true, .shards = 1});
    for (int64_t i = 0; i < n; i++) {
        message(t, 0, 1, i, -1);
        message(t, 0, 1, i, i + 1);
    }
    assert_true(timeline_is_cut(t) == cut);
    timeline_close(t);
}

/* Lines with this part; the file may be long. */
static int lines(const char *file, const char *part)
{
    int n = 0;
    char line[1024];
    FILE *in = fopen(file, "re");
    assert_non_null(in);
    while (fgets(line, sizeof line, in))
        n += strstr(line, part) != NULL;
    fclose(in);
    return n;
}

static void of_very_many_messages_the_first_are_shown(void **state)
{
    (void)state;
    play_messages(5, TIMELINE_MESSAGES, false);
    assert_int_equal(lines("timeline.csv", ",message,"), TIMELINE_MESSAGES);
    assert_true(!unlink("timeline.csv") && !unlink("trace.json"));
    play_messages(5, TIMELINE_MESSAGES + 2, true);
    assert_int_equal(lines("timeline.csv", ",message,"), TIMELINE_MESSAGES);
    assert_int_equal(lines("timeline.csv", "-1,cut,100000,100000,"), 1);
    assert_int_equal(
        lines("trace.json", "\"no message after the first 100000 is shown\",\"s\":\"g\",\"ts\":100.000"), 1);
    assert_true(!unlink("timeline.csv") && !unlink("trace.json"));
    play_messages(INT64_MAX, TIMELINE_MESSAGES + 2, false);
    assert_int_equal(lines("timeline.csv", ",message,"), TIMELINE_MESSAGES + 2);
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_many_rounds),
        UNIT(every_kind_of_event),
        UNIT(the_file_is_complete_after_every_flush),
        UNIT(trouble_with_the_disk_is_said),
        UNIT(a_round_is_shown_to_its_end_and_no_further),
        UNIT(all_is_everything),
        UNIT(of_updates_at_one_moment_only_so_many_are_shown),
        UNIT(a_message_behind_another_is_shown_from_its_arrival_on),
        UNIT(messages_under_way_at_the_end_are_cut_there),
        UNIT(rounds_reach_the_disk_one_by_one),
        UNIT(each_message_is_at_its_sender_and_its_receiver),
        UNIT(of_very_many_messages_the_first_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
