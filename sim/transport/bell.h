/* A process's bell: the one semaphore it sleeps on, in shared memory. Whoever gives it something to do rings
 * it. Pattern of the sleeper (no wake-up can be lost; stray ones only cost another look): while
 * (!condition()) bell_wait(bell) where bell_wait really is: announce that I sleep, look at *epoch again*,
 * sleep. Because the condition must be looked at between announcing and sleeping, the loop is written with a
 * ticket: for (;;) { uint32_t ticket = bell_ticket(bell); if (condition()) break; bell_wait(bell, ticket); }
 * Ringing when nobody sleeps costs one atomic increment and no system call. */
#ifndef SIM_TRANSPORT_BELL_H
#define SIM_TRANSPORT_BELL_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct bell {
    _Alignas(64) sem_t sem;
    _Atomic uint32_t rings;    /* counts every ring: the ticket */
    _Atomic uint32_t sleeping; /* 1 while the owner is, or is about to be, in sem_clockwait */
};

void bell_init(struct bell *bell); /* before fork, in shared memory */
uint32_t bell_ticket(const struct bell *bell);

/* Sleeps until the bell has been rung since the ticket was taken, at most so many ns (CLOCK_MONOTONIC) and at most
 * BELL_NAP: no blocking call is without a deadline, and callers look at their abort flag each time round. */
#define BELL_NAP (200 * 1000 * 1000)
void bell_wait_for(struct bell *bell, uint32_t ticket, int64_t ns);
void bell_wait(struct bell *bell, uint32_t ticket); /* BELL_NAP */
void bell_notify(struct bell *bell);

#endif
