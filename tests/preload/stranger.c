/* Preloaded into simulate (LD_PRELOAD): an OpenBLAS that does not know this CPU, and takes its oldest kernels unless it
 * gets the name of the core to take. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <stdlib.h>

char *openblas_get_corename(void);

char *openblas_get_corename(void)
{
    static char oldest[] = "Prescott";
    char *(*real)(void);
    *(void **)&real = dlsym(RTLD_NEXT, "openblas_get_corename");
    return getenv("OPENBLAS_CORETYPE") ? real() : oldest;
}
