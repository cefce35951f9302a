/* Arrays as numpy.savez writes them: a zip of NAME.npy, not compressed. The same arrays give the same bytes,
 * since all times in the zip are 1980-01-01. Formats:
 * numpy.org/doc/stable/reference/generated/numpy.lib.format.html (version 1.0), PKWARE APPNOTE 6.3 (version
 * 1.0, no extensions). Only sim/export/ uses this header. */
#ifndef SIM_EXPORT_NPZ_H
#define SIM_EXPORT_NPZ_H

#include "sim/export/tensors.h"

/* The file appears at path when it is complete. A failed write ends the program with EXIT_RESOURCE. */
void npz_write(const char *path, const struct tensors *t);

#endif
