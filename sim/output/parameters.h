/* The final model on disk: parameters.bin (little-endian float32: every tensor in PyTorch's element order,
 * one after the other, then the BatchNorm statistics) and parameters.json, which names the tensors, and the
 * statistics ("buffers"), with their shapes and offsets. */
#ifndef SIM_OUTPUT_PARAMETERS_H
#define SIM_OUTPUT_PARAMETERS_H

#include "models/model.h"

void parameters_save(const struct model *m, const float *params, const float *stats, const char *folder);

/* XXH3 (64 bits) of the bytes of parameters.bin: parameters_hash of summary.json. */
uint64_t parameters_hash(const struct model *m, const float *params, const float *stats);

#endif
