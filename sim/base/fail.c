/* Messages on stderr, the end of the program, and memory that is there or ends the program. */
#include "sim/base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/disk.h"
#include "sim/base/text.h"

static const char *name, *erase = "";
static fail_place_of *place_of;
static const void *place_context;

void fail_place(fail_place_of *place, const void *context)
{
    place_of = place;
    place_context = context;
}

void fail_name(const char *who)
{
    name = who;
}

void fail_over(const char *line)
{
    erase = line;
}

/* Writes each line with one call, so that lines of several processes do not mix. */
static void say(const char *kind, const char *format, va_list args, const char *reason)
{
    char line[4096];
    int used = snprintf(line, sizeof line, "simulate: %s%s%s", name ? name : "", name ? ": " : "", kind);
    used += vsnprintf(line + used, sizeof line - (size_t)used, format, args);
    if (used > (int)sizeof line - 1)
        used = (int)sizeof line - 1;
    if (reason)
        snprintf(line + used, sizeof line - (size_t)used, ": %s", reason);
    text_one_line(line);
    disk_begin();
    fflush(stdout);
    fprintf(stderr, "%s%s\n", erase, line);
    disk_end();
}

/* Not exit(): a forked process must not run the atexit handlers of its parent. */
static _Noreturn void leave(int status)
{
    fflush(NULL);
    _exit(status);
}

/* What the message begins with: "x.ini:4: ", or nothing. */
static void find_place(char *out, size_t size, const char *format, va_list args)
{
    char message[4096];
    vsnprintf(message, sizeof message, format, args);
    if (place_of && place_of(place_context, message, out, size - sizeof ": "))
        strcat(out, ": ");
    else
        *out = '\0';
}

void die(int status, const char *format, ...)
{
    char place[1024] = "";
    va_list args;
    va_start(args, format);
    if (status == EXIT_USAGE)
        find_place(place, sizeof place, format, args);
    va_end(args);
    va_start(args, format);
    say(place, format, args, NULL);
    va_end(args);
    leave(status);
}

void die_if_short(const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list args;
    if (errno != ENOMEM && errno != EMFILE && errno != ENFILE)
        return;
    va_start(args, format);
    say("", format, args, reason);
    va_end(args);
    leave(EXIT_RESOURCE);
}

void die_errno(int status, const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list args;
    va_start(args, format);
    say("", format, args, reason);
    va_end(args);
    leave(status);
}

void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("warning: ", format, args, NULL);
    va_end(args);
}

void fault(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args, NULL);
    va_end(args);
}

/* Large blocks start on a huge page and ask the kernel for huge pages. Training reads all its memory again
 * and again; with small pages, misses in the translation cache (TLB) cost 7 % of the time. A kernel without
 * huge pages is no error, so the result of madvise is ignored. */
enum { LINE = 64, HUGE_PAGE = 2 << 20 };

void *need(unsigned long bytes)
{
    unsigned long whole = bytes ? (bytes + LINE - 1) / LINE * LINE : LINE;
    bool large = whole >= 2 * HUGE_PAGE;
    void *memory;
    if (posix_memalign(&memory, large ? HUGE_PAGE : LINE, whole))
        die(EXIT_RESOURCE, "no memory: %lu bytes asked for", bytes);
    if (large)
        madvise(memory, whole, MADV_HUGEPAGE);
    memset(memory, 0, whole);
    return memory;
}

void *need_more(void *old, unsigned long used, unsigned long bytes)
{
    void *memory = need(bytes);
    if (used)
        memcpy(memory, old, used);
    free(old);
    return memory;
}

void *need_one_more(void *old, unsigned long n, unsigned long each)
{
    bool full = (n & (n - 1)) == 0;
    return full ? need_more(old, n * each, (n ? 2 * n : 1) * each) : old;
}
