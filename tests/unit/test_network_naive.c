/* The network against a naive calculation of random stars: all departures and changes of bandwidths are
 * known, and everything is computed again, in long double, at each change. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time/network.h"
#include "tests/rigs/arrivals.h"

#define SLACK 0x1p-10L /* rule 3 */

enum { SCENARIOS = 500, MOST_WORKERS = 16, MOST_MESSAGES = 100, MOST_STEPS = 20 };

struct star {
    enum sharing sharing;
    int workers;
    double link[MOST_WORKERS], server;
    vtime latency[MOST_WORKERS];
    bool traced;
    struct trace link_trace[MOST_WORKERS], server_trace;
    struct trace_step steps[MOST_WORKERS + 1][MOST_STEPS];
};

struct sending {
    int worker;
    vtime t;
    uint64_t bytes;
    int id;        /* place in the scenario */
    vtime arrival; /* as calculated here */
};

static struct star scene, *const star = &scene;

/* --- the naive calculation --- */

struct naive {
    long double entry, rest, rate, end;
    bool is_queued, is_flowing;
};

static struct naive naive[MOST_MESSAGES];

static bool may_enter(const struct sending *s, int i)
{
    long double entry = (long double)(s[i].t + star->latency[s[i].worker]);
    for (int j = 0; j < i; j++) {
        if (s[j].worker == s[i].worker && (naive[j].is_queued || naive[j].is_flowing))
            return false;
        if (s[j].worker == s[i].worker)
            entry = fmaxl(entry, (long double)s[j].arrival);
    }
    naive[i].entry = entry;
    return true;
}

static long double factor_of(const struct trace *trace, long double now)
{
    long double factor = 1;
    for (size_t i = 0; star->traced && i < trace->n && (long double)trace->step[i].at <= now; i++)
        factor = (long double)trace->step[i].factor;
    return factor;
}

static long double link_of(const struct sending *s, long double now)
{
    return (long double)star->link[s->worker] / 1e9L * factor_of(&star->link_trace[s->worker], now);
}

static long double server_rate_at(long double now)
{
    return (long double)star->server / 1e9L * factor_of(&star->server_trace, now);
}

/* The first change of any bandwidth after now. */
static long double next_change(long double now)
{
    long double next = INFINITY;
    for (int w = 0; star->traced && w <= star->workers; w++) {
        const struct trace *trace = w < star->workers ? &star->link_trace[w] : &star->server_trace;
        for (size_t i = 0; i < trace->n; i++)
            if ((long double)trace->step[i].at > now)
                next = fminl(next, (long double)trace->step[i].at);
    }
    return next;
}

/* Gives a flow with the narrowest link its due, then looks at the others with what is left. */
static void fill(const struct sending *s, int n, long double now)
{
    long double left = server_rate_at(now);
    int flows = 0;
    for (int i = 0; i < n; i++) {
        naive[i].rate = -1;
        flows += naive[i].is_flowing;
    }
    for (; flows > 0; flows--) {
        int narrow = -1;
        for (int i = 0; i < n; i++)
            if (naive[i].is_flowing && naive[i].rate < 0 &&
                (narrow < 0 || link_of(&s[i], now) < link_of(&s[narrow], now)))
                narrow = i;
        naive[narrow].rate = fminl(link_of(&s[narrow], now), left / flows);
        left = isinf(left) ? left : left - naive[narrow].rate;
    }
}

static void naive_fair(struct sending *s, int n)
{
    long double now = 0;
    for (int left = n; left > 0;) {
        fill(s, n, now);
        long double next = next_change(now);
        for (int i = 0; i < n; i++) {
            naive[i].end = now + naive[i].rest / naive[i].rate;
            if (naive[i].end - floorl(naive[i].end) <= SLACK)
                naive[i].end = floorl(naive[i].end);
            if (naive[i].is_flowing)
                next = fminl(next, naive[i].end);
            if (naive[i].is_queued && may_enter(s, i))
                next = fminl(next, naive[i].entry);
        }
        for (int i = 0; i < n; i++) {
            if (naive[i].is_flowing && naive[i].end <= next) {
                naive[i].is_flowing = false;
                s[i].arrival = (vtime)ceill(next - SLACK);
                left--;
            } else if (naive[i].is_flowing) {
                naive[i].rest -= naive[i].rate * (next - now);
            }
        }
        for (int i = 0; i < n; i++)
            if (naive[i].is_queued && may_enter(s, i) && naive[i].entry <= next) {
                naive[i].is_queued = false;
                naive[i].is_flowing = true;
            }
        now = next;
    }
}

static void naive_fifo(struct sending *s, int n)
{
    long double now = 0;
    for (int left = n; left > 0; left--) {
        int first = -1;
        for (int i = 0; i < n; i++) {
            if (!naive[i].is_queued || !may_enter(s, i))
                continue;
            if (first < 0 || naive[i].entry < naive[first].entry ||
                (naive[i].entry == naive[first].entry && s[i].worker < s[first].worker))
                first = i;
        }
        now = fmaxl(now, naive[first].entry);
        for (long double rest = naive[first].rest, next;;
             rest -= (next - now) * naive[first].rate, now = next) {
            naive[first].rate = fminl(link_of(&s[first], now), server_rate_at(now));
            next = next_change(now);
            if (now + rest / naive[first].rate <= next) {
                now += rest / naive[first].rate;
                break;
            }
        }
        s[first].arrival = (vtime)ceill(now - SLACK);
        naive[first].is_queued = false;
    }
}

static void calculate(struct sending *s, int n)
{
    for (int i = 0; i < n; i++)
        naive[i] = (struct naive){.rest = (long double)s[i].bytes, .is_queued = true};
    (star->sharing == SHARE_FAIR ? naive_fair : naive_fifo)(s, n);
}

/* --- scenarios --- */

static double uniform(double from, double to)
{
    return from + (to - from) * rand() / RAND_MAX;
}

static double some_bandwidth(void)
{
    if (rand() % 20 == 0)
        return INFINITY;
    return pow(10, uniform(6, 10)); /* 8 Mbit/s to 80 Gbit/s */
}

/* In the second in which messages depart, or within a millisecond; some links stay as they are. */
static void some_trace(struct trace *trace, struct trace_step *step)
{
    vtime most = rand() % 2 ? 100000000 : 100000, t = rand() % most;
    *trace = (struct trace){(size_t)(rand() % MOST_STEPS), step};
    for (size_t i = 0; i < trace->n; i++, t += 1 + rand() % most)
        step[i] = (struct trace_step){t, pow(10, uniform(-1.5, 0.5))};
}

static void some_traces(void)
{
    star->traced = true;
    some_trace(&star->server_trace, star->steps[MOST_WORKERS]);
    for (int w = 0; w < star->workers; w++)
        some_trace(&star->link_trace[w], star->steps[w]);
}

static void some_star(enum sharing sharing)
{
    star->traced = false;
    star->sharing = sharing;
    star->workers = 1 + rand() % MOST_WORKERS;
    star->server = rand() % 8 ? some_bandwidth() : INFINITY;
    bool equal = rand() % 3 == 0;
    const int latencies[] = {1, 1000000, 100000000}; /* none, up to 1 ms, up to 100 ms */
    int most_latency = rand() % latencies[rand() % 3];
    for (int w = 0; w < star->workers; w++) {
        star->link[w] = equal && w > 0 ? star->link[0] : some_bandwidth();
        star->latency[w] = equal && w > 0 ? star->latency[0] : rand() % (most_latency + 1);
    }
}

static int by_departure(const void *a, const void *b)
{
    const struct sending *x = a, *y = b;
    if (x->t != y->t)
        return x->t < y->t ? -1 : 1;
    return x->id - y->id;
}

/* A third of the scenarios depart on a grid, so that much happens at the same ns, with messages of one size.
 */
static int some_sendings(struct sending *s)
{
    int n = 1 + rand() % MOST_MESSAGES;
    bool grid = rand() % 3 == 0;
    int span = 1 + rand() % (rand() % 2 ? 1000000000 : 1000000);
    double most = pow(10, uniform(0, 8));
    for (int i = 0; i < n; i++) {
        s[i].id = i;
        s[i].worker = rand() % star->workers;
        s[i].t = grid ? rand() % 4 * (vtime)span : rand() % span;
        s[i].bytes = 1 + (uint64_t)(grid ? most : uniform(0, most));
    }
    qsort(s, (size_t)n, sizeof *s, by_departure);
    return n;
}

/* --- driving the network --- */

struct drive {
    int storm;    /* calls of net_due() after each departure */
    bool all_out; /* all departures before the first arrival is taken */
    vtime step;   /* above 0: also plays up to every multiple of it, where nothing is due */
};

/* The next arrival before `limit`; all changes before it are played. */
static vtime next_before(struct network *net, struct drive how, vtime from, vtime limit)
{
    for (vtime t = from; how.step > 0 && t < limit && next_arrival_by(net, t) == VTIME_NEVER; t += how.step)
        net_play(net, t);
    return next_arrival_by(net, limit - 1);
}

static void take(struct network *net, vtime *arrivals, vtime *last_arrival, int *last_worker)
{
    int worker;
    int64_t id;
    vtime arrival = next_arrival(net);
    net_take(net, &worker, &id);
    assert_true(arrival > *last_arrival || (arrival == *last_arrival && worker >= *last_worker));
    assert_int_equal(arrivals[id], -1);
    arrivals[id] = *last_arrival = arrival;
    *last_worker = worker;
}

static void drive(const struct sending *s, int n, struct drive how, vtime *arrivals)
{
    const struct network_spec spec = {.workers = star->workers,
                                      .sharing = star->sharing,
                                      .link_bandwidth = star->link,
                                      .latency = star->latency,
                                      .server_bandwidth = star->server,
                                      .link_trace = star->traced ? star->link_trace : NULL,
                                      .server_trace = star->traced ? &star->server_trace : NULL};
    struct network *net = net_create(&spec);
    vtime last_arrival = -1;
    int last_worker = -1;
    for (int i = 0; i < n; i++)
        arrivals[i] = -1;
    for (int i = 0; i < n; i++) {
        vtime before = i > 0 ? s[i - 1].t : 0;
        while (!how.all_out && next_before(net, how, before, s[i].t) != VTIME_NEVER)
            take(net, arrivals, &last_arrival, &last_worker);
        net_depart(net, s[i].worker, s[i].t, s[i].bytes, s[i].id);
        vtime due = net_due(net);
        for (int k = 0; k < how.storm; k++)
            assert_int_equal(net_due(net), due);
    }
    for (int i = 0; i < n; i++)
        if (next_arrival(net) != VTIME_NEVER)
            take(net, arrivals, &last_arrival, &last_worker);
    assert_int_equal(next_arrival(net), VTIME_NEVER);
    net_destroy(net);
}

/* --- the tests --- */

/* In how many scenarios what was. */
struct seen {
    int unequal_latencies, one_after_another, infinite_server, all_of_these;
};

static void look(struct seen *seen, const struct sending *s, int n)
{
    bool unequal = false, one_after_another = false, infinite = isinf(star->server);
    for (int i = 1; i < n; i++) {
        unequal |= star->latency[s[i].worker] != star->latency[s[0].worker];
        for (int j = 0; j < i; j++) /* waits for its link */
            one_after_another |= s[i].worker == s[j].worker && s[i].t < s[j].arrival;
    }
    seen->unequal_latencies += unequal;
    seen->one_after_another += one_after_another;
    seen->infinite_server += infinite;
    seen->all_of_these += unequal && one_after_another && infinite;
}

static void compare_with_naive(enum sharing sharing, bool traced)
{
    static struct sending s[MOST_MESSAGES];
    static vtime arrivals[MOST_MESSAGES];
    long total = 0, unequal = 0;
    struct seen seen = {0};
    srand(1);
    for (int scenario = 0; scenario < SCENARIOS; scenario++) {
        some_star(sharing);
        if (traced)
            some_traces();
        int n = some_sendings(s);
        drive(s, n, (struct drive){0}, arrivals);
        calculate(s, n);
        look(&seen, s, n);
        for (int i = 0; i < n; i++) {
            vtime difference = arrivals[s[i].id] - s[i].arrival;
            assert_in_range(difference + 1, 0, 2);
            unequal += difference != 0;
            total++;
        }
    }
    if (unequal > 0)
        print_message("%ld of %ld arrivals differ by 1 ns\n", unequal, total);
    assert_true(unequal * 1000 < total);
    assert_true(seen.unequal_latencies > SCENARIOS / 4 && seen.one_after_another > SCENARIOS / 2);
    assert_true(seen.infinite_server > SCENARIOS / 20 && seen.all_of_these > SCENARIOS / 50);
}

static void test_fair(void **unused)
{
    (void)unused;
    compare_with_naive(SHARE_FAIR, false);
}

static void test_fifo(void **unused)
{
    (void)unused;
    compare_with_naive(SHARE_FIFO, false);
}

static void test_fair_with_traces(void **unused)
{
    (void)unused;
    compare_with_naive(SHARE_FAIR, true);
}

static void test_fifo_with_traces(void **unused)
{
    (void)unused;
    compare_with_naive(SHARE_FIFO, true);
}

/* Turns the order of workers round among those that depart at one t; the order of one worker's messages
 * stays. */
static void turn_round(struct sending *s, int n)
{
    for (int from = 0, to; from < n; from = to) {
        for (to = from; to < n && s[to].t == s[from].t; to++)
            ;
        for (int i = from + 1; i < to; i++)
            for (int k = i; k > from && s[k].worker > s[k - 1].worker; k--) {
                struct sending swapped = s[k];
                s[k] = s[k - 1];
                s[k - 1] = swapped;
            }
    }
}

static void test_way_of_asking_does_not_matter(void **unused)
{
    (void)unused;
    static struct sending s[MOST_MESSAGES];
    static vtime plain[MOST_MESSAGES], other[MOST_MESSAGES];
    srand(2);
    for (int scenario = 0; scenario < SCENARIOS; scenario++) {
        some_star(scenario % 2 ? SHARE_FAIR : SHARE_FIFO);
        if (scenario % 4 > 1)
            some_traces();
        int n = some_sendings(s);
        drive(s, n, (struct drive){0}, plain);
        drive(s, n, (struct drive){.storm = 3}, other);
        assert_memory_equal(plain, other, (size_t)n * sizeof *plain);
        drive(s, n, (struct drive){.all_out = true}, other);
        assert_memory_equal(plain, other, (size_t)n * sizeof *plain);
        for (vtime part = 1; part <= 100; part *= 10) {
            drive(s, n, (struct drive){.step = 1 + s[n - 1].t / (10 * part)}, other);
            assert_memory_equal(plain, other, (size_t)n * sizeof *plain);
        }
        turn_round(s, n);
        drive(s, n, (struct drive){.storm = 1}, other);
        assert_memory_equal(plain, other, (size_t)n * sizeof *plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fair),
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_fair_with_traces),
        cmocka_unit_test(test_fifo_with_traces),
        cmocka_unit_test(test_way_of_asking_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
