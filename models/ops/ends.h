/* The two ends of a model: from pixels to its input, and from logits to the loss. */
#ifndef MODELS_OPS_ENDS_H
#define MODELS_OPS_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/model.h"

/* x (height, width, channels) = (pixel / 255 - mean) / std of one image; pixels (channels, height, width) as
 * in the file. */
void gather_image(float *x, const struct dataset *ds, const uint8_t *pixels);

/* What augmentation shows of an image: the window of the image's size that starts at row dy, column dx.
 * Beyond the edge the window is black (byte 0, then normalised like any other byte). flip: it is mirrored
 * left to right.
 *
 *     +-----------+            dy = 2, dx = 4
 *     |  image    |
 *     |   +-------+---+
 *     |   |       |000|        0: black
 *     +---+-------+000|
 *         |00000000000|
 *         +-----------+ */
struct view {
    int dy, dx; /* -VIEW_PADDING .. VIEW_PADDING */
    bool flip;
};

enum { VIEW_PADDING = 4 }; /* customary for CIFAR-10: He et al., CVPR 2016, section 4.2 */

/* The view of image number `image` of the batch: a pure function of its arguments. */
struct view view_draw(const struct draw_at *at, int image);
/* As gather_image, through a view. */
void gather_view(float *x, const struct dataset *ds, const uint8_t *pixels, struct view view);

/* Cross-entropy of one sample, -log softmax(logits)[label]. */
double loss_sample(const float *logits, size_t classes, int label);
/* dlogits = its gradient times scale. */
void loss_sample_gradient(float *dlogits, const float *logits, size_t classes, int label, double scale);
/* The class with the largest logit, the first one of equals. */
int loss_answer(const float *logits, size_t classes);
/* How many classes come before the label in the order of the logits, the first one of equals first: 0 where
 * loss_answer() is the label. */
int loss_rank(const float *logits, size_t classes, int label);

#endif
