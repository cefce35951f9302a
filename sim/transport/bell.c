/* An eventcount on one semaphore. Sequentially consistent atomics on `rings` and `sleeping` exclude a lost
 * wake-up:
 *
 *     sleeper (owner)                        notifier (any process)
 *
 *     ticket = rings                         makes the condition true
 *     condition is false                     rings = rings + 1         (A)
 *     sleeping = 1               (1)         sleeping is 1?  -> 0      (B)
 *     rings == ticket?           (2)                          sem_post
 *       sem_clockwait
 *     sleeping = 0
 *
 * Either (A) comes before (2), then the sleeper sees the new count and does not sleep; or (1) comes before
 * (B), then the notifier sees the sleeper and posts. tests/spin checks this with Spin. */
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

/* Sleeps until a post, the time, or a signal. All three are the same to the caller, which tests its condition
 * and its abort flag again. */
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

/* Each sleep is announced once, so it gets at most one post. A post may come too late, when the sleep has
 * timed out or has not begun; the loop at the start removes it. So the semaphore never holds more posts than
 * one, plus one for each process that is still inside bell_notify. */
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

/* If several processes notify at once, the one that changes the flag from 1 to 0 posts. */
void bell_notify(struct bell *bell)
{
    atomic_fetch_add(&bell->rings, 1);
    if (atomic_load(&bell->sleeping) && atomic_exchange(&bell->sleeping, 0) && sem_post(&bell->sem))
        die_errno(EXIT_RESOURCE, "sem_post");
}
