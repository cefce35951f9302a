/* The pause in which a checkpoint is written (sim/runtime/pause.c). The PS asks for one, after which the run goes on;
 * the launcher asks for the last one, after which the run ends, at any moment. All processes stop, write their sections
 * one after the other, and go on or leave together.
 * With -DWORKERS=1 -DASKS=1: both pauses, one worker; without: the last pause, two workers.
 * -DDEFECT=5: the last process to join wakes no other. -DDEFECT=6: a process writes its section before all have
 * joined. -DDEFECT=7: a process does not ring when it has written its section. */
#ifndef WORKERS
#define WORKERS 2
#define ASKS    0 /* checkpoints that the PS asks for */
#endif
#define PROCESSES (WORKERS + 1) /* the workers, then the PS */
#define PS        WORKERS
#define COARSE
#include "bell.pml"

mtype = {NONE, TO_GO_ON, TO_END};
mtype wanted = NONE;
byte joined, turn, ended;
bit over; /* all leave: the abort flag */
byte running = PROCESSES; /* for the assertions: processes that have not stopped */
byte asks = ASKS;

inline wake_all(was)
{
    byte process;
    for (process : 0 .. PS) {
        ring_bell(process, was)
    }
}

inline join(was, last)
{
    d_step { running--; last = joined == WORKERS; joined++ }
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
#define ALL_JOINED (joined == PROCESSES)
#endif

inline write_section(number, was)
{
    assert(running == 0); /* no process changes its state while a section is written */
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
        running++
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
        running++;
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
