/* Two pixels, three taps, padding 1: y0 = w1 x0 + w2 x1, y1 = w0 x0 + w1 x1, a Toeplitz matrix of two rows.
 * Three products instead of the four that meet no padding, after Karatsuba and Ofman (1962):
 *     y0 = w1 (x0 - x1) + (w2 + w1) x1        y1 = (w0 + w1) x0 - w1 (x0 - x1)
 * The first product takes the difference of pixels and not their sum: behind a ReLU no pixel is negative, so
 * the difference is smaller, and so is the rounding of its product. */
#include "models/ops/winograd.h"

static const struct table BT = {.products = 3, .pixels = 2, .at = {{1, -1}, {0, 1}, {1, 0}}};
static const struct table G = {.products = 3, .pixels = 3, .at = {{0, 1, 0}, {0, 1, 1}, {1, 1, 0}}};
static const struct table A = {.products = 3, .pixels = 2, .at = {{1, -1}, {1, 0}, {0, 1}}};

#include "models/ops/winograd_passes.h"

const struct winograd winograd_k2x3 = {.name = "2x2 pixels, 3x3 taps",
                                       .whole = true,
                                       .taps = 3,
                                       .stride = 1,
                                       .outputs = 2,
                                       .inputs = 2,
                                       .products = 3,
                                       .passes = &passes};
