/* The final model on disk. parameters.bin is little-endian float32: all tensors, each in PyTorch's element
 * order, and then the BatchNorm statistics. parameters.json names the tensors, and the statistics
 * ("buffers"), with their shapes and offsets. */
#ifndef SIM_OUTPUT_PARAMETERS_H
#define SIM_OUTPUT_PARAMETERS_H

#include "models/model.h"

void parameters_save(const struct model *m, const float *params, const float *stats, const char *folder);

/* XXH3 (64 bits) of the bytes of parameters.bin; summary.json has it as parameters_hash. */
uint64_t parameters_hash(const struct model *m, const float *params, const float *stats);

#endif
