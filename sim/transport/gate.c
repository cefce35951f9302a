/* A queue of numbered tickets. Two counts only rise: tickets taken, and tickets given back when a process
 * leaves.
 *
 *     ticket   0  1  2  3  4  5  6  7  8  9        2 cores
 *                       |        |     |
 *              given back: 3    inside: 3, 4 and 5    taken: 8; 6 and 7 wait
 *
 *     ticket t may enter   if t < given back + cores + 1           it is one of the first
 *                          or taken - given back < 2 cores         it is one of the last
 *
 * Processes may leave in any order; only the number of tickets that were given back counts.
 *
 * The process in the queue writes its name beside its ticket before it looks at the counts; the process that
 * leaves changes the count before it reads the name. One of the two sees what the other did. Only where a process
 * is interrupted between the two for a whole turn of the ring of names a wake-up may be lost; the nap on the bell
 * then ends by itself (BELL_NAP). */
#include "sim/transport/gate.h"

#include <assert.h>

enum { LINE = 64, NO_MEMBER = 0 };

/* More processes inside than cores: one of them is ready at once when another one leaves. A process from the
 * queue must wake up first, and the kernel may put it on a core that is taken. */
enum { SPARE = 1 };

struct member { /* only the process itself uses it */
    _Alignas(LINE) uint64_t ticket;
    bool inside;
    struct bell *bell;
};

/* Lies in shared memory and contains pointers, as a ring. */
struct gate {
    uint64_t cores, members;
    _Atomic int *queued; /* (members) of a waiting ticket t, at t mod members: the member + 1 */
    _Alignas(LINE) _Atomic uint64_t taken;
    _Alignas(LINE) _Atomic uint64_t given_back;
    struct member member[];
};

size_t gate_bytes(int members)
{
    size_t queued = (size_t)members * sizeof(_Atomic int);
    return sizeof(struct gate) + (size_t)members * sizeof(struct member) + (queued + LINE - 1) / LINE * LINE;
}

struct gate *gate_create(void *room, int members, int cores, struct bell *const *bell)
{
    struct gate *g = room;
    assert(members > 0 && cores > 0);
    g->cores = (uint64_t)cores;
    g->members = (uint64_t)members;
    g->queued = (_Atomic int *)&g->member[members];
    for (int i = 0; i < members; i++)
        g->member[i] = (struct member){.bell = bell[i]};
    return g;
}

void gate_queue(struct gate *g, int member)
{
    struct member *m = &g->member[member];
    assert(!m->inside);
    m->ticket = atomic_fetch_add(&g->taken, 1);
    atomic_store(&g->queued[m->ticket % g->members], member + 1);
}

/* The one read first may grow before the other is read. `given_back` first: then the result is too large at
 * most, and a process asks again when its bell rings. */
static uint64_t here(const struct gate *g)
{
    uint64_t given_back = atomic_load(&g->given_back);
    return atomic_load(&g->taken) - given_back;
}

bool gate_has_room(const struct gate *g)
{
    return here(g) < 2 * g->cores;
}

bool gate_wanted(const struct gate *g)
{
    return !gate_has_room(g);
}

bool gate_enter(struct gate *g, int member, bool last)
{
    struct member *m = &g->member[member];
    bool first = m->ticket < atomic_load(&g->given_back) + g->cores + SPARE;
    if (!first && !(last && gate_has_room(g)))
        return false;
    m->inside = true;
    return true;
}

bool gate_inside(const struct gate *g, int member)
{
    return g->member[member].inside;
}

/* Wakes the ticket that is one of the first now, and those that are among the last. */
static void wake(struct gate *g, uint64_t given_back)
{
    uint64_t from = given_back + g->cores + SPARE - 1, taken = atomic_load(&g->taken);
    uint64_t end = taken - given_back < 2 * g->cores ? taken : from + 1;
    for (uint64_t t = from; t < end; t++) {
        int name = atomic_load(&g->queued[t % g->members]);
        if (name != NO_MEMBER)
            bell_notify(g->member[name - 1].bell);
    }
}

void gate_leave(struct gate *g, int member)
{
    struct member *m = &g->member[member];
    if (!m->inside)
        return;
    m->inside = false;
    wake(g, atomic_fetch_add(&g->given_back, 1) + 1);
}
