/* The pause in which a checkpoint is written (sim/runtime/pause.c): asked for by the PS, then by the launcher, who wants the end, at any
 * moment. All stop, write their sections one after the other, and go on or leave together.
 * With -DWORKERS=1 -DASKS=1: both pauses, one worker; without: the last pause, two workers.
 * -DDEFECT=5: the last one to join wakes nobody. -DDEFECT=6: a sim_worker does not wait for all before it writes its section.
 * -DDEFECT=7: the next turn is not rung for. */
#ifndef WORKERS
#define WORKERS 2
#define ASKS    0 /* checkpoints that the PS wants */
#endif
#define PLAYERS (WORKERS + 1) /* the workers, then the PS */
#define PS      WORKERS
#define COARSE
#include "bell.pml"

mtype = {NONE, TO_GO_ON, TO_END};
mtype wanted = NONE;
byte joined, turn, ended;
bit over;       /* everybody leaves: the abort flag */
byte playing = PLAYERS; /* for the assertions: who is not at rest */
byte asks = ASKS;

inline wake_all(was)
{
    byte sim_worker;
    for (sim_worker : 0 .. PS) {
        ring_bell(sim_worker, was)
    }
}

inline join(was, last)
{
    d_step { playing--; last = joined == WORKERS; joined++ }
    if
#if DEFECT == 5
    :: last && false -> skip
#else
    :: last -> wake_all(was)
#endif
    :: else
    fi
}

#if DEFECT == 6
#define ALL_JOINED true
#else
#define ALL_JOINED (joined == PLAYERS)
#endif

inline write_section(number, was)
{
    assert(playing == 0); /* nobody plays on while the state is kept */
    assert(turn == number);
    turn++;
#if DEFECT != 7
    wake_all(was)
#endif
}

proctype worker(byte w)
{
    byte ticket, now;
    bit was, last;
    do
    :: WAIT_UNTIL(w, ticket, wanted != NONE || over);
        if
        :: over -> break
        :: else
        fi;
        now = ended;
        join(was, last);
        WAIT_UNTIL(w, ticket, ALL_JOINED || over);
        WAIT_UNTIL(w, ticket, turn == 2 + w || over);
        if
        :: over -> break
        :: else
        fi;
        write_section(2 + w, was);
        WAIT_UNTIL(w, ticket, ended != now || over);
        if
        :: over -> break
        :: else
        fi;
        playing++
    od
}

active proctype server()
{
    byte ticket;
    bit was, last;
    mtype how;
    do
    :: asks > 0 && wanted == NONE -> /* a checkpoint is due */
        asks--;
        d_step { if :: wanted == NONE -> wanted = TO_GO_ON :: else fi }
        wake_all(was)
    :: WAIT_UNTIL(PS, ticket, wanted != NONE);
        join(was, last);
        WAIT_UNTIL(PS, ticket, ALL_JOINED);
        write_section(0, was);
        write_section(1, was);
        WAIT_UNTIL(PS, ticket, turn == 2 + WORKERS);
        joined = 0;
        turn = 0;
        d_step { how = wanted; wanted = NONE }
        if
        :: how == TO_END ->
            over = 1;
            wake_all(was);
            break
        :: else
        fi;
        playing++;
        ended++;
        wake_all(was)
    od
}

active proctype launcher()
{
    bit was;
    wanted = TO_END;
    wake_all(was)
}

init
{
    byte w;
    atomic {
        for (w : 0 .. WORKERS - 1) {
            run worker(w)
        }
    }
}
