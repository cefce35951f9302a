/* Files of sites: both directions, pings, symmetric ones, and where workers and the server are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/config/sites_file.h"
#include "tests/rigs/scratch.h"

static char error[512];

static struct sites *reads(const char *content)
{
    FILE *file = fopen("s.csv", "w");
    fputs(content, file);
    fclose(file);
    struct sites *sites = sites_read("s.csv", error, sizeof error);
    if (!sites)
        fail_msg("%s", error);
    return sites;
}

static void link_is(const struct sites *s, int from, int to, double bandwidth, double latency)
{
    assert_true(s->bandwidth[from * s->n + to] == bandwidth);
    assert_true(s->latency[from * s->n + to] == latency);
}

#define HEAD "from,to,bandwidth,latency\n"

static void test_both_directions(void **unused)
{
    (void)unused;
    struct sites *s = reads("\xEF\xBB\xBFlatency, bandwidth ,to,from\r\n"
                            "10ms, 1Gbit/s ,b,a\r\n\r\n20ms,100Mbit/s,a,b\n");
    assert_int_equal(s->n, 2);
    assert_string_equal(s->name[0],
                        "a"); /* `from` comes first in each row, whatever the order of the columns */
    assert_string_equal(s->name[1], "b");
    link_is(s, 0, 1, 1.25e8, 0.01);
    link_is(s, 1, 0, 1.25e7, 0.02);
    sites_free(s);
}

static void test_one_direction_is_symmetric(void **unused)
{
    (void)unused;
    struct sites *s = reads(HEAD "a,b,1MB/s,1ms\nc,a,2MB/s,2ms\nb,c,inf,0\na,a,none,\n");
    assert_int_equal(s->n, 3);
    link_is(s, 0, 1, 1e6, 0.001);
    link_is(s, 1, 0, 1e6, 0.001);
    link_is(s, 0, 2, 2e6, 0.002);
    link_is(s, 2, 0, 2e6, 0.002);
    link_is(s, 1, 2, INFINITY, 0);
    link_is(s, 2, 1, INFINITY, 0);
    link_is(s, 1, 1, 0, 0);
    sites_free(s);
}

/* Half of a ping is the double nearest to the decimal half. */
static void test_pings_are_halved(void **unused)
{
    (void)unused;
    struct sites *s = reads("from,to,bandwidth,ping\na,b,1MB/s,33.1ms\n");
    link_is(s, 0, 1, 1e6, 0.01655);
    sites_free(s);
}

static void refuses(const char *content, const char *expected)
{
    FILE *file = fopen("s.csv", "w");
    fputs(content, file);
    fclose(file);
    assert_null(sites_read("s.csv", error, sizeof error));
    assert_string_equal(error, expected);
}

static void test_refusals(void **unused)
{
    (void)unused;
    refuses(HEAD "a,b,1MB/s,1ms\nb,a,1MB/s,1ms\na,c,1MB/s,1ms\n",
            "s.csv: expected a row for each two of its 3 sites, found none from b to c");
    refuses(HEAD "a,b,1MB/s,1ms\na,b,1MB/s,1ms\n", "s.csv:3: from a to b: given twice");
    refuses(HEAD "a,b,1MB/s,1ms\nb,a,1MB/s,1ms\nb,a,1MB/s,1ms\n", "s.csv:4: from b to a: given twice");
    refuses(HEAD "a,b,1MB/s,-1ms\n", "s.csv:2: latency: expected a duration from 0 to 1000000s such as 10ms "
                                     "or 1.5s, got '-1ms'");
    refuses(HEAD "a,b,,1ms\n",
            "s.csv:2: bandwidth: expected a bandwidth >= 1kbit/s such as 1Gbit/s, 125MB/s or inf, got ''");
    refuses("from,to,bandwidth\n",
            "s.csv:1: expected the columns from,to,bandwidth and latency or ping, got 'from,to,bandwidth'");
}

static void test_too_many(void **unused)
{
    (void)unused;
    FILE *file = fopen("s.csv", "w");
    fputs(HEAD, file);
    for (int i = 1; i <= MOST_SITES; i++)
        fprintf(file, "s0,s%d,1MB/s,1ms\n", i);
    fclose(file);
    char expected[80];
    snprintf(expected, sizeof expected, "s.csv:%d: to: expected at most %d sites", MOST_SITES + 1,
             MOST_SITES);
    assert_null(sites_read("s.csv", error, sizeof error));
    assert_string_equal(error, expected);
}

static void placed(struct sites *s, const char *names, int workers, const int *expected)
{
    assert_true(sites_place(s, names, workers, error, sizeof error));
    for (int i = 0; i < workers; i++)
        assert_int_equal(s->of[i], expected[i]);
    free(s->of);
    s->of = NULL;
}

static void test_places(void **unused)
{
    (void)unused;
    struct sites *s = reads(HEAD "a,b,1MB/s,1ms\na,c,1MB/s,1ms\nb,c,1MB/s,1ms\n");
    placed(s, NULL, 6, (int[]){0, 0, 1, 1, 2, 2});
    placed(s, NULL, 5, (int[]){0, 0, 1, 1, 2});
    placed(s, NULL, 2, (int[]){0, 1});
    placed(s, "c", 3, (int[]){2, 2, 2});
    placed(s, " c ,a,c", 3, (int[]){2, 0, 2});
    assert_false(sites_place(s, "a,b", 3, error, sizeof error));
    assert_string_equal(error, "expected one site or 3 (cluster.workers), got 2");
    free(s->of);
    assert_false(sites_place(s, "a,bb,c", 3, error, sizeof error));
    assert_string_equal(error, "expected a site of network.sites, got 'bb'; did you mean 'b'?");
    assert_int_equal(sites_find(s, "c", error, sizeof error), 2);
    assert_int_equal(sites_find(s, "", error, sizeof error), -1);
    sites_free(s);
    sites_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_directions),  cmocka_unit_test(test_one_direction_is_symmetric),
        cmocka_unit_test(test_pings_are_halved), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_too_many),         cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
