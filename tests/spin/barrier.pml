/* Rounds of OSP with vectors that are lent and shown (sim/runtime/server/aggregate.c, worker.c): a worker computes on while its push is under way, on
 * the model of the reply before; the PS adds up what is lent when the last push is in, makes the reply in the place of the one before
 * the last, and shows it. Nobody writes what somebody still reads, and nobody is left asleep.
 * -DDEFECT=5: a worker computes on before its vector is back. -DDEFECT=6: a vector is given back before it has been added up.
 * -DDEFECT=7: a worker does not ring when it has pushed. */
#define WORKERS 2
#define ROUNDS  3
#define PLAYERS 3 /* the workers, then the PS */
#define POSTS   3 /* that lie at a bell at most: a late one from each of two ringers, and a new one */
#define PS      2
#include "bell.pml"

byte pushed[WORKERS], lent[WORKERS]; /* pushes on the ring; the round whose gradient lies there */
byte folded[WORKERS], accepted[WORKERS];
byte replies, shown[2];

#define HOLDS(r) (r < 2 || shown[(r - 2) % 2] == r - 1) /* the model that gradient r is computed on */

proctype worker(byte w)
{
    byte ticket, r;
    bit was;
    do
    :: r < ROUNDS ->
#if DEFECT != 5
        WAIT_UNTIL(w, ticket, folded[w] == r);
#endif
        atomic { lent[w] = 0; assert(HOLDS(r)) } /* a gradient begins, ... */
        atomic { lent[w] = r + 1; assert(HOLDS(r)) } /* ... and ends */
        if
        :: r > 0 ->
            WAIT_UNTIL(w, ticket, replies >= r);
            assert(shown[(r - 1) % 2] == r);
            accepted[w]++;
            ring_bell(PS, was)
        :: else
        fi;
        pushed[w]++;
#if DEFECT != 7
        ring_bell(PS, was);
#endif
        r++
    :: else -> break
    od
}

inline give_back()
{
    folded[0]++;
    ring_bell(0, was);
    folded[1]++;
    ring_bell(1, was)
}

inline make_reply()
{
    shown[r % 2] = 0;
    assert(lent[0] == r + 1 && lent[1] == r + 1);
    shown[r % 2] = r + 1
}

active proctype server()
{
    byte ticket, r;
    bit was;
    do
    :: r < ROUNDS ->
        WAIT_UNTIL(PS, ticket, pushed[0] > r);
        WAIT_UNTIL(PS, ticket, pushed[1] > r);
        WAIT_UNTIL(PS, ticket, accepted[0] >= replies && accepted[1] >= replies);
#if DEFECT == 6
        give_back();
        make_reply();
#else
        make_reply();
        give_back();
#endif
        replies++; /* on the ring of replies */
        ring_bell(0, was);
        ring_bell(1, was);
        r++
    :: else -> break
    od
}

init { atomic { run worker(0); run worker(1) } }
