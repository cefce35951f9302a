/* sim/transport/ring.c: one writer, READERS readers that each see every slot, fewer slots than messages. Each reader
 * reads every slot as it was written, in order, and no process is left asleep.
 * -DDEFECT=5: a slot is published before it is filled. -DDEFECT=6: the writer looks at the first reader alone.
 * -DDEFECT=7: a reader does not ring when it releases a slot. */
#define SLOTS     2
#define READERS   2
#define MESSAGES  3
#define PROCESSES 3 /* the writer, then the readers */
#define POSTS     2 /* that lie at a bell at most: one from each of two ringers */
#define WRITER    0
#include "bell.pml"

byte slot[SLOTS];
byte written, released[READERS];

#define FULL(r) (written - released[r] == SLOTS)
#if DEFECT == 6
#define ROOM (!FULL(0))
#else
#define ROOM (!FULL(0) && !FULL(1))
#endif

active proctype writer()
{
    byte ticket, m;
    bit was;
    do
    :: m < MESSAGES ->
        WAIT_UNTIL(WRITER, ticket, ROOM);
#if DEFECT == 5
        written++;
        slot[m % SLOTS] = m + 1;
#else
        slot[m % SLOTS] = m + 1;
        written++;
#endif
        if /* a message ends here, or goes on: then the writer wakes its readers before it sleeps */
        :: ring_bell(1, was); ring_bell(2, was)
        :: m + 1 < MESSAGES && ROOM
        fi;
        m++
    :: else -> break
    od;
    ring_bell(1, was);
    ring_bell(2, was)
}

proctype reader(byte r)
{
    byte ticket, m;
    bit was;
    do
    :: m < MESSAGES ->
        WAIT_UNTIL(r + 1, ticket, written > released[r]);
        assert(slot[m % SLOTS] == m + 1);
        released[r]++;
#if DEFECT != 7
        ring_bell(WRITER, was);
#endif
        m++
    :: else -> break
    od
}

init { atomic { run reader(0); run reader(1) } }
