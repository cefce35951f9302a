/* Three taps at stride 2, two outputs:
 *     y0 = w0 x0 + w1 x1 + w2 x2        y1 = w0 x2 + w1 x3 + w2 x4
 * The odd pixels meet w1 alone. The even pixels meet w0 and w2, a Toeplitz matrix of two rows: three products
 * instead of four, after Karatsuba and Ofman (1962), as in winograd_k2x3.c:
 *     w0 x0 + w2 x2 = w0 (x0 - x2) + (w0 + w2) x2        w0 x2 + w2 x4 = (w0 + w2) x2 - w2 (x2 - x4)
 * Five products in one dimension instead of six, 25 instead of 36 in two. All numbers in the tables are 0 and
 * +-1, so that the sums round no worse than a direct one. */
#include "models/ops/winograd.h"

static const struct table BT = {
    .products = 5,
    .pixels = 5,
    .at = {{1, 0, -1, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 1, 0, -1}, {0, 1, 0, 0, 0}, {0, 0, 0, 1, 0}}};
static const struct table G = {
    .products = 5, .pixels = 3, .at = {{1, 0, 0}, {1, 0, 1}, {0, 0, 1}, {0, 1, 0}, {0, 1, 0}}};
static const struct table A = {.products = 5, .pixels = 2, .at = {{1, 0}, {1, 1}, {0, -1}, {1, 0}, {0, 1}}};

#include "models/ops/winograd_passes.h"

const struct winograd winograd_s2x3 = {.name = "2x2 outputs, stride 2, 3x3 taps",
                                       .taps = 3,
                                       .stride = 2,
                                       .outputs = 2,
                                       .inputs = 5,
                                       .products = 5,
                                       .passes = &passes};
