#define _GNU_SOURCE /* sem_clockwait */
#include "sim/transport/bell.h"

#include <errno.h>
#include <time.h>

#include "sim/base/fail.h"

enum { SECOND_NS = 1000 * 1000 * 1000 };

void bell_init(struct bell *bell)
{
    if (sem_init(&bell->sem, 1, 0))
        die_errno(EXIT_RESOURCE, "sem_init");
    atomic_init(&bell->rings, 0);
    atomic_init(&bell->sleeping, 0);
}

uint32_t bell_ticket(const struct bell *bell)
{
    return atomic_load(&bell->rings);
}

/* Interrupted by a signal is awake too: the caller looks at its abort flag. */
static void nap(sem_t *sem, int64_t ns)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += ns < BELL_NAP ? ns : BELL_NAP;
    if (end.tv_nsec >= SECOND_NS) {
        end.tv_nsec -= SECOND_NS;
        end.tv_sec++;
    }
    if (sem_clockwait(sem, CLOCK_MONOTONIC, &end) && errno != ETIMEDOUT && errno != EINTR)
        die_errno(EXIT_RESOURCE, "sem_clockwait");
}

/* Sleeper: announce, then look at the count. Ringer: count, then look for a sleeper. Both in sequentially
 * consistent order, so at least one of them sees the other. Each sleep is announced once, so it gets one post
 * at most. One that came too late (the sleep had timed out, or had not begun) is thrown away here: the
 * semaphore never holds more than one post, and one for each ringer still inside bell_notify. */
void bell_wait_for(struct bell *bell, uint32_t ticket, int64_t ns)
{
    while (!sem_trywait(&bell->sem))
        ;
    atomic_store(&bell->sleeping, 1);
    if (atomic_load(&bell->rings) == ticket)
        nap(&bell->sem, ns);
    atomic_store(&bell->sleeping, 0);
}

void bell_wait(struct bell *bell, uint32_t ticket)
{
    bell_wait_for(bell, ticket, BELL_NAP);
}

/* Of several ringers the one that takes the flag posts. */
void bell_notify(struct bell *bell)
{
    atomic_fetch_add(&bell->rings, 1);
    if (atomic_load(&bell->sleeping) && atomic_exchange(&bell->sleeping, 0) && sem_post(&bell->sem))
        die_errno(EXIT_RESOURCE, "sem_post");
}
