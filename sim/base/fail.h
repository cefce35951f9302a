/* How this program ends when it cannot go on. Three kinds of trouble, three idioms:
 *   a user's mistake      die(EXIT_USAGE, "file:line: key: expected ..., got ...")
 *   a failed system call  die_errno(EXIT_RESOURCE, "shm_open %s", name)   adds ": " and strerror(errno)
 *   the impossible        assert()
 * Both print one line, "simulate: [who: ]message", on stderr and exit with the status. Any process may call
 * them; a child's status becomes the launcher's. */
#ifndef SIM_BASE_FAIL_H
#define SIM_BASE_FAIL_H

/* Exit statuses; stable, documented in docs/output.md. 128 + n: ended by signal n. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,    /* command line or configuration */
    EXIT_DATA = 3,     /* data set missing or corrupt */
    EXIT_DIVERGED = 4, /* training reached NaN or infinity */
    EXIT_LOST = 5,     /* a process of the run died */
    EXIT_STUCK = 6,    /* no progress: deadlock or time-out */
    EXIT_RESOURCE = 7, /* no memory, shared memory, disk or process to be had */
    EXIT_ABORTED = 70  /* internal: this child left because another one failed; never the launcher's own */
};

/* Names the process in later messages, for instance "worker 3". Kept by pointer. */
void fail_name(const char *who);

/* Written before each message, to erase what stands in its line; "": nothing. Kept by pointer. */
void fail_over(const char *erase);

_Noreturn void die(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void die_errno(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* After a failed call on a file: ends the program with EXIT_RESOURCE when errno says that this machine is short of
 * something (memory, descriptors) and the file is not to blame. */
void die_if_short(const char *format, ...) __attribute__((format(printf, 1, 2)));

void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As die says it, where the end comes later. */
void fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* malloc and calloc that end the program with EXIT_RESOURCE; memory starts on 64 bytes and is zeroed. Free
 * with free(). */
void *need(unsigned long bytes);

/* A block of so many bytes that begins with the first `used` ones of the old block, which is freed. */
void *need_more(void *old, unsigned long used, unsigned long bytes);

#endif
