/* tree: two mirrored trees, each for one half of the vector (Sanders, Speck and Traeff, Parallel Computing 35, 2009),
 * in chunks. The parent of place v is place (v - 1) / 2; worker w has place w in the first tree, N - 1 - w in the
 * second, so that inner workers of one are mostly leaves of the other:
 *
 *      first tree     0              second tree    4          up:    a worker sends chunk k to its parent when its
 *                   1   2                         3   2               children's chunks k are there
 *                  3 4                           1 0           down:  the root sends chunk k back at once, and each
 *                                                                     worker passes it on at once
 *
 * The reduction is complete when both roots have all chunks. */
#include "sim/exchange/chunks.h"

struct node {        /* of one tree */
    int sent;        /* chunks, to the parent; the root: back down */
    int received[2]; /* of each child */
};

struct tree {
    int complete; /* chunks of both trees that are at the root */
    struct state {
        struct node node[2];
        int here; /* chunks of the result, of both trees */
    } worker[];
};

static size_t state_bytes(int workers)
{
    return sizeof(struct tree) + (size_t)workers * sizeof(struct state);
}

/* ---- the trees ---- */

static int place_of(const struct collective *e, int tree, int worker) /* and back */
{
    return tree == 0 ? worker : e->workers - 1 - worker;
}

static int parent_of(const struct collective *e, int tree, int worker)
{
    return place_of(e, tree, (place_of(e, tree, worker) - 1) / 2);
}

static bool is_root(const struct collective *e, int tree, int worker)
{
    return place_of(e, tree, worker) == 0;
}

static int children_of(const struct collective *e, int tree, int worker, int child[2])
{
    int first = 2 * place_of(e, tree, worker) + 1, n = 0;
    for (int place = first; place <= first + 1 && place < e->workers; place++)
        child[n++] = place_of(e, tree, place);
    return n;
}

static uint64_t bytes_of(const struct collective *e, int tree)
{
    return tree == 0 ? share_of(e->payload, 2) : e->payload / 2;
}

static int chunks_of(const struct collective *e, int tree)
{
    return chunk_count(e, bytes_of(e, tree));
}

/* A chunk passes each edge up and down. */
static int messages(const struct collective *e, int worker)
{
    int n = 0, child[2];
    for (int tree = 0; tree < 2; tree++)
        n += 2 * chunks_of(e, tree) * (children_of(e, tree, worker, child) + !is_root(e, tree, worker));
    return n;
}

/* ---- what moves ---- */

static void send_chunk(struct collective *e, int tree, bool up, struct exchange_message m)
{
    m.bytes = chunk_bytes(e, bytes_of(e, tree), m.step);
    if (tree == 0)
        m.phase = up ? PHASE_UP : PHASE_DOWN;
    else
        m.phase = up ? PHASE_SECOND_UP : PHASE_SECOND_DOWN;
    collective_send(e, &m);
}

/* A chunk of the result is at the worker. */
static void pass_down(struct collective *e, int tree, int worker, int chunk)
{
    struct tree *t = e->state;
    int child[2], n = children_of(e, tree, worker, child);
    for (int i = 0; i < n; i++)
        send_chunk(e, tree, false, (struct exchange_message){.from = worker, .to = child[i], .step = chunk});
    if (++t->worker[worker].here == chunks_of(e, 0) + chunks_of(e, 1))
        collective_result(e, worker);
}

static void reach_root(struct collective *e, int tree, int root, int chunk)
{
    struct tree *t = e->state;
    if (++t->complete == chunks_of(e, 0) + chunks_of(e, 1))
        collective_reduced(e);
    pass_down(e, tree, root, chunk);
}

static bool may_send(const struct collective *e, int tree, int worker)
{
    const struct node *node = &((struct tree *)e->state)->worker[worker].node[tree];
    int child[2], n = children_of(e, tree, worker, child);
    return node->sent < chunks_of(e, tree) && (n < 1 || node->received[0] > node->sent) &&
           (n < 2 || node->received[1] > node->sent);
}

static void go_on(struct collective *e, int tree, int worker)
{
    struct node *node = &((struct tree *)e->state)->worker[worker].node[tree];
    while (e->part[worker].begun && may_send(e, tree, worker)) {
        int chunk = node->sent++;
        if (is_root(e, tree, worker))
            reach_root(e, tree, worker, chunk);
        else
            send_chunk(
                e, tree, true,
                (struct exchange_message){.from = worker, .to = parent_of(e, tree, worker), .step = chunk});
    }
}

static void begin(struct collective *e, int worker)
{
    go_on(e, 0, worker);
    go_on(e, 1, worker);
}

static void received(struct collective *e, const struct exchange_message *m)
{
    int tree = m->phase >= PHASE_SECOND_UP;
    if (m->phase == PHASE_DOWN || m->phase == PHASE_SECOND_DOWN) {
        pass_down(e, tree, m->to, m->step);
        return;
    }
    int child = (place_of(e, tree, m->from) + 1) % 2; /* odd places are first children */
    ((struct tree *)e->state)->worker[m->to].node[tree].received[child]++;
    go_on(e, tree, m->to);
}

const struct exchange_kind exchange_tree = {
    .name = "tree",
    .label = "two-tree all-reduce",
    .summary = "two mirrored binary trees, each for one half of the vector, in chunks: up, then down",
    .source = "Sanders, Speck and Traeff, Parallel Computing 2009",
    .all_workers = true,
    .has_order = true,
    .adds_up = true,
    .has_chunks = true,
    .least_workers = 2,
    .state_bytes = state_bytes,
    .messages = messages,
    .begin = begin,
    .received = received,
};
