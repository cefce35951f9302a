/* Turns the conductor's events into the intervals of trace.json and timeline.csv.
 *
 *   conductor --probe--> timeline_add --show[kind]--> timeline.csv (a row an interval)
 *                                  `----------------> trace.json   (a slice an interval; arrows, counters)
 *
 * Computing, waiting and service come as finished intervals. A message comes as two events, departure and
 * arrival: the departure waits in the fifo of its link until its arrival makes an interval of both. */
#include "sim/output/timeline.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/fifo.h"
#include "sim/base/text.h"
#include "sim/output/chrome.h"
#include "sim/output/fields.h"
#include "sim/output/timeline_messages.h"

enum direction { UP, DOWN, DIRECTIONS };

/* The lanes of a worker, and of the PS, from top to bottom. */
enum { COMPUTE, LINK_UP, LINK_DOWN, WAITING };
enum { SERVICE, ROUNDS, OUTAGES };

struct link {              /* one direction of one worker's link */
    struct fifo under_way; /* struct timeline_event: departures of messages in flight, the oldest first */
    int64_t begin, end;    /* of the last message on the link */
};

struct timeline {
    int workers;
    int64_t rounds, updates; /* rounds to show; updates made so far */
    int64_t end;             /* intervals that begin later are not shown */
    int64_t updated, last;   /* moments of the last update and of the last event */
    int64_t arrows;
    bool outages;                     /* the PS was down at least once: its lane has a name */
    int64_t load[DIRECTIONS], loaded; /* messages in flight, since the moment `loaded` */
    struct link *link;                /* (workers x DIRECTIONS) */
    int64_t *iterations;              /* (workers) iterations shown so far */
    struct chrome *json;
    struct csv *csv;
    struct columns columns;
    struct timeline_messages *messages; /* NULL: pushes and replies are all messages */
    bool cut;                           /* not all messages are shown */
};

/* ---- processes and threads of trace.json: 10 is the PS, 20, 30, ... are the workers ---- */

static struct lane lane(int node, int row)
{
    int pid = 10 * (1 + node); /* a node's rows are its threads pid + 1, pid + 2, ...: fewer than ten */
    return (struct lane){pid, pid + 1 + row};
}

static struct lane of_server(int row)
{
    return lane(0, row);
}

static struct lane of_worker(int worker, int row)
{
    return lane(1 + worker, row);
}

static void name_all(struct timeline *t)
{
    static const char *const server[] = {"service", "rounds"};
    static const char *const links[] = {"compute", "up-link: pushes", "down-link: replies", "waiting"};
    static const char *const exchanges[] = {"compute", "push, to the update", "reply, from the update",
                                            "waiting"};
    const char *const *worker = t->messages ? exchanges : links;
    chrome_process(t->json, of_server(SERVICE), "parameter server");
    for (int row = SERVICE; row <= ROUNDS; row++)
        chrome_lane(t->json, of_server(row), server[row]);
    for (int i = 0; i < t->workers; i++) {
        char name[32];
        snprintf(name, sizeof name, "worker %d", i);
        chrome_process(t->json, of_worker(i, COMPUTE), name);
        for (int row = COMPUTE; row <= WAITING; row++)
            chrome_lane(t->json, of_worker(i, row), worker[row]);
    }
}

static struct link *link_of(const struct timeline *t, int worker, enum direction d)
{
    return &t->link[worker * DIRECTIONS + (int)d];
}

struct timeline *timeline_create(const struct timeline_spec *spec)
{
    struct timeline *t = need(sizeof *t);
    char *json = text_format("%s/trace.json", spec->folder);
    int workers = t->workers = spec->workers;
    t->rounds = spec->rounds;
    t->columns = timeline_columns(spec->messages);
    t->end = INT64_MAX;
    t->link = need((size_t)workers * DIRECTIONS * sizeof *t->link);
    for (int i = 0; i < workers * DIRECTIONS; i++)
        fifo_init(&t->link[i].under_way, sizeof(struct timeline_event));
    t->iterations = need((size_t)workers * sizeof *t->iterations);
    t->json = chrome_create(json);
    t->csv = fields_open(spec->folder, &t->columns, NULL);
    if (spec->messages)
        t->messages = timeline_messages_open(spec, t->json, t->csv,
                                             spec->rounds == INT64_MAX ? INT64_MAX : TIMELINE_MESSAGES);
    name_all(t);
    free(json);
    return t;
}

/* ---- intervals ---- */

static void write_row(struct timeline *t, const char *what, const struct timeline_event *n)
{
    fields_write(t->csv, &t->columns,
                 &(struct interval_row){.worker = n->worker,
                                        .what = what,
                                        .begin_ns = n->begin,
                                        .end_ns = n->end,
                                        .version = n->version,
                                        .bytes = n->bytes,
                                        .receiver = -1,
                                        .from = -1,
                                        .to = -1,
                                        .phase = "",
                                        .step = -1,
                                        .bucket = -1});
}

static void show_compute(struct timeline *t, const struct timeline_event *n)
{
    write_row(t, "compute", n);
    chrome_slice(t->json,
                 &(struct slice){of_worker(n->worker, COMPUTE),
                                 "worker",
                                 "compute",
                                 n->begin,
                                 n->end,
                                 {{"iteration", t->iterations[n->worker]++}, {"version", n->version}}});
}

static void show_idle(struct timeline *t, const struct timeline_event *n, const char *what)
{
    write_row(t, what, n);
    chrome_slice(
        t->json,
        &(struct slice){
            of_worker(n->worker, WAITING), "worker", what, n->begin, n->end, {{"version", n->version}}});
}

static void show_waiting(struct timeline *t, const struct timeline_event *n)
{
    show_idle(t, n, "waiting");
}

static void show_down(struct timeline *t, const struct timeline_event *n)
{
    show_idle(t, n, "down");
}

/* The lane of outages gets its name with the first outage, so that a run without outages has no such lane. */
static void show_outage(struct timeline *t, const struct timeline_event *n)
{
    write_row(t, "down", n);
    if (!t->outages)
        chrome_lane(t->json, of_server(OUTAGES), "down");
    t->outages = true;
    chrome_slice(
        t->json,
        &(struct slice){of_server(OUTAGES), "server", "down", n->begin, n->end, {{"version", n->version}}});
}

static void show_coding(struct timeline *t, const struct timeline_event *n)
{
    write_row(t, "coding", n);
    chrome_slice(
        t->json,
        &(struct slice){
            of_worker(n->worker, COMPUTE), "worker", "coding", n->begin, n->end, {{"version", n->version}}});
}

static void show_reply_coding(struct timeline *t, const struct timeline_event *n)
{
    struct timeline_event of_server_alone = *n;
    of_server_alone.worker = -1;
    write_row(t, "coding", &of_server_alone);
    chrome_slice(t->json, &(struct slice){of_server(SERVICE),
                                          "server",
                                          "coding",
                                          n->begin,
                                          n->end,
                                          {{"worker", n->worker}, {"version", n->version}}});
}

static void show_service(struct timeline *t, const struct timeline_event *n)
{
    write_row(t, "service", n);
    chrome_slice(t->json, &(struct slice){of_server(SERVICE),
                                          "server",
                                          "service",
                                          n->begin,
                                          n->end,
                                          {{"worker", n->worker}, {"version", n->version}}});
    chrome_arrow(t->json, &(struct arrow){of_worker(n->worker, LINK_UP), of_server(SERVICE),
                                          link_of(t, n->worker, UP)->begin, n->begin, t->arrows++});
}

/* ---- messages ---- */

/* The counter is written when its moment has passed: of several changes in one ns only the last counts. */
static void write_load(struct timeline *t)
{
    if (!t->messages) /* the slices of the messages themselves say it */
        chrome_counter(t->json, of_server(SERVICE), t->loaded, "messages under way",
                       (const struct member[]){{"up", t->load[UP]}, {"down", t->load[DOWN]}, {0}});
}

static void change_load(struct timeline *t, enum direction d, int64_t at, int by)
{
    if (at > t->loaded)
        write_load(t);
    t->loaded = at;
    t->load[d] += by;
}

static void departs(struct timeline *t, const struct timeline_event *n, enum direction d)
{
    fifo_put(&link_of(t, n->worker, d)->under_way, n);
    change_load(t, d, n->begin, 1);
}

/* A link carries one message after the other. A message that departed while an earlier message was in
 * flight is shown from the earlier message's arrival on, so that the slices of a lane never overlap. */
static void show_message(struct timeline *t, const struct timeline_event *departed, enum direction d,
                         int64_t end)
{
    struct link *link = link_of(t, departed->worker, d);
    struct timeline_event n = *departed;
    int64_t queued = link->end > n.begin ? link->end - n.begin : 0;
    n.begin += queued;
    n.end = end;
    link->begin = n.begin;
    link->end = end;
    write_row(t, d == UP ? "push" : "reply", &n);
    struct slice s = {of_worker(n.worker, d == UP ? LINK_UP : LINK_DOWN),
                      "network",
                      d == UP ? "push" : "reply",
                      n.begin,
                      n.end,
                      {{"bytes", n.bytes}, {"version", n.version}, {"queued_ns", queued}}};
    if (d == UP)
        s.args[3] = (struct member){"local_iterations", n.k};
    chrome_slice(t->json, &s);
}

static void arrives(struct timeline *t, const struct timeline_event *n, enum direction d)
{
    struct timeline_event departed;
    if (!fifo_take(&link_of(t, n->worker, d)->under_way, &departed))
        return; /* the message departed after the last round to show */
    show_message(t, &departed, d, n->begin);
    change_load(t, d, n->begin, -1);
}

static void push_departs(struct timeline *t, const struct timeline_event *n)
{
    departs(t, n, UP);
}

static void reply_departs(struct timeline *t, const struct timeline_event *n)
{
    departs(t, n, DOWN);
}

static void push_arrives(struct timeline *t, const struct timeline_event *n)
{
    arrives(t, n, UP);
}

static void reply_arrives(struct timeline *t, const struct timeline_event *n)
{
    arrives(t, n, DOWN);
}

/* ---- messages of exchanges ---- */

static void message_departs(struct timeline *t, const struct timeline_event *n)
{
    char name[64];
    if (timeline_messages_depart(t->messages, n))
        return;
    t->cut = true;
    snprintf(name, sizeof name, "no message after the first %d is shown", (int)TIMELINE_MESSAGES);
    chrome_mark(t->json, of_server(ROUNDS), n->begin, name);
    write_row(t, "cut", &(struct timeline_event){.worker = -1, .begin = n->begin, .end = n->begin});
}

static void message_arrives(struct timeline *t, const struct timeline_event *n)
{
    timeline_messages_arrive(t->messages, n);
}

bool timeline_is_cut(const struct timeline *t)
{
    return t && t->cut;
}

/* ---- updates ---- */

static void show_staleness(struct timeline *t, const struct timeline_event *n)
{
    if (t->updates < t->rounds)
        chrome_counter(t->json, of_worker(n->worker, COMPUTE), n->begin, "staleness",
                       (const struct member[]){{"updates", n->staleness}, {0}});
}

static void show_round(struct timeline *t, int64_t at, int64_t version)
{
    char name[32];
    snprintf(name, sizeof name, "round %" PRId64, version);
    write_row(t, "round",
              &(struct timeline_event){.worker = -1, .begin = t->updated, .end = at, .version = version});
    chrome_slice(t->json,
                 &(struct slice){of_server(ROUNDS), "server", name, t->updated, at, {{"version", version}}});
    t->updated = at;
}

static void update(struct timeline *t, const struct timeline_event *n)
{
    if (t->updates++ < t->rounds)
        show_round(t, n->begin, n->version);
    if (t->updates == t->rounds)
        t->end = n->begin;
    chrome_flush(t->json);
}

/* ---- events ---- */

static void (*const show[TIMELINE_KINDS])(struct timeline *, const struct timeline_event *) = {
    [TIMELINE_COMPUTE] = show_compute,
    [TIMELINE_WAITING] = show_waiting,
    [TIMELINE_DOWN] = show_down,
    [TIMELINE_OUTAGE] = show_outage,
    [TIMELINE_PUSH_DEPARTS] = push_departs,
    [TIMELINE_REPLY_DEPARTS] = reply_departs,
    [TIMELINE_PUSH_ARRIVES] = push_arrives,
    [TIMELINE_REPLY_ARRIVES] = reply_arrives,
    [TIMELINE_MESSAGE_DEPARTS] = message_departs,
    [TIMELINE_MESSAGE_ARRIVES] = message_arrives,
    [TIMELINE_CODING] = show_coding,
    [TIMELINE_REPLY_CODING] = show_reply_coding,
    [TIMELINE_SERVICE] = show_service,
    [TIMELINE_FOLD] = show_staleness,
    [TIMELINE_UPDATE] = update,
};

void timeline_add(void *timeline, const struct timeline_event *n)
{
    struct timeline *t = timeline;
    bool arrival = n->kind == TIMELINE_PUSH_ARRIVES || n->kind == TIMELINE_REPLY_ARRIVES ||
                   n->kind == TIMELINE_MESSAGE_ARRIVES;
    if (n->kind != TIMELINE_SERVICE &&
        n->kind != TIMELINE_REPLY_CODING) /* their ends may lie in the future */
        t->last = n->end > n->begin ? n->end : n->begin;
    if (arrival || n->kind == TIMELINE_UPDATE || n->begin <= t->end)
        show[n->kind](t, n);
}

/* Messages in flight at the end of the run are shown until the last event. */
static void cut_messages(struct timeline *t)
{
    struct timeline_event departed;
    for (int i = 0; i < t->workers; i++)
        for (int d = UP; d < DIRECTIONS; d++)
            while (fifo_take(&link_of(t, i, (enum direction)d)->under_way, &departed))
                show_message(t, &departed, (enum direction)d, t->last);
}

void timeline_close(struct timeline *t)
{
    if (!t)
        return;
    cut_messages(t);
    timeline_messages_close(t->messages, t->last);
    write_load(t);
    chrome_close(t->json);
    csv_close(t->csv);
    for (int i = 0; i < t->workers * DIRECTIONS; i++)
        fifo_free(&t->link[i].under_way);
    free(t->link);
    free(t->iterations);
    free(t);
}
