/* A convolution as a matrix product: one row of the column matrix per output pixel, holding the KH x KW x C
 * inputs it sees, zeros where the window hangs over the edge. */
#ifndef MODELS_OPS_IM2COL_H
#define MODELS_OPS_IM2COL_H

#include "models/layers.h"

/* Output lines first .. first+lines-1, counted through the images of a batch (line = image * out.h + oy). */
void im2col(float *col, const float *x, const struct layer *l, size_t first, size_t lines);

/* The transpose: adds every element of col to the input it came from. */
void col2im_add(float *dx, const float *col, const struct layer *l, size_t first, size_t lines);

#endif
