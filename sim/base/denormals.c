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
enum { FLUSH = 1 << 24 }; /* FPCR: flush to zero, both ways */

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

/* Before main, so that no process that computes can forget it. */
__attribute__((constructor)) static void flush(void)
{
    set_control(control() | FLUSH);
}

bool denormals_flushed(void)
{
    return FLUSH != 0 && (control() & FLUSH) == FLUSH;
}
