/* A bell is an eventcount in shared memory: each process of a run has one and sleeps on it alone. A process
 * that has made a condition true for another process notifies the bell of that process. The sleeper must read
 * the ticket before it tests its condition:
 *
 *     for (;;) {
 *         uint32_t ticket = bell_ticket(bell);
 *         if (condition())
 *             break;
 *         bell_wait(bell, ticket);
 *     }
 *
 * If the bell is notified between the ticket and the sleep, bell_wait returns at once: no wake-up is lost. A
 * stray wake-up costs one more test of the condition. A notification costs one atomic increment and no system
 * call while the owner is awake. */
#ifndef SIM_TRANSPORT_BELL_H
#define SIM_TRANSPORT_BELL_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct bell {
    _Alignas(64) sem_t sem;
    _Atomic uint32_t rings;    /* number of notifications; a ticket is a value of it */
    _Atomic uint32_t sleeping; /* 1 while the owner is in sem_clockwait, or about to call it */
};

void bell_init(struct bell *bell); /* before fork, in shared memory */
uint32_t bell_ticket(const struct bell *bell);

/* Sleeps until the bell is notified after the ticket was taken, for at most `ns` nanoseconds and at most
 * BELL_NAP (200 ms). Every sleep has this deadline, so the caller tests its abort flag at least five times a
 * second. */
#define BELL_NAP (200 * 1000 * 1000)
void bell_wait_for(struct bell *bell, uint32_t ticket, int64_t ns);
void bell_wait(struct bell *bell, uint32_t ticket); /* BELL_NAP */
void bell_notify(struct bell *bell);

#endif
