/* The two ends of a model: pixels to input, logits to loss. */
#ifndef MODELS_OPS_ENDS_H
#define MODELS_OPS_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/model.h"

/* One image: (pixel / 255 - mean) / std, from the file's (channels, height, width) to the operators' layout. */
void gather_image(float *x, const struct dataset *ds, const uint8_t *pixels);

/* What augmentation shows of an image: the window of its size that starts at row dy, column dx, black (byte 0,
 * then normalised like any other) where it hangs over the edge; flip: the window is mirrored left to right. */
struct view {
    int dy, dx; /* -VIEW_PADDING .. VIEW_PADDING */
    bool flip;
};

enum { VIEW_PADDING = 4 }; /* what is customary for CIFAR-10: He et al., CVPR 2016, section 4.2 */

/* That of the batch's image number `image`: a pure function of its arguments. */
struct view view_draw(const struct draw_at *at, int image);
void gather_view(float *x, const struct dataset *ds, const uint8_t *pixels, struct view view);

/* Cross-entropy of one sample: -log softmax(logits)[label]; its gradient times `scale`; the class with the
 * largest logit. */
double loss_sample(const float *logits, size_t classes, int label);
void loss_sample_gradient(float *dlogits, const float *logits, size_t classes, int label, double scale);
int loss_answer(const float *logits, size_t classes);

#endif
