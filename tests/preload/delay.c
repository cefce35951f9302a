/* Preloaded into simulate (LD_PRELOAD): every process is delayed at random wherever it signals another one or waits, some
 * processes much more than others, and has a niceness of its own. What is drawn depends on DELAY_SEED and the process id. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define LONGEST_US 2000 /* of one delay, of the slowest process */

static uint64_t state;
static uint32_t most_us; /* of one delay of this process */
static pid_t drawn_for;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u; /* Knuth's generator, MMIX */
    return (uint32_t)(state >> 33) % below;
}

/* A fork has its parent's memory, but another id. */
static void become_oneself(void)
{
    if (drawn_for == getpid())
        return;
    const char *seed = getenv("DELAY_SEED");
    if (!seed)
        _exit(99); /* lets a test see that this library is there */
    drawn_for = getpid();
    state = strtoull(seed, NULL, 10) * 0x9e3779b97f4a7c15u ^ (uint64_t)drawn_for * 0xbf58476d1ce4e5b9u;
    draw(1);
    most_us = draw(3) == 0 ? LONGEST_US : 1 + draw(100);
    if (nice((int)draw(10)) < 0)
        most_us = LONGEST_US; /* no niceness: slow instead */
}

static void delay(void)
{
    become_oneself();
    uint32_t kind = draw(4);
    if (kind == 0)
        usleep(draw(most_us));
    else if (kind == 1)
        sched_yield();
}

__attribute__((constructor)) static void loaded(void)
{
    become_oneself();
}

int sem_post(sem_t *sem)
{
    int (*next)(sem_t *) = (int (*)(sem_t *))dlsym(RTLD_NEXT, "sem_post");
    delay();
    return next(sem);
}

int sem_trywait(sem_t *sem)
{
    int (*next)(sem_t *) = (int (*)(sem_t *))dlsym(RTLD_NEXT, "sem_trywait");
    delay();
    return next(sem);
}

int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *end)
{
    int (*next)(sem_t *, clockid_t, const struct timespec *) =
        (int (*)(sem_t *, clockid_t, const struct timespec *))dlsym(RTLD_NEXT, "sem_clockwait");
    delay();
    int result = next(sem, clock, end);
    delay();
    return result;
}
