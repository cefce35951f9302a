/* The column matrix of a convolution: one row for each output pixel, which holds the KH x KW x C inputs that
 * the pixel's window sees, and zeros where the window is beyond the edge. Then the convolution is a matrix
 * product (Chellapilla, Puri and Simard, 2006). */
#ifndef MODELS_OPS_IM2COL_H
#define MODELS_OPS_IM2COL_H

#include "models/layers.h"

/* col (lines out.w, KH KW C) = the rows of output lines first .. first + lines - 1, which are counted through
 * the images of a batch: line = image * out.h + oy. x: all images of the batch. */
void im2col(float *col, const float *x, const struct layer *l, size_t first, size_t lines);

/* The transpose: adds every element of col to the input element it was copied from. Zeros of the padding are
 * dropped. */
void col2im_add(float *dx, const float *col, const struct layer *l, size_t first, size_t lines);

#endif
