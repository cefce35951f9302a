/* How this program ends when it cannot go on. Three kinds of trouble, three idioms:
 *   a user's mistake      die(EXIT_USAGE, "file:line: key: expected ..., got ...")
 *   a failed system call  die_errno(EXIT_RESOURCE, "shm_open %s", name)   adds ": " and strerror(errno)
 *   the impossible        assert()
 * die and die_errno print one line, "simulate: [process: ]message", on stderr and exit with the status. Any
 * process may call them. The launcher exits with the status of the child that has failed. */
#ifndef SIM_BASE_FAIL_H
#define SIM_BASE_FAIL_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses; stable, documented in docs/output.md. 128 + n: ended by signal n. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,    /* command line or configuration */
    EXIT_DATA = 3,     /* data set missing or corrupt */
    EXIT_DIVERGED = 4, /* training reached NaN or infinity */
    EXIT_LOST = 5,     /* a process of the run died */
    EXIT_STUCK = 6,    /* no progress: deadlock or time-out */
    EXIT_RESOURCE = 7, /* no memory, shared memory, disk space or process available */
    EXIT_ABORTED = 70, /* internal: a child left because another process failed; the launcher never has it */
    EXIT_RESTED =
        71 /* internal: a point of a sweep waits at a rung (sweep.halving); the sweep never has it */
};

/* Names the process in later messages, for instance "worker 3". The text is not copied. */
void fail_name(const char *who);

/* Sets the text that is written before each message, to erase the progress line; "": nothing. The text is not
 * copied. */
void fail_over(const char *erase);

/* From now on a message of die(EXIT_USAGE) has the place in front that `place` writes into out, "x.ini:4", if it
 * returns true: the message begins with a key, and the user has given that key there. NULL: none has. */
typedef bool fail_place_of(const void *context, const char *message, char *out, size_t size);
void fail_place(fail_place_of *place, const void *context);

_Noreturn void die(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void die_errno(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* After a failed call on a file: ends the program with EXIT_RESOURCE when errno says that this machine is
 * short of something (memory, descriptors) and the file is not to blame. */
void die_if_short(const char *format, ...) __attribute__((format(printf, 1, 2)));

void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the line that die prints. The caller goes on, and ends the program later. */
void fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Allocates zeroed memory that starts on a multiple of 64 bytes. Without memory the program ends with
 * EXIT_RESOURCE. The caller frees with free(). */
void *need(unsigned long bytes);

/* Returns a block of `bytes` bytes that begins with the first `used` bytes of the old block. Frees the old
 * block. */
void *need_more(void *old, unsigned long used, unsigned long bytes);

/* Returns a block with room for one more element of `each` bytes behind the n that are there. It has room for the
 * next power of two, if it has grown in this way from n = 0 on. */
void *need_one_more(void *old, unsigned long n, unsigned long each);

#endif
