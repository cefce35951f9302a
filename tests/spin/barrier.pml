/* Rounds of OSP with zero-copy pushes and double-buffered broadcasts (sim/runtime/server/aggregate.c,
 * sim/runtime/transfer.c):
 *
 *   worker:  gradient r, in its own vector --push r--> PS: adds up all vectors, makes reply r in buffer r % 2
 *   worker:  gradient r + 1, on the model of reply r - 1, while push r is in flight
 *
 * The PS adds the vectors up when the last push of the round is in, then releases them. It writes the buffer of the
 * reply before the last one, and publishes that. No process writes what another still reads, and none is left asleep.
 * -DDEFECT=5: a worker writes its vector before the PS has released it. -DDEFECT=6: the PS releases the vectors before
 * it has added them up. -DDEFECT=7: a worker does not ring when it has pushed. */
#define WORKERS   2
#define ROUNDS    3
#define PROCESSES 3 /* the workers, then the PS */
#define POSTS     3 /* that lie at a bell at most: a late one from each of two ringers, and a new one */
#define PS        2
#include "bell.pml"

byte pushed[WORKERS], gradient[WORKERS]; /* pushes on the ring; 1 + the round of the gradient in the vector */
byte released[WORKERS], accepted[WORKERS];
byte replies, model[2]; /* replies on the rings; 1 + the round of the reply in the buffer; 0: in the making */

#define HOLDS(r) (r < 2 || model[(r - 2) % 2] == r - 1) /* the model that gradient r is computed on */

proctype worker(byte w)
{
    byte ticket, r;
    bit was;
    do
    :: r < ROUNDS ->
#if DEFECT != 5
        WAIT_UNTIL(w, ticket, released[w] == r);
#endif
        atomic { gradient[w] = 0; assert(HOLDS(r)) } /* a gradient begins, ... */
        atomic { gradient[w] = r + 1; assert(HOLDS(r)) } /* ... and ends */
        if
        :: r > 0 ->
            WAIT_UNTIL(w, ticket, replies >= r);
            assert(model[(r - 1) % 2] == r);
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

inline release_vectors()
{
    released[0]++;
    ring_bell(0, was);
    released[1]++;
    ring_bell(1, was)
}

inline make_reply()
{
    model[r % 2] = 0;
    assert(gradient[0] == r + 1 && gradient[1] == r + 1);
    model[r % 2] = r + 1
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
        release_vectors();
        make_reply();
#else
        make_reply();
        release_vectors();
#endif
        replies++; /* on the ring of replies */
        ring_bell(0, was);
        ring_bell(1, was);
        r++
    :: else -> break
    od
}

init { atomic { run worker(0); run worker(1) } }
