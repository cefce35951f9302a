#include "models/kernels.h"

#include <stddef.h>

const char *const kernels_words[] = {[KERNELS_AUTO] = "auto", [KERNELS_PORTABLE] = "portable", NULL};
