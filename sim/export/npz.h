/* Arrays as numpy.savez writes them: a zip of NAME.npy, not compressed. The same arrays give the same bytes: times in
 * the zip are those of 1980-01-01. Formats: numpy.org/doc/stable/reference/generated/numpy.lib.format.html (version
 * 1.0), PKWARE APPNOTE 6.3 (version 1.0, no extensions). Inside of sim/export/. */
#ifndef SIM_EXPORT_NPZ_H
#define SIM_EXPORT_NPZ_H

#include "sim/export/tensors.h"

/* path appears when it is complete; a failed write ends the program with EXIT_RESOURCE. */
void npz_write(const char *path, const struct tensors *t);

#endif
