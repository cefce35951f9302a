/* Sets the CPU's flush-to-zero mode. Every program that is linked with this file has the mode from its
 * start. */
#include "sim/base/denormals.h"

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

enum { FLUSH = 1 << 15 | 1 << 6 }; /* MXCSR: flush to zero, denormals are zeros */

static uint64_t control(void)
{
    return _mm_getcsr();
}

static void set_control(uint64_t word)
{
    _mm_setcsr((unsigned)word);
}
#elif defined(__aarch64__)
enum { FLUSH = 1 << 24 }; /* FPCR: flush to zero, operands and results */

static uint64_t control(void)
{
    uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    return word;
}

static void set_control(uint64_t word)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(word));
}
#else
enum { FLUSH = 0 };

static uint64_t control(void)
{
    return 0;
}

static void set_control(uint64_t word)
{
    (void)word;
}
#endif

/* Runs before main, so that no process that computes can omit it. */
__attribute__((constructor)) static void flush(void)
{
    set_control(control() | FLUSH);
}

bool denormals_flushed(void)
{
    return FLUSH != 0 && (control() & FLUSH) == FLUSH;
}
