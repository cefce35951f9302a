/* The two ends of a model: pixels to input, logits to loss. */
#ifndef MODELS_OPS_ENDS_H
#define MODELS_OPS_ENDS_H

#include <stddef.h>
#include <stdint.h>

#include "models/data/dataset.h"

/* One image: (pixel / 255 - mean) / std, from the file's (channels, height, width) to the operators' layout. */
void gather_image(float *x, const struct dataset *ds, const uint8_t *pixels);

/* Cross-entropy of one sample: -log softmax(logits)[label]; its gradient times `scale`; the class with the
 * largest logit. */
double loss_sample(const float *logits, size_t classes, int label);
void loss_sample_gradient(float *dlogits, const float *logits, size_t classes, int label, double scale);
int loss_answer(const float *logits, size_t classes);

#endif
